#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# IPv6 link-local: the reply leaves by the device that the segment came in by, although other
# devices have the same network. Of two links each has such a client, so no order of routes helps.
#
# needs: lib.sh
. ./lib.sh

link_pair
ip -n peer address add fe80::2/64 dev p0 nodad
ip -n tarpit address add fe80::1/64 dev t0 nodad
ip -n tarpit address add fe80::1/64 dev dark0 nodad
for end in 'peer p0 fe80::2' 'tarpit t0 fe80::1'; do
	read -r netns device address <<<"$end"
	ip -n "$netns" link add "$device.9" link "$device" type vlan id 9
	ip -n "$netns" link set "$device.9" up
	ip -n "$netns" address add "$address/64" dev "$device.9" nodad
done
for where in 'filter INPUT' 'mangle INPUT' 'raw PREROUTING' 'mangle PREROUTING'; do
	read -r table chain <<<"$where"
	claim "$where answers"
	tarpit ip6tables -t "$table" -A "$chain" -p tcp -j TARPIT
	connects fe80::1%p0 80
	connects fe80::1%p0.9 80
	tarpit ip6tables -t "$table" -F
done
