# SPDX-License-Identifier: BSD-2-Clause

# Many requests over few kept connections to Elasticsearch, by TLS: none of
# them may wait for another to push it out.

use strict;
use warnings;

use lib 't/lib';

use CricketTest;
use JSON::PP;
use Test::More;
use Time::HiRes qw(time);

# In seconds. A request that waits for another one waits for its deadline, three
# times as long; a machine that is busy with other things makes none so slow.
use constant IN_TIME => 4;

# What nginx gathers before it writes a TLS record.
use constant BUFFER => 16384;

my $dir = CricketTest::folder('kept');

system("cd $dir && openssl req -x509 -newkey rsa:2048 -nodes -days 2"
       . ' -subj /CN=es.test -addext subjectAltName=DNS:es.test'
       . ' -keyout es.key -out es.pem >log 2>&1') == 0
    or die 'openssl: ' . slurp("$dir/log");

my $index = fresh_index();

my $front = nginx(q{
    log_format seen '$connection $connection_requests $request_length '
                    '$request_method $uri';
    access_log %%DIR%%/seen.log seen;
    client_max_body_size 0;
    keepalive_requests 100000;

    upstream es { server %%ES%%; keepalive 8; keepalive_requests 100000; }

    server {
        listen 127.0.0.1:%%PORT%% ssl;
        ssl_certificate %%DIR%%/es.pem;
        ssl_certificate_key %%DIR%%/es.key;

        location / {
            proxy_pass http://es;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
        }
    }
}, DIR => $dir, ES => es_url() =~ s{^http://}{}r);

my $nginx = nginx(q{
    upstream es {
        server 127.0.0.1:%%FRONT%%;
        keepalive 4;
    }

    server {
        listen 127.0.0.1:%%PORT%%;

        client_max_body_size 32m;
        keepalive_requests 10000;

        cricket_pass https://es;
        cricket_index %%INDEX%%;
        cricket_timeout 12s;
        cricket_bulk_size 8m;
        cricket_ssl_verify on;
        cricket_ssl_name es.test;
        cricket_ssl_trusted_certificate %%DIR%%/es.pem;

        location = /ready       { cricket ready; }
        location = /v1/metrics  { cricket metrics; }
        location = /v1/stats    { cricket stats; }
        location = /v1/names    { cricket names; }
        location = /v1/export   { cricket export; }
    }
}, DIR => $dir, INDEX => $index, FRONT => $front->port);

my $client = client($nginx->port);
my $stored = 0;


sub ask {
    my (@request) = @_;

    $client->start(@request);

    my $reply = $client->finish(20)
                // { status => 'no answer', headers => {}, body => '' };

    $client = client($nginx->port) if $reply->{status} ne '200';

    return $reply;
}


# The slowest of $n requests, in seconds, and how many were not a 200.
sub timed {
    my ($n, $request) = @_;

    my ($slowest, $bad) = (0, 0);

    for my $i (1 .. $n) {
        my $start = time;
        my $reply = ask($request->($i));
        my $took = time - $start;

        $slowest = $took if $took > $slowest;
        $bad++ if $reply->{status} ne '200';
        last if $bad;
    }

    return ($slowest, $bad);
}


sub quick {
    my ($what, $n, $request) = @_;

    my ($slowest, $bad) = timed($n, $request);

    is($bad, 0, "$n $what: all answered with 200");
    cmp_ok($slowest, '<', IN_TIME, "$n $what: all of them in time");
}


sub datapoint {
    my ($name, $tags) = @_;

    return encode_json({ name => $name, type => 'gauge', value => 1,
                         timestamp => '2016-12-31T22:49:50Z',
                         $tags ? (tags => $tags) : () });
}


sub seen { return map { [split] } split /\n/, slurp("$dir/seen.log") }


# A POST whose request to Elasticsearch has a number of bytes more than one
# with a single byte of padding; told is the request's length there.
sub padded {
    my ($more) = @_;

    my %tags = map { sprintf('t%02d', $_) => 'x' } 1 .. 40;

    for my $key (sort keys %tags) {
        my $n = $more > 1000 ? 1000 : $more;

        $tags{$key} .= 'x' x $n;
        $more -= $n;
    }

    my $before = () = seen();
    my $start = time;
    my $reply = ask('POST', '/v1/metrics', datapoint('padded', \%tags));
    my $took = time - $start;
    my @line;

    wait_until(5, sub {
        my @lines = seen();

        @line = grep { $_->[3] eq 'POST' && $_->[4] =~ m{/_bulk$} }
                splice @lines, $before;
    });

    $stored++ if $reply->{status} eq '200';

    return ($reply->{status}, $took, $line[0] ? $line[0][2] : 0);
}


quick('POSTs of one datapoint', 50, sub {
    $stored++;

    return ('POST', '/v1/metrics', datapoint("one$_[0]"));
});

quick('GETs of datapoints', 30, sub {
    return ('GET', "/v1/metrics?name=one$_[0]");
});

quick('statistics', 30, sub {
    return ('GET', '/v1/stats?name=one1&start=2016-01-01T00:00:00Z'
                   . "&end=2017-01-01T00:00:0${\($_[0] % 10)}Z");
});

quick('names', 20, sub { return ('GET', "/v1/names?prefix=one$_[0]") });

quick('probes', 20, sub { return ('GET', '/ready') });

# Requests that end where the TLS writer's buffer does, and beside it.
# One whose length has as many digits tells what is not padding.
my ($status, $took, $least) = padded(10000);

is($status, 200, 'a POST with tags');
$least -= 10000;

for my $full (1, 2) {
    for my $beside (-2 .. 2) {
        my $wanted = $full * BUFFER + $beside;

        ($status, $took, my $length) = padded($wanted - $least);

        is($length, $wanted, "a request of $wanted bytes");
        is($status, 200, "a request of $wanted bytes: 200");
        cmp_ok($took, '<', IN_TIME, "a request of $wanted bytes: in time");
    }
}

# 5 MB, then one again.
my @many = map { datapoint("many$_", { pad => 'y' x 410 }) } 1 .. 10000;
my $body = '[' . join(',', @many) . ']';

cmp_ok(length $body, '>', 5_000_000, 'a body of 5 MB');

for my $round (1 .. 2) {
    my $start = time;
    my $reply = ask('POST', '/v1/metrics', $body);

    is($reply->{body}, "{\"stored\":10000}\n", "5 MB, round $round: stored");
    cmp_ok(time - $start, '<', IN_TIME, "5 MB, round $round: in time");
    $stored += 10000;

    quick('POSTs after 5 MB', 5, sub {
        $stored++;

        return ('POST', '/v1/metrics', datapoint("after$_[0]"));
    });
}

is(count($index), $stored, 'what was acknowledged is in the index, once');

# An export is many requests, each with the place where the last one ended.
for my $round (1 .. 3) {
    my $start = time;
    my $reply = ask('GET', '/v1/export');
    my $lines = () = $reply->{body} =~ /\n/g;

    is($lines, $stored, "export $round: all of it");
    cmp_ok(time - $start, '<', IN_TIME, "export $round: in time");
}

# The connections were kept, or all of this said nothing.
wait_until(5, sub { grep { $_->[1] > 100 } seen() });

my %connections = map { $_->[0] => 1 } seen();

cmp_ok(scalar keys %connections, '<=', 8, 'few connections');

$nginx->stop;
$front->stop;

done_testing();
