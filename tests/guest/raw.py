# SPDX-License-Identifier: GPL-2.0
"""raw.py - encodes and decodes TCP frames quickly with struct, for tests that need many.

A one's complement sum is a big-endian number modulo 65535, which Python computes quickly.
"""
import socket
import struct

TCP = struct.Struct("!HHIIHHHH")
IPV4, IPV6 = 0x0800, 0x86DD
FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16


def pack(address):
    """The bytes of an address."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    return socket.inet_pton(family, address)


def checksum(data, start=0):
    """The Internet checksum of data; start is the sum of preceding data."""
    if len(data) % 2:
        data += b"\0"
    return 0xFFFF - (int.from_bytes(data, "big") + start) % 0xFFFF


def network(source, destination, length):
    """An IP header for packed addresses and a TCP segment of length bytes."""
    if len(source) == 4:
        head = struct.pack("!BBHHHBBH", 0x45, 0, 20 + length, 0, 0x4000, 64, 6, 0)
        head = head[:10] + struct.pack("!H", checksum(head + source + destination))
    else:
        head = struct.pack("!IHBB", 6 << 28, length, 6, 64)
    return head + source + destination


def tcp(ends, ports, fields, rest=b"", words=5):
    """A TCP segment: fields are (seq, ack, flags, window), rest is options and payload."""
    seq, ack, flags, window = fields
    parts = [*ports, seq, ack, words << 12 | flags, window, 0, 0]
    start = int.from_bytes(ends, "big") + TCP.size + len(rest) + socket.IPPROTO_TCP
    parts[6] = checksum(TCP.pack(*parts) + rest, start)
    return TCP.pack(*parts) + rest


def frame(mac, source, destination, segment):
    """The whole frame, to mac (bytes)."""
    kind = IPV4 if len(source) == 4 else IPV6
    return (mac + bytes(6) + struct.pack("!H", kind)
            + network(source, destination, len(segment)) + segment)
