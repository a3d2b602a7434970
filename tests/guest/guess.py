#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""guess.py - sends ACKs whose number their sender never received; none may be answered.

    guess.py DEVICE 4|6 told        numbers of one connection, sent in other connections
    guess.py DEVICE 4|6 COUNT       so many random numbers for each mode

The host has the modes on ports 80 to 82. To prove silence without waiting, a SYN follows, and its
SYN-ACK must be the next reply.
"""
import random
import socket
import struct
import sys

import frames

MAC = bytes.fromhex("020000000001")
HOSTS = {4: ("10.0.0.66", "10.0.0.67", "10.0.0.1", "10.0.0.9"),
         6: ("fd00::66", "fd00::67", "fd00::1", "fd00::9")}
SENTINEL = {4: "10.0.0.68", 6: "fd00::68"}
MODES = {80: "tarpit", 81: "persist", 82: "honeypot"}
IRS = 1000


class Wire:
    """The peer's end."""

    def __init__(self, device, family):
        self.family, kind = family, 0x0800 if family == 4 else 0x86DD
        self.start = 34 if family == 4 else 54
        self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(kind))
        self.socket.bind((device, kind))
        self.socket.settimeout(20)
        self.port = 1024

    def send(self, source, destination, ports, fields, payload=b""):
        """One segment."""
        ends = frames.octets(source), frames.octets(destination)
        segment = frames.segment(ends, ports, fields, payload)
        self.socket.send(frames.frame(MAC, ends, segment))

    def next(self):
        """(port, seq, ack, flags) of the next TCP segment that the host sends."""
        while True:
            frame = self.socket.recv(2048)
            tcp = frame[self.start:]
            if frame[23 if self.family == 4 else 20] == 6 and len(tcp) >= 20:
                _, port, seq, ack, words = struct.unpack_from("!HHIIH", tcp)
                return port, seq, ack, words & 63

    def number(self, source, destination, ports):
        """The ISS that a SYN gets."""
        self.send(source, destination, ports, (IRS, 0, frames.SYN, 1024))
        port, seq, ack, flags = self.next()
        if (port, ack, flags) != (ports[0], IRS + 1, frames.SYN | frames.ACK):
            sys.exit(f"to the SYN of port {ports[0]} came {port, seq, ack, flags}")
        return seq

    def silent(self):
        """Checks that nothing has been answered since the last call."""
        self.port += 1
        self.number(SENTINEL[self.family], HOSTS[self.family][2], (self.port, 80))


def shapes(iss):
    """The segments of a peer that knows the number: (seq, ack, flags, window), payload."""
    ack = (iss + 1) % 2**32
    yield (IRS + 1, ack, frames.ACK, 1024), b""
    yield (IRS, ack, frames.ACK, 1024), b""
    yield (IRS + 1, ack, frames.ACK | frames.PSH, 1024), b"x"
    yield (IRS + 1, ack, frames.ACK | frames.FIN, 1024), b""


def other_connections(ends, ports):
    """Connections that differ from this one in one address, port or number."""
    hosts = HOSTS[4 if "." in ends[0] else 6]
    source, destination = ends
    yield (hosts[1], destination), ports, 0
    yield (source, hosts[3]), ports, 0
    yield (destination, source), ports, None
    yield ends, (ports[0] + 1, ports[1]), 0
    for port in MODES:
        if port != ports[1]:
            yield ends, (ports[0], port), 0
    for off in (1, 2, -1, -2, 2**31, 0x10000):
        yield ends, ports, off


def told(wire):
    """Checks, for each mode, that the number of a connection works only for it."""
    strays = 0
    for port in MODES:
        ends, ports = (HOSTS[wire.family][0], HOSTS[wire.family][2]), (4000, port)
        iss = wire.number(*ends, ports)
        for other, where, off in other_connections(ends, ports):
            if off is None:
                continue    # the way back: the host would not take its own address
            for fields, payload in shapes((iss + off) % 2**32):
                wire.send(*other, where, fields, payload)
                strays += 1
        wire.silent()
        # The control: the right number is answered if the mode answers.
        answered = 0 if port == 80 else 1
        wire.send(*ends, ports, (IRS + 1, (iss + 1) % 2**32, frames.ACK | frames.PSH, 1024), b"x")
        if answered and wire.next()[:2] != (ports[0], (iss + 1) % 2**32):
            sys.exit(f"{MODES[port]} does not answer the right number")
        wire.silent()
    print(strays, "ACKs of other connections got no reply")


def guess(wire, count):
    """Sends random numbers from random ports in all kinds of segments."""
    for port in MODES:
        for begun in range(0, count, 1000):
            for _ in range(min(1000, count - begun)):
                fields, payload = random.choice(list(shapes(random.getrandbits(32))))
                wire.send(HOSTS[wire.family][0], HOSTS[wire.family][2],
                          (random.randrange(1024, 65536), port), fields, payload)
            wire.silent()
    print(3 * count, "guesses got no reply")


def main():
    """Sends numbers of other connections, or random ones."""
    random.seed(1)
    wire = Wire(sys.argv[1], int(sys.argv[2]))
    if sys.argv[3] == "told":
        told(wire)
    else:
        guess(wire, int(sys.argv[3]))


main()
