#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A connection that was up before the rule lasts as long under each target as the table of
# docs/performance.md says: tests/guest/holds-live, cut off after 3000 s, in IPv6. Virtual time.
#
# suite: all
# needs: lib.sh holds.sh live.sh live.py holds-live
. ./lib.sh
. ./holds.sh

cutoff=3000
./holds-live 3000 6 >/tmp/table
cat /tmp/table
row write 900-1000 900-1000 900-1000 0-1 held
row keepalive 55-100 55-100 55-100 40-70 held
row patient 1200-1300 1200-1300 1200-1300 550-620 held
# With --reset it ends with the next segment. If the server's window is closed just then, as it is
# half of the time on 6.1, that is the client's next window probe.
row upload 900-1000 900-1000 900-1000 0-4 held
row stopped 1600-1700 1600-1700 1600-1700 0-10 held
row late held held held 0-40 held
row close 90-120 90-120 90-120 0-1 90-120
