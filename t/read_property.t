# SPDX-License-Identifier: BSD-2-Clause

# Random data and questions: what is answered is what t/lib/property.py
# computes. CRICKET_SEED repeats a run, CRICKET_SECONDS makes it longer.

use strict;
use warnings;

use lib 't/lib';

use CricketReads;
use CricketTest;
use Test::More;

my $index = fresh_index();
es('PUT', "/$index/_settings", '{"index.refresh_interval":"20ms"}');

# exports in many pages, although there is little to export
my $nginx = reads(index => $index, export => 'cricket_max_reply 100k;',
                  set => 'large_client_header_buffers 4 64k;');
my $seed = $ENV{CRICKET_SEED} // time;


my @command = ('/usr/bin/python3', 't/lib/property.py', $nginx->port, $seed,
               $ENV{CRICKET_POINTS} // 4000, $ENV{CRICKET_SECONDS} // 30);

open my $out, '-|', 'sh', '-c', 'exec "$@" 2>&1', 'sh', @command
    or die "python3: $!";

while (my $line = <$out>) {
    if ($line =~ /^(not )?ok \d+ - (.*)/) {
        ok(!$1, $2);

    } elsif ($line !~ /^1\.\./) {
        diag($line);
    }
}

close $out;
is($?, 0, "all of seed $seed");

$nginx->stop;
done_testing();
