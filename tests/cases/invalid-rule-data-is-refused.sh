#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Rules that no iptables writes, by setsockopt and by nft_compat, in both families: data of every
# size and content, unterminated names, a wrong layout. Rule data that docs/behaviour.md defines is
# accepted, all other is refused, the kernel reports no fault, and no reference remains.
#
# suite: all
# needs: lib.sh nft_rule.py rule_blobs.py ../../include/xt_TARPIT.h
. ./lib.sh

count=3000 seed=1

ip netns add tarpit
modprobe -a xt_TARPIT nft_compat ${legacy:+iptable_filter ip6table_filter}
tarpit nft list ruleset >/dev/null
# Keeps the kernel from searching modules of other names and revisions, which takes long.
sysctl -qw kernel.modprobe=
for family in ipv4 ipv6; do
	[ $family = ipv4 ] && name=ip tool=iptables-legacy || name=ip6 tool=ip6tables-legacy
	if [ -n "$legacy" ]; then
		claim "$family: by setsockopt"
		tarpit "$tool" -S >/dev/null # The table is made when it is first asked for.
		tarpit ./rule_blobs.py setsockopt $family $count $seed
	fi
	claim "$family: by nft_compat"
	tarpit nft add table "$name" blobs
	tarpit nft add chain "$name" blobs pit
	tarpit ./rule_blobs.py nftables $family $count $seed
	tarpit nft delete table "$name" blobs
done
claim "no reference keeps the module"
unload
