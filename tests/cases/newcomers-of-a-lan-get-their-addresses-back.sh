#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Addresses that xt-tarpit-lan has taken, and for which it has just answered the scanner, go back to
# hosts that come: with dhcpcd, systemd-networkd and udhcpc from dnsmasq, from udhcpd, which asks
# for the address by ARP; with a static address after arping -D or the kernel's
# duplicate address detection; and to a host that comes silently. Each newcomer keeps its address,
# and the scanner, whose cache has the tarpit's MAC address, reaches it within three seconds.
#
# vm: --disk lan-disk
# needs: lib.sh lan.sh
# artifacts: lan
# suite: all
. ./lib.sh
. ./lan.sh

# held_back ADDRESS: the daemon holds it and the scanner's cache has the tarpit's MAC address.
held_back() {
	take "$1"
	at_daemon scanner "$1" || die "the scanner's cache has $(mac_at scanner "$1") for $1"
}

# reached NETNS ADDRESS: a service of the newcomer answers the scanner within three seconds.
reached() {
	nsenter --net="/run/netns/$1" -- ncat -lk 8080 --sh-exec 'echo here' >/dev/null 2>&1 &
	local listener=$! since=$EPOCHREALTIME took
	until [ "$(inside scanner timeout 1 ncat --recv-only "$2" 8080 2>/dev/null)" = here ]; do
		took=$(between_times "$since" "$EPOCHREALTIME")
		[ "$took" -le 15000 ] || die "$1 is not reached at $2"
	done
	took=$(between_times "$since" "$EPOCHREALTIME")
	echo "  reached after $took ms"
	kill $listener
	between 0 3000 "$took"
	is "$2" held
}

between_times() { echo $(((${2/./} - ${1/./}) / 1000)); }

has_address() { ip -n "$1" address show dev e0 | grep -w "$2" >/dev/null; }

# keeps NETNS ADDRESS: after the time of address defence it has it still.
keeps() {
	sleep 15
	has_address "$1" "$2" || die "$1 has lost $2: $(ip -n "$1" address show dev e0)"
}

# dnsmasq_gives ADDRESS: a server whose only address it is.
dnsmasq_gives() {
	stop_server
	rm -f /tmp/leases
	nsenter --net=/run/netns/server -- dnsmasq -k -C /dev/null -p 0 -i e0 \
		-l /tmp/leases --user=root \
		--dhcp-range="$1,$1,255.255.255.0,1h" --log-dhcp --log-facility=/tmp/dnsmasq.log &
	server=$!
	sleep 1
}

stop_server() {
	[ -n "${server:-}" ] || return 0
	kill "$server"
	wait "$server" || true
}

dhcpcd_gets() {
	inside "$1" dhcpcd -B -4 -C resolv.conf -f /dev/null e0 >"/tmp/$1.log" 2>&1 &
	eventually has_address "$1" "$2"
}

networkd_gets() {
	mkdir -p /run/systemd/network
	install -d -o systemd-network /run/systemd/netif
	printf '%032x\n' 7 >/etc/machine-id
	printf '%s\n' '[Match]' Name=e0 '[Network]' DHCP=ipv4 '[DHCPv4]' SendDecline=yes \
		>/run/systemd/network/e0.network
	# It needs its own /sys, in which e0 is; it waits for udev unless that is read-only.
	ip netns exec "$1" sh -c 'mount -o remount,ro /sys && exec /usr/lib/systemd/systemd-networkd' \
		>"/tmp/$1.log" 2>&1 &
	eventually has_address "$1" "$2"
}

udhcpc_gets() {
	cat >/tmp/bound <<-'END'
		#!/bin/sh
		[ "$1" != bound ] || ip address add "$ip/24" dev "$interface"
	END
	chmod +x /tmp/bound
	inside "$1" busybox udhcpc -f -q -a -i e0 -s /tmp/bound >"/tmp/$1.log" 2>&1
	has_address "$1" "$2"
}

lan_start
lan_host server 192.0.2.3/24
daemon

number=20
for client in dhcpcd networkd udhcpc; do
	number=$((number + 1)) address=192.0.2.$number
	claim "$client gets a taken address from dnsmasq, and keeps it"
	dnsmasq_gives $address
	held_back $address
	lan_host $client
	"${client}_gets" $client $address
	reached $client $address
	keeps $client $address
done

claim "udhcpd, which asks for the address by ARP, gives a taken one"
stop_server
held_back 192.0.2.31
cat >/tmp/udhcpd.conf <<-END
	start 192.0.2.31
	end 192.0.2.31
	interface e0
	lease_file /tmp/udhcpd.leases
	opt subnet 255.255.255.0
END
touch /tmp/udhcpd.leases
nsenter --net=/run/netns/server -- udhcpd -f /tmp/udhcpd.conf >/tmp/udhcpd.log 2>&1 &
server=$!
lan_host second
udhcpc_gets second 192.0.2.31
reached second 192.0.2.31

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
