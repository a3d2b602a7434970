#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Our extension adds rules of xtables-addons' module, which has only revision 0, and they work; an
# option that this module lacks is refused with a sentence. Its own extension lists the same rules.
#
# needs: lib.sh
# artifacts: xtables-addons
. ./lib.sh

libraries=$PWD/xtables-addons:/usr/lib/x86_64-linux-gnu/xtables
theirs() { tarpit env XTABLES_LIBDIR="$libraries" "$@"; }
rules() { "$@" | sed -n '/-j TARPIT/ s/ *$//p'; }

# lacks TOOL OPTION...: the error says why.
lacks() {
	local tool=$1
	shift
	claim "$tool: $* is refused, with the reason"
	refused tarpit "$tool" -A INPUT -p tcp -j TARPIT "$@"
	grep -q 'needs revision 1' /tmp/refused || die "$(cat /tmp/refused)"
}

tries() {
	local tool=$1
	lacks "$tool" --persist
	lacks "$tool" --window 5
	claim "$tool: our extension adds rules"
	tarpit "$tool" -A INPUT -p tcp --dport 100 -j TARPIT
	tarpit "$tool" -A INPUT -p tcp --dport 101 -j TARPIT --honeypot
	tarpit "$tool" -A INPUT -p tcp --dport 102 -j TARPIT --reset
	rules tarpit "$tool-save" >/tmp/ours
	cat /tmp/ours
	same 3 "$(wc -l </tmp/ours)"
	claim "$tool: its own extension lists the same rules"
	same "$(sed 's/TARPIT$/TARPIT --tarpit/' /tmp/ours)" "$(rules theirs "$tool-save")"
}

# works HOST: the modes of the C module work, but no client accepts its RST.
works() {
	claim "$1: ports 100 and 101 are open"
	connects "$1" 100
	connects "$1" 101
}

link_pair
modprobe x_tables
insmod xtables-addons/xt_TARPIT.ko
for tool in $tools; do
	tries "$tool"
	case "$tool" in iptables-*) works 10.0.0.1 ;; esac
	tarpit "$tool" -F INPUT
done
claim "the C module was loaded"
refused test -e /proc/net/xt_TARPIT
