#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Degreaser's published test for iptables' tarpits recognises none of our modes, not even if its SYN
# offers no options. It recognises the C module, which shows that the test works.
#
# suite: all
# needs: lib.sh rawtcp.py frames.py degreaser.py
# artifacts: xtables-addons
. ./lib.sh

# verdict WANT ARGUMENT...
verdict() {
	local want=$1 said
	shift
	said=$(peer ./degreaser.py "$@")
	echo "  $*: $said"
	same "$want" "${said%%:*}"
}

link_pair
modprobe x_tables
insmod xtables-addons/xt_TARPIT.ko
tarpit iptables -A INPUT -p tcp --dport 100 -j TARPIT
claim "the C module is recognised"
verdict tarpit ipv4 100
verdict tarpit ipv4 100 nothing-offered
tarpit iptables -F INPUT
unload

port=100
for mode in tarpit persist honeypot; do
	port=$((port + 1))
	both %T -A INPUT -p tcp --dport $port -j TARPIT --$mode
	for family in ipv4 ipv6; do
		claim "--$mode is not recognised, $family"
		verdict host $family $port
		verdict host $family $port nothing-offered
	done
done
