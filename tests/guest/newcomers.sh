# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# newcomers.sh - servers of DHCP and hosts that come to the LAN of lan.sh. Sourced after it, by the
# cases of xt-tarpit-lan. The server is in netns server.
#
# NAME_gives ADDRESS starts the DHCP server NAME, which has only this address to give; stop_server
# ends it. NAME_comes NETNS starts the DHCP client NAME, at most one of each kind at a time; gets
# waits until a client has the address, and leaves ends it.

server='' client=''

stop_server() {
	[ -n "$server" ] || return 0
	kill "$server"
	wait "$server" || true
	server=''
}

# serves COMMAND...: the server runs in the background.
serves() {
	nsenter --net=/run/netns/server -- "$@" &
	server=$!
	sleep 1
}

# dnsmasq asks by ping, and so by ARP, before it gives an address.
dnsmasq_gives() {
	stop_server
	rm -f /tmp/leases
	serves dnsmasq -k -C /dev/null -p 0 -i e0 -l /tmp/leases --user=root \
		--dhcp-range="$1,$1,255.255.255.0,1h" --log-dhcp --log-facility=/tmp/dnsmasq.log
}

# udhcpd asks by ARP.
udhcpd_gives() {
	stop_server
	printf '%s\n' "start $1" "end $1" 'interface e0' 'lease_file /tmp/udhcpd.leases' \
		'opt subnet 255.255.255.0' >/tmp/udhcpd.conf
	: >/tmp/udhcpd.leases
	serves udhcpd -f /tmp/udhcpd.conf >/tmp/udhcpd.log 2>&1
}

# Kea asks for nothing.
kea_gives() {
	stop_server
	mkdir -p /run/kea
	cat >/tmp/kea.conf <<-END
		{ "Dhcp4": {
		  "interfaces-config": { "interfaces": ["e0"] },
		  "lease-database": { "type": "memfile", "persist": false },
		  "subnet4": [ { "id": 1, "subnet": "192.0.2.0/24",
		                 "pools": [ { "pool": "$1 - $1" } ] } ]
		} }
	END
	serves env KEA_LOCKFILE_DIR=none kea-dhcp4 -c /tmp/kea.conf >/tmp/kea.log 2>&1
}

has_address() { ip -n "$1" address show dev e0 | grep -w "$2" >/dev/null; }

dhcpcd_comes() {
	rm -f /var/lib/dhcpcd/*.lease
	nsenter --net="/run/netns/$1" -- dhcpcd -B -4 -C resolv.conf -f /dev/null e0 \
		>"/tmp/$1.log" 2>&1 &
	client=$!
}

# with_own_sys NETNS COMMAND...: its /sys has e0, and is read-only, so that the command does not
# wait for udev.
with_own_sys() {
	ip netns exec "$1" sh -c 'mount -o remount,ro /sys && exec "$@"' sh "${@:2}" \
		>"/tmp/$1.log" 2>&1 &
	client=$!
}

networkd_comes() {
	mkdir -p /run/systemd/network
	install -d -o systemd-network /run/systemd/netif
	printf '%032x\n' 7 >/etc/machine-id
	printf '%s\n' '[Match]' Name=e0 '[Network]' DHCP=ipv4 '[DHCPv4]' SendDecline=yes \
		>/run/systemd/network/e0.network
	with_own_sys "$1" /usr/lib/systemd/systemd-networkd
}

udhcpc_comes() {
	cat >/tmp/bound <<-'END'
		#!/bin/sh
		[ "$1" != bound ] || ip address add "$ip/24" dev "$interface"
	END
	chmod +x /tmp/bound
	nsenter --net="/run/netns/$1" -- busybox udhcpc -f -q -a -i e0 -s /tmp/bound \
		>"/tmp/$1.log" 2>&1 &
	client=$!
}

networkmanager_comes() {
	local to=/run/NetworkManager
	mkdir -p /run/dbus "$to/system-connections" "$to/conf.d"
	printf '%032x\n' 7 >/etc/machine-id
	pidof dbus-daemon >/dev/null || dbus-daemon --system --fork
	printf '%s\n' '[main]' 'no-auto-default=*' dns=none >"$to/conf.d/lan.conf"
	printf '%s\n' '[connection]' id=e0 type=ethernet interface-name=e0 \
		'[ipv4]' method=auto dad-timeout=3000 '[ipv6]' method=ignore \
		>"$to/system-connections/e0.nmconnection"
	chmod 600 "$to/system-connections/e0.nmconnection"
	with_own_sys "$1" NetworkManager --no-daemon
}

# gets CLIENT NETNS ADDRESS
gets() {
	"$1_comes" "$2"
	eventually has_address "$2" "$3"
}

# leaves: ends the last client.
leaves() {
	kill "$client" 2>/dev/null || true
	wait "$client" || true
}

between_times() { echo $(((${2/./} - ${1/./}) / 1000)); }

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

# keeps NETNS ADDRESS: after the time of address defence it has it still.
keeps() {
	sleep 15
	has_address "$1" "$2" || die "$1 has lost $2: $(ip -n "$1" address show dev e0)"
}
