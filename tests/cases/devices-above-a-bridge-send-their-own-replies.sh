#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A packet keeps its bridge extension when a bridge delivers it to a device above the bridge. Even
# so the reply leaves by that device, never by the bridge port: an xfrm interface sends ESP;
# macvlan, ipvlan and VLAN devices answer in their own namespace, and a device there that has the
# port's index sends nothing.
#
#    netns peer p0 ---- t0 [br0 in netns tarpit]  above it: xfrm0, and in netns cont: mv0 iv0 br0.7
#
# suite: all
# needs: lib.sh ipsec.sh
. ./lib.sh
. ./ipsec.sh

link_pair
watch_peer
bridge='address 02:00:00:00:00:b0 type bridge' link_bridge 10.0.0.1/24 fd00::1/64

# bridge_nf ON: sets whether br_netfilter passes bridged packets to iptables.
bridge_nf() {
	tarpit sysctl -qw "net.bridge.bridge-nf-call-iptables=$1" \
		"net.bridge.bridge-nf-call-ip6tables=$1"
}

# both_in NETNS COMMAND...: as both of lib.sh.
both_in() {
	local netns=$1
	shift
	inside "$netns" "${@/#%T/iptables}"
	inside "$netns" "${@/#%T/ip6tables}"
}

# tunnel OUTER-PEER OUTER-TARPIT ANY
tunnel() {
	local netns dir
	for netns in peer tarpit; do
		state $netns "$1" "$2" 1 1 tunnel if_id 42
		state $netns "$2" "$1" 2 1 tunnel if_id 42
	done
	for dir in out:peer in:tarpit fwd:tarpit; do
		policy "${dir#*:}" "${dir%:*}" "$1" "$2" "$3"
	done
	for dir in out:tarpit in:peer fwd:peer; do
		policy "${dir#*:}" "${dir%:*}" "$2" "$1" "$3"
	done
}

# policy NETNS DIR OUTER-FROM OUTER-TO ANY
policy() {
	ip -n "$1" xfrm policy add src "$5" dst "$5" dir "$2" if_id 42 \
		tmpl src "$3" dst "$4" proto esp reqid 1 mode tunnel
}

# esp_only CHAIN...: both families answer through the xfrm interface, only in ESP.
esp_only() {
	local host
	both %T "$@" -i xfrm0 -p tcp --dport 80 -j TARPIT
	forget
	for host in 10.50.0.1 fd50::1; do
		claim "an xfrm interface over the bridge, $*: $host answers"
		connects $host 80
	done
	claim "an xfrm interface over the bridge, $*: both answer only in ESP"
	came_as_esp
	both %T "${@/#-A/-F}"
}

modprobe xfrm_interface
tunnel 10.0.0.2 10.0.0.1 0.0.0.0/0
tunnel fd00::2 fd00::1 ::/0
for netns in peer:p0:2 tarpit:br0:1; do
	IFS=: read -r netns device last <<<"$netns"
	ip -n "$netns" link add xfrm0 type xfrm dev "$device" if_id 42
	addresses "$netns" xfrm0 10.50.0."$last"/24 fd50::"$last"/64
done
esp_only -t raw -A PREROUTING
esp_only -t mangle -A PREROUTING
esp_only -A INPUT
bridge_nf 0
esp_only -t raw -A PREROUTING
bridge_nf 1

# answered DEVICE HOST...: each hook answers from the device's own MAC address, and a device with
# the port's index in that namespace sends nothing.
answered() {
	local device=$1 chain mac host
	shift
	mac=$(ip -n cont -o link show "$device" | sed 's/.*link.ether \([^ ]*\).*/\1/')
	for chain in '-t raw -A PREROUTING' '-A INPUT'; do
		# shellcheck disable=SC2086
		both_in cont %T $chain -p tcp --dport 80 -j TARPIT
		dumps /tmp/at-peer peer p0 'tcp[13] == 18 or (ip6 proto 6 and ip6[53] == 18)' \
			or vlan
		dumps /tmp/at-victim cont victim tcp or ip6 proto 6
		for host; do
			claim "$device in another namespace, $chain: $host answers"
			connects "$host" 80
		done
		undump /tmp/at-peer
		undump /tmp/at-victim
		claim "$device, $chain: the SYN-ACKs come from its own MAC address"
		same $# "$(grep -c "$mac > .*Flags \[S\.\]" /tmp/at-peer)"
		same $# "$(grep -c 'Flags \[S\.\]' /tmp/at-peer)"
		claim "$device, $chain: the device with the port's index sent nothing"
		same 0 "$(grep -c ' > ' /tmp/at-victim || true)"
		# shellcheck disable=SC2086
		both_in cont %T ${chain/-A/-F}
	done
}

# above NAME TYPE-WORDS...: a device over the bridge, moved into netns cont.
above() {
	local name=$1
	shift
	ip -n tarpit link add "$name" link br0 type "$@"
	ip -n tarpit link set "$name" netns cont
}

ip netns add cont
ip -n cont link add victim index "$(ip -n tarpit -o link show t0 | cut -d: -f1)" type dummy
ip -n cont link set victim up
above mv0 macvlan mode bridge
above br0.7 vlan id 7
addresses cont mv0 10.60.0.50/24 fd60::50/64
addresses cont br0.7 10.70.0.50/24 fd70::50/64
ip -n peer link add link p0 name p0.7 type vlan id 7
addresses peer p0.7 10.70.0.2/24 fd70::2/64
ip -n peer address add 10.60.0.2/24 dev p0
ip -n peer address add fd60::2/64 dev p0 nodad
answered mv0 10.60.0.50 fd60::50
answered br0.7 10.70.0.50 fd70::50
ip -n cont link del mv0

# ipvlan and macvlan exclude each other on one device.
above iv0 ipvlan mode l2
addresses cont iv0 10.60.0.51/24 fd60::51/64
answered iv0 10.60.0.51 fd60::51
