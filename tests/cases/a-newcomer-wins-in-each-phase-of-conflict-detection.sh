#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A scanner asks five times a second for an address, while a newcomer gets it by DHCP, probes for
# duplicates, announces the address and uses it: dhcpcd, systemd-networkd, udhcpc and
# NetworkManager, each while xt-tarpit-lan has taken the address and while it is asking for it. Once
# the newcomer has asked its server for the address, the scanner is never answered by the daemon,
# and no newcomer declines the address.
#
# vm: --disk lan-disk
# needs: lib.sh lan.sh newcomers.sh ask.py phases.py
# artifacts: lan
# suite: all
. ./lib.sh
. ./lan.sh
. ./newcomers.sh

# watches ADDRESS: the scanner begins to ask, and phases.py listens at the daemon's port.
watches() {
	nsenter --net=/run/netns/lan -- ./phases.py tarpit "$1" 02:00:00:00:00:01 192.0.2.100 \
		>/tmp/phases 2>/tmp/phases.err &
	phases=$!
	eventually grep -q listening /tmp/phases.err
	nsenter --net=/run/netns/scanner -- ./ask.py e0 192.0.2.100 "$1" 0.2 &
	asker=$!
}

ends_watch() {
	kill "$asker" "$phases"
	wait "$asker" "$phases" || true
	sed 's/^/  /' /tmp/phases
}

# column PHASE NUMBER
column() { awk -v phase="$1" -v n="$2" '$1 == phase { print $n }' /tmp/phases; }

# wins KIND STATE ADDRESS
wins() {
	local kind=$1 state=$2 address=$3 netns=new-${3##*.} phase
	claim "$kind wins while the address is $state"
	kea_gives "$address"
	[ "$state" = probing ] || take "$address"
	lan_host "$netns"
	watches "$address"
	if [ "$state" = taken ]; then sleep 2; else lan capture "$address" >/dev/null; fi
	is "$address" "$state"
	gets "$kind" "$netns" "$address"
	keeps "$netns" "$address"
	ends_watch
	for phase in request probe announce; do
		[ "$kind $phase" != 'udhcpc announce' ] || continue # it does not announce
		same 0 "$(column $phase 3)"
		# A probe may follow the request at once.
		[ "$phase" = request ] || between 1 1000 "$(column $phase 2)"
	done
	same "" "$(column decline 1)"
	[ "$state" = probing ] || between 1 1000 "$(column before 3)"
	is "$address" held
	at_owner "$netns" "$address"
	leaves
}

# at_owner NETNS ADDRESS: the scanner's cache has the newcomer's MAC address.
at_owner() {
	inside scanner ping -q -c 1 -w 3 "$2" >/dev/null
	same "$(mac_of "$1" e0)" "$(mac_at scanner "$2")"
}

lan_start
lan_host server 192.0.2.3/24
daemon
number=20
for state in taken probing; do
	for kind in dhcpcd networkd udhcpc networkmanager; do
		number=$((number + 1))
		wins $kind $state 192.0.2.$number
	done
done

claim "no owner came unseen"
same 0 "$(metric conflicts_total)"
end_daemon
