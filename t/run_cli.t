# SPDX-License-Identifier: BSD-2-Clause

# The program cricket: its command line, what --init makes and what it leaves
# alone, how it says what is wrong, and how it becomes nginx.

use strict;
use warnings;

use lib 't/lib';

use CricketTest qw(free_port slurp);
use Cwd qw(abs_path);
use HTTP::Tiny;
use IO::Select;
use IO::Socket::INET;
use IPC::Open3 qw(open3);
use JSON::PP;
use POSIX qw(:sys_wait_h);
use Socket qw(AF_UNIX PF_UNSPEC SOCK_STREAM);
use Symbol qw(gensym);
use Test::More;

my $es = CricketTest::es_url() =~ s{/+$}{}r;
my $bin = abs_path("$CricketTest::TOP/objs/cricket");

delete @ENV{qw(CRICKET_API_KEY CRICKET_PASSWORD http_proxy https_proxy
               all_proxy)};
$ENV{XDG_RUNTIME_DIR} = CricketTest::folder('runtime');

my $main = $$;
my $dir = CricketTest::folder('cli');
my $name = "cli-$$-" . time;
my $count = 0;
my @indices;
my @fakes;

END {
    if (defined $main && $$ == $main) {
        my $rc = $?;

        kill 'KILL', @fakes if @fakes;
        waitpid $_, 0 for @fakes;

        es('DELETE', "/$_"), es('DELETE', "/_index_template/cricket-$_")
            for @indices;

        $? = $rc;
    }
}


sub fresh {
    push @indices, "$name-" . $count++;
    return $indices[-1];
}


sub init {
    my ($index, @args) = @_;
    return run('--init', '--url', $es, '--index', $index, @args);
}


sub run { return bare($bin, @_) }

sub bare {
    my @command = @_;

    my $err = gensym();
    my $pid = open3(my $in, my $out, $err, @command);
    close $in;

    my %text = ($out => '', $err => '');
    my $select = IO::Select->new($out, $err);

    while (my @ready = $select->can_read()) {
        for my $handle (@ready) {
            $select->remove($handle)
                unless sysread($handle, $text{$handle}, 65536,
                    length $text{$handle});
        }
    }

    waitpid($pid, 0);

    return ($? & 127 ? "signal $?" : $? >> 8, $text{$out}, $text{$err});
}


sub es {
    my ($method, $path, $body) = @_;

    my $reply = HTTP::Tiny->new(timeout => 60)->request($method, $es . $path,
        { headers => { 'Content-Type' => 'application/json' },
        defined $body ? (content => encode_json($body)) : () });

    return decode_json($reply->{content});
}


sub replicas {
    my ($index) = @_;

    return es('GET', "/$index?flat_settings=true")
        ->{$index}{settings}{'index.number_of_replicas'};
}


