# SPDX-License-Identifier: BSD-2-Clause

# Hosts that are there in the configuration only: one that is switched off, so
# that a connection to it is not answered, and one that accepts and is mute.
# Or one whose answers are slow. Writes and reads go on by the others, at more
# than half of the rate of a whole cluster, as docs/directives.md configures it,
# and with max_fails as nginx has it.

use strict;
use warnings;

use lib 't/lib';

use CricketCluster;
use CricketFault;
use CricketTest;
use CricketWrites;
use JSON::PP;
use List::Util qw(max sum0);
use POSIX ();
use Test::More;
use Time::HiRes qw(time);

my @held;


# It takes connections and what they say, and never says a word.
sub mute {
    my $fake = fake(sub { $_[1]->hang }, undef, probes => 1);

    push @held, $fake;

    return $fake->port;
}


my $cluster = cluster(2);
my @set = (set => 'cricket_connect_timeout 1s; cricket_read_timeout 3s;');
my @fast = (load => ['--rate', 100000, '--clients', 64]);


sub rate {
    my ($name, $ports, %option) = @_;

    my $fails = delete $option{fails} // 'max_fails=0';
    my $servers = join ' ', map { "server 127.0.0.1:$_ $fails;" } @$ports;
    my $seconds = delete $option{seconds} // 10;
    my $figures = fault($name, cluster => $cluster, @set, @fast,
                        servers => "least_conn; $servers", %option,
                        sub { pause($seconds) });

    return $figures->{acknowledged};
}


# Passes on to a node, a second late.
sub slow {
    my ($to) = @_;

    my $fake = fake(sub {
        my ($request, $c) = @_;
        my $reply = http($to, $request->{method}, $request->{uri},
                         $request->{body},
                         map { $_ => $request->{headers}{$_} }
                         grep { $request->{headers}{$_} } 'content-type');
        $c->sleep(1);
        $c->reply($reply->{status}, $reply->{body});
    }, undef, probes => 1);

    push @held, $fake;

    return $fake->port;
}


# What readers beside each other are answered in some seconds: how many, how
# many of these not by 200, and the longest that one took.
sub readers {
    my ($port) = @_;

    my @readers = map {
        my $pid = open(my $pipe, '-|') // die "fork: $!";

        if (!$pid) {
            my ($n, $bad, $slowest) = (0, 0, 0);
            my $end = time + 8;

            while ((my $start = time) < $end) {
                my $reply = http($port, 'GET', '/v1/metrics?name=r');
                $n++;
                $bad++ if !$reply || $reply->{status} != 200;
                $slowest = max($slowest, time - $start);
            }

            syswrite STDOUT, encode_json([$n, $bad, $slowest]);
            POSIX::_exit(0);
        }

        $pipe;
    } 1 .. 12;

    my @figures = map { decode_json(join '', <$_>) } @readers;

    return (sum0(map { $_->[0] } @figures), sum0(map { $_->[1] } @figures),
            max(map { $_->[2] } @figures));
}


sub reads {
    my ($name, $port) = @_;

    my $index = $cluster->index(1);
    my @rates;

    my @ports = $cluster->ports;

    for my $ports (\@ports, [$ports[0], $port, $ports[1]])
    {
        my $nginx = cricket(index => $index, servers => join(' ', 'least_conn;',
                            map { "server 127.0.0.1:$_ max_fails=0;" } @$ports),
                            set => "cricket_timeout 10s; $set[1]");
        my ($n, $bad, $slowest) = readers($nginx->port);

        push @rates, $n;
        is($bad, 0, "$name, reads: all are answered");
        cmp_ok($slowest, '<', 5, "$name, reads: in time");
        diag("$name, reads: $n, slowest $slowest s");
        $nginx->stop;
    }

    cmp_ok($rates[1], '>', $rates[0] / 2, "$name, reads: more than half");
}


my ($one, $two) = $cluster->ports;

# Java is slow at first.
rate('all hosts there, to warm up', [$one, $two], seconds => 40);

# Of a bulk that was sent to the mute host nobody knows what became.
for (['a host switched off', deaf()],
     ['a mute host', mute(), refused => 0.05],
     ['a slow host', slow($one)],
     ['a mute host, ids of our own', mute(),
      set => "$set[1] cricket_ids own;"])
{
    my ($name, $port, @option) = @$_;

    my $healthy = rate('all hosts there', [$one, $two]);
    my $rate = rate($name, [$one, $port, $two], @option);
    cmp_ok($rate, '>', $healthy / 2, "$name: more than half of the rate");

    $rate = rate("$name, of two", [$port, $one], @option);
    cmp_ok($rate, '>', $healthy / 2, "$name, of two: more than half");

    $rate = rate("$name, of two, max_fails=1", [$port, $one], fails => '',
                 @option);
    cmp_ok($rate, '>', $healthy / 2, "$name, of two, max_fails=1: the same");

    reads($name, $port);
}

done_testing();
