# SPDX-License-Identifier: BSD-2-Clause

# GET /v1/export: whole, or seen not to be; no faster than the client reads,
# not longer than it stays, and in little memory.

use strict;
use warnings;

use lib 't/lib';

use CricketReads;
use CricketTest;
use CricketWrites qw(gate tally tallied);
use JSON::PP;
use Test::More;
use Time::HiRes qw(sleep time);

my ($fake, $nginx);
my $full = 5000;


# A page from the datapoints 0, 1, 2...: a millisecond and a number each.
sub page {
    my ($first, $n) = @_;

    my $name = $_[2] // '"name":["c"],';
    my @hits = map {
        qq({"fields":{$name"type":["t"],"value":[$_.0]},)
        . qq("sort":[$_,0,"s",$_,"metrics"]})
    } $first .. $first + $n - 1;

    return '{"timed_out":false,"_shards":{"failed":0},"hits":{"hits":['
           . join(',', @hits) . ']}}';
}


# Answers a search of TOTAL datapoints.
sub search {
    my ($request, $c, $total, %option) = @_;

    my $body = decode_json($request->{body});
    my %asked = map { $_ => 1 } @{ $body->{docvalue_fields} };
    my $name = $asked{name} && sprintf '"name":["%s"],', $option{name} // 'c';
    my $first = $body->{search_after} ? $body->{search_after}[3] + 1 : 0;
    my $n = $total - $first;

    $n = $body->{size} if $n > $body->{size};
    $c->reply(200, page($first, $n, $name // ''), %option);
}


# The handler is called with the number of searches before it, too.
sub start {
    my ($handler, %option) = @_;

    my $tally = 'searches' . ++$option{n} . rand;

    $fake = fake(sub { $handler->(@_, tally($tally) - 1) });
    $nginx = reads(es => $fake->port, %option);
}


sub total {
    my ($total, %option) = @_;

    start(sub { search(@_[0, 1], $total) }, %option);
}


sub stop {
    my (@allowed) = @_;

    $nginx->allow($_) for @allowed;
    $nginx->stop;
    $fake->stop;
}


sub export {
    my ($query, @headers) = @_;

    my $c = client($nginx->port);
    $c->start('GET', '/v1/export' . ($query // ''), undef, @headers);

    return $c;
}


sub line {
    my ($i) = @_;

    return sprintf '{"name":"c","type":"t","value":%d,"timestamp":'
                   . '"1970-01-01T00:%02d:%02d%sZ"}' . "\n", $i,
                   $i / 60000, $i / 1000 % 60,
                   $i % 1000 ? sprintf('.%03d', $i % 1000) =~ s/0+$//r : '';
}


sub lines { return join '', map { line($_) } 0 .. $_[0] - 1 }


# The most memory that the worker had, in MiB.
sub peak {
    my ($worker) = $nginx->workers;
    my ($kb) = slurp("/proc/$worker/status") =~ /^VmHWM:\s+(\d+) kB/m;

    return ($kb // 0) / 1024;
}


# All that comes until the server closes, which must not be a whole export.
sub broken {
    my ($c, $text) = @_;

    my $deadline = time + 5;
    1 while $c->_more($deadline);
    my $came = $c->{in};

    ok($c->{ended}, "$text: the connection ends");
    ok($came !~ /\r\n0\r\n\r\n\z/, "$text: without a last chunk");
    ok(!$c->finish(1), "$text: which is not a whole reply");
    cmp_ok(index($came, 'HTTP/1.1 200 '), '==', 0, "$text: after status 200");
    cmp_ok(index($came, '1970-01-01T00:00:04.999Z'), '>', 0,
           "$text: and all of the first page");
}


# Pages of every fill: what comes is what there is, once.
for my $total (0, 1, $full - 1, $full, $full + 1, 2 * $full, 3 * $full + 7) {
    total($total);
    my $c = export();
    my $reply = $c->finish;
    is($reply->{status}, 200, "$total datapoints");
    is($reply->{headers}{'transfer-encoding'}, 'chunked', 'in chunks');
    is($reply->{headers}{'content-type'}, 'application/x-ndjson', 'of NDJSON');
    is($reply->{headers}{vary}, 'Accept', 'and it depends on Accept');
    ok($reply->{body} eq lines($total), 'each once, in order');

    $c->start('GET', '/health');
    is($c->finish->{body}, 'OK', 'the connection goes on');
    stop();
}

# CSV: by parameter or header, its own header once.
total($full + 3);
for ([ '?format=csv' ], [ '', Accept => 'text/csv' ]) {
    my $reply = export(@$_)->finish;
    is($reply->{headers}{'content-type'}, 'text/csv; charset=utf-8', 'CSV');
    my @rows = split /\r\n/, $reply->{body};
    is(scalar @rows, $full + 4, 'a header and a row each');
    is($rows[0], 'name,type,value,timestamp,tags', 'the header');
    is($rows[1], 'c,t,0,1970-01-01T00:00:00Z,', 'the first');
    is($rows[-1], 'c,t,5002,1970-01-01T00:00:05.002Z,', 'the last');
}
stop();

total(0);
is(export('?format=csv')->finish->{body}, "name,type,value,timestamp,tags\r\n",
   'CSV of nothing is its header');
stop();

# HEAD asks once and has no body; HTTP/1.0 has no chunks.
total(3 * $full);
my $head = client($nginx->port);
$head->start('HEAD', '/v1/export');
my $reply = $head->finish;
is($reply->{status}, 200, 'HEAD');
is($reply->{headers}{'content-type'}, 'application/x-ndjson', 'with a type');
$head->start('GET', '/health');
is($head->finish->{body}, 'OK', 'without a body');
is(scalar(() = $fake->requests), 1, 'and one search');

my $old = client($nginx->port);
$old->send("GET /v1/export HTTP/1.0\r\nHost: localhost\r\n\r\n");
$reply = $old->finish;
is($reply->{status}, 400, 'HTTP/1.0 is refused');
like($reply->{body}, qr/"an export needs HTTP\/1.1 or later"/, 'and told why');
is(scalar(() = $fake->requests), 1, 'without a search');
stop();

# Two at once on one connection, and gzip by nginx.
total(2 * $full + 1, set => 'gzip on; gzip_types *;');
my $two = client($nginx->port);
$two->send("GET /v1/export HTTP/1.1\r\nHost: localhost\r\n\r\n" x 2);
for (1, 2) {
    $reply = $two->finish;
    ok($reply && $reply->{body} eq lines(2 * $full + 1), "pipelined: $_");
}
my $port = $nginx->port;
my $got = `curl -s --compressed http://127.0.0.1:$port/v1/export`;
is($?, 0, 'curl is content');
ok($got eq lines(2 * $full + 1), 'with gzip, too');
stop();

# A failure at the first page is a 503, one at the second breaks it off.
my %fault = (
    closed => sub { $_[0]->close },
    reset => sub { $_[0]->reset },
    cut => sub { $_[0]->reply(200, page($full, $full), cut => 5000) },
    'a short length' => sub { $_[0]->raw("HTTP/1.1 200 OK\r\nContent-Length: "
                                         . "9\r\n\r\n" . page($full, $full)) },
    nonsense => sub { $_[0]->reply(200, '{"hits":') },
    'another reply' => sub { $_[0]->reply(200, '{"hits":{"hits":[]}}') },
    'a failed shard' => sub { $_[0]->reply(200, page($full, 1)
                                           =~ s/"failed":0/"failed":1/r) },
    'timed out' => sub { $_[0]->reply(200, page($full, 1)
                                      =~ s/"timed_out":false/"timed_out":true/r)
                   },
    'status 429' => sub { $_[0]->reply(429, '{}') },
    'status 500' => sub { $_[0]->reply(500, '{}') },
    silence => sub { $_[0]->hang },
);

for my $fault (sort keys %fault) {
    for my $csv ('', '?format=csv') {
        start(sub {
            my ($request, $c, $before) = @_;

            $before ? $fault{$fault}->($c) : search($request, $c, 3 * $full);
        }, set => 'cricket_timeout 700ms;');
        my $c = export($csv);
        broken($c, "$fault$csv");
        like($nginx->log, qr/an export was broken off: /, 'and it is logged');
        stop();
    }

    start(sub { $fault{$fault}->($_[1]) }, set => 'cricket_timeout 700ms;');
    my $reply = export()->finish;
    is($reply && $reply->{status}, 503, "$fault at once: status 503");
    is($reply->{headers}{'retry-after'}, 1, 'with Retry-After');
    like($reply->{body}, qr/^\{"error":\{"status":503,/, 'as JSON');
    stop();
}

# A client that knows HTTP says so: curl's 18 is "partial file".
for my $option ('', '--compressed') {
    start(sub { $_[2] ? $_[1]->close : search(@_[0, 1], 2 * $full) },
          set => 'gzip on; gzip_types *;');
    system "curl -s $option -o /dev/null http://127.0.0.1:"
           . $nginx->port . '/v1/export';
    is($? >> 8, 18, "curl $option fails");
    stop();
}

# Who leaves is not searched for: while a page is sent, or looked for.
for my $how (qw(close reset)) {
    total(1e9);
    my $c = export();
    sleep 0.02 while length $c->{in} < 1e6 && $c->_more(time + 5);
    $c->$how;
    ok(wait_until(5, sub { slurp("$nginx->{dir}/access.log") =~ /export/ }),
       "$how: the request ends");
    my $seen = () = $fake->requests;
    sleep 0.3;
    is(scalar(() = $fake->requests), $seen, 'no more searches come');
    cmp_ok($seen, '<', 100, "after $seen");
    stop();

    my $gone = "gone$how";
    start(sub {
        my ($request, $c, $before) = @_;

        return search($request, $c, 3 * $full) if !$before;
        $c->hang;
        tally($gone);
    });
    $c = export();
    wait_until(5, sub { $fake->requests == 2 });
    $c->$how;
    ok(wait_until(5, sub { tallied($gone) }),
       "$how: Elasticsearch's connection is closed in the middle of a search");
    is(scalar(() = $fake->requests), 2, 'and no more searches come');
    stop();
}

# One that reads slowly holds the export up, and gets all of it.
my $many = 60000;
total($many);
my $slow = export('?name=c');
ok(wait_until(10, sub {
    my $seen = () = $fake->requests;
    sleep 0.4;
    return $seen && $seen == (() = $fake->requests);
}), 'without a reader the searches pause');
my $paused = () = $fake->requests;
$reply = $slow->finish(20);
ok($reply && $reply->{body} eq lines($many), 'then all of it comes');
cmp_ok($paused, '<', () = $fake->requests, "searches: $paused at the pause");
stop();

total(1e9, set => 'send_timeout 500ms;');
my $dead = export();
ok(wait_until(10, sub { slurp("$nginx->{dir}/access.log") =~ /export/ }),
   'one that reads nothing is left after send_timeout');
my $seen = () = $fake->requests;
sleep 0.3;
is(scalar(() = $fake->requests), $seen, 'and no more searches come');
stop();

# With limit_rate a page can be sent that has to wait before the next may be.
for my $reply_size ('20k', '8m') {
    total(2000, set => "limit_rate 128k; cricket_max_reply $reply_size;");
    $reply = export()->finish(10);
    ok($reply && $reply->{body} eq lines(2000),
       "with limit_rate, and pages of $reply_size");
    stop();
}

# Pages that are larger than allowed are asked for in smaller ones.
total($full + 1, set => 'cricket_max_reply 100k;');
$reply = export()->finish;
ok($reply && $reply->{body} eq lines($full + 1), 'replies over the limit');
stop();

start(sub { search(@_[0, 1], 9, name => 'n' x 500) },
      set => 'cricket_max_reply 400;');
is(export()->finish->{status}, 503, 'one datapoint over the limit');
stop();

# nginx leaves when the export is done.
my $gate = gate();
start(sub {
    my ($request, $c, $before) = @_;

    $gate->pass if $before;
    search($request, $c, 2 * $full);
});
my $last = export();
wait_until(5, sub { $fake->requests == 2 });
$nginx->signal('QUIT');
sleep 0.2;
$gate->open;
$reply = $last->finish;
ok($reply && $reply->{body} eq lines(2 * $full), 'QUIT waits for an export');
ok($nginx->wait(5), 'and nginx ends');
stop();

# A precondition fails before there is anything to send.
total(2 * $full);
for ([ 'If-Match' => '"x"' ],
     [ 'If-Unmodified-Since' => 'Thu, 01 Jan 1970 00:00:00 GMT' ])
{
    $reply = export('', @$_)->finish;
    is($reply && $reply->{status}, 412, "$_->[0]: 412");
    like($reply->{body}, qr/^\{"error":\{"status":412,/, 'as JSON');
}
stop();

# A page is in memory, whatever the size: freed memory must not be kept.
$ENV{ASAN_OPTIONS} = join ':', $ENV{ASAN_OPTIONS} // (), 'quarantine_size_mb=1';
total(10 * $full);
export()->finish(20);
my $small = peak();
stop();

my $large = 300_000;
total($large);
$reply = export()->finish(60);
is($reply && $reply->{body} =~ tr/\n//, $large, "$large datapoints");
my $used = peak();
cmp_ok($used, '<', $small * 1.2 + 2,
       sprintf 'memory: %.1f MiB, %.1f for a sixth', $used, $small);
stop();

done_testing();
