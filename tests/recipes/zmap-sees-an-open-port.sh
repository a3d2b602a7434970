#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# zmap reports a tarpitted port as open, and its SYN counts as zmap's.
#
# vm: --disk recipes-disk
# needs: lib.sh
. ./lib.sh

link_pair
tarpit iptables -A INPUT -p tcp -j TARPIT
mac=$(ip -n tarpit -br link show t0 | awk '{ print $3 }')

claim "zmap finds the port"
found=$(peer zmap --interface p0 --gateway-mac "$mac" --source-ip 10.0.0.2 --target-port 80 \
	--blacklist-file /dev/null --bandwidth 1M --cooldown-time 2 --quiet --output-file - \
	10.0.0.1 2>/tmp/zmap.err) || die "zmap: $(tail -c 300 /tmp/zmap.err)"
same 10.0.0.1 "$found"

claim "its SYN counts as zmap's"
tarpit grep -qx 'xt_tarpit_syns_total{family="ipv4",kind="zmap"} 1' /proc/net/xt_TARPIT ||
	die "$(tarpit grep syns_total /proc/net/xt_TARPIT)"
