# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# lib.sh - the functions of tests/packages: a Debian root that keeps its state between steps,
# virtual machines that boot the installed system, and claims. Sourced after scripts/lib/common.sh.
# shellcheck disable=SC2154,SC2034

work=$out/packages/$suite-$flavour
log=$work/log
good=0 bad=0
ours=xt-tarpit/$(sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' "$top/dkms.conf") # as DKMS knows it

step() { printf '\n# == %s\n' "$*" | tee -a "$log"; }
ok() { good=$((good + 1)); echo "ok - $*" | tee -a "$log"; }
fail() { bad=$((bad + 1)); echo "not ok - $*" | tee -a "$log"; }

# claim TEXT COMMAND...
claim() {
	local text=$1
	shift
	if "$@" >>"$log" 2>&1; then ok "$text"; else fail "$text"; fi
}

# must TEXT COMMAND...: a claim whose failure ends the scenario.
must() {
	local before=$bad
	claim "$@"
	[ "$bad" = "$before" ] || { tail -n 20 "$log" | sed 's/^/#  | /'; die "the log is $log"; }
}

# cost TEXT COMMAND...: runs the command and prints its CPU time, which is that of our children, so
# it does not work in a subshell. Calls may be nested.
cost() {
	local text=$1 before=$work/before.${#FUNCNAME[@]}
	shift
	times >"$before"
	"$@"
	times >"$work/after"
	awk -v text="$text" '
		FNR == 2 { gsub(/[ms]/, " "); seconds = $1 * 60 + $2 + $3 * 60 + $4 - seconds }
		END { printf "# %s: %.0f s of the processors'\'' time\n", text, seconds }' \
		"$before" "$work/after" | tee -a "$log"
}

# new_root: starts again with a root without this project.
new_root() {
	rm -rf "$work/root"
	mkdir -p "$work/root"
	inside sh -c 'apt-get -q update' >>"$log" 2>&1 || die "the mirror cannot be reached; see $log"
}

# root_with_module: the same with the kernel; /ready has the package of the module for it. Sets
# $release.
root_with_module() {
	new_root
	release=$(version release)
	must "make deb-modules makes the module's package" "$top/scripts/deb-modules" "$work/ready"
	mkdir -p "$work/root/upper/ready"
	cp "$work"/ready/*.deb "$work/root/upper/ready"
	must "the kernel is installed" install -t "$suite" "linux-image-$release"
}

# no_service_starts: installed services would act on this machine's kernel.
no_service_starts() {
	must "no service is started" inside sh -c \
		'printf "#!/bin/sh\nexit 101\n" >/usr/sbin/policy-rc.d && chmod +x /usr/sbin/policy-rc.d'
}

# inside COMMAND...: runs it in the root. Its output goes to the log and to $work/said.
inside() {
	local status=0
	printf '# %s\n' "$*" >>"$log"
	"$top/scripts/images/deb-root" clean-root --keep "$work/root" --ro "$work/new:/deb" \
		--ro "$work/old:/old-deb" --ro "$top/debian/tests:/tests" -- "$@" >"$work/said" 2>&1 ||
		status=$?
	sed 's/.*\r//' "$work/said"
	return "$status"
}

install() { inside apt-get -q install -y "$@"; }

# install_ours DIRECTORY: installs our packages as apt does by default, with recommended packages.
install_ours() {
	inside sh -c "apt-get -q -o APT::Install-Recommends=true install -y \
		$1/xt-tarpit-dkms_*.deb $1/xt-tarpit_*.deb"
}

# said PATTERN: whether the last command's output matches.
said() { grep -qE -- "$1" "$work/said"; }
unsaid() { ! said "$1"; }

# sentence_once PATTERN: the sentence is printed once.
sentence_once() { [ "$(grep -cE -- "$1" "$work/said")" = 1 ]; }

# boot KERNEL SCRIPT [APPEND]: boots the installed kernel with its own initramfs from the root's
# disk.
boot() {
	machine "$1" "$2" -kernel "$work/root/upper/boot/vmlinuz-$1" \
		-initrd "$work/root/upper/boot/initrd.img-$1" -append "$(command_line "${3:-}")"
}

command_line() {
	echo "console=ttyS0 loglevel=4 panic=-1 no_timer_check watchdog_thresh=60" \
		"rcupdate.rcu_cpu_stall_timeout=300 root=/dev/vda rw init=/bin/bash $1 -- /dev/vdb"
}

# machine KERNEL SCRIPT ARGUMENT...: runs QEMU with these arguments for booting. The root is
# /dev/vda, the script /dev/vdb, and a file system with the new packages /dev/vdc.
machine() {
	local kernel=$1 script=$2 console=$work/console-${2##*/}.log line
	shift 2
	"$top/scripts/images/deb-root" clean-root --keep "$work/root" \
		--image "$work/disk.img" >>"$log" 2>&1
	payload "$top/tests/packages/guest/$script" >"$work/payload"
	mke2fs -q -F -t ext4 -O ^has_journal -d "$work/new" "$work/debs.img" 16M >>"$log" 2>&1
	rm -f "$console"
	timeout -k 5 "${boot_timeout:-2400}" qemu-system-x86_64 -M q35 -nodefaults -no-reboot \
		-display none -m 1536 -smp 1 -accel tcg,thread=single -cpu max "$@" \
		-drive "file=$work/disk.img,if=virtio,format=raw,snapshot=on" \
		-drive "file=$work/payload,if=virtio,format=raw,readonly=on" \
		-drive "file=$work/debs.img,if=virtio,format=raw,readonly=on" \
		-serial "file:$console" >>"$log" 2>&1 </dev/null || true
	rm -f "$work/disk.img" "$work/debs.img"
	tr -d '\r' <"$console" >>"$log"
	while read -r line; do
		case "$line" in ok\ *) ok "${line#ok - }" ;; *) fail "${line#not ok - }" ;; esac
	done < <(tr -d '\r' <"$console" | sed -n 's/^CLAIM //p')
	claim "the machine with $kernel ended, and its kernel reported no fault" \
		sound "$console"
}

