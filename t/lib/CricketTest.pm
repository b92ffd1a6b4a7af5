# SPDX-License-Identifier: BSD-2-Clause

package CricketTest;

# For tests with concurrency and faults: nginx, raw clients, a scripted fake
# of Elasticsearch, and the real one.
#
#     use CricketTest;
#
#     my $fake = fake(sub {
#         my ($request, $c) = @_;          # method uri headers body n
#         $c->bulk($request);              # as if all were stored
#     });                                  # or fake(sub {...}, PORT)
#     my $nginx = nginx(q{
#         upstream es { server 127.0.0.1:%%ES%%; keepalive 4; }
#         server { listen 127.0.0.1:%%PORT%%; ... }
#     }, ES => $fake->port);               # the inside of http {}
#
# nginx(TEXT, NAME => VALUE...) fills in %%NAME%%; %%PORT%%, %%PORT2%%... are
# free ports, port() and port(2) tell them. _workers, _connections, _log, _main
# are settings.
# Methods: port, signal(NAME), reload, workers, log, wait(SECONDS), stop, and
# allow(REGEX) for lines in error.log that stop should forgive: stop is a test,
# failed by [alert], [crit], [emerg] and sanitizers. The end stops all.
#
# http(PORT, METHOD, URI, BODY, HEADER => VALUE...) is one request; client(PORT)
# a connection: start(METHOD, URI, BODY, HEADER => VALUE...), send(BYTES),
# finish(SECONDS) a reply with status, headers (names in lower case), body, or
# undef; closed(SECONDS), close, reset. Many can be started before the first
# is finished.
#
# A handler's $c: reply(STATUS, BODY, OPTION => VALUE...), with the options
# type; headers (text); chunked => N bytes a chunk; delay => seconds before each
# piece; cut => N (only as many bytes, then the end); close => 1. Or
# refuse(STATUS, OPTION...), an error in Elasticsearch's own words, raw(BYTES),
# sleep(SECONDS), close, reset, hang, and none of these for no answer at all,
# which closes. Each connection has a process of its own, so a variable
# of the handler is not shared; n counts requests over all of them, from 1.
# Methods: port, url, requests (those seen so far), stop.
#
# es(METHOD, PATH, BODY) asks the real one ($CRICKET_ES): status and decoded
# body. fresh_index() makes an index, count(INDEX) its datapoints. free_port().
# deaf(PORT) fills the queue of connections of one that is listened to, or of a
# new one: the kernel drops all others until the end, as if the host were off;
# returns the port.

use strict;
use warnings;

use Carp qw(croak);
use Errno qw(EINTR);
use Exporter qw(import);
use Fcntl qw(:flock);
use File::Basename qw(dirname);
use File::Path qw(make_path);
use File::Temp qw(tempdir);
use IO::Select;
use IO::Socket::INET;
use JSON::PP;
use POSIX qw(:sys_wait_h _exit);
use Socket qw(SOL_SOCKET SO_LINGER IPPROTO_TCP TCP_NODELAY);
use Storable qw(freeze thaw);
use Test::More;
use Time::HiRes qw(sleep time);

our @EXPORT = qw(nginx fake client http es es_url fresh_index count free_port
                 deaf wait_until slurp);

our $TOP = File::Spec->rel2abs(dirname(__FILE__) . '/../..');

my $main_pid = $$;
my $tmp = tempdir('cricket-test-XXXXXX', TMPDIR => 1, CLEANUP => 1);
my $count = 0;
my (@running, @lifelines, @indices, @held, %patterns, $version);

# Signals must run the END block, and a client that leaves must not end us.
$SIG{$_} = sub { exit 1 } for qw(INT TERM HUP);
$SIG{PIPE} = 'IGNORE';

chmod 0755, $tmp;


sub nginx { return CricketTest::Nginx->new(@_) }

sub fake { return CricketTest::Fake->new(@_) }

sub client { return CricketTest::Client->new(@_) }


sub http {
    my ($port, @request) = @_;

    my $c = client($port);
    $c->start(@request);
    my $reply = $c->finish(30);
    $c->close;

    return $reply;
}


# A new folder, gone at the end.
sub folder {
    my ($name) = @_;

    my $dir = "$tmp/$name" . ++$count;
    make_path($dir);

    return $dir;
}


sub binary {
    return $ENV{TEST_NGINX_BINARY}
           // (-x '/usr/sbin/nginx' ? '/usr/sbin/nginx' : 'nginx');
}


