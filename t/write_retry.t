# SPDX-License-Identifier: BSD-2-Clause

# What is sent again when a connection fails, what is not, and that nothing is
# stored twice either way.

use strict;
use warnings;

use lib 't/lib';

use CricketTest;
use CricketWrites;
use MIME::Base64;
use Test::More;
use Time::HiRes qw(sleep time);

my ($fake, $nginx);


sub send_point {
    my ($name, @headers) = @_;

    return http($nginx->port, 'POST', '/v1/metrics', point($name), @headers);
}


sub keyed { return ('Idempotency-Key' => $_[0]) }

# Ways for a bulk to get lost after it was sent.
my %lose = (
    close => sub { $_[1]->close },
    reset => sub { $_[1]->reset },
    nothing => sub { },
    'half a status' => sub { $_[1]->raw('HTTP/1.1 2'); $_[1]->close },
    'half a header' => sub { $_[1]->reply(200, '{}', cut => 30) },
    'half a body' => sub { $_[1]->bulk($_[0], cut => 110) },
    'half a chunk' => sub { $_[1]->bulk($_[0], chunked => 50, cut => 130) },
    'no last chunk' => sub { my ($request, $c) = @_;
                             $c->raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: "
                                     . "chunked\r\n\r\n5\r\n{\"ite\r\n");
                             $c->close },
    'no length' => sub { $_[1]->raw("HTTP/1.1 200 OK\r\n\r\n{\"items\":[]}");
                         $_[1]->close },
    'not HTTP' => sub { $_[1]->raw("SSH-2.0\r\n\r\n"); $_[1]->close },
    'late' => sub { $_[1]->hang },
);

