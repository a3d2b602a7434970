#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""flood_mixed.py - floods a link with all kinds of segments, from each processor.

    flood_mixed.py DEVICE

It sends SYNs with and without options, stray ACKs, data, FINs and resets of both families by
sendmmsg(2) until it is killed, even if the link is down or the queue is full.
"""
import os
import sys
import time

import frames
import traffic

MACS = ("02:00:00:00:00:02", "02:00:00:00:00:01")
ENDS = (("10.7.0.9", "10.0.0.1"), ("fd07::9", "fd00::1"), ("10.7.0.9", "10.9.0.7"))


def volley(raw, device, start):
    """A few hundred frames of all kinds."""
    contents = []
    for number in range(96):
        line = traffic.Line(device, ENDS[number % len(ENDS)], MACS)
        flow = traffic.Flow(1024 + (start + number * 97) % 60000)
        for kind in ("syn_options", "syn", "stray", "data"):
            contents.append(line.frame(kind, flow))
        for flags in (frames.FLAGS["R"], frames.FLAGS["F"]):
            segment = frames.summed(line.ends, frames.tcp((flow.port, 80), (1, 1), flags))
            contents.append(frames.ethernet(*MACS, frames.packet(line.ends, segment)))
    return traffic.Volley(raw, contents)


def send_forever(device):
    """Sends the frames forever."""
    line = traffic.Line(device, ENDS[0], MACS)
    raw = line.socket()
    ready = [volley(raw, device, start * 7919) for start in range(4)]
    while True:
        for each in ready:
            try:
                each.fire()
            except OSError:
                time.sleep(0.001)


def main():
    """Starts a child on each processor but the last, where this process runs."""
    processors = sorted(os.sched_getaffinity(0))
    for processor in processors[1:]:
        if os.fork() == 0:
            os.sched_setaffinity(0, [processor])
            send_forever(sys.argv[1])
    os.sched_setaffinity(0, processors[:1])
    send_forever(sys.argv[1])


main()
