#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""top_lines.py - reads the lines of xt-tarpit top --json.

    top_lines.py FILE EVENT [KEY=VALUE...]   prints the last line of this event with these values
    top_lines.py FILE flood SENT             checks the status after a flood of SENT packets

Each line must be an object with a time and an event. Status 1 if there is no such line.
"""
import json
import sys


def lines(name):
    """The objects; the program may be writing the last line."""
    with open(name, encoding="utf-8") as file:
        for line in file:
            if line.endswith("\n"):
                value = json.loads(line)
                assert value["time"].endswith("Z") and value["event"], line
                yield value


def text(value):
    """As on the command line."""
    return value if isinstance(value, str) else json.dumps(value)


def flood(all_lines, sent):
    """Nothing is lost without being counted, and samples were taken while it was fast."""
    states = [line for line in all_lines if line["event"] == "status"]
    last = states[-1]
    fastest = max(states, key=lambda state: state["events_per_second"])
    print(f"  {last['events']} events and {last['events_lost']} lost of {sent} packets;"
          f" at most {fastest['events_per_second']} a second, one of"
          f" {max(state['one_of'] for state in states)} read, {last['events_read']} in all")
    return (last["events"] + last["events_lost"] >= sent
            and max(state["one_of"] for state in states) > 1
            and last["events_read"] < last["events"] and last["one_of"] == 1)


def main():
    """See the head of this file."""
    name, event, *wanted = sys.argv[1:]
    all_lines = list(lines(name))
    if event == "flood":
        return 0 if flood(all_lines, int(wanted[0])) else 1
    pairs = [pair.split("=", 1) for pair in wanted]
    found = [line for line in all_lines if line["event"] == event
             and all(text(line.get(key)) == value for key, value in pairs)]
    if found:
        print(found[-1])
    return 0 if found else 1


if __name__ == "__main__":
    sys.exit(main())
