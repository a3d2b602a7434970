#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# No loops between two hosts that both answer by XDP, by the function and by redirect, native and
# generic: for all pairs of modes a frame, with up to two VLAN tags, causes at most two more, and no
# reply is larger than what it replies to.
#
# suite: all
# needs: lib.sh attachments.sh bpf.py loops_xdp.py loops.py frames.py
. ./lib.sh
. ./attachments.sh

link_pair
modprobe xt_TARPIT
pairs=redirect/redirect
! has_function ||
	pairs='function/function function/redirect redirect/redirect'
for host in 'peer p0' 'tarpit t0'; do
	read -r netns device <<<"$host"
	for mode in tarpit persist honeypot reset; do
		ip -n "$netns" link add $mode link "$device" type tarpit $mode
		ip -n "$netns" link set $mode up
	done
done
sleep 30	# Until the hosts have reported their groups.

for kind in native generic; do
	for pair in $pairs; do
		claim "$kind, by ${pair%/*} on one side and by ${pair#*/} on the other"
		./loops_xdp.py $kind "${pair%/*}" "${pair#*/}"
	done
done
