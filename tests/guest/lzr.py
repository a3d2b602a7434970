#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""lzr.py - fingerprints a port in the first packets, as LZR does (Izhikevich, Teixeira, Durumeric:
LZR: Identifying Unexpected Internet Services, USENIX Security 2021).

    lzr.py ipv4|ipv6 PORT

It sends a SYN, and drops the port if the SYN-ACK has window 0. Otherwise it completes the handshake
with a first request, and waits for an ACK of it or for data. Prints one word:

    closed      no SYN-ACK
    zero-window the SYN-ACK was dropped
    no-ack      nothing came after the request
    connected   an ACK came, which does not take the request
    accepted    the request was acknowledged, or data came
"""
import random
import sys

from frames import ACK, PSH, SYN
from rawtcp import LINUX, RawPeer

REQUEST = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"


def probe(family, port):
    """The word for the port."""
    peer = RawPeer(family)
    sport, irs = random.randrange(2000, 60000), random.randrange(2**32 - 99)
    peer.send(sport, port, SYN, irs, options=LINUX)
    first = peer.receive(sport)
    if first is None or first.flags != SYN | ACK:
        return "closed"
    if first.window == 0:
        return "zero-window"
    peer.send(sport, port, ACK | PSH, irs + 1, (first.seq + 1) % 2**32, payload=REQUEST)
    reply = peer.receive(sport, 5)
    if reply is None:
        return "no-ack"
    taken = reply.payload or reply.ack == irs + 1 + len(REQUEST)
    return "accepted" if taken else "connected"


print(probe(sys.argv[1], int(sys.argv[2])))
