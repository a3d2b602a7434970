#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# python-iptables (Debian's python3-iptables) sets a rule attribute by attribute, and passes flags
# of 0 to the extension for each. The rule is the one that iptables creates from the same options,
# in any order; a rule that is read and written back is unchanged; a contradiction is refused. IPv4
# and IPv6. The library writes to iptables-legacy's tables.
#
# vm: --disk recipes-disk
# needs: lib.sh ../recipes/iptc_rules.py
. ./lib.sh

# targets TOOL CHAIN: the targets and options of the rules, in order.
targets() { tarpit "$1" -S "$2" | sed -n 's/.* -j TARPIT //p'; }

link_pair
wanted="--tarpit
--tarpit --window 100
--persist
--persist --window 100
--honeypot
--honeypot --window 100
--honeypot --window 100
--reset"
for tool in iptables-legacy ip6tables-legacy; do
	claim "$tool: the rule has all attributes that were set"
	tarpit ./iptc_rules.py write $tool
	same "$wanted" "$(targets $tool INPUT)"

	claim "$tool: rules that are read and written back are unchanged"
	tarpit ./iptc_rules.py copy $tool
	same "$wanted" "$(targets $tool FORWARD)"
	tarpit $tool -F FORWARD
	tarpit ./iptc_rules.py dictionaries $tool
	same "$wanted" "$(targets $tool FORWARD)"

	claim "$tool: so are rules of iptables"
	tarpit $tool -F
	while read -r options; do
		# shellcheck disable=SC2086 # Words are wanted.
		tarpit $tool -A INPUT -p tcp -j TARPIT $options
	done <<<"$wanted"
	tarpit ./iptc_rules.py copy $tool
	same "$wanted" "$(targets $tool FORWARD)"

	claim "$tool: iptables finds and deletes what the library has written"
	tarpit $tool -C FORWARD -p tcp -j TARPIT --honeypot --window 100
	tarpit $tool -D FORWARD -p tcp -j TARPIT --tarpit --window 100
	same 7 "$(targets $tool FORWARD | wc -l)"

	claim "$tool: a contradiction is refused, and nothing is written"
	tarpit $tool -F
	tarpit ./iptc_rules.py contradict $tool
	same "" "$(targets $tool INPUT)"
done

claim "a rule of the library holds a client"
tarpit ./iptc_rules.py write iptables-legacy
before=$(counter tarpit ipv4)
connects 10.0.0.1 23
[ "$(counter tarpit ipv4)" -gt "$before" ]
