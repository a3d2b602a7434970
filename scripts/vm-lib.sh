# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# vm-lib.sh - packing what goes into the guest, and booting it. Sourced by scripts/vm, whose
# variables it uses: $run $disk $kernel $smp $memory $timeout $append $qemu $icount $script $files;
# and by scripts/items/snapshot, which makes a machine too.
# shellcheck disable=SC2154

payload_mb=256

# pack: what the guest finds in /run, as an archive in a persistent memory of a fixed size.
pack() {
	local stage=$run/stage file
	mkdir -p "$stage/xt" "$stage/xt-guest"
	cp "$top/scripts/guest/main" "$stage/xt-guest"
	{
		printf 'script=%q\n' "$script"
		printf 'arguments=(%s)\n' "$([ ${#arguments[@]} = 0 ] || printf '%q ' "${arguments[@]}")"
	} >"$stage/xt-guest/settings"
	for file in "${files[@]}"; do
		[ -e "$file" ] || die "there is no file $file"
		cp -RL "$file" "$stage/xt/"
	done
	[ -n "$bare" ] || pack_built "$stage/xt-guest"
	archive "$stage" >"$run/payload"
	[ "$(stat -c %s "$run/payload")" -lt $((payload_mb << 20)) ] ||
		die "what shall go into the guest has more than $payload_mb MB; send less"
	truncate -s "${payload_mb}M" "$run/payload"
	rm -rf "$stage"
}

# more_for_debug MB: what a debug kernel needs instead, for it keeps books about each byte.
more_for_debug() { case "$flavour" in debug-*) echo $(($1 * 3 / 2)) ;; *) echo "$1" ;; esac; }
usual_memory=$(more_for_debug 1024)

# archive DIR: the same bytes for the same files, or deterministic runs would not be.
archive() {
	(
		cd "$1"
		find . -exec touch -h -d 2026-01-01T00:00:00Z {} +
		find . -print0 | LC_ALL=C sort -z | cpio --quiet --reproducible -0 -o -H newc -R 0:0
	)
}

pack_built() {
	local from
	from=$out/$(version release)
	[ -f "$from/xt_TARPIT.ko" ] || die "no module is built yet; run scripts/build, or give --bare"
	mkdir "$1/modules"
	cp "$from/xt_TARPIT.ko" "$from"/modules/modules.* "$1/modules"
	[ ! -f "$out/libxt_TARPIT.so" ] || cp "$out/libxt_TARPIT.so" "$1"
}

boot() {
	local arguments snapshot
	mapfile -t arguments < <(machine; ports)
	arguments+=("${qemu[@]}")
	: >"$run/verdict"
	if can_resume; then resume; fi
	set +e
	if [ "$script" = - ]; then
		qemu-system-x86_64 "${arguments[@]}" -append "$(command_line)" -serial mon:stdio
		boot_status=$?
		: >"$run/console.log"
	else
		setpriv --pdeathsig TERM timeout --foreground -k 5 "$timeout" qemu-system-x86_64 \
			"${arguments[@]}" -append "$(command_line)" -serial "file:$run/console.log" \
			</dev/null 2>"$run/qemu.log" | tee "$run/output.log"
		boot_status=${PIPESTATUS[0]}
	fi
	set -e
	rm -f "$run/payload" "$run"/monitor.*
	[ "$boot_status" = 0 ] || [ ! -s "$run/qemu.log" ] || sed 's/^/  | /' "$run/qemu.log" >&2
}

