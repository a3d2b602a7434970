#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""forge_tsecr.py - a peer that completes its handshake, then probes with forged TSecr.

    forge_tsecr.py PORT COUNT AHEAD [una]

Each of COUNT probes echoes our clock AHEAD ms too high; a negative number is an age. With una they
are at una and get no reply.
"""
import sys

import rawtcp
from frames import ACK, SYN
from rawtcp import TIMESTAMPS

IRS, PORT = 4000, 40000


def echoing(clock):
    """The timestamps option, behind two NOPs."""
    return bytes.fromhex("0101080a000007d0") + (clock & 0xFFFFFFFF).to_bytes(4, "big")


def main():
    port, count, ahead = map(int, sys.argv[1:4])
    at_una = sys.argv[4:] == ["una"]
    peer = rawtcp.RawPeer("ipv4")
    peer.send(PORT, port, SYN, IRS, options=rawtcp.LINUX)
    answer = peer.receive(PORT)
    clock = int.from_bytes(dict(answer.options)[TIMESTAMPS][:4], "big")
    una, ack = IRS + 1, answer.seq + 1
    peer.send(PORT, port, ACK, una, ack, options=echoing(clock))
    for _ in range(count):
        seq = una if at_una else una - 1
        peer.send(PORT, port, ACK, seq, ack, options=echoing(clock + ahead))
        if not at_una:
            assert peer.receive(PORT).flags == ACK
    # When this is answered, all earlier segments have been counted.
    peer.send(PORT + 1, port, SYN, IRS)
    assert peer.receive(PORT + 1).flags == SYN | ACK


main()
