#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""key.py - reads this namespace's key from the kernel's memory, and searches files for it.

    key.py number SADDR SPORT DADDR DPORT IRS     print the ISS of --tarpit for that SYN
    key.py decoy FILE...                          write half of a decoy key, which is derived from
                                                  the key without revealing it, into each file
    key.py look FILE                              print where /proc, /sys and FILE show the key or
                                                  the decoy: path and offset

/proc/kcore has the memory, /proc/kallsyms the addresses of init_net and of our net id, and BTF the
layout of struct net and struct net_generic. The key is right if it gives the module's numbers;
SipHash-2-4 is implemented here a second time, from its paper. Run it in the initial namespace.
"""
import os
import re
import socket
import stat
import struct
import sys

BTF = "/sys/kernel/btf/vmlinux"
STRUCT, MASK = 4, 2**64 - 1
# Bytes that follow each kind of type in BTF, beside the common 12.
EXTRA = {1: 4, 3: 12, 4: 12, 5: 12, 6: 8, 13: 8, 14: 4, 15: 12, 17: 4, 19: 12}
COUNTED = {4, 5, 6, 13, 15, 19}
# The memory itself, which only the host's root can read, and the kernel log.
MEMORY = {"/proc/kcore", "/proc/kmsg"}
# Reading these consumes the content: trace is empty afterwards.
ONCE = ("/trace_pipe", "/trace_pipe_raw")
LIMIT = 1 << 20


def member(name, wanted):
    """The offset in bytes of a member of a struct, by BTF."""
    with open(BTF, "rb") as file:
        data = file.read()
    head, types, size, strings = struct.unpack_from("<IIII", data, 4)
    strings, at = head + strings, head + types
    end = at + size

    def text(offset):
        return data[strings + offset:data.index(b"\0", strings + offset)].decode()
    while at < end:
        named, info, _ = struct.unpack_from("<III", data, at)
        kind, count = info >> 24 & 31, info & 0xFFFF
        at += 12
        if kind == STRUCT and text(named) == name:
            for number in range(count):
                field, _, offset = struct.unpack_from("<III", data, at + number * 12)
                if text(field) == wanted:
                    return (offset & 0xFFFFFF if info >> 31 else offset) // 8
        at += EXTRA.get(kind, 0) * (count if kind in COUNTED else 1)
    sys.exit(f"BTF knows no {name}.{wanted}")


class Memory:
    """The kernel's memory, by virtual addresses."""

    def __init__(self):
        self.file = open("/proc/kcore", "rb")   # pylint: disable=consider-using-with
        head = self.file.read(64)
        start, = struct.unpack_from("<Q", head, 32)
        size, count = struct.unpack_from("<HH", head, 54)
        self.file.seek(start)
        rows = self.file.read(size * count)
        self.parts = [struct.unpack_from("<IIQQQQ", rows, n * size)[2:6] for n in range(count)]

    def read(self, address, form="<Q"):
        """The number at an address."""
        for offset, virtual, _, size in self.parts:
            if virtual <= address < virtual + size:
                self.file.seek(offset + address - virtual)
                return struct.unpack(form, self.file.read(struct.calcsize(form)))[0]
        return sys.exit(f"{address:#x} is not in kcore")


def symbols(*names):
    """Addresses."""
    with open("/proc/kallsyms", encoding="ascii") as file:
        known = {row[2]: int(row[0], 16) for row in map(str.split, file) if row[2] in names}
    return [known[name] for name in names]


def find_key():
    """The key: the first two words of the module's state of the namespace."""
    memory = Memory()
    net, identity = symbols("init_net", "tarpit_net_id")
    generic = memory.read(net + member("net", "gen"))
    state = memory.read(generic + memory.read(identity, "<I") * 8)
    return memory.read(state), memory.read(state + 8)


