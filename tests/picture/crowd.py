#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""crowd.py - clients of several addresses that connect, one each 75 seconds, and stay.

    crowd.py COUNT PREFIX ADDRESS PORT...

Client N has the address PREFIX with N at its end and takes the ports in turn. Every third only
waits; the others write a line each quarter of a minute. Ends by a signal.
"""
import socket
import sys
import time


def write(clients):
    """Each sends a line, or does nothing if its buffer is full or its kernel has given up."""
    for client in clients:
        try:
            client.send(b"HELO mail.example\r\n")
        except OSError:
            pass


def main():
    """See the head of this file."""
    count, prefix, address, *ports = sys.argv[1:]
    waiting, writing = [], []
    for number in range(int(count)):
        client = socket.create_connection((address, int(ports[number % len(ports)])),
                                          source_address=(f"{prefix}{number + 1}", 0))
        client.setblocking(False)
        (writing if number % 3 else waiting).append(client)
        for _ in range(5):
            write(writing)
            time.sleep(15)
    while True:
        write(writing)
        time.sleep(15)


if __name__ == "__main__":
    main()
