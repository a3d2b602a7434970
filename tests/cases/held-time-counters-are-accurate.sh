#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The metrics of peers are correct, although no state is kept: in --persist the seconds held, within
# 1 %; in --tarpit the age of each probe, compared with a capture. Clients without timestamps are
# counted separately. If every eleventh reply is lost, the sum is about 10 % too high; if every
# eleventh probe is lost, it is right. A forged age adds at most the cap for each packet. A
# handshake without an ACK of its own is counted by its content, and a keepalive at una is no
# handshake. Virtual time.
#
# suite: all
# needs: lib.sh writing_clients.py rawtcp.py frames.py
# needs: forge_tsecr.py ages.py deferred_ack_clients.py
. ./lib.sh

# sample NAME LABELS: its value in whole units.
sample() {
	tarpit cat /proc/net/xt_TARPIT |
		awk -v name="xt_tarpit_$1" '$1 == name { printf "%d\n", $2; n++ } END { exit n != 1 }'
}

held() { sample persist_seconds_total; }

# hold COUNT SECONDS PORT: starts so many writers, one a second; all must be held.
hold() {
	peer ./writing_clients.py "$1" 10.0.0.1 "$3" "$2" >/tmp/crowd
	same "held $1" "$(cat /tmp/crowd)"
}

# permille COUNT SECONDS BEFORE: the seconds added since BEFORE, in permille of the right value.
permille() { echo $((1000 * ($(held) - $3) / ($1 * $2 - $1 * ($1 - 1) / 2))); }

link_pair
both %T -A INPUT -p tcp --dport 23 -j TARPIT --persist
both %T -A INPUT -p tcp --dport 80 -j TARPIT

claim "ten held for 13000 seconds: the sum is right within 1 %"
hold 10 13000 23
between 990 1000 "$(permille 10 13000 0)"
same 10 "$(sample 'handshakes_total{mode="persist",timestamps="yes"}')"
same "$(sample 'probes_total{mode="persist"}')" $(($(counter persist) - 10))

claim "if every eleventh reply is lost, it is about 10 % too high"
before=$(held)
lose="-m statistic --mode nth --every 11 --packet 5 -j DROP"
# shellcheck disable=SC2086 # These are words.
peer iptables -A INPUT -p tcp --sport 23 $lose
hold 10 13000 23
between 1080 1140 "$(permille 10 13000 "$before")"
peer iptables -F

claim "if every eleventh probe is lost, it is right"
before=$(held)
# shellcheck disable=SC2086 # These are words.
peer iptables -A OUTPUT -p tcp --dport 23 $lose
hold 10 13000 23
between 985 1000 "$(permille 10 13000 "$before")"
peer iptables -F

claim "peers without timestamps are counted, but have no age"
before=$(held)
peer sysctl -qw net.ipv4.tcp_timestamps=0
hold 5 1000 23
same "$before" "$(held)"
same 5 "$(sample 'handshakes_total{mode="persist",timestamps="no"}')"
between 50 100 "$(sample 'unaged_probes_total{mode="persist",reason="NoTimestamps"}')"
peer sysctl -qw net.ipv4.tcp_timestamps=1

claim "in --tarpit the histogram agrees with the capture"
dumps /tmp/wire tarpit t0 -tt tcp port 80
peer ./writing_clients.py 5 10.0.0.1 80 2000 >/tmp/crowd
peer ./writing_clients.py 5 fd00::1 80 2000 >/tmp/crowd
undump /tmp/wire
./ages.py 80 </tmp/wire | while read -r bound count; do
	same "$bound $count" \
		"$bound $(sample "probe_age_seconds_bucket{mode=\"tarpit\",le=\"$bound\"}")"
done
between 100 300 "$(sample 'probe_age_seconds_count{mode="tarpit"}')"
[ "$(sample 'payload_bytes_total{mode="tarpit"}')" = 0 ]

claim "a peer that claims the greatest age adds 8100 seconds for each packet, and no more"
mac=$(mac_of peer p0)
ip -n tarpit neighbour replace 10.0.0.50 lladdr "$mac" dev t0
before=$(held)
peer ./forge_tsecr.py 23 50 -2147400000
between $((50 * 8100)) $((50 * 8100 + 1)) $(($(held) - before))
claim "a peer that echoes a future clock counts as Implausible"
before=$(held)
peer ./forge_tsecr.py 23 50 60000
same 50 "$(sample 'unaged_probes_total{mode="persist",reason="Implausible"}')"
same "$before" "$(held)"

claim "a handshake without an ACK of its own counts by its content, with early repetitions"
both %T -A INPUT -p tcp --dport 81 -j TARPIT --window 1000
before=$(sample 'handshakes_total{mode="tarpit",timestamps="yes"}')
for address in 10.0.0.1 fd00::1; do
	told=$(sample 'handshakes_by_content_total{mode="tarpit"}')
	peer ./deferred_ack_clients.py $address 81
	between 2 8 $(($(sample 'handshakes_by_content_total{mode="tarpit"}') - told))
done
same "$before" "$(sample 'handshakes_total{mode="tarpit",timestamps="yes"}')"

claim "a keepalive at una is no handshake and adds no time held"
shaken=$(sample 'handshakes_total{mode="persist",timestamps="yes"}')
before=$(held)
peer ./forge_tsecr.py 23 50 -20000 una
same $((shaken + 1)) "$(sample 'handshakes_total{mode="persist",timestamps="yes"}')"
same 50 "$(sample 'unaged_probes_total{mode="persist",reason="AtUna"}')"
same "$before" "$(held)"
