# SPDX-License-Identifier: BSD-2-Clause

# Nodes that are held up: bulks that wait for them do not stop the others, of
# which there are no more for it than are promised.

use strict;
use warnings;

use lib 't/lib';

use CricketTest;
use CricketWrites;
use Test::More;
use Time::HiRes qw(sleep time);

my $status = <<'END';
    server {
        listen 127.0.0.1:%%PORT2%%;
        location = /metrics { cricket status; }
    }
END

my ($fake, $nginx, @c);


# Bulks of what is named so get no answer.
sub stuck {
    return fake(sub {
        my ($request, $c) = @_;
        return $c->hang if $request->{body} =~ /"name":"stuck/;
        $c->bulk($request);
    });
}


# What is held up must have left before anything else comes.
sub hold {
    my (@names) = @_;

    for my $name (@names) {
        push @c, post($nginx, $name);
        ping($nginx);
    }

    return wait_until(5, sub { seen($names[-1]) });
}


sub seen { return scalar(grep { /\b$_[0]\b/ } bulks($fake)) }


# How long a POST takes to be stored, in seconds.
sub stored {
    my ($name) = @_;

    my $start = time;
    my $reply = post($nginx, $name)->finish;

    is($reply && $reply->{status}, 200, "$name: stored");

    return time - $start;
}


sub flying {
    my ($n) = http($nginx->port(2), 'GET', '/metrics')->{body}
              =~ /^cricket_bulks_in_flight\{.*\} (\d+)$/m;

    return $n;
}


# A node that took all bulks there may be, and is mute: another one goes after
# a second, and the next ones at once, for it came back.
for my $bulks (1, 3) {
    my @stuck = map { "stuck$_" } 1 .. $bulks;

    $fake = stuck();
    $nginx = cricket(es => $fake->port, keepalive => 16,
                     set => "cricket_bulks $bulks; cricket_timeout 8s;");
    ok(warm($nginx), 'warm');
    @c = ();
    ok(hold(@stuck), "$bulks: all that may be are held up");

    my $took = stored('first');
    cmp_ok($took, '>', 0.5, "$bulks: waits for them");
    cmp_ok($took, '<', 3, "$bulks: a second");
    cmp_ok(stored("next$_"), '<', 0.5, "$bulks: no more") for 1 .. 5;

    is(join(' ', statuses(@c)), join(' ', (503) x $bulks),
       "$bulks: what it took is told by its deadline");
    quit($nginx);
    $fake->stop;
}

# One more each second, and twice as many in all.
$fake = stuck();
$nginx = cricket(es => $fake->port, set => 'cricket_bulks 2;'
                                           . 'cricket_timeout 9s;');
ok(warm($nginx), 'warm');
@c = ();
ok(hold('stuck1', 'stuck2'), 'two are held up');

for my $n (3, 4) {
    my $start = time;
    ok(hold("stuck$n"), "stuck$n goes, too");
    cmp_ok(time - $start, '>', 0.5, 'not at once');
}

my $late = post($nginx, 'late');
sleep 2.5;
is(seen('late'), 0, 'none beyond twice as many');
is(join(' ', statuses(@c)), '503 503 503 503', 'until their time is over');
is($late->finish->{status}, 200, 'then it goes');
quit($nginx);
$fake->stop;

# What is not held up is no reason: as many as ever, however long they go on.
$fake = fake(sub { sleep 0.3; $_[1]->bulk($_[0]) });
$nginx = cricket(es => $fake->port, http => $status, set => 'cricket_bulks 2;');
ok(warm($nginx), 'warm');
my @flying = (0) x 6;

for (1 .. 40) {
    push @c, post($nginx, "slow$_");
    sleep 0.05;
    $flying[flying()]++;
}

is($flying[3] + $flying[4] + $flying[5], 0, 'slow is not held up');
cmp_ok($flying[2], '>', 0, 'two in flight');
statuses(@c);
quit($nginx);
$fake->stop;

# A host that is switched off: what waits for a connection to it holds nobody
# up that finds another.
$fake = fake(sub { $_[1]->bulk($_[0]) });
$nginx = cricket(servers => 'least_conn;'
                            . 'server 127.0.0.1:%%ES%% max_fails=0;'
                            . 'server 127.0.0.1:%%ES2%% max_fails=0;',
                 es => deaf(), ES2 => $fake->port,
                 set => 'cricket_bulks 1; cricket_connect_timeout 4s;');
@c = ();

# they have their turns
my $off = wait_until(5, sub {
    push @c, post($nginx, 'off');
    sleep 0.3;
    return !$c[-1]->finish(0.1);
});
ok($off, 'one waits for it');
cmp_ok(stored("other$_"), '<', 0.3, 'who comes then does not') for 1 .. 5;
is($c[-1]->finish->{status}, 200, 'who waits finds another node, in the end');
quit($nginx);

# Of those, too, there are at most as many again.
$nginx = cricket(es => deaf(), http => $status,
                 set => 'cricket_bulks 2; cricket_connect_timeout 4s;'
                        . 'cricket_timeout 3s;');
@c = ();
@flying = (0) x 6;

for (1 .. 12) {
    push @c, post($nginx, "off$_");
    sleep 0.15;
    $flying[flying()]++;
}

cmp_ok($flying[4], '>', 0, 'four wait for a connection');
is($flying[5], 0, 'and no more');
is((grep { $_ == 503 } statuses(@c)), 12, 'told');
quit($nginx);
$fake->stop;

done_testing();
