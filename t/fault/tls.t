# SPDX-License-Identifier: BSD-2-Clause

# Elasticsearch behind TLS, whose end closes connections, gets new certificates,
# dies, resumes sessions or does not. What may be refused is the same as over
# plain http, which is tried beside it.

use strict;
use warnings;

use lib 't/lib';

use CricketCluster;
use CricketFault;
use CricketFront;
use CricketTest;
use CricketWrites;
use IO::Select;
use Test::More;
use Time::HiRes qw(time);

use constant REQUESTS => 10000;
use constant CONNECTIONS => 4;

my @OLD = (protocols => 'TLSv1.2');
my @OWN = (set => 'cricket_ids own;', refused => 0);
my @KEYS = (keyed => 1, refused => 0);

my $cluster = cluster(1);


# A case through a front. Options: front, those of front(); keyed; those of
# fault(). Returns its figures, what the front has seen, and Cricket's log.
sub through {
    my $function = pop;
    my ($name, %option) = @_;

    local $Test::Builder::Level = $Test::Builder::Level + 1;

    my $front = front($cluster->port(1), %{ delete $option{front} });
    my @load = (@{ delete $option{load} // [] },
                delete $option{keyed} ? '--keyed' : ());
    my $nginx;

    $option{set} = $front->trust . ($option{set} // '');

    my $figures = fault($name, cluster => $cluster, scheme => $front->scheme,
                        servers => $front->server, load => \@load, %option,
                        sub {
        $nginx = $_[0]{nginx};
        $function->($front);
    });

    $front->stop;

    return ($figures, [$front->seen], $nginx->log);
}


sub in_time {
    my ($name, $figures) = @_;

    local $Test::Builder::Level = $Test::Builder::Level + 1;

    cmp_ok($figures->{slowest} // 99, '<', 3, "$name: no answer waited");
}


sub connections { return scalar keys %{ { map { $_->{connection} => 1 } @_ } } }

sub resumed { return scalar grep { $_->{reused} eq 'r' } @_ }


# With a Connection: close, so that nothing is sent on a connection that closes.
for (['http', '', plain => 1],
     ['https, sessions resumed', 'TLSv1.3',
      tls => 'ssl_session_cache shared:es:1m; ssl_session_tickets on;'],
     ['https, no sessions', 'TLSv1.3',
      tls => 'ssl_session_cache off; ssl_session_tickets off;'],
     ['TLS 1.2, sessions resumed', 'TLSv1.2',
      tls => 'ssl_session_cache shared:es:1m; ssl_session_tickets off;', @OLD],
     ['TLS 1.2, tickets', 'TLSv1.2',
      tls => 'ssl_session_tickets on;', @OLD],
     ['TLS 1.2, no sessions', 'TLSv1.2',
      tls => 'ssl_session_tickets off;', @OLD])
{
    my ($how, $protocol, %front) = @$_;

    my $name = "closed after 3 requests: $how";

    my ($figures, $seen) = through(
        $name, front => { %front, set => 'keepalive_requests 3;' },
        sub { pause(6) });

    in_time($name, $figures);
    cmp_ok(connections(@$seen), '>', 100, "$name: many connections");

    next if !$protocol;

    is(scalar grep({ $_->{protocol} ne $protocol } @$seen), 0,
       "$name: all by $protocol");

    if ($how =~ /no sessions/) {
        is(resumed(@$seen), 0, "$name: none was resumed");

    } else {
        cmp_ok(resumed(@$seen), '>', @$seen / 2, "$name: most were resumed");
    }
}


# A bulk may always be sent on a connection that is just being closed.
for (['http', { plain => 1 }, refused => 0.03],
     ['https', {}, refused => 0.03],
     ['https, ids of our own', {}, @OWN],
     ['https, with keys', {}, @KEYS],
     ['TLS 1.2, ids of our own', { @OLD }, @OWN])
{
    my ($how, $front, %option) = @$_;

    my $name = "closed after 20 ms: $how";

    my ($figures, $seen) = through(
        $name, front => { %$front, set => 'keepalive_timeout 20ms;' },
        load => [qw(--rate 40)], %option, sub { pause(8) });

    in_time($name, $figures);
    cmp_ok(connections(@$seen), '>', 20, "$name: many connections");
}


# Each worker knows the sessions of its own only.
for (['http', { plain => 1 }, refused => 0.01],
     ['https', {}, refused => 0.01],
     ['https, ids of our own', {}, @OWN],
     ['https, with keys', {}, @KEYS],
     ['TLS 1.2, ids of our own', { @OLD }, @OWN])
{
    my ($how, $front, %option) = @$_;

    my $name = "a new certificate: $how";

    my ($figures, $seen) = through(
        $name, front => { %$front, set => 'keepalive_requests 30;' }, %option,
        sub {
        my ($front) = @_;

        for (1 .. 5) {
            ok($front->renew, "$name: it is served");
            pause(1);
        }
    });

    in_time($name, $figures);

    next if $front->{plain};

    my %reused;
    $reused{ $_->{worker} }{ $_->{reused} } = 1 for @$seen;

    is(scalar grep({ keys %$_ == 2 } values %reused), 6,
       "$name: each worker refused the sessions of others, resumed its own");
}


# Bulks of many records of TLS. Every other time it stands still before it dies,
# so that there surely are some that it has not answered.
for (['http', { plain => 1 }, refused => 0.15],
     ['https', {}, refused => 0.15],
     ['https, ids of our own', {}, @OWN],
     ['https, with keys', {}, @KEYS],
     ['TLS 1.2, ids of our own', { @OLD }, @OWN])
{
    my ($how, $front, %option) = @$_;

    my $name = "killed: $how";

    my ($figures, $seen, $log) = through(
        $name, front => $front, load => [qw(--size 300 --rate 60)], %option,
        sub {
        my ($front) = @_;

        for my $n (1 .. 6) {
            $front->kill($n % 2 ? 0 : 0.1);
            pause(1);
            $front->start;
            pause(1);
        }
    });

    my $struck = () = $log =~ /(?:prematurely|reset by peer|Broken pipe)/g;

    cmp_ok($struck, '>=', 3, "$name: with bulks under way");
}


# Many requests over few connections: none waits for another to push it out.
{
    my $front = front($cluster->port(1),
                      set => 'keepalive_requests 1000000;');
    my $nginx = cricket(
        scheme => $front->scheme, index => $cluster->index(0),
        keepalive => CONNECTIONS, set => $front->trust,
        servers => $front->server . 'keepalive_requests 1000000;',
        http => 'keepalive_requests 1000000;');

    my ($n, $seen, $slowest) = (0, 0, 0);
    my (%began, %client, %status);

    my $next = sub {
        my ($client) = @_;

        $began{$client} = time;
        $client->start(++$n % 2 ? ('POST', '/v1/metrics', point("n$n"))
                                : ('GET', "/v1/metrics?name=n$n"));
    };

    my $all = IO::Select->new;

    for (1 .. CONNECTIONS) {
        my $client = client($nginx->port);

        $client{ $client->{socket} } = $client;
        $all->add($client->{socket});
        $next->($client);
    }

    # A bulk may be of more than one POST.
    while ($all->count) {
        my @ready = $all->can_read(20) or last;

        for my $client (@client{@ready}) {
            my $reply = $client->finish(1);
            my $took = time - $began{$client};

            $slowest = $took if $took > $slowest;
            $status{ $reply ? $reply->{status} : 'none' }++;
            $seen = () = $front->seen if $n % 1000 == 0;

            if ($seen < REQUESTS && !grep({ $_ ne '200' } keys %status)) {
                $next->($client);

            } else {
                $all->remove($client->{socket});
            }
        }
    }

    my @seen = $front->seen;

    is_deeply([keys %status], ['200'], "$n requests, all answered with 200");
    cmp_ok($slowest, '<', 1, 'none slower than a second');
    cmp_ok(scalar @seen, '>=', REQUESTS, 'as many to Elasticsearch');
    is(connections(@seen), CONNECTIONS, 'over so many connections');
    cmp_ok(scalar(grep { $_->{method} eq 'POST' } @seen), '>', @seen / 3,
           'a third are POSTs');
    diag(sprintf '%d requests, slowest %.2f s', scalar @seen, $slowest);

    $nginx->stop;
    $front->stop;
}

done_testing();
