# SPDX-License-Identifier: BSD-2-Clause

# No memory: one allocation after the other fails in the worker, through a
# request of each kind. The answer is an error or the connection's end, never a
# wrong one; the worker lives on, and serves the next request as ever.
#
# With the distribution's nginx most allocations come out of a pool, so these
# are small here; in "make sanitize" each is one of its own.

use strict;
use warnings;

use lib 't/lib';

use Compress::Zlib ();
use CricketTest;
use CricketWrites;
use JSON::PP;
use Test::More;

# Of the allocations after the first so many, one in three fails.
use constant EACH => 60;

# All requests here end sooner, on a busy machine, too.
use constant PATIENCE => 10;

my $dir = CricketTest::folder('nomem');
my $control = "$dir/control";
my $library = "$dir/nomem.so";

is(system($ENV{CC} // 'cc', '-shared', '-fPIC', '-O1', '-o', $library,
          't/lib/nomem.c', '-ldl'), 0, 'the library that lets them fail');

my $index = fresh_index();

# Of three datapoints it stores the first at once, the second at the third try,
# the last never.
my $fake = fake(sub {
    my ($request, $c) = @_;

    answer($c, $request, sub {
        my ($name) = @_;
        return [400, 'mapper_parsing_exception', 'no'] if $name =~ /refused/;
        return 429 if $name =~ /later/ && tally($name) < 3;
        return 201;
    });
});

arm(0);

