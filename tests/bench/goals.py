# SPDX-License-Identifier: GPL-2.0
"""goals.py - the goals for the cost of a packet, relative to the C module or to REJECT."""
from collections import namedtuple

Goal = namedtuple("Goal", "name rows limit beside", defaults=("c",))

# The C module drops a wrong checksum early, so ours is compared with C's cost for the same segment
# with a right checksum.
YARDSTICK = {"bad-checksum": "syn-options", "bad-checksum-ack": "stray-ack"}

RESETS = ("reset-syn", "reset-ack")
GOALS = [
    Goal("answered SYN, INPUT", ("syn", "syn-options"), 0.57),
    Goal("answered SYN, raw PREROUTING, C in INPUT", ("syn-raw",), 0.45),
    Goal("segment after the SYN, --tarpit", ("ack", "probe", "data"), 0.08),
    Goal("stray ACK or bad checksum", ("stray-ack", "bad-checksum", "bad-checksum-ack"), 0.12),
    Goal("--reset", RESETS, 0.57),
    Goal("--reset beside REJECT", RESETS, 1, "reject"),
    Goal("data in --honeypot", ("honeypot-data",), 0.60),
    Goal("probe in --persist", ("persist-probe", "persist-data"), 0.60),
    Goal("a writer's whole connection, instructions", ("held-instructions",), 0.12),
    Goal("a writer's whole connection, packets", ("held-packets",), 0.06),
]
