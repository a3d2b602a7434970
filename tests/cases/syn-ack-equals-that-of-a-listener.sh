#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The fields of a SYN-ACK that depend on the route are those of a listening socket's SYN-ACK over
# the same route: MSS, TTL or hop limit, TOS, DF, link-layer addresses, device. From INPUT and
# PREROUTING, in both families.
#
#    netns far f0 10.3.0.2 ---- g0 netns peer p0 ---- t0 netns tarpit (port 80 TARPIT, 81 listener)
#
# needs: lib.sh
. ./lib.sh

synacks='tcp[13] == 18 or (ip6 proto 6 and ip6[53] == 18)'
chains=('-A INPUT')

# fields PORT: the fields of the SYN-ACKs from that port in /tmp/d, without those that TCP chooses.
fields() {
	sed 's/^[0-9:.]* //' /tmp/d | sed -e ':a' -e '$!N;s/\n[[:space:]]\{1,\}/ /;ta' -e 'P;D' |
		sed -nE "/ [0-9a-f:.]+\.$1 > .*Flags \[S\.\]/{
			s/, ethertype.*\((tos|class)? ?(0x[0-9a-f]+)?,? ?.*(ttl|hlim) ([0-9]+)/ tos \2 ttl \4/
			s/, id 0, offset [0-9]+, (flags [^,]*),.*(mss [0-9]+).*/ \1 \2/
			s/, next-header.*(mss [0-9]+).*/ \1/
			p
		}"
}

