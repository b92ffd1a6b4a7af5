# SPDX-License-Identifier: BSD-2-Clause

# A large body is read in slices, and so is the reply to its bulk: the worker
# serves others meanwhile, and the client may leave in the middle.

use strict;
use warnings;

use lib 't/lib';

use Compress::Zlib ();
use CricketH2;
use CricketTest;
use CricketWrites;
use POSIX ();
use Test::More;
use Time::HiRes qw(sleep time);

use constant N => 50_000;

# What a worker may be held up for at a time, in seconds of the processor; a
# sanitizer takes three times as long for what is not sliced. Other machines on
# the same host may take from it unseen: the best of some tries counts.
use constant LONGEST => $ENV{ASAN_OPTIONS} ? 0.030 : 0.010;

my $dir = CricketTest::folder('turns');
my $control = "$dir/control";
my $library = "$dir/turns.so";

is(system($ENV{CC} // 'cc', '-shared', '-fPIC', '-O1', '-o', $library,
          't/lib/turns.c', '-ldl'), 0, 'the library that counts turns');

my $refusal = '{"create":{"status":400,"error":{"type":'
              . '"mapper_parsing_exception","reason":"' . 'no ' x 40 . '"}}}';
my $busy = '{"create":{"status":429,"error":{"type":'
           . '"es_rejected_execution_exception","reason":"' . 'no ' x 40
           . '"}}}';
