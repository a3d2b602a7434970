#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Frames of every kind, by the function and by redirect, are each counted once, and
# leave no memory behind: not a page of the pools that they come from, and neither pages, slab nor
# per-CPU memory between the first tenth and the end.
#
#   frames-of-xdp-cost-no-memory.sh [THOUSANDS]       of frames by each way
#
# all: 1000
# suite: all
# needs: lib.sh attachments.sh bpf.py flood_xdp.py frames.py
# long: 50000
# long-vm: --smp 2 --real-time --timeout 40000
. ./lib.sh
. ./attachments.sh

thousands=${1:-100}
kinds='syn4 syn6 bare4 stray4 stray6 data6 rst4'

# seen: packets that came by XDP.
seen() {
	# shellcheck disable=SC2016 # awk's own.
	tarpit awk '/entrance="xdp"/ { n += $2 } END { print n }' /proc/net/xt_TARPIT
}

# frames WAY THOUSANDS: none is lost, because they are counted before the veth takes the replies.
frames() {
	local before sent began=$SECONDS
	before=$(seen)
	# shellcheck disable=SC2086 # Several words are wanted.
	sent=$(tarpit ./flood_xdp.py --by "$1" t0 $(($2 * 1000)) $kinds |
		awk '{ n += $2 } END { print n }')
	[ "$sent" -gt 0 ] || die "no frame was sent"
	same "$sent" $(($(seen) - before))
	echo "  $sent frames by $1 in $((SECONDS - began)) s"
}

# returned: all pages are back in the pools of the frames, which the kernel has freed. It complains
# of a pool after a minute.
returned() {
	sleep 65
	same '' "$(dmesg | grep 'stalled pool shutdown' || true)"
}

# memory: bytes in use, and those of slab and per-CPU memory among them.
memory() {
	used_memory
	awk '/^(Slab|Percpu):/ { print $2 * 1024 }' /proc/meminfo
}

link_pair
ip -n tarpit link set t0 address 02:00:00:00:00:01
modprobe xt_TARPIT
ways=tarpit0
! has_function || ways='function tarpit0'
passes peer p0 drop
ip -n tarpit link add tarpit0 link t0 type tarpit
ip -n tarpit link set tarpit0 up
claim "frames fill the caches, and each is counted once"
for way in $ways; do frames "$way" $((thousands / 10)); done
returned
read -r pages slab percpu < <(memory | xargs)
claim "so are all others, and no pool of pages waits for one"
for way in $ways; do frames "$way" "$thousands"; done
returned
claim "the kernel uses as much memory as before"
read -r pages_now slab_now percpu_now < <(memory | xargs)
echo "  $((pages_now - pages)) bytes more in all, $((slab_now - slab)) of slab," \
	"$((percpu_now - percpu)) of per-CPU memory"
grown_by_less_than 4000000 $((pages_now - pages))
grown_by_less_than 1000000 $((slab_now - slab))
grown_by_less_than 200000 $((percpu_now - percpu))
unpass
ip -n tarpit link del tarpit0
unload
