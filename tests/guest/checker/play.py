# SPDX-License-Identifier: GPL-2.0
"""Runs the steps of one wire file in one family.

To prove silence without waiting, a SYN from another port is sent, and its reply must be the next
packet that leaves. The same marker ends each file, so that a second reply is detected.
"""
from scapy.layers.l2 import Ether

from checker.build import build
from checker.lab import Place
from checker.notation import Differ, Reply, Sent, Silence
from checker.verdict import compare, render

MARKER = Sent(0, "the marker SYN", 2, "7777", 0, win="1024")
ROUTE_MSS = {"ipv4": 1460, "ipv6": 1440}


class Failed(Exception):
    """A step that failed: its line, the expected and the actual result."""

    def __init__(self, step, got):
        super().__init__(f"line {step.line}: expected {step.text}, got {got}")


class Play:
    """One file in one family, in a lab whose rules are set."""

    def __init__(self, script, family, lab):
        self.script, self.family, self.lab = script, family, lab
        self.place = Place(family, script.hook)
        self.names = {"MSS": ROUTE_MSS[family]}
        self.markers = 0

    def run(self):
        """Raises Failed at the first step that fails."""
        sent = before = None
        for step in self.script.steps:
            if isinstance(step, Sent):
                before = self.lab.counters.read(self.family)
                sent = build(step, self.family, self.place, self.names)
                self.lab.send(sent.frame)
            elif isinstance(step, Reply):
                self.reply(step, sent)
                self.counted(step, before, {"replies": 1})
                self.census(step, sent, before, {})
            elif isinstance(step, Silence):
                self.silence(step)
                reason = {step.reason: 1} if step.reason else {}
                self.counted(step, before, {"replies": 1, **reason})
                self.census(step, sent, before, {"syn-bare": 1})
            elif isinstance(step, Differ):
                self.differ(step)
        self.silence(step)

    def reply(self, step, sent):
        """The next packet must be the step's reply."""
        frame = self.lab.receive()
        if frame is None:
            raise Failed(step, "nothing")
        wrong = compare(step, frame, sent, self.place, self.names)
        if wrong:
            raise Failed(step, f"{render(frame)}: {'; '.join(wrong)}")

    def silence(self, step):
        """The next packet must be the reply to a marker."""
        self.markers += 1
        flow = f"marker {self.markers}"
        MARKER.mods["flow"] = flow
        self.lab.send(build(MARKER, self.family, self.place, {}).frame)
        frame = self.lab.receive()
        if frame is None:
            raise Failed(step, "no answer even to the marker SYN that followed")
        packet = Ether(frame)
        if not packet.haslayer("TCP") or packet["TCP"].dport != self.place.port(flow):
            raise Failed(step, f"{render(frame)} before the marker's answer")
        strays = self.lab.strays()
        if strays:
            raise Failed(step, f"a packet on {' and '.join(strays)}")

    def counted(self, step, before, wanted):
        """Only the expected counters have increased, by the expected amounts."""
        moved = {key: by for key, by in self.moved(before).items() if not key.startswith("syn-")}
        if self.lab.unseen and isinstance(step, Silence) and moved == {"replies": 1}:
            return
        if moved != wanted:
            raise Failed(step, f"the counters moved by {moved} instead of {wanted}")

    def census(self, step, sent, before, wanted):
        """The SYN counts as the step says, if it says so; `wanted` has the marker's SYN."""
        kind = sent.census
        if kind is None:
            return
        if kind != "none":
            wanted = {f"syn-{kind}": 1 + wanted.pop(f"syn-{kind}", 0), **wanted}
        moved = {key: by for key, by in self.moved(before).items() if key.startswith("syn-")}
        if moved != wanted:
            raise Failed(step, f"the counters moved by {moved} instead of {wanted}")

    def moved(self, before):
        """The counters that have increased, and by how much."""
        after = self.lab.counters.read(self.family)
        return {key: count - before.get(key, 0) for key, count in after.items()
                if count != before.get(key, 0)}

    def differ(self, step):
        """Two bound values must differ."""
        left, right = (self.names[name] for name in step.names)
        if left == right:
            raise Failed(step, f"{left} for both")
