# SPDX-License-Identifier: BSD-2-Clause

# Elasticsearch does not take datapoints, not now or not all of them.

use strict;
use warnings;

use lib 't/lib';

use CricketCluster;
use CricketFault;
use JSON::PP;
use Test::More;

my $cluster = cluster(1);


sub ask {
    my ($method, $path, $body) = @_;

    my ($status, $reply) = $cluster->ask($method, $path,
                                         $body && encode_json($body));

    is($status, 200, "$method $path");

    return $reply;
}


sub setting {
    my ($case, $name, $value) = @_;

    ask('PUT', "/$case->{index}/_settings", { $name => $value });
}


sub mapping {
    my ($index) = @_;

    return ask('GET', "/$index/_mapping")->{$index}{mappings};
}


fault('read-only index', cluster => $cluster, refused => undef, sub {
    my ($case) = @_;

    setting($case, 'index.blocks.write', JSON::PP::true);
    pause(4);
    setting($case, 'index.blocks.write', undef);
    pause(4);
});

# Elasticsearch says that it is worth another try.
fault('no disk, flood stage', cluster => $cluster, sub {
    my ($case) = @_;

    setting($case, 'index.blocks.read_only_allow_delete', JSON::PP::true);
    pause(4);
    setting($case, 'index.blocks.read_only_allow_delete', undef);
    pause(4);
});

fault('closed index', cluster => $cluster, refused => undef, sub {
    my ($case) = @_;

    ask('POST', "/$case->{index}/_close");
    pause(4);
    ask('POST', "/$case->{index}/_open");
    pause(4);
});

my $before;

fault('deleted index', cluster => $cluster, before => sub {
    my ($case) = @_;

    $before = mapping($case->{index});
    ask('DELETE', "/$case->{index}");
}, sub {
    my ($case) = @_;

    pause(4);
    is_deeply(mapping($case->{index}), $before, 'it has its shape again');
});

# One datapoint of three has tags.
my $figures = fault('mapping that rejects some', cluster => $cluster,
                    invalid => undef, index => sub {
    my $shape = mapping($cluster->index(0));

    ok(delete $shape->{properties}{tags}, 'a mapping without tags');
    ask('PUT', '/rejects', { mappings => $shape,
                             settings => { number_of_replicas => 0 } });

    return 'rejects';
}, sub { pause(4) });

cmp_ok($figures->{invalid} // 0, '>', 0, 'some were rejected');

# Eight bulks at once, where there is room for three.
$cluster = cluster(1, 'thread_pool.write.size' => 1,
                   'thread_pool.write.queue_size' => 2);

fault('full write queue', cluster => $cluster, _workers => 2, refused => 0.1,
      load => [qw(--clients 100 --size 10)], sub {
    pause(10);

    my ($node) = values %{ ask('GET', '/_nodes/stats/thread_pool')->{nodes} };
    cmp_ok($node->{thread_pool}{write}{rejected}, '>', 10, 'it was full');
});

done_testing();
