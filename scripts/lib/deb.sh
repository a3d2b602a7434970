# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: GPL-2.0
#
# deb.sh - build packages from a source package and check them with lintian.
# Sourced by scripts/deb and scripts/deb-modules, after common.sh.

package_root=package-root
[ "$arch" = amd64 ] || package_root=package-cross-root

# package_up STAGE NAME TO WHAT: build STAGE/NAME; WHAT are options of dpkg-buildpackage.
package_up() {
	local stage=$1 name=$2 to=$3
	say "building $name; the log is $to/build.log"
	rm -rf "$to"
	mkdir -p "$to" "$cache/cargo"
	fetch_crates "$stage/$name" >"$to/build.log" 2>&1 ||
		{ tail -n 20 "$to/build.log" >&2; die "the crates of tools/ cannot be downloaded"; }
	"$top/scripts/images/deb-root" "$package_root" --bind "$stage:/build" \
		--bind "$cache/cargo:/cargo" -- env CARGO_HOME=/cargo CARGO_NET_OFFLINE=true \
		sh -c "cd /build/$name && dpkg-buildpackage $4 -us -uc" >>"$to/build.log" 2>&1 ||
		{ tail -n 20 "$to/build.log" >&2; die "$name could not be built"; }
	find "$stage" -maxdepth 1 -type f -exec cp -t "$to" {} +
	check "$to"
	(cd "$to" && ls -- *.deb) >&2
}

# fetch_crates SOURCE: downloads what its Cargo.lock names into the cache, so that the build needs
# no network. The root for packages does not have this machine's settings of cargo.
fetch_crates() {
	[ -f "$1/tools/Cargo.lock" ] || return 0
	"$top/scripts/in-root" build --ro "$1:/mnt/source" -- cargo fetch --locked \
		--manifest-path /mnt/source/tools/Cargo.toml
}

# check DIR: any remark of lintian is an error. Only lintian of another suite than the packages are
# written for may report an unused override or another version of the policy.
check() {
	local another='a^' # no line at all
	[ "$guest" = trixie ] ||
		another='^I: .*: (unused-override|out-of-date-standards-version) |^N: '
	"$top/scripts/images/deb-root" "$package_root" --ro "$1:/deb" -- \
		sh -c 'lintian --allow-root --display-info --fail-on error,warning /deb/*.changes' \
		>"$1/lintian.log" 2>&1 && ! grep -qvE "$another" "$1/lintian.log" && return
	cat "$1/lintian.log" >&2
	die "lintian reports faults of the packages in $1; see above"
}

# same_time DIR: sets all times to the changelog's, so that two builds give the same bytes.
same_time() {
	local date
	date=$(sed -n 's/^ -- .*>  //p' "$1/debian/changelog" | sed -n 1p)
	find "$1" -exec touch -h -d "$date" {} +
}
