#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# fail2ban's own action nftables, with parameters only: it makes a table netdev at the ingress, a
# set of the banned addresses, and one rule that sends their TCP to a tarpit device. A banned host
# is held on each port and others are served. The rule is gone when fail2ban stops. IPv4 and IPv6.
#
# vm: --disk recipes-disk
# needs: lib.sh
. ./lib.sh

serve_fail2ban() {
	rm -f /etc/fail2ban/jail.d/*
	touch /var/log/service.log
	cat >/etc/fail2ban/filter.d/service.conf <<-'CONFIG'
		[Definition]
		failregex = refused <HOST>$
	CONFIG
	cat >/etc/fail2ban/jail.local <<-'CONFIG'
		[DEFAULT]
		hook = chain_hook="ingress device t0", chain_priority=-300
		tarpit = table_family=netdev, table=f2b-tarpit, blocktype="fwd to tarpit0"
		banaction = nftables[type=allports, %(hook)s, %(tarpit)s]
		backend = polling
		usedns = no
		ignoreself = false
		[service]
		enabled = true
		filter = service
		logpath = /var/log/service.log
		maxretry = 3
	CONFIG
	mkdir -p /run/fail2ban
	nsenter --net=/run/netns/tarpit -- \
		fail2ban-server -f --logtarget /tmp/fail2ban.log start >/tmp/server.log 2>&1 &
	eventually fail2ban-client status service >/dev/null 2>&1
}

# misbehaves HOST: the service logs three failures of a host.
misbehaves() {
	local turn
	for turn in 1 2 3; do echo "$(date '+%F %T') turn $turn refused $1" >>/var/log/service.log; done
}

rules() { tarpit nft list ruleset | grep -c 'fwd to "tarpit0"'; }
holds() { tarpit nft list ruleset | grep -q "$1"; }

# held HOST PORT: a client connects, and the device answers.
held() {
	local before
	before=$(counter tarpit)
	connects "$1" "$2"
	[ "$(counter tarpit)" -gt "$before" ]
}

link_pair
ip -n peer address add 10.0.0.3/24 dev p0
ip -n tarpit link add tarpit0 type tarpit
ip -n tarpit link set tarpit0 up
serve_fail2ban
claim "a host that misbehaves is banned by fail2ban's own action"
misbehaves 10.0.0.2
eventually holds 10.0.0.2
same 1 "$(rules)"
claim "it is held on each port"
held 10.0.0.1 22
held 10.0.0.1 8080
claim "other hosts are not"
tarpit ncat -lk 10.0.0.1 9 &
eventually inside peer ncat -z -s 10.0.0.3 10.0.0.1 9
refused inside peer ncat -z -w 5 -s 10.0.0.3 10.0.0.1 22
claim "an unban ends it"
fail2ban-client set service unbanip 10.0.0.2 >/dev/null
refused inside peer ncat -z -w 5 10.0.0.1 22
claim "the same in IPv6"
misbehaves fd00::2
eventually holds fd00::2
held fd00::1 22
claim "when fail2ban stops, its rules are gone, and the device stays"
fail2ban-client stop >/dev/null
eventually refused holds fwd
ip -n tarpit link show tarpit0 | grep -q tarpit0
