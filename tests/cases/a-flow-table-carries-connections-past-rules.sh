#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A flow table of nftables carries an established connection past a rule that comes later. If its
# entry of connection tracking is deleted, the packets come to the rule, but --persist does not know
# the connection any more: the client gives up as with DROP. Both families. Virtual time.
#
# suite: all
# needs: lib.sh live.sh live.py
. ./lib.sh
. ./live.sh

offloaded() { grep -q OFFLOAD <(tarpit conntrack -L -f "$1" -p tcp 2>/dev/null); }

link_pair
link_server
serve host 80
# 6.1 tears an entry down that it made in the first second of a link.
sleep 2
tarpit nft -f - <<'NFT'
table inet router {
	flowtable fast { hook ingress priority filter; devices = { t0, h0 }; }
	chain forward {
		type filter hook forward priority filter;
		ct state established flow add @fast
	}
}
NFT
for family in ipv4 ipv6; do
	case $family in
	ipv4) tool=iptables server=10.1.0.2 ;;
	ipv6) tool=ip6tables server=fd01::2 ;;
	esac
	start "$server" 80 1200 write
	claim "the flow table has the connection ($family)"
	eventually offloaded $family
	tarpit "$tool" -A FORWARD -p tcp --dport 80 -j TARPIT --persist
	go
	finish
	echo "its packets pass by the rule ($family)"
	verdict write '100 bytes'

	start "$server" 80 1200 write
	eventually offloaded $family
	tarpit "$tool" -A FORWARD -p tcp --dport 80 -j TARPIT --persist
	before=$(counter Unverified $family)
	echo "without its entry they come to the rule ($family)"
	tarpit conntrack -D -f $family -p tcp --dport 80 >/dev/null 2>&1
	go
	finish
	verdict write ETIMEDOUT
	[ "$(counter Unverified $family)" -gt "$before" ] || die "nothing counts as Unverified"
done