# What it says of itself; freenginx and Angie name themselves before nginx.
sub version {
    my $binary = binary();

    return $version //= `$binary -V 2>&1`;
}


# Below the range that the kernel gives to outgoing connections.
sub free_port {
    for (1 .. 1000) {
        my $port = 10000 + int rand 22000;
        my $s = IO::Socket::INET->new(LocalAddr => '127.0.0.1',
                                      LocalPort => $port, Listen => 1);
        return $port if $s;
    }

    croak "no free port";
}


sub deaf {
    my ($port) = @_;

    if (!$port) {
        my $listen = IO::Socket::INET->new(LocalAddr => '127.0.0.1',
                                           LocalPort => free_port(),
                                           Listen => 1) or croak "deaf: $!";
        push @held, $listen;
        $port = $listen->sockport;
    }

    for (1 .. 1000) {
        my $c = IO::Socket::INET->new(PeerAddr => '127.0.0.1',
                                      PeerPort => $port, Blocking => 0)
                or croak "deaf: $!";
        push @held, $c;

        # one that is not open yet never will be
        return $port if !IO::Select->new($c)->can_write(0.2);
    }

    croak "deaf: $port takes all connections";
}


sub wait_until {
    my ($seconds, $condition) = @_;

    my $end = time + $seconds;

    while (1) {
        my $value = $condition->();
        return $value if $value;
        return 0 if time > $end;
        sleep 0.02;
    }
}


sub slurp {
    my ($path) = @_;

    open my $fh, '<:raw', $path or return '';
    local $/;

    return scalar(<$fh>) // '';
}


sub es_url {
    return $ENV{CRICKET_ES} // croak "CRICKET_ES is not set: use make test";
}


