#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The tarpit device behind VLANs, in a VRF, below a macvlan, as a bridge's port, for copies of nft,
# for rules of policy routing, and for packets that another device is about to send. A route back to
# a tarpit device does not count.
#
# needs: lib.sh send_unshared.py frames.py
. ./lib.sh

ingress() { # DEVICE RULE
	tarpit nft -f - <<-END
		table netdev t {
			chain in {
				type filter hook ingress device "$1" priority -300
				$2
			}
		}
	END
}

answered() { # HOST...
	local host before
	for host; do
		before=$(entered yes)
		connects "$host" 80
		[ "$(entered yes)" -gt "$before" ] || die "$host answered, but not by the device"
	done
}

# answered_by DEVICE HOST...: the same, and the replies reach the peer by this device.
answered_by() {
	local before
	before=$(received "$1")
	answered "${@:2}"
	[ $(($(received "$1") - before)) -ge $(($# - 1)) ] || die "no reply has come by $1"
}
received() { ip netns exec peer cat "/sys/class/net/$1/statistics/rx_packets"; }

entered() { # yes|no: packets that a tarpit device has answered, or not
	# shellcheck disable=SC2016 # awk's own.
	inside tarpit awk -v answered="answered=\"$1\"" \
		'/entrance="device"/ && index($0, answered) { n += $2 } END { print n }' \
		/proc/net/xt_TARPIT
}

more_than() { [ "$("${@:2}")" -gt "$1" ]; }

link_pair
ip -n tarpit link add tarpit0 type tarpit
ip -n tarpit link set tarpit0 up

claim "with reply route, packets that nft fwd redirects are answered by a route"
echo route | ip netns exec tarpit tee /sys/class/net/tarpit0/tarpit/reply >/dev/null
ingress t0 'tcp dport 80 fwd to "tarpit0"'
answered 10.0.0.1 fd00::1
claim "a route back to a tarpit device does not count"
ip -n tarpit route add 10.0.0.2/32 dev tarpit0
ip -n tarpit route add fd00::2/128 dev tarpit0
unanswered NoRoute 10.0.0.1 fd00::1
ip -n tarpit route del 10.0.0.2/32 dev tarpit0
ip -n tarpit route del fd00::2/128 dev tarpit0
tarpit nft delete table netdev t
echo auto | ip netns exec tarpit tee /sys/class/net/tarpit0/tarpit/reply >/dev/null

claim "a frame with a VLAN tag is reflected with its tag"
ip -n peer link add link p0 name p0.7 type vlan id 7
addresses peer p0.7 10.7.0.2/24 fd07::2/64
mac=$(ip netns exec tarpit cat /sys/class/net/t0/address)
ip -n peer neighbour add 10.7.0.1 lladdr "$mac" dev p0.7
ip -n peer neighbour add fd07::1 lladdr "$mac" dev p0.7
ingress t0 'vlan id 7 tcp dport 80 fwd to "tarpit0"'
answered_by p0.7 10.7.0.1 fd07::1
tarpit nft delete table netdev t
claim "so is a copy of one, whose bytes are shared"
ingress t0 'vlan id 7 tcp dport 80 dup to "tarpit0" drop'
answered_by p0.7 10.7.0.1 fd07::1
tarpit nft delete table netdev t
claim "so is one that came by the VLAN's device"
ip -n tarpit link add link t0 name t0.7 type vlan id 7
ip -n tarpit link set t0.7 up
ingress t0.7 'tcp dport 80 fwd to "tarpit0"'
answered_by p0.7 10.7.0.1 fd07::1
tarpit nft delete table netdev t
claim "so is one with a service tag"
ip -n peer link set p0.7 down
ip -n peer link add link p0 name p0.s7 type vlan protocol 802.1ad id 7
addresses peer p0.s7 10.8.0.2/24 fd08::2/64
ip -n peer neighbour add 10.8.0.1 lladdr "$mac" dev p0.s7
ip -n peer neighbour add fd08::1 lladdr "$mac" dev p0.s7
ingress t0 'tcp dport 80 fwd to "tarpit0"'
answered_by p0.s7 10.8.0.1 fd08::1
tarpit nft delete table netdev t

claim "packets of this host over lo are answered by a route"
ingress lo 'tcp dport 80 fwd to "tarpit0"'
for host in 10.0.0.1 fd00::1; do
	before=$(entered yes)
	connects $host 80 tarpit
	more_than "$before" entered yes || die "$host answered, but not by the device"
done
tarpit nft delete table netdev t

copied() { # HOOK [DEVICE]
	tarpit nft -f - <<-END
		table ip d { chain c { type filter hook $1 priority 0
			tcp dport 80 dup to 192.0.2.1 device "${2:-tarpit0}" drop
		}; }
		table ip6 d { chain c { type filter hook $1 priority 0
			tcp dport 80 dup to 2001:db8::1 device "${2:-tarpit0}" drop
		}; }
	END
}
no_copies() { tarpit nft 'delete table ip d; delete table ip6 d'; }
claim "without the device nft refuses to copy to it, and to redirect to it"
refused copied input tarpit1
refused ingress t0 'tcp dport 80 fwd to "tarpit1"'
claim "a copy that nft dup makes is answered, and the packet itself is dropped"
ip -n tarpit -6 route add 2001:db8::1 dev tarpit0
copied input
answered 10.0.0.1 fd00::1
no_copies
copied forward
answered 10.9.0.7 fd09::7
no_copies
claim "if the device is down, the packet itself is still dropped"
copied input
ip -n tarpit link set tarpit0 down
before=$(entered yes)
for host in 10.0.0.1 fd00::1; do
	refused inside peer timeout 5 bash -c "exec 3<>/dev/tcp/$host/80"
	if grep -q 'Connection refused' /tmp/refused; then die "the packet has passed"; fi
done
same "$before" "$(entered yes)"
no_copies
ip -n tarpit link set tarpit0 up

claim "packets that ip rule leads to the device are answered"
for family in -4 -6; do
	ip $family -n tarpit rule add ipproto tcp dport 80 lookup 122
	ip $family -n tarpit route add default dev tarpit0 table 122
done
answered 10.9.0.7 fd09::7
for family in -4 -6; do
	ip $family -n tarpit rule del ipproto tcp dport 80 lookup 122
	ip $family -n tarpit route flush table 122
done

claim "a packet that another device is about to send is answered there"
tarpit tc qdisc add dev dark0 clsact
for protocol in ip ipv6; do
	tarpit tc filter add dev dark0 egress protocol $protocol flower ip_proto tcp dst_port 80 \
		action mirred egress redirect dev tarpit0
done
ingress dark0 'tcp sport 80 counter'
answered 10.9.0.7 fd09::7
claim "the reply comes in by that device"
tarpit nft list table netdev t | grep 'packets [2-9]' >/dev/null ||
	die "$(tarpit nft list table netdev t)"
tarpit nft delete table netdev t
tarpit tc qdisc del dev dark0 clsact

claim "packets of a route through a VLAN on the device are answered"
ip -n tarpit link add link tarpit0 name tarpit0.9 type vlan id 9
ip -n tarpit link set tarpit0.9 up
ip -n tarpit route replace 10.9.0.0/24 dev tarpit0.9
ip -n tarpit route replace fd09::/64 dev tarpit0.9
answered 10.9.0.7 fd09::7
connects 10.9.0.7 80 tarpit
connects fd09::7 80 tarpit
ip -n tarpit link del tarpit0.9

claim "packets of a macvlan on the device are answered"
ip -n tarpit link add link tarpit0 name mac0 type macvlan mode bridge
ip -n tarpit link set mac0 up
ip -n tarpit neighbour add 10.9.0.7 lladdr 02:00:00:00:00:99 dev mac0
ip -n tarpit neighbour add fd09::7 lladdr 02:00:00:00:00:99 dev mac0
ip -n tarpit route replace 10.9.0.0/24 dev mac0
ip -n tarpit route replace fd09::/64 dev mac0
answered 10.9.0.7 fd09::7
ip -n tarpit link del mac0

claim "as a bridge's port it answers for the hosts behind it"
ip -n tarpit link add br0 type bridge
ip -n tarpit link set br0 up
ip -n tarpit link set tarpit0 master br0
tarpit bridge link set dev tarpit0 flood off
addresses tarpit br0 10.5.0.1/24 fd05::1/64
for address in 10.5.0.7 fd05::7; do
	ip -n tarpit neighbour add $address lladdr 02:00:00:00:00:77 dev br0
done
tarpit bridge fdb add 02:00:00:00:00:77 dev tarpit0 master static
ip -n peer route add 10.5.0.0/24 via 10.0.0.1
ip -n peer route add fd05::/64 via fd00::1
answered 10.5.0.7 fd05::7
claim "a reply that has the packet's own memory does not keep its route"
for ends in '10.0.0.2 10.5.0.7' 'fd00::2 fd05::7'; do
	# shellcheck disable=SC2086 # Two words.
	inside peer ./send_unshared.py p0 $ends "$mac" 0 | grep . >/dev/null
done
claim "and for a neighbour on the same bridge"
ip -n tarpit link add b0 type veth peer name n0 netns peer
ip -n tarpit link set b0 up master br0
addresses peer n0 10.6.0.2/24 fd06::2/64
ip -n peer neighbour add 10.6.0.7 lladdr 02:00:00:00:00:77 dev n0
ip -n peer neighbour add fd06::7 lladdr 02:00:00:00:00:77 dev n0
answered 10.6.0.7 fd06::7
claim "at a port of the bridge, for another host's MAC address, nft fwd reflects"
ip -n tarpit link set tarpit0 nomaster
ingress b0 'tcp dport 80 fwd to "tarpit0"'
answered 10.6.0.7 fd06::7
ip -n tarpit link del b0
ip -n tarpit link del br0

claim "within a VRF, the reply takes the VRF of the peer"
tarpit sysctl -qw net.ipv6.conf.t0.keep_addr_on_down=1
ip -n tarpit link add red type vrf table 10
ip -n tarpit link set red up
ip -n tarpit link set t0 master red
ip -n tarpit address replace fd00::1/64 dev t0 nodad
ip -n tarpit route replace 10.9.0.0/24 dev tarpit0 table 10
ip -n tarpit route replace fd09::/64 dev tarpit0 table 10
answered 10.9.0.7 fd09::7
claim "also if the device is in the VRF"
ip -n tarpit link set tarpit0 master red
ip -n tarpit route replace 10.9.0.0/24 dev tarpit0 table 10
ip -n tarpit route replace fd09::/64 dev tarpit0 table 10
answered 10.9.0.7 fd09::7
ip -n tarpit link set tarpit0 nomaster
ip -n tarpit link del red

claim "a packet whose device has gone down gets no reply"
tarpit tc qdisc add dev tarpit0 root netem delay 20s
ingress t0 'tcp dport 80 fwd to "tarpit0"'
waiting() { tarpit tc -s qdisc show dev tarpit0 | sed -n 's/.* \([0-9]*\)p requeues.*/\1/p'; }
answers=$(entered yes)
before4=$(counter NoRoute ipv4)
before6=$(counter NoRoute ipv6)
for host in 10.0.0.1 fd00::1; do
	# This host's own multicast may wait too.
	many=$(waiting)
	nsenter --net=/run/netns/peer timeout 30 bash -c "exec 3<>/dev/tcp/$host/80" 2>/dev/null &
	eventually more_than "$many" waiting
done
ip -n tarpit link set t0 down
eventually counted NoRoute ipv4 $((before4 + 1))
eventually counted NoRoute ipv6 $((before6 + 1))
same "$answers" "$(entered yes)"
wait
