# SPDX-License-Identifier: BSD-2-Clause

# The short form of the fault suite, whose long one is t/fault: a node that is
# killed, connections that are reset, workers that are killed or reloaded, TLS
# whose end closes connections and is reloaded.

use strict;
use warnings;

use lib 't/lib';

use CricketCluster;
use CricketFault;
use CricketFront;
use CricketTest qw(wait_until);
use Test::More;

my $cluster = cluster(3);
my $proxy = proxy($cluster->port(1));


fault('connections reset', cluster => $cluster, refused => undef,
      servers => join(' ', map { "server 127.0.0.1:$_ max_fails=0;" }
                      $proxy->port, $cluster->port(2), $cluster->port(3)),
      sub {
    $proxy->chance(0.2);
    pause(5);
    wait_until(30, sub { 2 == grep { $_ > 0 } ($proxy->counts)[0, 1] });
    $proxy->chance(0);
});

my ($sending, $receiving) = $proxy->counts;
cmp_ok($sending, '>', 0, 'some in a request');
cmp_ok($receiving, '>', 0, 'some in a reply');
$proxy->stop;


fault('a worker killed, with keys', cluster => $cluster, load => ['--keyed'],
      sub {
    my ($case) = @_;

    $case->{nginx}->allow(qr/exited on signal 9/);
    kill 'KILL', $case->{nginx}->workers;
    pause(2);
});


fault('reload every second', cluster => $cluster, load => ['--close'], sub {
    my ($case) = @_;

    for (1 .. 3) {
        $case->{nginx}->signal('HUP');
        pause(1);
    }
});


my $front = front($cluster->port(1), set => 'keepalive_requests 3;');

fault('TLS', cluster => $cluster, scheme => 'https', servers => $front->server,
      set => $front->trust . 'cricket_ids own;', sub {
    pause(1);
    ok($front->renew, 'a new certificate is served');
    pause(1);
});

$front->stop;


fault('a node killed', cluster => $cluster, down => 1,
      set => 'cricket_ids own;', sub {
    my ($case) = @_;

    $cluster->kill($cluster->primary($case->{index}));
    pause(4);
});

done_testing();
