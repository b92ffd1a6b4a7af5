# SPDX-License-Identifier: BSD-2-Clause

# The harness itself: what CricketTest.pm promises to the other tests.

use strict;
use warnings;

use lib 't/lib';

use CricketTest;
use Test::More;
use Time::HiRes qw(time);

my $fake = fake(sub {
    my ($request, $c) = @_;

    for ($request->{uri}) {
        m{^/_bulk}  and return $c->bulk($request);
        m{^/html}   and return $c->reply(200, '<p>', type => 'text/html');
        m{^/429}    and return $c->reply(429, '{}', close => 1);
        m{^/chunks} and return $c->reply(200, 'abcdefg', chunked => 3);
        m{^/slow}   and return $c->reply(200, 'slow', delay => 0.3);
        m{^/half}   and return $c->reply(200, 'abcdef', cut => 90);
        m{^/reset}  and return $c->reset;
        m{^/hang}   and return $c->hang;
        m{^/raw}    and return $c->raw("HTTP/1.1 200 OK\r\n"
                                       . "Content-Length: 1\r\n\r\nx");
    }
});

my $nginx = nginx(q{
    upstream es { server 127.0.0.1:%%ES%%; keepalive 4; }

    server {
        listen 127.0.0.1:%%PORT%%;

        location = /plain { return 200 "plain\n"; }

        location / {
            proxy_pass http://es;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_read_timeout 1s;
            proxy_next_upstream off;
        }
    }

    server { listen 127.0.0.1:%%PORT2%%; return 204; }
}, ES => $fake->port);

my $port = $nginx->port;

is(http($port, 'GET', '/plain')->{body}, "plain\n", 'a reply of nginx');
is(http($nginx->port(2), 'GET', '/')->{status}, 204, 'a second port');
is(http($port, 'HEAD', '/plain')->{body}, '', 'HEAD has no body');

my $bulk = qq({"create":{}}\n{"a":1}\n) x 3;
my $reply = http($port, 'POST', '/_bulk', $bulk);
is(() = $reply->{body} =~ /"status":201/g, 3, 'as many items as sent');

is(http($port, 'GET', '/html')->{headers}{'content-type'}, 'text/html', 'type');
is(http($port, 'GET', '/429')->{status}, 429, 'status');
is(http($port, 'GET', '/chunks')->{body}, 'abcdefg', 'chunked');
is(http($port, 'GET', '/raw')->{body}, 'x', 'raw');
is(http($port, 'GET', '/half'), undef, 'half a reply is none');
is(http($port, 'GET', '/reset')->{status}, 502, 'reset');
is(http($port, 'GET', '/none')->{status}, 502, 'no answer');
is(http($port, 'GET', '/hang')->{status}, 504, 'hanging');

# Ten slow ones at once take no longer than one.
my $start = time;
my @clients = map { client($port) } 1 .. 10;
$_->start('GET', '/slow') for @clients;
is((grep { $_->finish->{body} eq 'slow' } @clients), 10, 'ten at once');
cmp_ok(time - $start, '<', 3, 'side by side');

# A connection serves again, and its end is seen.
my $c = client($port);
$c->start('GET', '/plain') for 1 .. 2;
is($c->finish->{body}, "plain\n", 'first of two on a connection');
is($c->finish->{body}, "plain\n", 'second of two on a connection');
ok(!$c->closed(0.1), 'open');
$c->send("nonsense\r\n\r\n");
is($c->finish->{status}, 400, 'raw bytes');
ok($c->closed(5), 'closed');

$c = client($port);
$c->start('GET', '/slow');
$c->reset;

my @seen = $fake->requests;
is($seen[0]{uri}, '/_bulk', 'what the fake saw: the URI');
is($seen[0]{body}, $bulk, 'what the fake saw: the body');
is($seen[0]{n}, 1, 'what the fake saw: the number');

my @old = $nginx->workers;
ok($nginx->reload, 'reload');
isnt(join(' ', $nginx->workers), "@old", 'other workers');
is(http($port, 'GET', '/plain')->{status}, 200, 'served after the reload');

$nginx->signal('QUIT');
ok($nginx->wait, 'quit');
$nginx->stop;

$fake->stop;
ok(!IO::Socket::INET->new('127.0.0.1:' . $fake->port), 'the fake is gone');

# The check of error.log must be able to fail.
$nginx = nginx(q{
    server { listen 127.0.0.1:%%PORT%%; root /nonexistent; }
}, _workers => 2);
is(scalar $nginx->workers, 2, 'two workers');
kill 'KILL', ($nginx->workers)[0];
ok(wait_until(10, sub { $nginx->log =~ /exited on signal 9/ }), 'a crash');
{
    my @failed;
    no warnings 'redefine';
    local *CricketTest::Nginx::is = sub { push @failed, $_[0] };
    $nginx->stop;
    like("@failed", qr/signal 9/, 'stop sees the crash');
}

ok(!eval { nginx('nonsense;'); 1 }, 'a bad configuration is told');

SKIP: {
    skip 'no Elasticsearch: use make test', 4 if !$ENV{CRICKET_ES};

    my $index = fresh_index();
    is(count($index), 0, 'a fresh index is empty');

    my ($status, $answer) = es('GET', "/$index/_count");
    is($status, 200, 'status of the real one');
    is($answer->{count}, 0, 'its answer');
    isnt(fresh_index(), $index, 'another index');
}


# a node that is too old for what drives the browser
{
    my $bin = CricketTest::folder('node');
    my $npm = "$CricketTest::TOP/dev/npm test";

    open my $fh, '>', "$bin/node" or die "$bin/node: $!";
    print $fh "#!/bin/sh\necho v16.20.2\n";
    close $fh;
    chmod 0755, "$bin/node";

    is(`$npm 2>&1`, '', 'this node will do');
    is(`PATH=$bin:\$PATH $npm 2>&1`,
       "node is 16.20.2: t/web_*.t want 18 or later\n", 'an old one is told');
}

done_testing();
