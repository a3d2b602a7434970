#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A rule answers for an unused subnet: on a router in FORWARD, on a host that does not forward by a
# local route, and in raw/PREROUTING, where a scan of all addresses leaves no conntrack entry. nmap
# is the scanner, in both families.
#
# The host answers for no other address. A new host that probes for a duplicate of its address must
# get no reply: for a local route Linux answers ARP, unless arp_ignore is 1.
#
# vm: --disk recipes-disk
# needs: lib.sh
. ./lib.sh

# open_ports OPTIONS...: the number of open ports that nmap reports.
open_ports() { peer nmap -n -Pn --max-retries 1 -oG - "$@" | grep -o '/open/' | wc -l; }

# probed ADDRESS: nothing answers a duplicate address probe, an ARP request from 0.0.0.0.
probed() { peer busybox arping -q -D -I p0 -c 3 -w 5 "$1"; }

# probed6 ADDRESS: nothing answers the kernel's own probe, a neighbour solicitation from ::.
probed6() {
	local found
	ip -n peer address add "$1/128" dev p0
	eventually settled "$1"
	found=$(ip -n peer -6 address show dev p0 dadfailed to "$1")
	ip -n peer address del "$1/128" dev p0
	[ "$found" = "" ]
}

settled() {
	case "$(ip -n peer -6 address show dev p0 to "$1")" in
	*dadfailed*) ;;
	*tentative*) false ;;
	esac
}

# free_for_others: a new host can use an address of the subnet.
free_for_others() {
	probed 10.9.0.5
	probed6 fd09::5
}

link_pair
claim "a probe for an address in use is answered"
refused probed 10.0.0.1
refused probed6 fd00::1

claim "a router answers for a subnet behind it: FORWARD"
both %T -A FORWARD -p tcp -o dark0 -j TARPIT
same 16 "$(open_ports -sS -p 22,445 10.9.0.16/29)"
same 16 "$(open_ports -6 -sS -p 22,445 fd09::10/125)"
connects 10.9.0.77 3389
free_for_others
claim "the same with a route to lo, in IPv4; in IPv6 such a route is unreachable"
tarpit ip route replace 10.9.0.0/24 dev lo
tarpit iptables -R FORWARD 1 -p tcp -d 10.9.0.0/24 -j TARPIT
same 16 "$(open_ports -sS -p 22,445 10.9.0.16/29)"
free_for_others
both %T -F FORWARD

claim "a host that does not forward answers for a subnet of a local route"
tarpit sysctl -qw net.ipv4.ip_forward=0 net.ipv6.conf.all.forwarding=0
tarpit ip route replace local 10.9.0.0/24 dev lo
tarpit ip route replace local fd09::/64 dev lo
both %T -A INPUT -p tcp -j TARPIT
same 16 "$(open_ports -sS -p 22,445 10.9.0.16/29)"
same 16 "$(open_ports -6 -sS -p 22,445 fd09::10/125)"
claim "Linux answers ARP for a local route: a new host believes that its address is taken"
refused probed 10.9.0.5
claim "with arp_ignore=1 Linux does not answer ARP, and the subnet is tarpitted as before"
tarpit sysctl -qw net.ipv4.conf.all.arp_ignore=1
free_for_others
refused probed 10.0.0.1
same 16 "$(open_ports -sS -p 22,445 10.9.0.16/29)"
both %T -F INPUT

claim "in raw/PREROUTING two thousand SYNs leave no conntrack entry"
tarpit iptables -A INPUT -m conntrack --ctstate INVALID -j DROP # so that tracking is on
both %T -t raw -A PREROUTING -p tcp -j TARPIT
tarpit conntrack -F 2>/dev/null
before=$(counter tarpit)
same 1000 "$(open_ports -sS -p 1-1000 10.9.0.5)"
same 1000 "$(open_ports -6 -sS -p 1-1000 fd09::5)"
[ $(($(counter tarpit) - before)) -ge 2000 ]
same 0 "$(tarpit conntrack -C)"
free_for_others
