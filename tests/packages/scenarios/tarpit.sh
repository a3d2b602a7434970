# shellcheck shell=bash disable=SC2154,SC2016
# SPDX-License-Identifier: GPL-2.0
#
# tarpit - nftables.service loads the firewall at boot, and tarpit.service the devices and their
# rules; without the module only these are missing.

step "tarpit: systemd, nftables and our unit"
root_with_module
no_service_starts
must "they are installed" install systemd-sysv nftables
must "the modules and the extension are installed" inside sh -c \
	'apt-get -q install -y /ready/*.deb /deb/xt-tarpit_*.deb'
claim "the package enables the unit" inside systemctl is-enabled tarpit.service
claim "the shipped files say how, and make nothing" inside sh -c '
	cd /etc/xt-tarpit && grep -x "# tarpit0" devices &&
	grep -x "# table netdev tarpit {" tarpit.nft &&
	! grep -v "^#" devices tarpit.nft | grep -v ":$"'
must "systemd finds no fault in the unit" inside sh -c \
	'systemd-analyze verify --man=no tarpit.service 2>&1 | { ! grep tarpit; }'
must "the rules are written" inside sh -c '
	printf "%s\n" "flush ruleset" "table inet filter { chain input {" \
		"type filter hook input priority 0; policy drop" \
		"ct state established accept" "tcp dport 22 accept" "}; }" >/etc/nftables.conf
	printf "%s\n" "tarpit0" "persist0 persist reply route # a comment" >/etc/xt-tarpit/devices
	printf "%s\n" "table netdev tarpit { chain in {" \
		"type filter hook ingress device \"lo\" priority -300" \
		"tcp dport 23 fwd to \"tarpit0\"" "}; }" "table ip tarpit { chain in {" \
		"type filter hook prerouting priority -400" "tcp dport 24 counter" "}; }" \
		>/etc/xt-tarpit/tarpit.nft'
must "systemd runs the claims once all has started" inside sh -c '
	printf "%s\n" "[Unit]" "After=tarpit.service nftables.service" "[Service]" \
		"ExecStart=/bin/bash /dev/vdb" "[Install]" "WantedBy=multi-user.target" \
		>/etc/systemd/system/claims.service
	systemctl enable claims.service nftables.service
	systemctl mask serial-getty@ttyS0.service
	systemctl set-default multi-user.target'
systemd='init=/lib/systemd/systemd systemd.show_status=0'

step "tarpit: a boot with the module"
boot "$release" tarpit-with-module "$systemd"

step "tarpit: a boot without the module"
must "the module goes" inside sh -c "apt-get -q purge -y xt-tarpit-modules-$release* &&
	! modinfo -k $release xt_TARPIT"
boot "$release" tarpit-without-module "$systemd"
