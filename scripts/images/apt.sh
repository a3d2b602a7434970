# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# apt.sh - a private apt with its own lists, which leaves this machine's apt alone. Sourced.
#
# It knows only the suites of XT_TARPIT_KERNEL. It uses the proxies and certificates of this
# machine's apt configuration. Needs lib/common.sh.
# shellcheck disable=SC2154

apt_dir=$cache/apt/$suite
keyring=/usr/share/keyrings/debian-archive-keyring.gpg

architecture='' # the machine's own

# apt_for ARCHITECTURE: use another architecture from here on.
apt_for() {
	architecture=$1
	apt_dir=$apt_dir-$1
}
[ "$arch" = amd64 ] || apt_for "$arch"

# The mirror is the one from which this machine gets Debian itself.
find_mirror() {
	local uri
	uri=$(debian_uri)
	[ -n "$uri" ] || { apt-get -q update >/dev/null 2>&1 || true; uri=$(debian_uri); }
	[ -n "$uri" ] ||
		die "apt on this machine knows no Debian mirror; check its sources and the network"
	echo "$uri"
}

debian_uri() {
	# shellcheck disable=SC2016 # apt fills these in
	apt-get indextargets --format '$(ORIGIN)|$(LABEL)|$(REPO_URI)' 'Created-By: Packages' |
		sed -n 's/^Debian|Debian|//p' | sed -n 1p
}

# suite_lines MIRROR: the sources of the private apt.
suite_lines() {
	echo "deb [signed-by=$keyring] $1 $base main"
	[ "$base" = "$suite" ] || echo "deb [signed-by=$keyring] $1 $suite main"
}

# The options of mmdebstrap and the private apt for this machine and for old mirrors.
apt_conf() {
	apt-config dump | grep -iE '^Acquire::.*(proxy|CaInfo|CaPath|Verify)' || true
	echo 'Acquire::Check-Valid-Until "false";'
	echo 'Acquire::Check-Date "false";'
	echo 'Acquire::Languages "none";'
	echo 'Acquire::Retries "3";'
}

apt_refresh() {
	need_tools "$keyring:debian-archive-keyring"
	mkdir -p "$apt_dir"/{lists/partial,cache/archives/partial,parts}
	: >"$apt_dir/status"
	suite_lines "$1" >"$apt_dir/sources.list"
	{
		apt_conf
		echo "Dir::Etc::parts \"$apt_dir/parts\";"
		echo "Dir::Etc::sourcelist \"$apt_dir/sources.list\";"
		echo "Dir::Etc::sourceparts \"$apt_dir/parts\";"
		echo "Dir::Etc::preferencesparts \"$apt_dir/parts\";"
		echo "Dir::State \"$apt_dir\";"
		echo "Dir::State::status \"$apt_dir/status\";"
		echo "Dir::Cache \"$apt_dir/cache\";"
		echo 'APT::Sandbox::User "root";'
		[ -z "$architecture" ] ||
			echo "APT::Architecture \"$architecture\";" \
				"APT::Architectures { \"$architecture\"; \"amd64\"; };"
	} >"$apt_dir/apt.conf"
	apt_private apt-get -q update >"$apt_dir/update.log" 2>&1 ||
		die "the mirror cannot be reached: $(grep -m 1 '^[EW]:' "$apt_dir/update.log" ||
			tail -n 1 "$apt_dir/update.log"); check the network, then try again"
	! grep -q '^[WE]: Failed to fetch' "$apt_dir/update.log" ||
		die "the mirror cannot be reached: $(grep -m 1 'Failed to fetch' "$apt_dir/update.log");" \
			"check the network, then try again"
}

apt_private() { APT_CONFIG=$apt_dir/apt.conf "$@"; }

# apt_in_suite PACKAGE FIELD: the field of the newest version in the kernel's suite.
apt_in_suite() {
	local version
	version=$(apt_private apt-cache madison "$1" |
		awk -F ' *[|] *' -v s=" $suite/" 'index(" " $3, s) && !n++ { print $2 }')
	[ -n "$version" ] || return 0
	apt_private apt-cache show "$1=$version" | sed -n "s/^$2: //p" | sed -n 1p
}

# apt_depends PACKAGE[=VERSION]: what it depends on, one name a line.
apt_depends() {
	apt_private apt-cache show "$1" | sed -n 's/^Depends: //p' | sed -n 1p |
		tr ',' '\n' | sed 's/^ *//; s/ .*//'
}

apt_has() { [ -n "$(apt_private apt-cache show "$1" 2>/dev/null)" ]; }

# A checksum of the index of the suite with the toolchain and the guest's programs.
apt_base_sum() {
	cat "$apt_dir"/lists/*_dists_"${base}"_main_binary-amd64_Packages* | sha256sum | cut -c 1-16
}
