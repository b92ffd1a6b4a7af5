# SPDX-License-Identifier: BSD-2-Clause

package CricketWrites;

# What the tests of group commit share.
#
# cricket(NAME => VALUE...) starts nginx with Cricket. Settings: es, the port
# of Elasticsearch; set, directives; servers, the inside of upstream es {};
# keepalive, how many of its connections are kept (8); scheme (http); listen,
# parameters of listen; buffer, client_body_buffer_size; http, more inside
# http {}; index; and those of nginx(). Its clients end with quit(), a test: an
# nginx that leaves must do so at once and leave nothing behind. reload(NGINX) is
# a reload after which the old workers accept no more.
#
# point(NAME, FIELD => JSON...) is a datapoint, points(NAME...) a body.
# post(NGINX, BODY, HEADER => VALUE...) is a client whose POST is under way;
# a BODY that is no JSON is the name of a datapoint. ping(NGINX) returns
# when nginx has seen all that was sent to it before. warm(NGINX) returns when
# a worker is done with asking whether the index is there, of which a fake
# records nothing. statuses(CLIENT...) are
# those of the replies, 0 for none; error(REPLY) is what its JSON says.
#
# In a fake's handler: names(REQUEST) of the datapoints of a bulk, answer($c,
# REQUEST, VERDICT...), each verdict a status or [STATUS, TYPE, REASON], or one
# function of (NAME, ID, INDEX) that returns it. tally(NAME) counts calls over
# all processes. gate() makes a gate, shut: ->pass(SECONDS) waits until ->open.
# bulks(FAKE) are the names in each bulk seen, joined by spaces.

use strict;
use warnings;

use CricketTest;
use Exporter qw(import);
use File::Temp qw(tempdir);
use JSON::PP;
use Test::More;
use Time::HiRes qw(sleep time);

our @EXPORT = qw(cricket quit point points post ping warm statuses error names ids
                 answer tally tallied gate bulks reload rss);

my $dir = tempdir('cricket-writes-XXXXXX', TMPDIR => 1, CLEANUP => 1);
my $gates = 0;


sub cricket {
    my (%option) = @_;

    my $servers = $option{servers} // 'server 127.0.0.1:%%ES%% max_fails=0;';
    my $listen = $option{listen} // '';
    my $set = $option{set} // '';
    my $index = $option{index} // 'metrics';
    my $http = $option{http} // '';
    my $buffer = $option{buffer} // '1m';
    my $scheme = $option{scheme} // 'http';
    my $keepalive = $option{keepalive} // 8;

    return nginx(qq{
        upstream es {
            $servers
            keepalive $keepalive;
        }

        $http

        server {
            listen 127.0.0.1:%%PORT%% $listen;

            client_max_body_size 64m;
            client_body_buffer_size $buffer;

            cricket_pass $scheme://es;
            cricket_index $index;
            $set

            location = /v1/metrics {
                cricket metrics;
                add_header X-Batch \$cricket_batch_size;
            }

            location = /ping { return 204; }
        }
    }, ES => $option{es} // 1, map { $_ => $option{$_} }
                                 grep { /^_/ || /^ES/ } keys %option);
}


# For freenginx and Angie a kept connection is idle only after lingering_timeout.
sub grace {
    return CricketTest::version() =~ m{^(?:nginx version: free|Angie)}m ? 5 : 0;
}


sub quit {
    my ($nginx, $seconds) = @_;

    local $Test::Builder::Level = $Test::Builder::Level + 1;

    $nginx->signal('QUIT');
    ok($nginx->wait(($seconds // 5) + grace()), 'nginx ends at once');
    $nginx->stop;
}


sub reload {
    my ($nginx) = @_;

    my @old = $nginx->workers;
    $nginx->reload or return 0;

    return wait_until(5, sub {
        !grep { slurp("/proc/$_/cmdline") =~ /worker process(?! is)/ } @old;
    });
}


sub point {
    my ($name, %field) = @_;

    my $more = join '', map { qq(,"$_":$field{$_}) } sort keys %field;

    return qq({"name":"$name","type":"t","value":1,)
           . qq("timestamp":"2017-01-01T00:00:00Z"$more});
}


sub points {
    return '[' . join(',', map { /^\{/ ? $_ : point($_) } @_) . ']';
}


sub post {
    my ($nginx, $body, @headers) = @_;

    my $uri = '/v1/metrics';
    my $c = client($nginx->port);

    $uri = shift @headers if @headers % 2;
    $body = point($body) if $body !~ /^[\[{]/;
    $c->start('POST', $uri, $body, @headers);

    return $c;
}


# Twice: the first may overtake what came right before it.
sub ping {
    my ($nginx) = @_;

    for (1 .. 2) {
        my $reply = http($nginx->port, 'GET', '/ping');
        return 0 if !$reply || $reply->{status} != 204;
    }

    return 1;
}


sub warm {
    my ($nginx) = @_;

    my $reply = post($nginx, 'warm-up')->finish;

    return $reply && $reply->{status} == 200;
}


sub statuses {
    return map { my $reply = $_->finish; $reply ? $reply->{status} : 0 } @_;
}


sub error {
    my ($reply) = @_;

    my $json = $reply && eval { decode_json($reply->{body}) };

    return $json && $json->{error} || {};
}


sub _items {
    my ($request) = @_;

    my @lines = split /\n/, $request->{body};
    my @items;

    while (my ($action, $document) = splice @lines, 0, 2) {
        push @items, [decode_json($document)->{name},
                      decode_json($action)->{create}{_id}];
    }

    return @items;
}


sub names { return map { $_->[0] } _items($_[0]) }

sub ids { return map { $_->[1] } _items($_[0]) }


sub answer {
    my ($c, $request, @verdicts) = @_;

    my $i = 0;

    if (ref $verdicts[0] eq 'CODE') {
        my $verdict = $verdicts[0];
        @verdicts = map { $verdict->(@$_, $i++) } _items($request);
    }

    my @items = map {
        my ($status, $type, $reason) = ref $_ ? @$_ : $_;
        my $item = { status => $status };
        $item->{error} = { type => $type // ($status == 400
                                        ? 'mapper_parsing_exception'
                                        : 'some_exception'),
                           reason => $reason // 'for some reason' }
            if $status >= 300;
        { create => $item };
    } @verdicts;

    $c->reply(200, encode_json({ errors => JSON::PP::true,
                                 items => \@items }));
}


sub tally {
    my ($name) = @_;

    open my $fh, '>>', "$dir/$name" or die "$dir/$name: $!";
    syswrite $fh, '.';

    return -s $fh;
}


sub tallied { return -s "$dir/$_[0]" || 0 }


sub gate {
    return bless { path => "$dir/gate-" . ++$gates }, 'CricketWrites::Gate';
}


sub bulks {
    my ($fake) = @_;

    return map { join ' ', names($_) } $fake->requests;
}


# Memory of a process, in MiB.
sub rss {
    my ($pid) = @_;

    my ($kb) = slurp("/proc/$pid/status") =~ /^VmRSS:\s+(\d+) kB/m;

    return ($kb // 0) / 1024;
}


package CricketWrites::Gate;


sub open {
    my ($self) = @_;

    CORE::open(my $fh, '>', $self->{path}) or die "$self->{path}: $!";
}


sub pass {
    my ($self, $seconds) = @_;

    CricketTest::wait_until($seconds // 60, sub { -e $self->{path} });
}


1;
