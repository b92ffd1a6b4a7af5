# SPDX-License-Identifier: BSD-2-Clause

# Several nodes of Elasticsearch in an upstream{}, and connections to them.

use strict;
use warnings;

use lib 't/lib';

use CricketTest;
use JSON::PP;
use Test::More;

my $datapoint = '{"name":"c1","type":"t","value":1,'
                . '"timestamp":"2016-12-31T22:49:50Z"}';
my $empty = '{"timed_out":false,"_shards":{"failed":0}}';


# Each says who it is by what it does: a connection's process has its own id.
sub node {
    my ($handler) = @_;

    my $dir = CricketTest::folder('node');
    my $fake = fake(sub {
        my ($request, $c) = @_;
        open my $fh, '>>', "$dir/$$";
        print $fh 'x';
        close $fh;
        $handler->($request, $c);
    });

    return ($fake, sub { return scalar(() = glob "$dir/*") });
}

my $good = sub {
    my ($request, $c) = @_;
    return $c->bulk($request) if $request->{uri} =~ /_bulk/;
    $c->reply(200, $empty);
};

my ($well, $connections) = node($good);
my ($ill) = node(sub { my ($r, $c) = @_; $c->reply(503, '{"error":"no"}') });
my ($mute) = node(sub { });
my ($other) = node($good);
my ($closing, $closed) = node(sub {
    my ($request, $c) = @_;
    $request->{uri} =~ /_bulk/ ? $c->bulk($request, close => 1)
                               : $c->reply(200, $empty, close => 1);
});

my $nginx = nginx(q{
    cricket_timeout 5s;

    upstream two  { server 127.0.0.1:%%WELL%%; server 127.0.0.1:%%OTHER%%; }
    upstream dead { server 127.0.0.1:%%AWAY%% max_fails=0;
                    server 127.0.0.1:%%WELL%%; }
    upstream ill  { server 127.0.0.1:%%ILL%% max_fails=0;
                    server 127.0.0.1:%%WELL%% backup; }
    upstream mute { server 127.0.0.1:%%MUTE%% max_fails=0;
                    server 127.0.0.1:%%WELL%% backup; }
    upstream none { server 127.0.0.1:%%AWAY%%; server 127.0.0.1:%%AWAY2%%; }
    upstream kept { server 127.0.0.1:%%WELL%%; keepalive 4; }
    upstream closing { server 127.0.0.1:%%CLOSING%%; keepalive 4; }

    server {
        listen 127.0.0.1:%%PORT%%;
        location = /two  { cricket metrics; cricket_pass http://two; }
        location = /dead { cricket metrics; cricket_pass http://dead; }
        location = /none { cricket metrics; cricket_pass http://none; }
        location = /kept { cricket metrics; cricket_pass http://kept; }
        location = /closing { cricket metrics; cricket_pass http://closing; }

        location = /ill {
            cricket metrics;
            cricket_pass http://ill;
            cricket_next_upstream error http_503;
        }

        location = /ill-by-default { cricket metrics; cricket_pass http://ill; }

        location = /ill-one-try {
            cricket metrics;
            cricket_pass http://ill;
            cricket_next_upstream error http_503;
            cricket_next_upstream_tries 1;
        }

        location = /mute { cricket metrics; cricket_pass http://mute; }

        location = /off {
            cricket metrics;
            cricket_pass http://mute;
            cricket_next_upstream off;
        }
    }
}, WELL => $well->port, OTHER => $other->port, ILL => $ill->port,
   MUTE => $mute->port, CLOSING => $closing->port,
   AWAY => CricketTest::free_port(), AWAY2 => CricketTest::free_port());

my $client = client($nginx->port);


sub get {
    my ($uri) = @_;

    $client->start('GET', $uri);

    return $client->finish(10) // { status => 'none', body => '' };
}


sub post {
    my ($uri, @headers) = @_;

    $client->start('POST', $uri, $datapoint, @headers);

    return $client->finish(10) // { status => 'none', body => '' };
}


sub seen { return map { scalar $_->requests } @_ }


# Connections: one for all with keepalive, one each without.
is_deeply([map { get('/kept')->{status}, post('/kept')->{status} } 1 .. 10],
          [(200) x 20], 'twenty requests');
is($connections->(), 1, 'over one connection');

is_deeply([map { get('/closing')->{status}, post('/closing')->{status} } 1 .. 5],
          [(200) x 10], 'ten requests to one that closes');
is($closed->(), 10, 'over ten connections');

# Both of two have their turn.
my @before = seen($well, $other);
is_deeply([map { get('/two')->{status} } 1 .. 10], [(200) x 10], 'two nodes');
my @after = seen($well, $other);
is_deeply([map { $after[$_] - $before[$_] } 0, 1], [5, 5], 'each has half');

# A dead one is passed over, by reads and by writes.
for (1 .. 4) {
    is(get('/dead')->{body}, "[]\n", 'one of two is dead: a read');
    is(post('/dead')->{body}, "{\"stored\":1}\n", 'one of two is dead: a write');
}

is(get('/none')->{status}, 503, 'both are dead: a read');
is(post('/none')->{status}, 503, 'both are dead: a write');

# A node that answers 503.
is(get('/ill')->{body}, "[]\n", '503: the next node reads');
is(get('/ill-by-default')->{status}, 503, '503: not by default');
is(get('/ill-one-try')->{status}, 503, '503: one try');

# One that dies with the request: a read goes on, a write may be stored twice.
is(get('/mute')->{body}, "[]\n", 'no answer: the next node reads');
is(get('/off')->{status}, 503, 'no answer: no next node');

my ($reached, $next) = seen($mute, $well);
my $reply = post('/mute');
is($reply->{status}, 503, 'no answer: the fate of a write is unknown');
like($reply->{body}, qr/may be stored or not/, 'and it says so');
is_deeply([seen($mute, $well)], [$reached + 1, $next], 'it is not sent again');

$reply = post('/mute', 'Idempotency-Key' => 'a');
is($reply->{body}, "{\"stored\":1}\n", 'with a key it is sent to the next node');
is(scalar $well->requests, $next + 1, 'once');

$nginx->stop;

done_testing();
