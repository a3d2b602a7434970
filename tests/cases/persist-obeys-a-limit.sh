#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A limit in front of --persist is a budget for its answers, and --tarpit behind it takes the rest:
# a peer that gets no answer is held as by --tarpit, 15 minutes; none is lost at once. Twenty
# writers, whose probes come to 10 a minute. Virtual time.
#
#   two rules     a SYN over the budget is tarpit's: its peer stays unverified to --persist, and is
#                 never answered again
#   three rules   every SYN is persist's, so that each peer may get an answer as long as it probes
#
# needs: lib.sh writing_clients.py
. ./lib.sh

seconds=3000 rate=6 burst=10
limit="-m limit --limit $rate/min --limit-burst $burst"

# try TOOL HOST SYNS: SYNS is how many SYN-ACKs persist may send beside the budget.
try() {
	local family=ipv4 most before held
	[ "$1" = iptables ] || family=ipv6
	most=$((burst + rate * (seconds + 60) / 60 + $3))
	before=$(counter persist $family)
	peer ./writing_clients.py 20 "$2" 80 $seconds >/tmp/crowd
	claim "$2: no client is let go before 900 seconds"
	[ "$(awk '/ETIMEDOUT/ && $1 < 900' /tmp/crowd)" = "" ] || die "$(cat /tmp/crowd)"
	held=$(sed -n 's/^held //p' /tmp/crowd)
	claim "$2: some are held longer by answers, and some are not; $held of 20"
	between 3 19 "$held"
	claim "$2: $(($(counter persist $family) - before)) answers, at most $most"
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
