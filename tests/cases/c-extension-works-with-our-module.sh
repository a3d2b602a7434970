#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Revision 0 is that of xtables-addons: its libxt_TARPIT.so, as Debian ships it, adds rules of our
# module that work; a ruleset saved with one extension is restored with the other unchanged. Both
# backends and both families.
#
# suite: all
# needs: lib.sh client.py
# artifacts: xtables-addons
. ./lib.sh

# All other extensions are iptables' own.
libraries=$PWD/xtables-addons:/usr/lib/x86_64-linux-gnu/xtables
theirs() { tarpit env XTABLES_LIBDIR="$libraries" "$@"; }

# rules SAVE-TOOL...: the TARPIT rules, without the trailing space of the other extension.
rules() { "$@" | sed -n '/-j TARPIT/ s/ *$//p'; }

restored() {
	local from=$1 to=$2 tool=$3 before
	claim "$tool: saved with $from, restored with $to"
	"$from" "$tool-save" >/tmp/saved
	before=$(rules "$from" "$tool-save")
	tarpit "$tool" -F INPUT
	"$to" "$tool-restore" </tmp/saved
	same "$before" "$(rules "$to" "$tool-save")"
}

# works HOST: the mode of each port works.
works() {
	local port
	for port in 100 101 102; do
		claim "$1 port $port is open"
		connects "$1" $port
	done
	claim "$1 port 103 is closed"
	refused connects "$1" 103
	grep -q refused /tmp/refused || die "$(cat /tmp/refused)"
	claim "$1 port 102 is a honeypot: a client that writes and closes ends at once"
	read -r _ seconds word < <(peer ./client.py orphan "$1" 102 100)
	same gone "$word"
	between 0 70 "$seconds"
}

tries() {
	local tool=$1 host=$2
	claim "$tool: its extension has no --persist"
	refused theirs "$tool" -A INPUT -p tcp -j TARPIT --persist
	claim "$tool: its extension adds rules"
	theirs "$tool" -A INPUT -p tcp --dport 100 -j TARPIT
	theirs "$tool" -A INPUT -p tcp --dport 101 -j TARPIT --tarpit
	theirs "$tool" -A INPUT -p tcp --dport 102 -j TARPIT --honeypot
	theirs "$tool" -A INPUT -p tcp --dport 103 -j TARPIT --reset
	rules theirs "$tool-save"
	same 4 "$(rules theirs "$tool-save" | wc -l)"
	works "$host"
	restored theirs tarpit "$tool"
	restored tarpit theirs "$tool"
	works "$host"
	tarpit "$tool" -F INPUT
}

link_pair
for backend in $legacy nft; do
	tries "iptables-$backend" 10.0.0.1
	tries "ip6tables-$backend" fd00::1
done
