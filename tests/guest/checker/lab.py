# SPDX-License-Identifier: GPL-2.0
"""The topology of the wire files, and all access to the kernel.

        netns peer                     netns tarpit (the rules live here)
    +----------------+  veth   +-----------------------------------------+
    | p0  raw frames |---------| t0  10.0.0.1/24 fd00::1/64 fe80::1/64   |
    | (no addresses) |         | dark0 (dummy)  10.9.0.0/24 fd09::/64    |
    +----------------+         +-----------------------------------------+

The peer's end has no address, so its kernel answers nothing. Neighbours are static, so no ARP or ND
is needed. There is no default route. Nothing may leave by lo or dark0.
"""
import os
import pathlib
import re
import socket
import subprocess
import time

ETH_P_ALL, PACKET_OUTGOING = 3, 4
NEXT_HOP_BY_HOP, NEXT_ICMPV6 = 0, 58
PATIENCE = 5.0          # seconds until a reply counts as missing
ADDRESSES = {
    "ipv4": {"peer": "10.0.0.2", "own": "10.0.0.1", "dark": "10.9.0.1", "other": "10.0.0.3",
             "loopback": "127.0.0.1", "noroute": "203.0.113.9", "broadcast": "10.0.0.255",
             "allones": "255.255.255.255", "multicast": "224.0.0.1", "unspecified": "0.0.0.0",
             "elsewhere": "10.9.0.7", "smallmtu": "10.0.0.40",
             "exactmtu": "10.0.0.41"},
    "ipv6": {"peer": "fd00::2", "own": "fd00::1", "dark": "fd09::1", "other": "fd00::3",
             "loopback": "::1", "noroute": "2001:db8::9", "multicast": "ff02::1",
             "unspecified": "::", "anycast": "fd00::", "elsewhere": "fd09::7",
             "linklocal": "fe80::2", "ownlinklocal": "fe80::1"},
}
MAC_PEER, MAC_TARPIT = "02:00:00:00:00:02", "02:00:00:00:00:01"
LINKS = f"""
link add t0 netns tarpit address {MAC_TARPIT} type veth peer name p0 netns peer address {MAC_PEER}
"""
TARPIT = f"""
link add dark0 address 02:00:00:00:00:09 type dummy
link set t0 addrgenmode none
link set dark0 addrgenmode none
link set lo up
link set dark0 up
link set t0 up
address add 10.0.0.1/24 brd + dev t0
address add fd00::1/64 dev t0 nodad
address add fe80::1/64 dev t0 nodad
route add 10.9.0.0/24 dev dark0
route add fd09::/64 dev dark0
route add 10.0.0.40/32 dev t0 mtu lock 50
route add 10.0.0.41/32 dev t0 mtu lock 60
""" + "".join(f"neighbour add {ADDRESSES[family][who]} lladdr {MAC_PEER} dev t0 nud permanent\n"
              for family, who in (("ipv4", "peer"), ("ipv4", "other"), ("ipv4", "smallmtu"),
                                  ("ipv4", "exactmtu"),
                                  ("ipv6", "peer"), ("ipv6", "other"), ("ipv6", "linklocal")))


class Place:
    """The topology of a frame: MACs, addresses by name, ports by flow."""
    mac_peer, mac_tarpit, dport = MAC_PEER, MAC_TARPIT, 8000
    ports = iter(range(10000, 65536))

    def __init__(self, family, hook):
        self.names = dict(ADDRESSES[family])
        self.names["target"] = self.names["dark" if hook == "FORWARD" else "own"]
        self.flows = {}

    def address(self, name):
        """The address of a name; an address stands for itself."""
        return self.names.get(name, name)

    def port(self, flow):
        """The source port of a flow; no two flows of a run share one."""
        return self.flows.setdefault(flow, next(self.ports))


