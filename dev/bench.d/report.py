# SPDX-License-Identifier: BSD-2-Clause

"""For dev/bench: its tables, what they have to show, and on what machine."""

import fnmatch
import os
import shutil
import statistics
import subprocess

from servers import PATH, ask

WRITERS = ("cricket", "direct", "proxy")

NAMES = {
    "cricket": "Cricket",
    "direct": "direct",
    "proxy": "`proxy_pass`",
    "return": "`return 200`",
    "scan": "`helpers.scan`",
    "cricket-json": "JSON",
    "cricket-series": "JSON, ids by series",
    "victoria": "VictoriaMetrics",
    "shards-1": "one shard",
    "shards-2": "two shards",
    "shards-3": "three shards",
    "before": "an earlier version",
}

# Of the cells that write nothing, and of their rivals.
LABELS = {
    "metrics": ("`/v1/metrics` of 1,000", "`_search`"),
    "stats": ("`/v1/stats`", "`_search`, `stats`"),
    "stats-cached": ("`/v1/stats`, cached by Elasticsearch",
                     "`_search`, `stats`"),
    "series": ("`/v1/stats`, `interval=1m`",
               "`_search`, `stats` in a `date_histogram`"),
    "health": ("`/health`", "`return 200`"),
}

# What to reach: cells, the rival, what is compared, and its bound.
TARGETS = (
    ("post-1-256", "direct", "rate", 2.5),
    ("post-1-256", "proxy", "rate", 4.0),
    ("post-1000-*", "direct", "rate", 0.9),
    ("stats*", "direct", "rate", 0.95),
    ("series", "direct", "rate", 0.95),
    ("export", "scan", "rate", 1.0),
    ("metrics", "direct", "rate", 2.0),
    ("health", "return", "rate", 0.95),
    ("post-1-1", "direct", "p50", 1.1),
    ("tls-*", "proxy", "tls", 1.0),
)

AT_MOST = ("p50", "tls")


def spread(values, form):
    if not values:
        return "-"
    return "%s (%s-%s)" % tuple(form(f(values)) for f in (
        statistics.median, min, max))


def count(n):
    return format(round(n), ",")


def ratio(x):
    return "%.2f" % x


def rate_of(cell, rival):
    if cell.failed(rival):
        runs = cell.of(rival)
        return "**FAILED** %d of %d" % (
            sum(1 for r in runs if r["failed"]), len(runs))
    return spread(cell.figures(rival, "rate"), count)


def times_of(cell, rival):
    p50, p99 = cell.figures(rival, "p50"), cell.figures(rival, "p99")
    if not p50:
        return "-"
    return "%.2f / %.2f" % (statistics.median(p50) * 1e3,
                            statistics.median(p99) * 1e3)


def cpu_of(cell, rival):
    values = cell.figures(rival, "cpu")
    return "%.2f" % statistics.median(values) if values else "-"


def table(head, rows):
    lines = ["| %s |" % " | ".join(head), "|%s" % (" ---: |" * len(head))]
    return lines + ["| %s |" % " | ".join(row) for row in rows] + [""]


