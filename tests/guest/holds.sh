# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# holds.sh - compares tables of hold times with what the documents say. Sourced after lib.sh.

# row KEY WANT...: the row of /tmp/table that begins with KEY has these times: each LOW-HIGH
# seconds, or held, which ends after $cutoff seconds.
# shellcheck disable=SC2154 # The case sets cutoff.
row() {
	local key="| $1 | " want figure column=0
	for want in "${@:2}"; do
		column=$((column + 1))
		figure=$(awk -F ' *[|] *' -v key="$key" -v column=$column '
			index($0, key) == 1 { $0 = substr($0, length(key) + 1); print $column }' /tmp/table)
		claim "$1, column $column: $want"
		case "$want" in
		held) same "> $cutoff s" "${figure% (*}" ;;
		*) between "${want%-*}" "${want#*-}" "${figure%% *}" ;;
		esac
	done
}
