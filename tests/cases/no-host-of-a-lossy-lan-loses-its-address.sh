#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Forty live hosts that xt-tarpit-lan has never heard, on a LAN that loses 0, 10 and 30 % of all
# frames each way: a scanner asks for their addresses again and again, and none is ever answered by
# the daemon. Each round starts a new daemon without memory. The last line has, for each loss, how
# many hosts were answered for, and how many addresses were taken, which are given back at the check
# before the first answer.
#
#   no-host-of-a-lossy-lan-loses-its-address.sh [ROUNDS]     of each loss (1)
#
# vm: --disk lan-disk --timeout 3600
# needs: lib.sh lan.sh
# artifacts: lan
# suite: all
# all: 20
# long: 20
# long-vm: --icount --disk lan-disk
. ./lib.sh
. ./lan.sh

rounds=${1:-1}

# lose PERCENT: at the ports of the daemon and of the forty hosts, so each way.
lose() {
	inside lan nft -f - <<-END
		table netdev loss
		delete table netdev loss
		table netdev loss {
			chain in {
				type filter hook ingress devices = { tarpit, forty } priority 0
				numgen random mod 100 < $1 drop
			}
		}
	END
}

# asks: the scanner asks for all forty, so that the daemon asks for them too.
asks() {
	ip -n scanner neigh flush dev e0
	inside scanner arp-scan -q -I e0 -r 2 -i 5 192.0.2.110-192.0.2.149 >/tmp/scan
}

# false_answers: how many of the forty the scanner finds at the daemon's MAC address.
false_answers() { grep -c '02:00:00:00:00:01' /tmp/scan || true; }

lan_start
lan_host forty
for number in {110..149}; do
	echo "address add 192.0.2.$number/24 dev e0"
done | ip -n forty -batch -
configure 'ranges = ["192.0.2.0/24"]' 'arp-rate = 500'
falses=() takes=()
for loss in 0 10 30; do
	false=0 taken=0 rounds_taken=()
	claim "with a loss of $loss % no host is answered for, in $rounds rounds"
	for ((round = 0; round < rounds; round++)); do
		lose 0
		daemon
		lose "$loss"
		for _ in {1..25}; do
			asks
			false=$((false + $(false_answers)))
			sleep 1
		done
		rounds_taken+=("$(metric captures_total)")
		taken=$((taken + rounds_taken[-1]))
		end_daemon
	done
	echo "  loss $loss %: taken and given back in each round: ${rounds_taken[*]}"
	same 0 "$false"
	falses+=("$false") takes+=("$taken")
done
echo "  $((rounds * 40)) hosts at each loss of 0, 10, 30 %: ${falses[*]} were answered for;" \
	"${takes[*]} were taken and given back before an answer"
