# SPDX-License-Identifier: BSD-2-Clause

"""For dev/bench: questions about many datapoints in monthly partitions, asked of
Cricket and, the same searches, of Elasticsearch."""

import concurrent.futures
import datetime
import http.client
import json
import multiprocessing
import os
import random
import statistics
import time
import urllib.parse

from servers import ask, die, make_index, say, start_nginx
from sizes import HOSTS, NAMES

SERIES = HOSTS * len(NAMES)
MINUTE = datetime.timedelta(minutes=1)
DAY = datetime.timedelta(days=1)
INDEX = "bench-large-%Y.%m"
PARTITIONS = "bench-large-*"
SENDERS = 4

# So many connections has a browser.
BROWSER = 6


class Asker:
    """Requests on one connection, the answers read and not looked at."""

    def __init__(self, port):
        self.connection = http.client.HTTPConnection("127.0.0.1", port,
                                                     timeout=600)

    def ask(self, method, uri, body=None):
        headers = {"Content-Type": "application/json"} if body else {}
        self.connection.request(method, uri, body, headers)
        reply = self.connection.getresponse()
        text = reply.read()
        if reply.status != 200:
            die("%s %s: %d %s" % (method, uri, reply.status,
                                  text[:500].decode(errors="replace")))
        return text


# --- datapoints ---------------------------------------------------------------

