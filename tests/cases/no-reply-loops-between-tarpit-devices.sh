#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# No loops through tarpit devices: between two tarpitted addresses any segment causes at most two
# more packets, for all pairs of modes and of entrances: nft fwd that reflects, routes, and rules.
#
# needs: lib.sh loops.py frames.py
. ./lib.sh

modes=(tarpit persist honeypot reset)

# devices NETNS: one for each mode, each with a routing table.
devices() {
	local family number
	for number in 0 1 2 3; do
		echo "link add ${modes[number]} type tarpit ${modes[number]}"
		echo "link set ${modes[number]} up"
	done | inside "$1" ip -batch -
	for family in -4 -6; do
		for number in 0 1 2 3; do
			echo "route add default dev ${modes[number]} table $((100 + number))"
		done | ip $family -n "$1" -batch -
	done
}

# each_hundred COMMAND WORD...: runs COMMAND MODE FIRST-LAST NUMBER WORD... for each hundred of the
# ports of loops.py, with the mode of that hundred.
each_hundred() {
	local number side
	for number in 0 1 2 3; do
		for side in 80 90; do
			"$1" "${modes[number]}" "$((side + number))00-$((side + number))99" \
				$number "${@:2}"
		done
	done
}

# by_rules NETNS DEVICE, by_reflection NETNS DEVICE, by_routes NETNS DEVICE: makes an entrance.
by_rules() {
	local tool
	for tool in iptables ip6tables; do
		{ echo '*filter'; each_hundred target; echo COMMIT; } | inside "$1" $tool-restore
	done
}
target() { printf -- "-A %s -p tcp --dport ${2/-/:} -j TARPIT --$1\n" INPUT FORWARD; }
end_by_rules() {
	inside "$1" iptables -F
	inside "$1" ip6tables -F
}

by_reflection() {
	{
		echo "table netdev t { chain in { type filter hook ingress device $2 priority -300"
		each_hundred fwd
		echo '}; }'
	} | inside "$1" nft -f -
}
fwd() { echo "tcp dport $2 fwd to $1"; }
end_by_reflection() { inside "$1" nft delete table netdev t; }

by_routes() { lookups "$1" "$2" add; }
# A route for all packets, not only those of the device, would lead the replies to a tarpit device.
lookups() { # NETNS DEVICE add|del
	local family
	for family in -4 -6; do
		each_hundred lookup "$2" "$3" | ip $family -n "$1" -batch -
	done
}
lookup() { echo "rule $5 iif $4 ipproto tcp dport $2 pref 1 lookup $((100 + $3))"; }
end_by_routes() { lookups "$1" "$2" del; }

link_pair
peer sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
# Not lo: a route of IPv6 to it is unreachable.
ip -n peer link add dark0 type dummy
ip -n peer link set dark0 up
ip -n peer route add 10.8.0.0/24 dev dark0
ip -n peer route add fd08::/64 dev dark0
ip -n tarpit route add 10.8.0.0/24 via 10.0.0.2
ip -n tarpit route add fd08::/64 via fd00::2
mac=$(mac_of tarpit t0)
peer ping -q -c 1 -w 60 10.0.0.1 >/dev/null
peer ping -q -c 1 -w 60 fd00::1 >/dev/null
devices peer
devices tarpit

entrances=(by_rules by_reflection by_routes)
for here in "${entrances[@]}"; do
	for there in "${entrances[@]}"; do
		[ "$here $there" != 'by_rules by_rules' ] || continue
		"$here" peer p0
		"$there" tarpit t0
		claim "$here in one namespace, $there in the other"
		./loops.py peer p0 "$mac" 10.8.0.9 10.9.0.9
		./loops.py peer p0 "$mac" fd08::9 fd09::9
		"end_$here" peer p0
		"end_$there" tarpit t0
	done
done

claim "a reply that tc sends back to the device ends there"
by_reflection tarpit t0
tarpit tc qdisc add dev t0 clsact
for protocol in ip ipv6; do
	tarpit tc filter add dev t0 egress protocol $protocol flower ip_proto tcp \
		action mirred egress redirect dev tarpit
done
before=$(ip -n tarpit -s -j link show dev tarpit)
for host in 10.9.0.9 fd09::9; do
	refused timeout 5 nsenter --net=/run/netns/peer bash -c "exec 3<>/dev/tcp/$host/8000"
done
[ "$before" != "$(ip -n tarpit -s -j link show dev tarpit)" ] || die "nothing came"
between 2 20 "$(inside tarpit ethtool -S tarpit | awk '/NoRoute/ { print $2 }')"

claim "a reply that comes in by a device gets none of another device"
ip -n tarpit route add 10.7.0.0/24 dev tarpit
ip -n tarpit route add fd07::/64 dev tarpit
tarpit nft 'table netdev d { chain in { type filter hook ingress device "tarpit" priority -300
	meta l4proto tcp fwd to "reset"
}; }'
before=$(tarpit ethtool -S reset | awk '/NoRoute/ { print $2 }')
for host in 10.7.0.9 fd07::9; do
	refused timeout 2 nsenter --net=/run/netns/tarpit bash -c "exec 3<>/dev/tcp/$host/80"
done
after=$(tarpit ethtool -S reset | awk '/NoRoute/ { print $2 }')
between 2 20 $((after - before))
