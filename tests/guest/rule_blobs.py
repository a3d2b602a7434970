#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""rule_blobs.py - passes rules to the kernel that no iptables would write.

    rule_blobs.py setsockopt ipv4|ipv6 COUNT SEED [LARGEST]
                                    by IPT_SO_SET_REPLACE, with the table filter
    rule_blobs.py nftables ipv4|ipv6 COUNT SEED [LARGEST]
                                    by nft_compat, into the chain ip[6] blobs pit

It passes rule data of each size from 0 to LARGEST (300), and some sizes from a page to the maximum,
with all revisions; then COUNT random blobs: nearly right data, unterminated names, wrong sizes,
offsets, counts and hooks. By setsockopt each blob gives its size rounded up, as iptables does, and
exactly. The kernel must accept a blob with a valid layout if and only if docs/behaviour.md defines
such a rule, and refuse all others with an error. Prints the counts, leaves no rule behind, and
exits with 1 at the first difference.
"""
import collections
import ctypes
import errno
import random
import re
import socket
import struct
import sys

import nft_rule

LEVELS = {"ipv4": (socket.AF_INET, 0), "ipv6": (socket.AF_INET6, 41)}
SET_REPLACE = GET_INFO = 64
INPUT, FORWARD, OUTPUT = 1, 2, 3
HOOKS = (INPUT, FORWARD, OUTPUT)
LARGE = (4095, 4096, 4097, 8192, 32735, 32736, 32767, 32768, 49152)
MOST = 65484        # the largest attribute within those of a rule
ACCEPT = struct.pack("=iI", -2, 0)      # the verdict NF_ACCEPT, as a rule has it
NAME = b"TARPIT"
# The errors that a hostile blob may get.
REFUSALS = {errno.EINVAL, errno.ENOENT, errno.ENOPROTOOPT, errno.ELOOP, errno.EAGAIN, errno.ENOMEM,
            errno.EFAULT, errno.ERANGE, errno.EPROTOTYPE, errno.E2BIG, errno.ENOSPC}


def header():
    """The numbers of the modes, and the data of revision 1 as a struct format, from the header."""
    with open("xt_TARPIT.h", encoding="ascii") as file:
        text = file.read()
    modes = re.findall(r"^\tXT_TARPIT_(\w+),$", text, re.M)
    fields = re.search(r"struct xt_tarpit_tginfo_v1 {(.*?)}", text, re.S)[1]
    kinds = re.findall(r"__u(8|16) \w+(?:\[(\d)\])?;", fields)
    return modes.index, "=" + "".join({"8": "B", "16": "H"}[bits] * int(count or 1)
                                      for bits, count in kinds)


MODE, REVISION_1 = header()
TARPIT, HONEYPOT, RESET, PERSIST = map(MODE, ("TARPIT", "HONEYPOT", "RESET", "PERSIST"))


def good(revision, info, protocol):
    """Whether docs/behaviour.md defines such a rule; info has the size of its revision."""
    if revision == 0:
        return info[0] in (TARPIT, HONEYPOT, RESET) and protocol == socket.IPPROTO_TCP
    mode, flags, window, *reserved = struct.unpack(REVISION_1, info[:8])
    if revision != 1 or flags or any(reserved):
        return False
    return mode in (TARPIT, PERSIST) or (mode == RESET and not window) or (
        mode == HONEYPOT and window > 0)


def infos(plan, most):
    """(revision, info, protocol) of the blobs; info has at most that many bytes."""
    dice, count, largest = plan
    for size in (*range(largest + 1), *LARGE, most - 1, most):
        for revision in (0, 1, 2, 255):
            # Zeros are valid data of the right size.
            for fill in (b"\0", dice.choice((b"\1", b"\xff", b"A"))):
                yield revision, fill * size, socket.IPPROTO_TCP
    for _ in range(count):
        size = dice.choice((1, 8, 8, 8, 8, 8, 8, 16, dice.randrange(4096)))
        info = bytearray(size)
        info[0] = dice.randrange(6)
        for _ in range(dice.randrange(3)):
            info[dice.randrange(min(size, 8))] = dice.choice((0, 1, 2, 0x80, 0xff))
        yield dice.choice((0, 1, 1, 1, 2, 7)), bytes(info), dice.choice((0, 6, 6, 6, 17))


class Legacy:
    """The table filter of a family, by way of setsockopt."""

    def __init__(self, family):
        self.six = family == "ipv6"
        self.most = 0xfff8 - self.head() - 32   # the largest data: an entry's length has 16 bits
        kind, self.level = LEVELS[family]
        self.socket = socket.socket(kind, socket.SOCK_RAW, socket.IPPROTO_RAW)
        self.counters = ctypes.create_string_buffer(1 << 16)

    def head(self):
        """The bytes of an entry before its target."""
        return 168 if self.six else 112

    def entry(self, target, protocol=0, lie=None):
        """An entry without matches; lie: the wrong (target_offset, next_offset) that it has."""
        head = self.head()
        offsets = lie or (head, head + len(target))
        ip = bytes(128 if self.six else 80) + struct.pack("=H", protocol)
        fixed = ip.ljust(136 if self.six else 84, b"\0") + struct.pack("=IHHI", 0, *offsets, 0)
        return fixed.ljust(head, b"\0") + target

    @staticmethod
    def target(name, revision, data, size=None):
        """A target; size may be wrong."""
        size = 32 + len(data) if size is None else size
        return struct.pack("=H29sB", size & 0xffff, name, revision) + data

    def rules(self, hook, special):
        """The entries, with a given one first in a hook's chain, and the starts of the chains."""
        accept = self.entry(self.target(b"", 0, ACCEPT))
        blob, starts, ends = b"", {}, {}
        for each in HOOKS:
            starts[each] = len(blob)
            if each == hook:
                blob += special
            ends[each] = len(blob)
            blob += accept
        blob += self.entry(self.target(b"ERROR", 0, b"ERROR".ljust(32, b"\0")))
        return blob, starts, ends

    def replace(self, hook, special, lies=None):
        """Adds the rules; None, or the errno. lies: wrong values of fields of the head."""
        blob, starts, ends = self.rules(hook, special)
        head = {"hooks": 0xe, "entries": 4 + bool(special), "size": len(blob),
                "counters": self.count()} | (lies or {})
        places = [[where.get(hook, 0) for hook in range(5)] for where in (starts, ends)]
        packed = struct.pack("=32sIII5I5IIQ", b"filter", head["hooks"], head["entries"],
                             head["size"], *places[0], *places[1], head["counters"],
                             ctypes.addressof(self.counters))
        try:
            self.socket.setsockopt(self.level, SET_REPLACE, packed + blob)
        except OSError as error:
            return error.errno
        return None

    def count(self):
        """The number of entries of the table."""
        libc = ctypes.CDLL(None, use_errno=True)
        room = ctypes.create_string_buffer(b"filter", 84)
        size = ctypes.c_uint32(84)
        if libc.getsockopt(self.socket.fileno(), self.level, GET_INFO, room, ctypes.byref(size)):
            raise OSError(ctypes.get_errno(), "the table filter tells nothing")
        return struct.unpack_from("=I", room.raw, 76)[0]


