#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A worm walks the /24 of a LAN, eight addresses at a time, and is through in two minutes: it
# finds the host whose password it knows. xt-tarpit-lan hears its questions, and takes the unused
# addresses. The next walk is held at each of them for as long as the worm has patience. Meanwhile
# a laptop joins, gets one of these addresses from the DHCP server, and is reached.
#
# vm: --disk lan-disk
# needs: lib.sh lan.sh newcomers.sh ../recipes/worm.py
# artifacts: lan
. ./lib.sh
. ./lan.sh
. ./newcomers.sh

at_once=8 patience=120 laptop=192.0.2.201
# Not unused: the daemon, a server of DHCP, the victim and the worm's own host.
hosts=(192.0.2.1 192.0.2.3 192.0.2.50 192.0.2.100)
free=$((254 - ${#hosts[@]}))

# walk FILE: the worm walks; sets $took to the seconds.
walk() {
	local since=$SECONDS
	inside scanner ./worm.py 192.0.2. 23 $at_once $patience >"$1"
	took=$((SECONDS - since))
}

# results FILE RESULT: the addresses with this result.
results() { awk -v result="$2" '$2 == result { print $1 }' "$1" | sort -t . -n -k 4; }

# all_taken: those that are asked for wait for the daemon's own questions, ten a second.
all_taken() {
	local _
	for _ in {1..120}; do
		[ "$(addresses_in taken | wc -l)" != $free ] || return 0
		sleep 10
	done
	die "$(addresses_in taken | wc -l) of $free addresses are taken"
}

lan_start
lan_host server 192.0.2.3/24
lan_host victim 192.0.2.50/24
nsenter --net=/run/netns/victim -- ncat -lk 23 --sh-exec 'echo "login:"' &
configure 'ranges = ["192.0.2.0/24"]' 'idle = "2h"'
daemon

claim "the first walk meets nothing but hosts"
walk /tmp/first
first=$took
between 0 $patience "$first"
same 192.0.2.50 "$(results /tmp/first login)"
same $free "$(results /tmp/first unreachable | wc -l)"
claim "the daemon takes each address that the worm has asked for"
all_taken

claim "a laptop joins during the second walk, gets a taken address, and is reached"
walk /tmp/second &
worm=$!
since=$SECONDS
sleep 60
dnsmasq_gives $laptop
lan_host laptop
gets dhcpcd laptop $laptop
reached laptop $laptop
is $laptop held
wait $worm
took=$((SECONDS - since))

claim "the second walk is held at each unused address"
same 192.0.2.50 "$(results /tmp/second login)"
same $((free - 1)) "$(results /tmp/second held | wc -l)"
same '' "$(results /tmp/second unreachable)"
refused grep -q "^$laptop held" /tmp/second
between $((free * patience / at_once)) $((free * patience)) "$took"
claim "no host has lost its address"
same 0 "$(metric conflicts_total)"
echo "  the first walk took $first s, the second $took s"
leaves
end_daemon