def report(cells, options, machine, sizes):
    writes = [cell for cell in cells if cell.name.startswith("post-")]
    secure = [cell for cell in cells if cell.name.startswith("tls-")]
    formats = [cell for cell in cells if cell.name.startswith("format-")]
    spreads = [cell for cell in cells if cell.name.startswith("shards-")]
    exports = [cell for cell in cells if cell.name == "export"]
    others = [cell for cell in cells if cell.name in LABELS]

    lines = ["- %s: %s." % item for item in machine.items()]
    lines += [""]

    if cells:
        lines += ["Median, least and most of %d runs of %d s, the rivals in "
                  "turn; ratios are of the same round."
                  % (options.rounds, options.seconds), ""]

    if writes:
        lines += ["Datapoints stored a second:", ""]
        lines += table(
            ["datapoints a request", "connections", "Cricket", "`_bulk`",
             "`proxy_pass`", "Cricket : `_bulk`", "Cricket : `proxy_pass`"],
            [[count(c.size), count(c.connections)]
             + [rate_of(c, rival) for rival in WRITERS]
             + [spread(c.ratios(rival, "rate"), ratio)
                for rival in WRITERS[1:]] for c in writes])

        lines += ["Latency in ms, p50 / p99, and nginx's CPU seconds for a "
                  "million datapoints:", ""]
        lines += table(
            ["datapoints a request", "connections", "Cricket", "`_bulk`",
             "`proxy_pass`", "p50, Cricket : `_bulk`", "CPU, Cricket",
             "CPU, `proxy_pass`"],
            [[count(c.size), count(c.connections)]
             + [times_of(c, rival) for rival in WRITERS]
             + [spread(c.ratios("direct", "p50"), ratio),
                cpu_of(c, "cricket"), cpu_of(c, "proxy")] for c in writes])

    if formats:
        lines += ["Datapoints stored a second of other formats, whose ids are "
                  "by series, and of the same datapoints in JSON, of 4 "
                  "connections, each datapoint sent once; nginx's CPU seconds "
                  "for a million of them, which parses and passes on, and those "
                  "of VictoriaMetrics, which stores, for the same bodies:", ""]
        lines += table(
            ["format", "datapoints a request", "rate", "to JSON",
             "to JSON with ids by series", "CPU", "CPU, JSON",
             "CPU, JSON with ids by series", "CPU, VictoriaMetrics"],
            [[c.title, count(c.size), rate_of(c, "cricket"),
              spread(c.ratios("cricket-json", "rate"), ratio),
              spread(c.ratios("cricket-series", "rate"), ratio)]
             + [cpu_of(c, rival) for rival in
                ("cricket", "cricket-json", "cricket-series", "victoria")]
             for c in formats])

    if secure:
        lines += ["Datapoints stored a second with TLS between nginx and "
                  "Elasticsearch, nginx's CPU seconds for a million of them, "
                  "and how many of these are for TLS: what the same takes "
                  "without it is subtracted. A second nginx ends TLS before "
                  "Elasticsearch; its CPU is not counted.", ""]
        lines += table(
            ["datapoints a request", "connections", "Cricket", "`proxy_pass`",
             "Cricket : `proxy_pass`", "CPU, Cricket", "CPU, `proxy_pass`",
             "for TLS, Cricket", "for TLS, `proxy_pass`"],
            [[count(c.size), count(c.connections), rate_of(c, "cricket"),
              rate_of(c, "proxy"), spread(c.ratios("proxy", "rate"), ratio),
              cpu_of(c, "cricket"), cpu_of(c, "proxy")]
             + [spread(c.extra(rival, "cpu"), "{:.2f}".format)
                for rival in ("cricket", "proxy")] for c in secure])

    if spreads:
        rivals = list(spreads[0].rivals)
        pairs = [("shards-1" if r == "before" else r,
                  "before" if r == "before" else "shards-1")
                 for r in rivals if r != "shards-1"]
        lines += ["Datapoints stored a second in an index of so many shards, "
                  "and the ratios of these rates:", ""]
        lines += table(
            ["datapoints a request", "connections"]
            + [NAMES[r] for r in rivals]
            + ["%s : %s" % (NAMES[a], NAMES[b]) for a, b in pairs],
            [[count(c.size), count(c.connections)]
             + [rate_of(c, r) for r in rivals]
             + [spread(c.ratios(b, "rate", a), ratio)
                for a, b in pairs] for c in spreads])
        lines += table(
            ["datapoints a request", "connections"]
            + ["CPU, " + NAMES[r] for r in rivals],
            [[count(c.size), count(c.connections)]
             + [cpu_of(c, r) for r in rivals] for c in spreads])

    if others:
        lines += ["Requests a second, latency in ms (p50 / p99), and nginx's "
                  "CPU seconds for a million requests:", ""]
        lines += table(
            ["request", "connections", "rival", "Cricket, rate",
             "rival, rate", "ratio", "Cricket, latency", "rival, latency",
             "Cricket, CPU"],
            [[LABELS[c.name][0], count(c.connections), LABELS[c.name][1],
              rate_of(c, "cricket"), rate_of(c, peer),
              spread(c.ratios(peer, "rate"), ratio),
              times_of(c, "cricket"), times_of(c, peer),
              cpu_of(c, "cricket")] for c in others for peer in c.rivals
             if peer != "cricket"])

    if exports:
        lines += ["Datapoints read a second by a Python client that parses "
                  "each, from `/v1/export` and with `helpers.scan` of "
                  "elasticsearch-py, and nginx's CPU seconds for a million "
                  "datapoints:", ""]
        lines += table(
            ["datapoints", "Cricket", "`helpers.scan`", "ratio",
             "Cricket, CPU"],
            [[count(max(run["requests"] for run in c.runs)),
              rate_of(c, "cricket"), rate_of(c, "scan"),
              spread(c.ratios("scan", "rate"), ratio), cpu_of(c, "cricket")]
             for c in exports])

    if sizes:
        _, *plain = sizes[0]
        lines += ["Bytes on disk for a datapoint, its three tags included, "
                  "merged, without replicas, of 200 series; and the time that "
                  "storing takes one sender, a page of 1,000 datapoints "
                  "Cricket, and the same documents Elasticsearch, to that of "
                  "the first row, the rows in turn:", ""]
        lines += table(["", "bytes", "ratio", "storing", "a page",
                        "documents"],
                       [[what, "%.1f" % figures[0]]
                        + [ratio(f / p) for f, p in zip(figures, plain)]
                        for what, *figures in sizes])

    failures = ["- %s, %s: %s" % (run["cell"], NAMES[run["rival"]],
                                  run["failed"])
                for cell in cells for run in cell.runs if run["failed"]]
    if failures:
        lines += ["Failed runs:", ""] + failures + [""]

    return "\n".join(lines)


