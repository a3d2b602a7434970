#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The same SYN goes to TARPIT, to a listener and to REJECT. Fields that TCP does not choose are
# equal in the replies, or the table of docs/behaviour.md, section 9, explains the difference: MAC
# addresses, VLAN tag, encapsulation, each field of the IP header, MSS, mark, class, conntrack
# state, device. The SYN is unshared, so that it is rewritten, or shared with a tap.
#
#    netns peer p1, p2, … ---- t1 netns s1, t2 netns s2, …
#
# needs: lib.sh beside.py frames.py ../../docs/behaviour.md
. ./lib.sh

number=0

# rules NETNS: adds the rules; beside.py lists the ports.
rules() {
	{
		echo '*filter'
		printf -- '-A INPUT -p tcp --dport %s\n-A FORWARD -p tcp --dport %s\n' \
			'80 -j TARPIT'{,} '82 -j REJECT --reject-with tcp-reset'{,} '83 -j TARPIT --reset'{,}
		printf '%s\n' COMMIT '*raw' '-A PREROUTING -p tcp --dport 84 -j TARPIT' \
			'-A PREROUTING -p tcp --dport 85 -j TARPIT --reset' COMMIT
	} >/tmp/rules
	inside "$1" iptables-restore --noflush /tmp/rules
	inside "$1" ip6tables-restore --noflush /tmp/rules
	inside "$1" nft -f - <<-'NFT'
	table inet seen {
		set replies {
			typeof tcp dport . meta mark . ct state . meta oifname . meta priority
			size 1000
			flags dynamic
		}
		chain after {
			type filter hook postrouting priority 300
			tcp flags & (syn | rst) != 0 update @replies \
				{ tcp dport . meta mark . ct state . meta oifname . meta priority }
		}
	}
	NFT
}

# link: creates the next pair of devices, in netns s$number, without addresses.
link() {
	number=$((number + 1))
	net4=10.$number.0 net6=fd00:$number:
	ip netns add "s$number"
	ip link add "t$number" netns "s$number" address "02:00:00:00:$number:01" type veth \
		peer name "p$number" address "02:00:00:00:$number:02" netns peer
	ip -n peer link set "p$number" up
	ip -n "s$number" link set "t$number" up
	inside "s$number" sysctl -qw net.ipv4.tcp_synack_retries=0 net.ipv4.ip_forward=1 \
		net.ipv6.conf.all.forwarding=1 net.ipv4.conf.{all,default}.rp_filter=0
}

# ends NETNS DEVICE PEERS-DEVICE [MAC]: adds the addresses of this link to the two devices.
ends() {
	addresses peer "$3" "$net4.2/24" "$net6:2/64"
	addresses "$1" "$2" "$net4.1/24" "$net6:1/64"
	reaches "$1" "$2" 2 "02:00:00:00:$number:02"
	reaches peer "$3" 1 "${4:-02:00:00:00:$number:01}"
}

# reaches NETNS DEVICE LAST MAC: adds static neighbours, so that no solicitation is captured.
reaches() {
	ip -n "$1" neighbour replace "$net4.$3" lladdr "$4" dev "$2"
	ip -n "$1" neighbour replace "$net6:$3" lladdr "$4" dev "$2"
}

# scenario NAME [NETNS-OF-RULES [NETNS-OF-LISTENER [HOST4 HOST6 [SOURCE4 SOURCE6]]]]
scenario() {
	local sees=${2:-s$number}
	rules "$sees"
	echo "$1 $number $sees ${3:-$sees} ${4:-$net4.1} ${5:-$net6:1} ${6:-$net4.2} ${7:-$net6:2}" \
		>>/tmp/scenarios
}

# back [WORD...]: sets these options of the routes to the peer.
back() {
	ip -n "s$number" route replace "$net4.0/24" dev "t$number" src "$net4.1" "$@"
	ip -n "s$number" -6 route replace "$net6:/64" dev "t$number" metric 256 "$@"
}

# marks: segments have mark 7, which selects a table with other metrics.
marks() {
	local family
	for family in -4 -6; do ip -n "s$number" $family rule add fwmark 7 lookup 100; done
	back table 100 advmss 700 hoplimit 33
	inside "s$number" iptables -t raw -I PREROUTING -p tcp -j MARK --set-mark 7
	inside "s$number" ip6tables -t raw -I PREROUTING -p tcp -j MARK --set-mark 7
	inside "s$number" sysctl -qw net.ipv4.fwmark_reflect="$1" net.ipv6.fwmark_reflect="$1" \
		net.ipv4.tcp_fwmark_accept="$1"
}

