#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""fail_nth.py - lets the first, the second, … allocation of the kernel fail on a segment's way.

    fail_nth.py DEVICE KIND...      the kinds of torrent.py

Each segment is made by BPF_PROG_TEST_RUN, so that the rule and its reply run in the context of this
task, where /proc/self/fail-nth rules. The count goes up until nothing was left to fail. Prints for
each kind how many allocations failed. Needs a kernel with fault injection.
"""
import os
import socket
import sys

import torrent

LEAST, MOST = 5, 2000


def armed(number):
    """Makes the allocation of that number fail; -> whether there was one, when asked again."""
    file = os.open("/proc/self/fail-nth", os.O_RDWR)
    os.write(file, str(number).encode())
    return file


def left(file):
    """Whether the fault is still waiting; it is taken back."""
    waiting = os.pread(file, 16, 0).strip() != b"0"
    os.pwrite(file, b"0", 0)
    os.close(file)
    return waiting


def one(loaded, frame, device, number):
    """One segment; True: it met a fault."""
    file = armed(number)
    try:
        torrent.pour(loaded, frame, device, 1)
    except OSError:
        pass        # what failed was the sender's own
    return not left(file)


def main():
    """Each kind, until there is nothing left to fail."""
    device = socket.if_nametoindex(sys.argv[1])
    for kind in sys.argv[2:]:
        frame, code = torrent.program(kind)
        loaded, number = torrent.load(code), 1
        while one(loaded, frame, device, number):
            number += 1
            if number > MOST:
                sys.exit(f"{kind}: there is no end of faults")
        if number <= LEAST:
            sys.exit(f"{kind}: only {number - 1} allocations failed: is the net there at all?")
        print(kind, number - 1)


main()
