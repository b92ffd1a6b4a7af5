# SPDX-License-Identifier: BSD-2-Clause

# Locations and servers that nothing tells apart share a queue and its bulks;
# those that differ in what a bulk is sent with, or where, do not.

use strict;
use warnings;

use lib 't/lib';

use CricketTest;
use CricketWrites;
use Test::More;

my $dir = CricketTest::folder('shared');

for my $name ('one', 'two') {
    system("cd $dir && openssl req -x509 -newkey rsa:2048 -nodes -days 2"
           . " -subj /CN=es.test -addext subjectAltName=DNS:es.test"
           . " -keyout $name.key -out $name.pem >log 2>&1") == 0
        or die 'openssl: ' . slurp("$dir/log");
}

# What each location sets; the first is what the others are held against.
my @locations = (
    [same => '', 1],
    [inherited => 'cricket_pass http://es;', 1],
    [default => 'cricket_timeout 30s; cricket_bulk_size 5m;', 1],
    [reading => 'cricket_max_datapoints 7;', 1],
    [index => 'cricket_index other;', 0],
    [header => 'cricket_set_header X-A b;', 0],
    [timeout => 'cricket_timeout 9s;', 0],
    [read => 'cricket_read_timeout 9s;', 0],
    [next => 'cricket_next_upstream error;', 0],
    [elsewhere => 'cricket_pass http://127.0.0.1:%%ES%%;', 0],
    [tls => 'cricket_pass https://127.0.0.1:%%ES%%;', 0],
);


# Which of the locations take part in the bulk that the first one's is.
sub shares {
    my ($nginx, $fake, $gate, $port, $path) = @_;

    my $first = post($nginx, "first-$path");
    wait_until(5, sub { bulks($fake) });

    my $second = client($nginx->port);
    $second->start('POST', '/v1/metrics', points('mine'));
    my $third = client($nginx->port($port));
    $third->start('POST', $path, points('yours'));
    ping($nginx);
    select undef, undef, undef, 0.2;
    $gate->open;
    $_->finish for $first, $second, $third;

    return scalar grep { /mine/ && /yours/ } bulks($fake);
}


for my $location (@locations, ['another server', undef, 1]) {
    my ($name, $set, $shared) = @$location;
    my $gate = gate();
    my $fake = fake(sub {
        my ($request, $c) = @_;
        $gate->pass(5);
        $c->bulk($request);
    });
    my $port = $fake->port;
    my $inside = ($set // '') =~ s/%%ES%%/$port/gr;
    my $extra = defined $set ? "location = /x { cricket metrics; $inside }" : '';

    my $nginx = nginx(qq{
        upstream es { server 127.0.0.1:$port max_fails=0; keepalive 4; }
        cricket_pass http://es;
        cricket_index metrics;
        cricket_bulks 1;
        cricket_ssl_verify off;

        server {
            listen 127.0.0.1:%%PORT%%;
            location = /v1/metrics { cricket metrics; }
            location = /ping { return 204; }
            $extra
        }

        server {
            listen 127.0.0.1:%%PORT2%% ssl;
            listen 127.0.0.1:%%PORT3%%;
            ssl_certificate $dir/one.pem;
            ssl_certificate_key $dir/one.key;
            location = /v1/metrics { cricket metrics; }
        }
    });
    $nginx->allow(qr/SSL_do_handshake/);

    is(shares($nginx, $fake, $gate,
              defined $set ? (1, '/x') : (3, '/v1/metrics')),
       $shared, "$name: " . ($shared ? 'shared' : 'of its own'));
    $nginx->stop;
    $fake->stop;
}

# One context of TLS for all that agree: one session serves all of them, which
# is seen where nginx keeps it, in the upstream's nodes.
my $front = nginx(q{
    log_format seen '$uri $ssl_session_reused';
    access_log %%DIR%%/seen.log seen;

    server {
        listen 127.0.0.1:%%PORT%% ssl;
        ssl_certificate %%DIR%%/one.pem;
        ssl_certificate_key %%DIR%%/one.key;
        location / { default_type application/json; return 404 '{}'; }
    }
}, DIR => $dir);

my $nginx = nginx(qq{
    cricket_ssl_name es.test;
    cricket_ssl_trusted_certificate $dir/one.pem;
    cricket_index metrics;

    server {
        listen 127.0.0.1:%%PORT%%;
        cricket_pass https://127.0.0.1:%%FRONT%%;
        location = /a { cricket ready; }
        location = /b { cricket ready; }
        location = /stranger {
            cricket ready;
            cricket_ssl_trusted_certificate $dir/two.pem;
            cricket_ssl_session_reuse off;
        }
    }
}, FRONT => $front->port);

like(http($nginx->port, 'GET', "/$_")->{body}, qr/does not exist/,
     "$_: by TLS") for qw(a b);
unlike(http($nginx->port, 'GET', '/stranger')->{body}, qr/does not exist/,
       'another authority is not shared');

$nginx->stop;
$front->allow(qr/SSL_do_handshake|SSL_read/);
$front->stop;

done_testing();
