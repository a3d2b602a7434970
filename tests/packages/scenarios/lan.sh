# shellcheck shell=bash disable=SC2154,SC2016
# SPDX-License-Identifier: GPL-2.0
#
# lan - xt-tarpit-lan.service takes addresses from boot on, comes back after it was killed or hangs,
# and leaves nothing. With XT_TARPIT_KERNEL=bookworm:cloud-amd64 on Debian 12, and so on.

step "lan: systemd, our units and the LAN's daemon"
root_with_module
no_service_starts
must "they are installed" install systemd-sysv nftables
must "the packages are installed" inside sh -c \
	'apt-get -q install -y /ready/*.deb /deb/xt-tarpit_*.deb /deb/xt-tarpit-lan_*.deb'
claim "the package does not enable the daemon" refuses inside systemctl is-enabled xt-tarpit-lan
claim "without an interface and ranges the daemon says what is missing" inside sh -c \
	'! xt-tarpit-lan check && xt-tarpit-lan check 2>&1 | grep "no interface is named"'
must "systemd finds no fault in the unit" inside sh -c \
	'systemd-analyze verify --man=no xt-tarpit-lan.service 2>&1 | { ! grep tarpit; }'
must "the LAN, its device and its ranges are named" inside sh -c '
	echo tarpit0 >/etc/xt-tarpit/devices
	sed -i "s/^#interface.*/interface = \"eth9\"/
		s,^#ranges.*,ranges = [\"192.0.2.0/24\"\, \"2001:db8::70-2001:db8::7f\"]," \
		/etc/xt-tarpit-lan.toml
	printf "%s\n" "ip netns add client" \
		"ip link add eth9 type veth peer name eth9 netns client" \
		"ip address add 192.0.2.1/24 dev eth9" "ip address add 2001:db8::1/64 dev eth9 nodad" \
		"ip link set eth9 up" "ip -n client address add 192.0.2.66/24 dev eth9" \
		"ip -n client address add 2001:db8::66/64 dev eth9 nodad" \
		"ip -n client link set eth9 up" >/usr/local/sbin/lan
	printf "%s\n" "[Unit]" "Before=network-online.target" "[Service]" Type=oneshot \
		RemainAfterExit=yes "ExecStart=/bin/sh -e /usr/local/sbin/lan" "[Install]" \
		"WantedBy=network-online.target" >/etc/systemd/system/lan.service'
must "systemd runs the claims once all has started" inside sh -c '
	printf "%s\n" "[Unit]" "After=xt-tarpit-lan.service" "[Service]" \
		"ExecStart=/bin/bash /dev/vdb" "[Install]" "WantedBy=multi-user.target" \
		>/etc/systemd/system/claims.service
	systemctl enable claims.service lan.service xt-tarpit-lan.service
	systemctl mask serial-getty@ttyS0.service
	systemctl set-default multi-user.target'

step "lan: a boot"
boot "$release" lan 'init=/lib/systemd/systemd systemd.show_status=0'

step "lan: removal"
claim "the package is purged" inside apt-get -q purge -y xt-tarpit-lan
claim "nothing of it is left" inside sh -c \
	"! find / -xdev -name '*tarpit-lan*' | grep -v -e '^/old-deb/' -e '^/deb/'"
