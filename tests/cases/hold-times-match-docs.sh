#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Each mode holds eleven kinds of client, including curl, openssl and ssh, as long as the README's
# table says: tests/guest/holds, cut off after 2.4 hours, in IPv6. Virtual time.
#
# needs: lib.sh holds.sh holds holds.py
. ./lib.sh
. ./holds.sh

cutoff=8640
./holds 0.1 6 >/tmp/table
cat /tmp/table
row "only waits" 130-140 held held held
row "writes, waits" 130-140 900-1000 held held
row "writes in its SYN (Fast Open), waits" 130-140 300-400 held held
row "closes at once" 130-140 90-120 300-400 0-1
row "writes, closes" 130-140 90-120 300-400 0-1
row "waits with SO_KEEPALIVE 60/10/3" 130-140 85-100 held held
row "writes with SO_KEEPALIVE 60/10/3" 130-140 900-1000 held held
row "writes with TCP_USER_TIMEOUT 60 s" 60-70 60-61 60-61 held
row "HTTP: curl" 130-140 900-1000 held held
row "TLS: openssl s_client" 130-140 900-1000 held held
row "ssh" 130-140 900-1000 held held
