# SPDX-License-Identifier: BSD-2-Clause

# cricket --expire: drops whole partitions past their age, says which, and
# touches nothing that is not Cricket's by name and by what --init left in it.

use strict;
use warnings;

use lib 't/lib';

use CricketTest;
use IPC::Open3 qw(open3);
use JSON::PP;
use POSIX qw(strftime);
use Symbol qw(gensym);
use Test::More;

my $base = sprintf 'expire-%d-%d', time, $$;
my $index = "$base-%Y.%m";

END {
    es('DELETE', "/$_") for names();
    es('DELETE', "/_index_template/cricket-$base~");
    es('DELETE', "/_index_template/cricket-$base-other~");
}


sub cricket {
    my (@args) = @_;

    my $err = gensym();
    my $pid = open3(my $in, my $out, $err, "$CricketTest::TOP/objs/cricket",
                    @args);
    close $in;

    my $said = join '', <$out>;
    my $trouble = join '', <$err>;
    waitpid $pid, 0;

    return ($? >> 8, $said, $trouble);
}


sub expire { return cricket('--expire', shift, '--url', es_url(), '--index',
                            $index, @_) }


sub names {
    my (undef, $reply) = es('GET', "/$base*/_alias");
    return sort keys %$reply;
}


sub month {
    my ($ago) = @_;

    my ($year, $month) = (gmtime)[5, 4];
    my $n = ($year + 1900) * 12 + $month - $ago;

    return sprintf '%d.%02d', $n / 12, $n % 12 + 1;
}


# The command line.
for my $case (['expected an age', '--expire', '90'],
              ['expected an age', '--expire', '0d'],
              ['expected an age', '--expire', 'd'],
              ['expected an age', '--expire', '-1d'],
              ['expected an age', '--expire', '90days'],
              ['expected an age', '--expire', '99999999999999999999d'],
              ['only partitions expire', '--expire', '90d', '--index', 'one'],
              ['--shards goes with --init', '--expire', '90d', '--shards', 2,
               '--index', $index],
              ['--nginx does not go with --expire', '--expire', '90d',
               '--nginx', 'x', '--index', $index],
              ['--expire and --init', '--init', '--expire', '90d', '--index',
               $index])
{
    my ($why, @args) = @$case;
    my ($rc, $out, $err) = cricket(@args);
    is($rc, 1, "@args");
    like($err, qr/^cricket: .*\Q$why\E/, 'why');
    is($out, '', 'nothing is done');
}

my ($rc, $out, $err) = cricket('--expire', '90d', '--index', $index, '--url',
                               'http://127.0.0.1:' . free_port());
is($rc, 2, 'Elasticsearch is away');

# Nothing there, not even set up: for cron that is no trouble.
($rc, $out, $err) = expire('90d');
is($rc, 0, 'nothing is there') or diag($err);
like($out, qr/^nothing to drop: no partition of \Q$index\E ended 90d ago or before$/,
     'what it says');

# Partitions, by Cricket itself, and what only looks like some.
($rc) = cricket('--init', '--url', es_url(), '--index', $index, '--replicas', 0);
is($rc, 0, 'set up');

