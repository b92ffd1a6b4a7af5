# SPDX-License-Identifier: BSD-2-Clause

# openapi.yaml and the running server agree: schemathesis asks for everything
# that the one describes, and for what it forbids, and looks at what comes.
# CRICKET_SEED and CRICKET_EXAMPLES have it ask otherwise, and more.

use strict;
use warnings;

use lib 't/lib';

use CricketReads;
use CricketTest;
use File::Temp qw(tempdir);
use JSON::PP;
use Test::More;

my $index = fresh_index();
es('PUT', "/$index/_settings", '{"index.refresh_interval":"20ms"}');

my $nginx = reads(index => $index,
                  set => 'large_client_header_buffers 4 256k;');
my $base = 'http://127.0.0.1:' . $nginx->port;

# something to find
my @points = map { my $i = $_; map {
    sprintf '{"name":"%s","type":"gauge","value":%d,"timestamp":'
            . '"20%02d-01-01T00:00:00.%03dZ","tags":{"host":"web%d"}}',
            $_, $i, $i, $i, $i % 3
} qw(c1 c2 0) } 1 .. 20;
my $stored = http($nginx->port, 'POST', '/v1/metrics?refresh=wait_for',
                  '[' . join(',', @points) . ']');
is($stored->{status}, 200, 'datapoints to find');

my $seed = $ENV{CRICKET_SEED} // 1;
my $dir = tempdir(CLEANUP => 1);

my $top = $CricketTest::TOP;

$ENV{SCHEMATHESIS_HOOKS} = 'openapi';
$ENV{PYTHONPATH} = "$top/t/lib";
$ENV{PYTHONDONTWRITEBYTECODE} = 1;

my @command = ('timeout', 300, "$top/.cache/schemathesis/bin/st",
    '--config-file', "$top/t/lib/openapi.toml",
    'run', "$top/openapi.yaml", '-u', $base,
    '--seed', $seed, '--max-examples', $ENV{CRICKET_EXAMPLES} // 40,
    '--phases', 'examples,coverage,fuzzing', '--checks', 'all',
    '--exclude-checks', 'use_after_free,ensure_resource_availability,'
    . 'ignored_auth,object_level_authorization',
    '--continue-on-failure', '--request-timeout', 20,
    '--suppress-health-check', 'all', '--generation-database', 'none',
    '--warnings', 'off', '--no-color', '--output-sanitize', 'false',
    '--report', 'ndjson', '--report-ndjson-path', "$dir/events");

# it leaves files where it runs
open my $out, '-|', 'sh', '-c', 'cd "$1" && shift && exec "$@" 2>&1 </dev/null',
                    'sh', $dir, @command
    or die "schemathesis: $!";
my $said = join '', <$out>;
close $out;

is($?, 0, "schemathesis is content with seed $seed")
    or diag($said);

my ($total) = $said =~ /(\d+) generated/;
cmp_ok($total // 0, '>', 500, 'it made a good number of requests');

for my $route ('GET /', 'GET /health', 'GET /ready', 'POST /v1/metrics',
               'GET /v1/metrics', 'GET /v1/stats', 'GET /v1/names',
               'GET /v1/export', 'GET /metrics', 'POST /write',
               'POST /api/v2/write', 'GET /ping', 'GET /query', 'POST /query',
               'POST /api/put', 'POST /api/v1/write', 'GET /api/query',
               'POST /api/query', 'GET /api/suggest', 'POST /api/suggest',
               'GET /api/search/lookup', 'POST /api/search/lookup',
               'GET /api/aggregators', 'GET /api/config',
               'GET /api/config/filters', 'GET /api/version')
{
    my ($method, $path) = split ' ', $route;
    my $log = slurp("$nginx->{dir}/access.log");
    my $n = () = $log =~ m{"$method \Q$path\E(?:\?\S*)? HTTP/1\.1" 20[04] }g;

    cmp_ok($n, '>', 0, "$route was answered with a success too: $n times");
}

$nginx->stop;
done_testing();