def siphash(key, data):
    """SipHash-2-4."""
    v = [key[0] ^ 0x736F6D6570736575, key[1] ^ 0x646F72616E646F6D,
         key[0] ^ 0x6C7967656E657261, key[1] ^ 0x7465646279746573]

    def turn(word, by):
        return (word << by | word >> 64 - by) & MASK

    def rounds(count):
        for _ in range(count):
            for a, b, by, half in ((0, 1, 13, True), (2, 3, 16, False), (0, 3, 21, False),
                                   (2, 1, 17, True)):
                v[a] = v[a] + v[b] & MASK
                v[b] = turn(v[b], by) ^ v[a]
                if half:
                    v[a] = turn(v[a], 32)
    data += bytes(7 - len(data) % 8) + bytes([len(data) & 255])
    for word, in struct.iter_unpack("<Q", data):
        v[3] ^= word
        rounds(2)
        v[0] ^= word
    v[2] ^= 255
    rounds(4)
    return v[0] ^ v[1] ^ v[2] ^ v[3]


def number(key, saddr, sport, daddr, dport, irs):
    """The ISS in --tarpit, whose number is 1; fields as src/policy/cookie.rs puts them."""
    ends = [struct.unpack("!I", socket.inet_aton(end))[0] for end in (saddr, daddr)]
    words = (ends[1], ends[0], int(sport) << 16 | int(dport), 0, int(irs))
    return siphash(key, struct.pack("<5IB", *words, 1)) & 0xFFFFFFFF


def shapes(key):
    """The forms of the key in a file: bytes, hexadecimal, decimal; one word is enough."""
    for word in key:
        low, high = struct.pack("<Q", word), struct.pack(">Q", word)
        yield from (low, high, str(word).encode(), str(word - 2**64).encode())
        for digits in (low.hex(), high.hex()):
            yield from (digits.encode(), digits.lstrip("0").encode(), digits.upper().encode())
            yield b" ".join(digits[at:at + 2].encode() for at in range(0, 16, 2))


def decoy(key):
    """The decoy, a key that is not in use."""
    return siphash(key, b"decoy 0"), siphash(key, b"decoy 1")


def content(path):
    """A file's first megabyte; None if it cannot be read now.

    Most files of the kernel return at most a page for one read(). Root can also open files without
    a reader; but opening free_buffer of tracefs discards the trace.
    """
    text = None
    try:
        mode = os.lstat(path).st_mode
        if not stat.S_ISREG(mode) or not mode & 0o444:
            return None
        number_ = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        try:
            text = bytearray(os.read(number_, LIMIT))
            piece = text
            while piece and len(text) < LIMIT:
                piece = os.read(number_, LIMIT - len(text))
                text += piece
        finally:
            os.close(number_)
    except OSError:
        pass
    return text


def paths(extra):
    """All files to search."""
    yield extra
    once = []
    for top in ("/proc", "/sys"):
        for where, dirs, names in os.walk(top):
            # Of all processes only this one is searched, without its memory, which has the key.
            if where == "/proc":
                dirs[:] = [name for name in dirs if not name.isdigit() or name == "1"]
            for path in (os.path.join(where, name) for name in names):
                if path.endswith(ONCE):
                    once.append(path)
                elif path not in MEMORY and not path.endswith("/mem"):
                    yield path
    yield from once


def look(key, extra):
    """Prints each file that shows the key or the decoy, and the number of files read."""
    kinds = {"the key": key, "the decoy": decoy(key)}
    patterns = {name: re.compile(b"|".join(map(re.escape, shapes(words))))
                for name, words in kinds.items()}
    files = size = cut = 0
    for path in paths(extra):
        if (text := content(path)) is None:
            continue
        files, size, cut = files + 1, size + len(text), cut + (len(text) == LIMIT)
        for name, pattern in patterns.items():
            if found := pattern.search(text):
                print(f"{name} is shown in {path} {found.start()}")
    print(f"  {files} files read, {size} bytes; no more than the first megabyte of {cut}")


def main():
    """Runs one of the commands."""
    key = find_key()
    if 0 in key:
        sys.exit("the key is not drawn yet")
    if sys.argv[1] == "number":
        print(number(key, *sys.argv[2:]))
    elif sys.argv[1] == "decoy":
        for path in sys.argv[2:]:
            with open(path, "w", encoding="ascii") as file:
                file.write(f"half of it is {decoy(key)[1]:x}.\n")
    else:
        look(key, sys.argv[2])


if __name__ == "__main__":
    main()
