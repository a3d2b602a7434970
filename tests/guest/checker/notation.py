# SPDX-License-Identifier: GPL-2.0
"""Parses the notation of wire files, which resembles packetdrill's.

A file describes one behaviour; its name is the claim. `#` starts a comment. Directives come first:

    rule --tarpit            the options after `-j TARPIT`
    family ipv4              default: both, one after the other
    hook PREROUTING          default INPUT; FORWARD goes to an unused address behind the tarpit
    table mangle             default: filter for INPUT and FORWARD, raw for PREROUTING
    match all                the matches before -j, default `-p tcp`; `all` means none
    sysctl net.ipv4.X N      set in the tarpit's namespace while the file runs

Steps follow; each `<` line has a `>` line after it:

    < FLAGS seq:end(len) [ack N] [win N] [<options>] [modifiers]     sent by the peer
    > FLAGS seq:end(len) [ack N] [win N] [<options>]                 the only reply, in full
    > nothing Held           no reply, and only the counter Held increases, by one
    > nothing                no reply, and no counter changes (the kernel drops it before)
    differ a b               two bound names have different values

FLAGS are letters of S F R P . U E W A (`.` ACK, E ECE, W CWR, A the accurate ECN bit), or -.
A number is decimal, a name, or name+N / name-N. On a `>` line an unbound name is bound to the
value found; `*` matches anything. MSS is bound from the start (the route's: 1460 or 1440).

Modifiers, in any order:
    flow B             another connection (source port) for this segment; default A
    src X, dst X       an address, or a name of lab.ADDRESSES (own loopback broadcast noroute …)
    mac broadcast|multicast      the frame's destination
    payload "text"     instead of len bytes of x
    badsum             the TCP checksum is off by one bit
    truncated N        only N bytes of TCP header and payload; the IP length agrees
    doff N             data offset in words      urg N      urgent pointer
    reserved N         the three reserved bits   proto N    another protocol number
    ttl N  tos N  ipid N  label N                IP fields (hop limit, class, IPv6 flow label)
    frag mf|off|atomic                           a fragment: first, later, IPv6's atomic one
    census KIND        this SYN counts as of KIND, and as no other; `none`: not as a SYN
    ipopt HEX                                    IPv4 options, a multiple of four bytes
    ext hbh,dstopts,rh,rh1                       IPv6 extension headers (rh1: segments left)
"""
import re
import shlex
from dataclasses import dataclass, field

FLAGS = {"F": 1, "S": 2, "R": 4, "P": 8, ".": 16, "U": 32, "E": 64, "W": 128, "A": 256}
SWITCHES = {"badsum"}
TEXTS = {"census", "flow", "src", "dst", "mac", "payload", "frag", "ipopt", "ext"}
NUMBERS = {"truncated", "doff", "urg", "reserved", "proto", "ttl", "tos", "ipid", "label"}
DIRECTIVES = {"rule", "family", "hook", "table", "match", "sysctl"}
NUMBER = r"[A-Za-z0-9_+*-]+"
SEGMENT = re.compile(
    rf"^([SFRP.UEWA]+|-)\s+({NUMBER}):({NUMBER})\((\d+)\)"
    rf"(?:\s+ack\s+({NUMBER}))?(?:\s+win\s+({NUMBER}))?(?:\s+<([^>]*)>)?\s*(.*)$")


class Unreadable(Exception):
    """A line that does not follow the notation."""


@dataclass
class Segment:
    """One `<` or `>` line."""
    line: int
    text: str
    flags: int
    seq: str
    length: int
    ack: str = "0"
    win: str = "0"
    options: list = field(default_factory=list)
    mods: dict = field(default_factory=dict)


class Sent(Segment):
    """A `<` line."""


class Reply(Segment):
    """A `>` line with a segment."""


@dataclass
class Silence:
    """`> nothing`, with the counter that names the reason."""
    line: int
    text: str
    reason: str = ""


@dataclass
class Differ:
    """`differ a b`."""
    line: int
    text: str
    names: tuple


