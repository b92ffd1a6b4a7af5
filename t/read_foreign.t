# SPDX-License-Identifier: BSD-2-Clause

# Documents in the index that are no datapoints: somebody else wrote them. They
# are passed over, and neither pages nor exports lose anything by them.

use strict;
use warnings;

use lib 't/lib';

use CricketReads;
use CricketTest;
use JSON::PP;
use Test::More;

my $index = fresh_index();
my $nginx = reads(index => $index);
my @good;


# Each line of the log about documents passed over, since the last call.
my $logged = 0;

sub passed_over {
    my @lines = $nginx->log =~ /(\d+) documents? that (?:is|are) no datapoint/g;
    my @new = splice @lines, $logged;
    $logged += @new;

    return "@new";
}


sub good {
    my ($n) = @_;

    push @good, $n;

    return { name => 'n', type => 't', value => $n, timestamp => $n * 1000,
             tags => ["k=$n"] };
}


sub store {
    my @documents = @_;

    my ($port) = es_url() =~ /:(\d+)/;
    my $reply = http($port, 'POST', "/$index/_bulk?refresh=true",
                     join('', map { qq({"create":{}}\n) . encode_json($_) . "\n" }
                              @documents),
                     'Content-Type' => 'application/x-ndjson');
    is((() = $reply->{body} =~ /"status":201/g), scalar @documents, 'stored')
        or diag($reply->{body});
}


sub get {
    my ($uri) = @_;

    return http($nginx->port, 'GET', $uri)
           // { status => 0, body => '', headers => {} };
}


