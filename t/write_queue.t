# SPDX-License-Identifier: BSD-2-Clause

# The queue is bounded and so is the time in it, whatever Elasticsearch does.

use strict;
use warnings;

use lib 't/lib';

use CricketTest;
use CricketWrites;
use List::Util qw(max);
use Test::More;
use Time::HiRes qw(sleep time);

# A node of our own to be stopped, for no other test must wait; it takes its
# time to start.
my $port = free_port();
my $data = CricketTest::folder('node');
my $node = fork() // die "fork: $!";

if ($node == 0) {
    exec 'setpriv', '--pdeathsig', 'TERM',
        "$CricketTest::TOP/dev/elasticsearch", 'start', '--port', $port,
        '--data', $data, '--heap', '256m',
        '--set', 'http.max_content_length=300kb'
        or POSIX::_exit(127);
}

END {
    if ($node) {
        my $status = $?;
        kill $_, $node for qw(CONT KILL);
        waitpid $node, 0;
        $? = $status;
    }
}

# A sanitizer keeps what was freed, and is slow.
my $sanitized = CricketTest::slurp(CricketTest::binary()) =~ /__asan_init/;
my $memory = $sanitized ? 512 : 64;
my $late = $sanitized ? 5 : 1;
my ($fake, $nginx, $gate);


