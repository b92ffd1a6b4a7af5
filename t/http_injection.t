# SPDX-License-Identifier: BSD-2-Clause

# Nothing that a client sends leaves its place in what Elasticsearch is asked,
# whatever bytes it has.

use strict;
use warnings;

use lib 't/lib';

use CricketTest;
use JSON::PP;
use Test::More;

my %reply = (
    metrics => '{"timed_out":false,"_shards":{"failed":0}}',
    stats => '{"timed_out":false,"_shards":{"failed":0},"aggregations":{'
             . '"stats":{"count":0,"min":null,"max":null,"avg":null,"sum":0}}}',
    names => '{"timed_out":false,"_shards":{"failed":0},"aggregations":{'
             . '"buckets":{"buckets":[]}}}',
);

my $fake = fake(sub {
    my ($request, $c) = @_;

    return $c->bulk($request) if $request->{uri} =~ /_bulk/;

    my $kind = $request->{body} !~ /"aggs"/ ? 'metrics'
               : $request->{body} !~ /"composite"/ ? 'stats' : 'names';

    $c->reply(200, $reply{$kind});
});

my $nginx = nginx(q{
    server {
        listen 127.0.0.1:%%PORT%%;
        client_max_body_size 32m;
        large_client_header_buffers 4 32k;
        keepalive_requests 100000;
        cricket_pass http://127.0.0.1:%%ES%%;
        cricket_index i;
        location = /v1/metrics { cricket metrics; }
        location = /v1/stats { cricket stats; }
        location = /v1/names { cricket names; }
    }
}, ES => $fake->port);

my $client = client($nginx->port);
my $json = JSON::PP->new->canonical->utf8;
my $range = 'start=0&end=9999-12-31T23:59:59.999999999Z';

# The place of each parameter, found by a value that has nothing to escape.
my %place = (
    'a name' => '/v1/metrics?name=%s',
    'a type' => '/v1/metrics?type=%s',
    'the value of a tag' => '/v1/metrics?tag.host=%s',
    'a name of stats' => "/v1/stats?name=%s&$range",
    'a tag of stats' => "/v1/stats?name=x&tag.a/b=%s&$range",
    'a prefix' => '/v1/names?prefix=%s',
);


