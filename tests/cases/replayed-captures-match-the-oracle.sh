#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The TCP segments in the captures with which tcpdump is tested, some of which once broke it or
# another: as they are, repaired so that all of each comes to the rule, and with a number of ours,
# so that it is answered. Those of either family in both, in all modes and hooks, by veth, TAP, TUN
# and NAPI frags. The oracle of scripts/fuzz-edge knows of each what must come, and no more does.
#
# suite: all
# needs: lib.sh fuzz-edge
# artifacts: edge captures
exec ./fuzz-edge captured ./captures/*.pcap
