#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# No conntrack entry remains, whether the segment is tracked or untracked in INPUT and FORWARD, or
# the rule is in PREROUTING. Replies to untracked segments are UNTRACKED and pass an OUTPUT chain
# that drops INVALID and NEW.
#
# needs: lib.sh
. ./lib.sh

# strict_output STATE: accepts replies with this state and drops all other TCP.
strict_output() {
	both %T -F
	both %T -t raw -F
	both %T -A OUTPUT -p tcp -m conntrack --ctstate "$1" -j ACCEPT
	both %T -A OUTPUT -p tcp -j DROP
}

# layout NAME: after handshakes, data and an orphan there is no entry.
layout() {
	local host
	claim "$1: clients connect"
	for host in 10.0.0.1 fd00::1 10.9.0.9 fd09::9; do connects "$host" 80; done
	claim "$1: no conntrack entry remains"
	no_entry
}

link_pair
backstop
for mode in --tarpit --persist --honeypot; do
	strict_output RELATED,ESTABLISHED
	both %T -A INPUT -p tcp -j TARPIT $mode
	both %T -A FORWARD -p tcp -j TARPIT $mode
	layout "tracked, $mode"

	strict_output UNTRACKED
	both %T -t raw -A PREROUTING -p tcp -j CT --notrack
	both %T -A INPUT -p tcp -j TARPIT $mode
	both %T -A FORWARD -p tcp -j TARPIT $mode
	layout "NOTRACK, $mode"

	strict_output UNTRACKED
	both %T -t raw -A PREROUTING -p tcp -j TARPIT $mode
	layout "raw PREROUTING, $mode"
done
claim "mangle PREROUTING, where the segment is tracked already"
strict_output UNTRACKED
both %T -t mangle -A PREROUTING -p tcp -j TARPIT
layout "mangle PREROUTING"
