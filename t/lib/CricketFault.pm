# SPDX-License-Identifier: BSD-2-Clause

package CricketFault;

# Cases of the fault suite: what breaks while clients post.
#
#     fault('a node is killed', cluster => $cluster, OPTION => VALUE..., sub {
#         my ($case) = @_;         # cluster, index, nginx
#         ...                      # break it, and perhaps mend it
#     });
#
# makes an index, starts nginx and the load, calls the function, ends the load
# when it returns, and compares what was acknowledged with what is stored when
# the cluster is whole again: one test, whose figures are printed, and one of
# error.log. Nothing may be lost, stored twice or otherwise than it was sent,
# nobody waits beyond the deadline, and at the end a POST is answered with 200.
#
# Options: limits for refused, a share of the requests (0), and for broken and
# invalid, numbers of requests (0), undef for any; deadline (10); load, arguments
# of load.py; servers, set, listen, http, scheme, _workers, _main as of
# cricket() of CricketWrites; replicas; index, a function that makes one and
# returns its name; before, a function called before the load starts; nginx, a
# function that starts another nginx with the options of cricket(); gone, if
# nginx ends; down, if not all nodes are there at the end; expect, a figure that
# must not be 0, for a case that breaks the promise on purpose. The figures are
# returned.
#
# proxy(PORT) is a proxy to that port: port, chance(P), busy(P), counts, stop; see
# t/fault/proxy.py.

use strict;
use warnings;

use CricketCluster;
use CricketTest;
use CricketWrites;
use Carp qw(croak);
use Exporter qw(import);
use IO::Select;
use IPC::Open2 qw(open2);
use JSON::PP;
use Test::More;
use Time::HiRes qw(time);

our @EXPORT = qw(fault proxy);

# What is printed of a case, in the order of the table of dev/fault.
my @columns = qw(requests acknowledged refused broken lost twice slowest);


