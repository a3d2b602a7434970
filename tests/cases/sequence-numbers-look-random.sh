#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# ISS and timestamps look random over many connections, also of one tuple. In --honeypot the ISS of
# a tuple is constant (docs/behaviour.md, section 4). TTL, IP ID, TOS and the options are those of
# a Linux listener.
#
#   sequence-numbers-look-random.sh [CONNECTIONS]
#
# suite: all
# all: 800
# needs: lib.sh rawtcp.py frames.py numbers.py listener.py
. ./lib.sh

link_pair
port=100
for mode in tarpit persist honeypot; do
	port=$((port + 1))
	both %T -A INPUT -p tcp --dport $port -j TARPIT --$mode
	for family in ipv4 ipv6; do
		for tuple in one many; do
			claim "--$mode, $family, connections of $tuple: no pattern"
			peer ./numbers.py $mode $family $port $tuple "${1:-250}"
		done
	done
done

claim "a SYN-ACK has the fields of a Linux listener's"
tarpit ./listener.py 200 &
for family in ipv4 ipv6; do
	for port in 101 102 103; do peer ./listener.py $family 200 $port; done
done
