#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# --persist holds a connection that was up before the rule, whatever the state of its conntrack
# entry: an entry that a segment of the server has created, and one whose keepalives are all equal,
# which keeps its long timeout. Behind SYNPROXY, where the sequence numbers differ, there is
# silence. Virtual time.
#
# needs: lib.sh live.sh live.py
. ./lib.sh
. ./live.sh

# timeout_of: the seconds until the entry expires.
timeout_of() { tarpit conntrack -L -p tcp --dport "$1" 2>/dev/null | awk '{ print $3 }'; }

link_pair
track tarpit
serve tarpit 80
echo "an entry that begins with the server's segment"
start 10.0.0.1 80 1200 greeted
tarpit conntrack -F 2>/dev/null
sleep 40
claim "the entry is reversed"
tarpit conntrack -L 2>/dev/null | grep -q 'src=10.0.0.1 .*src=10.0.0.2' ||
	die "$(tarpit conntrack -L 2>/dev/null)"
tarpit iptables -A INPUT -p tcp --dport 80 -j TARPIT --persist
go
finish
verdict greeted held

echo "equal keepalives"
start 10.0.0.1 80 900 keepalive
tarpit iptables -A INPUT -p tcp --dport 80 -j TARPIT --persist
go
sleep 600
claim "the entry has not expired earlier because of them"
[ "$(timeout_of 80 | sort -n | tail -n 1)" -gt 100000 ] || die "$(tarpit conntrack -L 2>/dev/null)"
finish
verdict keepalive held

echo "behind SYNPROXY"
tarpit sysctl -qw net.netfilter.nf_conntrack_tcp_loose=0
tarpit iptables -t raw -A PREROUTING -p tcp --dport 80 --syn -j CT --notrack
tarpit iptables -A INPUT -p tcp --dport 80 -m conntrack --ctstate INVALID,UNTRACKED \
	-j SYNPROXY --sack-perm --timestamp --wscale 7 --mss 1460
start 10.0.0.1 80 1200 write
before=$(counter Unverified ipv4)
tarpit iptables -I INPUT -p tcp --dport 80 ! --syn -j TARPIT --persist
go
finish
verdict write ETIMEDOUT
[ "$(counter Unverified ipv4)" -gt "$before" ] || die "nothing counts as Unverified"
