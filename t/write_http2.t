# SPDX-License-Identifier: BSD-2-Clause

# Group commit over HTTP/2: streams share bulks, and may be reset at any time.

use strict;
use warnings;

use lib 't/lib';

use CricketH2;
use CricketTest;
use CricketWrites;
use Test::More;
use Time::HiRes qw(sleep);

my ($fake, $nginx, @gates);


sub start {
    my ($handler, %option) = @_;

    @gates = map { gate() } 0 .. 3;
    $fake = fake(sub {
        my ($request, $c) = @_;

        $gates[$request->{n}]->pass if $gates[$request->{n}];
        $handler->($request, $c);
    });
    $nginx = cricket(es => $fake->port, listen => h2_listen(),
                     http => h2_directive(), %option,
                     set => 'cricket_bulks 1;' . ($option{set} // ''));
    warm($nginx) if !$option{servers};
}


sub bulk { $_[1]->bulk($_[0]) }


sub seen {
    my ($n) = @_;

    return wait_until(5, sub { $fake->requests >= $n });
}


sub posts {
    my ($h2, @names) = @_;

    return map { $h2->post('/v1/metrics', point($_)) } @names;
}


sub all {
    my ($h2, @streams) = @_;

    return join ' ', map { $h2->status($_) // 0 } @streams;
}


# The first rides alone, the others wait; each in a stream of one connection.
sub park {
    my (@names) = @_;

    my $h2 = h2($nginx->port);
    my ($first) = posts($h2, 'first');
    seen(1);
    my @streams = posts($h2, @names);
    $h2->sync;

    return ($h2, $first, @streams);
}


sub left { return () = slurp("$nginx->{dir}/access.log") =~ / 499 /g }


sub end {
    $_->open for @gates;
    my $h2 = h2($nginx->port);
    is(all($h2, posts($h2, 'end')), '200', 'it goes on');
    $h2->close;
    quit($nginx);
    $fake->stop;
}


# Streams of one connection.
start(\&bulk);
my ($h2, @s) = park(map { "s$_" } 1 .. 50);
is(scalar(() = bulks($fake)), 1, 'fifty wait');
$_->open for @gates;
is(all($h2, @s), join(' ', (200) x 51), 'all are stored');
is((bulks($fake))[1], join(' ', map { "s$_" } 1 .. 50), 'in one bulk');
is($h2->body($s[1]), qq({"stored":1}\n), 'the body of an answer');
$h2->close;
end();

# A parked one is reset.
start(\&bulk);
($h2, @s) = park(qw(a b c d));
$h2->reset_stream($_) for @s[2, 4];
ok(wait_until(5, sub { left() == 2 }), 'two have left');
$_->open for @gates;
is(all($h2, @s[0, 1, 3]), '200 200 200', 'the rest are stored');
is((bulks($fake))[1], 'a c', 'what left is not sent');
$h2->close;
end();

# Reset in flight: each, one of them leading, and all.
for my $who ([1], [2], [3], [1, 2], [2, 3], [1, 2, 3]) {
    start(\&bulk);
    ($h2, @s) = park(qw(a b c));
    $gates[1]->open;
    seen(2);
    my %gone = map { $_ => 1 } @$who;
    $h2->reset_stream($s[$_]) for @$who;
    $h2->sync;
    $gates[2]->open;
    is(all($h2, map { $s[$_] } grep { !$gone{$_} } 0 .. 3),
       join(' ', (200) x (4 - @$who)), "@$who reset in flight");
    $h2->close;
    end();
}

# The leader is reset, and its bulk fails: who is left is told, or tried again.
for (['429', '200 200', sub { $_[1]->refuse(429) }],
     ['items', '200 200', sub { answer($_[1], $_[0], sub { 429 }) }],
     ['closed', '503 503', sub { $_[1]->close }],
     ['cut', '503 503', sub { $_[1]->reply(200, '{"items":[', cut => 60) }],
     ['nonsense', '503 503', sub { $_[1]->raw("nonsense\r\n\r\n") }])
{
    my ($fault, $expected, $handler) = @$_;

    start(sub { $_[0]{n} == 2 ? $handler->(@_) : bulk(@_) });
    ($h2, @s) = park(qw(a b c));
    $gates[1]->open;
    seen(2);
    $h2->reset_stream($s[3]);
    $h2->sync;
    $_->open for @gates;
    is(all($h2, @s[1, 2]), $expected, "the leader was reset, $fault");
    $h2->close;
    end();
}

# The same with two nodes: keyed ones go to the other.
start(sub { $_[0]{n} == 2 ? $_[1]->close : bulk(@_) });
$h2 = h2($nginx->port);
my ($first) = posts($h2, 'first');
seen(1);
@s = map { $h2->post('/v1/metrics', point($_), 'idempotency-key' => $_) }
     qw(a b c);
$h2->sync;
$gates[1]->open;
seen(2);
$h2->reset_stream($s[2]);
$h2->sync;
$_->open for @gates;
is(all($h2, $first, @s[0, 1]), '200 200 200', 'keyed, and the leader reset');
$h2->close;
end();

# The leader is reset while the bulk has no connection yet: another one leads.
{
    # with its backlog full, a socket that does not accept leaves out the rest
    my $deaf = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 1);
    my @full = map { IO::Socket::INET->new(PeerAddr => '127.0.0.1',
                                           PeerPort => $deaf->sockport,
                                           Blocking => 0) } 1 .. 4;

    start(\&bulk, ES2 => $deaf->sockport,
          set => 'cricket_connect_timeout 500ms;',
          servers => 'server 127.0.0.1:%%ES2%% max_fails=0;'
                     . 'server 127.0.0.1:%%ES%%;');
    ($h2, @s) = park(qw(a b c));
    $_->open for @gates;
    is(all($h2, $s[0]), '200', 'the first');
    sleep 0.1;
    is(scalar(() = bulks($fake)), 1, 'connecting');
    $h2->reset_stream($s[3]);
    is(all($h2, @s[1, 2]), '200 200', 'the leader reset meanwhile');
    is((bulks($fake))[1], 'a b', 'and not sent');
    $h2->close;
    $_->close for grep { $_ } @full;
    quit($nginx);
    $fake->stop;
}

# The connection ends with all its streams; others share the bulk.
for my $how (qw(close reset)) {
    for my $flight (0, 1) {
        start(\&bulk);
        ($h2, @s) = park(qw(a b c));
        my $other = h2($nginx->port);
        my ($d) = posts($other, 'd');
        $other->sync;
        my ($e) = posts($h2, 'e');
        $h2->sync;

        if ($flight) {
            $gates[1]->open;
            seen(2);
        }

        $h2->$how;
        ping($nginx);
        $_->open for @gates;
        is(all($other, $d), '200', "$how: another connection, $flight");
        is((bulks($fake))[1], $flight ? 'a b c d e' : 'd', 'what was sent');
        $other->close;
        end();
    }
}

# The deadline, with streams parked, in flight, and backing off.
start(\&bulk, set => 'cricket_timeout 500ms;');
($h2, @s) = park(qw(a b c));
$h2->reset_stream($s[2]);
is(all($h2, @s[0, 1, 3]), '503 503 503', 'the deadline');
$h2->close;
end();

start(sub { $_[0]{n} > 1 && $_[0]{n} < 5 ? $_[1]->refuse(429) : bulk(@_) });
($h2, @s) = park(qw(a b c));
$_->open for @gates;
seen(3);
$h2->reset_stream($s[1]);
is(all($h2, @s[2, 3]), '200 200', 'one was reset while backing off');
$h2->close;
end();

# A stream reset and a new one, over and over.
start(\&bulk);
$_->open for @gates;
$h2 = h2($nginx->port);
for my $i (1 .. 100) {
    my @new = posts($h2, "x$i", "y$i");
    $h2->reset_stream($new[$i % 2]);
    $s[$i % 4] = $new[1 - $i % 2];
}
is(all($h2, @s[0 .. 3]), '200 200 200 200', 'resets in quick succession');
$h2->close;
end();

# A reload says goodbye and answers what is parked.
start(\&bulk);
($h2, @s) = park(qw(a b c));
my ($old) = $nginx->workers;
ok(reload($nginx), 'reload');
ok($h2->goaway, 'goodbye');
$_->open for @gates;
is(all($h2, @s), '200 200 200 200', 'all are answered');
ok($h2->closed, 'then closed');
$h2->close;
ok(wait_until(5, sub { !kill 0, $old }), 'the old worker ends');
end();

# The real one.
my $index = fresh_index();
my ($port) = es_url() =~ /:(\d+)/;
$nginx = cricket(es => $port, index => $index, listen => h2_listen(),
                 http => h2_directive());
$h2 = h2($nginx->port);
is(all($h2, posts($h2, map { "r$_" } 1 .. 100)), join(' ', (200) x 100),
   'a hundred streams');
is(count($index), 100, 'each datapoint once');
$h2->close;
quit($nginx);

done_testing();
