# SPDX-License-Identifier: GPL-2.0
"""The rules of docs/behaviour.md that every reply must keep.

Each rule is one line of a table: a condition, and the sentence that reports its violation.
"""
from checker.options import KINDS

SYN, RST, ACK = 2, 4, 16
HOP_LIMIT = 64      # the kernel's default, which our route back uses


def faults(packet, sent, place):
    """One sentence for each rule that the decoded reply (scapy's Ether) violates."""
    rules = _link(packet, place) + _network(packet) + _size(packet, sent)
    if packet.haslayer("TCP"):
        rules += _ends(packet, sent) + _tcp(packet["TCP"]) + _options(packet["TCP"], sent)
        rules += _sums(packet)
    else:
        rules += [(False, "the reply is not TCP")]
    return [sentence for holds, sentence in rules if not holds]


def _link(packet, place):
    return [(packet.src == place.mac_tarpit, f"source MAC {packet.src}"),
            (packet.dst == place.mac_peer, f"destination MAC {packet.dst}")]


def _network(packet):
    if packet.haslayer("IP"):
        ip = packet["IP"]
        return [(ip.ihl == 5, "the reply has IP options"), (ip.tos == 0, f"TOS {ip.tos}"),
                (ip.id == 0, f"IP ID {ip.id}"), (ip.flags == "DF", f"IP flags {ip.flags}"),
                (ip.frag == 0, "the reply is a fragment"),
                (ip.ttl == HOP_LIMIT, f"TTL {ip.ttl}"),
                (ip.len == len(bytes(packet)) - 14, f"IP length {ip.len}")]
    ip = packet["IPv6"]
    return [(ip.nh == 6, f"next header {ip.nh}"), (ip.tc == 0, f"traffic class {ip.tc}"),
            (ip.fl == 0, f"flow label {ip.fl}"), (ip.hlim == HOP_LIMIT, f"hop limit {ip.hlim}"),
            (ip.plen == len(bytes(packet)) - 54, f"payload length {ip.plen}")]


def _size(packet, sent):
    length = len(bytes(packet)) - 14
    return [(length <= sent.length, f"{length} bytes answer {sent.length}: larger")]


def _ends(packet, sent):
    ip, tcp = packet[1], packet["TCP"]
    return [((ip.dst, ip.src) == sent.addresses, f"addresses {ip.src} > {ip.dst}"),
            ((tcp.dport, tcp.sport) == sent.ports, f"ports {tcp.sport} > {tcp.dport}")]


def _tcp(tcp):
    return [(len(tcp.payload) == 0, "the reply has a payload"),
            (tcp.urgptr == 0, f"urgent pointer {tcp.urgptr}"),
            (tcp.reserved == 0, f"reserved bits {tcp.reserved}"),
            (int(tcp.flags) & ~0x17 == 0, f"flags {tcp.flags}: only S, F, R and A are ours")]


def _options(tcp, sent):
    flags = int(tcp.flags)
    kinds = {KINDS.get(kind, kind) for kind, _ in tcp.options} - {0, 1}
    if flags & RST:
        return [(not kinds, "an RST with options")]
    if flags & SYN:
        return [(kinds <= sent.kinds & {2, 3, 4, 8}, f"kinds {kinds} were not all offered")]
    return [(kinds == sent.kinds & {8}, f"kinds {kinds} on an ACK")]


def _sums(packet):
    """Every checksum, recomputed by scapy from a copy without it."""
    fresh = packet.copy()
    del fresh["TCP"].chksum
    if fresh.haslayer("IP"):
        del fresh["IP"].chksum
    fresh = fresh.__class__(bytes(fresh))
    rules = [(fresh["TCP"].chksum == packet["TCP"].chksum,
              f"TCP checksum {packet['TCP'].chksum:#06x}")]
    if packet.haslayer("IP"):
        rules.append((fresh["IP"].chksum == packet["IP"].chksum,
                      f"IP checksum {packet['IP'].chksum:#06x}"))
    return rules
