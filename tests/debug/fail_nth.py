#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""fail_nth.py - repeats an action; each time another one of its allocations fails, in turn.

    fail_nth.py segment DEVICE KIND...      receive a segment; a KIND is one of flood_xdp.py, or
                                            KIND@HOST, or FLAGS,SOURCE,DESTINATION,SEQ,ACK
    fail_nth.py namespace                   create a network namespace
    fail_nth.py module FILE [NAME=VALUE]    load the module

/proc/self/fail-nth counts the allocations of this task; the settings of failslab and
fail_page_alloc select which of them count. It repeats the action until no allocation is left to
fail. For each action it prints how many allocations failed, and how often the action succeeded
nevertheless. BPF_PROG_TEST_RUN creates a segment, so that rule and reply run in this task. The
environment variable FORGET names a file of commands for ip, which run before each segment.
"""
import ctypes
import os
import pathlib
import socket
import subprocess
import sys

FINIT_MODULE, DELETE_MODULE, CLONE_NEWNET = 313, 176, 0x40000000
MOST = 2000
libc = ctypes.CDLL(None)


def met_a_fault(action, number):
    """Runs the action once; -> whether that allocation was reached, and whether it succeeded."""
    forget()
    file = os.open("/proc/self/fail-nth", os.O_RDWR)
    os.write(file, str(number).encode())
    succeeded = action()
    met = os.pread(file, 16, 0).strip() == b"0"
    os.pwrite(file, b"0", 0)
    os.close(file)
    return met, succeeded


def in_turn(name, action, undo=lambda: None):
    """Lets the first, the second, … allocation of an action fail."""
    faults = borne = 0
    while True:
        met, succeeded = met_a_fault(action, faults + 1)
        if succeeded:
            undo()
        if not met:
            break
        faults, borne = faults + 1, borne + succeeded
        if faults > MOST:
            sys.exit(f"{name}: the faults do not end")
    if not succeeded:
        sys.exit(f"{name}: it failed without a fault")
    print(name, faults, borne, flush=True)


def told(flood_xdp, text):
    """A frame with given numbers, and a program that passes it on unchanged."""
    frames = flood_xdp.frames
    letters, source, destination, *numbers = text.split(",")
    ends = (frames.octets(source), frames.octets(destination))
    flags = sum(frames.FLAGS[letter] for letter in letters)
    content = frames.tcp((2000, 80), map(int, numbers), flags) + bytes(100 * ("P" in letters))
    packet = frames.packet(ends, frames.summed(ends, content))
    frame = frames.ethernet("02:00:00:00:00:02", flood_xdp.MAC, packet)
    return frame, flood_xdp.insn(0xB7, 0, imm=flood_xdp.PASS) + flood_xdp.EXIT


def of_flood_xdp(flood_xdp, text):
    """One of flood_xdp.py's kinds, and its destination."""
    kind, _, host = text.partition("@")
    source, usual = flood_xdp.ENDS[kind[-1]]
    flood_xdp.ENDS[kind[-1]] = source, host or usual
    made = flood_xdp.program(kind)
    flood_xdp.ENDS[kind[-1]] = source, usual
    return made


def forget():
    """Runs the commands of FORGET, so that the kernel makes routes again."""
    if "FORGET" in os.environ:
        subprocess.run(["ip", "-batch", os.environ["FORGET"]], check=True)


def segment(device, kind):
    """The sender of a kind; the failing allocation may be the sender's own."""
    import flood_xdp  # pylint: disable=import-outside-toplevel # Only here it has to be there.
    frame, code = (told if "," in kind else of_flood_xdp)(flood_xdp, kind)
    loaded = flood_xdp.load(code)

    def action():
        try:
            flood_xdp.send_frames(loaded, frame, device, 1)
        except OSError:
            return False
        return True
    return action


def namespaces():
    """Creates each namespace in a child, with which it ends; the child returns the outcome."""
    number = faults = 0
    borne = 0
    while faults == number:
        number += 1
        child = os.fork()
        if child == 0:
            met, made = met_a_fault(lambda: libc.unshare(CLONE_NEWNET) == 0, number)
            os._exit(2 * met + made)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        faults, borne = faults + (status >= 2), borne + (status == 3)
    if status != 1:
        sys.exit("namespace: it failed without a fault")
    print("namespace", faults, borne)


def main():
    """Runs the action of the first argument."""
    what, *rest = sys.argv[1:]
    if what == "segment":
        device = socket.if_nametoindex(rest[0])
        for kind in rest[1:]:
            in_turn(kind.partition(",")[0], segment(device, kind))
    elif what == "namespace":
        namespaces()
    else:
        name, parameters = pathlib.Path(rest[0]).stem.encode(), " ".join(rest[1:]).encode()
        module = os.open(rest[0], os.O_RDONLY)
        in_turn("module", lambda: libc.syscall(FINIT_MODULE, module, parameters, 0) == 0,
                lambda: libc.syscall(DELETE_MODULE, name, 0))


main()
