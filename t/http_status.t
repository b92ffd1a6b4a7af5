# SPDX-License-Identifier: BSD-2-Clause

# What Cricket counts about itself, read as Prometheus reads it.

use strict;
use warnings;

use lib 't/lib';

use CricketTest;
use CricketWrites;
use IPC::Open2 qw(open2);
use JSON::PP;
use Test::More;
use Time::HiRes qw(sleep time);

my $python = -x '/usr/bin/python3' ? '/usr/bin/python3' : 'python3';

my $routes = join ' ', 'location = /metrics { cricket status; }',
    map { "location = /v1/$_ { cricket $_; }" } qw(stats names export);

my ($nginx, $fake, $gate);


sub start {
    my (%option) = @_;

    return cricket(%option, set => $routes . ' ' . ($option{set} // ''));
}


my %families;


sub families { return sort keys %families }


# All samples, by name and sorted labels, without those that say which place to
# write to and in which format; with an index, of that alone.
sub scrape {
    my ($index) = @_;

    my $reply = http($nginx->port, 'GET', '/metrics');

    my $pid = open2(my $out, my $in, $python,
                    "$CricketTest::TOP/t/lib/exposition.py");
    print $in $reply->{body};
    close $in;
    my $said = decode_json(join '', <$out>);
    waitpid $pid, 0;

    if (@{ $said->{wrong} }) {
        local $Test::Builder::Level = $Test::Builder::Level + 1;
        fail("an exposition: $_") for @{ $said->{wrong} };
    }

    %families = %{ $said->{families} };

    my %samples;

    while (my ($name, $value) = each %{ $said->{samples} }) {

        if (defined $index) {
            next if $name !~ /\bindex="\Q$index\E"/;
        }

        $name =~ s/\b(?:index|upstream|format)="[^"]*",?//g;
        $name =~ s/,\}$/}/;
        $name =~ s/\{\}$//;
        $samples{$name} += $value;
    }

    return \%samples;
}


