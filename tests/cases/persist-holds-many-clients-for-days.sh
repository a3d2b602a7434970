#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Many Linux clients that have written are held by --persist for virtual days: none gives up, each
# probe is answered once, and the kernel's memory does not grow.
#
#   persist-holds-many-clients-for-days.sh [CLIENTS [HOURS]]
#
# suite: all
# needs: lib.sh hold_sockets.py
# long: 1000 720
# long-vm: --icount --memory 1024 --timeout 90000 --append tsc=reliable --append nowatchdog
. ./lib.sh

clients=${1:-30} hours=${2:-3}

probes() {
	# shellcheck disable=SC2016 # awk's own.
	inside tarpit awk -F '[ "]' '/^xt_tarpit_probes_total.*persist/ { print $NF }' \
		/proc/net/xt_TARPIT
}

link_pair
both %T -A INPUT -p tcp -j TARPIT --persist
claim "$clients clients connect and write"
mkfifo /tmp/until
peer ./hold_sockets.py "$clients" 0 80 1000 10.0.0.1 fd00::1 </tmp/until >/tmp/held &
exec 3>/tmp/until
eventually grep -qx "up $clients" /tmp/held
# One line an hour; the first is ignored, because caches fill in that hour.
sleep 3600
memory=$(kernel_memory) first=$(probes)
for hour in $(seq 2 "$hours"); do
	sleep 3600
	[ "$hour" -le 24 ] || [ $((hour % 24)) = 0 ] || continue
	echo "  hour $hour: $(probes) probes, kernel memory $(kernel_memory)"
done
claim "all are held after $hours hours"
exec 3>&-
eventually grep -q held /tmp/held
same "held $clients" "$(grep held /tmp/held)"
claim "each was answered about every two minutes"
between $((clients * (hours - 1) * 28)) $((clients * (hours - 1) * 32)) $(($(probes) - first))
same "$(probes)" $(($(counter persist) - clients))
claim "the kernel uses as much memory as after the first hour"
grown_by_less_than 400000 $(($(kernel_memory) - memory))
