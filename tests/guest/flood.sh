# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# flood.sh - a flood by both processors from peer to tarpit, for the cases. Sourced after lib.sh.

# link_for_flood: link_pair with the MAC addresses and the ways back that flood_mixed.py needs.
link_for_flood() {
	link_pair
	modprobe xt_TARPIT
	ip -n peer link set p0 address 02:00:00:00:00:02
	ways_back
}

# ways_back: for the replies, also after t0 was in another namespace.
ways_back() {
	ip -n tarpit -batch - <<-END
		link set t0 address 02:00:00:00:00:01
		neighbour replace 10.0.0.2 lladdr 02:00:00:00:00:02 dev t0 nud permanent
		neighbour replace fd00::2 lladdr 02:00:00:00:00:02 dev t0 nud permanent
		route add 10.7.0.0/16 via 10.0.0.2
		route add fd07::/64 via fd00::2
	END
}

# flood: starts it.
flood() {
	{ peer ./flood_mixed.py p0 || true; } &
	eventually flooding
}

# flooding: both processors still send.
flooding() { [ "$(pgrep -fc flood_mixed.py)" = 2 ]; }

# answers FAMILY: replies in this family go on.
answers() { eventually counted tarpit "$1" $(($(counter tarpit "$1") + 1)); }
