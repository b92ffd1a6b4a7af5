# SPDX-License-Identifier: BSD-2-Clause

package CricketCluster;

# A cluster of Elasticsearch of this test's own, whose nodes can be harmed.
#
#     my $cluster = cluster(NODES, SETTING => VALUE...);
#
# returns when all nodes have joined; heap is a setting, too (384m). They are
# numbered from 1. Methods: ports, urls; port(N); index(REPLICAS) makes an index
# and returns when all its copies are active; primary(INDEX) and master are the
# numbers of nodes; kill(N...), quit(N) and start(N...) a process; freeze(N,
# SECONDS) returns at once, thaw waits for the end of it; up(SECONDS) waits
# until all have joined, active(INDEX, SECONDS) until all copies of it are
# active; ask(METHOD, PATH, BODY) asks a node that can answer, and returns
# status and decoded body.
#
# pause(SECONDS) sleeps, but ends the test when who started it has ended.

use strict;
use warnings;

use CricketTest;
use Carp qw(croak);
use Exporter qw(import);
use JSON::PP;
use POSIX qw(:sys_wait_h _exit);
use Time::HiRes qw(sleep time);

our @EXPORT = qw(cluster pause);

my $main_pid = $$;
my $parent = getppid;
my $indices = 0;
my @clusters;


sub cluster { return CricketCluster->new(@_) }


sub pause {
    my ($seconds) = @_;

    my $end = time + $seconds;

    while (1) {
        exit 1 if getppid != $parent;

        my $left = $end - time;
        last if $left <= 0;
        sleep($left < 0.2 ? $left : 0.2);
    }
}


sub new {
    my ($class, $nodes, %settings) = @_;

    my $self = bless { nodes => [], settings => \%settings,
                       heap => delete $settings{heap} // '384m',
                       name => "fault-$$-" . @clusters }, $class;

    push @clusters, $self;

    for my $n (1 .. $nodes) {
        push @{ $self->{nodes} }, {
            name => "node$n",
            dir => CricketTest::folder('node'),
            port => free_port(),
            transport => free_port(),
        };
    }

    $self->start(1 .. $nodes);
    $self->up(120) or croak 'the cluster did not form: ' . $self->words;

    return $self;
}


sub _node { return $_[0]{nodes}[$_[1] - 1] }

sub port { return $_[0]->_node($_[1])->{port} }

sub ports { return map { $_->{port} } @{ $_[0]{nodes} } }

sub urls { return map { "http://127.0.0.1:$_" } $_[0]->ports }


sub start {
    my ($self, @numbers) = @_;

    my @nodes = @{ $self->{nodes} };
    my @founders = @nodes > 1 ? (
        '--seeds', join(',', map { "127.0.0.1:$_->{transport}" } @nodes),
        '--masters', join(',', map { $_->{name} } @nodes)) : ();
    my @settings = map { ('--set', "$_=$self->{settings}{$_}") }
                   sort keys %{ $self->{settings} };

    for my $node (map { $self->_node($_) } @numbers) {
        my $pid = fork // die "fork: $!";

        if ($pid == 0) {
            exec 'setpriv', '--pdeathsig', 'TERM',
                "$CricketTest::TOP/dev/elasticsearch", 'start',
                '--port', $node->{port}, '--data', $node->{dir},
                '--heap', $self->{heap}, '--cluster', $self->{name},
                '--name', $node->{name},
                '--transport-port', $node->{transport}, @founders, @settings
                or _exit(127);
        }

        $node->{pid} = $pid;
    }
}


sub kill {
    my ($self, @numbers) = @_;

    for my $node (map { $self->_node($_) } @numbers) {
        CORE::kill('KILL', $node->{pid});
    }

    for my $node (map { $self->_node($_) } @numbers) {
        waitpid delete $node->{pid}, 0;
    }
}


# As an administrator stops it.
sub quit {
    my ($self, $n) = @_;

    my $pid = delete $self->_node($n)->{pid};

    CORE::kill('TERM', $pid);

    wait_until(60, sub { waitpid($pid, WNOHANG) == $pid })
        or croak "node $n does not stop";
}


