# SPDX-License-Identifier: GPL-2.0
"""Builds the frame of a `<` line with Scapy, so that no code of the module is trusted."""
from scapy.layers.inet import IP, TCP, IPOption
from scapy.layers.inet6 import (IPv6, IPv6ExtHdrDestOpt, IPv6ExtHdrFragment, IPv6ExtHdrHopByHop,
                                IPv6ExtHdrRouting)
from scapy.layers.l2 import Ether
from scapy.packet import Raw

from checker import options
from checker.notation import value

GROUP_MACS = {"broadcast": "ff:ff:ff:ff:ff:ff", "multicast": "01:00:5e:00:00:01"}


class Built:
    """A frame and the properties of it that the checker needs."""

    def __init__(self, frame, length, ports, addresses, kinds, flags, census=None):
        self.frame = frame          # as passed to the socket
        self.length = length        # of the IP packet, in bytes
        self.ports = ports          # (source, destination)
        self.addresses = addresses  # (source, destination)
        self.kinds = kinds          # option kinds offered
        self.flags = flags
        self.census = census        # the kind of a SYN, if the step names one


def build(segment, family, place, names):
    """The Built of a Sent step; place gives MACs, addresses and ports (lab.Place)."""
    mods = segment.mods
    ports = (place.port(mods.get("flow", "A")), place.dport)
    blob = options.encode(segment.options, names)
    body, payload = _tcp(segment, ports, blob, names), _payload(segment)
    network = _ipv4 if family == "ipv4" else _ipv6
    addresses = (place.address(mods.get("src", "peer")), place.address(mods.get("dst", "target")))
    packet = network(mods, addresses, _summed(network, mods, addresses, body, blob + payload))
    mac = GROUP_MACS.get(mods.get("mac"), place.mac_tarpit)
    frame = bytes(Ether(src=place.mac_peer, dst=mac) / packet)
    return Built(frame, len(frame) - 14, ports, addresses, options.kinds(blob), segment.flags,
                 mods.get("census"))


def _tcp(segment, ports, blob, names):
    mods = segment.mods
    return TCP(sport=ports[0], dport=ports[1], seq=value(segment.seq, names),
               ack=value(segment.ack, names), window=value(segment.win, names),
               flags=segment.flags, urgptr=mods.get("urg", 0), reserved=mods.get("reserved", 0),
               dataofs=mods.get("doff", 5 + len(blob) // 4))


def _payload(segment):
    if "payload" in segment.mods:
        return segment.mods["payload"].encode()
    return b"x" * segment.length


def _summed(network, mods, addresses, tcp, rest):
    """Header and payload as bytes, with their checksum, then damaged as requested."""
    whole = network({}, addresses, tcp / Raw(rest) if rest else tcp)
    body = bytearray(bytes(whole)[-(20 + len(rest)):])
    if "badsum" in mods:
        body[17] ^= 0x10
    return bytes(body[:mods.get("truncated", len(body))])


def _ipv4(mods, addresses, content):
    content = content if not isinstance(content, bytes) else Raw(content)
    packet = IP(src=addresses[0], dst=addresses[1], ttl=mods.get("ttl", 64), proto=6,
                tos=mods.get("tos", 0), id=mods.get("ipid", 1), flags="DF")
    packet.proto = mods.get("proto", 6)
    if "frag" in mods:
        packet.flags = "MF" if mods["frag"] == "mf" else 0
        packet.frag = 1 if mods["frag"] == "off" else 0
    if "ipopt" in mods:
        packet.options = [IPOption(bytes.fromhex(mods["ipopt"]))]
    return packet / content


def _ipv6(mods, addresses, content):
    content = content if not isinstance(content, bytes) else Raw(content)
    packet = IPv6(src=addresses[0], dst=addresses[1], hlim=mods.get("ttl", 64),
                  tc=mods.get("tos", 0), fl=mods.get("label", 0))
    chain = [name for name in mods.get("ext", "").split(",") if name]
    chain += ["frag"] if "frag" in mods else []
    headers = [_ext(name, mods, addresses) for name in chain]
    protocol = mods.get("proto", 6)
    numbers = [header.overload_fields_nh for header in headers] + [protocol]
    packet.nh = numbers[0]
    for header, number in zip(headers, numbers[1:]):
        header.layer.nh = number
        packet = packet / header.layer
    return packet / content


class _Header:
    def __init__(self, number, layer):
        self.overload_fields_nh, self.layer = number, layer


def _ext(name, mods, addresses):
    match name:
        case "hbh":
            return _Header(0, IPv6ExtHdrHopByHop())
        case "dstopts":
            return _Header(60, IPv6ExtHdrDestOpt())
        case "rh" | "rh1":
            left = 1 if name == "rh1" else 0
            return _Header(43, IPv6ExtHdrRouting(addresses=[addresses[1]], segleft=left))
        case "frag":
            kind = mods["frag"]
            return _Header(44, IPv6ExtHdrFragment(m=int(kind == "mf"),
                                                  offset=int(kind == "off"), id=7))
    raise ValueError(f"unknown extension header {name!r}")
