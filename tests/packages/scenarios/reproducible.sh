# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: GPL-2.0
#
# reproducible - a later build, from another directory and under another umask, gives the same
# bytes: of the packages, and of the package with a built module. The packages of the programs have
# the licences of all that they contain.

step "reproducible: a second build"
second=$(mktemp -d "$work/second.XXXXXX")
mkdir "$second/elsewhere"
tar -C "$top" --exclude=./build --exclude=./tests/host/target -cf - . |
	tar -C "$second/elsewhere" -xf -
(umask 077 && "$second/elsewhere/scripts/deb" "$second/deb") >>"$log" 2>&1 ||
	fail "the packages are built a second time"
"$top/scripts/deb-modules" "$work/ready" >>"$log" 2>&1 || fail "make deb-modules"
(umask 077 && "$second/elsewhere/scripts/deb-modules" "$second/deb-modules") >>"$log" 2>&1 ||
	fail "the package with the module is built a second time"
cp "$second"/deb-modules/*.deb "$second/deb"
for file in "$work/new"/*.deb "$work/new"/*.dsc "$work/new"/*.tar.xz "$work/ready"/*.deb; do
	claim "${file##*/}: two builds give the same bytes" cmp "$file" "$second/deb/${file##*/}"
done
rm -rf "$second"

step "reproducible: licences"
# licences PACKAGE PROGRAM: what the program contains, by the file in its package.
licences() {
	dpkg-deb --fsys-tarfile "$work/new/$1"_*.deb |
		tar -xO "./usr/share/doc/$1/$2.licences.gz" | zcat | sed -n 's/^== \([^ :,]*\).*/\1/p'
}
for name in libbpf-sys zstd glibc serde; do
	claim "xt-tarpit.licences has $name" eval "licences xt-tarpit-tools xt-tarpit | grep -x $name"
done
for name in netlink-packet-core prometheus-client tracing serde; do
	claim "xt-tarpit-lan.licences has $name" \
		eval "licences xt-tarpit-lan xt-tarpit-lan | grep -x $name"
done
