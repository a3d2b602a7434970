# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# mitigations.sh - the module on a processor whose returns are guarded. Sourced after lib.sh.

# guarded RETBLEED THUNK: the kernel says RETBLEED, and each return of the module's functions, in
# Rust and in C, goes through THUNK; the module answers.
guarded() {
	local said function mode
	said=$(cat /sys/devices/system/cpu/vulnerabilities/retbleed)
	[[ $said = $1* ]] || skip "this kernel says of Retbleed: $said"
	claim "the kernel stands at a random address"
	! grep -qE '^ffffffff81000000 . _text$' /proc/kallsyms || die "it stands where it was linked"

	link_pair
	modprobe xt_TARPIT
	claim "functions in Rust and in C return by $2"
	for function in {xt_,}tarpit_tg1_{v4,v6}; do same "$2" "$(./returns.py "$function")"; done

	for mode in tarpit persist honeypot; do
		claim "clients connect by --$mode"
		both %T -A INPUT -p tcp -j TARPIT --$mode
		connects 10.0.0.1 80
		connects fd00::1 80
		both %T -F INPUT
	done
}
