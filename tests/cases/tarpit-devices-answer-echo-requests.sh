#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# With the option echo, a tarpit device answers ICMP echo requests of at most 1000 bytes, so that
# host discovery finds the addresses that are sent to it: routed, redirected and on a bridge, in
# both families. Without the option, and to a group of hosts, it never does. There is a limit.
#
# needs: lib.sh
. ./lib.sh

pings() { # HOST [OPTION...]: each request gets its reply
	inside peer ping -qn -c 1 -W 5 "${@:2}" "$1" >/tmp/ping 2>&1 || die "$*: $(cat /tmp/ping)"
}

silent() { # COUNTER HOST [OPTION...]: a request gets no reply, and the device counts it there
	local before
	before=$(stat "$1")
	refused inside peer ping -qn -c 1 -W 2 "${@:3}" "$2"
	same $((before + 1)) "$(stat "$1")"
}

stat() { # COUNTER of the device
	inside tarpit ethtool -S tarpit0 | awk -v name="$1:" '$1 == name { print $2 }'
}

more_than() { [ "$("${@:2}")" -gt "$1" ]; }

nft_fwd() { # RULE
	tarpit nft -f - <<-END
		table netdev t {
			chain in {
				type filter hook ingress device "${2:-t0}" priority -300
				$1
			}
		}
	END
}

link_pair
ip -n tarpit link add tarpit0 type tarpit
ip -n tarpit link set tarpit0 up
ip -n tarpit route replace 10.9.0.0/24 dev tarpit0
ip -n tarpit route replace fd09::/64 dev tarpit0

claim "without the option an echo request gets no reply"
silent Malformed 10.9.0.7
silent Malformed fd09::7
claim "with it, a request that a route leads to the device gets one"
inside tarpit ip link change tarpit0 type tarpit echo
pings 10.9.0.7
pings fd09::7
same "2 2" "$(stat echoes) $(stat replies)"
same 2 "$(ip netns exec tarpit cat /sys/class/net/tarpit0/statistics/rx_packets)"
claim "its data come back, up to 1000 bytes of packet"
pings 10.9.0.7 -s 972 -p a5
pings fd09::7 -s 952 -p a5
silent Malformed 10.9.0.7 -s 973
silent Malformed fd09::7 -s 953
claim "nmap's host discovery finds each address"
inside peer nmap -sn -n -PE --disable-arp-ping 10.9.0.0/28 | grep -q '(16 hosts up)' ||
	die "not each address is found"
claim "a peer on this host gets a reply, too"
inside tarpit ping -qn -c 1 -W 5 10.9.0.7 >/dev/null
inside tarpit ping -qn -c 1 -W 5 fd09::7 >/dev/null
claim "TCP is still held"
connects 10.9.0.7 80
connects fd09::7 80

claim "a request with IP options gets no reply, nor does another message of ICMP"
silent Malformed 10.9.0.7 -T tsonly
inside peer nmap -sn -n -PP --disable-arp-ping 10.9.0.7 -oG /tmp/found >/dev/null
same 0 "$(grep -c 'Status: Up' /tmp/found || true)"

claim "the route of a reply is that of ICMP"
ip -n tarpit rule add to 10.0.0.2 ipproto icmp prohibit
ip -n tarpit -6 rule add to fd00::2 ipproto ipv6-icmp prohibit
silent NoRoute 10.9.0.7
silent NoRoute fd09::7
connects 10.9.0.7 80
connects fd09::7 80
ip -n tarpit rule del to 10.0.0.2 ipproto icmp prohibit
ip -n tarpit -6 rule del to fd00::2 ipproto ipv6-icmp prohibit
claim "where NAT would have to be undone, there is no reply"
tarpit nft -f - <<'END'
table ip n { chain c { type nat hook prerouting priority -100
	icmp type echo-request ip daddr 10.0.0.9 dnat to 10.9.0.7
}; }
END
ip -n peer neighbour replace 10.0.0.9 lladdr "$(mac_of tarpit t0)" dev p0
silent NoRoute 10.0.0.9
tarpit nft delete table ip n

claim "a request that nft fwd redirects is reflected"
nft_fwd 'icmp type echo-request fwd to "tarpit0"
	icmpv6 type echo-request fwd to "tarpit0"'
before=$(stat echoes)
pings 10.0.0.1
pings fd00::1
same $((before + 2)) "$(stat echoes)"
claim "one to a group of hosts gets no reply"
silent NotUnicast 224.0.0.1 -I p0
silent NotUnicast ff02::99%p0
claim "of 500 requests in a tenth of a second, few get a reply, and each other one is counted"
before=$(stat echoes) limited=$(stat Limited)
inside peer ping -qn -c 500 -l 500 -W 2 10.0.0.1 >/dev/null || true
answered=$(($(stat echoes) - before))
between 40 220 "$answered"
same $((500 - answered)) $(($(stat Limited) - limited))
claim "a moment later a request gets a reply"
sleep 1
pings 10.0.0.1
tarpit nft delete table netdev t

claim "as a port of a bridge the device answers for the host behind it"
ip -n tarpit link add br0 type bridge
ip -n tarpit link set br0 up
ip -n tarpit link set tarpit0 master br0
tarpit bridge fdb add 02:00:00:00:00:77 dev tarpit0 master static
ip -n tarpit link add b0 type veth peer name n0 netns peer
ip -n tarpit link set b0 up master br0
addresses peer n0 10.6.0.2/24 fd06::2/64
for host in 10.6.0.7 fd06::7; do
	ip -n peer neighbour add $host lladdr 02:00:00:00:00:77 dev n0
	pings $host
done
ip -n tarpit link set tarpit0 nomaster
claim "the option can be taken away"
inside tarpit ip link change tarpit0 type tarpit noecho
silent Malformed 10.9.0.7
silent Malformed fd09::7
