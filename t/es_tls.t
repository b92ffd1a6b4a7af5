# SPDX-License-Identifier: BSD-2-Clause

# Elasticsearch behind TLS: verification, names, and headers that are set.

use strict;
use warnings;

use lib 't/lib';

use CricketTest;
use JSON::PP;
use Test::More;

my $dir = CricketTest::folder('tls');


sub openssl {
    my ($command) = @_;

    system("cd $dir && openssl $command >>log 2>&1") == 0
        or die "openssl $command: " . slurp("$dir/log");
}


# Two authorities, and a certificate for es.test by the first.
for my $ca ('ca', 'stranger') {
    openssl("req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=$ca"
            . " -keyout $ca.key -out $ca.pem");
}

open my $fh, '>', "$dir/ext" or die "ext: $!";
print $fh "subjectAltName=DNS:es.test\n";
close $fh;

openssl('req -newkey rsa:2048 -nodes -subj /CN=es.test -keyout es.key'
        . ' -out es.csr');
openssl('x509 -req -in es.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2'
        . ' -extfile ext -out es.pem');
openssl('req -newkey rsa:2048 -nodes -subj /CN=cricket -keyout client.key'
        . ' -out client.csr');
openssl('x509 -req -in client.csr -CA ca.pem -CAkey ca.key -CAcreateserial'
        . ' -days 2 -out client.pem');
openssl('rsa -in client.key -aes128 -passout pass:sesame -out locked.key');

open $fh, '>', "$dir/password" or die "password: $!";
print $fh "sesame\n";
close $fh;

# An nginx with TLS before the real one: it tells what it was sent in its log.
my $index = fresh_index();

