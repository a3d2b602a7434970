#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# How long it takes, in each round with a new daemon and other addresses: until all unused addresses
# of a /24 are taken; until a scanner with a stale cache reaches a newcomer after arping -D; until a
# host is found that comes silently while a peer is held; and until one of two daemons yields. No
# address of a live host is taken. The last line has the least, the median and the most.
#
#   addresses-of-a-lan-change-hands-within-seconds.sh [ROUNDS]     (1)
#
# vm: --disk lan-disk --timeout 3600
# needs: lib.sh lan.sh newcomers.sh
# artifacts: lan
# suite: all
# all: 20
# long: 20
# long-vm: --icount --disk lan-disk
. ./lib.sh
. ./lan.sh
. ./newcomers.sh

rounds=${1:-1}
free=$((254 - 5 - 1)) # but for the live hosts and the daemon itself
RANDOM=1

# spread NUMBER...: the least, the median and the most.
spread() {
	printf '%s\n' "$@" | sort -n | awk '
		{ v[NR] = $1 }
		END { printf "%d, %d, %d", v[1], (v[int((NR + 1) / 2)] + v[int(NR / 2) + 1]) / 2, v[NR] }'
}

took() { between_times "$since" "$EPOCHREALTIME"; }

taken() { addresses_in taken >/tmp/taken && [ "$(wc -l </tmp/taken)" = "$1" ]; }

# all_taken: the scanner asks for all addresses once a second.
all_taken() {
	since=$EPOCHREALTIME
	until taken $free; do
		[ "$(took)" -lt 60000 ] || die "$(wc -l </tmp/taken) of $free are taken"
		inside scanner arp-scan -q -I e0 -r 1 192.0.2.0/24 >/dev/null
		sleep 0.2
	done
	sweeps+=("$(took)")
	for address in 1 2 3 5 50 100; do refused grep -qx "192.0.2.$address" /tmp/taken; done
}

# comes ADDRESS: a newcomer finds it free and uses it.
comes() {
	at_daemon_now "$1"
	lan_host "new$lan_hosts"
	local netns=new$((lan_hosts - 1))
	inside $netns arping -D -q -c 1 -I e0 "$1"
	ip -n $netns address add "$1/24" dev e0
	inside $netns arping -U -q -c 1 -I e0 "$1"
	reached $netns "$1" | tee /tmp/reached
	reaches+=("$(sed 's/[^0-9]//g' /tmp/reached)")
	ip -n lan link del $netns
}

# at_daemon_now ADDRESS: the scanner has just been answered for it.
at_daemon_now() {
	connects "$1" 80 scanner
	at_daemon scanner "$1"
}

# creeps_in ADDRESS: a host uses it without a word, while a peer is held there.
creeps_in() {
	at_daemon_now "$1"
	nsenter --net=/run/netns/scanner -- timeout 100 \
		bash -c "exec 3<>/dev/tcp/$1/80; while echo; do sleep 1; done >&3" 2>/dev/null &
	sleep $((5 + RANDOM % 10)).$((RANDOM % 10))
	lan_host "new$lan_hosts"
	local netns=new$((lan_hosts - 1))
	since=$EPOCHREALTIME
	ip -n $netns address add "$1/24" dev e0
	until is "$1" held; do
		[ "$(took)" -lt 60000 ] || die "it is not found"
		sleep 0.1
	done
	finds+=("$(took)")
	ip -n lan link del $netns
}

other() { inside other ./lan/xt-tarpit-lan "$@" --control /tmp/other; }
other_is() { other status | grep -E "^$1 +$2( |\$)" >/dev/null; }
both_have() { is "$1" taken && other_is "$1" taken; }

# one_yields ADDRESS: of two daemons.
one_yields() {
	nsenter --net=/run/netns/other -- ./lan/xt-tarpit-lan run --config /tmp/other.toml \
		>/tmp/other.log 2>&1 &
	local pid=$!
	eventually grep -q '^taking' /tmp/other.log
	lan capture "$1" >/dev/null
	sleep 0.$((RANDOM % 10))
	other capture "$1" >/dev/null 2>&1 || true # it may be asking already, as the first one asks
	eventually both_have "$1"
	since=$EPOCHREALTIME
	inside scanner ping -q -c 1 -W 1 "$1" >/dev/null || true
	while both_have "$1"; do
		[ "$(took)" -lt 100000 ] || die "neither yields"
		sleep 0.1
	done
	yields+=("$(took)")
	kill $pid
	wait $pid
}

lan_start
lan_host alive 192.0.2.2/24 192.0.2.3/24
lan_host silent 192.0.2.50/24
lan_host other 192.0.2.5/24
ip -n other link add tarpit0 type tarpit
ip -n other link set tarpit0 up
printf '%s\n' 'interface = "e0"' 'ranges = ["192.0.2.0/24"]' 'control = "/tmp/other"' \
	>/tmp/other.toml
sweeps=() reaches=() finds=() yields=()
for ((round = 0; round < rounds; round++)); do
	configure 'ranges = ["192.0.2.0/24"]' 'arp-rate = 500' 'idle = "1h"'
	daemon
	claim "round $round: all $free unused addresses are taken, and no other"
	all_taken
	claim "round $round: a newcomer is reached"
	comes "192.0.2.$((110 + round))"
	claim "round $round: a host that comes silently is found"
	creeps_in "192.0.2.$((140 + round))"
	same 0 "$(metric alarms_total)"
	end_daemon
	daemon
	claim "round $round: one of two daemons yields"
	one_yields "192.0.2.$((170 + round))"
	end_daemon
done
echo "  in ms, the least, the median and the most of $rounds: all $free taken $(spread \
	"${sweeps[@]}"); a newcomer reached $(spread "${reaches[@]}"); a silent one found $(spread \
	"${finds[@]}"); one of two daemons yields $(spread "${yields[@]}"); no live address taken"
