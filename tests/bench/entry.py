# SPDX-License-Identifier: GPL-2.0
"""entry.py - frames that the kernel makes itself, from XDP on, by each way to an answer.

BPF_F_TEST_XDP_LIVE_FRAMES makes the frames as if they had come in by a device of sink/sink.c, which
frees what is sent to it. So no driver is in a figure. An XDP program writes each frame, and then
drops it, sends it back, answers it, or passes it to the stack.
"""
import ctypes
import os
import socket
import struct
import subprocess
import time

import bpf
import place

COUNT, BATCH, LIVE = 3200, 64, 2
SEND_BACK = 3
PEERS = {4: "198.18.7.7", 6: "2001:db8::7"}
PREPARE = f"""
ip link set lo up
ip link add sink0 address {place.MACS[1]} type sink
ip link set sink0 addrgenmode none
ip address add 10.0.0.1/24 dev sink0
ip address add fd00::1/64 dev sink0 nodad
ip link set sink0 up
ip neighbour add 10.0.0.2 lladdr {place.MACS[0]} dev sink0 nud permanent
ip neighbour add fd00::2 lladdr {place.MACS[0]} dev sink0 nud permanent
ip route add 198.18.0.0/15 via 10.0.0.2
ip route add 2001:db8::/32 via fd00::2
sysctl -qw net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.sink0.rp_filter=0
sysctl -qw net.ipv6.conf.sink0.router_solicitations=0
"""
DEVICE = "ip link add tarpit0 {} type tarpit\nip link set tarpit0 up\n"
RULES = "".join(f"{tool}-nft -A INPUT -i sink0 -p tcp --dport 80 -j {{0}}\n"
                for tool in ("iptables", "ip6tables"))
TRACK = """nft 'table inet k { chain c { type filter hook input priority 10
                               iifname lo ct state new; }; }'
"""
INGRESS = """nft 'table netdev t {{ chain c {{ type filter hook ingress device sink0 priority -300
                                   tcp dport 80 {}; }}; }}'
"""
RULE = RULES.format("TARPIT")


def echo():
    """Swaps the MAC addresses."""
    code = b""
    for at in (0, 2, 4):
        code += bpf.insn(0x69, 3, 2, at) + bpf.insn(0x69, 4, 2, at + 6)
        code += bpf.insn(0x6B, 2, 4, at) + bpf.insn(0x6B, 2, 3, at + 6)
    return code + bpf.insn(0xB7, 0, imm=SEND_BACK) + bpf.EXIT, 0


def verdict(value):
    """The same verdict for each frame."""
    return lambda: (bpf.verdict(value), 0)


def answer(by):
    """An answer by the module's function, or by the device of that name."""
    return lambda: bpf.answer(by)


# For each way: what prepares the namespace, the end of the program with a file descriptor for
# bpf.load(), and the kinds with a reply.
BOTH, SYN, NONE = ("syn_options", "ack"), ("syn_options",), ()
WAYS = {
    "c": {"INPUT": (RULE, verdict(bpf.PASS), BOTH),
          "INPUT, tracked": (RULE + TRACK, verdict(bpf.PASS), BOTH)},
    "none": {"XDP_DROP": ("", verdict(bpf.DROP), NONE), "XDP_TX": ("", echo, BOTH),
             "ingress": (INGRESS.format("drop"), verdict(bpf.PASS), NONE),
             "INPUT": (RULES.format("DROP"), verdict(bpf.PASS), NONE)},
    "tarpit": {"function": ("", answer("function"), SYN),
               "redirect": (DEVICE.format("link sink0"), answer("tarpit0"), SYN),
               "fwd": (DEVICE.format("") + INGRESS.format("fwd to tarpit0"), verdict(bpf.PASS),
                       SYN),
               "INPUT": (RULE, verdict(bpf.PASS), SYN),
               "INPUT, tracked": (RULE + TRACK, verdict(bpf.PASS), SYN)},
}


def program(frame, end):
    """A program that writes a frame, whose length is even, and then ends so."""
    code, fd = end()
    words = len(frame) // 4 * 4
    start = bpf.insn(0xBF, 6, 1) + bpf.insn(0x61, 2, 6, 0) + bpf.insn(0x61, 3, 6, 4)
    start += bpf.insn(0xBF, 4, 2) + bpf.insn(0x07, 4, imm=len(frame)) + bpf.insn(0xBD, 4, 3, 2)
    start += bpf.insn(0xB7, 0) + bpf.EXIT
    for at in range(0, words, 4):
        start += bpf.insn(0x62, 2, off=at, imm=struct.unpack_from("<i", frame, at)[0])
    start += bpf.insn(0x6A, 2, off=words, imm=struct.unpack_from("<h", frame, words)[0])
    return bpf.load(start + code, fd)


class Run:
    """A program and a frame that comes in by sink0."""

    def __init__(self, frame, end):
        self.program, self.length = program(frame, end), len(frame)
        self.held = [ctypes.create_string_buffer(content, len(content)) for content in (
            frame, struct.pack("<6I", 0, len(frame), 0, socket.if_nametoindex("sink0"), 0, 0),
            bytes(256))]

    def ask(self, room, repeat, flags, batch):
        """Calls bpf(2); returns its attributes."""
        data, context, out = map(ctypes.addressof, self.held)
        return bpf.bpf(bpf.TEST_RUN, struct.pack(
            "<IIIIQQIIIIQQIII", self.program, 0, self.length, room, data, out if room else 0,
            repeat, 0, 24, 0, context, 0, flags, 0, batch))[1]

    def reply(self):
        """What the frame has become."""
        length = struct.unpack_from("<I", self.ask(256, 1, 0, 0), 12)[0]
        return self.held[2].raw[:length]

    def live(self):
        """Sends all frames; returns nanoseconds a frame."""
        began = time.monotonic_ns()
        self.ask(0, COUNT, LIVE, BATCH)
        return (time.monotonic_ns() - began) / COUNT


def sent():
    """How many packets sink0 has sent."""
    with open("/proc/net/dev", encoding="ascii") as file:
        return next(int(line.split(":")[1].split()[9]) for line in file if "sink0:" in line)


def enter(prepare):
    """Goes to a new network namespace, and prepares it for a way."""
    os.unshare(place.CLONE_NEWNET)
    subprocess.run(["sh", "-e"], input=PREPARE + prepare, text=True, check=True)
