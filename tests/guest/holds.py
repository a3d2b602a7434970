#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""holds.py - the clients of tests/guest/holds.

    holds.py rows                           prints the names of the table's rows
    holds.py run NET COLUMNS SECONDS        runs each client against each column, all at once

Column C is the host NET(11+C), row R its port 1001+R. A client that gives up writes "938 s" to
/tmp/held-C-R; one that is held for SECONDS writes "> 86400 s". The time starts with the first SYN.
If a client closes, its orphan counts: it has ended when the kernel has freed it or has it in
TIME_WAIT. /tmp/counted has the rules' counters at the time when the held clients are cut off.
"""
import errno
import os
import select
import socket
import subprocess
import sys
import threading
import time

TIME_WAIT = "06"
KEEPALIVE = ((socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1),
             (socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 60),
             (socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 10),
             (socket.IPPROTO_TCP, socket.TCP_KEEPCNT, 3))
USER_TIMEOUT = ((socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, 60_000),)


def connect(host, port, options=()):
    """A connected socket."""
    client = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    for option in options:
        client.setsockopt(*option)
    client.connect((host, port))
    return client


def hear(client):
    """Waits for a byte, without a timeout."""
    select.select([client], [], [])
    client.recv(1)


def watch(client):
    """Closes, and waits until the kernel has freed the socket."""
    table = "tcp6" if client.family == socket.AF_INET6 else "tcp"
    port = f":{client.getsockname()[1]:04X}"
    began = time.monotonic()
    client.close()
    while True:
        with open(f"/proc/thread-self/net/{table}", encoding="ascii") as lines:
            states = [line.split()[3] for line in lines if port + " " in line]
        if all(state == TIME_WAIT for state in states):
            return
        time.sleep(1 if time.monotonic() < began + 1000 else 60)


def waits(host, port, options=()):
    """Connects and waits."""
    hear(connect(host, port, options))


def writes(host, port, options=()):
    """Connects, writes 1000 bytes and waits."""
    client = connect(host, port, options)
    client.sendall(bytes(1000))
    hear(client)


def writes_in_syn(host, port):
    """Connects by a SYN with 1000 bytes, and waits; netns peer needs no cookie."""
    client = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    client.sendto(bytes(1000), socket.MSG_FASTOPEN, (host, port))
    hear(client)


def closes(host, port):
    """Connects and closes."""
    watch(connect(host, port))


def writes_and_closes(host, port):
    """Connects, writes 1000 bytes and closes."""
    client = connect(host, port)
    client.sendall(bytes(1000))
    watch(client)


def program(*words):
    """A client that is a program, with a standard input that stays open."""
    def run(host, port):
        where = {"HOST": host, "PORT": str(port), "URL": f"[{host}]" if ":" in host else host}
        command = [word.format(**where) for word in words]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                              stderr=subprocess.PIPE) as child:
            child.wait()
            said = child.stderr.read().decode(errors="replace").strip().splitlines()
        raise ChildProcessError(said[-1] if said else f"status {child.returncode}")
    return run


ROWS = (
    ("only waits", waits),
    ("writes, waits", writes),
    ("writes in its SYN (Fast Open), waits", writes_in_syn),
    ("closes at once", closes),
    ("writes, closes", writes_and_closes),
    ("waits with SO_KEEPALIVE 60/10/3", lambda *where: waits(*where, KEEPALIVE)),
    ("writes with SO_KEEPALIVE 60/10/3", lambda *where: writes(*where, KEEPALIVE)),
    ("writes with TCP_USER_TIMEOUT 60 s", lambda *where: writes(*where, USER_TIMEOUT)),
    ("HTTP: curl", program("curl", "-sSg", "-o", "/dev/null", "http://{URL}:{PORT}/")),
    ("TLS: openssl s_client", program("openssl", "s_client", "-connect", "{URL}:{PORT}")),
    ("ssh", program("ssh", "-F", "none", "-o", "BatchMode=yes", "-p", "{PORT}", "{HOST}")),
)


def measure(place, host):
    """Runs one client and writes how long it was held."""
    column, row = place
    began, end = time.monotonic(), "done"
    try:
        ROWS[row][1](host, 1001 + row)
    except OSError as error:
        end = errno.errorcode.get(error.errno, str(error))
    note(place, f"{round(time.monotonic() - began)} s")
    print(f"  {ROWS[row][0]}, {host}: {round(time.monotonic() - began)} s, {end}", flush=True)


def note(place, figure):
    """The time as the table has it."""
    with open(f"/tmp/held-{place[0]}-{place[1]}", "w", encoding="ascii") as file:
        file.write(figure)


def run(net, columns, seconds):
    """Runs all clients at once. Counters are read before the held clients are cut off."""
    places = [(column, row) for column in range(columns) for row in range(len(ROWS))]
    for place in places:
        note(place, f"> {seconds} s")
        threading.Thread(target=measure, args=(place, f"{net}{11 + place[0]}"), daemon=True).start()
    time.sleep(seconds)
    with open("/tmp/counted", "wb") as file:
        tool = "ip6tables-save" if ":" in net else "iptables-save"
        subprocess.run(["ip", "netns", "exec", "tarpit", tool, "-c"], stdout=file, check=True)
    os._exit(0)     # without closing the sockets


def main():
    """Rows or clients."""
    if sys.argv[1] == "rows":
        print("\n".join(name for name, _ in ROWS))
    else:
        run(sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))


main()
