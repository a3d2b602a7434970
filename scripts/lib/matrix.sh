# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# matrix.sh - what the log of a row of scripts/matrix says of its kernel. Sourced.

# outcome LOG STATUS: the sentence that refuses the kernel, or what could not be made for it, or the
# count; or nothing, where the machine lacked what the tests need.
outcome() {
	local said
	said=$(sed -nE '/check the free space/d; s/^[ |]*rust-metadata: /refused: /p' "$1" | sed -n 1p)
	if [ -z "$said" ] && [ "$2" != 0 ]; then
		! lacked "$1" || return 0
		said=$(sed -nE -e 's/^[ |]*get: (ktree|snapshot) could not be made.*/FAILED: \1/p' \
			-e 's/^[ |]*build: failed: (module)$/FAILED: build of \1/p' "$1" | sed -n 1p)
	fi
	[ -z "$said" ] || { echo "$said"; return; }
	grep -E '^[0-9]+ passed, [0-9]+ failed$' "$1" | tail -n 1 |
		sed "s/\$/${XT_TARPIT_MATRIX:+ ($XT_TARPIT_MATRIX)}/"
}

# lacked LOG: was there no room, no network, no extension (which no kernel is the reason of)? Where
# all artifacts were made, a full disk that a test tells of, which is indented, may be its guest's.
# Three artifacts are also made in vain for what the kernel is.
lacked() {
	local signs='MB free, but|check the free space|is the disk full|the mirror (does not|cannot be)'
	! grep -qE "$signs|build: failed: extension" "$1" || return 0
	! grep -qE '^[^ ].*No space left on device' "$1" || return 0
	grep -q 'could not be made' "$1" || return 1
	grep -q 'No space left on device' "$1" ||
		grep 'could not be made' "$1" | grep -qvE 'get: (ktree|snapshot|xtables-addons) could'
}
