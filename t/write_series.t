# SPDX-License-Identifier: BSD-2-Clause

# Ids by series and instant: what a sender of another format sends again, or
# twice in one request, is stored once, and with another value is told and
# counted; "cricket_ids" says otherwise.

use strict;
use warnings;

use lib 't/lib';

use CricketTest;
use CricketWrites ();
use JSON::PP;
use Test::More;
use Time::HiRes qw(time);

my $index = fresh_index();

my $nginx = nginx(q{
    upstream es { server %%ES%%; keepalive 4; }

    server {
        listen 127.0.0.1:%%PORT%%;
        cricket_pass http://es;
        cricket_index %%INDEX%%;
        location = /v1/metrics { cricket metrics; }
        location = /write      { cricket influx; }
        location = /api/put    { cricket opentsdb; }
        location /own/         { cricket_ids own; cricket influx; }
        location = /by-series  { cricket metrics; cricket_ids series; }
        location = /metrics    { cricket status; }
    }
}, ES => es_url() =~ s{^http://}{}r, INDEX => $index);


sub send_to {
    my ($uri, $body, %header) = @_;

    return http($nginx->port, 'POST', $uri, $body, %header);
}


# The values stored of a name, in the order of pages.
sub stored {
    my ($name) = @_;

    es('POST', "/$index/_refresh");
    my $reply = http($nginx->port, 'GET', "/v1/metrics?name=$name");

    return join ' ', map { $_->{value} } @{ decode_json($reply->{body}) };
}


# How many datapoints of the format had this outcome until now.
sub counted {
    my ($format, $outcome, $server) = @_;

    my $text = http(($server // $nginx)->port, 'GET', '/metrics')->{body};
    my ($n) = $text =~ /^cricket_datapoints_total\{[^}]*
                        format="$format",outcome="$outcome"\}\ (\d+)$/mx;

    return $n;
}


# What the log says of other values: WRONG of COMPARED of EXISTED, the first.
sub told {
    my ($server) = @_;

    return map { [$_ =~ /\[warn\].*?\ (\d+)\ of\ (\d+)\ datapoints\ that\ were
                         \ compared,\ of\ (\d+)\ .*\ is\ "(.*)"\ at\ (\S+),
                         \ stored\ as\ (\S+),\ sent\ as\ ([^,]+),\ client:
                        /x] }
           grep { /another value/ } split /\n/, ($server // $nginx)->log;
}


# Line protocol: again, within one body, in another order of tags.
my $lines = "cpu,host=a,dc=x value=1 1483224590000000000\n"
            . "cpu,host=b value=2 1483224590000000000\n";

is(send_to('/write', $lines)->{status}, 204, 'lines') for 1 .. 3;
is(stored('cpu'), join(' ', sort(1, 2)), 'once each')
    or is(stored('cpu'), '2 1', 'once each, in the other order');
is(counted('influx_v1', 'duplicate'), 4, 'counted');
is_deeply([told()], [], 'no word of it');
is(send_to('/write', "cpu,dc=x,host=a value=7 1483224590000000000\n"
                     . "cpu,dc=x,host=a value=8 1483224590000000001\n"
                     . "cpu,dc=x,host=a value=9 1483224590000000001\n")
   ->{status}, 204, 'another value, and two of one instant');
like(stored('cpu'), qr/^(?:1 2|2 1) 8$/, 'the first stays');
is_deeply([told()], [[2, 2, 2, 'cpu', '2016-12-31T22:49:50Z', 1, 7]],
          'which is told, once');
is(counted('influx_v1', 'conflict'), 2, 'and counted');
is(counted('influx_v1', 'duplicate'), 4, 'as nothing else');

# Of many a hundred are compared, all over the request.
my $many = sub {
    my ($name, $value, $from) = @_;

    return join '', map {
        sprintf "%s,n=%d value=%s 1483224590000000001\n", $name, $_,
                $_ < $from ? 0.1 : $value;
    } 1 .. 250;
};

is(send_to('/write', $many->('many', $$_[0], $$_[1]))->{status}, 204,
   "250, from $$_[1] on $$_[0]") for [1, 0], [1e1, 0], [1, 201], [1.0, 0];
is_deeply([map { [@$_[0 .. 3, 4 .. 6]] } (told())[1 .. 2]],
          [[84, 84, 250, 'many', '2016-12-31T22:49:50.000000001Z', 1, 10],
           [67, 84, 250, 'many', '2016-12-31T22:49:50.000000001Z', 1, 0.1]],
          'of many a sample is compared');
is(scalar told(), 3, 'the same number in other digits is the same value');
is(counted('influx_v1', 'conflict'), 2 + 84 + 67, 'counted, too');
is(counted('influx_v1', 'duplicate'), 4 + 750 - 84 - 67,
   'the others are not known to differ');

# OpenTSDB, with escapes that mean the same.
my $put = '{"metric":"net","timestamp":1483224590,"value":%d,"tags":{"%s":"%s"}}';
is(send_to('/api/put?details', sprintf($put, @$_))->{status}, 200, "put @$_")
    for [1, 'host', 'a'], [1, '\u0068ost', '\u0061'], [2, 'host', 'b'];
like(stored('net'), qr/^(?:1 2|2 1)$/, 'once a series');

# The same series and instant by two formats, if type and tags are the same.
is(send_to('/write', "net,host=a value=5 1483224590000000000\n")->{status}, 204,
   'as a line');
like(stored('net'), qr/^(?:1 2|2 1)$/, 'is the same');

# JSON does not merge, unless it is told to.
my $json = encode_json([({ name => 'json', type => 't', value => 1,
                           timestamp => '2016-12-31T22:49:50Z' }) x 2]);
is(send_to('/v1/metrics', $json)->{body}, "{\"stored\":2}\n", 'JSON') for 1 .. 2;
is(stored('json'), '1 1 1 1', 'two equal datapoints are two');

$json =~ s/"json"/"merged"/g;
is(send_to('/by-series', $json)->{body}, "{\"stored\":2}\n",
   'JSON, by its series') for 1 .. 2;
is(stored('merged'), '1', 'is one');

$json =~ s/"value":1/"value":2/;
is(send_to('/by-series?refresh=wait_for', $json)->{body}, "{\"stored\":2}\n",
   'with another value');
is_deeply([(told())[-1]],
          [[1, 2, 2, 'merged', '2016-12-31T22:49:50Z', 1, 2]], 'it is told');
is(counted('json', 'conflict'), 1, 'and counted');
is(send_to('/by-series', $json, 'Idempotency-Key' => 'k')->{status}, 200,
   'with a key of its own') for 1 .. 2;
is(stored('merged'), '1 2 1', 'it is another datapoint');
is(counted('json', 'conflict'), 1, 'and is no conflict');
$json =~ s/"value":2/"value":1/;

# With ids of our own, nothing is merged.
is(send_to('/own/write', "own value=1 1483224590000000000\n")->{status}, 204,
   'ids of our own') for 1 .. 2;
is(stored('own'), '1 1', 'are two');

# refresh=wait_for sees what an earlier request stored.
$json =~ s/"merged"/"waited"/g;
is(send_to('/by-series?refresh=wait_for', $json)->{status}, 200,
   'waits, though it is there') for 1 .. 2;

# Instants to the nanosecond, before the epoch, at the ends of time.
for my $time ('0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000000001Z',
              '1969-12-31T23:59:59.999999999Z', '1970-01-01T00:00:00Z',
              '9999-12-31T23:59:59.999999998Z',
              '9999-12-31T23:59:59.999999999Z')
{
    is(send_to('/by-series', encode_json({ name => 'ends', type => 't',
                                           value => 1, timestamp => $time }))
       ->{status}, 200, $time) for 1 .. 2;
}

is(stored('ends'), join(' ', (1) x 6), 'each instant is its own');

is(send_to('/by-series', encode_json({ name => 'ends', type => 't',
                                       value => -0.5, timestamp => $_ }))
   ->{status}, 200, "$_ with another value")
    for '0001-01-01T00:00:00.000000001Z', '9999-12-31T23:59:59.999999999Z';
is_deeply([map { [@$_[3 .. 6]] } (told())[-2, -1]],
          [['ends', '0001-01-01T00:00:00.000000001Z', 1, -0.5],
           ['ends', '9999-12-31T23:59:59.999999999Z', 1, -0.5]],
          'told to the nanosecond');

# What a client chose does not break a line.
is(send_to('/by-series', encode_json({ name => "q \"\\\x{e4}", type => 't',
                                       value => $_, timestamp =>
                                       '2016-12-31T22:49:50Z' }))->{status},
   200, 'a name with quotes') for 1, 2;
like((told())[-1][3], qr/^q /, 'is quoted');

$nginx->stop;

# In a partition.
my $base = sprintf 'same-%d-%d', time, $$;
is(system("$CricketTest::TOP/objs/cricket", '--init', '--url', es_url(),
          '--index', "$base-%Y", '--shards', 2), 0, 'init of partitions');
$nginx = nginx(q{
    upstream es { server %%ES%%; keepalive 4; }

    server {
        listen 127.0.0.1:%%PORT%%;
        cricket_pass http://es;
        cricket_index %%INDEX%%;
        location = /write   { cricket influx; }
        location = /metrics { cricket status; }
    }
}, ES => es_url() =~ s{^http://}{}r, INDEX => "$base-%Y");

$many = join '', map { "p,n=$_ value=%d 1483224590000000000\n"
                       . "p,n=$_ value=1 1583224590000000000\n" } 1 .. 9;
is(send_to('/write', $many =~ s/%d/$_/gr)->{status}, 204, "with $_") for 1 .. 2;
is_deeply([told()], [[9, 18, 18, 'p', '2016-12-31T22:49:50Z', 1, 2]],
          'in partitions of several shards');
is(counted('influx_v1', 'conflict'), 9, 'counted');
$nginx->stop;

{
    my ($status, $reply) = es('GET', "/$base~all/_alias");
    es('DELETE', "/$_") for keys %$reply;
    es('DELETE', "/_index_template/cricket-$base~");
}

# Whether it can be asked or not: the answer comes, and in time.
my %answers = (
    gone => sub { $_[1]->close },
    hung => sub { $_[1]->hang },
    failed => sub { $_[1]->reply(500, '{}') },
    nonsense => sub { $_[1]->reply(200, '{"docs":[]}') },
    others => sub { $_[1]->reply(200, '{"docs":[{"_id":"x","found":true,'
                                      . '"_source":{"value":2}}]}') },
    empty => sub {
        my ($id) = $_[0]{body} =~ /"_id":"([^"]+)"/;
        $_[1]->reply(200, qq({"docs":[{"_id":"$id","found":true}]}));
    },
);

for my $how (sort keys %answers) {
    my $fake = fake(sub {
        my ($request, $c) = @_;

        return CricketWrites::answer($c, $request, 409)
            if $request->{uri} !~ /_mget/;

        $answers{$how}->($request, $c);
    });
    $nginx = CricketWrites::cricket(es => $fake->port, set => 'location = /put '
        . '{ cricket opentsdb; } location = /metrics { cricket status; }');

    my $start = time;
    is(send_to('/put', sprintf $put, 1, 'host', 'a')->{status}, 204,
       "$how: it is there");
    cmp_ok(time - $start, '<', 3, "$how: the answer does not wait long");
    is(scalar(grep { $_->{uri} =~ /_mget/ } $fake->requests), 1,
       "$how: it was asked for");
    is(counted('opentsdb', 'duplicate'), 1, "$how: a duplicate");
    is(counted('opentsdb', 'conflict'), 0, "$how: and no more");
    $nginx->stop;
    $fake->stop;
}

# A client that leaves while it is asked for takes nothing along.
my $gate = CricketWrites::gate();
my $fake = fake(sub {
    my ($request, $c) = @_;

    return CricketWrites::answer($c, $request, 409)
        if $request->{uri} !~ /_mget/;

    $gate->pass;
    $c->reply(200, '{"docs":[]}');
});
$nginx = CricketWrites::cricket(es => $fake->port, set => 'location = /put '
    . '{ cricket opentsdb; }');

my $asked = sub { scalar grep { $_->{uri} =~ /_mget/ } $fake->requests };

# More than are compared at once: each gives its place back.
for my $n (1 .. 8) {
    my $c = client($nginx->port);
    $c->start('POST', '/put', sprintf $put, 1, 'host', 'a');
    wait_until(5, sub { $asked->() >= $n });
    $c->reset;
}

is($asked->(), 8, 'each was asked for');
$gate->open;
is(send_to('/put', sprintf $put, 1, 'host', 'a')->{status}, 204,
   'after clients that left');
is($asked->(), 9, 'it is, too');
CricketWrites::quit($nginx);
$fake->stop;

done_testing();
