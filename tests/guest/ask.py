#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""ask.py - asks for an address by ARP, again and again, whatever is answered.

    ask.py DEVICE OWN-ADDRESS ADDRESS SECONDS       SECONDS is the pause
"""
import socket
import sys
import time

device, own, address, pause = sys.argv[1:]
sends = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
sends.bind((device, 0))
mac = sends.getsockname()[4]
body = bytes.fromhex("0001080006040001") + mac + socket.inet_aton(own)
frame = b"\xff" * 6 + mac + b"\x08\x06" + body + bytes(6) + socket.inet_aton(address)
while True:
    sends.send(frame)
    time.sleep(float(pause))
