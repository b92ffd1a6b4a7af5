# SPDX-License-Identifier: BSD-2-Clause

# make run with a node behind TLS and a password: who is refused, what others
# can see of the password, and how it ends.

use strict;
use warnings;

use lib 't/lib';

use CricketTest;
use File::Find qw(find);
use MIME::Base64 qw(encode_base64);
use POSIX ();
use Test::More;

my $dir = CricketTest::folder('run');
my $top = $CricketTest::TOP;
my $password = 'se"c\\r$t #1';
my $basic = encode_base64("me:$password", '');

# What make has set for this test's own make.
delete @ENV{qw(MAKEFLAGS MAKELEVEL MFLAGS MAKEOVERRIDES PORT ELASTICSEARCH
               REPLICAS CACERT ES_USER ES_NAME ES_PASSWORD)};


sub openssl {
    my ($command) = @_;

    system("cd $dir && openssl $command >>log 2>&1") == 0
        or die "openssl $command: " . slurp("$dir/log");
}


sub put {
    my ($name, $text) = @_;

    open my $fh, '>', "$dir/$name" or die "$name: $!";
    print $fh $text;
    close $fh;

    return "$dir/$name";
}


for my $ca ('ca', 'stranger') {
    openssl("req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=$ca"
            . " -keyout $ca.key -out $ca.pem");
}

put('ext', "subjectAltName=DNS:es.test,IP:127.0.0.1\n");
openssl('req -newkey rsa:2048 -nodes -subj /CN=es.test -keyout es.key'
        . ' -out es.csr');
openssl('x509 -req -in es.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2'
        . ' -extfile ext -out es.pem');
put('users', "me:{PLAIN}$password\n");

