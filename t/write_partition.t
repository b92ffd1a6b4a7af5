# SPDX-License-Identifier: BSD-2-Clause

# Partitions: one POST goes to many, each is made when it is needed, and the
# trouble of one is that of its datapoints alone; reads ask only for those that
# can have the range; shards, routing and tag fields.

use strict;
use warnings;

use lib 't/lib';

use CricketTest;
use JSON::PP;
use POSIX qw(strftime);
use Test::More;
use Time::HiRes qw(time);

my $count = 0;
my @bases;
my $now = strftime('%Y-%m-%dT%H:%M:%SZ', gmtime);
my $year = substr $now, 0, 4;

END { drop($_) for @bases }


sub drop {
    my ($base) = @_;

    my ($status, $reply) = es('GET', "/$base~all/_alias");
    es('DELETE', "/$_") for $status == 200 ? keys %$reply : ();
    es('DELETE', "/_index_template/cricket-$base~");
}


# Sets partitions up, or not; returns the pattern.
sub fresh {
    my ($units, @options) = @_;

    my $base = sprintf 'part-%d-%d-%d', time, $$, ++$count;

    push @bases, $base;
    init("$base-$units", @options) if @options;

    return "$base-$units";
}


sub init {
    my ($index, @options) = @_;

    open my $out, '-|', "$CricketTest::TOP/objs/cricket", '--init', '--url',
        es_url(), '--index', $index, @options or die "cricket: $!";
    my @said = <$out>;
    ok(close $out, "init of $index") or diag(@said);

    return join '', @said;
}


