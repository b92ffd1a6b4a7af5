# SPDX-License-Identifier: BSD-2-Clause

# Seven clients of InfluxDB write: all that they sent is read back, and what is
# wrong reaches whoever uses them in Cricket's words.

use strict;
use warnings;

use lib 't/lib';

use CricketClients;
use CricketTest;
use Test::More;

my $dead = free_port();
my $nginx = serve(qq{
    location = /dead/write        { cricket influx;
                                    cricket_pass http://127.0.0.1:$dead; }
    location = /dead/api/v2/write { cricket influx;
                                    cricket_pass http://127.0.0.1:$dead; }
});

my %tags = (host => 'web 1,x=y', dc => 'eu');
my $at = '2016-12-31T22:49:50.123Z';
my $away = qr/Elasticsearch is away/;
my $key = qr/not a key of 1 to 256 bytes of A-Z a-z 0-9/;


# What each client is given under its own name.
sub is_all {
    my ($name, $said, %more) = @_;

    local $Test::Builder::Level = $Test::Builder::Level + 1;

    is_deeply(stored("$name."), [
        ["$name.m_f", 0.5, $at, \%tags],
        ["$name.m_n", 7, $at, \%tags],
        ["$name.m_no", 0, $at, \%tags],
        ["$name.m_ok", 1, $at, \%tags],
        $more{u} ? ["$name.m_u", 8, $at, \%tags] : (),
    ], "$name: all is there, but the string") or diag($said);
}


# version 1, Python
my $said = python('influxdb-py', <<'END');
from influxdb import InfluxDBClient
from influxdb.exceptions import InfluxDBClientError, InfluxDBServerError

for packed in True, False:
    c = InfluxDBClient(host="127.0.0.1", port=%%PORT%%, username="me",
                       password="x", database="d", gzip=packed)
    print("ping", c.ping())
    c.create_database("d")
    print(c.write_points([{
        "measurement": "py1.m" if packed else "py1plain.m",
        "tags": {"host": "web 1,x=y", "dc": "eu"},
        "time": "2016-12-31T22:49:50.123Z",
        "fields": {"f": 0.5, "n": 7, "ok": True, "no": False,
                   "s": "a \"b\" c\nd=1 2"}}]))

print(c.write_points([{"measurement": "py1now", "fields": {"value": 1}}],
                     time_precision="s"))

try:
    c.write_points([{"measurement": "py1bad", "tags": {"data center": "eu"},
                     "fields": {"value": 1}}])
except InfluxDBClientError as error:
    print("told", error)

try:
    InfluxDBClient(host="127.0.0.1", port=%%PORT%%, database="d", retries=1,
                   path="dead").write_points(
        [{"measurement": "m", "fields": {"value": 1}}])
except InfluxDBServerError as error:
    print("told", error)
END
is_all($_, $said) for qw(py1 py1plain);
is(scalar @{ stored('py1now') }, 1, 'py1: without a time');
like($said, qr/^ping 1\.8-cricket\nTrue\nping 1\.8-cricket\nTrue\nTrue\n/,
     'py1: ping, database, and true for what is stored');
like($said, qr/told 400: .*unable to parse line 1: .*$key/,
     'py1: is told of what is wrong');
like($said, $away, 'py1: and of a 503');

# version 2, Python
$said = python('influxdb-client-py', <<'END');
from influxdb_client import InfluxDBClient, Point, WritePrecision
from influxdb_client.client.write_api import SYNCHRONOUS
from influxdb_client.rest import ApiException

def point(name):
    return (Point(name).tag("host", "web 1,x=y").tag("dc", "eu")
            .field("f", 0.5).field("n", 7).field("ok", True)
            .field("no", False).field("s", "a \"b\" c\nd=1 2")
            .time(1483224590123, WritePrecision.MS))

for packed in True, False:
    c = InfluxDBClient(url="http://127.0.0.1:%%PORT%%", token="t", org="o",
                       enable_gzip=packed)
    api = c.write_api(write_options=SYNCHRONOUS)
    api.write("b", record=point("py2.m" if packed else "py2plain.m"),
              write_precision=WritePrecision.MS)

print("ping", c.ping())

with c.write_api() as batching:
    batching.write("b", record=[point("py2batch.m")])

try:
    api.write("b", record="py2bad,data\\ center=eu value=1")
except ApiException as error:
    print("told", error.message)

try:
    InfluxDBClient(url="http://127.0.0.1:%%PORT%%/dead", token="t", org="o") \
        .write_api(write_options=SYNCHRONOUS).write("b", record="m value=1")
except ApiException as error:
    print("told", error.message)
END
is_all($_, $said) for qw(py2 py2plain py2batch);
like($said, qr/^ping True/m, 'py2: ping');
like($said, qr/told unable to parse line 1: .*$key/,
     'py2: is told of what is wrong');
like($said, qr/told $away/, 'py2: and of a 503');

# version 3, Python, which writes to version 2
$said = python('influxdb3-py', <<'END');
from influxdb_client_3 import InfluxDBClient3, Point

c = InfluxDBClient3(host="http://127.0.0.1:%%PORT%%", token="t", database="d")
c.write(Point("py3.m").tag("host", "web 1,x=y").tag("dc", "eu").field("f", 0.5)
        .field("n", 7).field("ok", True).field("no", False)
        .field("s", "a \"b\" c").time(1483224590123000000))

try:
    InfluxDBClient3(host="http://127.0.0.1:%%PORT%%", token="t", database="d") \
        .write("py3bad,data\\ center=eu value=1")
except Exception as error:
    print("told", error)
END
is_all('py3', $said);
like($said, qr/told .*unable to parse line 1: .*$key/s,
     'py3: is told of what is wrong');

# version 1, Node
$said = node(<<'END');
const Influx = require('influx');

(async () => {
    const c = new Influx.InfluxDB('http://me:x@127.0.0.1:%%PORT%%/d');
    const fields = {f: 0.5, n: 7, ok: true, no: false, s: 'a "b" c'};
    const tags = {host: 'web 1,x=y', dc: 'eu'};

    c.addSchema({measurement: 'js1.m', tags: ['host', 'dc'], fields: {
        f: Influx.FieldType.FLOAT, n: Influx.FieldType.INTEGER,
        ok: Influx.FieldType.BOOLEAN, no: Influx.FieldType.BOOLEAN,
        s: Influx.FieldType.STRING}});

    console.log('ping', (await c.ping(5000)).map(p => p.online + p.version));
    await c.createDatabase('d');
    await c.writePoints([{measurement: 'js1.m', tags, fields,
                          timestamp: new Date(1483224590123)}]);

    try {
        await c.writePoints([{measurement: 'js1bad', tags: {'a b': 'x'},
                              fields: {value: 1}}]);
    } catch (error) {
        console.log('told', error.message);
    }
})();
END
is_all('js1', $said);
like($said, qr/^ping \[ 'true1\.8-cricket' \]$/m, 'js1: ping');
like($said, qr/told .*unable to parse line 1: .*$key/,
     'js1: is told of what is wrong');

# version 2, Node
$said = node(<<'END');
const {InfluxDB, Point} = require('@influxdata/influxdb-client');

(async () => {
    const api = new InfluxDB({url: 'http://127.0.0.1:%%PORT%%', token: 't'})
        .getWriteApi('o', 'b', 'ms', {maxRetries: 0});

    api.writePoint(new Point('js2.m').tag('host', 'web 1,x=y').tag('dc', 'eu')
        .floatField('f', 0.5).intField('n', 7).uintField('u', 8)
        .booleanField('ok', true).booleanField('no', false)
        .stringField('s', 'a "b" c').timestamp(1483224590123));
    await api.close();
    console.log('closed');

    const bad = new InfluxDB({url: 'http://127.0.0.1:%%PORT%%', token: 't'})
        .getWriteApi('o', 'b', 'ms', {maxRetries: 0});
    bad.writeRecord('js2bad,a\\ b=x value=1');

    try {
        await bad.close();
    } catch (error) {
        console.log('told', error.statusCode, error.message);
    }
})();
END
is_all('js2', $said, u => 1);
like($said, qr/^closed$/m, 'js2: it is content');
like($said, qr/^told 400 .*unable to parse line 1: .*$key/m,
     'js2: is told of what is wrong');

# version 3, Node
$said = node(<<'END');
const {InfluxDBClient, Point} = require('@influxdata/influxdb3-client');

(async () => {
    const c = new InfluxDBClient({host: 'http://127.0.0.1:%%PORT%%',
                                  token: 't', database: 'd'});

    await c.write(Point.measurement('js3.m').setTag('host', 'web 1,x=y')
        .setTag('dc', 'eu').setFloatField('f', 0.5).setIntegerField('n', 7)
        .setUintegerField('u', 8).setBooleanField('ok', true)
        .setBooleanField('no', false).setStringField('s', 'a "b" c')
        .setTimestamp('1483224590123000000'), 'd');

    try {
        await c.write('js3bad,a\\ b=x value=1', 'd');
    } catch (error) {
        console.log('told', error.message);
    }

    await c.close();
})();
END
is_all('js3', $said, u => 1);
like($said, qr/^told .*unable to parse line 1: .*$key/m,
     'js3: is told of what is wrong');

# Telegraf, as to version 1 and 2
my $line = 'm,host=web\\ 1\\,x\\=y,dc=eu f=0.5,n=7i,u=8u,ok=true,no=false,'
           . 's="a \\"b\\" c" 1483224590123000000' . "\n";
my $bad = "bad,data\\ center=eu value=1 1483224590123000000\n"
          . "good value=1 1483224590123000000\n";

my %outputs = (
    tg1 => '[[outputs.influxdb]]
              urls = ["http://127.0.0.1:%%PORT%%UNDER"]
              database = "d"
              influx_uint_support = true',
    tg2 => '[[outputs.influxdb_v2]]
              urls = ["http://127.0.0.1:%%PORT%%UNDER"]
              organization = "o"
              bucket = "b"
              token = "t"
              influx_uint_support = true',
);

for my $name (sort keys %outputs) {
    my $output = "$outputs{$name}\n  name_prefix = \"$name.\"\n";

    $said = telegraf($output =~ s/UNDER//r, $line);
    is_all($name, $said, u => 1);
    unlike($said, qr/ E! /, "$name: it is content");

    $said = telegraf($output =~ s/UNDER//r =~ s/$name\./$name-bad./r, $bad);
    like($said, $key, "$name: is told of what is wrong");
    is_deeply(stored("$name-bad"),
              [["$name-bad.good", 1, $at, {}]], "$name: the rest is there");

    $said = telegraf($output =~ s/UNDER/\/dead/r, $line);
    like($said, $name eq 'tg1' ? $away : qr/will retry in \d+s\. \(503 /,
         "$name: and of a 503");
}

$nginx->stop;
done_testing();
