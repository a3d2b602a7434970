# SPDX-License-Identifier: GPL-2.0
"""marks.py - marks the start and the end of counting for the plugin of scripts/profile.

A mark is a long NOP whose displacement the plugin knows (see insns.c). Without the plugin it has no
effect.
"""
import ctypes
import mmap
import struct

BEGIN, END = 0x54424547, 0x54454E44
LONG_NOP, RET = b"\x0f\x1f\x84\x00", b"\xc3"


class Mark:
    """A function of two instructions."""

    def __init__(self, displacement):
        code = LONG_NOP + struct.pack("<I", displacement) + RET
        access = mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC
        self.page = mmap.mmap(-1, mmap.PAGESIZE, prot=access)
        self.page.write(code)
        address = ctypes.addressof(ctypes.c_char.from_buffer(self.page))
        self.call = ctypes.CFUNCTYPE(None)(address)
