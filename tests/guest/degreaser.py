#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""degreaser.py - detects tarpits as the paper on Degreaser does (Alt, Beverly, Dainotti, 2014).

    degreaser.py ipv4|ipv6 PORT [nothing-offered]

It sends a SYN with the usual options. The port is an iptables tarpit if the SYN-ACK has no options
and a window of at most 20, and the bare ACK that completes the handshake gets an ACK with a window
of 0. Prints `tarpit` or `host`, and the two replies. With `nothing-offered` the SYN has no options,
so only the window and the second step decide.
"""
import random
import sys

from frames import ACK, SYN
from rawtcp import LINUX, RawPeer

SMALL = 20


def probe(family, port, options):
    """The verdict, and the two answers."""
    peer = RawPeer(family)
    sport, irs = random.randrange(2000, 60000), random.randrange(2**32 - 9)
    peer.send(sport, port, SYN, irs, options=options)
    first = peer.receive(sport)
    if first is None or first.flags != SYN | ACK:
        sys.exit(f"degreaser.py: no SYN-ACK but {first}")
    peer.send(sport, port, ACK, irs + 1, (first.seq + 1) % 2**32)
    second = peer.receive(sport, 2)
    bare = first.window <= SMALL and (not first.options or not options)
    shut = second is not None and second.flags == ACK and second.window == 0
    return "tarpit" if bare and shut else "host", first, second


def show(segment):
    """The fields that the method uses."""
    return segment and (f"window {segment.window}, options "
                        f"{[kind for kind, _ in segment.options]}")


def main():
    """Prints the verdict on the port."""
    options = b"" if sys.argv[3:] else LINUX
    verdict, first, second = probe(sys.argv[1], int(sys.argv[2]), options)
    print(f"{verdict}: SYN-ACK with {show(first)}; then {show(second)}")


main()