sub start {
    my ($index, $set, %option) = @_;

    return nginx(qq{
        upstream es { server %%ES%%; keepalive 4; }

        server {
            listen 127.0.0.1:%%PORT%%;
            cricket_pass http://es;
            cricket_index $index;
            $set
            location = /v1/metrics { cricket metrics; }
            location = /v1/stats   { cricket stats; }
            location = /v1/names   { cricket names; }
            location = /v1/export  { cricket export; }
            location = /ready      { cricket ready; }
        }
    }, ES => es_url() =~ s{^http://}{}r, %option);
}


sub point {
    my ($time, $value, %tags) = @_;

    return { name => 'p', type => 't', value => $value, timestamp => $time,
             %tags ? (tags => \%tags) : () };
}


sub post {
    my ($nginx, $points, %header) = @_;

    my $uri = delete $header{uri} // '/v1/metrics?refresh=wait_for';

    return http($nginx->port, 'POST', $uri, encode_json($points), %header);
}


sub values_of {
    my ($nginx, $uri) = @_;

    my $reply = http($nginx->port, 'GET', $uri);
    is($reply->{status}, 200, $uri) or diag($reply->{body});

    return join ' ', map { $_->{value} } @{ decode_json($reply->{body}) };
}


sub indices {
    my ($pattern) = @_;

    my ($base) = $pattern =~ /^(.*?)-%/;
    my (undef, $reply) = es('GET', "/$base-*/_alias");

    return join ' ', map { s/^\Q$base\E-//r } sort keys %$reply;
}


# Nothing is set up: nothing is made, and reads say so, too.
my $index = fresh('%Y');
my $nginx = start($index, '', _log => 'debug');

for my $case (['POST', '/v1/metrics', encode_json([point($now, 1)])],
              ['GET', '/v1/metrics'], ['GET', '/v1/export'], ['GET', '/v1/names'],
              ['GET', "/v1/stats?name=p&start=2016-01-01T00:00:00Z&end=$now"])
{
    my ($method, $uri, $body) = @$case;

    my $reply = http($nginx->port, $method, $uri, $body);
    is($reply->{status}, 503, "$method $uri");
    like($reply->{body}, qr/"the index is not set up"/, 'why');
    is($reply->{headers}{'retry-after'}, 1, 'when again');
}

like(http($nginx->port, 'GET', '/ready')->{body},
     qr/"name":"index","ok":false,"message":"is not set up: run cricket --init"/,
     'not ready');

# Set up under it, it goes on at once.
init($index, '--replicas', 0);
is(indices($index), $year, 'the partition of now');
is(http($nginx->port, 'GET', '/ready')->{status}, 200, 'ready');
is(values_of($nginx, '/v1/metrics'), '', 'nothing there');

# One POST, many partitions.
my @points = (point('2020-05-01T00:00:00Z', 2), point($now, 4),
              point('1990-01-01T00:00:00Z', 0), point('9999-01-01T00:00:00Z', 5),
              point('2019-12-31T23:59:59.999999999Z', 1),
              point('2020-12-31T23:59:59Z', 3));

my $reply = post($nginx, \@points);
is($reply->{body}, "{\"stored\":6}\n", 'stored in five partitions');
is(indices($index), "2019 2020 $year ahead past", 'which are there');
is(values_of($nginx, '/v1/metrics'), '0 1 2 3 4 5', 'read in order');
is(values_of($nginx, '/v1/metrics?order=desc'), '5 4 3 2 1 0', 'and backwards');

# Which are asked; an instant at the border of two belongs to one.
for my $case (['start=2020-01-01T00:00:00Z&end=2020-12-31T23:59:59Z', '2 3',
               '2020'],
              ['start=2019-12-31T23:59:59Z&end=2020-01-01T00:00:00Z', '1',
               '2019 2020'],
              ['timestamp=2020-05-01T00:00:00Z', '2', '2020'],
              ['end=1995-01-01T00:00:00Z', '0', 'all'],
              ['start=1990-01-01T00:00:00Z&end=1990-02-01T00:00:00Z', '0',
               '1990'],
              ["start=$year-01-01T00:00:00Z", '4 5', $year],
              ['start=2021-01-01T00:00:00Z&end=2021-02-01T00:00:00Z', '',
               '2021'])
{
    my ($args, $values, $asked) = @$case;

    is(values_of($nginx, "/v1/metrics?$args"), $values, 'what is there');

    my $base = $index =~ s/-%Y//r;
    my @searched = $nginx->log =~ /http cricket search in "([^"]*)"/g;
    my $list = $asked eq 'all'
               ? "$base~all*,$base~kept*"
               : join ',', (map { "$base-$_~*" } split ' ', $asked),
                           "$base-past~*", "$base-ahead~*", "$base~kept*";

    is($searched[$args =~ /2021/ ? -1 : -1], $list, "$args: what was asked");
}

my $stats = decode_json(http($nginx->port, 'GET', '/v1/stats?name=p'
    . '&start=2019-01-01T00:00:00Z&end=2020-12-31T23:59:59Z')->{body});
is_deeply([@$stats{qw(count sum)}], [3, 6], 'stats over two');
is(http($nginx->port, 'GET', '/v1/stats?name=p&start=2001-01-01T00:00:00Z'
        . '&end=2001-02-01T00:00:00Z')->{body},
   '{"count":0,"sum":0,"min":null,"max":null,"average":null}' . "\n",
   'stats where there is none');
is(http($nginx->port, 'GET', '/v1/names')->{body},
   '{"names":[{"name":"p","count":6}]}' . "\n", 'names');
is(() = http($nginx->port, 'GET', '/v1/export')->{body} =~ /\n/g, 6, 'export');

# A key: sent again, nothing is stored twice, though a partition was missing.
my @keyed = (point('2016-12-31T23:59:59Z', 10), point('2018-06-01T00:00:00Z', 11));
is(post($nginx, \@keyed, 'Idempotency-Key' => 'k')->{body}, "{\"stored\":2}\n",
   'with a key') for 1 .. 3;
is(values_of($nginx, '/v1/metrics?start=2016-01-01T00:00:00Z'
             . '&end=2018-12-31T00:00:00Z'), '10 11', 'once');

# An old index beside them.
my $old = fresh_index();
my $base = $index =~ s/-%Y//r;
es('POST', '/_aliases', encode_json({ actions => [
    { add => { index => $old, alias => "$base~kept" } } ] }));
es('POST', "/$old/_doc?refresh=true", encode_json({
    name => 'p', type => 't', value => 99, series => 'AAAAAAAAAAAA',
    timestamp => '2021-01-15T00:00:00Z' }));
is(values_of($nginx, '/v1/metrics?start=2021-01-01T00:00:00Z'
             . '&end=2021-02-01T00:00:00Z'), '99', 'an old index is read');

# A closed partition: its datapoints alone, and reads of it, are refused.
es('POST', "/$base-2018/_close");
$reply = post($nginx, [point('2018-06-01T00:00:00Z', 12)]);
is($reply->{status}, 503, 'a closed partition takes nothing');
is(post($nginx, [point('2020-06-01T00:00:00Z', 12)])->{status}, 200,
   'another one does');
is(http($nginx->port, 'GET', '/v1/metrics?start=2018-01-01T00:00:00Z'
        . '&end=2018-12-31T00:00:00Z')->{status}, 503, 'nor can it be read');
is(values_of($nginx, '/v1/metrics?start=2020-06-01T00:00:00Z'
             . '&end=2020-06-01T00:00:00Z'), '12', 'others can');
es('POST', "/$base-2018/_open?wait_for_active_shards=1");

# One that cannot be made.
my (undef, $health) = es('GET', '/_cluster/health');
es('PUT', '/_cluster/settings', encode_json({ persistent => {
    'cluster.max_shards_per_node' => $health->{active_shards} || 1 } }));
$reply = post($nginx, [point('2017-06-01T00:00:00Z', 13)]);
is($reply->{status}, 503, 'a partition that cannot be made');
like($reply->{body}, qr/does not make the partition/, 'why');
is(post($nginx, [point('2020-06-02T00:00:00Z', 13)])->{status}, 200,
   'others take what is theirs');
es('PUT', '/_cluster/settings', encode_json({ persistent => {
    'cluster.max_shards_per_node' => undef } }));
is(post($nginx, [point('2017-06-01T00:00:00Z', 13)])->{status}, 200,
   'and it is made once it can be');

# Without a template nothing is made.
es('DELETE', "/_index_template/cricket-$base~");
$reply = post($nginx, [point('2022-06-01T00:00:00Z', 14)]);
is($reply->{status}, 503, 'no template');
like($reply->{body}, qr/"the index is not set up"/, 'why');
unlike(indices($index), qr/2022/, 'nothing is made');

$nginx->stop;


# Shards: a series is in one of them, whoever sends it and in whatever spelling.
$index = fresh('%Y.%m', '--replicas', 0, '--shards', 3, '--tag-fields', 'host,a.b');
$base = $index =~ s/-%Y.*//r;
$nginx = start($index, 'cricket_tag_fields host a.b;', _workers => 2);

post($nginx, [map { point('2020-05-01T00:00:00Z', $_, host => 'h' . $_ % 7,
                          'a.b' => 'x', other => 'y') } 1 .. 70]);
is(post($nginx, [point('2020-05-01T00:00:00Z', 100, other => 'y', 'a.b' => 'x',
                       host => 'h1')])->{status}, 200, 'stored');

my (undef, $shards) = es('GET', "/$base-2020.05/_stats?level=shards"
                                . '&filter_path=indices.*.shards.*.docs.count');
my @docs = map { $_->[0]{docs}{count} }
           values %{ $shards->{indices}{"$base-2020.05"}{shards} };
is(scalar(grep { $_ % 10 == 0 || $_ % 10 == 1 } @docs), 3,
   'whole series in each shard') or diag("@docs");
cmp_ok(scalar(grep { $_ } @docs), '>', 1, 'in more than one');

my ($status, $terms) = es('POST', "/$base~all/_search", encode_json({
    size => 0, query => { query_string => { query => 'tag.a.b:x' } },
    aggs => { host => { terms => { field => 'tag.host', size => 100 } } } }));
is($status, 200, 'a search by tag fields');
is_deeply([map { "$_->{key} $_->{doc_count}" }
           sort { $a->{key} cmp $b->{key} }
           @{ $terms->{aggregations}{host}{buckets} }],
          ['h0 10', 'h1 11', map { "h$_ 10" } 2 .. 6], 'others group by them');

# All the pages, from this one on.
sub walk {
    my ($nginx, $uri) = @_;

    my @got;

    while ($uri && @got < 1000) {
        my $page = http($nginx->port, 'GET', $uri);
        push @got, map { $_->{value} } @{ decode_json($page->{body}) };
        ($uri) = ($page->{headers}{link} // '') =~ /^<(\?.*)>; rel="next"$/;
        $uri = "/v1/metrics$uri" if $uri;
    }

    return @got;
}

for my $limit (1, 9, 40) {
    is_deeply([sort { $a <=> $b } walk($nginx, "/v1/metrics?limit=$limit")],
              [1 .. 70, 100],
              "limit $limit: each of one instant, once, over three shards");
}

# The last days before 1970: Elasticsearch 7 takes -4443 for a year, and leaves
# out shards that have some of a page.
for my $part (0 .. 7) {
    post($nginx, [map { point(sprintf('1969-12-31T23:59:%02d.%03dZ', $_ * 0.35,
                                      $_ * 350 % 1000), $_, host => 'h' . $_ % 23) }
                  grep { $_ % 8 == $part } 0 .. 159]);
}

my @old = (0 .. 159);
my $wrong = 0;

for (1 .. 40) {
    for my $order ('asc', 'desc') {
        my @got = walk($nginx, "/v1/metrics?limit=37&end=1970-01-01T00:00:00Z&order=$order");

        $wrong++ if "@got" ne join ' ', $order eq 'asc' ? @old : reverse @old;
    }
}

is($wrong, 0, 'pages before 1970, over three shards');

# A field more than there is: senders are not to blame.
my $more = start($index, 'cricket_tag_fields host dc;');
$reply = post($more, [point('2020-05-01T00:00:00Z', 1, dc => 'eu')]);
is($reply->{status}, 503, 'a tag field that the index lacks');
like($reply->{body}, qr/run cricket --init/, 'what to do');
like($more->log, qr/is not as Cricket needs it: it lacks field "tag\.dc"/,
     'and which');
$more->allow(qr/\[error\]/);

init($index, '--tag-fields', 'dc');
is(post($more, [point('2020-05-01T00:00:00Z', 1, dc => 'eu', host => 'h9')])
   ->{status}, 200, 'once it is added');
($status, $reply) = es('GET', "/$base-2020.05/_search?q=tag.dc:eu");
is($reply->{hits}{total}{value}, 1, 'to what was there before, too');
$more->stop;
$nginx->stop;


# More shards from now on: a worker that does not know it does no harm.
$index = fresh('%Y', '--replicas', 0);
$base = $index =~ s/-%Y//r;
$nginx = start($index, '');
is(post($nginx, [point($now, 1)])->{status}, 200, 'one shard');
like(init($index, '--shards', 2),
     qr/^updated index template .*^hint: it has 1 shard, and that number cannot be changed; the next partition has the new one$/ms,
     'what --init says');
is(post($nginx, [point($now, 2)])->{status}, 200, 'the old partition goes on');
$reply = post($nginx, [point('2020-05-01T00:00:00Z', 3)]);
is($reply->{status}, 503, 'a new one: once');
like($reply->{body}, qr/"the index has more shards from now on"/, 'why');
is(post($nginx, [point('2020-05-01T00:00:00Z', 3)])->{status}, 200, 'then not');
is(post($nginx, [point($now, 4)])->{status}, 200, 'the old one goes on');
my (undef, $settings) = es('GET', "/$base-*/_settings?flat_settings=true");
is_deeply({ map { $_ => $settings->{$_}{settings}{'index.number_of_shards'} }
            keys %$settings },
          { "$base-2020" => 2, "$base-$year" => 1 }, 'as many as there should be');
is(values_of($nginx, '/v1/metrics'), '3 1 2 4', 'all is read');

$nginx->stop;


# The index of before has the partitions' name: how it is read on, once.
$index = fresh('%Y', '--replicas', 0);
$base = $index =~ s/-%Y//r;
init($base, '--replicas', 0);
like(init($index), qr{^hint: index \Q$base\E is none of the partitions, and is not read; to have it read too: PUT /\Q$base/_alias/$base\E~kept$}m,
     'told of');
($status) = es('PUT', "/$base/_alias/$base~kept");
is($status, 200, 'done as it says');
unlike(init($index), qr/none of the partitions/, 'not told of again');
es('DELETE', "/$base");
($status) = es('PUT', "/$base", '{"mappings":{"properties":{"value":{"type":"text"}}}}');
is($status, 200, q{somebody else's});
unlike(init($index), qr/none of the partitions/, 'is not told of');
es('DELETE', "/$base");
es('DELETE', "/_index_template/cricket-$base");


# An index of before, without series: a 503 until --init has added it.
$old = fresh_index();
(undef, $reply) = es('GET', "/$old");
my $mappings = $reply->{$old}{mappings};
delete $mappings->{properties}{series};
es('DELETE', "/$old");
es('DELETE', "/_index_template/cricket-$old");
es('PUT', "/$old", encode_json({ mappings => $mappings }));
es('POST', "/$old/_doc?refresh=true", encode_json({
    name => 'p', type => 't', value => 1, timestamp => '2020-01-01T00:00:00Z' }));

$nginx = start($old, '');
$reply = post($nginx, [point('2020-01-01T00:00:00Z', 2)]);
is($reply->{status}, 503, 'an index without series');
like($reply->{body}, qr/run cricket --init/, 'what to do');
like(http($nginx->port, 'GET', '/ready')->{body},
     qr/"it lacks field \\"series\\", which cricket --init adds"/, 'not ready');
is(values_of($nginx, '/v1/metrics'), '1', 'it is read');
like(init($old), qr/^added to \Q$old\E what it lacked of the fields series$/m,
     'added');
is(post($nginx, [map { point('2020-01-01T00:00:00Z', $_) } 2, 3])->{status}, 200,
   'then it goes on');
is(http($nginx->port, 'GET', '/ready')->{status}, 200, 'ready');
is(values_of($nginx, '/v1/metrics'), '1 2 3', 'old ones first');

my (undef, $first) = (0, http($nginx->port, 'GET', '/v1/metrics?limit=1'));
my ($next) = $first->{headers}{link} =~ /<(\?.*)>/;
is(values_of($nginx, "/v1/metrics$next"), '2', 'a page behind an old one');
$nginx->stop;

done_testing();