# equal LABEL NETNS DEVICE HOST...: the two SYN-ACKs of each host differ only in the port, with each
# of $chains.
equal() {
	local label=$1 netns=$2 device=$3 chain host port want
	shift 3
	dumps /tmp/d "$netns" "$device" -v "$synacks"
	for chain in "${chains[@]}"; do
		# shellcheck disable=SC2086
		both %T $chain -p tcp --dport 80 -j TARPIT
		for host; do
			claim "$label, $chain: TARPIT and the listener of $host answer"
			for port in 80 81; do connects "$host" $port "$netns"; done
		done
		# shellcheck disable=SC2086
		both %T ${chain/-A/-F}
	done
	undump /tmp/d
	claim "$label: each SYN-ACK of $* equals the listener's"
	want=$(fields 81)
	# More where the peer sees a packet again when it has decapsulated it.
	[ "$(grep -c mss <<<"$want")" -ge $((${#chains[@]} * $#)) ] || die "too few: $(cat /tmp/d)"
	same "$want" "$(fields 80)"
	echo "$want"
}

# mss_on_lo HOST PORT: the MSS of the SYN-ACK to a client of this host. (On lo tcpdump counts
# packets twice, so dumps does not work there.)
mss_on_lo() {
	inside tarpit timeout 60 tcpdump --immediate-mode -l -n -i lo -c 1 \
		"($synacks) and (tcp src port $2 or ip6[40:2] == $2)" >/tmp/one 2>/tmp/one.err &
	eventually grep -q 'listening on' /tmp/one.err
	connects "$1" "$2" tarpit
	wait $!
	grep -o 'mss [0-9]*' /tmp/one
}

# near LABEL: over the link.
near() { equal "$1" peer p0 10.0.0.1 fd00::1; }

# routes WORD...: sets these options of the routes to the peer.
routes() {
	ip -n tarpit route replace 10.0.0.0/24 dev t0 src 10.0.0.1 "$@"
	ip -n tarpit -6 route replace fd00::/64 dev t0 metric 256 "$@"
}

link_pair
inside tarpit timeout 3000 python3 -c 'import socket, time
listeners = [socket.create_server(("0.0.0.0", 81)),
             socket.create_server(("::", 81), family=socket.AF_INET6)]
time.sleep(2900)' &
eventually connects 10.0.0.1 81
eventually connects fd00::1 81

chains+=('-t raw -A PREROUTING')
near "a plain route"
chains=('-A INPUT')
for words in 'hoplimit 33' 'advmss 700' 'mtu 1400' 'mtu lock 1300' 'advmss 9000'; do
	# shellcheck disable=SC2086
	routes $words
	near "a route with $words"
done
routes
ip -n tarpit link set t0 mtu 1280
near "a device with an MTU of 1280"
ip -n tarpit link set t0 mtu 200
equal "a device with an MTU of 200" peer p0 10.0.0.1
ip -n tarpit link set t0 mtu 1500
addresses tarpit t0 fd00::1/64
tarpit sysctl -qw net.ipv4.ip_default_ttl=99 net.ipv6.conf.t0.hop_limit=77
near "another default TTL and hop limit of the device"
tarpit sysctl -qw net.ipv4.ip_default_ttl=64 net.ipv6.conf.t0.hop_limit=64
tarpit sysctl -qw net.ipv6.conf.t0.mtu=1400
equal "an MTU that IPv6 alone has" peer p0 fd00::1
tarpit sysctl -qw net.ipv6.conf.t0.mtu=1500

for family in -4 -6; do
	ip -n tarpit $family rule add ipproto tcp sport 80-81 lookup 7
	ip -n tarpit $family rule add ipproto tcp dport 80-81 lookup 8
done
ip -n tarpit route add 10.0.0.0/24 dev t0 src 10.0.0.1 advmss 555 table 7
ip -n tarpit route add 10.0.0.0/24 dev t0 src 10.0.0.1 advmss 666 table 8
ip -n tarpit -6 route add fd00::/64 dev t0 advmss 1155 table 7
ip -n tarpit -6 route add fd00::/64 dev t0 advmss 1166 table 8
near "a rule that looks at the source port"
for family in -4 -6; do
	ip -n tarpit $family rule del ipproto tcp sport 80-81 lookup 7
	ip -n tarpit $family rule del ipproto tcp dport 80-81 lookup 8
done

claim "a path with a learnt MTU"
ip netns add far
ip link add g0 netns peer type veth peer name f0 netns far
addresses peer g0 10.3.0.1/24 fd03::1/64
addresses far f0 10.3.0.2/24 fd03::2/64
ip -n peer link set g0 mtu 1300
ip -n far link set f0 mtu 1300
peer sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
ip -n far route add 10.0.0.0/24 via 10.3.0.1
ip -n far route add fd00::/64 via fd03::1
ip -n tarpit route add 10.3.0.0/24 via 10.0.0.2
ip -n tarpit route add fd03::/64 via fd00::2
for host in 10.3.0.2 fd03::2; do
	tarpit ping -q -c 2 -w 60 -M 'do' -s 1400 $host >/dev/null 2>&1 || true
	[[ "$(ip -n tarpit route get $host)" =~ mtu\ 1300 ]] ||
		die "no exception: $(ip -n tarpit route get $host)"
done
equal "a learnt MTU of 1300" far f0 10.0.0.1 fd00::1

claim "a route with encapsulation"
peer sysctl -qw net.ipv6.conf.all.seg6_enabled=1 net.ipv6.conf.p0.seg6_enabled=1
ip -n peer address add fd02::2/128 dev lo nodad
ip -n peer address add 10.2.0.2/32 dev lo
ip -n tarpit -6 route add fd02::/64 encap seg6 mode encap segs fd00::2 dev t0
ip -n tarpit route add 10.2.0.0/24 encap seg6 mode encap segs fd00::2 dev t0
ip -n peer route add fd00::1 dev p0 src fd02::2
ip -n peer route add 10.0.0.1 dev p0 src 10.2.0.2
tarpit sysctl -qw net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.t0.rp_filter=0
peer sysctl -qw net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.p0.rp_filter=0
near_synacks=$synacks synacks=ip6 # behind a routing header
chains+=('-t raw -A PREROUTING')
near "a route with SRv6 encapsulation"
synacks=$near_synacks

claim "a device whose MTU is larger than the largest MSS"
ip -n tarpit link set lo mtu 70000
both %T -A INPUT -p tcp --dport 80 -j TARPIT
for host in 10.0.0.1 fd00::1; do same "$(mss_on_lo $host 81)" "$(mss_on_lo $host 80)"; done
