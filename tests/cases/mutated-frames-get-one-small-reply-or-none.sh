#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Frames, unchanged, mutated, in fragments, in trains and of each length from 0 to 9000, by
# veth, GRO, TAP, TUN and NAPI frags, in all modes, to rules, a tarpit device and the conntrack
# helper: each gets at most one reply, which is never larger and is that of docs/behaviour.md, or
# none. The seed is fixed. scripts/fuzz-edge runs the same with other seeds and numbers.
#
# all: 30000
# needs: lib.sh fuzz-edge
# artifacts: edge
exec ./fuzz-edge both "${1:-8000}" 1
