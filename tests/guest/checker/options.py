# SPDX-License-Identifier: GPL-2.0
"""TCP options between the notation's text and bytes; decoding is scapy's."""
import struct

from checker.notation import value

KINDS = {"EOL": 0, "NOP": 1, "MSS": 2, "WScale": 3, "SAckOK": 4, "SAck": 5, "Timestamp": 8}


def encode(texts, names):
    """The bytes of a `<` line's options; the line must pad them with nop."""
    blob = b"".join(_encode_one(text.split(), names) for text in texts)
    if len(blob) % 4 or len(blob) > 40:
        raise ValueError(f"options of {len(blob)} bytes: pad them with nop to a multiple of 4")
    return blob


def _encode_one(words, names):
    if words[0] == "raw":
        return bytes.fromhex(words[1])
    number = [value(word, names) for word in words[1:] if word not in ("val", "ecr")]
    match words[0]:
        case "eol":
            return b"\0"
        case "nop":
            return b"\1"
        case "mss":
            return struct.pack("!BBH", 2, 4, *number)
        case "wscale":
            return struct.pack("!BBB", 3, 3, *number)
        case "sackOK":
            return b"\4\2"
        case "TS":
            return struct.pack("!BBII", 8, 10, *number)
    raise ValueError(f"unknown option {words[0]!r}")


def describe(decoded):
    """Scapy's options in the notation, in their order, with padding."""
    return [_describe_one(kind, content) for kind, content in decoded]


def _describe_one(kind, content):
    match kind:
        case "MSS":
            return f"mss {content}"
        case "WScale":
            return f"wscale {content}"
        case "SAckOK":
            return "sackOK"
        case "Timestamp":
            return f"TS val {content[0]} ecr {content[1]}"
        case "NOP" | "EOL":
            return kind.lower()
    return f"kind {kind} {content!r}"


def kinds(blob):
    """The kinds of options in raw bytes, up to the first malformed or repeated one."""
    seen, at = set(), 0
    while at < len(blob) and blob[at] != 0:
        if blob[at] == 1:
            at += 1
            continue
        length = blob[at + 1] if at + 1 < len(blob) else 0
        if length < 2 or at + length > len(blob) or blob[at] in seen:
            break
        seen.add(blob[at])
        at += length
    return seen
