# SPDX-License-Identifier: GPL-2.0
"""Tests that the checker of the wire files detects faults. run-wire does this first, each time.

A right reply must pass, and each of its damaged variants must be rejected. Misspelt wire files must
be rejected. It needs python3 with scapy, but neither a kernel nor root:
cd tests/guest && python3 -m checker.selftest
"""
from scapy.layers.inet import IP, TCP, IPOption
from scapy.layers.inet6 import IPv6
from scapy.layers.l2 import Ether

from checker import notation
from checker.build import build
from checker.lab import MAC_PEER, MAC_TARPIT, Place
from checker.verdict import compare

SYN = "< S 1000:1000(0) win 9 <mss 1460,sackOK,TS val 5 ecr 0,nop,nop,nop,nop>"
WANT = "> S. iss:iss(0) ack 1001 win 0 <mss MSS,sackOK,TS val * ecr 5>"
RIGHT = {"seq": 77, "ack": 1001, "flags": "SA", "window": 0,
         "options": [("MSS", 1460), ("SAckOK", b""), ("Timestamp", (9, 5))]}
OPTIONS = RIGHT["options"]
TCP_DAMAGE = {
    "flags": {"flags": "A"}, "ece": {"flags": "SAE"}, "ack": {"ack": 1000}, "iss": {"seq": 78},
    "window": {"window": 5}, "urgent": {"urgptr": 1}, "reserved": {"reserved": 1},
    "checksum": {"chksum": 1}, "no options": {"options": []}, "sport": {"sport": 9},
    "dport": {"dport": 9}, "not offered": {"options": OPTIONS + [("NOP", None), ("WScale", 0)]},
    "other mss": {"options": [("MSS", 1461)] + OPTIONS[1:]}, "order": {"options": OPTIONS[::-1]},
    "ecr": {"options": OPTIONS[:2] + [("Timestamp", (9, 6))]}, "rst": {"flags": "R"},
}
IPV4_DAMAGE = {"tos": {"tos": 1}, "id": {"id": 7}, "df": {"flags": 0}, "ttl": {"ttl": 63},
               "source": {"src": "10.0.0.9"}, "destination": {"dst": "10.0.0.9"},
               "ip checksum": {"chksum": 1}, "ip length": {"len": 61},
               "ip options": {"options": [IPOption(b"\1\1\1\1")]}}
IPV6_DAMAGE = {"class": {"tc": 1}, "label": {"fl": 1}, "hop limit": {"hlim": 255},
               "source": {"src": "fd00::9"}}


def reply(family, place, sent, tcp=(), ip=(), mac=MAC_TARPIT, payload=b""):
    """The right reply, or one damaged by the fields given."""
    ends = {"src": sent.addresses[1], "dst": sent.addresses[0]}
    head = IP(**{"id": 0, "flags": "DF", "ttl": 64, **ends, **dict(ip)}) if family == "ipv4" \
        else IPv6(**{"hlim": 64, **ends, **dict(ip)})
    ports = {"sport": sent.ports[1], "dport": sent.ports[0]}
    fields = {**ports, **RIGHT, **dict(tcp)}
    if family == "ipv6" and fields["options"] is OPTIONS:
        fields["options"] = [("MSS", 1440)] + OPTIONS[1:]
    body = TCP(**fields) / payload if payload else TCP(**fields)
    return bytes(Ether(src=mac, dst=place.mac_peer) / head / body)


def cases(family, place, sent):
    """Pairs of a name and a damaged frame."""
    for name, fields in TCP_DAMAGE.items():
        yield name, reply(family, place, sent, tcp=fields)
    for name, fields in (IPV4_DAMAGE if family == "ipv4" else IPV6_DAMAGE).items():
        yield name, reply(family, place, sent, ip=fields)
    yield "mac", reply(family, place, sent, mac=MAC_PEER)
    yield "payload", reply(family, place, sent, payload=b"x")


def check(family):
    """Names of the damages that were not detected."""
    place = Place(family, "INPUT")
    script = notation.parse("selftest", f"rule --tarpit\n{SYN}\n{WANT}\n")
    names = {"MSS": 1460 if family == "ipv4" else 1440, "iss": 77}
    sent = build(script.steps[0], family, place, names)
    want = script.steps[1]
    wrong = compare(want, reply(family, place, sent), sent, place, dict(names))
    missed = [f"{family}: the right reply is refused: {wrong}"] if wrong else []
    for name, frame in cases(family, place, sent):
        if not compare(want, frame, sent, place, dict(names)):
            missed.append(f"{family}: damage of {name} goes unnoticed")
    sent.length = len(reply(family, place, sent)) - 14 - 1
    if not compare(want, reply(family, place, sent), sent, place, dict(names)):
        missed.append(f"{family}: a reply larger than the segment goes unnoticed")
    return missed


def misspelt():
    """Wire files that should be rejected and are not."""
    texts = ["rule --tarpit", SYN, f"rule\n{SYN}\n{SYN}\n{WANT}", f"rule\n{WANT}",
             "rule\n< Z 1:1(0)\n> nothing", "rule\n< S 1:2(0)\n> nothing",
             "rule\n< S 1:1(0) sideways\n> nothing", "rules\n< S 1:1(0)\n> nothing",
             "rule\nfamily ipv5\n< S 1:1(0)\n> nothing",
             "rule\n< S 1:1(0)\n> nothing\nhook FORWARD"]
    missed = []
    for text in texts:
        try:
            notation.parse("misspelt", text)
            missed.append(f"misspelt file accepted: {text!r}")
        except notation.Unreadable:
            pass
    return missed


def undetected():
    """One sentence for each fault that the checker does not detect."""
    return check("ipv4") + check("ipv6") + misspelt()


if __name__ == "__main__":
    raise SystemExit("\n".join(undetected()))