my $fake = fake(sub {
    my ($request, $c) = @_;

    my $body = \$request->{body};
    my $item = '{"create":{"status":201}}';
    my $n = ($$body =~ tr/\n//) / 2;
    my ($name) = $$body =~ /"name":"([a-z]+)/;

    tally('writes') for 1 .. $n / N;
    $item = $refusal if $name eq 'refused';
    $item = $busy if $name eq 'later' && tally('later') % 2;
    $c->reply(200, '{"errors":false,"items":[' . join(',', ($item) x $n)
                   . ']}');
});

my $nginx;


# Counts anew.
sub counted {
    open my $fh, '+>>', $control or die "$control: $!";
    close $fh;
    open $fh, '+<', $control or die "$control: $!";
    syswrite $fh, pack 'QQ', 0, 0;
    close $fh;
}

sub longest { return (unpack 'QQ', slurp($control))[0] / 1e9 }

sub turns { return (unpack 'QQ', slurp($control))[1] }


sub start {
    my (%option) = @_;

    counted();

    local $ENV{LD_PRELOAD} = $library;
    local $ENV{TURNS} = $control;
    local $ENV{ASAN_OPTIONS} = join ':', $ENV{ASAN_OPTIONS} // (),
                               'verify_asan_link_order=0';

    $nginx = cricket(es => $fake->port, buffer => '32m', %option,
                     set => 'cricket_bulk_size 64m; cricket_queue 512m;'
                            . 'cricket_max_datapoints 1000000;'
                            . 'location = /health { cricket health; }'
                            . 'location = /status { cricket status; }');
    warm($nginx) if !$option{listen};
}


sub tags { return qq({"host":"web$_[0]","rack":"r1","service":"checkout",)
                  . qq("path":"/v1/orders/items","version":"2017.01.3"}) }


sub body {
    my ($name, %field) = @_;

    return points(map { point($name . $_ % 100, tags => tags($_), %field) }
                      1 .. N);
}


# Sends from a process of its own, so that the kernel's buffers hold up nobody
# here; the child ends with the status' first digit, or 0.
sub posts {
    my ($n, $body, @headers) = @_;

    return map {
        my $c = client($nginx->port);
        my $pid = fork() // die "fork: $!";

        if ($pid == 0) {
            $c->start('POST', '/v1/metrics', $body, @headers);
            my $reply = $c->finish(30);
            POSIX::_exit($reply ? substr $reply->{status}, 0, 1 : 0);
        }

        $c->close;
        $pid;
    } 1 .. $n;
}


# Asks for /health until all have ended: their statuses, how often it was
# answered, and how slowly at worst.
sub beside {
    my @pids = @_;

    my $c = client($nginx->port);
    my ($asked, $slowest, @statuses) = (0, 0);

    while (@pids) {
        my $start = time;

        $c->start('GET', '/health');
        my $reply = $c->finish(20);
        last if !$reply || $reply->{status} != 200;
        my $seconds = time - $start;
        $slowest = $seconds if $seconds > $slowest;
        $asked++;

        # a connection is good for 1,000
        sleep 0.001;

        @pids = grep {
            my $ended = waitpid($_, POSIX::WNOHANG()) == $_;
            push @statuses, $? >> 8 if $ended;
            !$ended;
        } @pids;
    }

    $c->close;

    return (join(' ', @statuses), $asked, $slowest);
}


sub sliced {
    my ($what, $statuses, @request) = @_;

    my $n = () = $statuses =~ /\d/g;
    my ($best, $bad) = (1, '');

    for (1 .. 5) {
        counted();
        my ($got, $asked, $slowest) = beside(posts($n, @request));

        note(sprintf '%s: longest turn %.1f ms of %d, slowest /health %.1f ms',
                     $what, longest() * 1000, turns(), $slowest * 1000);
        $bad = $got if $got ne $statuses;
        $best = longest() if longest() < $best;
        last if $best < LONGEST;
    }

    is($bad, '', "$what: answered");
    cmp_ok($best, '<', LONGEST, "$what: the longest turn");
}


sub gauge {
    my ($name) = @_;

    my ($value) = http($nginx->port, 'GET', '/status')->{body}
                  =~ /^\Q$name\E\{.*\} (\d+)$/m;

    return $value;
}


my $plain = body('plain');
my $lines = join "\n", map { point("line$_", tags => tags($_)) } 1 .. N;
my $gzip = 'Content-Encoding';

start();

sliced('plain', '2', $plain);
sliced('keyed', '2', $plain, 'Idempotency-Key' => 'k');
sliced('gzip', '2', Compress::Zlib::memGzip($plain), $gzip => 'gzip');
sliced('NDJSON', '2', $lines, 'Content-Type' => 'application/x-ndjson');
sliced('all invalid', '4', body('invalid', more => 1));
sliced('all refused', '4', body('refused'));
sliced('all again', '2', body('later'));
sliced('eight at once', '2 2 2 2 2 2 2 2', $plain);

# What one asks for that the others cannot hide.
my $reply = post($nginx, $plain)->finish(20);
is($reply->{body}, '{"stored":' . N . "}\n", 'all are stored');

for my $bad (['last is invalid', ',{"name":1}]', qr/datapoint 50000: /],
             ['end is missing', '', qr/at byte \d{7}: ends inside/])
{
    my ($what, $end, $message) = @$bad;
    (my $body = $plain) =~ s/\]$/$end/;
    $body =~ s/^\[[^{]*\{.*?\}\},/[/;
    $message = qr/datapoint 49999: / if $end;
    my $before = tallied('writes');
    $reply = post($nginx, $body)->finish(20);
    is($reply->{status}, 400, "the $what");
    like(error($reply)->{message}, $message, 'and where');
    is(tallied('writes'), $before, 'nothing is sent');
}

# A small one does not wait for eight large ones.
my $best = 1;

for (1 .. 5) {
    my @pids = posts(8, $plain);
    wait_until(10, sub { gauge('cricket_queued_requests') });

    my $start = time;
    is(post($nginx, 'small')->finish(20)->{status}, 200,
       'a small one beside them');
    my $small = time - $start;
    my ($statuses) = beside(@pids);
    my $large = time - $start;

    is($statuses, join(' ', (2) x 8), 'and they are answered');
    note(sprintf 'it took %.0f ms, they %.0f ms', $small * 1000,
                 $large * 1000);
    $best = $small / $large if $small / $large < $best;
    last if $best < 0.2;
}

cmp_ok($best, '<', 0.2, 'it does not wait for them');

# Small to send, and long to read: a client leaves, and nothing is stored.
my $long = Compress::Zlib::compress(points((point('long')) x N), 9);

cmp_ok(length $long, '<', 16384, 'a body that is small to send');


# Starts so many of them; they are being read then.
sub begin {
    my ($n) = @_;

    counted();

    my @c = map { client($nginx->port) } 1 .. $n;
    $_->start('POST', '/v1/metrics', $long, $gzip => 'deflate') for @c;
    begun();

    return @c;
}


# So many turns later all were accepted, one a turn, and most are not read yet.
sub begun {
    my $end = time + 5;

    sleep 0.0005 while turns() < 40 && time < $end;
}


sub left { return () = slurp("$nginx->{dir}/access.log") =~ /" 499 /g }


my %leave = (FIN => sub { $_[0]->close }, RST => sub { $_[0]->reset });

# The first may be through, and a bulk be on its way; the last cannot.
for my $how (sort keys %leave) {
    my ($left, $writes) = (scalar(left()), tallied('writes'));

    $leave{$how}->($_) for begin(16);
    ok(wait_until(5, sub { left() > $left }), "$how: they left");
    sleep 0.5;
    cmp_ok(tallied('writes'), '<', $writes + 16, "$how: not all are stored");
}

is(gauge('cricket_queued_requests'), 0, 'nothing is left in the queue');

# It ends only when all were answered; some were still to be sent, unless this
# machine was busy with something else between the two.
for my $try (1 .. 5) {
    start() if $try > 1;

    my @c = begin(16);
    my $writes = tallied('writes');

    $nginx->signal('QUIT');
    is(join(' ', statuses(@c)), join(' ', (200) x 16),
       'quit: all are answered');
    $_->close for @c;
    ok($nginx->wait(5), 'and it ends');
    $nginx->stop;

    if (tallied('writes') > $writes || $try == 5) {
        cmp_ok(tallied('writes'), '>', $writes, 'after it had sent them');
        last;
    }
}

# One alone, with nothing else that would keep the worker.
start();
counted();
my $alone = client($nginx->port);
$alone->start('POST', '/v1/metrics', Compress::Zlib::compress(
    points((point('alone')) x (8 * N)), 9), $gzip => 'deflate');
sleep 0.0005 while turns() < 10;
$nginx->signal('QUIT');
is(join(' ', statuses($alone)), 200, 'quit: one alone is answered');
$alone->close;
ok($nginx->wait(5), 'and it ends');
$nginx->stop;

# And if that takes too long, it ends without.
start(_main => 'worker_shutdown_timeout 20ms;');
my @c = begin(8);
quit($nginx);

# Streams.
start(listen => h2_listen(), http => h2_directive());
my $h2 = h2($nginx->port);
my $writes = tallied('writes');
counted();
my @streams = map {
    $h2->post('/v1/metrics', $long, 'content-encoding' => 'deflate')
} 1 .. 16;
begun();
$h2->reset_stream($_) for @streams[0 .. 14];
is($h2->status($streams[15], 20), 200, 'streams: who stayed is answered');
cmp_ok(tallied('writes'), '<', $writes + 16, 'and not all the others');
$h2->close;
quit($nginx);

# In files, and copied out of them.
start(buffer => '1k');
sliced('in a file', '2', $plain);
sliced('in a file, gzip', '2', Compress::Zlib::memGzip($plain),
       $gzip => 'gzip');
@c = map { post($nginx, $plain) } 1 .. 2;
$_->reset for @c;
ping($nginx);
quit($nginx);

$fake->stop;

done_testing();
