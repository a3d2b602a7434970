#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Rulesets of nft alone: a table netdev with sets, a map of ports to devices and a rate limit; a
# table inet with the conntrack helper; an unused subnet by one route, without connection tracking.
# Listing and loading keeps them, and tcpdump sees the packets on the device.
#
# vm: --disk recipes-disk
# needs: lib.sh
. ./lib.sh

# mode_of HOST PORT MODE: a client connects, or is refused, and the reply counts in that mode.
mode_of() {
	local before
	before=$(counter "$3")
	if [ "$3" = reset ]; then refused connects "$1" "$2"; else connects "$1" "$2"; fi
	[ "$(counter "$3")" -gt "$before" ] || die "no reply of $1 port $2 counts as $3"
}

# kept: the ruleset is listed, flushed and loaded. Times and counts may differ then.
kept() {
	tarpit nft list ruleset >/tmp/listed
	tarpit nft -s list ruleset >/tmp/before
	tarpit nft flush ruleset
	tarpit nft -f /tmp/listed
	tarpit nft -s list ruleset | diff /tmp/before -
}

link_pair
for device in tarpit0: persist0:persist reset0:reset; do
	# shellcheck disable=SC2086 # No word for the default.
	ip -n tarpit link add "${device%:*}" type tarpit ${device#*:}
	ip -n tarpit link set "${device%:*}" up
done

claim "a map of ports to devices, a set of attackers with a timeout, and a trap port that fills it"
tarpit nft -f - <<'RULES'
table netdev tarpit {
	set attackers { type ipv4_addr; flags timeout; timeout 1h; }
	set attackers6 { type ipv6_addr; flags timeout; timeout 1h; }
	map ports {
		type inet_service : iface_index
		elements = { 23 : "tarpit0", 445 : "persist0", 25 : "reset0" }
	}
	chain in {
		type filter hook ingress device "t0" priority -300
		ip saddr @attackers meta l4proto tcp fwd to "persist0"
		ip6 saddr @attackers6 meta l4proto tcp fwd to "persist0"
		tcp dport 7 meta protocol ip add @attackers { ip saddr }
		tcp dport 7 meta protocol ip6 add @attackers6 { ip6 saddr }
		fwd to tcp dport map @ports
	}
}
RULES
for host in 10.0.0.1 fd00::1; do
	mode_of $host 23 tarpit
	mode_of $host 445 persist
	mode_of $host 25 reset
done
refused connects 10.0.0.1 8080
refused connects 10.0.0.1 7
mode_of 10.0.0.1 8080 persist
refused connects fd00::1 7
mode_of fd00::1 8080 persist
claim "listing and loading keeps it"
kept
mode_of 10.0.0.1 23 persist
tarpit nft flush set netdev tarpit attackers
mode_of 10.0.0.1 23 tarpit

claim "tcpdump sees the packets on the device"
dumps /tmp/dump tarpit tarpit0 'tcp dst port 23'
mode_of 10.0.0.1 23 tarpit
undump /tmp/dump
grep -q ' > 10.0.0.1.23: Flags \[S\]' /tmp/dump
tarpit nft delete table netdev tarpit

claim "a rate limit by source; what is over it is dropped"
tarpit nft -f - <<'RULES'
table netdev tarpit {
	set sources { type ipv4_addr; flags dynamic, timeout; timeout 1m; }
	chain in {
		type filter hook ingress device "t0" priority -300
		tcp dport 23 tcp flags syn \
			add @sources { ip saddr limit rate over 2/minute burst 2 packets } drop
		tcp dport 23 fwd to "tarpit0"
	}
}
RULES
mode_of 10.0.0.1 23 tarpit
mode_of 10.0.0.1 23 tarpit
before=$(counter tarpit)
refused inside peer timeout 5 bash -c 'exec 3<>/dev/tcp/10.0.0.1/23'
same "$before" "$(counter tarpit)"
kept
tarpit nft flush ruleset

claim "a table inet with the helper, a set, and a firewall that drops all but ssh"
tarpit nft -f - <<'RULES'
table inet filter {
	ct helper hold { type "tarpit-persist" protocol tcp; }
	set trapped { type inet_service; elements = { 23, 445 }; }
	chain input {
		type filter hook input priority 0; policy drop
		ct state established,related accept
		meta l4proto ipv6-icmp accept
		tcp dport 22 accept
		tcp dport @trapped ct state new ct status ! confirmed ct helper set "hold" accept
	}
}
RULES
for host in 10.0.0.1 fd00::1; do
	mode_of $host 23 persist
	mode_of $host 445 persist
	refused inside peer timeout 5 bash -c "exec 3<>/dev/tcp/$host/80"
done
no_entry
kept
mode_of 10.0.0.1 23 persist
tarpit nft flush ruleset

claim "an unused subnet by one route, which connection tracking does not see"
ip -n tarpit route replace 10.9.0.0/24 dev tarpit0
ip -n tarpit route add blackhole 10.9.0.0/24 metric 9999
ip -n tarpit route replace fd09::/64 dev tarpit0
tarpit nft -f - <<'RULES'
table inet raw {
	chain prerouting {
		type filter hook prerouting priority raw
		ip daddr 10.9.0.0/24 notrack
		ip6 daddr fd09::/64 notrack
	}
	chain forward { type filter hook forward priority filter; ct state invalid drop; }
}
RULES
mode_of 10.9.0.77 80 tarpit
mode_of fd09::77 80 tarpit
no_entry
claim "without the device nothing answers, and the blackhole stands in"
ip -n tarpit link del tarpit0
refused tarpit ip route get 10.9.0.77
grep -q 'Invalid argument' /tmp/refused || die "$(cat /tmp/refused)"
