#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Each bpftrace one-liner of docs/metrics.md runs with the real program: it prints what a held
# client did, and ends when it is interrupted. Virtual time.
#
# vm: --disk recipes-disk
# needs: lib.sh ../../docs/metrics.md
. ./lib.sh

# one_liner NUMBER: the command in metrics.md with this number.
one_liner() { sed -n 's/^    \(bpftrace .*\)/\1/p' metrics.md | sed -n "$1p"; }

# said NUMBER: runs it while a client connects, writes, and waits for twenty seconds.
said() {
	local line pid
	line=$(one_liner "$1")
	[ -n "$line" ] || die "metrics.md has no one-liner $1"
	eval "exec $line" >/tmp/said 2>&1 &
	pid=$!
	eventually grep -q '^Attach' /tmp/said
	sleep 1
	peer timeout 20 bash -c 'exec 3<>/dev/tcp/10.0.0.1/80; echo hello >&3; sleep 60' || true
	kill -INT $pid
	wait $pid || die "bpftrace failed: $(cat /tmp/said)"
	cat /tmp/said
}

# says PATTERN: a line of its output matches.
says() { grep -qE "$1" /tmp/said || die "no line is like $1: $(cat /tmp/said)"; }

link_pair
tarpit iptables -A INPUT -p tcp --dport 80 -j TARPIT

claim "drops by mode and reason"
said 1
says '^@\[tarpit, Held\]: [0-9]+$'

claim "a histogram of how long peers have been held"
said 2
says '^@\[tarpit\]:'
says '^\[[0-9]+, [0-9]+\) +[0-9]+ \|@+'

claim "replies by address"
said 3
says '^@\[10, 0, 0, 2\]: 1$'

claim "each one-liner was run"
same 3 "$(grep -c '^    bpftrace ' metrics.md)"
