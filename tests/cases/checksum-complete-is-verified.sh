#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A tunnel whose outer checksum is right delivers a segment with CHECKSUM_COMPLETE: the sum of its
# bytes is known, but not whether TCP's checksum is right. A wrong checksum is detected in each
# hook, of segments that the module checks itself and of longer ones, in both families.
#
# needs: lib.sh frames.py wrong_checksums.py
. ./lib.sh

events=/sys/kernel/tracing/events/net
COMPLETE=2

# tunnel NETNS LAST: GRE with checksums, which the kernel converts if they are right.
tunnel() {
	ip -n "$1" link add gre1 type gre local "10.0.0.$2" remote "10.0.0.$((3 - $2))" icsum ocsum
	addresses "$1" gre1 "10.5.0.$2/24" "fd05::$2/64"
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

declare -A from=([4]=10.5.0.200 [6]=fd05::200)
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
