# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# mitigations.sh - the module on a processor whose returns are guarded. Sourced after lib.sh.

# guarded RETBLEED THUNK...: the kernel says RETBLEED, and each return of the module's functions, in
# Rust and in C, goes through one of the THUNKs; the module answers.
guarded() {
	local said want=$1 line mode
	shift
	said=$(cat /sys/devices/system/cpu/vulnerabilities/retbleed)
	[[ $said = $want* ]] || skip "this kernel says of Retbleed: $said"
	claim "the kernel stands at a random address"
	! grep -qE '^ffffffff81000000 . _text$' /proc/kallsyms || die "it stands where it was linked"

	link_pair
	modprobe xt_TARPIT
	claim "functions in Rust and in C return by $*"
	./returns.py xt_tarpit_tg1_v4 xt_tarpit_tg1_v6 tarpit_tg1_v4 tarpit_tg1_v6 >/tmp/returns
	while read -r line; do
		[[ " $* " = *" ${line#* } "* ]] || die "$line"
	done </tmp/returns
	same 4 "$(wc -l </tmp/returns)"

	for mode in tarpit persist honeypot; do
		claim "clients are held by --$mode"
		both %T -A INPUT -p tcp -j TARPIT --$mode
		connects 10.0.0.1 80
		connects fd00::1 80
		both %T -F INPUT
	done
}
