# SPDX-License-Identifier: BSD-2-Clause

# Telegraf's outputs that are neither InfluxDB's nor OpenTSDB's: Cricket's own
# JSON, Prometheus' remote write, and OTLP by way of OpenTelemetry's Collector.

use strict;
use warnings;

use lib 't/lib';

use CricketClients;
use CricketTest;
use Test::More;
use Time::HiRes qw(sleep);

my $dead = free_port();
my $nginx = serve(qq{
    location = /dead         { cricket metrics;
                               cricket_pass http://127.0.0.1:$dead; }
    location = /dead-write   { cricket prometheus;
                               cricket_pass http://127.0.0.1:$dead; }
});
my $port = $nginx->port;

my $at = '2016-12-31T22:49:50.123Z';
my $line = 'm,host=web\\ 1\\,x\\=y,dc=eu f=0.5,n=7i,u=8u,ok=true'
           . " 1483224590123000000\n";
my %tags = (host => 'web 1,x=y', dc => 'eu');


sub output {
    my ($uri, $more) = @_;

    return <<"END";
[[outputs.http]]
  url = "http://127.0.0.1:%%PORT%%$uri"
  name_prefix = "tg."
$more
END
}


my $json = <<'END';
  data_format = "json"
  use_batch_format = true
  json_timestamp_format = "2006-01-02T15:04:05.000000000Z"
  json_transformation = '''
metrics.($m := $; $each(fields, function($v, $k) { {"name": "json." & $m.name & "." & $k, "type": "gauge", "value": $type($v) = "boolean" ? ($v ? 1 : 0) : $v, "timestamp": $m.timestamp, "tags": $m.tags} }))
'''
  [outputs.http.headers]
    Content-Type = "application/json"
END

my $said = telegraf(output('/v1/metrics', $json), $line);
is_deeply(stored('json.'), [
    ['json.tg.m.f', 0.5, $at, \%tags],
    ['json.tg.m.n', 7, $at, \%tags],
    ['json.tg.m.ok', 1, $at, \%tags],
    ['json.tg.m.u', 8, $at, \%tags],
], 'http, JSON: all is there') or diag($said);
unlike($said, qr/ E! /, 'http, JSON: it is content');
like(telegraf(output('/dead', $json), $line), qr/503/,
     'http, JSON: is told of a 503');

# Of what has no kind it makes untyped metrics; strings it leaves out itself.
my $write = <<'END';
  data_format = "prometheusremotewrite"
  [outputs.http.headers]
    Content-Type = "application/x-protobuf"
    Content-Encoding = "snappy"
    X-Prometheus-Remote-Write-Version = "0.1.0"
END

$said = telegraf(output('/api/v1/write', $write), $line);
is_deeply(stored('tg_'), [
    ['tg_m_f', 0.5, $at, \%tags],
    ['tg_m_n', 7, $at, \%tags],
    ['tg_m_ok', 1, $at, \%tags],
    ['tg_m_u', 8, $at, \%tags],
], 'http, remote write: all is there') or diag($said);
unlike($said, qr/ E! /, 'http, remote write: it is content');
like(telegraf(output('/dead-write', $write), $line), qr/503/,
     'http, remote write: is told of a 503');

# It has no booleans.
my $collector = collector("http://127.0.0.1:$port/v1/metrics", '');

$said = telegraf(<<"END", $line);
[[outputs.opentelemetry]]
  service_address = "127.0.0.1:@{[$collector->grpc_port]}"
  name_prefix = "ot."
END

my $got;
wait_until(10, sub { sleep 0.2; @{ $got = stored('ot.') } >= 3 });
is_deeply($got, [
    ['ot.m_f', 0.5, $at, \%tags],
    ['ot.m_n', 7, $at, \%tags],
    ['ot.m_u', 8, $at, \%tags],
], 'opentelemetry, by way of a Collector: all is there')
    or diag($said, $collector->say);
unlike($said, qr/ E! /, 'opentelemetry: it is content');

$collector->stop;
$nginx->stop;
done_testing();
