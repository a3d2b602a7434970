#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""slabs.py - which caches of the kernel grow with the number of connections.

    slabs.py save FILE                              writes down how many objects each cache has
    slabs.py compare IDLE BOUND BEFORE CONNECTIONS  says how much each has grown since BEFORE,
                                                    beside what it grew by from IDLE to BOUND

Fails where one has grown by more than that and one object for each 20 connections: a client's
socket does not need it, so it would be ours. Boot with slab_nomerge, or caches share a name.
"""
import pathlib
import sys

SHARE = 20


def objects():
    """{cache: objects in use}, without those that are kept free for each CPU."""
    for shrink in pathlib.Path("/sys/kernel/slab").glob("*/shrink"):
        shrink.write_text("1", encoding="ascii")
    with open("/proc/slabinfo", encoding="ascii") as file:
        rows = [line.split() for line in file if not line.startswith(("slabinfo", "#"))]
    return {row[0]: int(row[1]) for row in rows}


def saved(name):
    """What was written down."""
    with open(name, encoding="ascii") as file:
        return {cache: int(count) for cache, count in (line.split() for line in file)}


def compare(idle, bound, before, connections):
    """The names of those that have grown too much."""
    strangers = []
    for cache, count in sorted(objects().items()):
        # One that shrank meanwhile has given back what something else had.
        socket = max(0, bound.get(cache, 0) - idle.get(cache, 0)) / connections
        connection = (count - before.get(cache, 0)) / connections
        if max(socket, connection) * SHARE > 1:
            print(f"  {cache}: {connection:.2f} for a connection, {socket:.2f} for a socket")
        if (connection - socket) * SHARE > 1:
            strangers.append(cache)
    return strangers


def main():
    """Saves, or compares."""
    if sys.argv[1] == "save":
        with open(sys.argv[2], "w", encoding="ascii") as file:
            file.writelines(f"{name} {count}\n" for name, count in objects().items())
    elif strangers := compare(*map(saved, sys.argv[2:5]), int(sys.argv[5])):
        sys.exit(f"these grow with the connections: {' '.join(strangers)}")


main()
