#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Open vSwitch of Debian. A tarpit device is a port of the switch and answers for an unused address;
# other hosts of the switch are not disturbed. At a port of the switch, nft fwd answers for a TCP
# port of a live host.
#
# vm: --disk recipes-disk
# needs: lib.sh
. ./lib.sh

unused=02:00:00:00:00:77
switch() { tarpit "$@" >/tmp/switch 2>&1 || die "$*: $(cat /tmp/switch)"; }

start_switch() {
	mkdir -p /run/openvswitch /etc/openvswitch /var/log/openvswitch
	rm -f /etc/openvswitch/conf.db
	modprobe openvswitch
	switch ovsdb-tool create /etc/openvswitch/conf.db /usr/share/openvswitch/vswitch.ovsschema
	switch ovsdb-server --remote=punix:/run/openvswitch/db.sock --pidfile --detach --log-file
	switch ovs-vsctl --no-wait init
	switch ovs-vswitchd --pidfile --detach --log-file
	switch ovs-vsctl add-br br0
}

# host NAME NUMBER: a host at a port of the switch.
host() {
	ip netns add "$1"
	ip link add "s$2" netns tarpit type veth peer name "n$2" netns "$1"
	ip -n tarpit link set "s$2" up
	addresses "$1" "n$2" "10.6.0.$2/24" "fd06::$2/64"
	switch ovs-vsctl add-port br0 "s$2"
}

# reply_of HOST PORT: a client of host one connects, and the tarpit device has answered.
reply_of() {
	local before
	before=$(counter tarpit)
	connects "$1" "$2" one
	[ "$(counter tarpit)" -gt "$before" ] || die "$1 answered, but not by the device"
}

# reached: each host reaches the other by the switch.
reached() {
	inside one ping -qnc 1 -W 10 10.6.0.2 >/dev/null
	inside two ping -qnc 1 -W 10 fd06::1 >/dev/null
}

link_pair
ip -n tarpit link add tarpit0 type tarpit
ip -n tarpit link set tarpit0 up
start_switch
host one 1
host two 2
switch ovs-vsctl add-port br0 tarpit0
switch ovs-ofctl mod-port br0 tarpit0 no-flood
for address in 10.6.0.77 fd06::77; do
	ip -n one neighbour add "$address" lladdr $unused dev n1
done
eventually reached

claim "frames of an address that leads nowhere are not flooded to the device"
before=$(counter tarpit)
refused inside one timeout 5 bash -c 'exec 3<>/dev/tcp/10.6.0.77/80'
same "$before" "$(counter tarpit)"
claim "as a port of the switch the device answers for an unused address"
switch ovs-appctl fdb/add br0 tarpit0 0 $unused
reply_of 10.6.0.77 80
reply_of fd06::77 80
claim "the hosts of the switch still reach each other"
reached

claim "at a port of the switch, nft fwd answers for a port of a live host"
tarpit nft -f - <<'END'
table netdev t { chain in {
	type filter hook ingress device "s1" priority -300
	tcp dport 23 fwd to "tarpit0"
}; }
END
reply_of 10.6.0.2 23
reply_of fd06::2 23
claim "and the switch sends the host's other packets to the host"
reached
refused connects 10.6.0.2 24 one

claim "a flow to the device makes the switch learn the host's MAC address there"
tarpit nft delete table netdev t
switch ovs-appctl fdb/flush br0
switch ovs-ofctl add-flow br0 tcp,tp_dst=23,actions=output:tarpit0
reply_of 10.6.0.2 23
port=$(tarpit ovs-vsctl get Interface tarpit0 ofport)
tarpit ovs-appctl fdb/show br0 | grep "^ *$port .*$(mac_of two n2)"
