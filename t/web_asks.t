# SPDX-License-Identifier: BSD-2-Clause

# What the dashboard asks of the API, by docs/api.md, and how it reads answers,
# those that are none among them.

use strict;
use warnings;

use lib 't/lib';

use CricketBrowser;
use CricketTest;
use Test::More;

my $nginx = nginx(q{
    server {
        listen 127.0.0.1:%%PORT%%;
        location / { cricket dashboard; }
    }
});

browser('asks.js', URL => 'http://127.0.0.1:' . $nginx->port);

$nginx->stop;
done_testing();
