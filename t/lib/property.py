# SPDX-License-Identifier: BSD-2-Clause

"""Compares what Cricket answers with a plain recomputation over the same data.

    property.py PORT SEED POINTS SECONDS

Stores random datapoints through the server on PORT of the loopback address,
asks random questions for so many seconds, and recomputes each answer from what
was stored. Prints TAP; t/read_property.t runs it. The index is to be empty.
"""

import collections
import csv
import datetime
import http.client
import io
import json
import math
import random
import re
import sys
import threading
import time
from urllib.parse import quote, quote_plus

EPOCH = datetime.datetime(1970, 1, 1)
SECOND = 10**9
FIRST = -62135596800 * SECOND
LAST = 253402300799 * SECOND + 999999999
BASE = 1483224590 * SECOND

NAMES = ["c1", "c2", "c 3", '"quoted"\\', "\u00f1and\u00fa", "n*", "n", "nn",
         'c1,"]}', "\u65e5\u672c", "x" * 512, "e\u0301\u00a0x", "=cmd()", "+1",
         "\U0001d11e", "%41&b=c#d", "\ufeff", "\U0010ffff"]
TYPES = ["counter", "gauge", "timer", '"t\\', "\u00fc" * 32]
KEYS = ["host", "h", "host2", "a/b.c-d", "ho.st", "hoxst", "Z_9", "host.",
        "k" * 256]
VALUES = ["web1", "web2", '\u00e9"\\', "=", "a=b", " ", ',;"',
          "\u65e5\U0001d11e", "*", "?", ".*", "x" * 1024, "web1=", " web1",
          "<script>", "'; --", '{"match_all":{}}', "\U0010ffff", "&#+%00",
          "\u2028"]
PERCENTILES = ["50", "0", "100", "99.9", "95.0", "0.1", "25.5"]
UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
INTERVALS = ["1s", "30s", "1m", "7m", "1h", "3h", "1d", "7d", "365d", "36500d"]

NAME_PATTERNS = ["c*", "n", "n*", "n\\*", "*", "?", "??", "*,*", '"*\\\\',
                 "*\u672c", "\U0001d11e", "%41?b=*", "x*x", "=*", "*?*?*"]
PATTERNS = ["web*", "web?", "*", "?", "\\*", "\\?", "*=*", "*\\\\", ".*", "??",
            "?eb1", "*\U0001d11e", "\u65e5?", "x*", "w*b*1", "*%00", "{*}",
            "web1=", "?*?*?"]

Point = collections.namedtuple("Point", "name type value ns tags")


def iso(ns, offset=0):
    """RFC 3339 at an offset in minutes; in UTC if there is no such date."""
    second, fraction = divmod(ns, SECOND)

    try:
        local = EPOCH + datetime.timedelta(seconds=second, minutes=offset)
    except OverflowError:
        return iso(ns)

    text = local.isoformat()

    if fraction:
        text += (".%09d" % fraction).rstrip("0")

    if not offset:
        return text + "Z"

    return text + "%s%02d:%02d" % ("-" if offset < 0 else "+",
                                   *divmod(abs(offset), 60))


def matcher(pattern):
    """Of a pattern: * is any characters, ? is one, \\ makes one of these plain."""
    text = re.sub(r"\\(.)|(\*)|(\?)|(.)",
                  lambda m: ".*" if m[2] else "." if m[3]
                  else re.escape(m[1] or m[4]), pattern, flags=re.S)

    return re.compile(text, re.S).fullmatch


class Client:
    """A connection to the server."""

    def __init__(self, port):
        self.http = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def ask(self, method, uri, body=None, headers={}):
        self.http.request(method, uri, body, headers)
        reply = self.http.getresponse()

        return reply, reply.read()

    def get(self, uri, headers={}):
        reply, body = self.ask("GET", uri, None, headers)

        if reply.status != 200:
            raise Wrong("status %d: %s" % (reply.status, body[:300]))

        return reply, body.decode()


class Wrong(Exception):
    """An answer is not what was to be expected."""


