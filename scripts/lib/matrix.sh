# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# matrix.sh - evaluate the log of a row of scripts/matrix. Sourced.

# outcome LOG STATUS: the sentence that rejects the kernel, or the artifact that could not be made,
# or the counts; nothing if the machine lacked something that the tests need.
outcome() {
	local said
	said=$(sed -nE '/check the free space/d; s/^[# |]*rust-metadata: /refused: /p' "$1" | sed -n 1p)
	if [ -z "$said" ] && [ "$2" != 0 ]; then
		! lacked "$1" || return 0
		said=$(sed -nE -e 's/^[# |]*get: (ktree|snapshot) could not be made.*/FAILED: \1/p' \
			-e 's/^[# |]*build: failed: (module)$/FAILED: build of \1/p' "$1" | sed -n 1p)
	fi
	[ -z "$said" ] || { echo "$said"; return; }
	grep -E '^[0-9]+ passed, [0-9]+ failed$' "$1" | tail -n 1 |
		sed "s/\$/${XT_TARPIT_MATRIX:+ ($XT_TARPIT_MATRIX)}/"
}

# lacked LOG: whether there was no space, no network or no extension, which is not the kernel's
# fault. If all artifacts were made, a full disk in a test's log (a comment) may be its guest's.
# Three artifacts may also fail because of the kernel.
lacked() {
	local signs='MB free, but|check the free space|is the disk full|the mirror (does not|cannot be)'
	! grep -qE "$signs|build: failed: extension" "$1" || return 0
	! grep -qE '^[^ #].*No space left on device' "$1" || return 0
	grep -q 'could not be made' "$1" || return 1
	grep -q 'No space left on device' "$1" ||
		grep 'could not be made' "$1" | grep -qvE 'get: (ktree|snapshot|xtables-addons) could'
}