# The values on all pages.
sub pages {
    my ($args) = @_;

    my @values;
    my $next = "/v1/metrics?$args";
    my $pages = 0;

    while ($next) {
        my $reply = get($next);
        if ($reply->{status} != 200 || ++$pages > 60) {
            fail("page $pages of $args: $reply->{status} $reply->{body}");
            last;
        }
        push @values, map { $_->{value} } @{ decode_json($reply->{body}) };
        ($next) = ($reply->{headers}{link} // '') =~ /<(.*)>/;
        $next = "/v1/metrics$next" if $next;
    }

    return "@values";
}


sub all {
    my ($what) = @_;

    my $good = join ' ', sort { $a <=> $b } @good;

    is(pages("limit=$_"), $good, "$what: pages of $_")
        for 1, 2, 3, 5, 1000;
    is(pages("tag.k=$_"), $_, "$what: by a tag") for @good;

    my @lines = split /\n/, get('/v1/export')->{body};
    is(join(' ', map { decode_json($_)->{value} } @lines), $good,
       "$what: an export");

    my $csv = get('/v1/export?format=csv');
    is((() = $csv->{body} =~ /^n,t,\d+,/mg), scalar @good, "$what: a CSV");
    like($csv->{body}, qr/^name,type,value,timestamp,tags\r\n/,
         "$what: its header");

    ($csv) = get('/v1/metrics?format=csv');
    is((() = $csv->{body} =~ /^n,t,\d+,/mg), scalar @good, "$what: CSV");
}


# Nothing else than these.
my @foreign = (
    { name => 'n', value => 1, timestamp => 2500 },
    { type => 't', value => 1, timestamp => 2500 },
    { name => 'n', type => 't', timestamp => 2500 },
    { timestamp => 2500 },
    { name => '', type => 't', value => 1, timestamp => 2500 },
    { name => 'a', timestamp => 2500 },
    { name => 'n', type => ['t', 'u'], value => 1, timestamp => 2500 },
    { name => ['m', 'n'], type => 't', value => 1, timestamp => 2500 },
    { name => 'n', type => 't', value => [1, 2], timestamp => 2500 },
    { name => 'n', type => 't', value => 1, timestamp => 2500,
      tags => ['k'] },
    { name => 'n', type => 't', value => 1, timestamp => 2500,
      tags => [map { "k$_=v" } 1 .. 41] },
    { name => 'n', type => 't', value => 1, timestamp => 2500,
      nanos => 1_000_000 },
    { name => 'n', type => 't', value => 1, timestamp => 2500, nanos => -1 },
);

store($foreign[0]);
my $reply = get('/v1/metrics');
is($reply->{status}, 200, 'a document without a type: 200');
is($reply->{body}, "[]\n", 'and nothing on the page');
is($reply->{headers}{link}, undef, 'nor a next one');
is(passed_over(), '1', 'the log says so');
$reply = get('/v1/export');
is($reply->{status}, 200, 'an export: 200');
is($reply->{body}, '', 'of nothing');
is(passed_over(), '1', 'the log says so');

store(@foreign[1 .. $#foreign]);
is(pages('limit=5'), '', 'only these: pages of nothing');
is(get('/v1/metrics?limit=1')->{body}, "[]\n", 'no datapoint');
ok(get('/v1/metrics?limit=1')->{headers}{link}, 'but a Link to the next page');
passed_over();
get('/v1/metrics?limit=1000');
is(passed_over(), scalar @foreign, 'one line for all of a page');

# Between datapoints.
store(good(1), good(2), good(3), good(4));
all('between');

# At the same instant, before and behind.
store({ %{ good(6) }, timestamp => 2500 }, $foreign[0], $foreign[3],
      { %{ good(7) }, timestamp => 2500, nanos => 999999,
        nanos_at => 2500 });
@good = sort { ($a == 6 || $a == 7 ? 2.5 + $a / 100 : $a)
               <=> ($b == 6 || $b == 7 ? 2.5 + $b / 100 : $b) } @good;
{
    is(pages("limit=$_"), "@good", "at the same instant: pages of $_")
        for 1, 2, 3, 5, 7, 1000;
}

# Without a time, or with one that no datapoint has: at either end.
store({ name => 'n', type => 't', value => 1 }, {}, { tags => ['k=1'] },
      map { { name => 'n', type => 't', value => 1, timestamp => $_ } }
          '-0001-12-31T23:59:59Z', '-0001-12-31T23:59:59Z',
          '0000-01-01T00:00:00Z', '-9999-01-01T00:00:00Z',
          253402300800000, 253402300800000, 9000000000000000);
is(pages("limit=$_"), "@good", "without a time: pages of $_")
    for 1, 2, 3, 5, 7, 1000;
my @lines = split /\n/, get('/v1/export')->{body};
is(join(' ', map { decode_json($_)->{value} } @lines), "@good", 'an export');
is(get('/v1/metrics?tag.k=1&limit=1')->{headers}{link}, undef,
   'what has no time is not on a page of its own');

$reply = get('/v1/stats?name=n&start=0&end=now');
is($reply->{status}, 200, 'statistics are there, too');

# Names that no datapoint has.
my @long = ('n' x 513, 'n' x 600, 'm' x 507 . "\x{20ac}" x 30, "\x{20ac}" x 200,
            "\x{e9}\"" x 200);
store(map { { name => $_, type => 't', value => 1, timestamp => 5000 } } @long);
my $most = 'o' x 512;
store({ name => $most, type => 't', value => 1, timestamp => 5000 });


sub names {
    my ($args) = @_;

    my @names;
    my $next = "/v1/names?$args";
    my $pages = 0;

    while ($next) {
        my $reply = get($next);
        if ($reply->{status} != 200 || ++$pages > 60) {
            fail("page $pages of $args: $reply->{status} $reply->{body}");
            last;
        }
        push @names, map { $_->{name} }
                     @{ decode_json($reply->{body})->{names} };
        ($next) = ($reply->{headers}{link} // '') =~ /<(.*)>/;
        $next = "/v1/names$next" if $next;
    }

    return "@names";
}


is(names("limit=$_"), "a m n $most", "names, $_ a page") for 1, 2, 3, 5, 1000;
is(names('prefix=nn'), '', 'names that are all too long');
passed_over();
get('/v1/names');
is(passed_over(), 6, 'the log says so');

$nginx->stop;

done_testing();