sound() {
	grep -q '^VERDICT 0' "$1" &&
		! grep -E 'WARNING: |BUG: |Oops|Kernel panic|general protection|UBSAN' "$1"
}

# payload SCRIPT: makes a disk that bash reads as its script; blanks fill its last block.
payload() {
	local text
	text=$(cat "$top/tests/packages/guest/prelude" "$1" && echo exit)
	printf '%s\n%*s' "$text" $((511 - ${#text} % 512)) ''
}

# kernels FLAVOUR: the releases of that flavour in the suite, oldest first. The root's apt may know
# those of backports, too.
kernels() {
	local name names release
	mapfile -t names < <(inside apt-cache search --names-only "^linux-headers-[0-9].*-$1\$" |
		sed 's/ .*//' | sort -V)
	for name in "${names[@]}"; do
		release=${name#linux-headers-}
		[[ $release =~ -$1$ && ! ${release%"-$1"} =~ -[a-z] ]] || continue
		inside apt-cache madison "$name" >/dev/null
		! said "[ /]$suite(/| )" || echo "$release"
	done
}

# ship RELEASE: adds the kernel's Rust metadata to its headers, as Ubuntu, Fedora and Arch ship it.
# scripts/kernels/ktree has made it.
ship() {
	local tree
	tree=$("$top/scripts/get" ktree)
	"$top/scripts/images/deb-root" clean-root --keep "$work/root" --ro "$tree:/ktree" -- sh -c "
		set -e; cd /usr/src/linux-headers-$1
		mkdir rust && cp /ktree/rust/*.rmeta /ktree/rust/*.so rust
		cp -aL scripts own && rm scripts && mv own scripts && cp /ktree/scripts/target.json scripts"
}

# follow_doctor RELEASE: runs the doctor's commands until it reports no fault or no command.
follow_doctor() {
	local command round
	for round in 1 2 3 4; do
		! inside xt-tarpit-doctor "$1" || return 0
		command=$(sed -n 's/^    //p' "$work/said" | sed -n 1p)
		[ -n "$command" ] || return 1
		echo "round $round: $command"
		inside sh -c "yes | { $command; }" || return 1
	done
	return 1
}

# since PACKAGE VERSION: whether the root has this version of the package, or a newer one.
since() {
	# shellcheck disable=SC2016 # dpkg-query's own.
	inside dpkg --compare-versions "$(inside dpkg-query -W -f '${Version}' "$1")" ge "$2"
}

refuses() { ! "$@"; }

# healthy_skip PATTERN: the last command printed the sentence once, and DKMS skipped the kernel.
healthy_skip() {
	sentence_once "xt_TARPIT: $1" && said 'skipped|BUILD_EXCLUSIVE|77' &&
		inside sh -c 'dpkg --audit && apt-get check'
}

# skips COMMAND...: it exits with DKMS' status for a skipped kernel; that of DKMS 2 is 9.
skips() {
	local status=0
	inside "$@" || status=$?
	[ "$status" = 77 ] || [ "$status" = 9 ]
}
