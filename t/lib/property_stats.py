# SPDX-License-Identifier: BSD-2-Clause

"""Compares statistics with a plain recomputation over the same data.

    property_stats.py PORT SEED SECONDS

Stores counters, counts that only grow and begin anew, gauges and histograms of
days on which clocks are turned, in the north and in the south, asks random
questions for so many seconds, and recomputes each answer. Prints TAP;
t/read_questions.t runs it.
"""

import bisect
import collections
import csv
import datetime
import io
import json
import math
import random
import sys
import time
from urllib.parse import quote
from zoneinfo import ZoneInfo

from property import SECOND, Client, Wrong, close, iso, rank

UTC = datetime.timezone.utc
DAY = 86400

# clocks are turned on March 29 in Berlin, on April 5 in the south; the second
# part has the turn of a year
START = 1774483200                      # 2026-03-26T00:00:00Z
END = START + 12 * DAY
YEAR = 1798416000                       # 2026-12-28T00:00:00Z

ZONES = ["Europe/Berlin", "America/Santiago", "Australia/Lord_Howe",
         "Asia/Kolkata", "America/New_York", "+05:45", "UTC", "Pacific/Apia"]
HOSTS = ["web1", "web2", "w*b", "a=b", 'q"\\', "x,y", "\U0001f980", "?"]
DCS = ["eu", "us", "eu,us"]
PATHS = ["/", "/a b", "/%41"]
BOUNDS = ["0.1", "0.5", "1", "2.5", "+Inf"]
FIXED = {"s": 1, "m": 60, "h": 3600, "d": DAY}
CANDIDATES = ("1s 2s 5s 10s 15s 30s 1m 2m 5m 10m 15m 30m 1h 2h 3h 6h 12h 1d 1w "
              "1M 1q 1y").split()

Point = collections.namedtuple("Point", "name type value sec tags")


