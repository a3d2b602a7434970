#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# SRv6 decapsulation with nf_hooks_lwtunnel: in PREROUTING the packet still has the outer packet's
# route. TARPIT routes the inner packet itself, so source validation applies: a packet from a source
# that is expected on another device is a Martian, one from a source that is expected on its device
# is answered.
#
# needs: lib.sh
. ./lib.sh

[ -e /proc/sys/net/netfilter/nf_hooks_lwtunnel ] || skip "this kernel has no nf_hooks_lwtunnel"
link_pair
peer sysctl -qw net.ipv6.conf.all.seg6_enabled=1 net.ipv6.conf.p0.seg6_enabled=1
tarpit sysctl -qw net.netfilter.nf_hooks_lwtunnel=1 net.ipv4.conf.t0.rp_filter=1
mac=$(mac_of tarpit t0)
for sid in fd00::94 fd00::96; do
	ip -n peer -6 neigh replace $sid lladdr "$mac" dev p0 nud permanent
done
ip -n tarpit -6 route add fd00::94/128 encap seg6local action End.DX4 nh4 0.0.0.0 dev t0
ip -n tarpit -6 route add fd00::96/128 encap seg6local action End.DX6 nh6 :: dev t0
ip -n peer route add 10.9.0.8/32 encap seg6 mode encap segs fd00::94 dev p0 src 10.0.0.2
ip -n peer -6 route add fd09::8/128 encap seg6 mode encap segs fd00::96 dev p0 src fd00::2
both %T -t raw -A PREROUTING -p tcp --dport 80 -j TARPIT
for host in 10.9.0.8 fd09::8; do
	claim "$host answers a decapsulated packet whose source is expected on its device"
	connects $host 80
done

claim "a source that is expected on another device is a Martian"
ip -n peer address add 10.77.0.7/32 dev lo
ip -n tarpit route add 10.77.0.7/32 dev dark0
ip -n peer route replace 10.9.0.8/32 encap seg6 mode encap segs fd00::94 dev p0 src 10.77.0.7
unanswered Martian 10.9.0.8

claim "a source of the host's own is a Martian, in IPv6 too"
ip -n peer address add 10.0.0.1/32 dev lo
ip -n peer address add fd00::1/128 dev lo nodad
ip -n peer route replace 10.9.0.8/32 encap seg6 mode encap segs fd00::94 dev p0 src 10.0.0.1
ip -n peer -6 route replace fd09::8/128 encap seg6 mode encap segs fd00::96 dev p0 src fd00::1
unanswered Martian 10.9.0.8 fd09::8