sub es {
    my ($method, $path, $body) = @_;

    my ($port) = es_url() =~ /:(\d+)/;
    my $reply = http($port, $method, $path, $body,
                     'Content-Type' => 'application/json');

    croak "no reply of Elasticsearch to $method $path" if !$reply;

    my $json = eval { decode_json($reply->{body}) };

    return ($reply->{status}, $json // $reply->{body});
}


sub fresh_index {
    my $name = sprintf 'test-%d-%d-%d', time, $$, ++$count;

    my @command = ("$TOP/objs/cricket", '--init', '--url', es_url(),
                   '--index', pattern($name), '--replicas', 0,
                   partitioned() ? ('--shards', partitioned()) : ());
    open my $out, '-|', @command or croak "@command: $!";
    my $said = join '', <$out>;
    close $out or croak "@command failed: $said";

    push @indices, $name;

    alias($name) if partitioned();

    return $name;
}


# With CRICKET_TEST_PARTITIONS what is made as an index is one a year, of so
# many shards each, which all have the name as an alias.
sub partitioned { return $ENV{CRICKET_TEST_PARTITIONS} }

sub pattern {
    my ($name) = @_;

    return partitioned() ? "$name-%Y" : $name;
}


sub alias {
    my ($name, $es) = @_;

    $es //= \&es;
    $patterns{$name} = 1;

    my ($status, $reply) = $es->('GET', "/_index_template/cricket-$name~");
    croak "no template: $status" if $status != 200;

    my $template = $reply->{index_templates}[0]{index_template};

    $template->{template}{aliases}{$name} = {};
    $template->{template}{settings}{index}{refresh_interval} = '20ms';

    ($status) = $es->('PUT', "/_index_template/cricket-$name~",
                   encode_json($template));
    croak "template not changed: $status" if $status != 200;

    ($status) = $es->('POST', '/_aliases', encode_json({ actions => [
        { add => { index => "$name-*", alias => $name } } ] }));
    croak "no alias: $status" if $status != 200;
}


sub count {
    my ($index) = @_;

    es('POST', "/$index/_refresh");
    my ($status, $reply) = es('GET', "/$index/_count");

    croak "cannot count $index: $status" if $status != 200;

    return $reply->{count};
}


END {
    if ($$ == $main_pid) {
        my $status = $?;

        my @stopping = reverse grep { $_ } @running;
        $_->stop for @stopping;
        eval { gone($_) } for @indices;

        $? = $status;
    }
}


sub gone {
    my ($name) = @_;

    my ($status, $reply) = es('GET', "/$name/_alias");

    es('DELETE', "/$_") for $status == 200 ? keys %$reply : ();
}


# Forks; the child ends when its parent does, by the lifeline it returns.
sub _fork {
    pipe my $life, my $line or croak "pipe: $!";
    my $pid = fork() // croak "fork: $!";

    if ($pid == 0) {
        close $line;
        close $_ for @lifelines;
        return (0, $life);
    }

    push @lifelines, $line;

    return ($pid, $line);
}


# Takes a chunked body off what $from has read, and reads more as needed.
sub _dechunk {
    my ($from, @deadline) = @_;

    my $body = '';

    while (1) {
        my ($line, $size);

        until (($line, $size) = $from->{in} =~ /^(([0-9a-fA-F]+)[^\n]*\r\n)/) {
            return undef if !$from->_more(@deadline);
        }

        my ($start, $length) = (length $line, hex $size);

        while (length $from->{in} < $start + $length + 2) {
            return undef if !$from->_more(@deadline);
        }

        $body .= substr $from->{in}, $start, $length;
        substr $from->{in}, 0, $start + $length + 2, '';

        return $body if $length == 0;
    }
}


package CricketTest::Nginx;

use Test::More;
use Time::HiRes qw(sleep);


sub new {
    my ($class, $http, %vars) = @_;

    my $dir = CricketTest::folder('nginx');
    my $self = bless { dir => $dir, ports => {}, allowed => [] }, $class;

    mkdir "$dir/logs";

    $http =~ s{%%(\w+)%%}{
        my $name = $1;
        $name =~ /^PORT(\d*)$/
            ? ($self->{ports}{$1 || 1} //= CricketTest::free_port())
            : $vars{$name} // Carp::croak("no value for %%$name%%")
    }ge;

    $http =~ s{(cricket_index\s+)([^\s;]+);}{
        $1 . ($patterns{$2} ? CricketTest::pattern($2) : $2) . ';'
    }ge;

    my $modules = join '', map { "load_module $_;\n" }
                  split ' ', $ENV{TEST_NGINX_LOAD_MODULES} // '';
    my $user = $> == 0 ? 'user root;' : '';
    my $workers = $vars{_workers} // 1;
    my $log = $vars{_log} // 'info';
    my $main = $vars{_main} // '';
    my $connections = $vars{_connections} // 4096;
    my $paths = join "\n", map { "${_}_temp_path $dir/$_;" }
                qw(client_body proxy fastcgi uwsgi scgi);

    open my $conf, '>', "$dir/nginx.conf" or die "$dir/nginx.conf: $!";
    print $conf <<"END";
$modules
daemon off;
pid $dir/nginx.pid;
error_log $dir/error.log $log;
worker_processes $workers;
$user
$main

events {
    worker_connections $connections;
}

http {
    access_log $dir/access.log;
    $paths

$http
}
END
    close $conf;

    $self->{pid} = fork() // die "fork: $!";

    if ($self->{pid} == 0) {
        open STDOUT, '>', "$dir/stdout";
        open STDERR, '>', "$dir/stderr";
        $SIG{PIPE} = 'DEFAULT';
        exec 'setpriv', '--pdeathsig', 'TERM',
            CricketTest::binary(), '-p', $dir,
            '-e', "$dir/error.log", '-c', "$dir/nginx.conf"
            or POSIX::_exit(127);
    }

    push @running, $self;

    my $up = CricketTest::wait_until(20, sub {
        $self->gone || ($self->workers == $workers
            && !grep { !IO::Socket::INET->new("127.0.0.1:$_") }
                     values %{ $self->{ports} });
    });

    if (!$up || $self->{gone}) {
        $self->{failed} = 1;
        Carp::croak("nginx did not start: " . $self->log . $self->errors);
    }

    return $self;
}


sub port {
    my ($self, $n) = @_;

    return $self->{ports}{$n // 1};
}


sub dir { return $_[0]{dir} }

sub pid { return $_[0]{pid} }


sub log {
    my ($self) = @_;

    return CricketTest::slurp("$self->{dir}/error.log");
}


sub errors {
    my ($self) = @_;

    return CricketTest::slurp("$self->{dir}/stderr");
}


sub allow {
    my ($self, $regex) = @_;

    push @{ $self->{allowed} }, $regex;
}


sub workers {
    my ($self) = @_;

    my $pids = CricketTest::slurp(
        "/proc/$self->{pid}/task/$self->{pid}/children");

    # a child of nginx still may be on its way to being a worker, one under
    # valgrind has no title, and Angie's have a number and a generation
    return grep { CricketTest::slurp("/proc/$_/cmdline")
                  =~ /worker\ process(\ \#\d+)?(\0|$)|valgrind/x }
           split ' ', $pids;
}


sub signal {
    my ($self, $name) = @_;

    return kill $name, $self->{pid};
}


# Returns when new workers serve; the old ones may still be finishing.
sub reload {
    my ($self) = @_;

    my %old = map { $_ => 1 } $self->workers;
    $self->signal('HUP');

    return CricketTest::wait_until(20, sub {
        grep { !$old{$_} } $self->workers;
    });
}


# Whether the master has ended.
sub gone {
    my ($self) = @_;

    if (!$self->{gone}
        && waitpid($self->{pid}, POSIX::WNOHANG()) == $self->{pid})
    {
        $self->{gone} = 1;
        $self->{status} = $?;
    }

    return $self->{gone};
}


sub wait {
    my ($self, $seconds) = @_;

    return CricketTest::wait_until($seconds // 20, sub { $self->gone });
}


sub stop {
    my ($self) = @_;

    return if $self->{stopped}++;
    @running = grep { $_ != $self } @running;

    $self->signal('TERM') if !$self->gone;

    my $ended = $self->wait(20);

    if (!$ended) {
        kill 'KILL', $self->workers, $self->{pid};
        $self->wait(20);
    }

    return if $self->{failed};

    my @bad = $ended ? () : ("nginx did not stop\n");

    LINE:
    for my $line (split /^/m, $self->log . $self->errors) {
        next if $line !~ /\[(?:alert|crit|emerg)\]|Sanitizer|runtime error:/;

        for my $regex (@{ $self->{allowed} }) {
            next LINE if $line =~ $regex;
        }

        push @bad, $line;
    }

    is(join('', @bad), '', 'nothing bad in error.log');
}


package CricketTest::Client;

use Socket qw(SOL_SOCKET SO_LINGER);
use Time::HiRes qw(time);


sub new {
    my ($class, $port) = @_;

    my $socket = IO::Socket::INET->new("127.0.0.1:$port")
                 or Carp::croak("no connection to port $port: $!");
    $socket->sockopt(Socket::TCP_NODELAY(), 1);

    return bless { socket => $socket, in => '' }, $class;
}


sub send {
    my ($self, $bytes) = @_;

    my $sent = 0;

    # A server that answers early may close: what could be sent is told.
    while ($sent < length $bytes) {
        my $n = syswrite $self->{socket}, $bytes, 65536, $sent;
        next if !defined $n && $! == Errno::EINTR();
        last if !defined $n;
        $sent += $n;
    }

    return $sent;
}


sub start {
    my ($self, $method, $uri, $body, @headers) = @_;

    my $text = "$method $uri HTTP/1.1\r\nHost: localhost\r\n";

    while (my ($name, $value) = splice @headers, 0, 2) {
        $text .= "$name: $value\r\n";
    }

    $self->{head} = $method eq 'HEAD';

    if (defined $body) {
        utf8::encode($body) if utf8::is_utf8($body);
        $text .= 'Content-Length: ' . length($body) . "\r\n\r\n$body";
    } else {
        $text .= "\r\n";
    }

    return $self->send($text);
}


# Reads more, until the deadline; false at its end and at the server's.
sub _more {
    my ($self, $deadline) = @_;

    while (1) {
        my $left = $deadline - time;
        return 0 if $left <= 0;
        next if !IO::Select->new($self->{socket})->can_read($left);

        my $n = sysread $self->{socket}, $self->{in}, 65536,
                        length $self->{in};
        next if !defined $n && $! == Errno::EINTR();

        $self->{ended} = 1 if !$n;
        return $n;
    }
}


sub finish {
    my ($self, $seconds) = @_;

    my $deadline = time + ($seconds // 10);

    while ($self->{in} !~ /\r\n\r\n/) {
        return undef if !$self->_more($deadline);
    }

    $self->{in} =~ s/^(.*?\r\n)\r\n//s;
    my ($line, @lines) = split /\r\n/, $1;
    my ($status) = $line =~ m{^HTTP/1\.[01] (\d{3})} or return undef;
    my %headers;

    for (@lines) {
        my ($name, $value) = /^([^:]+):\s*(.*)$/ or next;
        $name = lc $name;
        $headers{$name} = exists $headers{$name} ? "$headers{$name}, $value"
                                                 : $value;
    }

    return $self->finish($deadline - time) if $status == 100;

    my $reply = { status => $status, headers => \%headers, head => $line,
                  body => '' };

    if ($self->{head} || $status == 204 || $status == 304) {
        return $reply;
    }

    if (($headers{'transfer-encoding'} // '') =~ /chunked/i) {
        $reply->{body} = CricketTest::_dechunk($self, $deadline);

        return defined $reply->{body} ? $reply : undef;
    }

    my $length = $headers{'content-length'};

    while (!defined $length || length $self->{in} < $length) {
        next if $self->_more($deadline);
        last if !defined $length && $self->{ended};
        return undef;
    }

    $reply->{body} = substr $self->{in}, 0, $length // length $self->{in}, '';

    return $reply;
}


# Whether the server closes within so many seconds, without a further byte.
sub closed {
    my ($self, $seconds) = @_;

    return 1 if $self->{ended} && $self->{in} eq '';

    return !$self->_more(time + ($seconds // 5)) && $self->{ended};
}


sub close {
    my ($self) = @_;

    CORE::close($self->{socket});
}


sub reset {
    my ($self) = @_;

    setsockopt $self->{socket}, SOL_SOCKET, SO_LINGER, pack('ii', 1, 0);
    CORE::close($self->{socket});
}


package CricketTest::Fake;

use Fcntl qw(:flock);


sub new {
    my ($class, $handler, $port, %option) = @_;

    my $dir = CricketTest::folder('fake');

    my $listen = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 1024,
                                       LocalPort => $port
                                                    // CricketTest::free_port(),
                                       ReuseAddr => 1)
                 or Carp::croak("fake: $!");

    my $self = bless { dir => $dir, port => $listen->sockport,
                       handler => $handler, %option }, $class;

    ($self->{pid}, my $life) = CricketTest::_fork();

    if ($self->{pid} == 0) {
        eval { $self->_serve($listen, $life) };
        warn $@ if $@;
        POSIX::_exit(1);
    }

    close $listen;
    push @running, $self;

    return $self;
}


sub port { return $_[0]{port} }

sub url { return "http://127.0.0.1:$_[0]{port}" }


sub stop {
    my ($self) = @_;

    return if $self->{stopped}++;
    @running = grep { $_ != $self } @running;

    kill 'KILL', -$self->{pid};
    kill 'KILL', $self->{pid};
    waitpid $self->{pid}, 0;

    # those of its connections are not ours to wait for
    CricketTest::wait_until(2, sub { !kill 0, -$self->{pid} });
}


sub requests {
    my ($self) = @_;

    my $data = CricketTest::slurp("$self->{dir}/requests");

    return map { Storable::thaw($_) } unpack '(N/a*)*', $data;
}


sub _serve {
    my ($self, $listen, $life) = @_;

    setpgrp 0, 0;
    $SIG{CHLD} = 'IGNORE';
    $SIG{$_} = 'DEFAULT' for qw(INT TERM HUP);

    my $select = IO::Select->new($listen, $life);

    while (1) {
        for my $ready ($select->can_read) {
            # the parent has ended
            kill 'KILL', -$$ if $ready == $life;

            my $socket = $listen->accept or next;
            my $pid = fork // die "fork: $!";

            if ($pid == 0) {
                close $listen;
                eval { $self->_connection($socket) };
                warn "fake: $@" if $@;
                POSIX::_exit(0);
            }

            close $socket;
        }
    }
}


sub _connection {
    my ($self, $socket) = @_;

    my $c = bless { socket => $socket, in => '' }, 'CricketTest::Fake::Reply';

    while (my $request = $c->_read) {

        # whether the index is there, and when it is refreshed, is asked once,
        # and of interest to few
        if ($request->{uri} =~ m{\?flat_settings=true&|/_settings/index\.refresh}
            && !$self->{probes})
        {
            $c->reply(200, '{}');
            next;
        }

        # CricketWrites::warm()
        if ($request->{body} =~ /"name":"warm-up"/) {
            $c->bulk($request);
            next;
        }

        $self->_record($request);
        $c->{answered} = 0;
        $self->{handler}->($request, $c);
        last if !$c->{answered} || $c->{closed};
    }

    $c->close;
}


sub _record {
    my ($self, $request) = @_;

    open my $fh, '+>>', "$self->{dir}/requests" or die "requests: $!";
    open my $n, '+>>', "$self->{dir}/n" or die "n: $!";
    flock $n, LOCK_EX;
    syswrite $n, '.';
    $request->{n} = -s $n;
    syswrite $fh, pack 'N/a*', Storable::freeze($request);
    close $n;
}


package CricketTest::Fake::Reply;

use Socket qw(SOL_SOCKET SO_LINGER);


sub _more {
    my ($self) = @_;

    return sysread $self->{socket}, $self->{in}, 65536, length $self->{in};
}


sub _read {
    my ($self) = @_;

    while ($self->{in} !~ /\r\n\r\n/) {
        return undef if !$self->_more;
    }

    $self->{in} =~ s/^(.*?\r\n)\r\n//s;
    my ($line, @lines) = split /\r\n/, $1;
    my ($method, $uri) = $line =~ m{^(\S+) (\S+) HTTP/1\.[01]$}
                         or return undef;
    my %headers = map { /^([^:]+):\s*(.*)$/ ? (lc $1, $2) : () } @lines;
    my $body = '';

    if (($headers{'transfer-encoding'} // '') =~ /chunked/i) {
        $body = CricketTest::_dechunk($self) // return undef;

    } else {
        my $length = $headers{'content-length'} // 0;

        while (length $self->{in} < $length) {
            return undef if !$self->_more;
        }

        $body = substr $self->{in}, 0, $length, '';
    }

    return { method => $method, uri => $uri, headers => \%headers,
             body => $body };
}


sub raw {
    my ($self, $bytes) = @_;

    $self->{answered} = 1;
    my $sent = 0;

    while ($sent < length $bytes) {
        my $n = syswrite $self->{socket}, $bytes, length($bytes) - $sent, $sent
                or return 0;
        $sent += $n;
    }

    return 1;
}


sub reply {
    my ($self, $status, $body, %option) = @_;

    my $type = $option{type} // 'application/json; charset=UTF-8';
    my $head = "HTTP/1.1 $status Fake\r\nContent-Type: $type\r\n"
               . ($option{headers} // '');
    my @pieces;

    $head .= "Connection: close\r\n" if $option{close};

    if ($option{chunked}) {
        $head .= "Transfer-Encoding: chunked\r\n\r\n";
        push @pieces, map { sprintf "%x\r\n%s\r\n", length $_, $_ }
                      unpack "(a$option{chunked})*", $body;
        push @pieces, "0\r\n\r\n";

    } else {
        $head .= 'Content-Length: ' . length($body) . "\r\n\r\n";
        push @pieces, $body;
    }

    unshift @pieces, $head;

    if (defined $option{cut}) {
        @pieces = (substr join('', @pieces), 0, $option{cut});
    }

    for my $piece (@pieces) {
        Time::HiRes::sleep($option{delay}) if $option{delay};
        $self->raw($piece) or last;
    }

    $self->{answered} = 1;
    $self->close if $option{close} || defined $option{cut};
}


# As Elasticsearch itself says an error of the whole; a proxy would not.
sub refuse {
    my ($self, $status, %option) = @_;

    my $type = $option{type} // 'es_rejected_execution_exception';
    my $error = qq({"type":"$type","reason":"for some reason"});

    $self->reply($status, qq({"error":{"root_cause":[$error],)
                          . substr($error, 1) . qq(,"status":$status}));
}


# Every item of the bulk request is stored.
sub bulk {
    my ($self, $request, %option) = @_;

    my $items = () = $request->{body} =~ /^\{"(?:index|create)":/mg;
    my $item = '{"create":{"_id":"x","status":201}}';

    $self->reply(200, '{"took":1,"errors":false,"items":['
                      . join(',', ($item) x $items) . ']}', %option);
}


sub sleep {
    my ($self, $seconds) = @_;

    Time::HiRes::sleep($seconds);
}


# Never answers; ends when the other side does.
sub hang {
    my ($self) = @_;

    1 while $self->_more;
    $self->close;
}


sub close {
    my ($self) = @_;

    $self->{closed} = 1;
    CORE::close($self->{socket});
}


sub reset {
    my ($self) = @_;

    setsockopt $self->{socket}, SOL_SOCKET, SO_LINGER, pack('ii', 1, 0);
    $self->close;
}


1;
