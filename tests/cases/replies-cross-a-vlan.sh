#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# VLAN: the reply to a tagged segment has the same tag, once.
#
# needs: lib.sh
. ./lib.sh

link_pair
ip -n peer link add link p0 name p0.7 type vlan id 7
ip -n tarpit link add link t0 name t0.7 type vlan id 7
addresses peer p0.7 10.7.0.2/24 fd07::2/64
addresses tarpit t0.7 10.7.0.1/24 fd07::1/64
dumps /tmp/frames peer p0

both %T -A INPUT -p tcp -j TARPIT
for host in 10.7.0.1 fd07::1; do
	claim "INPUT: $host answers through VLAN 7"
	connects $host 80
done
both %T -F
both %T -t raw -A PREROUTING -p tcp -j TARPIT --persist
for host in 10.7.0.1 fd07::1; do
	claim "PREROUTING: $host answers through VLAN 7"
	connects $host 80
done
undump /tmp/frames
claim "each SYN-ACK had the tag once"
same 4 "$(grep 'vlan 7' /tmp/frames | grep -c 'Flags \[S\.\]')"
same 0 "$(grep -v 'vlan 7' /tmp/frames | grep -c 'Flags \[S\.\]' || true)"
