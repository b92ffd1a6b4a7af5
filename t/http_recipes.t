# SPDX-License-Identifier: BSD-2-Clause

# The recipes of docs/security.md do what they say: each is taken from the page as
# it stands, with other ports, files and names of what is there.

use strict;
use warnings;

use lib 't/lib';

use CricketH2;
use CricketTest;
use CricketWrites;
use JSON::PP;
use Test::More;

my $dir = CricketTest::folder('recipes');
my $index = fresh_index();


sub openssl {
    my ($command) = @_;

    system("cd $dir && openssl $command >>openssl.log 2>&1") == 0
        or die "openssl $command: " . slurp("$dir/openssl.log");
}


sub put {
    my ($name, $text) = @_;

    open my $fh, '>', "$dir/$name" or die "$name: $!";
    print $fh $text;
    close $fh;
}


put('metrics.pass', "secret\n");
openssl('req -x509 -newkey rsa:2048 -passout pass:secret -days 2'
        . ' -subj /CN=localhost -keyout metrics.key -out metrics.crt');

for my $ca ('senders-ca', 'stranger-ca') {
    openssl("req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=$ca"
            . " -keyout $ca.key -out $ca.crt");
}

for (['web1', 'senders-ca'], ['evil', 'stranger-ca']) {
    my ($name, $ca) = @$_;

    openssl("req -newkey rsa:2048 -nodes -subj /CN=$name -keyout $name.key"
            . " -out $name.csr");
    openssl("x509 -req -in $name.csr -CA $ca.crt -CAkey $ca.key"
            . " -CAcreateserial -days 2 -out $name.crt");
}

# By heading: the part of a configuration.
my %recipes;
my $page = slurp('docs/security.md');
my ($recipes) = $page =~ /^## Recipes\n(.*?)^## /ms;

for my $part (split /^### /m, $recipes) {
    my ($heading, $text) = $part =~ m{^([^\n]+)\n(.*)}s or next;
    my @blocks = $text =~ /(?<=\n\n)((?:    [^\n]*\n|\n(?=    ))+)/g;
    $recipes{$heading} = join "\n", @blocks if @blocks;
}

my %tried;


