# SPDX-License-Identifier: BSD-2-Clause

# An index that is not set up: a POST says so, and does not make one.

use strict;
use warnings;

use lib 't/lib';

use CricketTest;
use CricketWrites;
use Test::More;
use Time::HiRes qw(sleep time);

# The real one would make the index, in a shape of its own.
my $index = fresh_index();
es('DELETE', "/_index_template/cricket-$index");
es('DELETE', "/$index");

my ($port) = es_url() =~ /:(\d+)/;
my $nginx = cricket(es => $port, index => $index);
$nginx->allow(qr/has no index/);


sub there { return (es('HEAD', "/$index"))[0] == 200 }


for my $with ([], ['Idempotency-Key' => 'k']) {
    my $start = time;
    my $reply = post($nginx, points(qw(a b)), @$with)->finish;
    is($reply->{status}, 503, 'no index: 503');
    is(error($reply)->{message}, 'the index is not set up', 'why');
    ok($reply->{headers}{'retry-after'}, 'Retry-After');
    cmp_ok(time - $start, '<', 2, 'at once');
}

ok(!there(), 'and there still is none');
like($nginx->log, qr/elasticsearch has no index "\Q$index\E"/, 'the log too');

# Many at once.
my @c = map { post($nginx, "n$_") } 1 .. 20;
is(join(' ', statuses(@c)), join(' ', (503) x 20), 'all are told');
ok(!there(), 'and there still is none');

# Once it is set up.
system("$CricketTest::TOP/objs/cricket", '--init', '--url', es_url(),
       '--index', $index, '--replicas', 0) == 0 or BAIL_OUT('no index');
is(post($nginx, points(qw(a b)))->finish->{body}, qq({"stored":2}\n), 'set up');
is(count($index), 2, 'only that is stored');
quit($nginx);

# Only the index is gone: its template makes it again, as it was.
my $shape = (es('GET', "/$index/_mapping"))[1]{$index}{mappings};
es('DELETE', "/$index");
$nginx = cricket(es => $port, index => $index);
is(post($nginx, points(qw(a b)))->finish->{body}, qq({"stored":2}\n), 'deleted');
is_deeply((es('GET', "/$index/_mapping"))[1]{$index}{mappings}, $shape,
          'it has its shape again');
quit($nginx);
es('DELETE', "/_index_template/cricket-$index");

# A full disk is told as such, and goes to the log as others see it.
es('PUT', "/$index/_settings",
   '{"index.blocks.read_only_allow_delete":true}');
$nginx = cricket(es => $port, index => $index, _log => 'error',
                 set => 'cricket_timeout 1s;');
my $blocked = post($nginx, 'a')->finish;
is($blocked->{status}, 503, 'a full disk: 503');
like(error($blocked)->{message}, qr/index does not take datapoints now/, 'why');
like($nginx->log, qr/\[error\].*cluster_block_exception/, 'logged');
quit($nginx);

# For how long it is tried on: a disk may be full for a moment only, but longer
# than a client should be held it is no use.
$nginx = cricket(es => $port, index => $index);
my @held = map { [time, post($nginx, "h$_")] } 1, 2;
$held[2] = [time, post($nginx, points('h3', 'h4'), 'Idempotency-Key' => 'k')];
$blocked = $held[0][1]->finish(20);
is($blocked && $blocked->{status}, 503, 'a full disk, with time: 503');
cmp_ok(time - $held[0][0], '>', 2, 'after a while');
cmp_ok(time - $held[0][0], '<', 6, 'but not by the deadline');
is(join(' ', statuses($held[1][1], $held[2][1])), '503 503', 'each of them');
@held = map { post($nginx, "s$_") } 1 .. 3;
sleep 1;
es('PUT', "/$index/_settings",
   '{"index.blocks.read_only_allow_delete":null}');
is(join(' ', statuses(@held)), '200 200 200', 'full for a moment only: stored');
es('PUT', "/$index/_settings",
   '{"index.blocks.read_only_allow_delete":true}');
@held = map { post($nginx, "l$_") } 1 .. 10;
sleep 4.2;
es('PUT', "/$index/_settings",
   '{"index.blocks.read_only_allow_delete":null}');
is(join(' ', statuses(@held)), join(' ', (200) x 10),
   'full for nearly as long as it is waited for: stored');
