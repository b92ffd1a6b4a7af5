# SPDX-License-Identifier: BSD-2-Clause

# cricket_cors: pages of the origins it names may read, preflights and errors
# included, and write only if it says so; a page of any other origin can neither
# read an answer nor write at all.

use strict;
use warnings;

use lib 't/lib';

use CricketTest;
use CricketWrites;
use Test::More;

my $index = fresh_index();
my $dir = CricketTest::folder('cors');

open my $fh, '>', "$dir/users" or die "users: $!";
print $fh "me:{PLAIN}secret\n";
close $fh;

my $nginx = nginx(qq{
    limit_req_zone \$binary_remote_addr zone=one:1m rate=1r/m;

    cricket_pass %%ES%%;
    cricket_index $index;

    server {
        listen 127.0.0.1:%%PORT%%;
        cricket_cors https://charts.example.com http://localhost:3000;

        location = /v1/metrics { cricket metrics; }
        location = /v1/stats   { cricket stats; }
        location = /v1/names   { cricket names; }
        location = /v1/export  { cricket export; }
        location = /health     { cricket health; }
        location /influx/      { cricket influx; }
        location /api/         { cricket opentsdb; }
        location = /static     { return 200 here; }
        location = /off        { cricket metrics; cricket_cors off; }
        location = /any        { cricket metrics; cricket_cors *; }
        location = /small      { cricket opentsdb; client_max_body_size 1; }
        location = /away       { cricket names; cricket_pass http://127.0.0.1:1; }
        location = /secret {
            cricket names;
            auth_basic cricket;
            auth_basic_user_file $dir/users;
        }
        location = /get {
            cricket metrics;
            limit_except GET { deny all; }
        }
        location = /slowly { cricket names; limit_req zone=one; }
        location = /writes {
            cricket metrics;
            cricket_cors https://charts.example.com writes=on;
        }
        location = /all { cricket metrics; cricket_cors * writes=on; }
    }
    server {
        listen 127.0.0.1:%%PORT2%%;
        location = /v1/metrics { cricket metrics; }
    }
}, ES => es_url());

my $port = $nginx->port;
my $good = 'https://charts.example.com';
my $bad = 'https://evil.example.com';


sub ask {
    my ($method, $uri, $origin, @headers) = @_;

    return http($port, $method, $uri, undef,
                defined $origin ? (Origin => $origin) : (), @headers);
}


# What CORS has of an answer's headers.
sub cors {
    my ($reply) = @_;

    my $h = $reply->{headers};

    return join ', ', map { "$_: $h->{$_}" }
                      sort grep { /^access-control/ } keys %$h;
}


my $exposed = 'access-control-expose-headers: Link, Retry-After, ETag';

sub reads {
    my ($what, $reply, $status, $origin) = @_;

    is($reply->{status}, $status, "$what: $status");
    is(cors($reply), "access-control-allow-origin: $origin, $exposed",
       "$what: can be read");
    like($reply->{headers}{vary} // '', qr/\bOrigin\b/, "$what: varies")
        if $origin ne '*';
}


sub unread {
    my ($what, $reply, $status) = @_;

    is($reply->{status}, $status, "$what: $status");
    is(cors($reply), '', "$what: cannot be read");
}


# Simple requests.
my $stats = '/v1/stats?name=a&start=2016-01-01T00:00:00Z'
            . '&end=2016-01-02T00:00:00Z';

for my $uri ('/v1/metrics', $stats, '/v1/names', '/v1/export', '/health',
             '/api/version', '/api/suggest?type=metrics', '/influx/ping')
{
    my $status = $uri =~ /ping/ ? 204 : 200;

    for my $origin ($good, 'http://localhost:3000') {
        reads("GET $uri", ask('GET', $uri, $origin), $status, $origin);
    }

    unread("GET $uri, another origin", ask('GET', $uri, $bad), $status);

    my $reply = ask('GET', $uri);
    unread("GET $uri, no origin", $reply, $status);
    like($reply->{headers}{vary} // '', qr/\bOrigin\b/,
         "GET $uri, no origin: varies");
}

for my $origin ("$good:8443", "$good/", 'http://charts.example.com', 'null',
                'https://CHARTS.example.com', 'https://charts.example.com.evil',
                '*', '')
{
    unread("origin '$origin'", ask('GET', '/v1/names', $origin), 200);
}

reads('HEAD', ask('HEAD', '/v1/names', $good), 200, $good);
reads('any', ask('GET', '/any', $bad), 200, '*');
reads('any, no origin', ask('GET', '/any'), 200, '*');
unread('off', ask('GET', '/off', $good), 200);
unread('another location', ask('GET', '/static', $good), 200);

reads('POST that reads', http($port, 'POST', '/api/query',
      '{"start":1,"end":2,"queries":[{"metric":"a","aggregator":"sum"}]}',
      Origin => $good, 'Content-Type' => 'application/json'), 200, $good);

# Errors, Cricket's and nginx's own.
reads('a wrong question', ask('GET', '/v1/stats', $good), 400, $good);
reads('a wrong method', ask('DELETE', '/v1/names', $good), 405, $good);
reads('no such path', ask('GET', '/api/none', $good), 404, $good);
reads('without credentials', ask('GET', '/secret', $good), 401, $good);
reads('with credentials', ask('GET', '/secret', $good,
                              Authorization => 'Basic bWU6c2VjcmV0'), 200, $good);

my $away = ask('GET', '/away', $good);
reads('Elasticsearch is away', $away, 503, $good);
ok($away->{headers}{'retry-after'}, 'Elasticsearch is away: Retry-After');

ask('GET', '/slowly', $good);
reads('too often', ask('GET', '/slowly', $good), 503, $good);

my $page = ask('GET', '/v1/names', $good);
my $again = ask('GET', '/v1/names', $good,
                'If-None-Match' => $page->{headers}{etag} // 'none');
SKIP: {
    skip 'no ETag', 3 if !$page->{headers}{etag};
    reads('not modified', $again, 304, $good);
}

# Preflights.
my $headers = 'access-control-allow-headers: Authorization, Content-Type, '
              . 'If-None-Match';

sub preflight {
    my ($uri, $method, $origin, @more) = @_;

    return ask('OPTIONS', $uri, $origin,
               'Access-Control-Request-Method' => $method, @more);
}


sub allowed {
    my ($what, $reply, $methods, $more) = @_;

    is($reply->{status}, 204, "$what: 204");
    is($reply->{body}, '', "$what: nothing else");
    is(cors($reply), $headers . ($more // '')
       . ", access-control-allow-methods: $methods, access-control-allow-origin: "
       . "$good, $exposed, access-control-max-age: 600", "$what: allowed");
}


for my $uri ('/v1/metrics', '/v1/names', '/influx/ping', '/secret', '/get',
             '/api/version')
{
    allowed("preflight of $uri", preflight($uri, 'GET', $good), 'GET, HEAD');
}

allowed('with a header', preflight('/secret', 'GET', $good,
        'Access-Control-Request-Headers' => 'authorization'), 'GET, HEAD');
allowed('of a POST that reads', preflight('/api/query', 'POST', $good),
        'GET, HEAD, POST');
allowed('of writes', preflight('/writes', 'POST', $good), 'GET, HEAD, POST',
        ', Content-Encoding, Idempotency-Key');

for my $t (['another origin', '/v1/names', $bad, 405],
           ['no origin', '/v1/names', undef, 405],
           ['what only writes', '/influx/write', $good, 405],
           ['what only writes, OpenTSDB', '/api/put', $good, 405],
           ['off', '/off', $good, 405], ['no such path', '/api/none', $good, 404],
           ['not by that method', '/get', $bad, 403],
           ['a secret, another origin', '/secret', $bad, 401])
{
    my $reply = preflight($t->[1], 'GET', $t->[2]);
    is($reply->{status}, $t->[3], "preflight, $t->[0]: $t->[3]");
    unlike(cors($reply), qr/allow-methods/, "preflight, $t->[0]: not allowed");
}

my $plain = ask('OPTIONS', '/v1/names', $good);
is($plain->{status}, 405, 'OPTIONS that is no preflight');
is($plain->{headers}{allow}, 'GET, HEAD', 'and has Allow');

# A body, and more on the connection.
my $c = client($port);
$c->start('OPTIONS', '/v1/names', 'x' x 1000, Origin => $good,
          'Access-Control-Request-Method' => 'GET');
is($c->finish->{status}, 204, 'a preflight with a body');
$c->start('GET', '/v1/names', undef, Origin => $good);
is($c->finish->{status}, 200, 'and one behind it');
$c->close;

# Writes.
my $n = 0;

sub write_to {
    my ($uri, @headers) = @_;

    my ($to, $body) = ($port, point('w' . $n++));
    $to = $nginx->port(2) if $uri =~ s/^2//;

    return http($to, 'POST', $uri, $body, @headers);
}


sub refused {
    my ($what, $reply) = @_;

    unread($what, $reply, 403);
    like($reply->{body}, qr/Origin: a page of another origin may not write/,
         "$what: why");
}


refused('POST, an origin that may read', write_to('/v1/metrics', Origin => $good));
refused('POST, another origin', write_to('/v1/metrics', Origin => $bad));
refused('POST, null', write_to('/v1/metrics', Origin => 'null'));
refused('POST, no cricket_cors', write_to('2/v1/metrics', Origin => $bad));
refused('POST, off', write_to('/off', Origin => $good));
refused('POST, any that may read', write_to('/any', Origin => $bad));
refused('POST, one of other writers', write_to('/writes', Origin => $bad));
refused('POST, a port of this host', write_to('/v1/metrics',
        Origin => 'http://localhost:81'));
refused('POST of lines', http($port, 'POST', '/influx/write?db=x', 'a v=1',
        Origin => $bad, 'Content-Type' => 'text/plain'));

is(count($index), 0, 'nothing is stored');

reads('POST, allowed', write_to('/writes', Origin => $good), 200, $good);
reads('POST, any', write_to('/all', Origin => $bad), 200, '*');
is(write_to('/v1/metrics')->{status}, 200, 'POST, no origin');
is(write_to('/v1/metrics', Origin => 'http://localhost')->{status}, 200,
   'POST, the same origin');
is(write_to('/v1/metrics', Origin => 'https://LocalHost')->{status}, 200,
   'POST, the same origin, by TLS before nginx');

is(count($index), 5, 'the others are stored');

# A body that is not read is still gone through.
$c = client($port);
$c->start('POST', '/v1/metrics', point('x') . ' ' x 100_000, Origin => $bad);
is($c->finish->{status}, 403, 'refused, with a larger body');
$c->start('GET', '/v1/names');
is($c->finish->{status}, 200, 'and one behind it');
$c->close;

quit($nginx);

done_testing();
