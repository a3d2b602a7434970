#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# --tarpit: the kernel of a Linux client that has written gives up after 12 to 24 minutes; with
# keepalive, or as an orphan, sooner. Virtual time.
#
# needs: lib.sh client.py
. ./lib.sh

# An orphan's first probe follows after a round-trip time, which is longer on a debug kernel.
orphan=120
! watched || orphan=240

link_pair
both %T -A INPUT -p tcp -j TARPIT

# hold KIND ADDRESS: runs a client in the background, with its figures in a file.
hold() { peer ./client.py "$1" "$2" 80 3000 >"/tmp/$1-$2"; }

# let_go KIND ADDRESS LOW HIGH ERROR
let_go() {
	claim "$1 to $2 gives up after $3 to $4 seconds with $5"
	read -r _ seconds error <"/tmp/$1-$2"
	echo "  $seconds s, $error"
	between "$3" "$4" "$seconds"
	same "$5" "$error"
}

for address in 10.0.0.1 fd00::1; do
	for kind in write keepalive orphan timeout wait; do hold $kind $address & done
done
wait
for address in 10.0.0.1 fd00::1; do
	let_go write $address 720 1440 ETIMEDOUT
	let_go keepalive $address 80 100 ETIMEDOUT
	let_go orphan $address 20 $orphan gone
	let_go timeout $address 290 400 ETIMEDOUT
	let_go wait $address 3000 3001 held
done
