#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# IPsec: a segment in ESP gets a reply in ESP, in transport mode (INPUT, PREROUTING) and in tunnel
# mode (FORWARD, PREROUTING). If a policy blocks the reply, or its keys are missing, nothing leaves.
# Nothing ever leaves in plain text.
#
# needs: lib.sh ipsec.sh
. ./lib.sh
. ./ipsec.sh

# keys PEER TARPIT: adds the four states of a pair of addresses, on both sides.
keys() {
	local netns mode spi
	for netns in peer tarpit; do
		for mode in transport tunnel; do
			[ $mode = transport ] && spi=1 || spi=3
			state $netns "$1" "$2" $spi $spi $mode
			state $netns "$2" "$1" $((spi + 1)) $spi $mode
		done
	done
}

# policy NETNS DIR FROM TO MODE REQID OUTER-FROM OUTER-TO
policy() {
	ip -n "$1" xfrm policy add src "$3" dst "$4" proto tcp dir "$2" \
		tmpl src "$7" dst "$8" proto esp reqid "$6" mode "$5"
}

# policies PEER TARPIT DARK
policies() {
	policy peer out "$1" "$2" transport 1 "$1" "$2"
	policy peer in "$2" "$1" transport 1 "$2" "$1"
	policy tarpit in "$1" "$2" transport 1 "$1" "$2"
	policy tarpit out "$2" "$1" transport 1 "$2" "$1"
	policy peer out "$1" "$3" tunnel 3 "$1" "$2"
	policy peer in "$3" "$1" tunnel 3 "$2" "$1"
	policy tarpit fwd "$1" "$3" tunnel 3 "$1" "$2"
	policy tarpit out "$3" "$1" tunnel 3 "$2" "$1"
}

# through_ipsec WHERE HOST...: each accepts a connection, and all its packets are ESP.
through_ipsec() {
	local where=$1 host
	shift
	forget
	for host; do
		claim "$where: $host answers"
		connects "$host" 80
	done
	claim "$where: $* answer through ESP, and send nothing in plain text"
	came_as_esp
}

# no_route WHERE HOST...: each segment counts as NoRoute, no reply is counted, and the peer receives
# no packet.
no_route() {
	local where=$1 before
	shift
	before=$(replies)
	forget
	claim "$where: NoRoute, and nothing comes back from $*"
	unanswered NoRoute "$@"
	same 'plain 0, ESP 0' "$(came)"
	claim "$where: no reply is counted"
	same "$before" "$(replies)"
}

# replies: the number of replies of all modes.
replies() { echo $(($(counter tarpit) + $(counter persist))); }

# block_out: blocks all packets out of netns tarpit that have no other policy.
block_out() {
	local pair
	for pair in '10.0.0.1 10.0.0.2' '10.9.0.0/24 10.0.0.2' 'fd00::1 fd00::2' 'fd09::/64 fd00::2'; do
		# shellcheck disable=SC2086
		set -- $pair
		ip -n tarpit xfrm policy update src "$1" dst "$2" proto tcp dir out action block
	done
}

link_pair
watch_peer
both %T -A INPUT -p tcp -j TARPIT
claim "plain text would be detected"
connects 10.0.0.1 80
connects fd00::1 80
same 'plain 2, ESP 0' "$(came)"
keys 10.0.0.2 10.0.0.1
keys fd00::2 fd00::1
policies 10.0.0.2 10.0.0.1 10.9.0.0/24
policies fd00::2 fd00::1 fd09::/64

both %T -A FORWARD -p tcp -j TARPIT
through_ipsec INPUT 10.0.0.1 fd00::1
through_ipsec FORWARD 10.9.0.9 fd09::9
both %T -F
both %T -t raw -A PREROUTING -p tcp -j TARPIT --persist
through_ipsec PREROUTING 10.0.0.1 fd00::1 10.9.0.9 fd09::9

both %T -A INPUT -p tcp -j TARPIT
both %T -A FORWARD -p tcp -j TARPIT
block_out
for where in PREROUTING 'INPUT and FORWARD'; do
	no_route "$where, out blocked" 10.0.0.1 fd00::1 10.9.0.9 fd09::9
	both %T -t raw -F
done

claim "a policy whose keys are gone"
ip -n tarpit xfrm policy flush
policies_out() { # PEER TARPIT
	policy tarpit out "$2" "$1" transport 9 "$2" "$1"
}
policies_out 10.0.0.2 10.0.0.1
policies_out fd00::2 fd00::1
for larval in 1 0; do
	tarpit sysctl -qw net.core.xfrm_larval_drop=$larval
	no_route "keys are missing, larval_drop $larval" 10.0.0.1 fd00::1
done
