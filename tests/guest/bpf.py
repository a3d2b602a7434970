#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Loads and attaches programs of BPF, written as lists of instructions, without a compiler.

    bpf.py DEVICE native|generic WAY...     attaches an XDP program to DEVICE until it is ended
    bpf.py pin FILE BYTES DEVICE            pins a program for tc that puts BYTES zeros before each
                                            frame and redirects it to DEVICE

WAY is pass, drop, kfunc FLAGS, or redirect DEVICE: what becomes of each frame.
"""
import ctypes
import os
import signal
import socket
import struct
import sys

PROG_LOAD, OBJ_PIN, TEST_RUN, GET_INFO, BTF_FD_BY_ID, BTF_NEXT_ID, LINK_CREATE, LINK_UPDATE = \
    5, 6, 10, 15, 19, 23, 28, 29
SYS_BPF = 321
SCHED_CLS, XDP, ATTACH_XDP = 3, 6, 37
FLAGS = {"generic": 2, "native": 4}
DROP, PASS, REDIRECT_HELPER, CHANGE_HEAD_HELPER = 1, 2, 23, 43
FUNC, FUNC_PROTO = 12, 13
BEHIND = {1: 4, 3: 12, 4: 12, 5: 12, 6: 8, 13: 8, 14: 4, 15: 12, 17: 4, 19: 12}
MANY = {4, 5, 6, 13, 15, 19}    # kinds with so many bytes behind for each member
MODULE = "xt_TARPIT"
libc = ctypes.CDLL(None, use_errno=True)


def insn(code, dst=0, src=0, off=0, imm=0):
    """One instruction of BPF."""
    return struct.pack("<BBhi", code, src << 4 | dst, off, imm)


EXIT = insn(0x95)


def bpf(command, attributes, size=128):
    """Calls bpf(2); the buffer keeps what the kernel writes."""
    attributes = ctypes.create_string_buffer(attributes, size)
    result = libc.syscall(SYS_BPF, command, attributes, size)
    if result < 0:
        raise OSError(ctypes.get_errno(), f"bpf({command}): {os.strerror(ctypes.get_errno())}")
    return result, attributes.raw


def load(code, btf=0, kind=XDP):
    """The file descriptor of a program; a function of a module is in the BTF of this fd."""
    log = ctypes.create_string_buffer(65536)
    held = (ctypes.create_string_buffer(code, len(code)), ctypes.create_string_buffer(b"GPL"), log,
            (ctypes.c_int * 2)(0, btf))
    insns, licence, log_at, fds = map(ctypes.addressof, held)
    try:
        return bpf(PROG_LOAD, struct.pack("<IIQQIIQ28xI48xQ", kind, len(code) // 8, insns, licence,
                                          1, len(log), log_at, kind == XDP and ATTACH_XDP,
                                          fds))[0]
    except OSError as error:
        raise OSError(error.errno, f"{error.strerror}: {log.value.decode()[-600:]}") from error


def verdict(value):
    """The instructions that give each frame the same verdict."""
    return insn(0xB7, 0, imm=value) + EXIT


def constant(value):
    """A program that gives each frame the same verdict."""
    return load(verdict(value))


def redirection(device):
    """The instructions that redirect a frame to a device."""
    return (insn(0xB7, 1, imm=socket.if_nametoindex(device)) + insn(0xB7, 2)
            + insn(0x85, imm=REDIRECT_HELPER) + EXIT)


def redirect(device):
    """A program that redirects each frame to a device."""
    return load(redirection(device))


def pin(file, count, device):
    """Pins a program for tc that puts zeros before each frame and redirects it to a device."""
    code = insn(0xB7, 2, imm=count) + insn(0xB7, 3) + insn(0x85, imm=CHANGE_HEAD_HELPER)
    program = load(code + redirection(device), kind=SCHED_CLS)
    path = ctypes.create_string_buffer(file.encode())
    bpf(OBJ_PIN, struct.pack("<QI", ctypes.addressof(path), program))


def call(flags, name="bpf_xdp_tarpit"):
    """The instructions that give the frame in r1 to the module's function, and a file descriptor of
    the module's BTF."""
    fd, number = function(name)
    code = insn(0xB4, 2, imm=flags - (flags >> 31 << 32))
    return code + insn(0x85, src=2, off=1, imm=number) + EXIT, fd


