# SPDX-License-Identifier: GPL-2.0
"""rows.py - the measured rows: one for each kind of packet and place in the firewall.

`mode` is that of our rule; the C module gets its nearest mode (it has no --persist and supports no
PREROUTING: there its rule is in INPUT, after connection tracking, and both are counted above a DROP
in raw PREROUTING). `answered` says whether we must send a reply to each frame; if we do not, the
row fails. For the other contestants it is only reported. The connections of
`live` rows are up with a listener before the rule comes.
"""
from collections import namedtuple

Row = namedtuple("Row", "name kind mode chain tracking good answered live")


def row(name, kind, mode="tarpit", chain="INPUT", tracking=False, good=True, answered=True,
        live=False):
    return Row(name, kind, mode, chain, tracking, good, answered, live)


ROWS = [
    row("syn", "syn"),
    row("syn-options", "syn_options"),
    row("syn-forward", "syn_options", chain="FORWARD"),
    row("syn-raw", "syn_options", chain="PREROUTING", tracking=True),
    row("syn-tracked", "syn_options", tracking=True),
    row("ack", "ack", answered=False),
    row("probe", "probe", answered=False),
    row("data", "data", answered=False),
    row("stray-ack", "stray", answered=False),
    row("bad-checksum", "syn_options", good=False, answered=False),
    row("bad-checksum-ack", "stray", good=False, answered=False),
    row("persist-probe", "probe", mode="persist"),
    row("persist-data", "data", mode="persist"),
    row("live-probe", "probe", mode="persist", tracking=True, live=True),
    row("live-data", "data", mode="persist", tracking=True, live=True),
    row("honeypot-data", "data", mode="honeypot"),
    row("reset-syn", "syn_options", mode="reset"),
    row("reset-ack", "stray", mode="reset"),
    row("super-tarpit", "super_packet", answered=False),
    row("super-honeypot", "super_packet", mode="honeypot"),
]

C_MODES = {"persist": "tarpit"}


def target(contestant, mode):
    """The target and its options."""
    if contestant == "drop":
        return "DROP"
    if contestant == "reject":
        return "REJECT --reject-with tcp-reset"
    return f"TARPIT --{C_MODES.get(mode, mode) if contestant == 'c' else mode}"


def chain(contestant, wanted):
    """The chain of the rule: REJECT and the C module are refused in PREROUTING."""
    if wanted == "PREROUTING" and contestant in ("reject", "c"):
        return "INPUT"
    return wanted
