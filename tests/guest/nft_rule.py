#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""nft_rule.py - adds rules with only the target TARPIT to nftables chains.

Each line of standard input is a rule: FAMILY TABLE CHAIN REVISION INFO PROTOCOL. The rule claims
PROTOCOL, but lacks the expression that iptables-nft adds to match it. INFO is the rule's data in
hex. Prints ok for each rule, or the error's name if the kernel refuses it.
"""
import errno
import socket
import struct
import sys

NETLINK_NETFILTER, NFTABLES = 12, 10
BATCH_BEGIN, BATCH_END, NEW_RULE, ERROR = 16, 17, NFTABLES << 8 | 6, 2
REQUEST, ACK, CREATE, APPEND, NESTED = 1, 4, 0x400, 0x800, 0x8000
FAMILIES = {"inet": 1, "ip": 2, "arp": 3, "netdev": 5, "bridge": 7, "ip6": 10}


def attribute(kind, content):
    """One netlink attribute, padded."""
    return struct.pack("=HH", len(content) + 4, kind) + content + b"\0" * (-len(content) % 4)


def nest(kind, *parts):
    """An attribute of attributes."""
    return attribute(kind | NESTED, b"".join(parts))


def text(kind, string):
    """A string, ended by a zero."""
    return attribute(kind, string.encode() + b"\0")


def number(kind, value):
    """A 32-bit number in network order."""
    return attribute(kind, struct.pack("!I", value))


def message(kind, flags, family, resource, body=b""):
    """A message of nfnetlink."""
    head = struct.pack("=IHHII", 20 + len(body), kind, REQUEST | flags, 1, 0)
    return head + struct.pack("!BBH", family, 0, resource) + body


def rule(table, chain, revision, info, protocol):
    """The content of NEW_RULE: one expression "target", and the claimed protocol."""
    target = nest(2, text(1, "TARPIT"), number(2, revision), attribute(3, info))
    expression = nest(4, nest(1, text(1, "target"), target))
    return text(1, table) + text(2, chain) + expression + nest(5, number(1, protocol), number(2, 0))


def netlink():
    """A socket to nfnetlink."""
    link = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_NETFILTER)
    link.bind((0, 0))
    link.settimeout(10)
    return link


def add(link, family, body):
    """Sends one batch; returns the name of the kernel's error, or None."""
    link.send(message(BATCH_BEGIN, 0, 0, NFTABLES)
              + message(NEW_RULE, ACK | CREATE | APPEND, FAMILIES[family], 0, body)
              + message(BATCH_END, 0, 0, NFTABLES))
    answer = link.recv(65536)
    (kind,), (error,) = struct.unpack_from("=H", answer, 4), struct.unpack_from("=i", answer, 16)
    if kind == ERROR and not error:
        return None
    return errno.errorcode.get(-error, str(error))


def main():
    """Adds the rule that each line describes."""
    for line in sys.stdin:
        family, table, chain, revision, info, protocol = line.split()
        body = rule(table, chain, int(revision), bytes.fromhex(info), int(protocol))
        with netlink() as link:
            print(add(link, family, body) or "ok", flush=True)


if __name__ == "__main__":
    main()
