#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# 100,000 random IPv4 segments, in all modes and hooks: at most one reply for each, never larger,
# which keeps all that replies must keep; silence for what must get silence. The seed is fixed.
#
# needs: judge frames.py shapes.py random_segments.py
exec ./random_segments.py ipv4 100000
