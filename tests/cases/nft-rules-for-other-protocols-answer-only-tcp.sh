#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The protocol of an nftables rule is only a claim, and in a chain that is jumped to the rule is not
# bound to a hook. Whatever the rule claims, packets other than TCP are dropped (Malformed), and no
# chain that is reached from OUTPUT, POSTROUTING or another family can have such a rule.
#
# suite: all
# needs: lib.sh nft_rule.py
. ./lib.sh

# add FAMILY CHAIN REVISION INFO [PROTOCOL]
add() {
	local answer
	# shellcheck disable=SC2154 # coproc makes the array.
	echo "$1 liar $2 $3 $4 ${5:-6}" >&"${rules[1]}"
	read -r answer <&"${rules[0]}" || die "nft_rule.py has ended"
	[ "$answer" = ok ] || { echo "$answer"; return 1; }
}

# chain FAMILY NAME [TYPE HOOK PRIORITY]
chain() {
	if [ $# = 2 ]; then tarpit nft add chain "$1" liar "$2"; return; fi
	tarpit nft add chain "$1" liar "$2" "{ type $3 hook $4 priority $5; }"
}

# lies FAMILY: UDP and ICMP to the host are dropped and counted, TCP gets the rule's reply.
lies() {
	local host=10.0.0.1 counted=ipv4 before ping
	[ "$1" = ip ] || host=fd00::1 counted=ipv6
	before=$(counter Malformed $counted)
	peer ping -q -c 1 -W 1 $host >/dev/null &
	ping=$!
	peer python3 -c '
import socket, sys
client = socket.socket(socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET, socket.SOCK_DGRAM)
client.settimeout(0.5)
client.connect((sys.argv[1], 9))
for size in (0, 8, 40, 1200):
    client.send(bytes(size))
try:
    client.recv(1)
except TimeoutError:
    sys.exit(0)
sys.exit("something came back")' $host
	if wait $ping; then die "the ping was answered"; fi
	same 5 $(($(counter Malformed $counted) - before))
	connects $host 80
}

link_pair
modprobe xt_TARPIT
coproc rules { inside tarpit ./nft_rule.py; }
for host in 10.0.0 fd00:; do
	[ $host = fd00: ] && dot=: || dot=.
	mac_peer=$(mac_of peer p0)
	mac_tarpit=$(mac_of tarpit t0)
	ip -n tarpit neighbour replace "$host${dot}2" lladdr "$mac_peer" dev t0 nud permanent
	ip -n peer neighbour replace "$host${dot}1" lladdr "$mac_tarpit" dev p0 nud permanent
done

for family in ip ip6; do
	tarpit nft add table $family liar
	chain $family pit
	chain $family in filter input 0
	tarpit nft add rule $family liar in jump pit
	for rule in '0 01' '1 0300000000000000'; do
		read -r revision info <<<"$rule"
		claim "$family: revision $revision, $info, in a chain that INPUT jumps to"
		add $family pit "$revision" "$info"
		lies $family
		tarpit nft flush chain $family liar pit
	done
	claim "$family: in the base chain of PREROUTING"
	chain $family pre filter prerouting -300
	add $family pre 0 00
	lies $family
	tarpit nft flush chain $family liar pre

	claim "$family: invalid rule data is refused"
	refused add $family pit 0 07
	refused add $family pit 0 000000000000000000
	refused add $family pit 1 0000000000000001
	refused add $family pit 1 000000000000000000
	refused add $family pit 2 00
	claim "$family: revision 0 without a protocol, or with another, is refused"
	refused add $family pit 0 00 0
	refused add $family pit 0 00 17

	for hook in output postrouting; do
		chain $family $hook filter $hook 0
		claim "$family: $hook cannot have one"
		refused add $family $hook 0 00
		claim "$family: $hook cannot jump to one"
		add $family pit 0 00
		refused tarpit nft add rule $family liar $hook jump pit
		refused tarpit nft add rule $family liar $hook goto pit
		refused tarpit nft add rule $family liar $hook tcp dport vmap '{ 80 : jump pit }'
		tarpit nft flush chain $family liar pit
		claim "$family: a chain that $hook jumps to cannot get one later"
		tarpit nft add rule $family liar $hook tcp dport vmap '{ 80 : jump pit }'
		refused add $family pit 0 00
		tarpit nft flush chain $family liar $hook
	done
done

claim "other families have no such target"
for family in inet bridge arp netdev; do
	tarpit nft add table $family liar
	chain $family pit
	refused add $family pit 0 00
	refused add $family pit 1 0000000000000000
done
claim "after all rules are deleted the module can be unloaded"
for family in ip ip6 inet bridge arp netdev; do tarpit nft delete table $family liar; done
unload
