#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# No loops: between two tarpitted addresses any segment causes at most two more packets, for all
# pairs of modes: two namespaces with rules in INPUT, two unused networks in FORWARD, PREROUTING on
# both sides, and both ports of a connection on lo.
#
# needs: lib.sh loops.py frames.py
. ./lib.sh

modes=(tarpit persist honeypot reset)

# rules TABLE CHAIN...: in both namespaces, a mode for each hundred of ports of loops.py.
rules() {
	local netns
	lines "$@" >/tmp/rules
	for netns in peer tarpit; do
		inside $netns iptables-restore /tmp/rules
		inside $netns ip6tables-restore /tmp/rules
	done
}

# lines TABLE CHAIN...
lines() {
	local chain mode side ports
	echo "*$1"
	shift
	for chain; do
		for mode in 0 1 2 3; do
			for side in 80 90; do
				ports=$((side + mode))00:$((side + mode))99
				echo "-A $chain -p tcp --dport $ports -j TARPIT --${modes[mode]}"
			done
		done
	done
	echo COMMIT
}

link_pair
peer sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
ip -n peer link add dark1 type dummy
ip -n peer link set dark1 up
ip -n peer route add 10.8.0.0/24 dev dark1
ip -n peer route add fd08::/64 dev dark1
ip -n tarpit route add 10.8.0.0/24 via 10.0.0.2
ip -n tarpit route add fd08::/64 via fd00::2
mac=$(mac_of tarpit t0)
peer ping -q -c 1 -w 60 10.0.0.1 >/dev/null
peer ping -q -c 1 -w 60 fd00::1 >/dev/null

facing_each_other() {
	claim "$1: two namespaces that answer each other"
	./loops.py peer p0 "$mac" 10.0.0.2 10.0.0.1
	./loops.py peer p0 "$mac" fd00::2 fd00::1
	claim "$1: two unused networks"
	./loops.py peer p0 "$mac" 10.8.0.9 10.9.0.9
	./loops.py peer p0 "$mac" fd08::9 fd09::9
}

rules filter INPUT FORWARD
facing_each_other 'INPUT and FORWARD'
claim "lo: both ports of a connection"
# Unlike a local packet, a crafted frame has no route yet; without these it would be a martian.
tarpit sysctl -qw net.ipv4.conf.all.accept_local=1 net.ipv4.conf.all.route_localnet=1
./loops.py tarpit lo 00:00:00:00:00:00 127.0.0.1 127.0.0.1
./loops.py tarpit lo 00:00:00:00:00:00 ::1 ::1
rules raw PREROUTING
facing_each_other PREROUTING
