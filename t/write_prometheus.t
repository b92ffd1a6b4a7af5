# SPDX-License-Identifier: BSD-2-Clause

# Prometheus' remote write, 1.0 and 2.0: every value, label, type and time that
# is sent is read back, and what went wrong is a line that Prometheus logs.

use strict;
use warnings;

use lib 't/lib';

use CricketProto;
use CricketReads;
use CricketTest;
use CricketWrites qw(answer);
use JSON::PP;
use Test::More;

use constant {
    TIME => 1500000000123,
    AT => '2017-07-14T02:40:00.123Z',
    NAN => unpack('d<', pack 'C8', 2, 0, 0, 0, 0, 0, 0xf0, 0x7f),
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
    location = /dead      { cricket prometheus;
                            cricket_pass http://127.0.0.1:$dead; }
    location = /refusing  { cricket prometheus;
                            cricket_pass http://127.0.0.1:$refusing; }
    location = /small     { cricket prometheus; client_max_body_size 100; }
    location = /few       { cricket prometheus; cricket_max_datapoints 2; }
    location = /shut      { cricket prometheus; deny all; }
});
my $port = $nginx->port;

my $v1 = 'application/x-protobuf';
my $v2 = 'application/x-protobuf;proto=io.prometheus.write.v2.Request';
my @written = map { "x-prometheus-remote-write-$_-written" }
                  qw(samples histograms exemplars);


# as Prometheus sends it
sub post {
    my ($uri, $body, %header) = @_;

    %header = ('Content-Type' => $v1, 'Content-Encoding' => 'snappy',
               %header);

    return http($port, 'POST', $uri, $body,
                map { ($_ => $header{$_}) } grep { defined $header{$_} }
                    sort keys %header);
}


sub stored {
    my ($name) = @_;

    es('POST', "/$index/_refresh");

    return [map { [@$_{qw(type value timestamp)}, $_->{tags}] }
            @{ decode_json(http($port, 'GET', "/v1/metrics?name=$name")
                           ->{body}) }];
}


sub is_told {
    my ($reply, $status, $text, $what) = @_;

    local $Test::Builder::Level = $Test::Builder::Level + 1;

    is($reply->{status}, $status, "$what: $status");
    is($reply->{headers}{'content-type'}, 'text/plain; charset=utf-8',
       "$what: its type");
    is($reply->{body}, "$text\n", "$what: what it says");
}


sub is_taken {
    my ($reply, $what, @n) = @_;

    local $Test::Builder::Level = $Test::Builder::Level + 1;

    is($reply->{status}, 204, "$what: 204");
    is($reply->{body}, '', "$what: no body");
    is($reply->{headers}{'content-length'}, undef, "$what: nor its length");
    is_deeply([map { $reply->{headers}{$_} } @written],
              @n ? \@n : [(undef) x 3], "$what: how many");
}


# 1.0
is_taken(post('/api/v1/write', snappy(write_request(
    [[__name__ => 'up', instance => 'h:9100', job => 'n "1"'], [1, TIME]],
    [[__name__ => 'hits_total', job => 'n'], [7, TIME], [0.5, TIME + 1]],
    [[job => 'n', __name__ => 'gone'], [NAN, TIME]]))), '1.0');
is_deeply(stored('up'),
          [['gauge', 1, AT, { instance => 'h:9100', job => 'n "1"' }]],
          'a gauge');
is_deeply(stored('hits_total'),
          [['cumulative', 7, AT, { job => 'n' }],
           ['cumulative', 0.5, '2017-07-14T02:40:00.124Z', { job => 'n' }]],
          'a counter, by its name');
is_deeply(stored('gone'), [], 'a stale marker is none');

# 2.0
is_taken(post('/api/v1/write', snappy(write_request_2(
    [[__name__ => 'hits', job => 'n', '' => 1], [3, TIME], [NAN, TIME]],
    [[__name__ => 'temp', '' => 2], [21.5, TIME]])),
    'Content-Type' => $v2), '2.0', 3, 0, 0);
is_deeply(stored('hits'), [['cumulative', 3, AT, { job => 'n' }]],
          'a counter, by its metadata');
is_deeply(stored('temp'), [['gauge', 21.5, AT, undef]], 'and a gauge');

# a native histogram of each
my @native = (1 => 3, 3 => [d => 2.5], 4 => [z => 0],
              11 => [s => message(1 => [z => 1], 2 => 2)],
              12 => [p => 2, 2], 15 => TIME);
is_taken(post('/api/v1/write', snappy(message(1 => [s => message(
    1 => [s => message(1 => [s => '__name__'], 2 => [s => 'nat1'])],
    4 => [s => message(@native)])]))), 'native');
is_taken(post('/api/v1/write', snappy(message(
    4 => [s => '__name__'], 4 => [s => 'nat2'],
    5 => [s => message(1 => [p => 0, 1], 3 => [s => message(@native)])])),
    'Content-Type' => $v2), 'native, 2.0', 0, 1, 0);

for my $name (qw(nat1 nat2)) {
    is_deeply(stored("${name}_count"), [['cumulative', 3, AT, undef]],
              "$name: count");
    is_deeply(stored("${name}_sum"), [['cumulative', 2.5, AT, undef]],
              "$name: sum");
    is_deeply([sort { $a->[1] <=> $b->[1] } @{ stored("${name}_bucket") }],
              [['cumulative', 1, AT, { le => '4' }],
               ['cumulative', 3, AT, { le => '8' }]], "$name: buckets");
}

# what others leave out
is_taken(post('/api/v1/write', snappy(write_request(
    [[__name__ => 'bare'], [1, TIME]])), 'Content-Encoding' => undef,
    'Content-Type' => undef), 'without headers');
is(scalar @{ stored('bare') }, 1, 'is stored');
is_taken(post('/api/v1/write', snappy(write_request(
    [[__name__ => 'bare'], [1, TIME]])), 'Content-Encoding' => 'Snappy',
    'Content-Type' => 'Application/X-Protobuf; proto=prometheus.WriteRequest'),
    'with all that may be');

# Elasticsearch is not asked.
is_taken(post('/dead', snappy(message(3 => [s => message(
    1 => 1, 2 => [s => 'up'], 4 => [s => 'help'])]))), 'metadata alone');
is_taken(post('/dead', snappy(write_request([[__name__ => 'x'],
                                             [NAN, TIME]]))),
         'stale markers alone');
is_taken(post('/dead', snappy(''), 'Content-Type' => $v2), 'nothing', 0, 0, 0);

# Some are bad.
my @some = ([[__name__ => 'some', n => 1], [1, TIME]],
            [[__name__ => 'some', 'a b' => 1], [2, TIME], [3, TIME]],
            [[__name__ => 'some', n => 3], [4, TIME]]);
my $bad = 'datapoint 1: tags.a b: not a key of 1 to 256 bytes of A-Z a-z 0-9 '
          . '_ . / -, in some (and 1 more)';

is_told(post('/api/v1/write', snappy(write_request(@some))), 400,
        "$bad; all others are stored", 'some are bad');
is_deeply([sort map { $_->[1] } @{ stored('some') }], [1, 4],
          'the good are stored');
my $reply = post('/api/v1/write', snappy(write_request_2(@some)),
                 'Content-Type' => $v2);
is_told($reply, 400, "$bad; all others are stored", 'some are bad, 2.0');
is_deeply([map { $reply->{headers}{$_} } @written], [2, 0, 0], 'how many');

$bad =~ s/datapoint 1/datapoint 0/;
is_told(post('/api/v1/write', snappy(write_request($some[1]))), 400,
        "$bad; nothing is stored", 'all are bad');

$reply = post('/refusing', snappy(write_request_2(@some[0, 2])),
              'Content-Type' => $v2);
is($reply->{status}, 400, 'Elasticsearch takes one of two');
is($reply->{headers}{$written[0]}, 1, 'and that is told');

# Nothing can be read.
is_told(post('/api/v1/write', 'x'), 400, 'body: not valid snappy data',
        'no snappy');
is_told(post('/api/v1/write', snappy("\x0a\x05x")), 400,
        'body: at byte 0: not valid protobuf: a field is longer than what it '
        . 'is in', 'no protobuf');
is_told(post('/api/v1/write', "\xff\x06\0\0sNaPpY"), 400,
        "body: snappy's framing format, expected its block format", 'framed');

# Errors before the body is read.
my $request = snappy(write_request(map { [[__name__ => "m$_"], [1, TIME]] }
                                       1 .. 4));
is_told(post('/small', $request), 413,
        'body: larger than client_max_body_size allows', 'too large');
is_told(post('/small', "\xc1\x01\0x" . "\xfe\x01\0" x 3), 413,
        'body: larger than client_max_body_size allows',
        'too large, unpacked');
is_told(post('/few', $request), 413, 'body: more than 2 datapoints',
        'too many');
is_told(post('/shut', $request), 403, 'access is not allowed from here',
        'not allowed');
$reply = post('/api/v1/write', $request, 'Content-Encoding' => 'gzip');
is_told($reply, 415, 'Content-Encoding: gzip, expected snappy', 'gzip');
is($reply->{headers}{'accept-encoding'}, 'snappy', 'what may be');

for my $type ('application/json', 'application/x-protobuf;proto=x.Y',
              'application/x-protobuf;proto=io.prometheus.write.v3.Request')
{
    is_told(post('/api/v1/write', $request, 'Content-Type' => $type), 415,
            "Content-Type: $type, expected application/x-protobuf, of itself "
            . 'or with proto=prometheus.WriteRequest or '
            . 'proto=io.prometheus.write.v2.Request', $type);
}

$reply = http($port, 'GET', '/api/v1/write');
is_told($reply, 405, 'method: expected POST', 'GET');
is($reply->{headers}{allow}, 'POST', 'what may be');

for my $type ($v1, $v2) {
    $reply = post('/dead', $type eq $v1
        ? $request : snappy(write_request_2([[__name__ => 'm'], [1, TIME]])),
        'Content-Type' => $type);
    is($reply->{status}, 503, "$type: nobody is there");
    cmp_ok($reply->{headers}{'retry-after'}, '<=', 5, 'soon again');
    like($reply->{body}, qr/^[^\n]*Elasticsearch[^\n]*\n\z/, 'a line, why');
    is($reply->{headers}{$written[0]}, undef, 'nothing is said of how many');
}

# What is counted.
my $metrics = http($port, 'GET', '/metrics')->{body};
like($metrics, qr/^cricket_datapoints_total\{[^}]*format="prometheus_v1",
                  outcome="ignored"\}\ 1/mx, 'what was passed over');
like($metrics, qr/^cricket_datapoints_total\{[^}]*format="prometheus_v2",
                  outcome="stored"\}\ [1-9]/mx, 'and what was stored');

$nginx->stop;
$fake->stop;
done_testing();