class Clock:
    """Buckets of a zone: each is found by a date, or by trying."""

    def __init__(self, name):
        self.zone = (datetime.timezone(datetime.timedelta(hours=5, minutes=45))
                     if name == "+05:45" else
                     UTC if name is None else ZoneInfo(name))

    def offset(self, sec):
        moment = datetime.datetime.fromtimestamp(sec, self.zone)

        return round(moment.utcoffset().total_seconds())

    def midnight(self, year, month, day):
        local = datetime.datetime(year, month, day, tzinfo=self.zone)

        return round(local.timestamp())

    def floor(self, sec, interval):
        local = datetime.datetime.fromtimestamp(sec, self.zone)
        unit = interval[-1]

        if interval == "1d":
            return self.midnight(local.year, local.month, local.day)
        if interval == "1w":
            day = local.date() - datetime.timedelta(days=local.weekday())
            return self.midnight(day.year, day.month, day.day)
        if interval == "1M":
            return self.midnight(local.year, local.month, 1)
        if interval == "1q":
            return self.midnight(local.year, (local.month - 1) // 3 * 3 + 1, 1)
        if interval == "1y":
            return self.midnight(local.year, 1, 1)

        step = int(interval[:-1]) * FIXED[unit]
        wall = sec + self.offset(sec)
        wall -= wall % step
        offsets = {self.offset(sec + d) for d in (-2 * DAY, 0, 2 * DAY)}
        starts = [wall - o for o in offsets
                  if wall - o <= sec and self.offset(wall - o) == o]

        if starts:
            return max(starts)

        # the time was left out: the moment when the clock was turned on
        low, high = sec - step, sec

        while high - low > 1:
            mid = (low + high) // 2

            if self.offset(mid) == self.offset(sec):
                high = mid
            else:
                low = mid

        return high

    def next(self, start, interval):
        step = {"w": 7, "M": 31, "q": 92, "y": 366}.get(interval[-1])
        step = (step * DAY if step else
                int(interval[:-1]) * FIXED[interval[-1]]) + 2 * 3600
        low, high = start, start + step

        while high - low > 1:
            mid = (low + high) // 2

            if self.floor(mid, interval) == start:
                low = mid
            else:
                high = mid

        return high

    def buckets(self, start, end, interval, most=10**9):
        at = self.floor(start, interval)
        found = []

        while at <= end and len(found) <= most:
            found.append(at)
            at = self.next(at, interval)

        return found


class Data:
    """What is stored."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.points = []

        for base, days in ((START, 12), (YEAR, 8)):
            self.simple(base, days)
            self.growing(base, days)
            self.histograms(base, days)

    def tags(self):
        r = self.random
        tags = {}

        for key, values, often in (("host", HOSTS, 0.9), ("dc", DCS, 0.8),
                                   ("pa/t.h", PATHS, 0.7)):
            if r.random() < often:
                tags[key] = r.choice(values)

        return tags

    def simple(self, base, days):
        r = self.random

        for name, kind, n in (("req", "counter", 900), ("err", "counter", 200),
                              ("temp", "gauge", 500), ("took", "timer", 200)):
            for _ in range(n):
                value = (float(r.randint(0, 50)) if kind == "counter"
                         else r.uniform(-1, 1) * 10.0**r.randint(-3, 3))
                self.points.append(Point(name, kind, value,
                                         base + r.randrange(days * DAY),
                                         self.tags()))

    def growing(self, base, days):
        """Counts that begin anew, pause, come and go."""
        r = self.random

        for name in ("cum", "cum", "cum", "cum", "cum2", "cum2"):
            tags = self.tags()
            at = base + r.randrange(days * DAY)
            end = at + r.randrange(DAY // 4, 3 * DAY)
            value = float(r.choice([0, 0, 1000]))

            while at < end:
                self.points.append(Point(name, "cumulative", value, at, tags))
                at += r.choice([60, 300, 300, 301, 3600, 7 * 3600])
                value += r.choice([0, 1, 2.5, 100])

                if r.random() < 0.03:
                    value = float(r.choice([0, 3]))

    def histograms(self, base, days):
        r = self.random

        for name, kind in (("lat", "cumulative"), ("hits", "counter")):
            for _ in range(3):
                tags = self.tags()
                at = base + r.randrange(days * DAY)
                counts = [0] * len(BOUNDS)

                for _ in range(40):
                    grown = [r.choice([0, 0, 1, 5]) for _ in BOUNDS]
                    grown = [sum(grown[:i + 1]) for i in range(len(grown))]

                    if r.random() < 0.05:
                        counts = [0] * len(BOUNDS)

                    counts = [a + b for a, b in zip(counts, grown)]
                    shown = counts if kind == "cumulative" else grown

                    for le, count in zip(BOUNDS, shown):
                        self.points.append(Point(
                            name + "_bucket", kind, float(count), at,
                            dict(tags, le=le)))

                    at += r.choice([300, 900, 4 * 3600])


class Check:
    def __init__(self, port, data):
        self.client = Client(port)
        self.data = data
        self.random = data.random
        self.uri = ""
        self.context = ""

    def ask(self, params, status=200):
        query = "&".join("%s=%s" % (k, quote(v, safe="/:"))
                         for k, v in params.items())
        self.uri = "/v1/stats?" + query
        reply, body = self.client.ask("GET", self.uri)

        if reply.status != status:
            raise Wrong("status %d: %s" % (reply.status, body[:300]))

        return body.decode()

    def range(self, params, clock):
        r = self.random
        base, days = r.choice([(START, 12), (START, 12), (YEAR, 8)])
        start = base + r.randrange(days * DAY)
        end = min(start + r.choice([1800, 6 * 3600, DAY, 2 * DAY, 9 * DAY]),
                  base + days * DAY)

        if r.random() < 0.3:
            start = clock.floor(start, "1d")

        params["start"] = iso(start * SECOND)

        if r.random() < 0.5:
            params["before"] = iso((end + 1) * SECOND)
            return start, end, end + 1

        params["end"] = iso(end * SECOND)

        return start, end, end

    def interval(self, params, clock, start, end, fine=False):
        r = self.random
        choices = ["1m", "5m", "30m", "1h", "2h", "6h", "12h", "1d", "2d", "1w",
                   "1M", "1q", "1y", "7h"]

        if r.random() < 0.3:
            points = r.choice([1, 5, 24, 50])
            params["points"] = str(points)

            return None, points

        interval = r.choice(choices[3:] if end - start > DAY else choices)
        params["interval"] = interval

        return interval, None

    def points(self, clock, start, end, most):
        for interval in CANDIDATES:
            if len(clock.buckets(start, end, interval, most)) <= most:
                return interval

        return None

    # the parts of an answer, recomputed

    def chosen(self, name, start, end):
        return [p for p in self.data.points
                if p.name == name and start <= p.sec <= end]

    def split(self, points, keys):
        groups = collections.defaultdict(list)

        for p in points:
            if all(k in p.tags for k in keys):
                groups[tuple(p.tags[k] for k in keys)].append(p)

        return groups

    def growth(self, name, keys, start, end, clock, interval):
        """Of each group and bucket: what its series have grown. The highest
        value of a bucket stands for its last."""
        first = clock.floor(start, interval)
        before = clock.floor(first - 1, interval)
        series = collections.defaultdict(dict)

        for p in self.data.points:
            if p.name != name or not before <= p.sec <= end:
                continue
            if not all(k in p.tags for k in keys):
                continue

            bucket = None if p.sec < start else clock.floor(p.sec, interval)
            cells = series[tuple(sorted(p.tags.items()))]
            cells[bucket] = max(cells.get(bucket, -math.inf), p.value)

        grown = collections.defaultdict(float)

        for tags, cells in series.items():
            group = tuple(dict(tags)[k] for k in keys)
            last = cells.pop(None, None)

            for bucket in sorted(cells):
                if last is not None:
                    value = cells[bucket]
                    grown[group, bucket] += (value - last if value >= last
                                             else value)
                last = cells[bucket]

        return grown

    def covered(self, clock, bucket, interval, start, end, edge):
        after = clock.next(bucket, interval)
        low, high = max(bucket, start), after

        # an end that is included has a nanosecond of its second
        cut = start > bucket

        if edge < after:
            high = edge
            cut = True

        return high - low, cut

    def csv_groups(self, text, keys, interval):
        """What the JSON would have had."""
        rows = list(csv.DictReader(io.StringIO(text, newline=""), strict=True))
        groups = collections.OrderedDict()

        for row in rows:
            key = tuple(row.pop("tag." + k) for k in keys)
            item = {}

            if interval:
                item["start"] = row.pop("start")
                if row.pop("partial") == "true":
                    item["partial"] = True

            for name, value in row.items():
                number = None if value == "" else float(value)
                if name[0] == "p" and name[1:2].isdigit():
                    item.setdefault("percentiles", {})[name[1:]] = number
                else:
                    item[name] = number

            groups.setdefault(key, []).append(item)

        return [{"tags": dict(zip(keys, k)), "buckets": v} if interval else
                dict(v[0], tags=dict(zip(keys, k)))
                for k, v in groups.items()]

    # the questions

    def stats(self):
        r = self.random
        params = {"name": r.choice(["req", "req", "temp", "took"])}
        zone = r.choice([None] + ZONES)
        clock = Clock(zone)

        if zone:
            params["tz"] = zone

        start, end, edge = self.range(params, clock)
        keys = r.choice([[], [], ["host"], ["host", "dc"], ["dc", "pa/t.h"],
                         ["pa/t.h", "host", "dc"], ["nokey"],
                         ["nokey", "host"]])
        interval = points = None

        if keys:
            params["group_by"] = ",".join(keys)
        if r.random() < 0.75:
            interval, points = self.interval(params, clock, start, end)

        fill = None

        if (interval or points) and r.random() < 0.4:
            fill = params["fill"] = r.choice(["null", "0", "previous"])

        rate = (interval or points) and r.random() < 0.4

        if rate:
            params["rate"] = ("increments" if params["name"] == "temp"
                              else r.choice(["true", "increments"]))

        per = None

        if params["name"] == "req" and r.random() < 0.4:
            per = params["per"] = "err"

        percentiles = []

        if r.random() < 0.2:
            percentiles = ["50", "90"]
            params["percentiles"] = "50,90"

        top = None

        if keys and r.random() < 0.4:
            top = r.choice([1, 2, 5])
            order = r.choice(["max", "min", "average", "sum", "count", "p50"]
                             + (["rate"] if rate else []))
            down = r.choice(["top", "bottom"])
            params[down] = str(top)
            params["rank"] = order

        form = r.choice(["json", "json", "csv"])

        if form == "csv":
            params["format"] = "csv"

        chosen = self.chosen(params["name"], start, end)
        groups = self.split(chosen, keys)
        lower = self.split(self.chosen(per, start, end), keys) if per else {}
        kept = None

        if top:
            measure = {"max": lambda v: max(v), "min": lambda v: min(v),
                       "average": lambda v: math.fsum(v) / len(v),
                       "sum": math.fsum, "count": len, "rate": math.fsum,
                       "p50": None}[order]

            if measure is None:
                kept = "any"
            else:
                sign = -1 if down == "top" else 1
                ranked = sorted(groups, key=lambda g: (
                    sign * measure([p.value for p in groups[g]]),
                    [v.encode() for v in g]))
                kept = ranked[:top]
                close_calls = [measure([p.value for p in groups[g]])
                               for g in ranked]

                # sums that differ in their last bit may be in either order
                if any(a != b and math.isclose(a, b, rel_tol=1e-12)
                       for a, b in zip(close_calls, close_calls[1:])):
                    return

        if points:
            most = min(points, 10000 // max(1, min(len(groups), top or 10**9)))
            interval = self.points(clock, start, end, most)

            if interval is None:
                self.ask(params, 400)
                return

        if fill and interval:
            shown = (min(top, len(groups)) if top else
                     len(set(groups) | set(lower))) if keys else 1

            if shown * len(clock.buckets(start, end, interval)) > 10000:
                if "fill: more than 10000" not in self.ask(params, 400):
                    raise Wrong("a message of its own")
                return

        text = self.ask(params)
        names = kept if isinstance(kept, list) else sorted(
            set(groups) | set(lower) if not top else groups,
            key=lambda g: [v.encode() for v in g])

        if not keys:
            names = [()]

        if form == "json":
            got = json.loads(text)

            if keys:
                if got["lacking"] != len(chosen) - sum(map(len,
                                                           groups.values())):
                    raise Wrong("lacking %s" % got["lacking"])
                if top and (got["groups_left_out"]
                            != max(0, len(groups) - top)):
                    raise Wrong("groups_left_out %s" % got["groups_left_out"])
                if interval and got["interval"] != interval:
                    raise Wrong("interval %s" % got["interval"])
                got = got["groups"]
            else:
                if interval and got["interval"] != interval:
                    raise Wrong("interval %s" % got["interval"])
                got = [dict(got, tags={})]
        else:
            got = self.csv_groups(text, keys, interval)

            if not keys and not got:
                got = [{"tags": {}, "buckets": []}]

        if kept == "any":
            names = [tuple(g["tags"][k] for k in keys) for g in got]

            if len(names) != min(top, len(groups)):
                raise Wrong("%d groups" % len(names))

        if form == "csv" and interval:
            names = [n for n in names if fill or groups.get(n)
                     or lower.get(n)] if keys else names

        if [g["tags"] for g in got] != [dict(zip(keys, n)) for n in names]:
            raise Wrong("groups %s, not %s" % ([g["tags"] for g in got],
                                               names))

        for g, name in zip(got, names):
            mine, below = groups.get(name, []), lower.get(name, [])

            if not interval:
                self.cell(g, mine, below, per, percentiles, None, False)
                continue

            cells = collections.defaultdict(lambda: ([], []))

            for i, part in enumerate((mine, below)):
                for p in part:
                    cells[clock.floor(p.sec, interval)][i].append(p)

            starts = (clock.buckets(start, end, interval) if fill
                      else sorted(cells))

            if [b["start"] for b in g["buckets"]] != [iso(s * SECOND)
                                                      for s in starts]:
                raise Wrong("buckets %s, not %s" % (
                    [b["start"] for b in g["buckets"]][:9],
                    [iso(s * SECOND) for s in starts][:9]))

            last = None

            for b, s in zip(g["buckets"], starts):
                seconds, cut = self.covered(clock, s, interval, start, end,
                                            edge)

                if b.get("partial", False) != cut:
                    raise Wrong("partial: %s" % b)

                if s in cells:
                    self.cell(b, *cells[s], per, percentiles,
                              seconds if rate else None, rate)
                    last = {k: v for k, v in b.items()
                            if k not in ("start", "partial")}
                else:
                    self.empty(b, fill, last)

    def cell(self, got, mine, below, per, percentiles, seconds, rate):
        values = sorted(p.value for p in mine)
        scale = max(map(abs, values), default=0) * len(values)

        if got["count"] != len(values):
            raise Wrong("count %s, not %s" % (got["count"], len(values)))

        close(got["sum"], math.fsum(values), scale)

        for name, want in (("min", values[0] if values else None),
                           ("max", values[-1] if values else None)):
            if got[name] != want:
                raise Wrong("%s %s, not %s" % (name, got[name], want))

        close(got["average"], math.fsum(values) / len(values) if values
              else None, scale)

        if rate:
            close(got["rate"], math.fsum(values) / seconds if seconds > 0
                  else None, scale)

        if per:
            total = math.fsum(p.value for p in below)
            close(got["per_sum"], total, total)
            close(got["ratio"], math.fsum(values) / total if total else None,
                  scale)

        for p in percentiles:
            value = got["percentiles"][p]

            if not values:
                if value is not None:
                    raise Wrong("a percentile of nothing: %s" % value)
                continue

            low, high = rank(values, float(p))

            if not low <= value <= high:
                raise Wrong("p%s %s, not %s to %s" % (p, value, low, high))

    def empty(self, got, fill, last):
        item = {k: v for k, v in got.items() if k not in ("start", "partial")}
        zero = ("sum", "rate", "per_sum", "observations") if fill == "0" else ()
        want = {k: 0 if k == "count" or k in zero else
                {p: None for p in v} if isinstance(v, dict) else None
                for k, v in item.items()}

        if fill == "previous" and last is not None:
            want = last

        if item != want:
            raise Wrong("an empty bucket: %s, not %s" % (item, want))

    def cumulative(self):
        r = self.random
        params = {"name": "cum", "rate": r.choice(["true", "cumulative"])}
        zone = r.choice([None] + ZONES)
        clock = Clock(zone)

        if zone:
            params["tz"] = zone

        start, end, edge = self.range(params, clock)
        keys = r.choice([[], ["host"], ["host", "dc"], ["dc", "pa/t.h"]])

        if keys:
            params["group_by"] = ",".join(keys)

        interval, points = self.interval(params, clock, start, end)
        fill = None

        if r.random() < 0.3:
            fill = params["fill"] = r.choice(["null", "0"])

        per = None

        if r.random() < 0.3:
            per = params["per"] = "cum2"

        top = None

        if keys and r.random() < 0.4:
            top = r.choice([1, 2])
            params["top"], params["rank"] = str(top), "rate"

        chosen = self.chosen("cum", start, end)

        if not chosen and params["rate"] == "true":
            return

        groups = self.split(chosen, keys)

        if points:
            most = min(points, 10000 // max(1, min(len(groups), top or 10**9)))
            interval = self.points(clock, start, end, most)

            if interval is None:
                self.ask(params, 400)
                return

        got = json.loads(self.ask(params))

        grown = self.growth("cum", keys, start, end, clock, interval)
        lower = (self.growth("cum2", keys, start, end, clock, interval)
                 if per else {})
        wanted = collections.defaultdict(float)

        for (group, bucket), value in grown.items():
            wanted[group] += value

        parts = got["groups"] if keys else [dict(got, tags={})]

        if top:
            totals = sorted(wanted.values(), reverse=True)[:top]
            shown = [wanted.get(tuple(g["tags"][k] for k in keys), None)
                     for g in parts]

            if [s for s in shown if s is not None] != totals:
                raise Wrong("top %s, not %s" % (shown, totals))

        for g in parts:
            name = tuple(g["tags"][k] for k in keys)

            for b in g["buckets"]:
                at = round(datetime.datetime.fromisoformat(
                    b["start"].replace("Z", "+00:00")).timestamp())
                seconds, cut = self.covered(clock, at, interval, start, end,
                                            edge)
                value = grown.get((name, at))
                want = (None if value is None or seconds <= 0
                        else value / seconds)

                if fill == "0" and b["count"] == 0 and want is None:
                    want = 0

                self.context = (name, b, value, seconds)
                close(b["rate"], want, abs(value or 0))

                if per:
                    total = lower.get((name, at))
                    ratio = (None if not total else (value or 0) / total)
                    close(b["ratio"], ratio, abs(value or 0))

            starts = {b["start"] for b in g["buckets"]}

            for (group, at), value in grown.items():
                if group == name and iso(at * SECOND) not in starts:
                    raise Wrong("no bucket at %s" % iso(at * SECOND))

    def histogram(self):
        r = self.random
        metric, kind = r.choice([("lat", "cumulative"), ("hits", "counter")])
        params = {"name": metric, "histogram": "true",
                  "percentiles": "50,90,99", "below": r.choice(["0.5", "1.0"])}
        clock = Clock(None)
        start, end, edge = self.range(params, clock)
        keys = r.choice([[], ["host"], ["host", "dc"]])
        interval = None

        if keys:
            params["group_by"] = ",".join(keys)
        if r.random() < 0.6:
            interval = params["interval"] = r.choice(["1h", "6h", "1d"])
        if r.random() < 0.5:
            params["rate"] = ("cumulative" if kind == "cumulative"
                              else "increments")

        chosen = self.chosen(metric + "_bucket", start, end)

        if not chosen and "rate" not in params:
            return

        got = json.loads(self.ask(params))
        inner = keys + ["le"]

        if kind == "counter":
            grown = collections.defaultdict(float)

            for p in chosen:
                if all(k in p.tags for k in inner):
                    at = clock.floor(p.sec, interval) if interval else 0
                    grown[tuple(p.tags[k] for k in inner), at] += p.value

        elif interval:
            grown = self.growth(metric + "_bucket", inner, start, end, clock,
                                interval)
        else:
            grown = self.total(chosen, inner, start, end)

        cells = collections.defaultdict(dict)

        for (group, at), value in grown.items():
            cells[group[:-1], at][float(group[-1])] = value

        for g in got["groups"] if keys else [dict(got, tags={})]:
            name = tuple(g["tags"][k] for k in keys)

            for b in g["buckets"] if interval else [g]:
                at = (round(datetime.datetime.fromisoformat(
                    b["start"].replace("Z", "+00:00")).timestamp())
                    if interval else 0)
                bounds = sorted(cells.pop((name, at), {}).items())
                self.quantiles(b, bounds, float(params["below"]))

        if cells:
            raise Wrong("left: %s" % list(cells)[:3])

    def total(self, chosen, inner, start, end):
        """Growth from the first value of a series, in steps."""
        series = collections.defaultdict(list)

        for p in chosen:
            if all(k in p.tags for k in inner):
                series[tuple(sorted(p.tags.items()))].append(p)

        names = len(series)
        step = ((end - start + 1) // min(1000, 100000 // max(1, names)) + 1)
        grown = {}

        for tags, points in series.items():
            cells = collections.defaultdict(list)

            for p in points:
                cells[p.sec // step].append(p.value)

            last, total = None, 0.0

            for at in sorted(cells):
                last = min(cells[at]) if last is None else last
                value = max(cells[at])
                total += value - last if value >= last else value
                last = value

            group = tuple(dict(tags)[k] for k in inner)
            grown[group, 0] = grown.get((group, 0), 0.0) + total

        return grown

    def quantiles(self, got, bounds, below):
        """As Prometheus' histogram_quantile() has it."""
        highest = 0.0
        counts = []

        for bound, count in bounds:
            highest = max(highest, count)
            counts.append(highest)

        total = counts[-1] if counts else None
        close(got["observations"], total, total or 0)
        share = None

        for (bound, _), count in zip(bounds, counts):
            if bound == below and total:
                share = count / total

        close(got["below"], share, 1)

        for text, value in got["percentiles"].items():
            close(value, quantile(float(text) / 100, [b for b, _ in bounds],
                                  counts), 10)


def quantile(q, bounds, counts):
    if len(bounds) < 2 or bounds[-1] != math.inf or not counts[-1]:
        return None

    wanted = q * counts[-1]
    i = bisect.bisect_left(counts[:-1], wanted)

    if i == len(bounds) - 1:
        return bounds[-2]
    if i == 0 and bounds[0] <= 0:
        return bounds[0]

    low, before = (bounds[i - 1], counts[i - 1]) if i else (0.0, 0.0)

    return low + (bounds[i] - low) * ((wanted - before) / (counts[i] - before))


def main(port, seed, seconds):
    data = Data(seed)
    client = Client(port)
    number = failed = 0

    def report(ok, text, why=""):
        nonlocal number, failed

        number += 1
        failed += not ok
        print("%sok %d - %s" % ("" if ok else "not ", number, text))

        for line in why.splitlines():
            print("# " + line)

        sys.stdout.flush()

    for i in range(0, len(data.points), 2000):
        body = json.dumps([
            {"name": p.name, "type": p.type, "value": p.value,
             "timestamp": iso(p.sec * SECOND), "tags": p.tags}
            for p in data.points[i:i + 2000]])
        reply, answer = client.ask("POST", "/v1/metrics?refresh=wait_for",
                                   body.encode(),
                                   {"Content-Type": "application/json"})

        if reply.status != 200:
            raise Wrong(answer[:300])

    report(True, "%d datapoints stored, seed %d" % (len(data.points), seed))

    check = Check(port, data)
    kinds = [check.stats, check.cumulative, check.histogram]
    asked = collections.Counter()
    wrong = {}
    end = time.time() + seconds

    while len(wrong) < len(kinds) and time.time() < end:
        kind = data.random.choices(kinds, [4, 2, 2])[0]
        name = kind.__name__

        if name in wrong:
            continue

        try:
            kind()
        except Exception as e:
            wrong[name] = "%s: %s\nGET %s\n%s" % (
                type(e).__name__, e, check.uri, check.context)

        asked[name] += 1

    for kind in kinds:
        name = kind.__name__
        report(name not in wrong, "%s: %d questions" % (name, asked[name]),
               wrong.get(name, ""))

    print("1..%d" % number)

    return failed != 0


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:4])))