sub start {
    my ($set, $shut) = @_;

    $gate = gate();
    $fake = fake(sub {
        my ($request, $c) = @_;
        $gate->pass if $request->{n} <= ($shut // 1);
        $c->bulk($request);
    });
    $nginx = cricket(es => $fake->port, set => "cricket_bulks 1; $set");
    warm($nginx);
}


sub queue {
    return map { my $c = post($nginx, $_); ping($nginx); $c } @_;
}


sub full {
    my ($body, $what) = @_;

    my $start = time;
    my $reply = http($nginx->port, 'POST', '/v1/metrics', $body);

    is($reply->{status}, 503, "$what: 503");
    cmp_ok(time - $start, '<', 0.5, "$what: at once");
    like($reply->{headers}{'retry-after'}, qr/^\d+$/, "$what: Retry-After");
    like(error($reply)->{message}, qr/waits/, "$what: why");
}


sub end {
    quit($nginx);
    $fake->stop;
}


# A number of requests.
start('cricket_queue 1m 4;');
my @c = queue(qw(a b c d));
full(point('e'), 'requests');
is(http($nginx->port, 'POST', '/v1/metrics', '[]')->{status}, 200,
   'what stores nothing needs no place');

$c[1]->close;
ping($nginx);
push @c, queue('f');
full(point('g'), 'one has left, one came');
$gate->open;
is(join(' ', statuses(@c[0, 2 .. 4])), '200 200 200 200', 'the rest is stored');
is(join(' ', bulks($fake)), 'a c d f', 'and no more');
is((grep { post($nginx, 'h')->finish->{status} == 200 } 1 .. 6), 6,
   'all places are free again');
end();

# With bytes only, the number is the default again, not that of a level above.
$gate = gate();
$fake = fake(sub { $gate->pass if $_[0]{n} == 1; $_[1]->bulk($_[0]) });
$nginx = cricket(es => $fake->port, http => 'cricket_queue 1m 2;',
                 set => 'cricket_queue 2m; cricket_bulks 1;');
@c = queue(qw(a b c d));
$gate->open;
is(join(' ', statuses(@c)), '200 200 200 200', 'bytes of an inner level');
end();

# Bytes; what is larger than all passes alone.
start('cricket_queue 1000;');
my $large = points(map { "large$_" } 1 .. 100);
@c = queue($large);
full(point('x'), 'bytes');
$gate->open;
is($c[0]->finish->{status}, 200, 'larger than the queue, while it is empty');
$fake->stop;
$nginx->stop;

start('cricket_queue 1300;');
@c = queue(map { "c$_" } 1 .. 12);
full(points('y', 'z'), 'bytes of many');
full($large, 'larger than the queue while it is not empty');
$gate->open;
is(join(' ', statuses(@c)), join(' ', (200) x 12), 'those in the queue');
is(post($nginx, $large)->finish->{status}, 200, 'no byte is left in it');
end();

# Those who left, were refused or timed out leave no byte behind either.
start('cricket_queue 1000 20; cricket_timeout 500ms;', 9);
@c = queue(map { "c$_" } 1 .. 10);
$_->reset for @c[3 .. 6];
is(join(' ', statuses(@c[0 .. 2, 7 .. 9])), join(' ', (503) x 6), 'timed out');
$gate->open;
@c = queue(map { "d$_" } 1 .. 10);
is(join(' ', statuses(@c)), join(' ', (200) x 10), 'the queue is free again');
end();

# A thousand, and nobody answers.
$fake = fake(sub { $_[1]->hang });
$nginx = cricket(es => $fake->port, set => 'cricket_timeout 2s;');
my ($worker) = $nginx->workers;
my $before = rss($worker);
my $start = time;
my $body = points(map { "thousand$_" } 1 .. 400);

@c = map { post($nginx, $body) } 1 .. 1000;
my $posted = time;
my $peak = rss($worker);
my @status = statuses(@c);
my $took = time - $posted;

is((grep { $_ == 503 } @status), 1000, 'a thousand are told');
cmp_ok($took, '<', 2 + $late, 'by the deadline');
cmp_ok(max($peak, rss($worker)), '<', $memory, 'the memory is bounded');
diag(sprintf 'memory: %d MiB, %d before', $peak, $before) if $ENV{TEST_VERBOSE};
cmp_ok(scalar(() = $fake->requests), '<=', 16, 'few were sent');
$_->close for @c;
quit($nginx);
$fake->stop;

# The real one, stopped.
sub ready {
    my $c = IO::Socket::INET->new("127.0.0.1:$port") or return 0;
    my $reply = http($port, 'GET', '/_cluster/health');
    return $reply && $reply->{status} == 200;
}


ok(wait_until(60, \&ready), 'a node of our own') or BAIL_OUT('no node');
local $ENV{CRICKET_ES} = "http://127.0.0.1:$port";
my $index = fresh_index();
$nginx = cricket(es => $port, index => $index);
is(post($nginx, 'warm')->finish->{status}, 200, 'it stores');
my $expected = 1;

# It takes a small bulk only, and closes the connection on a larger one.
my $huge = points(map { "huge$_" } 1 .. 10_000);
is(post($nginx, $huge)->finish(20)->{body}, qq({"stored":10000}\n),
   'larger than http.max_content_length');
is(count($index), $expected += 10_000, 'each datapoint is stored once');
quit($nginx);

$nginx = cricket(es => $port, index => $index, set => 'cricket_timeout 2s;');

# Back in time: all are stored.
kill 'STOP', $node;
@c = map { post($nginx, points("s$_", "t$_")) } 1 .. 1000;
($worker) = $nginx->workers;
sleep 0.5;
cmp_ok(rss($worker), '<', $memory, 'memory with a stopped node');
kill 'CONT', $node;
@status = statuses(@c);
is((grep { $_ == 200 } @status), 1000, 'a thousand waited for it');
is(count($index), $expected += 2000, 'each is stored once');
$_->close for @c;

# Back too late: all are told by then; keys make it safe to send again.
kill 'STOP', $node;
$start = time;
@c = map { post($nginx, points("u$_", "v$_"),
                $_ % 2 ? () : ('Idempotency-Key' => "k$_")) } 1 .. 1000;
@status = statuses(@c);
$took = time - $start;
is((grep { $_ == 503 } @status), 1000, 'a thousand are told');
cmp_ok($took, '<', 3 + $late, 'by the deadline');
cmp_ok(rss($worker), '<', $memory, 'memory');
$_->close for @c;
kill 'CONT', $node;
wait_until(20, \&ready);
sleep 0.2;

@c = map { post($nginx, points("u$_", "v$_"),
                'Idempotency-Key' => "k$_") } map { $_ * 2 } 1 .. 500;
is((grep { $_ == 200 } statuses(@c)), 500, 'sent again under their keys');
es('POST', "/$index/_refresh");
my (undef, $all) = es('POST', "/$index/_search?size=0", <<'END');
{"query":{"prefix":{"name":"u"}},
 "aggs":{"names":{"terms":{"field":"name","size":2000}}}}
END
my %times = map { $_->{key} => $_->{doc_count} }
            @{ $all->{aggregations}{names}{buckets} };
is((grep { ($times{"u$_"} // 0) == 1 } map { $_ * 2 } 1 .. 500), 500,
   'and stored once');
is((grep { $_ > 1 } values %times), 0, 'nothing is stored twice');
is(post($nginx, 'end')->finish->{status}, 200, 'it goes on');
$_->close for @c;
quit($nginx);

done_testing();
