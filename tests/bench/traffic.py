# SPDX-License-Identifier: GPL-2.0
"""traffic.py - builds and sends the measured frames.

One sendmmsg(2) sends all frames of a round, so the sender's cost is the same for every contestant
and has little of Python in it. The kernel still processes them one at a time: the veth's softirq
runs within the sending of each frame, and the reply has left before the next frame starts.
"""
import ctypes
import socket
import struct
import time

import frames

SOL_PACKET, PACKET_VNET_HDR, SO_SNDBUFFORCE = 263, 15, 32
FAMILIES = {4: socket.AF_INET, 6: socket.AF_INET6}
IRS = 1000
SUPER, SUPER_MSS = 61440, 1440   # a super-packet's payload, and that of the segments it is made of
SYN_OPTIONS = "020405b40402080a%s0000000001030307"   # as Linux sends them


class Flow:
    """A connection: its port, and the numbers of our SYN-ACK."""

    def __init__(self, port):
        self.port, self.iss, self.theirs = port, 4711, 0


def timestamps(flow):
    """The options of a later segment."""
    return struct.pack("!HBBII", 0x0101, 8, 10, 100000, flow.theirs)


def syn(flow):
    return (IRS, 0), "S", b"", b""


def syn_options(flow):
    return (IRS, 0), "S", bytes.fromhex(SYN_OPTIONS % "000186a0"), b""


def ack(flow):
    """Completes the handshake."""
    return (IRS + 1, flow.iss + 1), "A", timestamps(flow), b""


def probe(flow):
    """Linux's window probe, which is also its keepalive."""
    return (IRS, flow.iss + 1), "A", timestamps(flow), b""


def data(flow):
    return (IRS + 1, flow.iss + 1), "PA", timestamps(flow), bytes(100)


def stray(flow):
    """An ACK whose number is not ours."""
    return (IRS + 1, flow.iss + 77), "A", b"", b""


def super_packet(flow):
    return (IRS + 1, flow.iss + 1), "PA", b"", bytes(SUPER)


KINDS = {kind.__name__: kind for kind in (syn, syn_options, ack, probe, data, stray, super_packet)}


class Line:
    """The veth end that sends frames; ends and macs are (source, destination)."""

    def __init__(self, device, ends, macs):
        self.device, self.macs, self.host = device, macs, ends[1]
        self.ends = tuple(frames.octets(end) for end in ends)

    def frame(self, kind, flow, good=True):
        """One frame; `good` says whether its TCP checksum is right."""
        numbers, letters, options, payload = KINDS[kind](flow)
        numbers = tuple(number % 2**32 for number in numbers)
        flags = sum(frames.FLAGS[letter] for letter in letters)
        head = frames.tcp((flow.port, 80), numbers, flags, win=502, options=options)
        if kind == "super_packet":
            return self.super_frame(head, payload)
        segment = frames.summed(self.ends, head + payload)
        if not good:
            segment = segment[:16] + bytes([segment[16] ^ 0x55]) + segment[17:]
        return frames.ethernet(*self.macs, frames.packet(self.ends, segment))

    def super_frame(self, head, payload):
        """A frame with a virtio header; the checksum field has the pseudo header's sum."""
        pseudo = frames.total(b"".join(self.ends)) + len(head + payload) + socket.IPPROTO_TCP
        head = head[:16] + struct.pack("!H", pseudo % 0xFFFF) + head[18:]
        frame = frames.ethernet(*self.macs, frames.packet(self.ends, head + payload))
        kind, start = (1, 34) if len(self.ends[0]) == 4 else (4, 54)
        return struct.pack("<BBHHHH", 1, kind, start + 20, SUPER_MSS, start, 16) + frame

    def socket(self, virtio=False):
        """A raw socket that only sends."""
        raw = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
        raw.setsockopt(socket.SOL_SOCKET, SO_SNDBUFFORCE, 1 << 22)
        if virtio:
            raw.setsockopt(SOL_PACKET, PACKET_VNET_HDR, 1)
        raw.bind((self.device, 0))
        return raw

    def learn(self, flows, exit_device):
        """Sends each flow's SYN, and stores the number and the clock of the SYN-ACK."""
        listener = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
        listener.bind((exit_device, 3))
        listener.settimeout(5)
        ports = {flow.port: flow for flow in flows}
        with self.socket() as raw, listener:
            for flow in flows:
                raw.send(self.frame("syn_options", flow))
                reply = None
                while reply is None or reply.dport != flow.port:
                    reply = frames.Reply.of(listener.recv(4096))
                clock = frames.options(reply.options[:(reply.doff >> 4) * 4 - 20]).get(8, bytes(8))
                ports[reply.dport].iss = reply.seq
                ports[reply.dport].theirs = struct.unpack("!II", clock)[0]

    def establish(self, flows, exit_device, family):
        """Completes each flow's handshake with a listener, which the caller closes in the end."""
        listener = socket.create_server((self.host, 80), family=FAMILIES[family], backlog=4096)
        self.learn(flows, exit_device)
        with self.socket() as raw:
            for flow in flows:
                raw.send(self.frame("ack", flow))
        return listener


class Iovec(ctypes.Structure):
    _fields_ = [("base", ctypes.c_char_p), ("length", ctypes.c_size_t)]


class Message(ctypes.Structure):
    """struct mmsghdr of Linux on 64 bits."""
    _fields_ = [("name", ctypes.c_void_p), ("name_length", ctypes.c_uint32),
                ("iov", ctypes.POINTER(Iovec)), ("iov_length", ctypes.c_size_t),
                ("control", ctypes.c_void_p), ("control_length", ctypes.c_size_t),
                ("flags", ctypes.c_int), ("padding", ctypes.c_int), ("sent", ctypes.c_uint64)]


class Volley:
    """Frames prepared for repeated sending."""
    sendmmsg = ctypes.CDLL(None, use_errno=True).sendmmsg

    def __init__(self, raw, contents):
        self.raw, self.contents = raw, contents
        self.parts = (Iovec * len(contents))(*[Iovec(c, len(c)) for c in contents])
        self.messages = (Message * len(contents))()
        for message, part in zip(self.messages, self.parts):
            message.iov, message.iov_length = ctypes.pointer(part), 1

    def fire(self):
        """Sends all frames; returns the time in nanoseconds."""
        count = len(self.contents)
        began = time.monotonic_ns()
        sent = Volley.sendmmsg(self.raw.fileno(), self.messages, count, 0)
        took = time.monotonic_ns() - began
        if sent != count:
            raise OSError(ctypes.get_errno(), f"{sent} of {count} frames were sent")
        return took
