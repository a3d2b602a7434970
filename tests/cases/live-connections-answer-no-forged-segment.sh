#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Of a connection that was up before the rule, --persist answers only segments within both windows,
# whether conntrack is liberal or not. Two hosts that both hold one connection do not answer each
# other. Without connection tracking there is silence, and the client leaves as with DROP. Virtual
# time.
#
# needs: lib.sh live.sh live.py send_segments.py frames.py
. ./lib.sh
. ./live.sh

# numbers: the client's port, its next number and its acknowledgement: those after its first line.
numbers() {
	local line
	line=$(grep -E '> 10.0.0.1.80: Flags \[P\.\]' /tmp/dump | tail -n 1)
	port=$(sed -E 's/.* 10\.0\.0\.2\.([0-9]+) > .*/\1/' <<<"$line")
	seq=$(sed -E 's/.* seq [0-9]+:([0-9]+),.*/\1/' <<<"$line")
	ack=$(grep -E "10.0.0.2.$port > 10.0.0.1.80: Flags \[\.\]" /tmp/dump | tail -n 1 |
		sed -E 's/.* ack ([0-9]+),.*/\1/')
}

# forge WANT SEQ ACK: what a segment gets whose numbers are so far from the client's.
forge() {
	local at=$((($2 + seq) & 0xffffffff)) of=$((($3 + ack) & 0xffffffff))
	send_segments 10.0.0.2 10.0.0.1 "A,sport=$port,dport=80,seq=$at,ack=$of,len=10,win=500"
	claim "a segment $2 bytes after the last, and its acknowledgement $3: $1"
	case "$1" in
	answered) same "A $(((of + 1) & 0xffffffff)) $seq 0" "${got[0]}" ;;
	*) same nothing "${got[0]}" ;;
	esac
}

forged() {
	local before
	before=$(counter Unverified ipv4)
	forge silence 0 1
	forge silence 0 -2000000000
	forge silence 0 1000000000
	forge silence 1000000000 0
	forge silence -1000000000 0
	forge silence 80000 0
	same $((before + 6)) "$(counter Unverified ipv4)"
	forge answered 0 0
}

packets() {
	# shellcheck disable=SC2016 # awk's own.
	peer awk '/^xt_tarpit_(replies|ignored)/ { n += $2 } END { print n }' /proc/net/xt_TARPIT
}

modprobe xt_TARPIT
link_pair
serve tarpit 80
echo "without connection tracking"
start 10.0.0.1 80 1200 write
tarpit iptables -A INPUT -p tcp --dport 80 -j TARPIT --persist
go
finish
verdict write ETIMEDOUT
[ "$(live probes)" = 0 ] || die "$(live probes) were answered"

echo "with it"
track tarpit
MAC=$(mac_of tarpit t0)
sender p0
for liberal in 0 1; do
	tarpit sysctl -qw net.netfilter.nf_conntrack_tcp_be_liberal=$liberal
	dumps /tmp/dump peer p0 -S tcp port 80
	start 10.0.0.1 80 60 patient
	undump /tmp/dump
	numbers
	tarpit iptables -A INPUT -p tcp --dport 80 -j TARPIT --persist
	claim "segments outside the windows get silence; nf_conntrack_tcp_be_liberal is $liberal"
	forged
	go
	finish
done

claim "two hosts that both hold a connection send a few packets, and no loop"
track peer
start 10.0.0.1 80 900 write upload
peer iptables -A INPUT -p tcp --sport 80 -j TARPIT --persist
tarpit iptables -A INPUT -p tcp --dport 80 -j TARPIT --persist
go
finish
between 1 200 "$(packets)"
