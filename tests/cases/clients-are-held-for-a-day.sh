#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# For a virtual day, --persist holds a client that writes and one with keepalive, and --tarpit holds
# a client that only waits, with one packet.
#
# suite: all
# needs: lib.sh client.py
. ./lib.sh

link_pair
both %T -A INPUT -p tcp --dport 80 -j TARPIT --persist
both %T -A INPUT -p tcp --dport 81 -j TARPIT --tarpit
for address in 10.0.0.1 fd00::1; do
	peer ./client.py wait $address 81 86400 >/tmp/wait-$address &
	for kind in write keepalive; do
		peer ./client.py $kind $address 80 86400 >/tmp/$kind-$address &
	done
	peer ./client.py orphan $address 80 3000 >/tmp/orphan-$address &
	peer ./client.py timeout $address 80 3000 >/tmp/timeout-$address &
done
wait
cat /tmp/*-10.0.0.1 /tmp/*-fd00::1
for address in 10.0.0.1 fd00::1; do
	for kind in wait write keepalive; do
		claim "$kind to $address is held for 86400 seconds"
		same "$kind 86400 held" "$(cat /tmp/$kind-$address)"
	done
	claim "the orphan to $address stays longer than under --tarpit"
	read -r _ seconds _ <"/tmp/orphan-$address"
	between 200 3000 "$seconds"
done
claim "each client that only waited got one packet"
same "1 1" "$(counter tarpit ipv4) $(counter tarpit ipv6)"