class Data:
    """Random datapoints and questions, and what is stored."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.points = []

    def instant(self):
        r = self.random
        kind = r.random()

        if kind < 0.2:
            return r.randint(FIRST, LAST)
        if kind < 0.25:
            return r.choice([FIRST, LAST, 0, -1, 1, -1000000, -999999, SECOND,
                             -SECOND, -1500000, FIRST + 1, LAST - 999999])
        if kind < 0.5:
            return (BASE + r.randint(-5, 5) * 10**6
                    + r.choice([0, 0, 0, 1, 500, 999999]))
        if kind < 0.7:
            return r.randint(-5000, 5000) * 10**6

        return (BASE + r.randint(0, 10**6) * 10**6
                + (r.randint(0, 999999) if r.random() < 0.3 else 0))

    def value(self):
        r = self.random
        kind = r.random()

        if kind < 0.3:
            return float(r.randint(-1000, 1000))
        if kind < 0.5:
            return r.uniform(-1e3, 1e3)
        if kind < 0.6:
            return r.choice([1e308, -1e308, 5e-324, -5e-324, 0.0, -0.0, 1e10,
                             1.7976931348623157e308, 123456789.0, 1e-7, 2e-3,
                             1e22, 1e15, 9007199254740993.0, 0.1 + 0.2])

        return r.uniform(-1, 1) * 10.0**r.randint(-20, 20)

    def point(self):
        r = self.random

        if self.points and r.random() < 0.1:
            return r.choice(self.points)

        tags = {}

        if r.random() < 0.6:
            for key in r.sample(KEYS, r.randint(1, 5)):
                tags[key] = r.choice(VALUES)

        return Point(r.choice(NAMES), r.choice(TYPES), self.value(),
                     self.instant(), tags)

    def text(self, point):
        """A datapoint as JSON, its timestamp at any offset."""
        r = self.random
        offset = r.choice([0, 0, r.randint(-1439, 1439)])
        stamp = iso(point.ns, offset)

        if r.random() < 0.2:
            stamp = stamp.replace("T", "t").replace("Z", "z")

        fields = [("name", point.name), ("type", point.type),
                  ("value", point.value), ("timestamp", stamp)]

        if point.tags or r.random() < 0.1:
            fields.append(("tags", point.tags))

        r.shuffle(fields)

        return json.dumps(dict(fields), ensure_ascii=r.random() < 0.5)

    def near(self):
        """An instant at a datapoint, next to one, or anywhere."""
        r = self.random

        if r.random() < 0.7:
            ns = (r.choice(self.points).ns
                  + r.choice([0, 0, 0, 1, -1, 500, 10**6, -10**6]))
        else:
            ns = self.instant()

        return max(FIRST, min(LAST, ns))

    def time(self, ns):
        """An instant as a parameter, in any spelling there is."""
        r = self.random

        if ns % SECOND == 0 and SECOND <= ns // SECOND < 10 * SECOND:
            if r.random() < 0.3:
                return str(ns // SECOND)

        if ns % 10**6 == 0 and 10**12 <= ns // 10**6 < 10**13:
            if r.random() < 0.3:
                return str(ns // 10**6)

        return iso(ns, r.choice([0, 0, 60, 120, -330, 1439, -1439]))

    def question(self, stats=False, instant=False, length=None, name=True):
        """Parameters, and a function that tells which datapoints they mean;
        the range is as long as length says, if it does."""
        r = self.random
        params = []
        tests = []

        if r.random() < 0.15:
            like = r.choice(NAME_PATTERNS)
            params.append(("name~", like))
            tests.append(lambda p, m=matcher(like): m(p.name))

        elif stats or name and r.random() < 0.5:
            whole = r.choice(NAMES)
            params.append(("name", whole))
            tests.append(lambda p: p.name == whole)

        if r.random() < 0.2:
            kind = r.choice(TYPES)
            params.append(("type", kind))
            tests.append(lambda p: p.type == kind)

        for key in r.sample(KEYS, r.choice([0, 0, 0, 1, 1, 2])):
            self.filters(key, params, tests)

        start, end = sorted([self.near(), self.near()])

        if stats:
            start = FIRST if r.random() < 0.3 else start
            end = LAST if r.random() < 0.3 else end

        if length is not None:
            start = min(start, LAST - length)
            end = start + length

        if stats or r.random() < 0.4:
            params.append(("start", self.time(start)))
            tests.append(lambda p: p.ns >= start)

        if stats or r.random() < 0.4:
            params.append(("end", self.time(end)))
            tests.append(lambda p: p.ns <= end)

        if instant and r.random() < 0.15:
            at = self.near()
            params.append(("timestamp", self.time(at)))
            tests.append(lambda p: p.ns == at)

        r.shuffle(params)
        self.span = (start, end)

        return params, lambda p: all(test(p) for test in tests)

    def filters(self, key, params, tests):
        """Any of some values and patterns of a tag, and none of others."""
        r = self.random
        kinds = r.choice([["="], ["="], ["=", "="], ["!="], ["!=", "!="],
                          ["~="], ["~=", "~="], ["!~="], ["=", "~=", "!="],
                          ["=", "=", "!~=", "!="], ["~=", "!~="]])
        wanted = []

        for kind in kinds:
            text = r.choice(PATTERNS if "~" in kind else VALUES)
            params.append(("tag." + key + kind[:-1], text))
            match = matcher(text) if "~" in kind else text.__eq__

            if "!" in kind:
                tests.append(lambda p, k=key, m=match:
                             k not in p.tags or not m(p.tags[k]))
            else:
                wanted.append(match)

        if wanted:
            tests.append(lambda p, k=key, w=wanted:
                         k in p.tags and any(m(p.tags[k]) for m in w))

    def query(self, params):
        """The query string, in one of the ways to encode it."""
        r = self.random

        def encode(text):
            if r.random() < 0.3:
                return quote_plus(text)

            return quote(text, safe="" if r.random() < 0.5 else "/:!*\\")

        return "&".join(encode(k) + "=" + encode(v) for k, v in params)


def fields(name, kind, value, stamp, tags):
    """What is compared: -0.0 is not 0.0, but 1.0 is 1."""
    return (name, kind, repr(float(value)), stamp, sorted(tags.items()))


def expected(point):
    return fields(point.name, point.type, point.value, iso(point.ns),
                  point.tags)


def read_json(item):
    if item.get("tags") == {}:
        raise Wrong("empty tags")

    more = set(item) - {"name", "type", "value", "timestamp", "tags"}

    if more:
        raise Wrong("members %s" % more)

    return fields(item["name"], item["type"], item["value"],
                  item["timestamp"], item.get("tags", {}))


def read(text, form):
    if form == "json":
        return [read_json(item) for item in json.loads(text)]

    if form == "ndjson":
        return [read_json(json.loads(line)) for line in text.split("\n")[:-1]]

    rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))

    if rows[0] != ["name", "type", "value", "timestamp", "tags"]:
        raise Wrong("CSV header %s" % rows[0])

    return [fields(*row[:4], json.loads(row[4]) if row[4] else {})
            for row in rows[1:]]


def same(got, want):
    for i, (a, b) in enumerate(zip(got, want)):
        if a != b:
            raise Wrong("number %d of %d: got %.400r, not %.400r"
                        % (i, len(want), a, b))

    if len(got) != len(want):
        raise Wrong("%d, not %d" % (len(got), len(want)))


def arranged(points, got):
    """The datapoints in the order in which the server has them, once for all.

    By time; among equal times one series after the other, in an order of the
    server's own; in a series as they arrived.
    """
    times = collections.defaultdict(dict)

    for point in points:
        item = expected(point)
        series = (item[0], item[1], str(item[4]))
        times[point.ns].setdefault(series, []).append(point)

    order = []
    place = 0

    for ns in sorted(times):
        series = times[ns]

        while series:
            if place >= len(got):
                raise Wrong("%d datapoints, not %d" % (place, len(points)))

            item = got[place]
            key = (item[0], item[1], str(item[4]))

            if key not in series:
                raise Wrong("number %d: %.400r is not of %s" % (place, item,
                                                                iso(ns)))

            order += series.pop(key)
            same(got[place:len(order)], [expected(p) for p in order[place:]])
            place = len(order)

    same(got[place:], [])

    return order


def close(got, want, scale):
    """Sums depend on the order in which they are made."""
    if got is None or want is None:
        if got is not want:
            raise Wrong("got %r, not %r" % (got, want))

    elif abs(got - want) > 1e-9 * abs(want) + 1e-12 * scale:
        raise Wrong("got %r, not %r" % (got, want))


def rank(values, percent):
    """The bounds of a percentile: its neighbours in rank, 1 % to each side.

    Between equal values Elasticsearch's interpolation may be an ulp off.
    """
    n = len(values)
    low = math.floor((percent - 1) / 100 * (n - 1)) - 1
    high = math.ceil((percent + 1) / 100 * (n - 1)) + 1

    low, high = values[max(low, 0)], values[min(high, n - 1)]

    return low - 1e-12 * abs(low), high + 1e-12 * abs(high)


def summary(got, points, percentiles):
    members = {"count", "sum", "min", "max", "average"}
    members |= {"percentiles"} if percentiles else set()

    if set(got) != members:
        raise Wrong("members %s" % sorted(got))

    values = sorted(p.value for p in points)

    if got["count"] != len(values):
        raise Wrong("count %d, not %d" % (got["count"], len(values)))

    if percentiles and list(got["percentiles"]) != percentiles:
        raise Wrong("percentiles %s" % got["percentiles"])

    if not values:
        if got["sum"] != 0 or [m for m in members - {"count", "sum"}
                               if got[m] not in (None, {p: None for p in
                                                        percentiles})]:
            raise Wrong("of nothing: %s" % got)

        return

    if (got["min"], got["max"]) != (values[0], values[-1]):
        raise Wrong("extremes %r to %r, not %r to %r"
                    % (got["min"], got["max"], values[0], values[-1]))

    scale = max(-values[0], values[-1]) * len(values)

    # where a part of a sum may overflow it depends on the order
    if scale < math.inf:
        total = math.fsum(values)
        close(got["sum"], total, scale)
        close(got["average"], total / len(values), scale)

    # between huge values there is nothing to interpolate with
    if percentiles and values[-1] < 1e307 and values[0] > -1e307:
        for text in percentiles:
            low, high = rank(values, float(text))
            value = got["percentiles"][text]

            if value is None or not low <= value <= high:
                raise Wrong("percentile %s: %r, not from %r to %r"
                            % (text, value, low, high))


def width(interval):
    return int(interval[:-1]) * UNITS[interval[-1]] * SECOND


def series(got, points, interval, percentiles, span):
    step = width(interval)
    buckets = collections.defaultdict(list)

    for point in points:
        buckets[point.ns // step * step].append(point)

    starts = sorted(buckets)

    if ([bucket.pop("start") for bucket in got]
            != [iso(max(s, FIRST)) for s in starts]):
        raise Wrong("buckets of %s" % interval)

    for bucket, start in zip(got, starts):
        cut = start < span[0] or span[1] < start + step - 1
        now = time.time_ns()

        # what the present cuts may be over by now
        if start < now - 10 * SECOND and now < start + step:
            cut = True

        if bucket.pop("partial", False) != cut:
            raise Wrong("partial: %s is not %s" % (iso(start), cut))

        summary(bucket, buckets[start], percentiles)


def next_page(reply, path):
    link = reply.getheader("Link")

    if link is None:
        return None

    match = re.fullmatch(r'<(\?[!-~]+)>; rel="next"', link)

    if not match:
        raise Wrong("Link: %s" % link)

    return path + match[1]


class Check:
    """The questions, one kind a method."""

    def __init__(self, port, data):
        self.client = Client(port)
        self.data = data
        self.random = data.random
        self.uri = ""

    def get(self, uri, headers={}):
        self.uri = uri

        return self.client.get(uri, headers)

    def form(self, forms):
        """A format, by parameter or by header."""
        form = self.random.choice(forms)
        types = {"json": "application/json", "ndjson": "application/x-ndjson",
                 "csv": "text/csv"}

        if self.random.random() < 0.5:
            return form, [("format", form)], {}

        return form, [], {"Accept": types[form]}

    def want(self, means):
        return [expected(p) for p in self.data.points if means(p)]

    def metrics(self):
        params, means = self.data.question(instant=True)
        form, more, headers = self.form(["json", "ndjson", "csv"])
        limit = self.random.choice([1, 2, 7, 100, 1000, 1000])
        params += more + [("limit", str(limit))]
        want = self.want(means)
        got = []
        uri = "/v1/metrics?" + self.data.query(params)

        while uri:
            reply, text = self.get(uri, headers)
            page = read(text, form)
            uri = next_page(reply, "/v1/metrics")

            if len(page) > limit or (uri and len(page) < limit):
                raise Wrong("a page of %d" % len(page))

            got += page

            if limit < 100 and len(got) >= 30 * limit:
                want = want[:len(got)]
                break

        same(got, want)

    def export(self):
        params, means = self.data.question()
        form, more, headers = self.form(["ndjson", "csv"])
        query = self.data.query(params + more)
        reply, text = self.get("/v1/export?" + query, headers)
        same(read(text, form), self.want(means))

    def stats(self):
        r = self.random
        params, means = self.data.question(stats=True)
        points = [p for p in self.data.points if means(p)]
        percentiles, key, interval = [], None, None

        if r.random() < 0.4:
            percentiles = r.sample(PERCENTILES, r.randint(1, 4))
            params.append(("percentiles", ",".join(percentiles)))

        if r.random() < 0.4:
            key = r.choice(KEYS)
            params.append(("group_by", key))

        if r.random() < 0.5:
            interval = r.choice(INTERVALS)
            params.append(("interval", interval))

        reply, text = self.get("/v1/stats?" + self.data.query(params))
        got = json.loads(text)

        if not key:
            self.part(got, points, interval, percentiles)
            return

        if (got["group_by"], got.get("interval")) != (key, interval):
            raise Wrong("group_by or interval is another one")

        if got["lacking"] != sum(key not in p.tags for p in points):
            raise Wrong("lacking %s" % got["lacking"])

        groups = collections.defaultdict(list)

        for point in points:
            if key in point.tags:
                groups[point.tags[key]].append(point)

        values = sorted(groups, key=str.encode)

        if ([(group.pop("value"), group.pop("tags")) for group in got["groups"]]
                != [(v, {key: v}) for v in values]):
            raise Wrong("groups are not %s" % values)

        for group, value in zip(got["groups"], values):
            self.part(group, groups[value], interval, percentiles)

    def few(self):
        self.line([0, 1, 60, 9998])

    def many(self):
        self.line([10000, 10001, 50000])

    def line(self, lengths):
        """A series over so many intervals: those that may have more than
        10,000 buckets are another search of Elasticsearch's."""
        r = self.random
        interval = r.choice(INTERVALS[:INTERVALS.index("7d") + 1])
        length = max(0, r.choice(lengths) * width(interval)
                        + r.choice([-1, 0, 0, 1]))
        params, means = self.data.question(stats=True, length=length)
        params.append(("interval", interval))
        reply, text = self.get("/v1/stats?" + self.data.query(params))
        self.part(json.loads(text), [p for p in self.data.points if means(p)],
                  interval, [])

    def part(self, got, points, interval, percentiles):
        if not interval:
            summary(got, points, percentiles)

        elif set(got) != {"interval", "buckets"}:
            raise Wrong("members %s" % sorted(got))

        elif got["interval"] != interval:
            raise Wrong("interval %s" % got["interval"])

        else:
            series(got["buckets"], points, interval, percentiles,
                   self.data.span)

    def names(self):
        r = self.random
        prefix = r.choice(["", "", "c", "n", "\u65e5", '"', "x", "e", "zz",
                           "n*", "=", "\u00f1", "%", "\U0010ffff"])
        limit = r.choice([1, 2, 3, 1000])
        params, means = [], lambda p: True

        if r.random() < 0.6:
            params, means = self.data.question(name=False)

        params.append(("limit", str(limit)))
        params += [("prefix", prefix)] if prefix else []
        counts = collections.Counter(p.name for p in self.data.points
                                     if p.name.startswith(prefix)
                                     and means(p))
        want = [{"name": n, "count": counts[n]}
                for n in sorted(counts, key=str.encode)]
        got = []
        uri = "/v1/names?" + self.data.query(params)

        while uri:
            reply, text = self.get(uri)
            page = json.loads(text)["names"]
            uri = next_page(reply, "/v1/names")

            if len(page) > limit or (uri and len(page) < limit):
                raise Wrong("a page of %d" % len(page))

            got += page

        same(got, want)


