# SPDX-License-Identifier: BSD-2-Clause

# A reload or a quit answers all that waits, then the old worker goes.

use strict;
use warnings;

use lib 't/lib';

use CricketH2;
use CricketTest;
use CricketWrites;
use Test::More;
use Time::HiRes qw(sleep time);

my ($fake, $nginx, $gate);


sub start {
    my (%option) = @_;

    $gate = gate();
    $fake = fake(sub { $gate->pass; $_[1]->bulk($_[0]) });
    $nginx = cricket(es => $fake->port, %option,
                     set => 'cricket_bulks 2;' . ($option{set} // ''));
    warm($nginx);
}


# Two ride, each alone, three wait; and one connection has nothing to say.
sub park {
    my @c = map { my $c = post($nginx, $_); ping($nginx); $c } 'a' .. 'e';

    wait_until(5, sub { $fake->requests >= 2 });

    my $idle = client($nginx->port);
    $idle->start('GET', '/ping');
    $idle->finish;

    return (@c, $idle);
}


# Answers of an nginx that leaves announce it; the client closes first.
sub finish {
    return join ' ', map {
        my $reply = $_->finish;
        $_->close;
        $reply ? $reply->{status} : 0
    } @_;
}


sub alive { return scalar grep { kill 0, $_ } @_ }

# A reload.
start();
my ($worker) = $nginx->workers;
my (@c, $idle);
(@c[0 .. 4], $idle) = park();
ok(reload($nginx), 'reload');
is(alive($worker), 1, 'the old worker stays while there is something to do');
my $new = post($nginx, 'new');
wait_until(5, sub { $fake->requests >= 3 });
ok($idle->closed(5 + CricketWrites::grace()), 'idle connections are closed');
$gate->open;
is(finish(@c), '200 200 200 200 200', 'all are answered');
is($new->finish->{status}, 200, 'by the new one as well');
ok(wait_until(2, sub { !alive($worker) }), 'then the old worker goes at once');
is_deeply([sort(bulks($fake))], ['a', 'b', 'c d e', 'new'], 'what was sent');
quit($nginx);
$fake->stop;

# Twice in a row.
start();
(@c[0 .. 4], $idle) = park();
my @old = $nginx->workers;
reload($nginx);
$new = post($nginx, 'new');
wait_until(5, sub { $fake->requests >= 3 });
push @old, grep { $_ != $old[0] } $nginx->workers;
reload($nginx);
is(alive(@old), 2, 'two old workers');
ok($idle->closed(5 + CricketWrites::grace()), 'idle connections are closed');
$gate->open;
is(finish(@c, $new), '200 200 200 200 200 200', 'all are answered');
ok(wait_until(2, sub { !alive(@old) }), 'both go');
quit($nginx);
$fake->stop;

# A quit.
start();
@c = park();
pop @c;
$nginx->signal('QUIT');
sleep 0.3;
ok(!$nginx->gone, 'a quit waits');
$gate->open;
is(finish(@c), '200 200 200 200 200', 'all are answered');
quit($nginx, 2);
$fake->stop;

# Some leave meanwhile, and the rest; or all.
for my $leave ([0, 2], [1, 3, 4], [0 .. 4]) {
    start();
    @c = park();
    pop @c;
    $nginx->signal('QUIT');
    my %gone = map { $_ => 1 } @$leave;
    $c[$_]->reset for @$leave;
    sleep 0.1;
    $gate->open;
    is(finish(map { $c[$_] } grep { !$gone{$_} } 0 .. 4),
       join(' ', (200) x (5 - @$leave)), "@$leave leave during a quit");
    quit($nginx, 2);
    $fake->stop;
}

# Elasticsearch does not answer: all are told by the deadline, and no longer
# timer delays the end.
start(set => 'cricket_timeout 700ms; cricket_read_timeout 30s;');
@c = park();
pop @c;
$nginx->signal('QUIT');
is(finish(@c), '503 503 503 503 503', 'a quit and no answer');
quit($nginx, 2);
$fake->stop;

# A read timeout comes first.
start(set => 'cricket_timeout 30s; cricket_read_timeout 500ms;');
@c = park();
pop @c;
$nginx->signal('QUIT');
is((() = finish(@c[0, 1]) =~ /503/g), 2, 'a quit and a read timeout');
$gate->open;
like(finish(@c[2 .. 4]), qr/^(200|503) \1 \1$/, 'those behind it');
quit($nginx, 2);
$fake->stop;

# While one backs off.
$fake = fake(sub { tally('backoff') < 5 ? $_[1]->refuse(429)
                                        : $_[1]->bulk($_[0]) });
$nginx = cricket(es => $fake->port);
@c = post($nginx, 'x');
wait_until(5, sub { $fake->requests >= 3 });
$nginx->signal('QUIT');
is(finish(@c), '200', 'a quit while one backs off');
quit($nginx, 2);
$fake->stop;

# worker_shutdown_timeout: nobody is waited for.
for my $h2 (0, 1) {
    start(_main => 'worker_shutdown_timeout 500ms;',
          set => 'cricket_timeout 3s;',
          $h2 ? (listen => h2_listen(), http => h2_directive()) : ());

    if ($h2) {
        my $c = h2($nginx->port);
        $c->post('/v1/metrics', point($_)) for 'a' .. 'e';
        wait_until(5, sub { $fake->requests >= 1 });
        @c = ($c);

    } else {
        @c = park();
    }

    ($worker) = $nginx->workers;
    $nginx->signal('QUIT');

    # with HTTP/2 nginx gives up the connection, but not the leaders' bulks
    ok($nginx->wait($h2 ? 4 : 2), "worker_shutdown_timeout, h2: $h2");
    ok($c[0]->closed, 'the client is left without an answer');
    quit($nginx);
    $fake->stop;
}

# A worker that is killed, another takes over; keyed requests sent again.
my $index = fresh_index();
my ($port) = es_url() =~ /:(\d+)/;
$fake = fake(sub {
    my ($request, $c) = @_;
    my $reply = http($port, 'POST', $request->{uri}, $request->{body},
                     'Content-Type' => 'application/x-ndjson');
    return $c->hang if $request->{n} <= 2;
    $c->reply($reply->{status}, $reply->{body});
});
$nginx = cricket(es => $fake->port, index => $index, set => 'cricket_bulks 2;');
warm($nginx);
$nginx->allow(qr/exited on signal 9/);
($worker) = $nginx->workers;
@c = map { my $c = post($nginx, points("k$_", "l$_"),
                        'Idempotency-Key' => "key$_"); ping($nginx); $c }
     1 .. 5;
wait_until(5, sub { $fake->requests >= 2 && count($index) == 4 });
kill 'KILL', $worker;
is((grep { !$_->finish(5) } @c), 5, 'a worker is killed');
ok(wait_until(5, sub { my ($w) = $nginx->workers; $w && $w != $worker }),
   'another takes its place');
is(count($index), 4, 'some was stored');
@c = map { post($nginx, points("k$_", "l$_"), 'Idempotency-Key' => "key$_") }
     1 .. 5;
is(finish(@c), '200 200 200 200 200', 'all are sent again');
is(count($index), 10, 'and stored once');
quit($nginx);
$fake->stop;

# Reloads under load lose nothing and store nothing twice.
$index = fresh_index();
$nginx = cricket(es => $port, index => $index);
my ($sent, $stored) = (0, 0);
@old = $nginx->workers;
for my $round (1 .. 4) {
    @c = map { post($nginx, points("a$_", "b$_")) } 1 .. 50;
    $nginx->signal('HUP') if $round < 4;
    push @c, map { post($nginx, points("c$_", "d$_")) } 1 .. 50;
    $sent += 100;
    $stored += () = finish(@c) =~ /200/g;
}
is($stored, $sent, 'all are stored, whatever worker took them');
is(count($index), 2 * $stored, 'once');
ok(wait_until(5, sub { !alive(@old) }), 'the old worker is gone');
quit($nginx);

done_testing();
