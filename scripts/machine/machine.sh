# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# machine.sh - the arguments of QEMU and of the kernel. Sourced by scripts/vm and by the recipe
# snapshot, whose variables it uses: $run $disk $kernel $smp $memory $append $icount $lean, and
# $image, the file with the disk; scripts/vm also has $parallel. With $share off, what the guest
# writes to the disk is lost. A change of this file makes a new snapshot.
# shellcheck disable=SC2034,SC2154

payload_mb=256

# What differs between architectures. A machine of arm64 has NVDIMMs only with firmware. Its
# signatures of pointers are QEMU's own ones, because the architecture's are slow to emulate.
firmware=()
case "$arch" in
amd64)
	emulator=qemu-system-x86_64 console=ttyS0 board=q35 cpu=max,-rdrand,-rdseed
	machine_tools=("$emulator:qemu-system-x86")
	;;
arm64)
	emulator=qemu-system-aarch64 console=ttyAMA0 board=virt cpu=max,pauth-impdef=on
	firmware=(-bios /usr/share/qemu-efi-aarch64/QEMU_EFI.fd)
	machine_tools=("$emulator:qemu-system-arm" "${firmware[1]}:qemu-efi-aarch64")
	;;
esac

# What the host shares is not part of a snapshot: the archive, and the disk when a snapshot is made.
keep_shared='migrate_set_capability x-ignore-shared on'

# more_for_debug MB: the memory that a debug kernel needs, which tracks each byte.
more_for_debug() { case "$flavour" in debug-*) echo $(($1 * 3 / 2)) ;; *) echo "$1" ;; esac; }
usual_memory=$(more_for_debug 1024)

# With $lean, the processor lacks a feature that is slow in an emulator and changes no result: with
# ERMS the kernel clears and copies memory byte by byte, and each byte counts as an instruction.
lean_cpu() { [ "$arch" != amd64 ] || echo "${lean:+,-erms}"; }

# machine: q35 on amd64, because microvm sometimes hangs while it calibrates its clock.
machine() {
	printf '%s\n' -M "$board,nvdimm=on" "${firmware[@]}" -nodefaults -no-reboot -display none \
		-m "${memory}M,slots=2,maxmem=$((memory + 4096))M" -smp "$smp" -kernel "$kernel" \
		-initrd "$disk/initrd.cpio"
	persistent disk "$image" "$(($(stat -Lc %s "$image") >> 20))" "$share"
	persistent payload "$run/payload" "$payload_mb" on
	if [ -n "$icount" ]; then
		printf '%s\n' -accel tcg -icount shift=0,sleep=off \
			-rtc base=2026-01-01T00:00:00,clock=vm -cpu "$cpu$(lean_cpu)" -seed 1
	elif usable_kvm; then
		printf '%s\n' -accel kvm -cpu host
	else
		# One thread for all processors, except in measurements: with more, a processor may run into
		# code that another is patching.
		printf '%s\n' -accel "tcg,thread=${parallel:-single}" -cpu "${cpu%%,-*}"
	fi
}

# persistent NAME FILE MEGABYTES on|off: a file as memory; with off, writes are lost.
persistent() {
	printf '%s\n' -object "memory-backend-file,id=$1,mem-path=$2,size=$3M,share=$4" \
		-device "nvdimm,memdev=$1"
}

# Four ports to the host. Without ioeventfd a write is complete when the guest's instruction is, so
# the host's timing does not matter.
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

command_line() {
	local line="console=$console loglevel=5 panic=-1 oops=panic panic_on_warn=1 log_buf_len=4M"
	# A meter of leaks needs caches that share no name (scripts/machine/guest/meter).
	line="$line slab_nomerge"
	# On a busy host the test of the timer sometimes fails, although the timer works.
	line="$line no_timer_check"
	if [ -n "$icount" ]; then
		line="$line nokaslr norandmaps random.trust_cpu=off tsc=nowatchdog"
	else
		# A slow host must not count as a stall of the guest.
		line="$line watchdog_thresh=60 rcupdate.rcu_cpu_stall_timeout=300"
	fi
	case "$flavour$append ${XT_TARPIT_APPEND:-}" in
	# Races of the kernel itself are ignored: see kernel_fault.
	debug-kcsan*) line=${line/ panic_on_warn=1/} ;;
	# The whole report of a leak must reach the log; the search for leaks doubles the run time.
	debug-*kmemleak=on*) line="$line page_poison=1 printk.devkmsg=on" ;;
	debug-*) line="$line page_poison=1 printk.devkmsg=on kmemleak=off" ;;
	esac
	echo "$line$append${XT_TARPIT_APPEND:+ $XT_TARPIT_APPEND}"
}

# /dev/kvm may exist and not work: a trial boot finds out, once for each machine.
usable_kvm() {
	[ -w /dev/kvm ] && [ "$arch" = amd64 ] || return 1
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
