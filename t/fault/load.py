#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause

"""Posts unique datapoints from many clients and keeps a ledger of the answers.

It is told what to do by lines on its standard input, and ends with it:

    stop          no new requests; answers "stopped" when all have ended
    count URL...  compares the ledger with the index in Elasticsearch, asking
                  the first node that answers; prints a line of JSON

What the line says: "requests" sent, by their last answer "acknowledged",
"refused" (5xx), "invalid" (4xx), "broken" (the connection ended without an
answer) or "hung" (nothing within the patience); "refusals" counts all answers
that refused, also those of requests that were sent again. "slowest" is the
longest that any answer took, in seconds. Of datapoints: "lost", acknowledged
but not there; "twice", there more than once; "strange", there but not as it was
sent, or though it was told to be invalid; "anyway", there though not
acknowledged, as may be. "odd" counts answers that contradict the interface;
"messages" are the most frequent errors.
"""

import argparse
import collections
import datetime
import itertools
import json
import random
import socket
import sys
import threading
import time
import urllib.error
import urllib.request

ACKNOWLEDGED, REFUSED, INVALID, BROKEN, HUNG = OUTCOMES = (
    "acknowledged", "refused", "invalid", "broken", "hung")
FINAL = ACKNOWLEDGED, INVALID

START = datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc)
NAMES = 50
TAGGED = 3
PAGE = 5000


