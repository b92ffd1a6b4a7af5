# SPDX-License-Identifier: BSD-2-Clause

# What is wrong between Cricket and Elasticsearch, and what to do: /ready, the
# 503 of a POST and of a GET, and one line in the error log say it.

use strict;
use warnings;

use lib 't/lib';

use CricketTest;
use CricketWrites;
use IO::Select;
use IO::Socket::INET;
use JSON::PP;
use POSIX ();
use Socket qw(SOL_SOCKET SO_LINGER);
use Test::More;
use Time::HiRes qw(sleep time);

my $dir = CricketTest::folder('trouble');


sub openssl {
    my ($command) = @_;

    system("cd $dir && openssl $command >>log 2>&1") == 0
        or die "openssl $command: " . slurp("$dir/log");
}


# An OpenSSL server, which is stricter than nginx: its port.
sub s_server {
    my (@args) = @_;

    my $port = free_port();
    my ($pid, $life) = CricketTest::_fork();

    if ($pid == 0) {
        open STDOUT, '>>', "$dir/log";
        open STDERR, '>>', "$dir/log";
        open STDIN, '<', '/dev/null';
        chdir $dir;
        exec qw(setpriv --pdeathsig TERM openssl s_server -www -accept),
            "127.0.0.1:$port", qw(-cert es.pem -key es.key), @args
            or POSIX::_exit(127);
    }

    wait_until(10, sub { IO::Socket::INET->new("127.0.0.1:$port") })
        or die 's_server: ' . slurp("$dir/log");

    return $port;
}


# Something that does so with what it is sent first, be it HTTP: its port.
sub other {
    my ($does) = @_;

    my $listen = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 64)
                 or die "other: $!";
    my ($pid, $life) = CricketTest::_fork();

    return $listen->sockport if $pid;

    my $select = IO::Select->new($listen, $life);
    $SIG{CHLD} = 'IGNORE';

    while (my @ready = $select->can_read) {
        POSIX::_exit(0) if grep { $_ == $life } @ready;
        my $socket = $listen->accept or next;
        next if fork;

        sysread $socket, my $in, 65536;
        $does->($socket);
        POSIX::_exit(0);
    }
}


sub refuses {
    my ($words) = @_;

    return other(sub {
        syswrite $_[0], "HTTP/1.1 400 Bad Request\r\nContent-Length: "
                        . length($words) . "\r\n\r\n$words";
    });
}


openssl("req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=$_ -keyout $_.key"
        . " -out $_.pem") for 'ca', 'stranger';

open my $fh, '>', "$dir/ext" or die "ext: $!";
print $fh "subjectAltName=DNS:es.test\n";
close $fh;

openssl('req -newkey rsa:2048 -nodes -subj /CN=es.test -keyout es.key'
        . ' -out es.csr');
openssl("x509 -req -in es.csr -CA ca.pem -CAkey ca.key -CAcreateserial"
        . " -days $_->[1] -extfile ext -out $_->[0].pem")
    for ['es', 2], ['expired', -1];
openssl('x509 -req -in es.csr -signkey es.key -days 2 -extfile ext'
        . ' -out self.pem');
openssl('req -newkey rsa:2048 -nodes -subj /CN=cricket -keyout client.key'
        . ' -out client.csr');
openssl('x509 -req -in client.csr -CA stranger.pem -CAkey stranger.key'
        . ' -CAcreateserial -days 2 -out client.pem');

