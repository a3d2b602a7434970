#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""ask_program.py - asks a pinned XDP program about frames, one by one, with BPF_PROG_TEST_RUN.

    ask_program.py DIRECTORY DEVICE COUNT SEED

DEVICE is the device that the program is attached to, where the frames come in, or empty. The maps
of the program have port 23, the prefixes 203.0.113.0/24 and 2001:db8:1::/64, their addresses .7 and
::7 to leave, and the sources 198.51.100.0/24 and 2001:db8:99::/48 to spare. The first frames have
their verdicts beside them in this file. Then come COUNT mutated frames, half of them with right
checksums, whose verdict the oracle below computes. A reply must be valid and not longer than its
frame. The module may leave a frame that the program takes, if it cannot read it. Prints how many
frames were taken, left and answered at once.
"""
import ctypes
import ipaddress
import random
import socket
import struct
import sys

import bpf
import frames

MAP_LOOKUP, OBJ_GET = 1, 7
PASS, TX = 2, 3
MACS = bytes.fromhex("020000000001020000000002")
PROCESSORS = 4096       # there are not more
HOST, DARK, LEFT = "10.0.0.1", "203.0.113.9", "203.0.113.7"
HOST6, DARK6, LEFT6 = "fd00::1", "2001:db8:1::9", "2001:db8:1::7"
PEER, SPARED, PEER6, SPARED6 = "192.0.2.1", "198.51.100.1", "2001:db8::1", "2001:db8:99::1"
PREFIXES = [ipaddress.ip_network(text) for text in ("203.0.113.0/24", "2001:db8:1::/64")]
SPARE = [ipaddress.ip_network(text) for text in ("198.51.100.0/24", "2001:db8:99::/48")]
EXTENSIONS = (0, 43, 44, 60)


def pinned(path):
    """The file descriptor of a pinned program or map."""
    name = ctypes.create_string_buffer(path.encode())
    return bpf.bpf(OBJ_GET, struct.pack("<QII", ctypes.addressof(name), 0, 0))[0]


class Program:
    """The pinned program of a directory, and its counters."""

    def __init__(self, directory, device):
        self.device = socket.if_nametoindex(device) if device else 0
        self.fd, self.counters = pinned(f"{directory}/program"), pinned(f"{directory}/counters")

    def taken(self):
        """How many frames it has given to the tarpit."""
        total = 0
        for counter in (0, 1):
            held = ctypes.c_uint32(counter), ctypes.create_string_buffer(8 * PROCESSORS)
            key, values = map(ctypes.addressof, held)
            bpf.bpf(MAP_LOOKUP, struct.pack("<IIQQQ", self.counters, 0, key, values, 0))
            total += sum(struct.unpack(f"<{PROCESSORS}Q", held[1].raw))
        return total

    def verdict(self, frame):
        """The verdict about a frame, and what came of it."""
        room = ctypes.create_string_buffer(len(frame) + 1024)
        context = struct.pack("<6I", 0, len(frame), 0, self.device, 0, 0)
        held = ctypes.create_string_buffer(frame, len(frame)), room, \
            ctypes.create_string_buffer(context, len(context))
        data, out, given = map(ctypes.addressof, held)
        _, raw = bpf.bpf(bpf.TEST_RUN, struct.pack(
            "<IIIIQQIIIIQ", self.fd, 0, len(frame), len(room), data, out, 1, 0,
            len(context) if self.device else 0, 0, given if self.device else 0))
        verdict, _, length = struct.unpack_from("<III", raw, 4)
        return verdict, room.raw[:length]


def syn(source, destination, port=23):
    """A SYN with a right checksum, and its ends."""
    ends = frames.octets(source), frames.octets(destination)
    return ends, frames.segment(ends, (4711, port), (1, 0, frames.SYN, 1024))


def ethernet(kind, content, *tags):
    """A frame with these tags."""
    head = b"".join(struct.pack("!HH", tag, 5) for tag in tags)
    return MACS + head + struct.pack("!H", kind) + content


def plain(source, destination, port=23, *tags, **fields):
    """A SYN in a frame."""
    ends, segment = syn(source, destination, port)
    return ethernet(frames.kind(ends), frames.packet(ends, segment, **fields), *tags)


def extended(destination, *extensions, rest=None):
    """A SYN behind extension headers, each (kind, bytes) whose first byte is filled in."""
    ends, segment = syn(PEER6, destination)
    body, following = rest if rest is not None else segment, 6
    for kind, content in reversed(extensions):
        body, following = bytes([following]) + content[1:] + body, kind
    return ethernet(0x86DD, frames.ipv6(ends, body, proto=following))


def known():
    """Frames whose verdict is known: (name, whether it is taken, frame)."""
    skip, auth = bytes(8), bytes([0, 4]) + bytes(22)
    later, first = struct.pack("!BBHI", 0, 0, 8, 1), struct.pack("!BBHI", 0, 0, 1, 1)
    whole = plain(PEER, HOST)
    yield from (("port", True, whole), ("other port", False, plain(PEER, HOST, 24)),
                ("port 6", True, plain(PEER6, HOST6)), ("other 6", False, plain(PEER6, HOST6, 24)),
                ("prefix", True, plain(PEER, DARK, 99)), ("prefix 6", True, plain(PEER6, DARK6, 9)),
                ("left", False, plain(PEER, LEFT)), ("left 6", False, plain(PEER6, LEFT6)),
                ("spared", False, plain(SPARED, DARK)), ("spared 6", False, plain(SPARED6, DARK6)),
                ("tag", True, plain(PEER, HOST, 23, 0x8100)),
                ("tags", True, plain(PEER6, HOST6, 23, 0x88A8, 0x8100)),
                ("three tags", False, plain(PEER, HOST, 23, 0x88A8, 0x8100, 0x8100)),
                ("tag alone", False, plain(PEER, HOST, 23, 0x8100)[:16]),
                ("UDP", False, plain(PEER, HOST, proto=17)), ("ARP", False, b"\x08\x06".join(
                    (bytes(12), bytes(46)))),
                ("options", True, plain(PEER, HOST, options=b"\1" * 40)),
                ("short IHL", False, whole[:14] + b"\x44" + whole[15:]),
                ("version", False, whole[:14] + b"\x65" + whole[15:]),
                ("first part", True, plain(PEER, HOST, frag=0x2000)),
                ("later part", False, plain(PEER, HOST, frag=0x2001)),
                ("later part, prefix", True, plain(PEER, DARK, frag=0x2001)),
                ("cut port", False, whole[:14 + 23]), ("whole port", True, whole[:14 + 24]),
                ("cut, prefix", True, plain(PEER, DARK)[:14 + 20]), ("cut IP", False, whole[:33]))
    yield from (("extensions", True, extended(HOST6, (0, skip), (60, skip), (43, skip))),
                ("eight", True, extended(HOST6, *[(60, skip)] * 8)),
                ("nine", False, extended(HOST6, *[(60, skip)] * 9)),
                ("long", True, extended(HOST6, (60, b"\0\xff" + bytes(2046)))),
                ("authentication", False, extended(HOST6, (51, auth))),
                ("late hop-by-hop", False, extended(HOST6, (60, skip), (0, skip))),
                ("cut extension", False, extended(HOST6, (60, b"\0\x01" + bytes(6)), rest=b"")),
                ("first part 6", True, extended(HOST6, (44, first))),
                ("later part 6", False, extended(HOST6, (44, later))),
                ("later, prefix 6", True, extended(DARK6, (44, later))),
                ("none", False, extended(DARK6, (59, skip))), ("ESP", False,
                                                              extended(DARK6, (50, skip))))


def addresses(frame, at, size):
    """The source and the destination."""
    ends = frame[at:at + size], frame[at + size:at + 2 * size]
    return [ipaddress.ip_address(bytes(end)) for end in ends]


def oracle(frame):
    """Whether a frame is taken."""
    at = 12
    for _ in range(2):
        if frame[at:at + 2] in (b"\x81\x00", b"\x88\xa8"):
            at += 4
    kind, at, has_port = frame[at:at + 2], at + 2, True
    if kind == b"\x08\x00" and len(frame) >= at + 20:
        if frame[at] >> 4 != 4 or frame[at] & 15 < 5 or frame[at + 9] != 6:
            return False
        source, destination = addresses(frame, at + 12, 4)
        has_port = struct.unpack_from("!H", frame, at + 6)[0] & 0x1FFF == 0
        at += (frame[at] & 15) * 4
    elif kind == b"\x86\xdd" and len(frame) >= at + 40 and frame[at] >> 4 == 6:
        source, destination = addresses(frame, at + 8, 16)
        following, at, first = frame[at + 6], at + 40, True
        for _ in range(8):
            if following == 6:
                break
            if following not in EXTENSIONS or len(frame) < at + 8 or following == 0 and not first:
                return False
            if following == 44 and struct.unpack_from("!H", frame, at + 2)[0] & 0xFFF8:
                has_port = False
            size = 8 if following == 44 else (frame[at + 1] + 1) * 8
            following, at, first = frame[at], at + size, False
        if following != 6:
            return False
    else:
        return False
    if any(destination in prefix for prefix in PREFIXES):
        wanted = str(destination) not in (LEFT, LEFT6)
    else:
        wanted = has_port and frame[at + 2:at + 4] == b"\0\x17"
    return wanted and not any(source in prefix for prefix in SPARE)


def network(frame):
    """Where the packet begins."""
    at = 12
    while frame[at:at + 2] in (b"\x81\x00", b"\x88\xa8"):
        at += 4
    return at + 2


def repaired(frame):
    """The frame with right checksums, if its packet has no extension headers."""
    at = network(frame)
    packet = bytearray(frame[at:])
    if len(packet) >= 40 and packet[0] >> 4 == 4 and packet[0] & 15 >= 5:
        start, length = (packet[0] & 15) * 4, int.from_bytes(packet[2:4], "big")
        packet[10:12] = bytes(2)
        packet[10:12] = struct.pack("!H", 0xFFFF - frames.total(bytes(packet[:start])))
        ends = bytes(packet[12:16]), bytes(packet[16:20])
    elif len(packet) >= 60 and packet[0] >> 4 == 6:
        start, length = 40, 40 + int.from_bytes(packet[4:6], "big")
        ends = bytes(packet[8:24]), bytes(packet[24:40])
    else:
        return frame
    if start + 20 <= length <= len(packet):
        segment = bytes(packet[start:start + 16]) + bytes(2) + bytes(packet[start + 18:length])
        packet[start:length] = frames.summed(ends, segment)
    return frame[:at] + bytes(packet)


def fault(frame, reply):
    """What is wrong with a reply, or None."""
    at = network(frame)
    packet = reply[at:]
    small = 20 if packet[0] >> 4 == 4 else 40
    size = int.from_bytes(packet[2:4], "big") if small == 20 else (
        40 + int.from_bytes(packet[4:6], "big"))
    ends = (packet[12:16], packet[16:20]) if small == 20 else (packet[8:24], packet[24:40])
    old = frame[at:]
    cause = (old[16:20], old[12:16]) if small == 20 else (old[24:40], old[8:24])
    segment = packet[small:]
    checks = {"longer": len(reply) > max(len(frame), 60), "link": reply[12:at] != frame[12:at],
              "MAC": reply[:12] != frame[6:12] + frame[:6], "length": size != len(packet),
              "ends": ends != cause, "protocol": packet[9 if small == 20 else 6] != 6,
              "sum": small == 20 and frames.total(packet[:20]) != 0,
              "TCP": frames.summed(ends, segment[:16] + bytes(2) + segment[18:]) != segment,
              "data": len(segment) != (segment[12] >> 4) * 4,
              "flags": segment[13] not in (0x12, 0x10, 0x11, 0x04, 0x14)}
    return next((name for name, wrong in checks.items() if wrong), None)


def mutated(frame, dice):
    """The frame with some bytes changed, cut, or with more behind."""
    frame = bytearray(frame)
    for _ in range(dice.choice((1, 1, 1, 2, 4, 16))):
        where = dice.randrange(len(frame))
        frame[where] = dice.choice((0, 255, 6, 44, 60, frame[where] ^ 1 << dice.randrange(8),
                                    dice.randrange(256)))
    if dice.random() < 0.2:
        frame = frame[:dice.randrange(14, len(frame) + 1)]
    frame = bytes(frame) + dice.randbytes(dice.choice((0, 0, 0, 8, 400)))
    return repaired(frame) if dice.random() < 0.5 else frame


def main():
    """Asks about all frames."""
    program, dice = Program(*sys.argv[1:3]), random.Random(int(sys.argv[4]))
    sure = list(known())
    for name, taken, frame in sure:
        if oracle(frame) != taken:
            sys.exit(f"the oracle is wrong about {name}")
    asked = [(name, frame) for name, _, frame in sure]
    asked += [("mutated", mutated(dice.choice(sure)[2], dice)) for _ in range(int(sys.argv[3]))]
    counts, answered = {True: 0, False: 0}, 0
    for name, frame in asked:
        before = program.taken()
        verdict, reply = program.verdict(frame)
        taken = program.taken() > before
        wrong = fault(frame, reply) if verdict == TX else None
        if taken != oracle(frame) or wrong or (not taken and verdict != PASS):
            sys.exit(f"{name}: verdict {verdict}, taken {taken}, {wrong} of {reply[:200].hex()} "
                     f"for {len(frame)} bytes {frame[:200].hex()}")
        counts[taken] += 1
        answered += verdict == TX
    print(counts[True], counts[False], answered)


if __name__ == "__main__":
    main()
