# SPDX-License-Identifier: BSD-2-Clause

# cricket_intercept_errors: an error_page takes what Cricket would answer.

use strict;
use warnings;

use lib 't/lib';

use Compress::Zlib ();
use CricketTest;
use JSON::PP;
use Test::More;

my $spool = fake(sub { $_[1]->reply(202, '{"spooled":true}') });
my $away = CricketTest::free_port();
my $routes = q{
    location = /v1/metrics { cricket metrics; }
    location = /v1/names { cricket names; }
    location = /ready { cricket ready; }
    location @spool { proxy_pass http://127.0.0.1:%%SPOOL%%; }
    location = /page { return 400 "a page"; }
    location = /again { cricket names; }
} =~ s/%%SPOOL%%/$spool->port/er;

my $nginx = nginx(qq{
    cricket_pass http://127.0.0.1:$away;
    cricket_index metrics;
    cricket_timeout 1s;
    client_max_body_size 8m;
    client_body_buffer_size 16k;
    error_page 503 413 = \@spool;
    error_page 400 /page;

    server {
        listen 127.0.0.1:%%PORT%%;
        cricket_intercept_errors on;
        $routes
    }

    server {
        listen 127.0.0.1:%%PORT2%%;
        $routes
    }

    server {
        listen 127.0.0.1:%%PORT3%%;
        cricket_intercept_errors on;
        error_page 503 /again;
        $routes
    }
});


sub body {
    my ($n) = @_;

    return '[' . join(',', map {
        qq({"name":"n$_","type":"t","value":1,)
        . '"timestamp":"2016-12-31T22:49:50Z"}'
    } 1 .. $n) . ']';
}


# Small, in one buffer; larger than that, in a file.
for my $n (1, 100, 20000) {
    my $reply = http($nginx->port, 'POST', '/v1/metrics', body($n));

    is($reply->{status}, 202, "a body of $n: spooled");
    is($reply->{body}, '{"spooled":true}', "a body of $n: its answer");
    ok(($spool->requests)[-1]{body} eq body($n), "a body of $n: all of it");
    is(($spool->requests)[-1]{method}, 'POST', "a body of $n: the method");
}

is(http($nginx->port, 'GET', "/$_")->{status}, 202, "$_: spooled")
    for qw(v1/names ready);

# An error of the core's goes to an error_page in any case.
my $bomb = Compress::Zlib::memGzip(' ' x (9 << 20));
is(http($nginx->port(2), 'POST', '/v1/metrics', $bomb,
        'Content-Encoding' => 'gzip')->{status}, 202,
   'too large when decompressed: spooled');
ok(($spool->requests)[-1]{body} eq $bomb, 'as it came');

# One connection goes on; many at once.
my $client = client($nginx->port);

for (1 .. 3) {
    $client->start('POST', '/v1/metrics', body(2));
    is($client->finish->{status}, 202, 'on a kept connection');
}

my @clients = map { client($nginx->port) } 1 .. 20;
$_->start('POST', '/v1/metrics', body(3)) for @clients;
is(join(' ', map { my $r = $_->finish; $r ? $r->{status} : 0 } @clients),
   join(' ', (202) x 20), 'many at once');

my $reply = http($nginx->port, 'POST', '/v1/metrics', '[{}]');
is($reply->{status}, 400, 'a 400');
is($reply->{body}, 'a page', 'by its page');

# A status without a page, and a server without the directive.
$reply = http($nginx->port, 'POST', '/v1/metrics', '[]',
              'Content-Type' => 'text/html');
is($reply->{status}, 415, 'no page for it');
ok(decode_json($reply->{body})->{error}, 'Cricket tells it');

for (['POST', body(1), 503], ['POST', '[{}]', 400], ['GET', undef, 503]) {
    my ($method, $body, $status) = @$_;

    $reply = http($nginx->port(2), $method, '/v1/metrics', $body);
    is($reply->{status}, $status, "off: $status to a $method");
    ok(decode_json($reply->{body})->{error}, 'off: Cricket tells it');
}

# A page that fails as well is not asked for ever.
$reply = http($nginx->port(3), 'POST', '/v1/metrics', body(1));
is($reply->{status}, 503, 'a page that fails');
ok(decode_json($reply->{body})->{error}, 'Cricket tells that');

is(http($nginx->port, 'POST', '/v1/metrics', '[]')->{status}, 200,
   'what succeeds is not touched');

$nginx->stop;
$spool->stop;

done_testing();
