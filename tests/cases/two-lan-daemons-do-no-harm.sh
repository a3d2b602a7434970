#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Two xt-tarpit-lan on one LAN: both take the same address, and one yields at its next check without
# an alarm; the scanner is held all the time. With keepalived the virtual address goes from one
# router to another, and is never taken. A VLAN and a bridge can be a daemon's interface.
#
# vm: --disk lan-disk
# needs: lib.sh lan.sh
# artifacts: lan
# suite: all
. ./lib.sh
. ./lan.sh

other() { inside other ./lan/xt-tarpit-lan "$@" --control /tmp/other; }
other_is() { other status | grep -E "^$1 +$2( |\$)" >/dev/null; }

lan_start
lan_host other 192.0.2.5/24
ip -n other link add tarpit0 type tarpit
ip -n other link set tarpit0 up
daemon
printf '%s\n' 'interface = "e0"' 'ranges = ["192.0.2.0/24"]' 'control = "/tmp/other"' \
	>/tmp/other.toml
nsenter --net=/run/netns/other -- ./lan/xt-tarpit-lan run --config /tmp/other.toml \
	>/tmp/other.log 2>&1 &
other_daemon=$!
eventually grep -q '^taking' /tmp/other.log

claim "both take an address, and one yields"
lan capture 192.0.2.80 >/dev/null
other capture 192.0.2.80 >/dev/null
one_has() {
	if is 192.0.2.80 taken; then other_is 192.0.2.80 held; else other_is 192.0.2.80 taken; fi
}
eventually one_has
connects 192.0.2.80 80 scanner
claim "many addresses of the other daemon are no alarm"
for number in {81..89}; do lan capture "192.0.2.$number" >/dev/null; done
eventually is 192.0.2.89 taken
for number in {81..89}; do other capture "192.0.2.$number" >/dev/null 2>&1 || true; done
sleep 120
same 0 "$(metric alarm)"
for number in {81..89}; do connects "192.0.2.$number" 80 scanner; done
kill "$other_daemon"

claim "keepalived: the virtual address goes to the other router, and is not taken"
end_daemon
configure 'ranges = ["192.0.2.0/24"]'
daemon
for name in first second; do
	lan_host $name "192.0.2.$((10 + lan_hosts))/24"
	cat >/tmp/$name.conf <<-END
		global_defs {
			router_id $name
			vrrp_version 3
		}
		vrrp_instance v {
			state BACKUP
			interface e0
			virtual_router_id 7
			priority $((100 - lan_hosts))
			advert_int 1
			virtual_ipaddress {
				192.0.2.90/24
			}
		}
	END
	ip netns exec $name keepalived -n -l -P -f /tmp/$name.conf -p /tmp/$name.pid \
		-r /tmp/$name.vrrp >/tmp/$name.log 2>&1 &
done
has_virtual() { ip -n "$1" address show dev e0 | grep '192.0.2.90/' >/dev/null; }
eventually has_virtual first
inside scanner ping -q -c 1 192.0.2.90 >/dev/null
eventually is 192.0.2.90 held
ip -n lan link set first down
eventually has_virtual second
eventually inside scanner ping -q -c 1 -W 1 192.0.2.90 >/dev/null
[ "$(mac_at scanner 192.0.2.90)" = "$(mac_of second e0)" ]
is 192.0.2.90 held
same 0 "$(metric captures_total)"
end_daemon

# asks ADDRESS...: the scanner asks for them for half a minute, once a second.
asks() {
	local address
	for address; do
		# With a count or a deadline of its own ping ends at the first error.
		inside scanner timeout 30 ping -q -i 1 "$address" >/dev/null 2>&1 || true
	done
}

claim "a VLAN: its device is named, and its scanners' questions are heard, in both families"
for name in tarpit scanner; do
	ip -n $name link add e0.10 link e0 type vlan id 10
done
addresses tarpit e0.10 198.51.100.1/24 2001:db8:10::1/64
addresses scanner e0.10 198.51.100.100/24 2001:db8:10::64/64
configure 'ranges = ["198.51.100.0/24", "2001:db8:10::70-2001:db8:10::7f"]'
sed -i 's/"e0"/"e0.10"/' /etc/xt-tarpit-lan.toml
sleep 3 # until its link-local address may be used
daemon
asks 198.51.100.7 2001:db8:10::77
for address in 198.51.100.7 2001:db8:10::77; do
	is $address taken
	connects $address 80 scanner
done
claim "those without the tag are not"
ip -n scanner link del e0.10
addresses scanner e0 198.51.100.100/24 2001:db8:10::64/64
asks 198.51.100.8 2001:db8:10::78
same "" "$(lan status | grep -E '^(198.51.100.8|2001:db8:10::78) ' || true)"
end_daemon

claim "a bridge: it is named, not its port"
ip -n tarpit link add br0 type bridge
ip -n tarpit address flush dev e0
ip -n tarpit link set e0 master br0
addresses tarpit br0 192.0.2.1/24 2001:db8::1/64
configure 'ranges = ["192.0.2.0/24", "2001:db8::70-2001:db8::7f"]'
sed -i 's/"e0"/"br0"/' /etc/xt-tarpit-lan.toml
sleep 3
daemon
take 192.0.2.77 2001:db8::77
end_daemon
