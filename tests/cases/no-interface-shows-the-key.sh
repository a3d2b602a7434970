#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The case reads the key from the kernel's memory, which only the host's root can do, and verifies
# it: a second implementation of SipHash-2-4 computes the number of a SYN-ACK with it. Then it
# searches for the key: no file in /proc, /sys, tracefs or debugfs has it, nor has the output of
# iptables, nft and dmesg, after hundreds of traced replies. A decoy key that was put there before
# is found.
#
# suite: all
# vm: --memory 1536
# needs: lib.sh key.py send_segments.py frames.py flood.py
. ./lib.sh

if watched && [ ! -e /sys/kernel/btf/vmlinux ]; then
	skip "without BTF the key cannot be found in this kernel's memory"
fi
ip netns add peer
ip link add t0 address 02:00:00:00:00:01 type veth peer name p0 netns peer
addresses peer p0 10.0.0.2/24
ip link set t0 up
ip address add 10.0.0.1/24 dev t0
ip neighbour replace 10.0.0.200 lladdr "$(mac_of peer p0)" dev t0
mount -t debugfs debugfs /sys/kernel/debug
iptables -A INPUT -p tcp -j TARPIT
tracing=/sys/kernel/tracing
echo 1 >$tracing/events/xt_tarpit/enable

claim "with the key in the kernel's memory the number of a SYN-ACK can be computed"
for seq in 1000 2000000000; do
	answer=$(MAC=02:00:00:00:00:01 peer ./send_segments.py p0 10.0.0.200 10.0.0.1 "S,seq=$seq")
	number=$(./key.py number 10.0.0.200 2000 10.0.0.1 80 $seq)
	same "SA $number $((seq + 1)) 0" "$answer"
done

claim "only the host's root can read it there"
for file in /proc/kcore $tracing/trace /proc/net/xt_TARPIT; do
	refused setpriv --reuid 1000 --regid 1000 --clear-groups head -c 1 "$file"
done
refused setpriv --reuid 1000 --regid 1000 --clear-groups unshare -Ur head -c 1 /proc/kcore
# shellcheck disable=SC2016 # awk's own.
same 0 "$(setpriv --reuid 1000 --regid 1000 --clear-groups \
	awk '$3 == "tarpit_net_id" && $1 !~ /^0*$/' /proc/kallsyms | wc -l)"

claim "thousands of files are read, and the decoy is found, even far behind the first page"
MAC=02:00:00:00:00:01 peer ./flood.py p0 10.0.0.200 10.0.0.1 500
{ iptables-save -c; nft -a list ruleset; dmesg; modinfo xt_TARPIT; } >/tmp/said
# The decoy is the newest line of a long trace.
./key.py decoy /tmp/decoy $tracing/trace_marker
cat /tmp/decoy >>/tmp/said
./key.py look /tmp/said | tee /tmp/found
between 20000 1000000 "$(sed -n 's/^ *\([0-9]*\) files read.*/\1/p' /tmp/found)"
grep -q '^the decoy is shown in /tmp/said ' /tmp/found
place=$(sed -n "s,^the decoy is shown in $tracing/trace ,,p" /tmp/found)
between 40000 1000000 "${place:-0}"
claim "no file shows the key"
refused grep '^the key is shown' /tmp/found
