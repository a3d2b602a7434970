#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# An unshared, linear skb is rewritten into the reply. The reply is allocated if a tap has cloned
# the segment, if it is nonlinear, or if it has too little headroom for the way back. Both have the
# same bytes, and the reply keeps nothing of the segment.
#
# needs: lib.sh send_unshared.py frames.py
. ./lib.sh

tracing=/sys/kernel/tracing
frame_mtu=9000

# answer FAMILY BYTES [SOURCE] [DEVICE]: the reply to a SYN with so many bytes of data.
answer() {
	local source=10.0.0.2 destination=10.0.0.1
	[ "$1" = 4 ] || { source=fd00::2; destination=fd00::1; }
	peer ./send_unshared.py p0 "${3:-$source}" $destination "$mac" "$2" ${4:+"$4"}
}

# made HOW FAMILY ARGUMENT...: the reply is made by tarpit_reply_HOW and has the usual bytes.
made() {
	local how=$1 family=$2 got
	shift 2
	: >$tracing/trace
	got=$(answer "$family" "$@")
	# Another host gets another number.
	[ -n "${2:-}" ] || same "${first[$family]}" "$got"
	grep -q "tarpit_reply_$how " $tracing/trace || die "not by tarpit_reply_$how"
	[ "$how" = alloc ] || same 0 "$(grep -c 'tarpit_reply_alloc ' $tracing/trace || true)"
}

# tap: a socket that receives all packets and keeps them. (tcpdump only copies them.)
tap() {
	rm -f /tmp/tap
	nsenter --net=/run/netns/tarpit -- python3 -c '
import pathlib, socket, time
tap = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
pathlib.Path("/tmp/tap").touch()
time.sleep(600)' &
	tap=$!
	eventually test -e /tmp/tap
}

link_pair
mac=$(mac_of tarpit t0)
ip -n peer link set p0 mtu $frame_mtu
ip -n tarpit link set t0 mtu $frame_mtu
for host in 10.0.0.2 fd00::2; do
	ip -n tarpit neighbour replace $host lladdr "$(mac_of peer p0)" dev t0
done
both %T -A INPUT -p tcp -j TARPIT
# The host's own TCP must not answer.
peer iptables -A INPUT -p tcp -j DROP
peer ip6tables -A INPUT -p tcp -j DROP
printf '%s\n' tarpit_reply_rewrite tarpit_reply_alloc >$tracing/set_ftrace_filter
echo function >$tracing/current_tracer
declare -A first

for family in 4 6; do
	claim "IPv$family: an unshared, linear segment is rewritten"
	first[$family]=$(answer $family 0)
	made rewrite $family 0
	claim "IPv$family: so is one with data"
	made rewrite $family 500
	claim "IPv$family: one that a tap has cloned is not"
	tap
	made alloc $family 0
	kill "$tap"
	wait "$tap" || true
	claim "IPv$family: a nonlinear one is not"
	made alloc $family 7000
	claim "IPv$family: without the tap it is rewritten again"
	made rewrite $family 0
done

claim "a segment with too little headroom for the way back is not rewritten"
for netns in peer:p0:2 tarpit:t0:1; do
	IFS=: read -r name device last <<<"$netns"
	ip -n "$name" link add vx0 type vxlan id 5 dstport 4789 dev "$device" \
		local fd00::"$last" remote fd00::$((3 - last))
	ip -n "$name" link set vx0 address 02:00:00:00:05:0"$last" up
	addresses "$name" vx0 10.5.0."$last"/24 fd05::"$last"/64
done
tarpit sysctl -qw net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.t0.rp_filter=0
for host in 10.5.0.2 fd05::2; do
	ip -n tarpit neighbour replace $host lladdr 02:00:00:00:05:02 dev vx0
done
made alloc 4 0 10.5.0.2 vx0
made alloc 6 0 fd05::2 vx0
ip -n tarpit link del vx0
ip -n peer link del vx0

claim "the reply has neither the mark nor the connection of the segment"
for tool in iptables ip6tables; do
	tarpit $tool -t raw -A PREROUTING -j MARK --set-mark 7
	tarpit $tool -t mangle -A POSTROUTING -p tcp -m mark --mark 7
	tarpit $tool -t mangle -A POSTROUTING -p tcp -m conntrack --ctstate RELATED
	tarpit $tool -t mangle -A POSTROUTING -p tcp -m conntrack --ctstate NEW,ESTABLISHED
done
for family in 4 6; do
	[ $family = 4 ] && tool=iptables || tool=ip6tables
	made rewrite $family 0
	mapfile -t seen < <(tarpit "$tool" -t mangle -nvxL POSTROUTING | awk 'NR > 2 { print $1 }')
	same "0 1 0" "${seen[*]}"
done
no_entry

claim "no reference keeps the device when it is deleted"
ip -n tarpit link del t0
both %T -F
ip netns del tarpit
eventually unloaded
