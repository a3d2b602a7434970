#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What xt-tarpit-lan does when the world changes: SIGKILL at any moment leaves no table; others
# cannot change its table; a change of address, MAC address or carrier gives all back for a minute;
# two daemons do no harm; hosts are remembered; and it refuses to start where it is not safe, with
# one sentence.
#
# vm: --disk lan-disk
# needs: lib.sh lan.sh
# artifacts: lan
# suite: all
. ./lib.sh
. ./lan.sh

no_table() { [ "$(tarpit nft list tables)" = "" ]; }

# refuses TEXT OPTION...: the daemon does not start, and says so in one line.
refuses() {
	refused tarpit ./lan/xt-tarpit-lan run "${@:2}"
	grep -qF "$1" /tmp/refused || die "it says: $(cat /tmp/refused)"
	same 1 "$(wc -l </tmp/refused)"
	no_table
}

lan_start
claim "it refuses to start where it is not safe"
configure 'ranges = []'
refuses 'no ranges are named'
configure 'ranges = ["198.51.100.0/24"]'
refuses 'outside the networks of e0'
configure 'ranges = ["192.0.2.0/24"]'
refuses 'there is no interface e9' --interface e9
refuses 'lo is a loopback device' --interface lo
tarpit sysctl -qw net.ipv4.conf.e0.proxy_arp=1
refuses 'proxy_arp is on'
tarpit sysctl -qw net.ipv4.conf.e0.proxy_arp=0 net.ipv4.ip_forward=1
refuses 'router = true'
tarpit sysctl -qw net.ipv4.ip_forward=0
ip -n tarpit link set tarpit0 down
refuses 'no tarpit device tarpit0 that is up'
ip -n tarpit link set tarpit0 up
ip -n tarpit link add br9 type bridge
ip -n tarpit link set e0 master br9
refuses 'e0 is a port of br9'
ip -n tarpit link del br9

claim "without CAP_NET_RAW or CAP_NET_ADMIN it says which is missing"
refused tarpit setpriv --bounding-set=-net_raw --inh-caps=-net_raw ./lan/xt-tarpit-lan run
grep -q CAP_NET_RAW /tmp/refused
refused tarpit setpriv --bounding-set=-net_admin --inh-caps=-net_admin ./lan/xt-tarpit-lan run
grep -q 'nftables refuses' /tmp/refused

claim "others cannot flush its table"
configure 'ranges = ["192.0.2.0/24"]' 'state-file = "/tmp/hosts"'
daemon
take 192.0.2.70
tarpit nft flush ruleset
in_set 192.0.2.70
refused tarpit nft flush table netdev xt_tarpit_lan_e0

claim "a second daemon on the same host is refused"
refused tarpit ./lan/xt-tarpit-lan run
grep -q 'another daemon answers' /tmp/refused

claim "SIGKILL leaves no table, at any moment"
kill -9 "$daemon"
eventually no_table
for pause in 0 0.01 0.02 0.05 0.1 0.3 1 5 14; do
	nsenter --net=/run/netns/tarpit -- ./lan/xt-tarpit-lan run >/tmp/journal 2>&1 &
	daemon=$!
	(lan capture 192.0.2.70 >/dev/null 2>&1 || true)
	sleep "$pause"
	kill -9 "$daemon"
	wait "$daemon" 2>/dev/null || true
	eventually no_table
done

claim "hosts are remembered after a restart"
daemon
inside scanner ping -q -c 1 192.0.2.1 >/dev/null
eventually is 192.0.2.100 held
end_daemon
daemon
is 192.0.2.100 held

claim "a daemon that hangs holds its addresses for half a minute"
take 192.0.2.71
kill -STOP "$daemon"
sleep 31
refused in_set 192.0.2.71
kill -CONT "$daemon"
eventually in_set 192.0.2.71
journal_has 'frames may be lost'

# given_back CLAIM: all is given back, nothing is taken for a minute, then the daemon goes on.
given_back() {
	eventually none_taken
	refused lan capture 192.0.2.72
	sleep 60
	eventually lan capture 192.0.2.72
	eventually is 192.0.2.72 taken
	in_set 192.0.2.72
}

none_taken() { [ "$(addresses_in taken)" = "" ]; }

claim "loss of the carrier"
ip -n lan link set tarpit down
eventually none_taken
ip -n lan link set tarpit up
given_back
claim "another own address"
ip -n tarpit address add 192.0.2.9/24 dev e0
given_back
claim "another MAC address"
ip -n tarpit link set e0 address 02:00:00:00:01:01
given_back
tarpit nft list ruleset | grep 02:00:00:00:01:01 >/dev/null
claim "the tarpit device goes and comes again"
ip -n tarpit link del tarpit0
eventually none_taken
ip -n tarpit link add tarpit0 type tarpit
ip -n tarpit link set tarpit0 up
given_back
connects 192.0.2.72 80 scanner
claim "a taken address that becomes an own one on another device"
ip -n tarpit link add dummy0 type dummy
ip -n tarpit address add 192.0.2.72/32 dev dummy0
eventually none_taken
refused lan capture 192.0.2.72
claim "the interface goes: it ends, and leaves no table"
ip -n lan link del tarpit
eventually no_table
if wait "$daemon"; then die "it ended with status 0"; fi
journal_has 'e0 is gone'