my $front = nginx(q{
    log_format seen '$ssl_server_name $http_host $connection $request_uri';
    access_log %%DIR%%/seen.log seen;
    upstream es { server %%ES%%; keepalive 4; }

    server {
        listen 127.0.0.1:%%PORT%% ssl;
        ssl_certificate %%DIR%%/es.pem;
        ssl_certificate_key %%DIR%%/es.key;
        auth_basic es;
        auth_basic_user_file %%DIR%%/users;
        client_max_body_size 32m;
        location / {
            proxy_pass http://es;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
        }
    }
}, DIR => $dir, ES => es_url() =~ s{^http://}{}r);

# the certificates that others show
$front->allow(qr/SSL_do_handshake\(\) failed/);

my $url = 'https://127.0.0.1:' . $front->port;
my @right = (ELASTICSEARCH => $url, CACERT => "$dir/ca.pem",
             ES_NAME => 'es.test', ES_USER => 'me', ES_PASSWORD => $password,
             REPLICAS => 0);
my $runs = 0;
my (@pids, @ports);


# A run of its own process group, so that a signal goes where Ctrl-C's does.
sub start {
    my ($command, %env) = @_;

    my $run = { out => "$dir/out." . ++$runs,
                port => CricketTest::free_port() };

    push @ports, $run->{port};

    $run->{pid} = fork // die "fork: $!";

    if ($run->{pid} == 0) {
        setpgrp 0, 0;
        open STDIN, '<', '/dev/null';
        open STDOUT, '>', $run->{out};
        open STDERR, '>&', \*STDOUT;
        $SIG{$_} = 'DEFAULT' for qw(INT TERM HUP PIPE);
        $ENV{PORT} = $run->{port};
        $ENV{$_} = $env{$_} for keys %env;
        exec @$command or POSIX::_exit(127);
    }

    push @pids, $run->{pid};

    return $run;
}


# The exit code, or undef if it does not end.
sub ended {
    my ($run) = @_;

    wait_until(15, sub { waitpid($run->{pid}, POSIX::WNOHANG()) }) or return;
    @pids = grep { $_ != $run->{pid} } @pids;

    return $? & 127 ? "signal $?" : $? >> 8;
}


sub data { return "$top/.data/nginx-$_[0]{port}" }


# What runs with the folder of this run on its command line, or in its group.
sub left {
    my ($run) = @_;

    return grep {
        my $stat = slurp("/proc/$_/stat");
        slurp("/proc/$_/cmdline") =~ /\Q@{[data($run)]}\E/
            || $stat =~ /\) [^Z] \d+ $run->{pid} /
    } map { m{^/proc/(\d+)$} } glob '/proc/[0-9]*';
}


END {
    local $?;

    kill 'TERM', map { -$_ } @pids;
    waitpid $_, 0 for @pids;
    system('rm', '-rf', "$top/.data/nginx-$_") for @ports;
}


# Nobody is asked.

for my $t (
    [qr/CACERT=\S+none: no such file/, CACERT => "$dir/none"],
    [qr/CACERT=\S+: not a file that can be read/, CACERT => $dir],
    [qr/CACERT=\S+users: no certificate/, CACERT => "$dir/users"],
    [qr/ES_USER=me without its password: .*ES_PASSWORD/, ES_PASSWORD => ''],
    [qr/ES_PASSWORD without its user: .*ES_USER/, ES_USER => ''],
    [qr/ES_USER must have no colon/, ES_USER => 'm:e'],
    [qr/ES_PASSWORD must have no control/, ES_PASSWORD => "a\nb"],
    [qr/http:\/\/ and https:\/\/ do not go together/,
     ELASTICSEARCH => "$url http://127.0.0.1:9200"],
    [qr/CACERT and ES_NAME go with https:\/\//,
     ELASTICSEARCH => 'http://127.0.0.1:9200'],
    [qr/CACERT, ES_USER and ES_NAME go with ELASTICSEARCH/,
     ELASTICSEARCH => ''],
    [qr/a\.test and b\.test differ: give one that all of them have as ES_NAME/,
     ES_NAME => '', ELASTICSEARCH => 'https://a.test https://b.test'],
    [qr/not by its addresses: .* ES_NAME=\S+ \(it has DNS:es\.test, IP/,
     ES_NAME => ''],
    [qr/ES_NAME=127\.0\.0\.1 should look like/, ES_NAME => '127.0.0.1'],
    [qr/no name and password in it: .*ES_PASSWORD/,
     ELASTICSEARCH => 'https://me:hidden@es.test'],
    [qr/ftp:\/\/es should look like/, ELASTICSEARCH => 'ftp://es'])
{
    my ($message, @args) = @$t;

    my $run = start(["$top/dev/run"], @right, @args);
    is(ended($run), 1, "$message: the exit code");
    my $said = slurp($run->{out});
    like($said, qr/^run: .*$message/m, "$message: said");
    unlike($said, qr/\Q$password\E|hidden/, "$message: the password is not");
}

my $run = start(['make', '-C', $top, 'run', "ES_PASSWORD=$password"]);
is(ended($run), 2, 'make, the password on its command line: the exit code');
like(slurp($run->{out}), qr/ES_PASSWORD belongs in the environment/,
     'make, the password on its command line: said');


# Elasticsearch, or who stands before it, refuses.

for my $t (
    [qr/does not take ES_USER=me with the password in ES_PASSWORD/,
     ES_PASSWORD => 'wrong'],
    [qr/asks for a name and a password: give ES_USER/,
     ES_USER => '', ES_PASSWORD => ''],
    [qr/ \Q$url\E: .*certificate.*stranger\.pem \(CACERT\)/,
     CACERT => "$dir/stranger.pem"],
    [qr/ \Q$url\E: .*other\.test \(ES_NAME\) \(it has DNS:es\.test/,
     ES_NAME => 'other.test'],
    [qr/no answer from http.*is it https:\/\/\?|could not be set up/,
     ELASTICSEARCH => $url =~ s/https/http/r, CACERT => '', ES_NAME => ''],
    [qr/ https.*is it http:\/\/\?/,
     ELASTICSEARCH => es_url() =~ s/http/https/r])
{
    my ($message, @args) = @$t;

    my $run = start(["$top/dev/run"], @right, @args);
    is(ended($run), 1, "$message: the exit code");
    like(slurp($run->{out}), $message, "$message: said");
    ok(!-e data($run) . '/private', "$message: nothing is kept");
}


# It serves, and ends.

for my $t (['TERM', 'make', '-C', $top, 'run'], ['INT', "$top/dev/run"])
{
    my ($signal, @command) = @$t;

    my $dead = 'https://127.0.0.1:' . CricketTest::free_port();
    my $run = start(\@command, @right, ELASTICSEARCH => "$dead $url/");

    # meanwhile, what any process has on its command line; without a rest, as
    # some live for milliseconds only
    my (%lines, $served);
    for (my $end = time + 15; !$served && time < $end; ) {
        $lines{ slurp("$_/cmdline") } = 1 for glob '/proc/[0-9]*';
        $served = slurp($run->{out}) =~ /^Serving on /m;
    }

    ok($served, "$signal: served") or diag(slurp($run->{out}));
    ok(!grep({ /\Q$password\E|\Q$basic\E/ } keys %lines),
       "$signal: on no command line");
    cmp_ok(scalar(grep { /--init/ } keys %lines), '>', 0,
           "$signal: and cricket --init was looked at");

    my $name = "run-$$-$signal";
    my $client = client($run->{port});

    for my $n (1 .. 5) {
        $client->start('POST', '/v1/metrics?refresh=wait_for',
                       "{\"name\":\"$name\",\"type\":\"t\",\"value\":$n,"
                       . '"timestamp":"2016-12-31T22:49:50Z"}');
        is($client->finish(5)->{body}, "{\"stored\":1}\n",
           "$signal: stored $n");
        $client->start('GET', "/v1/metrics?name=$name");
        is(() = $client->finish(5)->{body} =~ /"value"/g, $n,
           "$signal: read $n");
    }

    $client->close;

    my @seen = grep { m{/_bulk|/_search} } split /\n/, slurp("$dir/seen.log");
    my %connections = map { (split ' ')[2] => 1 } @seen;
    cmp_ok(scalar(keys %connections), '<', scalar(@seen),
           "$signal: on kept connections");
    is(scalar(grep { !/^es\.test es\.test:@{[$front->port]} / } @seen), 0,
       "$signal: by the name");

    my ($private, @open) = (0);

    find({ no_chdir => 1, wanted => sub {
        return if !-f;
        my $text = slurp($_);
        return if $text !~ /\Q$password\E|\Q$basic\E/;
        my $mode = (stat)[2] & 07777;
        my $folder = (stat $File::Find::dir)[2] & 07777;
        $mode == 0600 && $folder == 0700 ? $private++ : push @open, $_;
    } }, data($run));

    is("@open", '', "$signal: in no file for others");
    is($private, 1, "$signal: in one for nginx");
    is((stat data($run) . '/nginx.conf')[2] & 0444, 0444 & ~umask,
       "$signal: the configuration stays readable");
    unlike(slurp($run->{out}), qr/\Q$password\E|\Q$basic\E/,
           "$signal: not told");

    kill $signal, $command[0] eq 'make' ? $run->{pid} : -$run->{pid};
    isnt(ended($run), undef, "$signal: it ends");
    ok(wait_until(5, sub { !left($run) }), "$signal: all of it")
        or diag(join ' ', map { slurp("/proc/$_/cmdline") } left($run));
    ok(!-e data($run) . '/private', "$signal: the password is gone");
}

es('DELETE', '/metrics');
es('DELETE', '/_index_template/cricket-metrics');

$front->stop;

done_testing();
