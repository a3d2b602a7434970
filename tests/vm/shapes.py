# SPDX-License-Identifier: GPL-2.0
"""shapes.py - segments made ready but for ports, flags and numbers, which are filled in quickly.

A shape knows whether something is wrong with it that the contract leaves in silence (`faulty`),
and what the judge of random_segments.py must compare: length, options offered, ends.
"""
import struct

import frames
from judge.lab import ADDRESSES, MAC_PEER, MAC_TARPIT

COUNT = 600         # shapes of a hook
PSEUDO = 6          # protocol number in the pseudo header

GOOD_SOURCES = ("peer", "other")
BAD_SOURCES = {"ipv4": ("loopback", "broadcast", "multicast", "unspecified", "own", "allones",
                        "noroute"),
               "ipv6": ("loopback", "multicast", "unspecified", "own", "noroute")}
OFFERS = (b"\2\4\5\xb4", b"\3\3\7", b"\4\2", b"\x08\x0a\1\2\3\4\0\0\0\0", b"\1", b"\xfe\4ab")


class Shape:
    """One frame, in which (ports, seq, ack, flags, window, checksum) are still open."""

    def __init__(self, ends, options, payload, doff):
        self.ends, self.dport = ends, 7 + doff
        self.rest, self.doff = options + payload, doff
        self.kinds = set(frames.options(options))
        self.payload, self.faulty = len(payload), False
        self.back = ends[1] + ends[0]
        self.group = (ends, self.dport)
        self.head, self.tail, self.length, self.base = b"", b"", 0, 0

    def pack(self, network, faulty, cut=None, length=None):
        """Takes the packet's headers as bytes; cut: this many bytes of TCP and payload remain."""
        size = 20 + len(self.rest)
        self.head = frames.ethernet(MAC_PEER, MAC_TARPIT, network)
        self.base = frames.total(b"".join(self.ends)) + PSEUDO + size + frames.total(self.rest)
        self.faulty, self.tail = faulty, cut
        self.length = len(network) + (size if cut is None else cut) if length is None else length
        return self

    def frame(self, port, sent):
        """The frame with what Sent says."""
        fields = [port, self.dport, sent.seq, sent.ack, self.doff << 4, sent.flags, 1024, 0, 0]
        raw = struct.pack("!HHIIBBHHH", *fields)
        checksum = 0xFFFF - (self.base + int.from_bytes(raw, "big")) % 0xFFFF
        fields[7] = checksum ^ 0x5555 if sent.broken else checksum
        body = struct.pack("!HHIIBBHHH", *fields) + self.rest
        return self.head + body[:self.tail]


def offered(dice):
    """Options, of a length divisible by four: sound ones in any order, doubles, or noise."""
    if dice.random() < 0.15:
        return dice.randbytes(4 * dice.randrange(11))
    blob = b"".join(dice.sample(OFFERS, dice.randrange(len(OFFERS) + 1)))
    if dice.random() < 0.1:
        blob += dice.choice(OFFERS)
    blob = blob[:40]
    return blob + b"\0" * (-len(blob) % 4)


def one(dice, family, target, ident):
    """A random shape."""
    names, faults = ADDRESSES[family], []
    source = dice.choice(GOOD_SOURCES)
    if dice.random() < 0.1:
        source = dice.choice(BAD_SOURCES[family])
        faults.append(source)
    options = offered(dice)
    payload = dice.randbytes(dice.choice((0, 0, 0, 1, 1, 2, 7, dice.randrange(60), 1200)))
    doff = 5 + len(options) // 4
    if dice.random() < 0.06:
        doff = dice.choice((0, 4, 15 if 60 > 20 + len(options + payload) else 3))
        faults.append("doff")
    ends = (frames.octets(names[source]), frames.octets(names[target]))
    shape = Shape(ends, options, payload, doff)
    size, cut = 20 + len(shape.rest), None
    if dice.random() < 0.05:
        cut = dice.randrange(20)
        faults.append("cut")
    make = _ipv4 if family == "ipv4" else _ipv6
    network, more = make(dice, ends, size if cut is None else cut, ident)
    return shape.pack(network, bool(faults or more), cut)


def _ipv4(dice, ends, size, ident):
    """An IPv4 header, and what is wrong with it."""
    fields = {"tos": dice.randrange(256), "ident": ident, "ttl": dice.randrange(2, 256)}
    fields["frag"] = dice.choice((0, 0x4000))
    kind = dice.random()
    if kind < 0.05:
        fields["frag"] = dice.choice((0x2000, 0x2003, 5))
    elif kind < 0.09:
        fields["options"] = dice.choice((b"\1\1\1\0", b"\x94\4\0\0", b"\1" * 40))
    elif kind < 0.12:
        fields["proto"] = dice.choice((17, 1, 132, 250))
    words = 5 + len(fields.get("options", b"")) // 4
    return frames.ipv4(ends, b"", length=4 * words + size, **fields), kind < 0.12


def _ipv6(dice, ends, size, ident):
    """An IPv6 header with extension headers, and whether something is wrong with them."""
    chain, wrong = [], False
    if dice.random() < 0.1:
        chain.append((0, b"\1\4\0\0\0\0"))
    if dice.random() < 0.1:
        chain.append((60, b"\1\4\0\0\0\0"))
    if dice.random() < 0.05:
        left = dice.randrange(2)
        wrong = left == 1
        # Of 24 bytes: one address, of a type that nobody processes when none is left.
        chain.append((43, b"\4" + bytes((left,)) + bytes(4) + ends[1]))
    if dice.random() < 0.06:
        chain.append((44, struct.pack("!HI", dice.choice((0, 1, 8, 801)), ident)))
        wrong = True
    last = 6
    if dice.random() < 0.03:
        last, wrong = dice.choice((17, 58, 132, 59, 250)), True
    return _chained(dice, ends, size, chain, last), wrong


def _chained(dice, ends, size, chain, last):
    """The fixed header and the chain of (number, content)."""
    numbers = [number for number, _ in chain] + [last]
    blob = b""
    for (number, content), following in zip(chain, numbers[1:]):
        units = 0 if number == 44 else (len(content) + 2) // 8 - 1
        blob += bytes((following, units)) + content
    head = frames.ipv6(ends, b"", tos=dice.randrange(256), label=dice.getrandbits(20),
                       ttl=dice.randrange(2, 256), proto=numbers[0], length=len(blob) + size)
    return head + blob


def shapes(dice, family, hook, targets):
    """The shapes for a hook; each has its own IP ID, so that fragments never meet."""
    return [one(dice, family, dice.choice(targets), 1 + number) for number in range(COUNT)]
