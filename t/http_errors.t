# SPDX-License-Identifier: BSD-2-Clause

# Errors that nginx itself makes in our locations are JSON like ours, and
# those of other locations stay as they are.

use strict;
use warnings;

use lib 't/lib';

use CricketTest;
use JSON::PP;
use Test::More;

my $fake = fake(sub {
    my ($request, $c) = @_;
    $request->{uri} =~ /_bulk/
        ? $c->bulk($request)
        : $c->reply(200, '{"timed_out":false,"_shards":{"failed":0}}');
});

my $dir = CricketTest::folder('auth');
open my $fh, '>', "$dir/users" or die "users: $!";
print $fh "x:{PLAIN}y\n";
close $fh;

my $nginx = nginx(q{
    error_page 500 502 503 504 /50x;
    error_page 404 413 401 /4xx;
    limit_req_zone $server_port zone=few:1m rate=1r/m;
    limit_conn_zone $server_port zone=conns:1m;
    cricket_pass http://127.0.0.1:%%ES%%;
    client_max_body_size 1k;

    server {
        listen 127.0.0.1:%%PORT%%;

        location = /v1/metrics { cricket metrics; }
        location = /health { cricket health; }
        location = /50x { return 200 "oops\n"; }
        location = /4xx { return 200 "oops\n"; }
        location = /away { cricket metrics; cricket_pass http://127.0.0.1:%%AWAY%%; }
    }

    server {
        listen 127.0.0.1:%%PORT2%%;
        error_page 418 = /none;
        keepalive_timeout 5s;

        location = /v1/metrics { cricket metrics; }
        location = /away { cricket metrics; cricket_pass http://127.0.0.1:%%AWAY%%; }

        location = /auth {
            auth_basic metrics;
            auth_basic_user_file %%USERS%%;
            cricket metrics;
        }

        location = /denied { deny all; cricket metrics; }
        location = /health { deny all; cricket health; }
        location = /limited { limit_req zone=few; cricket metrics; }
        location = /limited429 {
            limit_req zone=few;
            limit_req_status 429;
            cricket metrics;
        }

        location = /slow { client_body_timeout 1s; cricket metrics; }
        location = /other { return 403; }
        location = /returns { cricket metrics; return 410; }
        location = /gzip { gzip on; gzip_types application/json;
                           gzip_min_length 1; cricket metrics; deny all; }
    }
}, ES => $fake->port, AWAY => CricketTest::free_port(), USERS => "$dir/users");


sub error {
    my ($name, $reply, $status, $message) = @_;

    is($reply && $reply->{status}, $status, $name) or return;
    is($reply->{headers}{'content-type'}, 'application/json', "$name: type");
    is_deeply(eval { decode_json($reply->{body}) },
              { error => { status => $status, message => $message } },
              "$name: body") or diag($reply->{body});
    is($reply->{headers}{'content-length'}, length $reply->{body},
       "$name: length");
    is(defined $reply->{headers}{'retry-after'}, $status == 503,
       "$name: Retry-After with 503, and only then");
}


my ($port, $core) = ($nginx->port, $nginx->port(2));
my @auth = (Authorization => 'Basic eDp5');

error('a 413', http($core, 'POST', '/v1/metrics', 'x' x 2000), 413,
      'body: larger than client_max_body_size allows');
error('a 401', http($core, 'GET', '/auth'), 401,
      'credentials are missing or wrong');
error('401 to a POST', http($core, 'POST', '/auth', '[]'), 401,
      'credentials are missing or wrong');
like(http($core, 'GET', '/auth')->{headers}{'www-authenticate'},
     qr/^Basic realm="metrics"$/, '401: WWW-Authenticate stays');
is(http($core, 'GET', '/auth', undef, @auth)->{body}, "[]\n", 'with them');
is(http($core, 'POST', '/auth', '[]', @auth)->{body}, "{\"stored\":0}\n",
   'with them, a POST');
error('a 403', http($core, 'GET', '/denied'), 403,
      'access is not allowed from here');
error('403 to a POST', http($core, 'POST', '/denied', '[]'), 403,
      'access is not allowed from here');
error('403 of health', http($core, 'GET', '/health'), 403,
      'access is not allowed from here');
error('a status of return', http($core, 'GET', '/returns'), 410,
      'the request was refused');

is(http($core, 'GET', '/limited')->{status}, 200, 'the first of few');
error('limit_req', http($core, 'GET', '/limited'), 503,
      'the service is unavailable');
error('limit_req to a POST', http($core, 'POST', '/limited', '[]'), 503,
      'the service is unavailable');
error('limit_req_status', http($core, 'GET', '/limited429'), 429,
      'too many requests');

# HEAD: the header of an error, and no body.
my $c = client($core);
$c->start('HEAD', '/denied');
my $reply = $c->finish;
is($reply->{status}, 403, 'HEAD: status');
is($reply->{headers}{'content-type'}, 'application/json', 'HEAD: type');
$c->start('GET', '/denied');
error('behind HEAD, on the same connection', $c->finish, 403,
      'access is not allowed from here');
$c->close;

# Of a request that is cut off, or no HTTP.
$c = client($core);
$c->send("POST /slow HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n[");
ok($c->closed(5), '408: the connection is closed');
$c->close;

$c = client($core);
$c->send("POST /v1/metrics HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked"
         . "\r\n\r\nnonsense\r\n");
error('400 of chunks', $c->finish, 400, 'not a valid HTTP request');
$c->close;

$reply = http($core, 'GET', '/other');
is($reply->{headers}{'content-type'}, 'text/html', 'another location: type');
like($reply->{body}, qr{<h1>403 Forbidden</h1>}, 'another location: page');
is(http($core, 'GET', '/nothing')->{headers}{'content-type'}, 'text/html',
   'no location: its 404 is nginx\'s own');

# A reply is compressed as any other.
$reply = http($core, 'GET', '/gzip', undef, 'Accept-Encoding' => 'gzip');
is($reply->{status}, 403, 'with gzip on');

# error_page that is inherited changes nothing of our own answers.
error('503 with error_page', http($port, 'GET', '/away'), 503,
      'Elasticsearch is away');
is(http($port, 'POST', '/away', '[{"name":"n","type":"t","value":1,'
        . '"timestamp":"2016-12-31T22:49:50Z"}]')->{status}, 503,
   '503 to a POST with error_page');
is(http($port, 'POST', '/v1/metrics', '[1]')->{status}, 400, '400 with it');
is(http($port, 'POST', '/v1/metrics', 'x' x 2000)->{body}, "oops\n",
   'the core\'s own error goes where the administrator sends it');

# One connection takes many errors, one after the other.
$c = client($core);

for my $row (['GET', '/denied', 403], ['GET', '/v1/metrics?x', 400],
             ['GET', '/away', 503], ['PUT', '/v1/metrics', 405],
             ['GET', '/auth', 401], ['GET', '/v1/metrics', 200])
{
    my ($method, $uri, $status) = @$row;
    $c->start($method, $uri);
    my $reply = $c->finish;
    is($reply && $reply->{status}, $status, "in a row: $status");
}

$c->close;
$nginx->stop;

done_testing();
