#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Fragments get no reply in hooks that see them as fragments: PREROUTING and FORWARD without
# connection tracking. A packet that the kernel has reassembled is answered: in IPv4's INPUT, and in
# all hooks once connection tracking defragments.
#
# needs: lib.sh send_segments.py frames.py
. ./lib.sh

# knock HOST SEGMENT...: sends segments; sets the lines of $got to the replies.
knock() {
	local host=$1 source=10.0.0.200
	shift
	case "$host" in *:*) source=fd00::200 ;; esac
	send_segments $source "$host" "$@"
	printf '  %s\n' "${got[@]}"
}

# silent WHERE HOST: two fragments, and each alone, get no reply and are not forwarded.
silent() {
	local family=ipv4 before
	case "$2" in *:*) family=ipv6 ;; esac
	claim "$1: fragments to $2 get silence"
	port=$((port + 1))
	before=$(counter Fragment $family)
	knock "$2" "S,frag=24,len=20,sport=$port" "S,frag=24,len=20,only=1,sport=$((port + 1))"
	same 'nothing nothing' "${got[*]}"
	same 3 $(($(counter Fragment $family) - before))
}

# answered WHERE HOST: two fragments are answered as one segment.
answered() {
	claim "$1: fragments to $2 are reassembled and answered"
	port=$((port + 2))
	knock "$2" "S,frag=24,len=20,sport=$port"
	[[ ${got[0]} =~ ^SA\ [0-9]+\ 1001\ 0$ ]] || die "${got[0]}"
	claim "$1: a single fragment gets no reply"
	knock "$2" "S,frag=24,len=20,only=1,sport=$((port + 1))"
	same nothing "${got[0]}"
}

# rule TABLE CHAIN
rule() { both %T -t raw -F; both %T -F; both %T -t "$1" -A "$2" -p tcp -j TARPIT; }

link_pair
port=3000
MAC=$(mac_of tarpit t0)
sender p0
mac_peer=$(mac_of peer p0)
for host in 10.0.0.200 fd00::200; do
	ip -n tarpit neighbour replace $host lladdr "$mac_peer" dev t0 nud permanent
done
claim "nothing defragments yet"
[ ! -e /sys/module/nf_defrag_ipv4 ] || die "nf_defrag_ipv4 is loaded"

both %T -t raw -A PREROUTING -j TARPIT # Without -p tcp: a later fragment has no protocol to match.
for host in 10.0.0.1 fd00::1 10.9.0.9 fd09::9; do silent PREROUTING $host; done
both %T -t raw -F
both %T -A FORWARD -j TARPIT
both %T -A FORWARD -m comment --comment behind
for host in 10.9.0.9 fd09::9; do silent FORWARD $host; done
claim "no fragment passed the rule"
for tool in iptables ip6tables; do
	same 0 "$(tarpit $tool -L FORWARD -v -x -n | awk '/behind/ { print $1 }')"
done

rule filter INPUT
answered "INPUT, which IPv4 defragments" 10.0.0.1

both %T -A OUTPUT -m conntrack --ctstate INVALID -j ACCEPT
[ -e /sys/module/nf_defrag_ipv4 ] || die "nf_defrag_ipv4 is not loaded"
for where in 'raw PREROUTING' 'filter INPUT'; do
	read -r table chain <<<"$where"
	rule "$table" "$chain"
	both %T -A OUTPUT -m conntrack --ctstate INVALID -j ACCEPT
	for host in 10.0.0.1 fd00::1; do answered "$where, tracked" $host; done
done
rule filter FORWARD
both %T -A OUTPUT -m conntrack --ctstate INVALID -j ACCEPT
for host in 10.9.0.9 fd09::9; do answered "filter FORWARD, tracked" $host; done