my $index = fresh_index();
my $front = nginx(qq{
    upstream es { server %%ES%%; keepalive 4; }

    ssl_certificate $dir/es.pem;
    ssl_certificate_key $dir/es.key;

    server {
        listen 127.0.0.1:%%PORT%% ssl;
        location / { proxy_pass http://es; }
    }

    server {
        listen 127.0.0.1:%%PORT2%% ssl;
        ssl_certificate $dir/expired.pem;
    }

    server {
        listen 127.0.0.1:%%PORT3%% ssl;
        ssl_certificate $dir/self.pem;
    }

    server {
        listen 127.0.0.1:%%PORT4%% ssl;
        ssl_protocols TLSv1.2;
        ssl_ciphers ECDHE-RSA-AES256-GCM-SHA384;
    }

    server {
        listen 127.0.0.1:%%PORT5%% ssl;
        ssl_client_certificate $dir/ca.pem;
        ssl_verify_client on;
    }

    server { listen 127.0.0.1:%%PORT6%%; return 200; }
}, ES => es_url() =~ s{^http://}{}r);

$front->allow(qr/SSL_do_handshake\(\) failed|SSL_read\(\) failed/);

my @asks = qw(-Verify 1 -verify_return_error -CAfile ca.pem);
my %port = (
    good => $front->port, expired => $front->port(2), self => $front->port(3),
    old => $front->port(4),
    asks => s_server(@asks), asks12 => s_server(@asks, '-tls1_2'),
    nginx_asks => $front->port(5), plain => $front->port(6),
    openssl => s_server(), elasticsearch => es_url() =~ s/.*://r,
    silent => other(sub { 1 while sysread $_[0], my $in, 65536 }),
    closes => other(sub { }),
    resets => other(sub { setsockopt $_[0], SOL_SOCKET, SO_LINGER,
                                     pack('ii', 1, 0) }),
    alert => other(sub { syswrite $_[0], "\x15\3\3\0\2\2\x50" }),
    apache => refuses("<p>Reason: You're speaking plain HTTP to an SSL-enabled"
                      . ' server port.<br />'),
    go => refuses("Client sent an HTTP request to an HTTPS server.\n"),
    proxy => refuses('<title>400 Bad Request</title>'),
    closed => refuses('{"error":{"type":"index_closed_exception"},'
                      . '"status":400}'),
);

# Cricket before one of these, or before some that are all alike.
sub before {
    my ($url, $set, $nodes, $more) = @_;

    my ($scheme, $name) = split m{://}, $url;
    my $servers = "server 127.0.0.1:$port{$name};" x ($nodes // 1)
                  . ($more // '');

    my $cricket = nginx(qq{
        upstream backend { $servers }

        server {
            listen 127.0.0.1:%%PORT%%;
            cricket_pass $scheme://backend;
            cricket_index $index;
            cricket_timeout 5s;
            cricket_connect_timeout 1s;
            $set
            location = /v1/metrics { cricket metrics; }
            location = /v1/export { cricket export; }
            location = /ready { cricket ready; }
        }
    });

    # An alert of TLS is an error of the peer's: nginx calls some critical.
    $cricket->allow(qr/SSL_do_handshake\(\) failed|SSL_read\(\) failed/);

    return $cricket;
}


sub uri { return $_[0] eq 'ready' ? '/ready' : "/v1/$_[0]" }


# What is an error in a log, by the route that met with it.
sub lines {
    my ($cricket, $route) = @_;

    return grep { /\[(?:error|crit|alert|emerg)\]/
                  && (m{request: "GET /(?:v1/)?(\w+)} ? $1 : 'post') eq $route }
           split /\n/, $cricket->log;
}


sub says {
    my ($what, $cricket, $route, $reply, $words) = @_;

    local $Test::Builder::Level = $Test::Builder::Level + 1;

    my $json = eval { decode_json($reply->{body}) } // {};
    my $check = $route eq 'ready' ? $json->{checks}[0] : $json->{error};

    is($reply->{status}, 503, "$what: $route: 503");
    like($check->{message}, $words, "$what: $route: why");

    if ($route eq 'ready') {
        is($check->{name}, 'elasticsearch', "$what: ready: which check");
        ok(!$check->{ok}, "$what: ready: failed");
    }

    my @lines = lines($cricket, $route);
    is(scalar @lines, 1, "$what: $route: a line in the log")
        or diag(join "\n", @lines);
    like($lines[0] // '', qr/cricket: "[^"]*$words/,
         "$what: $route: which says it, too");
}


# The tries of a POST go on for two seconds, while the others are answered.
sub told {
    my ($what, $words, @before) = @_;

    local $Test::Builder::Level = $Test::Builder::Level + 1;

    my $cricket = before(@before);
    my $start = time;
    my $post = client($cricket->port);
    $post->start('POST', '/v1/metrics', points('n'));

    says($what, $cricket, $_, http($cricket->port, 'GET', uri($_)), $words)
        for qw(metrics export ready);
    says($what, $cricket, 'post', $post->finish, $words);
    cmp_ok(time - $start, '<', 4, "$what: before its time is over");

    $cricket->stop;
}


# Three of them, soon none of which is tried any more: each route by itself.
sub told_by_three {
    my ($what, $words, @before) = @_;

    local $Test::Builder::Level = $Test::Builder::Level + 1;

    for my $route (qw(post metrics export ready)) {
        my $cricket = before(@before, 3);

        for my $n (1, 2) {
            my $reply = $route eq 'post'
                ? http($cricket->port, 'POST', '/v1/metrics', points('n'))
                : http($cricket->port, 'GET', uri($route));
            says("$what, $n of two", $cricket, $route, $reply, $words)
                if $n == 1;
            like($reply->{body}, $words, "$what, $n of two: $route");
        }

        $cricket->stop;
    }
}


sub trust { return "cricket_ssl_name $_[1];"
                   . "cricket_ssl_trusted_certificate $dir/$_[0].pem;" }

my $off = 'cricket_ssl_verify off;';
my $shown = "$off cricket_ssl_certificate $dir/client.pem;"
            . "cricket_ssl_certificate_key $dir/client.key;";
my @three;

for my $case (
    ['a CA that is not trusted',
     qr/is not trusted: .* cricket_ssl_trusted_certificate/,
     'https://good', trust('stranger', 'es.test')],
    ['self-signed',
     qr/is self-signed and not trusted: .* cricket_ssl_trusted_certificate/,
     'https://self', trust('ca', 'es.test')],
    ['expired', qr/has expired: renew it/,
     'https://expired', trust('ca', 'es.test')],
    ['another name', qr/is for another name: .* cricket_ssl_name/,
     'https://good', trust('ca', 'other.test')],
    ['no client certificate',
     qr/asks for a client certificate: .* cricket_ssl_certificate/,
     'https://asks', $off],
    ['no client certificate, TLS 1.2',
     qr/asks for a client certificate: .* cricket_ssl_certificate/,
     'https://asks12', $off],
    ['a client certificate',
     qr/does not take the client certificate: /, 'https://asks', $shown],
    ['a client certificate, TLS 1.2',
     qr/does not take the client certificate: /, 'https://asks12', $shown],
    ['no version', qr/no version of TLS in common with cricket_ssl_protocols/,
     'https://old', "$off cricket_ssl_protocols TLSv1.3;"],
    ['no version, by OpenSSL',
     qr/no version of TLS in common with cricket_ssl_protocols/,
     'https://old', "$off cricket_ssl_conf_command MinProtocol TLSv1.3;"],
    ['no cipher', qr/no cipher or version of TLS .* with cricket_ssl_ciphers/,
     'https://old', "$off cricket_ssl_protocols TLSv1.2;"
                    . 'cricket_ssl_ciphers ECDHE-RSA-AES128-GCM-SHA256;'],
    ['no client certificate, nginx',
     qr/asks for a client certificate: .* cricket_ssl_certificate/,
     'https://nginx_asks', $off],
    ['a client certificate, nginx',
     qr/does not take the client certificate: /, 'https://nginx_asks', $shown],

    # TLS is spoken where it is not understood.
    (map { ["https to $_", qr{does not speak TLS: write http:// in cricket_pass},
            "https://$_", $off] } qw(plain elasticsearch)),
    ['https to silence', qr{does not answer in TLS: is .* to be http://\?},
     'https://silent', $off],
    (map { ["https to what $_", qr{closes .* TLS: is .* to be http://\?},
            "https://$_", $off] } qw(closes resets)),

    # And the other way round.
    (map { ["http to $_", qr{speaks TLS: write https:// in cricket_pass},
            "http://$_", ''] } qw(good nginx_asks apache go alert)),
    (map { ["http to what $_", qr{without an answer: is .* to be https://\?},
            "http://$_", ''] } qw(openssl closes resets)),
) {
    told(@$case);
    push @three, $case
        if $case->[0] =~ /^(?:a CA|no client certificate$)|(?:plain|good|closes)$/;
}

told_by_three(@$_) for @three;

# Only Elasticsearch itself can say that the index is closed.
for (['proxy', qr/^a proxy answered in place of Elasticsearch$/],
     ['closed', qr/^Elasticsearch cannot search now: the index is closed$/])
{
    my ($name, $words) = @$_;

    my $cricket = before("http://$name", '');
    my $reply = http($cricket->port, 'GET', '/v1/metrics');
    like(decode_json($reply->{body})->{error}{message}, $words, "$name: why");
    $cricket->stop;
}

# Later ones have a line of their own, but not each of them.
my $cricket = before('https://expired', trust('ca', 'es.test'));
my $first = http($cricket->port, 'POST', '/v1/metrics', points('n'));
like($first->{body}, qr/has expired/, 'the first: why');
sleep 3;

my @posts = map { post($cricket, "n$_") } 1 .. 20;
is(scalar(grep { $_->finish->{body} =~ /has expired/ } @posts), 20,
   'later ones: why');
is(scalar lines($cricket, 'post'), 2, 'two lines');
$cricket->stop;

# One among good ones: it is told, and no request the worse for it.
$cricket = before('https://expired', trust('ca', 'es.test'), 1,
                  "server 127.0.0.1:$port{good};");

for my $n (1 .. 4) {
    is(http($cricket->port, 'GET', '/ready')->{status}, 200,
       "one of two, $n: ready");
    is(http($cricket->port, 'POST', '/v1/metrics', points('n'))->{status}, 200,
       "one of two, $n: stored");
}

is(scalar lines($cricket, 'ready'), 1, 'one of two: a line');
$cricket->stop;

# What is not logged is answered all the same; each of several logs has what it
# is for; and what the same client meets with next is none of this.
$cricket = before('https://good', trust('ca', 'other.test')
                                  . 'error_log logs/no.log crit;');
like(http($cricket->port, 'GET', '/ready')->{body}, qr/is for another name/,
     'no line: told');
$cricket->stop;

$cricket = before('https://good', trust('ca', 'other.test')
                                  . 'error_log logs/all.log info;'
                                  . 'error_log logs/few.log error;');
my $client = client($cricket->port);

for my $uri ('/ready', '/nix', '/ready') {
    $client->start('GET', $uri);
    $client->finish;
}

for my $name ('all', 'few') {
    my $log = slurp($cricket->dir . "/logs/$name.log");
    is(scalar(() = $log =~ /does not match.*cricket: ".*another name/g), 2,
       "$name: two lines");
    is(scalar(() = $log =~ m{\[error\].*nix" failed .*host: "localhost"$}mg), 1,
       "$name: one of something else");
}

unlike(slurp($cricket->dir . '/logs/few.log'), qr/\[info\]/, 'few: no others');
$cricket->stop;

# cricket --init says what mends it, too.
my $init = "$CricketTest::TOP/objs/cricket --init --cacert $dir/ca.pem"
           . ' --cert-name es.test --url https://127.0.0.1:' . $front->port(2);
my $said = join '', `$init 2>&1`;
is($? >> 8, 2, 'init, expired: the exit code');
like($said, qr/certificate that is not valid today: .*needs another one/,
     'init, expired: what mends it');

$front->stop;

done_testing();
