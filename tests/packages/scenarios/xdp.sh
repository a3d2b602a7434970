# shellcheck shell=bash disable=SC2154,SC2016
# SPDX-License-Identifier: GPL-2.0
#
# xdp - xt-tarpit-xdp@INTERFACE.service attaches the XDP program at boot, follows the interface, and
# leaves nothing.

step "xdp: systemd and our unit"
root_with_module
no_service_starts
must "they are installed" install systemd-sysv udev ethtool
must "the packages are installed" inside sh -c \
	'apt-get -q install -y /ready/*.deb /deb/xt-tarpit_*.deb /deb/xt-tarpit-tools_*.deb'
must "systemd finds no fault in the unit" inside sh -c \
	'systemd-analyze verify --man=no xt-tarpit-xdp@eth9.service 2>&1 | { ! grep tarpit; }'
must "the settings of eth9 are the example's, with a port" inside sh -c '
	install -D -m 644 /usr/share/doc/xt-tarpit-tools/examples/xt-tarpit-xdp.toml \
		/etc/xt-tarpit/xdp/eth9.toml
	sed -i "s/^#ports.*/ports = [23]/" /etc/xt-tarpit/xdp/eth9.toml'
must "eth9 is made at boot" inside sh -c '
	printf "%s\n" "ip link add eth9 type veth peer name eth9 netns client" \
		"ethtool -K eth9 rxvlan off rx-vlan-stag-hw-parse off" \
		"ip address add 192.0.2.1/24 dev eth9" "ip link set eth9 up" \
		"ip netns exec client ethtool -K eth9 rxvlan off rx-vlan-stag-hw-parse off" \
		"ip -n client address add 192.0.2.66/24 dev eth9" \
		"ip -n client link set eth9 up" >/usr/local/sbin/link
	printf "%s\n" "[Service]" Type=oneshot RemainAfterExit=yes \
		"ExecStart=ip netns add client" "ExecStart=/bin/sh -e /usr/local/sbin/link" \
		"[Install]" "WantedBy=multi-user.target" >/etc/systemd/system/link.service'
must "systemd runs the claims once all has started" inside sh -c '
	printf "%s\n" "[Unit]" "After=xt-tarpit-xdp@eth9.service" "[Service]" \
		"ExecStart=/bin/bash /dev/vdb" "[Install]" "WantedBy=multi-user.target" \
		>/etc/systemd/system/claims.service
	systemctl enable claims.service link.service xt-tarpit-xdp@eth9 xt-tarpit-xdp@eth8
	systemctl mask serial-getty@ttyS0.service
	systemctl set-default multi-user.target'

step "xdp: a boot"
boot "$release" xdp 'init=/lib/systemd/systemd systemd.show_status=0'

step "xdp: removal"
claim "the package is purged" inside apt-get -q purge -y xt-tarpit-tools
claim "nothing of it is left but what the administrator wrote" inside sh -c \
	"! find / -xdev -name '*xt-tarpit-xdp*' | grep -v -e '^/old-deb/' -e '^/deb/' \
		-e '/etc/systemd/system/.*\.wants/'"
