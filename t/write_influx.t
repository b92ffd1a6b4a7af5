# SPDX-License-Identifier: BSD-2-Clause

# InfluxDB's line protocol: every value, tag, type and time that clients write
# is read back, a 204 means that it is stored, and what is wrong is told in the
# words of the version that was asked.

use strict;
use warnings;

use lib 't/lib';

use Compress::Zlib qw(memGzip);
use CricketReads;
use CricketTest;
use CricketWrites qw(answer);
use JSON::PP;
use Test::More;
use Time::HiRes qw(time);

my $index = fresh_index();

my $fake = fake(sub {
    my ($request, $c) = @_;

    # of a bulk, the second is refused
    answer($c, $request, sub { $_[2] == 1
        ? [400, 'mapper_parsing_exception', 'too <long> for "it"'] : 201 });
});

my $dead = free_port();
my $refusing = $fake->port;

my $nginx = reads(index => $index, more => qq{
    location = /dead/write         { cricket influx;
                                     cricket_pass http://127.0.0.1:$dead; }
    location = /dead/api/v2/write  { cricket influx;
                                     cricket_pass http://127.0.0.1:$dead; }
    location = /refusing/write     { cricket influx;
                                     cricket_pass http://127.0.0.1:$refusing; }
    location = /refusing/api/v2/write { cricket influx;
                                     cricket_pass http://127.0.0.1:$refusing; }
    location = /small/write        { cricket influx; client_max_body_size 50; }
    location = /small/api/v2/write { cricket influx; client_max_body_size 50; }
    location = /few/write          { cricket influx; cricket_max_datapoints 2; }
    location = /few/api/v2/write   { cricket influx; cricket_max_datapoints 2; }
    location = /shut/write         { cricket influx; deny all; }
    location = /shut/api/v2/write  { cricket influx; deny all; }
    location = /file/write         { cricket influx;
                                     client_body_buffer_size 16k; }
    location = /tight/write        { cricket influx; cricket_queue 1m; }
    location /else                 { cricket influx; }
});
my $port = $nginx->port;

sub post {
    my ($uri, $body, @headers) = @_;

    return http($port, 'POST', $uri, $body, @headers);
}


# What is stored of a name, or of all that begins with it.
sub stored {
    my ($prefix) = @_;

    es('POST', "/$index/_refresh");

    my $names = decode_json(http($port, 'GET',
                                 "/v1/names?prefix=$prefix")->{body});
    my @points;

    for my $name (map { $_->{name} } @{ $names->{names} }) {
        $name =~ s/([^A-Za-z0-9_.])/sprintf '%%%02X', ord $1/ge;
        push @points, @{ decode_json(http($port, 'GET',
                                     "/v1/metrics?name=$name")->{body}) };
    }

    return [sort { $a->{name} cmp $b->{name}
                   || $a->{timestamp} cmp $b->{timestamp} } @points];
}


sub point {
    my ($name, $value, $timestamp, %tags) = @_;

    return { name => $name, type => 'gauge', value => $value,
             timestamp => $timestamp, %tags ? (tags => \%tags) : () };
}


sub is_told {
    my ($reply, $status, $body, $what) = @_;

    local $Test::Builder::Level = $Test::Builder::Level + 1;

    is($reply->{status}, $status, "$what: $status");
    is($reply->{body}, "$body\n", "$what: what it says");
    is($reply->{headers}{'content-type'}, 'application/json',
       "$what: its type");
}


# All that a line may have.
my $reply = post('/write?db=d&rp=&u=me&p=&precision=ns&consistency=one',
    "a.cpu,host=web-1,dc=eu\\ 1,path=C:\\\\x\\,y\\=z load=0.5,n=7i,u=8u,"
    . "up=true,down=F,s=\"a, \\\"b\\\" c=1 2\n3\",value=-1.5e3 "
    . "1483224590123456789\r\n"
    . "# a comment\n\n"
    . "a.big max=9223372036854775807i,all=18446744073709551615u,"
    . "tiny=5e-324 1483224590123456789");
is($reply->{status}, 204, 'a 204');
is($reply->{body}, '', 'without a body');
is($reply->{headers}{'content-length'}, undef, 'nor its length');
is($reply->{headers}{'content-type'}, undef, 'nor a type');
is($reply->{headers}{'x-influxdb-version'}, '1.8-cricket', 'with a version');
is($reply->{headers}{'x-influxdb-error'}, undef, 'and no error');

my @tags = (host => 'web-1', dc => 'eu 1', path => 'C:\\\\x,y=z');
my $at = '2016-12-31T22:49:50.123456789Z';
is_deeply(stored('a.'), [
    point('a.big_all', 2 ** 64, $at),
    point('a.big_max', 9223372036854775808, $at),
    point('a.big_tiny', 5e-324, $at),
    point('a.cpu', -1500, $at, @tags),
    point('a.cpu_down', 0, $at, @tags),
    point('a.cpu_load', 0.5, $at, @tags),
    point('a.cpu_n', 7, $at, @tags),
    point('a.cpu_u', 8, $at, @tags),
    point('a.cpu_up', 1, $at, @tags),
], 'all is there, but the string');

# Version 2, packed, and refresh as everywhere.
$reply = post('/api/v2/write?org=o&orgID=&bucket=b&precision=s&refresh=wait_for',
              memGzip('b,t=1 f=2 1483224590'), 'Content-Encoding' => 'gzip',
              'Content-Type' => 'text/plain; charset=utf-8',
              'Authorization' => 'Token of-somebody');
is($reply->{status}, 204, 'version 2');
is(http($port, 'GET', '/v1/metrics?name=b_f')->{body},
   '[{"name":"b_f","type":"gauge","value":2,"timestamp":"2016-12-31T22:49:50Z",'
   . '"tags":{"t":"1"}}]' . "\n", 'is there, at once');

# Times.
my %precisions = (
    n => ['1483224590123456789', '2016-12-31T22:49:50.123456789Z'],
    ns => ['-1', '1969-12-31T23:59:59.999999999Z'],
    u => ['1483224590123456', '2016-12-31T22:49:50.123456Z'],
    us => ['1483224590123456', '2016-12-31T22:49:50.123456Z'],
    ms => ['1483224590123', '2016-12-31T22:49:50.123Z'],
    s => ['1483224590', '2016-12-31T22:49:50Z'],
    m => ['24720409', '2016-12-31T22:49:00Z'],
    h => ['412006', '2016-12-31T22:00:00Z'],
);

for my $precision (sort keys %precisions) {
    my ($time) = @{ $precisions{$precision} };

    is(post("/write?precision=$precision", "time.$precision value=1 $time")
       ->{status}, 204, "in $precision");
}

is_deeply([map { "$_->{name} $_->{timestamp}" } @{ stored('time.') }],
          [map { "time.$_ $precisions{$_}[1]" } sort keys %precisions],
          'each precision');

# Without a time: when it came, for all of the request.
my $before = time;
post('/write', "now.a value=1\nnow.b value=2 \n");
my $after = time;
my @now = map { $_->{timestamp} } @{ stored('now.') };
is(scalar @now, 2, 'two without a time');
is($now[0], $now[1], 'have the same');
my ($second) = $now[0] =~ /:(\d\d)(?:\.\d+)?Z$/;
ok((grep { (gmtime $_)[0] == $second } int($before - 1) .. int($after)),
   "which is that of their arrival: $now[0]");

# Some of it is wrong: the rest is stored.
my $bad = "some.a value=1 1\nsome.b x=y,value=2 2\nsome.c,k\\ 1=2 value=3\n"
          . "some.d value=4 4";
is_told(post('/write', $bad), 400,
        '{"error":"partial write: unable to parse line 2: field \\"x\\": '
        . 'expected a number, an integer such as 1i or 1u, a boolean, or a '
        . 'string in quotes\\nunable to parse line 3: tag \\"k\\\\ 1\\": not a '
        . 'key of 1 to 256 bytes of A-Z a-z 0-9 _ . / - dropped=2"}',
        'some of it');
is_deeply([map { $_->{name} } @{ stored('some.') }],
          [qw(some.a some.b some.d)], 'the others are there');
$reply = post('/write', $bad);
is($reply->{headers}{'x-influxdb-error'}, 'unable to parse line 2: field "x": '
   . 'expected a number, an integer such as 1i or 1u, a boolean, or a string in '
   . 'quotes (and 1 more)', 'the first in a header');
$reply = post('/api/v2/write', $bad);
is_told($reply, 400,
        '{"code":"invalid","message":"unable to parse line 2: field \\"x\\": '
        . 'expected a number, an integer such as 1i or 1u, a boolean, or a '
        . 'string in quotes\\nunable to parse line 3: tag \\"k\\\\ 1\\": not a '
        . 'key of 1 to 256 bytes of A-Z a-z 0-9 _ . / -","line":2}',
        'some of version 2');
is($reply->{headers}{'x-platform-error-code'}, 'invalid', 'its code');

is_told(post('/write', 'all'), 400,
        '{"error":"unable to parse line 1: measurement \\"all\\": no fields"}',
        'all of it');
is_told(post('/api/v2/write', 'all'), 400,
        '{"code":"invalid","message":"unable to parse line 1: measurement '
        . '\\"all\\": no fields","line":1}', 'all of version 2');

my $many = post('/write', join '', map { "many$_\n" } 1 .. 150);
like($many->{body}, qr/^\{"error":"unable to parse line 1: (?s:.*)line 100: measurement \\"many100\\": no fields \(and 50 more\)"\}$/,
     'a hundred are listed');

# Elasticsearch does not take one.
is_told(post('/refusing/write', "m a=1,b=2,c=3\n"), 400,
        '{"error":"partial write: datapoint 1: Elasticsearch\'s index does not '
        . 'take it: mapper_parsing_exception: too <long> for \\\\\\"it\\\\\\" '
        . 'dropped=1"}', 'one is refused');
is_told(post('/refusing/api/v2/write', "m a=1,b=2,c=3\n"), 400,
        '{"code":"invalid","message":"datapoint 1: Elasticsearch\'s index does '
        . 'not take it: mapper_parsing_exception: too <long> for '
        . '\\\\\\"it\\\\\\""}', 'and in version 2');

# Errors of the whole, before the body is read, and by nginx itself.
my @errors = (
    ['POST', '/dead%s', 'm value=1', [], 503, 'unavailable',
     qr/^Elasticsearch is away/],
    ['POST', '/small%s', 'm value=1 1' x 9, [], 413, 'request too large',
     qr/^body: larger than client_max_body_size allows$/],
    ['POST', '/small%s', memGzip('m value=1 1' x 9),
     ['Content-Encoding' => 'gzip'], 413, 'request too large',
     qr/^body: larger than client_max_body_size allows$/],
    ['POST', '/few%s', "m a=1,b=2,c=3", [], 413, 'request too large',
     qr/^body: more than 2 datapoints$/],
    ['POST', '/shut%s', "m a=1", [], 403, 'forbidden',
     qr/^access is not allowed from here$/],
    ['POST', '%s', "m a=1", ['Content-Encoding' => 'zstd'], 415, 'invalid',
     qr/^Content-Encoding: zstd, expected gzip, x-gzip, deflate or none$/],
    ['POST', '%s', "m a=1", ['Content-Type' => 'text/plain; charset=latin1'],
     415, 'invalid',
     qr{^Content-Type: text/plain; charset=latin1, expected UTF-8$}],
    ['POST', '%s', "m a=1", ['Content-Encoding' => 'gzip'], 400, 'invalid',
     qr/^body: /],
    ['POST', '%s', memGzip("m a=1"), [], 400, 'invalid',
     qr/^body: at byte 0: gzip data, /],
    ['POST', '%s?precision=d', "m a=1", [], 400, 'invalid',
     qr/^precision: expected n, ns, u, us, ms, s, m or h$/],
    ['POST', '%s?nmae=d', "m a=1", [], 400, 'invalid',
     qr/^nmae: unknown parameter, there are refresh, .* and precision$/],
    ['GET', '%s', undef, [], 405, 'method not allowed',
     qr/^method: expected POST$/],
    ['PUT', '%s', 'm a=1', [], 405, 'method not allowed',
     qr/^method: expected POST$/],
);

for my $error (@errors) {
    my ($method, $uri, $body, $headers, $status, $code, $message) = @$error;

    my $one = http($port, $method, sprintf($uri, '/write'), $body, @$headers);
    my $two = http($port, $method, sprintf($uri, '/api/v2/write'), $body,
                   @$headers);
    my $what = "$method $uri $status";

    is($one->{status}, $status, "$what: version 1");
    is($two->{status}, $status, "$what: version 2");

    my $v1 = eval { decode_json($one->{body}) } // {};
    my $v2 = eval { decode_json($two->{body}) } // {};

    is_deeply([sort keys %$v1], ['error'], "$what: members of version 1");
    is_deeply([sort keys %$v2], [qw(code message)],
              "$what: members of version 2");
    like($v1->{error}, $message, "$what: the message of version 1");
    like($v2->{message}, $message, "$what: the message of version 2");
    is($v2->{code}, $code, "$what: its code");
    is($one->{headers}{'x-influxdb-error'}, $v1->{error}, "$what: a header");
    is($two->{headers}{'x-platform-error-code'}, $code, "$what: another");
    is($one->{headers}{'content-type'}, 'application/json', "$what: its type");

    if ($status == 503) {
        cmp_ok($one->{headers}{'retry-after'}, '<=', 5, "$what: when again");
    }

    if ($status == 405) {
        is($one->{headers}{allow}, 'POST', "$what: what is allowed");
    }
}

# What curl and others say of the type.
for my $type ('', 'application/octet-stream', 'text/plain',
              'application/x-www-form-urlencoded', 'x')
{
    is(post('/write', 'type value=1', $type ? ('Content-Type' => $type) : ())
       ->{status}, 204, "Content-Type: $type");
}

is(post('/write', '')->{status}, 204, 'an empty body');
is(post('/write', "s s=\"x\"\n")->{status}, 204, 'nothing but a string');

# Paths that are none.
$reply = post('/else/writes', 'm a=1');
is($reply->{status}, 404, 'no path of it');
like($reply->{body}, qr{path: expected one that ends with /api/v2/write, /write, /ping, /query"}, 'says which there are');
is(post('/else/deep/api/v2/write', 'm a=1')->{status}, 204, 'below another');

# /ping and /query.
for my $method ('GET', 'HEAD') {
    $reply = http($port, $method, '/ping?wait_for_leader=1s');
    is($reply->{status}, 204, "$method /ping");
    is($reply->{headers}{'x-influxdb-version'}, '1.8-cricket',
       "$method /ping: a version");
}

$reply = http($port, 'POST', '/ping', '');
is($reply->{status}, 405, 'POST /ping');
is($reply->{headers}{allow}, 'GET, HEAD', 'what is allowed');

my $created = '{"results":[{"statement_id":0}]}';
is_told(post('/query?q=CREATE+DATABASE+%22tg%22&db=', ''), 200, $created,
        'CREATE DATABASE in the query string');
is_told(post('/query', 'q=create+database+tg+WITH+DURATION+1d',
             'Content-Type' => 'application/x-www-form-urlencoded'), 200,
        $created, 'and in a form');
is_told(http($port, 'GET', '/query?q=%20CREATE%20%20DATABASE%20x'), 200,
        $created, 'and by GET');

my $no = '{"error":"q: only CREATE DATABASE is taken here, and does nothing; '
         . 'Cricket\'s own requests read"}';

for my $q ('SHOW DATABASES', 'SELECT * FROM m', 'CREATE USER x', 'CREATE',
           'CREATE DATABASE', 'CREATE DATABASES x',
           'CREATE DATABASE x; DROP DATABASE y')
{
    my $arg = $q =~ s/([^A-Za-z])/sprintf '%%%02X', ord $1/ger;

    is_told(post('/query', "q=$arg"), 400, $no, $q);
}

is_told(post('/query', ''), 400, '{"error":"q: missing"}', 'no statement');
is_told(http($port, 'GET', '/query?db=x'), 400, '{"error":"q: missing"}',
        'nor by GET');
is_told(post('/query', 'x=1'), 400, '{"error":"x: unknown parameter, there are '
        . 'db, rp, u, p, q, epoch, pretty, chunked, chunk_size and params"}',
        'an unknown one in a form');
is(post('/query', 'q=' . 'x' x 20000)->{status}, 413, 'a long form');
is_told(post('/query', 'q=' . 'x' x 20000), 413,
        '{"error":"body: larger than client_max_body_size allows"}',
        'in words');

# A large one, out of a file, in slices.
my $n = 4000;
my $large = join '', map { "large,host=web$_ value=$_ $_\n" } 1 .. $n;
$reply = post('/file/write', $large);
is($reply->{status}, 204, 'a large one');
es('POST', "/$index/_refresh");
like(http($port, 'GET', '/v1/stats?name=large&start=1970-01-01T00:00:00Z'
          . '&end=now')->{body},
     qr/^\{"count":$n,"sum":8002000,"min":1,"max":$n,/, 'all of it');

# Tags that are said once, for many datapoints, do not take all memory.
my $wide = 'wide,' . join(',', map { "k$_=" . 'v' x 1000 } 1 .. 40) . ' '
           . join(',', map { "f$_=1" } 1 .. 5000);
is_told(post('/tight/write', $wide), 413,
        '{"error":"body: its datapoints, each with its tags, are more than '
        . 'cricket_queue allows"}', 'too wide');
is(scalar @{ stored('wide') }, 0, 'nothing of it is stored');

# What is counted.
my $said = http($port, 'GET', '/metrics')->{body};

sub counted {
    my ($format, $outcome) = @_;

    my $sum = 0;
    $sum += $1 while $said =~ /^cricket_datapoints_total\{[^}]*format="$format",outcome="$outcome"\} (\d+)$/mg;

    return $sum;
}

is(counted('influx_v1', 'ignored'), 2, 'strings are counted as ignored');
cmp_ok(counted('influx_v1', 'stored'), '>', $n, 'datapoints by format');
is(counted('influx_v2', 'stored') + counted('influx_v2', 'duplicate'),
   1 + 3 + 2 + 1, 'of version 2');
cmp_ok(counted('influx_v2', 'duplicate'), '>', 0, 'some were there already');
is(counted('influx_v2', 'invalid'), 2 + 1 + 1, 'and what was wrong there');
is(counted('json', 'stored'), 0, 'not as another format');
like($said, qr/^cricket_requests_total\{[^}]*route="influx",method="POST",status="204"\} \d+$/m, 'requests too');

$nginx->stop;
done_testing();
