# SPDX-License-Identifier: GPL-2.0
"""Compares a captured frame with a `>` line, and binds new names."""
from scapy.layers.l2 import Ether

from checker import options
from checker.notation import FLAGS, value
from checker.standing import faults


def render(frame):
    """A captured frame in the notation, for messages."""
    packet = Ether(frame)
    if not packet.haslayer("TCP"):
        return packet.summary()
    tcp = packet["TCP"]
    letters = "".join(letter for letter, bit in FLAGS.items() if int(tcp.flags) & bit) or "-"
    length = len(tcp.payload)
    text = f"{letters} {tcp.seq}:{tcp.seq + length}({length}) ack {tcp.ack} win {tcp.window}"
    return text + f" <{','.join(options.describe(tcp.options))}>"


def compare(expected, frame, sent, place, names):
    """One sentence for each fault of the reply; an empty list if it is right."""
    packet = Ether(frame)
    wrong = faults(packet, sent, place)
    if packet.haslayer("TCP"):
        wrong += _differences(expected, packet["TCP"], names)
    return wrong


def _differences(expected, tcp, names):
    wrong = []
    if int(tcp.flags) != expected.flags:
        wrong.append(f"flags {tcp.flags}")
    if len(tcp.payload) != expected.length:
        wrong.append(f"{len(tcp.payload)} bytes of payload")
    for field, got in (("seq", tcp.seq), ("ack", tcp.ack), ("win", tcp.window)):
        wrong += _number(field, getattr(expected, field), got, names)
    return wrong + _options(expected.options, options.describe(tcp.options), names)


def _number(field, text, got, names):
    if text == "*":
        return []
    wanted = value(text, names)
    if wanted is None and text.isidentifier():
        names[text] = wanted = got
    return [] if wanted == got else [f"{field} {got} instead of {text} ({wanted})"]


def _options(wanted, got, names):
    """Options must also agree in order and padding, because scanners see these."""
    if len(wanted) != len(got):
        return [f"options <{','.join(got)}>"]
    wrong = []
    for left, right in zip(wanted, got):
        wrong += _option(left.split(), right.split(), names)
    return wrong


def _option(wanted, got, names):
    if len(wanted) != len(got):
        return [f"option {' '.join(got)}"]
    wrong = []
    for left, right in zip(wanted, got):
        if left != right and not right.isdigit():
            return [f"option {' '.join(got)} instead of {' '.join(wanted)}"]
        if left != right:
            wrong += _number(wanted[0], left, int(right), names)
    return wrong
