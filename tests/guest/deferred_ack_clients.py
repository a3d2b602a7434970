#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""deferred_ack_clients.py - Linux clients whose handshake has no ACK of its own.

    deferred_ack_clients.py ADDRESS PORT

With TCP_DEFER_ACCEPT, a client delays the ACK of the SYN-ACK and sends it with its first data or
FIN. One client writes and waits five seconds, the other closes at once.
"""
import socket
import sys
import time


def connect(address, port):
    """A connected client that has not sent the handshake's ACK yet."""
    client = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET)
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_DEFER_ACCEPT, 1)
    client.connect((address, port))
    return client


def main():
    """Runs one after the other."""
    address, port = sys.argv[1], int(sys.argv[2])
    connect(address, port).close()
    client = connect(address, port)
    client.sendall(bytes(100))
    time.sleep(5)


main()
