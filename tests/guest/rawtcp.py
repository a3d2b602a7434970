# SPDX-License-Identifier: GPL-2.0
"""rawtcp.py - crafts TCP segments from an unused address, so that no kernel interferes.

Run it in netns peer, in the topology of lib.sh. The tarpit must know the MAC of the address:

    ip -n tarpit neighbour replace 10.0.0.50 lladdr MAC-OF-p0 dev t0        (and fd00::50)
"""
import collections
import select
import socket
import struct
import subprocess
import time

import frames

MSS, WSCALE, SACK, TIMESTAMPS = 2, 3, 4, 8
OUTGOING = 4            # a frame of our own, as AF_PACKET shows it
HOSTS = {"ipv4": ("10.0.0.50", "10.0.0.1"), "ipv6": ("fd00::50", "fd00::1")}
# As Linux offers them, TSval 1000.
LINUX = bytes.fromhex("020405b40402080a000003e80000000001030307")

Segment = collections.namedtuple(
    "Segment", "ttl ident tos label sport flags seq ack window options payload")


def read_options(raw):
    """[(kind, value bytes)] without NOPs."""
    found = []
    while raw and raw[0] != 0:
        if raw[0] == 1:
            raw = raw[1:]
            continue
        found.append((raw[0], raw[2:raw[1]]))
        raw = raw[raw[1]:]
    return found


def read(frame):
    """A Segment and its destination port, or None for anything but TCP."""
    kind, ip = frame[12:14], frame[14:]
    if kind == b"\x08\x00" and ip[9] == 6:
        head, total = (ip[0] & 15) * 4, int.from_bytes(ip[2:4], "big")
        ident, tos, ttl, label = int.from_bytes(ip[4:6], "big"), ip[1], ip[8], 0
    elif kind == b"\x86\xdd" and ip[6] == 6:
        head, total = 40, 40 + int.from_bytes(ip[4:6], "big")
        first = int.from_bytes(ip[:4], "big")
        ident, tos, ttl, label = 0, first >> 20 & 255, ip[7], first & 0xFFFFF
    else:
        return None
    tcp = ip[head:total]
    sport, dport, seq, ack, offset, flags, window = struct.unpack("!HHIIBBH", tcp[:16])
    data = (offset >> 4) * 4
    return Segment(ttl, ident, tos, label, sport, flags, seq, ack, window,
                   read_options(tcp[20:data]), tcp[data:]), dport


class RawPeer:
    """A host at an unused address, with one raw socket."""

    def __init__(self, family, device="p0"):
        self.own, self.host = HOSTS[family]
        self.raw = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
        self.raw.bind((device, 3))
        self.kind = b"\x86\xdd" if family == "ipv6" else b"\x08\x00"
        self.mac = self.raw.getsockname()[4].hex(":")
        told = subprocess.run(["ip", "-n", "tarpit", "-br", "link", "show", "t0"],
                              capture_output=True, text=True, check=True).stdout.split()
        self.theirs = next(word for word in told if word.count(":") == 5)
        subprocess.run(["ip", "-n", "tarpit", "neighbour", "replace", self.own, "lladdr", self.mac,
                        "dev", "t0"], check=True)

    def send(self, sport, dport, flags, seq, ack=0, window=64240, options=b"", payload=b""):
        """Sends one segment."""
        options += b"\x01" * (-len(options) % 4)
        ends = frames.octets(self.own), frames.octets(self.host)
        head = frames.tcp((sport, dport), (seq, ack), flags, win=window, options=options)
        packet = frames.packet(ends, frames.summed(ends, head + payload))
        self.raw.send(frames.ethernet(self.mac, self.theirs, packet))

    def receive(self, port, patience=30):
        """The next segment to this port, or None."""
        until = time.monotonic() + patience
        while (left := until - time.monotonic()) > 0:
            if not select.select([self.raw], [], [], left)[0]:
                break
            frame, where = self.raw.recvfrom(65536)
            if where[2] == OUTGOING or frame[12:14] != self.kind:
                continue
            found = read(frame)
            if found and found[1] == port:
                return found[0]
        return None
