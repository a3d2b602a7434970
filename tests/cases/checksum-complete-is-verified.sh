#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A tunnel whose outer checksum is right delivers a segment with CHECKSUM_COMPLETE: the sum of its
# bytes is known, but not whether TCP's checksum is right. A wrong checksum is detected in each
# hook and in a tarpit device, of segments that the module checks itself and of longer ones, in both
# families.
#
# needs: lib.sh frames.py wrong_checksums.py
. ./lib.sh

events=/sys/kernel/tracing/events/net
COMPLETE=2

# tunnel NETNS LAST: GRE with checksums, which the kernel converts if they are right; tap1 carries
# Ethernet.
tunnel() {
	local ends="local 10.0.0.$2 remote 10.0.0.$((3 - $2)) icsum ocsum"
	# shellcheck disable=SC2086 # Words.
	{
		ip -n "$1" link add gre1 type gre $ends
		ip -n "$1" link add tap1 type gretap $ends
	}
	addresses "$1" gre1 "10.5.0.$2/24" "fd05::$2/64"
	addresses "$1" tap1 "10.6.0.$2/24" "fd06::$2/64"
}

# caught_by_device: tc sends the packets of tap1 to a tarpit device, and adds the sum of Ethernet's
# header to that of the bytes.
caught_by_device() {
	local family host before kind
	for family in 4 6; do
		[ $family = 4 ] && host=10.6.0.1 kind=0x0800 || host=fd06::1 kind=0x86dd
		claim "IPv$family, tarpit device: right checksums are answered, wrong ones are not"
		before=$(counter BadChecksum ipv$family)
		: >/sys/kernel/tracing/trace
		same "18/18 0/54" "$(peer ./wrong_checksums.py tap1 "${on_tap[$family]}" "$host" \
			"$(mac_of tarpit tap1)")"
		same 54 $(($(counter BadChecksum ipv$family) - before))
		claim "IPv$family, tarpit device: all of them had CHECKSUM_COMPLETE"
		# The peer may also report its IPv6 groups.
		between 72 76 "$(grep -c "dev=tap1 .*protocol=$kind ip_summed=$COMPLETE " \
			/sys/kernel/tracing/trace)"
	done
}

# caught TABLE CHAIN HOST4 HOST6
caught() {
	local family host before tool
	for family in 4 6; do
		[ $family = 4 ] && host=$3 tool=iptables || host=$4 tool=ip6tables
		claim "IPv$family, $2 of table $1: right checksums are answered, wrong ones are not"
		tarpit $tool -t "$1" -A "$2" -i gre1 -p tcp -j TARPIT
		before=$(counter BadChecksum ipv$family)
		: >/sys/kernel/tracing/trace
		same "18/18 0/45" "$(peer ./wrong_checksums.py gre1 "${from[$family]}" "$host")"
		same 45 $(($(counter BadChecksum ipv$family) - before))
		claim "IPv$family, $2 of table $1: all of them had CHECKSUM_COMPLETE"
		same 63 "$(grep -c "dev=gre1 .*ip_summed=$COMPLETE " /sys/kernel/tracing/trace)"
		tarpit $tool -t "$1" -F "$2"
	done
}

declare -A from=([4]=10.5.0.200 [6]=fd05::200) on_tap=([4]=10.6.0.200 [6]=fd06::200)
link_pair
# The outer checksum must exist.
peer ethtool -K p0 tx off >/dev/null
tunnel peer 2
tunnel tarpit 1
backstop
for event in "$events"/{napi_gro_receive,netif_rx}_entry; do echo 1 >"$event/enable"; done

caught raw PREROUTING 10.5.0.1 fd05::1
caught mangle PREROUTING 10.9.0.1 fd09::1
caught mangle INPUT 10.5.0.1 fd05::1
caught filter INPUT 10.5.0.1 fd05::1
caught mangle FORWARD 10.9.0.1 fd09::1
caught filter FORWARD 10.9.0.1 fd09::1

ip -n tarpit link add tarpit0 type tarpit
ip -n tarpit link set tarpit0 up
tarpit tc qdisc add dev tap1 clsact
for protocol in ip ipv6; do
	tarpit tc filter add dev tap1 ingress protocol $protocol flower ip_proto tcp dst_port 80 \
		action mirred egress redirect dev tarpit0
done
caught_by_device