# What is expected, and comes within a while: a name says which samples, all of
# those that begin with it but have another value are reported.
sub counts {
    my ($what, %expected) = @_;

    local $Test::Builder::Level = $Test::Builder::Level + 1;

    my %got;

    wait_until(5, sub {
        my $samples = scrape();
        %got = map { $_ => $samples->{$_} } keys %expected;
        return !grep { ($got{$_} // -1) != ($expected{$_} // -1) }
               keys %expected;
    });

    is_deeply(\%got, \%expected, $what);
}


sub datapoints {
    my (%n) = @_;

    return map { ("cricket_datapoints_total{outcome=\"$_\"}" => $n{$_} // 0) }
           qw(stored duplicate conflict invalid rejected failed uncertain
              abandoned ignored);
}


sub bulks_that {
    my (%n) = @_;

    return map { ("cricket_bulks_total{outcome=\"$_\"}" => $n{$_} // 0) }
           qw(answered refused unsent lost);
}


sub retries {
    my (%n) = @_;

    return map { ("cricket_retries_total{reason=\"$_\"}" => $n{$_} // 0) }
           qw(busy blocked failed unsent too_large next_node);
}


sub requests {
    my ($route, $method, $status) = @_;

    return "cricket_requests_total{method=\"$method\",route=\"$route\","
           . "status=\"$status\"}";
}


my %idle = (cricket_queued_requests => 0, cricket_queued_bytes => 0,
            cricket_bulks_in_flight => 0);
my $bad = '{"name":"","type":"t","value":1,"timestamp":"2017-01-01T00:00:00Z"}';

# Before anything happened.
my $index = fresh_index();
$nginx = start(es => (es_url() =~ /:(\d+)/)[0], index => $index);
my $reply = http($nginx->port, 'GET', '/metrics');
is($reply->{status}, 200, 'a status');
is($reply->{headers}{'content-type'},
   'text/plain; version=0.0.4; charset=utf-8', 'its type');
counts('nothing yet', datapoints(), bulks_that(), retries(), %idle,
       cricket_queue_overflows_total => 0,
       cricket_bulk_datapoints_count => 0, cricket_bulk_size_bytes_count => 0,
       cricket_bulk_duration_seconds_count => 0);
like((grep { /build_info/ } keys %{ scrape() })[0],
     qr/^cricket_build_info\{nginx="1\.\d+\.\d+",version="\d+\.\d+\.\d+"\}$/,
     'the versions');

my $page = slurp("$CricketTest::TOP/docs/metrics.md");
is_deeply([grep { $page !~ /`\Q$_\E(?:_total)?`/ } families()], [],
          'docs/metrics.md has all of them');

# Requests: each with its route, method and status.
http($nginx->port, @$_) for (
    ['HEAD', '/metrics'], ['POST', '/metrics', 'x'], ['GET', '/metrics?x=1'],
    ['GET', '/v1/stats'], ['PUT', '/v1/metrics', 'x'], ['GET', '/v1/names'],
    ['POST', '/v1/metrics', '['], ['GET', '/ping']);
my $samples = scrape();
is($samples->{requests(@$_)}, 1, "@$_") for (
    [qw(status HEAD 200)], [qw(status POST 405)], [qw(status GET 400)],
    [qw(stats GET 400)], [qw(metrics other 405)], [qw(names GET 200)],
    [qw(metrics POST 400)]);
is((grep { /^cricket_requests_total.*method="GET",route="health"/ }
    keys %$samples), 0, 'what was not asked for is not there');
is($samples->{'cricket_request_duration_seconds_count'
              . '{method="GET",route="names"}'}, 1, 'a duration');

# Datapoints in a real Elasticsearch.
my $start = time;
is(post($nginx, points(qw(a b c)))->finish->{status}, 200, 'three stored');
my $took = time - $start;
$samples = scrape();
cmp_ok($samples->{cricket_bulk_duration_seconds_sum}, '>', 0, 'it took a time');
cmp_ok($samples->{cricket_bulk_duration_seconds_sum}, '<', $took,
       'less than the client saw');
cmp_ok($samples->{'cricket_request_duration_seconds_sum'
                  . '{method="POST",route="metrics"}'}, '<', $took + 0.5,
       'in seconds');
cmp_ok($samples->{cricket_bulk_size_bytes_sum}, '>', 3 * 50, 'it has bytes');
counts('stored', datapoints(stored => 3), bulks_that(answered => 1),
       cricket_bulk_datapoints_sum => 3,
       'cricket_bulk_datapoints_bucket{le="2"}' => 0,
       'cricket_bulk_datapoints_bucket{le="5"}' => 1,
       requests(qw(metrics POST 200)) => 1, %idle);

post($nginx, points('d', $bad))->finish;
counts('one is invalid, the other rejected with it',
       datapoints(stored => 3, invalid => 1, rejected => 1));
post($nginx, points('d', $bad), '/v1/metrics?accept_partial=true')->finish;
counts('or not', datapoints(stored => 4, invalid => 2, rejected => 1));

for (1 .. 3) {
    post($nginx, points(qw(e f)), 'Idempotency-Key' => 'k')->finish;
}

counts('the same request, three times',
       datapoints(stored => 6, duplicate => 4, invalid => 2, rejected => 1));
is(count($index), 6, 'as many are stored as it says');

# A reload keeps all that, and is done with what waited.
ok(reload($nginx), 'a reload');
counts('after it', %idle,
       datapoints(stored => 6, duplicate => 4, invalid => 2, rejected => 1));
is(post($nginx, 'g')->finish->{status}, 200, 'and one more');
counts('counted on',
       datapoints(stored => 7, duplicate => 4, invalid => 2, rejected => 1));
quit($nginx);

# What waits, and what leaves.
$gate = gate();
$fake = fake(sub { $gate->pass if $_[0]{n} == 1; $_[1]->bulk($_[0]) });
$nginx = start(es => $fake->port, set => 'cricket_bulks 1; cricket_queue 1m 4;');
warm($nginx);
my @c = post($nginx, points('a1', 'b1'));
wait_until(5, sub { scrape()->{cricket_bulks_in_flight} == 1 });
push @c, map { post($nginx, points("a$_", "b$_")) } 2 .. 4;
wait_until(5, sub { scrape()->{cricket_queued_requests} == 4 });
$samples = scrape();
my $bytes = $samples->{cricket_queued_bytes};
cmp_ok($bytes, '>', 4 * 2 * 50, 'bytes wait');
counts('four wait', cricket_queued_requests => 4, cricket_bulks_in_flight => 1);
is(post($nginx, 'x')->finish->{status}, 503, 'a fifth does not');
counts('the queue is full', cricket_queue_overflows_total => 1,
       datapoints(failed => 1, stored => 1));
$_->reset for @c[1, 2];
counts('two have left', cricket_queued_requests => 2,
       cricket_queued_bytes => $bytes / 2, cricket_bulks_in_flight => 1,
       datapoints(failed => 1, abandoned => 4, stored => 1));
$gate->open;
is(join(' ', statuses(@c[0, 3])), '200 200', 'two are answered');
counts('all is over', %idle, bulks_that(answered => 3),
       cricket_bulk_datapoints_sum => 5,
       datapoints(failed => 1, abandoned => 4, stored => 5));
quit($nginx);
$fake->stop;

# What Elasticsearch says of datapoints, and of bulks.
$fake = fake(sub {
    my ($request, $c) = @_;
    my $n = $request->{n};
    return answer($c, $request, 429, 201) if $n == 1;
    return $c->refuse(429) if $n == 3;
    return answer($c, $request, 201, [400, 'mapper_parsing_exception',
                                       'no']) if $n == 5;
    return $c->reply(413, '{}') if $n == 6;
    return $c->close if $n == 9 || $n == 11;
    $c->bulk($request);
});
$nginx = start(es => $fake->port, set => 'cricket_bulks 1;');
is(post($nginx, points(qw(a b)))->finish->{status}, 200, 'an item was busy');
counts('sent again', retries(busy => 1), datapoints(stored => 2),
       bulks_that(answered => 2), cricket_bulk_datapoints_sum => 3,
       'cricket_bulk_datapoints_bucket{le="1"}' => 1,
       'cricket_bulk_datapoints_bucket{le="2"}' => 2);
is(post($nginx, points(qw(c d)))->finish->{status}, 200, 'a node was busy');
counts('sent again', retries(busy => 2), datapoints(stored => 4),
       bulks_that(answered => 3, refused => 1));
is(post($nginx, points(qw(e f)))->finish->{status}, 400, 'an item is refused');
counts('invalid', datapoints(stored => 5, invalid => 1));
is(post($nginx, points(qw(g h)))->finish->{status}, 200, 'too large');
counts('halved', retries(busy => 2, too_large => 1),
       datapoints(stored => 7, invalid => 1),
       bulks_that(answered => 6, refused => 2));
is(post($nginx, 'i', 'Idempotency-Key' => 'k')->finish->{status}, 200, 'lost');
counts('sent to the next', retries(busy => 2, too_large => 1, next_node => 1),
       datapoints(stored => 8, invalid => 1),
       bulks_that(answered => 7, refused => 2));
is(post($nginx, 'k')->finish->{status}, 503, 'lost without an id');
counts('told', datapoints(stored => 8, invalid => 1, uncertain => 1),
       bulks_that(answered => 7, refused => 2, lost => 1), %idle);
quit($nginx);
$fake->stop;

# Nobody there any more.
$fake = fake(sub { $_[1]->bulk($_[0]) });
$nginx = start(es => $fake->port, set => 'cricket_timeout 500ms;');
is(post($nginx, 'a')->finish->{status}, 200, 'somebody is there');
$fake->stop;
ping($nginx);
is(post($nginx, points(qw(a b)))->finish->{status}, 503, 'nobody is there');
$samples = scrape();
cmp_ok($samples->{'cricket_retries_total{reason="unsent"}'}, '>', 0, 'tried');
cmp_ok($samples->{'cricket_bulks_total{outcome="unsent"}'}, '>', 0, 'in vain');
counts('told', datapoints(stored => 1, failed => 2), %idle,
       cricket_bulk_datapoints_sum => 1);
quit($nginx);

# Workers count together; one that crashes leaves nothing behind in its queue.
$fake = fake(sub { $_[1]->hang });
$nginx = start(es => $fake->port, _workers => 2, set => 'cricket_bulks 1;');
$nginx->allow(qr/exited on signal 9/);
@c = map { my $c = post($nginx, 'a'); ping($nginx); $c } 1 .. 8;
counts('eight wait, whoever has them', cricket_queued_requests => 8);
kill 'KILL', $nginx->workers;
counts('none, after a crash', %idle);
$_->close for @c;
$nginx->stop;
$fake->stop;

# Two teams are two numbers, with what is known of each.
my ($one, $two) = (fresh_index(), fresh_index());
$nginx = cricket(es => (es_url() =~ /:(\d+)/)[0], index => $one, set => qq{
    $routes
    location = /two { cricket metrics; cricket_index $two;
                      cricket_queue 2m 7; }
    location = /gone { cricket metrics; cricket_index gone;
                       cricket_pass http://127.0.0.1:1; }
    location = /absent { cricket metrics; cricket_index absent-$one; }
});
$samples = scrape($one);
ok(!exists $samples->{cricket_elasticsearch_up}, 'up: not known yet');
ok(!exists $samples->{cricket_index_ready}, 'ready: not known yet');
is(post($nginx, points(qw(a b)))->finish->{status}, 200, 'one');
is(post($nginx, points(qw(a b c)), '/two')->finish->{status}, 200, 'two');
is(post($nginx, 'a', '/gone')->finish->{status}, 503, 'gone');
is(post($nginx, 'a', '/absent')->finish->{status}, 503, 'absent');

for ([$one, 2, 0, 1, 1], [$two, 3, 0, 1, 1], ['gone', 0, 1, 0, undef],
     ["absent-$one", 0, 1, 1, 0])
{
    my ($name, $stored, $failed, $up, $ready) = @$_;

    $samples = scrape($name);
    is_deeply({ map { $_ => $samples->{$_} } keys %{ { datapoints() } } },
              { datapoints(stored => $stored, failed => $failed) },
              "$name: datapoints");
    is($samples->{requests('metrics', 'POST', $stored ? 200 : 503)}, 1,
       "$name: requests");
    is($samples->{cricket_elasticsearch_up}, $up, "$name: up");
    is($samples->{cricket_index_ready}, $ready, "$name: ready");
}

$samples = scrape($two);
is($samples->{cricket_queue_limit_bytes}, 2 * 1024 * 1024, 'its bytes');
is($samples->{cricket_queue_limit_requests}, 7, 'its requests');
like(http($nginx->port, 'GET', '/metrics')->{body},
     qr/^cricket_datapoints_total\{index="gone",upstream="127\.0\.0\.1:1",/m,
     'which upstream');

# Reads tell, too.
is(http($nginx->port, 'GET', '/v1/names')->{status}, 200, 'a read');
is(scrape($one)->{cricket_elasticsearch_up}, 1, 'up');
quit($nginx);

done_testing();
