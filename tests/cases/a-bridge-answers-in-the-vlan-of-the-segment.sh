#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A bridge that filters VLANs, with bridge-nf-filter-vlan-tagged: a rule in PREROUTING answers with
# the tag that the segment had at the port, or without one. (In FORWARD the segment has the tag of
# the output port, so the documents recommend PREROUTING there.) A frame with a PPPoE header gets no
# reply in either hook, because a reply cannot have that header.
#
#    netns peer p0 ---- t0 [br0 in netns tarpit] h0 ---- e0 netns host
#
# suite: all
# needs: lib.sh frames.py
. ./lib.sh

link_pair
bridge='type bridge vlan_filtering 1 vlan_default_pvid 0' link_bridge 10.7.0.1/24 fd07::1/64
link_host 02:00:00:00:00:99
tarpit sysctl -qw net.bridge.bridge-nf-filter-vlan-tagged=1
for end in peer:p0 host:e0; do
	ip -n "${end%:*}" link set "${end#*:}" up
	ip -n "${end%:*}" link add link "${end#*:}" name "${end#*:}.7" type vlan id 7
	ip -n "${end%:*}" link set "${end#*:}.7" up
done

# port KIND DEVICE: sets how the bridge's port carries VLAN 7; prints the suffix at its other end.
port() {
	case "$1" in
	trunk) inside tarpit bridge vlan add dev "$2" vid 7; echo .7 ;;
	access) inside tarpit bridge vlan add dev "$2" vid 7 pvid untagged ;;
	esac
}

# answers PORT-KIND OTHER-KIND: the reply has the segment's tag, in both families.
answers() {
	local here=$1 there=$2 mine theirs host tagged=0
	mine=p0$(port "$here" t0)
	theirs=e0$(port "$there" h0)
	[ "$here" = access ] || tagged=2
	addresses peer "$mine" 10.7.0.2/24 fd07::2/64
	addresses host "$theirs" 10.7.0.9/24 fd07::9/64
	claim "$here to $there: the bridge works"
	peer ping -q -c 1 -w 60 10.7.0.9 >/dev/null
	peer ping -q -c 1 -w 60 fd07::9 >/dev/null
	both %T -t raw -A PREROUTING -p tcp --dport 80 -j TARPIT
	dumps /tmp/frames peer p0 ether src 02:00:00:00:00:99
	for host in 10.7.0.9 fd07::9; do
		claim "$here to $there: $host answers"
		connects $host 80
	done
	undump /tmp/frames
	claim "$here to $there: each SYN-ACK is tagged as the segment was"
	same 2 "$(grep -c 'Flags \[S\.\]' /tmp/frames)"
	same $tagged "$(grep 'vlan 7' /tmp/frames | grep -c 'Flags \[S\.\]' || true)"
	both %T -t raw -F
	ip -n peer address flush dev "$mine"
	ip -n host address flush dev "$theirs"
	for here in t0 h0; do tarpit bridge vlan del dev $here vid 7; done
}

for here in trunk access; do
	for there in trunk access; do answers $here $there; done
done
tarpit sysctl -qw net.bridge.bridge-nf-filter-vlan-tagged=0

cat >session.py <<'PY'
import socket, struct, sys
import frames
sends = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
sends.bind((sys.argv[1], 0))
for source, destination, protocol in (("10.0.0.2", "10.0.0.9", 0x21), ("fd00::2", "fd00::9", 0x57)):
    ends = frames.octets(source), frames.octets(destination)
    segment = frames.segment(ends, (4000, 80), (1, 0, frames.SYN, 1000))
    packet = frames.packet(ends, segment)
    head = struct.pack("!HBBHHH", 0x8864, 0x11, 0, 1, len(packet) + 2, protocol)
    sends.send(bytes.fromhex("020000000099") + sends.getsockname()[4] + head + packet)
PY

ip -n tarpit link set br0 type bridge vlan_filtering 0
addresses tarpit br0 10.0.0.1/24 fd00::1/64
ip -n peer address replace 10.0.0.2/24 dev p0
ip -n peer address replace fd00::2/64 dev p0 nodad
ip -n tarpit neigh replace 10.0.0.2 lladdr "$(mac_of peer p0)" dev br0
ip -n tarpit neigh replace fd00::2 lladdr "$(mac_of peer p0)" dev br0
tarpit sysctl -qw net.bridge.bridge-nf-filter-pppoe-tagged=1
mac=$(mac_of peer p0)
for chain in '-t raw -A PREROUTING' '-A FORWARD'; do
	# shellcheck disable=SC2086
	both %T $chain -p tcp --dport 80 -j TARPIT
	dumps /tmp/frames peer p0
	four=$(counter NoRoute ipv4) six=$(counter NoRoute ipv6) replies=$(counter tarpit)
	claim "a segment behind a PPPoE header, $chain, is counted as NoRoute"
	peer python3 session.py p0
	eventually counted NoRoute ipv4 $((four + 1))
	eventually counted NoRoute ipv6 $((six + 1))
	undump /tmp/frames
	claim "a segment behind a PPPoE header, $chain, gets no reply"
	same "$replies" "$(counter tarpit)"
	same 0 "$(grep 'Flags \[' /tmp/frames | grep -vc "$mac > " || true)"
	# shellcheck disable=SC2086
	both %T ${chain/-A/-F}
done