my $nginx = do {
    local $ENV{LD_PRELOAD} = $library;
    local $ENV{NOMEM} = $control;
    local $ENV{ASAN_OPTIONS} = join ':', $ENV{ASAN_OPTIONS} // (),
                               'verify_asan_link_order=0';

    nginx(q{
        upstream es {
            server 127.0.0.1:%%ES%% max_fails=0;
            keepalive 8;
        }

        upstream fake {
            server 127.0.0.1:%%FAKE%% max_fails=0;
            keepalive 8;
        }

        connection_pool_size 256;
        request_pool_size 256;

        log_format cricket '$cricket_time $cricket_route $cricket_datapoints '
                           '$cricket_batch_size $cricket_duration';

        server {
            listen 127.0.0.1:%%PORT%%;

            access_log %%LOG%% cricket;
            client_max_body_size 8m;

            cricket_pass http://es;
            cricket_index %%INDEX%%;
            cricket_timeout 8s;

            location = /v1/metrics { cricket metrics; }
            location = /v1/stats { cricket stats; }
            location = /v1/names { cricket names; }
            location = /v1/export { cricket export; cricket_max_reply 100k; }
            location = /ui { cricket dashboard; }
            location = /ready { cricket ready; }
            location = /metrics { cricket status; }
            location = /write { cricket influx; }
            location = /api/v2/write { cricket influx; }
            location = /query { cricket influx; }
            location /api/ { cricket opentsdb; }
            location = /together { cricket metrics; cricket_bulks 1; }
            location = /fake { cricket metrics; cricket_pass http://fake; }
        }
    }, ES => es_url() =~ /:(\d+)/, FAKE => $fake->port, INDEX => $index,
         LOG => "$dir/log");
};

# An allocation that fails says so. The core ends an export that it cannot go on
# with by an answer, finds that one was begun, and closes the connection.
$nginx->allow(qr/\[emerg\] .* (?:malloc|posix_memalign)\(.*failed \(12:/);
$nginx->allow(qr{\[alert\] .* header already sent .* "GET /v1/export});

# TLS has memory of its own, and a kept connection that lacked some is broken,
# which only its next request meets with.
my $tls = ($ENV{CRICKET_WAY} // '') eq 'tls';
$nginx->allow(qr/\[(?:crit|alert)\] .* (?:SSL_\w+\(\) failed|stale global SSL)/)
    if $tls;

my $count = 0;
my (%tried, %acknowledged);


# Lets $fails allocations fail after the first $passes.
sub arm {
    my ($fails, $passes) = @_;

    open my $fh, '+>>', $control or die "$control: $!";
    close $fh;
    open $fh, '+<', $control or die "$control: $!";
    syswrite $fh, pack 'LLL', $fails, $passes // 0, 0;
    close $fh;
}


sub failed {
    return (unpack 'LLL', slurp($control))[2];
}


sub start {
    my (@request) = @_;

    my $c = client($nginx->port);
    $c->start(@request);

    return $c;
}


# What the client can tell of a reply, with its status in front.
sub outcome {
    my ($c) = @_;

    my $reply = $c->finish(PATIENCE);
    my $end = $c->{ended} ? 'closed' : 'hangs';
    $c->close;

    return $end if !$reply;

    my $headers = $reply->{headers};

    return join ' ', $reply->{status}, $headers->{'content-type'} // 'no type',
                     $headers->{link} // 'no link', $reply->{body};
}


sub outcome_of { return outcome(start(@_)) }


# A write's datapoints have a name of their own, by which they are counted.
sub write_of {
    my ($n, %how) = @_;

    my $expected = qq(200 application/json no link {"stored":$n}\n);

    return sub {
        my (@ids, @clients);

        for (1 .. $how{together} // 1) {
            my $id = 'n' . ++$count;
            my $body = points((point($id)) x $n);
            my @headers;

            if ($how{gzip}) {
                $body = Compress::Zlib::memGzip($body);
                push @headers, 'Content-Encoding' => 'gzip';
            }

            push @headers, 'Idempotency-Key' => $id if $how{key};
            push @ids, $id;
            push @clients, start('POST', $how{uri} // '/v1/metrics', $body,
                                 @headers);
            $tried{$id} = $n;
        }

        return map {
            my $outcome = outcome($_);
            my $id = shift @ids;
            $acknowledged{$id} = 1 if $outcome =~ /^200/;
            [$outcome, $expected];
        } @clients;
    };
}


sub verdicts {
    my @request = ('POST', '/fake');
    my $body = sub {
        return points(map { $_ . ++$count } qw(stored later refused));
    };
    my $expected = outcome_of(@request, $body->());

    return sub { return [outcome_of(@request, $body->()), $expected] };
}


# Too large for one turn of the event loop; with an end that is wrong, so that
# nothing is stored.
sub sliced {
    my ($name) = @_;

    my $body = Compress::Zlib::memGzip('[' . (point($name) . ',') x 40_000);
    my @request = ('POST', '/v1/metrics', $body, 'Content-Encoding' => 'gzip');
    my $expected = outcome_of(@request);

    return sub { return [outcome_of(@request), $expected] };
}


sub read_of {
    my (@request) = @_;

    my $expected = outcome_of(@request);

    return sub { return [outcome_of(@request), $expected] };
}


# It counts, so no two are the same.
sub status {
    my $head = sub { return outcome_of('GET', '/metrics') =~ s/\n.*//sr };
    my $expected = $head->();

    return sub { return [$head->(), $expected] };
}


# What is wrong about how requests ended where memory may have failed.
sub wrong {
    return grep { !/^(?:50[0234] |closed$)/ }
           map { $_->[0] eq $_->[1] ? () : substr $_->[0], 0, 200 } @_;
}


# Lets the allocations of a request fail, each in its turn, $fails in a row.
sub each_fails {
    my ($what, $fails, $request) = @_;

    my ($worker) = $nginx->workers;
    my ($n, $hits, $unhurt) = (0, 0, 0);
    my (%ends, @bad);

    while ($unhurt < 2 && $n < 10000 && @bad < 5) {
        arm($fails, $n);
        my @outcomes = $request->();
        my $hit = failed();
        arm(0);

        push @bad, map { "allocation $n: $_" } wrong(@outcomes);

        if ($hit) {
            $hits++;
            $unhurt = 0;
            $ends{substr $_->[0], 0, 3}++ for @outcomes;

        } else {
            $unhurt++;
        }

        my @after = $request->();

        if ($tls && grep { $_->[0] =~ /connection to .* was lost/ } @after) {
            @after = $request->();
        }

        push @bad, map { "after allocation $n: $_->[0]" }
                   grep { $_->[0] ne $_->[1] } @after;

        $n += $n < EACH ? 1 : 3;
    }

    is(join("\n", @bad), '', "$what: $hits failures, "
       . join ', ', map { "$_: $ends{$_}" } sort keys %ends);
    cmp_ok($hits, '>', 5, "$what: there were failures");
    is(join(' ', $nginx->workers), $worker, "$what: the worker lives");
}


# To read; an export by host takes some tries and then some pages.
for (1 .. 3) {
    my @points = map {
        point('old' . $_ % 7, tags => encode_json({ host => 'h' . $_ % 3 }))
    } 1 .. 3000;

    like(outcome_of('POST', '/v1/metrics', points(@points)), qr/^200 /,
         'something to read');
}

es('POST', "/$index/_refresh");

like(outcome_of('POST', '/api/put', '{"metric":"p","timestamp":1,"value":1}'),
     qr/^204 /, 'something that is there already');

my %requests = (
    'POST' => write_of(1),
    'POST, large' => write_of(1500),
    'POST, gzip' => write_of(20, gzip => 1),
    'POST, in slices' => sliced('sliced'),
    'POST, keyed' => write_of(3, key => 1),
    'POST, four together' => write_of(1, uri => '/together', together => 4),
    'POST, three verdicts' => verdicts(),
    'POST, influx' => read_of('POST', '/write', "m,t=a\\ b f=1,s=\"x\"\nbad\n"),
    'POST, influx, refused' => read_of('POST', '/api/v2/write?nmae=1', 'm a=1'),
    'POST, influx, a form' => read_of('POST', '/query',
                                      'q=CREATE+DATABASE+x'),
    'POST, opentsdb' => read_of('POST', '/api/put?details',
                                '[{"metric":"o","timestamp":1,"value":".5"},'
                                . '{"metric":"o","timestamp":1,"value":"x"}]'),
    'POST, opentsdb, two questions' => read_of('POST', '/api/query',
        '{"start":1483228800,"end":1483315200,"queries":['
        . '{"aggregator":"sum","metric":"old1","downsample":"1m-avg-null",'
        . '"tags":{"host":"*"}},{"aggregator":"p99","metric":"old1","filters":['
        . '{"type":"regexp","tagk":"host","filter":"h[12]"}]}]}'),
    'GET, opentsdb, suggest' => read_of('GET', '/api/suggest?type=tagv&q=h'),
    'GET, opentsdb, lookup' => read_of('GET', '/api/search/lookup?m=old1'),
    'POST, opentsdb, another value' => read_of('POST', '/api/put',
                                '{"metric":"p","timestamp":1,"value":2}'),
    'GET /v1/metrics' => read_of('GET', '/v1/metrics?name=old1&limit=5'),
    'GET /v1/stats' => read_of('GET', '/v1/stats?name=old1&group_by=host'
                                      . '&interval=1d'
                                      . '&start=2017-01-01T00:00:00Z'
                                      . '&end=2017-01-02T00:00:00Z'),
    'GET /v1/names' => read_of('GET', '/v1/names?prefix=old&limit=3'),
    'GET /v1/export' => read_of('GET', '/v1/export?tag.host=h1&format=csv'),
    'GET /ui' => read_of('GET', '/ui'),
    'GET /ui, gzip' => read_of('GET', '/ui', undef, 'Accept-Encoding' => 'gzip'),
    'GET /ready' => read_of('GET', '/ready'),
    'GET /metrics' => status(),
    'GET, refused' => read_of('GET', '/v1/metrics?nmae=old'),
);

for my $what (sort keys %requests) {
    each_fails($what, 1, $requests{$what});
}

for my $what ('POST', 'GET /v1/export') {
    each_fails("$what, and all that follow", 1000000, $requests{$what});
}

es('POST', "/$index/_refresh");

my (undef, $found) = es('POST', "/$index/_search", '{"size":0,"aggs":{"n":'
                        . '{"terms":{"field":"name","size":60000}}}}');

my %stored = map { $_->{key} => $_->{doc_count} }
             @{ $found->{aggregations}{n}{buckets} };

my @lost = grep { ($stored{$_} // 0) < $tried{$_} } keys %acknowledged;
my @twice = grep { ($stored{$_} // 0) > $tried{$_} } keys %tried;

is("@lost", '', 'what was acknowledged is stored, '
                . keys(%acknowledged) . ' of ' . keys %tried);
is("@twice", '', 'and nothing twice');

quit($nginx);

done_testing();
