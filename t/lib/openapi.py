# SPDX-License-Identifier: BSD-2-Clause

"""What schemathesis must know of openapi.yaml that no schema can say.

It is loaded by schemathesis (SCHEMATHESIS_HOOKS) and used by t/http_openapi.t.
"""

import datetime
import gzip
import json
import re
import struct
import zlib
from urllib.parse import parse_qsl, urlsplit

import schemathesis
from hypothesis import strategies as st

EPOCH = datetime.datetime(1970, 1, 1)
FIRST = -62135596800
LAST = 253402300799
SIZES = {"name": 512, "type": 64, "prefix": 512, "metric": 512, "q": 512}
TAG = 1024


def rfc3339(second, nanos, offset):
    """The text of an instant, at an offset in minutes."""
    try:
        local = EPOCH + datetime.timedelta(seconds=second, minutes=offset)
    except OverflowError:
        local = EPOCH + datetime.timedelta(seconds=second)
        offset = 0

    text = local.isoformat()

    if nanos:
        text += (".%09d" % nanos).rstrip("0")

    if not offset:
        return text + "Z"

    return text + "%s%02d:%02d" % ("-" if offset < 0 else "+",
                                   *divmod(abs(offset), 60))


schemathesis.openapi.format(
    "date-time",
    st.builds(rfc3339,
              st.integers(FIRST, LAST),
              st.one_of(st.just(0), st.integers(0, 999999999)),
              st.one_of(st.just(0), st.integers(-1439, 1439))))


def field(number, value):
    """A field of protobuf: a message or string, or a double."""
    if isinstance(value, float):
        return bytes([number << 3 | 1]) + struct.pack("<d", value)

    value = value.encode() if isinstance(value, str) else value

    return bytes([number << 3 | 2, len(value) & 0x7f | 0x80,
                  len(value) >> 7]) + value


def gauge(points):
    """OTLP's ExportMetricsServiceRequest with a gauge, as text of bytes."""
    data = b"".join(field(1, b"\x19" + struct.pack("<q", at) + field(4, value))
                    for at, value in points)
    metric = field(1, "g") + field(5, data)

    return field(1, field(2, field(2, metric))).decode("latin-1")


def series(samples):
    """A WriteRequest of Prometheus, likewise."""
    label = field(1, field(1, "__name__") + field(2, "g"))
    data = b"".join(field(2, field(1, value) + bytes([0x10, at]))
                    for at, value in samples)

    return field(1, label + data).decode("latin-1")


NUMBERS = st.floats(allow_nan=False, allow_infinity=False)

schemathesis.openapi.format("otlp", st.builds(gauge, st.lists(
    st.tuples(st.integers(1, 2 ** 62), NUMBERS), max_size=5)))

schemathesis.openapi.format("remote-write", st.builds(series, st.lists(
    st.tuples(st.integers(0, 127), NUMBERS), max_size=5)))


def snappy(body):
    """The block format, all of it literal."""
    size = len(body)
    packed = bytes([size & 0x7f | 0x80, size >> 7 & 0x7f | 0x80, size >> 14])

    for at in range(0, size, 65536):
        piece = body[at:at + 65536]
        packed += b"\xf4" + struct.pack("<H", len(piece) - 1) + piece

    return packed


@schemathesis.serializer("application/x-protobuf")
def to_protobuf(ctx, value):
    """What is no message on purpose is none: wire type 7."""
    if ctx.case.meta and not ctx.case.meta.generation.mode.is_positive:
        value = "\x0f" + str(value)

    body = value if isinstance(value, bytes) else value.encode("utf-8", "ignore")

    if isinstance(value, str):
        try:
            body = value.encode("latin-1")
        except UnicodeEncodeError:
            pass

    if ctx.case.operation.path == "/api/v1/write":
        return snappy(body)

    return encode(ctx, body, None)


def encode(ctx, value, dump):
    """The body, packed if the request says so; bytes are no JSON on purpose."""
    body = value if isinstance(value, bytes) else dump(value).encode()

    coding = (ctx.case.headers or {}).get("Content-Encoding")

    if coding in ("gzip", "x-gzip"):
        return gzip.compress(body)

    return zlib.compress(body) if coding == "deflate" else body


@schemathesis.serializer("application/json")
def to_json(ctx, value):
    return encode(ctx, value, json.dumps)


