#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# nmap scans a LAN of which xt-tarpit-lan takes the unused addresses: each unused one becomes a
# tarpit, and no live, silent or excluded host does, nor the daemon's own address, nor those of the
# network. The scanner is held, in both families. arp-scan sees the same, and masscan, from another
# network behind a router of the LAN.
#
# vm: --disk lan-disk
# needs: lib.sh lan.sh
# artifacts: lan
# suite: all
. ./lib.sh
. ./lan.sh

# The live hosts: .2 and .3 answer ARP, .50 has an address and says nothing until it is asked.
live=(192.0.2.2 192.0.2.3 192.0.2.4 192.0.2.50 192.0.2.100)

# router: 192.0.2.4 leads to another network, in which masscan has an address of its own.
router() {
	lan_host router 192.0.2.4/24
	ip netns add outside
	ip link add r0 netns router type veth peer name o0 netns outside
	addresses router r0 198.51.100.1/24
	addresses outside o0 198.51.100.2/24
	inside router sysctl -qw net.ipv4.ip_forward=1
}

# scan: what the scanner finds open on port 80.
scan() {
	inside scanner nmap -n -Pn -sS -p 80 --max-retries 1 --send-eth -oG - "$@" |
		sed -n 's/^Host: \([^ ]*\) .*80\/open.*/\1/p'
}

# sweep: asks for all addresses as a worm does, until the daemon has taken what it may.
sweep() { inside scanner arp-scan -q -I e0 -r 1 192.0.2.0/24 >/dev/null; }

all_taken() {
	sweep
	[ "$(addresses_in taken | grep -c '^192')" = "$1" ]
}

lan_start
lan_host alive 192.0.2.2/24 192.0.2.3/24
lan_host silent 192.0.2.50/24
router
configure 'ranges = ["192.0.2.0/24", "2001:db8::40-2001:db8::7f"]' \
	'exclude = ["192.0.2.16/29"]' 'arp-rate = 500' 'idle = "1h"'
claim "check says what may be taken"
lan check | tee /tmp/check
grep -q '^192.0.2.0-192.0.2.255: 245 of 256 may be taken' /tmp/check
daemon
free=$((256 - 2 - 1 - 8 - ${#live[@]}))

claim "each unused address is taken: $free"
eventually all_taken "$free"
claim "no live, silent, excluded or own address is"
addresses_in taken >/tmp/taken
for address in "${live[@]}" 192.0.2.0 192.0.2.1 192.0.2.16 192.0.2.23 192.0.2.255; do
	refused grep -qx "$address" /tmp/taken
done

claim "nmap sees an open port at each of them, and at no other"
scan 192.0.2.0/24 | sort >/tmp/open
grep '^192' /tmp/taken | sort | diff - /tmp/open

claim "arp-scan sees hosts and tarpits, each once"
inside scanner arp-scan -q -I e0 192.0.2.0/24 | awk '/^192/ { print $1 }' | sort >/tmp/seen
same $((free + ${#live[@]})) "$(wc -l </tmp/seen)"
same "" "$(uniq -d /tmp/seen)"

# masscan spins, so its waiting takes processor time, and it ends only when another packet arrives.
claim "masscan, behind a router, finds an open port at each of them, and at no other"
nsenter --net=/run/netns/outside -- ping -q -i 0.5 198.51.100.1 >/dev/null &
ping=$!
inside outside timeout 600 masscan 192.0.2.0/24 -p 80 --rate 200 --wait 2 -e o0 \
	--source-ip 198.51.100.9 --router-mac "$(mac_of router r0)" -oL /tmp/masscan >/dev/null 2>&1
kill $ping
awk '$1 == "open" { print $4 }' /tmp/masscan | sort -u >/tmp/open
grep '^192' /tmp/taken | sort | diff - /tmp/open

claim "a client of a taken address is held by the tarpit device"
before=$(counter Held)
inside scanner timeout 120 bash -c 'exec 3<>/dev/tcp/192.0.2.77/80; echo hello >&3; sleep 100' &
eventually counted Held ipv4 $((before + 2))
kill $!
claim "the daemon counts no conflict"
same 0 "$(metric conflicts_total)"

claim "IPv6: addresses of a small range are taken, but no host"
lan_host six 2001:db8::50/64
for address in 2001:db8::4f 2001:db8::50 2001:db8::51; do lan capture $address >/dev/null; done
eventually is 2001:db8::51 taken
eventually is 2001:db8::4f taken
is 2001:db8::50 held
connects 2001:db8::51 80 scanner
at_daemon scanner 2001:db8::51

claim "the daemon ends with status 0 and leaves no table"
end_daemon
same "" "$(tarpit nft list ruleset)"
