# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: GPL-2.0
#
# stable - the kernel of a suite, with or without Rust: apt install, and the first rule loads the
# module. With XT_TARPIT_KERNEL=bookworm:cloud-amd64 it is Debian 12, and so on.

step "stable: a clean $base, the kernel of $suite"
new_root
release=$(version release)
must "the kernel and its headers are installed" install -t "$suite" "linux-image-$release" \
	"linux-headers-$release"
cost "our packages, all that they bring and the first build" \
	must "the packages are installed" install_ours /deb
grep 'additional disk space' "$work/said" | tee -a "$log"
claim "the module is built and installed" inside sh -c "dkms status | grep '$release.*: installed'"
claim "it is built on our crate, because the headers have no other" inside sh -c \
	"modinfo -k $release -F rust xt_TARPIT | grep -x core"
claim "neither the kernel's source nor the tools that rebuild Rust metadata are installed" \
	inside sh -c "! dpkg-query -W -f '\${db:Status-Abbrev}\n' 'linux-source*' bindgen rust-src |
		grep ^ii"
claim "apt is healthy" inside sh -c 'dpkg --audit && apt-get check'
claim "the doctor reports no fault" inside xt-tarpit-doctor "$release"
cost "a later build" claim "it is built again" inside sh -c \
	"dkms remove $ours -k $release && dkms install $ours -k $release"
claim "DKMS prints no warning" unsaid '[Ww]arning|[Ee]rror'
cost "the build alone" claim "it takes less than 150 MB" inside sh -c "
	cp -a /usr/src/${ours/\//-} /tmp/build &&
	/tmp/build/scripts/dkms/dkms-module build $release /lib/modules/$release/build &&
	du -sm /tmp/build && [ \$(du -sm /tmp/build | cut -f 1) -lt 150 ]"
tail -n 1 "$work/said" | tee -a "$log"
boot "$release" autoload

step "stable: removal"
claim "the packages are purged" inside apt-get -q purge -y xt-tarpit-dkms xt-tarpit
claim "nothing of ours is left" inside sh -c "! find / -xdev -iname '*tarpit*' |
	grep -v -e '^/old-deb/' -e '^/deb/' -e '^\(/usr\)\?/lib/modules/[^/]*/kernel/' &&
	! grep -rl xt_TARPIT /lib/modules/*/modules.*"
