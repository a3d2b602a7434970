#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# XDP programs answer frames by the module's function and by redirect to a tarpit device, native and
# generic. All frames of a flood are accounted for while programs, devices and lower devices come
# and go, and memory stays the same.
#
#   xdp-answers-in-place.sh [THOUSANDS]       of frames in each flood
#
# all: 200
# needs: lib.sh bpf.py flood_xdp.py frames.py
. ./lib.sh

thousands=${1:-20}
kinds='syn4 syn6 bare4 stray4 stray6 data6 rst4'
declare -A programs

# program NETNS DEVICE native|generic WAY...: attaches a program; detach DEVICE ends it.
program() {
	local said=/tmp/program.$2
	: >"$said"
	nsenter --net="/run/netns/$1" -- ./bpf.py "${@:2}" >"$said" &
	programs[$2]=$!
	eventually grep -q attached "$said"
}

detach() {
	kill "${programs[$1]}"
	wait "${programs[$1]}" 2>/dev/null || true
}

# xdp ANSWERED [NETNS]: packets that came by XDP and did (yes) or did not (no) get a reply.
xdp() {
	# shellcheck disable=SC2016 # awk's own.
	inside "${2:-tarpit}" awk -v answered="\"$1\"" \
		'/entrance="xdp"/ && index($0, answered) { n += $2 } END { print n }' /proc/net/xt_TARPIT
}

# unsent: frames that the veth did not take, because the ring of its peer was full.
unsent() {
	ip -n peer -s -j link show dev p0 | grep -oE '"tx":\{[^}]*' |
		grep -oE '"dropped":[0-9]+' | tr -dc 0-9
}

# flood: prints how many frames arrive at t0, as from a link, and how many came by XDP meanwhile.
# The clients before still send a few FINs.
flood() {
	local seen sent lost
	seen=$(($(xdp yes) + $(xdp no))) lost=$(unsent)
	# shellcheck disable=SC2086 # Several words are wanted.
	sent=$(peer ./flood_xdp.py --out p0 $((thousands * 1000)) $kinds |
		awk '{ n += $2 } END { print n }')
	sleep 1
	echo "$((sent - $(unsent) + lost)) $(($(xdp yes) + $(xdp no) - seen))"
}

more_answers() { [ "$(xdp yes)" -gt "$answered" ]; }

says() { # SENTENCE COMMAND...
	refused "${@:2}"
	grep -qF "$1" /tmp/refused || die "$(cat /tmp/refused)"
}

link_pair
ip -n tarpit link set t0 address 02:00:00:00:00:01
modprobe xt_TARPIT
if ! [ -e /sys/kernel/btf/xt_TARPIT ]; then
	dmesg | grep -q 'XDP lacks bpf_xdp_tarpit()' || die "no sentence in the log"
	skip "the module has no BTF, so XDP programs cannot call it"
fi
# The peer must reset no connection, and the host must answer nothing of its own.
peer iptables -A OUTPUT -p tcp --tcp-flags RST RST -j DROP
peer ip6tables -A OUTPUT -p tcp --tcp-flags RST RST -j DROP
tarpit nft -f - <<-'END'
	table netdev t { chain in { type filter hook ingress device "t0" priority 0; policy accept
		meta l4proto tcp drop
	}; }
END
program peer p0 native pass

for mode in native generic; do
	claim "clients connect by the function, $mode"
	program tarpit t0 $mode kfunc 3
	before=$(xdp yes)
	connects 10.0.0.1 80
	connects fd00::1 80
	connects 10.9.0.1 80
	[ "$(xdp yes)" -ge $((before + 3)) ] || die "they did not connect by XDP"
	claim "what is not TCP goes on to the host"
	peer ping -q -c 1 10.0.0.1 >/dev/null
	peer ping -q -c 1 fd00::1 >/dev/null
	claim "the module stays while a program calls the function"
	refused rmmod xt_TARPIT
	detach t0
done

claim "wrong flags abort"
program tarpit t0 native kfunc 4
before="$(xdp yes) $(xdp no)"
echo 1 >/sys/kernel/tracing/events/xdp/xdp_exception/enable
# shellcheck disable=SC2016 # The inner shell's.
same 124 "$(peer timeout 3 bash -c 'exec 3<>/dev/tcp/10.0.0.1/80' 2>/dev/null || echo $?)"
same "$before" "$(xdp yes) $(xdp no)"
grep -q 'action=ABORTED' /sys/kernel/tracing/trace
echo 0 >/sys/kernel/tracing/events/xdp/xdp_exception/enable
detach t0