def missed(cells):
    """The targets that were not reached, a line each."""
    lines = []

    for pattern, rival, key, bound in TARGETS:
        found = [c for c in cells if fnmatch.fnmatch(c.name, pattern)]
        if not found:
            lines.append("%s: not measured" % pattern)

        for cell in found:
            if cell.failed(rival) and not cell.failed("cricket"):
                continue
            values = (cell.tls_ratios(rival) if key == "tls"
                      else cell.ratios(rival, key))
            value = statistics.median(values) if values else None
            if value is None:
                lines.append("%s against %s: failed" % (cell.name, rival))
            elif value > bound if key in AT_MOST else value < bound:
                lines.append("%s, %s against %s: %.3f, wanted %s %g"
                             % (cell.name, key, rival, value,
                                "at most" if key in AT_MOST else "at least",
                                bound))
    return lines


def about(path, key):
    with open(path) as f:
        for line in f:
            name, _, value = line.partition("=" if "=" in line else ":")
            if name.strip() == key:
                return value.strip().strip('"')
    return "unknown"


def output(*command):
    return subprocess.run(command, stdout=subprocess.PIPE, text=True,
                          stderr=subprocess.STDOUT).stdout.split("\n")[0]


def describe(node, heap="1 GB"):
    nodes = ask(node, "GET", "/_nodes/jvm")["nodes"]
    info = next(iter(nodes.values()))
    nginx = output(shutil.which("nginx", path=PATH), "-v")

    return {
        "Machine": "%d cores, %s, %.0f GB of memory, Linux %s, %s" % (
            os.cpu_count(), about("/proc/cpuinfo", "model name"),
            int(about("/proc/meminfo", "MemTotal").split()[0]) / 1e6,
            os.uname().release, about("/etc/os-release", "PRETTY_NAME")),
        "Software": "nginx %s with one worker, Elasticsearch %s with a heap "
            "of %s, one shard and no replica, Java %s, wrk %s with one thread"
            % (nginx.rpartition("/")[2], info["version"], heap,
               info["jvm"]["version"],
               output("wrk", "-v").split()[1].rpartition("/")[2]),
    }
