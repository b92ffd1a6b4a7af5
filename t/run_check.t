# SPDX-License-Identifier: BSD-2-Clause

# cricket --check: each thing that is or soon will be wrong with Elasticsearch,
# an index or nginx's configuration is told, with what mends it, and nothing is
# where all is well.

use strict;
use warnings;

use lib 't/lib';

use CricketCluster;
use CricketTest;
use IPC::Open3 qw(open3);
use JSON::PP;
use POSIX qw(strftime);
use Symbol qw(gensym);
use Test::More;
use Time::HiRes qw(time);
use Time::Local qw(timegm);

my $bin = "$CricketTest::TOP/objs/cricket";
my $dir = CricketTest::folder('check');
my $scripts = 0;

delete @ENV{qw(CRICKET_API_KEY CRICKET_PASSWORD)};
$ENV{XDG_RUNTIME_DIR} = CricketTest::folder('runtime');

my $cluster = cluster(1);
our $es = $ENV{CRICKET_ES} = ($cluster->urls)[0];


sub run {
    my $err = gensym();
    my $pid = open3(my $in, my $out, $err, $bin, @_);
    close $in;

    local $/;
    my $said = <$out>;
    my $complaint = <$err>;
    waitpid $pid, 0;

    return ($? & 127 ? "signal $?" : $? >> 8, $said, $complaint);
}


sub file {
    my ($name, $text, $mode) = @_;

    open my $out, '>', "$dir/$name" or die "$dir/$name: $!";
    print $out $text;
    close $out;
    chmod $mode, "$dir/$name" if $mode;

    return "$dir/$name";
}


# A program that prints as nginx -v -T does; files by path, the first the main.
sub dump_of {
    my ($version, @files) = @_;

    my $text = '';

    while (my ($path, $conf) = splice @files, 0, 2) {
        $text .= "# configuration file $path:\n$conf\n";
    }

    my $n = ++$scripts;
    my $dump = file("dump.$n", $text);

    return file("nginx.$n", "#!/bin/sh\n"
        . "[ \"\$*\" = '-v -T' ] || exit 9\n"
        . "echo 'nginx version: nginx/$version' >&2\n"
        . "cat $dump\n", 0755);
}


