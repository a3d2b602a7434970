#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Unloading is refused under a rule, works without one, and the module loads again.
#
# needs: lib.sh
. ./lib.sh

link_pair
for tool in $tools; do
	claim "rmmod is refused under a rule of $tool"
	modprobe xt_TARPIT
	tarpit "$tool" -A INPUT -p tcp -j TARPIT
	refused rmmod xt_TARPIT
	grep -q 'in use' /tmp/refused || die "$(cat /tmp/refused)"
	claim "without the rule of $tool it works"
	tarpit "$tool" -D INPUT -p tcp -j TARPIT
	unload
done

claim "it loads and unloads twenty times, and works after that"
for _ in $(seq 20); do modprobe xt_TARPIT; rmmod xt_TARPIT; done
tarpit iptables -A INPUT -p tcp -j TARPIT
connects 10.0.0.1 80

claim "a namespace that goes away takes its rules along, and the module is free"
ip netns del tarpit
unload
