#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""wrong_checksums.py - sends SYNs with right and wrong TCP checksums through a tunnel.

    wrong_checksums.py DEVICE SOURCE DESTINATION [MAC]

It sends two right SYNs of each length, and one for each wrong checksum. If MAC, the address of the
next hop, is given, the frames have an Ethernet header, and one more wrong checksum is sent, which
is right in a sum that includes this header. Prints `RIGHT/SENT WRONG/SENT`, the answered and the
sent SYNs of both; the last SYN, which is right, ends the wait.
"""
import socket
import sys

import frames

LENGTHS = (0, 1, 2, 7, 100, 236, 237, 500, 1300)
WRONG = (0x0001, 0x0100, 0x8000, 0xffff, 0x5555)    # what is changed in the checksum
MSS = bytes([2, 4, 5, 180])


def segments(ends, link):
    """(port, is it right, packet) of all; link is the header of the link layer."""
    port = 1000
    for length in LENGTHS:
        rest = MSS + bytes(range(256))[:length] + bytes(max(0, length - 256))
        for change in (0, *WRONG, *(["link"] if link else []), 0):
            port += 1
            fields = (port, 0, frames.SYN, 5000)
            segment = bytearray(frames.segment(ends, (port, 80), fields, rest, 6))
            checksum = int.from_bytes(segment[16:18], "big")
            changed = ((checksum - frames.total(link)) % 0xFFFF if change == "link"
                       else checksum ^ change)
            segment[16:18] = changed.to_bytes(2, "big")
            yield port, not change, frames.packet(ends, segment)


def main():
    """Sends all and listens until the last is answered."""
    device, source, destination, *macs = sys.argv[1:]
    ends = frames.octets(source), frames.octets(destination)
    kind = frames.kind(ends)
    wire = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(kind))
    wire.bind((device, kind))
    wire.settimeout(60)
    sent, answered = {}, set()
    mac = bytes.fromhex("".join(macs).replace(":", ""))
    link = mac and mac + wire.getsockname()[4] + kind.to_bytes(2, "big")
    for port, right, packet in segments(ends, link):
        sent[port] = right
        wire.sendto(packet, (device, kind, 0, 0, mac) if mac else (device, kind))
    start = 20 if len(ends[0]) == 4 else 40
    while port not in answered:
        packet = wire.recv(65535)
        if packet[start - 2 * len(ends[0]):start] == ends[1] + ends[0]:
            answered.add(int.from_bytes(packet[start + 2:start + 4], "big"))
    for kind in (True, False):
        of_kind = {port for port, right in sent.items() if right == kind}
        print(f"{len(of_kind & answered)}/{len(of_kind)}", end="\n" if kind is False else " ")


main()
