#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The examples of tarpit(8), and those of docs/entrances.md for nft, routes, tc, ip rule and XDP,
# run as they are printed, and hold a client. The XDP program in C is built as printed, too.
#
# needs: lib.sh attachments.sh bpf.py ../../man/tarpit.8 ../../docs/entrances.md
# artifacts: tools xdp
. ./lib.sh
. ./attachments.sh

# example TITLE: prints the commands below that heading of the man page.
example() {
	heading=".SS \"$1\"" awk '
		$0 == ENVIRON["heading"] { here = 1; next }
		/^\.S[SH]/ { here = 0 }
		/^\.EX/ { on = here }
		on && !/^\.EX|^\.EE/ { gsub(/\\-/, "-"); gsub(/\\e$/, "\\"); print }
		/^\.EE/ { on = 0 }' tarpit.8
}

# block HEADING FIRST: prints a paragraph of the code below a heading of entrances.md: that with the
# line FIRST, from there on.
block() {
	heading="## $1" first="    $2" awk '
		/^## / { here = $0 == ENVIRON["heading"] }
		!/^    / { on = 0 }
		here && $0 == ENVIRON["first"] { on = 1 }
		on { print substr($0, 5) }' entrances.md
}

# runs COMMANDS: none of them fails.
runs() {
	[ -n "$1" ] || die "there is no such example"
	ip netns exec tarpit sh -ex <<<"$1" 2>/tmp/said || die "$(cat /tmp/said)"
}

# loads RULES: nft takes them.
loads() {
	[ -n "$1" ] || die "there is no such example"
	tarpit nft -f - <<<"$1"
}

# held HOST PORT [MODE]: a client connects, and the tarpit answers.
held() {
	local before mode=${3:-tarpit}
	before=$(counter "$mode")
	connects "$1" "$2"
	[ "$(counter "$mode")" -gt "$before" ] || die "$1 answered, but not the tarpit"
}

link_pair
# The documents name the device eth0.
ip -n tarpit link set t0 down
ip -n tarpit link set t0 name eth0
addresses tarpit eth0 fd00::1/64
ip -n peer route add 203.0.113.0/24 via 10.0.0.1
ip -n peer route add 2001:db8:1::/64 via fd00::1

claim "tarpit(8): a device, and a table netdev"
runs "$(example 'A device')"
runs "$(example 'nftables, before connection tracking')"
held 10.0.0.1 23
held fd00::1 445
tarpit nft flush ruleset
claim "tarpit(8): an unused subnet"
runs "$(example 'An unused subnet on a router')"
held 203.0.113.7 80
claim "tarpit(8): the helper"
runs "$(example 'nftables, in a table inet: the conntrack helper')"
held 10.0.0.1 23
tarpit nft flush ruleset
ip -n tarpit link del tarpit0

claim "entrances.md: a device, and a table netdev"
runs "$(block 'The tarpit device' 'ip link add tarpit0 type tarpit')"
loads "$(block 'The tarpit device' 'table netdev tarpit {')"
held 10.0.0.1 23
tarpit nft flush ruleset
claim "entrances.md: dup"
tarpit nft add table ip t
tarpit nft add chain ip t c '{ type filter hook input priority 0; }'
# shellcheck disable=SC2046 # They are words.
tarpit nft add rule ip t c \
	$(block 'The tarpit device' 'tcp dport 23 dup to 192.0.2.1 device "tarpit0" drop')
held 10.0.0.1 23
tarpit nft flush ruleset
claim "entrances.md: routes"
ip -n tarpit route del blackhole 203.0.113.0/24
runs "$(block 'The tarpit device' 'ip route add 203.0.113.0/24 dev tarpit0')"
held 203.0.113.7 80
held 2001:db8:1::7 80
claim "entrances.md: policy routing"
runs "$(block 'The tarpit device' 'ip rule add ipproto tcp dport 23 lookup 122')"
held 10.9.0.7 23
ip -n tarpit rule del lookup 122
claim "entrances.md: tc"
runs "$(block 'The tarpit device' 'tc qdisc add dev eth0 clsact')"
held 10.0.0.1 23
tarpit tc qdisc del dev eth0 clsact
claim "entrances.md: a table inet with the helper"
loads "$(block 'The conntrack helper' 'table inet filter {')"
held 10.0.0.1 23
held fd00::1 445
tarpit nft flush ruleset

# A veth hands out replies of XDP only if its peer has a program.
passes peer p0
mount -t bpf -o mode=700 bpf /sys/fs/bpf
install tools/xt-tarpit /usr/sbin
install -D -m 644 xdp/tarpit.xdp.o /usr/lib/xt-tarpit/tarpit.xdp.o
claim "entrances.md: xt-tarpit xdp"
commands=$(block XDP 'ethtool -K eth0 rxvlan off rx-vlan-stag-hw-parse off')
[ "$(wc -l <<<"$commands")" = 8 ] || die "the commands are not there"
tarpit sh -ex <<<"$commands"
held 10.0.0.1 8050 persist
held 203.0.113.7 80 persist
held 2001:db8:1::7 80 persist
xdp detach eth0
claim "entrances.md: an XDP program in C calls the module's function"
if has_function; then
	cp xdp/hold.o .
	runs "$(block XDP 'ip link set dev eth0 xdpdrv object hold.o section xdp')"
	held 10.0.0.1 23 persist
	held fd00::1 445 persist
	peer ping -q -c 1 10.0.0.1 >/dev/null
	ip -n tarpit link set dev eth0 xdpdrv off
else
	echo "  not asked of this kernel: the module has no function"
fi
ip -n tarpit link del tarpit0
claim "entrances.md: an XDP program redirects to a device with a lower device"
runs "$(block XDP 'ip link add tarpit0 link eth0 type tarpit persist')"
nsenter --net=/run/netns/tarpit -- ./bpf.py eth0 native redirect tarpit0 >/tmp/redirects &
eventually grep -q attached /tmp/redirects
ip -n peer neighbour replace 10.0.0.1 lladdr "$(mac_of tarpit eth0)" dev p0 nud permanent
held 10.0.0.1 23 persist
