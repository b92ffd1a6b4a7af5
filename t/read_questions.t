# SPDX-License-Identifier: BSD-2-Clause

# Statistics of all kinds: buckets of zones, groups, ranks, rates, histograms.
# What is answered is what t/lib/property_stats.py computes. CRICKET_SEED repeats
# a run, CRICKET_SECONDS makes it longer.

use strict;
use warnings;

use lib 't/lib';

use CricketReads;
use CricketTest;
use Test::More;

my $index = fresh_index();
es('PUT', "/$index/_settings", '{"index.refresh_interval":"20ms"}');

my $nginx = reads(index => $index);
my $seed = $ENV{CRICKET_SEED} // time;

$ENV{PYTHONDONTWRITEBYTECODE} = 1;

my @command = ('/usr/bin/python3', 't/lib/property_stats.py', $nginx->port,
               $seed, $ENV{CRICKET_SECONDS} // 30);

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
