#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# systemd accepts the unit of xt-tarpit-lan and rates its exposure below 2.0; and with the
# capabilities of the unit alone, as another user, the daemon takes addresses.
#
# vm: --disk lan-disk
# needs: lib.sh lan.sh
# artifacts: lan
# suite: all
. ./lib.sh
. ./lan.sh

claim "systemd accepts the unit"
install -D lan/xt-tarpit-lan /usr/sbin/xt-tarpit-lan
cp lan/xt-tarpit-lan.service /etc/systemd/system
systemd-analyze verify --man=no /etc/systemd/system/xt-tarpit-lan.service 2>&1 | tee /tmp/verify
same "" "$(grep xt-tarpit-lan /tmp/verify || true)"

claim "its exposure is below 2.0"
systemd-analyze security --offline=true --no-pager \
	/etc/systemd/system/xt-tarpit-lan.service >/tmp/security
tail -n 1 /tmp/security
level=$(sed -n 's/.*Overall exposure level.*: \([0-9.]*\) .*/\1/p' /tmp/security)
between 0 19 "$(tr -d . <<<"$level")"

claim "as a user with these capabilities alone it takes addresses"
lan_start
sed 's/^#interface.*/interface = "e0"/; s/^#ranges/ranges/
	s,/var/lib/xt-tarpit-lan,/tmp/lan,; s,/run/xt-tarpit-lan,/tmp/lan,' \
	lan/xt-tarpit-lan.toml >/etc/xt-tarpit-lan.toml
sed -i 's,^#control.*,control = "/tmp/lan/control",' /etc/xt-tarpit-lan.toml
mkdir /tmp/lan
chown 65534 /tmp/lan
nsenter --net=/run/netns/tarpit -- setpriv --reuid 65534 --regid 65534 --clear-groups \
	--no-new-privs --inh-caps=-all,+net_admin,+net_raw --ambient-caps=-all,+net_admin,+net_raw \
	--bounding-set=-all,+net_admin,+net_raw /usr/sbin/xt-tarpit-lan run >/tmp/journal 2>&1 &
daemon=$!
eventually grep -q '^taking' /tmp/journal
status() { tarpit xt-tarpit-lan status --control /tmp/lan/control; }
taken() { status | grep '^192.0.2.77 .*taken' >/dev/null; }
tarpit xt-tarpit-lan capture --control /tmp/lan/control 192.0.2.77
eventually taken
connects 192.0.2.77 80 scanner
claim "it writes its files"
kill "$daemon"
wait "$daemon"
grep -q '^192.0.2.100 ' /tmp/lan/hosts
grep -q '^xt_tarpit_lan_captures_total{interface="e0"} 1' /tmp/lan/metrics.prom ||
	grep -q '^xt_tarpit_lan_taken' /tmp/lan/metrics.prom
