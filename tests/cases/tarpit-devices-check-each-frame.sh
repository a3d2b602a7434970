#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A tarpit device checks what no other part of the kernel has checked: padding, IP's checksum and
# length, MAC, loopback and group addresses. It counts each silence. Conntrack keeps no entry for
# what was redirected, one for what was routed.
#
# needs: lib.sh bpf.py send_link_frames.py frames.py
. ./lib.sh

# reasons: the counters of the device that have changed since the last call, in one line.
reasons() {
	inside tarpit ethtool -S tarpit0 >/tmp/after
	awk 'NR == FNR { before[$1] = $2; next }
		$2 > before[$1] { text = text " " $1 ($2 - before[$1]) }
		END { print substr(text, 2) }' /tmp/before /tmp/after
	mv /tmp/after /tmp/before
}

# shown: what ip shows of the device: packets, bytes and drops of TX, packets and bytes of RX.
shown() {
	# shellcheck disable=SC2016 # The inner shell's.
	ip netns exec tarpit sh -c 'cd /sys/class/net/tarpit0/statistics &&
		echo $(cat tx_packets tx_bytes tx_dropped rx_packets rx_bytes)'
}

sends() { # KIND: a frame of each family
	# shellcheck disable=SC2154 # coproc makes the array.
	echo "$1" >&"${sender[1]}"
	read -r _ <&"${sender[0]}"
}

sent() { # KIND WANT: the counters after these frames
	claim "$1: $2"
	sends "$1"
	same "$2" "$(reasons)"
}

link_pair
ip -n tarpit address add 10.0.0.9/24 brd + dev t0
ip -n tarpit address add 10.0.1.0/31 brd 10.0.1.1 dev t0
mac=$(mac_of tarpit t0)
# Connection tracking starts with the first rule that needs it.
both %T -A INPUT -m conntrack --ctstate NEW
ip -n tarpit link add tarpit0 type tarpit
ip -n tarpit link set tarpit0 up
tarpit nft -f - <<'END'
table netdev t { chain in { type filter hook ingress device "t0" priority -300
	ether saddr { 02:00:00:00:00:02, 03:00:00:00:00:02, ff:ff:ff:ff:ff:ff } fwd to tarpit0
}; }
END
coproc sender { inside peer ./send_link_frames.py p0 "$mac"; }
inside tarpit ethtool -S tarpit0 >/tmp/before

sent padded 'replies:2'
claim "ip shows packets and bytes of both"
same '2 150 0 2 136' "$(shown)"
sent plain 'replies:2'
sent bad-ip-sum 'replies:1 Malformed:1'
sent too-long 'Malformed:2'
sent bad-header 'Malformed:2'
sent not-ip 'NotIp:2'
sent cut 'NotIp:2'
sent broadcast 'NotUnicast:2'
sent from-multicast 'NotUnicast:2'
sent from-broadcast 'NotUnicast:2'
sent another-host 'NotUnicast:2'
sent loopback-source 'Martian:2'
sent group-source 'NotUnicast:2'
sent to-loopback 'Martian:2'
sent to-group 'NotUnicast:2'
sent second-of-two 'replies:2'
sent bad-sum 'BadChecksum:2'
claim "ip shows those without a reply as dropped"
read -r packets _ dropped replies _ < <(shown)
same '34 27 7' "$packets $dropped $replies"

claim "an IP header elsewhere than behind an Ethernet header is none"
mount -t bpf bpf /sys/fs/bpf
tarpit ./bpf.py pin /sys/fs/bpf/shift 4 tarpit0
tarpit tc qdisc add dev t0 clsact
nsenter --net=/run/netns/tarpit -- tc filter add dev t0 ingress bpf direct-action \
	object-pinned /sys/fs/bpf/shift
sends plain
same 'NotIp:2' "$(reasons)"
tarpit tc qdisc del dev t0 clsact

claim "conntrack keeps no entry"
no_entry

claim "a reflected reply has the TTL, the hop limit and the MSS of the device"
ip -n tarpit link set t0 mtu 1450
tarpit sysctl -qw net.ipv4.ip_default_ttl=33 net.ipv6.conf.t0.hop_limit=44 net.ipv6.conf.t0.mtu=1400
dumps /tmp/dump peer p0 -v src 10.9.0.7 or src fd09::7
sends plain
undump /tmp/dump
for text in ' ttl 33,' '[mss 1410]' '(hlim 44,' '[mss 1340]'; do
	grep -qF "$text" /tmp/dump || die "no $text in $(cat /tmp/dump)"
done
ip -n tarpit link set t0 mtu 1500

tarpit nft delete table netdev t
ip -n tarpit route replace 10.9.0.0/24 dev tarpit0
ip -n tarpit route replace fd09::/64 dev tarpit0
claim "it keeps one for a connection that is routed to the device"
connects 10.9.0.7 80
connects fd09::7 80
same 2 "$(tarpit conntrack -C)"
claim "with notrack it keeps none"
tarpit nft -f - <<'END'
table inet n { chain c { type filter hook prerouting priority -300
	tcp dport 80 notrack
}; }
END
tarpit conntrack -F
connects 10.9.0.7 80
connects fd09::7 80
no_entry

claim "NAT is undone"
# Conntrack does not see the reply as one, so the ACK is INVALID and not translated.
both %T -A INPUT -m conntrack --ctstate INVALID -j DROP
tarpit nft -f - <<'END'
table ip d { chain c { type nat hook prerouting priority -100
	tcp dport 8080 dnat to 10.9.0.7:81
}; }
table ip6 d { chain c { type nat hook prerouting priority -100
	tcp dport 8080 dnat to [fd09::7]:81
}; }
END
connects 10.0.0.1 8080
connects fd00::1 8080
