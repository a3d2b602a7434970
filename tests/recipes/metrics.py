#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""metrics.py - checks our metrics and dashboard with prometheus_client, Prometheus' own library.

    metrics.py check FILE              parse FILE; its metrics must be complete and have a help text
    metrics.py queries DASHBOARD       print the dashboard's queries, one a line, without variables
    metrics.py rules DASHBOARD FILE    print them as a rule file for promtool; each must use metrics
                                       of FILE, and each metric of FILE must be used
    metrics.py value                   print the rounded value of a server's answer on its input
"""
import json
import re
import sys

from prometheus_client.parser import text_fd_to_metric_families

VARIABLES = {"$__rate_interval": "5m", "$__range": "30m", "$mode": ".*"}


def families(path):
    with open(path, encoding="ascii") as file:
        return list(text_fd_to_metric_families(file))


def check(path):
    """Checks that there are only counters and histograms, complete and with a help text."""
    found = families(path)
    for family in found:
        assert family.type in ("counter", "histogram"), family
        assert family.documentation and family.samples, family
        if family.type == "histogram":
            check_histogram(family)
    print(len(found), "metrics,", sum(len(family.samples) for family in found), "samples")


def check_histogram(family):
    modes = {sample.labels["mode"] for sample in family.samples}
    for mode in modes:
        of_mode = [sample for sample in family.samples if sample.labels["mode"] == mode]
        buckets = [sample for sample in of_mode if sample.name == family.name + "_bucket"]
        bounds = [float(sample.labels["le"]) for sample in buckets]
        counts = [sample.value for sample in buckets]
        count, = (sample.value for sample in of_mode if sample.name == family.name + "_count")
        assert bounds == sorted(set(bounds)) and bounds[-1] == float("inf"), bounds
        assert counts == sorted(counts) and counts[-1] == count, counts


def queries(dashboard):
    """The queries, on one line each."""
    with open(dashboard, encoding="utf-8") as file:
        panels = json.load(file)["panels"]
    for panel in panels:
        for target in panel["targets"]:
            query = " ".join(target["expr"].split())
            for name, value in VARIABLES.items():
                query = query.replace(name, value)
            yield query


def rules(dashboard, path):
    names = {family.name + "_total" * (family.type == "counter") for family in families(path)}
    asked, lines = set(), ["groups:", "- name: dashboard", "  rules:"]
    for number, query in enumerate(queries(dashboard)):
        metrics = {re.sub("_(bucket|sum|count)$", "", name)
                   for name in re.findall(r"xt_tarpit_\w+", query)}
        assert metrics and metrics <= names, f"no such metric: {metrics - names} in {query}"
        asked |= metrics
        lines += [f"  - record: dashboard:query{number}", f"    expr: {json.dumps(query)}"]
    assert asked == names, f"the dashboard does not show {names - asked}"
    print("\n".join(lines))


def value():
    answer = json.load(sys.stdin)
    assert answer["status"] == "success", answer
    values = [series["value"][1] for series in answer["data"]["result"]]
    print(round(float(values[0])) if len(values) == 1 else f"{len(values)} series")


def main():
    verb, *rest = sys.argv[1:]
    if verb == "queries":
        print("\n".join(queries(*rest)))
    else:
        {"check": check, "rules": rules, "value": value}[verb](*rest)


main()