for my $how (sort keys %lose) {
    $fake = fake(sub {
        my ($request, $c) = @_;
        return $lose{$how}->($request, $c) if tally("lose-$how") == 1;
        $c->bulk($request);
    });
    $nginx = cricket(es => $fake->port, set => 'cricket_read_timeout 300ms;');

    my $reply = send_point('unkeyed');
    is($reply->{status}, 503, "$how: without a key, told");
    ok($reply->{headers}{'retry-after'}, "$how: Retry-After");
    like(error($reply)->{message}, qr/may be stored or not/,
         "$how: that it is not known");
    sleep 0.1;
    is(scalar(() = $fake->requests), 1, "$how: and not sent again");
    quit($nginx);
    $fake->stop;

    $fake = fake(sub {
        my ($request, $c) = @_;
        return $lose{$how}->($request, $c) if tally("keyed-$how") == 1;
        answer($c, $request, 409);
    });
    $nginx = cricket(es => $fake->port, set => 'cricket_read_timeout 300ms;');
    $reply = send_point('keyed', keyed('k'));
    is($reply->{body}, qq({"stored":1}\n), "$how: with a key, sent again");
    my @ids = map { ids($_) } $fake->requests;
    is(scalar @ids, 2, "$how: once");
    is($ids[0], $ids[1], "$how: with the same id");
    like($ids[0] // '', qr/^[\w-]{20,}$/, "$how: an id of ours");
    quit($nginx);
    $fake->stop;
}

# Both kinds in one bulk, and ids of our own for all.
for (['', '503 200 503 200'], ['cricket_ids own;', '200 200 200 200']) {
    my ($set, $expected) = @$_;
    my $gate = gate();

    $fake = fake(sub {
        my ($request, $c) = @_;
        $gate->pass if $request->{n} == 1;
        return $c->close if $request->{n} == 2;
        $c->bulk($request);
    });
    $nginx = cricket(es => $fake->port, set => "cricket_bulks 1; $set");

    my $first = post($nginx, 'first');
    wait_until(5, sub { $fake->requests });
    my @c = map { my $c = post($nginx, points("a$_", "b$_"),
                               $_ % 2 ? () : keyed("k$_"));
                  ping($nginx); $c } 1 .. 4;
    $gate->open;
    is(join(' ', statuses($first, @c)), "200 $expected", "mixed, $set");
    is((bulks($fake))[1], 'a1 b1 a2 b2 a3 b3 a4 b4', 'all in one bulk');
    is((bulks($fake))[2], $set ? 'a1 b1 a2 b2 a3 b3 a4 b4' : 'a2 b2 a4 b4',
       'only what is safe is sent again');
    my ($second, $third) = map { [grep { defined } ids($_)] }
                           ($fake->requests)[1, 2];
    is_deeply($second, $third, 'under the same ids');
    my %unique = map { $_ => 1 } @$second;
    is(scalar keys %unique, $set ? 8 : 4, 'each an id of its own');
    quit($nginx);
    $fake->stop;
}

# Lost by one node, refused by the next: the first may have stored it.
for my $status (400, 403, 429) {
    my $next = fake(sub { $_[1]->refuse($status) });
    $fake = fake(sub { $_[1]->close });
    $nginx = cricket(es => $fake->port, ES2 => $next->port,
                     servers => 'server 127.0.0.1:%%ES%% max_fails=0;'
                                . 'server 127.0.0.1:%%ES2%% backup;',
                     set => 'cricket_ids own; cricket_timeout 1s;');
    my $reply = send_point('x');
    is($reply->{status}, 503, "lost, then $status: 503");
    like(error($reply)->{message}, qr/may be stored or not/, 'and why');
    quit($nginx);
    $_->stop for $fake, $next;
}

# The order of tags makes no other datapoint, their values do.
$fake = fake(sub { $_[1]->bulk($_[0]) });
$nginx = cricket(es => $fake->port);

for my $tags ('"a":"1","b":"2","ab":"3"', '"b":"2","ab":"3","a":"1"',
              '"ab":"3","a":"1","b":"2"', '"a":"2","b":"1","ab":"3"')
{
    is(post($nginx, point('x', tags => "{$tags}"), keyed('k'))
           ->finish->{status}, 200, $tags);
}

my @same = map { ids($_) } $fake->requests;
is("@same[1, 2]", "@same[0, 0]", 'the same id');
isnt($same[3], $same[0], 'another id');
quit($nginx);
$fake->stop;

# Always lost: tried with pauses until the deadline, then told.
$fake = fake(sub { $_[1]->close });
$nginx = cricket(es => $fake->port, set => 'cricket_timeout 2s;');
my $start = time;
my $reply = send_point('x', keyed('k'));
is($reply->{status}, 503, 'lost again and again: told');
like(error($reply)->{message}, qr/same Idempotency-Key/, 'with advice');
cmp_ok(time - $start, '<', 2.5, 'by the deadline');
cmp_ok(scalar(() = $fake->requests), '>', 4, 'after tries');
cmp_ok(scalar(() = $fake->requests), '<', 9, 'with pauses between');
quit($nginx);
$fake->stop;

# Lost more than a few times.
$fake = fake(sub {
    my ($request, $c) = @_;
    return $c->reset if $request->{n} <= 5;
    $c->bulk($request);
});
$nginx = cricket(es => $fake->port);
is(send_point('x', keyed('k'))->{status}, 200, 'lost five times, and taken');
quit($nginx);
$fake->stop;

my $nobody = free_port();

# One of two nodes is not there: nobody notices.
$fake = fake(sub { $_[1]->bulk($_[0]) });
my $servers = 'server 127.0.0.1:%%ES2%% max_fails=0;'
              . 'server 127.0.0.1:%%ES%% max_fails=0;';
$nginx = cricket(servers => $servers, es => $fake->port, ES2 => $nobody);
is(join(' ', map { send_point("n$_")->{status} } 1 .. 4), '200 200 200 200',
   'refused by one node, taken by the other');
is(join(' ', bulks($fake)), 'n1 n2 n3 n4', 'once each');
quit($nginx);
$fake->stop;

# One of two nodes loses what it gets: only what has a key goes to the other.
$fake = fake(sub { $_[1]->bulk($_[0]) });
my $bad = fake(sub { $_[1]->reset });
$nginx = cricket(servers => $servers, es => $fake->port, ES2 => $bad->port);
is(join(' ', map { send_point("k$_", keyed("k$_"))->{status} } 1 .. 4),
   '200 200 200 200', 'keyed, with a node that fails');
is(join(' ', bulks($fake)), 'k1 k2 k3 k4', 'all reach the other');
is(join(' ', map { send_point("u$_")->{status} } 1 .. 4), '200 503 200 503',
   'without keys');
is((() = "@{[bulks($fake), bulks($bad)]}" =~ /u\d/g), 4, 'each sent once');
quit($nginx);
$_->stop for $fake, $bad;

# The whole bulk is refused for now: backing off, by both nodes in turn.
for my $status (429, 503) {
    my @nodes = map {
        fake(sub {
            my ($request, $c) = @_;
            return $c->refuse($status) if tally("busy-$status") <= 4;
            $c->bulk($request);
        })
    } 1, 2;
    $nginx = cricket(servers => $servers, es => $nodes[0]->port,
                     ES2 => $nodes[1]->port);
    $start = time;
    $reply = send_point('busy');
    is($reply->{status}, 200, "$status: tried until it is taken");
    cmp_ok(time - $start, '>', 0.3, "$status: with pauses");
    cmp_ok(time - $start, '<', 4, "$status: not long ones");
    is((grep { $_->requests >= 2 } @nodes), 2, "$status: at both nodes");
    quit($nginx);
    $_->stop for @nodes;
}

$fake = fake(sub { $_[1]->refuse(503) });
$nginx = cricket(es => $fake->port, set => 'cricket_timeout 700ms;');
$start = time;
$reply = send_point('busy');
is($reply->{status}, 503, 'busy beyond the deadline');
cmp_ok(time - $start, '<', 1.5, 'told by then');
cmp_ok(scalar(() = $fake->requests), '>', 1, 'after tries');
cmp_ok(scalar(() = $fake->requests), '<', 7, 'with pauses between');
quit($nginx);
$fake->stop;

# A connection kept alive that the other side closes as the next bulk comes.
$fake = fake(sub {
    my ($request, $c) = @_;
    return $c->reset if tally("kept-$$") == 2;
    $c->bulk($request);
});
$nginx = cricket(es => $fake->port);
is(send_point('one')->{status}, 200, 'a connection is kept');
is(send_point('two', keyed('k'))->{status}, 200, 'and lost: keyed');
is(send_point('three')->{status}, 503, 'and lost: not keyed');
is(join(' ', bulks($fake)), 'one two two three', 'what was sent');
quit($nginx);
$fake->stop;

# The real one behind a proxy that dies, as told by the datapoint's name.
my $index = fresh_index();
my ($port) = es_url() =~ /:(\d+)/;

$fake = fake(sub {
    my ($request, $c) = @_;
    my ($name) = names($request);
    my ($when) = $name =~ /^(\w+?)-/;
    my $dies = defined $when && tally("dies-$name") == 1;

    return $c->close if $dies && $when eq 'before';
    my $reply = http($port, 'POST', $request->{uri}, $request->{body},
                     'Content-Type' => 'application/x-ndjson');
    return $c->close if $dies && $when eq 'after';
    return $c->reply($reply->{status}, $reply->{body}, cut => 120)
        if $dies && $when eq 'middle';
    $c->reply($reply->{status}, $reply->{body});
});
$nginx = cricket(es => $fake->port, index => $index);


sub post_three {
    my ($name, @headers) = @_;

    my $reply = http($nginx->port, 'POST', '/v1/metrics',
                     points(map { "$name$_" } 1 .. 3), @headers);
    return "$reply->{status} " . count($index);
}


is(post_three('before-k', keyed('k1')), '200 3', 'dies before, keyed');
is(post_three('after-k', keyed('k2')), '200 6', 'dies after, keyed');
is(post_three('middle-k', keyed('k3')), '200 9', 'dies in the middle, keyed');
is(post_three('before-u'), '503 9', 'dies before, not keyed: not stored');
is(post_three('after-u'), '503 12', 'dies after, not keyed: stored once');
is(post_three('middle-u'), '503 15', 'dies in the middle: stored once');

# The same request again, from clients that were told and that were not.
is(post_three('before-k', keyed('k1')), '200 15', 'the same request again');
is(post_three('middle-k', keyed('k3')), '200 15', 'likewise');
is(post_three('plain', keyed('k4')), '200 18', 'another key');
is(post_three('plain', keyed('k4')), '200 18', 'again');
is(post_three('plain', keyed('k5')), '200 21', 'the same under another key');
is(post_three('other', keyed('k4')), '200 24',
   'other datapoints under a key that was used are stored');
is(post_three('plain'), '200 27', 'without a key, equal ones are stored');
is(post_three('plain'), '200 30', 'each time');
quit($nginx);
$fake->stop;

# At once, some of them in one bulk.
$nginx = cricket(es => $port, index => $index, set => 'cricket_bulks 1;');
my @c = map { post($nginx, points(map { "same$_" } 1 .. 3), keyed('same')) }
        1 .. 30;
is(join(' ', statuses(@c)), join(' ', (200) x 30), 'a key 30 times at once');
is(count($index), 33, 'is stored once');
my $twins = points('twin', 'twin');
is(http($nginx->port, 'POST', '/v1/metrics', $twins, keyed('t'))->{status},
   200, 'equal datapoints of a keyed request') for 1, 2;
is(count($index), 35, 'are two');
quit($nginx);

$nginx = cricket(es => $port, index => $index, set => 'cricket_ids own;',
                 _workers => 2);
@c = map { post($nginx, points('own', 'own')) } 1 .. 50;
is(join(' ', statuses(@c)), join(' ', (200) x 50), 'ids of our own');
is(count($index), 135, 'never collide');
$nginx->reload;
is(post($nginx, points('own', 'own'))->finish->{status}, 200, 'reloaded');
is(count($index), 137, 'neither after a reload');
quit($nginx);

# The limit of replies is for what is read: one to a bulk is as long as it is.
for my $headers ([], [keyed('k')]) {
    $fake = fake(sub { $_[1]->bulk($_[0]) });
    $nginx = cricket(es => $fake->port, set => 'cricket_max_reply 50;');
    is(post($nginx, points('a' .. 'd'), @$headers)->finish->{body},
       qq({"stored":4}\n), "a long reply, @$headers");
    is(post($nginx, points('a' .. 'd'), '/v1/metrics?accept_partial=true',
            @$headers)->finish->{status}, 200, 'again');
    is(scalar(() = $fake->requests), 2, 'sent once each');
    quit($nginx);
    $fake->stop;
}

# Beyond all reason, it would be as long the next time.
$fake = fake(sub {
    my ($request, $c) = @_;
    $c->reply(200, '{"items":[' . ' ' x 400_000 . ']}');
});
$nginx = cricket(es => $fake->port, set => 'cricket_max_reply 50;');
for my $headers ([], [keyed('k')]) {
    $reply = post($nginx, points('a' .. 'd'), @$headers)->finish;
    is($reply->{status}, 503, "too long, @$headers");
    like(error($reply)->{message},
         qr/reply is too large.*(may be stored or not|same Idempotency-Key)/,
         'why, and what to do');
}
is(scalar(() = $fake->requests), 2, 'sent once each');
quit($nginx);
$fake->stop;

# What is random in them is the kernel's: of no worker it is that of another.
$fake = fake(sub { $_[1]->bulk($_[0]) });
my %random;

for (1 .. 3) {
    $nginx = cricket(es => $fake->port, set => 'cricket_ids own;',
                     _workers => 4);
    statuses(map { post($nginx, points('own', 'own')) } 1 .. 40);
    $nginx->stop;
}

for my $id (map { ids($_) } $fake->requests) {
    like($id, qr/^[\w-]{24}$/, 'an id of ours') or last;
    my $bytes = decode_base64($id =~ tr{-_}{+/}r);
    my ($start, $random, $counter) = unpack 'a6 a8 N', $bytes;
    $random{$random}{$counter}++;
}

cmp_ok(scalar keys %random, '>=', 3, 'each worker has bytes of its own');
is((grep { $_ > 1 } map { values %$_ } values %random), 0, 'and counts');

$fake->stop;

# One was there before the first try: Elasticsearch's own retry, when a node
# died, or an id that was given twice. That is no secret.
for my $case (['auto', '', [], 0], ['own', 'cricket_ids own;', [], 1],
              ['keyed', 'cricket_ids own;', [keyed('k')], 0])
{
    my ($what, $set, $headers, $logged) = @$case;

    $fake = fake(sub { answer($_[1], $_[0], 201, 409, 409) });
    $nginx = cricket(es => $fake->port, set => $set);
    is(post($nginx, points(qw(a b c)), @$headers)->finish->{body},
       qq({"stored":3}\n), "$what: they are there");
    quit($nginx);
    # only now is it whole: the line follows the reply
    my @lines = $nginx->log =~ /\[warn\].*(\d+) datapoints? .*ids of our own/g;
    is("@lines", $logged ? '2' : '', "$what: the log");
    $fake->stop;
}

# After a try that was lost it is what was to be expected.
for my $lost ('close', 'status', 'item') {
    $fake = fake(sub {
        my ($request, $c) = @_;
        return answer($c, $request, 409, 409) if tally("before-$lost") > 1;
        return $c->close if $lost eq 'close';
        return $c->reply(502, '{}') if $lost eq 'status';
        answer($c, $request, 500, 500);
    });
    $nginx = cricket(es => $fake->port, set => 'cricket_ids own;');
    is(post($nginx, points(qw(a b)))->finish->{body}, qq({"stored":2}\n),
       "$lost: stored by the first try");
    unlike($nginx->log, qr/ids of our own/, "$lost: no word of it");
    quit($nginx);
    $fake->stop;
}

done_testing();
