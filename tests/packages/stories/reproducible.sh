# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: GPL-2.0
#
# reproducible - a second build, from another directory, under another umask, later, gives the
# same bytes.

step "reproducible: a second build"
second=$(mktemp -d "$work/second.XXXXXX")
mkdir "$second/elsewhere"
tar -C "$top" --exclude=./build --exclude=./tests/host/target -cf - . |
	tar -C "$second/elsewhere" -xf -
(umask 077 && "$second/elsewhere/scripts/deb" "$second/deb") >>"$log" 2>&1 ||
	fail "the packages are built a second time"
for file in "$work/new"/*.deb "$work/new"/*.dsc "$work/new"/*.tar.xz; do
	claim "${file##*/}: two builds give the same bytes" cmp "$file" "$second/deb/${file##*/}"
done
rm -rf "$second"
