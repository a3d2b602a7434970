# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# fit.sh - does our module fit a kernel, and what mends it where it does not. Sourced by
# dkms-module and doctor; it needs nothing of the workshop, for DKMS takes it along.
#
# After sourcing:  unfit RELEASE HEADERS
#   prints nothing if a module can be built for that kernel; else one sentence that says why
#   not, and on a second line the command that mends it, where there is one.
#   HEADERS is the build directory of the kernel, /lib/modules/RELEASE/build.

metadata_cache=${XT_TARPIT_METADATA:-/var/cache/xt-tarpit}
system_bin=/usr/bin
oldest=7.2 # the kernel's Rust interfaces that src/net uses are there since
options='CONFIG_NETFILTER_XTABLES CONFIG_IPV6'

unfit() {
	release=$1 headers=$2
	without_headers || too_old || without_options || refused_before ||
		other_tools || without_metadata || true
}

# forget_old_kernels: what is kept for kernels whose headers are gone.
forget_old_kernels() {
	local dir name
	for dir in "$metadata_cache"/*; do
		name=${dir##*/}
		name=${name%.refused}
		[ ! -e "$dir" ] || [ -e "/lib/modules/${name%.log}/build" ] || rm -rf "$dir"
	done
}

# Each of these says what is wrong and succeeds, or is silent and fails.

without_headers() {
	[ ! -f "$headers/.config" ] || return 1
	echo "The kernel $release has no build directory $headers, so nothing can be built for it."
	mend "apt install linux-headers-$release"
}

too_old() {
	! version_at_least "${release%%[^0-9.]*}" "$oldest" || return 1
	echo "The kernel $release is older than $oldest, and xt_TARPIT needs $oldest or newer."
	other_kernel
}

without_options() {
	local option
	for option in CONFIG_RUST $options; do
		grep -q "^$option=[ym]" "$headers/.config" && continue
		echo "The kernel $release is built without $option, which xt_TARPIT needs."
		other_kernel
		return 0
	done
	return 1
}

# What was found while building, the last time, for the very same kernel and tools.
refused_before() {
	local file=$metadata_cache/$release.refused
	[ -f "$file" ] && [ "$(sed -n 1p "$file")" = "$(fingerprint)" ] || return 1
	sed 1d "$file"
	mend "rm $file && dkms autoinstall -k $release"
}

other_tools() {
	other_tool "${RUSTC:-rustc}" RUSTC_VERSION_TEXT rustc rust-src libstd-rust-dev && return
	! has_metadata "$headers" || return 1
	other_tool "${BINDGEN:-bindgen}" BINDGEN_VERSION_TEXT bindgen && return
	local cc
	cc=$(config CC_VERSION_TEXT)
	cc=${cc%% *}
	other_tool "$cc" CC_VERSION_TEXT "${cc#*-linux-gnu*-}"
}

# other_tool COMMAND OPTION PACKAGE...: is it another than the one that built the kernel? The
# revision of its package is not asked for: as for gcc, where the text has it. The first one in
# PATH is used, which may be another than Debian's: rustup's or cargo's, say.
other_tool() {
	local found usual want number
	want=$(config "$2")
	! is_version "$1" "$want" || return 1
	found=$(command -v "$1" || true)
	usual=$system_bin/${1##*/}
	if [ "$usual" -ef "$found" ] || [ ! -x "$usual" ]; then usual=''; fi
	echo "The kernel $release was built with \"$want\", but $(told_of "$found" "$1")$(
		if [ -z "$usual" ]; then echo .
		elif is_version "$usual" "$want"; then echo "; $usual is the right one."
		else echo ", and $(told_of "$usual")."; fi)"
	if [ -n "$usual" ] && is_version "$usual" "$want"; then
		mend "PATH=$system_bin:\$PATH dkms autoinstall -k $release"
		return 0
	fi
	number=$(grep -oE '[0-9]+\.[0-9]+\.[0-9]+' <<<"$want" | sed -n 1p)
	shift 2
	mend_version "$number" "$@"
}

version_text() { { LC_ALL=C "$1" --version 2>/dev/null || true; } | sed -n 1p; }
is_version() { [ "$(version_text "$1" | no_revision)" = "$(no_revision <<<"$2")" ]; }

# told_of PATH [COMMAND]: what the tool there says of itself; COMMAND is missing if PATH is empty.
told_of() {
	local have
	[ -n "$1" ] || { echo "$2 is missing"; return 0; }
	have=$(version_text "$1")
	if [ -n "$have" ]; then echo "$1 is \"$have\""; else echo "$1 does not tell its version"; fi
}

