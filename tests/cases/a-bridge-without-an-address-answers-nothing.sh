#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A transparent bridge without an address and a route back to the peer answers nothing: each segment
# counts as NoRoute. With an address it answers.
#
#    netns peer p0 ---- t0 [br0 in netns tarpit, no address] h0 ---- e0 netns host 10.0.0.9
#
# needs: lib.sh
. ./lib.sh

link_pair
# shellcheck disable=SC2119 # Without an address.
link_bridge
link_host 02:00:00:00:00:99 10.0.0.9/24 fd00::9/64
claim "the bridge forwards"
peer ping -q -c 1 -w 60 10.0.0.9 >/dev/null
peer ping -q -c 1 -w 60 fd00::9 >/dev/null

# bridged TABLE CHAIN
bridged() {
	both %T -t "$1" -A "$2" -p tcp --dport 80 -j TARPIT
	for host in 10.0.0.9 fd00::9; do
		claim "$1 $2: without an address and a route, $host does not answer"
		unanswered NoRoute $host
	done
	addresses tarpit br0 10.0.0.1/24 fd00::1/64
	for host in 10.0.0.9 fd00::9; do
		claim "$1 $2: with both, $host answers"
		connects $host 80
	done
	ip -n tarpit address flush dev br0
	both %T -t "$1" -F "$2"
}

bridged filter FORWARD
bridged raw PREROUTING
