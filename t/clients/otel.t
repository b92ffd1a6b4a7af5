# SPDX-License-Identifier: BSD-2-Clause

# OpenTelemetry's SDKs for Python and Node send what they measured, as protobuf
# and JSON: each script tells what it gave to its exporter, all of which is read
# back; a 503 is sent again, and what is wrong is told as far as the SDK tells.

use strict;
use warnings;

use lib 't/lib';

use CricketClients;
use CricketTest;
use JSON::PP;
use Test::More;

my $dead = free_port();
my $nginx = serve(qq{
    location = /dead   { cricket metrics;
                         cricket_pass http://127.0.0.1:$dead; }
    location = /small  { cricket metrics; client_max_body_size 50; }

    # only what is sent again, on the connection that is there, gets through
    location = /later  { if (\$connection_requests = 1) { return 503; }
                         cricket metrics; }
});
my $port = $nginx->port;
my $key = qr/tags\.a b: not a key of 1 to 256 bytes of A-Z a-z 0-9/;


# The same as the scripts tell it: NAME TYPE VALUE INSTANT and the tags, sorted.
sub points {
    my ($prefix) = @_;

    # refreshes
    stored('none');

    my $reply = http($port, 'GET', "/v1/names?prefix=$prefix");
    my $names = decode_json($reply->{body})->{names}
        or die "$reply->{status}: $reply->{body}";

    return map {
        my $reply = http($port, 'GET', "/v1/metrics?name=$_->{name}");
        die "$reply->{status}: $reply->{body}" if $reply->{status} != 200;
        @{ decode_json($reply->{body}) };
    } @$names;
}


sub line {
    my ($name, $type, $value, $at, $tags) = @_;

    $tags // return "$name $type $value $at without tags";

    # a power of a base is not the same to the last bit everywhere
    my %tags = %$tags;
    $tags{le} = sprintf '%.12g', $tags{le} if ($tags{le} // '') =~ /\./;

    return join ' ', $name, $type, 0 + $value, $at,
                map { "$_=$tags{$_}" } sort keys %tags;
}


# seconds and nanoseconds as Cricket writes an instant
sub at {
    my ($nanoseconds) = @_;

    my ($seconds, $fraction) = $nanoseconds =~ /^(\d+)(\d{9})$/
        or die $nanoseconds;
    my ($s, $m, $h, $d, $mo, $y) = gmtime $seconds;

    $fraction =~ s/0+$//;

    return sprintf '%04d-%02d-%02dT%02d:%02d:%02d%sZ', $y + 1900, $mo + 1, $d,
                   $h, $m, $s, length $fraction ? ".$fraction" : '';
}


sub is_all {
    my ($said, $prefix, $n, $what) = @_;

    local $Test::Builder::Level = $Test::Builder::Level + 1;

    my @sent = grep { $_->[0] =~ /^\Q$prefix\E/ }
               map { decode_json($_) } $said =~ /^sent (\[.*\])$/mg;

    my @got = points($prefix);

    is_deeply([sort map { line(@$_{qw(name type value timestamp tags)}) } @got],
              [sort map { line(@$_[0 .. 2], at($_->[3]), $_->[4]) } @sent],
              "$what: all is there") or diag($said);
    is(scalar @got, $n, "$what: which is as much as it should be")
        or diag($said);
}


my $python = <<'END';
import json, logging, math, sys
from opentelemetry.metrics import Observation
from opentelemetry.sdk.metrics.export import *
from opentelemetry.sdk.metrics.view import *
%%IMPORT%%
from opentelemetry.sdk.metrics import Counter, Histogram, MeterProvider
from opentelemetry.sdk.resources import Resource

logging.basicConfig(stream=sys.stdout, level=logging.WARNING,
                    format="log %(levelname)s %(message)s")

def text(value):
    if isinstance(value, str):
        return value
    return json.dumps(value, separators=(",", ":"))

def tell(name, kind, value, point, resource, **more):
    tags = {k: text(v) for k, v in resource.attributes.items()}
    tags.update({k: text(v) for k, v in point.attributes.items()})
    tags.update(more)
    print("sent", json.dumps([name, kind, value, str(point.time_unix_nano),
                              tags]))

def number(value):
    return "%d" % value if value == int(value) else repr(value)

def tell_all(data):
    for r in data.resource_metrics:
        for s in r.scope_metrics:
            for m in s.metrics:
                for p in m.data.data_points:
                    tell_one(r.resource, m, p)

def tell_one(resource, m, p):
    kind = "gauge"
    temporality = getattr(m.data, "aggregation_temporality", 0)
    if getattr(m.data, "is_monotonic", True) and temporality:
        kind = "counter" if temporality == 1 else "cumulative"
    if hasattr(p, "value"):
        return tell(m.name, kind, p.value, p, resource)
    tell(m.name + "_count", kind, p.count, p, resource)
    tell(m.name + "_sum", kind, p.sum, p, resource)
    tell(m.name + "_min", "gauge", p.min, p, resource)
    tell(m.name + "_max", "gauge", p.max, p, resource)
    n = 0
    if hasattr(p, "explicit_bounds"):
        bounds = [number(b) for b in p.explicit_bounds] + ["+Inf"]
        for bound, count in zip(bounds, p.bucket_counts):
            n += count
            tell(m.name + "_bucket", kind, n, p, resource, le=bound)
        return
    n = p.zero_count
    if n:
        tell(m.name + "_bucket", kind, n, p, resource, le="0")
    for i, count in enumerate(p.positive.bucket_counts):
        if count:
            n += count
            bound = 2.0 ** ((p.positive.offset + i + 1) / 2.0 ** p.scale)
            tell(m.name + "_bucket", kind, n, p, resource, le=number(bound))

class Telling(OTLPMetricExporter):
    def export(self, data, *args, **kwargs):
        if tells:
            tell_all(data)
        result = super().export(data, *args, **kwargs)
        print("result", result.name)
        return result

def measure(prefix, path="/v1/metrics", delta=False, bad=False, **more):
    if delta:
        t = AggregationTemporality.DELTA
        more["preferred_temporality"] = {Counter: t, Histogram: t}
    reader = PeriodicExportingMetricReader(
        Telling(endpoint="http://127.0.0.1:%%PORT%%" + path, **more),
        export_interval_millis=math.inf)
    provider = MeterProvider([reader], Resource({
        "service.name": "shop", "n": 7, "list": ["x", "y\"z"]}),
        views=[View(instrument_name="*.exp",
                    aggregation=ExponentialBucketHistogramAggregation())],
        shutdown_on_exit=False)
    meter = provider.get_meter("m")
    c = meter.create_counter(prefix + ".requests")
    c.add(3, {"route": "/a", "ok": True, "code": 200})
    c.add(1.5, {"route": "/b", "ratio": 0.25})
    if bad:
        c.add(1, {"a b": "x"})
        return provider.force_flush()
    meter.create_up_down_counter(prefix + ".inflight").add(-2)
    meter.create_gauge(prefix + ".temp").set(21.5, {"room": "k \u00e4"})
    meter.create_observable_gauge(
        prefix + ".load", [lambda _: [Observation(0.5, {"cpu": "0"})]])
    for value in 0, 0.5, 3, 7, 100:
        meter.create_histogram(prefix + ".latency").record(value)
        meter.create_histogram(prefix + ".exp").record(value)
    provider.force_flush()

tells = True
END

my $proto = 'from opentelemetry.exporter.otlp.proto.http.metric_exporter '
            . "import *\n"
            . 'from opentelemetry.exporter.otlp.proto.http import Compression';
my $json = 'from opentelemetry.exporter.otlp.json.http.metric_exporter '
           . 'import *';


sub otel_python {
    my ($name, $import, $script) = @_;

    (my $text = $python) =~ s/%%IMPORT%%/$import/;

    return python($name, $text . $script);
}


# A histogram of 15 bounds is 20 datapoints, one of 5 exponential buckets 9.
my $said = otel_python('otel-py', $proto, <<'END');
measure("pyc", compression=Compression.NoCompression)
measure("pyd", delta=True, compression=Compression.Gzip)
measure("pyz", delta=True, compression=Compression.Deflate)
END
is_all($said, $_, 34, "Python, $_") for qw(pyc pyd pyz);
is((() = $said =~ /^result SUCCESS$/mg), 3, 'Python: successes');
unlike($said, qr/^log /m, 'Python: nothing to log');

$said = otel_python('otel-py', $proto, <<'END');
measure("pyl", path="/later")
tells = False
measure("pyt", path="/dead", timeout=3)
measure("pyt", path="/small")
measure("pyt", bad=True)
END
is_all($said, 'pyl', 34, 'Python, sent again');
is(join(' ', $said =~ /^result (\w+)$/mg), 'SUCCESS FAILURE FAILURE SUCCESS',
   'Python: after a 503; 503; 413; one of three is invalid');

# no more than that is shown of an answer
like($said, qr/Service Temporarily Unavailable .* retrying in 1\.00s/,
     'Python: waits as long as Retry-After says');
like($said, qr/code: 413/, 'Python: drops what is too large');
is(scalar points('pyt.requests'), 2, 'Python: of three the two that are valid');

$said = otel_python('otel-json-py', $json, <<'END');
measure("pyj")
measure("pyjd", delta=True)
tells = False
measure("pyt", path="/dead", timeout=3)
END
is_all($said, "$_.", 34, "Python, JSON, $_") for qw(pyj pyjd);
like($said, qr/Service Temporarily Unavailable .* retrying in 1\.00s/,
     'Python, JSON: waits as long as Retry-After says');

my $node = <<'END';
const {MeterProvider, PeriodicExportingMetricReader, AggregationTemporality,
       AggregationType, DataPointType} =
    require('@opentelemetry/sdk-metrics');
const {resourceFromAttributes} = require('@opentelemetry/resources');
const {diag, DiagLogLevel} = require('@opentelemetry/api');
const kinds = {
    json: require('@opentelemetry/exporter-metrics-otlp-http'),
    proto: require('@opentelemetry/exporter-metrics-otlp-proto'),
};

const log = (...what) => console.log('log', ...what.map(
    x => typeof x === 'string' ? x : JSON.stringify(x)));
diag.setLogger({error: log, warn: log, info() {}, debug() {}, verbose() {}},
               {logLevel: DiagLogLevel.WARN});

let tells = true;

function text(v) { return typeof v === 'string' ? v : JSON.stringify(v); }

function tell(r, m, p, suffix, type, value, more) {
    const tags = {};
    for (const a of [r.resource.attributes, p.attributes, more ?? {}]) {
        for (const k in a) {
            tags[k] = text(a[k]);
        }
    }
    const at = p.endTime[0] + String(p.endTime[1]).padStart(9, '0');
    console.log('sent ' + JSON.stringify([m.descriptor.name + suffix, type,
                                          value, at, tags]));
}

function tellAll(r) {
    for (const s of r.scopeMetrics) {
        for (const m of s.metrics) {
            for (const p of m.dataPoints) {
                tellOne(r, m, p);
            }
        }
    }
}

function tellOne(r, m, p) {
    const t = m.aggregationTemporality === AggregationTemporality.DELTA
              ? 'counter' : 'cumulative';
    const v = p.value;
    let n = 0;

    if (m.dataPointType === DataPointType.GAUGE) {
        return tell(r, m, p, '', 'gauge', v);
    }
    if (m.dataPointType === DataPointType.SUM) {
        return tell(r, m, p, '', m.isMonotonic ? t : 'gauge', v);
    }
    tell(r, m, p, '_count', t, v.count);
    tell(r, m, p, '_sum', t, v.sum);
    tell(r, m, p, '_min', 'gauge', v.min);
    tell(r, m, p, '_max', 'gauge', v.max);
    if (m.dataPointType === DataPointType.HISTOGRAM) {
        v.buckets.counts.forEach((count, i) => {
            n += count;
            tell(r, m, p, '_bucket', t, n,
                 {le: String(v.buckets.boundaries[i] ?? '+Inf')});
        });
        return;
    }
    n = v.zeroCount;
    if (n) {
        tell(r, m, p, '_bucket', t, n, {le: '0'});
    }
    v.positive.bucketCounts.forEach((count, i) => {
        if (count) {
            n += count;
            tell(r, m, p, '_bucket', t, n, {le: String(
                2 ** ((v.positive.offset + i + 1) / 2 ** v.scale))});
        }
    });
}

async function measure(prefix, kind, {path, delta, bad, ...more} = {}) {
    const exporter = new kinds[kind].OTLPMetricExporter({
        url: 'http://127.0.0.1:%%PORT%%' + (path ?? '/v1/metrics'),
        temporalityPreference: delta ? AggregationTemporality.DELTA
                                     : AggregationTemporality.CUMULATIVE,
        ...more});
    const plain = exporter.export.bind(exporter);

    exporter.export = (data, done) => {
        if (tells) {
            tellAll(data);
        }
        plain(data, result => {
            console.log('result', result.code, result.error?.message ?? '',
                        result.error?.data ?? '');
            done(result);
        });
    };

    const reader = new PeriodicExportingMetricReader({
        exporter, exportIntervalMillis: 3600000});
    const provider = new MeterProvider({
        resource: resourceFromAttributes({'service.name': 'shop', n: 7,
                                          list: ['x', 'y"z']}),
        readers: [reader],
        views: [{instrumentName: '*.exp', aggregation:
                 {type: AggregationType.EXPONENTIAL_HISTOGRAM}}]});
    const meter = provider.getMeter('m');
    const c = meter.createCounter(prefix + '.requests');

    c.add(3, {route: '/a', ok: true, code: 200});
    c.add(1.5, {route: '/b', ratio: 0.25});
    if (bad) {
        c.add(1, {'a b': 'x'});
    } else {
        meter.createUpDownCounter(prefix + '.inflight').add(-2);
        meter.createGauge(prefix + '.temp').record(21.5, {room: 'k \u00e4'});
        meter.createObservableGauge(prefix + '.load')
             .addCallback(o => o.observe(0.5, {cpu: '0'}));
        for (const value of [0, 0.5, 3, 7, 100]) {
            meter.createHistogram(prefix + '.latency').record(value);
            meter.createHistogram(prefix + '.exp').record(value);
        }
    }
    try {
        await provider.forceFlush();
    } catch (error) {
        log(error.message);
    }
    exporter.export = (data, done) => done({code: 0});
    await provider.shutdown();
}
END

for my $kind (qw(proto json)) {
    $said = node("$node(async () => {" . <<"END");
    await measure('js$kind.c', '$kind');
    await measure('js$kind.d', '$kind', {delta: true, compression: 'gzip'});
    await measure('js$kind.l', '$kind', {path: '/later'});
})();
END
    is_all($said, "js$kind.$_.", 34, "Node, $kind, $_") for qw(c d l);
    is((() = $said =~ /^result 0/mg), 3, "Node, $kind: successes");
    unlike($said, qr/^log /m, "Node, $kind: nothing to log");

    $said = node("$node(async () => { tells = false;" . <<"END");
    await measure('js$kind.t', '$kind', {path: '/dead', timeoutMillis: 3000});
    await measure('js$kind.t', '$kind', {path: '/small'});
    await measure('js$kind.t', '$kind', {bad: true});
})();
END
    like($said, qr/^result 1 Export failed with retryable status/m,
         "Node, $kind: tries again after a 503");
    like($said, qr/client_max_body_size/, "Node, $kind: and a 413");
    like($said, qr/Partial Success.*"rejectedDataPoints":.*$key/,
         "Node, $kind: and what is wrong with one of three");
    is(scalar points("js$kind.t.requests"), 2,
       "Node, $kind: the other two are there");
}

$nginx->stop;
done_testing();
