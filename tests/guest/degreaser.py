#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""degreaser.py - tells tarpits as the paper on Degreaser does (Alt, Beverly, Dainotti, 2014).

    degreaser.py ipv4|ipv6 PORT [nothing-offered]

A SYN with the options of a usual host is sent. It is an iptables tarpit if the SYN-ACK has no
options and a window of at most 20, and the bare ACK that completes the handshake is answered by
an ACK with a window of 0. Prints `tarpit` or `host`, and what led to it. With `nothing-offered`
the SYN has no options either, so that only the window and the second step are left.
"""
import random
import sys

from rawtcp import ACK, LINUX, SYN, Stranger

SMALL = 20


def probe(family, port, options):
    """The verdict, and the two answers."""
    stranger = Stranger(family)
    sport, irs = random.randrange(2000, 60000), random.randrange(2**32 - 9)
    stranger.send(sport, port, SYN, irs, options=options)
    first = stranger.receive(sport)
    if first is None or first.flags != SYN | ACK:
        sys.exit(f"degreaser.py: no SYN-ACK but {first}")
    stranger.send(sport, port, ACK, irs + 1, (first.seq + 1) % 2**32)
    second = stranger.receive(sport, 2)
    bare = first.window <= SMALL and (not first.options or not options)
    shut = second is not None and second.flags == ACK and second.window == 0
    return "tarpit" if bare and shut else "host", first, second


def show(segment):
    """What the method looks at."""
    return segment and (f"window {segment.window}, options "
                        f"{[kind for kind, _ in segment.options]}")


def main():
    """Says what it takes the port for."""
    options = b"" if sys.argv[3:] else LINUX
    verdict, first, second = probe(sys.argv[1], int(sys.argv[2]), options)
    print(f"{verdict}: SYN-ACK with {show(first)}; then {show(second)}")


main()