# nginx as a recipe has it.
sub recipe {
    my ($heading, %option) = @_;

    my $conf = $recipes{$heading} // die "no recipe \"$heading\"";
    my %ports = (8080 => '%%PORT%%', 8081 => '%%PORT%%', 8443 => '%%PORT%%');

    $tried{$heading} = 1;

    $conf =~ s/^(\s*listen\s+)(80\d\d|8443)\b/$1 . "127.0.0.1:$ports{$2}"/gme;
    $conf =~ s{/(?:etc|var/log)/nginx/}{$dir/}g;
    $conf =~ s{(cricket_pass\s+)http://127\.0\.0\.1:9200;}
              {$1%%ES%%; cricket_index $index;}g;

    if (h2_directive()) {
        $conf =~ s/\ http2;/; http2 on;/g;
    }

    return nginx($conf, ES => es_url(), %option);
}


my $n = 0;

sub body { return point('w' . $n++) }

sub store {
    my ($port, @headers) = @_;

    return http($port, 'POST', '/v1/metrics', body(), @headers);
}


sub message { return decode_json($_[0]{body})->{error}{message} }


# Status, body.
sub curl {
    my ($port, $uri, @args) = @_;

    my @command = ('curl', '-sk', '-w', "\n%{http_code} %{http_version}",
                   "https://localhost:$port$uri", @args);
    open my $out, '-|', @command or die "curl: $!";
    local $/;
    my $said = <$out> // '';
    close $out;

    return $said =~ /^(.*)\n(\d+) (\S+)$/s ? ($2, $1, $3) : (0, $said, '');
}


my $stats = '/v1/stats?name=a&start=2016-01-01T00:00:00Z'
            . '&end=2016-01-02T00:00:00Z';

# Write tokens by sender.
{
    my $nginx = recipe('Write tokens by sender');
    my $port = $nginx->port;

    for my $sender ('web1', 'web2') {
        is(store($port, Authorization => "Bearer token-of-$sender")->{status},
           200, "token of $sender");
    }

    for my $t (['none', ''], ['another', 'Bearer token-of-web3'],
               ['a part', 'Bearer token-of-web'],
               ['a name', 'web1'])
    {
        my $reply = store($port, $t->[1] ? (Authorization => $t->[1]) : ());
        is($reply->{status}, 401, "token, $t->[0]: 401");
        is(message($reply), 'credentials are missing or wrong',
           "token, $t->[0]: in Cricket's form");
    }

    is(store($port, Authorization => 'bearer Token-of-Web1')->{status}, 200,
       'a map looks at no case');
    is(http($port, 'GET', '/v1/metrics?name=a')->{status}, 200,
       'reads without a token');
    is(http($port, 'GET', $stats)->{status}, 200, 'also of another location');
    ok(wait_until(5, sub {
        slurp("$dir/senders.log") =~ m{"web2" POST /v1/metrics 200\n}
    }), 'the sender is in the log');
    unlike(slurp("$dir/senders.log"), qr/token-of/, 'and no token');
    quit($nginx);
}

# Read only.
{
    my $nginx = recipe('Read only, for dashboards');
    my $port = $nginx->port;
    my $before = count($index);

    for my $uri ('/v1/metrics?name=a', $stats, '/v1/names', '/v1/tags',
                 '/v1/last?name=a', '/v1/export', '/ready', '/')
    {
        is(http($port, 'GET', $uri)->{status}, 200, "read only: GET $uri");
    }

    is(http($port, 'HEAD', '/v1/metrics?name=a')->{status}, 200,
       'read only: HEAD');

    my $reply = store($port);
    is($reply->{status}, 403, 'read only: POST');
    is(message($reply), 'access is not allowed from here',
       "read only: in Cricket's form");

    for my $method (qw(PUT DELETE PATCH)) {
        my $status = http($port, $method, '/v1/metrics', body())->{status};
        is($status, 403, "read only: $method");
    }

    is(http($port, 'POST', '/v1/stats', body())->{status}, 405,
       'read only: POST elsewhere');
    is(count($index), $before, 'read only: nothing is stored');
    quit($nginx);
}

# A limit for each sender.
{
    my $nginx = recipe('A limit for each sender');
    my $port = $nginx->port;
    my (%statuses, $refused);

    for (1 .. 200) {
        my $reply = store($port, Authorization => 'Bearer one');
        $statuses{$reply->{status}}++;
        $refused = $reply if $reply->{status} == 503;
        last if $refused && $_ > 120;
    }

    cmp_ok($statuses{200}, '>=', 100, 'limit: a burst passes');
    ok($refused, 'limit: then it is a 503') or diag(explain(\%statuses));
    is(message($refused), 'the service is unavailable', 'limit: of nginx');
    ok($refused->{headers}{'retry-after'}, 'limit: with Retry-After');
    like($nginx->log, qr/limiting requests, excess/, 'limit: error.log says so');
    is(store($port, Authorization => 'Bearer two')->{status}, 200,
       'limit: another sender is not concerned');
    is(store($port)->{status}, 200, 'limit: nor is one without a token');
    is(http($port, 'GET', $stats)->{status}, 200, 'limit: nor a reader');
    quit($nginx);
}

# So many at a time of those that read, as Elasticsearch is slow.
{
    my $gate = gate();
    my $slow = fake(sub {
        my ($request, $c) = @_;

        return $c->bulk($request) if $request->{uri} =~ /_bulk/;
        $gate->pass(20);
        $c->refuse(503);
    });
    my $conf = $recipes{'A limit for each sender'};
    $conf =~ s/listen 8080/listen 127.0.0.1:%%PORT%%/;
    $conf =~ s{http://127\.0\.0\.1:9200}{http://127.0.0.1:%%FAKE%%};
    my $nginx = nginx($conf, FAKE => $slow->port);

    my @readers = map {
        my $c = client($nginx->port);
        $c->start('GET', $stats);
        $c;
    } 1 .. 4;
    ok(wait_until(5, sub { $slow->requests >= 4 }), 'readers: four at a time');

    my $fifth = http($nginx->port, 'GET', $stats);
    is($fifth->{status}, 503, 'readers: a fifth is refused');
    like($nginx->log, qr/limiting connections/, 'readers: error.log says so');
    is(store($nginx->port)->{status}, 200, 'readers: senders are not concerned');
    $gate->open;
    $_->finish for @readers;
    quit($nginx);
}

# Mutual TLS.
{
    my $nginx = recipe('Mutual TLS');
    my $port = $nginx->port;
    my @post = ('-d', body(), '-H', 'Content-Type: application/json');

    is((curl($port, '/v1/metrics', @post, '--cert', "$dir/web1.crt", '--key',
             "$dir/web1.key"))[0], 200, 'mutual TLS: a sender');

    my ($status, $text) = curl($port, '/v1/metrics', @post);
    is($status, 400, 'mutual TLS: no certificate');
    like($text, qr/No required SSL certificate/, 'mutual TLS: as nginx says it');

    ($status) = curl($port, '/v1/metrics', @post, '--cert', "$dir/evil.crt",
                     '--key', "$dir/evil.key");
    is($status, 400, 'mutual TLS: of another CA');
    ok(wait_until(5, sub {
        slurp("$dir/names.log") =~ m{"CN=web1" POST /v1/metrics 200\n}
    }), "mutual TLS: the sender's name is in the log");
    quit($nginx);
}

# HTTP/2.
{
    my $nginx = recipe('HTTP/2');
    my ($status, $text, $version)
        = curl($nginx->port, '/v1/metrics', '--http2', '-d', body(), '-H',
               'Content-Type: application/json');
    is($status, 200, 'HTTP/2: stored');
    is($version, '2', 'HTTP/2: it is');
    is((curl($nginx->port, $stats, '--http2'))[0], 200, 'HTTP/2: read');
    is((curl($nginx->port, $stats, '--http1.1'))[2], '1.1',
       'HTTP/2: and HTTP/1.1');
    quit($nginx);
}

# A name, and no other.
{
    my $nginx = recipe('A name, and no other');
    my $ask = sub {
        my ($host) = @_;

        my $c = client($nginx->port);
        $c->send("GET /v1/metrics?name=a HTTP/1.1\r\nHost: $host\r\n\r\n");
        return ($c->finish(5) // {})->{status} // 'closed';
    };

    is($ask->('metrics.example.com'), 200, 'a name: it');
    is($ask->('METRICS.example.com:8080'), 200, 'a name: with a port');
    is($ask->('evil.example.com'), 'closed', 'a name: another');
    is($ask->('127.0.0.1'), 'closed', 'a name: an address');
    quit($nginx);
}

# Whom it concerns: the machine itself, and no other address of it.
{
    my $heading = '/metrics and /ready for whom they concern';
    my $nginx = recipe($heading);

    is(http($nginx->port, 'GET', $_)->{status}, 200, "from here: GET $_")
        for '/metrics', '/ready', '/health';
    quit($nginx);

    $recipes{$heading} =~ s/allow 127\.0\.0\.1/allow 192.0.2.1/g;
    $nginx = recipe($heading);

    is(http($nginx->port, 'GET', $_)->{status}, 403, "from elsewhere: GET $_")
        for '/metrics', '/ready';
    is(http($nginx->port, 'GET', '/health')->{status}, 200,
       'from elsewhere: GET /health');
    is(store($nginx->port)->{status}, 200, 'from elsewhere: POST');
    quit($nginx);
}

is(join(', ', grep { !$tried{$_} } sort keys %recipes), '',
   'each recipe was tried');

done_testing();
