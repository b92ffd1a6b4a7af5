# SPDX-License-Identifier: BSD-2-Clause

# A shard without a node: Elasticsearch must not hold the bulk for longer than
# anybody waits for it, and store it when its sender has sent it again.

use strict;
use warnings;

use lib 't/lib';

use CricketTest;
use CricketWrites;
use Test::More;
use Time::HiRes qw(sleep time);

my $index = fresh_index();
my ($port) = es_url() =~ /:(\d+)/;


# Made anew by its template, but on a node that there is not.
sub unassign {
    es('DELETE', "/$index");
    my ($status) = es('PUT', "/$index?wait_for_active_shards=0",
                      '{"settings":{"index.number_of_replicas":0,'
                      . '"index.routing.allocation.require._name":"nobody"}}');
    is($status, 200, 'an index without a node');
}


sub assign {
    es('PUT', "/$index/_settings",
       '{"index.routing.allocation.require._name":null}');
    my (undef, $health) = es('GET', "/_cluster/health/$index?timeout=20s"
                                    . '&wait_for_status=green');
    is($health->{status}, 'green', 'a node for it');

    # what Elasticsearch still held it would store now
    sleep 0.5;
}


for my $case (['', []], ['', ['Idempotency-Key' => 'k']],
              ['?refresh=wait_for', []])
{
    my ($args, $headers) = @$case;
    my $what = "$args@$headers";

    unassign();
    my $nginx = cricket(es => $port, index => $index,
                        set => 'cricket_timeout 6s;');
    my $start = time;
    my $reply = post($nginx, points(qw(a b)), "/v1/metrics$args", @$headers)
                ->finish;
    cmp_ok(time - $start, '<', 6.5, "$what: told in time");
    is($reply && $reply->{status}, 503, "$what: 503");
    ok($reply->{headers}{'retry-after'}, "$what: Retry-After");
    unlike(error($reply)->{message} // 'may be stored', qr/stor/,
           "$what: it is not stored");

    # the others' bulks, while it is away
    my @c = map { post($nginx, points("c$_", "d$_")) } 1 .. 5;
    my @other = map { $_->finish } @c;
    is(join(' ', map { $_->{status} } @other), '503 503 503 503 503',
       "$what: others");
    is((grep { error($_)->{message} =~ /may be stored/ } @other), 0,
       "$what: none is told that it may be");

    assign();
    is(count($index), 0, "$what: nor later");
    is(post($nginx, points(qw(a b)), @$headers)->finish->{body},
       qq({"stored":2}\n), "$what: sent again");
    is(count($index), 2, "$what: it is stored once");
    quit($nginx);
}

# It has one before the deadline: nobody is told.
unassign();
my $nginx = cricket(es => $port, index => $index,
                    set => 'cricket_timeout 10s; cricket_read_timeout 2s;');
my @c = map { post($nginx, points("e$_", "f$_")) } 1 .. 5;
ping($nginx);
sleep 2.5;
assign();
is(join(' ', statuses(@c)), '200 200 200 200 200', 'back in time');
is(count($index), 10, 'each is stored once');
quit($nginx);
es('DELETE', "/_index_template/cricket-$index");

# What Elasticsearch is told: half of what is left, or of the read timeout.
my $fake = fake(sub { $_[1]->refuse(503) });

for (['cricket_timeout 4s;', 2000], ['cricket_read_timeout 500ms;', 250],
     ['cricket_read_timeout 50ms;', 100], ['cricket_timeout 50ms;', 100])
{
    my ($set, $most) = @$_;
    my $before = () = $fake->requests;

    $nginx = cricket(es => $fake->port, set => $set);
    my $c = post($nginx, 'x');
    wait_until(5, sub { $fake->requests > $before });
    my ($told) = ($fake->requests)[$before]{uri} =~ /[?&]timeout=(\d+)ms/;
    cmp_ok($told // 1e9, '<=', $most, $set);
    cmp_ok($told // 0, '>=', $most == 100 ? 100 : $most * 0.8, 'no less');
    $c->close;
    $nginx->stop;
}

# With less left at each try.
$nginx = cricket(es => $fake->port, set => 'cricket_timeout 2s;');
my $before = () = $fake->requests;
is(post($nginx, 'x')->finish->{status}, 503, 'busy all the time');
my @told = map { $_->{uri} =~ /[?&]timeout=(\d+)ms/ ? $1 : () }
           splice @{ [$fake->requests] }, $before;
is_deeply(\@told, [sort { $b <=> $a } @told], 'less and less');
cmp_ok($told[-1] // 1e9, '<', 800, 'until it is nothing');
cmp_ok($told[-1] // 0, '>=', 2000 / 8 / 2, 'with time for the last answer');
quit($nginx);
$fake->stop;

# In the last eighth of the time nothing is tried again, be it at once.
$fake = fake(sub { sleep 3.65; $_[1]->refuse(503) });
$nginx = cricket(es => $fake->port, set => 'cricket_timeout 4s;');
is(post($nginx, 'x')->finish->{status}, 503, 'busy until the last eighth');
is(scalar(() = $fake->requests), 1, 'it is not tried again');
quit($nginx);
$fake->stop;

done_testing();
