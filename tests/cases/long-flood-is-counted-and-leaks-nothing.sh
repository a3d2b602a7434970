#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Millions of segments of every kind, on all processors at once: each is counted once, replies are
# the same before and after, and memory stays constant. Segments come from a page pool.
#
#   long-flood-is-counted-and-leaks-nothing.sh [THOUSANDS [ROUNDS]]
#
# THOUSANDS of segments in each round; two more rounds come before.
#
# suite: all
# vm: --smp 2 --real-time
# needs: lib.sh bpf.py flood_xdp.py frames.py send_segments.py
# long: 10000 10
# long-vm: --smp 2 --real-time --timeout 40000
. ./lib.sh

thousands=${1:-$(if watched; then echo 10; else echo 100; fi)} rounds=${2:-2}
kinds='syn4 syn6 bare4 stray4 stray6 data6 rst4'

# counted_in_all: the sum of all counters, then the counters of each kind of flood_xdp.py.
counted_in_all() {
	# shellcheck disable=SC2016 # awk's own.
	inside tarpit awk '/^xt_tarpit_(ignored|replies)_total/ { n += $2 } END { print n }' \
		/proc/net/xt_TARPIT
	echo "$(counter tarpit) $(counter Unverified) $(counter IsReset)"
}

# settled_memory: kernel memory once the pages of flood_xdp.py are freed, some seconds later.
settled_memory() { sleep 10; kernel_memory; }

# answers: the replies to the same SYN of each mode and family, with their numbers.
answers() {
	local port
	for port in 80 81 82 83; do
		MAC=02:00:00:00:00:01 peer ./send_segments.py p0 10.0.0.2 10.0.0.1 "S,dport=$port"
		MAC=02:00:00:00:00:01 peer ./send_segments.py p0 fd00::2 fd00::1 "S,dport=$port"
	done
}

# round NUMBER: each segment has incremented one counter, that of its kind.
round() {
	local before now sent each began=$SECONDS
	mapfile -t before < <(counted_in_all | tr ' ' '\n')
	# shellcheck disable=SC2086 # Several words are wanted.
	sent=$(inside tarpit ./flood_xdp.py t0 $((thousands * 1000)) $kinds |
		awk '{ n += $2 } END { print n }')
	mapfile -t now < <(counted_in_all | tr ' ' '\n')
	each=$((sent / 7))
	same "$sent $((3 * each)) $((3 * each)) $each" "$(for number in 0 1 2 3; do
		echo $((now[number] - before[number]))
	done | xargs)"
	total=$((total + sent))
	echo "  round $1: $sent segments in $((SECONDS - began)) s, kernel memory $(settled_memory)"
}

link_pair
ip -n tarpit link set t0 address 02:00:00:00:00:01
ip -n tarpit route add 10.7.0.0/16 dev dark0
ip -n tarpit route add fd07::/64 dev dark0
# The peer's own kernel would reset connections that it has not opened.
peer iptables -A OUTPUT -p tcp --tcp-flags RST RST -j DROP
peer ip6tables -A OUTPUT -p tcp --tcp-flags RST RST -j DROP
both %T -A INPUT -p tcp --dport 80 -j TARPIT
both %T -A INPUT -p tcp --dport 81 -j TARPIT --persist
both %T -A INPUT -p tcp --dport 82 -j TARPIT --honeypot
both %T -A INPUT -p tcp --dport 83 -j TARPIT --reset
total=0
claim "two rounds fill the caches, and each segment is counted once"
answers >/tmp/before
same 8 "$(grep -c -e '^SA ' -e '^RA ' /tmp/before)"
round 1
round 2
memory=$(settled_memory)
claim "the same in all other rounds"
for number in $(seq 3 $((rounds + 2))); do round "$number"; done
claim "after $total segments the kernel uses as much memory as before"
grown_by_less_than 500000 $(($(settled_memory) - memory))
claim "the replies are the same as before"
answers >/tmp/after
same "$(cat /tmp/before)" "$(cat /tmp/after)"
claim "conntrack knows no connection"
no_entry
