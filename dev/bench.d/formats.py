# SPDX-License-Identifier: BSD-2-Clause

"""For dev/bench: cells that write the same datapoints in other formats and in
Cricket's own, each of them once, for what is sent again is stored once."""

import ctypes
import ctypes.util
import json
import socket
import struct
import threading
import time

from servers import message

# Cell, its datapoints a request, how it is called, Cricket's path and the one
# of VictoriaMetrics, a port of its own for OpenTSDB's.
FORMATS = (
    ("prometheus", 2000, "Prometheus remote write 1.0", "/api/v1/write",
     "/api/v1/write"),
    ("influx", 5000, "line protocol", "/write", "/write"),
    ("otlp", 2000, "OTLP, protobuf", "/v1/metrics",
     "/opentelemetry/v1/metrics"),
    ("otlp-json", 2000, "OTLP, JSON", "/v1/metrics", None),
    ("opentsdb", 2000, "OpenTSDB put", "/api/put", "/api/put"),
)

CONNECTIONS = 4
EACH_SECOND = 60000
SERIES = 1000
START = 1767225600


def datapoint(k):
    """The k-th: each series has one every ten seconds."""
    i = k % SERIES
    return ("node_load_%d" % (i % 20),
            {"host": "web%02d" % (i // 20), "dc": "eu-%d" % (i % 3),
             "job": "node"},
            k * 7919 % 100003 / 8, (START + k // SERIES * 10) * 1000 + i)


# --- bodies -------------------------------------------------------------------

def iso(ms):
    return "%s.%03dZ" % (time.strftime("%Y-%m-%dT%H:%M:%S",
                                       time.gmtime(ms // 1000)), ms % 1000)


def cricket(points):
    return json.dumps([{"name": name, "type": "gauge", "value": value,
                        "timestamp": iso(ms), "tags": tags}
                       for name, tags, value, ms in points],
                      separators=(",", ":")).encode()


def influx(points):
    return "".join("%s,%s value=%s %d000000\n" % (
        name, ",".join("%s=%s" % tag for tag in sorted(tags.items())), value,
        ms) for name, tags, value, ms in points).encode()


def opentsdb(points):
    return json.dumps([{"metric": name, "timestamp": ms, "value": value,
                        "tags": tags} for name, tags, value, ms in points],
                      separators=(",", ":")).encode()


def otlp_json(points):
    return json.dumps({"resourceMetrics": [{
        "resource": {"attributes": []},
        "scopeMetrics": [{"scope": {"name": "bench"}, "metrics": [{
            "name": name, "gauge": {"dataPoints": [{
                "attributes": [{"key": k, "value": {"stringValue": v}}
                               for k, v in tags.items()],
                "timeUnixNano": "%d000000" % ms, "asDouble": value}]}}
            for name, tags, value, ms in points]}]}]},
        separators=(",", ":")).encode()


def varint(n):
    out = bytearray()
    while n > 127:
        out.append(n & 127 | 128)
        n >>= 7
    out.append(n)
    return bytes(out)


def field(number, data):
    """Of bytes or a text: a length, and as much."""
    if isinstance(data, str):
        data = data.encode()
    return varint(number << 3 | 2) + varint(len(data)) + data


def otlp(points):
    metrics = b"".join(
        field(2, field(1, name) + field(5, field(1, b"".join((
            b"\x19" + struct.pack("<Q", ms * 1000000),
            b"\x21" + struct.pack("<d", value),
            b"".join(field(7, field(1, k) + field(2, field(1, v)))
                     for k, v in tags.items()))))))
        for name, tags, value, ms in points)
    return field(1, field(2, field(1, field(1, "bench")) + metrics))


def prometheus(points):
    return snappy(b"".join(
        field(1, b"".join(
            field(1, field(1, k) + field(2, v))
            for k, v in sorted(dict(tags, __name__=name).items()))
            + field(2, b"\x09" + struct.pack("<d", value)
                    + b"\x10" + varint(ms)))
        for name, tags, value, ms in points))


def snappy(data):
    """By the library that the module has, too."""
    library = ctypes.CDLL(ctypes.util.find_library("snappy"))
    library.snappy_max_compressed_length.restype = ctypes.c_size_t
    length = ctypes.c_size_t(
        library.snappy_max_compressed_length(ctypes.c_size_t(len(data))))
    out = ctypes.create_string_buffer(length.value)
    if library.snappy_compress(data, ctypes.c_size_t(len(data)), out,
                               ctypes.byref(length)):
        raise ValueError("snappy_compress")
    return out.raw[:length.value]


BODIES = {
    "prometheus": (prometheus, "application/x-protobuf",
                   {"Content-Encoding": "snappy",
                    "X-Prometheus-Remote-Write-Version": "0.1.0"}),
    "influx": (influx, "text/plain", {}),
    "otlp": (otlp, "application/x-protobuf", {}),
    "otlp-json": (otlp_json, "application/json", {}),
    "opentsdb": (opentsdb, "application/json", {}),
}


def requests(path, body, size, n, kind="application/json", headers=None):
    return [message("POST", path, body([datapoint(k) for k
                                        in range(i, i + size)]), kind, headers)
            for i in range(0, n, size)]


# --- load ---------------------------------------------------------------------

def send_all(port, messages, connections):
    """Each once, as the connections are free; what wrk.lua would tell."""
    todo = iter(messages)
    lock = threading.Lock()
    times = []
    wrong = []

    def work():
        s = socket.create_connection(("127.0.0.1", port))
        s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        reader = s.makefile("rb")
        while True:
            with lock:
                request = next(todo, None)
            if request is None:
                break
            begun = time.monotonic()
            s.sendall(request)
            status = answer(reader)
            times.append(time.monotonic() - begun)
            if not 200 <= status < 300:
                wrong.append(status)
        s.close()

    threads = [threading.Thread(target=work) for _ in range(connections)]
    begun = time.monotonic()
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    seconds = time.monotonic() - begun

    times.sort()
    return {"requests": len(times), "seconds": seconds, "status": len(wrong),
            "missing": len(messages) - len(times),
            "p50": times[len(times) // 2], "p99": times[len(times) * 99 // 100]}


def answer(reader):
    """Its status; 0 if there is none."""
    line = reader.readline()
    if not line:
        return 0
    length = 0
    chunked = False
    for header in iter(reader.readline, b"\r\n"):
        name, _, value = header.lower().partition(b":")
        if name == b"content-length":
            length = int(value)
        chunked = chunked or name == b"transfer-encoding"
    if chunked:
        while length := int(reader.readline(), 16):
            reader.read(length + 2)
        reader.readline()
    else:
        reader.read(length)
    return int(line.split()[1])


def formats(base, ports, seconds, wanted):
    """The cells, of a class of dev/bench's that BASE is."""

    class Format(base):
        def load(self, rival, seconds):
            port, messages = self.rivals[rival]
            return send_all(port, messages, self.connections)

    cells = []
    others = {}

    for name, size, title, path, theirs in FORMATS:
        if not wanted("format-" + name):
            continue

        n = EACH_SECOND * seconds // size * size
        body, kind, headers = BODIES[name]
        rivals = {"cricket": (ports["FORMATS"],
                              requests(path, body, size, n, kind, headers))}

        for rival in ("json", "series"):
            if (rival, size) not in others:
                others[rival, size] = requests("/" + rival, cricket, size, n)
            rivals["cricket-" + rival] = ports["FORMATS"], others[rival, size]

        if "VICTORIA" in ports and theirs:
            rivals["victoria"] = (
                ports["VICTORIA_TSDB" if name == "opentsdb" else "VICTORIA"],
                requests(theirs, body, size, n, kind, headers))

        cell = Format("format-" + name, CONNECTIONS, rivals, size)
        cell.title = title
        cells.append(cell)

    return cells
