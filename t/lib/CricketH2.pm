# SPDX-License-Identifier: BSD-2-Clause

package CricketH2;

# A small HTTP/2 client, for what no program does on purpose.
#
#     my $h2 = h2(PORT);
#     my $stream = $h2->post(URI, BODY, HEADER => VALUE...);
#     $h2->status($stream, SECONDS), the status of the reply, or undef;
#     $h2->body($stream), once the reply is complete
#
# reset_stream(STREAM), sync (the server has read all that was sent), goaway
# (whether the server said so), closed, send(TYPE, FLAGS, STREAM, PAYLOAD),
# close, reset. h2_listen() are the parameters of listen, and
# h2_directive() the directive, that make the nginx at hand speak HTTP/2.

use strict;
use warnings;

use CricketTest;
use Exporter qw(import);
use Socket qw(SOL_SOCKET SO_LINGER);
use Time::HiRes qw(time);

our @EXPORT = qw(h2 h2_listen h2_directive);

use constant { DATA => 0, HEADERS => 1, RST_STREAM => 3, SETTINGS => 4,
               PING => 6, GOAWAY => 7, WINDOW_UPDATE => 8 };
use constant { END_STREAM => 1, ACK => 1, END_HEADERS => 4 };


sub h2 { return CricketH2->new(@_) }


sub _has_directive {
    my ($minor, $patch) = CricketTest::version() =~ m{nginx/1\.(\d+)\.(\d+)};

    return $minor > 25 || ($minor == 25 && $patch >= 1);
}


sub h2_listen { return _has_directive() ? '' : 'http2' }

sub h2_directive { return _has_directive() ? 'http2 on;' : '' }


sub new {
    my ($class, $port) = @_;

    my $socket = IO::Socket::INET->new("127.0.0.1:$port")
                 or die "no connection to port $port: $!";
    my $self = bless { socket => $socket, in => '', next => 1,
                       replies => {} }, $class;

    syswrite $socket, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    $self->send(SETTINGS, 0, 0, '');

    return $self;
}


sub send {
    my ($self, $type, $flags, $stream, $payload) = @_;

    syswrite $self->{socket},
             substr(pack('N', length $payload), 1)
             . pack('CCN', $type, $flags, $stream) . $payload;
}


# A literal field that the server need not remember, without Huffman codes.
sub _field {
    my ($name, $value) = @_;

    return pack 'C C/a* C/a*', 0, $name, $value;
}


sub post {
    my ($self, $uri, $body, @headers) = @_;

    my $stream = $self->{next};
    my $fields = '';

    $self->{next} += 2;
    unshift @headers, ':method' => 'POST', ':scheme' => 'http',
                      ':authority' => 'localhost', ':path' => $uri;

    while (my ($name, $value) = splice @headers, 0, 2) {
        $fields .= _field($name, $value);
    }

    $self->send(HEADERS, END_HEADERS, $stream, $fields);
    $self->send(DATA, END_STREAM, $stream, $body);

    return $stream;
}


sub reset_stream {
    my ($self, $stream) = @_;

    # CANCEL
    $self->send(RST_STREAM, 0, $stream, pack 'N', 8);
}


sub sync {
    my ($self) = @_;

    my $deadline = time + 5;

    $self->{pings}++;
    $self->send(PING, 0, 0, 'cricket!');

    while ($self->{pings} && $self->_frame($deadline)) { }

    return !$self->{pings};
}


sub status {
    my ($self, $stream, $seconds) = @_;

    my $deadline = time + ($seconds // 10);
    my $reply = $self->{replies}{$stream} //= { body => '' };

    while (!$reply->{end} && $self->_frame($deadline)) { }

    return $reply->{end} ? $reply->{status} : undef;
}


sub body { return $_[0]{replies}{$_[1]}{body} }


sub goaway {
    my ($self, $seconds) = @_;

    my $deadline = time + ($seconds // 5);

    while (!$self->{goaway} && $self->_frame($deadline)) { }

    return $self->{goaway};
}


# Whether the server closes.
sub closed {
    my ($self, $seconds) = @_;

    my $deadline = time + ($seconds // 5);

    while ($self->_frame($deadline)) { }

    return $self->{ended};
}


# Takes a frame; false if none comes until the deadline or the end.
sub _frame {
    my ($self, $deadline) = @_;

    my ($length, $type, $flags, $stream);

    while (1) {

        if (length $self->{in} >= 9) {
            ($length, $type, $flags, $stream) =
                map { hex } unpack 'H6 H2 H2 H8', $self->{in};
            last if length $self->{in} >= 9 + $length;
        }

        my $left = $deadline - time;
        return 0 if $left <= 0;
        IO::Select->new($self->{socket})->can_read($left) or return 0;

        if (!sysread $self->{socket}, $self->{in}, 65536, length $self->{in}) {
            $self->{ended} = 1;
            return 0;
        }
    }

    my $payload = substr substr($self->{in}, 0, 9 + $length, ''), 9;
    my $reply = $self->{replies}{$stream} //= { body => '' };

    if ($type == SETTINGS && !($flags & ACK)) {
        $self->send(SETTINGS, ACK, 0, '');

    } elsif ($type == PING && !($flags & ACK)) {
        $self->send(PING, ACK, 0, $payload);

    } elsif ($type == PING) {
        $self->{pings}--;

    } elsif ($type == GOAWAY) {
        $self->{goaway} = 1;

    } elsif ($type == HEADERS) {
        $reply->{status} = _status($payload);

    } elsif ($type == DATA) {
        $reply->{body} .= $payload;

    } elsif ($type == RST_STREAM) {
        $reply->{reset} = $reply->{end} = 1;
    }

    if (($type == HEADERS || $type == DATA) && $flags & END_STREAM) {
        $reply->{end} = 1;
    }

    return 1;
}


# nginx sends it first: as an entry of the static table, or three digits.
sub _status {
    my ($fields) = @_;

    my @static = (200, 204, 206, 304, 400, 404, 500);

    $fields =~ s/^[\x20-\x3f]+//;

    return $static[ord($1) - 0x88] if $fields =~ /^([\x88-\x8e])/;
    return $1 if $fields =~ /^[\x08\x48]\x03(\d{3})/;
    return undef;
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


1;
