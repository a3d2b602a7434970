#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""live.py - connections that are up when a rule comes.

    live.py serve PORT                        a server, in the foreground
    live.py hold ADDRESS PORT SECONDS KIND... clients

The clients connect and exchange a line with the server. When all are up, `hold` prints `up` and
waits for a line on its standard input: the rule is there now. Then each client does what its KIND
says, and waits until its connection ends or SECONDS are over:

    write       writes 100 bytes
    echo        as write; in the end it writes again when `hold` gets another line, and the server's
                answer must come
    keepalive   writes nothing; SO_KEEPALIVE 60/10/3
    patient     the same with 600/75/9
    upload      has 4 MB in its queue, of which the server reads 16 kB a second
    stopped     the same, but the server has stopped reading, so its window is 0
    late        waits; the server sends 100 bytes 30 seconds after the line
    close       closes; its orphan counts
    greeted     reads three times, ten seconds apart, what the server sends; then as write

Prints `KIND SECONDS VERDICT` for each: `held`, or how the connection ended.
"""
import errno
import select
import socket
import sys
import threading
import time

SLOW, QUEUE = 16_384, 4 << 20
KEEPALIVE = {"keepalive": (60, 10, 3), "patient": (600, 75, 9)}


def echo(client):
    """Sends back what comes."""
    while data := client.recv(4096):
        client.sendall(data)


def read_slowly(client):
    """Reads a little each second."""
    while client.recv(SLOW):
        time.sleep(1)


def send_late(client):
    """Sends after thirty seconds, and reads nothing."""
    time.sleep(30)
    client.sendall(bytes(100))
    time.sleep(1e6)


def greet(client):
    """Speaks first."""
    for _ in range(3):
        time.sleep(10)
        client.sendall(bytes(10))
    time.sleep(1e6)


def serve_one(client):
    """Does for one client what the kind in its first line wants."""
    kind = client.recv(100).decode().strip()
    client.sendall(b"up\n")
    try:
        {"upload": read_slowly, "late": send_late, "greeted": greet,
         "stopped": lambda _: time.sleep(1e6)}.get(kind, echo)(client)
    except OSError:
        pass
    client.close()


def serve(port):
    """Serves until it is killed."""
    server = socket.create_server(("::", port), family=socket.AF_INET6, dualstack_ipv6=True,
                                  backlog=64)
    print("ready", flush=True)
    while True:
        client, _ = server.accept()
        threading.Thread(target=serve_one, args=(client,), daemon=True).start()


def connect(kind, address, port):
    """A connection that the server has answered."""
    client = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET)
    if kind in KEEPALIVE:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for option, value in zip((socket.TCP_KEEPIDLE, socket.TCP_KEEPINTVL, socket.TCP_KEEPCNT),
                                 KEEPALIVE[kind]):
            client.setsockopt(socket.IPPROTO_TCP, option, value)
    if kind in ("upload", "stopped"):
        client.setsockopt(socket.SOL_SOCKET, 32, QUEUE)     # SO_SNDBUFFORCE
    client.connect((address, port))
    client.sendall(f"{kind}\n".encode())
    assert client.recv(3) == b"up\n"
    if kind in ("upload", "stopped"):
        client.setblocking(False)
        client.send(bytes(QUEUE))
        client.setblocking(True)
    return client


def end(client, seconds):
    """How the connection ends within the time."""
    if not select.select([client], [], [], seconds)[0]:
        return "held"
    try:
        data = client.recv(4096)
    except OSError as error:
        return errno.errorcode[error.errno]
    return f"{len(data)} bytes" if data else "closed"


def watch_orphan(client, seconds):
    """Waits until the kernel has freed a closed socket."""
    table = "tcp6" if client.family == socket.AF_INET6 else "tcp"
    port = f":{client.getsockname()[1]:04X} "
    client.close()
    for _ in range(seconds):
        with open(f"/proc/thread-self/net/{table}", encoding="ascii") as lines:
            if not any(port in line for line in lines):
                return "gone"
        time.sleep(1)
    return "held"


def hold(kind, client, seconds, verdicts):
    """Acts when the rule is there, and reports."""
    began = time.monotonic()
    if kind == "greeted":
        client.recv(4096)
    if kind in ("write", "echo", "greeted"):
        client.sendall(b"x" * 100)
    verdict = watch_orphan(client, seconds) if kind == "close" else end(client, seconds)
    lasted = time.monotonic() - began
    if kind == "late" and verdict == "100 bytes":
        verdict = f"{verdict}, {end(client, seconds)}"
    verdicts.append(f"{kind} {lasted:.0f} {verdict}")


def main():
    """Serves, or runs the clients."""
    if sys.argv[1] == "serve":
        serve(int(sys.argv[2]))
    address, port, seconds, kinds = (sys.argv[2], int(sys.argv[3]), int(sys.argv[4]),
                                     sys.argv[5:])
    clients = {kind: connect(kind, address, port) for kind in kinds}
    time.sleep(5)
    print("up", flush=True)
    sys.stdin.readline()
    verdicts = []
    threads = [threading.Thread(target=hold, args=(kind, client, seconds, verdicts))
               for kind, client in clients.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print("\n".join(sorted(verdicts)), flush=True)
    if "echo" in clients:
        sys.stdin.readline()
        clients["echo"].sendall(b"y" * 50)
        echoed = b""
        while len(echoed) < 150:
            echoed += clients["echo"].recv(4096)
        print("echo resumed", flush=True)


main()
