#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# An unshared segment is rewritten into the reply (if a tap or a client's own TCP shares it, the
# reply is allocated). The reply keeps none of its connection, NAT, priority, route, socket and
# bridge extension. Routes that no reply takes are released, too. Both families, but only IPv4 over
# lo.
#
#   in-place-replies-inherit-nothing.sh [whole]       without it, memory is not compared
#
# all: whole
# needs: lib.sh flood.py send_unshared.py send_series.py send_segments.py frames.py
. ./lib.sh

tracing=/sys/kernel/tracing

# rewritten COUNT: exactly so many replies since the last call were rewritten segments.
rewritten() {
	same 0 "$(grep -c 'tarpit_reply_alloc ' $tracing/trace || true)"
	same "$1" "$(grep -c 'tarpit_reply_rewrite ' $tracing/trace || true)"
	: >$tracing/trace
}

# flood COUNT: SYNs of each family to t0, from an unused address.
flood() {
	MAC=$mac peer ./flood.py p0 10.0.0.200 10.0.0.1 "$1"
	MAC=$mac peer ./flood.py p0 fd00::200 fd00::1 "$1"
}

# packets TABLE CHAIN LINE: the rule's packets of IPv4 and of IPv6.
packets() {
	local tool
	for tool in iptables ip6tables; do
		tarpit $tool -t "$1" -nvxL "$2" | awk -v line="$3" 'NR == line + 2 { printf "%s ", $1 }'
	done
}

# in_use: bytes of all allocated slab objects, without the free ones.
in_use() {
	sleep 2
	sync
	echo 3 >/proc/sys/vm/drop_caches
	for cache in /sys/kernel/slab/*/shrink; do echo 1 >"$cache"; done
	awk 'NR > 2 { n += $2 * $4 } END { print n }' /proc/slabinfo
}

# no_growth COMMAND...: runs it once to fill the caches and once more; the second run must not leak
# 100,000 bytes.
no_growth() {
	local before growth
	"$@"
	before=$(in_use)
	"$@"
	growth=$(($(in_use) - before))
	echo "  $growth bytes more"
	grown_by_less_than 100000 $growth
}

# through KIND FIRST WORDS COMMAND...: with a route to each of 1000 addresses from FIRST on.
through() {
	local kind=$1 first=$2 words=$3
	shift 3
	python3 -c 'import ipaddress, sys
first = ipaddress.ip_address(sys.argv[2])
for number in range(1000):
    print("route add", sys.argv[1], first + number, sys.argv[3], "metric", number + 1)
' "$kind" "$first" "$words" >/tmp/routes
	ip -n tarpit -batch /tmp/routes
	"$@"
	sed 's/^route add/route del/' /tmp/routes | ip -n tarpit -batch -
}

link_pair
mac=$(mac_of tarpit t0)
for host in 10.0.0.2 10.0.0.200 fd00::2 fd00::200; do
	ip -n tarpit neighbour replace $host lladdr "$(mac_of peer p0)" dev t0
done
modprobe xt_TARPIT
printf '%s\n' tarpit_reply_rewrite tarpit_reply_alloc >$tracing/set_ftrace_filter
echo function >$tracing/current_tracer

claim "mangle PREROUTING: no connection remains, and each reply is UNTRACKED"
both %T -t mangle -A PREROUTING -p tcp -j TARPIT
both %T -t mangle -A POSTROUTING -p tcp -m conntrack --ctstate UNTRACKED
flood 200
no_entry
rewritten 400
same "200 200 " "$(packets mangle POSTROUTING 1)"
both %T -t mangle -F

claim "INPUT: NAT is undone"
both %T -t nat -A PREROUTING -p tcp --dport 80 -j REDIRECT --to-ports 8080
both %T -A INPUT -p tcp --dport 8080 -j TARPIT
four=$(peer ./send_unshared.py p0 10.0.0.2 10.0.0.1 "$mac" 0)
six=$(peer ./send_unshared.py p0 fd00::2 fd00::1 "$mac" 0)
rewritten 2
same "0050 0050" "${four:40:4} ${six:80:4}"
both %T -t nat -F
both %T -F

claim "FORWARD: the reply does not have the segment's traffic class"
both %T -t mangle -A FORWARD -p tcp -j CLASSIFY --set-class 1:7
both %T -A FORWARD -p tcp -j TARPIT
tarpit nft add table inet seen
tarpit nft 'add chain inet seen out { type filter hook output priority 0; }'
tarpit nft add rule inet seen out tcp sport 80 counter
tarpit nft add rule inet seen out tcp sport 80 meta priority 1:7 counter
peer ./send_unshared.py p0 10.0.0.2 10.9.0.9 "$mac" 0 >/dev/null
peer ./send_unshared.py p0 fd00::2 fd09::9 "$mac" 0 >/dev/null
rewritten 2
same "2 0" "$(tarpit nft list chain inet seen out | sed -n 's/.*counter packets \([0-9]*\).*/\1/p' |
	paste -sd ' ')"
