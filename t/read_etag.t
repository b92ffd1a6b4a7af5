# SPDX-License-Identifier: BSD-2-Clause

# ETag: a poller that has the answer gets a 304; any change makes it another.

use strict;
use warnings;

use lib 't/lib';

use CricketReads;
use CricketTest;
use Test::More;

my $index = fresh_index();
es('PUT', "/$index/_settings", '{"index.refresh_interval":"20ms"}');

my $nginx = reads(index => $index, set => 'gzip on; gzip_min_length 1; '
                                          . 'gzip_types *;');


sub get { return http($nginx->port, 'GET', @_) }


sub tag {
    my ($uri, @headers) = @_;

    my $reply = get($uri, undef, @headers);

    return $reply && $reply->{headers}{etag} // '';
}


sub post {
    my ($value) = @_;

    my $reply = http($nginx->port, 'POST', '/v1/metrics?refresh=wait_for',
                     qq({"name":"c1","type":"t","value":$value,)
                     . qq("timestamp":"2017-01-01T00:00:00Z"}));
    is($reply->{status}, 200, "a datapoint of $value");
    is($reply->{headers}{etag}, undef, 'POST has no ETag');
}


my $range = 'start=2017-01-01T00:00:00Z&end=2017-01-01T00:00:00Z';
my @uris = ('/v1/metrics', '/v1/metrics?format=csv', '/v1/names',
            "/v1/stats?name=c1&$range",
            "/v1/stats?name=c1&$range&interval=1s");
my %before;

post(1);

for my $uri (@uris) {
    my $tag = tag($uri);

    like($tag, qr/^"[0-9a-f]{32}"$/, "$uri: an ETag");
    is(tag($uri), $tag, 'that stays while nothing changes');
    $before{$uri} = $tag;

    for my $header ($tag, "\"x\", $tag", '*', "W/$tag") {
        my $c = client($nginx->port);

        $c->start('GET', $uri, undef, 'If-None-Match' => $header);
        my $reply = $c->finish;
        is($reply->{status}, 304, "If-None-Match: $header");
        is($reply->{headers}{etag}, $tag, 'with the ETag');
        is($reply->{headers}{'content-length'}, undef, 'and no body');

        $c->start('GET', '/health');
        is($c->finish->{body}, 'OK', 'nor a byte of one');
    }

    my $reply = http($nginx->port, 'HEAD', $uri, undef,
                     'If-None-Match' => $tag);
    is($reply->{status}, 304, 'HEAD');

    for my $header ('"x"', substr($tag, 1, -1), '', $tag =~ s/./"0/r) {
        $reply = get($uri, undef, 'If-None-Match' => $header);
        is($reply->{status}, 200, "If-None-Match: $header");
        isnt($reply->{body}, '', 'with a body');
    }

    is(get($uri, undef, 'If-Match' => $tag)->{status}, 200, 'If-Match');
    $reply = get($uri, undef, 'If-Match' => '"x"');
    is($reply->{status}, 412, 'and of something else');
    like($reply->{body}, qr/^\{"error":\{"status":412,/, 'as JSON');

    # a packed answer is another one to HTTP, so nginx makes the ETag weak
    $reply = get($uri, undef, 'Accept-Encoding' => 'gzip');
    is($reply->{headers}{'content-encoding'}, 'gzip', 'with gzip');
    is($reply->{headers}{etag}, "W/$tag", 'a weak one');
    is(get($uri, undef, 'Accept-Encoding' => 'gzip',
           'If-None-Match' => "W/$tag")->{status}, 304, 'which is known again');
}

is(tag('/v1/metrics', Accept => 'text/csv'), $before{'/v1/metrics?format=csv'},
   'the ETag is of what is answered');

is(tag('/v1/metrics?name=none&format=ndjson'),
   '"d41d8cd98f00b204e9800998ecf8427e"', 'of nothing, too');

# A value that leaves the number of bytes and the name's count as they are.
post(2);

for my $uri (@uris) {
    my $reply = get($uri, undef, 'If-None-Match' => $before{$uri});

    is($reply->{status}, 200, "$uri: after a change");
    isnt($reply->{headers}{etag}, $before{$uri}, 'another ETag');
}

# The same datapoints, but now there are more.
my $all = count($index);

for my $uri ("/v1/metrics?limit=$all") {
    my $tag = tag($uri);

    http($nginx->port, 'POST', '/v1/metrics?refresh=wait_for',
         '{"name":"c9","type":"t","value":1,'
         . '"timestamp":"2019-01-01T00:00:00Z"}');

    my $reply = get($uri, undef, 'If-None-Match' => $tag);
    is($reply->{status}, 200, "$uri: there is more");
    ok($reply->{headers}{link}, 'a Link');
}

for my $uri ('/v1/metrics?limit=0', '/v1/stats', '/health', '/',
             '/v1/export')
{
    is(tag($uri), '', "$uri has no ETag");
}

$nginx->stop;
done_testing();
