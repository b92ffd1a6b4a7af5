# SPDX-License-Identifier: BSD-2-Clause

# Concurrent POSTs share _bulk requests, and one alone waits for nothing.

use strict;
use warnings;

use lib 't/lib';

use CricketTest;
use CricketWrites;
use List::Util qw(max min);
use Test::More;
use Time::HiRes qw(sleep time);

# One alone.
my $fake = fake(sub { $_[1]->bulk($_[0]) });
my $nginx = cricket(es => $fake->port);
my $fastest = 60;

for (1 .. 5) {
    my $start = time;
    my $reply = http($nginx->port, 'POST', '/v1/metrics', point('one'));
    $fastest = min($fastest, time - $start);

    is($reply->{status}, 200, 'one alone is stored') or last;
    is($reply->{body}, qq({"stored":1}\n), 'and it says so');
    is($reply->{headers}{'x-batch'}, 1, 'in a bulk of one');
}

# a timer would hold up each, a busy machine but some

cmp_ok($fastest, '<', 0.1, 'at once');

my ($seen) = $fake->requests;
is(scalar(() = $fake->requests), 5, 'a bulk for each');
is($seen->{method}, 'POST', 'method');
like($seen->{uri}, qr{^/metrics/_bulk\?timeout=\d+ms$},
     'URI: the reply is short as it is');
is($seen->{headers}{'content-type'}, 'application/x-ndjson', 'type');
# of the first: whether there is but one shard is not known yet
is($seen->{body}, <<'END', 'the lines of a datapoint');
{"create":{"routing":"h8mNDNLp1ipm"}}
{"name":"one","type":"t","value":1,"timestamp":1483228800000,"series":"h8mNDNLp1ipm"}
END

is(http($nginx->port, 'POST', '/v1/metrics', '[]')->{body},
   qq({"stored":0}\n), 'nothing to store');
is(scalar(() = $fake->requests), 5, 'is not sent');
quit($nginx);
$fake->stop;

# Many park behind the only bulk allowed, and share the next.
my $gate = gate();
$fake = fake(sub {
    my ($request, $c) = @_;
    $gate->pass if $request->{n} == 1;
    $c->bulk($request);
});
$nginx = cricket(es => $fake->port, set => 'cricket_bulks 1;');

my $first = post($nginx, 'first');
wait_until(5, sub { $fake->requests });

my @clients = map { post($nginx, "c$_") } 1 .. 50;
ping($nginx);
sleep 0.1;
is(scalar(() = $fake->requests), 1, 'cricket_bulks are in flight, not more');
$gate->open;

is(join(' ', statuses($first, @clients)), join(' ', (200) x 51), 'all stored');
is_deeply([bulks($fake)], ['first', join ' ', map { "c$_" } 1 .. 50],
          'those that waited share a bulk, first come first');
my $again = http($nginx->port, 'POST', '/v1/metrics', points('a', 'b'));
is($again->{body}, qq({"stored":2}\n), 'the next leaves at once');
is($again->{headers}{'x-batch'}, 2, 'alone');
quit($nginx);
$fake->stop;

# Never more than cricket_bulks at once.
for (['', 4], ['cricket_bulks 2;', 2]) {
    my ($set, $bulks) = @$_;

    $gate = gate();
    $fake = fake(sub { $gate->pass; $_[1]->bulk($_[0]) });
    $nginx = cricket(es => $fake->port, set => $set);
    warm($nginx);
    @clients = ();

    for my $i (1 .. 12) {
        push @clients, post($nginx, "c$i");
        ping($nginx);
    }

    wait_until(5, sub { $fake->requests >= $bulks });
    sleep 0.1;
    is(scalar(() = $fake->requests), $bulks, "$bulks in flight");
    $gate->open;
    is(join(' ', statuses(@clients)), join(' ', (200) x 12), 'all stored');
    is_deeply([sort map { scalar split } bulks($fake)],
              [sort((1) x $bulks, 12 - $bulks)], 'the rest in one');
    quit($nginx);
    $fake->stop;
}

# cricket_bulk_size, and one larger than it.
$gate = gate();
$fake = fake(sub {
    my ($request, $c) = @_;
    $gate->pass if $request->{n} == 1;
    $c->bulk($request);
});
$nginx = cricket(es => $fake->port,
                 set => 'cricket_bulks 1; cricket_bulk_size 1000;');
$first = post($nginx, 'first');
wait_until(5, sub { $fake->requests });

@clients = ($first);

for ((map { "a$_" } 1 .. 15), points(map { "large$_" } 1 .. 40),
     map { "b$_" } 1 .. 15)
{
    push @clients, post($nginx, $_);
    ping($nginx);
}

$gate->open;
is((grep { $_ == 200 } statuses(@clients)), 32, 'all stored');

my ($large, @small);
push @{ $_->{body} =~ /large/ ? $large : \@small }, $_ for $fake->requests;

is(scalar @$large, 1, 'what is larger than a bulk travels in one piece');
like($large->[0]{uri}, qr{^/metrics/_bulk\?timeout=\d+ms&filter_path=},
     'of many items Elasticsearch says but what is needed');
is(join(' ', names($large->[0])), join(' ', map { "large$_" } 1 .. 40),
   'and alone');
cmp_ok(max(map { length $_->{body} } @small), '<=', 1000,
       'no other is larger than cricket_bulk_size');
cmp_ok(scalar @small, '<', 10, 'and few');
is(join(' ', map { names($_) } @small),
   join(' ', 'first', (map { "a$_" } 1 .. 15), map { "b$_" } 1 .. 15),
   'each is sent once, in order');
quit($nginx);
$fake->stop;

