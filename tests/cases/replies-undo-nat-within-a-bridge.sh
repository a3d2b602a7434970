#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# DNAT within a bridge with br_netfilter, as Docker uses it for a published port: the reply to a
# client on the bridge comes from the published address and port. The same across two bridges,
# behind REDIRECT, and if the host masquerades the client. No conntrack entry remains.
#
#    netns peer 172.17.0.3 p0 ---- t0 [br0 172.17.0.1 in netns tarpit] w0 ---- 172.17.0.2 (absent)
#                                     [br1 172.18.0.1                ] w1 ---- 172.18.0.2 (absent)
#
# suite: all
# needs: lib.sh
. ./lib.sh

ip netns add peer
ip netns add tarpit
ip link add t0 netns tarpit type veth peer name p0 netns peer
modprobe br_netfilter
tarpit sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
for n in 0 1; do
	ip -n tarpit link add br$n address 02:00:00:00:b0:0$n type bridge
	ip -n tarpit link add w$n type veth peer name x$n
	ip -n tarpit link set x$n up
	ip -n tarpit link set w$n master br$n up
	addresses tarpit br$n 172.1$((7 + n)).0.1/16 fd1$((7 + n))::1/64
	ip -n tarpit neigh replace 172.1$((7 + n)).0.2 lladdr 02:00:00:00:00:02 dev br$n
	ip -n tarpit neigh replace fd1$((7 + n))::2 lladdr 02:00:00:00:00:02 dev br$n
done
ip -n tarpit link set t0 master br0 up
addresses tarpit lo 10.0.0.1/32 fd00::1/128
addresses peer p0 172.17.0.3/16 fd17::3/64
ip -n peer route add default via 172.17.0.1
ip -n peer -6 route add default via fd17::1
tarpit sysctl -qw net.bridge.bridge-nf-call-iptables=1 net.bridge.bridge-nf-call-ip6tables=1
claim "the bridge works"
peer ping -q -c 1 -w 60 10.0.0.1 >/dev/null
peer ping -q -c 1 -w 60 fd00::1 >/dev/null

backstop
# By nft, for Debian's rt kernel has no DNAT of xtables.
for family in ip ip6; do
	tarpit nft add table $family published
	tarpit nft add chain $family published pre '{ type nat hook prerouting priority dstnat; }'
	tarpit nft add chain $family published post '{ type nat hook postrouting priority srcnat; }'
	tarpit nft add rule $family published pre tcp dport 8083 redirect to :80
done
tarpit nft add rule ip published pre ip daddr 10.0.0.1 tcp dport 8080 dnat to 172.17.0.2:80
tarpit nft add rule ip published pre ip daddr 10.0.0.1 tcp dport 8081 dnat to 172.18.0.2:80
tarpit nft add rule ip6 published pre ip6 daddr fd00::1 tcp dport 8080 dnat to '[fd17::2]:80'
tarpit nft add rule ip6 published pre ip6 daddr fd00::1 tcp dport 8081 dnat to '[fd18::2]:80'

# published MODE: each connects, and the reply comes from the address and port it connected to.
published() {
	local host port
	dumps /tmp/d peer p0 'tcp[13] == 18 or (ip6 proto 6 and ip6[53] == 18)'
	for host in 10.0.0.1 fd00::1; do
		for port in 8080 8081 8083; do
			claim "$1: $host, port $port, answers"
			connects $host $port
		done
	done
	undump /tmp/d
	for host in 10.0.0.1 fd00::1; do
		for port in 8080 8081 8083; do
			claim "$1: $host, port $port, is where the SYN-ACK comes from"
			same 1 "$(grep -cF " $host.$port > " /tmp/d)"
		done
	done
	same 6 "$(grep -c ' > ' /tmp/d)"
	claim "$1: no conntrack entry remains"
	same 0 "$(tarpit conntrack -L -p tcp 2>/dev/null | grep -c . || true)"
	same 0 "$(tarpit conntrack -L -f ipv6 -p tcp 2>/dev/null | grep -c . || true)"
}

for mode in --tarpit --persist --honeypot; do
	both %T -F
	both %T -A FORWARD -p tcp -j TARPIT $mode
	both %T -A INPUT -p tcp -j TARPIT $mode
	published "$mode"
done
for family in ip ip6; do tarpit nft add rule $family published post masquerade; done
published "--honeypot, with masquerade"

claim "a reset comes from the published port too"
both %T -F
both %T -A FORWARD -p tcp -j TARPIT --reset
for host in 10.0.0.1 fd00::1; do
	refused connects $host 8080
	grep -q 'refused' /tmp/refused || die "$(cat /tmp/refused)"
done
