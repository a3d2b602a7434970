#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# GRO and BIG TCP: a super-packet is one segment, to a rule and to a tarpit device. Honeypot
# acknowledges all its bytes at once, even if its length does not fit into the IP header; tarpit
# sends no reply, and persist acknowledges none. A real client's megabyte is acknowledged, with and
# without offloads. The checksum of a super-packet from a hypervisor's guest is verified.
#
# needs: lib.sh send_segments.py send_by_tap.py frames.py
. ./lib.sh

sizes='3000 60000 65495'

# knock HOST SEGMENT...: sets $got to the replies. The source is unused, so that nothing else
# answers.
knock() {
	local host=$1 source=10.0.0.200
	shift
	case "$host" in *:*) source=fd00::200 ;; esac
	send_segments $source "$host" "$@"
	printf '    %s\n' "${got[@]}"
}

# supers MODE: a handshake in both families, then super-packets of all sizes at una.
supers() {
	local size
	segments=("S")
	for size in $sizes; do
		segments+=("PA,seq=1001,ack=iss+1,len=$size,gso=1400")
	done
	both %T -F
	both %T -A INPUT -p tcp -j TARPIT "--$1"
}

# each HOST PREFIX: the reply to each super-packet starts with PREFIX, in which SIZE is its length.
each() {
	local index=0 size
	for size in $sizes; do
		index=$((index + 1))
		[[ ${got[index]} =~ ^${2//SIZE/$((1001 + size))}$ ]] ||
			die "$1: $size bytes got ${got[index]}"
	done
}

# megabyte HOST [NETNS]: a client sends a megabyte, closes, and sees our side close.
megabyte() {
	ip netns exec "${2:-peer}" timeout 300 python3 -c '
import socket, sys
client = socket.create_connection((sys.argv[1], 80), 250)
client.sendall(bytes(1000000))
client.shutdown(socket.SHUT_WR)
sys.exit(client.recv(1) != b"")' "$1"
}

# seen TOOL: the packets and bytes of the first rule of INPUT.
seen() { tarpit "$1" -L INPUT -v -x -n | awk '/TARPIT/ { print $1, $2 }'; }

# by_device HOST: as honeypot's rule, by a new tarpit device.
by_device() {
	both %T -F
	ip -n tarpit link add tarpit0 type tarpit honeypot
	ip -n tarpit link set tarpit0 up
	tarpit nft -f - <<-'END'
		table netdev t { chain in { type filter hook ingress device "t0" priority -300
			tcp dport 80 fwd to "tarpit0"
		}; }
	END
	knock "$1" "${segments[@]}"
	each "$1" 'A [0-9]+ SIZE 65535'
	same $((count + 1)) "$(ip netns exec tarpit cat /sys/class/net/tarpit0/statistics/tx_packets)"
	ip -n tarpit link del tarpit0
	tarpit nft delete table netdev t
}

link_pair
MAC=$(mac_of tarpit t0)
sender p0
mac_peer=$(mac_of peer p0)
for netns in peer:p0 tarpit:t0; do
	ip -n ${netns%:*} link set ${netns#*:} gso_max_size 200000 gso_ipv4_max_size 200000 \
		gro_max_size 200000 gro_ipv4_max_size 200000
done
if ip -d -n peer link show p0 | grep gso_ipv4_max_size >/dev/null; then
	sizes+=' 65535 65536 150000'
else
	echo "  before 6.3 there are no larger packets of IPv4, and packet sockets send none of IPv6"
fi
count=0 total=0
for size in $sizes; do
	count=$((count + 1)) total=$((total + size)) largest=$size
done
for host in 10.0.0.200 fd00::200; do
	ip -n tarpit neighbour replace $host lladdr "$mac_peer" dev t0 nud permanent
done

for host in 10.0.0.1 fd00::1; do
	claim "$host: honeypot acknowledges all bytes of a super-packet at once"
	supers honeypot
	knock $host "${segments[@]}"
	each $host 'A [0-9]+ SIZE 65535'
	claim "$host: they were super-packets"
	[ $host = 10.0.0.1 ] && tool=iptables || tool=ip6tables
	read -r packets bytes < <(seen "$tool")
	same $((count + 1)) "$packets"
	[ "$bytes" -gt $((total * 9 / 10)) ] || die "the rule counted $bytes bytes"
	claim "$host: so does a tarpit device"
	by_device $host
	claim "$host: persist acknowledges nothing of a super-packet"
	supers persist
	knock $host "${segments[@]}"
	each $host 'A [0-9]+ 1001 0'
	claim "$host: tarpit does not answer a super-packet"
	supers tarpit
	before=$(counter Held)
	knock $host "${segments[@]}"
	each $host nothing
	same $count $(($(counter Held) - before))
	claim "$host: reset answers a super-packet"
	supers reset
	knock $host "PA,seq=1001,ack=77,len=$largest,gso=1400" "P,seq=1001,len=$largest,gso=1400"
	same "R 77 0 0" "${got[0]}"
	same "RA 0 $((1001 + largest)) 0" "${got[1]}"
done

# clients WHAT LEAST: a megabyte in both families; packets have LEAST bytes or more on average.
clients() {
	local host tool packets bytes
	for host in 10.0.0.1 fd00::1; do
		claim "a megabyte to $host arrives: $1"
		both %T -F
		both %T -A INPUT -p tcp -j TARPIT --honeypot
		megabyte $host
		[ $host = 10.0.0.1 ] && tool=iptables || tool=ip6tables
		read -r packets bytes < <(seen "$tool")
		echo "  $packets packets, $bytes bytes, $(counter honeypot) replies so far"
		[ $((bytes / packets)) -ge "$2" ] || die "only $((bytes / packets)) bytes a packet"
	done
}

claim "a megabyte of this host arrives at a tarpit device"
both %T -F
ip -n tarpit link add tarpit0 type tarpit honeypot
ip -n tarpit link set tarpit0 up
for host in 10.9.0.7 fd09::7; do
	ip -n tarpit route add $host dev tarpit0
	megabyte $host tarpit
done
ip -n tarpit link del tarpit0

# by_tap WHAT: the replies to two super-packets of a guest, the second of which is damaged.
by_tap() {
	claim "$1 answers a super-packet of a guest once, and not at all if it is damaged"
	same '1 0' "$(inside tarpit ./send_by_tap.py tap9 "$mac_tap" 10.9.0.2 10.9.1.1)"
	same '1 0' "$(inside tarpit ./send_by_tap.py tap9 "$mac_tap" fd29::2 fd19::1)"
}

modprobe tun
ip -n tarpit tuntap add tap9 mode tap vnet_hdr
ip -n tarpit link set tap9 up
mac_tap=$(mac_of tarpit tap9)
ip -n tarpit address add 10.9.1.1/32 dev lo
ip -n tarpit address add fd19::1/128 dev lo
ip -n tarpit route add 10.9.0.2 dev tap9
ip -n tarpit route add fd29::2 dev tap9
ip -n tarpit neighbour add 10.9.0.2 lladdr 02:00:00:00:00:02 dev tap9
ip -n tarpit neighbour add fd29::2 lladdr 02:00:00:00:00:02 dev tap9
both %T -A INPUT -i tap9 -p tcp -j TARPIT
by_tap "a rule"
both %T -F
ip -n tarpit link add tarpit0 type tarpit
ip -n tarpit link set tarpit0 up
tarpit nft 'table netdev t { chain in { type filter hook ingress device "tap9" priority -300
	tcp dport 80 fwd to "tarpit0"
}; }'
by_tap "a tarpit device"
tarpit ethtool -K tarpit0 sg off tso off gso off tx off || true
by_tap "a tarpit device whose offloads ethtool cannot switch off"
claim "tbf in front of a device cuts both, and writes the checksums of the segments"
tc -n tarpit qdisc add dev tarpit0 root tbf rate 100mbit burst 1500 limit 100000
# On older kernels the queue holds more of the 600 segments of each.
read -r right damaged < <(inside tarpit ./send_by_tap.py tap9 "$mac_tap" 10.9.0.2 10.9.1.1)
between 75 600 "$right"
same "$right" "$damaged"
tc -n tarpit qdisc del dev tarpit0 root
tarpit nft delete table netdev t
replies() { tarpit ethtool -S tarpit0 | awk '$1 == "replies:" { print $2 }'; }
for above in 'vlan id 5' 'macvlan mode bridge'; do
	claim "a ${above%% *} device above a device writes the checksum, so both get a reply"
	# shellcheck disable=SC2086 # Words.
	ip -n tarpit link add link tarpit0 name above type $above
	ip -n tarpit link set above up
	tarpit nft 'table netdev t { chain in {
		type filter hook ingress device "tap9" priority -300
		tcp dport 80 fwd to "above"
	}; }'
	before=$(replies)
	# The replies do not go to the tap as they are: one has a tag, one comes in by tarpit0.
	same '0 0' "$(inside tarpit ./send_by_tap.py tap9 "$mac_tap" 10.9.0.2 10.9.1.1)"
	same 2 $(($(replies) - before))
	tarpit nft delete table netdev t
	ip -n tarpit link del above
done
ip -n tarpit link del tarpit0
ip -n tarpit link del tap9

clients "GSO" 5000
peer ethtool -K p0 tso off gso off
clients "single segments" 500
tarpit ethtool -K t0 gro on
clients "GRO" 3000
