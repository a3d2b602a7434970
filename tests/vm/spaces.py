#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""spaces.py - makes COUNT network namespaces, one after the other, and forgets each at once.

    spaces.py COUNT
"""
import os
import sys

for _ in range(int(sys.argv[1])):
    os.unshare(os.CLONE_NEWNET)
