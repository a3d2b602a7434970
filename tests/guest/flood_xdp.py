#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""flood_xdp.py - floods the stack with segments that XDP programs generate in the kernel.

    flood_xdp.py [--out] DEVICE COUNT KIND...

KIND is syn4, syn6, bare4, stray4, stray6, data6 or rst4: a small XDP program for BPF_PROG_TEST_RUN
with live frames. For each frame it writes the segment with random low halves of the source address,
the source port and the sequence number, and with right checksums, and passes it to the stack as if
it had come in by DEVICE; with --out it sends it by DEVICE. All processors send. At the end it
prints the number of each kind.
"""
import ctypes
import os
import socket
import struct
import sys

import frames

LOAD, TEST_RUN, XDP, PASS, TX, LIVE = 5, 10, 6, 2, 3, 2
SYS_BPF = 321
BURST = 50_000
MAC = "02:00:00:00:00:01"
OPTIONS = bytes.fromhex("020405b40402080a000186a00000000001030307")     # as Linux sends them
KINDS = {"syn4": ("S", OPTIONS, b""), "syn6": ("S", OPTIONS, b""), "bare4": ("S", b"", b""),
         "stray4": ("A", b"", b""), "stray6": ("A", b"", b""), "data6": ("PA", b"", bytes(100)),
         "rst4": ("RA", b"", b"")}
ENDS = {"4": ("10.7.0.0", "10.0.0.1"), "6": ("fd07::", "fd00::1")}
libc = ctypes.CDLL(None, use_errno=True)


def template(kind):
    """A frame whose random fields are 0, and the offset of its TCP header."""
    letters, options, payload = KINDS[kind]
    ends = tuple(frames.octets(end) for end in ENDS[kind[-1]])
    flags = sum(frames.FLAGS[letter] for letter in letters)
    segment = frames.tcp((0, 80), (1 << 16, 4711), flags, options=options) + payload
    packet = frames.packet(ends, frames.summed(ends, segment))
    return frames.ethernet("02:00:00:00:00:02", MAC, packet), 34 if kind[-1] == "4" else 54


def insn(code, dst=0, src=0, off=0, imm=0):
    """One instruction of BPF."""
    return struct.pack("<BBhi", code, src << 4 | dst, off, imm)


def add_to_sum(at, addends):
    """Adds 16-bit registers to the checksum at an offset; uses r4 and r5."""
    code = insn(0x69, 4, 2, at) + insn(0xA7, 4, imm=-1) + insn(0x57, 4, imm=0xFFFF)
    for register in addends:
        code += insn(0x0F, 4, register)
    for _ in range(2):      # fold the carries in
        code += insn(0xBF, 5, 4) + insn(0x77, 5, imm=16) + insn(0x57, 4, imm=0xFFFF)
        code += insn(0x0F, 4, 5)
    return code + insn(0xA7, 4, imm=-1) + insn(0x6B, 2, 4, at)


def program(kind, verdict=PASS):
    """Sets r7, r8, r9 to the random halves of the port, the number and the address."""
    frame, tcp = template(kind)
    frame += bytes(-len(frame) % 2)
    code = insn(0xBF, 6, 1) + insn(0x85, imm=7) + insn(0xBF, 7) + insn(0x57, 7, imm=0xFFFF)
    code += insn(0xBF, 8) + insn(0x77, 8, imm=16) + insn(0x57, 8, imm=0xFFFF)
    code += insn(0x85, imm=7) + insn(0xBF, 9) + insn(0x57, 9, imm=0xFFFF)
    code += insn(0x61, 2, 6, 0) + insn(0x61, 3, 6, 4) + insn(0xBF, 4, 2)
    code += insn(0x07, 4, imm=len(frame)) + insn(0xBD, 4, 3, 2)
    code += insn(0xB7, 0) + insn(0x95)
    for at in range(0, len(frame) - 3, 4):
        code += insn(0x62, 2, off=at, imm=struct.unpack_from("<i", frame, at)[0])
    if len(frame) % 4:
        code += insn(0x6A, 2, off=len(frame) - 2, imm=struct.unpack("<h", frame[-2:])[0])
    code += insn(0x6B, 2, 9, 28 if tcp == 34 else 36)
    code += insn(0x6B, 2, 7, tcp) + insn(0x6B, 2, 8, tcp + 6)
    code += add_to_sum(tcp + 16, (7, 8, 9))
    if tcp == 34:
        code += add_to_sum(24, (9,))
    return frame, code + insn(0xB7, 0, imm=verdict) + insn(0x95)


def bpf(command, attributes):
    """Calls bpf(2)."""
    attributes = ctypes.create_string_buffer(attributes, 128)
    result = libc.syscall(SYS_BPF, command, attributes, 128)
    if result < 0:
        raise OSError(ctypes.get_errno(), f"bpf({command})")
    return result


def load(code):
    """The program's file descriptor."""
    held = ctypes.create_string_buffer(code), ctypes.create_string_buffer(b"GPL")
    return bpf(LOAD, struct.pack("<IIQQ", XDP, len(code) // 8, *map(ctypes.addressof, held)))


def send_frames(program_fd, frame, device, count):
    """Sends COUNT live frames on this processor."""
    held = (ctypes.create_string_buffer(frame, len(frame)),
            ctypes.create_string_buffer(struct.pack("<6I", 0, len(frame), 0, device, 0, 0)))
    data, context = map(ctypes.addressof, held)
    bpf(TEST_RUN, struct.pack("<IIIIQQIIIIQQIII", program_fd, 0, len(frame), 0, data, 0, count, 0,
                              24, 0, context, 0, LIVE, 0, 0))


def main():
    """Sends bursts of the kinds in turn, from a process on each processor."""
    words = [word for word in sys.argv[1:] if word != "--out"]
    verdict = PASS if words == sys.argv[1:] else TX
    device, count = socket.if_nametoindex(words[0]), int(words[1])
    kinds = [(kind, *program(kind, verdict)) for kind in words[2:]]
    processors = sorted(os.sched_getaffinity(0))
    share = count // len(processors) // len(kinds)
    children = []
    for processor in processors:
        children.append(os.fork())
        if children[-1] == 0:
            os.sched_setaffinity(0, [processor])
            ready = [(load(code), frame) for _, frame, code in kinds]
            for begun in range(0, share, BURST):
                for fd, frame in ready:
                    send_frames(fd, frame, device, min(BURST, share - begun))
            os._exit(0)
    for child in children:
        if os.waitpid(child, 0)[1]:
            sys.exit("flood_xdp: the process of a processor failed")
    for kind, _, _ in kinds:
        print(kind, share * len(processors))


if __name__ == "__main__":
    main()
