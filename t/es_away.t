# SPDX-License-Identifier: BSD-2-Clause

# No node of Elasticsearch can be reached: what waits for one, and how long.

use strict;
use warnings;

use lib 't/lib';

use CricketTest;
use CricketWrites;
use IO::Socket::INET;
use POSIX ();
use Test::More;
use Time::HiRes qw(sleep time);

my $good = sub { $_[1]->bulk($_[0]) };
my ($fake, $nginx, $start, @c);


# Since $start, in seconds.
sub took { return time - $start }


# How often nginx found no node.
sub tries { return scalar(() = $nginx->log =~ /\[error\].*(?:Connection refused|no live upstreams)/g) }


sub told {
    my ($reply, $what) = @_;

    is($reply && $reply->{status}, 503, "$what: told");
    ok($reply->{headers}{'retry-after'}, "$what: Retry-After");
    is(error($reply)->{message}, 'Elasticsearch is away', "$what: why");
}


# Nobody there: the first to notice waits a little, nobody after it.
my $port = free_port();
$nginx = cricket(es => $port);
$start = time;
told(post($nginx, 'first')->finish, 'away');
cmp_ok(took(), '>', 1.5, 'after a while');
cmp_ok(took(), '<', 4, 'not a long one');
cmp_ok(tries(), '>', 3, 'and some tries');
cmp_ok(tries(), '<', 12, 'with pauses between');

for (['second'], ['third', 'Idempotency-Key' => 'k']) {
    $start = time;
    told(post($nginx, @$_)->finish, $_->[0]);
    cmp_ok(took(), '<', 1.5, 'at once, or after one more try');
}

# Many at once.
my $before = tries();
$start = time;
@c = map { post($nginx, "many$_") } 1 .. 300;
is((grep { $_ == 503 } statuses(@c)), 300, 'many: told');
cmp_ok(took(), '<', 4, 'soon');
cmp_ok(tries() - $before, '<', 30, 'and few tries for all of them');

# It is noticed when it is back.
$fake = fake($good, $port);
ok(wait_until(3, sub { post($nginx, 'back')->finish->{status} == 200 }),
   'it is back');
is(post($nginx, 'more')->finish->{status}, 200, 'and all is well');
quit($nginx);
$fake->stop;

# Away for a moment only: nobody is told, and each is sent once.
$port = free_port();
$nginx = cricket(es => $port, set => 'cricket_queue 1m 5;');
@c = map { post($nginx, "moment$_") } 1 .. 4;
ping($nginx);
wait_until(5, sub { tries() > 2 });
my $gone = post($nginx, 'gone');
ping($nginx);
$start = time;
like(error(post($nginx, 'full')->finish)->{message}, qr/waits/,
     'what waits has its place in the queue');
cmp_ok(took(), '<', 0.5, 'told at once');
$gone->close;
ping($nginx);
$fake = fake($good, $port);
is(join(' ', statuses(@c)), '200 200 200 200', 'away for a moment');
is(join(' ', sort map { split } bulks($fake)),
   'moment1 moment2 moment3 moment4', 'each is stored once');
quit($nginx);
$fake->stop;

