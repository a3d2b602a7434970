#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Rules are added, listed, saved, restored and deleted with iptables-legacy and iptables-nft, and
# answer in between.
#
# needs: lib.sh
. ./lib.sh

# life TOOL ADDRESS
life() {
	local tool=$1
	claim "$tool adds a rule, and it answers"
	tarpit "$tool" -A INPUT -p tcp --dport 80 -j TARPIT --tarpit
	tarpit "$tool" -t raw -A PREROUTING -p tcp --dport 81 -j TARPIT --persist
	connects "$2" 80
	connects "$2" 81
	claim "$tool lists it"
	same 1 "$(tarpit "$tool" -n -L INPUT | grep -c 'TARPIT.*dpt:80')"
	same 1 "$(tarpit "$tool" -S INPUT | grep -c -- '-j TARPIT --tarpit')"
	claim "$tool saves and restores the rules, which answer again"
	tarpit "$tool-save" >/tmp/save
	tarpit "$tool" -F
	tarpit "$tool" -t raw -F
	tarpit "$tool-restore" </tmp/save
	connects "$2" 80
	connects "$2" 81
	claim "$tool saves the restored rules as before"
	tarpit "$tool-save" >/tmp/again
	same "$(grep ^-A /tmp/save)" "$(grep ^-A /tmp/again)"
	claim "$tool deletes them, and nothing answers"
	tarpit "$tool" -D INPUT -p tcp --dport 80 -j TARPIT --tarpit
	tarpit "$tool" -t raw -D PREROUTING -p tcp --dport 81 -j TARPIT --persist
	refused connects "$2" 80
	same 0 "$(tarpit "$tool-save" | grep -c TARPIT || true)"
}

link_pair
for backend in $legacy nft; do
	life "iptables-$backend" 10.0.0.1
	life "ip6tables-$backend" fd00::1
done
