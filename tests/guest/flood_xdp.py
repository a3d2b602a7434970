#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""flood_xdp.py - floods the stack with segments that XDP programs generate in the kernel.

    flood_xdp.py [--out | --by function|DEVICE] DEVICE COUNT KIND...

KIND is syn4, syn6, bare4, stray4, stray6, data6 or rst4: a small XDP program for BPF_PROG_TEST_RUN
with live frames. For each frame it writes the segment with random low halves of the source address,
the source port and the sequence number, and with right checksums, and passes it to the stack as if
it had come in by DEVICE; with --out it sends it by DEVICE; with --by it gives it to the module's
function or redirects it to a device. All processors send. At the end it prints the number of each
kind.
"""
import argparse
import ctypes
import os
import socket
import struct
import sys

import bpf
import frames
from bpf import EXIT, insn, load

TX, LIVE = 3, 2
BURST = 50_000
MAC = "02:00:00:00:00:01"
OPTIONS = bytes.fromhex("020405b40402080a000186a00000000001030307")     # as Linux sends them
KINDS = {"syn4": ("S", OPTIONS, b""), "syn6": ("S", OPTIONS, b""), "bare4": ("S", b"", b""),
         "stray4": ("A", b"", b""), "stray6": ("A", b"", b""), "data6": ("PA", b"", bytes(100)),
         "rst4": ("RA", b"", b"")}
ENDS = {"4": ("10.7.0.0", "10.0.0.1"), "6": ("fd07::", "fd00::1")}


def template(kind):
    """A frame whose random fields are 0, and the offset of its TCP header."""
    letters, options, payload = KINDS[kind]
    ends = tuple(frames.octets(end) for end in ENDS[kind[-1]])
    flags = sum(frames.FLAGS[letter] for letter in letters)
    segment = frames.tcp((0, 80), (1 << 16, 4711), flags, options=options) + payload
    packet = frames.packet(ends, frames.summed(ends, segment))
    return frames.ethernet("02:00:00:00:00:02", MAC, packet), 34 if kind[-1] == "4" else 54


def add_to_sum(at, addends):
    """Adds 16-bit registers to the checksum at an offset; uses r4 and r5."""
    code = insn(0x69, 4, 2, at) + insn(0xA7, 4, imm=-1) + insn(0x57, 4, imm=0xFFFF)
    for register in addends:
        code += insn(0x0F, 4, register)
    for _ in range(2):      # fold the carries in
        code += insn(0xBF, 5, 4) + insn(0x77, 5, imm=16) + insn(0x57, 4, imm=0xFFFF)
        code += insn(0x0F, 4, 5)
    return code + insn(0xA7, 4, imm=-1) + insn(0x6B, 2, 4, at)


def program(kind, ending=bpf.verdict(bpf.PASS)):
    """A frame, and the program that writes it and ends so.

    The context is in r6; r7, r8 and r9 are the random halves of the port, the number and the
    address.
    """
    frame, tcp = template(kind)
    frame += bytes(-len(frame) % 2)
    code = insn(0xBF, 6, 1) + insn(0x85, imm=7) + insn(0xBF, 7) + insn(0x57, 7, imm=0xFFFF)
    code += insn(0xBF, 8) + insn(0x77, 8, imm=16) + insn(0x57, 8, imm=0xFFFF)
    code += insn(0x85, imm=7) + insn(0xBF, 9) + insn(0x57, 9, imm=0xFFFF)
    code += insn(0x61, 2, 6, 0) + insn(0x61, 3, 6, 4) + insn(0xBF, 4, 2)
    code += insn(0x07, 4, imm=len(frame)) + insn(0xBD, 4, 3, 2)
    code += insn(0xB7, 0) + EXIT
    for at in range(0, len(frame) - 3, 4):
        code += insn(0x62, 2, off=at, imm=struct.unpack_from("<i", frame, at)[0])
    if len(frame) % 4:
        code += insn(0x6A, 2, off=len(frame) - 2, imm=struct.unpack("<h", frame[-2:])[0])
    code += insn(0x6B, 2, 9, 28 if tcp == 34 else 36)
    code += insn(0x6B, 2, 7, tcp) + insn(0x6B, 2, 8, tcp + 6)
    code += add_to_sum(tcp + 16, (7, 8, 9))
    if tcp == 34:
        code += add_to_sum(24, (9,))
    return frame, code + ending


def send_frames(program_fd, frame, device, count):
    """Sends COUNT live frames on this processor."""
    held = (ctypes.create_string_buffer(frame, len(frame)),
            ctypes.create_string_buffer(struct.pack("<6I", 0, len(frame), 0, device, 0, 0)))
    data, context = map(ctypes.addressof, held)
    bpf.bpf(bpf.TEST_RUN, struct.pack("<IIIIQQIIIIQQIII", program_fd, 0, len(frame), 0, data, 0,
                                      count, 0, 24, 0, context, 0, LIVE, 0, 0))


def arguments():
    """What the command line says."""
    parser = argparse.ArgumentParser()
    way = parser.add_mutually_exclusive_group()
    way.add_argument("--out", action="store_true")
    way.add_argument("--by")
    parser.add_argument("device", type=socket.if_nametoindex)
    parser.add_argument("count", type=int)
    parser.add_argument("kinds", nargs="+", choices=KINDS)
    return parser.parse_args()


def main():
    """Sends bursts of the kinds in turn, from a process on each processor."""
    asked = arguments()
    ending, fd = (bpf.answer(asked.by) if asked.by
                  else (bpf.verdict(TX if asked.out else bpf.PASS), 0))
    kinds = [program(kind, ending) for kind in asked.kinds]
    processors = sorted(os.sched_getaffinity(0))
    share = asked.count // len(processors) // len(kinds)
    children = []
    for processor in processors:
        children.append(os.fork())
        if children[-1] == 0:
            os.sched_setaffinity(0, [processor])
            ready = [(load(code, fd), frame) for frame, code in kinds]
            for begun in range(0, share, BURST):
                for program_fd, frame in ready:
                    send_frames(program_fd, frame, asked.device, min(BURST, share - begun))
            os._exit(0)
    for child in children:
        if os.waitpid(child, 0)[1]:
            sys.exit("flood_xdp: the process of a processor failed")
    for kind in asked.kinds:
        print(kind, share * len(processors))


if __name__ == "__main__":
    main()
