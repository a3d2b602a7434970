#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""scrape.py - prints counters of /proc/net/xt_TARPIT at regular intervals.

    scrape.py EVERY SECONDS

Prints a line each EVERY seconds: the time in seconds since boot, the handshakes of --persist and of
--tarpit, the seconds for which --persist has held peers, and the replies sent in all.
"""
import sys
import time

from prometheus_client.parser import text_fd_to_metric_families


def scrape():
    """The samples by name, and by mode if they have one, summed over all other labels."""
    sums = {}
    with open("/proc/net/xt_TARPIT", encoding="ascii") as file:
        for family in text_fd_to_metric_families(file):
            for sample in family.samples:
                for key in (sample.name, (sample.name, sample.labels.get("mode"))):
                    sums[key] = sums.get(key, 0) + sample.value
    return sums


def main():
    every, seconds = map(int, sys.argv[1:])
    until = time.monotonic() + seconds
    while (now := time.monotonic()) < until:
        sums = scrape()
        print(round(now, 1), *(sums[key] for key in (
            ("xt_tarpit_handshakes_total", "persist"), ("xt_tarpit_handshakes_total", "tarpit"),
            "xt_tarpit_persist_seconds_total", "xt_tarpit_replies_total")), flush=True)
        time.sleep(every)


main()
