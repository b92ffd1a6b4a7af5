# SPDX-License-Identifier: BSD-2-Clause

# Filters, on every route that reads: any of, none of, and patterns of tags and
# names. What t/read_property.t draws at random is here by example, and what
# Elasticsearch would find too much is not asked of it.

use strict;
use warnings;

use lib 't/lib';

use CricketReads;
use CricketTest;
use JSON::PP;
use Test::More;

my $index = fresh_index();
my $nginx = reads(index => $index,
                  set => 'large_client_header_buffers 4 64k;');

# host, dc and what they are called by: the value of a datapoint is its number
my @tags = ({ host => 'web1', dc => 'a' }, { host => 'web2', dc => 'b' },
            { host => 'db1', dc => 'a' }, { dc => 'b' }, {},
            { host => 'we*b' }, { host => 'w?b\\' }, { host => "\x{1f980}" });
my $json = JSON::PP->new->utf8;
my @points = map { { name => "m$_", type => 'gauge', value => $_,
                     timestamp => "2020-01-01T00:00:0${_}Z",
                     tags => $tags[$_] } } 0 .. $#tags;

is(http($nginx->port, 'POST', '/v1/metrics?refresh=wait_for',
        $json->encode(\@points))->{status}, 200, 'datapoints');


sub get {
    my ($uri) = @_;

    return http($nginx->port, 'GET', $uri);
}


my @cases = (
    ['tag.host=web1&tag.host=db1', '0 2'],
    ['tag.host=web1&tag.host=web1', '0'],
    ['tag.host=web1&tag.host=db1&tag.dc=a&tag.dc=c', '0 2'],
    ['tag.host!=web1', '1 2 3 4 5 6 7'],
    ['tag.host!=web1&tag.host!=db1&tag.dc!=b', '4 5 6 7'],
    ['tag.host!=web1&tag.host=web1', ''],
    ['tag.host~=web*', '0 1'],
    ['tag.host~=*1', '0 2'],
    ['tag.host~=web?&tag.host~=d*', '0 1 2'],
    ['tag.host~=web?&tag.host=db1', '0 1 2'],
    ['tag.host~=*', '0 1 2 5 6 7'],
    ['tag.host~=?', '7'],
    ['tag.host~=we%5C*b', '5'],
    ['tag.host~=*%5C%3F*%5C%5C', '6'],
    ['tag.host~=we*b', '5'],
    ['tag.host!~=*', '3 4'],
    ['tag.host!~=web*', '2 3 4 5 6 7'],
    ['tag.host!~=web*&tag.host!~=*b*&tag.dc~=?', '3'],
    ['tag.hos~=t=*', ''],
    ['tag.host~=WEB*', ''],
    ['name~=m%3F', '0 1 2 3 4 5 6 7'],
    ['name~=m1', '1'],
    ['name~=*&tag.dc!~=*&type=gauge', '4 5 6 7'],
);

for my $case (@cases) {
    my ($query, $want) = @$case;
    my @want = split / /, $want;
    my $range = 'start=2020-01-01T00:00:00Z&end=2020-01-02T00:00:00Z';
    my $all = $query =~ /name/ ? $query : "$query&name~=*";

    is(join(' ', map { $_->{value} }
            @{ decode_json(get("/v1/metrics?$query")->{body}) }),
       $want, "datapoints: $query");
    is(join(' ', get("/v1/export?$query")->{body} =~ /"value":(\d)/g),
       $want, "an export: $query");
    is(join(' ', get("/v1/names?$query")->{body} =~ /"name":"m(\d)"/g),
       $want, "names: $query");
    is(decode_json(get("/v1/stats?$all&$range")->{body})->{count},
       scalar @want, "statistics: $query");
}

# a page behind another has the same filters
my $link = get('/v1/metrics?tag.host=web1&tag.host~=w*&tag.host=db1&limit=1')
           ->{headers}{link};
like($link, qr/^<\?tag\.host=web1&tag\.host~=w%2A&tag\.host=db1&/, 'Link');
my ($next) = $link =~ /^<(.*)>/;
like(get("/v1/metrics$next")->{body}, qr/"value":1,/, 'the page behind it');

# what is the most that is taken is not too much for Elasticsearch
for my $pattern ('*' . '?' x 9, '*' . 'a?' x 7, '*' . 'a' x 255,
                 '*' . 'a?' x 5 . 'a' x 40, '*' . 'a?a?a' . 'a' x 136,
                 '*a' x 128, '?' x 256, '?a' x 100 . '*?a?a?a' . 'a' x 30,
                 '*' . 'a' x 99 . '?' . 'a' x 99, '*' . '%F0%9F%A6%80' x 60)
{
    my $encoded = $pattern =~ s/\?/%3F/gr;

    for my $what ('tag.host~', 'tag.host!~', 'name~') {
        my $reply = get("/v1/metrics?$what=$encoded&limit=1");
        is($reply->{status}, 200, "$what of " . substr $pattern, 0, 40)
            or diag($reply->{body});
    }
}

# a dashboard that names each host
my $many = join '&', map { "tag.host=h$_" } 1 .. 255;
is(decode_json(get("/v1/metrics?$many&tag.host=web2")->{body})->[0]{value}, 1,
   '256 values');

# what is meant is said
for my $case (['host=web1', 'tag.host='], ['tag.host~=a%5Cb', '*, ? or'],
              ['name=a&name~=b', 'name~: given beside name'])
{
    my $reply = get("/v1/metrics?$case->[0]");
    is($reply->{status}, 400, $case->[0]);
    like($reply->{body}, qr/\Q$case->[1]\E/, "$case->[0] is told");
}

$nginx->stop;
done_testing();
