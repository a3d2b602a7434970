#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The ctstate of a reply in OUTPUT is RELATED if the rule is in INPUT or FORWARD, and UNTRACKED if
# it is in PREROUTING, whatever the table. So CONNMARK restores a saved mark only for replies of
# INPUT and FORWARD.
#
# needs: lib.sh
. ./lib.sh

# packets TEXT: the packets of the rules of OUTPUT with this comment, in both families.
packets() {
	both %T -t mangle -nvxL OUTPUT | awk -v text="$1" '
		index($0, "/* " text " */") { n += $1 }
		END { print n + 0 }'
}

# state HOOK... STATE MARKED HOST...: a client of each host connects by a rule in this hook.
state() {
	local table=$1 hook=$2 wanted=$3 marked=$4 host
	shift 4
	claim "$table $hook: replies are $wanted, and CONNMARK restores the mark of $marked of them"
	both %T -t mangle -Z OUTPUT
	both %T -t "$table" -I "$hook" -p tcp --dport 80 -j TARPIT
	for host; do connects "$host" 80; done
	both %T -t "$table" -D "$hook" -p tcp --dport 80 -j TARPIT
	same $# "$(packets all)"
	same $# "$(packets "$wanted")"
	same "$marked" "$(packets marked)"
}

link_pair
backstop
both %T -t mangle -A PREROUTING -p tcp -j CONNMARK --set-mark 7
both %T -t mangle -A OUTPUT -p tcp -j CONNMARK --restore-mark
comment() { both %T -t mangle -A OUTPUT -p tcp "${@:2}" -m comment --comment "$1"; }
comment all
comment RELATED -m conntrack --ctstate RELATED
comment UNTRACKED -m conntrack --ctstate UNTRACKED
comment marked -m mark --mark 7
for table in filter mangle security; do
	state $table INPUT RELATED 2 10.0.0.1 fd00::1
	state $table FORWARD RELATED 2 10.9.0.9 fd09::9
done
for table in mangle raw; do
	state $table PREROUTING UNTRACKED 0 10.0.0.1 fd00::1
	state $table PREROUTING UNTRACKED 0 10.9.0.9 fd09::9
done
