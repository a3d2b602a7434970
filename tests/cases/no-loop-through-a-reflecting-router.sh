#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# No loops within one host: a router sends every packet back, so the reply of one unused address
# reaches the rule of another in FORWARD, whose reply reaches the first rule again. Any spoofed
# segment between the two addresses causes only a few packets, in all pairs of modes.
#
#    netns sender s0 ---- r0 netns peer p0 ---- t0 netns tarpit: FORWARD
#      sends as 10.8.0.8      routes 10.8.0.0/24 and 10.9.0.0/24 to tarpit, tarpit both to peer
#      to 10.9.0.9
#
# The port selects the two modes: 1000 + 16 * HERE + THERE, where HERE answers as 10.9.0.9 and THERE
# as 10.8.0.8.
#
# needs: lib.sh send_segments.py frames.py
. ./lib.sh

modes=(--tarpit --persist --honeypot --reset)

lines() {
	ip netns add sender
	ip link add s0 netns sender type veth peer name r0 netns peer
	for device in 'sender s0' 'peer r0'; do
		# shellcheck disable=SC2086 # Two words are wanted.
		addresses $device
	done
	peer sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
	peer sysctl -qw net.ipv4.conf.r0.rp_filter=0 net.ipv4.conf.p0.rp_filter=0
	peer sysctl -qw net.ipv4.conf.p0.send_redirects=0 net.ipv4.conf.all.send_redirects=0
	for network in 10.8.0.0/24 10.9.0.0/24; do
		ip -n tarpit route replace $network via 10.0.0.2
	done
	for network in fd08::/64 fd09::/64; do ip -n tarpit route replace $network via fd00::2; done
	ip -n peer route add 10.8.0.0/24 via 10.0.0.1
	ip -n peer route add fd08::/64 via fd00::1
	tarpit sysctl -qw net.ipv4.conf.t0.rp_filter=0 net.ipv4.conf.all.send_redirects=0
	tarpit sysctl -qw net.ipv4.conf.t0.send_redirects=0
	MAC=$(mac_of peer r0)
	export MAC
}

# add_rules SIDE HERE-OR-THERE: adds a rule for each mode, in both families.
add_rules() {
	local side=$1 index=$2 mode other ports
	for mode in 0 1 2 3; do
		ports=''
		for other in 0 1 2 3; do
			if [ "$index" = here ]; then
				ports+=,$((1000 + 16 * mode + other))
			else
				ports+=,$((1000 + 16 * other + mode))
			fi
		done
		both %T -A FORWARD -p tcp -m multiport "--$side" "${ports#,}" -j TARPIT "${modes[mode]}"
	done
}

# passed: the number of TCP packets that entered or left netns tarpit.
passed() {
	for tool in iptables ip6tables; do
		tarpit $tool -t raw -L -v -x -n | awk '/passes/ { n += $1 } END { print n + 0 }'
	done | awk '{ n += $1 } END { print n }'
}

# quiet: no packet has passed for three seconds; neighbours are solicited each second.
quiet() {
	local before
	before=$(passed)
	sleep 3
	total=$(passed)
	[ "$before" = "$total" ]
}

# Sends each kind of segment once for each pair of modes.
segments=()
for kind in S SA A A,seq=0,len=1 PA,len=8 FA F SA,win=0 A,win=0 FPU; do
	for ports in {0..3}\ {0..3}; do
		read -r here there <<<"$ports"
		segments+=("$kind,sport=$((2000 + ${#segments[@]})),wait=0")
		segments[-1]+=",dport=$((1000 + 16 * here + there))"
	done
done

link_pair
lines
both %T -t raw -A PREROUTING -p tcp -m comment --comment passes
both %T -t raw -A OUTPUT -p tcp -m comment --comment passes
add_rules dports here
add_rules sports there
inside sender ./send_segments.py s0 10.8.0.8 10.9.0.9 "${segments[@]}" >/dev/null
inside sender ./send_segments.py s0 fd08::8 fd09::9 "${segments[@]}" >/dev/null
claim "the exchange ends"
eventually quiet
sent=$((2 * ${#segments[@]}))
echo "  $sent segments, $total packets"
claim "each segment has arrived, and there were a few replies, each of which came back"
between $((sent + 200)) $((3 * sent)) "$total"