sub fault {
    my $function = pop;
    my ($name, %option) = @_;

    local $Test::Builder::Level = $Test::Builder::Level + 1;

    my $cluster = $option{cluster};
    my $deadline = $option{deadline} // 10;
    my @ports = $cluster->ports;
    my $replicas = $option{replicas} // (@ports > 1 ? 1 : 0);
    my $index = $option{index} ? $option{index}->()
                               : $cluster->index($replicas);
    my $servers = $option{servers}
                  // join ' ', map { "server 127.0.0.1:$_;" } @ports;
    my $set = $option{set} // '';

    my @given = grep { /^_|^(?:listen|http|scheme)$/ } keys %option;

    my $nginx = ($option{nginx} // \&cricket)->(
        (map { $_ => $option{$_} } @given),
        servers => $servers, index => $index,
        set => "cricket_timeout ${deadline}s; $set");

    my $case = { cluster => $cluster, index => $index, nginx => $nginx };

    $option{before}->($case) if $option{before};

    my $load = CricketFault::Tool->new('load.py', '--port', $nginx->port,
                                       '--index', $index,
                                       CricketTest::partitioned()
                                       ? ('--years', 4) : (),
                                       @{ $option{load} // [] });
    pause(2);
    $function->($case);

    $load->say('stop');
    my $missed = ($load->line(120) // '') eq 'stopped' ? ''
                                                       : 'the load did not end';

    $cluster->thaw;

    if (!$option{down}) {
        $cluster->up(120) or $missed ||= 'the cluster is not whole';
        $cluster->active($index, 120)
            or $missed ||= 'not all copies are active';
    }

    $load->say(join ' ', 'count', $cluster->urls);
    my $line = $load->line(120);
    $load->stop;

    my $figures = $line ? decode_json($line) : {};
    my @missed = $missed || (%$figures ? () : 'no figures');

    push @missed, _missed($figures, $deadline, %option) if !@missed;

    if (!@missed && !$option{gone}) {
        wait_until(20, sub {
            my $reply = http($nginx->port, 'POST', '/v1/metrics',
                             point('end'));
            return $reply && $reply->{status} == 200;
        }) or push @missed, 'it does not serve any more';
    }

    if ($option{expect}) {
        cmp_ok($figures->{ $option{expect} } // 0, '>', 0, $name);

    } else {
        _tell($name, $figures, \@missed);
        is(join(', ', @missed), '', $name);
    }

    $nginx->stop;

    return $figures;
}


sub _missed {
    my ($figures, $deadline, %option) = @_;

    my %limit = (lost => 0, twice => 0, strange => 0, odd => 0, hung => 0,
                 broken => 0, invalid => 0);

    for (grep { exists $option{$_} } qw(broken invalid)) {
        $limit{$_} = $option{$_};
    }

    my @missed = map { "$_ $figures->{$_}" }
                 grep { defined $limit{$_} && $figures->{$_} > $limit{$_} }
                 sort keys %limit;

    if ($figures->{acknowledged} == 0) {
        push @missed, 'nothing acknowledged';
    }

    my $refused = exists $option{refused} ? $option{refused} : 0;

    if (defined $refused
        && $figures->{refused} > $refused * $figures->{requests})
    {
        push @missed, "refused $figures->{refused} of $figures->{requests}";
    }

    # clients share the processors with all the others
    if ($figures->{slowest} > $deadline + 1) {
        push @missed, "an answer after $figures->{slowest} s";
    }

    return @missed;
}


sub _tell {
    my ($name, $figures, $missed) = @_;

    diag("$name: ", join ', ', map { "$_ " . ($figures->{$_} // '?') }
                               @columns, grep { $figures->{$_} }
                               qw(invalid hung strange odd refusals anyway));
    diag("    $figures->{messages}{$_} times: $_")
        for sort keys %{ $figures->{messages} // {} };

    return if !$ENV{CRICKET_FAULT_TABLE};

    open my $fh, '>>', $ENV{CRICKET_FAULT_TABLE}
        or croak "$ENV{CRICKET_FAULT_TABLE}: $!";
    print $fh join("\t", $name, (map { $figures->{$_} // '?' } @columns),
                   @$missed ? 'MISSED: ' . join(', ', @$missed) : ''), "\n";
    close $fh;
}


sub proxy {
    my ($target) = @_;

    my $self = bless { port => free_port() }, 'CricketFault::Proxy';

    $self->{tool} = CricketFault::Tool->new('proxy.py', $self->{port}, $target);
    ($self->{tool}->line(20) // '') eq 'ready' or croak 'no proxy';

    return $self;
}


package CricketFault::Proxy;


sub port { return $_[0]{port} }

sub chance { $_[0]{tool}->say("chance $_[1]") }

sub busy { $_[0]{tool}->say("busy $_[1]") }

sub stop { $_[0]{tool}->stop }


# How many connections were reset while sending, and while receiving, and how
# many replies swallowed.
sub counts {
    my ($self) = @_;

    $self->{tool}->say('count');

    return split ' ', $self->{tool}->line(20) // '0 0 0';
}


# A program of t/fault, that is spoken with line by line and ends with us.
package CricketFault::Tool;

use Time::HiRes qw(time);


sub new {
    my ($class, $program, @arguments) = @_;

    my $pid = IPC::Open2::open2(my $out, my $in, 'setpriv', '--pdeathsig',
                                'TERM', '/usr/bin/python3',
                                "$CricketTest::TOP/t/fault/$program",
                                @arguments);
    $in->autoflush(1);

    return bless { pid => $pid, in => $in, out => $out, read => '' }, $class;
}


sub say {
    my ($self, $line) = @_;

    print { $self->{in} } "$line\n";
}


# The next line, or undef.
sub line {
    my ($self, $seconds) = @_;

    my $end = time + $seconds;

    while (1) {
        return $1 if $self->{read} =~ s/^(.*)\n//;
        return undef if time > $end;

        CricketCluster::pause(0);
        next if !IO::Select->new($self->{out})->can_read(0.2);

        sysread $self->{out}, $self->{read}, 65536, length $self->{read}
            or return undef;
    }
}


sub stop {
    my ($self) = @_;

    close $self->{in};
    kill 'TERM', $self->{pid};
    waitpid $self->{pid}, 0;
}


1;
