# SPDX-License-Identifier: BSD-2-Clause

# The ledger shows what it is kept for, where a client or a setting asks for it.

use strict;
use warnings;

use lib 't/lib';

use CricketCluster;
use CricketFault;
use Test::More;

my $cluster = cluster(1);
my $proxy = proxy($cluster->port(1));
my $server = 'server 127.0.0.1:' . $proxy->port . ' max_fails=0;';


fault('twice: sent again without a key', expect => 'twice',
      cluster => $cluster, servers => $server, load => ['--again'], sub {
    $proxy->chance(0.2);
    pause(6);
    $proxy->chance(0);
});

fault('lost: acknowledged before it is on disk', expect => 'lost',
      cluster => $cluster, index => sub {
    my $index = $cluster->index(0);

    $cluster->ask('PUT', "/$index/_settings",
                  '{"index.translog.durability":"async"}');

    return $index;
}, sub {
    pause(4);
    $cluster->kill(1);
    $cluster->start(1);
    $cluster->up(60);
});

$proxy->stop;
done_testing();
