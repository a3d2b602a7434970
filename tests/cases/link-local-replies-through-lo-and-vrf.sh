#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# IPv6 link-local addresses: the input device of a segment that came by lo or a VRF is not its link;
# the reply finds the link nevertheless.
#
# needs: lib.sh
. ./lib.sh

# settled: t0 has a usable link-local address.
settled() {
	ip -n tarpit -6 -o address show dev t0 scope link | grep -v tentative | grep -q fe80
}

link_pair
eventually settled
own=$(ip -n tarpit -6 -o address show dev t0 scope link | sed 's|.*inet6 \([^/]*\)/.*|\1|')
[ -n "$own" ] || die "t0 has no link-local address"
tarpit ip6tables -A INPUT -p tcp --dport 80 -j TARPIT

claim "a host that connects to its own link-local address is stuck"
connects "$own%t0" 80 tarpit

claim "a link-local peer of a VRF is stuck"
ip -n tarpit link add red type vrf table 10
ip -n tarpit link set red up
ip -n tarpit link set t0 master red
# Enslaving a device removes its addresses for a moment.
eventually settled
connects "$own%p0" 80
