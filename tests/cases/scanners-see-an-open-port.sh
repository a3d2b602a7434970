#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# masscan and hping3 report a tarpitted port as open, with --reset as closed. (nmap has its own
# case.)
#
# needs: lib.sh
. ./lib.sh

ports=30

# open_ports HOST OWN: the number of ports that masscan finds, from an unused address. It may try
# twice, because it sometimes misses a port, and it ends only when another packet arrives.
open_ports() {
	local mac ping
	mac=$(ip -n tarpit -br link show t0 | awk '{ print $3 }')
	peer ping -q -i 0.5 "$1" >/dev/null &
	ping=$!
	peer timeout 600 masscan -e p0 --router-mac "${mac//:/-}" --adapter-ip "$2" \
		--range "$1" -p "1-$ports" --rate 200 --wait 1 --retries 1 -oL /tmp/masscan \
		>/dev/null 2>/tmp/masscan.err ||
		die "masscan: $(tail -c 300 /tmp/masscan.err)"
	kill $ping
	grep -c '^open tcp' /tmp/masscan || true
}

# flags: the flags of the replies to hping3.
flags() {
	peer hping3 -S -c 3 -i u100000 -p 80 10.0.0.1 2>/dev/null |
		sed -n 's/.* flags=\([A-Z]*\) .*/\1/p' | tr '\n' ' '
}

# expect MODE HOST PORTS FLAGS
expect() {
	local own=${2%1}50
	both %T -F
	both %T -A INPUT -p tcp -j TARPIT "--$1"
	tarpit ip neighbour replace "$own" lladdr "$mac" dev t0
	claim "masscan finds $3 open ports of $2, --$1"
	same "$3" "$(open_ports "$2" "$own")"
	claim "hping3 is answered with $4, --$1"
	same "$4 $4 $4 " "$(flags)"
}

link_pair
mac=$(ip -n peer -br link show p0 | awk '{ print $3 }')
expect tarpit 10.0.0.1 $ports SA
expect persist fd00::1 $ports SA
expect honeypot 10.0.0.1 $ports SA
expect reset fd00::1 0 RA