tarpit nft delete table inet seen
both %T -t mangle -F
both %T -F

claim "an established connection: only --reset closes its entry"
# Not a function: the signal must reach the server, not a shell before it.
nsenter --net=/run/netns/tarpit -- timeout 3000 python3 -c 'import socket, time
listeners = [socket.create_server(("0.0.0.0", 81)),
             socket.create_server(("::", 81), family=socket.AF_INET6)]
time.sleep(2900)' &
server=$!
eventually inside tarpit python3 -c 'import socket; socket.create_connection(("fd00::1", 81))'
both %T -t mangle -A INPUT -p tcp -m conntrack --ctstate NEW

# knock HOST SEGMENT...: from an unused address, to port 81.
knock() {
	local host=$1 source=10.0.0.200
	shift
	case "$host" in *:*) source=fd00::200 ;; esac
	MAC=$mac peer ./send_segments.py p0 $source "$host" "${@/%/,dport=81}"
}

# entry HOST: the state of its connection.
entry() {
	local family=ipv4
	case "$1" in *:*) family=ipv6 ;; esac
	tarpit conntrack -L -f $family 2>/dev/null | awk '/ sport=2000 dport=81 / { print $4 }'
}

for host in 10.0.0.1 fd00::1; do
	read -r _ iss _ <<<"$(knock $host S A,seq=1001,ack=iss+1,wait=0)"
	same ESTABLISHED "$(entry $host)"
	both %T -A INPUT -p tcp --dport 81 -j TARPIT
	: >$tracing/trace
	[[ "$(knock $host S,seq=9000)" =~ ^SA ]] || die "no SYN-ACK"
	rewritten 1
	same ESTABLISHED "$(entry $host)"
	both %T -D INPUT -p tcp --dport 81 -j TARPIT
	both %T -A INPUT -p tcp --dport 81 -j TARPIT --reset
	same "R $((iss + 1)) 0 0" "$(knock $host "PA,seq=1001,ack=$((iss + 1)),len=5")"
	rewritten 1
	same CLOSE "$(entry $host)"
	both %T -F
	# The socket itself has seen none of it.
	knock $host R,seq=1001,wait=0 >/dev/null
done
both %T -t mangle -F
kill "$server"
wait "$server" || true

# gone: the namespace goes, and then the module can be unloaded.
gone() {
	claim "no socket keeps the namespace, so no rule in it keeps the module"
	ip netns del tarpit
	eventually unloaded
}

[ "${1:-}" = whole ] || { gone; exit; }

claim "routes of segments over lo are released"
both %T -A INPUT -p tcp --sport 80 -j DROP
both %T -A INPUT -p tcp -j TARPIT
: >$tracing/trace
over_lo() {
	through local 10.2.0.1 'dev lo' inside tarpit ./send_series.py lo - 10.0.0.1 10.2.0.1+ 1000
}
no_growth over_lo
rewritten 2000

claim "routes of replies that are too big are released"
before=$(counter TooBig)
too_big() {
	through '' 10.3.0.1 'dev t0 mtu lock 50' peer ./send_series.py p0 "$mac" 10.3.0.1+ 10.0.0.1 1000
}
no_growth too_big
same 2000 $(($(counter TooBig) - before))

claim "routes to own addresses, for segments with a forged source, are released"
before=$(counter Martian)
forged() {
	through local fd05::1 'dev lo' peer ./send_series.py p0 "$mac" fd05::1+ fd00::1 1000
}
no_growth forged
same 2000 $(($(counter Martian) - before))

claim "extensions of segments that have crossed br_netfilter are released"
link_bridge 10.0.0.1/24 fd00::1/64
ip -n tarpit link set br0 address "$mac"
for host in 10.0.0.200 fd00::200; do
	ip -n tarpit neighbour replace $host lladdr "$(mac_of peer p0)" dev br0
done
: >$tracing/trace
by_the_bridge() {
	peer ./send_series.py p0 "$mac" 10.0.0.200 10.0.0.1 1000
	peer ./send_series.py p0 "$mac" fd00::200 fd00::1 1000
}
no_growth by_the_bridge
rewritten 4000

gone
