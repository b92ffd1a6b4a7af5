# SPDX-License-Identifier: BSD-2-Clause

# Bodies as they come: in pieces, in chunks, in a file, compressed. However
# they come, Elasticsearch is sent the same.

use strict;
use warnings;

use lib 't/lib';

use Compress::Zlib;
use CricketTest;
use JSON::PP;
use Test::More;
use Time::HiRes qw(sleep);

my $fake = fake(sub {
    my ($request, $c) = @_;
    $c->bulk($request);
});

my $nginx = nginx(q{
    server {
        listen 127.0.0.1:%%PORT%%;
        client_max_body_size 100k;
        client_header_buffer_size 1k;
        cricket_pass http://127.0.0.1:%%ES%%;
        location = /v1/metrics { cricket metrics; }
    }

    server {
        listen 127.0.0.1:%%PORT2%%;
        client_max_body_size 100k;
        client_body_buffer_size 1k;
        cricket_pass http://127.0.0.1:%%ES%%;
        location = /v1/metrics { cricket metrics; }
    }

    server {
        listen 127.0.0.1:%%PORT3%%;
        client_max_body_size 100k;
        client_body_in_single_buffer on;
        cricket_pass http://127.0.0.1:%%ES%%;
        location = /v1/metrics { cricket metrics; }
    }

    server {
        listen 127.0.0.1:%%PORT4%%;
        client_max_body_size 100k;
        client_body_in_file_only clean;
        cricket_pass http://127.0.0.1:%%ES%%;
        location = /v1/metrics { cricket metrics; }
    }

    server {
        listen 127.0.0.1:%%PORT5%%;
        client_max_body_size 0;
        cricket_pass http://127.0.0.1:%%ES%%;
        location = /v1/metrics { cricket metrics; }
    }
}, ES => $fake->port);

my %port = ('by default' => 1, 'with small buffers' => 2,
            'in a single buffer' => 3, 'in a file' => 4, 'without limit' => 5);


sub body {
    my ($n) = @_;

    return '[' . join(",\n", map {
        sprintf '{"name":"c%05d","type":"counter","value":%d,'
                . '"timestamp":"2016-12-31T22:49:50Z"}', $_, $_
    } 1 .. $n) . ']';
}


sub chunked {
    my ($body, $size) = @_;

    return join('', map { sprintf "%x\r\n%s\r\n", length $_, $_ }
                unpack "(a$size)*", $body) . "0\r\n\r\n";
}


# The names and values of the last bulk, in order.
sub last_bulk {
    my ($request) = ($fake->requests)[-1];

    return join ' ', $request->{body} =~ /"name":"(c\d+)"[^\n]*"value":(\d+)/g;
}


sub expected { return join ' ', map { sprintf('c%05d', $_), $_ } 1 .. $_[0] }


# Sends pieces with a pause between them; the first has the header.
sub stored {
    my ($name, $port, $n, @pieces) = @_;

    my $c = client($nginx->port($port));

    for my $i (0 .. $#pieces) {
        sleep 0.005 if $i;
        $c->send($pieces[$i]);
    }

    my $reply = $c->finish(10);
    is($reply && $reply->{body}, "{\"stored\":$n}\n", $name);
    is(last_bulk(), expected($n), "$name: what was sent on");
    $c->close;
}


my $head = "POST /v1/metrics HTTP/1.1\r\nHost: x\r\n";

for my $how (sort keys %port) {
    my $port = $port{$how};

    for my $n (1, 10, 900) {
        my $body = body($n);
        my $length = 'Content-Length: ' . length($body) . "\r\n\r\n";
        my $half = int(length($body) / 2);

        stored("$n $how, at once", $port, $n, "$head$length$body");
        stored("$n $how, behind the header", $port, $n, "$head$length", $body);
        stored("$n $how, in two buffers", $port, $n,
               $head . $length . substr($body, 0, $half), substr($body, $half));
        stored("$n $how, but its last byte", $port, $n,
               $head . $length . substr($body, 0, -1), substr($body, -1));

        my $te = "Transfer-Encoding: chunked\r\n\r\n";

        for my $size (1, 7, 1000) {
            next if $size == 1 && $n > 10;
            stored("$n $how, in chunks of $size", $port, $n,
                   "$head$te" . chunked($body, $size));
            stored("$n $how, in chunks of $size, behind the header", $port, $n,
                   "$head$te", chunked($body, $size));
        }

        my $zipped = Compress::Zlib::memGzip($body);
        my $gzip = "Content-Encoding: gzip\r\nContent-Length: "
                   . length($zipped) . "\r\n\r\n";

        stored("$n $how, gzip", $port, $n, "$head$gzip$zipped");
        stored("$n $how, gzip in two buffers", $port, $n,
               $head . $gzip . substr($zipped, 0, 20), substr($zipped, 20));

        my $deflate = Compress::Zlib::compress($body);

        stored("$n $how, deflate", $port, $n, $head
               . "Content-Encoding: Deflate\r\nContent-Length: "
               . length($deflate) . "\r\n\r\n$deflate");
        stored("$n $how, x-gzip in chunks", $port, $n,
               "${head}Content-Encoding: X-Gzip\r\n$te"
               . chunked($zipped, 13));
        stored("$n $how, gzip in chunks", $port, $n,
               "${head}Content-Encoding: GZip\r\n$te" . chunked($zipped, 13));
    }
}

