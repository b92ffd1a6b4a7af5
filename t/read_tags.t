# SPDX-License-Identifier: BSD-2-Clause

# What can be asked for, and what is new: GET /v1/tags, the keys of tags and
# their values; /v1/last, the newest datapoint of every series; /v1/names with
# details. Pages of each have everything once.

use strict;
use warnings;

use lib 't/lib';

use CricketReads;
use CricketTest;
use Encode qw(encode_utf8);
use JSON::PP;
use Test::More;

my $index = fresh_index();
my $nginx = reads(index => $index,
                  set => 'large_client_header_buffers 4 64k;');
my $json = JSON::PP->new->utf8->canonical;

my (%series, @points);
my @hosts = ('web1', 'web2', 'web10', 'we', 'wea', 'wf', 'w', 'x*', 'q"\\',
             "\x{e9}1", "\x{e9}2", "\x{1f980}", 'a=b', ' ', 'web');

sub point {
    my ($name, $type, $value, $time, $tags) = @_;
    my $key = join "\0", $name, map { "$_=$tags->{$_}" } sort keys %$tags;

    my $point = { name => $name, type => $type, value => $value,
                  timestamp => $time, %$tags ? (tags => $tags) : () };
    push @points, $point;
    my $old = $series{"$key\0\0$type"};
    $series{"$key\0\0$type"} = $point
        if !$old || $old->{timestamp} le $time;
}

for my $i (0 .. $#hosts) {
    for my $n (0 .. 3) {
        my $at = ($i * 7 + $n * 3) % 60;
        point('cpu', 'gauge', $i * 10 + $n,
              sprintf('2026-03-01T10:%02d:00.%03dZ', $at, $n + 1),
              { host => $hosts[$i], 'a.b' => 'v' . $n % 2,
                $i % 3 ? (a => 'x') : () });
    }
}

point('cpu', 'counter', 1, '2026-03-01T10:59:59.5Z', { host => 'web1' });
point('cpu', 'gauge', 2, '2026-03-01T11:30:00Z', {});
point('mem', 'gauge', 3, '2026-03-02T12:00:00Z', { host => 'web1' });
point('mem', 'gauge', 4, '2026-02-01T12:00:00Z', { host => 'old' });

is(http($nginx->port, 'POST', '/v1/metrics?refresh=wait_for',
        $json->encode(\@points))->{status}, 200, 'datapoints');


sub get {
    my ($uri) = @_;
    my $reply = http($nginx->port, 'GET', $uri);

    is($reply->{status}, 200, $uri) or diag($reply->{body});

    return $reply;
}


