#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Under a full flood on both processors, a tarpit device that a rule, tc and routes name is set
# down, moved, changed, deleted and made again, rules with the conntrack helper are added and
# deleted, a namespace is destroyed, and both modules are unloaded. Nothing crashes, and what names
# a device that is gone drops its packets.
#
#   devices-and-helpers-go-under-a-flood.sh [ROUNDS]
#
# all: 5
# vm: --smp 2 --real-time
# needs: lib.sh flood.sh flood_mixed.py frames.py ../bench/traffic.py
# long: 100
# long-vm: --smp 2 --real-time --timeout 40000
. ./lib.sh
. ./flood.sh

rounds=${1:-1}

# names: all that names the device: nft at the ingress, tc, and routes.
names() {
	tarpit nft -f - <<-'END'
		table netdev t {
			chain in {
				type filter hook ingress device "t0" priority -300
				ip daddr 10.0.0.1 meta l4proto tcp fwd to "tarpit0"
			}
		}
	END
	tarpit tc qdisc add dev t0 clsact
	tarpit tc filter add dev t0 ingress protocol ipv6 flower ip_proto tcp \
		action mirred egress redirect dev tarpit0
	ip -n tarpit route replace 10.9.0.0/24 dev tarpit0
}

# forgotten: the opposite.
forgotten() {
	tarpit nft delete table netdev t
	tarpit tc qdisc del dev t0 clsact
}

made() {
	ip -n tarpit link add tarpit0 type tarpit
	ip -n tarpit link set tarpit0 up
}

link_for_flood
ip netns add other
flood

for _ in $(seq "$rounds"); do
	claim "a device takes the flood by a rule, tc and a route"
	made
	names
	answers ipv4
	answers ipv6
	claim "it is set down and up, and its mode changes"
	ip -n tarpit link set tarpit0 down
	ip -n tarpit link set tarpit0 up
	for mode in persist reset honeypot tarpit; do
		ip -n tarpit link change tarpit0 type tarpit "$mode"
	done
	answers ipv6
	claim "it is moved to another namespace, and deleted there"
	ip -n tarpit link set tarpit0 netns other
	ip -n other link del tarpit0
	claim "a new one of the same name gets nothing until it is named again"
	made
	# Packets that were on their way are counted by now.
	sleep 1
	before=$(counter tarpit)
	sleep 1
	same "$before" "$(counter tarpit)"
	forgotten
	names
	answers ipv4
	claim "it is deleted, and what names it drops the packets"
	ip -n tarpit link del tarpit0
	forgotten
	claim "a rule with the helper answers, and is deleted"
	tarpit nft -f - <<-'END'
		table inet h {
			ct helper hold { type "tarpit" protocol tcp; }
			chain in {
				type filter hook input priority 0
				meta l4proto tcp ct state new ct status ! confirmed ct helper set "hold" accept
				meta l4proto tcp drop
			}
		}
	END
	answers ipv4
	answers ipv6
	tarpit nft delete table inet h
	claim "both modules are unloaded and loaded"
	eventually rmmod nf_conntrack_tarpit
	made
	names
	eventually unloaded
	forgotten
	modprobe xt_TARPIT
done

claim "a namespace with a device and rules that name it is destroyed"
made
names
flooding || die "the flood has ended early"
ip netns del tarpit
pkill -f flood_mixed.py
unload
