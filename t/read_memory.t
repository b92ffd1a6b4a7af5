# SPDX-License-Identifier: BSD-2-Clause

# cricket_read_memory: what reads have in memory is bounded, be it replies that
# come slowly or answers that are taken slowly. Past it there is a 503 at once; one
# alone may be larger; when others are done, or gone, all is as before.

use strict;
use warnings;

use lib 't/lib';

use CricketTest;
use CricketWrites;
use Test::More;
use Time::HiRes qw(sleep time);

# An empty page, as large as its name says in kB, of which the last byte
# waits for a gate.
my @gates = map { gate() } 0 .. 5;
my $fake = fake(sub {
    my ($request, $c) = @_;

    return $c->bulk($request) if $request->{uri} =~ /_bulk/;

    my ($size, $gate) = $request->{body} =~ /"k(\d+)\.(\d)"/;
    my $body = '{"timed_out":false,"_shards":{"total":1,"successful":1,'
               . '"skipped":0,"failed":0},"hits":{"hits":[]}}';
    $body .= ' ' x ($size * 1024 - length $body);

    $c->raw("HTTP/1.1 200 OK\r\nContent-Length: " . length($body) . "\r\n\r\n"
            . substr $body, 0, -1);
    $gates[$gate]->pass(20) if $gate < 6;
    $c->raw(' ');
});

my $index = fresh_index();
my $nginx = nginx(qq{
    server {
        listen 127.0.0.1:%%PORT%%;
        cricket_pass http://127.0.0.1:%%FAKE%%;
        cricket_read_memory 1m;

        location = /v1/metrics { cricket metrics; }
        location = /ready { cricket ready; }
        location = /other { cricket metrics; cricket_read_memory 2m; }
    }
    server {
        listen 127.0.0.1:%%PORT2%%;
        cricket_pass %%ES%%;
        cricket_index $index;
        cricket_read_memory 300k;
        limit_rate 20k;
        limit_rate_after 1k;

        location = /v1/metrics { cricket metrics; limit_rate 0; }
        location = /slow { cricket metrics; }
        location = /v1/export { cricket export; }
    }
}, FAKE => $fake->port, ES => es_url(), _log => 'info');


sub get {
    my ($name, $at) = @_;

    my $c = client($nginx->port);
    $c->start('GET', ($at // '/v1/metrics') . "?name=$name");

    return $c;
}


# Waits until the fake has been asked so often, and the bytes have come.
my $asked = 0;

sub asked {
    my ($n) = @_;

    $asked += $n;
    ok(wait_until(5, sub { $fake->requests >= $asked }), "asked $asked");
    sleep 0.3;
}


sub full {
    my ($what, $reply) = @_;

    is($reply->{status}, 503, "$what: 503");
    like($reply->{body}, qr/too many large answers are made at once/,
         "$what: why");
    ok($reply->{headers}{'retry-after'}, "$what: Retry-After");
}


# Replies that come slowly.
my $first = get('k600.0');
asked(1);

my $start = time;
full('a second', get('k600.6')->finish);
$asked++;
cmp_ok(time - $start, '<', 2, 'a second: at once');

is(get('k100.6')->finish->{status}, 200, 'a small one');
$asked++;
is(get('k600.6', '/other')->finish->{status}, 200, 'of another limit');
$asked++;
is(http($nginx->port, 'POST', '/v1/metrics', point('a'))->{status}, 200,
   'a write');
$asked++;

like($nginx->log, qr/\[error\].*reads\ have\ \d+\ bytes\ in\ memory,\ and\ one
                     \ needs\ \d+:\ the\ limit\ by\ "cricket_read_memory"
                     \ is\ 1048576/x, 'it is logged');

$gates[0]->open;
is($first->finish->{status}, 200, 'the first');
is(get('k600.6')->finish->{status}, 200, 'and then the second');
$asked++;

# One that is larger than all of it.
my $large = get('k3000.1');
asked(1);
full('beside a large one', get('k600.6')->finish);
$asked++;
$gates[1]->open;
is($large->finish->{status}, 200, 'a large one alone');

# One whose client leaves, one whose connection breaks.
my $gone = get('k900.2');
asked(1);
full('beside another', get('k600.6')->finish);
$asked++;
$gone->reset;
sleep 0.3;
is(get('k900.6')->finish->{status}, 200, 'when it is gone');
$asked++;

for (1 .. 20) {
    my $c = get('k900.3');
    asked(1) if $_ == 1 || $_ == 20;
    $asked++ if $_ != 1 && $_ != 20;
    sleep 0.05;
    $c->close;
    sleep 0.05;
}

is(get('k900.6')->finish->{status}, 200, 'nothing is left of twenty');

# Answers that are taken slowly.
my $pad = 'x' x 900;
my $text = join ',', map { sprintf '{"name":"slow","type":"t","value":1,'
                           . '"timestamp":"2016-12-31T22:%02d:%02dZ",'
                           . '"tags":{"pad":"' . $pad . '"}}', $_ / 60, $_ % 60 }
                     0 .. 249;
is(http($nginx->port(2), 'POST', '/v1/metrics?refresh=wait_for', "[$text]",
        'Content-Type' => 'application/json')->{status}, 200, 'stored');

for my $at ('/slow?name=slow', '/v1/export?name=slow') {
    my $port = $nginx->port(2);
    my $slow = client($port);
    $slow->start('GET', $at);
    sleep 1;

    full("beside $at", http($port, 'GET', '/v1/metrics?name=slow'));
    is(http($port, 'GET', '/v1/metrics?name=slow&limit=1')->{status}, 200,
       "beside $at: a small one");

    $slow->reset;
    sleep 0.5;
    is(http($port, 'GET', '/v1/metrics?name=slow')->{status}, 200,
       "after $at: all is well");
}

my $c = client($nginx->port(2));
for (1 .. 3) {
    $c->start('GET', '/v1/metrics?name=slow');
    is($c->finish->{status}, 200, "on one connection, $_");
}
$c->close;

quit($nginx);

done_testing();
