#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A bridge with br_netfilter: the replies have the MAC address of the host behind it, although the
# segments never reach this host.
#
#    netns peer p0 ---- t0 [br0 in netns tarpit, 10.0.0.1] h0 ---- e0 netns host 10.0.0.9
#
# needs: lib.sh
. ./lib.sh

link_pair
link_bridge 10.0.0.1/24 fd00::1/64
link_host 02:00:00:00:00:99 10.0.0.9/24 fd00::9/64
claim "the bridge works"
peer ping -q -c 1 -w 60 10.0.0.9 >/dev/null
peer ping -q -c 1 -w 60 fd00::9 >/dev/null
claim "the host does not listen"
refused connects 10.0.0.9 80

# bridged CHAIN-AND-TABLE...: one SYN-ACK for each family, from the host's MAC address.
bridged() {
	both %T "$@" -p tcp --dport 80 -j TARPIT
	dumps /tmp/at-peer peer p0 'tcp[13] == 18 or (ip6 proto 6 and ip6[53] == 18)'
	dumps /tmp/at-host host e0 tcp port 80 or ip6 proto 6
	for host in 10.0.0.9 fd00::9; do
		claim "$*: $host answers"
		connects $host 80
	done
	undump /tmp/at-peer
	undump /tmp/at-host
	claim "$*: with the MAC address of the host, which received nothing"
	same 2 "$(grep -c '02:00:00:00:00:99 >' /tmp/at-peer)"
	same 2 "$(grep -c ' > ' /tmp/at-peer)"
	same 0 "$(grep -c ' > ' /tmp/at-host || true)"
	both %T "${@/#-A/-F}"
}

bridged -A FORWARD
bridged -t raw -A PREROUTING

claim "the bridge needs no route to the host itself"
ip -n tarpit route add unreachable 10.0.0.9
ip -n tarpit -6 route add unreachable fd00::9
bridged -t raw -A PREROUTING
