#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Under a full flood on both processors, `xt-tarpit xdp` attaches, changes its lists and detaches; a
# device that frames are redirected to is set down, changed and deleted, and the module unloaded;
# the interface moves to another namespace and goes, and the namespace is destroyed. Nothing
# crashes, what is attached next answers, and nothing stays.
#
#   xdp-goes-under-a-flood.sh [ROUNDS]
#
# suite: all
# all: 5
# vm: --smp 2 --real-time
# needs: lib.sh flood.sh attachments.sh bpf.py flood_mixed.py frames.py ../bench/traffic.py
# artifacts: tools xdp
# long: 100
# long-vm: --smp 2 --real-time --timeout 40000
. ./lib.sh
. ./flood.sh
. ./attachments.sh

rounds=${1:-1}

# begin: the link, with the program that a veth needs at the peer, and the flood.
begin() {
	link_for_flood
	passes peer p0
	peer ethtool -K p0 txvlan off >/dev/null
	keep_tags tarpit t0
	flood
}

# finish: ends the flood and the link.
finish() {
	pkill -f flood_mixed.py
	unpass
	ip netns del peer
	ip netns del tarpit 2>/dev/null || true
}

# takes WAY: attaches the program, and it answers the flood.
takes() {
	local options=()
	[ "$1" = function ] || options+=(--by-device)
	attach t0 "${options[@]}"
	same "native $1" "$(field attached) $(field by)"
	xdp port add t0 80
	answers ipv4
	answers ipv6
}

# rests: the tarpit gets nothing; packets that were on their way are counted by now.
rests() {
	local before
	sleep 1
	before=$(counter tarpit)
	sleep 1
	same "$before" "$(counter tarpit)"
	flooding || die "the flood has ended early"
}

mount -t bpf -o mode=700 bpf /sys/fs/bpf
modprobe xt_TARPIT
ways=device
! has_function || ways='function device'
ip netns add other

for number in $(seq "$rounds"); do
	begin
	for way in $ways; do
		claim "the lists change, and the program goes, by $way"
		takes "$way"
		# The program names the function, also where it redirects.
		[ "$ways" = device ] || refused rmmod xt_TARPIT
		for _ in 1 2 3; do
			xdp prefix add t0 10.9.0.0/24 fd00::/64
			xdp limit t0 1000/second
			xdp port remove t0 80
			xdp limit t0 off
			xdp prefix remove t0 10.9.0.0/24 fd00::/64
			xdp port add t0 80
		done
		answers ipv6
		xdp detach t0
		nothing_stays t0
		rests
	done
	claim "its device is set down and up, and its mode changes"
	takes device
	device=$(field device)
	ip -n tarpit link set "$device" down
	ip -n tarpit link set "$device" up
	for mode in persist reset honeypot tarpit; do
		ip -n tarpit link change "$device" type tarpit $mode
	done
	answers ipv4
	claim "it is deleted, and the program leaves the frames to the host"
	ip -n tarpit link del "$device"
	rests
	xdp detach t0
	nothing_stays t0
	claim "the module goes with a device that another program redirects to"
	ip -n tarpit link add tarpit0 link t0 type tarpit
	ip -n tarpit link set tarpit0 up
	: >/tmp/redirects
	nsenter --net=/run/netns/tarpit -- ./bpf.py t0 native redirect tarpit0 >/tmp/redirects &
	redirects=$!
	eventually grep -q attached /tmp/redirects
	answers ipv4
	answers ipv6
	eventually unloaded
	flooding || die "the flood has ended early"
	kill $redirects
	wait $redirects || true
	modprobe xt_TARPIT
	nothing_stays t0
	for way in $ways; do
		claim "the interface moves to another namespace, by $way"
		takes "$way"
		ip -n tarpit link set t0 netns other
		inside other ./tools/xt-tarpit xdp detach t0
		ip -n other link set t0 netns tarpit
		addresses tarpit t0 10.0.0.1/24 fd00::1/64
		ways_back
		nothing_stays t0
	done
	for way in $ways; do
		claim "the interface goes, by $way"
		takes "$way"
		ip -n tarpit link del t0
		same no "$(field attached)"
		xdp detach t0
		same '' "$(ls -A /sys/fs/bpf)"
		finish
		begin
	done
	for way in $ways; do
		claim "the namespace is destroyed, by $way"
		takes "$way"
		ip netns del tarpit
		finish
		rm -r /sys/fs/bpf/xt-tarpit
		[ "$way" = "${ways##* }" ] || begin
	done
	claim "the module can be unloaded"
	unload
	modprobe xt_TARPIT
	[ "$number" != 1 ] || [ "$rounds" = 1 ] || memory=$(used_memory)
done
if [ "$rounds" -gt 1 ]; then
	claim "the kernel uses as much memory as after the first round"
	grown=$(($(used_memory) - memory))
	echo "  $rounds rounds, $grown bytes more"
	grown_by_less_than 8000000 $grown
fi
