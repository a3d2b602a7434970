#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# masscan and hping3 report a tarpitted port as open, with --reset as closed. (nmap has its own
# case.) A scanner that drops SYN-ACKs with window 0, as LZR does, stays if the rule offers a
# window; its request then arrives, and --honeypot takes it.
#
# suite: all
# needs: lib.sh lzr.py rawtcp.py frames.py
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

# lzr WANT FAMILY OPTION...: what LZR finds.
lzr() {
	local want=$1 family=$2
	shift 2
	both %T -F
	both %T -A INPUT -p tcp -j TARPIT "$@"
	claim "LZR finds: $want, $* ($family)"
	same "$want" "$(peer ./lzr.py "$family" 80)"
}

link_pair
mac=$(ip -n peer -br link show p0 | awk '{ print $3 }')
expect tarpit 10.0.0.1 $ports SA
expect persist fd00::1 $ports SA
expect honeypot 10.0.0.1 $ports SA
expect reset fd00::1 0 RA

tarpit ip neighbour replace 10.0.0.50 lladdr "$mac" dev t0
tarpit ip neighbour replace fd00::50 lladdr "$mac" dev t0
for family in ipv4 ipv6; do
	lzr zero-window $family --tarpit
	lzr zero-window $family --persist
	lzr no-ack $family --tarpit --window 1000
	lzr connected $family --persist --window 1000
	lzr accepted $family --honeypot
	lzr closed $family --reset
done
claim "the request that the scanner sends arrives"
both %T -F
both %T -A INPUT -p tcp -j TARPIT --persist --window 1000
dumps /tmp/dump tarpit t0 -A tcp port 80
same connected "$(peer ./lzr.py ipv4 80)"
undump /tmp/dump
grep -q 'GET / HTTP/1.1' /tmp/dump || die "$(cat /tmp/dump)"

# syns KIND: how many SYNs count as of this kind.
syns() {
	tarpit sed -n "s/^xt_tarpit_syns_total{family=\"ipv4\",kind=\"$1\"} //p" /proc/net/xt_TARPIT
}

# counts KIND COMMAND...: the SYNs of the command count as of this kind, and as no other.
counts() {
	local kind=$1 before all
	before=$(syns "$kind") all=$(all_syns)
	shift
	claim "SYNs of $1 count as $kind"
	"$@" >/tmp/scan 2>&1 || true
	[ "$(syns "$kind")" -gt "$before" ] || die "$(cat /tmp/scan) $(grep syns /proc/net/xt_TARPIT)"
	same $(($(syns "$kind") - before)) $(($(all_syns) - all))
}
# shellcheck disable=SC2016 # awk's own.
all_syns() { tarpit awk '/^xt_tarpit_syns/ { n += $2 } END { print n }' /proc/net/xt_TARPIT; }

tarpit ip neighbour replace 10.0.0.50 lladdr "$mac" dev t0
counts masscan open_ports 10.0.0.1 10.0.0.50
counts bare flags
counts mss peer nmap -n -Pn -sS -p 80 10.0.0.1
counts stack peer curl -sS --max-time 5 http://10.0.0.1/
