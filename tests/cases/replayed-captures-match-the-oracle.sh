#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The TCP segments of tcpdump's test captures, some of which were made to break a parser: unchanged,
# repaired so that they reach the rule, and with one of our numbers so that they are answered. They
# are sent in both families, all modes and hooks, by veth, TAP, TUN and NAPI frags. The oracle of
# scripts/fuzz-edge knows the right reply to each.
#
# suite: all
# needs: lib.sh fuzz-edge
# artifacts: edge captures
exec ./fuzz-edge captured ./captures/*.pcap
