#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""send_link_frames.py - sends a SYN of each family in a frame that only a device receives as it is.

    send_link_frames.py DEVICE MAC

From 10.0.0.2 and fd00::2, with the MAC address 02:00:00:00:00:02, to port 80 of 10.9.0.7 and
fd09::7, unless the kind has other addresses. Each line of standard input is one of
KINDS. Prints it when its two frames are sent.
"""
import socket
import struct
import sys

from frames import SYN, frame, octets, segment, total

DESTINATIONS = ("10.9.0.7", "fd09::7")
SOURCES = {"loopback-source": ("127.0.0.1", "::1"), "group-source": ("10.0.0.255", "fd00::"),
           "second-of-two": ("10.0.1.1", "fd00::2")}
TO = {"to-loopback": ("127.0.0.1", "::1"), "to-group": ("10.0.0.255", "fd00::")}
MSS = bytes([2, 4, 5, 180])
SOURCE = bytes.fromhex("020000000002")


def is_ipv4(data):
    """Whether the frame was made as one of IPv4."""
    return data[12:14] == b"\x08\x00"


def with_sum(data):
    """The frame with IPv4's checksum recomputed; one of IPv6 is unchanged."""
    if is_ipv4(data):
        data[24:26] = b"\0\0"
        data[24:26] = struct.pack("!H", 0xFFFF - total(bytes(data[14:34])))
    return data


def too_long(data):
    """The packet says that it is longer than the frame."""
    data[17 if is_ipv4(data) else 19] += 4
    return with_sum(data)


def bad_header(data):
    """IPv4's header says that it has four words; IPv6's has the version 5."""
    data[14] = 0x44 if is_ipv4(data) else 0x50
    return with_sum(data)


def bad_ip_sum(data):
    """IPv4's checksum is wrong; IPv6 has none."""
    if is_ipv4(data):
        data[24] ^= 1
    return data


def bad_sum(data):
    """TCP's checksum is wrong."""
    data[-4] ^= 1
    return data


def to_mac(mac):
    """A change of the destination."""
    return lambda data: bytes.fromhex(mac) + data[6:]


def from_mac(mac):
    """A change of the source."""
    return lambda data: data[:6] + bytes.fromhex(mac) + data[12:]


KINDS = {
    "plain": bytes,
    "padded": lambda data: data + b"\xaa" * 7,
    "bad-ip-sum": bad_ip_sum,
    "too-long": too_long,
    "bad-header": bad_header,
    "not-ip": lambda data: data[:12] + b"\x88\xb5" + data[14:],
    "cut": lambda data: data[:14 + 19],
    "broadcast": to_mac("ffffffffffff"),
    "from-multicast": from_mac("030000000002"),
    "from-broadcast": from_mac("ffffffffffff"),
    "another-host": to_mac("020000000099"),
    "bad-sum": bad_sum,
    "loopback-source": bytes,
    "group-source": bytes,
    "second-of-two": bytes,
    "to-loopback": bytes,
    "to-group": bytes,
}


def send(raw, mac, kind):
    """Sends the frame of each family."""
    for names in zip(SOURCES.get(kind, ("10.0.0.2", "fd00::2")), TO.get(kind, DESTINATIONS)):
        ends = tuple(octets(name) for name in names)
        syn = segment(ends, (4000, 80), (1000, 0, SYN, 1024), MSS, 6)
        data = bytearray(frame(mac, ends, syn))
        data[6:12] = SOURCE
        raw.send(KINDS[kind](data))


def main():
    """Sends two frames for each line."""
    device, mac = sys.argv[1:]
    raw = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    raw.bind((device, 0))
    for line in sys.stdin:
        send(raw, bytes.fromhex(mac.replace(":", "")), line.strip())
        print(line.strip(), flush=True)


main()
