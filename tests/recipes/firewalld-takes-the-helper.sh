#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# firewalld, by firewall-cmd alone: a helper tarpit, a service with that helper, and the service in
# a zone. The port is tarpitted in both families, other ports are refused, no conntrack entry
# remains, and it survives a reload.
#
# vm: --disk recipes-disk
# needs: lib.sh
. ./lib.sh

# firewall WORD...: firewall-cmd, which speaks to the daemon in netns tarpit.
firewall() { tarpit firewall-cmd -q "$@"; }
runs() { tarpit firewall-cmd --state >/dev/null 2>&1; }

# held HOST: a client of port 23 connects, and the helper answers.
held() {
	local before
	before=$(counter tarpit)
	connects "$1" 23
	[ "$(counter tarpit)" -gt "$before" ]
}

link_pair
mkdir -p /run/dbus
dbus-daemon --system --fork
nsenter --net=/run/netns/tarpit -- firewalld --nofork --nopid >/tmp/firewalld.log 2>&1 &
eventually runs

claim "firewall-cmd makes the helper and a service, and adds it to a zone"
firewall --permanent --new-helper=tarpit --module=nf_conntrack_tarpit
firewall --permanent --helper=tarpit --add-port=23/tcp
firewall --permanent --new-service=tarpit
firewall --permanent --service=tarpit --add-port=23/tcp
firewall --permanent --service=tarpit --add-helper=tarpit
firewall --permanent --zone=public --add-service=tarpit
firewall --reload
eventually runs
claim "the port is tarpitted, in both families"
held 10.0.0.1
held fd00::1
no_entry
claim "other ports are refused"
for host in 10.0.0.1 fd00::1; do
	refused inside peer timeout 10 bash -c "exec 3<>/dev/tcp/$host/24"
done
claim "a reload keeps it"
firewall --reload
eventually runs
held 10.0.0.1
claim "without the service the port is refused"
firewall --zone=public --remove-service=tarpit
refused inside peer timeout 10 bash -c "exec 3<>/dev/tcp/10.0.0.1/23"
