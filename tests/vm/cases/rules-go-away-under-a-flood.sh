#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Under a flood of SYNs rules are deleted and added, a namespace is destroyed, and the module is
# unloaded: nothing crashes, nothing leaks.
#
#   rules-go-away-under-a-flood.sh [ROUNDS]
#
# vm: --smp 2
# needs: lib.sh flood.py
# long: 150
# long-vm: --smp 2 --timeout 40000
. ./lib.sh

rounds=${1:-3}

link_pair
modprobe xt_TARPIT
mac=$(tarpit cat /sys/class/net/t0/address)
flood() { while true; do MAC=$mac peer ./flood.py p0 "$1" "$2" 2000; done; }
flood 10.0.0.200 10.0.0.1 >/dev/null 2>/tmp/flood4 &
flood4=$!
flood fd00::200 fd00::1 >/dev/null 2>/tmp/flood6 &
flood6=$!
ip -n tarpit neighbour replace 10.0.0.200 lladdr 02:00:00:00:00:02 dev t0 nud permanent
ip -n tarpit neighbour replace fd00::200 lladdr 02:00:00:00:00:02 dev t0 nud permanent

for backend in $legacy nft; do
	tool=iptables-$backend
	claim "rules of $tool come, answer and go"
	for _ in $(seq "$rounds"); do
		before4=$(counter tarpit ipv4) before6=$(counter persist ipv6)
		tarpit "$tool" -A INPUT -p tcp -j TARPIT
		tarpit "ip6tables-$backend" -t raw -A PREROUTING -p tcp -j TARPIT --persist
		eventually counted tarpit ipv4 $((before4 + 1))
		eventually counted persist ipv6 $((before6 + 1))
		tarpit "$tool" -F INPUT
		tarpit "ip6tables-$backend" -t raw -F PREROUTING
	done
done
claim "the module is unloaded and loaded under the flood"
for _ in $(seq "$rounds"); do
	eventually unloaded
	both %T -A INPUT -p tcp -j TARPIT
	both %T -F INPUT
done

claim "a namespace with a rule is destroyed under the flood"
both %T -A INPUT -p tcp -j TARPIT
for flood in $flood4 $flood6; do
	kill -0 "$flood" || die "a flood has ended too soon: $(tail -qn 1 /tmp/flood4 /tmp/flood6)"
done
ip netns del tarpit
kill $flood4 $flood6 || true # They end by themselves, too, for their link is gone.
unload
