#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause

"""Reads Prometheus' text format with Prometheus' own parser for Python, checks
what a parser lets pass, and writes each sample and its value as JSON."""

import collections
import json
import sys

from prometheus_client.parser import text_string_to_metric_families

text = sys.stdin.read()
samples = {}
families = {}
wrong = []


def expect(truth, what):
    if not truth:
        wrong.append(what)


def key(sample, without=()):
    labels = ",".join('%s="%s"' % pair for pair in sorted(sample.labels.items())
                      if pair[0] not in without)
    return sample.name + ("{%s}" % labels if labels else "")


def check_histogram(family):
    series = collections.defaultdict(lambda: collections.defaultdict(list))

    for sample in family.samples:
        part = sample.name[len(family.name):]
        labels = key(sample, ("le",))[len(sample.name):]
        series[labels][part].append(sample)

    for labels, parts in series.items():
        name = family.name + labels
        buckets = [(float(s.labels["le"]), s.value) for s in parts["_bucket"]]
        expect(buckets == sorted(buckets), name + ": buckets that rise")
        expect(buckets[-1][0] == float("inf"), name + ": a bucket of +Inf")
        expect([buckets[-1][1]] == [s.value for s in parts["_count"]],
               name + ": its count")
        expect(len(parts["_sum"]) == 1, name + ": a sum")


try:
    for family in text_string_to_metric_families(text):
        expect(family.documentation, family.name + ": a help text")
        expect(family.type in ("counter", "gauge", "histogram"),
               family.name + ": a type")
        expect(family.name not in families, family.name + ": once")
        families[family.name] = family.type

        for sample in family.samples:
            expect(key(sample) not in samples, key(sample) + ": once")
            expect(sample.value >= 0, key(sample) + ": not negative")
            samples[key(sample)] = sample.value

        if family.type == "histogram":
            check_histogram(family)

except ValueError as e:
    wrong.append(str(e))

expect(text.endswith("\n"), "a line feed at the end")
expect(families, "something")

json.dump({"wrong": wrong, "families": families, "samples": samples},
          sys.stdout)
