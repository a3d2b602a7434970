#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The tarpit device answers what nft, tc, routes and a bridge send to it, in both families.
#
# needs: lib.sh
. ./lib.sh

# nft_fwd TEXT: a chain at the ingress of t0.
nft_fwd() {
	tarpit nft -f - <<-END
		table netdev t {
			chain in {
				type filter hook ingress device "t0" priority -300
				$1
			}
		}
	END
}

# answered HOST...: each is a tarpit, and its packets came by the device.
answered() {
	local host before
	for host; do
		before=$(entered)
		connects "$host" 80
		[ "$(entered)" -gt "$before" ] || die "$host answered, but not by the device"
	done
}

# entered: packets that a tarpit device has answered.
entered() {
	# shellcheck disable=SC2016 # awk's own.
	inside tarpit awk '/entrance="device".*answered="yes"/ { n += $2 } END { print n }' \
		/proc/net/xt_TARPIT
}

link_pair
ip -n tarpit link add tarpit0 type tarpit
ip -n tarpit link set tarpit0 up
claim "the device has no address"
same '' "$(ip -n tarpit address show dev tarpit0 | grep inet || true)"

nft_fwd 'tcp dport 80 fwd to "tarpit0"'
claim "packets that nft fwd redirects are reflected"
answered 10.0.0.1 fd00::1 10.9.0.7 fd09::7
tarpit nft delete table netdev t

claim "packets that tc redirects are answered"
tarpit tc qdisc add dev t0 clsact
for protocol in ip ipv6; do
	tarpit tc filter add dev t0 ingress protocol $protocol flower ip_proto tcp dst_port 80 \
		action mirred egress redirect dev tarpit0
done
answered 10.0.0.1 fd00::1 10.9.0.7 fd09::7
tarpit tc qdisc del dev t0 clsact

claim "packets that a route leads to the device are answered"
ip -n tarpit route replace 10.9.0.0/24 dev tarpit0
ip -n tarpit route replace fd09::/64 dev tarpit0
answered 10.9.0.7 fd09::7
claim "a peer on this host is answered"
connects 10.9.0.7 80 tarpit
connects fd09::7 80 tarpit
claim "connection tracking takes the reply for one"
both %T -A INPUT -i tarpit0 -m conntrack ! --ctstate ESTABLISHED -j DROP
connects 10.9.0.7 80 tarpit
connects fd09::7 80 tarpit