# Status and what was asked, or undef.
sub ask {
    my ($uri) = @_;

    $client->start('GET', $uri);
    my $reply = $client->finish(10);

    if (!$reply || ($reply->{headers}{connection} // '') eq 'close') {
        $client->close;
        $client = client($nginx->port);
    }

    return $reply ? $reply->{status} : 0;
}


# Replaces the one string of a request that has the mark.
sub fill {
    my ($node, $mark, $value) = @_;

    return { map { $_ => fill($node->{$_}, $mark, $value) } keys %$node }
        if ref $node eq 'HASH';
    return [map { fill($_, $mark, $value) } @$node] if ref $node eq 'ARRAY';

    $node =~ s/\Q$mark/$value/ if defined $node && !ref $node;

    return $node;
}


my $mark = 'MARKmark';
my (%template, @expected, $uri);
my $n = 0;

for my $name (sort keys %place) {
    is(ask(sprintf $place{$name}, $mark), 200, "$name: plain");
    my $request = ($fake->requests)[$n++];
    $template{$name} = $json->decode($request->{body});
    is(() = $request->{body} =~ /$mark/g, 1, "$name: has one place");
    $uri->{$name} = $request->{uri};
}

# Sent together with characters to the left and to the right of them.
my @values = map { chr } 0 .. 255;

my @nasty = (
    '"', '\\', '\\"', '"}},{"match_all":{}}', '"}}]}},"size":9999,"x":{"a":"',
    '{"$ne":1}', "'; DROP TABLE metrics; --", '${jndi:ldap://x}', '%22', '%',
    '\\u0022', '\\u0000', '/_all/_delete', '../..', '?pretty', '#', '&name=y',
    '=', '==', '* OR 1', 'a*', '+', "\xe2\x80\xa8", "\xf0\x9f\x98\x80",
    "\xef\xbb\xbf", '[1,2]', '<script>', "\xc3\xa9" x 20,
);

sub encode { return join '', map { sprintf '%%%02x', ord } split //, $_[0] }

# A value is passed on if it is UTF-8 without control characters.
sub passed_on {
    my ($value) = @_;

    my $text = $value;

    return utf8::decode($text) && $text !~ /[\x00-\x1f\x7f-\x9f]/;
}


for my $name (sort keys %place) {
    for my $value ($name =~ /stats|type/ ? () : @values, @nasty) {
        my $text = "a${value}b";
        my $shown = $value =~ s/([^\x21-\x7e])/sprintf '\\x%02x', ord $1/ger;
        my $ok = passed_on($text);

        is(ask(sprintf $place{$name}, encode($text)), $ok ? 200 : 400,
           "$name: $shown, encoded");

        if ($ok) {
            my $decoded = $text;
            utf8::decode($decoded);
            push @expected, [$name, $decoded, "$shown, encoded"];
        }

        # Raw: these have a meaning of their own there, or none at all.
        next if $value =~ /[\0\r\n #&%]/;

        is(ask(sprintf $place{$name}, $text), $ok ? 200 : 400,
           "$name: $shown, raw");

        if ($ok) {
            my $decoded = $text =~ tr/+/ /r;
            utf8::decode($decoded);
            push @expected, [$name, $decoded, "$shown, raw"];
        }
    }
}

my @requests = $fake->requests;
is(scalar @requests, $n + @expected, 'as many requests as were right');

for my $i (0 .. $#expected) {
    my ($name, $value, $shown) = @{ $expected[$i] };
    my $request = $requests[$n + $i] // {};

    is($request->{uri}, $uri->{$name}, "$name: $shown: the request line");

    my $body = eval { $json->decode($request->{body}) };
    is($json->encode($body // []),
       $json->encode(fill($template{$name}, $mark, $value)),
       "$name: $shown: in its place");
}

# Raw bytes that end a request line, or cannot be in one, go no further.
for my $raw ("\0", "\r", "\n", "\r\nX: y", " HTTP/1.1\r\nX: y", ' ') {
    my $shown = $raw =~ s/([^\x21-\x7e])/sprintf '\\x%02x', ord $1/ger;
    my $seen = $fake->requests;
    my $c = client($nginx->port);

    $c->start('GET', "/v1/metrics?name=a${raw}b");
    my $reply = $c->finish(5);
    $c->close;

    my @new = $fake->requests;
    splice @new, 0, $seen;

    ok(!@new || ($json->encode($json->decode($new[0]{body}))
                 eq $json->encode(fill($template{'a name'}, $mark, 'a'))
                 && @new == 1),
       "a raw $shown: nothing but what stands before it")
        or diag(explain(@new));
    like($new[0] ? $new[0]{uri} : '', qr{^(?:/i/_search\?[!-~]+)?$},
         "a raw $shown: the request line");
}


# What else could: keys of tags and groups, percentiles, intervals, times.
my $seen = $fake->requests;

for my $bad ('tag.a%22=1', 'tag.a%5c=1', 'tag.a%22%7d=1', 'tag.a=b%0a',
             'start=%22', 'start=0%22', 'end=2016-12-31T22:49:50Z%22',
             'timestamp=now%22', 'limit=1%2c2', 'limit=1%22', 'limit=1e3',
             'cursor=%22', 'cursor=A%22%7d', 'format=json%22')
{
    is(ask("/v1/metrics?$bad"), 400, $bad);
}

for my $bad ('interval=1m%22', 'interval=%22', 'percentiles=50%5d',
             'percentiles=50%22', 'percentiles=1e2', 'percentiles=50%2c%22',
             'group_by=a%22', 'group_by=a%5c', 'group_by=a%0ab')
{
    is(ask("/v1/stats?name=x&$range&$bad"), 400, $bad);
}

is(scalar $fake->requests, $seen, 'none of them reaches Elasticsearch');


# Datapoints: two lines each in the bulk, with the text in its place.
my @stored = grep { passed_on($_) } @values, @nasty;

sub datapoint {
    my ($text) = @_;

    return { name => "n$text", type => "t$text", value => 1,
             timestamp => '2016-12-31T22:49:50Z', tags => { k => "v$text" } };
}

for my $value (@stored) {
    utf8::decode(my $text = $value);

    $client->start('POST', '/v1/metrics', $json->encode([(datapoint($text)) x 2]),
                   'Idempotency-Key' => 'a"\\{}', 'X-Opaque-Id' => 'x',
                   'Authorization' => 'Basic eDp5', 'Cookie' => 'a=b');
    is($client->finish(10)->{body}, "{\"stored\":2}\n", 'a datapoint is stored');
}

my @bulks = $fake->requests;
splice @bulks, 0, $seen;

for my $value (@stored) {
    utf8::decode(my $text = $value);

    my $shown = $value =~ s/([^\x21-\x7e])/sprintf '\\x%02x', ord $1/ger;
    my $body = (shift @bulks)->{body};
    my @lines = map { eval { $json->decode($_) } // {} } split /\n/, $body;

    is(() = $body =~ /\n/g, 4, "$shown: two lines each");
    is_deeply([map { keys %$_ } @lines[0, 2]], ['create', 'create'],
              "$shown: actions");
    like($lines[0]{create}{_id}, qr/^[A-Za-z0-9_-]+$/, "$shown: its id");
    is_deeply([map { [@$_{qw(name type)},
                      ref $_->{tags} ? @{ $_->{tags} } : $_->{tags}]
                   } @lines[1, 3]],
              [(["n$text", "t$text", "k=v$text"]) x 2], "$shown: in its place");
}

# No header of the client's goes to Elasticsearch.
is_deeply([sort keys %{ ($fake->requests)[-1]{headers} }],
          [qw(content-length content-type host)], 'headers of a bulk');
is_deeply([sort keys %{ $requests[0]{headers} }],
          [qw(content-length content-type host)], 'headers of a search');

$nginx->stop;

done_testing();
