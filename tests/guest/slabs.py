#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""slabs.py - finds slab caches that grow with the number of connections.

    slabs.py save FILE                              write the number of objects of each cache
    slabs.py compare IDLE BOUND BEFORE CONNECTIONS  print the growth of each cache since BEFORE,
                                                    and its growth from IDLE to BOUND

Fails if a cache has grown by more than from IDLE to BOUND plus one object for each 20 connections:
a client's socket does not need these objects, so they would be ours. Boot with slab_nomerge,
because merged caches share a name.
"""
import contextlib
import pathlib
import sys

SHARE = 20


def objects():
    """{cache: objects in use}, without the free ones of each CPU.

    The files stay open meanwhile: closed ones leave objects for a while, which would count.
    """
    with contextlib.ExitStack() as stack:
        for shrink in pathlib.Path("/sys/kernel/slab").glob("*/shrink"):
            file = stack.enter_context(shrink.open("w", encoding="ascii"))
            file.write("1")
            file.flush()
        with open("/proc/slabinfo", encoding="ascii") as file:
            rows = [line.split() for line in file if not line.startswith(("slabinfo", "#"))]
    return {row[0]: int(row[1]) for row in rows}


def saved(name):
    """The content of a saved file."""
    with open(name, encoding="ascii") as file:
        return {cache: int(count) for cache, count in (line.split() for line in file)}


def compare(idle, bound, before, connections):
    """The names of the caches that have grown too much."""
    grown = []
    for cache, count in sorted(objects().items()):
        # A cache that shrank has freed objects of other users.
        socket = max(0, bound.get(cache, 0) - idle.get(cache, 0)) / connections
        connection = (count - before.get(cache, 0)) / connections
        if max(socket, connection) * SHARE > 1:
            print(f"  {cache}: {connection:.2f} for a connection, {socket:.2f} for a socket")
        if (connection - socket) * SHARE > 1:
            grown.append(cache)
    return grown


def main():
    """Saves, or compares."""
    if sys.argv[1] == "save":
        with open(sys.argv[2], "w", encoding="ascii") as file:
            file.writelines(f"{name} {count}\n" for name, count in objects().items())
    elif grown := compare(*map(saved, sys.argv[2:5]), int(sys.argv[5])):
        sys.exit(f"these grow with the connections: {' '.join(grown)}")


main()