without_metadata() {
	! has_metadata "$headers" || return 1
	[ ! -f "$metadata_cache/$release/.rust-metadata" ] || return 1
	local package version
	package=linux-source-$(expr "$release" : '\([0-9]*\.[0-9]*\)')
	version=$(headers_version)
	if [ "$(installed "$package")" != "$version" ] || ! source_tarball >/dev/null; then
		printf '%s %s\n' "The headers of the kernel $release lack its Rust metadata, and the" \
			"source to rebuild it from is missing: $package in version ${version:-of the kernel}."
		mend "apt install $package${version:+=$version}"
		return 0
	fi
	without_library libelf.h libelf-dev libelf1t64 ||
		without_library openssl/evp.h libssl-dev libssl3t64 || without_space
}

# without_library HEADER PACKAGE LIBRARY: the two have to be of one version, which is not the
# one that apt takes by itself if the library has come along with a kernel of a backports suite.
without_library() {
	local version file
	for file in "/usr/include/$1" "/usr/include"/*-linux-gnu*/"$1"; do
		[ ! -f "$file" ] || return 1
	done
	echo "To rebuild the Rust metadata of the kernel $release, $2 is missing."
	version=$(installed "$3")
	mend "apt install $2${version:+=$version}"
}

without_space() {
	local free
	free=$(df --output=avail -BM "$(dirname "$metadata_cache")" | tail -n 1 | tr -dc 0-9)
	[ "$free" -lt 3000 ] || return 1
	echo "Rebuilding the Rust metadata of $release needs 3000 MB below" \
		"$(dirname "$metadata_cache"), and $free MB are free."
}

# What the sentences are made from.

config() { sed -n "s/^CONFIG_$1=\"\\{0,1\\}\\([^\"]*\\)\"\\{0,1\\}\$/\\1/p" "$headers/.config"; }
no_revision() { sed -E 's/ \([A-Z][^()]* [^()]*\)//'; } # as in rust-metadata
mend() { [ ! -f /etc/debian_version ] || echo "$*"; }
installed() { dpkg-query -W -f '${Version}' "$1" 2>/dev/null || true; }
headers_version() { installed "linux-headers-$release"; }
version_at_least() { [ "$(printf '%s\n' "$1" "$2" | sort -V | sed -n 1p)" = "$2" ]; }
has_metadata() { [ -f "$1/rust/libkernel.rmeta" ] && [ -f "$1/rust/libmacros.so" ]; }

source_tarball() {
	local file
	for file in "/usr/src/linux-source-$(expr "$release" : '\([0-9]*\.[0-9]*\)')".tar.*; do
		[ -f "$file" ] && echo "$file" && return
	done
	return 1
}

# It changes with the kernel, its source and the tools: then a refusal is asked anew.
fingerprint() {
	{
		cat "$headers/.config"
		{ source_tarball || true; } | xargs -r stat -c '%n %s %Y'
		for tool in rustc bindgen pahole; do "$tool" --version 2>&1 || true; done
	} | sha256sum
}

# other_kernel: the newest kernel of this flavour that apt knows, if it is new enough.
other_kernel() {
	[ -f /etc/debian_version ] || return 0
	local flavour version suite
	flavour=$(sed 's/^[^-]*-//; s/^[0-9]*-//' <<<"$release")
	read -r version suite < <(apt-cache madison "linux-headers-$flavour" 2>/dev/null |
		awk '{ sub("/.*", "", $6); print $3, $6 }' | sort -rV | sed -n 1p) || true
	if version_at_least "${version:-0}" "$oldest"; then
		echo "apt install -t $suite linux-image-$flavour linux-headers-$flavour"
	else
		echo "add the suite $(. /etc/os-release; echo "$VERSION_CODENAME")-backports to" \
			"apt's sources, then ask again"
	fi
}

# mend_version NUMBER PACKAGE...: the packages in the version that apt knows of that number.
mend_version() {
	[ -f /etc/debian_version ] || return 0
	local number=$1 full package line=()
	shift
	full=$(apt-cache madison "$1" 2>/dev/null | awk '{ print $3 }' | grep -m 1 "^$number") || true
	[ -n "$full" ] || return 0
	for package; do line+=("$package=$full"); done
	echo "apt install --allow-downgrades ${line[*]} &&" \
		"PATH=$system_bin:\$PATH dkms autoinstall -k $release"
}
