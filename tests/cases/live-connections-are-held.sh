#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A connection that is up when the rule comes is held by --persist where connection tracking knows
# it: clients that write, upload, use keepalive, or wait for the server's answer; with the server's
# socket left alone, and with the rules of docs/entrances.md that silence and free it. A client that
# closes is not held longer. When the rule goes, a connection goes on. Virtual time; each run takes
# SECONDS.
#
# all: 86400
# needs: lib.sh live.sh live.py
. ./lib.sh
. ./live.sh

seconds=${1:-1200}

# held KIND...
held() {
	local kind
	for kind; do
		verdict "$kind" held
	done
}

held_all() {
	echo "$host, the server's socket is left alone"
	local before
	before=$(live probes)
	start "$host" 80 "$seconds" write keepalive patient upload stopped late close
	tarpit "$tool" -A INPUT -p tcp --dport 80 -j TARPIT --persist
	go
	finish
	held write keepalive patient upload stopped
	verdict late '100 bytes, held'
	verdict close gone
	claim "a client that closes is held as by DROP"
	between 90 130 "$(awk '$1 == "close" { print $2 }' /tmp/verdicts)"
	claim "they count as peers of connections that were up"
	[ "$(live probes)" -gt $((before + seconds / 60)) ] || die "$(live probes) probes"
	[ "$(live payload_bytes)" -gt 1000 ] || die "$(live payload_bytes) bytes"
	tarpit grep -qx 'xt_tarpit_probes_total{mode="persist"} 0' /proc/net/xt_TARPIT
	[ "$(counter persist $family)" -gt 0 ] || die "no reply counts"
}

freed() {
	echo "$host, the server's socket is freed"
	start "$host" 80 "$seconds" write keepalive upload stopped
	tarpit "$tool" -t raw -A OUTPUT -d "$banned" -p tcp \
		-m conntrack ! --ctstate RELATED,UNTRACKED -j DROP
	tarpit "$tool" -A INPUT -p tcp --dport 80 -j TARPIT --persist
	tarpit ss -KHnt dst "[$banned]" >/dev/null
	claim "the server has no socket of the peer any more"
	same "" "$(tarpit ss -Hnt state established dst "[$banned]")"
	go
	finish
	held write keepalive upload stopped
}

resumes() {
	echo "$host, the rule goes again"
	start "$host" 80 900 echo
	tarpit "$tool" -A INPUT -p tcp --dport 80 -j TARPIT --persist
	go
	until grep -q '^echo [0-9]* held' /tmp/verdicts; do sleep 10; done
	tarpit "$tool" -F
	go
	claim "the connection goes on"
	finish
	grep -qx 'echo resumed' /tmp/verdicts || die "$(cat /tmp/verdicts)"
}

invalid_dropped() {
	echo "$host, a client whose own firewall drops what is INVALID"
	peer "$tool" -A INPUT -m conntrack --ctstate INVALID -j DROP
	start "$host" 80 "$seconds" write keepalive upload
	tarpit "$tool" -A INPUT -p tcp --dport 80 -j TARPIT --persist
	go
	finish
	held write keepalive upload
	peer "$tool" -F
}

modprobe xt_TARPIT
link_pair
track tarpit
serve tarpit 80
for family in ipv4 ipv6; do
	case $family in
	ipv4) tool=iptables host=10.0.0.1 banned=10.0.0.2 ;;
	ipv6) tool=ip6tables host=fd00::1 banned=fd00::2 ;;
	esac
	held_all
	freed
	resumes
	invalid_dropped
done
