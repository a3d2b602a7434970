# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# build-lib.sh - build the module against a kernel tree, and check it.
# Sourced by build-inside, build-here and dkms-module. The first two set $top (checkout) and $dir
# (results). All of them define die.
# shellcheck disable=SC2154

# copy_sources: writes only files that differ, so that make sees what has changed, and deletes files
# that the checkout no longer has.
copy_sources() {
	local obj=$dir/obj file
	mkdir -p "$obj"
	(cd "$top" && find Kbuild src include -type f) | while read -r file; do
		cmp -s "$top/$file" "$obj/$file" && continue
		mkdir -p "$(dirname "$obj/$file")"
		cp "$top/$file" "$obj/$file"
	done
	(cd "$obj" && find . -regex '.*\.\(rs\|mk\|sh\|[ch]\)' ! -name '*.mod.c') |
		while read -r file; do
			[ -e "$top/$file" ] || rm -f "$obj/$file"
		done
}

# cross_arm64: the prefix of the tools for arm64, unless this machine's own are for it.
cross_arm64() { LC_ALL=C as --version | grep -q 'target of .aarch64' || echo aarch64-linux-gnu-; }

# compiler_of KTREE: the arguments of make that select the compiler of the kernel.
compiler_of() {
	local cc prefix=''
	cc=$(sed -n 's/^CONFIG_CC_VERSION_TEXT="\([^ ]*\) .*/\1/p' "$1/.config")
	! grep -qx CONFIG_ARM64=y "$1/.config" || prefix=$(cross_arm64)
	if grep -q '^CONFIG_CC_IS_CLANG=y' "$1/.config"; then
		echo LLVM=1
	elif [ -n "$prefix" ]; then
		echo "ARCH=arm64 CROSS_COMPILE=$prefix CC=$prefix${cc#"$prefix"} HOSTCC=gcc"
	else
		echo "CC=$cc HOSTCC=$cc"
	fi
}

# compile KTREE: a warning of any tool is an error, except that gcc's package has another revision.
# The checkout's path stays out of the debug information and thus out of the build ID, so that two
# builds give the same bytes.
compile() {
	local compiler log=$dir/make.log
	read -ra compiler < <(compiler_of "$1")
	make -C "$1" M="$dir/obj" "${compiler[@]}" KCFLAGS="-fdebug-prefix-map=$dir/obj=." \
		KRUSTFLAGS="--remap-path-prefix=$dir/obj=." RUST="${RUST:-auto}" "-j$(nproc)" modules \
		>"$log" 2>&1 || { cat "$log"; die "make failed: $(reason "$log")"; }
	! grep -v 'the compiler differs' "$log" | grep -iE 'warning|objtool:' ||
		{ cat "$log"; die "there are warnings"; }
	check_module "$dir/obj" "$log"
}

# reason LOG: the first error of a build.
reason() {
	sed -nE 's/^.*\*\*\* (xt_TARPIT: .*)\.  Stop\.$/\1/p; /error(\[E[0-9]+\])?: /p' "$1" | sed -n 1p
}

# check_module DIR LOG: rejects what no module in DIR may have, whichever compiler built it. LOG is
# make's.
check_module() {
	local ko=$1/xt_TARPIT.ko rust=$1/src/xt_tarpit.o helper=$1/nf_conntrack_tarpit.ko
	! grep 'objtool: ' "$2" || die "objtool has warned of the module's code; see above"
	check_file "$ko"
	field_of "$ko" rust | grep -qxE 'kernel|core' ||
		die "the module does not say on which crate it was built"
	if [ -e "$helper" ]; then
		check_file "$helper"
		field_of "$helper" depends | grep -qw xt_TARPIT ||
			die "the module nf_conntrack_tarpit does not depend on xt_TARPIT"
	fi
	[ "$(field_of "$ko" rust)" = kernel ] ||
		no_symbol "$rust" "needs Rust's core library" ' U _(R|ZN)'
	check_code "$rust"
}

# check_file MODULE: what modpost and the linker must have made of each module.
check_file() {
	local name=${1##*/}
	[ "$(readelf -SW "$1" | grep -cE ' \.modinfo +PROGBITS')" = 1 ] ||
		die "the section .modinfo of ${name%.ko} is missing or split"
	[ -n "$(field_of "$1" vermagic)" ] || die "the module ${name%.ko} has no vermagic"
	no_symbol "$1" "can panic" '4core.*(panicking|_fail)|rust_begin_unwind'
}

# modules_in DIR: the modules that were built there. A kernel without connection tracking has no
# helper.
modules_in() {
	local name
	for name in xt_TARPIT nf_conntrack_tarpit; do
		[ ! -e "$1/$name.ko" ] || echo "$1/$name.ko"
	done
}

# field_of MODULE FIELD: as modinfo -F.
field_of() { readelf -p .modinfo "$1" | sed -n "s/^ *\[ *[0-9a-f]*\]  $2=//p"; }

# no_symbol FILE WHAT PATTERN
no_symbol() {
	local symbols
	symbols=$(nm "$1" | grep -E "$3" || true)
	[ -z "$symbols" ] || die "the module $2: it has the symbol ${symbols##* }"
}

# check_code OBJECT: rejects indirect branches, because Rust code is compiled without retpolines,
# registers that the kernel does not save, and on arm64 calls that its unwinder cannot see.
check_code() {
	local prefix='' code line jump='	(notrack )?(call|jmp)[a-z]* +(\*|.*%)|	(blr|br)[a-z]*	'
	local other='%([xyz]?mm[0-9]|st\b)|[	 ,{[][vqdsh][0-9]{1,2}([].,} ]|$)'
	! readelf -h "$1" | grep -q AArch64 || prefix=$(cross_arm64)
	code=$("${prefix}objdump" -d --no-show-raw-insn "$1" || true)
	[ -n "$code" ] || die "${prefix}objdump shows no code of $1; install binutils"
	check_frames <<<"$code"
	code=$(sed -E 's/[0-9a-f]+ <.*>//; s/#.*//' <<<"$code")
	line=$(grep -m 1 -E "$jump" <<<"$code" || true)
	[ -z "$line" ] || die "the module's Rust code has an indirect branch: ${line//	/ }"
	line=$(grep -m 1 -E "$other" <<<"$code" || true)
	[ -z "$line" ] || die "the module's Rust code uses floats or vectors: ${line//	/ }"
}

# check_frames: reads code. Before a function of arm64 calls, it must store its frame record, the
# pair x29 and x30, and lead x29 to it. On x86-64 objtool checks such things.
check_frames() {
	local name
	name=$(awk -F '\t' '
		/^[0-9a-f]+ <.*>:$/ { name = $0; stored = led = 0 }
		$2 == "bl" && !(stored && led) { print name; exit }
		$2 == "stp" && $3 ~ /^x29, x30, \[sp/ { stored = 1 }
		$2 == "mov" && $3 == "x29, sp" || $2 == "add" && $3 ~ /^x29, sp,/ { led = 1 }')
	[ -z "$name" ] || die "the module's Rust code calls without a frame record in ${name#* }"
}
