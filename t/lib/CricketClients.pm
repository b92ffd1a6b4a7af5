# SPDX-License-Identifier: BSD-2-Clause

package CricketClients;

# What the tests with real clients share; dev/clients installs these.
#
# python(NAME, SCRIPT) and node(SCRIPT) run a script with the client's libraries,
# in whose text %%PORT%% is the server's; telegraf(CONFIG, LINES) has Telegraf
# send these, by an output that CONFIG is. Each returns what was printed. A
# client that hangs is ended after 60 seconds.
#
# collector(URL, SETTINGS) starts OpenTelemetry's Collector, which takes OTLP and
# sends it to that URL of Cricket, by an exporter with these settings besides: an
# object with http_port and grpc_port; say, what it logged; and stop, which
# waits until it has sent what it had. The end stops it, too.
#
# prometheus(DIR, PORT, CONFIG) starts Prometheus, with its data in DIR/data and
# what it says in DIR/log, and returns its pid: who starts it ends it.
#
# serve(MORE) starts nginx with every route, and MORE locations; stored(PREFIX)
# is all whose names begin so: a reference to [name, value, timestamp, tags] of
# each, sorted.

use strict;
use warnings;

use CricketReads;
use CricketTest;
use Exporter qw(import);
use JSON::PP;
use POSIX ();

our @EXPORT = qw(serve stored python node telegraf collector prometheus);

my $clients = "$CricketTest::TOP/.cache/clients";
my ($index, $nginx);


sub serve {
    my ($more) = @_;

    $index = fresh_index();
    $nginx = reads(index => $index, more => $more // '');

    return $nginx;
}


sub stored {
    my ($prefix) = @_;

    my $port = $nginx->port;

    es('POST', "/$index/_refresh");

    my $names = decode_json(http($port, 'GET',
                                 "/v1/names?prefix=$prefix")->{body})->{names};
    my @points;

    for my $name (map { $_->{name} } @$names) {
        my $points = decode_json(http($port, 'GET',
                                      "/v1/metrics?name=$name")->{body});

        die "a type: $_->{type}" for grep { $_->{type} ne 'gauge' } @$points;

        push @points, map { [@$_{qw(name value timestamp)}, $_->{tags} // {}] }
                      @$points;
    }

    return [sort { "@$a[0, 2]" cmp "@$b[0, 2]" } @points];
}


sub _run {
    my ($file, $text, @command) = @_;

    my $path = CricketTest::folder('client') . "/$file";
    my $port = $nginx->port;

    $text =~ s/%%PORT%%/$port/g;

    open my $fh, '>', $path or die "$path: $!";
    print $fh $text;
    close $fh;

    open my $out, '-|', 'sh', '-c', 'exec "$@" 2>&1 </dev/null', 'sh',
                        'timeout', 60, @command, $path
        or die "@command: $!";
    my $said = join '', <$out>;
    close $out;

    return $said;
}


sub python {
    my ($name, $script) = @_;

    return _run('client.py', $script, "$clients/$name/bin/python");
}


sub node {
    my ($script) = @_;

    local $ENV{NODE_PATH} = "$clients/node/node_modules";

    return _run('client.js', $script, 'node');
}


sub telegraf {
    my ($config, $lines) = @_;

    my $input = CricketTest::folder('lines') . '/lines';

    open my $fh, '>', $input or die "$input: $!";
    print $fh $lines;
    close $fh;

    return _run('telegraf.conf', <<"END", "$clients/telegraf/telegraf",
[agent]
  omit_hostname = true
  precision = "1ns"

[[inputs.file]]
  files = ["$input"]
  data_format = "influx"

$config
END
                '--once', '--config');
}


my @collectors;

END {
    my $status = $?;
    $_->stop for @collectors;
    $? = $status;
}


sub prometheus {
    my ($dir, $port, $config) = @_;

    open my $fh, '>', "$dir/prometheus.yml" or die $!;
    print $fh $config;
    close $fh;

    my $pid = fork() // die "fork: $!";

    return $pid if $pid;

    open STDOUT, '>', "$dir/log";
    open STDERR, '>&', \*STDOUT;
    exec('prometheus', "--config.file=$dir/prometheus.yml",
         "--storage.tsdb.path=$dir/data", "--web.listen-address=127.0.0.1:$port")
        or POSIX::_exit(127);
}


sub collector {
    my ($url, $settings) = @_;

    my $dir = CricketTest::folder('collector');
    my $self = bless { http => free_port(), grpc => free_port(),
                       log => "$dir/log" };

    open my $fh, '>', "$dir/config.yaml" or die "$dir: $!";
    print $fh <<"END";
receivers:
  otlp:
    protocols:
      http: {endpoint: "127.0.0.1:$self->{http}"}
      grpc: {endpoint: "127.0.0.1:$self->{grpc}"}
exporters:
  otlp_http:
    metrics_endpoint: "$url"
    retry_on_failure: {initial_interval: 200ms, max_interval: 1s}
$settings
service:
  telemetry: {metrics: {level: none}}
  pipelines:
    metrics: {receivers: [otlp], exporters: [otlp_http]}
END
    close $fh;

    $self->{pid} = fork() // die "fork: $!";

    if (!$self->{pid}) {
        open STDOUT, '>', $self->{log};
        open STDERR, '>&', \*STDOUT;
        exec("$clients/collector/otelcol", "--config=$dir/config.yaml")
            or POSIX::_exit(127);
    }

    push @collectors, $self;

    wait_until(20, sub { $self->say =~ /Everything is ready/ })
        or die 'the Collector does not start: ', $self->say;

    return $self;
}


sub http_port { return $_[0]{http} }

sub grpc_port { return $_[0]{grpc} }

sub say { return slurp($_[0]{log}) }


sub stop {
    my ($self) = @_;

    my $pid = delete $self->{pid} or return;

    kill TERM => $pid;
    waitpid $pid, 0;
}


1;