my $tries = () = $nginx->log =~ /cluster_block_exception/g;
cmp_ok($tries, '<', 140, 'no hammering');
quit($nginx);

# It is asked for until there is a yes, and then no more.
for my $case (['200', 1, sub { $_[1]->reply(200, '{}') }],
              (map {
                  my $status = $_;
                  ["$status once", 2, sub {
                      my ($request, $c) = @_;
                      $c->reply(tally("once-$status") <= 1 ? $status : 200,
                                '{}');
                  }]
              } qw(500 502 503 429 302)),
              ['lost once', 2, sub {
                  my ($request, $c) = @_;
                  return $c->close if tally('lost') <= 1;
                  $c->reply(200, '{}');
              }])
{
    my ($what, $n, $handler) = @$case;
    my $fake = CricketTest::Fake->new(sub {
        my ($request, $c) = @_;
        $request->{uri} =~ /_bulk/ ? $c->bulk($request)
                                   : $handler->($request, $c);
    }, undef, probes => 1);

    $nginx = cricket(es => $fake->port);
    is(join(' ', statuses(map { post($nginx, "n$_") } 1 .. 3)), '200 200 200',
       "$what: stored");
    is(post($nginx, 'n4')->finish->{status}, 200, "$what: and once more");
    my @asked = grep { $_->{uri} !~ /_bulk/ } $fake->requests;
    is($asked[0]{method}, 'GET', "$what: asked first");
    cmp_ok(scalar @asked, '<=', $n + 2, "$what: by few");
    my @later = grep { $_->{uri} !~ /_bulk/ } ($fake->requests)[-1];
    is(scalar @later, 0, "$what: and no more");
    quit($nginx);
    $fake->stop;
}

# Anything else is no yes, however often: a bulk could make an index.
for my $status (403, 401, 503) {
    my $fake = CricketTest::Fake->new(sub {
        $_[1]->reply($status, '{"error":"no"}');
    }, undef, probes => 1);

    $nginx = cricket(es => $fake->port, set => 'cricket_timeout 1s;');
    my $reply = post($nginx, 'a')->finish;
    is($reply->{status}, 503, "$status: 503");
    like(error($reply)->{message},
         $status == 503 ? qr/does not say whether the index is there: status 503$/
         : $status == 401 ? qr/wants credentials, and Cricket has none$/
         : qr/does not allow Cricket to ask for the index$/,
         "$status: why");
    is(post($nginx, 'b')->finish->{status}, 503, "$status: the next, too");
    is(scalar(grep { $_->{uri} =~ /_bulk/ } $fake->requests), 0,
       "$status: no bulk");
    like($nginx->log, qr/asked for the index "metrics" .* status $status/,
         "$status: logged");
    quit($nginx);
    $fake->stop;
}

# Gone under a worker: what says so makes it ask again.
for my $gone ('item', 'reply') {
    my $fake = CricketTest::Fake->new(sub {
        my ($request, $c) = @_;
        return $c->reply(404, '{}')
            if $request->{uri} !~ /_bulk/ && tally("asked-$gone") > 1;
        return $c->reply(200, '{}') if $request->{uri} !~ /_bulk/;
        return $c->bulk($request) if tally("gone-$gone") == 1;
        return $c->reply(404, '{"error":{"type":"index_not_found_exception"},'
                              . '"status":404}') if $gone eq 'reply';
        answer($c, $request, [404, 'index_not_found_exception', 'gone']);
    }, undef, probes => 1);

    $nginx = cricket(es => $fake->port);
    is(join(' ', map { post($nginx, $_)->finish->{status} } qw(a b c)),
       '200 503 503', "gone, by $gone");
    is(scalar(grep { $_->{uri} =~ /_bulk/ } $fake->requests), 2,
       "gone, by $gone: no bulk without an index");
    quit($nginx);
    $fake->stop;
}

# Nobody answers it: told by the deadline, and that nothing is stored.
my $fake = CricketTest::Fake->new(sub { $_[1]->hang }, undef, probes => 1);
$nginx = cricket(es => $fake->port, set => 'cricket_timeout 1s;');
my $reply = post($nginx, 'x')->finish;
is($reply->{status}, 503, 'no answer: 503');
unlike(error($reply)->{message}, qr/may be stored/, 'nothing was sent');
quit($nginx);
$fake->stop;

done_testing();