# A machine in virtual time that nobody gave a device or a word of its own goes on from a snapshot:
# to boot takes twelve seconds of real time, most of what a short script needs.
can_resume() {
	[ -n "$icount" ] && [ "$script" != - ] && [ ${#qemu[@]} = 0 ] &&
		[ "$memory" = "$usual_memory" ] && [ -z "$append${XT_TARPIT_APPEND:-}" ]
}

get_snapshot() { boot_from=$boot_from smp=$smp get snapshot; }

resume() {
	snapshot=$(get_snapshot)
	mkfifo "$run/monitor.in" "$run/monitor.out"
	exec 8<>"$run/monitor.in"
	arguments+=(-incoming defer -chardev "pipe,id=monitor,path=$run/monitor" -mon monitor)
	printf '%s\n' "$keep_shared" "migrate_incoming \"exec:cat $snapshot/state\"" >&8
}

# The archive is the host's file, and no part of a snapshot.
keep_shared='migrate_set_capability x-ignore-shared on'

command_line() {
	local line="console=ttyS0 loglevel=5 panic=-1 oops=panic panic_on_warn=1 log_buf_len=4M"
	# On a busy host the test of the timer fails now and then, though the timer works.
	line="$line no_timer_check"
	if [ -n "$icount" ]; then
		line="$line nokaslr norandmaps random.trust_cpu=off tsc=nowatchdog"
	else
		# A host that is slow is no stall of the guest's.
		line="$line watchdog_thresh=60 rcupdate.rcu_cpu_stall_timeout=300"
	fi
	case "$flavour" in debug-*) line="$line page_poison=1 printk.devkmsg=on kmemleak=off" ;; esac
	echo "$line$append${XT_TARPIT_APPEND:+ $XT_TARPIT_APPEND}"
}

# machine: q35, never microvm, which now and then hangs while it calibrates its clock.
machine() {
	printf '%s\n' -M q35,nvdimm=on -nodefaults -no-reboot -display none \
		-m "${memory}M,slots=2,maxmem=$((memory + 4096))M" -smp "$smp" -kernel "$kernel" \
		-initrd "$disk/initrd.cpio"
	persistent disk "$disk/disk.img" "$(($(stat -Lc %s "$disk/disk.img") >> 20))" off
	persistent payload "$run/payload" "$payload_mb" on
	if [ -n "$icount" ]; then
		printf '%s\n' -accel tcg -icount shift=0,sleep=off \
			-rtc base=2026-01-01T00:00:00,clock=vm -cpu max,-rdrand,-rdseed -seed 1
	elif usable_kvm; then
		printf '%s\n' -accel kvm -cpu host
	else
		# One thread: with more, a processor may run into code that another is patching.
		printf '%s\n' -accel tcg,thread=single -cpu max
	fi
}

# persistent NAME FILE MEGABYTES on|off: a file as memory; with off, what is written is lost.
persistent() {
	printf '%s\n' -object "memory-backend-file,id=$1,mem-path=$2,size=$3M,share=$4" \
		-device "nvdimm,memdev=$1"
}

# Four ports to the host. Without ioeventfd a write is done when the guest's instruction is,
# so that the host's timing has no part in it.
ports() {
	printf '%s\n' -device virtio-serial-pci,ioeventfd=off \
		-chardev file,id=output,path=/dev/fd/1,append=on -device virtserialport,nr=1,chardev=output
	local name nr=2
	for name in verdict files.tar kernel.log; do
		printf '%s\n' -chardev "file,id=port$nr,path=$run/$name" \
			-device "virtserialport,nr=$nr,chardev=port$nr"
		nr=$((nr + 1))
	done
}

# /dev/kvm may be there and not work: only a trial boot tells, once for each machine.
usable_kvm() {
	[ -w /dev/kvm ] || return 1
	local known
	known=$cache/kvm-$(cat /etc/machine-id 2>/dev/null || hostname)
	[ -s "$known" ] || try_kvm >"$known"
	[ "$(cat "$known")" = yes ]
}

try_kvm() {
	say "trying whether /dev/kvm works"
	local line
	line="console=ttyS0 panic=-1 root=/dev/none"
	if timeout -k 1 15 qemu-system-x86_64 -M q35 -nodefaults -no-reboot -display none -m 512 \
		-accel kvm -cpu host -kernel "$kernel" -append "$line" -serial stdio 2>/dev/null \
		</dev/null | grep -c 'Unable to mount root' >/dev/null; then
		echo yes
	else
		echo no
	fi
}

# The first line of the kernel log that no run may have, or nothing.
kernel_fault() {
	local bad='WARNING: |BUG: |BUG at|Oops|Kernel panic|soft lockup'
	bad+='|(rcu: |INFO: rcu).*(stall|starved)'
	bad+='|blocked for more than|general protection fault|UBSAN|KFENCE|refcount_t'
	# What slab_debug, KASAN, kmemleak, lockdep and reference trackers say in other words.
	bad+='|(Redzone|Poison|padding) overwritten|BUG [^ ]+ \(|pagealloc: |KASAN'
	bad+='|kmemleak: .*new suspected|INFO: trying to register|lockdep is turned off'
	bad+='|ref_tracker: .* has |unregister_netdevice: waiting'
	cat "$run/kernel.log" "$run/console.log" 2>/dev/null | tr -d '\r' |
		sed -n -E "/$bad/{s/^\[ *[0-9.]+\] *//;p}" | sed -n 1p
}
