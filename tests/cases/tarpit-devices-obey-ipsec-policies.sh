#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A tarpit device sends nothing in plain text if an outbound policy requires IPsec or blocks,
# although it would reflect the reply otherwise.
#
# needs: lib.sh ipsec.sh
. ./lib.sh
. ./ipsec.sh

hosts='10.0.0.1 fd00::1 10.9.0.9 fd09::9'

policies() { # WORD...: for the host and for the unused networks
	local from
	for from in 10.0.0.1 10.9.0.0/24; do
		ip -n tarpit xfrm policy add src $from dst 10.0.0.2 proto tcp dir out "$@"
	done
	for from in fd00::1 fd09::/64; do
		ip -n tarpit xfrm policy add src $from dst fd00::2 proto tcp dir out "$@"
	done
}

silent() {
	forget
	# shellcheck disable=SC2086 # A list.
	unanswered NoRoute $hosts
	same 'plain 0, ESP 0' "$(came)"
}

link_pair
watch_peer
for netns in peer tarpit; do
	state $netns 10.0.0.1 10.0.0.2 9 9 tunnel
	state $netns fd00::1 fd00::2 9 9 tunnel
done
for ends in '0.0.0.0/0 10.0.0.2 10.0.0.1' '::/0 fd00::2 fd00::1'; do
	read -r any to outer <<<"$ends"
	ip -n peer xfrm policy add src "$any" dst "$to" proto tcp dir in \
		tmpl src "$outer" dst "$to" proto esp reqid 9 mode tunnel level use
done
ip -n tarpit link add tarpit0 type tarpit
ip -n tarpit link set tarpit0 up
tarpit nft -f - <<'END'
table netdev t { chain in { type filter hook ingress device "t0" priority -300
	tcp dport 80 fwd to "tarpit0"
}; }
END

claim "without a policy, plain text is seen"
for host in $hosts; do connects "$host" 80; done
same 'plain 4, ESP 0' "$(came)"

claim "a policy that requires IPsec gets ESP"
for family in '10.0.0.1 10.9.0.0/24 10.0.0.2' 'fd00::1 fd09::/64 fd00::2'; do
	read -r own dark to <<<"$family"
	for from in $own $dark; do
		ip -n tarpit xfrm policy add src "$from" dst "$to" proto tcp dir out \
			tmpl src "$own" dst "$to" proto esp reqid 9 mode tunnel
	done
done
for host in $hosts; do
	forget
	connects "$host" 80
	came_as_esp
done
ip -n tarpit xfrm policy flush

claim "a policy that blocks gets silence"
policies action block
silent
ip -n tarpit xfrm policy flush

claim "so does a namespace that blocks by default, without a policy"
# It blocks neighbour discovery, too.
mac=$(mac_of tarpit t0)
for host in 10.0.0.1 fd00::1; do
	ip -n peer neighbour replace $host lladdr "$mac" dev p0 nud permanent
done
ip -n tarpit xfrm policy setdefault out block
silent
ip -n tarpit xfrm policy setdefault out accept

claim "what IPsec has delivered is answered by a route, not by the link"
for family in '10.0.0.2 10.0.0.1' 'fd00::2 fd00::1'; do
	read -r from to <<<"$family"
	state peer "$from" "$to" 8 8 tunnel
	state tarpit "$from" "$to" 8 8 tunnel
	ip -n peer xfrm policy add src "$from" dst "$to" proto tcp dir out \
		tmpl src "$from" dst "$to" proto esp reqid 8 mode tunnel
	ip -n tarpit route add unreachable "$from"
	unanswered NoRoute "$to"
	ip -n tarpit route del unreachable "$from"
	ip -n peer xfrm policy delete src "$from" dst "$to" proto tcp dir out
done
claim "then plain text is seen again"
forget
for host in $hosts; do connects "$host" 80; done
same 'plain 4, ESP 0' "$(came)"
