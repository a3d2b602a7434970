#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# With nf_conntrack_tcp_loose=0 and a preceding rule that drops INVALID, as SYNPROXY needs them, the
# probes of a held peer never reach a rule in INPUT: --persist then answers only the SYN, as
# --tarpit does. In PREROUTING of the table raw the rule precedes connection tracking and answers
# the probes.
#
# suite: all
# needs: lib.sh client.py
. ./lib.sh

# persists HOST: a client connects, writes and waits; prints how many replies it got.
persists() {
	local before word
	before=$(counter persist)
	read -r _ _ word < <(peer ./client.py write "$1" 80 600)
	same held "$word"
	echo $(($(counter persist) - before))
}

link_pair
backstop
both %T -A INPUT -p tcp -m conntrack --ctstate INVALID -j DROP
tarpit sysctl -qw net.netfilter.nf_conntrack_tcp_loose=0
both %T -A INPUT -p tcp --dport 80 -j TARPIT --persist
for host in 10.0.0.1 fd00::1; do
	claim "$host: in INPUT after the rule for INVALID only the SYN is answered"
	replies=$(persists $host)
	same 1 "$replies"
done
both %T -D INPUT -p tcp --dport 80 -j TARPIT --persist
both %T -t raw -A PREROUTING -p tcp --dport 80 -j TARPIT --persist
for host in 10.0.0.1 fd00::1; do
	claim "$host: in PREROUTING of raw the probes are answered"
	replies=$(persists $host)
	between 5 100 "$replies"
done