sub reply {
    my ($status, $body, $headers) = @_;

    return "HTTP/1.1 $status x\r\nContent-Type: application/json\r\n"
        . 'Content-Length: ' . length($body) . "\r\n"
        . "Connection: close\r\n" . ($headers // '') . "\r\n" . $body;
}


# a server that gives its n-th connection the n-th answer
sub fake {
    my ($answer) = @_;

    my $log = "$dir/fake." . @fakes;
    my $server = IO::Socket::INET->new(Listen => 5, Proto => 'tcp',
        LocalAddr => '127.0.0.1') or die "listen: $!\n";
    my $url = 'http://127.0.0.1:' . $server->sockport();

    my $pid = fork();
    die "fork: $!\n" unless defined $pid;

    if ($pid) {
        push @fakes, $pid;
        return ($url, $log);
    }

    undef $main;
    $SIG{PIPE} = 'IGNORE';

    for (my $n = 0; my $client = $server->accept(); $n++) {
        my $data = '';

        while (sysread($client, $data, 65536, length $data)) {
            next unless $data =~ /\r\n\r\n/;
            my $need = $+[0];
            $need += $1 if $data =~ /^Content-Length: (\d+)/mi;
            last if length $data >= $need;
        }

        open my $out, '>>', $log;
        print $out "$data\n";
        close $out;

        print $client $answer->($n);
        close $client;
    }

    POSIX::_exit(0);
}


# a port where nobody listens
sub dead {
    return free_port();
}


sub file {
    my ($path, $text, $mode) = @_;

    $path = "$dir/$path" unless $path =~ m!^/!;

    open my $out, '>', $path or die "$path: $!\n";
    print $out $text;
    close $out;

    chmod $mode, $path if defined $mode;

    return $path;
}


sub script {
    my ($path, $text) = @_;
    return file($path, "#!/bin/sh\n$text\n", 0755);
}


# --help, --version and the command line

my ($rc, $out, $err) = run('--help');
is($rc, 0, 'help');
like($out, qr/^usage: cricket.*--init.*^exit codes:.*^  6 /ms, 'help text');
like($out, qr/$_/, "help has $_")
    for qw/ --url --index --replicas --user --password-file --cacert --cert-name
        --dry-run --timeout --version --conf --nginx --module /;
is((grep { length > 80 } split /\n/, $out), 0, 'help fits 80 columns');

($rc, $out) = run('--version');
is($rc, 0, 'version');
like($out, qr/^cricket \d+\.\d+\.\d+ /, 'version text');

for my $t (
    [ 'unrecognized', '--nix' ],
    [ 'requires an argument', '--init', '--url' ],
    [ '"more"', '--init', 'more' ],
    [ '--url goes with --init', '--url', $es ],
    [ '--conf does not go with --init', '--init', '--conf', '/dev/null' ],
    [ 'expected a number from 0', '--init', '--replicas', '-1' ],
    [ 'expected a number from 0', '--init', '--replicas', '1x' ],
    [ 'expected a number from 0', '--init', '--replicas', '' ],
    [ 'expected a number from 0', '--init', '--replicas', '1' . '0' x 30 ],
    [ 'expected a number from 1', '--init', '--timeout', '0' ],
    [ '--index', '--init', '--index', 'Metrics' ],
    [ '--index', '--init', '--index', '' ],
    [ '--index', '--init', '--index', 'a/b' ],
    [ '--index', '--init', '--index', '_all' ],
    [ 'http:// or https://', '--init', '--url', 'localhost:9200' ],
    [ 'http:// or https://', '--init', '--url', 'ftp://localhost/' ],
    [ 'http:// or https://', '--init', '--url', 'file:///etc/passwd' ],
    [ 'not a URL', '--init', '--url', 'http://a:b:c/' ],
    [ 'query', '--init', '--url', 'http://localhost/?a=b' ],
    [ 'fragment', '--init', '--url', 'http://localhost/#a' ],
    [ 'empty', '--init', '--url', ' ' ],
    [ 'more than 16', '--init', '--url', join ' ', ($es) x 17 ],
    [ 'no password', '--init', '--user', 'me' ],
    [ 'NAME', '--init', '--user', '' ],
    [ 'NAME', '--init', '--user', ':secret' ],
    [ '--password-file goes with --init, --expire or --check',
        '--password-file', '/dev/null' ],
    [ 'No such file', '--init', '--cacert', "$dir/nix" ],
    [ 'name of a host', '--init', '--cert-name', 'a:1',
        '--url', 'https://localhost' ],
    [ 'name of a host', '--init', '--cert-name', '',
        '--url', 'https://localhost' ],
    [ 'goes with https://, not http://localhost', '--init',
        '--cert-name', 'a', '--url', 'https://a http://localhost' ],
    [ 'goes with https://', '--init', '--cert-name', 'a' ])
{
    my ($text, @args) = @$t;

    ($rc, $out, $err) = run(@args);
    is($rc, 1, "usage, @args");
    like($err, qr/\Q$text\E/, "usage, @args: message");
    is($out, '', "usage, @args: nothing else");
}

($rc, $out, $err) = run('--init', '--url', 'http://me:secret@localhost/');
is($rc, 1, 'password in the url');
unlike($err, qr/secret/, 'password in the url is not told');

SKIP: {
    skip 'no /dev/full', 1 unless -c '/dev/full';

    is(system("'$bin' --help >/dev/full 2>/dev/null") >> 8, 6, 'full disk');
}

# a run from nothing, twice

my $index = fresh();

($rc, $out, $err) = init($index);
is($rc, 0, 'init');
like($out, qr/^created\ index\ template\ cricket-\Q$index\E\n
    created\ index\ \Q$index\E\ \(1\ shard,\ 1\ replica\)\n/mx,
    'init says what it did');
is($err, '', 'init without errors');

my $shape = es('GET', "/$index?flat_settings=true")->{$index};
is($shape->{mappings}{dynamic}, 'strict', 'dynamic');
is_deeply([ map { "$_ $shape->{mappings}{properties}{$_}{type}" }
    sort keys %{$shape->{mappings}{properties}} ],
    [ 'name keyword', 'nanos integer', 'nanos_at long',
    'series keyword', 'tags keyword',
    'timestamp date', 'type keyword', 'value double' ], 'fields');
is($shape->{settings}{'index.number_of_shards'}, 1, 'shards');
is($shape->{settings}{'index.number_of_replicas'}, 1, 'replicas');
is($shape->{settings}{'index.translog.durability'}, 'request', 'durability');
ok(!exists $shape->{settings}{'index.refresh_interval'}, 'refresh interval');

my $template = es('GET', "/_index_template/cricket-$index")
    ->{index_templates}[0]{index_template};
is_deeply($template->{index_patterns}, [ $index ], 'template pattern');
is($template->{priority}, 500, 'template priority');
is($template->{_meta}{managed_by}, 'cricket', 'template owner');

# 2016 is milliseconds, not a year

es('PUT', "/$index/_doc/1?refresh=true",
    { name => 'a', type => 'b', value => 1, timestamp => 2016 });
is(es('GET', "/$index/_search?sort=timestamp")
    ->{hits}{hits}[0]{sort}[0], 2016, 'small timestamp');
is(es('PUT', "/$index/_doc/2", { nmae => 'a' })->{status}, 400, 'strict');

($rc, $out, $err) = init($index);
is($rc, 0, 'again');
like($out, qr/^index\ template\ cricket-\Q$index\E\ exists\ and\ has\ the\ right
    \ shape\nindex\ \Q$index\E\ exists\ and\ has\ the\ right\ shape\n/mx,
    'again says what it found');
unlike($out, qr/created|updated|changed/, 'again changes nothing');

my $again = es('GET', "/$index?flat_settings=true")->{$index};
is_deeply($again, $shape, 'again, the same index');

# replicas

my $nodes = es('GET', '/_cluster/health')->{number_of_data_nodes};
my $many = $nodes + 1;

($rc, $out) = init($index, '--replicas', $many);
is($rc, 0, 'more replicas than nodes');
like($out, qr/^updated index template/m, 'template has another number');
like($out, qr/^changed the replicas of index \S+ from 1 to $many$/m,
    'replicas changed');
like($out, qr/^hint: \d+ replicas? of index \Q$index\E found no node/m,
    'hint at missing nodes');

($rc, $out) = init($index);
is($rc, 0, 'no number');
unlike($out, qr/updated|changed/, 'no number, no change');
is(replicas($index), $many, 'no number, replicas as they were');

($rc, $out) = init($index, '--replicas', 0);
is($rc, 0, 'no replicas');
is(replicas($index), 0, 'no replicas left');
unlike($out, qr/hint/, 'no hint');

# deleted under a running server

es('DELETE', "/$index");
es('POST', "/$index/_doc", { name => 'a' });
is(replicas($index), 0, 'made anew with the same replicas');

($rc, $out) = init($index);
is($rc, 0, 'made anew by elasticsearch');
like($out, qr/^index \Q$index\E exists and has the right shape$/m,
    'made anew with the right shape');

# the template keeps its number for the index too

es('DELETE', "/$index");
($rc, $out) = init($index);
is($rc, 0, 'index lost');
like($out, qr/^created index \Q$index\E \(1 shard, 0 replicas\)$/m,
    'index has the number of the template');

# a codec: asked for, and kept when the template is made anew

($rc, $out) = init(fresh(), '--dry-run', '--best-compression');
is((() = $out =~ /"codec":"best_compression"/g), 2,
    'of the template and of the index');

my $codec = fresh();
init($codec, '--replicas', 0);
my $squeezed = es('GET', "/_index_template/cricket-$codec")
    ->{index_templates}[0]{index_template};
is($squeezed->{template}{settings}{index}{codec}, undef, 'none by default');
$squeezed->{template}{settings}{index}{codec} = 'best_compression';
es('PUT', "/_index_template/cricket-$codec", $squeezed);
($rc, $out) = init($codec, '--tag-fields', 'host');
like($out, qr/^updated index template/m, 'another template');
is(es('GET', "/_index_template/cricket-$codec")->{index_templates}[0]
    {index_template}{template}{settings}{index}{codec}, 'best_compression',
    'the codec of the one before');

# a template of ours that is damaged, and one of others

$template->{priority} = 499;
es('PUT', "/_index_template/cricket-$index", $template);
($rc, $out) = init($index);
is($rc, 0, 'damaged template');
like($out, qr/^updated index template/m, 'template repaired');
is(es('GET', "/_index_template/cricket-$index")
    ->{index_templates}[0]{index_template}{priority}, 500,
    'template repaired indeed');

$index = fresh();
es('PUT', "/_index_template/cricket-$index", { index_patterns => [ $index ] });
($rc, $out, $err) = init($index);
is($rc, 4, 'template of others');
like($err, qr/template cricket-\Q$index\E exists, but is not Cricket's/,
    'template of others, message');
is(es('GET', "/$index")->{status}, 404, 'template of others, no index');

# an index of another shape

$index = fresh();
es('PUT', "/$index", { settings => { number_of_shards => 2 },
    mappings => { properties => { value => { type => 'text' } } } });
$shape = es('GET', "/$index");

($rc, $out, $err) = init($index, '--replicas', 0);
is($rc, 4, 'another shape');
is($out, '', 'another shape, nothing done');
like($err, qr/^cricket:\ index\ \Q$index\E\ exists,.*
    field\ "value"\ is\ text,\ expected\ double;.*
    field\ "tags"\ is\ missing,\ expected\ keyword;\ nothing\ was\ changed/x,
    'another shape, message');
is(es('GET', "/_index_template/cricket-$index")->{status}, 404,
    'another shape, no template');
is_deeply(es('GET', "/$index"), $shape, 'another shape is left alone');

$index = fresh();
init($index, '--replicas', 0);
es('POST', "/$index/_close");
($rc, $out, $err) = init($index);
is($rc, 4, 'closed');
like($err, qr/the index is closed/, 'closed, message');

# an alias

$index = fresh();
my $real = fresh();
init($real, '--replicas', 0);
es('POST', '/_aliases',
    { actions => [ { add => { index => $real, alias => $index } } ] });
($rc, $out, $err) = init($index);
is($rc, 0, 'alias');

# many at the same time

$index = fresh();
my @pids;

for (1 .. 4) {
    my $pid = fork();
    die "fork: $!\n" unless defined $pid;

    if ($pid == 0) {
        open STDOUT, '>', "$dir/race.$_";
        open STDERR, '>&', \*STDOUT;
        undef $main;
        exec($bin, '--init', '--url', $es, '--index', $index)
            or POSIX::_exit(127);
    }

    push @pids, $pid;
}

for (1 .. 4) {
    waitpid($pids[$_ - 1], 0);
    is($?, 0, "race $_") or diag(slurp("$dir/race.$_"));
}

is((() = map { slurp("$dir/race.$_") =~ /^created index \Q$index\E/mg } 1 .. 4),
    1, 'race has one winner');

# several nodes

my $dead = 'http://127.0.0.1:' . dead();

($rc, $out, $err) = run('--init', '--index', $index, '--url', $dead,
    '--url', "$es/");
is($rc, 0, 'second node');
like($err, qr/no answer from \Q$dead\E: /, 'first node is told');

($rc, $out, $err) = run('--init', '--index', $index, '--url', "$dead  $es");
is($rc, 0, 'list of nodes');
is((() = $err =~ /no answer/g), 1, 'dead node is not asked again');

($rc, $out, $err) = run('--init', '--url', "$dead $dead");
is($rc, 2, 'all away');
is((() = $err =~ /no answer/g), 2, 'all away, message');

# http_proxy is not for us

{
    local $ENV{http_proxy} = $dead;
    is((init($index))[0], 0, 'no proxy');
}

# --dry-run

$index = fresh();
($rc, $out, $err) = init($index, '--dry-run', '--replicas', 3);
is($rc, 0, 'dry run');
is_deeply([ $out =~ /^(?:GET|PUT) \S+/mg ],
    [ "GET /$index?flat_settings=true",
    "GET /_index_template/cricket-$index",
    "PUT /_index_template/cricket-$index",
    "PUT /$index?wait_for_active_shards=1&timeout=20s",
    "PUT /$index/_mapping",
    "PUT /$index/_alias/$index-w",
    "PUT /$index/_settings",
    "GET /_cluster/health/$index?wait_for_status=yellow"
    . '&wait_for_events=languid'
    . '&wait_for_no_initializing_shards=true&timeout=20s' ],
    'dry run, requests');
is(scalar(map { decode_json($_) } $out =~ /^\{.*/mg), 5, 'dry run, bodies');
is(es('GET', "/$index")->{status}, 404, 'dry run, no index');
is(es('GET', "/_index_template/cricket-$index")->{status}, 404,
    'dry run, no template');
is((run('--init', '--dry-run', '--url', $dead))[0], 0, 'dry run asks nobody');

# what a real one won't do

my $error = '{"error":{"type":"security_exception","reason":"no\u001b[31m'
    . '\u00e9"},"status":%d}';
my $missing = '{"error":{"type":"%s_not_found_exception","reason":"x"},'
    . '"status":404}';
my $absent = reply(404, sprintf $missing, 'index');
my $untold = reply(404, sprintf $missing, 'resource');
my $ack = reply(200, '{"acknowledged":true}');
my $green = reply(200, '{"status":"green","unassigned_shards":0}');

for my $t (
    [ 3, 'asks for a name and a password', reply(401, sprintf $error, 401) ],
    [ 3, 'forbids it (status 403: no?[31m??)',
        reply(403, sprintf $error, 403) ],
    [ 3, 'asks for a name', reply(401, '<html>') ],
    [ 3, 'refuses it (status 400: no', reply(400, sprintf $error, 400) ],
    [ 3, 'refuses it (status 405: bad)', reply(405, '{"error":"bad"}') ],
    [ 3, 'has too much to do', reply(429, '') ],
    [ 3, 'failed (status 500)', reply(500, '{"error":{"reason":7}}') ],
    [ 3, 'failed (status 503)', reply(503, '<html>') ],
    [ 3, 'refuses it (status 404', reply(404, '{"error":"x"}') ],
    [ 3, 'does not take what --password-file has', reply(401, ''),
        '--password-file', file('credentials', 'a:b', 0600) ],
    [ 5, 'not an Elasticsearch reply', reply(200, '<html>') ],
    [ 5, 'not an Elasticsearch reply', reply(404, '<html>') ],
    [ 5, 'not an Elasticsearch reply', reply(200, '') ],
    [ 5, 'not an Elasticsearch reply', reply(200, '[]') ],
    [ 5, 'not an Elasticsearch reply', reply(200, '{"a":1') ],
    [ 5, 'not an Elasticsearch reply', reply(200, '{}x') ],
    [ 5, 'not an Elasticsearch reply', reply(200, '[' x 100_000) ],
    [ 5, "not Elasticsearch's", reply(200, '{}') ],
    [ 5, "not Elasticsearch's", reply(200, '{"a":{"mappings":1}}') ],
    [ 5, 'redirects to http://127.0.0.1:1/x',
        reply(302, '', "Location: http://127.0.0.1:1/x\r\n") ],
    [ 5, 'redirects to file:///etc/passwd',
        reply(301, '', "Location: file:///etc/passwd\r\n") ],
    [ 5, 'does not speak HTTP', "SSH-2.0-OpenSSH_9.2p1\r\n" ],
    [ 2, 'without an answer; is it https', '' ],
    [ 2, 'no answer', "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}" ],
    [ 2, 'no answer', "HTTP/1.1 200 OK\r\n"
        . "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n" ],
    [ 4, 'dynamic is true, expected strict',
        reply(200, '{"a":{"mappings":{},"settings":{}}}') ])
{
    my ($code, $text, $answer, @args) = @$t;
    my ($url) = fake(sub { $answer });

    ($rc, $out, $err) = run('--init', '--url', $url, @args);
    is($rc, $code, "fake, $text");
    like($err, qr/^cricket: .*\Q$text\E/m, "fake, $text: message");
    is($out, '', "fake, $text: nothing done");
    unlike($err, qr/[^\x20-\x7e\n]/, "fake, $text: plain text");
}

# later steps

for my $t (
    [ 0, 'hint: whether the shards are active could not be asked',
        $absent, $untold, $ack, $ack, reply(403, '{}') ],
    [ 0, 'hint: whether the shards are active could not be asked',
        $absent, $untold, $ack, $ack, reply(200, '{"status":1}') ],
    [ 0, 'hint: 1 replica of', $absent, $untold, $ack, $ack,
        reply(408, '{"status":"yellow","unassigned_shards":1}') ],
    [ 2, 'is not active on any node', $absent, $untold, $ack, $ack,
        reply(408, '{"status":"red"}') ],
    [ 2, 'did not confirm', $absent, $untold,
        reply(200, '{"acknowledged":false}') ],
    [ 2, 'did not confirm', $absent, $untold, $ack,
        reply(200, '{"acknowledged":false}') ],
    [ 3, 'cannot create the index template: ', $absent, $untold,
        reply(400, sprintf $error, 400) ],
    [ 3, 'cannot create the index: ', $absent, $untold, $ack,
        reply(400, sprintf $error, 400) ],
    [ 3, 'cannot look for the index template', $absent,
        reply(403, sprintf $error, 403) ],
    [ 5, 'cannot look for the index template', $absent, reply(200, '{}') ],
    [ 5, 'cannot create the index: ', $absent, $untold, $ack,
        reply(200, '{"acknowledged":1}') ],
    [ 2, 'created and deleted by another', $absent, $untold, $ack,
        reply(400, '{"error":{"type":"resource_already_exists_exception"}}'),
        $absent ],
    [ 4, 'dynamic is true', $absent, $untold, $ack,
        reply(400, '{"error":{"type":"resource_already_exists_exception"}}'),
        reply(200, '{"a":{"mappings":{},"settings":{}}}') ],
    [ 0, 'created index metrics', $absent, $untold, $ack, $ack, $green ])
{
    my ($code, $text, @answers) = @$t;
    my ($url) = fake(sub { $answers[$_[0]] // '' });

    ($rc, $out, $err) = run('--init', '--url', $url);
    is($rc, $code, "steps, $text");
    like($out . $err, qr/\Q$text\E/, "steps, $text: message");
}

# a node without its cluster, a gateway without its node

for my $status (502, 503, 504) {
    my ($url) = fake(sub { reply($status, '{}') });

    is((run('--init', '--url', "$url $es", '--index', fresh()))[0], 0,
        "the next after a $status");
}

# slow, and too large

{
    my ($url) = fake(sub { sleep 5; '' });
    my $start = time();

    ($rc, $out, $err) = run('--init', '--url', $url, '--timeout', 1);
    is($rc, 2, 'slow');
    like($err, qr/does not answer in time/, 'slow, message');
    cmp_ok(time() - $start, '<', 4, 'slow, time');
}

{
    my ($url) = fake(sub {
        reply(200, '{"a":"' . ' ' x (17 * 1024 * 1024) . '"}')
    });

    ($rc, $out, $err) = run('--init', '--url', $url);
    is($rc, 5, 'too large');
    like($err, qr/more than 16 MiB/, 'too large, message');
}

# what is sent

{
    my ($url, $log) = fake(sub {
        ($absent, $untold, $ack, $ack, $green)[$_[0]]
    });
    local $ENV{CRICKET_PASSWORD} = 'p:w';

    ($rc) = run('--init', '--url', "$url/es//", '--user', 'me');
    is($rc, 0, 'fake cluster');

    my $sent = slurp($log);
    is_deeply([ $sent =~ /^(?:GET|PUT|POST|DELETE) \S+/mg ],
        [ 'GET /es/metrics?flat_settings=true',
        'GET /es/_index_template/cricket-metrics',
        'PUT /es/_index_template/cricket-metrics',
        'PUT /es/metrics?wait_for_active_shards=1&timeout=20s',
        'GET /es/_cluster/health/metrics?wait_for_status=yellow'
        . '&wait_for_events=languid'
        . '&wait_for_no_initializing_shards=true&timeout=20s' ], 'requests');
    is((() = $sent =~ m!^Authorization: Basic bWU6cDp3\r$!mg), 5,
        'credentials');
    is((() = $sent =~ m!^Content-Type: application/json\r$!mg), 2,
        'type of bodies');
}

# an API key instead

{
    my ($url, $log) = fake(sub {
        ($absent, $untold, $ack, $ack, $green)[$_[0]]
    });
    local $ENV{CRICKET_API_KEY} = 'abc==';

    ($rc) = run('--init', '--url', $url);
    is($rc, 0, 'API key');

    my $sent = slurp($log);
    is((() = $sent =~ m!^Authorization: ApiKey abc==\r$!mg), 5,
        'API key, sent');
    is((() = $sent =~ m!^Content-Type: application/json\r$!mg), 2,
        'API key, type of bodies');

    ($rc, $out, $err) = run('--init', '--url', $url, '--user', 'me');
    is($rc, 1, 'API key and user');
    like($err, qr/--user me, and CRICKET_API_KEY is set/,
        'API key and user, message');

    ($url) = fake(sub { reply(401, '{}') });
    ($rc, $out, $err) = run('--init', '--url', $url);
    is($rc, 3, 'API key refused');
    like($err, qr/does not take this API key \(status 401/,
        'API key refused, message');

    $ENV{CRICKET_API_KEY} = "a\r\nb";
    ($rc, $out, $err) = run('--init', '--url', $url);
    is($rc, 1, 'API key of two lines');
    like($err, qr/CRICKET_API_KEY: expected/, 'API key of two lines, message');
    unlike($err, qr/a\s+b/, 'API key is not told');
}

# the password is not for all to see

for my $user ('me', 'me:secret') {
SKIP: {
    skip 'no /proc', 4 unless -r "/proc/$$/cmdline";

    local $ENV{CRICKET_PASSWORD} = 'secret' if $user eq 'me';

    my ($url, $log) = fake(sub { sleep 3; '' });
    my $pid = fork();
    die "fork: $!\n" unless defined $pid;

    if ($pid == 0) {
        open STDERR, '>', '/dev/null';
        undef $main;
        exec($bin, '--init', '--url', $url, '--user', $user)
            or POSIX::_exit(127);
    }

    for (1 .. 50) {
        last if -s $log;
        select undef, undef, undef, 0.05;
    }

    my $line = slurp("/proc/$pid/cmdline");
    like($line, qr/--user\0me/, "--user $user: process list");
    unlike($line, qr/secret/, "--user $user: process list has no password");
    unlike(slurp("/proc/$pid/environ"), qr/secret/,
        "--user $user: nor has the environment");
    like(slurp($log), qr/^Authorization: Basic bWU6c2VjcmV0\r$/m,
        "--user $user: it is sent");

    kill 'KILL', $pid;
    waitpid($pid, 0);
}
}

# cricket alone becomes nginx

my $nginx = script('nginx', 'printf "%s\n" "$0" "$@"');
my $conf = file('plain.conf', "events {}\n# pid nix; daemon on;\n");
my $module = file('module.so', 'x');
my $run = "$ENV{XDG_RUNTIME_DIR}/cricket";

($rc, $out, $err) = run('--nginx', $nginx, '--conf', $conf, '--module',
    $module);
is($rc, 0, 'nginx');
is_deeply([ split /\n/, $out ], [ $nginx, '-e', 'stderr', '-c', $conf, '-p',
    $run, '-g', "daemon off; pid \"$run/nginx.pid\"; " ], 'nginx, arguments');
is(readlink("$run/modules/ngx_http_cricket_module.so"), $module,
    'nginx, module in the prefix');

($rc, $out) = run('--nginx', $nginx, '--conf',
    file('pid.conf', "events {}\n  pid  logs/a.pid;\n"));
unlike($out, qr/^daemon off; pid/m, 'pid of the configuration');

mkdir "$dir/bin";
system('cp', $bin, "$dir/bin/cricket");

($rc, $out, $err) = bare("$dir/bin/cricket", '--nginx', $nginx);
is($rc, 6, 'no configuration');
like($err, qr/no nginx\.conf\.example in .*give a configuration as --conf/,
    'no configuration, message');

mkdir "$dir/share";
mkdir "$dir/share/cricket";
my @places = ("$dir/share/cricket", $dir, "$dir/bin");

for my $place (@places) {
    file("$place/nginx.conf.example", "events {}\n");
    ($rc, $out, $err) = bare("$dir/bin/cricket", '--nginx', $nginx);
    like($out, qr!^\Q$place\E/nginx\.conf\.example$!m, "example in $place");
    unlike($out, qr/^-p$/m, 'installed module');
}

# an nginx that has it: what the example names relative to the prefix is this
# user's then, and other modules are found as well

{
    my $root = CricketTest::folder('root');
    mkdir "$root/$_" for 'sbin', 'lib', 'lib/nginx', 'lib/nginx/modules';
    my @modules = map { file("$root/lib/nginx/modules/$_.so", 'x') }
                  'ngx_http_cricket_module', 'ngx_other_module';
    system('cp', $nginx, "$root/sbin/nginx");

    ($rc, $out, $err) = bare("$dir/bin/cricket", '--nginx',
                             "$root/sbin/nginx");
    like($out, qr!^-p\n\Q$run\E$!m, 'module of nginx, prefix')
        or diag $out, $err;
    is(readlink("$run/modules/" . ($_ =~ s{.*/}{}r)), $_,
       'module of nginx, link') for @modules;
}

file("$dir/bin/ngx_http_cricket_module.so", 'x');
($rc, $out, $err) = bare("$dir/bin/cricket", '--nginx', $nginx);
like($out, qr/^-p$/m, 'module beside the program');
is(readlink("$run/modules/ngx_http_cricket_module.so"),
    "$dir/bin/ngx_http_cricket_module.so", 'module beside it, link');

{
    local $ENV{PATH} = "relative::$dir:/bin";
    ($rc, $out, $err) = run('--conf', $conf);
    like($out, qr/^\Q$nginx\E$/m, 'nginx of the PATH');
}

for my $t ([ '--nginx', "$dir/nix" ], [ '--conf', "$dir/nix" ],
    [ '--module', "$dir/nix" ], [ '--conf', $dir ], [ '--nginx', $conf ])
{
    ($rc, $out, $err) = run('--nginx', $nginx, '--conf', $conf, @$t);
    is($rc, 6, "@$t");
    like($err, qr/^cricket: $t->[0] \Q$t->[1]\E: /, "@$t, message");
}

($rc, $out, $err) = run('--nginx', file('broken', 'x', 0755), '--conf', $conf);
is($rc, 6, 'not a program');
like($err, qr/cannot start/, 'not a program, message');

{
    local $ENV{XDG_RUNTIME_DIR} = CricketTest::folder('here');
    my $folder = "$ENV{XDG_RUNTIME_DIR}/cricket";

    symlink $dir, $folder;
    ($rc, $out, $err) = run('--nginx', $nginx, '--conf', $conf);
    is($rc, 6, 'prefix is a link');
    like($err, qr/not a folder that only this user/,
        'prefix is a link, message');

    unlink $folder;
    mkdir $folder;
    chmod 0777, $folder;
    ($rc, $out, $err) = run('--nginx', $nginx, '--conf', $conf);
    is($rc, 6, 'prefix is open to all');

    chmod 0755, $folder;
    rmdir "$folder/logs";

    for my $name ('logs', 'modules') {
        symlink $dir, "$folder/$name";
        ($rc, $out, $err) = run('--nginx', $nginx, '--conf', $conf,
            '--module', $module);
        is($rc, 6, "$name is a link");
        like($err, qr/\Q$name\E is not a folder that only this/,
            "$name is a link, message");
        unlink "$folder/$name";
    }
}

# a runtime folder that others can write to or replace

{
    my $whole = CricketTest::folder('here');
    mkdir "$whole/own";
    mkdir "$whole/own/open";
    mkdir "$whole/own/open/below";
    mkdir "$whole/sticky";
    mkdir "$whole/sticky/below";
    chmod 0700, "$whole/own", "$whole/own/open/below", "$whole/sticky/below";
    chmod 0777, "$whole/own/open";
    chmod 01777, "$whole/sticky";
    symlink "$whole/own", "$whole/link";

    my $refused = qr/XDG_RUNTIME_DIR .* is not a folder that only this user/;

    for my $t (
        [ 6, "$whole/link", $refused ],
        [ 6, "$whole/link/", $refused ],
        [ 6, "$whole/own/open", $refused ],
        [ 6, "$whole/own/open/below", $refused ],
        [ 6, "$whole/own/../own/open/below/", $refused ],
        [ 6, $conf, $refused ],
        [ 6, "$whole/none", qr/XDG_RUNTIME_DIR .*: No such file/ ],
        [ 0, "$whole/own/", qr/^$/ ],
        [ 0, "$whole/sticky/below", qr/^$/ ])
    {
        my ($code, $place, $message) = @$t;
        local $ENV{XDG_RUNTIME_DIR} = $place;

        ($rc, $out, $err) = run('--nginx', $nginx, '--conf', $conf,
            '--module', $module);
        is($rc, $code, "runtime folder $place");
        like($err, $message, "runtime folder $place, message");
        ok(!-e "$place/cricket", "runtime folder $place, nothing made")
            if $code;
    }

    SKIP: {
        skip 'not root', 6 if $> != 0;

        # of another user, and below another's

        mkdir "$whole/other";
        mkdir "$whole/other/below";
        chown 12345, -1, "$whole/other";
        chmod 0700, "$whole/other", "$whole/other/below";

        for my $place ("$whole/other", "$whole/other/below") {
            local $ENV{XDG_RUNTIME_DIR} = $place;

            ($rc, $out, $err) = run('--nginx', $nginx, '--conf', $conf,
                '--module', $module);
            is($rc, 6, "another user's $place");
            like($err, $refused, "another user's $place, message");
            ok(!-e "$place/cricket", "another user's $place, nothing made");
        }
    }
}

# a real one

SKIP: {
    my ($real) = grep { -x } map { "$_/nginx" }
        split(/:/, $ENV{PATH}), '/usr/sbin', '/usr/local/sbin';

    skip 'no nginx', 22 unless $real;

    my $port = dead();
    my $body = file('real.conf', <<"CONF");
error_log stderr;
events {}
http {
    access_log off;
    client_body_temp_path $dir/body;
    proxy_temp_path       $dir/proxy;
    fastcgi_temp_path     $dir/fastcgi;
    uwsgi_temp_path       $dir/uwsgi;
    scgi_temp_path        $dir/scgi;
    server {
        listen 127.0.0.1:$port;
        return 200 "it is nginx";
    }
}
CONF

    my $pid = fork();
    die "fork: $!\n" unless defined $pid;

    if ($pid == 0) {
        open STDERR, '>', "$dir/nginx.log";
        undef $main;
        exec($bin, '--conf', $body, '--nginx', $real)
            or POSIX::_exit(127);
    }

    my $got = '';

    for (1 .. 100) {
        $got = HTTP::Tiny->new()->get("http://127.0.0.1:$port/")->{content};
        last if $got eq 'it is nginx';
        select undef, undef, undef, 0.05;
    }

    is($got, 'it is nginx', 'real nginx') or diag(slurp("$dir/nginx.log"));
    is(slurp("$run/nginx.pid"), "$pid\n", 'real nginx in the foreground');

    kill 'TERM', $pid;
    waitpid($pid, 0);
    is($?, 0, 'real nginx ends');

    # a standard output that cannot be opened as /dev/stdout

    $body = file('stdout.conf',
        slurp($body) =~ s!access_log off!access_log /dev/stdout!r);

    for my $what ('socket', 'pipe', 'file', 'closed') {
        my ($in, $end);

        socketpair($in, $end, AF_UNIX, SOCK_STREAM, PF_UNSPEC) or die "$!\n"
            if $what eq 'socket';
        pipe($in, $end) or die "$!\n" if $what eq 'pipe';
        open $end, '>>', "$dir/out.log" if $what eq 'file';

        $pid = fork();
        die "fork: $!\n" unless defined $pid;

        if ($pid == 0) {
            setpgrp 0, 0;
            open STDERR, '>', "$dir/nginx.log";
            $end ? POSIX::dup2(fileno $end, 1) : POSIX::close(1);
            undef $main;
            exec($bin, '--conf', $body, '--nginx', $real)
                or POSIX::_exit(127);
        }

        close $end if $end;

        for my $n (1, 2) {
            $got = '';

            for (1 .. 100) {
                $got = HTTP::Tiny->new()->get("http://127.0.0.1:$port/$n")
                    ->{content};
                last if $got eq 'it is nginx';
                select undef, undef, undef, 0.05;
            }

            is($got, 'it is nginx', "$what, $n")
                or diag(slurp("$dir/nginx.log"));

            # nginx opens its logs again
            kill 'USR1', $pid;
            select undef, undef, undef, 0.2;
        }

        # as Ctrl-C, or systemd, to all
        kill 'TERM', -$pid;
        waitpid($pid, 0);
        is($?, 0, "$what, it ends");
        unlike(slurp("$dir/nginx.log"), qr/\[(?:error|crit|alert|emerg)\]/,
            "$what, no complaint");

        next if $what eq 'closed';

        # all of it, and its end
        my $lines = $what eq 'file' ? slurp("$dir/out.log")
            : do { local $/; <$in> };
        is(join(' ', $lines =~ m!"GET (\S+)!g), '/1 /2', "$what, all lines");
    }
}

# as an ordinary user, to whom a distribution's folders do not belong

SKIP: {
    skip 'not root', 5 unless $> == 0;

    my $port = free_port();
    my $home = "$dir/anybody";
    my $example = slurp("$CricketTest::TOP/nginx.conf.example");

    $example =~ s/listen +8080;/listen 127.0.0.1:$port;/;
    mkdir $home;
    mkdir "$home/run";
    file("$home/nginx.conf.example", $example);
    system('cp', $bin, "$CricketTest::TOP/objs/ngx_http_cricket_module.so",
        $home);
    chown 12345, 12345, $home, "$home/run";
    chmod 0700, "$home/run";

    my $pid = fork();
    die "fork: $!\n" unless defined $pid;

    if ($pid == 0) {
        open STDOUT, '>', '/dev/null';
        open STDERR, '>', "$dir/anybody.log";
        undef $main;
        $ENV{XDG_RUNTIME_DIR} = "$home/run";
        exec('setpriv', qw(--reuid 12345 --regid 12345 --clear-groups),
            "$home/cricket") or POSIX::_exit(127);
    }

    my $got = '';

    for (1 .. 100) {
        $got = HTTP::Tiny->new()->get("http://127.0.0.1:$port/health")
            ->{content};
        last if $got eq 'OK';
        select undef, undef, undef, 0.05;
    }

    is($got, 'OK', 'an ordinary user') or diag(slurp("$dir/anybody.log"));

    # a path that is misspelt
    my $none = HTTP::Tiny->new()->get("http://127.0.0.1:$port/v1/metric");
    is("$none->{status} $none->{headers}{'content-type'}",
        '404 application/json', 'an unknown path');
    is($none->{content}, '{"error":{"status":404,'
        . '"message":"no such path: see /"}}' . "\n", 'in words');

    # a body that goes to a file
    is(HTTP::Tiny->new()->post("http://127.0.0.1:$port/v1/metrics",
        { headers => { 'Content-Type' => 'application/json' },
        content => '[' . ' ' x 2_000_000 . 'x' })->{status}, 400,
        'an ordinary user, a large body') or diag(slurp("$dir/anybody.log"));
    unlike(slurp("$dir/anybody.log"), qr/\[(?:emerg|crit|alert)\]/,
        'an ordinary user, no complaint');

    kill 'QUIT', $pid;
    waitpid($pid, 0);
}

done_testing();
