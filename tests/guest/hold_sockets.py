#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""hold_sockets.py - opens many Linux connections in one process and keeps them.

    hold_sockets.py COUNT SECONDS PORT BYTES ADDRESS...     ADDRESS is a host's

Distributes COUNT sockets among the hosts; each writes BYTES. Prints `up N` when all are connected,
waits for SECONDS, and prints `held N`, the number of sockets that are still connected. With 0
seconds it waits until its standard input ends. With PORT 0 the sockets are only bound, to measure
the memory of a socket that is not connected.
"""
import resource
import select
import socket
import sys
import time


def connect(count, where, content):
    """File descriptors, and a poll object that reports when one of them ends."""
    numbers, poll = [], select.epoll()
    for number in range(count):
        host, port = where[number % len(where)]
        client = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
        if port:
            client.connect((host, port))
        else:
            client.bind(("::" if ":" in host else "0.0.0.0", 0))
        if content:
            client.send(content)
        numbers.append(client.detach())
        poll.register(numbers[-1], select.EPOLLIN if port else 0)
    return numbers, poll


def main():
    """Connects all, and waits."""
    count, seconds, port, content = map(int, sys.argv[1:5])
    resource.setrlimit(resource.RLIMIT_NOFILE, (count + 100, count + 100))
    hosts = [(host, port) for host in sys.argv[5:]]
    numbers, poll = connect(count, hosts, bytes(content))
    print("up", len(numbers), flush=True)
    if seconds:
        time.sleep(seconds)
    else:
        sys.stdin.read()
    ended = poll.poll(0, len(numbers)) if port else []
    print("held", len(numbers) - len(ended))


main()
