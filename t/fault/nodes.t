# SPDX-License-Identifier: BSD-2-Clause

# Nodes of the cluster die, freeze or are restarted.

use strict;
use warnings;

use lib 't/lib';

use CricketCluster;
use CricketFault;
use Test::More;

my $cluster = cluster(3);
my @trusted = (servers => join ' ', map { "server 127.0.0.1:$_ max_fails=0;" }
                                    $cluster->ports);


# Killed for a while; nodes is what tells their numbers.
sub killed {
    my ($name, $nodes, %option) = @_;

    fault($name, cluster => $cluster, %option, sub {
        my ($case) = @_;

        pause(5);
        my @nodes = $nodes->($case);
        $cluster->kill(@nodes);
        pause(5);
        $cluster->start(@nodes);
        $cluster->up(60);
        pause(8);
    });
}


# What was sent to it is not known to be stored; there is nothing else.
killed('a node killed', sub { $cluster->primary($_[0]{index}) },
       refused => 0.001);

killed('a node killed, ids of our own',
       sub { $cluster->primary($_[0]{index}) }, set => 'cricket_ids own;');

killed('the master killed', sub { $cluster->master },
       set => 'cricket_ids own;');

killed('all nodes killed', sub { 1 .. 3 }, refused => undef);

killed('all nodes killed, with keys', sub { 1 .. 3 }, load => ['--keyed']);

# What the others are asked waits for it as well, so that nginx takes them for
# dead too, for ten seconds, unless it is told not to. The ice lasts longer
# than the deadline, so that some are refused either way.
for (['a node frozen', refused => 0.5],
     ['a node frozen, with keys', load => ['--keyed']],
     ['a node frozen, max_fails=0', refused => 0.15, @trusted])
{
    my ($name, @option) = @$_;

    fault($name, cluster => $cluster, set => 'cricket_read_timeout 3s;',
          @option, sub {
        my ($case) = @_;

        $cluster->freeze($cluster->primary($case->{index}), 20);
        pause(20);
        $cluster->thaw;
        pause(5);
    });
}

# A master that ends lets its cluster wait for another one.
for (['rolling restart', refused => 0.002],
     ['rolling restart, ids of our own, max_fails=0', @trusted,
      set => 'cricket_ids own; cricket_read_timeout 3s;'])
{
    my ($name, @option) = @$_;

    fault($name, cluster => $cluster, @option, sub {
        my ($case) = @_;

        for my $n (1 .. 3) {
            $cluster->quit($n);
            $cluster->start($n);
            $cluster->up(60);
            $cluster->active($case->{index}, 60);
        }
    });
}

done_testing();
