#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Addresses that xt-tarpit-lan has taken, and for which it has just answered the scanner, go back to
# hosts that come: with dhcpcd, systemd-networkd, udhcpc and NetworkManager from dnsmasq, which asks
# by ping, from udhcpd, which asks by ARP, and from Kea, which does not ask; with a static address
# after arping -D or the kernel's duplicate address detection; to hosts that have slept; and to some
# that come silently. Each keeps its address, and the scanner, whose cache has the tarpit's MAC
# address, reaches it within three seconds. The scanner's kernel ignores ARP replies for a second
# after an entry has changed; when some of the hosts wake, this second has not passed.
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
	leaves # or its DISCOVERs, once the lease has ended, keep the daemon quiet
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

# sleeps NETNS ADDRESS LENGTH PEER: a host sends something, and is then away for two hours.
sleeps() {
	lan_host "$1" "$2/$3"
	inside "$1" ping -q -c 1 -w 30 "$4" >/dev/null
	eventually is "$2" held
	ip -n lan link set "$1" down
	sleep 7200
	held_back "$2"
}

# wakes NETNS ADDRESS PEER: it sends something to another host than the scanner.
wakes() {
	ip -n lan link set "$1" up
	inside "$1" ping -q -c 1 -w 30 "$3" >/dev/null
	reached "$1" "$2"
}

claim "a host that wakes is found when it sends, a moment after the scanner was answered"
sleeps sleeper 192.0.2.44 24 192.0.2.3
wakes sleeper 192.0.2.44 192.0.2.3
claim "and when the scanner has just used an old entry"
sleeps second 192.0.2.45 24 192.0.2.3
ip -n scanner neigh change 192.0.2.45 lladdr 02:00:00:00:00:01 dev e0 nud stale
sleep 2
inside scanner ping -q -c 1 -W 1 192.0.2.45 >/dev/null &
wakes second 192.0.2.45 192.0.2.3
claim "IPv6: a host that wakes is found when it sends"
sleeps third 2001:db8::46 64 2001:db8::1
wakes third 2001:db8::46 2001:db8::1

claim "a host that says nothing, at an address that was given up for lack of traffic"
for address in 192.0.2.47 2001:db8::47; do held_back $address; done
sleep 1500 # the scanner repeats its FIN for some minutes
lan_host silent 192.0.2.47/24 2001:db8::47/64
for address in 192.0.2.47 2001:db8::47; do
	refused is $address taken
	at_daemon scanner $address
	reached silent $address
done

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
