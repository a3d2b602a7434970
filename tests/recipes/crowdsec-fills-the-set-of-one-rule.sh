#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# CrowdSec's firewall bouncer asks its local API for decisions and puts the banned into sets. In
# its mode ipset the rules are ours: the shape that its mode iptables generates, with TARPIT for
# DROP and without -p tcp, is accepted; TCP of the banned is held, all else of theirs dropped. Both
# families.
#
# vm: --disk recipes-disk
# needs: lib.sh ../recipes/lapi.py
. ./lib.sh

in_set() { tarpit ipset -q test "$@"; }
pings() { inside peer ping -q -n -c 1 -W 2 "$1" >/dev/null; }

bounce() {
	inside tarpit ./lapi.py 8080 10.0.0.2 fd00::2 198.51.100.7 &
	sed -e 's/^mode:.*/mode: ipset/; s/^daemonize:.*/daemonize: false/' \
		-e 's/^log_mode:.*/log_mode: stdout/; s/^api_key:.*/api_key: none/' \
		/etc/crowdsec/bouncers/crowdsec-firewall-bouncer.yaml >/tmp/bouncer.yaml
	inside tarpit crowdsec-firewall-bouncer -c /tmp/bouncer.yaml >/tmp/bouncer.log 2>&1 &
}

link_pair
pings 10.0.0.1
pings fd00::1
tarpit ipset create crowdsec-blacklists hash:net timeout 300
tarpit ipset create crowdsec6-blacklists hash:net family inet6 timeout 300
claim "the rules as they are generated, for all protocols"
tarpit iptables -I INPUT -m set --match-set crowdsec-blacklists src -j TARPIT
tarpit ip6tables -I INPUT -m set --match-set crowdsec6-blacklists src -j TARPIT
refused inside peer timeout 5 bash -c 'exec 3<>/dev/tcp/10.0.0.1/22'

claim "the bouncer fills the sets"
bounce
eventually in_set crowdsec-blacklists 10.0.0.2 || die "$(cat /tmp/bouncer.log)"
eventually in_set crowdsec-blacklists 198.51.100.7
eventually in_set crowdsec6-blacklists fd00::2

claim "whoever is banned is held, on any port, and gets nothing else"
connects 10.0.0.1 22
connects fd00::1 8080
refused pings 10.0.0.1
refused pings fd00::1
claim "others get what they got before"
ip -n peer address add 10.0.0.3/24 dev p0
inside peer ping -q -n -c 1 -W 2 -I 10.0.0.3 10.0.0.1 >/dev/null
