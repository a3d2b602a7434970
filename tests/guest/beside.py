#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""beside.py - sends the same SYN to TARPIT, to a listener and to REJECT, and compares the replies.

    beside.py TABLE SCENARIOS

Runs in netns peer. A line of SCENARIOS is a name, the number N, the namespace of the rules, that of
the listener, the hosts to ask and the addresses that ask, each for IPv4 and IPv6. pN is the device
that hears, tN the one that answers. TABLE is a document with the explained differences between the
marks "beside: begin" and "beside: end".

Ports: 80 and 84 TARPIT in INPUT or FORWARD and in PREROUTING, 81 a listener, 82 REJECT, 83 and 85
TARPIT --reset. Each SYN is sent twice: alone, and shared with a tap, so that it cannot be
rewritten. Fails with a line for each difference that is not in the table, and for each row of the
table that explains none.
"""
import os
import pathlib
import re
import socket
import struct
import subprocess
import sys

import frames

TARPIT, LISTENER, REJECT, RESET, TARPIT_PRE, RESET_PRE = range(80, 86)
PAIRS = ((TARPIT, LISTENER), (TARPIT_PRE, LISTENER), (RESET, REJECT), (RESET_PRE, REJECT))
NAMES = {TARPIT: "TARPIT", TARPIT_PRE: "TARPIT in PREROUTING", LISTENER: "a listener",
         REJECT: "REJECT", RESET: "--reset", RESET_PRE: "--reset in PREROUTING"}
OPTIONS = bytes([2, 4, 5, 180, 4, 2, 8, 10, 0, 0, 0, 1, 0, 0, 0, 0, 1, 3, 3, 7])
TRACING = pathlib.Path("/sys/kernel/tracing")
SOL_PACKET, PACKET_IGNORE_OUTGOING, ETH_P_ALL = 263, 23, 3
SKB = {"vlan_tagged": "VLAN tagged", "vlan_tci": "VLAN tag", "protocol": "type of the skb",
       "network_offset": "offset of the IP header", "transport_offset": "offset of the TCP header"}
DSCP = 0x48


def listeners(namespaces):
    """Listens on port 81 of each namespace while it runs."""
    home = os.open("/proc/self/ns/net", os.O_RDONLY)
    sockets = []
    for name in namespaces:
        with open(f"/run/netns/{name}", encoding="ascii") as file:
            os.setns(file.fileno(), os.CLONE_NEWNET)
        for family, host in ((socket.AF_INET, "0.0.0.0"), (socket.AF_INET6, "::")):
            sockets.append(socket.create_server((host, LISTENER), family=family))
    os.setns(home, os.CLONE_NEWNET)
    return sockets


class Scenario:
    """One scenario, and its capture sockets."""

    def __init__(self, *words):
        self.name, self.number, self.sees, self.listener, *self.hosts = words
        self.hosts, self.sources = self.hosts[:2], self.hosts[2:]
        self.tap = None
        self.hears = self.packet_socket()
        self.hears.setsockopt(SOL_PACKET, PACKET_IGNORE_OUTGOING, 1)
        self.hears.settimeout(1)

    def packet_socket(self):
        """A socket that receives all packets."""
        opened = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
        opened.bind((f"p{self.number}", ETH_P_ALL))
        return opened

    def ask_all(self, first):
        """{(family, shared, port): fields}; the clients' ports begin with first."""
        answers, clients = {}, {}
        for shared in False, True:
            self.tap = self.packet_socket() if shared else None
            for family, host, source in zip(("IPv4", "IPv6"), self.hosts, self.sources):
                for port in NAMES:
                    key = family, shared, port
                    clients[key] = first + len(clients)
                    answers[key] = self.ask(host, source, clients[key], port)
        self.tap = None
        passed = hooked(self.sees)
        for key, client in clients.items():
            answers[key].update(passed.get(client, {}))
        return answers

    def ask(self, host, source, client, port):
        """{field: value} of the reply to a SYN."""
        ends = frames.octets(source), frames.octets(host)
        segment = frames.summed(ends, frames.tcp((client, port), (1000, 0), frames.FLAGS["S"],
                                                 options=OPTIONS))
        (TRACING / "trace").write_text("", encoding="ascii")
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.socket(family, socket.SOCK_RAW, socket.IPPROTO_RAW) as sends:
            sends.sendto(frames.packet(ends, segment, tos=DSCP), (host, 0))
        return self.answer(client) | sent(f"t{self.number}")

    def answer(self, client):
        """The fields of the first frame to this client's port, or of the first encrypted one."""
        try:
            while True:
                if fields := look(self.hears.recv(65535), client):
                    return fields
        except TimeoutError:
            return {"answer": "none in a second"}


def look(frame, client):
    """The fields of a frame if it is the reply, else None."""
    fields = {"MAC addresses": frame[:12].hex(":"), "Ethertype": frame[12:14].hex()}
    content, depth = frame[14:], 0
    while True:
        outer = "outer " * (not depth) if is_outer(content) else ""
        kind, rest = header(content, outer, fields)
        if kind == socket.IPPROTO_TCP:
            if struct.unpack_from("!H", rest, 2)[0] != client:
                return None
            options = frames.options(rest[20:(rest[12] >> 4) * 4])
            fields["TCP options"] = " ".join(map(str, sorted(options)))
            fields["MSS"] = options.get(2, b"").hex()
            return fields
        if kind == socket.IPPROTO_ESP:
            fields["SPI"] = rest[:4].hex()
            return fields
        if kind not in (socket.IPPROTO_IPIP, socket.IPPROTO_IPV6):
            return None
        content, depth = rest, depth + 1