@schemathesis.serializer("application/x-ndjson")
def to_ndjson(ctx, value):
    return encode(ctx, value if isinstance(value, (bytes, list)) else [value],
                  lambda lines: "".join(json.dumps(line) + "\n"
                                        for line in lines))


@schemathesis.serializer("text/plain")
def to_text(ctx, value):
    return encode(ctx, value, str)


@schemathesis.deserializer("application/x-ndjson")
def from_ndjson(ctx, response):
    return [json.loads(line) for line in response.content.splitlines()]


@schemathesis.deserializer("text/csv")
def from_csv(ctx, response):
    return response.content.decode()


def instant(text):
    """The instant of a parameter that is RFC 3339, else None."""
    if not isinstance(text, str) or len(text) < 20 or text[4] != "-":
        return None

    try:
        at = len(text) - (1 if text[-1] in "zZ" else 6)
        offset = text[at:]
        minutes = 0

        if len(offset) == 6:
            minutes = int(offset[1:3]) * 60 + int(offset[4:])
            minutes = -minutes if offset[0] == "-" else minutes

        second = datetime.datetime.fromisoformat(text[:19].upper()) - EPOCH
        fraction = text[20:at].ljust(9, "0")

        return (second.days * 86400 + second.seconds - minutes * 60,
                int(fraction))
    except ValueError:
        return None


def fit(value, size):
    """No more than so many bytes: a schema counts characters."""
    if not isinstance(value, str):
        return value

    return value.encode(errors="replace")[:size].decode(errors="ignore")


def fit_all(members):
    """The same for a datapoint, or for parameters."""
    if not isinstance(members, dict):
        return

    for key in members:
        if key in SIZES:
            members[key] = fit(members[key], SIZES[key])
        elif key.startswith("tag."):
            members[key] = fit(members[key], TAG)

    tags = members.get("tags")

    if isinstance(tags, dict):
        for key in tags:
            tags[key] = fit(tags[key], TAG)


def moment(text):
    """Of a time of OpenTSDB's, the milliseconds, or None: it is of now."""
    text = str(text)

    if not re.fullmatch("[0-9.]+", text):
        return None

    return int(text) if len(text) > 14 or len(text) == 13 else float(text) * 1000


def span(members):
    """The start of OpenTSDB's is not after its end."""
    for key in "start", "end":
        # 1.0 is whole to a schema
        if isinstance(members.get(key), float):
            members[key] = int(members[key])

    start, end = members.get("start"), members.get("end")

    if start is None:
        return

    a, b = moment(start), moment(end)

    if a is None or b is None:
        members["end"] = start
    elif a > b:
        members["start"], members["end"] = end, start


def filtered(text, kind="tags"):
    """What a filter of OpenTSDB's can be: no schema knows an expression."""
    if kind == "not_key":
        return ""

    if kind == "regexp":
        return "^web[0-9]$"

    text = re.sub(r"[()*?\\\x00]", "", fit(text or "", 60)).strip("|")

    return text or "web1"


def questions(body):
    """What is asked of OpenTSDB by a body, and can be answered."""
    span(body)

    for question in body.get("queries") or []:
        question["metric"] = fit(question["metric"], 512)
        down = question.get("downsample") or ""

        # the gaps of all the years are too much
        if re.search("-(nan|null|zero)$", down):
            body["start"], body["end"] = "2020/01/01", "2020/01/02"
            question["downsample"] = re.sub("^[0-9]+(ms|s)-", "1m-", down)

        if body.get("useCalendar") in (True, "true"):
            question["downsample"] = re.sub("^[0-9]+([dwny])-", r"1\1-",
                                            question.get("downsample") or "")

        for key, text in (question.get("tags") or {}).items():
            question["tags"][key] = filtered(text)

        filters = (question.get("filters") or [])[:5]
        question["filters"] = filters

        for item in filters:
            item["filter"] = filtered(item.get("filter"), item["type"])

            # with those of the tags at most 8 keys make groups
            item.pop("groupBy", None)
            item.pop("group_by", None)


