#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The module cannot be unloaded while a rule exists; without a rule it unloads and loads again.
#
# needs: lib.sh
. ./lib.sh

link_pair
for tool in $tools; do
	claim "rmmod fails while a rule of $tool exists"
	modprobe xt_TARPIT
	tarpit "$tool" -A INPUT -p tcp -j TARPIT
	refused rmmod xt_TARPIT
	grep -q 'in use' /tmp/refused || die "$(cat /tmp/refused)"
	claim "rmmod works after the rule of $tool is deleted"
	tarpit "$tool" -D INPUT -p tcp -j TARPIT
	unload
done

claim "the module loads and unloads twenty times, and then works"
for _ in $(seq 20); do modprobe xt_TARPIT; rmmod xt_TARPIT; done
tarpit iptables -A INPUT -p tcp -j TARPIT
connects 10.0.0.1 80

claim "the rules of a namespace are deleted with it, and the module unloads"
ip netns del tarpit
unload
