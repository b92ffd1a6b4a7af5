# SPDX-License-Identifier: BSD-2-Clause

# cricket_cors as a browser understands it: what a page of another origin can
# read, what it cannot, and that it writes nothing that it may not.

use strict;
use warnings;

use lib 't/lib';

use CricketBrowser;
use CricketTest;
use Test::More;

my $index = fresh_index();
my $dir = CricketTest::folder('cors');

open my $fh, '>', "$dir/users" or die "users: $!";
print $fh "me:{PLAIN}secret\n";
close $fh;

# By another port a page is of another origin.
my ($page, $other) = (free_port(), free_port());

my $nginx = nginx(qq{
    server {
        listen 127.0.0.1:$page;
        listen 127.0.0.1:$other;
        location / { default_type text/html; return 200 '<title>x</title>'; }
    }
    server {
        listen 127.0.0.1:%%PORT%%;
        cricket_pass %%ES%%;
        cricket_index $index;
        cricket_cors http://127.0.0.1:$page;

        location = /v1/metrics { cricket metrics; }
        location = /v1/names   { cricket names; }
        location = /v1/stats   { cricket stats; }
        location = /influx/write { cricket influx; }
        location = /api/query  { cricket opentsdb; }
        location = /away       { cricket names; cricket_pass http://127.0.0.1:1; }
        location = /secret {
            cricket names;
            auth_basic cricket;
            auth_basic_user_file $dir/users;
        }
        location = /writes {
            cricket metrics;
            cricket_cors http://127.0.0.1:$page writes=on;
        }
    }
}, ES => es_url());

store($nginx->port, series('room.celsius', 'gauge', sub { 20 }));
my $stored = count($index);

browser('cors.js', URL => 'http://127.0.0.1:' . $nginx->port,
        PAGE => "http://127.0.0.1:$page", OTHER => "http://127.0.0.1:$other");

is(count($index), $stored + 1, 'one page stored one datapoint, where it may');

$nginx->stop;
done_testing();
