# SPDX-License-Identifier: BSD-2-Clause

# OpenTelemetry's Collector passes metrics on, as protobuf, whose fields it writes
# backwards, and as JSON: all is read back, once, though Cricket was away for a
# while; what is wrong with a part, and when to come again, it is told.

use strict;
use warnings;

use lib 't/lib';

use CricketClients;
use CricketTest;
use JSON::PP;
use Test::More;
use Time::HiRes qw(sleep time);

use constant AWAY => $ENV{CRICKET_AWAY} // 20;

my $index = fresh_index();
my ($es) = es_url() =~ /:(\d+)/;

# is to be found at the same port again
my $port = free_port();
my $nginx;

my $at = '1483224590123456789';
my $key = qr/tags\.a b: not a key of 1 to 256 bytes of A-Z a-z 0-9/;


sub cricket_up {
    $nginx = nginx(qq{
        upstream es { server 127.0.0.1:$es max_fails=0; keepalive 8; }

        server {
            listen 127.0.0.1:$port;

            cricket_pass http://es;
            cricket_index $index;

            location = /v1/metrics { cricket metrics; }
            location = /v1/names   { cricket names; }
            location = /metrics    { cricket status; }

            # what comes again on the same connection gets through
            location = /later {
                if (\$connection_requests = 1) { return 503; }
                cricket metrics;
            }
        }
    });
}


sub attributes {
    my (%of) = @_;

    return [map { { key => $_, value => $of{$_} } } sort keys %of];
}


sub point {
    my ($more, %attributes) = @_;

    return { timeUnixNano => $at, attributes => attributes(%attributes),
             %$more };
}


# One of each kind, under a prefix.
sub metrics {
    my ($prefix) = @_;

    my $text = { stringValue => "k \x{e4}" };

    return [
        { name => "$prefix.temp", unit => 'Cel', gauge => { dataPoints => [
            point({ asDouble => 21.5 }, room => $text),
            point({ asInt => '-3' }) ] } },
        { name => "$prefix.requests", sum => {
            aggregationTemporality => 2, isMonotonic => JSON::PP::true,
            dataPoints => [point({ asInt => '5' },
                                 route => { stringValue => '/a' },
                                 ok => { boolValue => JSON::PP::true })] } },
        { name => "$prefix.jobs", sum => {
            aggregationTemporality => 1, isMonotonic => JSON::PP::true,
            dataPoints => [point({ asDouble => 0.25 })] } },
        { name => "$prefix.inflight", sum => {
            aggregationTemporality => 2,
            dataPoints => [point({ asInt => '-2' })] } },
        { name => "$prefix.latency", histogram => {
            aggregationTemporality => 1,
            dataPoints => [point({ count => '4', sum => 10.5, min => 0.5,
                                   max => 7, explicitBounds => [1, 5],
                                   bucketCounts => [qw(1 2 1)] })] } },
        { name => "$prefix.exp", exponentialHistogram => {
            aggregationTemporality => 2,
            dataPoints => [point({ count => '4', sum => 7, scale => 0,
                                   zeroCount => '1', positive => {
                                   offset => 0,
                                   bucketCounts => [qw(2 1)] } })] } },
        { name => "$prefix.quant", summary => {
            dataPoints => [point({ count => '3', sum => 6, quantileValues => [
                { quantile => 0.5, value => 2 },
                { quantile => 0.99, value => 3 } ] })] } },
    ];
}


# The same as they are to be read back.
sub expected {
    my ($prefix) = @_;

    return map { my ($name, $type, $value, %tags) = @$_;
                 line("$prefix.$name", $type, $value,
                      '2016-12-31T22:49:50.123456789Z',
                      { 'service.name' => 'shop', n => 7, %tags }) } (
        ['temp', 'gauge', 21.5, room => "k \x{e4}"],
        ['temp', 'gauge', -3],
        ['requests', 'cumulative', 5, route => '/a', ok => 'true'],
        ['jobs', 'counter', 0.25],
        ['inflight', 'gauge', -2],
        ['latency_count', 'counter', 4],
        ['latency_sum', 'counter', 10.5],
        ['latency_min', 'gauge', 0.5],
        ['latency_max', 'gauge', 7],
        ['latency_bucket', 'counter', 1, le => 1],
        ['latency_bucket', 'counter', 3, le => 5],
        ['latency_bucket', 'counter', 4, le => '+Inf'],
        ['exp_count', 'cumulative', 4],
        ['exp_sum', 'cumulative', 7],
        ['exp_bucket', 'cumulative', 1, le => 0],
        ['exp_bucket', 'cumulative', 3, le => 2],
        ['exp_bucket', 'cumulative', 4, le => 4],
        ['quant', 'gauge', 2, quantile => '0.5'],
        ['quant', 'gauge', 3, quantile => '0.99'],
        ['quant_count', 'cumulative', 3],
        ['quant_sum', 'cumulative', 6],
    );
}


