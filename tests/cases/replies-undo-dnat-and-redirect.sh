#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Behind REDIRECT and DNAT the reply belongs to the segment's connection, so it comes from the
# address and port that the client connected to; no conntrack entry remains.
#
# needs: lib.sh
. ./lib.sh

link_pair
backstop
both %T -t nat -A PREROUTING -p tcp --dport 80 -j REDIRECT --to-ports 8080
# By nft, for Debian's rt kernel has no DNAT of xtables.
for to in 'ip 10.9.0.5' 'ip6 [fd09::5]'; do
	read -r family host <<<"$to"
	tarpit nft add table "$family" knock
	tarpit nft add chain "$family" knock pre '{ type nat hook prerouting priority dstnat; }'
	tarpit nft add rule "$family" knock pre tcp dport 81 dnat to "$host:8081"
done
for mode in --tarpit --persist --honeypot; do
	both %T -F
	both %T -A INPUT -p tcp --dport 8080 -j TARPIT $mode
	both %T -A FORWARD -p tcp --dport 8081 -j TARPIT $mode
	for host in 10.0.0.1 fd00::1; do
		claim "$host is tarpitted by $mode behind REDIRECT"
		connects $host 80
		claim "$host is tarpitted by $mode behind DNAT"
		connects $host 81
	done
	claim "$mode leaves no conntrack entry"
	no_entry
done

claim "so does a reset"
both %T -F
both %T -A INPUT -p tcp --dport 8080 -j TARPIT --reset
for host in 10.0.0.1 fd00::1; do
	refused connects $host 80
	grep -q 'refused' /tmp/refused || die "$(cat /tmp/refused)"
done