# Who waits for a refresh does not slow those who don't, nor they it.
for my $slow ('?refresh=wait_for', '') {
    my $fast = $slow ? '' : '?refresh=wait_for';

    $gate = gate();
    $fake = fake(sub {
        my ($request, $c) = @_;
        $gate->pass if ($request->{uri} =~ /refresh=wait_for/ xor !$slow);
        $c->bulk($request);
    });
    $nginx = cricket(es => $fake->port, set => 'cricket_bulks 1;');
    warm($nginx);
    post($nginx, 'warm-up', '/v1/metrics?refresh=wait_for')->finish;

    my @slow = map { my $c = post($nginx, "s$_", "/v1/metrics$slow");
                     ping($nginx); $c } 1 .. 5;
    wait_until(5, sub { $fake->requests });

    my $start = time;
    is(post($nginx, "f$_", "/v1/metrics$fast")->finish->{status}, 200,
       'answered beside a slow lane') for 1 .. 3;
    cmp_ok(time - $start, '<', 2, 'soon');

    $gate->open;
    is(join(' ', statuses(@slow)), join(' ', (200) x 5), 'the slow ones too');
    is_deeply([sort(bulks($fake))], ['f1', 'f2', 'f3', 's1', 's2 s3 s4 s5'],
              'the lanes do not mix');
    quit($nginx);
    $fake->stop;
}

# The real one.
my $index = fresh_index();
my ($port) = es_url() =~ /:(\d+)/;
$nginx = cricket(es => $port, index => $index);

my $posts = 0;

for (1 .. 3) {
    my @c = map { post($nginx, points(map { "m$_" } 1 .. 5)) } 1 .. 100;
    $posts += grep { $_ == 200 } statuses(@c);
}

is($posts, 300, '300 at once are stored');
is(count($index), 1500, 'each datapoint once');

is(post($nginx, 'w', '/v1/metrics?refresh=wait_for')->finish->{status}, 200,
   'refresh=wait_for');
my (undef, $found) = es('GET', "/$index/_count");
is($found->{count}, 1501, 'a search sees it');
quit($nginx);

# An index that is refreshed never, or after more time than anybody waits, is
# refreshed for who asks to wait for it, and for no one else.
for my $interval (qw(-1 1h)) {
    es('PUT', "/$index/_settings", qq({"index.refresh_interval":"$interval"}));
    es('POST', "/$index/_refresh");
    my (undef, $before) = es('GET', "/$index/_count");

    $nginx = cricket(es => $port, index => $index);
    is(post($nginx, 'n')->finish->{status}, 200, "$interval: stored");
    my (undef, $now) = es('GET', "/$index/_count");
    is($now->{count}, $before->{count}, "$interval: not seen");

    my $start = time;
    my @c = map { post($nginx, 'w', '/v1/metrics?refresh=wait_for') } 1 .. 3;
    is(join(' ', statuses(@c)), '200 200 200', "$interval: refresh=wait_for");
    cmp_ok(time - $start, '<', 3, "$interval: at once");
    (undef, $now) = es('GET', "/$index/_count");
    is($now->{count}, $before->{count} + 4, "$interval: seen");
    quit($nginx);
}
es('PUT', "/$index/_settings", '{"index.refresh_interval":null}');

# It is asked once in a while, and what it says wrong is no worse than before.
for my $case (['never', 200, 'true',
               '{"m":{"settings":{"index.refresh_interval":"-1"}}}'],
              ['in time', 200, 'wait_for',
               '{"m":{"settings":{"index.refresh_interval":"900ms"}}}'],
              ['too late', 200, 'true',
               '{"m":{"settings":{"index.refresh_interval":"1100ms"}}}'],
              ['by default', 200, 'wait_for', '{}'],
              ['forbidden', 403, 'wait_for', '{"error":"no"}'],
              ['no index', 404, 'wait_for', '{"error":"no"}'],
              ['failed', 500, 'wait_for', '{"error":"no"}'],
              ['nonsense', 200, 'wait_for', '<html>'],
              ['lost', 0, 'wait_for', ''])
{
    my ($what, $status, $refresh, $body) = @$case;

    $fake = CricketTest::Fake->new(sub {
        my ($request, $c) = @_;
        return $c->bulk($request) if $request->{uri} =~ /_bulk/;
        return $c->reply(200, '{}') if $request->{uri} =~ m{\?flat_settings=true&};
        return $c->close if !$status;
        $c->reply($status, $body);
    }, undef, probes => 1);
    $nginx = cricket(es => $fake->port, set => 'cricket_timeout 2s;');

    is(post($nginx, $_, '/v1/metrics?refresh=wait_for')->finish->{status}, 200,
       "$what: stored") for 1 .. 3;
    is(post($nginx, 'plain')->finish->{status}, 200, "$what: the other lane");

    my @uri = map { $_->{uri} } $fake->requests;
    my @asked = grep { m{/_settings/} } @uri;
    is($asked[0], '/metrics/_settings/index.refresh_interval?flat_settings=true',
       "$what: asked");

    # nginx itself asks again where a kept connection is lost
    cmp_ok(scalar @asked, '<=', $status ? 1 : 2, "$what: once");
    is(join(' ', map { /_bulk/ ? /refresh=(\w+)/ ? $1 : '-' : () } @uri),
       "$refresh $refresh $refresh -", "$what: how");
    quit($nginx);
    $fake->stop;
}

# A queue for each worker.
$nginx = cricket(es => $port, index => $index, _workers => 2);
is((grep { $_ == 200 } statuses(map { post($nginx, 'x') } 1 .. 100)), 100,
   'two workers');
is(count($index), 1609, 'each datapoint once');
quit($nginx);

done_testing();
