#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""take_skbs.py - takes skbs out of the CPU's cache for NAPI.

    take_skbs.py MOST

Ends when the slab cache of skbs has at most MOST objects, or after 160 frames. See meter.
"""
import fcntl
import os
import struct
import sys

TUNSETIFF, TAP, NAPI, NAPI_FRAGS, NO_PI = 0x400454CA, 0x2, 0x10, 0x20, 0x1000
SLAB = "/sys/kernel/slab/skbuff_head_cache/"
FRAME = bytes(12) + b"\x88\xb5" + bytes(46)


def objects():
    """The objects in use."""
    with open(SLAB + "shrink", "w") as shrink:
        shrink.write("1")
    with open(SLAB + "objects") as text:
        return int(text.read().split()[0])


tap = os.open("/dev/net/tun", os.O_RDWR)
fcntl.ioctl(tap, TUNSETIFF, struct.pack("16sH22x", b"napi0", TAP | NAPI | NAPI_FRAGS | NO_PI))
for _ in range(160):
    if objects() <= int(sys.argv[1]):
        break
    os.write(tap, FRAME)