sub nginx_of {
    my ($servers, $location, $version) = @_;

    return dump_of($version // '1.26.2', '/etc/nginx/nginx.conf' => <<"END");
http {
    upstream es {
        $servers
    }
    server {
        cricket_pass http://es;
        location = /v1/metrics { $location; cricket metrics; }
    }
}
END
}


my $well = 'server 127.0.0.1:9200; keepalive 16';


# As JSON; $index is what nginx has, too, unless the options name another.
sub check {
    my ($index, @args) = @_;

    my @nginx = grep({ $_ eq '--nginx' } @args) ? ()
                : ('--nginx', nginx_of("$well;", "cricket_index $index"));

    my ($rc, $out, $err) = run('--check', '--json', '--url', $es, '--index',
                               $index, @nginx, @args);
    my $json = eval { decode_json($out) };

    return ($rc, $json // { findings => [] }, $err);
}


sub lines { return join "\n", map { "$_->{level}: $_->{subject}: $_->{what}" }
                              @{ $_[0]{findings} } }


# One finding and no other but notes, if it is more than a note itself.
sub found {
    my ($name, $index, $level, $subject, $what, $fix, @args) = @_;

    my ($rc, $json, $err) = check($index, @args);
    my @all = grep { $level eq 'note' ? $_->{subject} eq $subject
                                      : $_->{level} ne 'note' }
              @{ $json->{findings} };

    is($rc, $level eq 'note' ? 0 : 7, "$name: code") or diag($err);
    is(scalar @all, 1, "$name: one finding") or diag(lines($json));

    my $one = $all[0] // {};

    is("$one->{level} $one->{subject}", "$level $subject", "$name: kind");
    like($one->{what}, $what, "$name: what");
    like($one->{fix} // '', $fix, "$name: fix");

    return $one;
}


sub well {
    my ($name, $index, @args) = @_;

    my ($rc, $json, $err) = check($index, @args);

    is($rc, 0, "$name: code") or diag($err);
    ok($json->{ok}, "$name: well");
    is(join("\n", grep { !/^note/ } split /\n/, lines($json)), '',
       "$name: nothing but notes");

    return lines($json);
}


sub ask {
    my ($method, $path, $body) = @_;

    my ($status, $reply) = es($method, $path,
                              defined $body ? encode_json($body) : undef);
    ok($status == 200, "$method $path")
        or diag(ref $reply ? encode_json($reply) : $reply);
}


sub set {
    my ($index, %settings) = @_;

    ask('PUT', "/$index/_settings", \%settings);
}


sub cluster_set { ask('PUT', '/_cluster/settings', { transient => { @_ } }) }


# What a fix says, if it is a request, is done.
sub mend {
    my ($finding) = @_;

    my ($method, $path, $body) = $finding->{fix} =~ /^(PUT|POST) (\S+) ?(.*)$/
        or return fail("$finding->{fix}: no request");

    ask($method, $path, $body eq '' ? undef : decode_json($body));
}


sub init {
    my ($index, @args) = @_;

    my ($rc, $out, $err) = run('--init', '--url', $es, '--index', $index,
                               '--replicas', 0, @args);
    is($rc, 0, "init $index @args") or diag($err);

    return $index;
}


# The machine's own disk is not what this is about.
cluster_set('cluster.routing.allocation.disk.threshold_enabled' => 'true',
    map { ("cluster.routing.allocation.disk.watermark.$_" => '1b') }
    qw(low high flood_stage));

# the command line

for my $t (
    [ '--json goes with --check', '--json' ],
    [ '--json does not go with --init', '--init', '--json' ],
    [ '--init and --check do not go together', '--init', '--check' ],
    [ '--check and --expire do not go together', '--check', '--expire', '9d' ],
    [ '--json does not go with --expire', '--expire', '9d', '--json' ],
    [ '--conf does not go with --expire', '--expire', '9d', '--conf', 'x' ],
    [ '--shards does not go with --check', '--check', '--shards', 1 ],
    [ '--replicas does not go with --check', '--check', '--replicas', 1 ],
    [ '--compact does not go with --check', '--check', '--compact' ],
    [ '--dry-run does not go with --check', '--check', '--dry-run' ],
    [ '--index', '--check', '--index', 'A' ])
{
    my ($text, @args) = @$t;
    my ($rc, $out, $err) = run(@args);

    is($rc, 1, "@args");
    like($err, qr/\Q$text\E/, "@args: message");
}

like((run('--help'))[1], qr/^  --json .*^  7 /ms, 'help');

# all is well

my $index = init('one');

well('as --init makes it', $index);

my ($rc, $out, $err) = run('--check', '--url', $es, '--index', $index,
    '--nginx', nginx_of("$well;", "cricket_index $index"));
is($rc, 0, 'as text: code');
like($out, qr/^(?:all is well\n|note: .*\n0 errors, 0 warnings, 1 note\n)$/s,
     'as text');
is($err, '', 'as text: nothing else');

# settings of an index

for my $t (
    [ 'error', 'durability', 'index.translog.durability', 'async',
      qr/^translog\.durability is async, expected request$/ ],
    [ 'error', 'blocks', 'index.blocks.write', 'true',
      qr/^blocks\.write is true, expected false$/ ],
    [ 'error', 'blocks', 'index.blocks.read_only_allow_delete', 'true',
      qr/^blocks\.read_only_allow_delete is true/ ],
    [ 'warning', 'refresh', 'index.refresh_interval', '-1',
      qr/^refresh_interval is -1: what is stored is not read/ ],
    [ 'warning', 'limits', 'index.max_result_window', 4000,
      qr/^max_result_window is 4000, less than 5000/ ],
    [ 'error', 'pipeline', 'index.default_pipeline', 'gone',
      qr/^its default pipeline "gone" does not exist/ ],
    [ 'error', 'pipeline', 'index.final_pipeline', 'gone/?',
      qr/^its final pipeline "gone\/\?" does not exist/ ])
{
    my ($level, $subject, $setting, $value, $what) = @$t;

    set($index, $setting => $value);
    my $one = found($setting, $index, $level, $subject, $what,
                    qr/^PUT \/one\/_settings/);
    is_deeply($one->{indices}, ['one'], "$setting: its index");
    mend($one);
    well("$setting mended", $index);
}

ask('PUT', '/_ingest/pipeline/there', { processors => [] });
set($index, 'index.default_pipeline' => 'there');
found('pipeline', $index, 'note', 'pipeline',
      qr/^its default pipeline "there" may change or drop/, qr/_none/);
set($index, 'index.default_pipeline' => undef);

# the most important first
set($index, 'index.translog.durability' => 'async', 'index.refresh_interval'
    => '-1', 'index.default_pipeline' => 'there', 'index.blocks.write' => 'true');

($rc, $out, $err) = run('--check', '--url', $es, '--index', $index,
    '--nginx', nginx_of("$well;", "cricket_index $index"));
is($rc, 7, 'several: code');
like($out, qr/^error:\ index\ one:\ translog\.durability\ is\ async,.*\n
    \ \ PUT\ \/one\/_settings\ .*\n
    error:\ index\ one:\ blocks\.write\ .*\n\ \ .*\n
    warning:\ index\ one:\ refresh_interval\ .*\n\ \ .*\n
    note:\ index\ one:\ its\ default\ pipeline\ .*\n\ \ .*\n
    (?:note.*\n)?
    2\ errors,\ 1\ warning,\ [12]\ notes?\n$/x, 'several: in order');

my ($code, $json) = check($index);
is_deeply([ @$json{qw(errors warnings)}, $json->{ok}, $json->{complete} ],
    [ 2, 1, JSON::PP::false, JSON::PP::true ], 'several: counted');

set($index, map { $_ => undef } qw(index.translog.durability
    index.refresh_interval index.default_pipeline index.blocks.write));

ask('PUT', "/$index/_mapping", { dynamic => 'false' });
mend(found('dynamic', $index, 'error', 'mapping',
           qr/^dynamic is false, expected strict/, qr/strict/));
well('dynamic mended', $index);

ask('POST', "/$index/_close");
ask('GET', "/_cluster/health/$index?wait_for_status=green&timeout=30s");
mend(found('closed', $index, 'error', 'blocks', qr/^the index is closed/,
           qr/^POST \/one\/_open$/));

ask('DELETE', "/$index/_alias/$index-w");
found('alias', $index, 'warning', 'aliases', qr/lacks the alias one-w/,
      qr/^cricket --init$/);
init($index);
well('alias mended', $index);

# indices behind an alias, of which none is for writes

init('two');
ask('POST', '/_aliases', { actions => [
    map { { add => { index => $_, alias => 'both' } } } qw(one two) ] });
ask('PUT', '/_index_template/cricket-both', { index_patterns => ['both'],
    priority => 500, template => { map { $_ => es_of('one')->{$_} }
                                   qw(mappings) },
    _meta => { managed_by => 'cricket' } });


sub es_of {
    my ($name) = @_;

    my ($status, $reply) = es('GET', "/$name");

    return $reply->{$name};
}


my ($one) = grep { $_->{subject} eq 'aliases' }
            @{ (check('both'))[1]{findings} };
is($one->{level}, 'error', 'alias of two');
like($one->{what}, qr/the alias both takes no writes/, 'alias of two: what');
ask('POST', '/_aliases', { actions => [ { add => { index => 'two',
    alias => 'both', is_write_index => JSON::PP::true } } ] });
is(scalar(grep { $_->{subject} eq 'aliases' }
          @{ (check('both'))[1]{findings} }), 0, 'alias of two mended');

# the template, and no index

es('DELETE', '/_index_template/cricket-one');
found('no template', $index, 'warning', 'template',
      qr/no index template cricket-one: .* not made again/, qr/--init/);
init($index);

my $template = template('cricket-one');
$template->{template}{settings}{index}{translog}{durability} = 'async';
$template->{template}{settings}{index}{default_pipeline} = 'gone';
ask('PUT', '/_index_template/cricket-one', $template);


# To be sent back: 9.2 and later tell when it was made, and do not take that.
sub template {
    my ($name) = @_;

    my ($status, $reply) = es('GET', "/_index_template/$name");
    my $template = $reply->{index_templates}[0]{index_template};

    delete @$template{grep { /_date/ } keys %$template};

    return $template;
}


($code, $json) = check($index);
like(lines($json), qr/^error:\ pipeline:\ in\ the\ index\ template,\ its
    \ default\ pipeline\ "gone".*\nwarning:\ template:\ index\ template
    \ cricket-one\ is\ not.*durability\ is\ async/x, 'damaged template');

es('DELETE', '/_index_template/cricket-one');
init($index);

ask('DELETE', "/$index");
found('no index', $index, 'warning', 'index',
      qr/no index one: the next datapoint makes it/, qr/--init/);
($code, $json) = check('nix');
is($code, 7, 'no index, no template: code');
like(lines($json), qr/^error: index: there is no index nix$/m,
     'no index, no template');

# an index of another shape, and one of before series

ask('PUT', '/other', { settings => { number_of_replicas => 0 },
    mappings => { properties => { value => { type => 'text' } } } });
($code, $json) = check('other');
is($code, 7, 'another shape');
like(lines($json), qr/^error: mapping: dynamic is true, expected strict$/m,
     'another shape, dynamic');
like(lines($json), qr/^error: mapping: field "value" is text, expected double$/m,
     'another shape, field');
ok((grep { ($_->{fix} // '') =~ /_reindex/ } @{ $json->{findings} }),
   'another shape, fix');

init($index);
my $mappings = es_of($index)->{mappings};
delete $mappings->{properties}{series};
$template = template('cricket-two');
ask('DELETE', $_) for '/two', '/_index_template/cricket-two';
ask('PUT', '/two', { settings => { number_of_replicas => 0 },
                     mappings => $mappings, aliases => { 'two-w' => {} } });
ask('PUT', '/_index_template/cricket-two', $template);
found('without series', 'two', 'error', 'mapping', qr/lacks field "series"/,
      qr/^cricket --init/);

# tags with fields

($code, $json) = check($index, '--nginx', nginx_of("$well;",
    "cricket_index $index; cricket_tag_fields host dc.eu"));
is($code, 7, 'tag fields of nginx');
like(lines($json),
     qr/^error: mapping: it lacks field "tag.host", field "tag.dc.eu"/m,
     'tag fields of nginx, index');
like(lines($json), qr/^warning: template: .* lacks field "tag.host"/m,
     'tag fields of nginx, template');

init($index, '--tag-fields', 'host,dc.eu');
well('tag fields', $index, '--nginx', nginx_of("$well;",
    "cricket_index $index; cricket_tag_fields dc.eu host"));
found('field too many', $index, 'warning', 'mapping',
      qr/field tag\.dc\.eu, which cricket_tag_fields does not name/, qr/name/,
      '--nginx', nginx_of("$well;", "cricket_index $index; "
      . 'cricket_tag_fields host'));
found('other than the command line', $index, 'warning', 'nginx',
      qr/cricket_tag_fields .* cricket_index one has other keys than --tag/,
      qr/same keys/, '--tag-fields', 'host,dc.eu', '--nginx',
      nginx_of("$well;", "cricket_index $index; cricket_tag_fields host"));
found('two locations', $index, 'warning', 'nginx', qr/one has different keys/,
      qr/same keys/, '--nginx', nginx_of("$well;", "cricket_index $index; "
      . 'cricket_tag_fields dc.eu host; cricket export; } location /x { '
      . "cricket_index $index; cricket_tag_fields host"));

# replicas, and shards without a node

$index = 'three';
init($index, '--replicas', 2);
found('replicas', $index, 'warning', 'replicas',
      qr/^2 replicas of a shard, and 1 node: /, qr/^cricket --init --replicas 0/);
init($index, '--replicas', 0);
well('replicas mended', $index);

ask('DELETE', "/$index");
ask('PUT', "/$index?wait_for_active_shards=0", { settings =>
    { 'index.routing.allocation.require._name' => 'nobody' } });
found('red', $index, 'error', 'health', qr/^a shard is on no node/,
      qr/allocation\/explain/);
ask('DELETE', "/$index");
init($index);

# the cluster

for my $t (
    [ 'error', 'blocks', 'cluster.blocks.read_only', 'true',
      qr/^the cluster's setting cluster\.blocks\.read_only is true/ ],
    [ 'warning', 'limits', 'search.max_buckets', 100,
      qr/^search\.max_buckets is 100, less than 10001/ ],
    [ 'warning', 'limits', 'search.allow_expensive_queries', 'false',
      qr/^search\.allow_expensive_queries is false/ ],
    [ 'error', 'shards', 'cluster.routing.allocation.enable', 'none',
      qr/allocation\.enable is none: shards of a new index find no node/ ],
    [ 'warning', 'shards', 'cluster.routing.allocation.enable', 'primaries',
      qr/allocation\.enable is primaries: replicas find no node/ ],
    [ 'warning', 'shards', 'cluster.max_shards_per_node', 1,
      qr/of the 1 shards that cluster\.max_shards_per_node allows: no index/ ])
{
    my ($level, $subject, $setting, $value, $what) = @$t;

    cluster_set($setting => $value);
    found($setting, $index, $level, $subject, $what, qr/./);
    cluster_set($setting => undef);
}

well('cluster mended', $index);

# disks

my $watermark = 'cluster.routing.allocation.disk.watermark';


sub watermarks {
    cluster_set(map { ("$watermark.$_" => $_[0]) } qw(low high flood_stage));
}


my ($stats) = values %{ (es('GET', '/_nodes/stats/fs'))[1]{nodes} };
my $fs = $stats->{fs}{total};
my ($total, $free) = @$fs{qw(total_in_bytes available_in_bytes)};

# so much must be free: nearly what is, and far less
my $near = $free - $total / 40 > 0.75 * $free ? $free - $total / 40
                                              : 0.75 * $free;
my $far = $free / 4;

watermarks(sprintf '%.3f%%', 100 * (1 - $near / $total));
found('near the flood stage', $index, 'warning', 'disk',
      qr/^the disk of node node1 is [\d.]+ % full, near the flood stage of/,
      qr/^make room/);
watermarks(int($near / 1048576) . 'mb');
found('near, in bytes', $index, 'warning', 'disk', qr/near the flood/, qr/room/);
watermarks(int($far / 1048576) . 'mb');
well('far, in bytes', $index);
watermarks(sprintf '%.5f', 1 - $far / $total);
well('far, as a ratio', $index);
watermarks('999tb');
($one) = grep { $_->{subject} eq 'disk' }
         @{ (check($index))[1]{findings} };
is($one->{level}, 'error', 'past the flood stage');
like($one->{what}, qr/past the flood stage, [\d.]+ % full: its indices are/,
     'past the flood stage, what');
cluster_set('cluster.routing.allocation.disk.threshold_enabled' => 'false');
($one) = grep { $_->{subject} eq 'disk' && $_->{level} eq 'note' }
         @{ (check($index))[1]{findings} };
like($one->{what}, qr/does not watch its disks/, 'disks are not watched');
watermarks('1b');
cluster_set('cluster.routing.allocation.disk.threshold_enabled' => 'true');

for my $name (qw(one two three other)) {
    es('PUT', "/$name/_settings",
       '{"index.blocks.read_only_allow_delete":null}');
}

# partitions

my $parts = 'part-%Y.%m';
my ($now, $past, $older) = (strftime('part-%Y.%m', gmtime), 'part-2001.01',
                            'part-2001.02');

($code, $json) = check($parts);
is($code, 7, 'no partitions, no template');
like(lines($json), qr/^error: template: .* cricket-part~: no partition can be/m,
     'no partitions, no template: what');
like(lines($json), qr/^note: partition: there is no partition \Q$now\E yet/m,
     'no partition');

# what only looks like one is none
ask('PUT', '/part-20x.y');
init($parts);
well('partitions', $parts);
unlike(lines((check($parts))[1]), qr/there is no partition/, 'partition of now');

# by the template
ask('PUT', "/$_") for $past, $older;
well('partitions of then', $parts);

set($past, 'index.blocks.write' => 'true');
found('a block of then', $parts, 'warning', 'blocks', qr/^blocks\.write/,
      qr/^PUT \/\Q$past\E\//);
set($past, 'index.blocks.write' => undef);
set($now, 'index.blocks.write' => 'true');
found('a block of now', $parts, 'error', 'blocks', qr/^blocks\.write/,
      qr/^PUT \/\Q$now\E\//);
set($now, 'index.blocks.write' => undef);

for my $alias ('~r', '~') {
    ask('DELETE', "/$past/_alias/$past$alias");
    mend(found("alias $alias", $parts, 'error', 'aliases',
               qr/^it lacks the alias of its name and "$alias"/,
               qr/^PUT \/\Q$past\E\/_alias\/\Q$past$alias\E$/));
}

ask('DELETE', "/$now/_alias/part~all");
mend(found('alias ~all', $parts, 'error', 'aliases',
           qr/^it lacks the alias part~all/,
           qr/^PUT \/\Q$now\E\/_alias\/part~all$/));
well('aliases mended', $parts);

ask('POST', "/$past/_close");
ask('GET', "/_cluster/health/$past?wait_for_status=green&timeout=30s");
mend(found('closed partition', $parts, 'error', 'blocks', qr/is closed/,
           qr/^POST \/\Q$past\E\/_open$/));

# one finding for many
ask('PUT', "/part-2002.$_") for qw(01 02 03);
set('part~all', 'index.refresh_interval' => '-1');
$one = found('many', $parts, 'warning', 'refresh', qr/^refresh_interval/,
             qr/^PUT \/part~all\/_settings/);
is($one->{count}, 6, 'many: count');
is(scalar @{ $one->{indices} }, 6, 'many: names');
like((run('--check', '--url', $es, '--index', $parts, '--nginx', '/bin/false'
    ))[1], qr/^warning: indices part-\d+\.\d+ and 5 others: refresh/m,
     'many: as text');
mend($one);
well('many mended', $parts);

init($parts, '--shards', 2);
found('another number of shards', $parts, 'note', 'partition',
      qr/^it has 1 shard, and what is made next by the template 2$/, qr/^$/);
init($parts, '--shards', 1);

# what is only read may be as it is
ask('PUT', '/kept', { settings => { number_of_replicas => 0,
    'index.blocks.write' => 'true' }, mappings => $mappings,
    aliases => { 'part~kept' => {} } });
($code, $json) = check($parts);
like(lines($json), qr/^note: blocks: blocks\.write is true/m, 'kept');
unlike(lines($json), qr/aliases/, 'kept: no alias');
ask('DELETE', '/kept');

cluster_set('cluster.max_shards_per_node' => 1);
found('no room for partitions', $parts, 'error', 'shards', qr/no index of 1 can/,
      qr/drop/);
cluster_set('cluster.max_shards_per_node' => undef);

my ($status, $health) = es('GET', '/_cluster/health');
my $shards = $health->{active_shards} + $health->{unassigned_shards};
cmp_ok($shards, '>', 9, 'shards');

cluster_set('cluster.max_shards_per_node' => $shards + 1);
found('nearly too many shards', $parts, 'warning', 'shards',
      qr/has $shards of the @{[$shards + 1]} shards .* soon no/, qr/drop/);
cluster_set('cluster.max_shards_per_node' => undef);
well('at last', $parts);

# what a real one won't do

my $shape = encode_json(do {
    my ($status, $reply) = es('GET', "/$index?flat_settings=true");
    $reply;
});
my $made = encode_json((es('GET', "/_index_template/cricket-$index"
                          . '?flat_settings=true'))[1]);
my ($uuid) = keys %{ (es('GET', '/_nodes/stats/fs'))[1]{nodes} };


# Answers as a node where all is well, but for the paths of %odd.
sub node {
    my (%odd) = @_;

    return fake(sub {
        my ($request, $c) = @_;
        my $uri = $request->{uri};

        for my $path (keys %odd) {
            next if $uri !~ /^$path/;
            my $odd = $odd{$path};

            return ref $odd eq 'CODE' ? $odd->($c)
                   : ref $odd ? $c->reply(@$odd) : $c->reply(200, $odd);
        }

        my $body = $uri eq '/' ? '{"version":{"number":"9.0.4"}}'
            : $uri =~ m!^/_index_template! ? $made
            : $uri =~ m!^/\w+/_alias! ? qq({"three":{"aliases":{}}})
            : $uri =~ m!^/three\?! ? $shape
            : $uri =~ m!^/_nodes/stats! ? sprintf('{"nodes":{"a":{"name":"n1",'
                . '"timestamp":%d}}}', 1000 * time)
            : '{}';

        $c->reply(200, $body);
    }, undef, probes => 1);
}


sub odd {
    my ($name, $odd, @expected) = @_;

    my $fake = node(%$odd);
    local $es = $fake->url;

    my $one = @expected ? found($name, 'three', @expected)
                        : well($name, 'three');
    $fake->stop;

    return $one;
}


odd('a fake', {});

for my $t (
    [ '6.8.23', qr/^Elasticsearch is 6\.8\.23, older than Cricket is for/ ],
    [ '7.16.3', qr/older/ ], [ '7.17.0' ], [ '8.19.5' ], [ '9.2.0' ],
    [ '10.0.0', qr/^Elasticsearch is 10\.0\.0, newer than Cricket was tried/ ],
    [ '1.3.20", "distribution":"opensearch', qr/^OpenSearch is 1\.3\.20, older/ ],
    [ '2.19.4", "distribution":"opensearch' ],
    [ '3.3.2", "distribution":"opensearch' ],
    [ '4.0.0", "distribution":"opensearch', qr/^OpenSearch is 4.*newer/ ],
    [ 'nix', qr/^Elasticsearch is nix, older/ ])
{
    my ($version, $what) = @$t;

    odd("version $version", { '/$' => qq({"version":{"number":"$version"}}) },
        $what ? ('warning', 'version', $what, qr/^take /) : ());
}

odd('no version', { '/$' => '{}' }, 'note', 'version', qr/not known/, qr/^$/);
odd('405', { '/$' => [405, '{"error":"x"}'] }, 'note', 'privilege',
    qr/^cannot ask for the version: it was answered with 405$/, qr/^$/);

odd('different versions', { '/_nodes/http' => '{"nodes":{"a":{"version":'
    . '"8.19.5"},"b":{"version":"9.0.4"}}}' }, 'warning', 'version',
    qr/^nodes are of different versions, 8\.19\.5 and 9\.0\.4/, qr/upgrade/);

for my $t ([ -3 ], [ 3 ], [ -8, 'warning', 'behind' ],
           [ 8, 'warning', 'ahead of' ], [ -90, 'error', 'behind' ],
           [ 90, 'error', 'ahead of' ])
{
    my ($seconds, $level, $word) = @$t;

    odd("a clock, $seconds", { '/_nodes/stats' => sub {
        $_[0]->reply(200, sprintf '{"nodes":{"a":{"name":"n1","timestamp":%d}}}',
                     1000 * (time + $seconds));
    } }, $level ? ($level, 'clock',
                   qr/^the clock of node n1 is \d+ seconds $word that of this/,
                   qr/NTP/) : ());
}

# a node that answers slowly did look at its clock
odd('a slow node', { '/_nodes/stats' => sub {
    my $then = 1000 * time;
    $_[0]->sleep(6);
    $_[0]->reply(200, qq({"nodes":{"a":{"name":"n1","timestamp":$then}}}));
} });

# 80 and 95 % of 2,147,483,519; two copies of a shard are not twice as many
for my $t ([ 1_700_000_000 ], [ 1_720_000_000, 'warning', '80' ],
           [ 2_040_000_000, 'warning', '94' ],
           [ 2_041_000_000, 'error', '95' ])
{
    my ($count, $level, $percent) = @$t;
    my $docs = sprintf '{"docs":{"count":%d,"deleted":%d}}', $count - 7, 7;

    odd("$count documents", { '/three/_stats' => '{"indices":{"three":{"shards":'
        . qq({"0":[$docs,$docs],"1":[{"docs":{"count":5}}]}}}}) },
        $level ? ($level, 'documents',
                  qr/^a shard has $count of the 2147483519 .* \($percent %\)$/,
                  qr/^partitions/) : ());
}

for my $t (
    [ 'headroom', '95%', '100gb', 10 * 2 ** 40, 150 * 2 ** 30, 'warning' ],
    [ 'headroom is far', '95%', '100gb', 10 * 2 ** 40, 250 * 2 ** 30 ],
    [ 'no headroom', '95%', '-1', 10 * 2 ** 40, 600 * 2 ** 30, 'warning' ],
    [ 'past it', '95%', '100gb', 10 * 2 ** 40, 90 * 2 ** 30, 'error' ])
{
    my ($name, $flood, $room, $total, $free, $level) = @$t;

    odd($name, { '/_cluster/settings' => '{"defaults":{"cluster.routing.'
        . 'allocation.disk.watermark.flood_stage":"' . $flood . '","cluster.'
        . 'routing.allocation.disk.watermark.flood_stage.max_headroom":"'
        . $room . '"}}', '/_nodes/stats' => '{"nodes":{"a":{"name":"m","roles":'
        . '["master"],"fs":{"total":{"total_in_bytes":9,"available_in_bytes":0'
        . '}}},"b":{"name":"d","roles":["data_hot"],"fs":{"total":{'
        . qq("total_in_bytes":$total,"available_in_bytes":$free}}}}}) },
        $level ? ($level, 'disk', qr/^the disk of node d is/, qr/room/) : ());
}

odd('small bodies', { '/_cluster/settings' => '{"defaults":'
    . '{"http.max_content_length":"4mb"}}' }, 'warning', 'limits',
    qr/^http\.max_content_length is 4mb, less than a bulk/, qr/bulk_size/);
odd('a replica elsewhere', { '/_cluster/health/' => '{"number_of_data_nodes":3,'
    . '"indices":{"three":{"status":"yellow","unassigned_shards":1,'
    . '"number_of_replicas":1}}}' }, 'warning', 'replicas',
    qr/^1 of its replicas is on no node$/, qr/--replicas/);
odd('one copy', { '/_cluster/health/' => '{"number_of_data_nodes":3,'
    . '"indices":{"three":{"status":"green","unassigned_shards":0,'
    . '"number_of_replicas":0}}}' }, 'note', 'replicas',
    qr/^it has no replicas/, qr/--replicas 1/);

# partitions that are filled faster than they end

{
    my ($now, $year) = (time, (gmtime)[5]);
    my ($start, $next) = map { timegm(0, 0, 0, 1, 0, $year + $_) } 0, 1;
    my %elapsed = ('%Y' => ($now - $start) / ($next - $start),
                   '%Y.%m.%d' => $now / 86400 - int($now / 86400),
                   '%Y.%m.%d.%H' => $now / 3600 - int($now / 3600));

    # one of which enough is over, and not too much: nearly always there is
    my ($unit) = grep { $elapsed{$_} > 0.06 && $elapsed{$_} < 0.6 }
                 sort keys %elapsed;

    for my $t ([ 0.8, 0 ], [ 1.25, 1 ]) {
        last if !$unit;

        my ($share, $told) = @$t;
        my $part = strftime("part-$unit", gmtime);
        my $count = int(2147483519 * $share * $elapsed{$unit});

        my $fake = node('/[^?]*/_alias' => qq({"$part":{"aliases":{}}}),
            "/$part" => '{}', '/part~all/_stats' => qq({"indices":{"$part":)
            . qq({"shards":{"0":[{"docs":{"count":$count}}]}}}}));
        local $es = $fake->url;
        my ($rc, $json) = check("part-$unit");

        is(scalar(grep { $_->{what} =~ /full before its end/ }
                  @{ $json->{findings} }), $told, "filled, $share");
        $fake->stop;
    }
}

# what may not be asked

for my $t (
    [ '/$', 'ask for the version', 'monitor' ],
    [ '/_nodes/stats', "ask for the nodes' disks", 'monitor' ],
    [ '/_nodes/http', 'ask for the nodes', 'monitor' ],
    [ '/_cluster/settings', "ask for the cluster's settings", 'monitor' ],
    [ '/_index_template', 'look at the index template',
      'manage_index_templates' ],
    [ '/three\?', 'look at the index', 'view_index_metadata' ],
    [ '/_cluster/health/', 'ask whether shards have nodes', 'monitor' ],
    [ '/three/_stats', 'count the documents of shards', 'monitor' ])
{
    my ($path, $what, $privilege) = @$t;

    odd("forbidden, $path", { $path => [403, '{"error":{"type":'
        . '"security_exception"}}'] }, 'note', 'privilege',
        qr/^cannot $what.*: it is forbidden$/, qr/privilege $privilege/);
}

odd('forbidden, all of it', { '/three/_alias' => [403, '{"error":{}}'] },
    'warning', 'privilege', qr/^the index itself was not checked/, qr/^$/);

# no answer, and none of Elasticsearch's

for my $t (
    [ 3, '/$', [401, '{}'], qr/asks for a name and a password/ ],
    [ 3, '/_cluster/settings', [503, '{"error":{"reason":"no master"}}'],
      qr/cannot ask for the cluster's settings: .* failed .*no master/ ],
    [ 3, '/_nodes/stats', [429, '{}'], qr/too much to do/ ],
    [ 5, '/three/_alias', [200, '<html>'], qr/not an Elasticsearch reply/ ],
    [ 2, '/_nodes/http', sub { $_[0]->close }, qr/without an answer/ ])
{
    my ($want, $path, $odd, $message) = @$t;
    my $fake = node('/$' => '{"version":{"number":"1.0.0"}}', $path => $odd);
    local $es = $fake->url;

    my ($rc, $json, $err) = check('three');
    is($rc, $want, "$path fails: code");
    like($err, $message, "$path fails: message");
    ok(!$json->{complete} && !$json->{ok}, "$path fails: not complete");
    like(lines($json), $path eq '/$' ? qr/^$/ : qr/older than/,
         "$path fails: what was found before");
    $fake->stop;
}

{
    local $es = 'http://127.0.0.1:' . free_port();
    my ($rc, $out, $err) = run('--check', '--url', $es, '--nginx',
        nginx_of("$well;", 'cricket_index metrics'));

    is($rc, 2, 'nobody there');
    like($err, qr/no answer from/, 'nobody there: message');
    is($out, '', 'nobody there: nothing is well');
}

# odd replies: no crash, no byte that a terminal obeys

for my $body ('[]', '{"a":1}', '{"a":{"mappings":{"properties":[]},"settings":'
    . '{"index.number_of_shards":{}},"aliases":7}}', '{"nodes":[1,{}],'
    . '"indices":{"x":{"shards":{"0":{"a":1}}}},"version":{"number":"\u001b[3m'
    . '1"},"index_templates":[{"index_template":{"template":{"mappings":'
    . '{"properties":{"tag":{"properties":{"\u001b":{}}}}}}}}]}', '{"three":'
    . '{"mappings":{"properties":{"tag":{"properties":' . '{"a":{"properties":'
    x 40 . '{}' . '}}' x 40 . '}}},"settings":{}}}')
{
    my $fake = node('.' => $body);
    local $es = $fake->url;

    my ($rc, $out, $err) = run('--check', '--url', $es, '--index', 'three',
        '--nginx', nginx_of("$well;", 'cricket_index three'));
    like($rc, qr/^[0357]$/, 'an odd reply: ' . substr $body, 0, 30);
    unlike("$out$err", qr/[^\x20-\x7e\n]/, 'an odd reply: plain text');
    $fake->stop;
}

# nginx

my $fake = node();
$es = $fake->url;


sub by_nginx {
    my ($name, $nginx, @expected) = @_;

    return found($name, 'three', @expected, '--nginx', $nginx) if @expected;

    unlike(well($name, 'three', '--nginx', $nginx), qr/not checked/,
           "$name: checked");
}


my $three = 'cricket_index three';
my @nodes = ('server a:9200 max_fails=0; server b:9200 max_fails=0;',
             'cricket_connect_timeout 1s; cricket_index three');

by_nginx('one node', nginx_of("$well;", $three));
by_nginx('two nodes', nginx_of("least_conn; $nodes[0] keepalive 4;",
                               $nodes[1]));
by_nginx('random two', nginx_of("random two; $nodes[0] keepalive 4;",
                                $nodes[1]));
by_nginx('no keepalive', nginx_of('server a:9200;', $three), 'warning',
         'nginx', qr/^upstream es has no keepalive/, qr/^keepalive 16;$/);
by_nginx('keepalive of its own', nginx_of('server a:9200;', $three, '1.29.7'));
by_nginx('keepalive 0', nginx_of('server a:9200; keepalive 0;', $three),
         'warning', 'nginx', qr/no keepalive/, qr/./);
by_nginx('no least_conn', nginx_of("$nodes[0] keepalive 4;", $nodes[1]),
         'warning', 'nginx', qr/^upstream es has 2 servers, but not least_conn/,
         qr/^least_conn;/);
by_nginx('one is down', nginx_of('server a max_fails=0; server b down; '
                                 . 'keepalive 4;', $three));
by_nginx('max_fails', nginx_of('least_conn; server a; server b max_fails=1; '
         . 'server c max_fails=0; keepalive 4;', $nodes[1]), 'warning',
         'nginx', qr/^upstream es has 2 of 3 servers without max_fails=0/,
         qr/^max_fails=0/);
by_nginx('connect timeout', nginx_of("least_conn; $nodes[0] keepalive 4;",
         'cricket_connect_timeout 1m500ms; cricket_index three'), 'warning',
         'nginx', qr/^cricket_connect_timeout is 1m500ms/, qr/1s;$/);
by_nginx('connect timeout by default',
         nginx_of("least_conn; $nodes[0] keepalive 4;", $three), 'warning',
         'nginx', qr/^cricket_connect_timeout is 5s/, qr/1s;$/);
by_nginx('connect timeout in ms', nginx_of(
         "least_conn; $nodes[0] keepalive 4;",
         'cricket_connect_timeout 2000ms; cricket_index three'));
by_nginx('old nginx', nginx_of("$well;", $three, '1.20.2'), 'warning',
         'version', qr/^nginx is 1\.20\.2, older than/, qr/1\.22/);
by_nginx('another index', nginx_of("$well;", 'cricket_index four'), 'warning',
         'nginx', qr/^no location of nginx has cricket_index three/, qr/--index/);
by_nginx('the default index', nginx_of("$well;", 'satisfy all'), 'warning',
         'nginx', qr/^no location of nginx has cricket_index three/, qr/--index/);
by_nginx('one more index', nginx_of("$well;", "$three; cricket export; } "
         . 'location /x { cricket_index four'), 'note', 'nginx',
         qr/locations with cricket_index four/, qr/--index/);
by_nginx('an address', dump_of('1.26.2', '/a.conf' => 'http { server { '
         . "cricket_pass http://10.0.0.1:9200/es; $three; location / { "
         . 'cricket metrics; } } }'), 'warning', 'nginx',
         qr/^cricket_pass http:\/\/10\.0\.0\.1:9200\/es keeps no connection/,
         qr/keepalive/);
by_nginx('none of Cricket', dump_of('1.26.2', '/a.conf' => 'http { server { '
         . 'location / { cricket health; } } }'), 'note', 'nginx',
         qr/no location of Cricket's/, qr/--conf/);

# its grammar: what is in quotes, in comments, in Lua or elsewhere is not meant
by_nginx('grammar', dump_of('1.26.2', '/etc/nginx/nginx.conf' => <<'END'));
# http { upstream es { server a; } server { location / { cricket stats; } } }
stream {
    upstream es { server a; server b; }
    server { listen 1; proxy_pass es; }
}
http {
    map $uri $x { default "}"; '~^/a{2}"' '{'; "a\"b;" c; }
    log_format x '{"a":"$b"}' "cricket_index four;";
    set_by_lua_block $y { if "}" == '\'}' then -- }
        return {} end }
    add_header X-A ${x}y;
    upstream "es" { server "a;{" ; keepalive 4 ; }
    cricket_index 'three';# cricket_index four;
    server {
        location ~ "^/v\d{1,2}/metrics$" { cricket "metrics"; }
        location / { if ($x = "}") { return 400 "cricket_index four;"; } }
        cricket_pass
            http://ES
            ;
    }
}
END

# levels, and files within files, one of them twice
my @files = ('/etc/nginx/nginx.conf' => <<'END',
http { cricket_tag_fields host; include conf.d/*.conf; include up/es; }
END
    '/etc/nginx/conf.d/a.conf' => <<'END',
server { cricket_pass http://es; include /etc/nginx/snippets/cricket; }
END
    '/etc/nginx/snippets/cricket' => <<'END',
cricket_index three;
location /outer { location /outer/inner { cricket stats; } }
END
    '/etc/nginx/conf.d/b.conf' => <<'END',
server { cricket_pass http://es2; cricket_tag_fields off;
    include snippets/cricket; }
END
    '/etc/nginx/up/es' => <<'END',
upstream es { server a; keepalive 4; }
upstream es2 { server a; }
upstream nobodys { server a; server b; }
END
    '/etc/nginx/conf.d/c.conf.off' => 'server { location / { } } }');

($code, $json) = check('three', '--nginx', dump_of('1.26.2', @files));
is(lines($json) =~ s/^note.*\n?//mgr, "error: mapping: it lacks field "
    . "\"tag.host\", which cricket --init adds\nwarning: template: index "
    . "template cricket-three is not as Cricket needs it: it lacks field "
    . "\"tag.host\", which cricket --init adds\nwarning: nginx: "
    . "cricket_tag_fields of locations with cricket_index three has different "
    . "keys\nwarning: nginx: upstream es2 has no keepalive: each request to "
    . 'Elasticsearch makes a connection of its own', 'files and levels');

# what is not understood, and what does not run, is no error
for my $t (
    [ 'no dump', file('a', "#!/bin/sh\necho nix\n", 0755), 'not understood' ],
    [ 'too few braces', dump_of('1.26.2', '/a' => 'http {'), 'not understood' ],
    [ 'too many', dump_of('1.26.2', '/a' => '} http {'), 'not understood' ],
    [ 'no end', dump_of('1.26.2', '/a' => 'user "x'), 'not understood' ],
    [ 'itself', dump_of('1.26.2', '/a' => '', '/b' => 'include b;',
        '/c' => ''), 'no location' ],
    [ 'a circle', dump_of('1.26.2', '/a' => 'include b;',
        '/b' => 'include b;'), 'not understood' ],
    [ 'a circle with more', dump_of('1.26.2', '/a' => 'include b;',
        '/b' => 'include b; user x;'), 'not understood' ],
    [ 'it fails', file('b', "#!/bin/sh\necho '[emerg] no \033[1m' >&2\n"
        . "echo test failed >&2\nexit 1\n", 0755),
      'failed: [emerg] no ?[1m' ],
    [ 'it is not there', "$dir/nix", 'failed: --nginx' ],
    [ 'it is killed', file('c', "#!/bin/sh\nkill -9 \$\$\n", 0755),
      'failed: it says nothing' ])
{
    my ($name, $nginx, $text) = @$t;

    found($name, 'three', 'note', 'nginx', qr/\Q$text\E/, qr/./, '--nginx',
          $nginx) if $text !~ /understood/;
    found($name, 'three', 'note', 'nginx', qr/\Q$text\E/, qr/^$/, '--nginx',
          $nginx) if $text =~ /understood/;
}

{
    my $begin = time;
    found('it hangs', 'three', 'note', 'nginx', qr/failed: it does not end/,
          qr/./, '--nginx', file('d', "#!/bin/sh\nexec sleep 60\n", 0755),
          '--timeout', 2);
    cmp_ok(time - $begin, '<', 20, 'it hangs: time');

    # not what is in the environment for other programs
    local @ENV{qw(NGINX CRICKET_PASSWORD)} = ('3;', 'secret');
    found('its environment', 'three', 'note', 'nginx',
          qr/failed: none, none, no terminal/, qr/./, '--user', 'me', '--nginx',
          file('e', "#!/bin/sh\nread x && x=input\n"
          . "echo \"\${NGINX:-none}, \${CRICKET_PASSWORD:-none}, "
          . "\${x:-no terminal}\" >&2\nexit 1\n", 0755));
}

# a real one

{
    my $conf = file('real.conf', <<"END");
error_log stderr;
load_module modules/ngx_http_cricket_module.so;
events {}
http {
    access_log off;
    client_body_temp_path $dir/body;
    proxy_temp_path       $dir/proxy;
    fastcgi_temp_path     $dir/fastcgi;
    uwsgi_temp_path       $dir/uwsgi;
    scgi_temp_path        $dir/scgi;
    include               $dir/real.d/*.conf;
    upstream es { server 127.0.0.1:1; server 127.0.0.1:2; keepalive 4; }
}
END
    mkdir "$dir/real.d";
    file('real.d/a.conf', <<'END');
server {
    listen 127.0.0.1:1;
    cricket_pass http://es;
    location = /v1/metrics { cricket metrics; cricket_index three; }
}
END

    my ($rc, $json, $err) = check('three', '--conf', $conf, '--nginx',
                                  CricketTest::binary());
    is($rc, 7, 'a real nginx');
    my $lines = lines($json);
    like($lines, qr/^warning: nginx: upstream es has 2 servers, but/m,
         'a real nginx: least_conn');
    like($lines, qr/^warning: nginx: upstream es has 2 of 2 servers without/m,
         'a real nginx: max_fails');
    like($lines, qr/^warning: nginx: cricket_connect_timeout is 5s/m,
         'a real nginx: timeout');
    unlike($lines, qr/keepalive|not checked|cricket_index/,
         'a real nginx: nothing else');

    file('real.d/b.conf', "nonsense;\n");
    found('a real nginx that fails', 'three', 'note', 'nginx',
          qr/failed: \[emerg\] .*unknown directive "nonsense"/, qr/./,
          '--conf', $conf, '--nginx', CricketTest::binary());
}

done_testing();
