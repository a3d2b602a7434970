#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# An IPsec tunnel whose outer addresses are of the other family, IPv6 in IPv4 and IPv4 in IPv6: a
# connection through it is answered through it.
#
# suite: all
# needs: lib.sh
. ./lib.sh

key='rfc4106(gcm(aes)) 0x000102030405060708090a0b0c0d0e0f10111213 128'

# tunnel SPI INNER-PEER INNER-TARPIT OUTER-PEER OUTER-TARPIT: both ways, on both sides.
tunnel() {
	local netns
	for netns in peer tarpit; do
		state $netns "$1" "$4" "$5"
		state $netns "$(($1 + 1))" "$5" "$4"
	done
	policy peer out "$2" "$3" "$4" "$5" "$1"
	policy peer in "$3" "$2" "$5" "$4" "$1"
	policy tarpit in "$2" "$3" "$4" "$5" "$1"
	policy tarpit out "$3" "$2" "$5" "$4" "$1"
}

# state NETNS SPI FROM TO; both directions of a tunnel have the request of the lower number.
state() {
	# shellcheck disable=SC2086 # Three words are wanted of the key.
	ip -n "$1" xfrm state add src "$3" dst "$4" proto esp spi "$2" \
		reqid $((($2 - 1) / 2 * 2 + 1)) mode tunnel aead $key flag af-unspec
}

# policy NETNS DIR FROM TO OUTER-FROM OUTER-TO REQID
policy() {
	ip -n "$1" xfrm policy add src "$3" dst "$4" proto tcp dir "$2" \
		tmpl src "$5" dst "$6" proto esp reqid "$7" mode tunnel
}

link_pair
both %T -A INPUT -p tcp -j TARPIT
tunnel 1 fd00::2 fd00::1 10.0.0.2 10.0.0.1
tunnel 3 10.0.0.2 10.0.0.1 fd00::2 fd00::1
for host in fd00::1 10.0.0.1; do
	claim "$host answers through a tunnel of the other family"
	dumps /tmp/at-peer peer p0 esp or ip6 proto 50
	connects $host 80
	undump /tmp/at-peer
	[ "$(grep -c ESP /tmp/at-peer)" -ge 3 ] || die "the handshake was not all ESP"
done
