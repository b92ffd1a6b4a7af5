# SPDX-License-Identifier: BSD-2-Clause

# The request log, byte for byte, and the variables that it is made of; and
# whose name is in the error log.

use strict;
use warnings;

use lib 't/lib';

use CricketTest;
use CricketWrites;
use POSIX qw(strftime);
use Test::More;
use Time::HiRes qw(time);

my $fake = fake(sub {
    my ($request, $c) = @_;

    return $c->bulk($request) if $request->{uri} =~ /_bulk/;

    $c->sleep(1.1) if $request->{body} =~ /slow/;
    $c->reply(200, $request->{body} =~ /"composite"/
        ? '{"timed_out":false,"_shards":{"failed":0},"aggregations":{'
          . '"buckets":{"buckets":[]}}}'
        : $request->{body} =~ /"aggs"/
        ? '{"timed_out":false,"_shards":{"failed":0},"aggregations":{"stats":'
          . '{"count":0,"min":null,"max":null,"avg":null,"sum":0}}}'
        : '{"timed_out":false,"_shards":{"failed":0}}');
});

my ($format) = slurp("$CricketTest::TOP/nginx.conf.example")
               =~ /(log_format\s+cricket\s.*?;)/s;
ok($format, 'nginx.conf.example has the format');

my $dir = CricketTest::folder('log');

my $nginx = nginx(q{
    %%FORMAT%%
    log_format variables escape=none
               "$cricket_route $cricket_datapoints $cricket_batch_size "
               "[$cricket_duration] [$cricket_time] $cricket_seconds";
    log_format escaped "$cricket_seconds";

    access_log %%LOG%%/cricket.log cricket;
    access_log %%LOG%%/escaped.log escaped;
    access_log %%LOG%%/variables.log variables;

    server {
        listen 127.0.0.1:%%PORT%%;
        cricket_pass http://127.0.0.1:%%ES%%;
        location = /            { cricket index; }
        location = /health      { cricket health; }
        location = /ready       { cricket ready; }
        location = /v1/metrics  { cricket metrics; }
        location = /v1/stats    { cricket stats; }
        location = /v1/names    { cricket names; }
        location = /metrics     { cricket status; }
        location = /denied      { cricket metrics; deny all; }
        location = /plain       { return 200; }
    }
}, ES => $fake->port, FORMAT => $format, LOG => $dir);


# The last lines of the logs that the request makes.
sub logged {
    my (@request) = @_;

    my %lines;
    my $n = () = slurp("$dir/variables.log") =~ /\n/g;

    my $reply = http($nginx->port, @request);

    wait_until(5, sub { $n < (() = slurp("$dir/variables.log") =~ /\n/g) });

    return map { (split /\n/, slurp("$dir/$_.log"))[-1] } qw(cricket variables escaped);
}


my $datapoint = '{"name":"n","type":"t","value":1,'
                . '"timestamp":"2016-12-31T22:49:50Z"}';
my $time = qr{\d{4}/\d\d/\d\d \d\d:\d\d:\d\d};
my $duration = qr/(?:[1-9]\d{0,2}(?:\.\d{0,5}[1-9])?(?:\xc2\xb5s|ms)
                   |[1-9]\d{0,2}ns|\d{1,2}(?:\.\d{0,8}[1-9])?s)/x;

my $number = qr/(?:0|[1-9]\d*)\.\d{6}/;

for my $row (
    ['IndexHandler', 0, 'GET', '/'],
    ['Health', 0, 'GET', '/health'],
    ['Health', 0, 'HEAD', '/health'],
    ['Ready', 0, 'GET', '/ready'],
    ['GetMetrics', 0, 'GET', '/v1/metrics?name=a%20b&type=%C3%A9'],
    ['PostMetrics', 1, 'POST', '/v1/metrics', $datapoint],
    ['PostMetrics', 3, 'POST', '/v1/metrics', '[' . "$datapoint," x 2
                                              . "$datapoint]"],
    ['PostMetrics', 0, 'POST', '/v1/metrics', '[]'],
    ['GetStats', 0, 'GET', '/v1/stats?name=n&start=0&end=now'],
    ['GetStats', 0, 'GET', '/v1/stats'],
    ['GetNames', 0, 'GET', '/v1/names'],
    ['Status', 0, 'GET', '/metrics'],
) {
    my ($route, $n, $method, $uri, $body) = @$row;
    my $before = time;
    my ($line, $variables, $escaped) = logged($method, $uri, $body);

    like($line, qr{^$time \Q$method\E\t\Q$uri\E\t$route\t$duration$},
         "$method $uri: the line");

    my ($day, $clock) = split ' ', $line;
    my @around = map { strftime('%Y/%m/%d %H:%M:%S', localtime $_) }
                 int $before .. int time;
    ok(scalar(grep { $_ eq "$day $clock" } @around), "$method $uri: its time");

    like($variables, qr{^$route $n $n \[$duration\] \[$time\] $number$},
         "$method $uri: the variables");
    like($escaped, qr{^$number$}, "$method $uri: without escapes");
}

