# SPDX-License-Identifier: BSD-2-Clause

# dev/demo, the sender of make demo: what it sends is stored, of this machine
# and of each second, and it ends when it is told to.

use strict;
use warnings;

use lib 't/lib';

use CricketTest;
use JSON::PP;
use Test::More;
use Time::HiRes qw(sleep time);

my $nginx = nginx(q{
    server {
        listen 127.0.0.1:%%PORT%%;
        client_max_body_size 32m;
        cricket_pass http://%%ES%%;
        cricket_index %%INDEX%%;
        location = /v1/metrics  { cricket metrics; }
        location = /v1/stats    { cricket stats; }
        location = /v1/names    { cricket names; }
    }
}, ES => es_url() =~ s{^http://}{}r, INDEX => fresh_index());

pipe my $from, my $to or die "pipe: $!";
my $pid = fork() // die "fork: $!";

if ($pid == 0) {
    open STDOUT, '>&', $to;
    exec 'setpriv', '--pdeathsig', 'TERM', "$CricketTest::TOP/dev/demo",
         'http://127.0.0.1:' . $nginx->port or exit 1;
}

close $to;

like(scalar <$from>, qr/^Sending what this machine does/, 'it says what it does');
like(scalar <$from>, qr{^http://127\.0\.0\.1:\d+/#range=.*m=shop\.orders}, 'and where');

sub names {
    my $reply = http($nginx->port, 'GET', '/v1/names');
    return map { $_->{name} => $_->{count} }
           @{ decode_json($reply->{body})->{names} };
}

my %names;

ok(wait_until(20, sub {
    %names = names();
    return ($names{'memory.bytes'} // 0) >= 9;
}), 'it goes on');

ok($names{$_}, "there is $_")
    for qw(cpu.percent load network.bytes_total demo.post_seconds shop.orders);
cmp_ok($names{'shop.orders'}, '>', 20_000, 'and an hour before');

my $stats = http($nginx->port, 'GET',
                 '/v1/stats?name=cpu.percent&start=now-5m&end=now');
my $cpu = decode_json($stats->{body});
ok($cpu->{min} >= 0 && $cpu->{max} <= 100, 'percent are percent')
    or diag($stats->{body});

kill 'INT', $pid;
ok(wait_until(5, sub { waitpid($pid, POSIX::WNOHANG()) == $pid }), 'Ctrl-C');
is($?, 0, 'without a word');
is(join('', <$from>), '', 'on either');

$nginx->stop;
done_testing();
