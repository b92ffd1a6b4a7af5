# SPDX-License-Identifier: BSD-2-Clause

# The dashboard with a lot of everything, and with text that is not meant well:
# whatever a sender or an address says is shown as text.

use strict;
use warnings;
use utf8;

use lib 't/lib';

use CricketBrowser;
use CricketTest;
use JSON::PP;
use Test::More;

my $nginx = nginx(q{
    server {
        listen 127.0.0.1:%%PORT%%;
        client_max_body_size 32m;
        large_client_header_buffers 4 64k;
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

my $now = int(time / 10) * 10;
my @at = (END => $now, SPAN => 60);

my @hostile = ('<img src=x onerror=alert(1)>', '"><script>alert(1)</script>',
               "'; alert(1); //", 'javascript:alert(1)', '=cmd|"/C calc"!A0',
               "\x{202e}gnp.exe\x{202c}", '{{7*7}}${7*7}`id`', '&lt;b&gt;',
               'host=a, dc=b', '猫' x 100, '__proto__', 'constructor');

store($nginx->port,
      (map { series(sprintf('many.%04d', $_), 'gauge', sub { 1 }, END => $now,
                    SPAN => 0) } 0 .. 5100),
      series('long_' x 50, 'gauge', sub { 1 }, @at),
      series('zzz.last', 'gauge', sub { 1 }, @at),
      (map { my $n = $_; series('wide', 'gauge', sub { $n }, @at, STEP => 30,
                                TAGS => { id => sprintf 'g%03d', $n }) } 0 .. 499),
      (map { series($_, 'gauge', sub { 1 + $_[0] % 9 }, END => $now, SPAN => 600,
                    TAGS => { evil => $_ }) } @hostile));

browser('many.js', URL => 'http://127.0.0.1:' . $nginx->port,
        HOSTILE => JSON::PP->new->ascii->encode(\@hostile));

$nginx->stop;
done_testing();