# all pages of a list
sub all {
    my ($uri, $member) = @_;
    my ($path) = $uri =~ /^([^?]*)/;
    my @list;

    while ($uri) {
        my $reply = get($uri);
        my $body = $json->decode($reply->{body});
        push @list, @{ $member ? $body->{$member} : $body };
        my ($next) = ($reply->{headers}{link} // '') =~ /^<(.*)>/;
        $uri = $next && $path . $next;
        last if @list > 1000;
    }

    return \@list;
}


my $bytes = sub { my ($x, $y) = map { my $s = $_; utf8::encode($s); $s } @_;
                  $x cmp $y };

# keys
is_deeply(all('/v1/tags', 'tags'),
    [{ key => 'a', distinct => 1 }, { key => 'a.b', distinct => 2 },
     { key => 'host', distinct => scalar @hosts + 1 }], 'keys');
is_deeply(all('/v1/tags?name=mem', 'tags'), [{ key => 'host', distinct => 2 }],
          'keys of a name');
is_deeply(all('/v1/tags?name~=c*&tag.host~=web*&type=gauge', 'tags'),
    [{ key => 'a', distinct => 1 }, { key => 'a.b', distinct => 2 },
     { key => 'host', distinct => 4 }], 'keys of what a filter leaves');
is_deeply(all('/v1/tags?name=none', 'tags'), [], 'no keys');

# values
my (%count, %last);

for my $point (@points) {
    my $host = ($point->{tags} // next)->{host} // next;
    $count{$host}++;
    my $time = $point->{timestamp};
    $last{$host} = $time if ($last{$host} // '') lt $time;
}

my @values = map { { value => $_, count => $count{$_},
                     last => $last{$_} =~ s/\.?0*Z$/Z/r =~ s/(:\d\d:)Z/${1}00Z/r } }
             sort { $bytes->($a, $b) } keys %count;

for my $limit (1, 4, 1000) {
    is_deeply(all("/v1/tags?key=host&limit=$limit", 'values'), \@values,
              "values, $limit a page");
}

for my $prefix ('w', 'web', 'web1', 'we', ' ', "\x{e9}", "\x{1f980}", 'x*',
                'q"', 'zz', '=', 'a=')
{
    my $encoded = $prefix;
    utf8::encode($encoded);
    $encoded =~ s/([^a-z0-9])/sprintf '%%%02X', ord $1/ge;

    for my $limit (1, 1000) {
        is_deeply(all("/v1/tags?key=host&prefix=$encoded&limit=$limit",
                      'values'),
                  [grep { index($_->{value}, $prefix) == 0 } @values],
                  "values that begin with $encoded, $limit a page");
    }
}

is_deeply(all('/v1/tags?key=a', 'values'),
          [{ value => 'x', count => scalar(grep { $_->{tags} && $_->{tags}{a} } @points),
             last => (sort map { $_->{timestamp} }
                      grep { $_->{tags} && $_->{tags}{a} } @points)[-1] }],
          'a key that begins another');

# who has gone silent
my @silent = sort { $last{$a->{value}} cmp $last{$b->{value}}
                    || $bytes->($a->{value}, $b->{value}) } @values;

for my $limit (1, 3, 1000) {
    is_deeply(all("/v1/tags?key=host&order=last&limit=$limit", 'values'),
              \@silent, "the longest silent first, $limit a page");
}

is(get('/v1/tags?key=host&name=mem&format=csv')->{body},
   "value,count,last\r\nold,1,2026-02-01T12:00:00Z\r\n"
   . "web1,1,2026-03-02T12:00:00Z\r\n", 'CSV of values');
is(get('/v1/tags?name=mem&format=csv')->{body}, "key,distinct\r\nhost,2\r\n",
   'CSV of keys');

# the newest of each series, in the order of names and tags
my @newest = map { $series{$_} } sort { $bytes->($a, $b) } keys %series;
my $range = 'start=2026-01-01T00:00:00Z&end=2026-04-01T00:00:00Z';

sub plain {
    return [sort map { $json->encode($_) } @{ $_[0] }];
}

for my $limit (1, 7, 1000) {
    my $got = all("/v1/last?name~=*&$range&limit=$limit");
    is_deeply(plain($got), plain(\@newest), "the newest, $limit a page");
}

my $got = all("/v1/last?name~=*&$range");
is_deeply([map { $_->{name} } @$got], [sort map { $_->{name} } @$got],
          'sorted by name');
# in this order, whatever JSON escapes of it, and no key behind a longer one
sub series_order {
    my ($point) = @_;
    my $tags = $point->{tags} // {};

    return join "\2", encode_utf8($point->{name}),
        map({ encode_utf8("$_\1$tags->{$_}") } sort keys %$tags),
        "\0$point->{type}";
}

is_deeply([map { series_order($_) } @$got],
          [sort map { series_order($_) } @$got], 'then by tags');

is_deeply(all("/v1/last?name=mem&$range"),
          [grep { $_->{name} eq 'mem' } @$got], 'of a name');
is_deeply(all("/v1/last?name=cpu&type=counter&$range"),
          [$points[-4]], 'of a type');
is_deeply(all('/v1/last?name=mem&end=2026-03-02T12:00:00Z'), [$points[-2]],
          'of the day before the end');
is_deeply(all('/v1/last?name=mem'), [], 'of the last day');
like(get('/v1/last?name~=*&limit=1&end=2026-03-02T00:00:00Z')->{headers}{link},
     qr/end=2026-03-02T00:00:00Z&start=2026-03-01T00:00:00Z&cursor=/,
     'the next page is of the same day');
like(get("/v1/last?name=mem&$range&format=csv")->{body},
     qr/\Aname,type,value,timestamp,tags\r\nmem,gauge,4,/, 'as CSV');

# names, with details
is_deeply(all('/v1/names?detail=true&limit=1', 'names'),
    [{ name => 'cpu', count => scalar @points - 2, types => ['counter', 'gauge'],
       series => scalar(grep { /^cpu/ } keys %series),
       last => '2026-03-01T11:30:00Z' },
     { name => 'mem', count => 2, types => ['gauge'], series => 2,
       last => '2026-03-02T12:00:00Z' }], 'names with details');
is(get('/v1/names?detail=true&prefix=m&format=csv')->{body},
   "name,count,types,series,last\r\nmem,2,gauge,2,2026-03-02T12:00:00Z\r\n",
   'CSV of names');
is(get('/v1/names?format=csv&name~=c*')->{body},
   "name,count\r\ncpu," . (@points - 2) . "\r\n", 'CSV of names alone');

# more types than are listed
sub of_types {
    my ($n) = @_;
    my @list = map { { name => "t$n", type => sprintf('t%02d', $_), value => 1,
                       timestamp => '2026-03-01T10:00:00Z' } } 1 .. $n;

    is(http($nginx->port, 'POST', '/v1/metrics?refresh=wait_for',
            $json->encode(\@list))->{status}, 200, "$n types");

    my ($name) = @{ all("/v1/names?detail=true&prefix=t$n", 'names') };
    my $csv = get("/v1/names?detail=true&prefix=t$n&format=csv")->{body};

    return ($name, [map { sprintf 't%02d', $_ } 1 .. ($n < 20 ? $n : 20)],
            $csv);
}

for my $n (20, 21) {
    my ($name, $types, $csv) = of_types($n);

    is_deeply($name->{types}, $types, "types of $n");
    is($name->{more_types}, $n > 20 ? JSON::PP::true : undef,
       "whether all of $n are listed");
    like($csv, $n > 20 ? qr/ t20 \.\.\.,21,/ : qr/ t20,20,/, "CSV of $n types");
}

$nginx->stop;
done_testing();
