# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: GPL-2.0
#
# ready - xt-tarpit-modules-KERNEL on a firewall without a compiler.

step "ready: the module as a package"
new_root
release=$(version release)
must "make deb-modules makes it" "$top/scripts/deb-modules" "$work/ready"
mkdir -p "$work/root/upper/ready"
cp "$work"/ready/*.deb "$work/root/upper/ready"
must "the kernel is installed" install -t "$suite" "linux-image-$release"
claim "the module and the extension are installed" inside sh -c \
	'apt-get -q install -y /ready/*.deb /deb/xt-tarpit_*.deb'
claim "there is neither DKMS nor a compiler" inside sh -c '! command -v dkms gcc rustc'
claim "the doctor reports no fault" inside xt-tarpit-doctor "$release"
boot "$release" ready
claim "they are removed" inside sh -c "apt-get -q purge -y xt-tarpit-modules-$release xt-tarpit"
claim "nothing of it is left" inside sh -c \
	"! find /lib/modules /usr/lib/*/xtables -iname '*tarpit*' | grep -v /kernel/ | grep . &&
	! grep xt_TARPIT /lib/modules/$release/modules.dep"
