#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""link_requests.py - changes settings of a tarpit device by bare requests of rtnetlink.

    link_requests.py DEVICE NUMBER:HEX...

NUMBER is that of an attribute in IFLA_INFO_DATA, HEX its content. For each prints ok, or the name
of the kernel's error, in one line.
"""
import errno
import socket
import struct
import sys

NEW_LINK, REQUEST, ACK = 16, 1, 4
LINK_NAME, LINK_INFO, INFO_KIND, INFO_DATA, NESTED = 3, 18, 1, 2, 0x8000


def attribute(kind, content):
    """One netlink attribute, padded with bytes that no setting has."""
    return struct.pack("=HH", len(content) + 4, kind) + content + b"\xee" * (-len(content) % 4)


def asked(link, device, number, content):
    """The answer to one request."""
    data = attribute(INFO_DATA | NESTED, attribute(int(number), bytes.fromhex(content)))
    body = (struct.pack("=BxHiII", 0, 0, 0, 0, 0)
            + attribute(LINK_NAME, device.encode() + b"\0")
            + attribute(LINK_INFO | NESTED, attribute(INFO_KIND, b"tarpit\0") + data))
    link.send(struct.pack("=IHHII", 16 + len(body), NEW_LINK, REQUEST | ACK, 1, 0) + body)
    error = -struct.unpack_from("=i", link.recv(65536), 16)[0]
    return errno.errorcode.get(error, str(error)) if error else "ok"


def main():
    """Sends the requests in order."""
    device, *requests = sys.argv[1:]
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE) as link:
        link.settimeout(10)
        print(*(asked(link, device, *request.split(":")) for request in requests))


main()
