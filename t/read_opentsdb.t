# SPDX-License-Identifier: BSD-2-Clause

# What is asked of OpenTSDB's interface: the requests of Grafana's data source as
# it sends them, and at random what a plain program makes of the same datapoints
# (CRICKET_SEED repeats a run).

use strict;
use warnings;

use lib 't/lib';

use CricketReads;
use CricketTest;
use JSON::PP;
use List::Util qw(max min sum);
use Test::More;

my $index = fresh_index();
my $nginx = reads(index => $index);
my $json = JSON::PP->new->utf8->canonical->allow_nonref;
my $seed = $ENV{CRICKET_SEED} // time;

# an hour of 2026 that begins with a whole one
use constant { BEGIN_AT => 1795622400, END_AT => 1795626000 };

srand $seed;


sub ask {
    my ($method, $uri, $body) = @_;

    my $reply = http($nginx->port, $method, $uri,
                     defined $body ? (ref $body ? $json->encode($body) : $body) : ());
    return ($reply->{status}, eval { $json->decode($reply->{body}) }, $reply);
}

sub query {
    my ($question, %option) = @_;

    my ($status, $reply, $raw) = ask('POST', '/api/query' . ($option{uri} // ''), {
        start => BEGIN_AT, end => END_AT, %{ $option{request} // {} },
        queries => ref $question eq 'ARRAY' ? $question : [$question] });
    diag($raw->{body}) if $status != 200;
    return $reply;
}

# Datapoints: series of all kinds, with gaps, some beside the seconds of others.
my @series = map { { tags => $_ } }
    { host => 'web-1', dc => 'eu', core => '0' },
    { host => 'web-1', dc => 'eu', core => '1' },
    { host => 'web-2', dc => 'eu', core => '0' },
    { host => 'Web-3', dc => 'us', core => '0' },
    { host => 'db-1', dc => 'us' },
    { dc => 'us' };
my @points;

for my $s (@series) {
    my $total = 0;

    for my $sec (0 .. 359) {
        next if rand() < 0.3 || ($sec > 100 && $sec < 130 && $s != $series[0]);

        my $at = BEGIN_AT + 10 * $sec + ($s == $series[3] ? 3 : 0);
        $total = rand() < 0.05 ? 0 : $total + int rand 50;
        $s->{at}{$at} = $total + int(rand 8) / 8;
        push @points, { metric => 'sys.cpu', timestamp => $at,
                        value => $s->{at}{$at}, tags => $s->{tags} };
    }
}

push @points, { metric => 'sys.mem', timestamp => BEGIN_AT, value => 7 },
              { metric => 'sys.mem', timestamp => BEGIN_AT * 1000 + 250, value => 9 },
              { metric => 'deploys', timestamp => BEGIN_AT + 5, value => 1,
                tags => { env => 'p' } };

is(http($nginx->port, 'POST', '/api/put?refresh=wait_for',
        $json->encode(\@points))->{status}, 204, 'datapoints');


# What Grafana sends, as captured: an editor's questions, then those of panels.
for my $case (
    ['/api/suggest?q=sys&type=metrics', ['sys.cpu', 'sys.mem']],
    ['/api/suggest?type=metrics&q=&max=1000', ['deploys', 'sys.cpu', 'sys.mem']],
    ['/api/suggest?type=tagk&q=ho&max=1000', ['host']],
    ['/api/suggest?type=tagk&q=&max=2', ['core', 'dc']],
    ['/api/suggest?type=tagv&q=&max=1000', ['0', '1', 'Web-3', 'db-1', 'eu', 'p', 'us', 'web-1', 'web-2']],
    ['/api/suggest?type=tagv&q=web&max=1000000000', ['web-1', 'web-2']],
) {
    my ($status, $reply) = ask('GET', $case->[0]);
    is_deeply([$status, $reply], [200, $case->[1]], $case->[0]);
}

is_deeply((ask('POST', '/api/suggest', { type => 'metrics', q => 'sys', max => 1 }))[1],
          ['sys.cpu'], 'suggest by POST');

my ($status, $reply) = ask('GET', '/api/aggregators');
my %has = map { $_ => 1 } @$reply;
is(scalar(grep { !$has{$_} } qw(avg sum min max count p50 p75 p90 p95 p99 p999
                                none dev zimsum mimmin mimmax)), 0, 'aggregators');
(undef, $reply) = ask('GET', '/api/config/filters');
is_deeply([sort keys %$reply], [qw(iliteral_or iwildcard literal_or not_iliteral_or
                                   not_key not_literal_or regexp wildcard)], 'filters');
ok($reply->{regexp}{description} && $reply->{regexp}{examples}, 'with what they are');
is((ask('GET', '/api/config'))[0], 200, 'config');
like((ask('GET', '/api/version'))[1]{version}, qr/^\d+\.\d+\.\d+$/, 'version');

sub tags { return join ' ', map { my $t = $_; join ',', map { "$_=$t->{$_}" } sort keys %$t } @_ }
sub looked { return join ';', sort map { tags($_->{tags}) } @{ $_[0]{results} } }

($status, $reply) = ask('GET', '/api/search/lookup?limit=1000&m=sys.cpu');
is(looked($reply), join(';', sort map { tags($_->{tags}) } @series), 'lookup: all series');
is($reply->{totalResults}, 6, 'and how many');
like($reply->{results}[0]{tsuid}, qr/^[0-9A-F]+$/, 'and what they are called');
is($reply->{results}[0]{metric}, 'sys.cpu', 'and of which metric');
($status, $reply) = ask('GET', '/api/search/lookup?limit=1000&m=sys.cpu%7Bhost%3D%2A%2Cdc%3Dus%7D');
is(looked($reply), 'core=0,dc=us,host=Web-3;dc=us,host=db-1', 'lookup: of tags');
($status, $reply) = ask('GET', '/api/search/lookup?use_meta=true&m=%7Benv%3D%2A%7D');
is($reply->{results}[0]{metric}, 'deploys', 'lookup: whichever metric');
($status, $reply) = ask('POST', '/api/search/lookup', { metric => 'sys.cpu', limit => 1,
                        tags => [{ key => 'host', value => 'web-1' }] });
is(scalar @{ $reply->{results} }, 1, 'lookup by POST, with a limit');

for my $body ('{"start":1795622400,"end":1795626000,"queries":[{"aggregator":"avg","downsample":"15s-avg","metric":"sys.cpu","tags":{"host":"*"}}]}',
              '{"start":1795622400000,"end":1795626000000,"queries":[{"aggregator":"avg","downsample":"15s-avg","metric":"sys.cpu","tags":{"host":"*"}}]}')
{
    ($status, $reply) = ask('POST', '/api/query', $body);
    is($status, 200, 'panel: by tags');
    is(join(' ', map { $_->{tags}{host} } @$reply), 'Web-3 db-1 web-1 web-2', 'a line a host');
    is_deeply([map { $_->{aggregateTags} } @$reply], [[], [], ['core'], []], 'core differs in one');
    is_deeply($reply->[2]{tags}, { host => 'web-1', dc => 'eu' }, 'what its series share');
    ok(!(grep { !/^179562\d{4}$/ || $_ % 15 } keys %{ $reply->[0]{dps} }), 'seconds');
}

($status, $reply) = ask('POST', '/api/query?arrays=true',
    '{"start":1795622400,"end":1795626000,"queries":[{"aggregator":"none","explicitTags":true,"metric":"sys.mem"}]}');
is_deeply($reply, [{ metric => 'sys.mem', tags => {}, aggregateTags => [],
                     dps => [[BEGIN_AT, 8]] }], 'panel: raw, as arrays');
($status, $reply) = ask('POST', '/api/query',
    '{"start":1795622400,"end":1795626000,"queries":[{"aggregator":"sum","metric":"deploys"}]}');
is_deeply($reply, [{ metric => 'deploys', tags => { env => 'p' }, aggregateTags => [],
                     dps => { BEGIN_AT + 5, 1 } }], 'an annotation query');

$reply = query({ aggregator => 'sum', metric => 'sys.mem' }, request => { msResolution => JSON::PP::true });
is_deeply($reply->[0]{dps}, { BEGIN_AT . '000', 7, BEGIN_AT . '250', 9 }, 'milliseconds');
$reply = query([{ aggregator => 'none', metric => 'none' }, { aggregator => 'sum', metric => 'deploys' },
                { aggregator => 'none', metric => 'sys.mem' }],
               request => { showQuery => JSON::PP::true, showTSUIDs => JSON::PP::true });
is(join(' ', map { "$_->{metric}:$_->{query}{index}" } @$reply), 'deploys:1 sys.mem:2',
   'several questions, of which one has no answer');
is($reply->[0]{query}{aggregator}, 'sum', 'which are told');
is(scalar @{ $reply->[0]{tsuids} }, 1, 'and the series');
is_deeply(query({ aggregator => 'sum', metric => 'none' }), [], 'an unknown metric');

# By GET, as the npm client asks
my @get = (
    ['m=sum:1m-avg:sys.cpu{host=web-2}', 'sum', '1m-avg', { host => 'web-2' }],
    ['m=sum:1m-avg:sys.cpu{}{host=wildcard(web-*)}', 'sum', '1m-avg', undef,
     [{ type => 'wildcard', tagk => 'host', filter => 'web-*' }]],
    ['m=avg:5m-avg:sys.cpu{host=*}', 'avg', '5m-avg', { host => '*' }],
);
for my $case (@get) {
    my ($m, $agg, $down, $tags, $filters) = @$case;
    my $uri = '/api/query?ms=true&arrays=true&show_tsuids=false&no_annotations=true'
              . "&global_annotations=false&start=${\ BEGIN_AT}000&end=${\ END_AT}000&"
              . ($m =~ s/([{}*()])/sprintf '%%%02X', ord $1/ger);
    ($status, $reply) = ask('GET', $uri);
    is_deeply($reply, query({ metric => 'sys.cpu', aggregator => $agg, downsample => $down,
                              tags => $tags, filters => $filters }, uri => '?arrays',
                            request => { msResolution => JSON::PP::true }), $m);
    ok(@{ $reply->[0]{dps} } > 5, 'and there is something');
}

# times
for my $case (['2026/11/25-16:00:00', '2026/11/25-17:00:00', undef],
              ['2026/11/25 17:00', '2026/11/25-18:00', 'Europe/Berlin'],
              ['2026/11/25', '2026/11/26', 'UTC'], ["${\ BEGIN_AT}.000", END_AT . '000', undef])
{
    $reply = query({ metric => 'sys.cpu', aggregator => 'sum', downsample => '0all-count' },
                   request => { start => $case->[0], end => $case->[1],
                                defined $case->[2] ? (timezone => $case->[2]) : () });
    is((values %{ $reply->[0]{dps} })[0], sum(map { scalar keys %{ $_->{at} } } @series), "from $case->[0]");
}
is((ask('GET', '/api/query?start=1h-ago&m=sum:sys.cpu'))[0], 200, 'a relative time');

# errors
for my $case (
    ['{', qr/^body: at byte 1: /], ['[]', qr/^body: expected an object/], ['', qr/^m: missing/],
    ['{"start":1}', qr/^queries: missing/],
    ['{"queries":[{"aggregator":"sum","metric":"m"}]}', qr/^start: missing/],
    ['{"start":"x","queries":[{"aggregator":"sum","metric":"m"}]}', qr/^start: "x": expected seconds/],
    ['{"start":9,"end":8,"queries":[{"aggregator":"sum","metric":"m"}]}', qr/^start: after end/],
    ['{"start":1,"queries":[{"aggregator":"sun","metric":"m"}]}', qr/^queries\[0\]\.aggregator: "sun": expected avg/],
    ['{"start":1,"queries":[{"aggregator":"sum","metric":"m"},{"metric":"m"}]}', qr/^queries\[1\]\.aggregator: missing/],
    ['{"start":1,"queries":[{"aggregator":"sum"}]}', qr/^queries\[0\]\.metric: missing/],
    ['{"start":1,"queries":[{"aggregator":"sum","metric":"m","downsample":"1x-avg"}]}', qr/^queries\[0\]\.downsample: "1x-avg": /],
    ['{"start":1,"queries":[{"aggregator":"sum","metric":"m","step":1}]}', qr/^queries\[0\]\.member: "step": unknown/],
    ['{"start":1,"queries":[{"aggregator":"sum","tsuids":["01"]}]}', qr/^queries\[0\]\.tsuids: series are asked/],
    ['{"start":1,"queries":[{"aggregator":"sum","metric":"m","filters":[{"type":"regexp","tagk":"a","filter":"(?=x)"}]}]}',
     qr/^queries\[0\]\.filters\[0\]\.filter: /],
    ['{"start":1,"queries":[' . join(',', ('{"aggregator":"sum","metric":"m"}') x 51) . ']}', qr/^queries: more than 50/],
) {
    ($status, $reply) = ask('POST', '/api/query', $case->[0]);
    is($status, 400, substr $case->[0], 0, 60);
    like($reply->{error}{message}, $case->[1], 'it is told');
    is_deeply([@{ $reply->{error} }{qw(code status)}], [400, 400], 'in both ways');
}

for my $case (['/api/query?start=1&tsuid=sum:01', qr/^tsuid: /], ['/api/query?start=1&nmae=1', qr/^nmae: unknown/],
              ['/api/suggest?q=a', qr/^type: /], ['/api/suggest?type=x', qr/^type: "x": expected metrics/],
              ['/api/search/lookup', qr/^m: missing/], ['/api/query?start=1&m=sum', qr/^m: /],
              ['/api/query?start=1' . '&m=sum:a' x 51, qr/^m: more than 50/],
              ['/api/suggest?type=metrics&q=' . 'a' x 513, qr/^q: /])
{
    ($status, $reply) = ask('GET', $case->[0]);
    is($status, 400, $case->[0]);
    like($reply->{error}{message}, $case->[1], 'it is told');
}

# Lucene has no automaton of a prefix of a thousand bytes
for my $type (qw(metrics tagk tagv)) {
    my $longest = "/api/suggest?type=$type&q=" . '%C3%A4' x 256;
    is_deeply([(ask('GET', $longest))[0, 1]], [200, []], "suggest: the longest of $type");
}

is((ask('POST', '/api/version', '{}'))[0], 405, 'a wrong method');
is((ask('POST', '/api/query', '{"start":1' . ' ' x 262144 . '}'))[0], 413, 'a body that is too large');
is((ask('POST', '/api/query', { start => BEGIN_AT, end => END_AT, queries => [{
    aggregator => 'sum', metric => 'sys.cpu', filters => [{ type => 'regexp', tagk => 'host',
    filter => '[ab].{25}' }] }] }))[0], 400, 'an expression that is too much');
($status, $reply) = ask('POST', '/api/query', { start => 1, end => END_AT, queries => [{
    aggregator => 'sum', metric => 'sys.cpu', downsample => '1s-sum-zero' }] });
is($status, 400, 'too much to fill in');
like($reply->{error}{message}, qr/expected downsample with a longer interval/, 'what makes it less');


# The same of a plain program.
my @downs = ('', '', '1m-avg', '30s-sum', '2m-max', '45s-min', '1m-count', '1m-dev', '1m-sum-zero',
             '1m-avg-nan', '2m-sum-null', '0all-sum', '5mc-avg', '1m-mimmin', '90000ms-zimsum');
my @folds = qw(avg sum min max count dev none zimsum mimmin mimmax p50 p75 p90 p95 p99 p999);
my @filters = (
    [],
    [{ type => 'literal_or', tagk => 'host', filter => 'web-1|web-2' }, sub { $_[0]{host} =~ /^web-[12]$/ }],
    [{ type => 'iliteral_or', tagk => 'host', filter => 'WEB-1|web-3' }, sub { $_[0]{host} =~ /^web-[13]$/i }],
    [{ type => 'not_literal_or', tagk => 'host', filter => 'web-1|web-2' }, sub { $_[0]{host} !~ /^web-[12]$/ }],
    [{ type => 'not_iliteral_or', tagk => 'host', filter => 'WEB-3' }, sub { $_[0]{host} !~ /^web-3$/i }],
    [{ type => 'wildcard', tagk => 'host', filter => 'we*' }, sub { $_[0]{host} =~ /^we/ }],
    [{ type => 'iwildcard', tagk => 'host', filter => '*B-*' }, sub { $_[0]{host} =~ /b-/i }],
    [{ type => 'regexp', tagk => 'host', filter => 'b-[12]$' }, sub { $_[0]{host} =~ /b-[12]$/ }],
    [{ type => 'regexp', tagk => 'host', filter => '^(?:db|w\\w+)-\\d' }, sub { $_[0]{host} =~ /^(?:db|w\w+)-\d/ }],
    [{ type => 'not_key', tagk => 'core', filter => '' }, sub { !defined $_[0]{core} }],
);

for my $round (1 .. $ENV{CRICKET_ROUNDS} // 150) {
    my $down = $downs[rand @downs];
    my $fold = $folds[rand @folds];
    my $filter = $filters[rand @filters];
    my $start = BEGIN_AT + int(rand 3) * int(rand 700);
    my $end = rand() < 0.5 ? END_AT : $start + 600 + int rand 2000;
    my $rate = rand() < 0.3;
    my $counter = int rand 3;
    my @keys = ([], ['host'], ['dc'], ['dc', 'host'])[rand 4]->@*;
    my $exact = rand() < 0.2;

    my %question = (metric => 'sys.cpu', aggregator => $fold);
    $question{downsample} = $down if $down ne '';
    $question{tags} = { map { $_ => '*' } @keys } if @keys;
    $question{filters} = [{ %{ $filter->[0] }, groupBy => JSON::PP::false }] if @$filter;
    $question{explicitTags} = JSON::PP::true if $exact;

    if ($rate) {
        $question{rate} = JSON::PP::true;
        $question{rateOptions} = { counter => JSON::PP::true, counterMax => 1000, resetValue => 30,
            $counter == 2 ? (dropResets => JSON::PP::true) : () } if $counter;
    }

    my $want = plain($down, $fold, $filter, $start, $end, $rate, $counter, \@keys, $exact);
    my $got = query(\%question, request => { start => $start, end => $end });

    is(wrong($got, $want), '', $json->encode([$start, $end, \%question]))
        or diag("seed $seed: ", $json->encode($got), "\n", $json->encode($want));
}


sub plain {
    my ($down, $fold, $filter, $start, $end, $rate, $counter, $keys, $exact) = @_;

    my ($width, $how, $fill) = $down =~ /^(\d+[a-z]+)-(\w+)(?:-(\w+))?$/;
    my ($number, $unit) = ($width // '') =~ /^(\d+)(ms|s|m|h|all)/;
    my $sec = !defined $unit ? 1
            : $number * ({ ms => 0.001, s => 1, m => 60, h => 3600, all => 0 }->{$unit});
    my $from = defined $unit && $sec ? $sec * int($start / $sec) : $start;
    my %groups;

    $how //= $fold =~ /^(sum|zimsum|min|max|mimmin|mimmax)$/ ? $fold : 'avg';

    for my $s (@series) {
        my %tags = %{ $s->{tags} };
        my %known = map { $_ => 1 } @$keys, @$filter ? $filter->[0]{tagk} : ();

        next if grep { !defined $tags{$_} } @$keys;
        next if $exact && grep { !$known{$_} } keys %tags;

        if (@$filter) {
            my $lacks = !defined $tags{ $filter->[0]{tagk} };
            next if $lacks ? $filter->[0]{type} !~ /^not_/ : !$filter->[1]->(\%tags);
        }

        my %buckets;
        for my $at (grep { $_ >= $start && $_ <= $end } keys %{ $s->{at} }) {
            push @{ $buckets{ $sec ? $sec * int($at / $sec) : $start } }, $s->{at}{$at};
        }
        next if !%buckets;

        my %value = map { $_ => one($how, @{ $buckets{$_} }) } keys %buckets;
        if ($fill) {
            for (my $at = $from; $at < $end; $at += $sec) {
                $value{$at} //= $fill eq 'zero' ? 0 : 'nan';
            }
        }

        my @line = map { [$_, $value{$_}] } sort { $a <=> $b } keys %value;
        @line = rate($counter, @line) if $rate;

        my $group = $fold eq 'none' ? tags(\%tags) : join ',', map { $tags{$_} } @$keys;
        push @{ $groups{$group} }, { tags => \%tags, line => \@line };
    }

    return [map { lines($fold, $fill, $rate, @{ $groups{$_} }) } sort keys %groups];
}

sub lines {
    my ($fold, $fill, $rate, @members) = @_;

    my (%tags, %differ, %at, %dps);

    for my $m (@members) {
        for my $key (keys %{ $m->{tags} }) {
            $differ{$key} = 1 if defined $tags{$key} && $tags{$key} ne $m->{tags}{$key};
            $tags{$key} //= $m->{tags}{$key};
        }
        $at{ $_->[0] } = 1 for @{ $m->{line} };
    }
    delete @tags{ keys %differ };

    for my $at (keys %at) {
        my @values;

        for my $m (@members) {
            my @before = grep { $_->[0] <= $at } @{ $m->{line} };
            my ($next) = grep { $_->[0] > $at } @{ $m->{line} };
            next if !@before;
            my $last = $before[-1];

            if ($last->[0] == $at) {
                push @values, $last->[1];
            } elsif (!$next || $fold =~ /^(count|none|zimsum|mimmin|mimmax)$/) {
                next;
            } elsif ($rate) {
                push @values, $last->[1];
            } elsif ($last->[1] ne 'nan' && $next->[1] ne 'nan') {
                push @values, $last->[1] + ($at - $last->[0]) * ($next->[1] - $last->[1])
                                           / ($next->[0] - $last->[0]);
            }
        }

        @values = grep { $_ ne 'nan' } @values;
        my $value = @values || $fold eq 'count' ? one($fold, @values) : 'nan';

        next if $value eq 'nan' && !($fill && $fill ne 'zero');
        $dps{$at} = $value ne 'nan' ? $value : $fill eq 'nan' ? 'NaN' : undef;
    }

    return { tags => \%tags, aggregateTags => [sort keys %differ], dps => \%dps };
}

sub rate {
    my ($counter, @line) = @_;

    my @rates;
    for my $i (1 .. $#line) {
        my ($before, $now) = @line[$i - 1, $i];
        my $seconds = $now->[0] - $before->[0];
        if ($before->[1] eq 'nan' || $now->[1] eq 'nan') {
            push @rates, [$now->[0], 'nan'];
            next;
        }
        my $rate = ($now->[1] - $before->[1]) / $seconds;
        if ($counter && $rate < 0) {
            next if $counter == 2;
            $rate = (1000 - $before->[1] + $now->[1]) / $seconds;
            $rate = 0 if $rate > 30;
        }
        push @rates, [$now->[0], $rate];
    }
    return @rates;
}

sub one {
    my ($how, @values) = @_;

    return scalar @values if $how eq 'count';
    return sum(@values) if $how =~ /sum/;
    return min(@values) if $how =~ /min$/;
    return max(@values) if $how =~ /max$/;

    my $mean = sum(@values) / @values;
    return $mean if $how =~ /^(avg|none)$/;
    return sqrt(sum(map { ($_ - $mean) ** 2 } @values) / @values) if $how eq 'dev';

    my $part = $how eq 'p999' ? 0.999 : substr($how, 1) / 100;
    my $place = $part * (@values + 1);
    @values = sort { $a <=> $b } @values;
    return $values[0] if $place < 1;
    return $values[-1] if $place >= @values;
    my $i = int $place;
    return $values[$i - 1] + ($place - $i) * ($values[$i] - $values[$i - 1]);
}

sub wrong {
    my ($got, $want) = @_;

    return 'no answer' if !$got;
    return @$got . ' lines, not ' . @$want if @$got != @$want;

    for my $i (0 .. $#$got) {
        my ($g, $w) = ($got->[$i], $want->[$i]);

        return "line $i: tags" if $json->encode([@$g{qw(tags aggregateTags)}])
                                  ne $json->encode([@$w{qw(tags aggregateTags)}]);
        return "line $i: " . keys(%{ $g->{dps} }) . ' points, not ' . keys %{ $w->{dps} }
            if keys %{ $g->{dps} } != keys %{ $w->{dps} };

        for my $at (keys %{ $w->{dps} }) {
            my ($x, $y) = map { exists $_->{dps}{$at} ? $_->{dps}{$at} // 'null' : 'none' } $g, $w;
            return "line $i: $at: $x, not $y"
                if "$x$y" =~ /n/i ? "$x" ne "$y" : abs($x - $y) > 1e-9 * (1 + abs $y);
        }
    }

    return '';
}

$nginx->stop;
done_testing();
