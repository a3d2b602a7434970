#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""send_series.py - sends SYNs with all options, one for each of many sources or destinations.

    send_series.py DEVICE MAC SOURCE DESTINATION COUNT

An address that ends in "+" is the first of a series. The frames leave by DEVICE to MAC, or, if
DEVICE is lo, through a raw IPv4 socket, so that each has a route. No tap shares the segments with
the receiver.
"""
import ipaddress
import socket
import sys

import frames

OPTIONS = bytes([2, 4, 5, 180, 4, 2, 8, 10, 0, 0, 0, 1, 0, 0, 0, 0, 1, 3, 3, 7])


def nth(address, number):
    """The packed address; of a series, the one with this index."""
    step = number if address.endswith("+") else 0
    return (ipaddress.ip_address(address.removesuffix("+")) + step).packed


def main():
    """Sends them as fast as Python can."""
    device, mac, source, destination, count = sys.argv[1:]
    if device == "lo":
        out = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
    else:
        out = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
        out.bind((device, 0))
    for number in range(int(count)):
        ends = nth(source, number), nth(destination, number)
        segment = frames.segment(ends, (40000, 80), (1000, 0, frames.SYN, 5000), OPTIONS, 10)
        if device == "lo":
            out.sendto(frames.packet(ends, segment),
                       (socket.inet_ntoa(ends[1]), 0))
        else:
            frame = frames.frame(bytes.fromhex(mac.replace(":", "")), ends, segment)
            # A bridge drops frames from the address 0.
            out.send(frame[:6] + out.getsockname()[4] + frame[12:])


main()
