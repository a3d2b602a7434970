#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# VRF: the reply uses the table of the VRF that the segment came by, in INPUT, PREROUTING and
# FORWARD. In FORWARD the unused addresses are in another VRF whose own table rejects the peer.
#
# needs: lib.sh
. ./lib.sh

answered() { # WHERE HOST...
	local where=$1 host
	shift
	for host; do
		claim "$where: $host answers"
		connects "$host" 80
	done
}

link_pair
ip -n tarpit link add red type vrf table 10
ip -n tarpit link add dark type vrf table 20
ip -n tarpit link set red up
ip -n tarpit link set dark up
tarpit sysctl -qw net.ipv6.conf.t0.keep_addr_on_down=1
ip -n tarpit link set t0 master red
ip -n tarpit link set dark0 master dark
ip -n tarpit address replace fd00::1/64 dev t0 nodad
ip -n tarpit route replace 10.9.0.0/24 dev dark0 table 10
ip -n tarpit route replace fd09::/64 dev dark0 table 10
ip -n tarpit route replace unreachable 10.0.0.0/24 table 20
ip -n tarpit route replace unreachable fd00::/64 table 20
claim "the main table has no route to the peer"
refused tarpit ip route get 10.0.0.2 from 192.0.2.1

for mode in --tarpit --persist; do
	both %T -A INPUT -p tcp -j TARPIT $mode
	both %T -A FORWARD -p tcp -j TARPIT $mode
	answered "INPUT $mode" 10.0.0.1 fd00::1
	answered "FORWARD $mode" 10.9.0.9 fd09::9
	both %T -F
done
both %T -t raw -A PREROUTING -p tcp -j TARPIT
answered "PREROUTING" 10.0.0.1 fd00::1 10.9.0.9 fd09::9
both %T -t raw -F
both %T -t raw -A PREROUTING -i red -p tcp -j TARPIT
answered "PREROUTING of the VRF device" 10.0.0.1 fd00::1