# No handler, no name: what never came to one.
my ($line) = logged('GET', '/plain');
like($line, qr{^$time GET\t/plain\t\t(?:0s|$duration)$}, 'another location');
($line) = logged('GET', '/denied');
like($line, qr{^$time GET\t/denied\tGetMetrics\t(?:0s|$duration)$},
     'refused before');
($line) = logged('PUT', '/v1/metrics');
like($line, qr{^$time PUT\t/v1/metrics\t\t$duration$}, 'a wrong method');

# The duration is what the client sees of it, in the unit that fits.
($line) = logged('GET', '/health');
like($line, qr/\t\d+(?:\.\d+)?(?:\xc2\xb5s|ns)$/, 'health takes microseconds');

my $start = time;
($line, my $variables) = logged('GET', '/v1/metrics?name=slow');
my $took = time - $start;
my ($number_of) = $variables =~ / (\S+)$/;
cmp_ok($number_of, '>', 1.05, 'in seconds, too');
cmp_ok($number_of, '<=', $took, 'and no longer');
my ($seconds) = $line =~ /\t(\d+\.\d+)s$/;
cmp_ok($seconds // 0, '>', 1.05, 'a slow one takes as long as it takes');
cmp_ok($seconds // 99, '<=', $took, 'and no longer');

# All lines of the log, one a request.
my @lines = split /\n/, slurp("$dir/cricket.log"), -1;
is(pop @lines, '', 'a line feed at the end');
is(scalar(grep { tr/\t// != 3 } @lines), 0, 'three tabs a line');

$nginx->stop;

# What goes wrong with a bulk is no one client's: the request that it rides on
# is not named, nor is its connection.
my @gates = map { gate() } 1, 2;
my $faults = fake(sub {
    my ($request, $c) = @_;

    return $c->reply(200, '{}') if $request->{uri} !~ /_bulk/;

    $gates[0]->pass if $request->{body} =~ /first/;
    $gates[1]->pass if $request->{body} =~ /leader/;
    return $c->close if $request->{body} =~ /gone/;
    return $c->raw("HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n")
        if $request->{body} =~ /nonsense/;
    $c->bulk($request);
});
$nginx = cricket(es => $faults->port,
                 set => 'cricket_bulks 1; cricket_timeout 5s;');
warm($nginx);

my @c = post($nginx, 'first', 'X-Is' => 'it');
wait_until(5, sub { $faults->requests });
push @c, post($nginx, points('gone', 'other')), post($nginx, 'third');
ping($nginx);
$gates[0]->open;
is(join(' ', statuses(@c)), '200 503 503', 'a bulk fails');
bulk_line('prematurely closed connection while reading response header from '
          . 'upstream', 'storing a batch of 3 datapoints of 2 requests',
          $faults->port . '/metrics/_bulk');

is(join(' ', statuses(post($nginx, 'nonsense'))), 503, 'another fails');
bulk_line('elasticsearch sent a header line that is invalid',
          'storing a batch of 1 datapoint of 1 request',
          $faults->port . '/metrics/_bulk');

# The leader has its name again behind it, and when it leaves meanwhile.
$c[1]->start('POST', '/v1/metrics', point('again'));
$c[1]->close;
$c[2]->start('POST', '/v1/metrics', point('leader'));
wait_until(5, sub { 4 < $faults->requests });
$c[2]->reset;
ping($nginx);
$gates[1]->open;
is(join(' ', statuses(post($nginx, 'last'))), 200, 'others are served');
$c[0]->start('GET', '/v1/metrics?name=n&bad=1');
is(join(' ', statuses($c[0])), 400, 'and so is who rode along');
quit($nginx);

$nginx = cricket(es => free_port(), set => 'cricket_timeout 5s;');
is(join(' ', statuses(post($nginx, 'any'))), 503, 'no node');
bulk_line('connect() failed', 'asking for the index for 1 request',
          '/metrics');
quit($nginx);


sub bulk_line {
    my ($message, $what, $url) = @_;

    my ($line) = grep { /\Q$message\E/ } split /\n/, $nginx->log;

    like($line // '', qr{^\S+\ \S+\ \[\w+\]\ \d+\#\d+:\ [^*]
                         .*,\ \Q$what\E,
                         \ upstream:\ "http://127\.0\.0\.1:\d*\Q$url\E"$}x,
         "$message: a batch's");
}


done_testing();