@dataclass
class Script:
    """One wire file."""
    name: str
    rule: str | None = None
    families: tuple = ("ipv4", "ipv6")
    hook: str = "INPUT"
    table: str = ""
    match: str = "-p tcp"
    sysctls: tuple = ()
    steps: list = field(default_factory=list)

    def setting(self):
        """What must be set up before the steps; files with the same setting share it."""
        return (self.table, self.hook, self.match, self.rule, self.sysctls)


def parse(name, text):
    """The Script of one file, or Unreadable with the line that is wrong."""
    script = Script(name)
    for number, raw in enumerate(text.splitlines(), 1):
        line = re.sub(r"(^|\s)#.*$", "", raw).strip()
        if not line:
            continue
        try:
            _line(script, number, line)
        except (ValueError, IndexError) as error:
            raise Unreadable(f"{name}: line {number}: {error}") from error
    if script.rule is None or not script.steps:
        raise Unreadable(f"{name}: a wire file needs a rule and at least one step")
    _check_pairs(name, script.steps)
    script.table = script.table or ("raw" if script.hook == "PREROUTING" else "filter")
    return script


def _check_pairs(name, steps):
    lines = [None] + [step for step in steps if not isinstance(step, Differ)] + [None]
    for step, after in zip(lines, lines[1:]):
        if isinstance(step, Sent) != isinstance(after, (Reply, Silence)):
            line = (step or after).line
            raise Unreadable(f"{name}: line {line}: `<` and `>` lines come in pairs")


def _line(script, number, line):
    word, _, rest = line.partition(" ")
    rest = rest.strip()
    if word == "<":
        script.steps.append(_segment(Sent, number, rest))
    elif word == ">" and rest.split()[0] == "nothing":
        script.steps.append(Silence(number, rest, "".join(rest.split()[1:])))
    elif word == ">":
        script.steps.append(_segment(Reply, number, rest))
    elif word == "differ":
        left, right = rest.split()
        script.steps.append(Differ(number, rest, (left, right)))
    elif word in DIRECTIVES:
        _directive(script, word, rest)
    else:
        raise ValueError(f"{word!r} is neither a directive nor a step")


def _directive(script, word, rest):
    if script.steps:
        raise ValueError(f"the directive {word} must stand before the first step")
    if word == "family":
        if rest not in ("ipv4", "ipv6"):
            raise ValueError(f"{rest!r} is not a family")
        script.families = (rest,)
    elif word == "match":
        script.match = "" if rest == "all" else rest
    elif word == "sysctl":
        key, value = rest.split()
        script.sysctls += ((key, value),)
    else:
        setattr(script, word, rest)


def _segment(kind, number, text):
    found = SEGMENT.match(text)
    if not found:
        raise ValueError("not of the form FLAGS seq:end(len) [ack N] [win N] [<options>] …")
    flags, seq, end, length, ack, win, options, mods = found.groups()
    _check_end(seq, end, int(length))
    bits = 0 if flags == "-" else sum(FLAGS[letter] for letter in set(flags))
    names = [option.strip() for option in (options or "").split(",") if option.strip()]
    return kind(number, text, bits, seq, int(length), ack or "0", win or "0", names,
                _modifiers(mods))


def _check_end(seq, end, length):
    if seq.isdigit() and end.isdigit() and int(seq) + length != int(end):
        raise ValueError(f"{seq}:{end}({length}) does not add up")


def _modifiers(text):
    words, mods = iter(shlex.split(text)), {}
    for word in words:
        if word in SWITCHES:
            mods[word] = True
        elif word in TEXTS:
            mods[word] = next(words)
        elif word in NUMBERS:
            mods[word] = int(next(words), 0)
        else:
            raise ValueError(f"unknown modifier {word!r}")
    return mods


def value(text, names):
    """The value of a number mod 2^32, or None if its name is not bound yet."""
    if text.isdigit():
        return int(text) % 2**32
    found = re.fullmatch(r"([A-Za-z_][A-Za-z0-9_]*)(?:([+-])(\d+))?", text)
    if not found:
        raise ValueError(f"{text!r} is not a number, a name, name+N or name-N")
    name, sign, offset = found.groups()
    if name not in names:
        return None
    return (names[name] + int((sign or "+") + (offset or "0"))) % 2**32
