# SPDX-License-Identifier: BSD-2-Clause

"""For dev/bench: reads all datapoints of an index, each as a Python object.

Called with what reads them, "cricket" (GET /v1/export) or "scan" (helpers.scan
of elasticsearch-py, as it comes), a port, and the index that scan reads.  Says
in a line of JSON, like wrk.lua, what came of it.
"""

import http.client
import json
import sys
import time


def export(port):
    """How many datapoints, and of how many bytes."""
    c = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    c.request("GET", "/v1/export")
    reply = c.getresponse()
    if reply.status != 200:
        sys.exit("export: %d %s" % (reply.status, reply.read().decode()))

    found = size = 0
    rest = b""

    # One that breaks off raises IncompleteRead.
    for block in iter(lambda: reply.read(1 << 16), b""):
        size += len(block)
        *lines, rest = (rest + block).split(b"\n")
        for line in lines:
            found += "value" in json.loads(line)

    if rest:
        sys.exit("export: the last line has no end")
    return found, size


def scan(port, index):
    from elasticsearch import Elasticsearch, helpers

    node = Elasticsearch("http://127.0.0.1:%d" % port, timeout=60)
    found = 0

    for hit in helpers.scan(node, index=index):
        found += "value" in hit["_source"]
    return found, 0


def main():
    port = int(sys.argv[2])
    start = time.monotonic()
    found, size = (export(port) if sys.argv[1] == "cricket"
                   else scan(port, sys.argv[3]))
    seconds = time.monotonic() - start

    print(json.dumps({"requests": found, "seconds": seconds, "bytes": size,
                      "p50": seconds, "p99": seconds}))


main()
