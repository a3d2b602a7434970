#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Print where a function of a loaded module returns to, as the kernel has patched it.

  returns.py FUNCTION

Prints the thunks to which it jumps, and "ret" if it returns itself, each once. The code is read
from /proc/kcore.
"""
import bisect
import struct
import sys

THUNKS = ('__x86_return_thunk', 'retbleed_return_thunk', 'call_depth_return_thunk',
          'srso_return_thunk', 'srso_alias_return_thunk', '__x86_return_skl')
JUMP, RETURN = 0xe9, b'\xc3\xcc'  # where a jump to a thunk was, the kernel writes int3 behind ret


def symbols():
    """The address of each symbol, and all addresses in order."""
    named, ordered = {}, []
    with open('/proc/kallsyms', encoding='ascii') as lines:
        for line in lines:
            address, _, name = line.split()[:3]
            named[name] = int(address, 16)
            ordered.append(int(address, 16))
    return named, sorted(set(ordered))


def read_kernel(start, end):
    """The bytes of that range, by the program headers of /proc/kcore."""
    with open('/proc/kcore', 'rb') as core:
        header = core.read(64)
        count = struct.unpack_from('<H', header, 56)[0]
        core.seek(struct.unpack_from('<Q', header, 32)[0])
        for _ in range(count):
            _, _, at, address, _, size, _, _ = struct.unpack('<IIQQQQQQ', core.read(56))
            if address <= start and end <= address + size:
                core.seek(at + start - address)
                return core.read(end - start)
    sys.exit(f'/proc/kcore does not have {start:x}')


def returns(code, start, thunks):
    """What the code at the address START jumps to, of the thunks, and whether it returns itself."""
    seen = {'ret'} if RETURN in code else set()
    for at in range(len(code) - 4):
        if code[at] == JUMP:
            target = start + at + 5 + struct.unpack_from('<i', code, at + 1)[0]
            seen.update(thunks.get(target, ()))
    return seen


def main():
    """Print the returns of the function."""
    named, ordered = symbols()
    thunks = {named[name]: (name,) for name in THUNKS if name in named}
    start = named[sys.argv[1]]
    end = ordered[bisect.bisect_right(ordered, start)]
    print(*sorted(returns(read_kernel(start, end), start, thunks)))


main()
