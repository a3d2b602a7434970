#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# xt-tarpit-lan has taken 256 addresses, and hping3 sends a thousand SYNs a second to them: the
# tarpit device answers them, and the daemon, which hears a sample, stays within 16 MB and a tenth
# of a processor. It reports no lost frame and no conflict, and gives an address back at once.
# The last line has the daemon's share of the processor and its memory.
#
#   a-lan-daemon-is-light-under-a-flood.sh [SECONDS]     of each measurement (20)
#
# vm: --disk lan-disk
# needs: lib.sh lan.sh
# artifacts: lan
# suite: all
# long: 300
# long-vm: --icount --disk lan-disk
. ./lib.sh
. ./lan.sh

seconds=${1:-20}

# ticks: the daemon's time of the processor so far, in ms.
ticks() { awk '{ print ($14 + $15) * 10 }' "/proc/$daemon/stat"; }

# cost SECONDS: its share of a processor, in thousandths, while they pass.
cost() {
	local before since=$EPOCHREALTIME
	before=$(ticks)
	sleep "$1"
	echo $((($(ticks) - before) * 1000000 / (${EPOCHREALTIME/./} - ${since/./})))
}

memory() { awk '/^VmHWM:/ { print $2 }' "/proc/$daemon/status"; }

taken() { [ "$(addresses_in taken | wc -l)" = "$1" ]; }

# all_taken: the scanner asks for all addresses.
all_taken() {
	inside scanner arp-scan -q -I e0 -r 1 10.8.1.0-10.8.1.255 >/dev/null
	taken 256
}

lan_start
ip -n tarpit address add 10.8.0.1/22 dev e0
ip -n scanner address add 10.8.0.2/22 dev e0
configure 'ranges = ["10.8.1.0/24"]' 'arp-rate = 500' 'idle = "1h"'
daemon

claim "256 addresses are taken"
eventually all_taken
idle=$(cost "$seconds")

claim "under 1,000 SYNs a second the daemon is light"
answered=$(counter tarpit)
nsenter --net=/run/netns/scanner -- hping3 -q -S -p ++1 -i u1000 -I e0 --rand-dest 10.8.1.x \
	>/tmp/hping3 2>&1 &
flood=$!
sleep 5
share=$(cost "$seconds")
claim "all stay taken, and one is given back at once"
taken 256
lan_host newcomer
inside newcomer arping -D -q -c 1 -I e0 10.8.1.177
is 10.8.1.177 held
kill $flood
wait $flood || true
claim "the device has answered the flood"
between $((seconds * 1000)) $(((seconds + 60) * 1000)) $(($(counter tarpit) - answered))
claim "it reports no conflict and no lost frame"
same 0 "$(metric conflicts_total)"
refused journal_has 'frames may be lost'
between 0 100 "$share"
between 0 16384 "$(memory)"
echo "  256 addresses: $idle thousandths of a processor when idle, $share under 1,000 SYNs a" \
	"second; $(memory) kB at most"
end_daemon
