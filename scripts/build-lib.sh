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

# compiler_of KTREE: the arguments of make by which the kernel's own compiler is taken.
compiler_of() {
	local cc
	if grep -q '^CONFIG_CC_IS_CLANG=y' "$1/.config"; then
		echo LLVM=1
	else
		cc=$(sed -n 's/^CONFIG_CC_VERSION_TEXT="\([^ ]*\) .*/\1/p' "$1/.config")
		echo "CC=$cc HOSTCC=$cc"
	fi
}

# compile KTREE: a warning is an error, whoever gives it. The checkout's path stays out of the
# debug information, and so out of the build ID: two builds shall give the same bytes.
compile() {
	local compiler log=$dir/make.log
	read -ra compiler < <(compiler_of "$1")
	make -C "$1" M="$dir/obj" "${compiler[@]}" KCFLAGS="-fdebug-prefix-map=$dir/obj=." \
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
