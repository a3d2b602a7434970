#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""make_namespaces.py - creates COUNT network namespaces and destroys each at once.

    make_namespaces.py COUNT
"""
import os
import sys

for _ in range(int(sys.argv[1])):
    os.unshare(os.CLONE_NEWNET)