claim "frames to another MAC address are not answered"
program tarpit t0 native kfunc 0
ip -n peer neighbour replace 10.0.0.9 lladdr 02:00:00:00:00:99 dev p0 nud permanent
before=$(counter NotUnicast)
# shellcheck disable=SC2016 # The inner shell's.
same 124 "$(peer timeout 3 bash -c 'exec 3<>/dev/tcp/10.0.0.9/80' 2>/dev/null || echo $?)"
[ "$(counter NotUnicast)" -gt "$before" ] || die "they do not count"
claim "the tracepoints report frames"
: >/sys/kernel/tracing/trace
echo 1 >/sys/kernel/tracing/events/xt_tarpit/enable
connects 10.0.0.1 80
connects fd00::1 80
echo 0 >/sys/kernel/tracing/events/xt_tarpit/enable
grep -q ': reply: src=10\.0\.0\.1:80 ' /sys/kernel/tracing/trace
grep -q ': reply: src=\[fd00::1\]:80 ' /sys/kernel/tracing/trace
grep -q ': ignored: src=10\.0\.0\.2:.* reason=Held ' /sys/kernel/tracing/trace
detach t0

claim "a wrong lower device is refused with a sentence"
ip -n tarpit link add plain type tarpit
says 'must not be a tarpit device' ip -n tarpit link add tarpit0 link plain type tarpit
says 'must be an Ethernet device' ip -n tarpit link add tarpit0 link lo type tarpit
says 'cannot send frames of XDP' ip -n tarpit link add tarpit0 link dark0 type tarpit
says 'must be in the namespace' ip -n tarpit link add tarpit0 link t0 netns peer type tarpit
ip -n tarpit link del plain

claim "a device with a lower device names it, stays with it and keeps it"
ip -n tarpit link add tarpit0 link t0 type tarpit persist
ip -n tarpit link set tarpit0 up
ip -n tarpit link show tarpit0 | grep -q ' tarpit0@t0: ' || die "$(ip -n tarpit link show tarpit0)"
refused ip -n tarpit link set tarpit0 netns peer
ip -n tarpit link add v0 type veth peer name v1
refused ip -n tarpit link replace tarpit0 link v0 type tarpit
refused ip -n tarpit link set t0 master tarpit0
ip -n tarpit link del v0

for mode in native generic; do
	claim "clients connect by redirect, $mode"
	program tarpit t0 $mode redirect tarpit0
	connects 10.0.0.1 80
	connects fd00::1 80
	detach t0
done

claim "redirected frames without a way back count as NoRoute"
program tarpit t0 native redirect tarpit0
before=$(counter NoRoute)
ip -n tarpit xfrm policy add src 192.0.2.1 dst 192.0.2.2 dir out tmpl proto esp mode transport
same 124 "$(peer timeout 3 bash -c 'exec 3<>/dev/tcp/10.0.0.1/80' 2>/dev/null || echo $?)"
[ "$(counter NoRoute)" -gt "$before" ] || die "they do not"
detach t0
claim "by the function they go on to the host"
program tarpit t0 native kfunc 0
before="$(xdp yes) $(xdp no)"
same 124 "$(peer timeout 3 bash -c 'exec 3<>/dev/tcp/10.0.0.1/80' 2>/dev/null || echo $?)"
same "$before" "$(xdp yes) $(xdp no)"
ip -n tarpit xfrm policy flush
detach t0

for way in 'kfunc 3' 'redirect tarpit0'; do
	# shellcheck disable=SC2086 # Words.
	program tarpit t0 native $way
	claim "each frame of a flood is accounted for, by $way"
	for _ in 1 2; do
		read -r sent seen < <(flood)
		between "$sent" $((sent + 50)) "$seen"
	done
	memory=$(used_memory)
	read -r sent seen < <(flood)
	between "$sent" $((sent + 50)) "$seen"
	claim "and the kernel uses as much memory as before"
	grown_by_less_than 8000000 $(($(used_memory) - memory))
	detach t0
done

claim "two hosts that answer by XDP soon stop answering each other"
program tarpit t0 native kfunc 3
detach p0
program peer p0 native kfunc 2
flood >/tmp/flood
answered="$(xdp yes) $(xdp yes peer)"
sleep 2
same "$answered" "$(xdp yes) $(xdp yes peer)"
detach p0
program peer p0 native pass
detach t0

claim "devices and programs come and go under a flood"
program tarpit t0 native redirect tarpit0
# shellcheck disable=SC2086 # Several words are wanted.
while peer ./flood_xdp.py --out p0 $((thousands * 1000)) $kinds; do :; done >/tmp/flood 2>&1 &
flood=$!
answered=$(xdp yes)
eventually more_answers
for _ in 1 2 3 4 5; do
	ip -n tarpit link set tarpit0 down
	ip -n tarpit link set tarpit0 up
	ip -n tarpit link change tarpit0 type tarpit reset
	ip -n tarpit link change tarpit0 type tarpit persist
done
ip -n tarpit link del tarpit0
detach t0
ip -n tarpit link add tarpit0 link t0 type tarpit
ip -n tarpit link set tarpit0 up
program tarpit t0 native redirect tarpit0
claim "a tarpit device goes with its lower device under a flood"
answered=$(xdp yes)
eventually more_answers
ip -n tarpit link del t0
wait $flood
same '' "$(ip -n tarpit link show type tarpit)"
detach t0
unload
