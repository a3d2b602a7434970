#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The exporter writes a file, node_exporter reads it, and a Prometheus server queries node_exporter
# and computes how many peers are held, and the total time. Prometheus' tools accept the format, and
# systemd the units; every query of the dashboard works. Twenty clients write to --persist and are
# held for an hour. The metrics of xt-tarpit-lan come the same way, by a link. With Debian's
# programs, in virtual time.
#
# vm: --disk recipes-disk
# needs: lib.sh writing_clients.py ../recipes/metrics.py
# needs: ../../contrib/prometheus ../../contrib/grafana
# artifacts: lan
. ./lib.sh

clients=20 seconds=3600
collected=/var/lib/prometheus/node-exporter

# ask QUERY: the rounded value of the only series in the server's answer.
ask() {
	inside tarpit curl -sSG --data-urlencode "query=$1" http://127.0.0.1:9090/api/v1/query |
		./metrics.py value
}

answers() { inside tarpit curl -sS -o /dev/null "http://127.0.0.1:$1" 2>/dev/null; }

serve() {
	cat >/tmp/prometheus.yml <<-CONFIG
		global: {scrape_interval: 15s}
		scrape_configs:
		  - {job_name: node, static_configs: [{targets: ["127.0.0.1:9100"]}]}
	CONFIG
	inside tarpit prometheus-node-exporter --web.listen-address=127.0.0.1:9100 \
		--collector.disable-defaults --collector.textfile \
		--collector.textfile.directory=$collected >/tmp/node.log 2>&1 &
	inside tarpit prometheus --config.file=/tmp/prometheus.yml --log.level=warn \
		--web.listen-address=127.0.0.1:9090 --storage.tsdb.path=/tmp/tsdb \
		>/tmp/prometheus.log 2>&1 &
	eventually answers 9100/
	eventually answers 9090/-/ready
}

# Runs the exporter as the timer does, because this machine has no systemd.
keep_exporting() {
	local program
	program=$(sed -n 's,^ExecStart=/usr/sbin/,,p' prometheus/xt-tarpit-exporter.service)
	while :; do
		# shellcheck disable=SC2086 # A program and its argument.
		inside tarpit ./prometheus/$program
		sleep 15
	done
}

lan_metrics() {
	inside tarpit curl -sS http://127.0.0.1:9100/metrics |
		grep -q '^xt_tarpit_lan_taken{interface="t0"} 0$'
}

link_pair
claim "systemd-analyze reports no fault of the units"
cp prometheus/xt-tarpit-exporter /usr/sbin
cp prometheus/*.service prometheus/*.timer /etc/systemd/system
systemd-analyze verify --man=no /etc/systemd/system/xt-tarpit-exporter.{service,timer} 2>&1 |
	tee /tmp/verify
[ ! -s /tmp/verify ] || die "$(cat /tmp/verify)"

claim "without the module the exporter says so and removes the old file"
touch $collected/xt_tarpit.prom
refused tarpit ./prometheus/xt-tarpit-exporter
grep -q 'there is no /proc/net/xt_TARPIT' /tmp/refused
[ ! -e $collected/xt_tarpit.prom ]

tarpit iptables -A INPUT -p tcp --dport 23 -j TARPIT --persist
tarpit iptables -A INPUT -p tcp --dport 80 -j TARPIT
claim "only root and the collector's group may read the file"
tarpit ./prometheus/xt-tarpit-exporter
same "640 root $(stat -c %G $collected)" "$(stat -c '%a %U %G' $collected/xt_tarpit.prom)"

claim "both parsers of the Prometheus project accept the text"
tarpit ./metrics.py check /proc/net/xt_TARPIT
tarpit cat /proc/net/xt_TARPIT | promtool check metrics

claim "every query of the dashboard is valid and uses existing metrics"
./metrics.py rules grafana/xt_TARPIT.json /proc/net/xt_TARPIT >/tmp/rules.yml
promtool check rules /tmp/rules.yml

serve
keep_exporting &
peer ./writing_clients.py $clients 10.0.0.1 23 $seconds >/tmp/crowd
same "held $clients" "$(cat /tmp/crowd)"
sleep 30 # for the last of it to be written and asked for

claim "the server computes how many are held, and the total time"
between $((clients * 95)) $((clients * 105)) \
	"$(ask '100 * sum(rate(xt_tarpit_persist_seconds_total[30m]))')"
truth=$((clients * seconds))
between $((truth * 96 / 100)) "$truth" "$(ask 'xt_tarpit_persist_seconds_total')"
same $clients "$(ask 'xt_tarpit_handshakes_total{mode="persist",timestamps="yes"}')"
same 0 "$(ask 'node_textfile_scrape_error')"
claim "node_exporter reads the metrics of xt-tarpit-lan by the link of docs/lan.md"
ip -n tarpit link add tarpit0 type tarpit
ip -n tarpit link set tarpit0 up
printf '%s\n' 'interface = "t0"' 'ranges = ["10.0.0.128/25"]' 'router = true' \
	'metrics-file = "/run/xt-tarpit-lan/metrics.prom"' >/etc/xt-tarpit-lan.toml
ln -s /run/xt-tarpit-lan/metrics.prom $collected/xt-tarpit-lan.prom
nsenter --net=/run/netns/tarpit -- ./lan/xt-tarpit-lan run >/tmp/lan.log 2>&1 &
daemon=$!
eventually lan_metrics
promtool check metrics <$collected/xt-tarpit-lan.prom
same 0 "$(ask 'node_textfile_scrape_error')"
setpriv --reuid=65534 --clear-groups cat $collected/xt-tarpit-lan.prom >/dev/null
kill $daemon
wait $daemon
claim "each query of the dashboard is answered"
./metrics.py queries grafana/xt_TARPIT.json | while read -r query; do ask "$query" >/dev/null; done
