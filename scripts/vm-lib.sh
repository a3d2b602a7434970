# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# vm-lib.sh - packing what goes into the guest, and booting it. Sourced by scripts/vm, whose
# variables it uses: $run $disk $kernel $smp $memory $timeout $append $qemu $icount $script $files.
# shellcheck disable=SC2154

# pack: the initramfs of this run is the cached one, followed by our own archive.
pack() {
	local stage=$run/stage/payload file
	mkdir -p "$stage/xt"
	cp "$top/scripts/guest/main" "$stage/main"
	{
		printf 'script=%q\n' "$script"
		printf 'arguments=(%s)\n' "$([ ${#arguments[@]} = 0 ] || printf '%q ' "${arguments[@]}")"
	} >"$stage/settings"
	for file in "${files[@]}"; do
		[ -e "$file" ] || die "there is no file $file"
		cp -RL "$file" "$stage/xt/"
	done
	[ -n "$bare" ] || pack_built "$stage"
	archive "$run/stage" >"$run/payload.cpio"
	cat "$disk/initrd.cpio" "$run/payload.cpio" >"$run/initrd"
	rm -rf "$run/stage" "$run/payload.cpio"
}

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
	local arguments size
	size=$(stat -Lc %s "$disk/disk.img")
	mapfile -t arguments < <(machine "$size"; ports)
	arguments+=("${qemu[@]}")
	: >"$run/verdict"
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
	rm -f "$run/initrd"
	[ "$boot_status" = 0 ] || [ ! -s "$run/qemu.log" ] || sed 's/^/  | /' "$run/qemu.log" >&2
}

command_line() {
	local line="console=ttyS0 loglevel=5 panic=-1 oops=panic panic_on_warn=1 log_buf_len=4M"
	# On a busy host the test of the timer fails now and then, though the timer works.
	line="$line no_timer_check"
	if [ -n "$icount" ]; then
		line="$line nokaslr norandmaps random.trust_cpu=off"
	else
		# A host that is slow is no stall of the guest's.
		line="$line watchdog_thresh=60 rcupdate.rcu_cpu_stall_timeout=300"
	fi
	echo "$line$append${XT_TARPIT_APPEND:+ $XT_TARPIT_APPEND}"
}

# machine BYTES: q35, never microvm, which now and then hangs while it calibrates its clock.
machine() {
	printf '%s\n' -M q35,nvdimm=on -nodefaults -no-reboot -display none \
		-m "${memory}M,slots=1,maxmem=$((memory + 4096))M" -smp "$smp" -kernel "$kernel" \
		-initrd "$run/initrd" \
		-object "memory-backend-file,id=disk,mem-path=$disk/disk.img,size=$1,share=off" \
		-device nvdimm,memdev=disk
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
	local bad='WARNING: |BUG: |BUG at|Oops|Kernel panic|rcu.*(stall|starved)|soft lockup'
	bad+='|blocked for more than|general protection fault|UBSAN|KFENCE|refcount_t'
	# What slab_debug, KASAN, kmemleak, lockdep and reference trackers say in other words.
	bad+='|(Redzone|Poison|padding) overwritten|BUG [^ ]+ \(|pagealloc: |KASAN'
	bad+='|kmemleak: .*leak|INFO: trying to register|lockdep is turned off'
	bad+='|ref_tracker: .* has |unregister_netdevice: waiting'
	cat "$run/kernel.log" "$run/console.log" 2>/dev/null | tr -d '\r' |
		sed -n -E "/$bad/{s/^\[ *[0-9.]+\] *//;p}" | sed -n 1p
}
