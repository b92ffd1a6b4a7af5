# SPDX-License-Identifier: BSD-2-Clause

package CricketClients;

# What the tests with real clients share; dev/clients installs these.
#
# python(NAME, SCRIPT) and node(SCRIPT) run a script with the client's libraries,
# in whose text %%PORT%% is the server's; telegraf(CONFIG, LINES) has Telegraf
# send these, by an output that CONFIG is. Each returns what was printed. A
# client that hangs is ended after 60 seconds.
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

our @EXPORT = qw(serve stored python node telegraf);

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


1;
