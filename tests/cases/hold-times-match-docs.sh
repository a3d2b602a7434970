#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Each mode holds eleven kinds of client, including curl, openssl and ssh, as long as the README's
# table says: tests/guest/holds, cut off after 2.4 hours, in IPv6. Virtual time.
#
# needs: lib.sh holds holds.py
. ./lib.sh

# row CLIENT DROP TARPIT PERSIST HONEYPOT: each LOW-HIGH seconds, or held.
row() {
	local client=$1 want figure cell=2
	for want in "${@:2}"; do
		cell=$((cell + 1))
		figure=$(awk -F ' *[|] *' -v row="$client" -v cell=$cell \
			'$2 == row { print $cell }' /tmp/table)
		claim "$client, column $((cell - 2)): $want"
		case "$want" in
		held) same "> 8640 s" "${figure% (*}" ;;
		*) between "${want%-*}" "${want#*-}" "${figure%% *}" ;;
		esac
	done
}

./holds 0.1 6 >/tmp/table
cat /tmp/table
row "only waits" 130-140 held held held
row "writes, waits" 130-140 900-1000 held held
row "writes in its SYN (Fast Open), waits" 130-140 300-400 held held
row "closes at once" 130-140 90-120 300-400 0-1
row "writes, closes" 130-140 90-120 300-400 0-1
row "waits with SO_KEEPALIVE 60/10/3" 130-140 85-100 held held
row "writes with SO_KEEPALIVE 60/10/3" 130-140 900-1000 held held
row "writes with TCP_USER_TIMEOUT 60 s" 60-70 60-61 60-61 held
row "HTTP: curl" 130-140 900-1000 held held
row "TLS: openssl s_client" 130-140 900-1000 held held
row "ssh" 130-140 900-1000 held held
