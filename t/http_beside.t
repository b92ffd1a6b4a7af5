# SPDX-License-Identifier: BSD-2-Clause

# Requests and modules that get into a handler's way.

use strict;
use warnings;

use lib 't/lib';

use CricketTest;
use CricketWrites;
use Test::More;
use Time::HiRes qw(time);

# A read with a body that does not come, and a slow Elasticsearch: the client
# has its answer, or leaves.
my $fake = fake(sub { $_[1]->sleep(1); $_[1]->reply(200, '{}') });
my $nginx = nginx(q{
    server {
        listen 127.0.0.1:%%PORT%%;
        lingering_timeout 300ms;
        cricket_pass http://127.0.0.1:%%ES%%;
        location = /ready { cricket ready; }
        location = /v1/metrics { cricket metrics; }
        location = /v1/export { cricket export; }
        location = /ping { return 204; }
    }
}, ES => $fake->port);

for my $uri (qw(/ready /v1/metrics /v1/export)) {
    for my $part ('', 'four') {
        my $head = "GET $uri HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n";
        my $c = client($nginx->port);
        $c->send("$head$part");
        my $reply = $c->finish(5);
        is($reply && $reply->{status}, 503, "$uri, '$part': answered");
        $c->close;

        $c = client($nginx->port);
        $c->send("$head$part");
        ping($nginx);
        $c->close;
    }
}

my ($worker) = $nginx->workers;
ok(wait_until(5, sub { 12 <= (() = slurp($nginx->dir . '/access.log')
                                   =~ m{"GET /(?:ready|v1)}g) }), 'all ended');
is(join(' ', $nginx->workers), $worker, 'and the worker lives');
quit($nginx);
$fake->stop;

# mirror: it has the body, too, and the connection goes on.
$fake = fake(sub { $_[1]->bulk($_[0]) });
my $mirror = fake(sub { $_[1]->reply(200, '{}') });
$nginx = nginx(q{
    server {
        listen 127.0.0.1:%%PORT%%;
        client_body_buffer_size 1m;
        cricket_pass http://127.0.0.1:%%ES%%;
        location = /v1/metrics { cricket metrics; mirror /mirror; }
        location = /mirror { internal; proxy_pass http://127.0.0.1:%%TO%%; }
        location = /ping { return 204; }
    }
}, ES => $fake->port, TO => $mirror->port);

for my $n (1, 200) {
    my $c = client($nginx->port);
    my $body = points(map { "n$_" } 1 .. $n);
    $c->start('POST', '/v1/metrics', $body);
    is($c->finish->{body}, qq({"stored":$n}\n), "$n, mirrored");
    $c->start('GET', '/ping');
    my $reply = $c->finish(5);
    is($reply && $reply->{status}, 204, 'the connection goes on');
    wait_until(5, sub { ($mirror->requests)[-1] });
    is(($mirror->requests)[-1]{body}, $body, 'the mirror has all of it');
    $c->close;
}

quit($nginx);
$_->stop for $fake, $mirror;

# addition: what comes before the first page must not be overtaken.
my $index = fresh_index();
$nginx = nginx(q{
    server {
        listen 127.0.0.1:%%PORT%%;
        client_max_body_size 8m;
        cricket_pass %%ES%%;
        cricket_index %%INDEX%%;
        addition_types *;
        location = /v1/metrics { cricket metrics; }
        location = /plain { cricket export; }
        location = /before { cricket export; add_before_body /text; }
        location = /after { cricket export; add_after_body /text; }
        location = /text { return 200 "text\n"; }
        location = /ping { return 204; }
    }
}, ES => es_url(), INDEX => $index);

for my $i (0, 1, 2) {
    my $from = $i * 4000;
    is(post($nginx, points(map { "n$_" } $from .. $from + 3999))
           ->finish->{status}, 200, 'something to export');
}

es('POST', "/$index/_refresh");

my %body = map { $_ => http($nginx->port, 'GET', "/$_")->{body} }
           qw(plain before after);
is(($body{plain} =~ tr/\n//), 12_000, 'all of it');
ok($body{before} eq "text\n$body{plain}", 'with something before');
ok($body{after} eq "$body{plain}text\n", 'with something behind');
quit($nginx);

# Subrequests are not served, which is told to all that can be told; what is
# passed on by HTTP is a request like any other.
$fake = fake(sub { $_[1]->bulk($_[0]) });
$nginx = nginx(q{
    server {
        listen 127.0.0.1:%%PORT%%;
        client_body_buffer_size 1m;
        ssi_types *;
        addition_types *;
        cricket_pass http://127.0.0.1:%%ES%%;

        location = /v1/metrics { cricket metrics; }
        location = /health { cricket health; }
        location = /passed { internal;
                             proxy_pass http://127.0.0.1:%%PORT%%/v1/metrics; }
        location = /up { internal; proxy_pass http://127.0.0.1:%%PORT%%/health;
                         proxy_method GET; proxy_pass_request_body off;
                         proxy_set_header Content-Length ''; }
        location = /text { return 200 "text\n"; }
        location = /page { return 200 '<!--# include virtual="/health" -->\n'; }

        location = /mirror { mirror /v1/metrics;
                             proxy_pass http://127.0.0.1:%%PORT%%/text; }
        location = /auth { auth_request /health;
                           proxy_pass http://127.0.0.1:%%PORT%%/text; }
        location = /ssi { ssi on;
                          proxy_pass http://127.0.0.1:%%PORT%%/page; }
        location = /after { add_after_body /health;
                            proxy_pass http://127.0.0.1:%%PORT%%/text; }

        location = /mirror-passed { mirror /passed;
                                    proxy_pass http://127.0.0.1:%%PORT%%/text; }
        location = /auth-passed { auth_request /up;
                                  proxy_pass http://127.0.0.1:%%PORT%%/text; }
        location = /ping { return 204; }
    }
}, ES => $fake->port);

my $said = qr/"cricket (\w+)" serves no subrequests, as those of "mirror", "auth_request", "add_after_body" or SSI: name a location there that has "proxy_pass" to it/;
my $told = qr/\{"error":\{"status":500,"message":"[^"]*serves no subrequests[^"]*"\}\}/;
my $logged = 0;

for my $case (['POST', '/mirror', 200, qr/^text\n$/, 'metrics'],
              ['GET', '/auth', 500, qr/./, 'health'],
              ['GET', '/ssi', 200, qr/^$told\n\n$/, 'health'],
              ['GET', '/after', 200, qr/^text\n$told\n$/, 'health'])
{
    my ($method, $uri, $status, $body, $route) = @$case;

    my $c = client($nginx->port);
    $c->start($method, $uri, $method eq 'POST' ? point('n') : undef);
    my $reply = $c->finish(5);
    is($reply && $reply->{status}, $status, "$uri: status");
    like($reply && $reply->{body}, $body, "$uri: body");
    $c->close;

    my @lines = $nginx->log =~ /$said/g;
    is(scalar @lines, ++$logged, "$uri: one line in the log");
    is($lines[-1], $route, "$uri: which");
}

is(scalar $fake->requests, 0, 'nothing was sent to Elasticsearch');
is(http($nginx->port, 'POST', '/mirror-passed', point('n'))->{body}, "text\n",
   'a mirror by proxy_pass');
ok(wait_until(5, sub { $fake->requests }), 'has stored it');
is(http($nginx->port, 'GET', '/auth-passed')->{body}, "text\n",
   'auth_request by proxy_pass');
quit($nginx);
$fake->stop;

done_testing();
