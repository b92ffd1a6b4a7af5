# SPDX-License-Identifier: BSD-2-Clause

"""For dev/bench: what a datapoint takes on disk, for each way to store it, and
what that costs to store and to read, the ways in turn."""

import datetime
import functools
import json
import random
import time
import urllib.parse

from servers import ask, make_index, say, turned

HOSTS = 20
SAMPLES = 2500
EVERY = 10
START = datetime.datetime(2026, 1, 1)
PAGES = 200

NAMES = ("cpu.user", "cpu.system", "cpu.iowait", "memory.used", "memory.cached",
         "disk.read", "disk.written", "net.in", "net.out", "load.1m")

# The location in cricket.conf, what it is, of cricket --init.
WAYS = (
    ("plain", "as `cricket --init` makes it", ()),
    ("ids", "`cricket_ids series`", ()),
    ("shards", "`--shards 3`", ("--shards", "3")),
    ("tags", "`--tag-fields host`", ("--tag-fields", "host")),
    ("compact", "`--compact`", ("--compact",)),
    ("best", "`--best-compression`", ("--best-compression",)),
    ("least", "`--compact --best-compression`",
     ("--compact", "--best-compression")),
)


def bodies():
    """Hosts that each send what they have measured, every ten seconds."""
    chance = random.Random(2)
    values = {(host, name): chance.uniform(0, 1000)
              for host in range(HOSTS) for name in NAMES}

    for first in range(0, SAMPLES, 25):
        yield json.dumps([
            {"name": name, "type": "gauge",
             "value": step(values, (host, name), chance),
             "timestamp": instant(i * EVERY, host),
             "tags": {"host": "web-%02d" % host, "dc": ("eu", "us")[host % 2],
                      "service": "shop"}}
            for i in range(first, min(first + 25, SAMPLES))
            for host in range(HOSTS) for name in NAMES],
            separators=(",", ":"))


def step(values, series, chance):
    values[series] = abs(values[series] + chance.gauss(0, 5))
    return round(values[series], 2)


def instant(seconds, host):
    """Each host has a clock of its own."""
    return "%s.%03dZ" % ((START + datetime.timedelta(seconds=seconds))
                         .isoformat(), host * 47)


def sizes(node, port):
    """What each way takes: (what it is, bytes a datapoint, merged; seconds to
    store all, one sender, to read pages from Cricket, and from the node)."""
    say("Storing %d datapoints in each of several ways"
        % (HOSTS * SAMPLES * len(NAMES)))

    # Elasticsearch 8 and 9 compress with a library that its packages bring
    nodes = ask(node, "GET", "/_nodes/_local?filter_path=nodes.*.version")
    old = next(iter(nodes["nodes"].values()))["version"].startswith("7.")

    ways = [way for way in WAYS if "--best-compression" not in way[2] or old]

    for name, _, options in ways:
        make_index(node, "bench-" + name, *options)

    stored = {name: 0.0 for name, *_ in ways}
    for i, body in enumerate(bodies()):
        for name, *_ in turned(ways, i):
            stored[name] += took(port, "/" + name, body)

    taken = {name: size(node, "bench-" + name) for name, *_ in ways}
    names = [name for name, *_ in ways]
    ours = pages(functools.partial(datapoints, port), names)
    others = pages(functools.partial(documents, node), names)

    for name, *_ in ways:
        ask(node, "DELETE", "/bench-" + name)

    return [(what, taken[name], stored[name], ours[name], others[name])
            for name, what, *_ in ways]


def took(port, uri, body=None):
    begin = time.monotonic()
    ask(port, "POST" if body else "GET", uri, body)
    return time.monotonic() - begin


def pages(ask_page, names):
    """Seconds for pages of 1,000 datapoints."""
    chance = random.Random(3)
    spent = {name: 0.0 for name in names}

    for i in range(PAGES + 20):
        metric = chance.choice(NAMES)
        start = instant(chance.randrange(SAMPLES - 100) * EVERY, 0)

        for name in turned(names, i):
            seconds = ask_page(name, metric, start)
            if i >= 20:             # the first are slow for any
                spent[name] += seconds

    return spent


def documents(node, name, metric, start):
    """As others read them, with what they are made of."""
    return took(node, "/bench-%s/_search" % name, json.dumps({
        "size": 1000, "sort": [{"timestamp": "asc"}],
        "query": {"bool": {"filter": [
            {"term": {"name": metric}},
            {"range": {"timestamp": {"gte": start}}}]}}}))


def datapoints(port, name, metric, start):
    return took(port, "/%s?%s" % (name, urllib.parse.urlencode(
        {"name": metric, "start": start, "limit": 1000})))


def size(node, index):
    ask(node, "POST", "/%s/_forcemerge?max_num_segments=1" % index)
    ask(node, "POST", "/%s/_flush?force=true" % index)
    ask(node, "POST", "/%s/_refresh" % index)

    of = ask(node, "GET", "/%s/_stats/store,docs" % index)["_all"]["primaries"]

    return of["store"]["size_in_bytes"] / of["docs"]["count"]
