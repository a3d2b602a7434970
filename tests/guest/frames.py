# SPDX-License-Identifier: GPL-2.0
"""frames.py - encodes and decodes TCP segments with struct only.

It shares no code with the module or with scapy. A one's complement sum is a number modulo 65535,
which Python computes quickly; a right checksum makes the sum a multiple of 65535.
"""
import socket
import struct

TCP = struct.Struct("!HHIIHHHH")
FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16
FLAGS = {letter: 1 << bit for bit, letter in enumerate("FSRPAUEC")}
KNOWN = {2: 4, 3: 3, 4: 2, 8: 10}   # options by kind and length: MSS, scale, SACK, timestamps


def octets(address):
    """An address as bytes."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    return socket.inet_pton(family, address)


def total(data):
    """The one's complement sum, 0 to 65534; 0 if data has a right checksum."""
    return int.from_bytes(data + b"\0" * (len(data) % 2), "big") % 0xFFFF


def tcp(ports, numbers, flags, *, win=1024, options=b"", doff=None, urg=0):
    """A TCP header without a checksum; numbers are (seq, ack), doff may be wrong."""
    doff = 5 + len(options) // 4 if doff is None else doff
    return struct.pack("!HHIIBBHHH", *ports, *numbers, doff << 4, flags, win, 0, urg) + options


def summed(ends, segment):
    """The segment with its checksum; ends are (source, destination) as bytes."""
    pseudo = total(b"".join(ends)) + len(segment) + socket.IPPROTO_TCP
    checksum = 0xFFFF - (total(segment) + pseudo) % 0xFFFF
    return segment[:16] + struct.pack("!H", checksum) + segment[18:]


def segment(ends, ports, fields, rest=b"", words=5):
    """A whole segment: fields are (seq, ack, flags, window), rest is options and payload."""
    seq, ack, flags, window = fields
    parts = [*ports, seq, ack, words << 12 | flags, window, 0, 0]
    pseudo = total(b"".join(ends)) + TCP.size + len(rest) + socket.IPPROTO_TCP
    parts[6] = 0xFFFF - (total(TCP.pack(*parts) + rest) + pseudo) % 0xFFFF
    return TCP.pack(*parts) + rest


def ipv4(ends, body, **fields):
    """An IPv4 packet. Fields: tos ident frag ttl proto options length."""
    options = fields.get("options", b"")
    words = 5 + len(options) // 4
    length = fields.get("length", words * 4 + len(body))
    head = struct.pack("!BBHHHBBH", 0x40 | words, fields.get("tos", 0), length,
                       fields.get("ident", 1), fields.get("frag", 0x4000), fields.get("ttl", 64),
                       fields.get("proto", 6), 0) + b"".join(ends) + options
    return head[:10] + struct.pack("!H", 0xFFFF - total(head)) + head[12:] + body


def ipv6(ends, body, **fields):
    """An IPv6 packet. Fields: tos label ttl proto length."""
    word = 6 << 28 | fields.get("tos", 0) << 20 | fields.get("label", 0)
    head = struct.pack("!IHBB", word, fields.get("length", len(body)), fields.get("proto", 6),
                       fields.get("ttl", 64))
    return head + b"".join(ends) + body


def packet(ends, body, **fields):
    """A packet of the addresses' family."""
    return (ipv4 if len(ends[0]) == 4 else ipv6)(ends, body, **fields)


def kind(ends):
    """The EtherType of the addresses' family."""
    return 0x0800 if len(ends[0]) == 4 else 0x86DD


def frame(mac, ends, body):
    """A frame to mac, which is bytes."""
    return mac + bytes(6) + struct.pack("!H", kind(ends)) + packet(ends, body)


def ethernet(source, destination, content):
    """A frame; the MACs are text."""
    macs = bytes.fromhex((destination + source).replace(":", ""))
    return macs + (b"\x08\x00" if content[0] >> 4 == 4 else b"\x86\xdd") + content


def options(blob):
    """{kind: content} of the options that count: up to the first malformed or repeated one."""
    found, at = {}, 0
    while at < len(blob) and blob[at] != 0:
        if blob[at] == 1:
            at += 1
            continue
        size = blob[at + 1] if at + 1 < len(blob) else 0
        if size < 2 or at + size > len(blob) or KNOWN.get(blob[at], size) != size:
            break
        if blob[at] in KNOWN:
            if blob[at] in found:
                break
            found[blob[at]] = blob[at + 2:at + size]
        at += size
    return found


class Reply:
    """A decoded TCP packet without extension headers; any other frame is None."""

    def __init__(self, content):
        self.content = content
        self.start = 20 if content[0] == 0x45 else 40
        self.ends = content[self.start - 20 + 12:self.start] if self.start == 20 else content[8:40]
        (self.sport, self.dport, self.seq, self.ack, self.doff, self.flags, self.win, _,
         self.urg) = struct.unpack_from("!HHIIBBHHH", content, self.start)
        self.options = content[self.start + 20:]

    @classmethod
    def of(cls, frame):
        """The Reply in an Ethernet frame, or None."""
        content = frame[14:]
        if frame[12:14] == b"\x08\x00" and content[0] == 0x45 and content[9] == 6:
            return cls(content)
        if frame[12:14] == b"\x86\xdd" and content[6] == 6:
            return cls(content)
        return None

    def names(self):
        """The flags as letters."""
        return "".join(letter for letter, bit in FLAGS.items() if self.flags & bit)

    def faults(self):
        """One sentence for each standing rule of replies that this one violates."""
        content, start = self.content, self.start
        if start == 20:
            head = content[1] == 0 and content[4:8] == b"\0\0\x40\0" and content[8] == 64
            length, sum_right = struct.unpack_from("!H", content, 2)[0], total(content[:20]) == 0
        else:
            head = content[:4] == b"\x60\0\0\0" and content[7] == 64
            length, sum_right = struct.unpack_from("!H", content, 4)[0] + 40, True
        segment = content[start:]
        pseudo = total(self.ends) + len(segment) + 6
        checks = ((head, "TOS, ID, DF, flow label or hop limit"), (sum_right, "IP checksum"),
                  (length == len(content), "IP length"), (self.urg == 0, "urgent pointer"),
                  ((total(segment) + pseudo) % 0xFFFF == 0, "TCP checksum"),
                  (self.doff & 15 == 0, "reserved bits"), (self.flags & ~0x17 == 0, "flags"),
                  ((self.doff >> 4) * 4 == len(segment), "a payload"))
        return [name for right, name in checks if not right]
