# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: GPL-2.0
#
# ready - xt-tarpit-modules-KERNEL on a firewall without a compiler.

step "ready: the module as a package"
root_with_module
claim "the module and the extension are installed" inside sh -c \
	'apt-get -q install -y /ready/*.deb /deb/xt-tarpit_*.deb'
claim "there is neither DKMS nor a compiler" inside sh -c '! command -v dkms gcc rustc'
claim "the doctor reports no fault" inside xt-tarpit-doctor "$release"
boot "$release" ready
claim "they are removed" inside sh -c "apt-get -q purge -y xt-tarpit-modules-$release xt-tarpit"
claim "nothing of it is left" inside sh -c \
	"! find /lib/modules /usr/lib/*/xtables -iname '*tarpit*' | grep -v /kernel/ | grep . &&
	! grep xt_TARPIT /lib/modules/$release/modules.dep"
