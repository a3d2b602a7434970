#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""random_segments.py - the module under random segments, judged by a decoder of its own.

    random_segments.py FAMILY COUNT [SEED]

COUNT segments in all modes and in INPUT, FORWARD and PREROUTING: valid and damaged headers, any
flags, options in order or as noise, right and wrong checksums, and answers to what came back, so
that numbers verify. For each it is shown that there was at most one reply, never a larger one,
that every reply keeps the rules that all replies keep, that nothing came where nothing may come,
and that each sound SYN got its SYN-ACK (in reset mode, whatever is sound its RST).

The topology is judge/lab.py's; the shapes are in shapes.py.
"""
import collections
import os
import random
import socket
import struct
import sys
import time

import frames
from judge.lab import ADDRESSES, MAC_PEER, MAC_TARPIT, Lab
from shapes import shapes

FIN, SYN, RST, ACK = 1, 2, 4, 16
BATCH, PORT, MARKER = 256, 2000, 1999
SO_RCVBUFFORCE = 33
HOOKS = {"INPUT": ("filter", ("own",)), "FORWARD": ("filter", ("dark",)),
         "PREROUTING": ("raw", ("own", "dark"))}
# Which flags a mode's replies have.
KINDS = {"tarpit": {"SA"}, "persist": {"SA", "A", "R"}, "honeypot": {"SA", "A", "FA", "R"},
         "reset": {"R", "RA"}}
FLAGS = [SYN] * 60 + [ACK] * 30 + [SYN | ACK] * 10 + [FIN | ACK] * 10 + list(range(256))
LATER = [ACK] * 4 + [ACK | 8] * 4 + [FIN | ACK] * 2 + [FIN | ACK | 8, ACK | 32, SYN | ACK, SYN, RST]
Sent = collections.namedtuple("Sent", "shape flags seq ack broken")


class Slot:
    """One flow: what was sent last, and our peer's ISS as far as it has shown it."""

    def __init__(self):
        self.group, self.irs, self.iss = 0, 0, None


class Round:
    """One mode in one hook."""

    def __init__(self, dice, lab, pool, kinds):
        self.dice, self.lab, self.kinds = dice, lab, kinds
        self.groups = collections.defaultdict(list)
        for shape in pool:
            self.groups[shape.group].append(shape)
        self.pool = pool
        self.slots = [Slot() for _ in range(BATCH)]
        self.seen = collections.Counter()

    def segment(self, slot):
        """What the slot sends next: something new, or something that follows its SYN-ACK."""
        bits = self.dice.getrandbits(32)
        if slot.iss is not None and bits & 3:
            choice = self.groups[slot.group]
            shape, flags = choice[(bits >> 16) % len(choice)], LATER[(bits >> 4) % len(LATER)]
            seq = slot.irs + (1, 1, 0, 2 + (bits >> 24))[bits >> 8 & 3] & 0xFFFFFFFF
            ack = slot.iss + (1, 1, 1, 2)[bits >> 10 & 3] & 0xFFFFFFFF
        else:
            shape, flags = self.pool[(bits >> 12) % len(self.pool)], FLAGS[bits % len(FLAGS)]
            seq, ack = self.dice.getrandbits(32), self.dice.getrandbits(32)
            slot.group, slot.irs, slot.iss = shape.group, seq, None
        return Sent(shape, flags, seq, ack, bits >> 28 == 0)

    def batch(self, send, receive):
        """Sends a segment for each slot, then the marker; judges what came back by then."""
        sent = {}
        for number, slot in enumerate(self.slots):
            one = self.segment(slot)
            sent[PORT + number] = one
            send(one.shape.frame(PORT + number, one))
        send(self.marker)
        answered = set()
        while (reply := receive()).dport != MARKER:
            self.judge(reply, sent.get(reply.dport), answered)
        for port, one in sent.items():
            if port not in answered and self.must(one):
                fail("no reply to a sound segment", one, None)

    def must(self, one):
        """Whether a sound segment must be answered: every SYN, and anything where all is reset."""
        if one.shape.faulty or one.broken or one.flags & RST:
            return False
        return self.kinds == KINDS["reset"] or one.flags & (SYN | ACK | FIN) == SYN

    def judge(self, reply, one, answered):
        """One reply against what it answers."""
        if one is None:
            fail("nothing was sent from that port", one, reply)
        if reply.dport in answered:
            fail("a second reply", one, reply)
        answered.add(reply.dport)
        name = reply.names()
        wrong = reply.faults() + [text for right, text in self.rules(reply, one, name) if not right]
        if wrong:
            fail(", ".join(wrong), one, reply)
        self.seen[name] += 1
        if name == "SA":
            self.slots[reply.dport - PORT].iss = reply.seq

    def rules(self, reply, one, name):
        """What must hold between a segment and its reply."""
        shape, flags = one.shape, one.flags
        offered, ours = shape.kinds, set(frames.options(reply.options))
        yield name in self.kinds, f"flags {name} in this mode"
        yield len(reply.content) <= shape.length, f"{len(reply.content)} bytes: larger"
        yield reply.ends == shape.back and reply.sport == shape.dport, "the ends"
        yield not (shape.faulty or one.broken or flags & RST), "the segment must get silence"
        if name == "SA":
            yield flags & (SYN | ACK | FIN) == SYN, "a SYN-ACK for no SYN"
            yield reply.ack == one.seq + 1 & 0xFFFFFFFF, f"ack {reply.ack}"
            yield ours <= offered, f"options {ours - offered} were not offered"
        elif name in ("R", "RA"):
            count = shape.payload + (flags >> 1 & 1) + (flags & 1)
            right = (one.ack, 0) if flags & ACK else (0, one.seq + count & 0xFFFFFFFF)
            yield (reply.seq, reply.ack) == right and not ours, "numbers or options of an RST"
        else:
            yield flags & (ACK | SYN) == ACK, "an ACK for no ACK"
            yield ours == offered & {8}, f"options {ours} on an ACK"


