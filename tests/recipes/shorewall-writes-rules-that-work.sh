#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Shorewall detects that the kernel has TARPIT, and its actions TARPIT, TARPIT(honeypot) and
# TARPIT(reset) become rules that work, in a firewall of its own.
#
# vm: --disk recipes-disk
# needs: lib.sh
. ./lib.sh

configure() {
	printf '%s\n' 'fw firewall' 'net ipv4' >/etc/shorewall/zones
	printf '%s\n' '?FORMAT 2' 'net t0' >/etc/shorewall/interfaces
	# shellcheck disable=SC2016 # Shorewall expands it.
	printf '%s\n' '$FW net ACCEPT' 'net all DROP' 'all all REJECT' >/etc/shorewall/policy
	cat >/etc/shorewall/rules <<-'RULES'
		?SECTION NEW
		TARPIT           net $FW tcp 23
		TARPIT(honeypot) net $FW tcp 80
		TARPIT(reset)    net $FW tcp 25
	RULES
}

link_pair
configure
claim "Shorewall starts, and its rules exist"
tarpit shorewall start >/tmp/shorewall.log 2>&1 || die "$(tail -n 20 /tmp/shorewall.log)"
for mode in 23:tarpit 80:honeypot 25:reset; do
	tarpit iptables -S | grep -q -- "--dport ${mode%:*} -j TARPIT --${mode#*:}"
done

claim "all other packets are dropped, as before"
refused inside peer timeout 5 bash -c 'exec 3<>/dev/tcp/10.0.0.1/22'
same 0 "$(tarpit grep -c -v -e '^#' -e ' 0$' -e ' 0.000$' /proc/net/xt_TARPIT || true)"

claim "each mode does what it should"
connects 10.0.0.1 23
connects 10.0.0.1 80
refused inside peer timeout 5 bash -c 'exec 3<>/dev/tcp/10.0.0.1/25'
same 1 "$(counter reset)"
