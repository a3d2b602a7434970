#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A limit in front of --persist bounds its replies, and a --tarpit rule after it handles the rest: a
# peer that gets no reply is held for 15 minutes, as by --tarpit; none gives up at once. Twenty
# writers send 10 probes a minute together. Virtual time.
#
#   two rules     --tarpit answers a SYN over the budget: its peer never verifies for --persist, and
#                 gets no further reply
#   three rules   --persist answers every SYN, so each peer may get a reply as long as it probes
#
# suite: all
# needs: lib.sh writing_clients.py
. ./lib.sh

seconds=3000 rate=6 burst=10
limit="-m limit --limit $rate/min --limit-burst $burst"

# try TOOL HOST SYNS: SYNS is the number of SYN-ACKs that persist may send in addition to the
# budget.
try() {
	local family=ipv4 most before held
	[ "$1" = iptables ] || family=ipv6
	most=$((burst + rate * (seconds + 60) / 60 + $3))
	before=$(counter persist $family)
	peer ./writing_clients.py 20 "$2" 80 $seconds >/tmp/crowd
	claim "$2: no client gives up before 900 seconds"
	[ "$(awk '/ETIMEDOUT/ && $1 < 900' /tmp/crowd)" = "" ] || die "$(cat /tmp/crowd)"
	held=$(sed -n 's/^held //p' /tmp/crowd)
	claim "$2: replies hold some longer, and not others; $held of 20"
	between 3 19 "$held"
	claim "$2: $(($(counter persist $family) - before)) replies, at most $most"
	between 60 "$most" $(($(counter persist $family) - before))
	same 20 "$((held + $(grep -c ETIMEDOUT /tmp/crowd)))"
	tarpit "$1" -F
}

link_pair
for tool in iptables ip6tables; do
	host=10.0.0.1
	[ $tool = iptables ] || host=fd00::1
	echo "two rules, $tool"
	# shellcheck disable=SC2086 # These are words.
	tarpit $tool -A INPUT -p tcp $limit -j TARPIT --persist
	tarpit $tool -A INPUT -p tcp -j TARPIT
	try $tool $host 0
	echo "three rules, $tool"
	tarpit $tool -A INPUT -p tcp --syn -j TARPIT --persist
	# shellcheck disable=SC2086 # These are words.
	tarpit $tool -A INPUT -p tcp $limit -j TARPIT --persist
	tarpit $tool -A INPUT -p tcp -j TARPIT
	try $tool $host 20
done
