#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# `-j TARPIT` loads the module by its aliases, for each family and backend; modinfo describes it.
#
# needs: lib.sh
. ./lib.sh

claim "modinfo prints name, licence, description and the three aliases"
same xt_TARPIT "$(modinfo -F name xt_TARPIT)"
same GPL "$(modinfo -F license xt_TARPIT)"
[ -n "$(modinfo -F description xt_TARPIT)" ] || die "no description"
same 'ip6t_TARPIT ipt_TARPIT rtnl-link-tarpit' "$(modinfo -F alias xt_TARPIT | sort | xargs)"

link_pair
for tool in $tools; do
	claim "$tool loads the module"
	[ ! -e /sys/module/xt_TARPIT ] || die "it is loaded already"
	tarpit "$tool" -A INPUT -p tcp -j TARPIT
	[ -e /sys/module/xt_TARPIT ] || die "it is not loaded"
	tarpit "$tool" -F INPUT
	unload
done
