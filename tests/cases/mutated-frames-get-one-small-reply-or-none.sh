#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# 100,000 frames, true, mutated, in fragments, in trains and of each length from 0 to 9000, by veth,
# GRO, TAP, TUN and NAPI frags, in all modes and hooks: at most one reply for each, never larger,
# and just the one that the contract has; silence where that is owed. The seed is fixed.
# scripts/fuzz-edge is the same with other seeds and numbers.
#
# needs: lib.sh fuzz-edge
# artifacts: edge
exec ./fuzz-edge both 30000 1
