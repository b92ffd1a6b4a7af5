# SPDX-License-Identifier: BSD-2-Clause

# Two clients of OpenTSDB write: all that they sent is read back, and what is
# answered with 503 is sent again.

use strict;
use warnings;

use lib 't/lib';

use CricketClients;
use CricketTest;
use Test::More;

my $dead = free_port();
my $nginx = serve(qq{
    location = /dead/api/put { cricket opentsdb;
                               cricket_pass http://127.0.0.1:$dead; }
});

my $script = <<'END';
import logging, sys, time
from opentsdb import TSDBClient

logging.basicConfig(stream=sys.stdout)

c = TSDBClient("127.0.0.1", port=%%PORT%%, static_tags={"core": "0"},
               host_tag=False, URI)
for i in range(120):
    c.send("py.cpu", i + 0.5, timestamp=1483224590 + i, host="web-1")
for i in range(100):
    if c.statuses["success"] == 120 or c.queue_size() and i > 50:
        break
    time.sleep(0.1)
print("statuses", c.statuses["success"], c.statuses["failed"])
c.close(force=True)
END

my $said = python('opentsdb-py', $script =~ s/URI/uri=None/r);
is_deeply(stored('py.'), [map {
    ['py.cpu', $_ + 0.5, sprintf('2016-12-31T22:%02d:%02dZ',
                                 49 + int((50 + $_) / 60), (50 + $_) % 60),
     { core => '0', host => 'web-1' }]
} 0 .. 119], 'opentsdb-py: all is there, once') or diag($said);
like($said, qr/^statuses 120 0$/m, 'opentsdb-py: it knows');

$said = python('opentsdb-py', $script =~ s/URI/uri="http:\/\/127.0.0.1:%%PORT%%\/dead"/r);
like($said, qr/^statuses 0 0$/m, 'opentsdb-py: of a 503 none is lost');
cmp_ok(scalar(() = $said =~ /Push metric failed/g), '>', 1,
       'opentsdb-py: it sends again');

# Telegraf
my $output = '[[outputs.opentsdb]]
  host = "http://127.0.0.1"
  port = %%PORT%%
  http_batch_size = 50
  prefix = "tg."
  http_path = "/api/put"
';
my $lines = join '', map {
    "m,host=web\\ 1,dc=eu f=$_.5,n=${_}i,ok=true,s=\"x\" "
    . (1483224590 + $_) . "000000000\n"
} 0 .. 99;

$said = telegraf($output, $lines);
my $stored = stored('tg.');
is_deeply([grep { $_->[0] eq 'tg.m_f' } @$stored], [map {
    ['tg.m_f', $_ + 0.5, sprintf('2016-12-31T22:%02d:%02dZ',
                                 49 + int((50 + $_) / 60), (50 + $_) % 60),
     { host => 'web_1', dc => 'eu' }]
} 0 .. 99], 'telegraf: all numbers are there') or diag($said);
is_deeply([map { $_->[1] } grep { $_->[0] eq 'tg.m_n' } @$stored], [0 .. 99],
          'telegraf: and integers');
unlike($said, qr/ E! /, 'telegraf: it is content');

$said = telegraf($output =~ s{/api/put}{/dead/api/put}r, $lines);
like($said, qr/503/, 'telegraf: is told of a 503');

$nginx->stop;
done_testing();