# A worker that is to quit waits with them.
$port = free_port();
$nginx = cricket(es => $port);
my $c = post($nginx, 'quit');
wait_until(5, sub { tries() > 2 });
$nginx->signal('QUIT');
sleep 0.3;
$fake = fake($good, $port);
is(($c->finish // { status => 0 })->{status}, 200, 'quit while it is away');
$nginx->wait(5);
$nginx->stop;
$fake->stop;

# A deadline that is nearer.
$nginx = cricket(es => free_port(), set => 'cricket_timeout 600ms;');
$start = time;
told(post($nginx, 'deadline')->finish, 'deadline');
cmp_ok(took(), '<', 1, 'told by then');
quit($nginx);

# Nodes that nginx takes for failed, none being there: two of each, as many
# batches at once find them so.
my @nobody = (free_port(), free_port());
my $two = 'server 127.0.0.1:%%ES%%; server 127.0.0.1:%%ES2%%;';
$nginx = cricket(servers => $two, es => $nobody[0], ES2 => $nobody[1],
                 set => 'cricket_bulk_size 1k;');
$start = time;
@c = map { post($nginx, points(map { "none$_" } 1 .. 9)) } 1 .. 20;
is((grep { $_ == 503 } statuses(@c)), 20, 'no node of two: told');
cmp_ok(took(), '<', 4, 'soon');
quit($nginx);

$nginx = cricket(servers => 'server 127.0.0.1:%%ES%% down;', es => $nobody[0]);
$start = time;
told(post($nginx, 'down')->finish, 'down');
cmp_ok(took(), '<', 4, 'down: soon');
quit($nginx);

# Fewer connections than bulks: they take turns.
$fake = fake(sub { sleep 0.05; $_[1]->bulk($_[0]) });
$nginx = cricket(servers => 'server 127.0.0.1:%%ES%% max_conns=1;',
                 es => $fake->port, set => 'cricket_bulk_size 1k;');
@c = map { post($nginx, points(map { "turn$_" } 1 .. 9)) } 1 .. 40;
is((grep { $_ == 200 } statuses(@c)), 40, 'max_conns: all are stored');
is(scalar(map { split } bulks($fake)), 360, 'once');
quit($nginx);
$fake->stop;

# Nor is it away when the first of them takes its time.
$fake = fake(sub { sleep 3 if tally('first') == 1; $_[1]->bulk($_[0]) });
$nginx = cricket(servers => 'server 127.0.0.1:%%ES%% max_conns=1;',
                 es => $fake->port);
@c = map { my $c = post($nginx, "first$_"); ping($nginx); $c } 1 .. 9;
is((grep { $_ == 200 } statuses(@c)), 9, 'max_conns: slow at first');
quit($nginx);
$fake->stop;

# A bulk that waits for a connection in vain while another node takes others.
$fake = fake($good);
$nginx = cricket(servers => 'server 127.0.0.1:%%ES%% max_fails=0;'
                            . 'server 127.0.0.1:%%ES2%% max_fails=0;',
                 es => deaf(), ES2 => $fake->port,
                 set => 'cricket_bulks 100; cricket_next_upstream_tries 1;'
                        . 'cricket_connect_timeout 2200ms;');
$c = post($nginx, 'deaf');
@c = ();
my $reply;
until ($reply || @c == 200) {
    push @c, post($nginx, 'hears' . @c);
    $reply = $c->finish(0.1);
}
is($reply && $reply->{status}, 200, 'one node hears nothing: stored');
like($nginx->log, qr/timed out.*while connecting/, 'if not at once');
$_->close for @c;
quit($nginx);
$fake->stop;

# Nodes that are there, and taken for failed as they were slow once: what was
# sent and has no key is told, all else waits until nginx asks them again.
my @slow = map {
    fake(sub {
        my ($request, $c) = @_;
        return $c->hang if tally('slow') <= 2;
        $c->bulk($request);
    })
} 1, 2;
$nginx = cricket(servers => 'server 127.0.0.1:%%ES%% fail_timeout=3s;'
                            . 'server 127.0.0.1:%%ES2%% fail_timeout=3s;',
                 es => $slow[0]->port, ES2 => $slow[1]->port,
                 set => 'cricket_read_timeout 300ms;');
@c = post($nginx, 'keyed', 'Idempotency-Key' => 'k');
ok(wait_until(5, sub { $nginx->log =~ /no live upstreams/ }), 'none is live');
push @c, map { my $c = post($nginx, "waits$_"); ping($nginx); $c } 1 .. 20;
$start = time;
is((grep { $_ == 200 } statuses(@c)), 21, 'slow nodes: all are stored');
cmp_ok(took(), '>', 2, 'when they are asked again');
cmp_ok(tries(), '<', 12, 'and few tries until then');
is((() = join(' ', bulks($slow[0]), bulks($slow[1])) =~ /waits/g), 20, 'once');
quit($nginx);
$_->stop for @slow;

# A node that speaks before it is asked was sent nothing then, whether the next
# is nobody or one that is well: since nginx 1.29.5 the core takes it for a
# failed try. Many connections at once, so that it is faster than nginx with
# some of them.
my $well = fake(sub { $_[1]->bulk($_[0]) });

for my $next (['nobody', free_port()], ['a good one', $well->port]) {
    my ($what, $port) = @$next;
    my $greeter = IO::Socket::INET->new(LocalAddr => '127.0.0.1',
                                        Listen => 200,
                                        LocalPort => free_port());
    my $pid = fork() // die "fork: $!";

    if ($pid == 0) {
        my @greeted;

        # the first is served as it should be
        my $c = $greeter->accept;
        for my $reply ('{}', '{"items":[{"create":{"status":201}}]}') {
            $c->sysread(my $in, 65536);
            $c->syswrite("HTTP/1.1 200 OK\r\nContent-Length: "
                         . length($reply) . "\r\n\r\n$reply");
        }
        $c->close;

        while (my $c = $greeter->accept) {
            $c->syswrite("SSH-2.0-none\r\n");
            push @greeted, $c;
        }
        POSIX::_exit(0);
    }

    $nginx = cricket(servers => 'server 127.0.0.1:%%ES%% max_fails=0;'
                                . 'server 127.0.0.1:%%ES2%% max_fails=0;',
                     es => $greeter->sockport, ES2 => $port,
                     set => 'cricket_bulks 100; cricket_bulk_size 1;'
                            . 'cricket_next_upstream error invalid_header;');
    ok(warm($nginx), "$what: served once");
    my ($worker) = $nginx->workers;
    my ($unknown, $asked, $unasked) = (0, 0, 0);

    # on a busy machine it may be that nginx is always faster
    for (1 .. 5) {
        kill 'STOP', $worker;
        @c = map { post($nginx, "greeted$_") } 1 .. 90;
        sleep 0.2;
        kill 'CONT', $worker;

        my @replies = map { $_->finish } @c;
        $unknown += grep { $_->{body} =~ /may be stored/ } @replies;
        # the connection of the first may have been kept, and be closed by now
        $asked = () = $nginx->log =~ /sent\ no\ valid\ HTTP|prematurely\ closed
                                      |(?:recv|send|writev)\(\)\ failed/gx;
        $unasked = () = $nginx->log =~ /sent a reply before the request/g;
        last if $unasked > 0;
    }

    cmp_ok($unknown, '<=', $asked, "$what: unasked, not taken for sent");
    cmp_ok($unasked, '>', 0, "$what: there were such");
    kill 'KILL', $pid;
    waitpid $pid, 0;
    quit($nginx);
}

$well->stop;

done_testing();
