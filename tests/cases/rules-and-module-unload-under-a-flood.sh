#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Under a full flood on both processors, rules are deleted and added, a namespace is destroyed, and
# the module is unloaded, which shows that no reference remains. Nothing crashes.
#
#   rules-and-module-unload-under-a-flood.sh [ROUNDS]
#
# all: 3
# vm: --smp 2 --real-time
# needs: lib.sh flood.sh flood_mixed.py frames.py ../bench/traffic.py
# long: 150
# long-vm: --smp 2 --real-time --timeout 40000
. ./lib.sh
. ./flood.sh

rounds=${1:-1}

link_for_flood
# Hooks that stay, in a namespace without traffic: see namespaces-die-under-a-flood.
for tool in iptables ip6tables; do $tool -A INPUT -p tcp; $tool -t raw -A PREROUTING -p tcp; done
flood

for backend in $legacy nft; do
	tool=iptables-$backend
	claim "rules of $tool are added, answer and are deleted"
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
flooding || die "the flood has ended early"
ip netns del tarpit
pkill -f flood_mixed.py
unload
