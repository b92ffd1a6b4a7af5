# SPDX-License-Identifier: BSD-2-Clause

# The dashboard in a browser: what is asked for is what is drawn, and what is
# drawn is what the API says; the address has it all, and Back undoes a step.

use strict;
use warnings;

use lib 't/lib';

use CricketBrowser;
use CricketTest;
use Test::More;

my $nginx = nginx(q{
    server {
        listen 127.0.0.1:%%PORT%%;
        client_max_body_size 32m;
        cricket_pass http://%%ES%%;
        cricket_index %%INDEX%%;
        location = /            { cricket index; }
        location = /ready       { cricket ready; }
        location /team-a/       { proxy_pass http://127.0.0.1:%%PORT%%/; }
        location = /ui          { cricket dashboard; }
        location = /a/b/ui      { cricket dashboard; }
        location = /v1/metrics  { cricket metrics; }
        location = /v1/stats    { cricket stats; }
        location = /v1/names    { cricket names; }
        location = /v1/tags     { cricket tags; }
        location = /v1/last     { cricket last; }
    }
}, ES => es_url() =~ s{^http://}{}r, INDEX => fresh_index());

my $now = int(time / 10) * 10;
my @at = (END => $now, SPAN => 1200);

store($nginx->port,
      series('temp', 'gauge', sub { 20 + sin($_[0] / 60) }, @at),
      series('http.requests', 'counter', sub { 5 }, @at,
             TAGS => { host => 'web1', dc => 'eu' }),
      series('http.requests', 'counter', sub { 15 }, @at,
             TAGS => { host => 'web2', dc => 'eu' }),
      series('holes', 'gauge', sub {
          $now - $_[0] > 300 && $now - $_[0] < 480 ? undef : 1 + $_[0] % 7
      }, @at));

# what only grows, and a histogram of it: a tenth of all takes long
store($nginx->port,
      series('octets', 'cumulative', sub { 300 * ($_[0] - $now + 1300) }, @at,
             TAGS => { host => 'web1' }),
      (map { my ($le, $share) = @$_;
             series('rpc_seconds_bucket', 'cumulative',
                    sub { ($_[0] - $now + 1300) * 10 * $share }, @at,
                    TAGS => { host => 'web1', le => $le }) }
       ['0.1', .5], ['0.5', .9], ['1', 1], ['+Inf', 1]),
      series('rpc_seconds_sum', 'cumulative', sub { 2.5 * ($_[0] - $now + 1300) },
             @at, TAGS => { host => 'web1' }),
      series('rpc_seconds_count', 'cumulative', sub { 10 * ($_[0] - $now + 1300) },
             @at, TAGS => { host => 'web1' }));

browser('charts.js', URL => 'http://127.0.0.1:' . $nginx->port);

$nginx->stop;
done_testing();
