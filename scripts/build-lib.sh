# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# build-lib.sh - the steps of building the module against a kernel tree, wherever it is.
# Sourced by build-inside and build-here, which set $top (checkout) and $dir (results).
# shellcheck disable=SC2154

# copy_sources: only what differs is written, so that make sees what changed. What is gone
# from the checkout goes from the copy too.
copy_sources() {
	local obj=$dir/obj file
	mkdir -p "$obj"
	(cd "$top" && find Kbuild src include -type f) | while read -r file; do
		cmp -s "$top/$file" "$obj/$file" && continue
		mkdir -p "$(dirname "$obj/$file")"
		cp "$top/$file" "$obj/$file"
	done
	(cd "$obj" && find . -name '*.rs' -o -name '*.[ch]' ! -name '*.mod.c') | while read -r file; do
		[ -e "$top/$file" ] || rm -f "$obj/$file"
	done
}

# compile KTREE: a warning is an error, whoever gives it. The checkout's path stays out of the
# debug information, and so out of the build ID: two builds shall give the same bytes.
compile() {
	local cc log=$dir/make.log
	cc=$(sed -n 's/^CONFIG_CC_VERSION_TEXT="\([^ ]*\) .*/\1/p' "$1/.config")
	make -C "$1" M="$dir/obj" CC="$cc" HOSTCC="$cc" KCFLAGS="-fdebug-prefix-map=$dir/obj=." \
		KRUSTFLAGS="--remap-path-prefix=$dir/obj=." "-j$(nproc)" modules >"$log" 2>&1 ||
		{ cat "$log"; die "make failed"; }
	! grep -iE 'warning|objtool:' "$log" || { cat "$log"; die "there are warnings"; }
	no_panic "$dir/obj/xt_TARPIT.ko"
}

no_panic() {
	local symbols
	symbols=$(nm "$1" | grep -E '4core.*(panicking|_fail)|rust_begin_unwind' || true)
	[ -z "$symbols" ] || die "the module can panic, for it has the symbol ${symbols##* }"
}
