#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""attackers.py - Linux clients that arrive, write, wait, and give up.

    attackers.py COUNT SECONDS ADDRESS PORT...

COUNT clients connect to each PORT, at random times of the first third of SECONDS. Each gives up
after half an hour on average; its kernel may give up earlier. At each change it prints a line `TIME
N...` with the number of clients at each port. TIME is in seconds since boot.
"""
import random
import select
import socket
import sys
import time

PATIENCE = 1800     # seconds, on the average


def connect(address, port):
    """A client that has written."""
    client = socket.create_connection((address, port))
    client.sendall(bytes(200))
    return client


class Crowd:
    """The connected clients."""

    def __init__(self, ports):
        self.there = {port: {} for port in ports}
        self.poll = select.poll()
        self.tell()

    def tell(self):
        print(round(time.monotonic(), 1), *map(len, self.there.values()), flush=True)

    def arrive(self, address, port):
        client = connect(address, port)
        self.there[port][client.fileno()] = client
        self.poll.register(client, select.POLLIN)
        self.tell()
        return client.fileno()

    def leave(self, port, number):
        """Ends a client, unless its kernel has done so before."""
        if number in self.there[port]:
            self.poll.unregister(number)
            self.there[port].pop(number).close()
            self.tell()

    def wait(self, seconds):
        """Waits until an event is due or a kernel gives up."""
        for number, _ in self.poll.poll(max(0, seconds * 1000)):
            for port in self.there:
                self.leave(port, number)


def main():
    """Runs the clients: each connects and gives up at its own time."""
    count, seconds, address, *ports = sys.argv[1:]
    dice, began = random.Random(1), time.monotonic()
    plan = sorted((dice.uniform(0, int(seconds) / 3), dice.expovariate(1 / PATIENCE), port)
                  for port in map(int, ports) for _ in range(int(count)))
    crowd, leaving = Crowd(map(int, ports)), []
    while (now := time.monotonic() - began) < int(seconds):
        while plan and plan[0][0] <= now:
            _, patience, port = plan.pop(0)
            leaving.append((now + patience, port, crowd.arrive(address, port)))
        for due in [due for due in leaving if due[0] <= now]:
            leaving.remove(due)
            crowd.leave(*due[1:])
        crowd.wait(min([due[0] for due in plan[:1] + leaving] + [int(seconds)]) - now)


main()
