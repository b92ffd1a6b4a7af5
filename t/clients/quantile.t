# SPDX-License-Identifier: BSD-2-Clause

# Percentiles of a histogram are those of Prometheus' histogram_quantile() on
# the same samples: equal where a sample stands on both edges of what is asked
# for, and else no farther apart than docs/queries.md says. CRICKET_SEED repeats
# a run.

use strict;
use warnings;

use lib 't/lib';

use CricketReads;
use CricketClients qw(prometheus);
use CricketTest;
use File::Temp qw(tempdir);
use IO::Handle;
use JSON::PP;
use List::Util qw(max sum0);
use POSIX ();
use Test::More;

# a bucket has four samples
use constant { BEGIN_AT => 1795622400, STEP => 15, PERIOD => 60,
               PERIODS => 24 };
use constant END_AT => BEGIN_AT + PERIODS * PERIOD;
use constant SHARE => STEP / PERIOD;

my $seed = $ENV{CRICKET_SEED} // time;
my $dir = tempdir(CLEANUP => 1);
my $index = fresh_index();
my $nginx = reads(index => $index);
my $prometheus_port = free_port();
my $prometheus;
my ($wider, $tolerance) = (0, 1e-9);     # of a bucket's width

srand $seed;
note("seed $seed");

END {
    my $status = $?;
    kill TERM => $prometheus if $prometheus;
    waitpid $prometheus, 0 if $prometheus;
    $? = $status;
}


# What is observed: of each histogram its bounds as an instance writes them, and
# how its instances behave.
my %kinds = (
    plain    => { bounds => [qw(0.1 0.5 1 2.5 +Inf)] },
    uneven   => { bounds => [qw(0.001 0.0015 7 10000 1e+06 +Inf)] },
    negative => { bounds => [qw(-10 -1 0 3 +Inf)] },
    spelled  => { bounds => [qw(0.5 1 2 +Inf)],
                  also => { 1 => '1.0', 2 => '2.0' } },
    sparse   => { bounds => [qw(0.1 0.5 1 2.5 5 +Inf)], missing => 0.3 },
    alone    => { bounds => [qw(+Inf)] },
    endless  => { bounds => [qw(0.5 1 2)] },
    fickle   => { bounds => [qw(0.1 0.5 1 +Inf)], fickle => 1 },
    steady   => { bounds => [qw(0.1 0.5 1 2.5 +Inf)], apart => 1, steady => 1 },
    bursts   => { bounds => [qw(-3 -1 1 2 9 +Inf)], apart => 1 },
);


# how many of a step's observations are in each bucket: most in one of them
sub observed {
    my ($kind) = @_;

    my $n = @{ $kind->{bounds} };
    my @count = (0) x $n;
    my $most = int rand $n;
    my $all = $kind->{steady} ? 20 : rand() < 0.2 ? 0 : int rand 40;

    $count[rand() < 0.7 ? $most : int rand $n]++ for 1 .. $all;

    return \@count;
}


sub added {
    my ($total, @counts) = @_;

    my @sums = @$total;

    for my $count (@counts) {
        my $all = 0;
        $sums[$_] += $all += $count->[$_] for 0 .. $#sums;
    }

    return \@sums;
}


# A restart between two buckets is seen by both in the same way as long as it
# counts less than before at the end of the new one.
sub may_restart {
    my ($before, @counts) = @_;

    my $after = added([(0) x @$before], @counts);

    return !grep { $before->[$_] && $after->[$_] >= $before->[$_] }
                 0 .. $#$before;
}


