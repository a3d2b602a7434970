#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Counters are per-CPU. Those of a CPU that goes offline stay in the sum.
#
# vm: --smp 2 --real-time
# needs: lib.sh
. ./lib.sh

link_pair
both %T -A INPUT -p tcp -j TARPIT
claim "a processor answers, and goes offline"
taskset -pc 1 $$ >/dev/null
for host in 10.0.0.1 fd00::1; do connects $host 80; done
before=$(counter tarpit)
between 2 9 "$before"
taskset -pc 0 $$ >/dev/null
echo 0 >/sys/devices/system/cpu/cpu1/online
claim "its counters are still in the sum"
same "$before" "$(counter tarpit)"