# Split at every place.
my $body = body(2);
my $text = $head . 'Content-Length: ' . length($body) . "\r\n\r\n$body";

for my $at (map { 10 * $_ } 1 .. (length($text) - 1) / 10) {
    stored("split at $at", 1, 2, substr($text, 0, $at), substr($text, $at));
}

# gzip of several members, and with every part of a header.
$body = body(3);
my $members = join '', map { Compress::Zlib::memGzip($_) }
              unpack '(a50)*', $body;
stored('several members', 1, 3, $head . "Content-Encoding: gzip\r\n"
       . 'Content-Length: ' . length($members) . "\r\n\r\n$members");

my $deflated = substr Compress::Zlib::memGzip($body), 10;
my $full = "\x1f\x8b\x08\x1c\0\0\0\0\0\x03" . "\x04\0abcd" . "name\0"
           . "comment\0" . $deflated;
stored('a gzip header with all there can be', 1, 3,
       $head . "Content-Encoding: gzip\r\nContent-Length: " . length($full)
       . "\r\n\r\n$full");

# Expect: 100-continue.
my $c = client($nginx->port);
$c->send($head . 'Content-Length: ' . length($body)
         . "\r\nExpect: 100-continue\r\n\r\n");
sleep 0.05;
$c->send($body);
my $reply = $c->finish;
is($reply->{body}, "{\"stored\":3}\n", 'Expect: 100-continue');
$c->close;

# Requests in a row on one connection, each with its own body.
$c = client($nginx->port);
$c->send(join '', map {
    my $body = body($_);
    $head . 'Content-Length: ' . length($body) . "\r\n\r\n$body"
} 1 .. 5);
is(join('', map { $c->finish->{body} } 1 .. 5),
   join('', map { "{\"stored\":$_}\n" } 1 .. 5), 'pipelined');
$c->close;

# A refused body is read away, and the connection goes on.
$c = client($nginx->port);
$c->start('POST', '/v1/metrics', 'x' x 90000, 'Content-Type' => 'text/html');
$c->start('POST', '/v1/metrics', '[]');
is($c->finish->{status}, 415, 'refused by its type');
is($c->finish->{body}, "{\"stored\":0}\n", 'and the next one on the connection');
$c->close;

# The limit is of what is inflated, to the byte.
my $asked = $fake->requests;

for my $row ([0, 200], [1, 413]) {
    my ($more, $status) = @$row;
    my $plain = '[' . ' ' x (100 * 1024 - 2 + $more) . ']';

    my %sent = ('identity' => $plain,
                'gzip' => Compress::Zlib::memGzip($plain),
                'x-gzip' => Compress::Zlib::memGzip($plain),
                'deflate' => Compress::Zlib::compress($plain));

    for my $encoding (sort keys %sent) {
        my $sent = $sent{$encoding};
        is(http($nginx->port, 'POST', '/v1/metrics', $sent,
                'Content-Encoding' => $encoding)->{status}, $status,
           length($plain) . " bytes, $encoding");
    }
}

is(scalar $fake->requests, $asked, 'nobody is asked for an empty array');

# A client that leaves in the middle is no error of ours.
for my $cut (1, 50, length($text) - 1) {
    $c = client($nginx->port);
    $c->send(substr $text, 0, $cut);
    $cut % 2 ? $c->close : $c->reset;
}

is(http($nginx->port, 'POST', '/v1/metrics', '[]')->{status}, 200, 'goes on');
is(scalar $fake->requests, $asked, 'nothing of half a body is sent on');

$nginx->stop;

done_testing();
