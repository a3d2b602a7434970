#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""listener.py - compares our SYN-ACKs with those of a real Linux host.

    listener.py PORT                          is that host: listens, for ever
    listener.py ipv4|ipv6 PORT TARPITTED      compares the answers of both ports

Compared are TTL, IP ID, TOS, flags, and the options' kinds, order and MSS, for SYNs with all
options and with the MSS alone. What does differ: the window and its scale; IPv6's flow label, which
Linux draws from a hash; and the answer to a SYN without options, where Linux names its MSS all the
same and we, who never send more than we got, do not.
"""
import socket
import sys
import time

from rawtcp import LINUX, MSS, SYN, Stranger


def listen(port):
    """A listener for both families."""
    with socket.create_server(("::", port), family=socket.AF_INET6, dualstack_ipv6=True):
        time.sleep(1_000_000)


def look(stranger, sport, port, options):
    """What is compared of a SYN-ACK."""
    for _ in range(50):
        stranger.send(sport, port, SYN, 5000, options=options)
        reply = stranger.receive(sport)
        if reply is None or reply.flags != 0x12:    # the listener has to start first
            time.sleep(0.2)
            continue
        return {"ttl": reply.ttl, "ident": reply.ident, "tos": reply.tos,
                "options": [kind for kind, _ in reply.options],
                "mss": dict(reply.options).get(MSS)}
    sys.exit(f"FAIL: port {port} gives no SYN-ACK")


def compare(family, port, tarpitted):
    """Dies at the first difference."""
    stranger = Stranger(family)
    for sport, options in ((3000, LINUX), (3001, LINUX[:4])):
        real = look(stranger, sport, port, options)
        ours = look(stranger, sport + 10, tarpitted, options)
        if real != ours:
            sys.exit(f"FAIL: a Linux host says {real}, we say {ours}")
        print(f"  {family}: {real}")


if len(sys.argv) == 2:
    listen(int(sys.argv[1]))
else:
    compare(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
