#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""key.py - finds the key of this network namespace in the kernel's own memory, and looks for it.

    key.py number SADDR SPORT DADDR DPORT IRS     the ISS that --tarpit must give to that SYN
    key.py look FILE                              where in all of /proc and /sys, and in FILE, the
                                                  key is shown
    key.py plant FILE                             writes half of it there, so that it must be found

/proc/kcore is the memory, /proc/kallsyms says where init_net and our net id are, BTF how struct net
and struct net_generic are laid out. A key that gives the very numbers of the module is the right
one; SipHash-2-4 is written down here once more, from its paper. To be run in the first namespace.
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
# The memory itself, which only the host's root reads, and what never ends or has no content.
MEMORY = {"/proc/kcore", "/proc/kmsg", "/sys/kernel/tracing/trace_pipe"}


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
    """The kernel's, by virtual addresses."""

    def __init__(self):
        self.file = open("/proc/kcore", "rb")   # pylint: disable=consider-using-with
        head = self.file.read(64)
        start, = struct.unpack_from("<Q", head, 32)
        size, count = struct.unpack_from("<HH", head, 54)
        self.file.seek(start)
        rows = self.file.read(size * count)
        self.parts = [struct.unpack_from("<IIQQQQ", rows, n * size)[2:6] for n in range(count)]

    def read(self, address, form="<Q"):
        """The number that stands there."""
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
    """Two words: the first 16 bytes of what the namespace has set aside for the module."""
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
    """The ISS in --tarpit, whose number is 1; fields as src/policy/iss.rs puts them."""
    ends = [struct.unpack("!I", socket.inet_aton(end))[0] for end in (saddr, daddr)]
    words = (ends[1], ends[0], int(sport) << 16 | int(dport), 0, int(irs))
    return siphash(key, struct.pack("<5IB", *words, 1)) & 0xFFFFFFFF


def shapes(key):
    """The key as it could stand in a file: bytes, hexadecimal, decimal; either word will do."""
    for word in key:
        low, high = struct.pack("<Q", word), struct.pack(">Q", word)
        yield from (low, high, str(word).encode(), str(word - 2**64).encode())
        for digits in (low.hex(), high.hex()):
            yield from (digits.encode(), digits.lstrip("0").encode(), digits.upper().encode())
            yield b" ".join(digits[at:at + 2].encode() for at in range(0, 16, 2))


def content(path):
    """A file's first megabyte, or nothing if it cannot be read or has nothing to say now."""
    try:
        if not stat.S_ISREG(os.lstat(path).st_mode):
            return b""
        number_ = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        try:
            return os.read(number_, 1 << 20)
        finally:
            os.close(number_)
    except OSError:
        return b""


def paths(extra):
    """Every file that there is to look at."""
    yield extra
    for top in ("/proc", "/sys"):
        for where, dirs, names in os.walk(top):
            # Of processes this one does for all; its memory has the key, for we have found it.
            if where == "/proc":
                dirs[:] = [name for name in dirs if not name.isdigit() or name == "1"]
            for path in (os.path.join(where, name) for name in names):
                if path not in MEMORY and not path.endswith("/mem"):
                    yield path


def look(key, extra):
    """Prints each file that shows the key."""
    pattern, files = re.compile(b"|".join(map(re.escape, shapes(key)))), 0
    for path in paths(extra):
        files += 1
        if pattern.search(content(path)):
            print("shown in", path)
    print("looked at", files, "files")


def main():
    """The number, or the look."""
    key = find_key()
    if 0 in key:
        sys.exit("the key is not drawn yet")
    if sys.argv[1] == "number":
        print(number(key, *sys.argv[2:]))
    elif sys.argv[1] == "plant":
        with open(sys.argv[2], "w", encoding="ascii") as file:
            file.write(f"half of it is {key[1]:x}.\n")
    else:
        look(key, sys.argv[2])


if __name__ == "__main__":
    main()
