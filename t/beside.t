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

done_testing();
