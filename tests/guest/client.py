#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""client.py - a Linux client that reports how long it was held.

    client.py KIND ADDRESS PORT SECONDS

KIND is  wait       connects and waits for a byte
         write      connects, writes 1000 bytes, waits for a byte
         keepalive  as wait, with SO_KEEPALIVE 60/10/3
         timeout    as write, with a TCP_USER_TIMEOUT of 300 seconds
         close      connects, closes; waits for the end of the kernel's orphan
         orphan     connects, writes, closes; waits for the end of the kernel's orphan

Prints `KIND SECONDS ERROR`: when and why the connection ended, or `held` after SECONDS.
"""
import errno
import select
import socket
import sys
import time

ESTABLISHED = 1
TCP_INFO_STATE = 0      # offset in struct tcp_info


def connect(kind, address, port):
    """A connected socket with the options of its kind."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    client = socket.socket(family, socket.SOCK_STREAM)
    if kind == "keepalive":
        client.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for option, seconds in ((socket.TCP_KEEPIDLE, 60), (socket.TCP_KEEPINTVL, 10),
                                (socket.TCP_KEEPCNT, 3)):
            client.setsockopt(socket.IPPROTO_TCP, option, seconds)
    if kind == "timeout":
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, 300_000)
    client.settimeout(30)
    client.connect((address, port))
    return client


def hear(client, seconds):
    """Waits for a byte; returns the error that ends the wait."""
    if not select.select([client], [], [], seconds)[0]:
        state = client.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[TCP_INFO_STATE]
        return "held" if state == ESTABLISHED else f"state-{state}"
    try:
        return "closed" if client.recv(1) == b"" else "answered"
    except OSError as error:
        return errno.errorcode[error.errno]


def watch_orphan(client, seconds):
    """Waits until the kernel has freed a closed socket."""
    table = "tcp6" if client.family == socket.AF_INET6 else "tcp"
    port = f":{client.getsockname()[1]:04X} "
    client.close()
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with open(f"/proc/thread-self/net/{table}", encoding="ascii") as lines:
            if not any(port in line for line in lines):
                return "gone"
        time.sleep(1)
    return "held"


def main():
    """Runs one client."""
    kind, address, port, seconds = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    client = connect(kind, address, port)
    began = time.monotonic()
    if kind in ("write", "timeout", "orphan"):
        client.sendall(b"x" * 1000)
    end = watch_orphan if kind in ("close", "orphan") else hear
    verdict = end(client, seconds)
    print(kind, round(time.monotonic() - began), verdict)


main()
