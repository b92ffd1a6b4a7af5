# SPDX-License-Identifier: BSD-2-Clause

# Workers of nginx are killed, reloaded, ended and replaced.

use strict;
use warnings;

use lib 't/lib';

use CricketCluster;
use CricketFault;
use CricketTest;
use CricketWrites;
use Test::More;
use Time::HiRes qw(time);

my $cluster = cluster(3);


# A zombie has no command line.
sub alive { return grep { slurp("/proc/$_/cmdline") ne '' } @_ }


# With keys all is stored in the end, without many are not answered.
for my $keyed (0, 1) {
    fault('workers killed' . ($keyed ? ', with keys' : ''),
          cluster => $cluster, _workers => 2, broken => $keyed ? 0 : undef,
          load => $keyed ? ['--keyed'] : [], sub {
        my ($case) = @_;

        $case->{nginx}->allow(qr/exited on signal 9/);

        for (1 .. 5) {
            kill 'KILL', ($case->{nginx}->workers)[0];
            pause(1.5);
        }
    });
}


# A client may always send on a connection that is just being closed, so only
# those with a connection for each request must all be answered.
for my $load (['--close'], ['--keyed']) {
    fault("reload every second, load @$load", cluster => $cluster,
          _workers => 2, load => $load, sub {
        my ($case) = @_;

        my @old = $case->{nginx}->workers;

        for (1 .. 10) {
            $case->{nginx}->signal('HUP');
            pause(1);
        }

        ok(wait_until(15, sub { !alive(@old) }), 'the old workers have gone');
    });
}


fault('quit', cluster => $cluster, gone => 1, broken => undef,
      load => ['--close'], sub {
    my ($case) = @_;

    my $begun = time;

    pause(3);
    $case->{nginx}->signal('QUIT');
    ok($case->{nginx}->wait(15), 'nginx has ended');
    cmp_ok(time - $begun, '<', 3 + 11, 'by the deadline');
});


# Nothing is stored meanwhile, so that there are clients to be given up.
fault('worker_shutdown_timeout', cluster => $cluster, refused => undef,
      broken => undef, _main => 'worker_shutdown_timeout 1s;', sub {
    my ($case) = @_;

    my @old = $case->{nginx}->workers;

    $cluster->freeze($cluster->primary($case->{index}), 6);
    pause(1);
    $case->{nginx}->signal('HUP');
    ok(wait_until(4, sub { !alive(@old) }), 'the old worker has gone');
    pause(2);
    $cluster->thaw;
    pause(4);
});


# A new master is nobody's child, as an nginx in the background always is.
fault('binary upgrade', cluster => $cluster, load => ['--close'],
      nginx => sub { Background->new(cricket(@_)) }, sub {
    my ($case) = @_;

    my $nginx = $case->{nginx};
    my $old = $nginx->pid;

    pause(2);
    kill 'USR2', $old;
    ok(wait_until(10, sub { $nginx->pid && $nginx->pid != $old }),
       'a new master');
    pause(2);
    kill 'WINCH', $old;
    pause(2);
    kill 'QUIT', $old;
    ok(wait_until(15, sub { !alive($old) }), 'the old master has gone');
    pause(2);
});

done_testing();


# The nginx given, started again as its own master in the background.
package Background;

use CricketTest;
use CricketCluster;
use Test::More;

our @started;


sub new {
    my ($class, $nginx) = @_;

    my $dir = $nginx->dir;
    my $conf = slurp("$dir/nginx.conf");

    $nginx->stop;

    $conf =~ s/^daemon off;$//m or die 'no daemon off';
    open my $fh, '>', "$dir/background.conf" or die "background.conf: $!";
    print $fh $conf;
    close $fh;

    my $self = bless { nginx => $nginx, dir => $dir }, $class;

    system(CricketTest::binary(), '-p', $dir, '-e', "$dir/error.log",
           '-c', "$dir/background.conf") == 0
        or die "nginx did not start: " . slurp("$dir/error.log");

    push @started, $self;
    wait_until(10, sub { $self->pid });

    return $self;
}


sub port { return $_[0]{nginx}->port }


sub pid {
    my ($self) = @_;

    my ($pid) = slurp("$self->{dir}/nginx.pid") =~ /^(\d+)$/;

    return $pid;
}


sub stop {
    my ($self) = @_;

    return if $self->{stopped}++;

    my $pid = $self->pid or return;

    kill 'TERM', $pid;
    wait_until(10, sub { slurp("/proc/$pid/cmdline") eq '' });

    my @bad = grep { /\[(?:alert|crit|emerg)\]|Sanitizer|runtime error:/ }
              split /^/m, slurp("$self->{dir}/error.log");
    is(join('', @bad), '', 'nothing bad in error.log');
}


END {
    my $status = $?;
    kill 'TERM', grep { $_ } map { $_->pid } grep { !$_->{stopped} } @started;
    $? = $status;
}
