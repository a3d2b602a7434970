# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# fit.sh - find out whether the module can be built for a kernel, and which command helps if not.
# Sourced by dkms-module and doctor. It is part of the package, so it uses no other script.
#
# After sourcing:  unfit RELEASE HEADERS
#   prints nothing if the module can be built for that kernel; else one sentence that says why
#   not, and on a second line the command that helps, if there is one.
#   HEADERS is the build directory of the kernel, /lib/modules/RELEASE/build.

refusals=${XT_TARPIT_REFUSALS:-/var/cache/xt-tarpit}
system_bin=/usr/bin
oldest=5.10 # src/compat supports this kernel and newer ones
oldest_rustc=78 # 1.78
options='CONFIG_NETFILTER_XTABLES CONFIG_IPV6'

unfit() {
	release=$1 headers=$2
	without_headers || too_old || of_32_bits || without_options || refused_before ||
		without_rustc || without_compiler || without_binutils || true
}

# forget_old_kernels: deletes the files of kernels whose headers are gone.
forget_old_kernels() {
	local file name
	for file in "$refusals"/*.refused; do
		name=${file##*/}
		[ ! -e "$file" ] || [ -e "/lib/modules/${name%.refused}/build" ] || rm -f "$file"
	done
}

# Each of these prints what is wrong and succeeds, or prints nothing and fails.

without_headers() {
	[ ! -f "$headers/.config" ] || return 1
	echo "The kernel $release has no build directory $headers, so nothing can be built for it."
	help_with "apt install linux-headers-$release"
}

too_old() {
	! version_at_least "${release%%[^0-9.]*}" "$oldest" || return 1
	echo "The kernel $release is older than $oldest, and xt_TARPIT needs $oldest or newer."
	other_kernel
}

of_32_bits() {
	! grep -qx CONFIG_64BIT=y "$headers/.config" || return 1
	echo "The kernel $release is a 32-bit one, and xt_TARPIT needs a 64-bit kernel."
}

without_options() {
	local option
	for option in $options; do
		grep -q "^$option=[ym]" "$headers/.config" && continue
		echo "The kernel $release is built without $option, which xt_TARPIT needs."
		return 0
	done
	return 1
}

# refused_before: repeats the reason of the last build, if the kernel and the tools are the same.
refused_before() {
	local file=$refusals/$release.refused
	[ -f "$file" ] && [ "$(sed -n 1p "$file")" = "$(fingerprint)" ] || return 1
	sed 1d "$file"
	help_with "rm $file && dkms autoinstall -k $release"
}

# without_rustc: the build uses the first rustc in PATH, which may not be the distribution's.
without_rustc() {
	local found usual=$system_bin/rustc
	! is_new_enough rustc || return 1
	found=$(command -v rustc || true)
	if [ "$usual" -ef "$found" ] || [ ! -x "$usual" ]; then usual=''; fi
	echo "xt_TARPIT needs rustc 1.$oldest_rustc or newer, but $(told_of "$found" rustc)$(
		if [ -z "$usual" ]; then echo .
		elif is_new_enough "$usual"; then echo "; $usual is new enough."
		else echo ", and $(told_of "$usual")."; fi)"
	if [ -n "$usual" ] && is_new_enough "$usual"; then
		help_with "PATH=$system_bin:\$PATH dkms autoinstall -k $release"
	else
		newer_rustc
	fi
}

# without_compiler: modules are built by the C compiler that built the kernel, found by its name.
without_compiler() {
	local tool tools
	tools=$(config CC_VERSION_TEXT)
	tools=${tools%% *}
	! grep -qx CONFIG_CC_IS_CLANG=y "$headers/.config" || tools='clang ld.lld llvm-nm'
	for tool in ${tools:=gcc}; do
		! command -v "$tool" >/dev/null || continue
		echo "The kernel $release was built with ${tools%% *}, and $tool is missing."
		case "$tool" in
		*gcc*) help_with "apt install ${tool#*-linux-gnu-}" ;;
		*) help_with "apt install clang lld llvm" ;;
		esac
		return 0
	done
	return 1
}

without_binutils() {
	! command -v objdump >/dev/null || return 1
	echo "To check what is built for the kernel $release, objdump is missing."
	help_with "apt install binutils"
}

# Helpers of the checks above.

config() { sed -n "s/^CONFIG_$1=\"\\{0,1\\}\\([^\"]*\\)\"\\{0,1\\}\$/\\1/p" "$headers/.config"; }
help_with() { [ ! -f /etc/debian_version ] || echo "$*"; }
installed() { dpkg-query -W -f '${Version}' "$1" 2>/dev/null || true; }
version_at_least() { [ "$(printf '%s\n' "$1" "$2" | sort -V | sed -n 1p)" = "$2" ]; }
version_text() { { LC_ALL=C "$1" --version 2>/dev/null || true; } | sed -n 1p; }

is_new_enough() {
	local minor
	minor=$(version_text "$1" | sed -nE 's/^rustc 1\.([0-9]+)\..*/\1/p')
	[ "${minor:-0}" -ge "$oldest_rustc" ]
}

# told_of PATH [COMMAND]: describes the tool at PATH; if PATH is empty, says that COMMAND is
# missing.
told_of() {
	local have
	[ -n "$1" ] || { echo "$2 is missing"; return 0; }
	have=$(version_text "$1")
	if [ -n "$have" ]; then echo "$1 is \"$have\""; else echo "$1 does not tell its version"; fi
}

# fingerprint: identifies the kernel and the tools; if it changes, the build is tried again.
fingerprint() {
	{
		cat "$headers/.config"
		for tool in rustc gcc clang; do "$tool" --version 2>/dev/null || true; done
	} | sha256sum
}

# newer_rustc: the package whose rustc is new enough.
newer_rustc() {
	local package
	[ -f /etc/debian_version ] || return 0
	for package in rustc rustc-web; do
		version_at_least "$(apt-cache madison "$package" 2>/dev/null |
			awk '{ print $3; exit }')" "1.$oldest_rustc" || continue
		echo "apt install $package"
		return 0
	done
}

# other_kernel: the newest kernel of this flavour that apt knows, if it is new enough.
other_kernel() {
	[ -f /etc/debian_version ] || return 0
	local flavour version suite
	flavour=$(sed 's/^[^-]*-//; s/^[0-9]*-//' <<<"$release")
	read -r version suite < <(apt-cache madison "linux-headers-$flavour" 2>/dev/null |
		awk '{ sub("/.*", "", $6); print $3, $6 }' | sort -rV | sed -n 1p) || true
	! version_at_least "${version:-0}" "$oldest" ||
		echo "apt install -t $suite linux-image-$flavour linux-headers-$flavour"
}