def store(client, data, points):
    r = data.random
    lines = [data.text(p) for p in points]

    if r.random() < 0.5:
        kind, body = "application/x-ndjson", "\n".join(lines) + "\n"
    else:
        kind, body = "application/json", "[" + ",".join(lines) + "]"

    reply, answer = client.ask("POST", "/v1/metrics?refresh=wait_for",
                               body.encode(), {"Content-Type": kind})

    if reply.status != 200 or json.loads(answer) != {"stored": len(points)}:
        raise Wrong("POST: status %d, %s" % (reply.status, answer[:300]))


def arrivals(port, seed, data, seconds):
    """Pages while others write: what was there comes exactly once, in order.

    What is new has a name of its own, times before, among and behind, and may
    come or not, but no more than once.
    """
    stop = threading.Event()
    failures = []
    new = Data(seed + 1)
    times = [p.ns for p in data.points]
    written = [0]

    def near():
        ns = new.random.choice(times) + new.random.choice([-1, 0, 0, 1])

        return max(FIRST, min(LAST, ns))

    def write():
        client = Client(port)

        try:
            while not stop.is_set():
                points = [new.point()._replace(
                    name="new", value=float(written[0] + i),
                    ns=near()) for i in range(20)]
                store(client, new, points)
                written[0] += len(points)
        except Exception as e:
            failures.append(repr(e))

    writer = threading.Thread(target=write)
    writer.start()

    client = Client(port)
    rounds = 0
    end = time.time() + seconds
    want = [expected(p) for p in data.points]

    try:
        while not failures and (not rounds or time.time() < end):
            limit = [100, 37, 211][rounds % 3]
            uri = "/v1/metrics?limit=%d" % limit
            got = []

            while uri:
                reply, text = client.get(uri)
                got += read(text, "json")
                uri = next_page(reply, "/v1/metrics")

            same([g for g in got if g[0] != "new"], want)
            seen = collections.Counter(g[2] for g in got if g[0] == "new")

            if seen and max(seen.values()) > 1:
                raise Wrong("a new datapoint came twice")

            reply, text = client.get("/v1/export")
            same([g for g in read(text, "ndjson") if g[0] != "new"], want)
            rounds += 1
    finally:
        stop.set()
        writer.join()

    if failures:
        raise Wrong("writer: " + failures[0])

    if not written[0]:
        raise Wrong("nothing new has arrived")

    return "%d rounds, %d new datapoints" % (rounds, written[0])