sub instance {
    my ($kind, $number) = @_;

    my @bounds = @{ $kind->{bounds} };
    my @kept = grep { $bounds[$_] eq '+Inf'
                      || rand() >= ($kind->{missing} // 0) } 0 .. $#bounds;
    my $self = { tags => { instance => "i$number",
                           dc => (qw(eu us))[$number % 2] },
                 names => [map { $number % 2 ? $kind->{also}{$_} // $_ : $_ }
                           @bounds],
                 kept => \@kept, lost => 0, restarts => 0,
                 shift => 0 };
    $self->{shift} = (1 + int rand(STEP * 1000 - 1)) / 1000
        if $kind->{apart};

    # large enough that no counter is thought to have begun within a step
    my $total = added([map { 1000 } @bounds]);

    for my $period (-1 .. PERIODS) {
        my @counts = map { observed($kind) } 1 .. PERIOD / STEP;
        @counts = map { [map { 0 } @bounds] } @counts
            if !$kind->{apart} && rand() < 0.15;

        my $restart = !$kind->{fickle} && !$kind->{apart} && rand() < 0.2
                      && may_restart($total, @counts) ? 1 : 0;
        $total = [(0) x @bounds] if $restart;
        $self->{restarts} += $restart;

        for my $i (0 .. $#counts) {
            if ($kind->{fickle} && rand() < 0.1) {
                $self->{lost} += $total->[-1];
                $total = [(0) x @bounds];
            }

            # where all have moved to before the samples of a bucket
            $self->{first}{$period} = sum0(@{ $counts[0] });
            $self->{all}{$period} += sum0(@{ $counts[$i] });

            $total = added($total, $counts[$i]);
            push @{ $self->{samples} },
                 [BEGIN_AT + $period * PERIOD + $i * STEP + $self->{shift},
                  $total];
        }
    }

    return $self;
}


for my $name (sort keys %kinds) {
    $kinds{$name}{instances} = [map { instance($kinds{$name}, $_) } 1 .. 4];
}


sub each_sample {
    my ($f) = @_;

    for my $name (sort keys %kinds) {
        for my $i (@{ $kinds{$name}{instances} }) {
            for my $at (@{ $i->{samples} }) {
                $f->("h_${name}_bucket",
                     { %{ $i->{tags} }, le => $i->{names}[$_] },
                     $at->[0], $at->[1][$_]) for @{ $i->{kept} };
            }
        }
    }
}


sub cricket_has {
    my @points;

    each_sample(sub {
        my ($name, $tags, $at, $value) = @_;
        my $time = POSIX::strftime('%FT%T', gmtime $at)
                   . sprintf('.%03dZ', 1000 * ($at - int $at) + 0.5);
        push @points, { name => $name, type => 'cumulative', value => $value,
                        timestamp => $time, tags => $tags };
    });

    while (my @batch = splice @points, 0, 5000) {
        my $reply = http($nginx->port, 'POST', '/v1/metrics',
                         encode_json(\@batch));
        is($reply->{status}, 200, 'stored') or diag($reply->{body});
    }

    es('POST', "/$index/_refresh");
}


sub prometheus_has {
    open my $fh, '>', "$dir/samples" or die $!;
    each_sample(sub {
        my ($name, $tags, $at, $value) = @_;
        my $labels = join ',', map { qq($_="$tags->{$_}") } sort keys %$tags;
        printf $fh "%s{%s} %d %.3f\n", $name, $labels, $value, $at;
    });
    print $fh "# EOF\n";
    close $fh;

    my $said = qx(promtool tsdb create-blocks-from openmetrics $dir/samples \\
                  $dir/data 2>&1);
    is($?, 0, 'Prometheus has the same') or diag($said);

    $prometheus = prometheus($dir, $prometheus_port, "{}\n");

    wait_until(30, sub {
        eval { http($prometheus_port, 'GET', '/-/ready')->{status} == 200 }
    }) or die slurp("$dir/log");
}


sub quoted {
    return $_[0] =~ s/([^A-Za-z0-9_.-])/sprintf '%%%02X', ord $1/ger;
}


# {GROUP}{TIME} of what Prometheus says, from one moment to another
sub his {
    my ($query, $from, $to) = @_;

    my $reply = http($prometheus_port, 'GET', '/api/v1/query_range?query='
                     . quoted($query) . "&start=$from&end=$to&step=" . PERIOD);
    my $data = decode_json($reply->{body});
    die $reply->{body} if $data->{status} ne 'success';

    my %values;

    for my $series (@{ $data->{data}{result} }) {
        my $group = $series->{metric}{dc} // '';
        $values{$group}{$_->[0]} = $_->[1] for @{ $series->{values} };
    }

    return \%values;
}


# {GROUP}{START OF A BUCKET} of what Cricket says, or {GROUP} of the range
sub ours {
    my ($name, %option) = @_;

    my $reply = http($nginx->port, 'GET',
                     "/v1/stats?name=h_$name&histogram=true&"
                     . join '&', map { "$_=" . quoted($option{$_}) }
                                 keys %option);
    die $reply->{body} if $reply->{status} != 200;

    my $data = decode_json($reply->{body});
    my %values;

    for my $group ($data->{groups} ? @{ $data->{groups} } : $data) {
        my $key = $group->{value} // '';

        if (!$option{interval}) {
            $values{$key} = $group;
            next;
        }

        for my $bucket (@{ $group->{buckets} }) {
            my ($h, $m) = $bucket->{start} =~ /T(\d\d):(\d\d):00Z$/;
            my $at = BEGIN_AT - BEGIN_AT % 86400 + $h * 3600 + $m * 60;
            $values{$key}{$at} = $bucket;
        }
    }

    return \%values;
}


sub same {
    my ($ours, $his, $name) = @_;

    $his = undef if defined $his && $his =~ /nan/i;

    return !defined $ours && !defined $his if !defined $ours || !defined $his;
    return abs($ours - $his)
           <= $tolerance * max(map { abs, width($_, $name) } $ours, $his);
}


# of the bucket of a histogram that has the value
sub width {
    my ($value, $name) = @_;

    my $before = 0;

    for my $bound (grep { $_ ne '+Inf' } @{ $kinds{$name}{bounds} }) {
        return $bound - $before if $value <= $bound;
        $before = $bound;
    }

    return 0;
}


# what to ask Prometheus for, of so many seconds
sub growth {
    my ($name, $seconds, $le) = @_;

    return sprintf 'increase(h_%s_bucket%s[%dms])', $name,
                   defined $le ? qq({le="$le"}) : '', $seconds * 1000 + $wider;
}


sub quantile {
    my ($percentile, $name, $seconds, $by) = @_;

    return sprintf 'histogram_quantile(%.17g, sum by (le%s) (%s))',
                   $percentile / 100, $by ? ",$by" : '',
                   growth($name, $seconds);
}


my @percentiles = (0, 50, 90, 95, 99, 99.9, 100,
                   map { sprintf '%.3f', rand 100 } 1 .. 5);
my %bucketed = (interval => '1m', start => BEGIN_AT, before => END_AT);

cricket_has();
prometheus_has();

# The last samples of two buckets are a bucket's length apart.
my ($first, $last) = (BEGIN_AT + PERIOD - STEP, END_AT - STEP);

# To version 3 a sample on the earlier edge is none: it is asked for one
# millisecond more, and extrapolates each series by that or by nothing, which of
# a bucket with one observation of hundreds is a percent.
if (his("max(count_over_time(h_plain_bucket[1m]))", $last, $last)->{''}{$last}
    == PERIOD / STEP)
{
    ($wider, $tolerance) = (1, 0.02);
    note('an open edge');
}

for my $name (grep { !$kinds{$_}{apart} && !$kinds{$_}{fickle} }
              sort keys %kinds)
{
    my ($compared, $nulls, @wrong) = (0, 0);

    for my $by ('', 'dc') {
        my $ours = ours($name, %bucketed, $by ? (group_by => $by) : (),
                        percentiles => join(',', @percentiles));

        for my $percentile (@percentiles) {
            my $his = his(quantile($percentile, $name, PERIOD, $by), $first,
                          $last);

            for my $group ($by ? qw(eu us) : '') {
                for (my $at = BEGIN_AT; $at < END_AT; $at += PERIOD) {
                    my $mine = $ours->{$group}{$at}{percentiles}{$percentile};
                    my $value = $his->{$group}{$at + PERIOD - STEP};

                    $compared++;
                    $nulls++ if !defined $mine;
                    push @wrong, "$group $at p$percentile: " . ($mine // 'null')
                                 . ', not ' . ($value // 'none')
                        if !same($mine, $value, $name);
                }
            }
        }
    }

    is(join("\n", @wrong[0 .. ($#wrong < 4 ? $#wrong : 4)]), '',
       "$name: $compared percentiles, of which $nulls are null");
    my $restarts = sum0(map { $_->{restarts} } @{ $kinds{$name}{instances} });
    my $never = $name =~ /^(alone|endless)$/;
    ok($restarts && ($never ? $nulls == $compared : $nulls < $compared / 2),
       "$name: there is something, and $restarts restarts");
}

# the share up to a bound, and how many
for my $name (qw(plain uneven negative)) {
    my $bound = $kinds{$name}{bounds}[2];
    my $ours = ours($name, %bucketed, percentiles => 50, below => $bound)->{''};
    my ($all, $up_to) = map {
        his('sum(' . growth($name, PERIOD, $_) . ')', $first, $last)->{''}
    } '+Inf', $bound;
    my @wrong;

    for (my $at = BEGIN_AT; $at < END_AT; $at += PERIOD) {
        my $n = $all->{$at + PERIOD - STEP};
        my $share = $n ? $up_to->{$at + PERIOD - STEP} / $n : undef;

        push @wrong, $at if !same($ours->{$at}{observations}, $n, $name)
                            || !same($ours->{$at}{below}, $share, $name);
    }

    is("@wrong", '', "$name: observations, and the share of them up to $bound");
}

# A whole range that begins and ends with a sample, restarts anywhere.
for my $name (grep { !$kinds{$_}{apart} } sort keys %kinds) {
    my $to = END_AT - 2 * STEP;
    my $ours = ours($name, start => BEGIN_AT, end => $to,
                    percentiles => join(',', @percentiles))->{''}{percentiles};
    my @wrong;

    for my $percentile (@percentiles) {
        my $his = his(quantile($percentile, $name, $to - BEGIN_AT), $to,
                      $to)->{''}{$to};
        push @wrong, "p$percentile: " . ($ours->{$percentile} // 'null')
                     . ', not ' . ($his // 'none')
            if !same($ours->{$percentile}, $his, $name);
    }

    is(join("\n", @wrong), '', "$name: the whole range");
}

# Restarts within buckets: none is counted twice, and one that is missed costs
# at most what had been counted before it.
{
    my $ours = ours('fickle', %bucketed, percentiles => 50)->{''};
    my $mine = sum0(map { $_->{observations} // 0 } values %$ours);
    my $his = his('sum(' . growth('fickle', END_AT - BEGIN_AT, '+Inf') . ')',
                  $last, $last)->{''}{$last};
    my $lost = sum0(map { $_->{lost} } @{ $kinds{fickle}{instances} });

    cmp_ok($mine, '<=', $his * (1 + $tolerance),
           "fickle: $mine observations of $his");
    cmp_ok($mine, '>=', $his - $lost, "fickle: no more than $lost are missing");
}

# Where no sample stands on an edge, Prometheus looks from the first sample of a
# bucket on. What lies before that is what the two may differ by.
for my $name (qw(steady bursts)) {
    my (@wrong, %apart, %share, $counts);

    for (my $at = BEGIN_AT; $at < END_AT; $at += PERIOD) {
        my $period = ($at - BEGIN_AT) / PERIOD;
        my @all = @{ $kinds{$name}{instances} };
        my $n = sum0(map { $_->{all}{$period} } @all);

        $share{$at} = $n ? sum0(map { $_->{first}{$period} } @all) / $n : 0;
    }

    for my $percentile (50, 75, 90, 95, 99) {
        my $his = his(quantile($percentile, $name, PERIOD), BEGIN_AT + PERIOD,
                      END_AT)->{''};

        for (my $at = BEGIN_AT; $at < END_AT; $at += PERIOD) {
            my ($low, $high) = map { sprintf '%.9f', $_ }
                max(0, $percentile - 100 * $share{$at} - 1e-6),
                -max(-100, -$percentile - 100 * $share{$at} - 1e-6);
            my $cell = ours($name, interval => '1m', start => $at,
                            before => $at + PERIOD,
                            percentiles => "$low,$percentile,$high")->{''}{$at};
            my $p = $cell->{percentiles};
            my $value = $his->{$at + PERIOD};

            push @wrong, "$at p$percentile: $value, not in "
                         . ($p->{$low} // 'null') . ' to '
                         . ($p->{$high} // 'null')
                if defined $p->{$low} && $value < $p->{$low} - 1e-9
                   || $value > $p->{$high} + 1e-9;

            my $apart = abs($value - $p->{$percentile});
            $apart{$percentile} = max($apart{$percentile} // 0, $apart);
            $counts->{$at} = $cell->{observations};
        }
    }

    is(join("\n", @wrong), '', "$name: p is within its share of p");
    note("$name: at most apart: ",
         join ', ', map { sprintf 'p%d %.3f', $_, $apart{$_} }
                    sort keys %apart);
    note(sprintf "%s: share at most %.3f", $name, max(values %share));

    my $his = his('sum(' . growth($name, PERIOD, '+Inf') . ')',
                  BEGIN_AT + PERIOD, END_AT)->{''};
    my $apart = max(map { abs($counts->{$_} / $his->{$_ + PERIOD} - 1) }
                    keys %$counts);

    if ($kinds{$name}{steady}) {
        is(sprintf('%.3f', max(values %share)), sprintf('%.3f', SHARE),
           'steady: of four samples, a quarter');
        cmp_ok($apart, '<', $tolerance, 'steady: as many observations');
    } else {
        note(sprintf '%s: observations at most %.0f %% apart', $name,
                     100 * $apart);
    }
}

$nginx->stop;
done_testing();
