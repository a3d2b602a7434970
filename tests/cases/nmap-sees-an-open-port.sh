#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# nmap's SYN scan and connect scan report each tarpitted port as open, with --reset as closed.
#
# suite: all
# needs: lib.sh
. ./lib.sh

# scan HOST STATE FLAG...: nmap reports this state for all three ports.
scan() {
	local host=$1 state=$2
	shift 2
	claim "nmap $* reports $host as $state"
	peer nmap -Pn -n --max-retries 2 -p 22,80,443 "$@" "$host" >/tmp/nmap
	same 3 "$(grep -Ec "^[0-9]+/tcp +$state " /tmp/nmap)"
}

scan_all() {
	scan 10.0.0.1 "$1" -sS
	scan 10.0.0.1 "$1" -sT
	scan fd00::1 "$1" -6 -sS
	scan fd00::1 "$1" -6 -sT
	scan 10.9.0.77 "$1" -sS
}

link_pair
for mode in --tarpit --persist --honeypot; do
	both %T -F
	both %T -A INPUT -p tcp -j TARPIT $mode
	both %T -A FORWARD -p tcp -j TARPIT $mode
	scan_all open
done
both %T -F
both %T -A INPUT -p tcp -j TARPIT --reset
both %T -A FORWARD -p tcp -j TARPIT --reset
scan_all closed