# bridge: makes t$number a port of br0.
bridge() {
	ip -n "s$number" link add br0 address "02:00:00:00:$number:03" type bridge
	ip -n "s$number" link set "t$number" master br0
	inside "s$number" sysctl -qw net.bridge.bridge-nf-call-iptables=1 \
		net.bridge.bridge-nf-call-ip6tables=1
}

# behind: adds netns b$number, a host on the bridge, $net4.9.
behind() {
	ends "s$number" br0 "p$number" "02:00:00:00:$number:03"
	ip netns add "b$number"
	ip link add w0 netns "s$number" type veth peer name e0 address "02:00:00:00:$number:09" \
		netns "b$number"
	ip -n "s$number" link set w0 master br0 up
	addresses "b$number" e0 "$net4.9/24" "$net6:9/64"
	reaches "b$number" e0 2 "02:00:00:00:$number:02"
	reaches peer "p$number" 9 "02:00:00:00:$number:09"
	reaches "s$number" br0 9 "02:00:00:00:$number:09"
	inside "b$number" sysctl -qw net.ipv4.tcp_synack_retries=0
}

# esp FROM TO [WORD...]: a policy that packets leave in a tunnel.
esp() {
	local from=$1 to=$2
	shift 2
	ip -n "s$number" xfrm state add src "$from" dst "$to" proto esp spi 9 reqid 9 mode tunnel \
		aead 'rfc4106(gcm(aes))' 0x000102030405060708090a0b0c0d0e0f10111213 128
	ip -n "s$number" xfrm policy add src "$from" dst "$to" proto tcp "$@" dir out \
		tmpl src "$from" dst "$to" proto esp reqid 9 mode tunnel
}

modprobe br_netfilter
ip netns add peer

link
ends s$number t$number p$number
scenario plain

link
ends s$number t$number p$number
back hoplimit 44 advmss 900 mtu 1400
scenario metrics

link
ends s$number t$number p$number
scenario marked
marks 1

link
ends s$number t$number p$number
scenario mark-not-reflected
marks 0

link
ip -n s$number link add red type vrf table 10
ip -n s$number link set red up
ip -n s$number link set t$number master red
inside s$number sysctl -qw net.ipv4.tcp_l3mdev_accept=1
ends s$number t$number p$number
scenario vrf

link
ip -n s$number link add v5 link t$number type vlan id 5
ip -n peer link add v5 link p$number type vlan id 5
ends s$number v5 v5
scenario vlan

link
ends s$number t$number p$number
esp $net4.1 $net4.2 dev t$number
esp $net6:1 $net6:2
scenario ipsec

link
ends s$number t$number p$number
ip -n s$number -6 route add fd02:$number::/64 encap seg6 mode encap segs $net6:2 dev t$number
ip -n s$number route add 10.2.$number.0/24 encap seg6 mode encap segs $net6:2 dev t$number
ip -n peer address add 10.2.$number.2/32 dev lo
ip -n peer address add fd02:$number::2/128 dev lo nodad
scenario srv6 '' '' '' '' 10.2.$number.2 fd02:$number::2

link
bridge
ends s$number br0 p$number 02:00:00:00:$number:03
scenario host-on-bridge

link
bridge
behind
scenario bridged s$number b$number $net4.9 $net6:9

link
bridge
behind
addresses s$number lo 10.3.$number.1/32 fd03:$number::1/128
ip -n peer route add 10.3.$number.1 via $net4.1
ip -n peer route add fd03:$number::1 via $net6:1
for family in ip ip6; do
	inside s$number nft add table $family nat
	inside s$number nft "add chain $family nat pre { type nat hook prerouting priority -100; }"
done
inside s$number nft add rule ip nat pre ip daddr 10.3.$number.1 dnat to $net4.9
inside s$number nft add rule ip6 nat pre ip6 daddr fd03:$number::1 dnat to $net6:9
scenario nat-in-bridge s$number b$number 10.3.$number.1 fd03:$number::1

link
bridge
ip netns add c$number
ip -n s$number link add mv0 link br0 address 02:00:00:00:$number:04 type macvlan mode bridge
ip -n s$number link set mv0 netns c$number
ip -n s$number link set br0 up
ends c$number mv0 p$number 02:00:00:00:$number:04
inside c$number sysctl -qw net.ipv4.tcp_synack_retries=0
scenario above-a-bridge c$number

sleep 5
claim "each difference is explained"
inside peer ./beside.py behaviour.md /tmp/scenarios
