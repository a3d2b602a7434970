#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""phases.py - counts questions for an address, and answers, while a newcomer gets the address.

    phases.py DEVICE ADDRESS TARPIT-MAC ASKER-ADDRESS

It listens on the device until SIGTERM, then prints a line for each phase that the newcomer's frames
began: PHASE ASKED ANSWERED. The phases are before, discover, request and decline (DHCP), probe and
announce (RFC 5227).
"""
import collections
import signal
import socket
import sys

device, address, mac, asker = sys.argv[1:]
address, asker = socket.inet_aton(address), socket.inet_aton(asker)
mac = bytes.fromhex(mac.replace(":", ""))
MESSAGES = {1: "discover", 3: "request", 4: "decline"}
# Behind the headers of Ethernet and IPv4: the end of UDP's, of BOOTP's fixed part, of the cookie.
UDP, DHCP = 14 + 20, 14 + 20 + 8 + 236 + 4


def dhcp_type(frame):
    """The message type of a frame of a DHCP client, whose first option it is."""
    ports = bytes((0, 68, 0, 67))
    if frame[12:14] != b"\x08\x00" or frame[23] != 17 or frame[UDP:UDP + 4] != ports:
        return None
    options = frame[DHCP:]
    while options and options[0] != 255:
        if options[0] == 53:
            return options[2]
        options = options[1:] if options[0] == 0 else options[2 + options[1]:]
    return None


def main():
    listener = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
    listener.bind((device, 0))
    print("listening", file=sys.stderr, flush=True)
    phase, asked, answered = "before", collections.Counter(), collections.Counter()
    phases = [phase]
    signal.signal(signal.SIGTERM, lambda *_: listener.close())
    while True:
        try:
            frame = listener.recv(2048)
        except OSError:
            break
        begins = MESSAGES.get(dhcp_type(frame))
        if frame[12:14] == b"\x08\x06":
            operation, sender, target = frame[21], frame[28:32], frame[38:42]
            if frame[22:28] == mac and operation == 2 and sender == address:
                answered[phase] += 1
            elif sender == asker and target == address and operation == 1:
                asked[phase] += 1
            elif frame[6:12] != mac and target == address and sender in (bytes(4), address):
                begins = "announce" if sender == address else "probe"
        if begins and begins != phase:
            phase = begins
            if phase not in phases:
                phases.append(phase)
    for phase in phases:
        print(phase, asked[phase], answered[phase])


main()
