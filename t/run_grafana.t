# SPDX-License-Identifier: BSD-2-Clause

# The dashboards and alerts of grafana/: promtool takes what they ask Prometheus,
# /metrics has what they name, and Elasticsearch, or Cricket as an OpenTSDB,
# answers what they ask of it.

use strict;
use warnings;

use lib 't/lib';

use CricketBrowser;
use CricketTest;
use JSON::PP;
use Test::More;

my $folder = "$CricketTest::TOP/grafana";
my $index = fresh_index();

my $nginx = nginx(q{
    server {
        listen 127.0.0.1:%%PORT%%;
        cricket_pass http://%%ES%%;
        cricket_index %%INDEX%%;
        cricket_queue 1m 1;
        location = /v1/metrics  { cricket metrics; }
        location = /v1/stats    { cricket stats; }
        location = /metrics     { cricket status; }
        location /api/          { cricket opentsdb; }
    }
}, ES => es_url() =~ s{^http://}{}r, INDEX => $index);

store($nginx->port, series('m', 'gauge', sub { $_[0] % 7 }, SPAN => 60,
                           TAGS => { host => 'web1' }));
http($nginx->port, 'GET', '/v1/stats?name=m&start=now-1h&end=now');

my $metrics = http($nginx->port, 'GET', '/metrics')->{body};
my %known = map { $_ => 1 } $metrics =~ /^# TYPE (\w+)/mg;
$known{"${_}_bucket"} = 1 for $metrics =~ /^# TYPE (\w+) histogram/mg;

sub tool {
    my $said = `promtool @_ 2>&1`;
    is($?, 0, "promtool @_") or diag($said);
}

sub known {
    my ($where, $text) = @_;

    my @unknown = grep { !$known{$_} } $text =~ /\b(cricket_\w+)/g;
    is("@unknown", '', "$where: all of it is in /metrics");
}

tool('check', 'rules', "$folder/prometheus/cricket.rules.yml");
tool('test', 'rules', "$folder/prometheus/cricket.rules.test.yml");
known('alerts', join "\n", map { /^# / ? () : $_ } grep { !/summary|description/ }
      split /\n/, slurp("$folder/prometheus/cricket.rules.yml") =~ s/cricket_queue is//r);

my %uids;
my @boards = glob "$folder/dashboards/*.json";
is(@boards, 3, 'three dashboards');

for my $file (@boards) {
    my ($name) = $file =~ m{([^/]+)\.json$};
    my $board = decode_json(slurp($file));
    my (%ids, @rules);

    ok(!$uids{$board->{uid}}++, "$name: an uid of its own");

    for my $panel (@{ $board->{panels} }) {
        ok(!$ids{$panel->{id}}++, "$name: $panel->{title}: an id of its own");
        is($panel->{datasource}{uid}, '${source}', 'any source');
        my $place = $panel->{gridPos};
        cmp_ok($place->{x} + $place->{w}, '<=', 24, 'it fits');

        for my $target (@{ $panel->{targets} }) {
            push @rules, $target->{expr} if defined $target->{expr};
            elastic($panel->{title}, $target) if $target->{bucketAggs};
            opentsdb($panel->{title}, $target) if $target->{downsampleInterval};
        }
    }

    next if !@rules;

    my $rules = CricketTest::folder('rules') . '/rules.yml';
    open my $out, '>', $rules or die $!;
    print $out "groups: [{name: g, rules: [\n",
          (map { my $expr = $rules[$_] =~ s/\$__rate_interval/1m/gr;
                 $expr =~ s/\$index/.*/g;
                 '{record: "r' . $_ . '", expr: ' . encode_json([$expr])
                     =~ s/^\[|\]$//gr . "},\n" } 0 .. $#rules), "]}]\n";
    close $out;
    tool('check', 'rules', $rules);
    known($name, join "\n", @rules);
}


# As Grafana's source would ask it, version 2.4.
sub opentsdb {
    my ($title, $target) = @_;

    my %query = (metric => $target->{metric} =~ s/\$metric/m/r,
                 aggregator => $target->{aggregator},
                 downsample => "10s-$target->{downsampleAggregator}");

    is($target->{downsampleFillPolicy}, 'none', "$title: gaps are gaps");
    $query{filters} = [map { { %$_, tagk => $_->{tagk} =~ s/\$key/host/r,
                               groupBy => JSON::PP::true } } @{ $target->{filters} }]
        if $target->{filters};
    @query{qw(rate rateOptions)} = (JSON::PP::true,
        { counter => JSON::PP::true, dropResets => JSON::PP::true })
        if $target->{shouldComputeRate};

    my $reply = http($nginx->port, 'POST', '/api/query?arrays=true', encode_json({
        start => time - 3600, end => time + 60, queries => [\%query] }));

    is($reply->{status}, 200, "$title: Cricket takes it") or diag($reply->{body});
    my $lines = decode_json($reply->{body});
    is(@$lines, 1, 'and finds a line');
    cmp_ok(scalar @{ $lines->[0]{dps} }, '>', 1, 'of several points');
    is($lines->[0]{tags}{host}, 'web1', 'with its tags');
}


# As Grafana's source would ask it.
sub elastic {
    my ($title, $target) = @_;

    my ($metric) = @{ $target->{metrics} };
    my $leaf = $metric->{type} eq 'count' ? {}
             : { 1 => { $metric->{type} => { field => $metric->{field} } } };

    for my $group (reverse @{ $target->{bucketAggs} }) {
        my $field = $group->{field} eq '$group' ? 'tags' : $group->{field};

        $leaf = { $group->{id} => {
            $group->{type} eq 'terms'
                ? (terms => { field => $field, size => 20, order => {
                       $group->{settings}{orderBy} eq '1' ? 1 : '_count', 'desc' } })
                : (date_histogram => { field => $field, fixed_interval => '10s',
                                       min_doc_count => 0 }),
            aggs => $group->{type} eq 'terms' && $group->{settings}{orderBy} eq '1'
                ? { %$leaf, 1 => { avg => { field => 'value' } } } : $leaf } };
    }

    my $query = $target->{query} =~ s/\$name/m/r;
    my ($status, $reply) = es('POST', "/$index/_search", encode_json({
        size => 0, aggs => $leaf,
        query => { query_string => { query => $query } } }));

    is($status, 200, "$title: Elasticsearch takes it");
    ok($reply->{hits}{total}{value} > 0, 'and finds something');
}

# the variables of the dashboard for OpenTSDB's source
is_deeply(decode_json(http($nginx->port, 'GET', '/api/suggest?type=metrics&q=&max=1000')->{body}),
          ['m'], 'metrics()');
is_deeply(decode_json(http($nginx->port, 'GET', '/api/search/lookup?limit=1000&m=m')->{body})
              ->{results}[0]{tags}, { host => 'web1' }, 'tag_names(m)');

$nginx->stop;
done_testing();
