# SPDX-License-Identifier: BSD-2-Clause

# A client that takes its answer slowly gets all of it, in whatever way it asked;
# Elasticsearch is asked once, the request ends, and one that takes nothing is
# given up after send_timeout.

use strict;
use warnings;

use lib 't/lib';

use CricketTest;
use CricketWrites;
use Test::More;
use Time::HiRes qw(sleep time);

my $index = fresh_index();
my $dir = CricketTest::folder('slow');
my $nginx = nginx(qq{
    log_format slow '\$request_uri \$status \$upstream_status';

    server {
        listen 127.0.0.1:%%PORT%%;
        cricket_pass %%ES%%;
        cricket_index $index;
        limit_rate 200k;
        limit_rate_after 1;
        access_log $dir/log slow;

        location = /v1/metrics { cricket metrics; }
        location = /v1/stats { cricket stats; }
        location = /v1/tags { cricket tags; }
        location = /v1/export { cricket export; }
        location = /api/query { cricket opentsdb; }
        location = /errors { cricket metrics; limit_rate 4k; }
        location = /fast { cricket metrics; limit_rate 0; }
    }
    server {
        listen 127.0.0.1:%%PORT2%% sndbuf=4k;
        cricket_pass %%ES%%;
        cricket_index $index;
        send_timeout 2s;
        access_log $dir/log slow;

        location = /v1/metrics { cricket metrics; client_max_body_size 64m; }
    }
}, ES => es_url());

my $pad = 'x' x 900;

sub datapoint {
    my ($n, $more) = @_;

    return sprintf '{"name":"slow","type":"gauge","value":1,"timestamp":'
                   . '"2016-12-31T22:%02d:%02dZ","tags":{"pad":"%s"}%s}',
                   $n / 60, $n % 60, $pad, $more // '';
}


sub body {
    my ($n, $more) = @_;

    return '[' . join(',', map { datapoint($_, $more) } 0 .. $n - 1) . ']';
}


sub logged {
    my ($lines) = @_;

    wait_until(5, sub { (() = slurp("$dir/log") =~ /\n/g) >= $lines });

    return (split /\n/, slurp("$dir/log"))[-1];
}


is(http($nginx->port, 'POST', '/fast?refresh=wait_for', body(400),
        'Content-Type' => 'application/json')->{status}, 200, 'stored');

my $lines = 1;
my $fast = http($nginx->port, 'GET', '/fast?name=slow')->{body};
$lines++;
cmp_ok(length $fast, '>', 300_000, 'the answer is large');

# All of it, from one search.
my $slow = http($nginx->port, 'GET', '/v1/metrics?name=slow');
is($slow->{status}, 200, 'slowly: 200');
ok($slow->{body} eq $fast, 'slowly: the same');
is(logged(++$lines), '/v1/metrics?name=slow 200 200', 'slowly: one search');

my $csv = http($nginx->port, 'GET', '/v1/metrics?name=slow&format=csv');
is(scalar(() = $csv->{body} =~ /\n/g), 401, 'CSV: all rows');
is(logged(++$lines), '/v1/metrics?name=slow&format=csv 200 200',
   'CSV: one search');

my $export = http($nginx->port, 'GET', '/v1/export?name=slow');
is(scalar(() = $export->{body} =~ /\n/g), 400, 'an export: all lines');
$lines++;

# More on the same connection.
my $c = client($nginx->port);

for my $n (1 .. 3) {
    $c->start('GET', '/v1/metrics?name=slow&limit=200');
    my $reply = $c->finish(20);
    is(($reply // {})->{status}, 200, "on one connection: $n");
    $lines++;
}

$c->close;

# What is wrong with a body, as long a list as there is.
my $reply = http($nginx->port, 'POST', '/errors', body(200, ',"x":1'),
                 'Content-Type' => 'application/json');
is(($reply // {})->{status}, 400, 'errors: 400');
is(scalar(() = $reply->{body} =~ /"index"/g), 100, 'errors: all that are told');
is(logged(++$lines), '/errors 400 -', 'errors: the request ends');

# Who takes nothing is given up.
for my $t (['an answer', 'GET', '/v1/metrics?name=slow', undef],
           ['errors', 'POST', '/v1/metrics', body(20_000, ',"x":1')])
{
    my ($what, @request) = @$t;

    my $mute = IO::Socket::INET->new(Proto => 'tcp') or die "socket: $!";
    $mute->setsockopt(Socket::SOL_SOCKET(), Socket::SO_RCVBUF(), 4096);
    $mute->connect(Socket::pack_sockaddr_in($nginx->port(2),
                   Socket::inet_aton('127.0.0.1'))) or die "connect: $!";

    my $client = bless { socket => $mute, in => '' }, 'CricketTest::Client';
    $client->start(@request, 'Content-Type' => 'application/json');

    my $start = time;
    like(logged(++$lines), qr/^\Q$request[1]\E /, "$what: the request ends");
    cmp_ok(time - $start, '<', 4.5, "$what: in time");
    close $mute;
}

quit($nginx);

done_testing();
