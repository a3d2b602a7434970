# SPDX-License-Identifier: GPL-2.0
"""The checker of the wire files: it shares no code with the module that it checks.

notation  reads a .seg file into steps        options  TCP options, text to bytes and back
build     makes a frame of a `<` line         verdict  compares a reply with a `>` line
standing  the rules every reply must keep     lab      namespaces, rules, sockets, counters
play      runs the steps of one file
"""
