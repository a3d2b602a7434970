#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# With br_netfilter every packet that enters by a bridge port has the bridge extension. A reply to a
# packet that the host receives or routes is routed nevertheless: NAT is undone, and the source is
# the bridge's MAC address.
#
#    netns peer p0 ---- t0 [br0 in netns tarpit, 10.0.0.1, dark networks behind]
#
# needs: lib.sh
. ./lib.sh

link_pair
bridge='address 02:00:00:00:00:b0 type bridge' link_bridge 10.0.0.1/24 fd00::1/64
claim "the bridge works"
peer ping -q -c 1 -w 60 10.0.0.1 >/dev/null
peer ping -q -c 1 -w 60 fd00::1 >/dev/null

claim "behind REDIRECT the reply comes from the port that the client connected to"
both %T -A INPUT -p tcp --dport 80 -j TARPIT
both %T -t nat -A PREROUTING -p tcp --dport 8080 -j REDIRECT --to-ports 80
for host in 10.0.0.1 fd00::1; do connects $host 8080; done
both %T -t nat -F

claim "packets that the host forwards are answered with the bridge's own MAC address"
both %T -A FORWARD -p tcp --dport 80 -j TARPIT
both %T -A OUTPUT -p tcp --sport 80
dumps /tmp/at-peer peer p0 'tcp[13] == 18 or (ip6 proto 6 and ip6[53] == 18)'
for host in 10.9.0.9 fd09::9; do connects $host 80; done
undump /tmp/at-peer
same 2 "$(grep -c '02:00:00:00:00:b0 >' /tmp/at-peer)"
claim "OUTPUT sees these replies, since the host routes them"
for tool in iptables ip6tables; do
	between 1 9 "$(tarpit "$tool" -nvxL OUTPUT | awk '/tcp spt:80/ { print $1 }')"
done
