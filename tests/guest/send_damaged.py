#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""send_damaged.py - sends segments of all kinds, most of them damaged, by packet sockets.

    send_damaged.py DEVICE COUNT SEED

The segments go from 10.0.0.200 and fd00::200 to the ports 80 to 83 of the host and of an unused
address, to the MAC 02:00:00:00:00:01. A frame is valid, has a few changed bytes, or is cut, longer
or a fragment; half of them have a virtio header, whose sizes and offsets are right or wrong. Prints
how many frames the kernel sent and how many it refused.
"""
import collections
import random
import socket
import struct
import sys

import frames

SOL_PACKET, PACKET_VNET_HDR = 263, 15
MACS = ("02:00:00:00:00:02", "02:00:00:00:00:01")
ENDS = (("10.0.0.200", "10.0.0.1"), ("fd00::200", "fd00::1"),
        ("10.0.0.200", "10.9.0.7"), ("fd00::200", "fd09::7"))
OPTIONS = (b"", bytes.fromhex("020405b40402080a000186a00000000001030307"), bytes([8, 40, 0, 0]),
           bytes([2, 0, 1, 1]), bytes([1, 1, 8, 10]) + bytes(8), bytes([3, 3, 255, 0]))
FLAGS = ("S", "S", "S", "S", "A", "PA", "FA", "R", "SA", "SFRPAUEC", "")
CHECKSUM, GSO = 1, (0, 1, 3, 4, 5, 0x81, 0x84, 0xff)


def packet(dice):
    """An IP packet with a segment of some kind, and where the segment starts in its frame."""
    ends = tuple(map(frames.octets, dice.choice(ENDS)))
    ports = (dice.randrange(1024, 65536), dice.randrange(80, 84))
    flags = sum(frames.FLAGS[letter] for letter in dice.choice(FLAGS))
    doff = dice.choice((None, None, None, dice.randrange(16)))
    segment = frames.tcp(ports, (dice.getrandbits(32), dice.getrandbits(32)), flags, doff=doff,
                         options=dice.choice(OPTIONS))
    segment += bytes(dice.choice((0, 0, 1, 100, 1400)))
    fields = {"frag": dice.choice((0x2000, 1, 0x1fff))} if dice.randrange(8) == 0 else {}
    start = 34 if len(ends[0]) == 4 else 54
    return frames.packet(ends, frames.summed(ends, segment), **fields), start


def damaged(dice, frame):
    """The frame with some damage behind its MACs and type."""
    frame = bytearray(frame)
    for _ in range(dice.choice((0, 1, 1, 2, 3))):
        at = dice.randrange(14, min(len(frame), 110))
        frame[at] = dice.choice((0, 255, dice.randrange(256)))
    kind = dice.randrange(8)
    if kind == 0:
        return bytes(frame[:dice.randrange(15, len(frame))])
    return bytes(frame) + bytes(dice.choice((1, 40, 3000)) if kind == 1 else 0)


def virtio(dice, frame, start):
    """The virtio header of a frame whose segment starts there; it is right or wrong."""
    true = 1 if start == 34 else 4
    kind = dice.choice((0, 0, 0, true, true, true, true | 0x80, dice.choice(GSO)))
    near = (start, 16, start + 20, 0, 1, len(frame), 0xffff, dice.getrandbits(16))
    numbers = [start + 20, dice.choice((0, 1, 8, 536, 1400)), start, 16]
    for _ in range(dice.choice((0, 0, 1, 2))):
        numbers[dice.randrange(4)] = dice.choice(near)
    flags = dice.choice((0, CHECKSUM, CHECKSUM, 2)) if kind == 0 else CHECKSUM
    return struct.pack("<BBHHHH", flags, kind, *numbers)


def main():
    """Sends them as fast as Python can."""
    device, count, dice = sys.argv[1], int(sys.argv[2]), random.Random(int(sys.argv[3]))
    seen, ways = collections.Counter(), []
    for header in (0, 1):
        ways.append(socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0))
        ways[-1].setsockopt(SOL_PACKET, PACKET_VNET_HDR, header)
        ways[-1].bind((device, 0))
    for number in range(count):
        content, start = packet(dice)
        frame = frames.ethernet(*MACS, content)
        if dice.randrange(4):
            frame = damaged(dice, frame)
        if number % 2:
            frame = virtio(dice, frame, start) + frame
        try:
            ways[number % 2].send(frame)
            seen["sent"] += 1
        except OSError:
            seen["refused"] += 1
    print(f"  {device}:", dict(seen))


main()
