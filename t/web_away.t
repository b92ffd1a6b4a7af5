# SPDX-License-Identifier: BSD-2-Clause

# The dashboard where something is missing: no data, no index, Elasticsearch away
# or slow.  It says what to do, goes on by itself, and does not grow meanwhile.

use strict;
use warnings;

use lib 't/lib';

use CricketBrowser;
use CricketTest;
use Test::More;

my $gate = free_port();

my $routes = q{
        location = /            { cricket index; }
        location = /ready       { cricket ready; }
        location = /v1/metrics  { cricket metrics; }
        location = /v1/stats    { cricket stats; }
        location = /v1/names    { cricket names; }
};

my $nginx = nginx(q{
    server {
        listen 127.0.0.1:%%PORT%%;
        cricket_pass http://127.0.0.1:%%GATE%%;
        cricket_index %%INDEX%%;
        cricket_read_timeout 8s;
        %%ROUTES%%
    }
    server {
        listen 127.0.0.1:%%PORT2%%;
        cricket_pass http://127.0.0.1:%%GATE%%;
        cricket_index none-such;
        %%ROUTES%%
    }
}, GATE => $gate, INDEX => fresh_index(), ROUTES => $routes);

my ($node) = es_url() =~ /:(\d+)/;

browser('away.js', URL => 'http://127.0.0.1:' . $nginx->port, GATE => $gate,
        BARE => 'http://127.0.0.1:' . $nginx->port(2), NODE_PORT => $node);

$nginx->stop;
done_testing();
