#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Where rustc, bindgen or gcc is another than the one that built the kernel, the doctor and the
# check of DKMS name the file that is first in PATH, and say whether the one in /usr/bin is right.
#
# needs: lib.sh ../../scripts
# shellcheck disable=SC2016 # The doctor prints $PATH as it stands.
. ./lib.sh

release=9.9-test
headers=/lib/modules/$release/build
right='rustc 1.85.1 (4eb161250 2025-03-15) (built from a source tarball)'
rustup='rustc 1.85.1 (4eb161250 2025-03-15)'
gcc='x86_64-linux-gnu-gcc-14 (Debian 14.2.0-19) 14.2.0'
built="The kernel $release was built with"
other=/opt/other/bin

# tool FILE TEXT: a program that tells this of itself.
tool() {
	mkdir -p "${1%/*}"
	printf '#!/bin/sh\necho "%s"\n' "$2" >"$1"
	chmod +x "$1"
}

# told SENTENCE COMMAND: by the doctor; and the sentence by DKMS' check.
told() {
	refused scripts/doctor $release
	same "$1" "$(grep -v '^    ' /tmp/refused)"
	same "$2" "$(sed -n 's/^    //p' /tmp/refused)"
	same "$1" "$(scripts/dkms-module unfit $release $headers)"
}

mkdir -p $headers
printf 'CONFIG_%s\n' RUST=y NETFILTER_XTABLES=m IPV6=y "RUSTC_VERSION_TEXT=\"$right\"" \
	'BINDGEN_VERSION_TEXT="bindgen 0.71.1"' "CC_VERSION_TEXT=\"$gcc\"" >$headers/.config
PATH=$other:$PATH
use_system='PATH=/usr/bin:$PATH dkms autoinstall -k '$release

claim "rustc is missing"
told "$built \"$right\", but rustc is missing." ''
claim "rustup's rustc has the same number, and there is no other"
tool $other/rustc "$rustup"
told "$built \"$right\", but $other/rustc is \"$rustup\"." ''
claim "rustup's is first, and the right one is in /usr/bin"
tool /usr/bin/rustc "$right"
told "$built \"$right\", but $other/rustc is \"$rustup\"; /usr/bin/rustc is the right one." \
	"$use_system"
claim "rustup's has no toolchain"
printf '#!/bin/sh\nexit 1\n' >$other/rustc
told "$built \"$right\", but $other/rustc does not tell its version; /usr/bin/rustc is the \
right one." "$use_system"
claim "neither is the right one"
tool $other/rustc "$rustup"
tool /usr/bin/rustc 'rustc 1.63.0'
told "$built \"$right\", but $other/rustc is \"$rustup\", and /usr/bin/rustc is \"rustc \
1.63.0\"." ''
claim "another one is in /usr/bin only"
rm $other/rustc
told "$built \"$right\", but /usr/bin/rustc is \"rustc 1.63.0\"." ''
claim "a link in PATH to the one in /usr/bin is no other one"
ln -s /usr/bin/rustc $other/rustc
told "$built \"$right\", but $other/rustc is \"rustc 1.63.0\"." ''

claim "the same for bindgen"
rm $other/rustc
tool /usr/bin/rustc "$right"
tool $other/bindgen 'bindgen 0.72.0'
tool /usr/bin/bindgen 'bindgen 0.71.1'
told "$built \"bindgen 0.71.1\", but $other/bindgen is \"bindgen 0.72.0\"; /usr/bin/bindgen \
is the right one." "$use_system"
claim "and for gcc, where another revision of the package is no other one"
tool $other/bindgen 'bindgen 0.71.1'
tool $other/x86_64-linux-gnu-gcc-14 'x86_64-linux-gnu-gcc-14 (GCC) 14.3.0'
tool /usr/bin/x86_64-linux-gnu-gcc-14 'x86_64-linux-gnu-gcc-14 (Debian 14.2.0-20) 14.2.0'
told "$built \"$gcc\", but $other/x86_64-linux-gnu-gcc-14 is \"x86_64-linux-gnu-gcc-14 (GCC) \
14.3.0\"; /usr/bin/x86_64-linux-gnu-gcc-14 is the right one." "$use_system"
claim "with /usr/bin first, as the command says, nothing is wrong with the compilers"
PATH=/usr/bin:$PATH scripts/dkms-module unfit $release $headers >/tmp/said
refused grep 'was built with' /tmp/said
exit 0
