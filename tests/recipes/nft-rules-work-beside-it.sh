#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# For those who write their rules with nft: a TARPIT rule is made by iptables-nft, and what mixing
# means. In table mangle it comes before every filter chain, so a ruleset of nft's own that drops
# all but ssh does not keep it from its packets. nft lists the rule and cannot write it; nft's
# `flush ruleset` takes it away with all others, `delete table` of one's own does not.
#
# vm: --disk recipes-disk
# needs: lib.sh
. ./lib.sh

load() {
	tarpit nft -f - <<-'RULES'
		table inet mine
		delete table inet mine
		table inet mine {
			chain input {
				type filter hook input priority filter; policy drop;
				iif lo accept
				meta l4proto ipv6-icmp accept
				tcp dport 22 accept
			}
		}
	RULES
}

tarpits() { tarpit iptables-nft -t mangle -S INPUT | grep -c TARPIT; }

link_pair
load
claim "beside a ruleset of nft's own that drops it all, in both families"
for tool in iptables-nft ip6tables-nft; do
	tarpit $tool -t mangle -A INPUT -p tcp --dport 23 -j TARPIT
done
connects 10.0.0.1 23
connects fd00::1 23

claim "in table filter both have one priority, and whichever chain was made last comes first"
tarpit iptables-nft -t mangle -F
tarpit iptables-nft -A INPUT -p tcp --dport 23 -j TARPIT
connects 10.0.0.1 23
load
refused inside peer timeout 5 bash -c 'exec 3<>/dev/tcp/10.0.0.1/23'
tarpit nft insert rule inet mine input tcp dport 23 accept
connects 10.0.0.1 23
tarpit iptables-nft -F

claim "nft lists the rule, but what it lists it cannot load"
tarpit iptables-nft -t mangle -A INPUT -p tcp --dport 23 -j TARPIT
tarpit nft list ruleset >/tmp/ruleset
grep -q 'xt target "TARPIT"' /tmp/ruleset
refused tarpit nft -f /tmp/ruleset

claim "iptables-nft saves and restores it"
tarpit iptables-nft-save >/tmp/saved
tarpit iptables-nft -t mangle -F
tarpit iptables-nft-restore </tmp/saved
same 1 "$(tarpits)"

claim "reloading one's own table leaves it, flushing the ruleset does not"
load
same 1 "$(tarpits)"
connects 10.0.0.1 23
tarpit nft flush ruleset
same 0 "$(tarpits || true)"
