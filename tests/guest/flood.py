#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""flood.py - sends many SYNs from an unused address, so that no host answers the replies.

    flood.py DEVICE SOURCE DESTINATION COUNT

Each has another port and sequence number. The frames go to the MAC address in the environment
variable MAC, that of netns tarpit's t0. A one's complement sum is a number modulo 65535, which
Python computes quickly.
"""
import os
import socket
import struct
import sys

LENGTH = 20     # of a TCP header without options


def head(source, destination):
    """The link and network headers, and the sum of the pseudo header."""
    mac = bytes.fromhex(os.environ["MAC"].replace(":", ""))
    if ":" in source:
        ends = b"".join(socket.inet_pton(socket.AF_INET6, end) for end in (source, destination))
        network = struct.pack("!IHBB", 6 << 28, LENGTH, 6, 64) + ends
        kind = 0x86DD
    else:
        ends = b"".join(socket.inet_aton(end) for end in (source, destination))
        network = struct.pack("!BBHHHBBH", 0x45, 0, 20 + LENGTH, 0, 0x4000, 64, 6, 0)
        checksum = 0xFFFF - int.from_bytes(network + ends, "big") % 0xFFFF
        network = network[:10] + struct.pack("!H", checksum) + ends
        kind = 0x0800
    pseudo = int.from_bytes(ends, "big") + LENGTH + socket.IPPROTO_TCP
    return mac + bytes(6) + struct.pack("!H", kind) + network, pseudo


def syn(number, pseudo):
    """The TCP header of one SYN."""
    parts = [1024 + number % 60000, 80, number * 7919 % 2**32, 0, 0x5002, 1024, 0, 0]
    raw = struct.pack("!HHIIHHHH", *parts)
    parts[6] = 0xFFFF - (int.from_bytes(raw, "big") + pseudo) % 0xFFFF
    return struct.pack("!HHIIHHHH", *parts)


def main():
    """Sends them as fast as Python can."""
    device, source, destination, count = sys.argv[1:]
    raw = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    raw.bind((device, 0))
    before, pseudo = head(source, destination)
    for number in range(int(count)):
        raw.send(before + syn(number, pseudo))


main()
