# SPDX-License-Identifier: BSD-2-Clause

# Where Cricket is not at the top of a site: what its page says; and the paths at
# Elasticsearch, of which error.log says all.

use strict;
use warnings;

use lib 't/lib';

use CricketTest;
use Test::More;

my $fake = fake(sub {
    my ($request, $c) = @_;
    $c->reply(500, '{"error":{"type":"some_exception","reason":"no"},'
                   . '"status":500}');
});

my $nginx = nginx(q{
    server {
        listen 127.0.0.1:%%PORT%%;
        cricket_pass http://127.0.0.1:%%ES%%;
        cricket_index some;
        location / { cricket index; }
        location = /team-a/v1/metrics { cricket metrics; }
        location /inner/ { rewrite ^/inner/(.*)$ /$1; }
    }
}, ES => $fake->port);


sub text {
    my ($uri, @headers) = @_;

    my $reply = http($nginx->port, 'GET', $uri, undef, @headers);
    is($reply->{status}, 200, "$uri @headers");

    return $reply->{body};
}


unlike(text('/'), qr/[\1\2]/, 'all filled in');
like(text('/'), qr{^POST /v1/metrics .*^GET  /metrics }ms, 'at the top');

for my $uri ('/team-a/', '/team-a/?x=/y/z', '/team-a/index.html', '/inner/x') {
    my ($prefix) = $uri =~ m{^(/[^/]+)};
    my $said = http($nginx->port, 'GET', $uri);

    next if $uri =~ /x=/ && is($said->{status}, 400, 'an argument');
    like($said->{body}, qr{^POST \Q$prefix\E/v1/metrics .*^GET  \Q$prefix\E/metrics }ms,
         "$uri: with its prefix");
}

# What a shell would take for more than an address
for my $uri ('/team-<b>-/', '/$(id)/', '/%3Cb%3E/') {
    my $said = http($nginx->port, 'GET', $uri);
    like($said->{body}, qr{^POST /v1/metrics}m, "$uri: no prefix");
    unlike($said->{body}, qr/<b>|\$\(id|%3C/, "$uri: not said");
}

is(http($nginx->port, 'GET', '/team-a/v1/metrics')->{status}, 503, 'a read');
like($nginx->log, qr{answered a search .*upstream: "http://[0-9.:]+/some/_search"},
     'the read in the log');
$nginx->stop;
done_testing();