def first_of(total):
    """The day from which on each series has a datapoint a minute, so many in
    all up to yesterday."""
    days = -(-total // (SERIES * 24 * 60))
    today = datetime.datetime.now(datetime.timezone.utc).replace(
        hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    return today - days * DAY, days


def body(moment, values, chance):
    """25 minutes of all series."""
    lines = []

    for i in range(25):
        stamp = (moment + i * MINUTE).isoformat()
        for host in range(HOSTS):
            tail = ('"timestamp":"%s.%03dZ","tags":{"host":"web-%02d",'
                    '"dc":"%s","service":"shop"}}'
                    % (stamp, host * 47, host, ("eu", "us")[host % 2]))
            for name in NAMES:
                value = abs(values[host, name] + chance.gauss(0, 5))
                values[host, name] = value
                lines.append('{"name":"%s","type":"gauge","value":%.2f,%s'
                             % (name, value, tail))

    return "[%s]" % ",".join(lines)


def send(port, first, days):
    """What one sender has, day after day."""
    chance = random.Random(str(first))
    values = {(host, name): chance.uniform(0, 1000)
              for host in range(HOSTS) for name in NAMES}
    asker = Asker(port)

    for minute in range(0, days * 24 * 60, 25):
        asker.ask("POST", "/v1/metrics",
                  body(first + minute * MINUTE, values, chance))


def fill(node, port, total):
    first, days = first_of(total)
    say("Storing %s datapoints of %d days" % (format(total, ","), days))
    make_index(node, INDEX)

    begin = time.monotonic()
    each = -(-days // SENDERS)
    senders = [multiprocessing.Process(
                   target=send, args=(port, first + i * each * DAY,
                                      max(0, min(each, days - i * each))))
               for i in range(SENDERS)]
    for sender in senders:
        sender.start()

    while any(sender.is_alive() for sender in senders):
        time.sleep(15)
        stored = ask(node, "GET", "/%s/_stats/docs" % PARTITIONS)
        stored = stored["_all"]["primaries"].get("docs", {}).get("count", 0)
        say("%14s datapoints, %.0f s" % (format(stored, ","),
                                         time.monotonic() - begin))

    if any(sender.exitcode for sender in senders):
        die("a sender failed")

    ask(node, "POST", "/%s/_refresh" % PARTITIONS)
    return time.monotonic() - begin


# --- questions ----------------------------------------------------------------

def stamp(moment):
    return moment.isoformat() + "Z"


def question(path, **more):
    return path + "?" + urllib.parse.urlencode(more)


def questions(first, last):
    """What is asked, a row each: a function that has one of many like it."""
    def within(days):
        def span(chance):
            begin = first + chance.randrange(
                max(1, (last - first).days - days)) * DAY
            return {"start": stamp(begin), "end": stamp(
                begin + days * DAY - datetime.timedelta(milliseconds=1))}
        return span

    def all_of_it(chance):
        return {"start": stamp(first), "end": stamp(last)}

    def row(path, span, **more):
        def make(chance):
            name = {} if path == "/v1/names" else {"name": chance.choice(NAMES)}
            return question(path, **name, **more, **span(chance))
        return make

    def series(chance):
        return question("/v1/export", name=chance.choice(NAMES),
                        **{"tag.host": "web-%02d" % chance.randrange(HOSTS)})

    day, month = within(1), within(30)

    return (
        ("`/v1/stats`, a day", row("/v1/stats", day)),
        ("`/v1/stats`, 30 days", row("/v1/stats", month)),
        ("`/v1/stats`, all", row("/v1/stats", all_of_it)),
        ("`points=300`, 30 days", row("/v1/stats", month, points=300)),
        ("`points=300`, all", row("/v1/stats", all_of_it, points=300)),
        ("`points=300&group_by=host`, 30 days",
         row("/v1/stats", month, points=300, group_by="host")),
        ("`group_by=host&top=5&rank=p95`, 30 days",
         row("/v1/stats", month, group_by="host", top=5, rank="p95")),
        ("`percentiles=50,95,99`, 30 days",
         row("/v1/stats", month, percentiles="50,95,99")),
        ("`points=300&rate=cumulative`, 30 days",
         row("/v1/stats", month, points=300, rate="cumulative")),
        ("`interval=1d&tz=Europe/Berlin`, 30 days",
         row("/v1/stats", month, interval="1d", tz="Europe/Berlin")),
        ("`/v1/last`", row("/v1/last", lambda chance: {
            "start": stamp(last - DAY), "end": stamp(last)})),
        ("`/v1/tags`, 30 days", row("/v1/tags", month)),
        ("`/v1/tags?key=host`, 30 days", row("/v1/tags", month, key="host")),
        ("`/v1/names`, a day", row("/v1/names", day)),
        ("`/v1/names`, all", row("/v1/names", all_of_it)),
        ("`/v1/metrics`, a page of 1,000", row("/v1/metrics", month)),
        ("`/v1/metrics?order=desc`, a page of 1,000",
         row("/v1/metrics", month, order="desc")),
        ("`/v1/export` of one series", series),
    )


def screen(first, last, chance):
    """Twelve charts of 300 points, four of them by host, of what are 10
    million datapoints."""
    days = min(35, (last - first).days)
    begin = last - days * DAY

    return [question("/v1/stats", name=NAMES[i % len(NAMES)], points=300,
                     start=stamp(begin), end=stamp(last),
                     **({"group_by": "host"} if i % 3 == 0 else {}))
            for i in range(12)]


class Seen:
    """What Cricket asks of Elasticsearch for a request."""

    def __init__(self, port, log):
        self.asker = Asker(port)
        self.log = log

    def searches(self, uri):
        before = os.path.getsize(self.log) if os.path.exists(self.log) else 0
        self.asker.ask("GET", uri)
        with open(self.log, errors="surrogateescape") as f:
            f.seek(before)
            asked = [json.loads(line) for line in f]
        return [(each["method"], each["uri"], each["body"]) for each in asked
                if "/_search" in each["uri"] or "/_msearch" in each["uri"]]


def timed(function, *args):
    begin = time.perf_counter()
    function(*args)
    return time.perf_counter() - begin


def ask_all(asker, searches):
    for method, uri, text in searches:
        asker.ask(method, uri, text.encode())


def side_by_side(requests, port):
    """All of them as a browser asks: on a few connections at once."""
    askers = [Asker(port) for _ in range(BROWSER)]

    def some(i):
        for searches in requests[i::BROWSER]:
            ask_all(askers[i], searches)

    with concurrent.futures.ThreadPoolExecutor(BROWSER) as pool:
        list(pool.map(some, range(BROWSER)))


def compare(ours, theirs, rounds):
    """Times of both, in turn."""
    times = ([], [])
    for i in range(rounds):
        pair = ((0, ours), (1, theirs))
        for which, function in pair if i % 2 else reversed(pair):
            times[which].append(timed(function, i))
    return times


def large(node, ports, work, options):
    """A row each: what was asked, Cricket's times, Elasticsearch's."""
    total = options.datapoints
    start_nginx("large", ports["LARGE"], work, ports)

    kept = ask(node, "GET", "/_cat/indices/%s?format=json" % PARTITIONS)
    took = None if kept else fill(node, ports["LARGE"], total)

    ask(node, "PUT", "/%s/_settings" % PARTITIONS,
        json.dumps({"index.requests.cache.enable": False}))

    first, days = first_of(total)
    last = first + days * DAY
    stats = ask(node, "GET", "/%s/_stats/docs,store,segments" % PARTITIONS)
    of = stats["_all"]["primaries"]
    facts = {"datapoints": of["docs"]["count"], "indices": len(stats["indices"]),
             "bytes": of["store"]["size_in_bytes"],
             "segments": of["segments"]["count"], "took": took}

    seen = Seen(ports["SEEN"], os.path.join(work, "asked.log"))
    cricket, direct = Asker(ports["LARGE"]), Asker(node)
    rows = []

    for label, make in questions(first, last):
        chance = random.Random(label)
        rounds = options.rounds * (1 if "export" in label else 5)
        uris = [make(chance) for _ in range(rounds)]
        same = [seen.searches(uri) for uri in uris]

        rows.append((label, sum(map(len, same)) / rounds) + compare(
            lambda i: cricket.ask("GET", uris[i]),
            lambda i: ask_all(direct, same[i]), rounds))
        say("%-45s %8.1f ms, directly %8.1f ms"
            % (label, *(statistics.median(t) * 1e3 for t in rows[-1][2:])))

    uris = screen(first, last, random.Random(0))
    same = [seen.searches(uri) for uri in uris]
    rows.append(("twelve charts, six connections", sum(map(len, same)))
                + compare(
        lambda i: side_by_side([[("GET", uri, "")] for uri in uris],
                               ports["LARGE"]),
        lambda i: side_by_side(same, node), options.rounds * 3))
    say("%-45s %8.1f ms, directly %8.1f ms"
        % (rows[-1][0], *(statistics.median(t) * 1e3 for t in rows[-1][2:])))

    return facts, rows


def tell(facts, rows):
    """The section of the report."""
    text = ["%s datapoints of %d series in %d monthly indices of one shard each,"
            " %.1f GB, %d segments; the times in ms, the rivals in turn. What is"
            " sent directly are the very searches that Cricket sends."
            % (format(facts["datapoints"], ","), SERIES, facts["indices"],
               facts["bytes"] / 1e9, facts["segments"]), ""]

    if facts["took"]:
        text += ["Stored in %.0f s by %d senders, 5,000 datapoints a request:"
                 " %s a second." % (facts["took"], SENDERS, format(round(
                     facts["datapoints"] / facts["took"]), ",")), ""]

    text += ["| question | searches | Cricket, median | most | directly, median"
             " | most | ratio |",
             "| --- | ---: | ---: | ---: | ---: | ---: | ---: |"]

    for label, searches, ours, theirs in rows:
        text.append("| %s | %.0f | %.1f | %.1f | %.1f | %.1f | %.2f |" % (
            label, searches, statistics.median(ours) * 1e3, max(ours) * 1e3,
            statistics.median(theirs) * 1e3, max(theirs) * 1e3,
            statistics.median(a / b for a, b in zip(ours, theirs))))

    return text + [""]
