#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A host answers for addresses that nobody has: a router for a subnet that it forwards to, a host
# that forwards nothing for one that it calls local; and in raw/PREROUTING, where a scan of all of
# them costs not one entry of connection tracking. nmap is the scanner, in both families.
#
# vm: --disk recipes-disk
# needs: lib.sh
. ./lib.sh

# open_ports OPTIONS...: how many open ports nmap sees.
open_ports() { peer nmap -n -Pn --max-retries 1 -oG - "$@" | grep -o '/open/' | wc -l; }

link_pair
claim "a router answers for a subnet behind it: FORWARD"
both %T -A FORWARD -p tcp -o dark0 -j TARPIT
same 16 "$(open_ports -sS -p 22,445 10.9.0.16/29)"
same 16 "$(open_ports -6 -sS -p 22,445 fd09::10/125)"
connects 10.9.0.77 3389
both %T -F FORWARD

claim "a host that forwards nothing calls the subnet its own: ip route add local"
tarpit sysctl -qw net.ipv4.ip_forward=0 net.ipv6.conf.all.forwarding=0
tarpit ip route replace local 10.9.0.0/24 dev lo
tarpit ip route replace local fd09::/64 dev lo
both %T -A INPUT -p tcp -j TARPIT
same 16 "$(open_ports -sS -p 22,445 10.9.0.16/29)"
same 16 "$(open_ports -6 -sS -p 22,445 fd09::10/125)"
both %T -F INPUT

claim "in raw/PREROUTING two thousand SYNs leave nothing in connection tracking"
tarpit iptables -A INPUT -m conntrack --ctstate INVALID -j DROP # so that tracking is on
both %T -t raw -A PREROUTING -p tcp -j TARPIT
tarpit conntrack -F 2>/dev/null
before=$(counter tarpit)
same 1000 "$(open_ports -sS -p 1-1000 10.9.0.5)"
same 1000 "$(open_ports -6 -sS -p 1-1000 fd09::5)"
[ $(($(counter tarpit) - before)) -ge 2000 ]
same 0 "$(tarpit conntrack -C)"