def asked(case):
    """The reading routes of OpenTSDB."""
    body, query = case.body, case.query

    if case.path == "/api/query" and query:
        span(query)

        if query.get("use_calendar", "false") != "false":
            query["m"] = [re.sub(":[0-9]+d-", ":1d-", m) for m in query["m"]] \
                if "m" in query else query.pop("use_calendar") and None

    if not isinstance(body, dict):
        return

    if case.path == "/api/suggest":
        body["q"] = fit(body.get("q", ""), 512)

        # 1.0 is whole to a schema
        if isinstance(body.get("max"), float):
            body["max"] = int(body["max"])

    if case.path == "/api/query":
        if query and query.get("use_calendar", "false") != "false":
            body["useCalendar"] = True
        questions(body)

    if case.path == "/api/search/lookup":
        for tag in body.get("tags") or []:
            tag["value"] = filtered(tag["value"])


def statistics(query):
    """Parameters that need others, or do not go with them, or are too much."""
    query.pop("top" if "bottom" in query else "", None)

    if query.get("histogram") == "true":
        query.setdefault("percentiles", "50")
        query["name"] = query.pop("name~", None) and "c1" or query.get("name",
                                                                      "c1")
        query["name"] = query["name"][:100]

        for name in ("top", "bottom", "rank", "per"):
            query.pop(name, None)
    else:
        query.pop("below", None)

    if "interval" in query:
        query.pop("points", None)

    if "group_by" in query:
        keys = dict.fromkeys(query["group_by"].split(","))
        keys.pop("le", None)
        query["group_by"] = ",".join(keys) or "host"
    else:
        query.pop("top", None)
        query.pop("bottom", None)

    if "top" not in query and "bottom" not in query:
        query.pop("rank", None)

    if "interval" not in query and "points" not in query:
        for name in ("fill", "rate"):
            query.pop(name, None)

    if query.get("rate") == "true":
        query["rate"] = "increments"

    if query.get("histogram") == "true":
        query.setdefault("rate", "increments")

    if query.get("rank") == "rate" and "rate" not in query:
        query.pop("rank")


@schemathesis.hook
def before_call(ctx, case, kwargs):
    if not case.meta or not case.meta.generation.mode.is_positive:
        return

    for point in case.body if isinstance(case.body, list) else [case.body]:
        fit_all(point)

    query = case.query

    if case.path in ("/api/query", "/api/search/lookup", "/api/suggest"):
        fit_all(query)
        asked(case)
        return

    if not query:
        return

    fit_all(query)

    # a cursor is made by the server: what is made up is an error
    query.pop("cursor", None)

    if "percentiles" in query:
        numbers = {}

        for number in query["percentiles"].split(","):
            numbers.setdefault(float(number), number)

        query["percentiles"] = ",".join(numbers.values())

    # one of the two names a metric
    if "name~" in query:
        query.pop("name", None)

    if case.path == "/v1/stats":
        statistics(query)

    # the values of no key have no order, and begin with nothing
    if case.path == "/v1/tags" and "key" not in query:
        query.pop("order", None)
        query.pop("prefix", None)

    # the end is now where there is none
    if (case.path == "/v1/last" and "end" not in query
            and "before" not in query):
        query.pop("start", None)

    # one of the two ends a range, and what is exclusive is after the start
    if "before" in query:
        query.pop("end", None)
        a, b = instant(query.get("start", "0")), instant(query["before"])

        if a is None or b is None or a >= b:
            query["start"] = "0001-01-01T00:00:00Z"
            query["before"] = "9999-12-31T23:59:59Z"

    # a start is not after the end
    start, end = query.get("start"), query.get("end")

    if start is None or end is None:
        return

    a, b = instant(start), instant(end)

    if a is None or b is None:
        query["end"] = query["start"]
    elif a > b:
        query["start"], query["end"] = end, start


@schemathesis.check
def parameter_is_named(ctx, response, case):
    """A 400 begins with the parameter that is wrong, or is missing."""
    if response.status_code != 400 or case.method != "GET":
        return

    error = json.loads(response.content)["error"]
    message = error if isinstance(error, str) else error["message"]
    query = urlsplit(response.request.url).query
    names = [name for name, value in parse_qsl(query, keep_blank_values=True)]

    for name in names + ["name", "start", "end", "interval", "percentiles",
                         "fill", "points", "group_by", "q", "m", "type"]:
        # what cannot be printed is not, and a long name is cut
        plain = re.match("[ -~]{0,40}", name)[0]

        if message.startswith(plain if name else '""'):
            return

    raise AssertionError("no parameter is named: " + message)
