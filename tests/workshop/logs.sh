# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# logs.sh - what the workshop reads out of logs, as claims of run, which sources it.
# shellcheck disable=SC2154 # dir is run's.

# races: KCSAN's reports, as the runner evaluates them.
races() {
	local theirs='BUG: KCSAN: data-race in a / b' ours=' c+0x1/0x2 [xt_TARPIT]' end='=========='
	says_of_log() {
		printf '%s\n' "$@" >"$dir/kernel.log"
		(. scripts/machine/run.sh; run=$dir kernel_fault)
	}
	same "a race of the kernel's own is no fault" '' "$(says_of_log "$theirs" ' d' "$end")"
	same "what another says in the midst of it is one" 'WARNING: c' \
		"$(says_of_log "$theirs" 'WARNING: c' "$end")"
	same "nor do our functions outside of it make it ours" '' \
		"$(says_of_log "$theirs" "$end" "$ours")"
	same "nor do they in the one race that the kernel is known to have below us" '' \
		"$(says_of_log "${theirs% in *} in __dev_queue_xmit / dev_deactivate_many" "$ours" "$end")"
	same "nor where an interrupt raced that came to us" '' \
		"$(says_of_log "$theirs" '' ' asm_sysvec_apic_timer_interrupt+0x1/0x2' "$ours" "$end")"
	same "but they do where it came to run us" "$theirs" \
		"$(says_of_log "$theirs" "$ours" ' asm_common_interrupt+0x1/0x2' "$end")"
	same "or where we are in the other stack" "$theirs" \
		"$(says_of_log "$theirs" ' asm_common_interrupt+0x1/0x2' '[    1.5] ' "$ours" "$end")"
	same "or in the title, whatever stack precedes it" "${theirs% / b} [xt_TARPIT] / b" \
		"$(says_of_log ' asm_sysvec_x+0x1/0x2' "$end" "${theirs% / b} [xt_TARPIT] / b")"
	same "and in any other, be it of a packet that we have handed over" "$theirs" \
		"$(says_of_log "$theirs" ' __dev_queue_xmit+0x1/0x2' ' ip_local_out+0x1' "$ours" "$end")"
	same "a race of ours is a fault, cut short as it may be" "$theirs" \
		"$(says_of_log "$theirs" "$ours" 'BUG: KCSAN: data-race in d / e')"
	rm "$dir/kernel.log"
}

# of_kernel STATUS LINE...: the verdict of scripts/matrix on such a log.
of_kernel() {
	printf '%s\n' "${@:2}" >"$dir/row.log"
	(. scripts/lib/matrix.sh; unset XT_TARPIT_MATRIX; outcome "$dir/row.log" "$1")
}

# kernels: which verdicts concern a kernel, and which only the machine.
kernels() {
	local some='391 passed, 3 failed' none='0 passed, 394 failed' unmade='could not be made; see'
	same "a kernel that passes has its count, whatever had to be made twice" \
		'394 passed, 0 failed' "$(of_kernel 0 "get: snapshot $unmade" '394 passed, 0 failed')"
	same "one that fails, too, were its guest full" "$some" \
		"$(of_kernel 1 '# | ip: No space left on device' "$some")"
	same "or did only the C module not build for it" "$some" \
		"$(of_kernel 1 "# | get: xtables-addons $unmade" "$some")"
	same "one that is refused has the sentence" 'refused: no CONFIG_RUST' \
		"$(of_kernel 1 '# | rust-metadata: no CONFIG_RUST' "# | get: ktree $unmade" "$none")"
	same "one that does not start has that" 'FAILED: snapshot' \
		"$(of_kernel 1 "get: snapshot $unmade" "$some")"
	same "one that the module does not build for, too" 'FAILED: build of module' \
		"$(of_kernel 1 '# | build: failed: module' "$none")"
	same "where the extension does not build, nothing is said of it" '' \
		"$(of_kernel 1 '# | build: failed: extension and module' "$none")"
	same "nor where an artifact of the machine's is lacking" '' \
		"$(of_kernel 1 "# | get: guest-root $unmade" "$some")"
	same "nor where the network is" '' "$(of_kernel 1 \
		'# | apt: the mirror does not give it' "# | get: xtables-addons $unmade" "$some")"
	same "nor where the mirror cannot be reached" '' "$(of_kernel 1 \
		'# | get: the mirror cannot be reached: E' "# | get: xtables-addons $unmade" "$some")"
	same "nor where there is no room" '' \
		"$(of_kernel 1 'not ok 1 - x # it ended without a verdict; is the disk full?' "$some")"
	same "nor where an artifact found none" '' \
		"$(of_kernel 1 '# |   | tar: No space left on device' "get: snapshot $unmade" "$some")"
	same "nor where logs were cut" '' \
		"$(of_kernel 1 'scripts/test: echo: write error: No space left on device' "$some")"
}

# of_job NAME STATUS LINE...: what scripts/test counts in such a log: passed, failed, why skipped.
of_job() {
	printf '%s\n' "${@:3}" >"$dir/$1.log"
	(. scripts/lib/test.sh; logs=$dir; write_tap "$1" "$2")
}

# reports: how scripts/test counts, and that prove reads its TAP.
reports() {
	need_tools prove:perl
	same "each check of a job counts" '2 1 ' \
		"$(of_job wire 1 1..3 'ok - a' 'ok - b' 'not ok - c: why')"
	claim "prove sees the one that failed" 'Result: FAIL' prove "$dir/wire.tap"
	same "a job that ended before its plan has failed" '1 1 ' "$(of_job wire 0 1..3 'ok - a')"
	same "so has one without a plan" '1 1 ' "$(of_job rules 0 'ok - a')"
	same "a fault of the machine fails a job whose checks passed" '1 1 ' \
		"$(of_job wire 1 1..1 'ok - a')"
	same "a job without checks has failed" '0 1 ' "$(of_job wire 0 1..0)"
	same "each test of cargo counts" '1 1 ' \
		"$(of_job host 101 'test a::b ... ok' 'test c ... FAILED')"
	same "a case counts as one" '0 1 ' "$(of_job a-case 1 'ok - not a check')"
	same "status 77 without a reason is a failure" '0 1 ' "$(of_job a-case 77 'SKIP nothing')"
	same "a skipped case is neither, and has its reason" '0 0 no BTF' \
		"$(of_job a-case 77 'SKIP: no BTF')"
	of_job host 0 'test a::b ... ok' >"$dir/said"
	holds "prove reads what passed and what was skipped" prove "$dir/host.tap" "$dir/a-case.tap"
}
