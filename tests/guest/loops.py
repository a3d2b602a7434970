#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""loops.py - sends single segments between tarpitted addresses, and counts the packets they cause.

    loops.py NETNS DEVICE MAC SOURCE DESTINATION

It runs in NETNS and sends by DEVICE to the MAC address MAC. There is one segment for each kind and
each pair of modes, and its ports identify it: the port at the destination is 8000 + 100 * mode +
kind, that at the source 9000 + 100 * mode + kind. The rules of the case give each hundred of ports
its mode. It prints each segment that is not seen, or that causes more than three packets: itself, a
reply, and at most one more. In both cases, and if no segment is answered, it exits with 1.
"""
import collections
import os
import socket
import struct
import sys

from frames import ACK, FIN, PSH, SYN, frame, octets, segment

ETH_P_ALL, PACKET_OUTGOING, SO_RCVBUFFORCE = 3, 4, 33
MODES = ("tarpit", "persist", "honeypot", "reset")
KINDS = (("SYN", SYN, 1000, b""), ("SYN+ACK", SYN | ACK, 1000, b""), ("ACK", ACK, 1000, b""),
         ("ACK, window 0", ACK, 0, b""), ("data", PSH | ACK, 1000, b"x"),
         ("FIN+ACK", FIN | ACK, 1000, b""), ("nothing", 0, 1000, b""), ("FIN", FIN, 1000, b""))
QUIET = 5               # seconds without a packet, which end the count
STORM = 5000            # packets that end the count
ALLOWED = 3


def segments():
    """Every segment: (port at the source, port at the destination, kind)."""
    for there in range(len(MODES)):
        for here in range(len(MODES)):
            for number, kind in enumerate(KINDS):
                yield 9000 + 100 * here + number, 8000 + 100 * there + number, kind


def ports(data):
    """The ports of a TCP frame, the source's first whatever its direction; None of others."""
    protocol, at = (data[23], 34) if data[12:14] == b"\x08\x00" else (data[20], 54)
    if protocol != socket.IPPROTO_TCP:
        return None
    return tuple(sorted(struct.unpack_from("!HH", data, at), reverse=True))


def count(witness):
    """Counts packets by their ports, until none come."""
    seen = collections.Counter()
    try:
        while seen.total() < STORM:
            data, address = witness.recvfrom(2048)
            looped = address[0] == "lo" and address[2] == PACKET_OUTGOING
            if not looped and (pair := ports(data)):
                seen[pair] += 1
    except TimeoutError:
        pass
    return seen


def witness_of(device):
    """A socket with a large buffer that receives all packets of a device."""
    witness = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
    witness.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 1 << 23)
    witness.bind((device, ETH_P_ALL))
    witness.settimeout(QUIET)
    return witness


def main():
    """Sends every segment between every pair of modes."""
    netns, device, mac, source, destination = sys.argv[1:]
    with open(f"/run/netns/{netns}", "rb") as handle:
        os.setns(handle, os.CLONE_NEWNET)
    mac, ends = bytes.fromhex(mac.replace(":", "")), (octets(source), octets(destination))
    raw = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    raw.bind((device, 0))
    witness = witness_of(device)
    for here, there, (_, flags, window, payload) in segments():
        fields = (1000, 2000, flags, window)
        data = frame(mac, ends, segment(ends, (here, there), fields, payload))
        raw.send(mac + raw.getsockname()[4] + data[12:])
    seen, wrong = count(witness), 0
    for here, there, kind in segments():
        if not 1 <= seen[here, there] <= ALLOWED:
            wrong += 1
            near, far = MODES[here // 100 - 90], MODES[there // 100 - 80]
            print(f"{kind[0]} from {near} to {far}: {seen[here, there]} packets")
    most = max(seen.values(), default=0)
    print(f"  {len(seen)} segments, {seen.total()} packets, at most {most} from one")
    sys.exit(0 if 1 < most <= ALLOWED and not wrong else 1)


if __name__ == "__main__":
    main()
