#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The extension lists a rule with unknown data as unknown, never as one of its own modes; a saved
# ruleset with it cannot be restored. Our module refuses such a rule, so libxtables passes its data
# to the extension, as iptables would pass that of a later module.
#
# needs: lib.sh
. ./lib.sh

cat >show.py <<'PY'
"""show.py REVISION BYTES: what -S and -L say of a rule with these bytes (hexadecimal digits)."""
import ctypes
import sys

HEADER, NFPROTO_IPV4, MUST_SUCCEED = 32, 2, 3
# struct xtables_target, as in iptables-ext/structs.rs
REVISION, PRINT, SAVE = 32, 88, 96
revision, data = int(sys.argv[1]), bytes.fromhex(sys.argv[2])
xtables = ctypes.CDLL("libxtables.so.12", ctypes.RTLD_GLOBAL)
known = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_char_p, ctypes.c_uint8, ctypes.c_int)(
    lambda name, number, option: number <= revision)
zeros = ctypes.create_string_buffer(32)     # the end of a list of options


class Globals(ctypes.Structure):
    """struct xtables_globals"""
    _fields_ = [("option_offset", ctypes.c_uint), ("program", ctypes.c_char_p),
                ("version", ctypes.c_char_p), ("original", ctypes.c_void_p),
                ("options", ctypes.c_void_p), ("exit_err", ctypes.c_void_p),
                ("compat_rev", ctypes.c_void_p)]


ends = ctypes.cast(zeros, ctypes.c_void_p)
settings = Globals(0, b"show", b"1", ends, ends,
                   ctypes.cast(ctypes.CDLL(None).exit, ctypes.c_void_p),
                   ctypes.cast(known, ctypes.c_void_p))
xtables.xtables_init_all(ctypes.byref(settings), NFPROTO_IPV4)
xtables.xtables_find_target.restype = ctypes.c_void_p
target = xtables.xtables_find_target(b"TARPIT", MUST_SUCCEED, None)
assert ctypes.c_uint8.from_address(target + REVISION).value == revision
rule = ctypes.create_string_buffer(bytes(HEADER) + data)
ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p)(
    ctypes.c_void_p.from_address(target + SAVE).value)(None, ctypes.addressof(rule))
ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int)(
    ctypes.c_void_p.from_address(target + PRINT).value)(None, ctypes.addressof(rule), 0)
PY

# shows TEXT REVISION BYTES
shows() { same " --$1 TARPIT $1" "$(python3 show.py "$2" "$3")"; }

unknown=mode-unknown-to-this-extension
claim "the extension lists known data"
shows reset 1 0200000000000000
shows honeypot 0 0100000000000000
same " --tarpit --window 9 TARPIT tarpit window 9" "$(python3 show.py 1 0000090000000000)"
for bytes in 0001000000000000 0080000000000000 0000000001000000 0000000000000080 \
	0400000000000000; do
	claim "revision 1, data $bytes: listed as unknown"
	shows $unknown 1 $bytes
done
claim "revision 0 has no --persist"
shows $unknown 0 0300000000000000
