#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""numbers.py - looks for constants in the SYN-ACKs of many connections.

    numbers.py MODE ipv4|ipv6 PORT TUPLE COUNT

With TUPLE `one`, all connections have the same addresses and ports, and differ only in their
initial sequence number; with `many`, each has another source port. Every number that the peer can
derive must look random: no bit is constant or biased (6 sigma), and no number and no step between
neighbours repeats. Only TTL, IP ID and the options are constant.
"""
import random
import sys
import time

from frames import SYN
from rawtcp import LINUX, TIMESTAMPS, RawPeer

SIGMAS = 6
WORD = 2**32


def connect(peer, number, port, tuple_):
    """Sends one SYN; returns the numbers of the reply."""
    sport = 2000 + (number if tuple_ == "many" else 0)
    irs = random.randrange(WORD)
    peer.send(sport, port, SYN, irs, options=LINUX)
    reply = peer.receive(sport)
    if reply is None or reply.ack != (irs + 1) % WORD:
        sys.exit(f"FAIL: connection {number} got {reply}")
    clock = int(time.monotonic() * 1000)
    return irs, reply, clock


def tsval(reply):
    """The TSval of a reply."""
    return int.from_bytes(dict(reply.options)[TIMESTAMPS][:4], "big")


def looks_random(name, values):
    """Fails unless the values look random."""
    values = [value % WORD for value in values]
    if len(set(values)) < len(values) - 2:
        sys.exit(f"FAIL: {name}: {len(values) - len(set(values))} of {len(values)} repeat")
    for bit in range(32):
        ones = sum(value >> bit & 1 for value in values)
        if abs(ones - len(values) / 2) > SIGMAS * len(values) ** 0.5 / 2:
            sys.exit(f"FAIL: {name}: bit {bit} is set in {ones} of {len(values)}")


def check(seen):
    """Checks all numbers for a pattern."""
    views = {
        "ISS": [reply.seq for _, reply, _ in seen],
        "ISS - IRS": [reply.seq - irs for irs, reply, _ in seen],
        "ISS ^ IRS": [reply.seq ^ irs for irs, reply, _ in seen],
        "TSval - clock": [tsval(reply) - clock for _, reply, clock in seen],
        "TSval ^ ISS": [tsval(reply) ^ reply.seq for _, reply, _ in seen],
        "TSval - ISS": [tsval(reply) - reply.seq for _, reply, _ in seen],
    }
    for name, values in list(views.items()):
        views["steps of " + name] = [b - a for a, b in zip(values, values[1:])]
    for name, values in views.items():
        looks_random(name, values)


def stands_still(seen):
    """--honeypot on one tuple: a constant ISS, one clock for TSval (docs/behaviour.md)."""
    if len({reply.seq for _, reply, _ in seen}) != 1:
        sys.exit("FAIL: the ISS of a tuple changes; docs/behaviour.md says that it is constant")
    offsets = [(tsval(reply) - clock) % WORD for _, reply, clock in seen]
    if max(offsets) - min(offsets) > 1000:
        sys.exit(f"FAIL: the clock of a tuple jumps, from {min(offsets)} to {max(offsets)}")


def main():
    """Connects many times and checks the numbers."""
    mode, family, port, tuple_, count = sys.argv[1:]
    stranger = RawPeer(family)
    seen = [connect(stranger, number, int(port), tuple_) for number in range(int(count))]
    heads = {(reply.ttl, reply.ident, reply.tos, reply.label, reply.window,
              tuple(kind for kind, _ in reply.options)) for _, reply, _ in seen}
    if len(heads) != 1:
        sys.exit(f"FAIL: the headers differ: {heads}")
    (stands_still if (mode, tuple_) == ("honeypot", "one") else check)(seen)
    print(f"  {mode}, {family}, {tuple_}: {count} connections, {heads.pop()}")


main()
