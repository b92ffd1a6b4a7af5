# SPDX-License-Identifier: BSD-2-Clause

# Each request that shares a bulk gets the verdicts of its own datapoints.

use strict;
use warnings;

use lib 't/lib';

use CricketTest;
use CricketWrites;
use JSON::PP;
use Test::More;
use Time::HiRes qw(sleep time);

# So that bodies given to together() share one bulk: the fake's first is held.
my ($fake, $nginx, $gate);


sub start {
    my ($handler, %option) = @_;

    $gate = gate();
    $fake = fake(sub {
        my ($request, $c) = @_;

        return $handler->($request, $c) if (names($request))[0] ne 'first';

        $gate->pass;
        $c->bulk($request);
    });
    $nginx = cricket(es => $fake->port, %option,
                     set => 'cricket_bulks 1;' . ($option{set} // ''));
}


# Bodies, each a JSON text or [BODY, HEADER => VALUE...].
sub together {
    my (@bodies) = @_;

    my $first = post($nginx, 'first');
    wait_until(5, sub { $fake->requests });

    my @clients = map { my $c = post($nginx, ref $_ ? @$_ : $_);
                        ping($nginx); $c } @bodies;
    $gate->open;
    $first->finish;

    return map { $_->finish // { status => 0, body => '', headers => {} } }
           @clients;
}


sub end {
    quit($nginx);
    $fake->stop;
}


sub sent {
    my ($first, @rest) = bulks($fake);

    return @rest;
}


# All verdicts at once; what is tried again is only that.
start(sub {
    my ($request, $c) = @_;

    answer($c, $request, sub {
        my ($name, $id) = @_;
        return [400, 'mapper_parsing_exception', "no $name"] if $name =~ /^bad/;
        return 409 if $name =~ /^there/;
        return 403 if $name =~ /^closed/;
        return 200 if $name =~ /^dropped/;
        return [400, 'illegal_argument_exception', 'no such pipeline']
            if $name =~ /^piped/;
        return 0 + $1 if $name =~ /^(429|503)/ && tally("mix-$name") <= 2;
        return 201;
    });
});

my @replies = together(
    'ok1',
    points('ok2', 'bad1', 'ok3'),
    [points('ok4', '{"nonsense":1}', 'ok5', 'bad2'),
     '/v1/metrics?accept_partial=true'],
    [points('there1', 'ok6'), 'Idempotency-Key' => 'k1'],
    points('there2', 'ok7'),
    points('ok8', '429a', 'ok9', '503a'),
    points('429b', 'bad3', 'bad-429c'),
    points('ok10', 'closed'),
    'ok11',
    points('dropped', 'ok12'),
    'piped',
);

my @status = map { $_->{status} } @replies;
is("@status", '200 400 400 200 200 200 400 503 200 503 503',
   'a verdict for each');

is($replies[0]{body}, qq({"stored":1}\n), 'stored');
is($replies[8]{body}, qq({"stored":1}\n), 'stored, the last');

my $e = error($replies[1]);
is_deeply([map { $_->{index} } @{ $e->{datapoints} }], [1], 'which is bad');
is($e->{invalid}, 1, 'how many');
is($e->{stored}, 2, 'and that the others are stored');
like($e->{datapoints}[0]{message}, qr/no bad1/, 'and why');

$e = error($replies[2]);
is_deeply([sort map { $_->{index} } @{ $e->{datapoints} }], [1, 3],
          'the place in the body, not in the bulk');
is($e->{invalid}, 2, 'both kinds are counted');
is($e->{stored}, 2, 'as are the valid ones');

is($replies[3]{body}, qq({"stored":2}\n), 'with a key, there already is fine');
is($replies[4]{body}, qq({"stored":2}\n),
   'without, Elasticsearch itself tried again');
is($replies[5]{body}, qq({"stored":4}\n), 'a single item is tried again');

$e = error($replies[6]);
is_deeply([sort map { $_->{index} } @{ $e->{datapoints} }], [1, 2],
          'bad ones beside one that is tried again');
is($e->{stored}, 1, 'which is stored in the end');

is((sent())[1], '429a 503a 429b',
   'only what was refused for now is sent again, in order');
is(join(' ', map { tallied("mix-$_") } qw(429a 503a 429b)), '3 3 3',
   'as often as needed');
end();

# Without a key nothing more can be asked for of what it stored at first.
start(sub { answer($_[1], $_[0], sub { $_[0] =~ /^there/ ? 409 : 201 }) });
@replies = together([points('ok1', 'there1'), '/v1/metrics?refresh=wait_for']);
is($replies[0]{status}, 503, 'nobody knows whether searches see it');
like(error($replies[0])->{message}, qr/may be stored/, 'and that is told');
is(scalar(sent()), 1, 'it is not sent again');
end();

# What a key is for is told to who may need one, and only to them.
my $with = 'with an Idempotency-Key header, a request can be sent again and '
           . 'stores nothing twice';
my $same = 'with the same Idempotency-Key, sending the request again stores '
           . 'nothing twice';

for my $case (['unknown', 500, [], qr/; the datapoints may be stored or not: $with$/],
              ['unknown, keyed', 500, ['Idempotency-Key' => 'k'], qr/; $same$/],
              ['a part', 403, [], qr/; 1 of the datapoints are stored: $with$/],
              ['a part, keyed', 403, ['Idempotency-Key' => 'k'],
               qr/; 1 of the datapoints are stored; $same$/],
              ['nothing', 403, [], qr/now$/],
              ['nothing, keyed', 403, ['Idempotency-Key' => 'k'], qr/now$/])
{
    my ($what, $status, $headers, $message) = @$case;

    start(sub { answer($_[1], $_[0], sub { $_[0] =~ /^bad/ ? $status : 201 }) },
          set => 'cricket_timeout 1s;');
    @replies = together([points($what =~ /nothing/ ? 'bad1' : 'ok', 'bad2'),
                         @$headers]);
    is($replies[0]{status}, 503, "$what: 503");
    like(error($replies[0])->{message}, $message, "$what: what a key is for");
    end();
}

# The order after two rounds: each index is that of the body.
start(sub {
    my ($request, $c) = @_;

    answer($c, $request, sub {
        my ($name) = @_;
        my ($rounds) = $name =~ /^(\d)/;
        return tally("order-$name") <= $rounds ? 429
               : $name =~ /bad/ ? 400 : 201;
    });
});
@replies = together(points(qw(0ok 2bad 1ok 1bad 0bad 2ok 2bad2)));
is(join(' ', sort map { $_->{index} } @{ error($replies[0])->{datapoints} }),
   '1 3 4 6', 'indices survive two rounds');
is(error($replies[0])->{stored}, 3, 'so does the number stored');
is_deeply([sent()], ['0ok 2bad 1ok 1bad 0bad 2ok 2bad2',
                     '2bad 1ok 1bad 2ok 2bad2', '2bad 2ok 2bad2'], 'rounds');
end();

# Large ones are sent from where they are, small ones are copied: the order of
# the lines must be that of the requests all the same.
start(sub {
    my ($request, $c) = @_;
    answer($c, $request, sub { $_[0] =~ /bad/ ? 400 : 201 });
});
my @body = ('s1', points(map { "l$_" } 1 .. 1000), 's2', 'bad1',
            points('bad2', map { "m$_" } 1 .. 1000), 's3', 's4',
            points((map { "n$_" } 1 .. 1000), 'bad3'), 'bad4');
@replies = together(@body);
is(join(' ', map { $_->{status} } @replies),
   '200 200 200 400 400 200 200 400 400', 'large and small ones share a bulk');
is_deeply([map { map { $_->{index} } @{ error($_)->{datapoints} } } @replies],
          [0, 0, 1000, 0], 'each has the verdicts of its own');
is(scalar(() = sent()), 1, 'in one bulk');
ok(join(' ', sent())
   eq join(' ', map { /^\[/ ? map { $_->{name} } @{ decode_json($_) } : $_ }
                @body), 'in order');
end();

# Busy beyond the deadline, which slows no other.
start(sub {
    my ($request, $c) = @_;
    answer($c, $request, sub { $_[0] =~ /429/ ? 429 : 201 });
}, set => 'cricket_timeout 1500ms;');

my $start = time;
@replies = together('ok1', points('ok2', '429a'), 'ok3');
my $took = time - $start;

is(join(' ', map { $_->{status} } @replies), '200 503 200', 'too busy');
cmp_ok($took, '<', 2.5, 'told by the deadline');
like(error($replies[1])->{message}, qr/1 of the datapoints/, 'how many are');
ok($replies[1]{headers}{'retry-after'}, 'Retry-After');
cmp_ok(scalar(() = sent()), '>', 2, 'after several tries');
cmp_ok(scalar(() = sent()), '<', 10, 'but no hammering');
end();

# While one backs off, others go on.
start(sub {
    my ($request, $c) = @_;
    answer($c, $request, sub { $_[0] =~ /429/ ? 429 : 201 });
}, set => 'cricket_timeout 2s;');
my $busy = post($nginx, '429');
wait_until(5, sub { $fake->requests >= 3 });
$start = time;
is(post($nginx, "n$_")->finish->{status}, 200, 'others go on') for 1 .. 5;
cmp_ok(time - $start, '<', 1, 'undisturbed');
is($busy->finish->{status}, 503, 'the busy one is told');
$busy = post($nginx, '429');
wait_until(5, sub { (grep { $_ eq '429' } bulks($fake)) > 6 });
$nginx->signal("QUIT");
is($busy->finish->{status}, 503, "a quit waits for who backs off");
$busy->close;
quit($nginx);
$fake->stop;

# Replies that make no sense.
my $item = '{"create":{"status":201}}';

for (['too few', qq({"errors":false,"items":[$item,$item]})],
     ['too many', qq({"errors":false,"items":[$item,$item,$item,$item]})],
     ['none', '{"errors":false}'],
     ['no status', qq({"items":[$item,{"create":{}},$item]})],
     ['no JSON', qq({"items":[$item,$item,$item])],
     ['empty', ''])
{
    my ($what, $reply) = @$_;

    start(sub {
        my ($request, $c) = @_;

        return $c->reply(200, $reply) if tally("senseless-$what") == 1;
        $c->bulk($request);
    });
    @replies = together('a', ['b', 'Idempotency-Key' => 'k'], 'c');
    is(join(' ', map { $_->{status} } @replies), '503 200 503', $what);
    is_deeply([sent()], ['a b c', 'b'], "$what: only what is safe, again");
    like(error($replies[0])->{message}, qr/may be stored or not/,
         "$what: not known");
    end();
}

# Statuses of the whole, as Elasticsearch says them.
for ([400, '503 503'], [401, '503 503'], [403, '503 503'], [404, '503 503'],
     [500, '503 200'], [502, '503 200'], [429, '200 200'], [503, '200 200'],
     [302, '503 503'], [202, '503 200'], [204, '503 200'], [408, '503 200'])
{
    my ($status, $expected) = @$_;

    start(sub {
        my ($request, $c) = @_;

        return $c->refuse($status) if tally("whole-$status") == 1;
        $c->bulk($request);
    });
    @replies = together('a', ['b', 'Idempotency-Key' => 'k']);
    is(join(' ', map { $_->{status} } @replies), $expected, "a bulk's $status");
    end();
}

# One that is busy has stored nothing; of a proxy's word nobody knows.
for my $status (429, 503) {
    for my $body ('{}', '', '<html>Service Unavailable</html>',
                  '{"error":"no"}', '{"status":' . $status . '}',
                  '{"error":{"type":"x"},"status":200}',
                  '{"error":null,"status":' . $status . '}',
                  '{"error":{"type":"x"},"status":' . $status . '}x')
    {
        my $name = "proxy-$status-" . unpack('H*', $body);

        start(sub {
            my ($request, $c) = @_;

            return $c->reply($status, $body) if tally($name) == 1;
            $c->bulk($request);
        }, set => 'cricket_next_upstream error http_429 http_503;',
           servers => 'server 127.0.0.1:%%ES%% max_fails=0;' x 2);
        @replies = together('a', ['b', 'Idempotency-Key' => 'k']);
        is(join(' ', map { $_->{status} } @replies), '503 200',
           "a proxy's $status: '$body'");
        is_deeply([sent()], ['a b', 'b'], 'only what is safe, again');
        like(error($replies[0])->{message}, qr/may be stored or not/, 'told');
        end();
    }
}

# In a version that is told to say no more than a word.
start(sub {
    my ($request, $c) = @_;

    return $c->reply(503, '{"error":"ClusterBlockException[x]","status":503}')
        if tally('terse') == 1;
    $c->bulk($request);
});
@replies = together('a');
is($replies[0]{status}, 200, 'a 503 in a word of Elasticsearch');
end();

# What Elasticsearch says may hold anything and be of any length.
start(sub {
    my ($request, $c) = @_;
    answer($c, $request, sub {
        my ($name, $id, $i) = @_;
        return [400, 'mapper_parsing_exception',
                "\x{e9}" . 'y' x (495 + $i) . "\x{1f41e}" x 99];
    });
});
@replies = together(points('a' .. 'h'));
my $json = eval { decode_json($replies[0]{body}) };
ok($json, 'a long reason is cut to valid JSON') or diag($@);
is($json && $json->{error}{invalid}, 8, 'all are told');
end();

# An interim reply comes before the final one.
start(sub {
    my ($request, $c) = @_;
    $c->raw("HTTP/1.1 100 Continue\r\n\r\n");
    $c->bulk($request);
});
@replies = together('a');
is($replies[0]{status}, 200, '100 Continue is no reply');
end();

# More than Elasticsearch takes at once: 413.
my $limit = 3000;

sub limited {
    my ($name) = @_;

    return sub {
        my ($request, $c) = @_;

        return $c->reply(413, '') if length $request->{body} > $limit;
        tally("$name-" . $_) for names($request);
        $c->bulk($request);
    };
}

start(limited('halved'));
@replies = together(map { points(map { "h$_" } $_ * 5 + 1 .. $_ * 5 + 5) }
                    0 .. 15);
is((grep { $_->{status} == 200 } @replies), 16, '413: all are stored');
is((grep { tallied("halved-h$_") == 1 } 1 .. 80), 80, 'once each');
my @large = grep { length $_->{body} > $limit } $fake->requests;
cmp_ok(scalar @large, '<', 4, 'what it takes is learnt');
like($nginx->log, qr/"cricket_bulk_size" is more than/, 'and logged');
is(post($nginx, points('after'))->finish->{status}, 200, 'it goes on');
end();

start(limited('single'));
@replies = together('before', points(map { "s$_" } 1 .. 200), 'behind');
is(join(' ', map { $_->{status} } @replies), '200 200 200',
   '413 of a single request');
is($replies[1]{body}, qq({"stored":200}\n), 'stored in pieces');
is((grep { tallied("single-s$_") == 1 } 1 .. 200), 200, 'each datapoint once');
end();

# A larger one is tried again now and then, and taken when it may be.
my $lifted = gate();
my $rejected = 0;
start(sub {
    my ($request, $c) = @_;

    return $c->bulk($request) if length $request->{body} <= $limit
                                 || $lifted->pass(0);
    tally('rejected');
    $c->reply(413, '');
}, set => 'cricket_bulk_size 8k; cricket_timeout 1s;');

sub grown {
    my $reply = post($nginx, points(map { "g$_" } 1 .. 200))->finish;
    sleep 0.1;
    return $reply && $reply->{body} eq qq({"stored":200}\n);
}

ok(grown(), 'cut to what it takes');
$rejected = tallied('rejected');
my $end = time + 5;
my @grown;
push @grown, grown() while time < $end;
is(scalar(grep { $_ } @grown), scalar @grown, 'as always');
cmp_ok(tallied('rejected'), '>', $rejected, 'it is tried again');
cmp_ok(tallied('rejected') - $rejected, '<', 7, 'but rarely');
$lifted->open;
ok(wait_until(15, sub {
    grown() && length(($fake->requests)[-1]{body}) > 8192;
}), 'in one piece again');
end();

# Bad ones in several pieces keep their places.
start(sub {
    my ($request, $c) = @_;

    return $c->reply(413, '') if length $request->{body} > $limit;
    answer($c, $request, sub { $_[0] =~ /bad/ ? 400
                               : $_[0] =~ /99$/ && tally("place-$_[0]") == 1
                                 ? 429 : 201 });
});
@replies = together(points('x', map { ($_ % 50 == 40 ? 'bad' : 'p') . $_ }
                                1 .. 200));
is(join(' ', sort { $a <=> $b }
        map { $_->{index} } @{ error($replies[0])->{datapoints} }),
   '40 90 140 190', 'the places of bad ones in several pieces');
is(error($replies[0])->{stored}, 197, 'the others are stored');
end();

# What fits in no bulk at all does not stand in others' way.
start(limited('huge'), set => 'cricket_timeout 3s;');
my $huge = point('huge', tags => '{' . join(',', map { "\"k$_\":\"" . 'v' x 900
                                                       . '"' } 1 .. 5) . '}');
@replies = together('a', $huge, 'b');
is(join(' ', map { $_->{status} } @replies[0, 2]), '200 200',
   'others beside a datapoint too large');
isnt($replies[1]{status}, 200, 'which is refused');
cmp_ok(scalar(() = $fake->requests), '<', 8, 'without many tries');
end();

# With the real one behind a proxy that has a limit.
my $index = fresh_index();
my ($port) = es_url() =~ /:(\d+)/;
start(sub {
    my ($request, $c) = @_;

    return $c->reply(413, '', close => 1) if length $request->{body} > 20_000;
    my $reply = http($port, 'POST', $request->{uri}, $request->{body},
                     'Content-Type' => 'application/x-ndjson');
    $c->reply($reply->{status}, $reply->{body});
}, index => $index);
@replies = together(points(map { "r$_" } 1 .. 1000), points('q', 'r'));
is(join(' ', map { $_->{status} } @replies), '200 200', 'in the real one');
is(count($index), 1002, 'each datapoint once');
end();

# The real one's own verdicts.
$nginx = cricket(es => $port, index => $index);
my $long = point('long', tags => '{"k":"' . 'v' x 1000 . '"}');
@replies = map { http($nginx->port, 'POST', '/v1/metrics', $_) }
           points('v1', 'v2'), points($long);
is(join(' ', map { $_->{status} } @replies), '200 200', 'the real one');
is(count($index), 1005, 'counted');
es('PUT', "/$index/_settings", '{"index.blocks.write":true}');
my $reply = http($nginx->port, 'POST', '/v1/metrics', point('blocked'));
is($reply->{status}, 503, 'a blocked index is no fault of the datapoint');
es('PUT', "/$index/_settings", '{"index.blocks.write":false}');
$reply = http($nginx->port, 'POST', '/v1/metrics', point('free'));
is($reply->{status}, 200, 'and may be open later');
is(count($index), 1006, 'counted');
quit($nginx);

done_testing();
