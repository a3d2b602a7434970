#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""ages.py - computes the expected histogram of ages from a capture.

    ages.py PORT < DUMP       DUMP is tcpdump -tt -n: PORT the server's

The age of a segment is the time since the SYN-ACK to its client. The first segment after a SYN-ACK
completes the handshake and does not count. Prints "LE COUNT" for each bound, as Prometheus does.
"""
import re
import sys

BOUNDS = ("1", "10", "60", "300", "900", "1800", "3600", "21600", "86400", "604800", "+Inf")
LINE = re.compile(r"^(\d+\.\d+) .* (\S+)\.(\d+) > (\S+)\.(\d+): Flags \[(\S+)\]")


def ages(lines, port):
    """The age of each segment after the handshake."""
    answered, shaken = {}, set()
    for line in lines:
        match = LINE.match(line)
        if not match:
            continue
        time, source, sport, destination, dport, flags = match.groups()
        if sport == port and "S" in flags:
            answered[destination, dport] = float(time)
        elif (source, sport) in shaken:
            yield float(time) - answered[source, sport]
        elif (source, sport) in answered:
            shaken.add((source, sport))


def main():
    found = list(ages(sys.stdin, sys.argv[1]))
    for bound in BOUNDS:
        print(bound, sum(age <= float(bound) for age in found))


main()