def fail(why, one, reply):
    """Ends the run with all there is to know."""
    print(f"FAIL: {why}\n  segment {one}\n  {vars(one.shape) if one else ''}")
    print(f"  reply {reply and (reply.names(), reply.content.hex())}")
    sys.exit(1)


class Line:
    """The peer's end of the wire: a socket to send, one to hear, which does not hear the other."""

    def __init__(self, family):
        kind = 0x0800 if family == "ipv4" else 0x86DD
        self.out = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
        self.out.bind(("p0", 0))
        self.ear = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(kind))
        self.ear.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 1 << 23)
        self.ear.settimeout(60)
        self.ear.bind(("p0", kind))

    def receive(self):
        """The next TCP packet; anything else is the kernel's own affair (ICMP)."""
        while True:
            try:
                reply = frames.Reply.of(self.ear.recv(65536))
            except TimeoutError:
                sys.exit("FAIL: no answer even to the marker SYN that ends a batch")
            if reply is not None:
                return reply


def marker(family):
    """A SYN that every mode answers."""
    def ends(who):
        return frames.octets(ADDRESSES[family]["peer"]), frames.octets(ADDRESSES[family][who])
    def frame(who):
        body = frames.summed(ends(who), frames.tcp((MARKER, 7), (1, 0), SYN))
        return frames.ethernet(MAC_PEER, MAC_TARPIT, frames.packet(ends(who), body))
    return frame


def main():
    """Prints what was seen, for each mode and hook."""
    family, count, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3] if sys.argv[3:] else 1)
    os.sched_setaffinity(0, {0})    # One CPU: replies come in the order of the segments.
    dice, lab = random.Random(seed), Lab()
    batches = -(-count // (len(KINDS) * len(HOOKS) * BATCH))
    sent, began = 0, time.monotonic()
    with open("/run/netns/peer", "rb") as peer:
        os.setns(peer, os.CLONE_NEWNET)
    line = Line(family)
    lab.peer.close()
    with open("/run/netns/tarpit", "rb") as tarpit:
        os.setns(tarpit, os.CLONE_NEWNET)
    for hook, (table, targets) in HOOKS.items():
        pool = shapes(dice, family, hook, targets)
        for mode, kinds in KINDS.items():
            lab.rules(family, (table, hook, "", f"--{mode}", ()))
            round_ = Round(dice, lab, pool, kinds)
            round_.marker = marker(family)(targets[0])
            for _ in range(batches):
                round_.batch(line.out.send, line.receive)
            sent += batches * BATCH
            if strays := lab.strays():
                sys.exit(f"FAIL: a packet on {' and '.join(strays)}")
            if set(round_.seen) != kinds:
                sys.exit(f"FAIL: {hook} {mode}: only {dict(round_.seen)} were seen")
            print(f"  {hook} {mode}: {batches * BATCH} segments,", dict(round_.seen), flush=True)
    print(f"{sent} segments, {time.monotonic() - began:.0f} s")


main()
