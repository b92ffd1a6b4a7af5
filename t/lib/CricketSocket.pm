# SPDX-License-Identifier: BSD-2-Clause

package CricketSocket;

# Test::Nginx::Socket for Cricket: use this module instead of it. Each file of
# tests has a port, a folder and an index of its own, so that several can run
# at once. In the blocks $TEST_NGINX_ES is the real Elasticsearch's HOST:PORT
# and $TEST_NGINX_INDEX that index, both only where make test gives one.
#
# CricketSocket::routes() gives all routes to the blocks that have no config,
# and lets no block pass that logs an alert. nginx starts anew only where the
# configuration changes.

use CricketTest ();

BEGIN {
    $ENV{TEST_NGINX_SERVER_PORT} //= CricketTest::free_port();
    $ENV{TEST_NGINX_SERVROOT} //= CricketTest::folder('servroot');
    $ENV{TEST_NGINX_BINARY} //= CricketTest::binary();
    $ENV{TEST_NGINX_FORCE_RESTART_ON_TEST} //= 0;

    # several partitions are made one after the other
    $ENV{TEST_NGINX_TIMEOUT} //= 20 if CricketTest::partitioned();

    if ($ENV{CRICKET_ES}) {
        ($ENV{TEST_NGINX_ES}) = $ENV{CRICKET_ES} =~ m{^http://([^/]+)};
        $ENV{TEST_NGINX_INDEX} //= CricketTest::fresh_index();
    }
}

use Test::Nginx::Socket -Base;


my $http = <<'END';
upstream elasticsearch {
    server $TEST_NGINX_ES;
    keepalive 4;
}

client_max_body_size 32m;
cricket_pass http://elasticsearch;
cricket_index $TEST_NGINX_INDEX;
END

my $server = <<'END';
location = /            { cricket index; }
location = /health      { cricket health; }
location = /ready       { cricket ready; }
location = /v1/metrics  { cricket metrics; }
location = /v1/stats    { cricket stats; }
location = /v1/names    { cricket names; }
location = /v1/tags     { cricket tags; }
location = /v1/last     { cricket last; }
location = /v1/export   { cricket export; }
END


sub routes() {
    # so that refresh=wait_for does not wait for long
    CricketTest::es('PUT', "/$ENV{TEST_NGINX_INDEX}/_settings",
                    '{"index.refresh_interval":"20ms"}');

    add_block_preprocessor(sub {
        my ($block) = @_;

        if (!defined $block->config) {
            $block->set_value('http_config', $http);
            $block->set_value('config', $server);
        }

        for my $name (qw(http_config config)) {
            my $text = $block->$name // next;

            $text =~ s/(cricket_index +\S*\$TEST_NGINX_INDEX);/
                       CricketTest::pattern($1) . ';'/ge
                and $block->set_value($name, $text);
        }

        if (!defined $block->no_error_log) {
            $block->set_value('no_error_log', "[alert]\n[crit]\n[emerg]");
        }
    });

    no_shuffle();
    no_long_string();
}

1;
