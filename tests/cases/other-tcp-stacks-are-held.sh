#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Each mode holds clients of lwIP, gVisor's netstack and libslirp as long as the second table of
# docs/performance.md says: tests/guest/holds-stacks, cut off after 29 minutes. One of them leaves
# --persist: lwIP with data and a keepalive that ends before its next window probe. Only netstack
# has timestamps, so each of its handshakes is counted exactly. Virtual time.
#
# suite: all
# needs: lib.sh holds.sh holds-stacks
# artifacts: stacks
. ./lib.sh
. ./holds.sh

cutoff=1728
./holds-stacks 0.02 >/tmp/table
cat /tmp/table
row "lwIP | waits" held held held held
row "lwIP | writes" 400-500 held held held
row "lwIP | closes" held held held 0-2
row "lwIP | writes, closes" 400-500 held held 0-2
row "lwIP | keepalive, 60/10/3" 85-100 85-100 held 85-100
row "lwIP | writes, keepalive, 60/10/3" 85-100 85-100 held 85-100
row "lwIP | writes, keepalive, 20/10/3" 45-60 45-60 120-200 45-60
row "gVisor's netstack | waits" held held held held
row "gVisor's netstack | writes" 850-1000 750-850 held held
# This client once stayed for 1276 s, on 6.12.
row "gVisor's netstack | closes" 750-1300 750-1300 750-1300 0-3
row "gVisor's netstack | writes, closes" 850-1000 750-850 held 0-3
row "gVisor's netstack | writes, keepalive, 60/10/3" 85-100 750-850 held held
row "gVisor's netstack | writes, keepalive, 20/10/3" 45-60 750-850 held held
row "libslirp (4.4BSD) | waits" held held held held
row "libslirp (4.4BSD) | writes" held 500-600 held held
row "libslirp (4.4BSD) | closes" 500-600 500-600 500-600 0-2
row "libslirp (4.4BSD) | writes, closes" held 500-600 held 0-2

tarpit cat /proc/net/xt_TARPIT
claim "each handshake of the stack with timestamps is counted once"
series='xt_tarpit_handshakes_total{mode="persist",timestamps="yes"}'
same 7 "$(tarpit sed -n "s/^$series //p" /proc/net/xt_TARPIT)"
