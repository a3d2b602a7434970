#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# If an outbound policy requires IPsec or blocks, no reply leaves in plain text: from each hook, in
# both families, on a plain link and through a bridge, for a policy that selects only addresses, one
# that also selects the device, and the default policy. In IPv4 a listener is compared; in IPv6 the
# kernel's own lookup ignores a policy's device.
#
#    netns peer p0 ---- t0 netns tarpit (dark networks behind; later t0 is a port of br0)
#
# needs: lib.sh ipsec.sh
. ./lib.sh
. ./ipsec.sh

# out SOURCE PEER [WORD...]: a policy that packets from SOURCE to PEER leave in a tunnel.
out() {
	local source=$1 to=$2 outer
	shift 2
	case "$to" in *:*) outer=fd00::1 ;; *) outer=10.0.0.1 ;; esac
	ip -n tarpit xfrm policy add src "$source" dst "$to" proto tcp "$@" dir out \
		tmpl src "$outer" dst "$to" proto esp reqid 9 mode tunnel
}

# block SOURCE PEER [WORD...]
block() {
	local source=$1 to=$2
	shift 2
	ip -n tarpit xfrm policy add src "$source" dst "$to" proto tcp "$@" dir out action block
}

# policies COMMAND [WORD...]: for both families, for the host and for the unused networks.
policies() {
	local what=$1 from
	shift
	for from in 10.0.0.1 10.0.0.9 10.9.0.0/24; do "$what" $from 10.0.0.2 "$@"; done
	for from in fd00::1 fd00::9 fd09::/64; do "$what" $from fd00::2 "$@"; done
}

# encrypted WHERE PORT HOST...: each accepts a connection, and the peer receives only ESP.
encrypted() {
	local where=$1 port=$2 host
	shift 2
	forget
	for host; do
		claim "$where: $host, port $port, answers"
		connects "$host" "$port"
	done
	claim "$where: $* answer only in ESP"
	came_as_esp
}

# silent WHERE HOST...: NoRoute is counted, and the peer receives nothing.
silent() {
	local where=$1
	shift
	forget
	claim "$where: nothing comes back from $*"
	unanswered NoRoute "$@"
	same 'plain 0, ESP 0' "$(came)"
}

# by_each_hook COMMAND LABEL: TARPIT in PREROUTING, then in INPUT and FORWARD.
by_each_hook() {
	local what=$1 label=$2
	both %T -t raw -A PREROUTING -p tcp --dport 80 -j TARPIT
	"$what" "$label, PREROUTING" 10.0.0.1 fd00::1 10.9.0.9 fd09::9
	both %T -t raw -F
	both %T -A INPUT -p tcp --dport 80 -j TARPIT
	both %T -A FORWARD -p tcp --dport 80 -j TARPIT
	"$what" "$label, INPUT and FORWARD" 10.0.0.1 fd00::1 10.9.0.9 fd09::9
	both %T -F
}

encrypted_80() { encrypted "$1" 80 "${@:2}"; }

# beside_a_listener LABEL: a listener sends only ESP, or nothing.
beside_a_listener() {
	forget
	claim "$1: a listener sends nothing in plain text either"
	peer timeout 10 bash -c 'exec 3<>/dev/tcp/10.0.0.1/81' 2>/dev/null || true
	[[ "$(came)" =~ ^plain\ 0, ]] || die "$(came)"
}

link_pair
watch_peer
# A client that has ended probes the zero window for minutes. If no rule matches by then, the host
# sends a reset, in IPv6 in plain text. So the peer sends only SYNs, which suffices to connect.
for tool in iptables ip6tables; do
	peer $tool -A OUTPUT -p tcp ! --syn -j DROP
done
for netns in peer tarpit; do
	state $netns 10.0.0.1 10.0.0.2 9 9 tunnel
	state $netns fd00::1 fd00::2 9 9 tunnel
done
# The peer accepts packets of the tunnel, and plain text too.
for ends in '0.0.0.0/0 10.0.0.2 10.0.0.1' '::/0 fd00::2 fd00::1'; do
	read -r any to outer <<<"$ends"
	ip -n peer xfrm policy add src "$any" dst "$to" proto tcp dir in \
		tmpl src "$outer" dst "$to" proto esp reqid 9 mode tunnel level use
done
# Not a function: timeout must get the signal.
nsenter --net=/run/netns/tarpit -- timeout 3000 python3 -c 'import socket, time
listener = socket.create_server(("0.0.0.0", 81)); time.sleep(2900)' &
listener=$!

claim "without a policy, plain text is seen"
both %T -A INPUT -p tcp --dport 80 -j TARPIT
connects 10.0.0.1 80
connects fd00::1 80
same 'plain 2, ESP 0' "$(came)"
both %T -F

for device in '' 'dev t0'; do
	# shellcheck disable=SC2086 # Two words, or none.
	policies out $device
	by_each_hook encrypted_80 "a policy [$device]"
	beside_a_listener "a policy [$device]"
	ip -n tarpit xfrm policy flush
	# shellcheck disable=SC2086
	policies block $device
	by_each_hook silent "a block [$device]"
	ip -n tarpit xfrm policy flush
done
# Without policies, SYN-ACKs that the listener repeats would arrive in plain text.
kill "$listener"
wait "$listener" || true

claim "a policy that selects another device has no effect"
policies block dev dark0
both %T -A INPUT -p tcp --dport 80 -j TARPIT
connects 10.0.0.1 80
connects fd00::1 80
both %T -F
ip -n tarpit xfrm policy flush

# Without any policy, which is the harder case. Neighbour discovery is blocked, too.
ip -n peer neighbour replace fd00::1 lladdr "$(mac_of tarpit t0)" dev p0 nud permanent
ip -n tarpit xfrm policy setdefault out block
# The kernel itself does not forward then, so FORWARD never sees a segment.
both %T -t raw -A PREROUTING -p tcp --dport 80 -j TARPIT
silent "out blocked by default, PREROUTING" 10.0.0.1 fd00::1 10.9.0.9 fd09::9
both %T -t raw -F
both %T -A INPUT -p tcp --dport 80 -j TARPIT
silent "out blocked by default, INPUT" 10.0.0.1 fd00::1
both %T -F
ip -n tarpit xfrm policy setdefault out accept
ip -n peer neighbour del fd00::1 dev p0

claim "a bridge works"
link_bridge 10.0.0.1/24 fd00::1/64
link_host 02:00:00:00:00:99 10.0.0.9/24 fd00::9/64
peer ping -q -c 1 -w 60 10.0.0.9 >/dev/null
peer ping -q -c 1 -w 60 fd00::9 >/dev/null
for chain in '-t raw -A PREROUTING' '-A FORWARD'; do
	# shellcheck disable=SC2086
	both %T $chain -p tcp --dport 80 -j TARPIT
	policies out dev br0
	encrypted "a bridge, $chain, a policy [dev br0]" 80 10.0.0.9 fd00::9
	ip -n tarpit xfrm policy flush
	policies block dev br0
	silent "a bridge, $chain, a block [dev br0]" 10.0.0.9 fd00::9
	ip -n tarpit xfrm policy flush
	# shellcheck disable=SC2086
	both %T ${chain/-A/-F}
done
