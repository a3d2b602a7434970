#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A rule in PREROUTING answers for unused addresses if this host forwards, and not if it does not
# forward, because then it would answer for other hosts. Both families.
#
# needs: lib.sh
. ./lib.sh

link_pair
# Not to the host's own client, which gets the reply over lo.
both %T -t raw -A PREROUTING -p tcp --dport 80 -j TARPIT
claim "a router answers for an unused address"
for host in 10.9.0.9 fd09::9; do connects $host 80; done

claim "a host that does not forward sends no reply and counts NoRoute"
tarpit sysctl -qw net.ipv4.ip_forward=0 net.ipv6.conf.all.forwarding=0
# The peer's routes and neighbour cache still lead there.
unanswered NoRoute 10.9.0.9 fd09::9

if tarpit test -e /proc/sys/net/ipv6/conf/t0/force_forwarding; then
	claim "an interface with force_forwarding is enough"
	tarpit sysctl -qw net.ipv6.conf.t0.force_forwarding=1
	connects fd09::9 80
	tarpit sysctl -qw net.ipv6.conf.t0.force_forwarding=0
fi

claim "the host still answers for its own addresses, to a peer and to itself over lo"
for host in 10.0.0.1 fd00::1; do
	connects $host 80
	connects $host 80 tarpit
done

claim "an IPv6 anycast address of its own sends no reply, as in INPUT"
inside tarpit python3 -c 'import socket, struct, time
joined = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
joined.setsockopt(socket.IPPROTO_IPV6, 27, # IPV6_JOIN_ANYCAST
                  socket.inet_pton(socket.AF_INET6, "fd00::aa")
                  + struct.pack("I", socket.if_nametoindex("t0")))
time.sleep(3000)' &
eventually inside tarpit grep -q t0 /proc/net/anycast6
unanswered NotUnicast fd00::aa
both %T -t raw -F
both %T -A INPUT -p tcp -j TARPIT
unanswered NotUnicast fd00::aa
both %T -F
both %T -t raw -A PREROUTING -p tcp -j TARPIT

claim "the host answers for an unused subnet of a local route"
ip -n tarpit route replace local 10.9.0.0/24 dev lo
ip -n tarpit -6 route replace local fd09::/64 dev lo
for host in 10.9.0.9 fd09::9; do connects $host 80; done
