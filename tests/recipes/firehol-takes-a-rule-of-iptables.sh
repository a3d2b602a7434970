#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# FireHOL's action TARPIT adds a second rule to OUTPUT, where TARPIT is refused: its firewall does
# not load, and the old one stays. With FireHOL's helper iptables the rule goes into table mangle,
# before all of FireHOL's own, and another rule accepts the replies: they are RELATED, and FireHOL
# accepts RELATED packets only if they are resets.
#
# vm: --disk recipes-disk
# needs: lib.sh
. ./lib.sh

configure() {
	mkdir -p /etc/firehol
	echo START_FIREHOL=YES >/etc/default/firehol
	{
		printf '%s\n' 'version 6' "$1" 'interface t0 world'
		printf '\t%s\n' 'policy drop' 'client all accept' "$2"
	} >/etc/firehol/firehol.conf
}

link_pair
claim "its action TARPIT is refused, because it adds a rule to OUTPUT too"
configure '' 'server telnet TARPIT'
tarpit firehol debug >/tmp/rules 2>&1 || true # its status says nothing
grep -q -- '-A out_world .* -j TARPIT' /tmp/rules
refused tarpit firehol start
same 0 "$(tarpit iptables-legacy -S | grep -c TARPIT || true)"

claim "the helper iptables adds the rule to table mangle"
configure 'iptables -t mangle -A INPUT -p tcp --dport 23 -j TARPIT
iptables -A OUTPUT -p tcp --sport 23 -m conntrack --ctstate RELATED,UNTRACKED -j ACCEPT' \
	'server ssh accept'
tarpit firehol start >/tmp/firehol.log 2>&1 || die "$(tail -n 20 /tmp/firehol.log)"
connects 10.0.0.1 23
[ "$(counter Held)" -ge 1 ]
claim "FireHOL drops all other packets as before"
refused inside peer timeout 5 bash -c 'exec 3<>/dev/tcp/10.0.0.1/24'
