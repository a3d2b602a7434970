#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A router sends an unused /16 to a host where `xt-tarpit xdp` has it as one prefix. masscan and
# zmap scan it: each of the 65,536 addresses answers, and the scanners report nearly all of them
# (their receivers miss some packets). Clients that write are held for an hour.
#
# vm: --disk recipes-disk
# needs: lib.sh attachments.sh bpf.py writing_clients.py
# artifacts: tools xdp
. ./lib.sh
. ./attachments.sh

all=65536

# scanned COMMAND...: its output in /tmp/found; the tarpit has answered a SYN to each address.
# masscan ends only when another packet arrives.
scanned() {
	local before ping
	before=$(answered)
	nsenter --net=/run/netns/peer -- ping -q -i 0.5 10.0.0.1 >/dev/null &
	ping=$!
	peer timeout 600 "$@" >/tmp/found 2>/tmp/scan || die "$(tail -c 300 /tmp/scan)"
	kill $ping
	between $all $((2 * all + 10)) $(($(answered) - before))
}

link_pair
keep_tags tarpit t0
peer ethtool -K p0 txvlan off >/dev/null
mount -t bpf -o mode=700 bpf /sys/fs/bpf
mac=$(mac_of tarpit t0)
ip -n peer route add 10.77.0.0/16 via 10.0.0.1
passes peer p0
attach t0 --mode persist
xdp prefix add t0 10.77.0.0/16

# found COLUMN: how many addresses the scanner has found.
found() { awk -v at="$1" '/^#/ { next } { print $at }' /tmp/found | sort -u | wc -l; }

claim "masscan finds an open port at nearly each address"
scanned masscan -e p0 --router-mac "$mac" --adapter-ip 10.0.0.50 --range 10.77.0.0/16 -p 80 \
	--rate 2000 --wait 2 -oL -
between $((all * 99 / 100)) $all "$(found 4)"

claim "so does zmap"
scanned zmap --interface p0 --gateway-mac "$mac" --source-ip 10.0.0.51 --target-port 23 \
	--blacklist-file /dev/null --rate 2000 --cooldown-time 2 --quiet --output-file - \
	10.77.0.0/16
between $((all * 99 / 100)) $all "$(found 1)"
between $((2 * all)) $((4 * all)) "$(field counters.by_prefix)"

claim "clients that write are held for an hour"
same 'held 20' "$(peer ./writing_clients.py 20 10.77.200.9 23 3600)"
xdp detach t0
nothing_stays t0
unpass
