#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""iptc_rules.py - adds and reads TARPIT rules with python-iptables.

    iptc_rules.py write TOOL          appends a rule of each kind to INPUT
    iptc_rules.py copy TOOL           reads the rules of INPUT and appends them to FORWARD
    iptc_rules.py dictionaries TOOL   the same with the library's dictionaries
    iptc_rules.py contradict TOOL     tries rules that must be refused

TOOL is iptables-legacy or ip6tables-legacy.
"""
import sys

import iptc
import iptc.easy

# The attributes, in the order in which they are set. "reset" is a method of the library's targets,
# so only set_parameter() can set it.
RULES = [
    [],
    [("window", "100")],
    [("persist", "")],
    [("persist", ""), ("window", "100")],
    [("honeypot", "")],
    [("honeypot", ""), ("window", "100")],
    [("window", "100"), ("honeypot", "")],
    [("reset", "")],
]
CONTRADICTIONS = [
    [("reset", ""), ("window", "100")],
    [("window", "100"), ("reset", "")],
    [("honeypot", ""), ("window", "0")],
    [("window", "65536")],
]


def chain(ipv6, name):
    """A chain of the table filter, read again."""
    table = iptc.Table6(iptc.Table6.FILTER) if ipv6 else iptc.Table(iptc.Table.FILTER)
    table.refresh()
    return iptc.Chain(table, name)


def rule(ipv6, options):
    """A rule for TCP, whose target gets its options one by one."""
    made = iptc.Rule6() if ipv6 else iptc.Rule()
    made.protocol = "tcp"
    target = made.create_target("TARPIT")
    for name, value in options:
        if name == "reset":
            target.set_parameter(name, value)
        else:
            setattr(target, name, value)
    return made


def contradict(ipv6):
    for options in CONTRADICTIONS:
        try:
            chain(ipv6, "INPUT").append_rule(rule(ipv6, options))
        except ValueError:
            continue
        sys.exit(f"{options} was accepted")


def main():
    verb, ipv6 = sys.argv[1], sys.argv[2].startswith("ip6tables")
    if verb == "contradict":
        contradict(ipv6)
    elif verb == "write":
        for options in RULES:
            chain(ipv6, "INPUT").append_rule(rule(ipv6, options))
    elif verb == "copy":
        for found in chain(ipv6, "INPUT").rules:
            chain(ipv6, "FORWARD").append_rule(found)
    else:
        for found in iptc.easy.dump_chain("filter", "INPUT", ipv6=ipv6):
            iptc.easy.add_rule("filter", "FORWARD", found, ipv6=ipv6)


main()
