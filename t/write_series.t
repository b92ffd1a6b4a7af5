# SPDX-License-Identifier: BSD-2-Clause

# Ids by series and instant: what a sender of another format sends again, or
# twice in one request, is stored once; "cricket_ids" says otherwise.

use strict;
use warnings;

use lib 't/lib';

use CricketTest;
use JSON::PP;
use Test::More;

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


# Line protocol: again, within one body, in another order of tags.
my $lines = "cpu,host=a,dc=x value=1 1483224590000000000\n"
            . "cpu,host=b value=2 1483224590000000000\n";

is(send_to('/write', $lines)->{status}, 204, 'lines') for 1 .. 3;
is(stored('cpu'), join(' ', sort(1, 2)), 'once each')
    or is(stored('cpu'), '2 1', 'once each, in the other order');
is(send_to('/write', "cpu,dc=x,host=a value=7 1483224590000000000\n"
                     . "cpu,dc=x,host=a value=8 1483224590000000001\n"
                     . "cpu,dc=x,host=a value=9 1483224590000000001\n")
   ->{status}, 204, 'another value, and two of one instant');
like(stored('cpu'), qr/^(?:1 2|2 1) 8$/, 'the first stays');

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

$nginx->stop;
done_testing();
