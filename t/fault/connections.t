# SPDX-License-Identifier: BSD-2-Clause

# A node's connections are reset at random moments, in requests and replies; and
# a proxy answers in the node's place, after it passed the request on.

use strict;
use warnings;

use lib 't/lib';

use CricketCluster;
use CricketFault;
use Test::More;

my $cluster = cluster(3);
my $proxy = proxy($cluster->port(1));

my $servers = join ' ', map { "server 127.0.0.1:$_ max_fails=0;" }
                        $proxy->port, $cluster->port(2), $cluster->port(3);


sub resets {
    my ($name, %option) = @_;

    my @before = $proxy->counts;

    fault($name, cluster => $cluster, servers => $servers, %option, sub {
        $proxy->chance(0.05);
        pause(15);
        $proxy->chance(0);
        pause(1);
    });

    my @resets = $proxy->counts;
    my @new = map { $resets[$_] - $before[$_] } 0, 1;

    diag("    reset while sending $new[0], while receiving $new[1]");
    cmp_ok($new[0], '>', 0, "$name: in requests");
    cmp_ok($new[1], '>', 0, "$name: in replies");
}


resets('connections reset', refused => undef);
resets('connections reset, ids of our own', set => 'cricket_ids own;');
resets('connections reset, with keys', load => ['--keyed']);


# What it passed on is stored, and its 503 says nothing about that.
for (['a proxy answers 503', refused => 0.5],
     ['a proxy answers 503, ids of our own', refused => 0.01,
      set => 'cricket_ids own;'],
     ['a proxy answers 503, with keys', load => ['--keyed']])
{
    my ($name, @option) = @$_;
    my @before = $proxy->counts;

    fault($name, cluster => $cluster, servers => $servers, @option, sub {
        $proxy->busy(0.2);
        pause(15);
        $proxy->busy(0);
        pause(1);
    });

    cmp_ok(($proxy->counts)[2] - $before[2], '>', 0, "$name: it did");
}

$proxy->stop;

# All ways lead through it.
$proxy = proxy($cluster->port(1));
$servers = 'server 127.0.0.1:' . $proxy->port . ' max_fails=0;';

resets('all connections reset', refused => undef);

$proxy->stop;
done_testing();
