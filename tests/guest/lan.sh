# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# lan.sh - a LAN for the cases of xt-tarpit-lan. Sourced in the guest after lib.sh.
#
#    netns tarpit: the daemon      netns scanner        netns NAME (lan_host)
#    +-------------------------+   +----------------+   +-----------+
#    | e0 192.0.2.1/24         |   | e0 192.0.2.100 |   | e0        |
#    |    2001:db8::1/64       |   |    2001:db8::64|   |           |
#    | tarpit0 (type tarpit)   |   |                |   |           |
#    +------------|------------+   +-------|--------+   +-----|-----+
#                 |                        |                  |
#    netns lan: the bridge br0, whose ports are named after the namespaces
#
# MAC addresses are 02:00:00:00:00:NN, NN the number of the namespace: tarpit has 01.

lan_hosts=0

# lan_start: the switch, the tarpit and the scanner.
lan_start() {
	ip netns add lan
	ip -n lan link add br0 type bridge
	ip -n lan link set br0 up
	lan_host tarpit 192.0.2.1/24 2001:db8::1/64
	lan_host scanner 192.0.2.100/24 2001:db8::64/64
	ip -n tarpit link add tarpit0 type tarpit
	ip -n tarpit link set tarpit0 up
	configure 'ranges = ["192.0.2.0/24", "2001:db8::/120"]'
	eventually has_link_local
}

has_link_local() {
	ip -n tarpit -6 address show dev e0 scope link -tentative | grep fe80 >/dev/null
}

# lan_host NETNS [ADDRESS...]: a host with e0, behind a port of its name.
lan_host() {
	lan_hosts=$((lan_hosts + 1))
	ip netns add "$1"
	ip link add "$1" netns lan type veth peer name e0 netns "$1" \
		address "$(printf '02:00:00:00:00:%02x' "$lan_hosts")"
	ip -n lan link set "$1" master br0 up
	addresses "$1" e0 "${@:2}"
}

# configure LINE...: the configuration of the daemon, with these lines.
configure() {
	{
		echo 'interface = "e0"'
		printf '%s\n' "$@"
	} >/etc/xt-tarpit-lan.toml
}

# daemon: starts it in netns tarpit, with its journal in /tmp/journal. $daemon is its process.
daemon() {
	nsenter --net=/run/netns/tarpit -- ./lan/xt-tarpit-lan run >/tmp/journal 2>&1 &
	daemon=$!
	eventually grep -q '^taking unused' /tmp/journal
}

end_daemon() {
	kill "$daemon"
	wait "$daemon"
}

# lan COMMAND...: the daemon's program.
lan() { tarpit ./lan/xt-tarpit-lan "$@"; }

# addresses_in STATE: the addresses in this state, without order.
addresses_in() { lan status | awk -v state="$1" 'NR > 1 && $2 == state { print $1 }'; }

is() { lan status | grep -E "^$1 +$2( |\$)" >/dev/null; } # ADDRESS STATE

# take ADDRESS...: the daemon takes them, and the scanner is answered once by each.
take() {
	local address
	for address; do lan capture "$address" >/dev/null; done
	for address; do
		eventually is "$address" taken
		connects "$address" 80 scanner
	done
}

# journal_has TEXT
journal_has() { grep -qF "$1" /tmp/journal; }

# in_set ADDRESS: whether nftables has it.
in_set() { tarpit nft list ruleset | grep -w "$1" >/dev/null; }

# mac_at NETNS ADDRESS: the MAC address that a host has in its cache.
mac_at() {
	ip -n "$1" neigh show "$2" dev e0 | sed -n 's/.*lladdr \([^ ]*\).*/\1/p'
}

at_daemon() { [ "$(mac_at "$1" "$2")" = 02:00:00:00:00:01 ]; }

# metric NAME: the sum of this metric.
metric() {
	lan status --prometheus | awk -v name="xt_tarpit_lan_$1" '
		index($1, name "{") == 1 { n += $2 }
		END { print n + 0 }'
}
