#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# An unused subnet that is routed to a tarpit device: with `notrack` thousands of answered peers
# leave neither kernel memory nor a conntrack entry; without it each leaves an entry. IPv4 and
# IPv6.
#
#   peers-of-a-routed-subnet-use-no-memory.sh [PEERS]
#
# suite: all
# needs: lib.sh flood.py
# all: 200000
# long: 200000
# long-vm: --icount --timeout 20000
. ./lib.sh

# Each of four hosts gets a fourth of the SYNs of a family, so no two are of the same connection.
each=$((${1:-8000} / 8))

# flood PER-HOST: all are answered, by the device.
flood() {
	local before host
	before=$(counter tarpit)
	for host in 10.9.0.{1..4}; do MAC=$mac peer ./flood.py p0 10.0.0.200 "$host" "$1"; done
	for host in fd09::{1..4}; do MAC=$mac peer ./flood.py p0 fd00::200 "$host" "$1"; done
	same $((8 * $1)) $(($(counter tarpit) - before))
}

link_pair
mac=$(mac_of tarpit t0)
to_peer=$(mac_of peer p0)
ip -n tarpit neighbour replace 10.0.0.200 lladdr "$to_peer" dev t0 nud permanent
ip -n tarpit neighbour replace fd00::200 lladdr "$to_peer" dev t0 nud permanent
ip -n tarpit link add tarpit0 type tarpit
ip -n tarpit link set tarpit0 up
ip -n tarpit route replace 10.9.0.0/24 dev tarpit0
ip -n tarpit route replace fd09::/64 dev tarpit0
tarpit nft -f - <<'END'
table inet raw {
	chain early {
		type filter hook prerouting priority raw
		ip daddr 10.9.0.0/24 notrack
		ip6 daddr fd09::/64 notrack
	}
	chain late { type filter hook forward priority 0; ct state invalid counter; }
}
END
claim "the first SYNs are answered"
flood 500
sleep 2
before=$(kernel_memory)
claim "$((8 * each)) peers more are answered, one for one"
flood "$each"
sleep 2
after=$(kernel_memory)
echo "  kernel memory: $before bytes before, $after after: $((after - before))"
claim "kernel memory did not grow with them"
grown_by_less_than $((400000 + 2 * each)) $((after - before))
claim "conntrack knows no connection"
no_entry

claim "without notrack each peer leaves an entry"
tarpit nft flush chain inet raw early
flood 500
same 4000 "$(tarpit conntrack -C)"
