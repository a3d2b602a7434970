#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""send_unshared.py - sends one SYN that no tap shares, and prints the reply.

    send_unshared.py DEVICE SOURCE DESTINATION MAC BYTES [ANSWER_DEVICE]

The SYN leaves by DEVICE to MAC, with BYTES of payload; the reply on ANSWER_DEVICE is printed from
the IP header on, in hexadecimal digits. Neither socket is a tap for all packets, because a tap
would share the segment with its receiver.
"""
import socket
import sys
import time

import frames

MSS = bytes([2, 4, 5, 180])
PORTS = (40000, 80)


def main():
    device, source, destination, mac, payload, *answer_device = sys.argv[1:]
    ends = frames.octets(source), frames.octets(destination)
    kind = frames.kind(ends)
    hears = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(kind))
    hears.bind((answer_device[0] if answer_device else device, kind))
    hears.settimeout(60)
    sends = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
    sends.bind((device, 0))
    rest = MSS + bytes(int(payload))
    segment = frames.segment(ends, PORTS, (1000, 0, frames.SYN, 5000), rest, 6)
    sends.send(frames.frame(bytes.fromhex(mac.replace(":", "")), ends, segment))
    print(answer(hears, ends).hex())


def answer(hears, ends):
    """The first packet from the destination, from its IP header on."""
    back = ends[1] + ends[0]
    until = time.monotonic() + 60
    while time.monotonic() < until:
        packet = hears.recv(65535)[14:]
        if back in packet[:40]:
            return packet[: 44 if len(back) == 8 else 64]
    raise SystemExit("no answer in a minute")


main()
