#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Addresses that xt-tarpit-lan has taken, and for which it has just answered the scanner, go back to
# hosts that come: with dhcpcd, systemd-networkd, udhcpc and NetworkManager from dnsmasq, which asks
# by ping, from udhcpd, which asks by ARP, and from Kea, which does not ask; with a static address
# after arping -D or the kernel's duplicate address detection; and to one that comes silently. Each
# keeps its address, and the scanner, whose cache has the tarpit's MAC address, reaches it within
# three seconds.
#
# vm: --disk lan-disk
# needs: lib.sh lan.sh newcomers.sh
# artifacts: lan
# suite: all
. ./lib.sh
. ./lan.sh
. ./newcomers.sh

lan_start
lan_host server 192.0.2.3/24
daemon

number=20
for kind in dhcpcd networkd udhcpc networkmanager; do
	number=$((number + 1)) address=192.0.2.$number
	claim "$kind gets a taken address from dnsmasq, and keeps it"
	dnsmasq_gives $address
	held_back $address
	lan_host new-$number
	gets $kind new-$number $address
	reached new-$number $address
	keeps new-$number $address
done

for server_name in udhcpd kea; do
	number=$((number + 1)) address=192.0.2.$number
	claim "$server_name gives a taken address"
	"${server_name}_gives" $address
	held_back $address
	lan_host of-$server_name
	gets udhcpc of-$server_name $address
	reached of-$server_name $address
done
stop_server

claim "a host with a static address, after arping -D has found it free"
held_back 192.0.2.41
lan_host careful
inside careful arping -D -q -c 2 -I e0 192.0.2.41
ip -n careful address add 192.0.2.41/24 dev e0
inside careful arping -U -q -c 1 -I e0 192.0.2.41
reached careful 192.0.2.41

claim "IPv6: a host whose kernel detects duplicates"
take 2001:db8::42
lan_host six
ip -n six address add 2001:db8::42/64 dev e0
sleep 3
same "" "$(ip -n six -6 address show dev e0 dadfailed)"
reached six 2001:db8::42

claim "a host that says nothing is found while a peer is held"
held_back 192.0.2.43
inside scanner timeout 100 \
	bash -c 'exec 3<>/dev/tcp/192.0.2.43/80; while echo; do sleep 1; done >&3' &
lan_host quiet
since=$EPOCHREALTIME
ip -n quiet address add 192.0.2.43/24 dev e0
eventually is 192.0.2.43 held
took=$(between_times "$since" "$EPOCHREALTIME")
echo "  found after $took ms"
between 0 13000 "$took"

claim "no alarm"
same 0 "$(metric alarm)"
end_daemon
cat /tmp/journal
