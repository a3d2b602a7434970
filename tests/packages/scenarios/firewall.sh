# shellcheck shell=bash disable=SC2154,SC2016
# SPDX-License-Identifier: GPL-2.0
#
# firewall - netfilter-persistent loads the firewall at boot: with the module the TARPIT rules are
# in force, too; without it only they are missing.

step "firewall: systemd, netfilter-persistent and nftables"
root_with_module
no_service_starts
must "the rules are not saved" inside sh -c '
	for v in 4 6; do
		echo "iptables-persistent iptables-persistent/autosave_v$v boolean false"
	done | debconf-set-selections'
must "they are installed" install systemd-sysv iptables-persistent nftables
must "the module and the extension are installed" inside sh -c \
	'apt-get -q install -y /ready/*.deb /deb/xt-tarpit_*.deb'
must "the rules are written" inside sh -c '
	examples=/usr/share/doc/xt-tarpit/examples/netfilter-persistent
	printf "%s\n" "*filter" ":INPUT DROP [0:0]" ":TARPIT_RULES - [0:0]" \
		"-A INPUT -p tcp --dport 22 -j ACCEPT" "-A INPUT -j TARPIT_RULES" COMMIT |
		tee /etc/iptables/rules.v4 >/etc/iptables/rules.v6
	install -D $examples/rules /etc/xt-tarpit/rules.v4
	install -D $examples/rules /etc/xt-tarpit/rules.v6'
must "systemd runs the claims once all has started" inside sh -c '
	printf "%s\n" "[Unit]" "After=netfilter-persistent.service nftables.service" "[Service]" \
		"ExecStart=/bin/bash /dev/vdb" "[Install]" "WantedBy=multi-user.target" \
		>/etc/systemd/system/claims.service
	systemctl enable claims.service nftables.service
	systemctl mask serial-getty@ttyS0.service
	systemctl set-default multi-user.target'
systemd='init=/lib/systemd/systemd systemd.show_status=0'

step "firewall: a boot with the module"
boot "$release" with-module "$systemd"

step "firewall: a boot without the module"
must "the module goes" inside sh -c "apt-get -q purge -y xt-tarpit-modules-$release* &&
	! modinfo -k $release xt_TARPIT"
boot "$release" without-module "$systemd"