class Lab:
    """The namespaces, with a raw socket at the peer and capture sockets on lo and dark0."""
    unseen = False      # Each segment without a reply must count.

    def __init__(self):
        run("ip", "netns", "add", "peer")
        run("ip", "netns", "add", "tarpit")
        run("ip", "-batch", "-", text=LINKS)
        enter("peer")
        sysctl("net.ipv6.conf.all.disable_ipv6", "1")
        run("ip", "link", "set", "p0", "up")
        no_checksum_offload("p0")
        self.peer = listen("p0")
        enter("tarpit")
        sysctl("net.ipv4.ip_forward", "1")
        sysctl("net.ipv6.conf.all.forwarding", "1")
        run("ip", "-batch", "-", text=TARPIT)
        no_checksum_offload("t0")
        self.witnesses = {name: listen(name) for name in ("lo", "dark0")}
        run("modprobe", "xt_TARPIT")
        self.tables = {"filter"}
        self.counters = Counters()

    def send(self, frame):
        """Sends one frame from the peer."""
        self.peer.send(frame)

    def receive(self):
        """The next IP frame that the tarpit sent, or None after PATIENCE."""
        until = time.monotonic() + PATIENCE
        while (left := until - time.monotonic()) > 0:
            self.peer.settimeout(left)
            try:
                frame, address = self.peer.recvfrom(65536)
            except TimeoutError:
                break
            if address[2] != PACKET_OUTGOING and is_ip(frame):
                return frame
        return None

    def settle(self):
        """Discards frames that are still on their way, after a failure."""
        time.sleep(0.2)
        drain(self.peer)
        self.strays()

    def strays(self):
        """Names of the devices by which a frame left that should not have."""
        return [name for name, witness in self.witnesses.items() if drain(witness)]

    def rules(self, family, setting):
        """Replaces all rules with the rule of a setting."""
        table, hook, match, rule, sysctls = setting
        tool = "iptables-restore" if family == "ipv4" else "ip6tables-restore"
        chains = {"raw": ["PREROUTING"], "mangle": ["PREROUTING", "INPUT", "FORWARD"],
                  "filter": ["INPUT", "FORWARD"], "security": ["INPUT", "FORWARD"]}
        text = ""
        self.tables.add(table)
        for name in sorted(self.tables):
            heads = "".join(f":{chain} ACCEPT [0:0]\n" for chain in chains[name])
            line = f"-A {hook} -i t0 {match} -j TARPIT {rule}\n" if name == table else ""
            text += f"*{name}\n{heads}{line}COMMIT\n"
        run(tool, text=text)
        return [(key, sysctl(key, value)) for key, value in sysctls]


class Counters:
    """/proc/net/xt_TARPIT of the tarpit's namespace."""
    LINE = re.compile(r'^xt_tarpit_(ignored|replies|syns)_total\{family="(\w+)",'
                      r'(?:reason|mode|kind)="(\w+)"\} (\d+)$', re.M)

    def __init__(self):
        self.file = os.open("/proc/thread-self/net/xt_TARPIT", os.O_RDONLY)

    def read(self, family):
        """{reason: count}, with the replies of all modes under `replies`, and syn-KIND: count."""
        text, counts = "", {"replies": 0}
        while part := os.pread(self.file, 65536, len(text)):
            text += part.decode()
        for kind, which, label, count in self.LINE.findall(text):
            if which == family:
                label = {"ignored": label, "replies": "replies", "syns": f"syn-{label}"}[kind]
                counts[label] = counts.get(label, 0) + int(count)
        return counts


def run(*command, text=None):
    """Runs a command; raises an error with its output if it fails."""
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} failed: {done.stderr.strip()}\n{text or ''}")


def enter(namespace):
    """Moves this process into a network namespace."""
    with open(f"/run/netns/{namespace}", "rb") as handle:
        os.setns(handle, os.CLONE_NEWNET)


def sysctl(key, value):
    """Sets a sysctl of the current namespace, and returns its old value."""
    path = pathlib.Path("/proc/sys") / key.replace(".", "/")
    old = path.read_text(encoding="ascii").strip()
    path.write_text(value, encoding="ascii")
    return old


def no_checksum_offload(device):
    """Turns checksum offload off, so that captured frames have complete checksums."""
    run("ethtool", "-K", device, "tx", "off")


def listen(device):
    """A raw socket on a device, for all protocols."""
    raw = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
    raw.bind((device, ETH_P_ALL))
    return raw


def is_ip(frame):
    """Whether a frame counts: any IP except IPv6's neighbour discovery and MLD."""
    kind = frame[12:14]
    if kind != b"\x86\xdd":
        return kind == b"\x08\x00"
    if frame[20] == NEXT_HOP_BY_HOP:
        return False
    return frame[20] != NEXT_ICMPV6 or frame[54] not in range(130, 138)


def drain(raw):
    """Reads all waiting frames of a socket; returns the number of IP frames."""
    count = 0
    raw.setblocking(False)
    try:
        while True:
            count += is_ip(raw.recv(65536))
    except BlockingIOError:
        return count
