# SPDX-License-Identifier: BSD-2-Clause

# OTLP's metrics, protobuf and JSON: every value, tag, type and time that clients
# send is read back, and they are told in the encoding that they speak.

use strict;
use warnings;

use lib 't/lib';

use Compress::Zlib qw(memGzip compress);
use CricketProto;
use CricketReads;
use CricketTest;
use CricketWrites qw(answer);
use JSON::PP;
use Test::More;

use constant {
    TIME => '1500000000123456789',
    AT => '2017-07-14T02:40:00.123456789Z',
    PROTO => 'application/x-protobuf',
    JSON => 'application/json',
};

my $index = fresh_index();

my $fake = fake(sub {
    my ($request, $c) = @_;

    # of a bulk, the second is refused
    answer($c, $request, sub { $_[2] == 1 ? 400 : 201 });
});

my $dead = free_port();
my $refusing = $fake->port;

my $nginx = reads(index => $index, more => qq{
    location = /dead      { cricket metrics;
                            cricket_pass http://127.0.0.1:$dead; }
    location = /refusing  { cricket metrics;
                            cricket_pass http://127.0.0.1:$refusing; }
    location = /small     { cricket metrics; client_max_body_size 50; }
    location = /few       { cricket metrics; cricket_max_datapoints 2; }
    location = /shut      { cricket metrics; deny all; }
});
my $port = $nginx->port;


sub post {
    my ($uri, $type, $body, @headers) = @_;

    return http($port, 'POST', $uri, ref $body ? encode_json($body) : $body,
                'Content-Type' => $type, @headers);
}


sub stored {
    my ($name) = @_;

    es('POST', "/$index/_refresh");

    return [map { [@$_{qw(type value timestamp)}, $_->{tags}] }
            @{ decode_json(http($port, 'GET', "/v1/metrics?name=$name")
                           ->{body}) }];
}


sub is_told {
    my ($reply, $status, $type, $body, $what) = @_;

    local $Test::Builder::Level = $Test::Builder::Level + 1;

    is($reply->{status}, $status, "$what: $status");
    is($reply->{headers}{'content-type'}, $type, "$what: its type");

    my $got = $type eq PROTO ? fields($reply->{body})
                             : decode_json($reply->{body});
    is_deeply($got, $body, "$what: what it says")
        or diag(explain($got));
}


sub json_metrics {
    my ($attributes, @metrics) = @_;

    return { resourceMetrics => [{
        resource => { attributes => json_attributes($attributes) },
        scopeMetrics => [{ scope => { name => 's' }, metrics => \@metrics }],
    }] };
}


sub json_attributes {
    my ($attributes) = @_;

    my @pairs = @{ $attributes // [] };
    my @list;

    while (my ($key, $value) = splice @pairs, 0, 2) {
        push @list, { key => $key,
                      value => ref $value ? $value
                                          : { stringValue => $value } };
    }

    return \@list;
}


sub json_gauge {
    my ($name, $value, $attributes) = @_;

    return { name => $name, gauge => { dataPoints => [{
        asDouble => $value, timeUnixNano => TIME,
        attributes => json_attributes($attributes) }] } };
}


my @resource = ('service.name' => 'shop', 'host.name' => 'web-1');
my %resource = @resource;

# Every kind of data, in both encodings.
my $proto = otlp([@resource],
    gauge('p.temp', 21.5, TIME, [room => 'k"', ok => [2 => 1]]),
    metric('p.requests', 7, [datapoint(3, TIME)], 2 => 2, 3 => 1),
    metric('p.bytes', 7, [datapoint(1.5, TIME)], 2 => 1, 3 => 1),
    metric('p.inflight', 7, [message(3 => [x => TIME], 6 => [x => -2])],
           2 => 2),
    metric('p.latency', 9, [message(
        3 => [x => TIME], 4 => [x => 4], 5 => [d => 110.5],
        6 => [s => pack('q<4', 1, 1, 0, 2)], 7 => [s => pack('d<3', 1, 5, 10)],
        11 => [d => 0.5], 12 => [d => 100])], 2 => 2),
    metric('p.exp', 10, [message(
        3 => [x => TIME], 4 => [x => 4], 6 => [z => 0], 7 => [x => 1],
        8 => [s => message(1 => [z => 1], 2 => [p => 2, 0, 1])])], 2 => 1),
    metric('p.summary', 11, [message(
        3 => [x => TIME], 4 => [x => 9], 5 => [d => 4.5],
        6 => [s => message(1 => [d => 0.5], 2 => [d => 0.25])])]));

my $json = json_metrics([@resource],
    json_gauge('j.temp', 21.5, [room => 'k"', ok => { boolValue => \1 }]),
    { name => 'j.requests', sum => {
        aggregationTemporality => 2, isMonotonic => \1,
        dataPoints => [{ asInt => '3', timeUnixNano => TIME }] } },
    { name => 'j.bytes', sum => {
        dataPoints => [{ asDouble => 1.5, timeUnixNano => TIME }],
        aggregationTemporality => 1, isMonotonic => \1 } },
    { name => 'j.inflight', sum => {
        aggregationTemporality => 2,
        dataPoints => [{ asInt => -2, timeUnixNano => TIME }] } },
    { name => 'j.latency', histogram => {
        aggregationTemporality => 2,
        dataPoints => [{ count => '4', sum => 110.5, min => 0.5, max => 100,
                         bucketCounts => ['1', '1', 0, 2],
                         explicitBounds => [1, 5, 10],
                         timeUnixNano => TIME }] } },
    { name => 'j.exp', exponentialHistogram => {
        dataPoints => [{ count => 4, scale => 0, zeroCount => '1',
                         positive => { offset => 1,
                                       bucketCounts => [2, 0, 1] },
                         timeUnixNano => TIME }],
        aggregationTemporality => 1 } },
    { name => 'j.summary', summary => {
        dataPoints => [{ count => 9, sum => 4.5, timeUnixNano => TIME,
                         quantileValues => [{ quantile => 0.5,
                                              value => 0.25 }] }] } });

is_told(post('/v1/metrics', PROTO, $proto), 200, PROTO, {}, 'protobuf');
is_told(post('/v1/metrics', JSON, $json), 200, JSON, {}, 'JSON');

for my $p (qw(p j)) {
    my @le = map { { %resource, le => $_ } } qw(1 5 10 +Inf);
    my @exp = map { { %resource, le => $_ } } qw(0 4 16);

    is_deeply(stored("$p.temp"),
              [['gauge', 21.5, AT, { %resource, room => 'k"', ok => 'true' }]],
              "$p: a gauge");
    is_deeply(stored("$p.requests"), [['cumulative', 3, AT, \%resource]],
              "$p: a cumulative sum");
    is_deeply(stored("$p.bytes"), [['counter', 1.5, AT, \%resource]],
              "$p: a delta");
    is_deeply(stored("$p.inflight"), [['gauge', -2, AT, \%resource]],
              "$p: a sum that is not monotonic");
    is_deeply(stored("$p.latency_count"), [['cumulative', 4, AT, \%resource]],
              "$p: a histogram's count");
    is_deeply(stored("$p.latency_sum"), [['cumulative', 110.5, AT, \%resource]],
              "$p: its sum");
    is_deeply(stored("$p.latency_min"), [['gauge', 0.5, AT, \%resource]],
              "$p: its minimum");
    is_deeply(stored("$p.latency_max"), [['gauge', 100, AT, \%resource]],
              "$p: its maximum");
    is_deeply([sort { $a->[1] <=> $b->[1] || $a->[3]{le} cmp $b->[3]{le} }
               @{ stored("$p.latency_bucket") }],
              [['cumulative', 1, AT, $le[0]], ['cumulative', 2, AT, $le[2]],
               ['cumulative', 2, AT, $le[1]], ['cumulative', 4, AT, $le[3]]],
              "$p: its buckets");
    is_deeply(stored("$p.exp_count"), [['counter', 4, AT, \%resource]],
              "$p: an exponential one's count");
    is_deeply([sort { $a->[1] <=> $b->[1] } @{ stored("$p.exp_bucket") }],
              [['counter', 1, AT, $exp[0]], ['counter', 3, AT, $exp[1]],
               ['counter', 4, AT, $exp[2]]], "$p: its buckets");
    is_deeply(stored("$p.summary"),
              [['gauge', 0.25, AT, { %resource, quantile => '0.5' }]],
              "$p: a summary's quantile");
    is_deeply(stored("$p.summary_sum"), [['cumulative', 4.5, AT, \%resource]],
              "$p: its sum");
}

# As exporters pack it.
for my $coding ([gzip => \&memGzip], [deflate => \&compress]) {
    my ($name, $pack) = @$coding;

    is_told(post('/v1/metrics', PROTO,
                 $pack->(otlp([], gauge("p.$name", 1, TIME))),
                 'Content-Encoding' => $name), 200, PROTO, {}, $name);
    is_deeply(stored("p.$name"), [['gauge', 1, AT, undef]], 'and it is there');
}

is_told(post('/v1/metrics?refresh=wait_for', PROTO . '; charset=utf-8',
             otlp([], gauge('p.now', 1, TIME))), 200, PROTO, {}, 'parameters');
is(scalar @{ decode_json(http($port, 'GET', '/v1/metrics?name=p.now')
                         ->{body}) }, 1, 'and it is there at once');

# Nothing is in them: nobody is asked.
is_told(post('/dead', PROTO, ''), 200, PROTO, {}, 'nothing');
is_told(post('/dead', JSON, '{"resourceMetrics":[]}'), 200, JSON, {},
        'nothing, as JSON');
is_told(post('/dead', PROTO, otlp([], metric('m', 5, [message(8 => 1)]))), 200,
        PROTO, {}, 'no recorded value');

# Cricket's own JSON is what it was.
is(post('/v1/metrics', JSON, '{"name":"own","type":"t","value":1,"timestamp":'
        . '"2017-07-14T02:40:00Z"}')->{body}, qq({"stored":1}\n), 'our own');
is(post('/v1/metrics', JSON, '{}')->{status}, 400, 'and none of it');

# Some are bad.
my $bad = 'datapoint 1: tags.a b: not a key of 1 to 256 bytes of A-Z a-z 0-9 '
          . '_ . / -, in m.bad';
my @some = map { gauge("m.$_->[0]", 1, TIME, [$_->[1] => 'v']) }
               (['one', 'k'], ['bad', 'a b'], ['two', 'k']);
my @json_some = map { json_gauge("m.$_->[0]", 1, [$_->[1] => 'v']) }
                    (['one', 'k'], ['bad', 'a b'], ['two', 'k']);

my $reply = post('/v1/metrics', PROTO, otlp([], @some));
is_told($reply, 200, PROTO, { 1 => fields($reply->{body})->{1} },
        'some are bad');
is_deeply(fields(fields($reply->{body})->{1}), { 1 => 1, 2 => $bad },
          'a partialSuccess');
is_told(post('/v1/metrics', JSON, json_metrics([], @json_some)), 200, JSON,
        { partialSuccess => { rejectedDataPoints => '1',
                              errorMessage => $bad } },
        'some are bad, as JSON');
is(scalar @{ stored($_) }, $_ eq 'm.bad' ? 0 : 1, "$_ is stored once")
    for qw(m.one m.bad m.two);

$reply = post('/refusing', PROTO, otlp([], @some[0, 2]));
is($reply->{status}, 200, 'one is refused by Elasticsearch');
is(fields(fields($reply->{body})->{1})->{1}, 1, 'and told');

# All are.
$bad =~ s/datapoint 1/datapoint 0/;
is_told(post('/v1/metrics', PROTO, otlp([], $some[1])), 400, PROTO,
        { 1 => 3, 2 => $bad }, 'all are bad');
is_told(post('/v1/metrics', JSON, json_metrics([], $json_some[1])), 400, JSON,
        { code => 3, message => $bad }, 'all are bad, as JSON');

# Nothing can be read.
is_told(post('/v1/metrics', PROTO, "\x0a\x05x"), 400, PROTO,
        { 1 => 3, 2 => 'body: at byte 0: not valid protobuf: a field is longer '
                       . 'than what it is in' }, 'no protobuf');
is_told(post('/v1/metrics', JSON, '{"resourceMetrics":{}}'), 400, JSON,
        { code => 3, message => 'body: at byte 19: resourceMetrics: expected '
                                . 'an array' }, 'no OTLP');
is_told(post('/v1/metrics', PROTO, 'x', 'Content-Encoding' => 'gzip'), 400,
        PROTO, { 1 => 3, 2 => 'body: the gzip data is cut short' }, 'no gzip');

# Errors before the body is read.
my $large = otlp([], map { gauge("m$_", 1, TIME) } 1 .. 3);
is_told(post('/small', PROTO, $large), 413, PROTO,
        { 1 => 3, 2 => 'body: larger than client_max_body_size allows' },
        'too large');
is_told(post('/few', PROTO, $large), 413, PROTO,
        { 1 => 3, 2 => 'body: more than 2 datapoints' }, 'too many');
is_told(post('/few', JSON, json_metrics([], map { json_gauge('m', 1) } 1 .. 3)),
        413, JSON, { code => 3, message => 'body: more than 2 datapoints' },
        'too many, as JSON');
is_told(post('/shut', PROTO, $large), 403, PROTO,
        { 1 => 7, 2 => 'access is not allowed from here' }, 'not allowed');
$reply = post('/v1/metrics', PROTO, $large, 'Content-Encoding' => 'zstd');
is_told($reply, 415, PROTO,
        { 1 => 3, 2 => 'Content-Encoding: zstd, expected gzip, x-gzip, deflate '
                       . 'or none' }, 'zstd');
is($reply->{headers}{'accept-encoding'}, 'gzip, deflate', 'what may be');
is_told(post('/v1/metrics?nmae=x', PROTO, $large), 400, PROTO,
        { 1 => 3, 2 => fields(post('/v1/metrics?nmae=x', PROTO, $large)
                              ->{body})->{2} }, 'an unknown parameter');

for my $type (PROTO, JSON) {
    $reply = post('/dead', $type, $type eq PROTO ? $large
                  : json_metrics([], json_gauge('m', 1)));
    is($reply->{status}, 503, "$type: nobody is there");
    is($reply->{headers}{'content-type'}, $type, 'its type');
    cmp_ok($reply->{headers}{'retry-after'}, '<=', 5, 'soon again');

    my $status = $type eq PROTO ? fields($reply->{body})
                                : decode_json($reply->{body});
    is($status->{code} // $status->{1}, 14, 'UNAVAILABLE');
    like($status->{message} // $status->{2}, qr/Elasticsearch/, 'why');
}

# What is counted.
my $metrics = http($port, 'GET', '/metrics')->{body};
like($metrics, qr/^cricket_datapoints_total\{[^}]*format="otlp",outcome="stored"\}
                  \ [1-9]/mx, 'as OTLP');
like($metrics, qr/^cricket_datapoints_total\{[^}]*format="otlp_json",
                  outcome="invalid"\}\ 2/mx, 'as OTLP in JSON');

$nginx->stop;
$fake->stop;
done_testing();
