#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# If the module cannot be built for a kernel, the doctor and the check of DKMS say why in one
# sentence: the kind of kernel, or the program that is missing or too old. They name the rustc that
# is first in PATH, and say whether the one in /usr/bin is new enough. Any rustc from 1.78 on and
# any revision of the kernel's C compiler are accepted.
#
# suite: all
# needs: lib.sh ../../scripts
# shellcheck disable=SC2016 # The doctor prints $PATH as it stands.
. ./lib.sh

headers=/tmp/build
old='rustc 1.77.2 (25ef9e3d8 2024-04-09)'
new='rustc 1.78.0 (9b00956e5 2024-04-29) (built from a source tarball)'
gcc='x86_64-linux-gnu-gcc-14 (Debian 14.2.0-19) 14.2.0'
needs='xt_TARPIT needs rustc 1.78 or newer, but'
other=/opt/other/bin
mkdir -p $headers

# tool FILE TEXT: creates a program that prints this version.
tool() {
	mkdir -p "${1%/*}"
	printf '#!/bin/sh\necho "%s"\n' "$2" >"$1"
	chmod +x "$1"
}

# kernel RELEASE LINE...: creates a kernel with this configuration.
kernel() {
	release=$1
	mkdir -p "/lib/modules/$release"
	ln -sfn $headers "/lib/modules/$release/build"
	printf 'CONFIG_%s\n' "${@:2}" >$headers/.config
}

# told SENTENCE COMMAND: the doctor prints both, and the check of DKMS prints the sentence.
told() {
	refused scripts/dkms/doctor "$release"
	same "$1" "$(grep -v '^    ' /tmp/refused)"
	same "$2" "$(sed -n 's/^    //p' /tmp/refused)"
	same "$1" "$(scripts/dkms/dkms-module unfit "$release" $headers)"
}

fits() { same '' "$(scripts/dkms/dkms-module unfit "$release" $headers)"; }

all=(64BIT=y NETFILTER_XTABLES=m IPV6=y "CC_VERSION_TEXT=\"$gcc\"")
PATH=$other:/usr/bin

claim "headers are missing"
release=6.1.0-none
headers=/lib/modules/$release/build
told "The kernel $release has no build directory $headers, so nothing can be built for it." \
	"apt install linux-headers-$release"
headers=/tmp/build
claim "a kernel is too old"
kernel 5.9.16-test "${all[@]}"
told "The kernel $release is older than 5.10, and xt_TARPIT needs 5.10 or newer." ''
claim "a kernel has 32 bits"
kernel 6.1.0-686 "${all[@]:1}"
told "The kernel $release is a 32-bit one, and xt_TARPIT needs a 64-bit kernel." ''
claim "a kernel lacks x_tables or IPv6"
kernel 6.1.0-test 64BIT=y IPV6=y
told "The kernel $release is built without CONFIG_NETFILTER_XTABLES, which xt_TARPIT needs." ''
kernel 6.1.0-test 64BIT=y NETFILTER_XTABLES=y
told "The kernel $release is built without CONFIG_IPV6, which xt_TARPIT needs." ''

kernel 5.10.0-test "${all[@]}"
use_system='PATH=/usr/bin:$PATH dkms autoinstall -k '$release
rm -f /usr/bin/rustc
claim "rustc is missing"
told "$needs rustc is missing." ''
claim "the rustc in /usr/bin is too old"
tool /usr/bin/rustc "$old"
told "$needs /usr/bin/rustc is \"$old\"." ''
claim "a link in PATH to the one in /usr/bin does not count as another"
mkdir -p $other
ln -s /usr/bin/rustc $other/rustc
told "$needs $other/rustc is \"$old\"." ''
rm $other/rustc
claim "the first rustc in PATH is too old, and the one in /usr/bin is new enough"
tool $other/rustc "$old"
tool /usr/bin/rustc "$new"
told "$needs $other/rustc is \"$old\"; /usr/bin/rustc is new enough." "$use_system"
claim "the first rustc in PATH has no toolchain"
printf '#!/bin/sh\nexit 1\n' >$other/rustc
told "$needs $other/rustc does not tell its version; /usr/bin/rustc is new enough." "$use_system"
claim "neither rustc is new enough"
tool $other/rustc "$old"
tool /usr/bin/rustc 'rustc 1.63.0'
told "$needs $other/rustc is \"$old\", and /usr/bin/rustc is \"rustc 1.63.0\"." ''
rm $other/rustc
tool /usr/bin/rustc "$new"

claim "the C compiler of the kernel is missing"
rm -f /usr/bin/x86_64-linux-gnu-gcc-14 /usr/bin/objdump
told "The kernel $release was built with x86_64-linux-gnu-gcc-14, and x86_64-linux-gnu-gcc-14 is \
missing." "apt install gcc-14 && dkms autoinstall -k $release"
tool /usr/bin/x86_64-linux-gnu-gcc-14 'x86_64-linux-gnu-gcc-14 (Debian 14.3.0-1) 14.3.0'
claim "objdump is missing"
told "To check what is built for the kernel $release, objdump is missing." \
	"apt install binutils && dkms autoinstall -k $release"
tool /usr/bin/objdump 'GNU objdump'
claim "another revision of the kernel's compiler and a newer rustc are no fault"
fits
tool /usr/bin/rustc 'rustc 1.102.0'
fits
claim "a kernel that clang built needs clang and its linker"
kernel 6.12.0-test "${all[@]:0:3}" CC_IS_CLANG=y 'CC_VERSION_TEXT="Debian clang version 19.1.7"'
told "The kernel $release was built with clang, and clang is missing." \
	"apt install clang lld llvm && dkms autoinstall -k $release"
for name in clang ld.lld llvm-nm; do tool /usr/bin/$name 'LLVM 19.1.7'; done
fits

claim "a failed build is reported again until a compiler changes"
XT_TARPIT_REFUSALS=/tmp/refusals
export XT_TARPIT_REFUSALS
mkdir -p $XT_TARPIT_REFUSALS
# shellcheck disable=SC2016 # the inner shell expands it
bash -c '. scripts/dkms/fit.sh; headers=$0; fingerprint; echo "It does not compile."' $headers \
	>"$XT_TARPIT_REFUSALS/$release.refused"
told "It does not compile." \
	"rm $XT_TARPIT_REFUSALS/$release.refused && dkms autoinstall -k $release"
tool /usr/bin/rustc "$new"
fits
