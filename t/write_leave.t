# SPDX-License-Identifier: BSD-2-Clause

# Clients that leave while they wait, ride a bulk or lead it, and those that
# stay: each of them is answered, and a connection serves on.

use strict;
use warnings;

use lib 't/lib';

use CricketTest;
use CricketWrites;
use Socket qw(SHUT_WR);
use Test::More;
use Time::HiRes qw(sleep time);

# A fake that lets a bulk pass when a gate with its number opens.
my ($fake, $nginx, @gates);


sub start {
    my ($handler, %option) = @_;

    @gates = map { gate() } 0 .. 4;
    $fake = fake(sub {
        my ($request, $c) = @_;

        $gates[$request->{n}]->pass if $gates[$request->{n}];
        $handler->($request, $c);
    });
    $nginx = cricket(es => $fake->port, %option,
                     set => 'cricket_bulks 1;' . ($option{set} // ''));
    warm($nginx);
}


sub bulk { $_[1]->bulk($_[0]) }


sub seen {
    my ($n) = @_;

    return wait_until(5, sub { $fake->requests >= $n });
}


# One rides alone, the others wait behind it.
sub park {
    my (@names) = @_;

    my $first = post($nginx, 'first');
    seen(1);

    my @clients = map { my $c = post($nginx, $_); ping($nginx); $c } @names;

    return ($first, @clients);
}


sub left { return () = slurp("$nginx->{dir}/access.log") =~ /" 499 /g }


sub end {
    $_->open for @gates;
    is(http($nginx->port, 'POST', '/v1/metrics', point('end'))->{status}, 200,
       'it goes on');
    quit($nginx);
    $fake->stop;
}


my %leave = (
    FIN => sub { $_[0]->close },
    RST => sub { $_[0]->reset },
    half => sub { shutdown $_[0]{socket}, SHUT_WR },
);

# While parked: not sent. Whoever shuts down its half only has left as well.
for my $how (sort keys %leave) {
    start(\&bulk);
    my @c = park(qw(a b c d));
    $leave{$how}->($_) for @c[2, 4];
    ok(wait_until(5, sub { left() == 2 }), "$how: two parked have left");
    $gates[$_]->open for 1, 2;
    is(join(' ', statuses(@c[0, 1, 3])), '200 200 200', "$how: the rest");
    is((bulks($fake))[1], 'a c', "$how: what left is not sent");
    end();

    start(\&bulk);
    @c = park(qw(a b));
    $leave{$how}->($_) for @c[1, 2];
    wait_until(5, sub { left() == 2 });
    $gates[$_]->open for 1, 2;
    is(join(' ', statuses($c[0])), '200', "$how: all parked have left");
    ping($nginx);
    is(scalar(() = bulks($fake)), 1, "$how: nothing is sent for them");
    end();

    # In flight, each of three in turn: one of them leads.
    for my $who ($how eq 'FIN' ? ([1], [2], [1, 2], [1, 3], [2, 3]) : (),
                 [3], [1, 2, 3])
    {
        start(\&bulk);
        @c = park(qw(a b c));
        $gates[1]->open;
        seen(2);
        my %gone = map { $_ => 1 } @$who;
        $leave{$how}->($c[$_]) for @$who;
        sleep 0.05;
        ping($nginx);
        $gates[2]->open;
        is(join(' ', statuses(map { $c[$_] } grep { !$gone{$_} } 0 .. 3)),
           join(' ', (200) x (4 - @$who)), "$how: @$who in flight");
        end();
    }

    # The last leads; then its bulk fails in one way or another.
    for (['429', '200 200', sub { $_[1]->refuse(429) }],
         ['closed', '503 503', sub { $_[1]->close }],
         ['reset', '503 503', sub { $_[1]->reset }],
         ['cut', '503 503', sub { $_[1]->reply(200, '{"items":[', cut => 60) }],
         ['nonsense', '503 503', sub { $_[1]->raw("nonsense\r\n\r\n") }])
    {
        my ($fault, $expected, $handler) = @$_;

        last if $how eq 'half';

        start(sub { $_[0]{n} == 2 ? $handler->(@_) : bulk(@_) });
        @c = park(qw(a b c));
        $gates[1]->open;
        seen(2);
        $leave{$how}->($c[3]);
        sleep 0.05;
        ping($nginx);
        $_->open for @gates;
        is(join(' ', statuses(@c[1, 2])), $expected,
           "$how: the leader left, $fault");
        end();
    }
}

# While backing off.
start(sub { $_[0]{n} > 1 && $_[0]{n} < 6 ? $_[1]->refuse(429) : bulk(@_) });
my @c = park(qw(a b c));
$_->open for @gates;
seen(4);
$c[2]->close;
$c[3]->reset;
is($c[1]->finish->{status}, 200, 'some left while backing off');
end();

# With the deadline over, in flight.
start(\&bulk, set => 'cricket_timeout 500ms;');
@c = park(qw(a b c));
$c[1]->close;
is(join(' ', statuses(@c[0, 2, 3])), '503 503 503', 'some left, deadline');
sleep 0.1;
end();

# Many at once, in every state.
start(\&bulk);
@c = park(map { "m$_" } 1 .. 100);
$c[$_ * 2]->close for 1 .. 50;
$gates[1]->open;
seen(2);
$c[$_ * 4 + 1]->reset for 0 .. 12;
$_->open for @gates;
is((grep { $_ == 200 } statuses(map { $c[$_ * 4 + 3] } 0 .. 24)), 25,
   'many leave at once, the rest are stored');
end();

# Large ones are shared with the bulk that sends them: they must stay.
my $listen = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 5);
my $large = points(map { "large$_" } 1 .. 40_000);
$nginx = cricket(es => $listen->sockport,
                 set => 'cricket_bulks 1; cricket_bulk_size 64m;'
                        . 'location = /status { cricket status; }');
my $first = post($nginx, 'first');
my $up = $listen->accept;
my $stored = sub {
    return '{"items":[' . join(',', ('{"create":{"status":201}}') x $_[0])
           . ']}';
};
my $reply = sub {
    my ($socket, $n) = @_;
    my $body = $stored->($n);
    print $socket "HTTP/1.1 200 OK\r\nContent-Length: " . length($body)
                  . "\r\n\r\n$body";
};

# is the index there?
sysread $up, my $in, 65536;
print $up "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";
sysread $up, $in, 65536;
@c = ();
for ($large, $large, 'small') {
    push @c, post($nginx, $_);

    # a large one is read in slices, between other requests
    my $n = @c + 1;
    wait_until(5, sub {
        http($nginx->port, 'GET', '/status')->{body}
            =~ /^cricket_queued_requests\{.*\} $n$/m;
    });
}
$reply->($up, 1);
is($first->finish->{status}, 200, 'the first');
sleep 0.3;
$c[0]->close;
ping($nginx);

# only now is the rest of the bulk taken
$in = '';
my $end = time + 10;
while (time < $end && ($in =~ tr/\n//) < 2 * 80_001) {
    IO::Select->new($up)->can_read(1) or last;
    sysread $up, $in, 1 << 20, length $in or last;
}
is(() = $in =~ /^\{"name":"large\d+",.*\}$/mg, 80_000, 'all lines are sent');
my %seen;
$seen{$_}++ for $in =~ /"name":"(\w+)"/g;
is((grep { $_ == 2 } values %seen), 40_000, 'unharmed');
$reply->($up, 80_001);
is(join(' ', statuses(@c[1, 2])), '200 200', 'who stayed is answered');

quit($nginx);

# the deadline in the middle of sending
$nginx = cricket(es => $listen->sockport,
                 set => 'cricket_bulks 1; cricket_timeout 1s;');
@c = post($nginx, $large);
$up = $listen->accept;
sysread $up, $in, 65536;
print $up "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";
push @c, map { my $c = post($nginx, $_); ping($nginx); $c } $large, 'small';
my @replies = map { $_->finish } @c;
is(join(' ', map { $_->{status} } @replies), '503 503 503',
   'a deadline while sending');
like(error($replies[0])->{message}, qr/may be stored/, 'of what was begun');
quit($nginx);
close $listen;

# One connection, several requests at once.
start(\&bulk);
$_->open for @gates;
my $c = client($nginx->port);
my $text = join '', map {
    my $body = point("p$_");
    "POST /v1/metrics HTTP/1.1\r\nHost: x\r\nContent-Length: "
    . length($body) . "\r\n\r\n$body"
} 1 .. 10;
$c->send("${text}GET /ping HTTP/1.1\r\nHost: x\r\n\r\n");
is(join(' ', map { my $reply = $c->finish; $reply ? $reply->{status} : 0 }
             1 .. 11), join(' ', (200) x 10, 204), 'pipelined');
is(join(' ', bulks($fake)), join(' ', map { "p$_" } 1 .. 10), 'in order');
ok(!$c->closed(0.1), 'still open');
$c->start('POST', '/v1/metrics', point('again'));
is($c->finish->{status}, 200, 'and in use');
$c->close;
end();

# Gone with requests unanswered and unread.
start(\&bulk);
@c = map { client($nginx->port) } 1 .. 4;
$_->send($text) for @c;
seen(1);
$c[0]->reset;
$c[1]->close;
ping($nginx);
$_->open for @gates;
is(join(' ', map { my $c = $_; (map { $c->finish->{status} } 1 .. 10) }
             @c[2, 3]), join(' ', (200) x 20), 'pipelines beside it');
end();

# A leader's connection outlives failures of its bulk, and may close in between.
my $closed = free_port();
$nginx = cricket(es => $closed);
$c = client($nginx->port);
for (1 .. 3) {
    $c->start('POST', '/v1/metrics', point('x'));
    is(join(' ', statuses($c)), 503, 'no node: told on the same connection');
}
$c->start('GET', '/ping');
is(join(' ', statuses($c)), 204, 'which serves on');
$c->send($text);
is(join(' ', map { my $r = $c->finish; $r ? $r->{status} : 0 } 1 .. 10),
   join(' ', (503) x 10), 'pipelined as well');
post($nginx, 'y', 'Connection' => 'close')->close for 1 .. 20;
post($nginx, 'y')->reset for 1 .. 20;
ping($nginx);
$c->close;
quit($nginx);

# A body in a file, or that never comes.
start(\&bulk, buffer => '1k');
@c = park(points(map { "f$_" } 1 .. 100), points(map { "f$_" } 1 .. 100));
my $half = client($nginx->port);
$half->send("POST /v1/metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 5000\r\n"
            . "\r\n[");
$c[1]->close;
$half->close;
ping($nginx);
$_->open for @gates;
is(join(' ', statuses(@c[0, 2])), '200 200', 'bodies in files');
end();

# The real one has what was acknowledged, and at most what was sent.
my $index = fresh_index();
my ($port) = es_url() =~ /:(\d+)/;
$nginx = cricket(es => $port, index => $index);
my ($ok, $sent) = (0, 0);
for my $round (1 .. 5) {
    @c = map { post($nginx, points("r$_", "s$_")) } 1 .. 60;
    $sent += 2 * @c;
    $_ % 3 ? () : $_ % 2 ? $c[$_]->close : $c[$_]->reset for 0 .. $#c;
    $ok += 2 * grep { $_ == 200 } statuses(map { $c[$_] }
                                           grep { $_ % 3 } 0 .. $#c);
}
is($ok, 400, 'all who stayed are acknowledged');
my $count = count($index);
cmp_ok($count, '>=', $ok, 'and stored');
cmp_ok($count, '<=', $sent, 'once');
quit($nginx);

done_testing();
