#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# CrowdSec's firewall bouncer, Debian's package, asks its local API for decisions and puts the
# banned addresses into sets. TCP of a banned host is tarpitted and its other packets are dropped,
# in the modes ipset and nftables (set-only, by a rule of iptables and by a tarpit device), in IPv4
# and IPv6. A banned IPv6 host on the same link is held too, so neither rule may match ICMPv6,
# which neighbour discovery needs. The neighbour caches are empty before each connection. A
# connection that is open when the ban comes is held, and the host has no socket of it.
#
# vm: --disk recipes-disk
# needs: lib.sh live.sh live.py ../recipes/crowdsec_api.py
. ./lib.sh
. ./live.sh
trap '[ $? = 0 ] || tail -n 20 /tmp/bouncer.*.log' EXIT

configuration=/etc/crowdsec/bouncers/crowdsec-firewall-bouncer.yaml

# bounce NAME OPTION...: runs the bouncer with these changes of its configuration, as sed commands.
bounce() {
	local name=$1 log=/tmp/bouncer.$1.log
	shift
	sed -e 's/^daemonize:.*/daemonize: false/; s/^log_mode:.*/log_mode: stdout/' \
		-e 's/^api_key:.*/api_key: none/' "$@" "$configuration" >"/tmp/bouncer.$name.yaml"
	nsenter --net=/run/netns/tarpit -- \
		crowdsec-firewall-bouncer -c "/tmp/bouncer.$name.yaml" >"$log" 2>&1 &
	bouncer=$!
}

# stop: ends the bouncer, which deletes its rules and sets.
stop() {
	kill "$bouncer"
	wait "$bouncer" || true
	both %T -F
}

in_set() { tarpit ipset -q test "$@"; }
in_nft_set() { # SET ADDRESS [FAMILY]
	tarpit nft get element "${3:-inet}" crowdsec "$1" "{ $2 }" >/dev/null 2>&1
}
rule_of() { tarpit "$1" -S "$2" | grep -e "--match-set $3 "; }
pings() { inside "${2:-peer}" ping -q -n -c 1 -W 2 "$1" >/dev/null; }

# flush_neighbours: empties the neighbour caches.
flush_neighbours() {
	ip -n peer neighbour flush all
	ip -n tarpit neighbour flush all
}

# held HOST PORT: a client connects, and our rule answers.
held() {
	local before
	before=$(replies)
	connects "$1" "$2"
	[ "$(replies)" -gt "$before" ]
}
replies() { echo $(($(counter tarpit) + $(counter persist))); }

# banned_are_held: banned hosts are held on each port and get nothing else; others are served.
banned_are_held() {
	flush_neighbours
	held fd00::1 8080
	held 10.0.0.1 22
	refused pings 10.0.0.1
	flush_neighbours
	inside peer ping -q -n -c 1 -W 2 -I 10.0.0.3 10.0.0.1 >/dev/null
}

link_pair
ip -n peer address add 10.0.0.3/24 dev p0
inside tarpit ./crowdsec_api.py 8080 10.0.0.2 fd00::2 198.51.100.7 &

claim "mode ipset: the bouncer fills the sets of our rules"
track tarpit
serve tarpit 9090
start 10.0.0.1 9090 1800 write keepalive
tarpit ipset create crowdsec-blacklists hash:net timeout 300
tarpit ipset create crowdsec6-blacklists hash:net family inet6 timeout 300
tarpit iptables -A INPUT -p tcp -m set --match-set crowdsec-blacklists src -j TARPIT --persist
tarpit iptables -t raw -A OUTPUT -p tcp -m set --match-set crowdsec-blacklists dst \
	-m conntrack ! --ctstate RELATED,UNTRACKED -j DROP
tarpit iptables -A INPUT -m set --match-set crowdsec-blacklists src -j DROP
tarpit ip6tables -A INPUT -p tcp -m set --match-set crowdsec6-blacklists src -j TARPIT
tarpit ip6tables -A INPUT ! -p icmpv6 -m set --match-set crowdsec6-blacklists src -j DROP
bounce ipset -e 's/^mode:.*/mode: ipset/'
eventually in_set crowdsec-blacklists 10.0.0.2
eventually in_set crowdsec-blacklists 198.51.100.7
eventually in_set crowdsec6-blacklists fd00::2
claim "mode ipset: banned hosts are held, others are not"
banned_are_held
claim "mode ipset: the host frees its sockets of banned hosts, and their clients are held"
tarpit ipset save | awk '/^add crowdsec/ { print $3 }' |
	tarpit xargs -rI{} ss -K dst '[{}]' >/dev/null