def instant(n, years):
    """When: a millisecond each, or of several years by turns, 25 of a
    millisecond."""
    if years == 0:
        return START + datetime.timedelta(milliseconds=n)

    return (START.replace(year=START.year - n % years)
            + datetime.timedelta(milliseconds=n // (25 * years)))


def datapoint(n, host, years):
    """The datapoint with number n, which is its value; some have a tag."""
    t = instant(n, years)
    point = {"name": "fault.%d" % (n % NAMES), "type": "gauge", "value": n,
             "timestamp": t.strftime("%Y-%m-%dT%H:%M:%S.")
                          + "%03dZ" % (t.microsecond // 1000)}
    if n % TAGGED == 0:
        point["tags"] = {"host": host}
    return point


def intact(n, source, years):
    """Whether what is stored is what was sent."""
    return (source["name"] == "fault.%d" % (n % NAMES)
            and source["timestamp"] == round(instant(n, years).timestamp()
                                         * 1000)
            and ("tags" in source) == (n % TAGGED == 0))


class Broken(Exception):
    """The connection ended without an answer."""


class Connection:
    """One to the server; reads the replies that Cricket sends, no others."""

    def __init__(self, port, patience):
        self.patience = patience
        self.socket = socket.create_connection(("127.0.0.1", port), patience)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.left = b""

    def close(self):
        self.socket.close()

    def ask(self, message):
        """Status, headers and body of the reply; Broken, TimeoutError."""
        end = time.monotonic() + self.patience
        self.left = b""
        try:
            self.socket.sendall(message)
        except TimeoutError:
            raise
        except OSError:
            # An answer may have been given before the server closed.
            pass

        head = self.until(lambda: self.left.find(b"\r\n\r\n"), end)
        lines = self.left[:head].decode("latin-1").split("\r\n")
        self.left = self.left[head + 4:]
        headers = dict(line.lower().split(": ", 1) for line in lines[1:])

        length = int(headers["content-length"])
        self.until(lambda: len(self.left) - length, end)
        return int(lines[0].split(" ")[1]), headers, self.left[:length]

    def until(self, found, end):
        while found() < 0:
            left = end - time.monotonic()
            if left <= 0:
                raise TimeoutError
            self.socket.settimeout(left)
            try:
                data = self.socket.recv(65536)
            except TimeoutError:
                raise
            except OSError as e:
                raise Broken from e
            if not data:
                raise Broken
            self.left += data
        return found()


class Load:

    def __init__(self, options):
        self.options = options
        self.stopping = threading.Event()
        self.lock = threading.Lock()
        self.next = itertools.count(1)
        self.requests = []          # numbers, outcome, places of the invalid
        self.refusals = 0
        self.slowest = 0
        self.odd = 0
        self.messages = collections.Counter()
        self.threads = [threading.Thread(target=self.client, args=(i,),
                                         daemon=True)
                        for i in range(options.clients)]

    def start(self):
        for thread in self.threads:
            thread.start()

    def stop(self):
        self.stopping.set()
        for thread in self.threads:
            thread.join()

    def client(self, i):
        chance = random.Random(i)
        pause = self.options.clients / self.options.rate
        due = time.monotonic() + chance.uniform(0, pause)
        connection = None

        while not self.stopping.wait(max(0, due - time.monotonic())):
            due = max(due + pause, time.monotonic())
            connection = self.turn(i, chance, connection)

    def turn(self, i, chance, connection):
        """Makes a request; the connection to use for the next, or None."""
        numbers = self.take(1 + chance.randrange(self.options.size))
        verdict, connection = self.post(numbers, i, connection)
        if verdict is not None:
            self.record(numbers, *verdict)
        return connection

    def take(self, n):
        with self.lock:
            return [next(self.next) for _ in range(n)]

    def record(self, numbers, outcome, bad):
        self.requests.append((numbers, outcome, bad))

    def post(self, numbers, i, connection):
        """Sends until there is an answer to keep: the outcome and which are
        invalid, or None if nothing was sent; also the connection."""
        end = None
        verdict = None
        message = self.message(numbers, i)

        while True:
            if connection is None:
                try:
                    connection = Connection(self.options.port,
                                            self.options.patience)
                except OSError:
                    pass

            if connection is not None:
                verdict, connection = self.send(message, len(numbers),
                                                connection)

                if (verdict[0] in FINAL or not self.options.keyed
                        and not self.options.again):
                    return verdict, connection

            if self.stopping.is_set():
                end = end or time.monotonic() + self.options.patience
                if verdict is None or time.monotonic() > end:
                    return verdict, connection
            time.sleep(0.1)

    def send(self, message, n, connection):
        begun = time.monotonic()
        headers = {}
        try:
            status, headers, body = connection.ask(message)
            taken = time.monotonic() - begun
            verdict = self.judge(status, headers, body, n, taken)
        except Broken:
            verdict = BROKEN, ()
        except TimeoutError:
            verdict = HUNG, ()

        if (verdict[0] in (BROKEN, HUNG) or self.options.close
                or headers.get("connection") == "close"):
            connection.close()
            connection = None
        return verdict, connection

    def judge(self, status, headers, body, n, taken):
        """The outcome that an answer tells, and which are invalid."""
        with self.lock:
            self.slowest = max(self.slowest, taken)

            try:
                answer = json.loads(body)

                if status == 200:
                    self.odd += answer != {"stored": n}
                    return ACKNOWLEDGED, ()

                error = answer["error"]
                self.messages["%d %s" % (status, error["message"])] += 1
                self.odd += error["status"] != status
                self.odd += (status == 503) != ("retry-after" in headers)

                if status < 500:
                    bad = [point["index"] for point in error["datapoints"]]
                    good = n - len(bad)
                    self.odd += error["invalid"] != len(bad)
                    self.odd += error.get("stored", 0) != good
                    return INVALID, bad

            except (ValueError, KeyError, TypeError):
                self.odd += 1

            self.refusals += 1
            return REFUSED, ()

    def message(self, numbers, i):
        body = json.dumps([datapoint(n, "client%d" % i, self.options.years)
                           for n in numbers],
                          separators=(",", ":"))
        head = ("POST /v1/metrics HTTP/1.1\r\nHost: localhost\r\n"
                "Content-Type: application/json\r\nContent-Length: %d\r\n"
                % len(body))
        if self.options.close:
            head += "Connection: close\r\n"
        if self.options.keyed:
            head += "Idempotency-Key: %d-%d\r\n" % (self.options.port,
                                                    numbers[0])
        return (head + "\r\n" + body).encode()

    def count(self, urls):
        there, strange = stored(urls, self.options.index,
                                self.options.years)
        figures = dict.fromkeys(OUTCOMES, 0)
        lost = 0
        anyway = 0

        for numbers, outcome, bad in self.requests:
            figures[outcome] += 1
            if outcome in FINAL:
                lost += sum(n not in there for i, n in enumerate(numbers)
                            if i not in bad)
                strange += sum(numbers[i] in there for i in bad)
            else:
                anyway += sum(n in there for n in numbers)

        posted = {n for numbers, _, _ in self.requests for n in numbers}
        strange += sum(n not in posted for n in there)

        figures.update(
            requests=len(self.requests), refusals=self.refusals, lost=lost,
            twice=sum(n > 1 for n in there.values()), strange=strange,
            anyway=anyway, odd=self.odd, slowest=round(self.slowest, 2),
            messages=dict(self.messages.most_common(5)))
        return figures


def ask(urls, path, body=None):
    """What the first node that can be reached answers to a POST."""
    for i, url in enumerate(urls):
        request = urllib.request.Request(
            url + path, json.dumps(body).encode() if body else b"",
            {"Content-Type": "application/json"}, method="POST")
        try:
            with urllib.request.urlopen(request, timeout=60) as reply:
                return json.load(reply)
        except urllib.error.HTTPError as e:
            raise SystemExit("%s: %d %s" % (path, e.code, e.read())) from e
        except OSError:
            if i == len(urls) - 1:
                raise
    return None


def stored(urls, index, years):
    """How often each number is in the index, and how many are not intact;
    others may use it too, with other names."""
    there = collections.Counter()
    strange = 0

    ask(urls, "/%s/_refresh" % index)
    reply = ask(urls, "/%s/_search?scroll=1m" % index,
                {"size": PAGE, "sort": ["_doc"],
                 "query": {"prefix": {"name": "fault."}}})

    while True:
        if reply["_shards"]["failed"] or reply["timed_out"]:
            raise SystemExit("the index cannot be searched in full")
        if not reply["hits"]["hits"]:
            return there, strange

        for hit in reply["hits"]["hits"]:
            source = hit["_source"]
            n = int(source["value"])
            there[n] += 1
            strange += not intact(n, source, years)

        reply = ask(urls, "/_search/scroll",
                    {"scroll": "1m", "scroll_id": reply["_scroll_id"]})


def main():
    p = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    p.add_argument("--port", type=int, required=True)
    p.add_argument("--index", required=True)
    p.add_argument("--clients", type=int, default=32)
    p.add_argument("--rate", type=float, default=800,
                   help="requests a second, of all clients together")
    p.add_argument("--size", type=int, default=3,
                   help="the most datapoints a request has")
    p.add_argument("--patience", type=float, default=30,
                   help="seconds until a client takes an answer for missing")
    p.add_argument("--years", type=int, default=0,
                   help="that the datapoints are of, by turns")
    p.add_argument("--keyed", action="store_true",
                   help="with a key, sending again until acknowledged")
    p.add_argument("--again", action="store_true",
                   help="sending again without a key, as none should")
    p.add_argument("--close", action="store_true",
                   help="a connection for each request")
    options = p.parse_args()

    load = Load(options)
    load.start()

    for line in sys.stdin:
        words = line.split()
        if words[0] == "stop":
            load.stop()
            print("stopped", flush=True)
        elif words[0] == "count":
            print(json.dumps(load.count(words[1:])), flush=True)


if __name__ == "__main__":
    main()
