# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# live.sh - clients of live.py for the cases. Sourced after lib.sh.

# start HOST PORT SECONDS KIND...: clients that are up; go tells them that the rule has come.
start() {
	rm -f /tmp/go
	mkfifo /tmp/go
	exec 5<>/tmp/go
	nsenter --net=/run/netns/peer -- ./live.py hold "$@" </tmp/go >/tmp/verdicts 2>&1 &
	clients=$!
	eventually grep -q '^up' /tmp/verdicts
}

go() { echo >&5; }

# finish: waits for the clients; the rules of filter, raw and mangle PREROUTING go.
finish() {
	wait "$clients"
	cat /tmp/verdicts
	both %T -F
	both %T -t raw -F
	both %T -t mangle -F PREROUTING
}

# verdict KIND PATTERN: how its connection ended, or held.
verdict() {
	claim "$1: $2"
	grep -Eqx "$1 [0-9]+ $2" /tmp/verdicts || die "$(cat /tmp/verdicts)"
}

# live NAME: the counter xt_tarpit_live_NAME_total.
live() { tarpit sed -n "s/^xt_tarpit_live_$1_total //p" /proc/net/xt_TARPIT; }

# track NETNS: a rule of conntrack makes the namespace track connections.
track() {
	inside "$1" iptables -t mangle -A INPUT -m conntrack --ctstate NEW
	inside "$1" ip6tables -t mangle -A INPUT -m conntrack --ctstate NEW
}

# serve NETNS PORT: a server of live.py.
serve() {
	nsenter --net="/run/netns/$1" -- ./live.py serve "$2" >"/tmp/served-$1" &
	eventually grep -q ready "/tmp/served-$1"
}

# link_server: the namespace tarpit routes between peer and a server, host.
link_server() {
	ip netns add host
	ip link add h0 netns tarpit type veth peer name e0 netns host
	addresses tarpit h0 10.1.0.1/24 fd01::1/64
	addresses host e0 10.1.0.2/24 fd01::2/64
	ip -n host route add default via 10.1.0.1
	ip -n host -6 route add default via fd01::1
	ip -n peer route add 10.1.0.0/24 via 10.0.0.1
	ip -n peer route add fd01::/64 via fd00::1
}
