#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# An ACK gets a reply only with the number that was sent to the same connection, neither with a
# guessed number nor with that of another connection.
#
#   guessed-acks-get-no-reply.sh [GUESSES]      random ones, for each mode and family
#
# vm: --smp 1
# needs: lib.sh guess.py frames.py
# long: 1000000
# long-vm: --icount --timeout 20000
. ./lib.sh

guesses=${1:-2000}
link_pair
ip -n tarpit link set t0 address 02:00:00:00:00:01
ip -n peer link set p0 address 02:00:00:00:00:02
for number in 66 67 68; do
	ip -n tarpit neighbour replace 10.0.0.$number lladdr 02:00:00:00:00:02 dev t0 nud permanent
	ip -n tarpit neighbour replace fd00::$number lladdr 02:00:00:00:00:02 dev t0 nud permanent
done
ip -n tarpit address add 10.0.0.9/24 dev t0
ip -n tarpit address add fd00::9/64 dev t0 nodad
both %T -A INPUT -p tcp --dport 80 -j TARPIT --tarpit
both %T -A INPUT -p tcp --dport 81 -j TARPIT --persist
both %T -A INPUT -p tcp --dport 82 -j TARPIT --honeypot
for family in 4 6; do
	before=$(counter Unverified "ipv$family") finished=$(counter Finished "ipv$family")
	claim "family $family: the right number is answered, that of another connection is not"
	peer ./guess.py p0 "$family" told | tee /tmp/told
	stray=$(sed -n 's/^\([0-9]*\) ACKs of other.*/\1/p' /tmp/told)
	claim "family $family: $guesses guesses for each mode get no answer"
	peer ./guess.py p0 "$family" "$guesses"
	claim "family $family: each of them has the right counter"
	# In honeypot, ISS + 2 acknowledges our FIN, so the connection is closed.
	same 4 $(($(counter Finished "ipv$family") - finished))
	same $((stray - 4 + guesses * 3)) $(($(counter Unverified "ipv$family") - before))
done
