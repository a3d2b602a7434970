#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# contrib/fail2ban: a real sshd logs failed logins through a real rsyslog, and fail2ban reads the
# log and bans. The banned host is tarpitted and all others are served. A ban is an entry of a set,
# and one rule serves all bans. When the ban expires, the host is served again. IPv4 and IPv6. A ssh
# session that is open when the ban comes is held for SECONDS. Virtual time.
#
#   fail2ban-bans-by-one-rule.sh [SECONDS]
#
# all: 86400
# vm: --disk recipes-disk
# needs: lib.sh ../../contrib/fail2ban
. ./lib.sh

seconds=${1:-1800}

serve_ssh() {
	ssh-keygen -A >/dev/null
	mkdir -p ~/.ssh
	ssh-keygen -q -t ed25519 -N '' -f ~/.ssh/key
	cp ~/.ssh/key.pub ~/.ssh/authorized_keys
	# The guest's log must have the date in a form that fail2ban knows, as Debian's has.
	cat >/etc/rsyslog.conf <<-'CONFIG'
		module(load="imuxsock")
		auth,authpriv.* /var/log/auth.log
	CONFIG
	touch /var/log/auth.log
	rsyslogd -n >/tmp/rsyslog.log 2>&1 &
	eventually test -S /dev/log
	inside tarpit /usr/sbin/sshd -D -o UsePAM=no &
	eventually serves 10.0.0.1
}

# serves HOST [FROM]: an SSH server greets within ten seconds.
serves() {
	# shellcheck disable=SC2016 # The inner shell expands these.
	inside peer timeout 10 bash -c 'exec 3<>"/dev/tcp/$0/22"; read -t 10 -r line <&3
		[[ $line = SSH-* ]]' "$1" 2>/dev/null
}

serve_fail2ban() {
	cp fail2ban/xt-tarpit.conf /etc/fail2ban/action.d/
	cat >/etc/fail2ban/jail.local <<-'CONFIG'
		[DEFAULT]
		banaction = xt-tarpit
		banaction_allports = xt-tarpit
		bantime = 600
		maxretry = 3
		backend = polling
		usedns = no
		ignoreself = false
		[sshd]
		enabled = true
		backend = polling
		logpath = /var/log/auth.log
	CONFIG
	rm -f /etc/fail2ban/jail.d/*
	mkdir -p /run/fail2ban
	inside tarpit fail2ban-server -f --logtarget /tmp/fail2ban.log start >/tmp/server.log 2>&1 &
	eventually fail2ban-client status sshd >/dev/null 2>&1
}

# guess HOST: tries to log in three times as an unknown user.
guess() {
	local turn
	for turn in 1 2 3; do
		peer ssh -F none -o BatchMode=yes -o StrictHostKeyChecking=no -o ConnectTimeout=5 \
			-o UserKnownHostsFile=/dev/null "intruder$turn@$1" 2>/dev/null || true
	done
}

banned() { fail2ban-client status sshd | grep -q "Banned IP list:.*$1"; }
not_banned() { ! banned "$1"; }
gone() { [ "$(tarpit ipset list -n)$(tarpit iptables -S | grep TARPIT || true)$(raw)" = "" ]; }
raw() { tarpit iptables -t raw -S | grep -v '^-P' || true; }
no_socket() { [ "$(tarpit ss -Htn state established dst '[10.0.0.2]')" = "" ]; }
rules() { tarpit "$1" -S | grep -c TARPIT; }

link_pair
serve_ssh
serve_fail2ban

claim "a host that guesses is banned, and the ban is an entry of the set"
guess 10.0.0.1
eventually banned 10.0.0.2
eventually tarpit ipset -q test tarpit-sshd 10.0.0.2
same 1 "$(rules iptables)"

claim "the banned host connects, and no server greets it"
before=$(counter persist ipv4)
connects 10.0.0.1 22
refused serves 10.0.0.1
[ "$(counter persist ipv4)" -gt "$before" ]

claim "other hosts are served"
ip -n peer address add 10.0.0.3/24 dev p0
ip -n peer route replace 10.0.0.1 dev p0 src 10.0.0.3
serves 10.0.0.1
ip -n peer route del 10.0.0.1 dev p0

claim "a hundred bans are a hundred entries of the set and one rule"
# shellcheck disable=SC2046 # Words are wanted.
fail2ban-client set sshd banip $(seq -f '198.51.100.%g' 1 100) >/dev/null
eventually tarpit ipset -q test tarpit-sshd 198.51.100.100
same 1 "$(rules iptables)"

claim "the same in IPv6"
eventually serves fd00::1
guess fd00::1
eventually banned fd00::2
eventually tarpit ipset -q test tarpit6-sshd fd00::2
connects fd00::1 22
refused serves fd00::1
same 1 "$(rules ip6tables)"

claim "neighbour discovery of a banned host on the link works; other packets than TCP are dropped"
ip -n peer neighbour flush all
ip -n tarpit neighbour flush all
connects fd00::1 22
refused inside peer ping -q -n -c 1 -W 2 10.0.0.1

claim "ten minutes later both are served again"
sleep 600
eventually not_banned 10.0.0.2
eventually not_banned fd00::2
serves 10.0.0.1
serves fd00::1

claim "a session that is open when the ban comes is held, and the server has no socket of it"
fail2ban-client set sshd bantime -1 >/dev/null
mkfifo /tmp/typed
exec 6<>/tmp/typed
nsenter --net=/run/netns/peer -- ssh -F none -i ~/.ssh/key -o StrictHostKeyChecking=no \
	-o UserKnownHostsFile=/dev/null root@10.0.0.1 cat </tmp/typed >/tmp/echoed 2>/tmp/session &
session=$!
echo before >&6
eventually grep -qx before /tmp/echoed
fail2ban-client set sshd banip 10.0.0.2 >/dev/null
eventually tarpit ipset -q test tarpit-sshd 10.0.0.2
eventually no_socket
echo after >&6
sleep "$seconds"
kill -0 "$session" || die "$(cat /tmp/session)"
same before "$(cat /tmp/echoed)"
[ "$(peer ss -Htn state established dport = 22 | wc -l)" = 1 ] || die "$(peer ss -tn)"
kill "$session"

claim "when fail2ban stops, it deletes its rules and sets"
fail2ban-client stop >/dev/null
eventually gone
