# SPDX-License-Identifier: BSD-2-Clause

# Pages: following the Link header gives every datapoint, or name, just once.

use strict;
use warnings;

use lib 't/lib';

use CricketTest;
use JSON::PP;
use Test::More;

my $index = fresh_index();
my $second = fresh_index();
my $both = "$index-both";

my $nginx = nginx(q{
    upstream es { server %%ES%%; keepalive 4; }

    server {
        listen 127.0.0.1:%%PORT%%;
        cricket_pass http://es;
        cricket_index %%INDEX%%;
        location = /v1/metrics { cricket metrics; }
        location = /v1/names { cricket names; }
        location = "/other <place>" { cricket metrics; }
        location = /second { cricket metrics; cricket_index %%SECOND%%; }
        location = /both { cricket metrics; cricket_index %%BOTH%%; }
        location = /both/export { cricket export; cricket_index %%BOTH%%; }
    }
}, ES => es_url() =~ s{^http://}{}r, INDEX => $index,
   SECOND => $second, BOTH => $both);


sub page {
    my ($uri) = @_;

    my $reply = http($nginx->port, 'GET', $uri);
    is($reply->{status}, 200, substr $uri, 0, 60) or diag($reply->{body});

    my ($next) = ($reply->{headers}{link} // '') =~ /^<(\?.*)>; rel="next"$/;
    $next = $uri =~ s/\?.*//r . $next if defined $next;

    return ($reply->{body}, $next);
}


# All values, a page at a time, and how many pages there were.
sub follow {
    my ($uri, $between) = @_;

    my ($n, @values) = 0;

    while (defined $uri && $n++ < 100) {
        my ($body, $next) = page($uri);
        my $json = decode_json($body);
        push @values, map { $_->{value} // $_->{name} }
                      ref $json eq 'HASH' ? @{ $json->{names} } : @$json;
        $between->($n) if $between;
        $uri = $next;
    }

    return ($n, "@values");
}


sub store {
    my (@datapoints) = @_;

    my $uri = ref $datapoints[0] ? '/v1/metrics' : shift @datapoints;
    my $reply = http($nginx->port, 'POST', $uri,
                     encode_json([map { {
                         name => $_->[0], type => 'x', value => $_->[1] + 0,
                         timestamp => $_->[2]
                     } } @datapoints]));
    is($reply->{status}, 200, 'stored') or diag($reply->{body});
    es('POST', "/$index,$second/_refresh");
}


my $name = "a&b \x{fc}";

# Ten of the same instant, ten in the same millisecond, ten far apart.
store((map { [$name, $_, '2016-12-31T22:49:50Z'] } 1 .. 10),
      (map { [$name, $_, "2016-12-31T22:49:50.0000000${_}Z"] } 11 .. 20),
      (map { [$name, $_, "20$_-01-01T00:00:00Z"] } 21 .. 30));

my $all = join ' ', 1 .. 30;

for my $limit (1, 3, 7, 10, 29) {
    my ($n, $values) = follow("/v1/metrics?limit=$limit");
    is($values, $all, "limit $limit: every datapoint once, in order");
    is($n, int((30 + $limit - 1) / $limit), "limit $limit: no page too many");
}

my (undef, $values) = follow('/v1/metrics?name=a%26b+%C3%BC&limit=4'
                             . '&start=2016-12-31T22:49:50.000000015Z'
                             . '&end=2025-01-01T00:00:00%2B00:00');
is($values, join(' ', 15 .. 25), 'a range, and a name to be encoded');

(undef, $values) = follow('/other%20%3Cplace%3E?limit=11');
is($values, $all, 'another location, whose path is to be encoded');

# What is stored meanwhile disturbs no page that is still to come.
(undef, $values) = follow('/v1/metrics?limit=10', sub {
    my ($n) = @_;
    store(['late', 100 + $n, '2016-12-31T22:49:50Z']) if $n == 2;
});
is($values, $all, 'pages while more is stored');

# limit and format may change from page to page, the filters may not.
my (undef, $next) = page('/v1/metrics?name=a%26b+%C3%BC&limit=10');
my ($body) = page($next =~ s/limit=10/limit=2&format=csv/r);
is(() = $body =~ /\r\n/g, 3, 'another limit and format');

for my $change ([qr/&limit/, '&type=x&limit'], [qr/name=a/, 'name=b'],
                [qr/(cursor=.{12})(.)/, sub { $2 eq 'A' ? 'B' : 'A' }])
{
    my ($from, $to) = @$change;
    my $uri = $next;
    ref $to ? $uri =~ s/$from/$1 . $to->()/e : $uri =~ s/$from/$to/;
    my $reply = http($nginx->port, 'GET', $uri);
    is($reply->{status}, 400, 'a cursor with another filter, or damaged');
    like($reply->{body}, qr/"cursor: of other parameters, or damaged"/,
         'the message');
}

# A relative time stays what it was on the first page.
(undef, $next) = page('/v1/metrics?end=now&limit=1');
like($next, qr/end=20\d\d-\d\d-\d\dT/, 'a relative time is resolved');

# Names.
store(map { ["n$_", 1, '2016-12-31T22:49:50Z'] } 100 .. 119);
(undef, $values) = follow('/v1/names?prefix=n&limit=6');
is($values, join(' ', map { "n$_" } 100 .. 119), 'every name once, in order');

# The newest first: the same, from its end.
for my $limit (1, 7, 29) {
    (undef, $values) = follow("/v1/metrics?order=desc&limit=$limit"
                              . '&name=a%26b+%C3%BC');
    is($values, join(' ', reverse 1 .. 30), "downwards, limit $limit");
}

(undef, $next) = page('/v1/metrics?order=desc&limit=1');
is(http($nginx->port, 'GET', $next =~ s/order=desc&//r)->{status}, 400,
   'a cursor goes with its order');

# An exclusive end: two ranges add up to one.
(undef, $values) = follow('/v1/metrics?name=a%26b+%C3%BC&start=0'
                          . '&before=2016-12-31T22:49:50.000000015Z');
my (undef, $rest) = follow('/v1/metrics?name=a%26b+%C3%BC'
                           . '&start=2016-12-31T22:49:50.000000015Z');
is("$values $rest", $all, 'ranges that add up');

# Several indices behind one name, with equal instants, and equal sequence
# numbers: each has its own.
store('/second', map { [$name, 1000 + $_, '2016-12-31T22:49:50Z'] } 1 .. 10);
store('/second', ['later', 2000, '2030-01-01T00:00:00Z']);
my ($status) = es('POST', '/_aliases', encode_json({ actions => [
    map { { add => { index => CricketTest::partitioned() ? "$_-*" : $_,
                     alias => $both } } } $index, $second ] }));
is($status, 200, 'an alias of two indices');

my $export = http($nginx->port, 'GET', '/both/export?format=ndjson')->{body};
my @expected = map { decode_json($_)->{value} } split /\n/, $export;
is(scalar(grep { $_ > 1000 } @expected), 11, 'what is in the second');
cmp_ok(scalar(@expected), '>', 60, 'and in the first');

for my $limit (1, 3, 7, 20) {
    my ($n, $values) = follow("/both?limit=$limit");
    is($values, "@expected", "two indices, limit $limit: each once, in order");
}

$nginx->stop;

done_testing();
