# SPDX-License-Identifier: GPL-2.0
"""The wire files through XDP: an XDP program on t0 answers by the module's function or by redirect.

Replies leave by the link, without a route.
"""
import os

import bpf
from checker.device import ROUTED, DeviceLab
from checker.device import SKIPPED as BY_DEVICE
from checker.lab import Lab, enter, sysctl

MODES = {"tarpit": 0, "honeypot": 1, "reset": 2, "persist": 3}
UNROUTED = "a reply by the link needs no route"
NOT_TCP = "the function leaves to the host what is not TCP"
SKIPPED = {**BY_DEVICE, **dict.fromkeys(ROUTED, UNROUTED)}
LEFT = {"other-protocols-are-dropped-in-silence": NOT_TCP}


def skipped(way):
    """Why a way cannot carry a file, or None."""
    reasons = SKIPPED if way == "redirect" else {**SKIPPED, **LEFT}
    return lambda script: reasons.get(script.name)


def wake_peer():
    """Lets a veth deliver what XDP sends to it, which it does only with a program of its own."""
    enter("peer")
    bpf.attach(bpf.constant(bpf.PASS), "p0", "native")
    enter("tarpit")


class FunctionLab(Lab):
    """The lab, with a program that calls bpf_xdp_tarpit() in place of the rules."""

    def __init__(self, mode):
        super().__init__()
        wake_peer()
        self.link = bpf.attach(bpf.constant(bpf.DROP), "t0", mode)

    def rules(self, family, setting):
        """Replaces the program with one that has the mode of a setting."""
        *_, rule, sysctls = setting
        words = rule.replace("--", "").split() or ["tarpit"]
        window = int(words[words.index("window") + 1]) if "window" in words else 0
        mode = next((MODES[word] for word in words if word in MODES), 0)
        program = bpf.kfunc(window << 16 | mode)
        bpf.replace(self.link, program)
        os.close(program)
        return [(key, sysctl(key, value)) for key, value in sysctls]


class RedirectLab(DeviceLab):
    """The lab, with a program that redirects to a tarpit device whose lower device is t0."""
    link = ("link", "t0")

    def __init__(self, mode):
        super().__init__()
        wake_peer()
        bpf.attach(bpf.redirect("tarpit0"), "t0", mode)

    def match(self, family, match):
        """Sends each frame to the device."""
