#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Policy routing by fwmark: the only route back is in a table that a mark selects. With
# fwmark_reflect the reply has the segment's mark and arrives; without, it has no route.
#
# needs: lib.sh
. ./lib.sh

link_pair
ip -n peer address add 192.0.2.2/32 dev lo
ip -n peer address add 2001:db8::2/128 dev lo nodad
ip -n peer route add 10.0.0.1/32 dev p0 src 192.0.2.2
ip -n peer route add fd00::1/128 dev p0 src 2001:db8::2
for family in -4 -6; do ip -n tarpit "$family" rule add fwmark 7 lookup 100; done
ip -n tarpit route add 192.0.2.2/32 via 10.0.0.2 table 100
ip -n tarpit route add 2001:db8::2/128 via fd00::2 table 100
both %T -t mangle -A PREROUTING -p tcp -j MARK --set-mark 7
both %T -A INPUT -p tcp -j TARPIT
both %T -t mangle -A OUTPUT -p tcp -m mark --mark 7 -j ACCEPT

for host in 10.0.0.1 fd00::1; do
	claim "$host: without fwmark_reflect there is no route back"
	unanswered NoRoute $host
done
# marked TOOL: the number of replies of its family that had the mark.
marked() { tarpit "$1" -t mangle -L OUTPUT -v -x -n | awk '/mark match/ { print $1 }'; }

# only FAMILY HOST TOOL OTHER-FAMILY OTHER-HOST
only() {
	claim "fwmark_reflect of $1 does not affect $4"
	tarpit sysctl -qw net."$1".fwmark_reflect=1 net."$4".fwmark_reflect=0
	unanswered NoRoute "$5"
	both %T -t mangle -Z OUTPUT
	connects "$2" 80
	between 1 9 "$(marked "$3")"
}

only ipv4 10.0.0.1 iptables ipv6 fd00::1
only ipv6 fd00::1 ip6tables ipv4 10.0.0.1
tarpit sysctl -qw net.ipv4.fwmark_reflect=1 net.ipv6.fwmark_reflect=1
for host in 10.0.0.1 fd00::1; do
	claim "$host: with fwmark_reflect the reply arrives"
	connects $host 80
done
claim "the replies had the mark"
for tool in iptables ip6tables; do between 1 9 "$(marked $tool)"; done
claim "a rule in PREROUTING does the same"
both %T -t mangle -A PREROUTING -p tcp -j TARPIT --persist
for host in 10.0.0.1 fd00::1; do connects $host 80; done
