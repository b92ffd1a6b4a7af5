# SPDX-License-Identifier: BSD-2-Clause

# The dashboard for all: axe-core finds nothing in the way, light, dark and on a
# phone, and keys do all that a mouse does.  CRICKET_SHOTS=FOLDER has the pictures
# of README and docs/dashboard.md made.

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
        location = /v1/metrics  { cricket metrics; }
        location = /v1/stats    { cricket stats; }
        location = /v1/names    { cricket names; }
        location = /v1/tags     { cricket tags; }
        location = /v1/last     { cricket last; }
    }
}, ES => es_url() =~ s{^http://}{}r, INDEX => fresh_index());

srand 7;

my $now = int(time / 5) * 5;
# for as long as the test looks, or all would be silent
my @at = (END => $now + 180, SPAN => 1380, STEP => 5);

sub noise { return 1 + $_[0] * (rand() + rand() - 1) }

# a shop: one region slow for a while, one not heard of for a while
my %region = (eu => 30, us => 22, asia => 9);

for my $region (sort keys %region) {
    my $silent = sub {
        return $region eq 'us' && $now - $_[0] > 420 && $now - $_[0] < 540;
    };

    store($nginx->port,
          series('shop.orders', 'counter', sub {
              return if $silent->($_[0]);
              return int(5 * $region{$region} * noise(0.2)
                         * (1 + 0.4 * sin($_[0] / 180)));
          }, @at, TAGS => { region => $region }),
          series('shop.response_seconds', 'timer', sub {
              my $age = $now - $_[0];
              return if $silent->($_[0]);
              return ($region eq 'eu' && $age > 150 && $age < 270 ? .14 : .05)
                     * noise(0.3) * (1 + length($region) / 4);
          }, @at, TAGS => { region => $region }));
}

store($nginx->port, (map { my $cpu = $_;
    series('cpu.percent', 'gauge', sub {
        return 35 + 20 * sin($_[0] / 200 + $cpu) + 12 * noise(0.6);
    }, @at, TAGS => { cpu => "cpu$cpu" }) } 0 .. 3),
    (map { my ($state, $size) = @$_;
    series('memory.bytes', 'gauge', sub {
        return int($size * 2 ** 30 * (1 + 0.15 * sin($_[0] / 300)));
    }, @at, TAGS => { state => $state }) }
    ['used', 6.1], ['cached', 3.4], ['free', 6.5]));

browser('access.js', URL => 'http://127.0.0.1:' . $nginx->port,
        SHOTS => $ENV{CRICKET_SHOTS} // '');

$nginx->stop;
done_testing();
