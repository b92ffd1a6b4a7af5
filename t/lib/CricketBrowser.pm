# SPDX-License-Identifier: BSD-2-Clause

package CricketBrowser;

# For what happens in a browser: a script of t/web, run by node, drives Chromium
# and prints TAP, whose lines become tests here.
#
#     use CricketBrowser;
#
#     browser('charts.js', URL => 'http://127.0.0.1:' . $nginx->port, ...);
#     my @points = series('name', 'gauge', sub { $value }, %option);
#     store($nginx->port, @points);
#
# The script finds the values in the environment; t/web/lib.js says what else
# it has. series() makes datapoints, one each STEP seconds for SPAN seconds up to
# END, of what the function returns for its time (undef: none), with TAGS.

use strict;
use warnings;

use CricketTest;
use Exporter qw(import);
use JSON::PP;
use POSIX qw(strftime);
use Test::More;

our @EXPORT = qw(browser series store instant);

my $top = $CricketTest::TOP;


sub browser {
    my ($script, %env) = @_;

    local @ENV{keys %env} = values %env;
    local $ENV{NODE_PATH} = "$top/.cache/web/node_modules";

    open my $out, '-|', 'setpriv', '--pdeathsig', 'TERM',
         'timeout', '300', 'node', "$top/t/web/$script"
        or die "node: $!";

    my $done = 0;

    while (my $line = <$out>) {
        chomp $line;

        if ($line =~ /^(not )?ok - (.*)/) {
            ok(!$1, $2);
        } elsif ($line eq 'done') {
            $done = 1;
        } else {
            diag($line);
        }
    }

    close $out;
    ok($done && $? == 0, "$script ran to its end");
}


sub instant {
    my ($at) = @_;

    return strftime('%Y-%m-%dT%H:%M:%S', gmtime int $at) . 'Z';
}


sub series {
    my ($name, $type, $value, %option) = @_;

    my $end = $option{END} // time;
    my $step = $option{STEP} // 10;
    my @points;

    for (my $at = $end - ($option{SPAN} // 600); $at <= $end; $at += $step) {
        my $v = $value->($at);
        push @points, { name => $name, type => $type, value => $v,
                        timestamp => instant($at),
                        tags => $option{TAGS} // {} } if defined $v;
    }

    return @points;
}


sub store {
    my ($port, @points) = @_;

    my $json = JSON::PP->new->utf8->allow_nonref;

    while (my @some = splice @points, 0, 5000) {
        my $reply = http($port, 'POST', '/v1/metrics?refresh=wait_for',
                         $json->encode(\@some),
                         'Content-Type' => 'application/json');
        is($reply->{status}, 200, 'stored ' . @some)
            or diag(substr $reply->{body}, 0, 500);
    }
}


1;
