#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A TARPIT rule beside rules of nft: iptables-nft adds it. In table mangle it precedes every filter
# chain, so it sees its packets even if an nft ruleset drops all but ssh. nft lists the rule and
# cannot load it; nft's `flush ruleset` deletes it with all others, `delete table` of another table
# does not.
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
claim "the rule answers beside an nft ruleset that drops all, in both families"
for tool in iptables-nft ip6tables-nft; do
	tarpit $tool -t mangle -A INPUT -p tcp --dport 23 -j TARPIT
done
connects 10.0.0.1 23
connects fd00::1 23

claim "in table filter both have the same priority, and the chain created last comes first"
tarpit iptables-nft -t mangle -F
tarpit iptables-nft -A INPUT -p tcp --dport 23 -j TARPIT
connects 10.0.0.1 23
load
refused inside peer timeout 5 bash -c 'exec 3<>/dev/tcp/10.0.0.1/23'
tarpit nft insert rule inet mine input tcp dport 23 accept
connects 10.0.0.1 23
tarpit iptables-nft -F

claim "nft lists the rule, but cannot load its own listing"
tarpit iptables-nft -t mangle -A INPUT -p tcp --dport 23 -j TARPIT
tarpit nft list ruleset >/tmp/ruleset
grep -q 'xt target "TARPIT"' /tmp/ruleset
refused tarpit nft -f /tmp/ruleset

claim "iptables-nft saves and restores it"
tarpit iptables-nft-save >/tmp/saved
tarpit iptables-nft -t mangle -F
tarpit iptables-nft-restore </tmp/saved
same 1 "$(tarpits)"

claim "reloading another table keeps the rule, flushing the ruleset does not"
load
same 1 "$(tarpits)"
connects 10.0.0.1 23
tarpit nft flush ruleset
same 0 "$(tarpits || true)"