same "" "$(tarpit ss -Htn state established dst '[10.0.0.2]')"
go
wait "$clients"
verdict write held
verdict keepalive held
tarpit iptables -t raw -F
claim "mode ipset: without -p tcp the rule drops neighbour discovery and holds no host on the link"
tarpit ip6tables -I INPUT -m set --match-set crowdsec6-blacklists src -j TARPIT
flush_neighbours
refused inside peer timeout 10 bash -c 'exec 3<>/dev/tcp/fd00::1/8080'
stop
eventually tarpit ipset destroy

claim "mode nftables with set-only: nft marks packets from the sets, and our rule matches the mark"
tarpit nft -f - <<'RULES'
table inet crowdsec {
	set crowdsec-blacklists { type ipv4_addr; flags timeout; }
	set crowdsec6-blacklists { type ipv6_addr; flags timeout; }
	chain input {
		type filter hook input priority mangle - 1;
		ip saddr @crowdsec-blacklists jump banned
		ip6 saddr @crowdsec6-blacklists jump banned
	}
	chain banned {
		meta l4proto tcp meta mark set 0x7a accept
		meta l4proto != ipv6-icmp drop
	}
}
RULES
both %T -t mangle -A INPUT -p tcp -m mark --mark 0x7a -j TARPIT
bounce nftables -e 's/^mode:.*/mode: nftables/; s/set-only: false/set-only: true/' \
	-e 's/table: crowdsec6/table: crowdsec/'
eventually in_nft_set crowdsec-blacklists 10.0.0.2
eventually in_nft_set crowdsec6-blacklists fd00::2
claim "mode nftables with set-only: banned hosts are held, others are not"
banned_are_held
stop
both %T -t mangle -F
tarpit nft delete table inet crowdsec

claim "mode nftables with set-only: a table netdev sends banned hosts to a tarpit device"
ip -n tarpit link add tarpit0 type tarpit
ip -n tarpit link set tarpit0 up
tarpit nft -f - <<'RULES'
table netdev crowdsec {
	set crowdsec-blacklists { type ipv4_addr; flags timeout; }
	set crowdsec6-blacklists { type ipv6_addr; flags timeout; }
	chain in {
		type filter hook ingress device "t0" priority -300;
		ip saddr @crowdsec-blacklists jump banned
		ip6 saddr @crowdsec6-blacklists jump banned
	}
	chain banned {
		meta l4proto tcp fwd to "tarpit0"
		meta l4proto != ipv6-icmp drop
	}
}
RULES
bounce netdev -e 's/^mode:.*/mode: nftables/; s/set-only: false/set-only: true/' \
	-e 's/table: crowdsec6/table: crowdsec/'
eventually in_nft_set crowdsec-blacklists 10.0.0.2 netdev
eventually in_nft_set crowdsec6-blacklists fd00::2 netdev
banned_are_held
stop
tarpit nft delete table netdev crowdsec
ip -n tarpit link del tarpit0

claim "mode iptables: this version drops if deny_action is TARPIT; a later one would not"
tarpit ip6tables -N crowdsec
tarpit ip6tables -A INPUT ! -p icmpv6 -j crowdsec
tarpit iptables -N crowdsec
tarpit iptables -A INPUT -j crowdsec
bounce iptables -e 's/^mode:.*/mode: iptables/; s/^deny_action:.*/deny_action: TARPIT/' \
	-e 's/^  - INPUT/  - crowdsec/'
eventually in_set crowdsec6-blacklists fd00::2
for tool in iptables:crowdsec-blacklists ip6tables:crowdsec6-blacklists; do
	rule=$(rule_of "${tool%:*}" crowdsec "${tool#*:}")
	same "-A crowdsec -m set --match-set ${tool#*:} src -j DROP" "$rule"
done
claim "mode iptables: in a chain after ! -p icmpv6, a later version's rule holds banned hosts"
tarpit iptables -R crowdsec 1 -m set --match-set crowdsec-blacklists src -j TARPIT
tarpit ip6tables -R crowdsec 1 -m set --match-set crowdsec6-blacklists src -j TARPIT
banned_are_held
stop
