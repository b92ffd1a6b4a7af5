# SPDX-License-Identifier: BSD-2-Clause

"""For dev/bench: what a datapoint takes on disk, for each way to store it."""

import datetime
import json
import random

from servers import ask, make_index, say

HOSTS = 20
SAMPLES = 2500
EVERY = 10
START = datetime.datetime(2026, 1, 1)

NAMES = ("cpu.user", "cpu.system", "cpu.iowait", "memory.used", "memory.cached",
         "disk.read", "disk.written", "net.in", "net.out", "load.1m")

# The location in cricket.conf, what it is, of cricket --init, of the index.
WAYS = (
    ("plain", "as `cricket --init` makes it", (), None),
    ("ids", "`cricket_ids series`", (), None),
    ("shards", "`--shards 3`", ("--shards", "3"), None),
    ("tags", "`--tag-fields host`", ("--tag-fields", "host"), None),
    ("compact", "`--compact`", ("--compact",), None),
    ("best", "`best_compression`", (), "best_compression"),
    ("least", "`--compact`, `best_compression`", ("--compact",),
     "best_compression"),
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
    """What each way takes: (what it is, bytes a datapoint, merged)."""
    say("Storing %d datapoints in each of several ways"
        % (HOSTS * SAMPLES * len(NAMES)))

    # Elasticsearch 8 and 9 compress with a library that its packages bring
    old = ask(node, "GET", "/")["version"]["number"].startswith("7.")

    ways = [way for way in WAYS if way[3] is None or old]

    for name, _, options, codec in ways:
        make_index(node, "bench-" + name, *options)
        if codec:
            ask(node, "POST", "/bench-%s/_close" % name)
            ask(node, "PUT", "/bench-%s/_settings" % name,
                json.dumps({"index.codec": codec}))
            ask(node, "POST", "/bench-%s/_open" % name)

    for body in bodies():
        for name, *_ in ways:
            ask(port, "POST", "/" + name, body)

    return [(what, size(node, "bench-" + name)) for name, what, *_ in ways]


def size(node, index):
    ask(node, "POST", "/%s/_forcemerge?max_num_segments=1" % index)
    ask(node, "POST", "/%s/_flush?force=true" % index)
    ask(node, "POST", "/%s/_refresh" % index)

    of = ask(node, "GET", "/%s/_stats/store,docs" % index)["_all"]["primaries"]
    ask(node, "DELETE", "/" + index)

    return of["store"]["size_in_bytes"] / of["docs"]["count"]
