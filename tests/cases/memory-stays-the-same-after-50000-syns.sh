#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# 50,000 answered SYNs leave neither kernel memory nor a conntrack entry behind.
#
# The case measures all slab and per-CPU memory of the kernel, after a first round has filled the
# caches. A state of only 16 bytes per connection would need 800,000 bytes.
#
# suite: all
# needs: lib.sh flood.py
. ./lib.sh

flood() { # FAMILY SOURCE DESTINATION COUNT
	local before
	before=$(counter tarpit "$1")
	MAC=$mac peer ./flood.py p0 "$2" "$3" "$4"
	same "$4" $(($(counter tarpit "$1") - before))
}

link_pair
mac=$(mac_of tarpit t0)
to_peer=$(mac_of peer p0)
ip -n tarpit neighbour replace 10.0.0.200 lladdr "$to_peer" dev t0 nud permanent
ip -n tarpit neighbour replace fd00::200 lladdr "$to_peer" dev t0 nud permanent
both %T -A OUTPUT -m conntrack --ctstate INVALID -j ACCEPT
both %T -A INPUT -p tcp -j TARPIT

claim "the first 5,000 SYNs of each family are answered"
flood ipv4 10.0.0.200 10.0.0.1 5000
flood ipv6 fd00::200 fd00::1 5000
sleep 2
before=$(kernel_memory)
claim "50,000 more are answered, one for one"
flood ipv4 10.0.0.200 10.0.0.1 25000
flood ipv6 fd00::200 fd00::1 25000
sleep 2
after=$(kernel_memory)
echo "  kernel memory: $before bytes before, $after after: $((after - before))"
claim "kernel memory grew by less than ten bytes a connection"
grown_by_less_than 500000 $((after - before))
claim "conntrack knows no connection"
no_entry
