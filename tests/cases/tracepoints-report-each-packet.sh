#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The tracepoints xt_tarpit:reply and xt_tarpit:ignored report each packet with its addresses and
# ports, mode, reason, and the age of our last reply; nothing while they are disabled.
#
# needs: lib.sh frames.py
. ./lib.sh

events=/sys/kernel/tracing/events/xt_tarpit
freed=/sys/kernel/tracing/events/skb/kfree_skb
trace=/sys/kernel/tracing/trace

# traced PATTERN: a line of the trace, with any ports of the peer.
traced() { grep -qE "$1" $trace || die "no line of the trace is like $1: $(tail -n 20 $trace)"; }

link_pair
both %T -A INPUT -p tcp --dport 80 -j TARPIT --persist
both %T -A INPUT -p tcp --dport 81 -j TARPIT

claim "disabled, they write nothing"
connects 10.0.0.1 80
same 0 "$(grep -c xt_tarpit $trace || true)"
grep -q '' $events/reply/format $events/ignored/format

echo 1 >$events/enable
claim "a reply is traced as it leaves"
connects 10.0.0.1 80
traced ': reply: src=10\.0\.0\.1:80 dest=10\.0\.0\.2:[0-9]+ mode=persist age=-1$'
connects fd00::1 81
traced ': reply: src=\[fd00::1\]:81 dest=\[fd00::2\]:[0-9]+ mode=tarpit age=-1$'

claim "a drop is traced with its reason and the age of our reply"
traced ': ignored: src=10\.0\.0\.2:[0-9]+ dest=10\.0\.0\.1:80 mode=persist reason=Held age=[0-9]+$'
traced ': ignored: src=\[fd00::2\]:[0-9]+ dest=\[fd00::1\]:81 mode=tarpit reason=Held age=[0-9]+$'

claim "an allocated reply is traced like a rewritten one"
dumps /tmp/dump tarpit t0 tcp port 80
: >$trace
connects fd00::1 80
traced ': reply: src=\[fd00::1\]:80 dest=\[fd00::2\]:[0-9]+ mode=persist age=-1$'
undump /tmp/dump

claim "the age of a peer that has waited ten seconds is ten seconds"
: >$trace
# Linux probes a zero window after 0.2 seconds, then doubles the interval each time.
peer timeout 20 bash -c 'exec 3<>/dev/tcp/10.0.0.1/80; echo hello >&3; sleep 12'
traced ': reply: src=10\.0\.0\.1:80 dest=10\.0\.0\.2:[0-9]+ mode=persist age=[0-9]{4}$'

claim "the trace agrees with the counters in /proc"
: >$trace
before=$(counter persist)
connects 10.0.0.1 80
same "$(($(counter persist) - before))" "$(grep -c ': reply:' $trace)"

claim "ports are found behind IP options and extension headers"
: >$trace
peer python3 - "$(mac_of tarpit t0)" <<'PY'
import socket, struct, sys
import frames
out = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
out.bind(("p0", 0))
for hosts in (("10.0.0.2", "10.0.0.1"), ("fd00::2", "fd00::1")):
    ends = tuple(map(frames.octets, hosts))
    segment = frames.segment(ends, (4321, 80), (1000, 7, frames.ACK, 1000))
    if len(ends[0]) == 4:
        packet = frames.ipv4(ends, segment, options=b"\1" * 4)
    else:
        packet = frames.ipv6(ends, bytes((6, 0, 1, 4, 0, 0, 0, 0)) + segment, proto=60)
    mac = bytes.fromhex(sys.argv[1].replace(":", ""))
    out.send(mac + bytes(6) + struct.pack("!H", frames.kind(ends)) + packet)
PY
traced ': ignored: src=10\.0\.0\.2:4321 dest=10\.0\.0\.1:80 mode=persist '
traced ': ignored: src=\[fd00::2\]:4321 dest=\[fd00::1\]:80 mode=persist '

ip -n tarpit link add tarpit0 type tarpit honeypot
ip -n tarpit link set tarpit0 up
tarpit nft -f - <<'END'
table netdev t { chain in { type filter hook ingress device "t0" priority -300
	tcp dport 83 fwd to "tarpit0"
}; }
END
for event in reply ignored; do
	claim "xt_tarpit:$event enabled alone reports only its own packets, also those of a device"
	echo 0 >$events/enable
	echo 1 >$events/$event/enable
	: >$trace
	connects 10.0.0.1 80
	connects fd00::1 83
	traced ": $event: .* mode=persist "
	traced ": $event: .* mode=honeypot "
done

# Before 6.4 the event has an address in place of the function's name.
if grep -q 'location=%pS' $freed/format; then
	claim "the kernel's skb:kfree_skb reports what a device drops, not what it answers"
	echo 1 >$events/enable
	echo 1 >$freed/enable
	: >$trace
	connects 10.0.0.1 83
	same "$(grep -c ': ignored: ' $trace)" \
		"$(grep -cE ': kfree_skb: .*location=tarpit_(answer|xmit)' $trace)"
	echo 0 >$freed/enable
fi

claim "the bytes that a peer has sent are counted"
both %T -A INPUT -p tcp --dport 82 -j TARPIT --honeypot
peer timeout 20 bash -c 'exec 3<>/dev/tcp/10.0.0.1/82; printf hello >&3; sleep 5'
tarpit grep -x 'xt_tarpit_payload_bytes_total{mode="honeypot"} 5' /proc/net/xt_TARPIT
