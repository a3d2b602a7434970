#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""held.py CONTESTANT - runs the clients of tests/bench/held and counts what they send and get.

Prints lines of `held CONTESTANT FAMILY ROW COUNT`, where ROW is the row of rows.py for this kind of
segment, or `replies`, or `seconds`, the time for which the client was held.
"""
import select
import socket
import subprocess
import sys
from collections import Counter

import frames

OUTGOING = 4
HOSTS = {4: "10.0.0.1", 6: "fd00::1"}


class Count:
    """The packets of each family."""

    def __init__(self):
        self.rows, self.una = Counter(), {}

    def take(self, frame, outgoing):
        packet = frames.Reply.of(frame)
        if packet is None:
            return
        family = 4 if packet.start == 20 else 6
        self.rows[family, "replies" if outgoing else self.row(packet, family)] += 1

    def row(self, packet, family):
        """The row of a client's segment."""
        if packet.names() == "S":
            self.una[family] = (packet.seq + 1) % 2**32
            return "syn-options"
        if payload(packet):
            return "data"
        return "ack" if packet.seq == self.una[family] else "probe"


def payload(packet):
    """Bytes behind the TCP header."""
    field = packet.content[2:4] if packet.start == 20 else packet.content[4:6]
    length = int.from_bytes(field, "big") + (0 if packet.start == 20 else 40)
    return length - packet.start - (packet.doff >> 4) * 4


def hold(family):
    """A client in the other namespace, which ends when its kernel gives up."""
    command = ["ip", "netns", "exec", "peer", "./client.py", "write", HOSTS[family], "80", "3000"]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def main():
    """Both families at once."""
    contestant, count = sys.argv[1], Count()
    tap = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
    tap.bind(("t0", 3))
    clients = {family: hold(family) for family in HOSTS}
    while any(client.poll() is None for client in clients.values()):
        if select.select([tap], [], [], 5)[0]:
            frame, where = tap.recvfrom(65536)
            count.take(frame, where[2] == OUTGOING)
    for family, client in clients.items():
        _, seconds, end = client.stdout.read().split()
        if end != "ETIMEDOUT":
            sys.exit(f"held: the client ended with {end} before its kernel gave up")
        count.rows[family, "seconds"] = int(seconds)
    for (family, row), number in sorted(count.rows.items()):
        print(f"held\t{contestant}\t{family}\t{row}\t{number}")


main()
