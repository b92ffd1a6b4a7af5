# SPDX-License-Identifier: BSD-2-Clause

# Three shards for each of four years, on three nodes: what is stored is there,
# and pages have each datapoint once, while a writer adds and nodes die.

use strict;
use warnings;

use lib 't/lib';

# before the harness makes an index
BEGIN { $ENV{CRICKET_TEST_PARTITIONS} = 3 }

use CricketCluster;
use CricketFault;
use CricketTest;
use JSON::PP;
use POSIX ();
use Test::More;

my $cluster = cluster(3);
my @servers = (servers => join ' ', map { "server 127.0.0.1:$_ max_fails=0;" }
                                    $cluster->ports);
my $limit = 7;
my $points = 400;


# Datapoints of the same instant in each year, of many series.
sub prepare {
    my ($case) = @_;

    my @points = map {
        { name => 'page', type => 'x', value => $_,
          timestamp => 2022 + $_ % 4 . '-06-01T00:00:00Z',
          tags => { host => 'h' . $_ % 25 } }
    } 1 .. $points;

    # four partitions are made for it
    ok(wait_until(60, sub {
        http($case->{nginx}->port, 'POST', '/v1/metrics?refresh=wait_for',
             encode_json(\@points), 'Idempotency-Key' => 'pages')->{status}
            == 200;
    }), 'datapoints for pages');

    $case->{reader} = reader($case->{nginx}->port);
}


# Follows pages until it is told to end; says how often, and what was wrong.
sub reader {
    my ($port) = @_;

    pipe my $from, my $to or die "pipe: $!";

    my $pid = fork() // die "fork: $!";
    return { pid => $pid, from => $from } if $pid;

    my $ending = 0;
    local $SIG{TERM} = sub { $ending = 1 };

    my ($rounds, $again, $wrong) = (0, 0, '');

    while (!$ending && !$wrong) {
        my ($uri, @got) = "/v1/metrics?name=page&limit=$limit";

        while ($uri && !$ending && !$wrong) {
            my $reply = eval { http($port, 'GET', $uri) };

            if (!$reply || $reply->{status} == 503) {
                $again++;
                select undef, undef, undef, 0.2;
                next;
            }

            $wrong = "$uri: $reply->{status}" if $reply->{status} != 200;

            push @got, map { $_->{value} } @{ decode_json($reply->{body}) };
            ($uri) = ($reply->{headers}{link} // '') =~ /^<(\?.*)>; rel="next"$/;
            $uri &&= "/v1/metrics$uri";
        }

        last if $ending;

        my $all = join ' ', sort { $a <=> $b } @got;
        $wrong ||= 'other datapoints: ' . scalar(@got)
            if $all ne join ' ', 1 .. $points;
        $rounds++;
    }

    print $to encode_json({ rounds => $rounds, again => $again,
                            wrong => $wrong });
    close $to;
    POSIX::_exit(0);
}


sub end {
    my ($name, $reader) = @_;

    kill 'TERM', $reader->{pid};
    my $line = readline $reader->{from} // '';
    waitpid $reader->{pid}, 0;

    my $told = decode_json($line || '{}');
    is($told->{wrong}, '', "$name: pages are exact");
    cmp_ok($told->{rounds} // 0, '>', 0, "$name: all of them, "
           . ($told->{rounds} // 0) . ' times, ' . ($told->{again} // 0)
           . ' pages asked for again');
}


for (['a node killed, partitions, ids of our own', set => 'cricket_ids own;'],
     ['a node killed, partitions, with keys', load => ['--keyed']])
{
    my ($name, @option) = @$_;
    fault($name, cluster => $cluster, @servers, @option,
          before => \&prepare, sub {
        my ($case) = @_;

        pause(8);
        my $node = $cluster->primary($case->{index});
        $cluster->kill($node);
        pause(6);
        $cluster->start($node);
        $cluster->up(60);
        pause(10);
        end($name, $case->{reader});
    });
}

done_testing();
