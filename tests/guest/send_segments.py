#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""send_segments.py - sends crafted TCP segments and prints the replies.

    send_segments.py DEVICE SOURCE DESTINATION SEGMENT...
    send_segments.py DEVICE -

With -, each line of standard input is SOURCE DESTINATION SEGMENT...
A SEGMENT is letters of FSRPAUEC and settings, joined by commas: S,seq=1000,sport=4000,len=8
    sport dport seq ack win len     of the TCP header, and bytes of payload (2000 80 1000 0 1024 0);
                    ack=iss+N uses the last SYN-ACK that was received
    tsval=N         timestamps, with an echo of 0; not with gso
    gso=SIZE        one super-packet, as if merged from segments with SIZE bytes of payload
    frag=N          in two fragments; the first has N bytes of the IP payload (a multiple of 8)
    only=1 only=2   send only this one of the two
    wait=S          seconds to wait for a reply (5; 0: do not wait)
Prints a line for each: `SA seq ack win`, or `nothing`; for a segment with timestamps also those of
the reply, `SA seq ack win tsval tsecr`, if it has any. The environment variable MAC has the MAC
address of the next hop.
"""
import os
import select
import socket
import struct
import sys
import time

import frames

SOL_PACKET, PACKET_VNET_HDR, SO_SNDBUFFORCE = 263, 15, 32


class Segment:
    """The segment of one argument."""

    def __init__(self, text, ends, iss):
        letters, *settings = text.split(",")
        self.flags = sum(frames.FLAGS[letter] for letter in letters)
        self.values = {"sport": 2000, "dport": 80, "seq": 1000, "ack": 0, "win": 1024, "len": 0,
                       "frag": 0, "only": 0, "gso": 0, "wait": 5, "tsval": None}
        for key, value in (setting.split("=") for setting in settings):
            base = iss if value.startswith("iss") else 0
            value = value.removeprefix("iss")
            self.values[key] = float(value) if key == "wait" else int(value) + base
        self.ends = ends

    def packets(self):
        """One packet, or two fragments or one of them."""
        v = self.values
        stamps = b"" if v["tsval"] is None else struct.pack("!BBBBII", 1, 1, 8, 10, v["tsval"], 0)
        head = frames.tcp((v["sport"], v["dport"]), (v["seq"], v["ack"]), self.flags, win=v["win"],
                          options=stamps)
        payload = b"x" * v["len"]
        if v["gso"]:
            # The pseudo header's sum; the device completes it. A length too large for its field is
            # 0.
            pseudo = frames.total(b"".join(self.ends)) + len(head + payload) + socket.IPPROTO_TCP
            head = head[:16] + struct.pack("!H", pseudo % 0xFFFF) + head[18:]
            size = len(payload) + (40 if len(self.ends[0]) == 4 else 20)
            return [frames.packet(self.ends, head + payload, length=size if size < 65536 else 0)]
        body = frames.summed(self.ends, head + payload)
        if not v["frag"]:
            return [frames.packet(self.ends, body)]
        ident = v["sport"]
        parts = [self.fragment(body[:v["frag"]], 0, True, ident),
                 self.fragment(body[v["frag"]:], v["frag"], False, ident)]
        return parts[v["only"] - 1:v["only"]] if v["only"] else parts

    def fragment(self, part, offset, more, ident):
        """One fragment of the family."""
        if len(self.ends[0]) == 4:
            return frames.ipv4(self.ends, part, ident=ident, frag=offset >> 3 | more << 13)
        head = struct.pack("!BBHI", 6, 0, offset | more, ident)
        return frames.ipv6(self.ends, head + part, proto=44)


def send_super(device, frame, size):
    """Sends a frame that is one super-packet, with virtio's header in front."""
    start = 34 if frame[12:14] == b"\x08\x00" else 54
    kind = 1 if start == 34 else 4
    out = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    out.setsockopt(socket.SOL_SOCKET, SO_SNDBUFFORCE, 1 << 20)
    out.setsockopt(SOL_PACKET, PACKET_VNET_HDR, 1)
    out.bind((device, 0))
    out.send(struct.pack("<BBHHHH", 1, kind, start + 20, size, start, 16) + frame)


def answer(listener, segment):
    """The first TCP packet to the segment's port, or None."""
    until = time.monotonic() + segment.values["wait"]
    while (left := until - time.monotonic()) > 0:
        if not select.select([listener], [], [], left)[0]:
            break
        reply = frames.Reply.of(listener.recv(65536))
        if reply and (reply.dport, reply.sport) == (segment.values["sport"],
                                                    segment.values["dport"]):
            return reply
    return None


def line(reply, segment):
    """The printed line of a reply to the segment."""
    if reply is None:
        return "nothing"
    wrong = reply.faults()
    text = f"{reply.names()} {reply.seq} {reply.ack} {reply.win}"
    if segment.values["tsval"] is not None and (stamps := frames.options(reply.options).get(8)):
        text += " {} {}".format(*struct.unpack("!II", stamps))
    return f"{text} WRONG: {', '.join(wrong)}" if wrong else text


def send(device, source, destination, *segments):
    """Sends all segments in order."""
    ends = (frames.octets(source), frames.octets(destination))
    # Not ETH_P_ALL: the socket must not receive the frames that we send.
    kind = socket.htons(0x86DD if len(ends[0]) == 16 else 0x0800)
    listener = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, kind)
    listener.bind((device, socket.ntohs(kind)))
    mine = listener.getsockname()[4].hex()
    iss = 0
    for text in segments:
        segment = Segment(text, ends, iss)
        for packet in segment.packets():
            frame = frames.ethernet(mine, os.environ["MAC"], packet)
            if segment.values["gso"]:
                send_super(device, frame, segment.values["gso"])
            else:
                listener.send(frame)
        reply = answer(listener, segment) if segment.values["wait"] else None
        if reply and reply.names() == "SA":
            iss = reply.seq
        print(line(reply, segment) if segment.values["wait"] else "sent", flush=True)
    listener.close()


def main():
    """Sends what the arguments say, or each line."""
    device, *words = sys.argv[1:]
    if words != ["-"]:
        return send(device, *words)
    for text in sys.stdin:
        send(device, *text.split())


main()
