#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Many Linux connections from several namespaces are held at once: the only kernel memory that grows
# with them is that of the clients' sockets.
#
#    netns peer0 … peer9: hold_sockets.py ---- netns tarpit: dark hosts, FORWARD and raw PREROUTING
#
#   held-connections-use-no-memory.sh [CONNECTIONS]
#
# suite: all
# vm: --append slab_nomerge --memory 1536
# needs: lib.sh hold_sockets.py slabs.py
# long: 200000
# long-vm: --icount --memory 4096 --timeout 20000 --append slab_nomerge
. ./lib.sh

connections=${1:-4000} peers=10

# peer_up NUMBER: creates a namespace with its own link to netns tarpit.
peer_up() {
	local name=peer$1 net=10.1.$1
	ip netns add "$name"
	ip link add "q$1" netns tarpit type veth peer name p0 netns "$name"
	addresses tarpit "q$1" "$net.1/24"
	addresses "$name" p0 "$net.2/24"
	ip -n "$name" route add default via "$net.1"
	ip netns exec "$name" sysctl -qw net.ipv4.ip_local_port_range='1024 65535'
}

# connect_all PORT: opens the connections, shared among all namespaces, until their input, a fifo,
# ends.
connect_all() {
	mkfifo /tmp/until
	exec 3<>/tmp/until
	for number in $(seq 0 $((peers - 1))); do
		inside "peer$number" ./hold_sockets.py $((connections / peers)) 0 "$1" 0 10.9.0.{1..20} \
			</tmp/until >"/tmp/crowd$number" 3>&- &
	done
	all_say up 7200
}

dismissed() {
	exec 3>&-
	rm /tmp/until
	all_say held 3600
	wait
	wait_for_orphans
}

# wait_for_orphans: until no closed connection has a socket, which its retransmissions keep.
wait_for_orphans() {
	until grep -q '^TCP: .* orphan 0 ' /proc/net/sockstat; do sleep 10; done
}

# all_say WORD SECONDS: waits until all namespaces report all connections as up, or held.
all_say() {
	local patience=0
	until [ "$(cat /tmp/crowd? | grep -c "^$1 $((connections / peers))$")" = $peers ]; do
		sleep 1
		patience=$((patience + 1))
		[ $patience -lt "$2" ] || die "$(cat /tmp/crowd?)"
	done
}

link_pair
for number in $(seq 0 $((peers - 1))); do peer_up "$number"; done
# Half of the unused addresses are tarpitted in FORWARD, with connection tracking, half in raw
# PREROUTING.
tarpit iptables -t raw -A PREROUTING -p tcp -d 10.9.0.0/29 -j TARPIT --persist
tarpit iptables -A FORWARD -m conntrack --ctstate INVALID -j ACCEPT
tarpit iptables -A FORWARD -p tcp -j TARPIT
connect_all 80
dismissed
claim "the memory of $connections sockets that are only bound is measured"
./slabs.py save /tmp/idle
connect_all 0
./slabs.py save /tmp/bound
dismissed
sleep 5
claim "$connections connections are held at once"
./slabs.py save /tmp/before
connect_all 80
claim "no slab cache grows more than with sockets that are only bound"
if frees; then ./slabs.py compare /tmp/idle /tmp/bound /tmp/before "$connections"; fi
claim "conntrack has no entry, and the tarpit's namespace has no socket"
no_entry
same 0 "$(inside tarpit ss -Htan | wc -l)"
claim "a minute later all are still held"
sleep 60
dismissed
