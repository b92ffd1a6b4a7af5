# SPDX-License-Identifier: BSD-2-Clause

package CricketFront;

# TLS before Elasticsearch: an nginx of this test's own, with a certificate for
# es.test by an authority of this test's own.
#
#     my $front = front(PORT OF ELASTICSEARCH, NAME => VALUE...);
#
# Settings: set, directives of its server; tls, more of them, for TLS;
# protocols, TLSv1.2 TLSv1.3 if not set; plain, without TLS. It keeps its port
# for good. Methods: port, plain; scheme, and server, which goes inside
# upstream {}; trust, the directives that make Cricket verify it; renew makes a
# new certificate by the same authority and returns whether it is served after
# a reload, which is all there is to do without TLS; kill(SECONDS), workers too,
# after such a time without motion; start; stop. seen are the requests that it
# answered: worker, connection, protocol, reused ("r" for a session resumed),
# method.

use strict;
use warnings;

use CricketTest;
use Carp qw(croak);
use Exporter qw(import);
use Time::HiRes qw(sleep);

our @EXPORT = qw(front);

my @key = qw(-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes);
my $authority;


sub front { return CricketFront->new(@_) }


# What a command of openssl says.
sub _openssl {
    my ($dir, @command) = @_;

    my $script = 'cd "$0" && exec openssl "$@" 2>>log </dev/null';

    open my $out, '-|', 'sh', '-c', $script, $dir, @command
        or croak "openssl: $!";
    my $said = join '', <$out>;
    close $out or croak "openssl @command: " . slurp("$dir/log");

    return $said;
}


sub _authority {
    return $authority if $authority;

    $authority = CricketTest::folder('authority');

    _openssl($authority, qw(req -x509 -days 2 -subj /CN=ca -keyout ca.key
                            -out ca.pem), @key);

    open my $fh, '>', "$authority/ext" or croak "ext: $!";
    print $fh "subjectAltName=DNS:es.test\n";
    close $fh;

    return $authority;
}


sub new {
    my ($class, $target, %option) = @_;

    my $self = bless { target => $target, port => free_port(),
                       plain => $option{plain}, set => $option{set} // '',
                       tls => $option{tls} // '',
                       protocols => $option{protocols} // 'TLSv1.2 TLSv1.3',
                       dir => CricketTest::folder('front') }, $class;

    $self->_certify if !$self->{plain};
    $self->start;

    return $self;
}


sub port { return $_[0]{port} }

sub plain { return $_[0]{plain} }

sub scheme { return $_[0]{plain} ? 'http' : 'https' }

sub server { return "server 127.0.0.1:$_[0]{port} max_fails=0;" }


sub trust {
    my ($self) = @_;

    return '' if $self->{plain};

    return 'cricket_ssl_verify on; cricket_ssl_name es.test;'
           . 'cricket_ssl_trusted_certificate ' . _authority() . '/ca.pem;';
}


# A new key as well.
sub _certify {
    my ($self) = @_;

    my $ca = _authority();

    _openssl($self->{dir}, qw(req -subj /CN=es.test -keyout es.key
                              -out es.csr), @key);
    _openssl($self->{dir}, qw(x509 -req -in es.csr -days 2 -out es.pem
                              -CAcreateserial -CAserial), "$ca/ca.srl",
             '-CA', "$ca/ca.pem", '-CAkey', "$ca/ca.key",
             '-extfile', "$ca/ext");

    $self->{serial} = _openssl($self->{dir}, qw(x509 -noout -serial
                                                -in es.pem));
}


# The serial number of the certificate that is served.
sub _served {
    my ($self) = @_;

    my $said = eval {
        _openssl($self->{dir}, 's_client', '-connect',
                 "127.0.0.1:$self->{port}");
    } // '';

    my ($pem) = $said =~ /(-----BEGIN CERTIFICATE-----.*?-----END[^\n]*\n)/s
                or return '';

    open my $fh, '>', "$self->{dir}/served.pem" or croak "served.pem: $!";
    print $fh $pem;
    close $fh;

    return _openssl($self->{dir}, qw(x509 -noout -serial -in served.pem));
}


sub start {
    my ($self) = @_;

    my $ssl = $self->{plain} ? '' : 'ssl';
    my $tls = $self->{plain} ? ''
        : "ssl_certificate $self->{dir}/es.pem;
           ssl_certificate_key $self->{dir}/es.key;
           ssl_protocols $self->{protocols};
           $self->{tls}";

    $self->{nginx} = nginx(qq{
        log_format seen '\$pid \$pid-\$connection \$ssl_protocol '
                        '\$ssl_session_reused \$request_method';
        access_log $self->{dir}/seen.log seen;

        client_max_body_size 0;
        client_body_buffer_size 1m;

        upstream es {
            server 127.0.0.1:$self->{target};
            keepalive 16;
            keepalive_requests 1000000;
        }

        server {
            listen 127.0.0.1:$self->{port} $ssl;
            $tls
            $self->{set}

            location / {
                proxy_pass http://es;
                proxy_http_version 1.1;
                proxy_set_header Connection "";
            }
        }
    });
}


sub renew {
    my ($self) = @_;

    $self->_certify if !$self->{plain};
    $self->{nginx}->reload or return 0;

    return 1 if $self->{plain};

    return wait_until(5, sub { $self->_served eq $self->{serial} });
}


# The master first, or it would say that they are dead and make others.
sub kill {
    my ($self, $seconds) = @_;

    my $nginx = delete $self->{nginx};

    if ($seconds) {
        CORE::kill('STOP', $nginx->workers);
        sleep $seconds;
    }

    CORE::kill('KILL', $nginx->pid, $nginx->workers);
    $nginx->wait;
    $nginx->stop;
}


sub stop { (delete $_[0]{nginx})->stop }


sub seen {
    my ($self) = @_;

    return map {
        my %request;
        @request{qw(worker connection protocol reused method)} = split;
        \%request;
    } split /\n/, slurp("$self->{dir}/seen.log");
}


1;