sub line {
    my ($name, $type, $value, $time, $tags) = @_;

    return join ' ', $name, $type, 0 + $value, $time,
                map { "$_=$tags->{$_}" } sort keys %$tags;
}


sub send_to {
    my ($collector, $metrics) = @_;

    my $body = encode_json({ resourceMetrics => [{
        resource => { attributes => attributes(
            'service.name' => { stringValue => 'shop' },
            n => { intValue => '7' }) },
        scopeMetrics => [{ scope => { name => 's' }, metrics => $metrics }],
    }] });

    return http($collector->http_port, 'POST', '/v1/metrics', $body,
                'Content-Type' => 'application/json')->{status};
}


sub got {
    my ($prefix) = @_;

    es('POST', "/$index/_refresh");

    my $reply = http($port, 'GET', "/v1/names?prefix=$prefix.");

    return sort map {
        my $reply = http($port, 'GET', "/v1/metrics?name=$_->{name}");
        map { line(@$_{qw(name type value timestamp tags)}) }
            @{ decode_json($reply->{body}) };
    } @{ decode_json($reply->{body})->{names} };
}


sub arrives {
    my ($prefix, $n) = @_;

    my @got;
    wait_until(30, sub { sleep 0.2; (@got = got($prefix)) >= $n });

    return @got;
}


for my $case (['proto', '', 'otlp'],
              ['json', '    encoding: json', 'otlp_json'],
              ['plain', '    compression: none', 'otlp'])
{
    my ($name, $settings, $format) = @$case;

    cricket_up();

    my $collector = collector("http://127.0.0.1:$port/v1/metrics", $settings);

    # What it has, and again, as a sender would that got no answer.
    is(send_to($collector, metrics($name)), 200, "$name: taken") for 1 .. 2;

    my @expected = sort { $a cmp $b } expected($name);
    my @got = arrives($name, scalar @expected);
    sleep 1;
    is_deeply(\@got, \@expected, "$name: all is there") or diag($collector->say);
    is_deeply([got($name)], \@expected, "$name: once");

    # A part is wrong.
    is(send_to($collector, [{ name => "$name-bad.temp", gauge => {
        dataPoints => [point({ asInt => 1 }),
                       point({ asInt => 2 }, 'a b' => { intValue => 1 }),
                       point({ asInt => 3 }, c => { intValue => 1 })] } }]),
       200, "$name: a part is wrong");
    is(scalar arrives("$name-bad", 2), 2, "$name: the rest is there");
    ok(wait_until(5, sub { $collector->say =~ /Partial success.*$key/ }),
       "$name: it is told why") or diag($collector->say);
    like($collector->say, qr/"dropped_data_points": 1\b/,
         "$name: and of how many");

    # Cricket is away, and the Collector is sent more.
    $nginx->stop;
    my $n = 0;

    for my $end (time + AWAY) {
        while (time < $end) {
            is(send_to($collector, [{ name => "$name-away.n", gauge => {
                dataPoints => [point({ asInt => $n },
                                     i => { intValue => $n })] } }]),
               200, "$name: taken while Cricket is away");
            $n++;
            sleep AWAY / 20;
        }
    }

    cricket_up();
    @got = arrives("$name-away", $n);
    sleep 1;
    is(scalar(() = got("$name-away")), $n, "$name: nothing is twice");
    is(join(' ', sort { $a <=> $b } map { (split / /)[2] } @got),
       join(' ', 0 .. $n - 1), "$name: nothing is lost");
    unlike($collector->say, qr/Dropping data/, "$name: nothing was dropped");

    my ($stored) = http($port, 'GET', '/metrics')->{body}
                   =~ /format="$format",outcome="stored"\} (\d+)/;
    is($stored, $n, "$name: counted under its format");

    $collector->stop;
    $nginx->stop;
}

# When to come again.
cricket_up();

my $collector = collector("http://127.0.0.1:$port/later", '');
my $start = time;
is(send_to($collector, metrics('later')), 200, 'later: taken');

my @got = arrives('later', 21);
is_deeply(\@got, [sort { $a cmp $b } expected("later")], 'later: all is there')
    or diag($collector->say);
like($collector->say, qr/Throttle \(1s\)/, 'later: it was told when');
cmp_ok(time - $start, '>=', 1, 'later: and waited');
$collector->stop;
$nginx->stop;

done_testing();
