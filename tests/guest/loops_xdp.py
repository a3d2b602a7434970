#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""loops_xdp.py - sends single frames between two hosts that answer by XDP; counts what they cause.

    loops_xdp.py native|generic HERE THERE

HERE is how the host peer answers by p0, and THERE how the host tarpit does by t0: function, or
redirect to a device of its namespace that has the name of its mode. For all pairs of modes, with
and without VLAN tags, a frame may cause two more, of which none is larger than the one before.
Prints each frame that causes more, and exits with 1 then, or if none is answered. But a generic
redirect makes packets of frames, and the device answers none with two tags.
"""
import collections
import itertools
import os
import socket
import struct
import sys
import time

import bpf
from frames import SYN, kind, octets, packet, segment
from loops import KINDS, MODES

FLAGS = {"tarpit": 0, "honeypot": 1, "reset": 2, "persist": 3}
LINUX = bytes.fromhex("020405b40402080a000186a00000000001030307")
SEGMENTS = [*KINDS, ("SYN with options", SYN, 1000, LINUX)]
TAGS = {"no tag": b"", "a tag": bytes.fromhex("81000005"), "two": bytes.fromhex("88a8000681000005")}
ENDS = (("10.8.0.9", "10.9.0.9"), ("fd08::9", "fd09::9"))
MOST = 100              # frames that end the count


class Host:
    """A namespace, its device, and a program for each mode."""

    def __init__(self, netns, device, attached, way):
        with open(f"/run/netns/{netns}", "rb") as handle:
            os.setns(handle, os.CLONE_NEWNET)
        self.device, self.stats = device, os.open("/proc/net/dev", os.O_RDONLY)
        self.programs = {mode: bpf.redirect(mode) if way == "redirect" else bpf.kfunc(FLAGS[mode])
                         for mode in MODES}
        self.link = bpf.attach(self.programs["tarpit"], device, attached)
        self.raw = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
        self.raw.bind((device, 0))
        self.mac = self.raw.getsockname()[4]

    def answer(self, mode):
        """From now on it answers in this mode."""
        bpf.replace(self.link, self.programs[mode])

    def received(self):
        """Bytes and frames that have come in by the device."""
        text = os.pread(self.stats, 65536, 0).decode()
        line = next(line for line in text.splitlines() if f"{self.device}:" in line)
        return [int(word) for word in line.split(":")[1].split()[:2]]


def count(hosts, frame):
    """Sends a frame from the first host; returns (bytes, frames) that came in at each."""
    before = [host.received() for host in hosts]
    hosts[0].raw.send(frame)
    last = None
    while True:
        now = [host.received() for host in hosts]
        seen = [(after[0] - old[0], after[1] - old[1]) for after, old in zip(now, before)]
        if seen == last or sum(frames for _, frames in seen) > MOST:
            return seen
        last = seen
        time.sleep(0.002)


def frames_between(hosts):
    """Each frame, with the name of its tags and what it is."""
    head = hosts[1].mac + hosts[0].mac
    for ends, (name, tags), (what, flags, window, rest) in itertools.product(
            ENDS, TAGS.items(), SEGMENTS):
        pair, words = tuple(map(octets, ends)), 5 + len(rest) // 4 * (rest is LINUX)
        body = segment(pair, (9000, 8000), (1000, 2000, flags, window), rest, words)
        yield (name, f"{what}, {name}, to {ends[1]}",
               head + tags + struct.pack("!H", kind(pair)) + packet(pair, body))


def wrong(size, seen, uncounted):
    """What is wrong with the replies to a frame of a size, or None."""
    (first, replies), (both, frames) = seen
    if frames < 1 or frames + replies > 3 or replies > 1:
        return f"{frames + replies} frames"
    if replies and first > size:
        return f"a reply of {first} bytes to {size}"
    second = both + uncounted - size
    return f"a reply of {second} bytes to {first}" if frames > 1 and second > first else None


def main():
    """All frames between all pairs of modes."""
    attached, *ways = sys.argv[1:]
    hosts = [Host(netns, device, attached, way)
             for netns, device, way in zip(("peer", "tarpit"), ("p0", "t0"), ways)]
    unknown = hosts[1].mac + hosts[0].mac + b"\x88\xb5" + bytes(46)
    (_, none), (counted, one) = count(hosts, unknown)
    if (none, one) != (0, 1):
        sys.exit(f"{one} frames came, and {none} came back, of one that gets no reply")
    faults, caused = 0, collections.Counter()
    for here, there in itertools.product(MODES, MODES):
        hosts[0].answer(here)
        hosts[1].answer(there)
        for tags, what, frame in frames_between(hosts):
            seen = count(hosts, frame)
            caused[tags, sum(frames for _, frames in seen)] += 1
            if fault := wrong(len(frame), seen, len(unknown) - counted):
                print(f"{what}, from {here} to {there}: {fault}")
                faults += 1
    for tags in TAGS:
        answered = caused[tags, 2] + caused[tags, 3]
        print(f"  {tags}: {caused[tags, 1]} without a reply, {answered} with one, and"
              f" {caused[tags, 3]} of these got a reply")
        if (answered > 0) != (tags != "two" or attached == "native" or ways[1] == "function"):
            sys.exit("these are too few or too many")
    sys.exit(faults > 0)


main()
