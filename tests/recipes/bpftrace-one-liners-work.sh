#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Each bpftrace one-liner of docs/metrics.md, as it stands there, with the real program: it says
# what a held client did, and ends when it is interrupted. Virtual time.
#
# vm: --disk recipes-disk
# needs: lib.sh ../../docs/metrics.md
. ./lib.sh

# one_liner NUMBER: that line of metrics.md, as a shell would read it.
one_liner() { sed -n 's/^    \(bpftrace .*\)/\1/p' metrics.md | sed -n "$1p"; }

# said NUMBER: what it says of a client that connects, writes, and waits for twenty seconds.
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

# says PATTERN: a line of what was said.
says() { grep -qE "$1" /tmp/said || die "no line is like $1: $(cat /tmp/said)"; }

link_pair
tarpit iptables -A INPUT -p tcp --dport 80 -j TARPIT

claim "silences by mode and reason"
said 1
says '^@\[tarpit, Held\]: [0-9]+$'

claim "a histogram of how long peers have been held"
said 2
says '^@\[tarpit\]:'
says '^\[[0-9]+, [0-9]+\) +[0-9]+ \|@+'

claim "replies by address"
said 3
says '^@\[10, 0, 0, 2\]: 1$'

claim "there is no one-liner that is not tried"
same 3 "$(grep -c '^    bpftrace ' metrics.md)"
