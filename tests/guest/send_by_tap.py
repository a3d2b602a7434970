#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""send_by_tap.py - hands super-packets to the kernel by a TAP, as a guest of a hypervisor can.

    send_by_tap.py TAP MAC SOURCE DESTINATION

Two SYNs with 600 bytes of payload, which are to be cut after each byte. The checksum of the first
is right, that of the second is wrong, and neither asks the kernel to write it. Prints the number of
replies to each.
"""
import fcntl
import os
import select
import struct
import sys
import time

import frames

TUNSETIFF, IFF_TAP, IFF_NO_PI, IFF_VNET_HDR = 0x400454CA, 2, 0x1000, 0x4000
GSO_TCPV4, GSO_TCPV6 = 1, 4
SEQ, PORT = 1000, 80


def replies(tap, flow):
    """How many replies to the ports of the flow leave in the next three seconds and more."""
    count = 0
    while select.select([tap], [], [], 3)[0]:
        reply = frames.Reply.of(os.read(tap, 65536)[10:])
        count += bool(reply and (reply.dport, reply.sport) == flow)
    return count


def main():
    """Sends both."""
    name, mac, *ends = sys.argv[1:]
    ends = [frames.octets(end) for end in ends]
    tap = os.open("/dev/net/tun", os.O_RDWR)
    request = struct.pack("16sH22x", name.encode(), IFF_TAP | IFF_NO_PI | IFF_VNET_HDR)
    fcntl.ioctl(tap, TUNSETIFF, request)
    time.sleep(2)  # The carrier and the queues come after the file.
    kind = GSO_TCPV4 if len(ends[0]) == 4 else GSO_TCPV6
    link = 14 + (20 if kind == GSO_TCPV4 else 40)
    header = struct.pack("=BBHHHH", 0, kind, link + 20, 1, 0, 0)
    for sport, damage in (5000, 0), (5001, 1):
        fields = (SEQ, 0, frames.SYN, 1024)
        segment = bytearray(frames.segment(ends, (sport, PORT), fields, bytes(range(100)) * 6))
        segment[-1] ^= damage
        frame = frames.frame(bytes.fromhex(mac.replace(":", "")), ends, bytes(segment))
        os.write(tap, header + frame)
        print(replies(tap, (sport, PORT)), end=" " if not damage else "\n")


main()
