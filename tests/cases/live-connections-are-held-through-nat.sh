#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# --persist on a router holds connections that were up before the rule: routed, with DNAT, with DNAT
# and masquerading, with REDIRECT, by a rule in FORWARD, INPUT and mangle PREROUTING, in both
# families. Virtual time; each run takes SECONDS.
#
# suite: all
# all: 86400
# needs: lib.sh live.sh live.py
. ./lib.sh
. ./live.sh

seconds=${1:-1200}

# held_by HOST PORT RULE...: clients of this address are held by the rule; the router drops what the
# server sends to them.
held_by() {
	local host=$1 port=$2
	shift 2
	start "$host" "$port" "$seconds" write keepalive
	tarpit "$tool" -t raw -A PREROUTING -i h0 -s "$server" -p tcp -j DROP
	tarpit "$tool" "$@" -j TARPIT --persist
	go
	finish
	verdict write held
	verdict keepalive held
}

link_pair
link_server
track tarpit
serve host 80
serve tarpit 80
for family in ipv4 ipv6; do
	case $family in
	ipv4) tool=iptables router=10.0.0.1 server=10.1.0.2 to=10.1.0.2:80 ;;
	ipv6) tool=ip6tables router=fd00::1 server=fd01::2 to='[fd01::2]:80' ;;
	esac
	echo "$family, routed"
	held_by "$server" 80 -A FORWARD -d "$server" -p tcp --dport 80
	echo "$family, DNAT"
	tarpit "$tool" -t nat -A PREROUTING -p tcp --dport 8080 -j DNAT --to-destination "$to"
	held_by "$router" 8080 -A FORWARD -d "$server" -p tcp --dport 80
	echo "$family, DNAT, a rule in mangle PREROUTING, before it"
	held_by "$router" 8080 -t mangle -A PREROUTING -i t0 -p tcp --dport 8080
	echo "$family, DNAT and masquerading"
	tarpit "$tool" -t nat -A POSTROUTING -o h0 -j MASQUERADE
	held_by "$router" 8080 -A FORWARD -d "$server" -p tcp --dport 80
	tarpit "$tool" -t nat -F
	echo "$family, REDIRECT"
	tarpit "$tool" -t nat -A PREROUTING -p tcp --dport 8081 -j REDIRECT --to-ports 80
	held_by "$router" 8081 -A INPUT -p tcp --dport 80
	tarpit "$tool" -t nat -F
done
