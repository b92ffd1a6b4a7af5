# SPDX-License-Identifier: BSD-2-Clause

# Clients that do what none should, beside those that post.

use strict;
use warnings;

use lib 't/lib';

use CricketCluster;
use CricketFault;
use CricketH2;
use CricketTest;
use CricketWrites;
use List::Util qw(min sum0);
use POSIX qw(sysconf _SC_OPEN_MAX);
use Socket qw(SHUT_WR);
use Test::More;
use Time::HiRes qw(time);

my $cluster = cluster(1);


fault('slow loris', cluster => $cluster, set => 'client_header_timeout 3s;',
      sub {
    my ($case) = @_;

    my @clients = map { client($case->{nginx}->port) } 1 .. 500;
    my $end = time + 6;

    for my $byte (split //, 'POST /v1/metrics HTTP/1.1') {
        $_->send($byte) for @clients;
        pause(0.2);
    }

    pause($end - time);
    is((grep { !$_->closed(1) } @clients), 0, 'none is kept');
});


# Some ride a bulk, others wait; what becomes of theirs is left open.
for my $how ('closed', 'half-closed', 'reset') {
    my $n = 0;

    fault("clients $how", cluster => $cluster, set => 'cricket_bulks 1;', sub {
        my ($case) = @_;

        my $end = time + 5;

        while (time < $end) {
            my @clients = map { post($case->{nginx}, "$how-" . ++$n) } 1 .. 20;

            for my $client (@clients) {
                $how eq 'closed' ? $client->close
                    : $how eq 'reset' ? $client->reset
                    : shutdown $client->{socket}, SHUT_WR;
            }

            pause(0.05);
        }

        pause(1);
    });
}


# As many as this process may have.
my $many = min(10_000, sysconf(_SC_OPEN_MAX) - 200);

fault("$many half bodies", cluster => $cluster, _workers => 2,
      _connections => 12_000, set => 'client_body_timeout 8s;', sub {
    my ($case) = @_;

    my $nginx = $case->{nginx};
    my $before = sum0(map { rss($_) } $nginx->workers);

    my @clients = map {
        my $client = client($nginx->port);
        $client->send("POST /v1/metrics HTTP/1.1\r\nHost: x\r\n"
                      . "Content-Length: 1000\r\n\r\n[");
        $client;
    } 1 .. $many;

    pause(2);

    my $grown = sum0(map { rss($_) } $nginx->workers) - $before;

    diag(sprintf '    memory for %d: %.0f MiB', $many, $grown);
    cmp_ok($grown, '<', 20 + $many * 16 / 1024, 'memory is bounded');

    pause(10);
    is((grep { !$_->closed(1) } @clients), 0, 'none is kept');
});


# On a port of its own, for the others speak HTTP/1.1.
my $index = $cluster->index(0);
my $listen = h2_listen();
my $directive = h2_directive();

fault('HTTP/2 rapid resets', cluster => $cluster, index => sub { $index },
      http => qq{
          server {
              listen 127.0.0.1:%%PORT2%% $listen;
              $directive
              cricket_pass http://es;
              cricket_index $index;
              location = /v1/metrics { cricket metrics; }
          }
      }, sub {
    my ($case) = @_;

    my $end = time + 8;
    my $n = 0;

    while (time < $end) {
        my $h2 = h2($case->{nginx}->port(2));

        for (1 .. 200) {
            $h2->reset_stream($h2->post('/v1/metrics', point('h2-' . ++$n)));
        }

        $n % 400 ? $h2->close : $h2->reset;
        pause(0.02);
    }

    diag("    $n streams");
    cmp_ok($n, '>', 1000, 'many streams');

    my $h2 = h2($case->{nginx}->port(2));
    is($h2->status($h2->post('/v1/metrics', point('h2-end'))), 200,
       'it serves on');
});

done_testing();