# A process of its own lets the node go on, whatever becomes of this one.
sub freeze {
    my ($self, $n, $seconds) = @_;

    my $node = $self->_node($n);

    $node->{frozen} = fork // die "fork: $!";

    if ($node->{frozen} == 0) {
        $SIG{$_} = 'IGNORE' for qw(INT TERM HUP);
        close STDOUT;
        close STDERR;
        CORE::kill('STOP', $node->{pid});
        sleep($seconds);
        CORE::kill('CONT', $node->{pid});
        _exit(0);
    }
}


sub thaw {
    my ($self) = @_;

    for my $node (grep { $_->{frozen} } @{ $self->{nodes} }) {
        waitpid delete $node->{frozen}, 0;
    }
}


sub ask {
    my ($self, $method, $path, $body) = @_;

    for my $node (@{ $self->{nodes} }) {
        next if !$node->{pid} || $node->{frozen};

        my $client = eval { client($node->{port}) } or next;

        $client->start($method, $path, $body,
                       'Content-Type' => 'application/json');
        my $reply = $client->finish(40);
        $client->close;
        next if !$reply;

        my $json = eval { decode_json($reply->{body}) };

        return ($reply->{status}, $json // $reply->{body});
    }

    return (0, '');
}


sub _health {
    my ($self, $path, $seconds) = @_;

    my $end = time + $seconds;

    while (1) {
        my ($status, $health) = $self->ask('GET', "/_cluster/health$path"
                                                  . '&timeout=1s');

        return 1 if $status == 200 && !$health->{timed_out};
        return 0 if time > $end;
        pause(0.2);
    }
}


sub up {
    my ($self, $seconds) = @_;

    return $self->_health('?wait_for_nodes=' . @{ $self->{nodes} }, $seconds);
}


sub active {
    my ($self, $index, $seconds) = @_;

    return $self->_health("/$index?wait_for_status=green", $seconds);
}


sub index {
    my ($self, $replicas) = @_;

    my $name = 'fault' . ++$indices;
    my $shards = CricketTest::partitioned();
    my @command = ("$CricketTest::TOP/objs/cricket", '--init',
                   '--url', join(' ', $self->urls),
                   '--index', CricketTest::pattern($name),
                   '--replicas', $replicas, $shards ? ('--shards', $shards) : ());

    open my $out, '-|', @command or croak "@command: $!";
    my $said = join '', <$out>;
    close $out or croak "@command failed: $said";

    # that there are fewer nodes than copies
    croak "@command: $said" if $said =~ /^hint:/m;

    CricketTest::alias($name, sub { $self->ask(@_) }) if $shards;

    $self->active($name, 60) or croak "$name: not all copies are active";

    return $name;
}


sub _number {
    my ($self, $name) = @_;

    my ($number) = ($name // '') =~ /^node(\d+)$/ or croak 'no such node';

    return $number;
}


sub primary {
    my ($self, $index) = @_;

    my ($status, $shards) = $self->ask('GET',
        "/_cat/shards/$index?h=prirep,node&format=json");

    croak "cannot tell the shards of $index: $status" if $status != 200;

    return $self->_number((map { $_->{node} }
                           grep { $_->{prirep} eq 'p' } @$shards)[0]);
}


sub master {
    my ($self) = @_;

    my ($status, $masters) = $self->ask('GET', '/_cat/master?format=json');

    croak "cannot tell the master: $status" if $status != 200;

    return $self->_number($masters->[0]{node});
}


# The last lines of the nodes' logs.
sub words {
    my ($self) = @_;

    return join '', map {
        my @lines = split /^/m, slurp("$_->{dir}/node.log");
        ("\n$_->{name}:\n", splice @lines, @lines > 5 ? -5 : 0);
    } @{ $self->{nodes} };
}


END {
    if ($$ == $main_pid) {
        my $status = $?;
        my @pids = grep { $_ } map { $_->{pid} }
                   map { @{ $_->{nodes} } } @clusters;

        CORE::kill('KILL', @pids) if @pids;
        waitpid $_, 0 for @pids;

        $? = $status;
    }
}


1;
