#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# IPv6 link-local: the reply leaves by the device that the segment came in by, although another
# device has the same network.
#
# needs: lib.sh
. ./lib.sh

link_pair
ip -n peer address add fe80::2/64 dev p0 nodad
ip -n tarpit address add fe80::1/64 dev t0 nodad
ip -n tarpit address add fe80::1/64 dev dark0 nodad
for where in 'filter INPUT' 'mangle INPUT' 'raw PREROUTING' 'mangle PREROUTING'; do
	read -r table chain <<<"$where"
	claim "$where answers"
	tarpit ip6tables -t "$table" -A "$chain" -p tcp -j TARPIT
	connects fe80::1%p0 80
	tarpit ip6tables -t "$table" -F
done
