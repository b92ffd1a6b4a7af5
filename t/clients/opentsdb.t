# SPDX-License-Identifier: BSD-2-Clause

# Two clients of OpenTSDB write: all that they sent is read back, and what is
# answered with 503 is sent again. A third one reads what there is.

use strict;
use warnings;

use lib 't/lib';

use CricketClients;
use CricketTest;
use JSON::PP;
use List::Util qw(max min sum);
use Test::More;

my $dead = free_port();
my $nginx = serve(qq{
    location = /dead/api/put { cricket opentsdb;
                               cricket_pass http://127.0.0.1:$dead; }
});

my $script = <<'END';
import logging, sys, time
from opentsdb import TSDBClient

logging.basicConfig(stream=sys.stdout)

c = TSDBClient("127.0.0.1", port=%%PORT%%, static_tags={"core": "0"},
               host_tag=False, URI)
for i in range(120):
    c.send("py.cpu", i + 0.5, timestamp=1483224590 + i, host="web-1")
for i in range(100):
    if c.statuses["success"] == 120 or c.queue_size() and i > 50:
        break
    time.sleep(0.1)
print("statuses", c.statuses["success"], c.statuses["failed"])
c.close(force=True)
END

my $said = python('opentsdb-py', $script =~ s/URI/uri=None/r);
is_deeply(stored('py.'), [map {
    ['py.cpu', $_ + 0.5, sprintf('2016-12-31T22:%02d:%02dZ',
                                 49 + int((50 + $_) / 60), (50 + $_) % 60),
     { core => '0', host => 'web-1' }]
} 0 .. 119], 'opentsdb-py: all is there, once') or diag($said);
like($said, qr/^statuses 120 0$/m, 'opentsdb-py: it knows');

$said = python('opentsdb-py', $script =~ s/URI/uri="http:\/\/127.0.0.1:%%PORT%%\/dead"/r);
like($said, qr/^statuses 0 0$/m, 'opentsdb-py: of a 503 none is lost');
cmp_ok(scalar(() = $said =~ /Push metric failed/g), '>', 1,
       'opentsdb-py: it sends again');

# Telegraf
my $output = '[[outputs.opentsdb]]
  host = "http://127.0.0.1"
  port = %%PORT%%
  http_batch_size = 50
  prefix = "tg."
  http_path = "/api/put"
';
my $lines = join '', map {
    "m,host=web\\ 1,dc=eu f=$_.5,n=${_}i,ok=true,s=\"x\" "
    . (1483224590 + $_) . "000000000\n"
} 0 .. 99;

$said = telegraf($output, $lines);
my $stored = stored('tg.');
is_deeply([grep { $_->[0] eq 'tg.m_f' } @$stored], [map {
    ['tg.m_f', $_ + 0.5, sprintf('2016-12-31T22:%02d:%02dZ',
                                 49 + int((50 + $_) / 60), (50 + $_) % 60),
     { host => 'web_1', dc => 'eu' }]
} 0 .. 99], 'telegraf: all numbers are there') or diag($said);
is_deeply([map { $_->[1] } grep { $_->[0] eq 'tg.m_n' } @$stored], [0 .. 99],
          'telegraf: and integers');
unlike($said, qr/ E! /, 'telegraf: it is content');

$said = telegraf($output =~ s{/api/put}{/dead/api/put}r, $lines);
like($said, qr/503/, 'telegraf: is told of a 503');

# npm's opentsdb reads: counters of three hosts, one of which begins anew
my %series;
my $start = 1483224600;

for my $host (qw(web-1 web-2 db-1)) {
    my $total = 0;

    for my $i (0 .. 59) {
        $total = 7 if $host eq 'web-2' && $i == 33;
        $total += ($i * length $host) % 11 + 0.25;
        $series{$host}{$start + 10 * $i} = $total;
    }
}

my @points = map {
    my $host = $_;
    map { { metric => 'npm.hits', timestamp => 0 + $_,
            value => $series{$host}{$_},
            tags => { host => $host, dc => $host eq 'db-1' ? 'us' : 'eu' } } }
        keys %{ $series{$host} }
} keys %series;

is(http($nginx->port, 'POST', '/api/put?refresh=wait_for',
        encode_json(\@points))->{status}, 204, 'opentsdb: there is something');

# aggregator, downsample, rate's options, tags: as the package is told
my @asked = (
    (map { [$_] } qw(sum avg min max count dev)),
    (map { [sum => "1m-$_"] } qw(sum avg min max count)),
    [sum => '30s-max', undef, { host => '*' }],
    [avg => '2m-avg', undef, { host => 'web-*' }],
    [max => undef, undef, { host => 'web-1|db-1' }],
    [min => '1m-avg', undef, { dc => '*' }],
    [sum => undef, undef, { dc => 'eu', host => '*' }],
    [sum => undef, { counter => JSON::PP::false }, { host => '*' }],
    [sum => undef, { counter => JSON::PP::false }],
    [max => '1m-max', { counter => JSON::PP::true, counterMax => 1000 },
     { host => '*' }],
    [avg => undef, { counter => JSON::PP::true, counterMax => 1000,
                     resetValue => 40 }],
);

my $asked = encode_json(\@asked);
my @answers = map { decode_json($_) } split /\n/, node(<<"END");
const opentsdb = require('opentsdb');
const client = opentsdb.client().host('127.0.0.1').port(%%PORT%%)
    .start(${start}000).end(${\ ($start + 600)}000);

function query([aggregator, downsample, rate, tags]) {
    const q = opentsdb.mquery().metric('npm.hits').aggregator(aggregator);

    if (downsample) q.downsample(downsample);
    if (rate) q.rate(true).rateOptions(rate);
    for (const key in tags) q.tags(key, tags[key]);

    return q;
}

const ask = f => new Promise(done => f((error, data) => {
    console.log(JSON.stringify(error ? { error } : data));
    done();
}));

(async () => {
    const asked = $asked;

    for (const one of asked) {
        client.queries(query(one));
        await ask(f => client.get(f));
    }

    client.queries(query(asked[0]), query(asked[8]));
    await ask(f => client.get(f));
    client.queries(query(asked[0])).ms(false).arrays(false).tsuids(true);
    await ask(f => client.get(f));
    client.start('2016/12/31 22:50:00').end('2016/12/31-22:50:30');
    await ask(f => client.get(f));
    client.queries(query(asked[0]).metric('npm.none'));
    await ask(f => client.get(f));
    client.queries(opentsdb.tquery().tsuids(['000001']));
    await ask(f => client.get(f));
    for (const what of ['aggregators', 'metrics', 'config', 'version'])
        await ask(f => client[what](f));
})();
END

for my $i (0 .. $#asked) {
    is_deeply(rounded($answers[$i]), rounded(expected(1000, @{ $asked[$i] })),
              'opentsdb: ' . encode_json($asked[$i]));
}

my ($both, $seconds, $dates, $none, $tsuid, @lists)
    = @answers[@asked .. $#answers];
is_deeply(rounded($both), rounded([map { @{ expected(1000, @{ $asked[$_] }) } }
                                       0, 8]), 'opentsdb: two questions');

my $tsuids = delete $seconds->[0]{tsuids};
is(@$tsuids, 3, 'opentsdb: with the series');

my $sums = expected(1, 'sum')->[0];
$sums->{dps} = { map { @$_ } @{ $sums->{dps} } };
is_deeply($seconds, [$sums], 'opentsdb: in seconds, as an object');
is(join(' ', sort keys %{ $dates->[0]{dps} }),
   join(' ', map { $start + $_ } 0, 10, 20, 30), 'opentsdb: between two dates');

like($none->{error}{message}, qr/^No data/, 'opentsdb: an unknown metric');
like($tsuid->{error}{message}, qr/tsuid/, 'opentsdb: told of what is not there');
ok((grep { $_ eq 'zimsum' } @{ $lists[0] }), 'opentsdb: aggregators');
ok((grep { $_ eq 'npm.hits' } @{ $lists[1] }), 'opentsdb: metrics');
is(ref $lists[2], 'HASH', 'opentsdb: config');
like($lists[3]{version}, qr/^\d/, 'opentsdb: version');


# what a plain program makes of the same; all series have the same instants
sub expected {
    my ($unit, $fold, $down, $rate, $tags) = @_;

    my %groups;

    for my $host (sort keys %series) {
        my %tags = (host => $host, dc => $host eq 'db-1' ? 'us' : 'eu');
        my @differ = grep {
            my $any = join '|', map { quotemeta =~ s/\\\*/.*/gr }
                                split /\|/, $tags->{$_};
            $tags{$_} !~ /^(?:$any)$/;
        } keys %{ $tags // {} };
        next if @differ;

        my $line = $series{$host};
        $line = buckets($line, $down) if $down;
        $line = rates($line) if $rate;

        my $group = join ' ', map { $tags{$_} } sort keys %{ $tags // {} };
        push @{ $groups{$group} }, [\%tags, $line];
    }

    return [map {
        my @members = @$_;
        my %has = map { my $key = $_;
                        ($key => { map { $_->[0]{$key} => 1 } @members }) }
                  qw(dc host);
        my @shared = grep { keys %{ $has{$_} } == 1 } sort keys %has;

        { metric => 'npm.hits',
          tags => { map { $_ => keys %{ $has{$_} } } @shared },
          aggregateTags => [grep { keys %{ $has{$_} } > 1 } sort keys %has],
          dps => [map { my $at = $_;
                        [$at * $unit, one($fold, map { $_->[1]{$at} } @members)] }
                  sort keys %{ $members[0][1] }] };
    } map { $groups{$_} } sort keys %groups];
}

sub buckets {
    my ($line, $down) = @_;

    my ($n, $unit, $how) = $down =~ /^(\d+)([sm])-(\w+)$/;
    my $width = $n * ($unit eq 'm' ? 60 : 1);
    my %values;

    push @{ $values{$_ - $_ % $width} }, $line->{$_} for keys %$line;
    return { map { $_ => one($how, @{ $values{$_} }) } keys %values };
}

# The package says rate{true,...} of a counter, which is none to OpenTSDB.
sub rates {
    my ($line) = @_;

    my @times = sort keys %$line;

    return { map { ($times[$_] => ($line->{$times[$_]} - $line->{$times[$_ - 1]})
                                  / ($times[$_] - $times[$_ - 1])) }
             1 .. $#times };
}

sub one {
    my ($how, @values) = @_;

    return scalar @values if $how eq 'count';
    return sum(@values) if $how eq 'sum';
    return min(@values) if $how eq 'min';
    return max(@values) if $how eq 'max';

    my $mean = sum(@values) / @values;
    return $mean if $how eq 'avg';
    return sqrt(sum(map { ($_ - $mean) ** 2 } @values) / @values);
}

sub rounded {
    my ($lines) = @_;

    return $lines if ref $lines ne 'ARRAY';
    return [map { { %$_, dps => [map { sprintf '%d %.9g', @$_ }
                                     @{ $_->{dps} }] } } @$lines];
}

$nginx->stop;
done_testing();
