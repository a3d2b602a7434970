#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Tunnels with metadata dst (GRE and VXLAN devices of type external): a segment from a tunnel is
# answered through it if a route leads back there, in INPUT, FORWARD and PREROUTING. Without a route
# no reply is sent, because the segment's metadata dst is not a route.
#
# suite: all
# needs: lib.sh
. ./lib.sh

# tunnel NAME TYPE...: the same device on both sides, with metadata for each packet.
tunnel() {
	local name=$1 netns
	shift
	for netns in peer tarpit; do
		ip -n $netns link add "$name" type "$@" external
		inside $netns sysctl -qw "net.ipv6.conf.$name.accept_ra=0"
		ip -n $netns link set "$name" mtu 1400 up
	done
}

# ends NAME NUMBER: adds addresses in the tunnel, and the peer's routes to them.
ends() {
	ip -n peer address add "10.2$2.0.2/32" dev "$1"
	ip -n peer address add "fd2$2::2/128" dev "$1" nodad
	ip -n tarpit address add "10.2$2.0.1/32" dev "$1"
	ip -n tarpit address add "fd2$2::1/128" dev "$1" nodad
	ip -n tarpit route add "10.3$2.0.0/24" dev dark0
	ip -n tarpit route add "fd3$2::/64" dev dark0
}

# way NETNS NAME NUMBER OUTER DESTINATION...: adds routes to the destinations through the tunnel.
way() {
	local netns=$1 name=$2 number=$3 outer=$4 encap=ip csum='' destination
	shift 4
	case "$outer" in *:*) encap=ip6 ;; esac
	# VXLAN over IPv6 requires checksums.
	case "$encap $name" in ip6\ vx*) csum=csum ;; esac
	for destination; do
		ip -n "$netns" route replace "$destination" encap $encap id "$number" dst "$outer" $csum \
			dev "$name" src "$(source_of "$netns" "$number" "$destination")"
	done
}

source_of() { # NETNS NUMBER DESTINATION
	local last=1
	[ "$1" = tarpit ] || last=2
	case "$3" in *:*) echo "fd2$2::$last" ;; *) echo "10.2$2.0.$last" ;; esac
}

# hosts NUMBER: an own and an unused address of each family.
hosts() { echo "10.2$1.0.1 10.3$1.0.9 fd2$1::1 fd3$1::9"; }

# answers WHERE NUMBER...: every host of these tunnels.
answers() {
	local where=$1 number host
	shift
	for number; do
		for host in $(hosts "$number"); do
			claim "$where: $host answers through ${names[number]}"
			connects "$host" 80
		done
	done
}

# refuses WHERE NUMBER...: without a way back there is no reply.
refuses() {
	local where=$1 number host
	shift
	for number; do
		for host in $(hosts "$number"); do
			claim "$where: without a way back through ${names[number]} $host does not answer"
			unanswered NoRoute "$host"
		done
	done
}

link_pair
tunnel gre1 gre
tunnel gre2 ip6gre
tunnel vx3 vxlan dstport 4789
tunnel vx4 vxlan dstport 4790
names=([1]=gre1 [2]=gre2 [3]=vx3 [4]=vx4)
outers=([1]=10.0.0 [2]=fd00: [3]=10.0.0 [4]=fd00:)
dot() { case "$1" in *:) echo "$1:$2" ;; *) echo "$1.$2" ;; esac; }

# VXLAN carries Ethernet frames and thus needs neighbour entries.
for name in vx3 vx4; do
	number=${name#vx}
	ip -n peer link set $name address 02:00:00:00:0"$number":02
	ip -n tarpit link set $name address 02:00:00:00:0"$number":01
	for host in $(hosts "$number"); do
		ip -n peer neighbour add "$host" lladdr 02:00:00:00:0"$number":01 dev $name nud permanent
	done
	for host in 10.2$number.0.2 fd2$number::2; do
		ip -n tarpit neighbour add "$host" lladdr 02:00:00:00:0"$number":02 dev $name nud permanent
	done
done

for number in 1 2 3 4; do
	name=${names[number]} outer=${outers[number]}
	ends "$name" $number
	way peer "$name" $number "$(dot "$outer" 1)" 10.2$number.0.1/32 10.3$number.0.0/24 \
		fd2$number::1/128 fd3$number::/64
	way tarpit "$name" $number "$(dot "$outer" 2)" 10.2$number.0.2/32 fd2$number::2/128
done

for chain in 'filter INPUT and FORWARD' 'raw PREROUTING' 'mangle PREROUTING'; do
	case "$chain" in
	filter*)
		both %T -A INPUT -p tcp -j TARPIT
		both %T -A FORWARD -p tcp -j TARPIT
		;;
	raw*) both %T -F; both %T -t raw -A PREROUTING -p tcp -j TARPIT --persist ;;
	mangle*) both %T -t raw -F; both %T -t mangle -A PREROUTING -p tcp -j TARPIT --honeypot ;;
	esac
	answers "$chain" 1 2 3 4
done
claim "the tunnels carried all of it"
for number in 1 2 3 4; do
	name=${names[number]}
	sent=$(ip netns exec tarpit cat "/sys/class/net/$name/statistics/tx_packets")
	echo "  $name: $sent packets sent"
	[ "$sent" -ge 12 ] || die "$name carried only $sent packets back"
done

for number in 1 2 3 4; do
	ip -n tarpit route del 10.2$number.0.2/32
	ip -n tarpit route del fd2$number::2/128
done
for where in 'mangle PREROUTING' 'INPUT and FORWARD'; do
	refuses "$where" 1 2 3 4
	both %T -t mangle -F
	both %T -A INPUT -p tcp -j TARPIT
	both %T -A FORWARD -p tcp -j TARPIT
done
