#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Behind REDIRECT and DNAT the reply belongs to the segment's connection, so the client sees it come
# from where it knocked; and no entry is left.
#
# needs: lib.sh
. ./lib.sh

link_pair
backstop
both %T -t nat -A PREROUTING -p tcp --dport 80 -j REDIRECT --to-ports 8080
tarpit iptables -t nat -A PREROUTING -p tcp --dport 81 -j DNAT --to-destination 10.9.0.5:8081
tarpit ip6tables -t nat -A PREROUTING -p tcp --dport 81 -j DNAT --to-destination '[fd09::5]:8081'
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
	claim "no entry is left by $mode"
	no_entry
done

claim "a reset comes from where the client knocked too"
both %T -F
both %T -A INPUT -p tcp --dport 8080 -j TARPIT --reset
for host in 10.0.0.1 fd00::1; do
	refused connects $host 80
	grep -q 'refused' /tmp/refused || die "$(cat /tmp/refused)"
done
