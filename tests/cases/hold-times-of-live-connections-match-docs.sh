#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A connection that was up before the rule lasts as long under each target as the table of
# docs/performance.md says: tests/guest/holds-live, cut off after 3000 s, in IPv6. Virtual time.
#
# suite: all
# needs: lib.sh live.sh live.py holds-live
. ./lib.sh

# row CLIENT DROP TARPIT HONEYPOT RESET PERSIST: each LOW-HIGH seconds, or held.
row() {
	local client=$1 want figure cell=2
	for want in "${@:2}"; do
		cell=$((cell + 1))
		figure=$(awk -F ' *[|] *' -v row="$client" -v cell=$cell \
			'$2 == row { print $cell }' /tmp/table)
		claim "$client, column $((cell - 2)): $want"
		case "$want" in
		held) same "> 3000 s" "$figure" ;;
		*) between "${want%-*}" "${want#*-}" "${figure% s}" ;;
		esac
	done
}

./holds-live 3000 6 >/tmp/table
cat /tmp/table
row write 900-1000 900-1000 900-1000 0-1 held
row keepalive 55-100 55-100 55-100 40-70 held
row patient 1200-1300 1200-1300 1200-1300 550-620 held
row upload 900-1000 900-1000 900-1000 0-1 held
row stopped 1600-1700 1600-1700 1600-1700 0-10 held
row late held held held 0-40 held
row close 90-120 90-120 90-120 0-1 90-120
