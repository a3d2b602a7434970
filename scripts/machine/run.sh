# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# run.sh - pack the guest's archive, boot the guest, and read its kernel log. Sourced by scripts/vm,
# whose variables it uses in addition to those of machine.sh: $timeout $qemu $script $files.
# shellcheck disable=SC2034,SC2154

# pack: writes the archive that the guest unpacks to /run, in persistent memory of a fixed size.
pack() {
	local stage=$run/stage file
	mkdir -p "$stage/xt" "$stage/xt-guest"
	cp "$top"/scripts/machine/guest/{main,meter,take_skbs.py} "$stage/xt-guest"
	{
		printf 'script=%q\n' "$script"
		printf 'tested=%s\n' "$icount$real_time"
		printf 'arguments=(%s)\n' "$([ ${#arguments[@]} = 0 ] || printf '%q ' "${arguments[@]}")"
	} >"$stage/xt-guest/settings"
	for file in "${files[@]}"; do
		[ -e "$file" ] || die "there is no file $file"
		cp -RL "$file" "$stage/xt/"
	done
	[ -n "$bare" ] || pack_built "$stage/xt-guest"
	archive "$stage" >"$run/payload"
	rm -rf "$stage"
	if [ "$(stat -c %s "$run/payload")" -ge $((payload_mb << 20)) ]; then
		rm "$run/payload"
		die "the files for the guest have more than $payload_mb MB; send less"
	fi
	truncate -s "${payload_mb}M" "$run/payload"
}

# archive DIR: gives the same bytes for the same files, as deterministic runs require.
archive() {
	(
		cd "$1"
		find . -exec touch -h -d 2026-01-01T00:00:00Z {} +
		find . -print0 | LC_ALL=C sort -z | cpio --quiet --reproducible -0 -o -H newc -R 0:0
	)
}

pack_built() {
	local from
	from=$(built)
	[ -f "$from/xt_TARPIT.ko" ] || die "no module is built yet; run scripts/build, or give --bare"
	mkdir "$1/modules"
	cp "$from"/*.ko "$from"/modules/modules.* "$1/modules"
	[ ! -f "$plugins/libxt_TARPIT.so" ] || cp "$plugins/libxt_TARPIT.so" "$1"
	[ ! -f "$plugins/link_tarpit.so" ] || cp "$plugins/link_tarpit.so" "$1"
}

boot() {
	local arguments snapshot image=$disk/disk.img share=off
	if can_resume; then
		snapshot=$(get_snapshot)
		image=$snapshot/disk.img
	fi
	mapfile -t arguments < <(machine; ports)
	arguments+=("${qemu[@]}")
	: >"$run/verdict"
	if can_resume; then resume; fi
	set +e
	if [ "$script" = - ]; then
		"$emulator" "${arguments[@]}" -append "$(command_line)" -serial mon:stdio
		boot_status=$?
		: >"$run/console.log"
	else
		setpriv --pdeathsig TERM timeout --foreground -k 5 "$timeout" "$emulator" \
			"${arguments[@]}" -append "$(command_line)" -serial "file:$run/console.log" \
			</dev/null 2>"$run/qemu.log" | tee "$run/output.log"
		boot_status=${PIPESTATUS[0]}
	fi
	set -e
	rm -f "$run/payload" "$run"/monitor.*
	[ "$boot_status" = 0 ] || [ ! -s "$run/qemu.log" ] || sed 's/^/  | /' "$run/qemu.log" >&2
}

# A machine of a test without a device or kernel argument of its own resumes from a snapshot:
# booting takes twelve seconds of real time, more than a short script.
can_resume() {
	[ -n "$icount$real_time" ] && [ "$script" != - ] && [ ${#qemu[@]} = 0 ] &&
		[ "$memory" = "$usual_memory" ] && [ -z "$append${XT_TARPIT_APPEND:-}" ]
}

get_snapshot() { boot_from=$boot_from smp=$smp lean=$lean real_time=$real_time get snapshot; }

resume() {
	mkfifo "$run/monitor.in" "$run/monitor.out"
	exec 8<>"$run/monitor.in"
	arguments+=(-incoming defer -chardev "pipe,id=monitor,path=$run/monitor" -mon monitor)
	printf '%s\n' "$keep_shared" "migrate_incoming \"exec:cat $snapshot/state\"" >&8
}

# kernel_fault: the first line of the kernel log that no run may have, or nothing. An older kernel
# warns that it does not guard the processor of a case; these two warnings are no fault.
kernel_fault() {
	local bad='WARNING: |BUG: |BUG at|Oops|Kernel panic|soft lockup'
	bad+='|(rcu: |INFO: rcu).*(stall|starved)'
	bad+='|blocked for more than|general protection fault|UBSAN|KFENCE|refcount_t'
	# Reports of slab_debug, KASAN, kmemleak and lockdep that these words do not match.
	bad+='|(Redzone|Poison|padding) overwritten|BUG [^ ]+ \(|pagealloc: |KASAN'
	bad+='|kmemleak: .*new suspected|INFO: trying to register|lockdep is turned off'
	bad+='|unregister_netdevice: waiting'
	{ cat "$run/kernel.log" "$run/console.log" 2>/dev/null || true; } | tr -d '\r' |
		no_foreign_races | sed -e '/\] RETBleed: WARNING: Spectre v2 mitigation leaves CPU/d' \
		-e '/\] Speculative Return Stack Overflow: WARNING: See /d' |
		sed -n -E "/$bad/{s/^\[ *[0-9.]+\] *//;p}" | sed -n 1p
}

# Removes the titles of KCSAN's reports that do not involve our modules, because the kernel has
# races of its own; other messages in between stay. A report ends in a line of "=". One race below
# our code, while a packet is sent and its device goes down, is excluded by its title. A stack
# starts with the racing function: the functions after an interrupt's entry were only interrupted,
# up to the line without words that ends the stack.
no_foreign_races() {
	awk -v theirs=' __dev_queue_xmit / dev_deactivate_many$' '
		/BUG: KCSAN: / { interrupted = 0; title = $0 ~ theirs ? "" : $0 }
		/^(\[ *[0-9.]+\] *)?$/ { interrupted = 0 }
		/ asm_(sysvec_[a-z0-9_]+|common_interrupt)\+/ { interrupted = 1 }
		title != "" && !interrupted && /\[(xt_TARPIT|nf_conntrack_tarpit|injected_bugs)\]/ {
			print title
			title = ""
		}
		/==========$/ { title = "" }
		!/BUG: KCSAN: / { print }'
}
