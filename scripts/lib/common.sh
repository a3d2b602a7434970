# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# common.sh - what the scripts share. Sourced, never run.
#
# After sourcing:  $top  the checkout      $cache  the artifacts, shared by all checkouts
#                  $out  its build/        $suite $base $flavour  the kernel's origin in Debian
#                  $rust the crate that the module is built on     $guest  the suite of the guest
#                  $arch the kernel's architecture      $plugins  the directory of the extensions
# shellcheck disable=SC2034

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
cache=${XT_TARPIT_CACHE:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/xt_TARPIT}
cache=$(realpath -m "$cache")
out=$top/build
export XT_TARPIT_CACHE=$cache
PATH=$PATH:/usr/sbin:/sbin

# XT_TARPIT_KERNEL is the suite and the flavour of the kernel; a flavour alone is of the default
# suite. The toolchain and the guest's programs come from the suite that a backports suite or
# experimental is based on. A flavour debug-NAME is built here from the suite's source: see
# scripts/kernels/README.md.
: "${XT_TARPIT_KERNEL:=cloud-amd64}"
case "$XT_TARPIT_KERNEL" in *:*) ;; *) XT_TARPIT_KERNEL=trixie-backports:$XT_TARPIT_KERNEL ;; esac
suite=${XT_TARPIT_KERNEL%%:*}
flavour=${XT_TARPIT_KERNEL#*:}
base=${suite%-backports}
[ "$suite" != experimental ] || base=sid

# XT_TARPIT_RUST: kernel or core, see src/compat/rust.mk; auto takes what the kernel has.
rust=${XT_TARPIT_RUST:-auto}
case "$rust" in
auto | kernel | core) ;;
*) echo "XT_TARPIT_RUST is $rust; set it to kernel, core or auto" >&2; exit 1 ;;
esac

# A kernel of arm64 is built for on this machine by cross compilers, and emulated.
arch=amd64 plugins=$out
case "$flavour" in *arm64*) arch=arm64 plugins=$out/arm64 ;; esac

# The kernel for artifacts that do not depend on the kernel, such as the guest's programs. An old
# suite lacks some of them, and lint needs a kernel with Rust. Of these artifacts, $inner is for
# those that run in the guest or compile for it.
case "$suite:$flavour" in
trixie:debug-*) tools=$XT_TARPIT_KERNEL guest=trixie ;;
bullseye*:* | bookworm*:* | trixie:*) tools=trixie-backports:cloud-amd64 guest=trixie ;;
*:*arm64*) tools=$suite:cloud-amd64 guest=$base ;;
*) tools=$XT_TARPIT_KERNEL guest=$base ;;
esac
inner=$tools
[ "$arch" = amd64 ] || inner=$guest:cloud-$arch

say() { printf '%s\n' "$*" >&2; }
die() { say "${0##*/}: $*"; exit 1; }

# discard DIR...: removes each, and what an interrupted mmdebstrap has left mounted below it.
discard() {
	local dir mount mounts
	for dir; do
		mounts=$(awk -v dir="$dir/" 'index($2, dir) == 1 { print $2 }' /proc/mounts | sort -r)
		while read -r mount; do [ -z "$mount" ] || umount -l "$mount"; done <<<"$mounts"
		rm -rf --one-file-system "$dir"
	done
}

need_root() {
	[ "$(id -u)" = 0 ] ||
		die "this needs root to make Debian roots and mounts; run it with sudo or as root"
}

# need_space DIR MEGABYTES: fails before anything is written.
need_space() {
	local free
	mkdir -p "$1" || die "cannot create $1; set XT_TARPIT_CACHE to a directory that can be written"
	free=$(df --output=avail -BM "$1" | tail -n 1 | tr -dc 0-9)
	[ "$free" -ge "$2" ] ||
		die "$1 has $free MB free, but needs $2 MB; free some, or set XT_TARPIT_CACHE elsewhere"
}

# need_tools TOOL:PACKAGE...: installs what is missing as root, else lists all of it.
need_tools() {
	local pair missing=()
	for pair; do
		command -v "${pair%%:*}" >/dev/null || [ -e "${pair%%:*}" ] || missing+=("${pair#*:}")
	done
	[ ${#missing[@]} = 0 ] || install_packages "${missing[@]}"
}

install_packages() {
	[ "$(id -u)" = 0 ] || die "these packages are missing; install them as root: $*"
	mkdir -p "$cache"
	say "installing on this machine: $*"
	(
		flock 9
		export DEBIAN_FRONTEND=noninteractive
		apt-get -q install -y --no-install-recommends "$@" ||
			{ apt-get -q update && apt-get -q install -y --no-install-recommends "$@"; }
	) 9>"$cache/.apt-lock" >"$cache/apt-install.log" 2>&1 ||
		die "apt-get could not install $*: $(tail -n 1 "$cache/apt-install.log")"
}

# built: the directory with the module for the kernel and depmod's files.
built() {
	local release
	release=$(version release) || exit 1
	echo "$out/$release$([ "$rust" = auto ] || echo "-$rust")"
}

# module_root: the name of the root in which the module is compiled. It is of the kernel's suite
# and has the compiler that built the kernel, as a user's machine has.
module_root() {
	local of_tools
	of_tools=$(XT_TARPIT_KERNEL=$inner "$top/scripts/kernels/versions") || exit 1
	if [ "$(version basesum) $(version compiler)" = \
		"$(sed -n 's/^basesum=//p' "$of_tools") $(sed -n 's/^compiler=//p' "$of_tools")" ]; then
		tools_root
	else
		echo module-root
	fi
}

# tools_root: the name of the root that compiles programs for the guest.
tools_root() { if [ "$arch" = amd64 ]; then echo build-root; else echo cross-root; fi; }

# get NAME: the path of an artifact of the cache; makes it if it is missing.
get() { "$top/scripts/get" "$1"; }

# record COMMAND FIGURE: if XT_TARPIT_RECORD is set, writes the command's result with the date and
# the kernel into tests/results/runs.tsv, in place of its last figure on that kernel.
record() {
	[ -n "${XT_TARPIT_RECORD:-}" ] || return 0
	local file=$top/tests/results/runs.tsv new=$out/runs.tsv kernel
	kernel=$(version release)
	{
		awk -F '\t' -v command="$1" -v kernel="$kernel" '$1 != command || $3 != kernel' "$file"
		printf '%s\t%s\t%s\t%s\n' "$1" "$(date -u +%F)" "$kernel" "$2"
	} | LC_ALL=C sort >"$new"
	cat "$new" >"$file"
}

# version KEY: one of the discovered versions (see scripts/kernels/versions).
version() {
	local file
	file=$("$top/scripts/kernels/versions") || exit 1
	sed -n "s/^$1=//p" "$file"
}

# start_cargo: makes $out/host, where cargo builds our crates for this machine. The dependencies are
# compiled already, once for all checkouts.
start_cargo() {
	local from copy
	[ ! -d "$out/host" ] || return 0
	from=$(get host-crates)/target
	copy=$(mktemp -d "$out/host.XXXXXX")
	cp -a "$from/." "$copy"
	# Another run may have made it.
	mv -T "$copy" "$out/host" 2>/dev/null || rm -rf "$copy"
	[ -d "$out/host" ]
}
