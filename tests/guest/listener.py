#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""listener.py - compares our SYN-ACKs with those of a Linux listener.

    listener.py PORT                          listens forever
    listener.py ipv4|ipv6 PORT TARPITTED      compares the SYN-ACKs of both ports

It compares TTL, IP ID, TOS, flags, and the options' kinds, order and MSS, for SYNs with all options
and with only the MSS. These differ: the window and its scale; IPv6's flow label, which is a hash on
Linux; and the MSS in the reply to a SYN without options, which Linux sends and we do not, because
a reply is never larger than its segment.
"""
import socket
import sys
import time

from frames import SYN
from rawtcp import LINUX, MSS, RawPeer


def listen(port):
    """A listener for both families."""
    with socket.create_server(("::", port), family=socket.AF_INET6, dualstack_ipv6=True):
        time.sleep(1_000_000)


def look(peer, sport, port, options):
    """The compared fields of a SYN-ACK."""
    for _ in range(50):
        peer.send(sport, port, SYN, 5000, options=options)
        reply = peer.receive(sport)
        if reply is None or reply.flags != 0x12:    # the listener has to start first
            time.sleep(0.2)
            continue
        return {"ttl": reply.ttl, "ident": reply.ident, "tos": reply.tos,
                "options": [kind for kind, _ in reply.options],
                "mss": dict(reply.options).get(MSS)}
    sys.exit(f"FAIL: port {port} gives no SYN-ACK")


def compare(family, port, tarpitted):
    """Fails at the first difference."""
    peer = RawPeer(family)
    for sport, options in ((3000, LINUX), (3001, LINUX[:4])):
        real = look(peer, sport, port, options)
        ours = look(peer, sport + 10, tarpitted, options)
        if real != ours:
            sys.exit(f"FAIL: a Linux host sends {real}, we send {ours}")
        print(f"  {family}: {real}")


if len(sys.argv) == 2:
    listen(int(sys.argv[1]))
else:
    compare(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