def is_outer(content):
    """Whether another IP header follows, or ESP."""
    return next_header(content)[0] != socket.IPPROTO_TCP


def next_header(content):
    """The protocol in an IP packet, behind a routing header, and what it carries."""
    if content[0] >> 4 == 4:
        return content[9], content[(content[0] & 15) * 4:]
    if content[0] >> 4 != 6:
        return None, b""
    kind, rest = content[6], content[40:]
    if kind == socket.IPPROTO_ROUTING:
        kind, rest = rest[0], rest[(rest[1] + 1) * 8:]
    return kind, rest


def header(content, outer, fields):
    """Stores the fields of an IP header; returns the result of next_header."""
    if content[0] >> 4 == 4:
        words = struct.unpack_from("!BBHHHBB4s4s", content[:10] + content[12:])
        values = {"TOS": words[1], "length": words[2], "ID": words[3], "fragment": words[4],
                  "TTL": words[5], "protocol": words[6], "from": words[7].hex()}
    elif content[0] >> 4 == 6:
        word, length, kind, limit = struct.unpack_from("!IHBB", content)
        values = {"TOS": word >> 20 & 255, "flow label": word & 0xFFFFF, "length": length,
                  "protocol": kind, "TTL": limit, "from": content[8:24].hex()}
    else:
        return None, b""
    fields.update((outer + name, value) for name, value in values.items())
    return next_header(content)


def sent(device):
    """The kernel's trace of the first packet that left by the device, except ARP."""
    for line in (TRACING / "trace").read_text(encoding="ascii").splitlines():
        words = dict(re.findall(r"(\w+)=(\S+)", line))
        if words.get("dev") == device and words["protocol"] != "0x0806":
            return {name: words[word] for word, name in SKB.items()}
    return {}


def hooked(namespace):
    """{client's port: {field: value}} of the packets in POSTROUTING of the namespace."""
    said = subprocess.run(["nsenter", f"--net=/run/netns/{namespace}", "nft", "list", "set", "inet",
                           "seen", "replies"], check=True, capture_output=True, text=True).stdout
    names = "mark", "conntrack state", "device", "priority"
    found = {}
    for element in re.findall(r"[{,]\s*(\d+ \. [^,}]*)", said):
        client, *values = (word.strip() for word in element.split(" . "))
        found[int(client)] = dict(zip(names, values))
    return found


def differences(answers):
    """For each pair of different replies: the family, the two ports, the field, both values."""
    for (family, shared, port), mine in answers.items():
        for one, other in PAIRS:
            theirs = answers[family, shared, other]
            for field in sorted(mine.keys() | theirs.keys() if one == port else ()):
                values = str(mine.get(field, "none")), str(theirs.get(field, "none"))
                if values[0] != values[1]:
                    yield family, one, other, field, *values


class Table:
    """The differences that a document explains, and the rows that were used."""

    def __init__(self, path):
        text = path.read_text(encoding="utf-8")
        rows = re.search(r"beside: begin -->(.*?)<!-- beside: end", text, re.S)[1]
        self.rows = [[cell.strip() for cell in row.strip("|").split("|")]
                     for row in rows.strip().splitlines()[2:]]
        self.met = set()

    def explains(self, scenario, found):
        """Whether a row explains a difference."""
        family, one, other, field, mine, theirs = found
        hook = "PREROUTING" if one in (TARPIT_PRE, RESET_PRE) else "INPUT/FORWARD"
        for row in self.rows:
            fields, where, place, value, beside = row[:5]
            if (field in fields.split(", ") + [fields.replace("any", field)]
                    and (where == "any" or set(where.split()) <= {scenario, family})
                    and place in ("any", hook) and fits(value, mine)
                    and fits(beside, f"{NAMES[other]}: {theirs}")):
                self.met.add(tuple(row))
                return True
        return False

    def unmet(self):
        """The rows that explain no difference."""
        return [row for row in self.rows if tuple(row) not in self.met]


def fits(cell, value):
    """Whether a cell is the value, or a prefix of it followed by "…"."""
    return cell == value or cell.endswith("…") and value.startswith(cell[:-1])


def compare(scenario, answers, table):
    """A line for each fault of the replies."""
    for (family, _, port), fields in answers.items():
        if "answer" in fields and port != REJECT:
            yield f"{scenario.name}, {family}: {NAMES[port]} does not answer"
    for found in differences(answers):
        if not table.explains(scenario.name, found):
            family, one, other, field, mine, theirs = found
            yield (f"{scenario.name}, {family}, {field}: {NAMES[one]} has {mine}, "
                   f"{NAMES[other]} {theirs}")


def main():
    """Exits with 1 if a difference is not explained."""
    table = Table(pathlib.Path(sys.argv[1]))
    scenarios = [Scenario(*line.split()) for line in pathlib.Path(sys.argv[2]).read_text(
        encoding="ascii").splitlines()]
    kept = listeners(sorted({scenario.listener for scenario in scenarios}))
    (TRACING / "events/net/net_dev_start_xmit/enable").write_text("1", encoding="ascii")
    faults = []
    for place, scenario in enumerate(scenarios):
        answers = scenario.ask_all(20000 + 100 * place)
        faults += compare(scenario, answers, table)
        print(f"  {scenario.name}: {len(answers)} answers")
    faults += [f"the table explains what is not so: {' | '.join(row)}" for row in table.unmet()]
    del kept
    sys.exit("\n".join(dict.fromkeys(faults)) if faults else 0)


main()
