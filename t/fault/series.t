# SPDX-License-Identifier: BSD-2-Clause

# A million series on a node with little memory: what would be too much to
# answer is refused with what makes it less, and node and worker stay small.

use strict;
use warnings;

use lib 't/lib';

use CricketCluster;
use CricketTest;
use CricketWrites;
use JSON::PP;
use Test::More;

my $many = 1_000_000;
my $heap = '192m';
my $each = 5000;
my $start = 1735689600;             # 2025-01-01
my $every = 31;

my $cluster = cluster(1, heap => $heap);
my ($es) = $cluster->ports;
my $index = $cluster->index(0);

# the questions are about memory, not about time
my $nginx = cricket(es => $es, index => $index,
                    set => 'cricket_timeout 120s; cricket_read_timeout 120s;
                            location = /v1/stats { cricket stats; }
                            location = /v1/tags { cricket tags; }
                            location = /v1/last { cricket last; }
                            location = /v1/names { cricket names; }
                            location = /write { cricket influx; }
                            location /api/ { cricket opentsdb; }');
my ($worker) = $nginx->workers;


sub line {
    my ($k) = @_;

    return sprintf "req,a=a%d,b=b%d,c=c%d,d=d%d,e=e%d value=%d %d\n", $k,
           $k % 1000, $k % 100, $k % 7, $k % 3, $k % 10, $start + $k * $every;
}


sub ask {
    my ($uri) = @_;

    my $c = client($nginx->port);
    $c->start('GET', $uri);
    my $reply = $c->finish(150);
    $c->close;

    return $reply;
}


my $refused = 0;

for (my $k = 0; $k < $many; $k += $each) {
    my $body = join '', map { line($_) } $k .. $k + $each - 1;
    my $reply;

    # a node that has little memory may have none left for a while
    for (1 .. 30) {
        $reply = http($nginx->port, 'POST', '/write?precision=s', $body);
        last if $reply->{status} != 503;
        $refused++;
        CricketCluster::pause(1);
    }

    $reply->{status} == 204 or BAIL_OUT("$reply->{status} $reply->{body}");
    diag(($k + $each) / $many * 100, ' %') if ($k + $each) % 200_000 == 0;
}

diag("$refused refused");
$cluster->ask('POST', "/$index/_refresh");

my $year = 'name=req&start=2025-01-01T00:00:00Z&end=2026-01-01T00:00:00Z';
my $query = "start=$start&end=" . ($start + $many * $every) . '&m=';

sub right {
    my ($what) = @_;

    my $stats = decode_json(ask("/v1/stats?$year")->{body});
    is("$stats->{count} $stats->{sum}", "$many " . $many * 4.5, $what);
}

right('all are there');

for my $case (
    ["/v1/stats?$year&points=300", 200],
    ["/v1/stats?$year&points=300&group_by=c&top=10", 200],
    ["/v1/stats?$year&points=300&group_by=b&top=10&percentiles=50,99", 200],
    ["/v1/stats?$year&group_by=a", 400, qr/expected fewer keys/],
    ["/v1/stats?$year&group_by=a,b,c,d,e", 400, qr/expected fewer keys/],
    ["/v1/stats?$year&group_by=a&top=10", 400, qr/expected fewer keys/],
    ["/v1/stats?$year&group_by=a,b,c,d,e&top=10", 400, qr/expected fewer keys/],
    ["/v1/stats?$year&group_by=a&interval=1s", 400, qr/expected/],
    ["/v1/stats?$year&interval=1s", 400, qr/^interval: .*expected a longer/],
    ["/v1/stats?$year&interval=1s&fill=0", 400, qr/^interval: /],
    ["/v1/stats?$year&interval=1s&percentiles=50,99", 400, qr/^interval: /],
    ["/v1/stats?$year&interval=1d&rate=cumulative", 400, qr/expected filters/],
    ["/v1/stats?$year&interval=1d&rate=cumulative&per=a&group_by=c", 400,
     qr/expected/],
    ["/v1/tags?name=req", 400, qr/expected filters/],
    ['/v1/tags', 400, qr/expected/],
    ['/v1/tags?key=a&limit=1000', 200],
    ["/v1/last?$year", 400, qr/expected filters/],
    ["/v1/last?$year&tag.b=b7", 200],
    ['/v1/names', 200],
    ["/v1/metrics?$year&limit=1000", 200],
    ['/api/suggest?type=tagv&max=1000000', 200],
    ['/api/search/lookup?m=req%7Ba=*%7D&limit=1000000', 400, qr/expected filt/],
    ["/api/query?${query}sum:req", 400, qr/expected filters/],
    ["/api/query?${query}none:req%7Ba=*%7D", 400, qr/expected filters/],
    ["/api/query?${query}sum:1s-avg:rate:req%7Bc=*%7D", 400, qr/expected filt/])
{
    my ($uri, $status, $message) = @$case;
    my $reply = ask($uri);

    is($reply && $reply->{status}, $status, $uri) or diag($reply->{body});
    like(error($reply)->{message}, $message, 'which says what makes it less')
        if $message;
}

is($cluster->up(10) && join(' ', $nginx->workers), $worker,
   'node and worker are those of before');
right('all are there');
cmp_ok(rss($worker), '<', 64, 'MB, a small worker');
quit($nginx);

done_testing();