my $front = nginx(q{
    log_format seen '$ssl_protocol $ssl_server_name $ssl_client_verify '
                    '$http_host $http_authorization $http_x_b '
                    '$ssl_session_reused';
    access_log %%DIR%%/seen.log seen;
    upstream es { server %%ES%%; keepalive 4; }

    ssl_certificate %%DIR%%/es.pem;
    ssl_certificate_key %%DIR%%/es.key;

    server {
        listen 127.0.0.1:%%PORT%% ssl;
        location / {
            proxy_pass http://es;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
        }
    }

    server {
        listen 127.0.0.1:%%PORT2%% ssl;
        ssl_client_certificate %%DIR%%/ca.pem;
        ssl_verify_client on;
        location / { proxy_pass http://es; }
    }

    server { listen 127.0.0.1:%%PORT3%%; return 200; }

    server {
        listen 127.0.0.1:%%PORT4%% ssl;
        ssl_protocols TLSv1.2;
        location / { proxy_pass http://es; }
    }
}, DIR => $dir, ES => es_url() =~ s{^http://}{}r);

# What each location sets, besides its backend.
my %set = (
    plain => 'cricket_ssl_verify off;',
    default => '',
    system => 'cricket_ssl_name es.test;',
    trusted => 'cricket_ssl_name es.test;'
               . "cricket_ssl_trusted_certificate $dir/ca.pem;",
    sni => 'cricket_ssl_verify off; cricket_ssl_name es.test;',
    nosni => 'cricket_ssl_server_name off; cricket_ssl_name es.test;',
    stranger => 'cricket_ssl_name es.test;'
                . "cricket_ssl_trusted_certificate $dir/stranger.pem;",
    othername => 'cricket_ssl_name other.test;'
                 . "cricket_ssl_trusted_certificate $dir/ca.pem;",
    itsname => "cricket_ssl_trusted_certificate $dir/ca.pem;",
    headers => 'cricket_ssl_verify off;'
               . 'cricket_set_header Authorization "Basic eDp5";'
               . 'cricket_set_header Host es.test;'
               . 'cricket_set_header X-B "b c";',
);

my $locations = join '', map {
    "location = /$_/metrics { cricket metrics; $set{$_} }
     location = /$_/ready { cricket ready; $set{$_} }"
} sort keys %set;

# The certificates that the system trusts, for OpenSSL.
$ENV{SSL_CERT_FILE} = "$dir/ca.pem";

my $nginx = nginx(qq{
    cricket_index $index;
    cricket_timeout 3s;

    # nginx keeps sessions by address: those of one location serve the others
    cricket_ssl_session_reuse off;

    server {
        listen 127.0.0.1:%%PORT%%;
        cricket_pass https://127.0.0.1:%%TLS%%;
        $locations
    }

    server {
        listen 127.0.0.1:%%PORT2%%;
        cricket_pass https://127.0.0.1:%%CLIENT%%;
        cricket_ssl_verify off;
        location = /without/metrics { cricket metrics; }
        location = /with/metrics {
            cricket metrics;
            cricket_ssl_certificate $dir/client.pem;
            cricket_ssl_certificate_key $dir/client.key;
        }
        location = /locked/metrics {
            cricket metrics;
            cricket_ssl_certificate $dir/client.pem;
            cricket_ssl_certificate_key $dir/locked.key;
            cricket_ssl_password_file $dir/password;
        }
    }

    server {
        listen 127.0.0.1:%%PORT3%%;
        cricket_ssl_verify off;
        location = /notls/metrics {
            cricket metrics;
            cricket_pass https://127.0.0.1:%%NOTLS%%;
        }
        location = /newer/metrics {
            cricket metrics;
            cricket_pass https://127.0.0.1:%%OLD%%;
            cricket_ssl_protocols TLSv1.3;
        }
        location = /command/metrics {
            cricket metrics;
            cricket_pass https://127.0.0.1:%%OLD%%;
            cricket_ssl_conf_command MinProtocol TLSv1.3;
        }
        location = /old/metrics {
            cricket metrics;
            cricket_pass https://127.0.0.1:%%OLD%%;
            cricket_ssl_session_reuse on;
        }
    }
}, TLS => $front->port, CLIENT => $front->port(2), NOTLS => $front->port(3),
   OLD => $front->port(4));

# An alert of TLS is an error of the peer's: nginx calls some of them critical.
$_->allow(qr/SSL_do_handshake\(\) failed|SSL_read\(\) failed/)
    for $nginx, $front;


sub seen { return (split /\n/, slurp("$dir/seen.log"))[-1] // '' }

my $n = 0;


sub stored {
    my ($name, $port) = @_;

    my $reply = http($nginx->port($port), 'POST', "/$name/metrics",
                     '{"name":"n","type":"t","value":1,'
                     . '"timestamp":"2016-12-31T22:49:50Z"}');
    is($reply->{body}, "{\"stored\":1}\n", "$name: stored");
    is(count($index), ++$n, "$name: in the index");
    is(http($nginx->port($port), 'GET', "/$name/metrics?limit=1")->{status}, 200,
       "$name: read");
}


sub refused {
    my ($name, $port, $message) = @_;

    my $reply = http($nginx->port($port), 'POST', "/$name/metrics",
                     '{"name":"n","type":"t","value":1,'
                     . '"timestamp":"2016-12-31T22:49:50Z"}');
    is($reply->{status}, 503, "$name: 503 to a POST");
    ok($reply->{headers}{'retry-after'}, "$name: Retry-After");
    is(http($nginx->port($port), 'GET', "/$name/metrics")->{status}, 503,
       "$name: 503 to a GET");
    is(count($index), $n, "$name: nothing is stored");
    like($nginx->log, $message, "$name: the error log says why");
}


for my $name (qw(plain trusted system sni nosni headers)) {
    stored($name, 1);
    is(http($nginx->port, 'GET', "/$name/ready")->{status}, 200,
       "$name: ready");
    like(seen(), qr/^TLSv1\.[23] /, "$name: by TLS");
}

http($nginx->port, 'GET', '/plain/ready');
ok(wait_until(5, sub { seen() =~ /^\S+ - NONE 127\.0\.0\.1:\d+ - - / }),
   'no name, no header but Host') or diag(seen());

http($nginx->port, 'GET', '/sni/ready');
ok(wait_until(5, sub { seen() =~ /^\S+ es\.test NONE / }), 'a name is sent')
    or diag(seen());

http($nginx->port, 'GET', '/trusted/ready');
ok(wait_until(5, sub { seen() =~ /^\S+ es\.test NONE / }), 'by default, too')
    or diag(seen());

http($nginx->port, 'GET', '/nosni/ready');
ok(wait_until(5, sub { seen() =~ /^\S+ - NONE / }), 'and not if it is off')
    or diag(seen());

http($nginx->port, 'GET', '/headers/ready', undef, Authorization => 'Basic eg==');
ok(wait_until(5, sub { seen() =~ /^\S+ - NONE es\.test Basic eDp5 b c / }),
   'headers that are set') or diag(seen());

refused('default', 1, qr/certificate does not match "127\.0\.0\.1/);
refused('stranger', 1, qr/certificate verify error/);
refused('othername', 1, qr/certificate does not match "other\.test"/);
refused('itsname', 1, qr/certificate does not match "127\.0\.0\.1/);

stored('with', 2);
stored('locked', 2);
refused('without', 2, qr/elasticsearch answered.*status 400/);

refused('notls', 3, qr/SSL_do_handshake\(\) failed/);
refused('newer', 3, qr/SSL_do_handshake\(\) failed/);
refused('command', 3, qr/SSL_do_handshake\(\) failed/);
stored('old', 3);
ok(wait_until(5, sub { seen() =~ /^TLSv1\.2 .* r$/ }), 'old: a session again')
    or diag(seen());

# A reply that is refused for the certificate's sake is told by /ready, too.
my $reply = http($nginx->port, 'GET', '/stranger/ready');
is($reply->{status}, 503, 'ready: 503');
ok(!decode_json($reply->{body})->{checks}[0]{ok}, 'ready: Elasticsearch');


# The program verifies, too: by the host of the URL, or another name.
sub init {
    my (@args) = @_;

    my $command = join ' ', "$CricketTest::TOP/objs/cricket", '--init',
                  '--index', $index, '--replicas', 0, @args, '2>&1';
    my $said = qx{$command};

    return ($? >> 8, $said);
}

my $url = 'https://127.0.0.1:' . $front->port;
my $dead = 'https://127.0.0.1:' . CricketTest::free_port();

my ($rc, $said) = init('--url', $url, '--cacert', "$dir/ca.pem");
is($rc, 2, 'init, an address: the exit code');
like($said, qr/^cricket: \Q$url\E has a cert.* of another name: .* --cert-name$/m,
     'init, an address: the message');

($rc, $said) = init('--url', "'$dead $url/'", '--cacert', "$dir/ca.pem",
                    '--cert-name', 'es.test');
is($rc, 0, 'init, the name') or diag($said);
like($said, qr/no answer from \Q$dead\E: /, 'init, a node is told by its URL');
ok(wait_until(5, sub {
    seen() =~ /^\S+ es\.test NONE es\.test:@{[$front->port]} /
}), 'init, the name is sent') or diag(seen());

for my $args (["$dir/ca.pem", 'other.test', qr/of another name: .*--cert-name/],
              ["$dir/stranger.pem", 'es.test', qr/not by those in --cacert/])
{
    ($rc, $said) = init('--url', $url, '--cacert', $args->[0], '--cert-name',
                        $args->[1]);
    is($rc, 2, "init, @$args: the exit code");
    like($said, qr/has a certificate .*$args->[2]/,
         "init, @$args: the message");
}

$nginx->stop;
$front->stop;

done_testing();
