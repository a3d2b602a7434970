#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A conntrack helper answers behind DNAT and REDIRECT, in front of masquerading, in a VRF and on a
# bridge with br_netfilter; the reply undoes NAT. What this host sends itself it does not answer.
#
# needs: lib.sh
. ./lib.sh

# hold HOOK: TCP to port 8080 gets the helper in HOOK and is dropped in the others, so that segments
# of closed clients leave no entry.
hold() {
	local hook rule='tcp dport 8080'
	local helper='ct state new ct status ! confirmed ct helper set "hold"'
	{
		echo 'flush ruleset'
		echo 'table inet t { ct helper hold { type "tarpit" protocol tcp; }'
		for hook in input forward output; do
			[ "$hook" != output ] || [ "$1" = output ] || continue
			echo "chain $hook { type filter hook $hook priority 0"
			[ "$hook" != "$1" ] || echo "$rule $helper accept"
			echo "$rule drop; }"
		done
		echo '}'
	} | tarpit nft -f -
}

by_helper() { # yes|no
	# shellcheck disable=SC2016 # awk's own.
	inside tarpit awk -v answered="answered=\"$1\"" \
		'/entrance="helper"/ && index($0, answered) { n += $2 } END { print n }' /proc/net/xt_TARPIT
}

# no_tcp_entry: conntrack has none of TCP; a bridge may send IGMP.
no_tcp_entry() {
	local entries
	entries=$({ tarpit conntrack -L -p tcp && tarpit conntrack -L -f ipv6 -p tcp; } 2>/dev/null)
	[ -z "$entries" ] || die "conntrack has: $entries"
}

# answer PORT HOST...: each host is a tarpit, by the helper, and no entry remains.
answer() {
	local port=$1 host before
	for host in "${@:2}"; do
		before=$(by_helper yes)
		connects "$host" "$port"
		[ "$(by_helper yes)" -gt "$before" ] || die "$host answered, but not by the helper"
	done
	no_tcp_entry
}

# nat TYPE HOOK PRIORITY RULE
nat() {
	tarpit nft -f - <<-END
		table inet n { chain c { type nat hook $1 priority $2; $3; }; }
	END
}

link_pair
claim "behind REDIRECT the client sees the port that it connected to"
hold input
nat prerouting dstnat 'tcp dport 80 redirect to :8080'
answer 80 10.0.0.1 fd00::1
claim "so it does behind DNAT to an unused address"
hold forward
nat prerouting dstnat 'tcp dport 80 dnat ip to 10.9.0.5:8080
	tcp dport 80 dnat ip6 to [fd09::5]:8080'
answer 80 10.0.0.1 fd00::1

claim "in front of masquerading it answers the host behind, whatever port NAT chooses"
hold forward
nat postrouting srcnat 'oifname "dark0" masquerade random'
ip -n tarpit address add 10.9.0.1/24 dev dark0
ip -n tarpit address add fd09::1/64 dev dark0 nodad
ip -n tarpit neighbour add 10.9.0.7 lladdr 02:00:00:00:00:77 dev dark0
ip -n tarpit neighbour add fd09::7 lladdr 02:00:00:00:00:77 dev dark0
before=$(counter Held)
answer 8080 10.9.0.7 fd09::7
[ "$(counter Held)" -ge $((before + 2)) ] || die "the ACKs did not verify"
ip -n tarpit address flush dev dark0
ip -n tarpit route replace 10.9.0.0/24 dev dark0
ip -n tarpit route replace fd09::/64 dev dark0

claim "what this host sends gets no answer, whichever chain gave it the helper"
hold output
before=$(counter OtherHook)
for host in 10.9.0.7 fd09::7; do
	refused inside tarpit timeout 5 bash -c "exec 3<>/dev/tcp/$host/8080"
done
[ "$(counter OtherHook)" -gt "$before" ] || die "it does not count"

claim "on a bridge it answers for the hosts behind, in both families"
link_bridge 10.0.0.1/24 fd00::1/64
link_host 02:00:00:00:00:99 10.0.0.9/24 fd00::9/64
hold forward
answer 8080 10.0.0.9 fd00::9
claim "and for the bridge's own addresses"
hold input
answer 8080 10.0.0.1 fd00::1

claim "in a VRF the reply takes the VRF"
ip -n tarpit link set t0 nomaster
ip -n tarpit link del br0
ip -n tarpit link add red type vrf table 10
ip -n tarpit link set red up
ip -n tarpit link set t0 master red
ip -n tarpit address replace 10.0.0.1/24 dev t0
ip -n tarpit address replace fd00::1/64 dev t0 nodad
ip -n tarpit link set dark0 master red
ip -n tarpit route replace 10.9.0.0/24 dev dark0 table 10
ip -n tarpit route replace fd09::/64 dev dark0 table 10
hold input
answer 8080 10.0.0.1 fd00::1
hold forward
answer 8080 10.9.0.7 fd09::7
