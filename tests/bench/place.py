# SPDX-License-Identifier: GPL-2.0
"""place.py - the network namespaces of the measurements, one for each layout of tables.

                     +------------------------ netns of the place ------------------------+
    frames --> v1 ---| v0 10.0.0.1 fd00::1   hooks, rule under test   dummy0: way of replies |
                     |                                                dark0: hosts not there |
                     +--------------------------------------------------------------------+

A table of iptables-legacy stays hooked in as long as its namespace exists, even after a flush. So
each layout has a namespace of its own, and no measurement includes tables that it does not use.
"""
import os
import subprocess

CLONE_NEWNET = 0x40000000
MACS = ("02:00:00:00:00:02", "02:00:00:00:00:01")
HOSTS = {4: "10.0.0.1", 6: "fd00::1"}
DARK = {4: "10.9.0.7", 6: "fd09::7"}
TOOLS = {4: "iptables", 6: "ip6tables"}
PREPARE = f"""
ip link set lo up
ip link add v0 address {MACS[1]} type veth peer name v1 address {MACS[0]}
ip link add dummy0 type dummy
ip link add dark0 type dummy
ip link set v0 addrgenmode none gso_max_size 65536
ip link set v1 addrgenmode none gso_max_size 65536
ip link set dummy0 addrgenmode none
ip link set dark0 addrgenmode none
ip address add 10.0.0.1/24 dev v0
ip address add fd00::1/64 dev v0 nodad
ip link set v0 up
ip link set v1 up
ip link set dummy0 up
ip link set dark0 up
ip route add 198.18.0.0/15 dev dummy0
ip route add 2001:db8::/32 dev dummy0
ip route add 10.9.0.0/24 dev dark0
ip route add fd09::/64 dev dark0
sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
"""
TRACKING = "-N tracked", "-A tracked -m conntrack --ctstate NEW"


def run(command):
    """A command that must succeed."""
    subprocess.run(command.split(), check=True)


class Place:
    """A namespace for a backend (legacy, nft), with or without connection tracking."""

    def __init__(self, backend, table, tracking):
        self.backend, self.table, self.rule = backend, table, None
        os.unshare(CLONE_NEWNET)
        self.fd = os.open("/proc/self/ns/net", os.O_RDONLY)
        for line in PREPARE.strip().split("\n"):
            run(line)
        for family in HOSTS:
            for rule in TRACKING if tracking else ():
                run(f"{self.tool(family)} -t {table} {rule}")

    def enter(self):
        os.setns(self.fd, CLONE_NEWNET)

    def tool(self, family):
        return f"{TOOLS[family]}-{self.backend}"

    def only(self, family, chain, target):
        """Sets the only rule of the namespace besides the one for connection tracking."""
        rule = f"{chain} -i v0 -p tcp --dport 80 -j {target}"
        if self.rule != (family, rule):
            self.no_rule()
            run(f"{self.tool(family)} -t {self.table} -A {rule}")
        self.rule = family, rule

    def no_rule(self):
        """Deletes that rule, by its number."""
        if self.rule:
            hook = self.rule[1].split()[0]
            run(f"{self.tool(self.rule[0])} -t {self.table} -D {hook} 1")
        self.rule = None


def replies():
    """Packets that left by dummy0 in this namespace."""
    with open("/proc/net/dev", encoding="ascii") as file:
        fields = [line.split() for line in file if line.lstrip().startswith("dummy0:")]
    return int(fields[0][10])
