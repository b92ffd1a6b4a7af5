# SPDX-License-Identifier: BSD-2-Clause

# Hosts that are there in the configuration only: one that is switched off, so
# that a connection to it is not answered, and one that accepts and is mute.
# Writes go on by the others, at more than half of the rate of a whole cluster,
# as docs/directives.md configures it.

use strict;
use warnings;

use lib 't/lib';

use CricketCluster;
use CricketFault;
use CricketTest;
use IO::Socket::INET;
use Socket qw(SOCK_NONBLOCK SOCK_STREAM);
use Test::More;

my @held;


# A port whose queue of connections is full: the kernel drops all others.
sub deaf {
    my $listen = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 1)
                 or die "deaf: $!";

    push @held, $listen;

    for (1 .. 8) {
        push @held, IO::Socket::INET->new(PeerAddr => '127.0.0.1',
                                          PeerPort => $listen->sockport,
                                          Blocking => 0, Timeout => 0);
    }

    my $late = IO::Socket::INET->new(PeerAddr => '127.0.0.1',
                                     PeerPort => $listen->sockport,
                                     Timeout => 0.5);
    die 'deaf: it answers' if $late;

    return $listen->sockport;
}


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

    my $servers = join ' ', map { "server 127.0.0.1:$_ max_fails=0;" } @$ports;
    my $seconds = delete $option{seconds} // 10;
    my $figures = fault($name, cluster => $cluster, @set, @fast,
                        servers => "least_conn; $servers", %option,
                        sub { pause($seconds) });

    return $figures->{acknowledged};
}


my ($one, $two) = $cluster->ports;

# Java is slow at first.
rate('all hosts there, to warm up', [$one, $two], seconds => 40);

# Of a bulk that was sent to the mute host nobody knows what became.
for (['a host switched off', deaf()],
     ['a mute host', mute(), refused => 0.05],
     ['a mute host, ids of our own', mute(),
      set => "$set[1] cricket_ids own;"])
{
    my ($name, $port, @option) = @$_;

    my $healthy = rate('all hosts there', [$one, $two]);
    my $rate = rate($name, [$one, $port, $two], @option);
    cmp_ok($rate, '>', $healthy / 2, "$name: more than half of the rate");

    $rate = rate("$name, of two", [$port, $one], @option);
    cmp_ok($rate, '>', $healthy / 2, "$name, of two: more than half");
}

done_testing();
