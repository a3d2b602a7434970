# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# ipsec.sh - states and policies for the topology of lib.sh, and counters of what the peer receives
# in plain text and in ESP. Sourced after lib.sh.

key='rfc4106(gcm(aes)) 0x000102030405060708090a0b0c0d0e0f10111213 128'

# state NETNS FROM TO SPI REQID MODE [WORD...]
state() {
	local netns=$1 from=$2 to=$3 spi=$4 reqid=$5 mode=$6
	shift 6
	# shellcheck disable=SC2086 # Three words are wanted of the key.
	ip -n "$netns" xfrm state add src "$from" dst "$to" proto esp spi "$spi" reqid "$reqid" \
		mode "$mode" aead $key "$@"
}

# watch_peer: counts packets in raw PREROUTING, which sees a segment again after ESP. Only packets
# that no IPsec carried count as plain text.
watch_peer() {
	local tool
	for tool in iptables ip6tables; do
		peer $tool -t raw -A PREROUTING -p esp -m comment --comment as-esp
		peer $tool -t raw -A PREROUTING -p tcp -m policy --dir in --pol none \
			-m comment --comment in-plain
	done
}

forget() { peer iptables -t raw -Z; peer ip6tables -t raw -Z; }

# came: what the peer has received since forget, in plain text and in ESP.
came() {
	{
		peer iptables -t raw -L PREROUTING -v -x -n
		peer ip6tables -t raw -L PREROUTING -v -x -n
	} | awk '/in-plain/ { plain += $1 } /as-esp/ { esp += $1 }
		END { print "plain " plain + 0 ", ESP " esp + 0 }'
}

# came_as_esp: the peer has received ESP and no plain text.
came_as_esp() { [[ "$(came)" =~ ^plain\ 0,\ ESP\ [1-9] ]] || die "$(came)"; }
