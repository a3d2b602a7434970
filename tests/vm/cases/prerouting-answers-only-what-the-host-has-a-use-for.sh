#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A rule in PREROUTING answers for dark hosts where this host forwards, and not where it does not:
# there it would speak for addresses that it never spoke for. Both families.
#
# needs: lib.sh
. ./lib.sh

link_pair
both %T -t raw -A PREROUTING -p tcp -j TARPIT
claim "a router answers for a dark host"
for host in 10.9.0.9 fd09::9; do connects $host 80; done

claim "a host that does not forward is silent, and says NoRoute"
tarpit sysctl -qw net.ipv4.ip_forward=0 net.ipv6.conf.all.forwarding=0
# The peer's routes lead there still; its own neighbour cache too.
unanswered NoRoute 10.9.0.9 fd09::9

claim "but it still answers for itself"
for host in 10.0.0.1 fd00::1; do connects $host 80; done

claim "and for an unused subnet that a local route gives to it"
ip -n tarpit route replace local 10.9.0.0/24 dev lo
ip -n tarpit -6 route replace local fd09::/64 dev lo
for host in 10.9.0.9 fd09::9; do connects $host 80; done
