#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""writing_clients.py - many Linux clients that write and wait.

    writing_clients.py COUNT ADDRESS PORT SECONDS

One connects each second. Prints a line `SECONDS ERROR` for each that its kernel gives up, in that
order, and at the end `held N`.
"""
import errno
import select
import socket
import sys
import time


def connect(address, port):
    """A client that has written."""
    client = socket.create_connection((address, port))
    client.sendall(bytes(1000))
    return client


def main():
    """Connects all, then waits until each has ended."""
    count, address, port, seconds = sys.argv[1:]
    until = time.monotonic() + int(seconds)
    clients, poll = {}, select.poll()
    for _ in range(int(count)):
        client = connect(address, int(port))
        clients[client.fileno()] = client, time.monotonic()
        poll.register(client, select.POLLIN)
        time.sleep(1)
    while clients and (left := until - time.monotonic()) > 0:
        for number, _ in poll.poll(left * 1000):
            client, began = clients.pop(number)
            poll.unregister(number)
            error = client.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            print(round(time.monotonic() - began), errno.errorcode.get(error, error))
    print("held", len(clients))


main()