def by_setsockopt(family, plan, seen):
    """Blobs for the legacy tables."""
    table, dice = Legacy(family), plan[0]
    if (error := table.replace(INPUT, b"")) is not None:
        sys.exit(f"FAIL: the empty table is refused: {errno.errorcode[error]}")
    for revision, info, protocol in infos(plan, table.most):
        hook = dice.choice((INPUT, INPUT, FORWARD, OUTPUT))
        padded = info + bytes(-len(info) % 8)
        for told, room in sorted({(len(padded), padded), (len(info), padded), (len(info), info)}):
            special = table.entry(table.target(NAME, revision, room, 32 + told), protocol)
            right = told == 8 and hook != OUTPUT and good(revision, room, protocol)
            what = (revision, told, protocol, hook, len(room), room)
            check(seen, table.replace(hook, special), right, what)
        lie(table, dice, (hook, revision, padded, protocol), seen)
    if table.replace(INPUT, b"") is not None:
        sys.exit("FAIL: the table cannot be emptied again")


def lie(table, dice, blob, seen):
    """The same blob, with one wrong field of its layout."""
    hook, revision, info, protocol = blob
    name, size, offsets, lies, cut = NAME, None, None, {}, None
    odd = dice.choice((0, 1, 8, 31, 33, 40, 48, 0x7fff, 0xfff8, 0xffff))
    kind = dice.randrange(6)
    if kind == 0:
        name = dice.choice((b"T" * 29, b"TARPIT\0X" + b"Y" * 21, b"", b"tarpit", b"TARPI"))
    elif kind == 1:
        size = odd
    elif kind == 2:
        offsets = (dice.choice((odd, 112, 168)), dice.choice((odd, 152, 208, 216)))
    elif kind == 3:
        lies[dice.choice(("hooks", "entries", "size", "counters"))] = dice.choice((0, 1, 3, odd))
    elif kind == 4:
        cut = dice.randrange(200)
    else:
        lies["size"] = dice.getrandbits(32)
    special = table.entry(table.target(name, revision, info, size), protocol, offsets)[:cut]
    check(seen, table.replace(hook, special, lies), None, (hook, lies, special.hex()))


def by_nftables(family, plan, seen):
    """Blobs for nft_compat."""
    link, name = nft_rule.netlink(), "ip6" if family == "ipv6" else "ip"
    for revision, info, protocol in infos(plan, MOST):
        error = nft_rule.add(link, name, nft_rule.rule("blobs", "pit", revision, info, protocol))
        if len(info) not in range(1, 9) or revision > 1:
            right = False
        elif revision == 1 and len(info) < 8:
            right = None        # nft_compat pads short data with what follows in the message.
        else:
            right = good(revision, info, protocol)
        what = (revision, protocol, len(info), info)
        check(seen, error and getattr(errno, error, 0), right, what)


def check(seen, error, right, what):
    """right: whether the blob must be accepted; None: either, but without another error."""
    seen[errno.errorcode.get(error, "taken")] += 1
    if error is not None and error not in REFUSALS:
        sys.exit(f"FAIL: {errno.errorcode.get(error, error)} for {what}"[:1000])
    if right is not None and right != (error is None):
        sys.exit(f"FAIL: {'refused' if right else 'accepted'}, {error}: {what}"[:1000])


def main():
    """Passes all blobs."""
    way, family, count, seed, *largest = *sys.argv[1:3], *map(int, sys.argv[3:])
    plan = random.Random(seed), count, *(largest or [300])
    seen = collections.Counter()
    ways = {"setsockopt": by_setsockopt, "nftables": by_nftables}
    ways[way](family, plan, seen)
    print(f"  {way} {family}: {seen.total()} blobs,", dict(seen.most_common()))


main()