my $nginx = nginx(q{
    upstream es { server %%ES%%; keepalive 4; }

    server {
        listen 127.0.0.1:%%PORT%%;
        cricket_pass http://es;
        cricket_index %%INDEX%%;
        location = /v1/metrics { cricket metrics; }
    }
}, ES => es_url() =~ s{^http://}{}r, INDEX => $index);

my $now = strftime('%Y-%m', gmtime);

for my $time ("$now-01T00:00:00Z", map({ my $m = month($_) =~ s/\./-/r;
                                         "$m-15T00:00:00Z" } 1 .. 5),
              '1990-01-01T00:00:00Z', '9998-01-01T00:00:00Z')
{
    is(http($nginx->port, 'POST', '/v1/metrics?refresh=wait_for', encode_json({
        name => 'n', type => 't', value => 1, timestamp => $time }))->{status},
       200, $time);
}

my %meta = (managed_by => 'cricket', index => $index);
my $old = month(30);

for my $other (["$base-1990.01.01", { _meta => \%meta }],
               ["$base-$old-x", { _meta => \%meta }],
               ["$base-1990.02", { _meta => { managed_by => 'me' } }, 1],
               ["$base-1990.03", {}, 1],
               ["$base-1990.04", { _meta => { %meta, index => 'x' } }, 1])
{
    my ($name, $mappings, $template) = @$other;

    # those of the template would have its mapping
    es('DELETE', "/_index_template/cricket-$base~") if $template;
    my ($status) = es('PUT', "/$name", encode_json({ mappings => $mappings,
                                  aliases => { "$base~all" => {} } }));
    is($status, 200, "another index, $name");
}

my ($status) = es('PUT', "/$base-1990.05", encode_json({
    mappings => { _meta => \%meta } }));
is($status, 200, 'and one without the alias');

my @before = names();
my @dropped = ("$base-past", map { "$base-" . month($_) } 5, 4);

($rc, $out, $err) = expire('65d', '--dry-run');
is($rc, 0, 'dry run') or diag($err);
is_deeply([$out =~ /^would drop (\S+), /mg],
          [grep { $out =~ /\Q$_\E, / } @dropped, "$base-" . month(3)],
          'what it would drop, oldest first');
like($out, qr/^would drop \Q$base\E-past, 1990-01-01 to 1990-01-01T00:00:01Z, 1 datapoint, \d+\.\d MB$/m,
     'when, and how much');
is_deeply([names()], \@before, 'and does not');

($rc, $out, $err) = expire('130d');
is($rc, 0, 'a run') or diag($err);
is_deeply([$out =~ /^dropped (\S+), /mg], ["$base-past", "$base-" . month(5)],
          'what it drops') or diag($out);
is_deeply([names()],
          [grep { $_ ne "$base-past" && $_ ne "$base-" . month(5) } @before],
          'these, and no others');

for my $name ("$base-1990.01.01", "$base-$old-x") {
    like($out, qr/^hint: \Q$name\E is left alone: no partition of \S+ has such a name$/m,
         "$name is left alone");
}

for my $name (map { "$base-1990.0$_" } 2 .. 4) {
    like($out, qr/^hint: \Q$name\E is left alone: cricket --init --index \S+ has not made it$/m,
         "$name is left alone");
}

($rc, $out) = expire('130d');
is($rc, 0, 'once more');
like($out, qr/^nothing to drop/m, 'nothing is left');

# Several at once.
my @pids = map {
    my $pid = fork() // die "fork: $!";
    if ($pid == 0) {
        open STDOUT, '>', '/dev/null';
        exec "$CricketTest::TOP/objs/cricket", '--expire', '20d', '--url',
            es_url(), '--index', $index or POSIX::_exit(127);
    }
    $pid;
} 1 .. 4;

is((waitpid($_, 0), $?)[1], 0, 'one of several at once') for @pids;
is(scalar(grep { /-\d{4}\.\d\d$/ && !/1990/ } names()), 1 + !!grep({
       $_ eq "$base-" . month(1) } names()), 'all of them gone, once');
ok(grep({ $_ eq "$base-" . month(0) } names()), 'but that of now');
ok(grep({ $_ eq "$base-ahead" } names()), 'and what is ahead');

# What refuses.
es('PUT', "/$base-1990.06", encode_json({ mappings => { _meta => \%meta },
    aliases => { "$base~all" => {} },
    settings => { 'index.blocks.read_only' => JSON::PP::true } }));
es('PUT', "/$base-1990.07", encode_json({ mappings => { _meta => \%meta },
    aliases => { "$base~all" => {} } }));
($rc, $out, $err) = expire('130d');
is($rc, 3, 'one that may not be dropped');
like($err, qr/^cricket: .*drop the partition \Q$base\E-1990\.06.*read-only/m,
     'why');
like($out, qr/^dropped \Q$base\E-1990\.07/m, 'the next one is dropped');
es('PUT', "/$base-1990.06/_settings",
   encode_json({ 'index.blocks.read_only' => undef }));

$nginx->stop;
done_testing();
