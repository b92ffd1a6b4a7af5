# SPDX-License-Identifier: BSD-2-Clause

# OpenTSDB's put: every value, tag, type and time that clients send is read back,
# an answer of success means that it is stored, and there is as much of it as
# was asked for.

use strict;
use warnings;

use lib 't/lib';

use Compress::Zlib qw(memGzip);
use CricketReads;
use CricketTest;
use CricketWrites qw(answer);
use JSON::PP;
use Test::More;

my $index = fresh_index();

my $fake = fake(sub {
    my ($request, $c) = @_;

    # of a bulk, the second is refused
    answer($c, $request, sub { $_[2] == 1 ? 400 : 201 });
});

my $dead = free_port();
my $refusing = $fake->port;

my $nginx = reads(index => $index, more => qq{
    location = /dead/api/put      { cricket opentsdb;
                                    cricket_pass http://127.0.0.1:$dead; }
    location = /refusing/api/put  { cricket opentsdb;
                                    cricket_pass http://127.0.0.1:$refusing; }
    location = /small/api/put     { cricket opentsdb; client_max_body_size 50; }
    location = /few/api/put       { cricket opentsdb; cricket_max_datapoints 2; }
    location = /shut/api/put      { cricket opentsdb; deny all; }
    location = /limited/api/put   { cricket opentsdb; return 503; }
    location = /file/api/put      { cricket opentsdb;
                                    client_body_buffer_size 16k; }
    location /else                { cricket opentsdb; }
});
my $port = $nginx->port;


sub put {
    my ($args, $body, @headers) = @_;

    return http($port, 'POST', "/api/put$args",
                ref $body ? encode_json($body) : $body, @headers);
}


sub dp {
    my ($metric, $timestamp, $value, %tags) = @_;

    return { metric => $metric, timestamp => $timestamp, value => $value,
             tags => \%tags };
}


sub stored {
    my ($name) = @_;

    es('POST', "/$index/_refresh");

    return decode_json(http($port, 'GET', "/v1/metrics?name=$name")->{body});
}


sub is_told {
    my ($reply, $status, $body, $what) = @_;

    local $Test::Builder::Level = $Test::Builder::Level + 1;

    is($reply->{status}, $status, "$what: $status");
    is($reply->{body}, "$body\n", "$what: what it says");
    is($reply->{headers}{'content-type'}, 'application/json', "$what: its type");
}


# As Telegraf sends it, and one alone.
my $reply = put('', memGzip(
    '[{"metric":"tg.used","timestamp":1795626588,"value":5.225472413722137,'
    . '"tags":{"dc":"eu_1","host":"web-1"}}' . "\n"
    . ',{"metric":"tg.used","timestamp":1795626589123,"value":1320816640,'
    . '"tags":{"dc":"eu_1","host":"web-1"}}' . "\n]\n"),
    'Content-Encoding' => 'gzip', 'Content-Type' => 'application/json');
is($reply->{status}, 204, 'a 204');
is($reply->{body}, '', 'without a body');
is($reply->{headers}{'content-length'}, undef, 'nor its length');
is_deeply(stored('tg.used'), [
    { name => 'tg.used', type => 'gauge', value => 5.225472413722137,
      timestamp => '2026-11-25T17:09:48Z',
      tags => { dc => 'eu_1', host => 'web-1' } },
    { name => 'tg.used', type => 'gauge', value => 1320816640,
      timestamp => '2026-11-25T17:09:49.123Z',
      tags => { dc => 'eu_1', host => 'web-1' } },
], 'seconds and milliseconds');

is(put('?refresh=wait_for', '{"metric":"one","timestamp":"1483224590",'
       . '"value":"-.5","tags":{"n":1,"s":"\u00e4 \"x\" = 1"}}')->{status}, 204,
   'one alone, of strings');
is(http($port, 'GET', '/v1/metrics?name=one')->{body},
   '[{"name":"one","type":"gauge","value":-0.5,"timestamp":'
   . '"2016-12-31T22:49:50Z","tags":{"n":"1","s":"' . "\303\244"
   . ' \"x\" = 1"}}]' . "\n",
   'is there, at once');

# As opentsdb-py sends it.
is_told(put('?details=true', memGzip(encode_json([dp('py', 1795627134, 0.5,
                                                     core => '0')])),
            'Content-Encoding' => 'gzip'), 200,
        '{"success":1,"failed":0,"errors":[]}', 'details');
is(scalar @{ stored('py') }, 1, 'and it is there');

for my $args ('?summary', '?summary=', '?summary=true', '?summary&sync',
              '?summary&sync=true&sync_timeout=60000&details=false')
{
    is_told(put($args, [dp('s', 1, 2)]), 200, '{"success":1,"failed":0}',
            $args);
}

is_told(put('?summary&details', [dp('s', 1, 2)]), 200,
        '{"success":1,"failed":0,"errors":[]}', 'both');
is(put('?summary=false', [dp('s', 1, 2)])->{status}, 204, 'neither');
is(put('', '[]')->{status}, 204, 'nothing');
is_told(put('?details', '[]'), 200, '{"success":0,"failed":0,"errors":[]}',
        'nothing, in detail');

# Some of it is wrong: the rest is stored.
my $bad = '[{"metric":"some","timestamp":1,"value":1},'
          . '{"metric":"some","timestamp":2,"value":"x","tags":{"a":"b"}},'
          . '{"metric":"some","timestamp":3,"value":NaN},'
          . '{"metric":"some","timestamp":4,"value":4}]';
is_told(put('', $bad), 400, '{"error":{"code":400,"message":"datapoint 1: '
        . 'value: a string that is no number (and 1 more)","details":"2 stored, '
        . '2 not; with ?details the answer lists them"}}', 'some');
is_deeply([map { $_->{value} } @{ stored('some') }], [1, 4],
          'the others are there');
is_told(put('?summary', $bad), 400, '{"success":2,"failed":2}',
        'some, as numbers');
is_told(put('?details', $bad), 400, '{"success":2,"failed":2,"errors":['
        . '{"datapoint":{"metric":"some","timestamp":2,"value":"x","tags":'
        . '{"a":"b"}},"error":"datapoint 1: value: a string that is no '
        . 'number"},{"datapoint":null,"error":"datapoint 2: value: NaN, which '
        . 'JSON does not have, expected a number, or a string that is one"}]}',
        'some, in detail');

my $long = dp('long', 1, 'x', map { ("k$_" => 'v' x 100) } 1 .. 10);
is_deeply([map { $_->{datapoint} }
           @{ decode_json(put('?details', [$long])->{body})->{errors} }],
          [undef], 'a long one is not sent back');

my $many = decode_json(put('?details', [map { dp('m', $_, 'x') } 1 .. 150])
                       ->{body});
is($many->{failed}, 150, 'all that failed are counted');
is(scalar @{ $many->{errors} }, 100, 'a hundred are listed');

# Elasticsearch does not take one.
my $three = encode_json([map { dp('r', $_, $_) } 1 .. 3]);
is_told(http($port, 'POST', '/refusing/api/put?details', $three), 400,
        '{"success":2,"failed":1,"errors":[{"datapoint":null,"error":'
        . '"datapoint 1: Elasticsearch\'s index does not take it: '
        . 'mapper_parsing_exception: for some reason"}]}', 'one is refused');

# Errors of the whole, before the body is read, and by nginx itself.
my $one = encode_json(dp('x', 1, 1));
my @errors = (
    ['POST', '/small/api/put', "[$one,$one]", [], 413,
     qr/^body: larger than client_max_body_size allows$/],
    ['POST', '/small/api/put', memGzip("[$one,$one]") , [
     'Content-Encoding' => 'gzip'], 413,
     qr/^body: larger than client_max_body_size allows$/],
    ['POST', '/few/api/put', "[$one,$one,$one]", [], 413,
     qr/^body: more than 2 datapoints$/],
    ['POST', '/shut/api/put', $one, [], 403,
     qr/^access is not allowed from here$/],
    ['POST', '/api/put', $one, ['Content-Encoding' => 'zstd'], 415,
     qr/^Content-Encoding: zstd, expected gzip, x-gzip, deflate or none$/],
    ['POST', '/api/put', $one, ['Content-Type' => 'a/b; charset=latin1'], 415,
     qr{^Content-Type: a/b; charset=latin1, expected UTF-8$}],
    ['POST', '/api/put', "put x 1 1 a=b", [], 400,
     qr/^body: at byte 0: /],
    ['POST', '/api/put', '', [], 400, qr/^body: the body is empty/],
    ['POST', '/api/put', "$one\n$one", [], 400,
     qr/^body: at byte \d+: a second value after the first$/],
    ['POST', '/api/put?x=1', $one, [], 400, qr/^x: unknown parameter, there are refresh, summary, details, sync and sync_timeout$/],
    ['GET', '/api/put', undef, [], 405, qr/^method: expected POST$/],
    ['PUT', '/api/put', $one, [], 405, qr/^method: expected POST$/],
    ['POST', '/else/api/annotation', $one, [], 404,
     qr{^path: expected one that ends with /put}],
);

for my $error (@errors) {
    my ($method, $uri, $body, $headers, $status, $message) = @$error;

    my $reply = http($port, $method, $uri, $body, @$headers);
    my $what = "$method $uri";
    my $json = eval { decode_json($reply->{body}) } // {};

    is($reply->{status}, $status, "$what: $status");
    is_deeply([sort keys %$json], ['error'], "$what: an error");
    is_deeply([sort keys %{ $json->{error} }], [qw(code message)],
              "$what: its members");
    is($json->{error}{code}, $status, "$what: the code");
    like($json->{error}{message}, $message, "$what: the message");

    if ($status == 405) {
        is($reply->{headers}{allow}, 'POST', "$what: what is allowed");
    }
}

# opentsdb-py takes any JSON for the end of it: what is to be sent again is none.
for my $uri ('/dead/api/put', '/dead/api/put?details', '/limited/api/put') {
    my $reply = http($port, 'POST', $uri, $one);

    is($reply->{status}, 503, "$uri: 503");
    is($reply->{headers}{'content-type'}, 'text/plain', "$uri: its type");
    like($reply->{body},
         qr/^(?:Elasticsearch is away|the service is unavailable)\N*\n\z/,
         "$uri: in words");
    cmp_ok($reply->{headers}{'retry-after'}, '<=', 5, "$uri: when again");
}

# What curl and others say of the type.
for my $type ('', 'application/octet-stream', 'text/plain',
              'application/x-www-form-urlencoded', 'application/json; a=b')
{
    is(put('', $one, $type ? ('Content-Type' => $type) : ())->{status}, 204,
       "Content-Type: $type");
}

# A large one, out of a file, in slices.
my $n = 4000;
$reply = http($port, 'POST', '/file/api/put?details', encode_json(
              [map { dp('large', $_, $_, host => "web$_") } 1 .. $n]));
is_told($reply, 200, qq({"success":$n,"failed":0,"errors":[]}), 'a large one');
es('POST', "/$index/_refresh");
like(http($port, 'GET', '/v1/stats?name=large&start=1970-01-01T00:00:00Z'
          . '&end=now')->{body},
     qr/^\{"count":$n,"sum":8002000,"min":1,"max":$n,/, 'all of it');

like(http($port, 'GET', '/metrics')->{body},
     qr/^cricket_datapoints_total\{[^}]*format="opentsdb",outcome="stored"\} 40\d\d$/m,
     'counted by format');

$nginx->stop;
done_testing();