def main(port, seed, count, seconds):
    data = Data(seed)
    number = 0
    failed = 0

    def report(ok, text, why=""):
        nonlocal number, failed

        number += 1
        failed += not ok
        print("%sok %d - %s" % ("" if ok else "not ", number, text))

        for line in why.splitlines():
            print("# " + line)

        sys.stdout.flush()

    client = Client(port)

    # every size of a request, one after the other: the order is theirs
    while len(data.points) < count:
        n = min(data.random.choice([1, 10, 500, 1000]),
                count - len(data.points))
        points = [data.point() for _ in range(n)]
        store(client, data, points)
        data.points += points

    report(True, "%d datapoints stored, seed %d" % (count, seed))

    reply, text = client.get("/v1/export")
    data.points = arranged(data.points, read(text, "ndjson"))

    check = Check(port, data)
    kinds = [check.metrics, check.export, check.stats, check.names, check.few,
             check.many]
    asked = collections.Counter()
    wrong = {}
    end = time.time() + seconds * 0.75

    while len(wrong) < len(kinds) and (
            time.time() < end or any(asked[k.__name__] < 10 for k in kinds
                                     if k.__name__ not in wrong)):
        kind = data.random.choices(kinds, [4, 2, 6, 1, 2, 2])[0]
        name = kind.__name__

        if name in wrong:
            continue

        try:
            kind()
        except Exception as e:
            wrong[name] = "%s: %s\nGET %s" % (type(e).__name__, e, check.uri)

        asked[name] += 1

    for kind in kinds:
        name = kind.__name__
        report(name not in wrong, "%s: %d questions" % (name, asked[name]),
               wrong.get(name, ""))

    try:
        report(True, "pages while new ones arrive: "
               + arrivals(port, seed, data, seconds * 0.25))
    except Exception as e:
        report(False, "pages while new ones arrive",
               "%s: %s" % (type(e).__name__, e))

    print("1..%d" % number)

    return failed != 0


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:5])))