def answer(by):
    """The instructions that answer the frame in r6, by "function" or by the device of that name,
    and a file descriptor for load()."""
    if by != "function":
        return redirection(by), 0
    code, fd = call(0)
    return insn(0xBF, 1, 6) + code, fd


def kfunc(flags, name="bpf_xdp_tarpit"):
    """A program that gives each frame to the module's function."""
    return load(*call(flags, name))


def function(name):
    """The BTF of the module, as a file descriptor, and the number of a function in it."""
    with open(f"/sys/kernel/btf/{MODULE}", "rb") as file:
        return module_fd(), number_of(file.read(), name.encode())


def module_fd():
    """The file descriptor of the module's BTF."""
    at = 0
    while True:
        at = struct.unpack_from("<4xI", bpf(BTF_NEXT_ID, struct.pack("<II", at, 0))[1])[0]
        fd = bpf(BTF_FD_BY_ID, struct.pack("<I", at))[0]
        name = ctypes.create_string_buffer(64)
        info = ctypes.create_string_buffer(
            struct.pack("<QIIQII", 0, 0, 0, ctypes.addressof(name), 64, 0))
        bpf(GET_INFO, struct.pack("<IIQ", fd, 32, ctypes.addressof(info)))
        if name.value.decode() == MODULE:
            return fd
        os.close(fd)


def types(btf):
    """The kind, the name and the type of each type in raw BTF."""
    _, length, start, size = struct.unpack_from("<4sIII", btf)
    at, end = length + start, length + start + size
    while at < end:
        name, info, kind_type = struct.unpack_from("<III", btf, at)
        kind, members = info >> 24 & 31, info & 0xFFFF
        yield kind, name, kind_type
        at += 12 + BEHIND.get(kind, 0) * (members if kind in MANY else 1)


def number_of(btf, name):
    """The number of a function.

    The module's types and strings are numbered on from those of the kernel, whose number the file
    does not say: each function has a prototype, so it is the number with which this is true.
    """
    every = list(types(btf))
    functions = [(at, entry) for at, entry in enumerate(every) if entry[0] == FUNC]
    prototypes = {at for at, entry in enumerate(every) if entry[0] == FUNC_PROTO}
    refers = {entry[2] for _, entry in functions}
    some = min(refers)
    bases = [some - at for at in prototypes if all(one - some + at in prototypes for one in refers)]
    with open("/sys/kernel/btf/vmlinux", "rb") as file:
        kernel = struct.unpack("<4s5I", file.read(24))[5]
    strings = btf[sum(struct.unpack_from("<4xI8xI", btf)):]
    for at, (_, offset, _) in functions:
        if strings[offset - kernel:].split(b"\0", 1)[0] == name and len(bases) == 1:
            return bases[0] + at
    raise LookupError(f"the BTF of {MODULE} does not say where {name.decode()} is: {bases}")


def attach(program, device, mode):
    """Attaches a program; returns the file descriptor of the link, with which it is detached."""
    return bpf(LINK_CREATE, struct.pack("<IIII", program, socket.if_nametoindex(device),
                                        ATTACH_XDP, FLAGS[mode]))[0]


def replace(link, program):
    """Attaches another program in place of a link's."""
    bpf(LINK_UPDATE, struct.pack("<III", link, program, 0))


def main():
    """Attaches a program, says so, and waits; or pins one."""
    if sys.argv[1] == "pin":
        pin(sys.argv[2], int(sys.argv[3]), sys.argv[4])
        return
    device, mode, way, *words = sys.argv[1:]
    make = {"pass": lambda: constant(PASS), "drop": lambda: constant(DROP),
            "kfunc": lambda: kfunc(int(words[0], 0)), "redirect": lambda: redirect(words[0])}
    program = make[way]()
    attach(program, device, mode)
    os.close(program)
    print("attached", flush=True)
    signal.pause()


if __name__ == "__main__":
    main()
