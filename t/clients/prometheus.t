# SPDX-License-Identifier: BSD-2-Clause

# A Prometheus scrapes a target that dies and comes back, and writes to a Cricket
# that is away for a minute: what Prometheus itself has of that time is there,
# nothing is missing, and nothing is twice.

use strict;
use warnings;

use lib 't/lib';

use CricketClients qw(prometheus);
use CricketTest;
use File::Temp qw(tempdir);
use IO::Socket::INET;
use JSON::PP;
use POSIX ();
use Test::More;
use Time::HiRes qw(sleep time);

use constant AWAY => $ENV{CRICKET_AWAY} // 60;

my $index = fresh_index();
my ($es) = es_url() =~ /:(\d+)/;
my $dir = tempdir(CLEANUP => 1);

# both are to be found at the same port again
my ($port, $target_port, $prometheus_port) = map { free_port() } 1 .. 3;
my ($nginx, $target, $prometheus);


sub cricket_up {
    $nginx = nginx(qq{
        upstream es { server 127.0.0.1:$es max_fails=0; keepalive 8; }

        server {
            listen 127.0.0.1:$port;

            client_max_body_size 32m;
            cricket_pass http://es;
            cricket_index $index;

            location = /api/v1/write { cricket prometheus; }
            location = /v1/names     { cricket names; }
            location = /v1/metrics   { cricket metrics; }
            location = /metrics      { cricket status; }
        }
    });
}


# one that counts its scrapes
sub target_up {
    $target = fork() // die "fork: $!";

    return if $target;

    my $listen = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 5,
                                       LocalPort => $target_port,
                                       ReuseAddr => 1)
        or POSIX::_exit(1);
    my $n = 0;

    while (my $c = $listen->accept) {
        while (<$c>) { last if /^\r?$/ }

        $n++;
        my $third = $n / 3;
        my $body = <<"END";
# TYPE t_requests_total counter
t_requests_total{code="200",path="/a \\"b\\""} $n
# TYPE t_temp gauge
t_temp $third
t_nan NaN
t_inf +Inf
# TYPE t_seconds histogram
t_seconds_bucket{le="0.5"} $n
t_seconds_bucket{le="+Inf"} $n
t_seconds_sum $third
t_seconds_count $n
END
        print $c "HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4"
                 . "\r\nConnection: close\r\nContent-Length: " . length($body)
                 . "\r\n\r\n$body";
        close $c;
    }

    POSIX::_exit(0);
}


sub target_down {
    kill KILL => $target;
    waitpid $target, 0;
    $target = undef;
}


sub prometheus_up {
    $prometheus = prometheus($dir, $prometheus_port, <<"END");
global: {scrape_interval: 1s, external_labels: {cluster: c1}}
scrape_configs:
  - job_name: t
    static_configs: [{targets: ["127.0.0.1:$target_port"]}]
remote_write:
  - url: http://127.0.0.1:$port/api/v1/write
    queue_config: {batch_send_deadline: 1s, max_backoff: 1s}
END
}


END {
    my $status = $?;
    kill TERM => grep { $_ } $target, $prometheus;
    waitpid $_, 0 for grep { $_ } $target, $prometheus;
    $? = $status;
}


sub ask {
    my ($query) = @_;

    $query =~ s/([^A-Za-z0-9_.-])/sprintf '%%%02X', ord $1/ge;

    my $reply = http($prometheus_port, 'GET', "/api/v1/query?query=$query");

    return decode_json($reply->{body})->{data}{result};
}


# SERIES TIME VALUE of all that Prometheus has until then, which is what it sent
sub its_samples {
    my ($until) = @_;

    my @lines;

    for my $series (@{ ask('{job="t"}[10m]') }) {
        my %labels = (%{ $series->{metric} }, cluster => 'c1');
        my $name = delete $labels{__name__};

        for my $sample (@{ $series->{values} }) {
            my ($time, $value) = @$sample;
            next if $value =~ /NaN|Inf/ || $time > $until;

            push @lines, sprintf '%s %s %.3f %.17g', $name,
                         join(',', map { "$_=$labels{$_}" } sort keys %labels),
                         $time, $value;
        }
    }

    return sort @lines;
}


sub our_samples {
    my ($until) = @_;

    es('POST', "/$index/_refresh");

    my @lines;
    my $names = decode_json(http($port, 'GET', '/v1/names')->{body})->{names};

    for my $name (map { $_->{name} } @$names) {
        my $reply = http($port, 'GET', "/v1/metrics?name=$name");

        die 'a page is not enough' if $reply->{headers}{link};

        for my $point (@{ decode_json($reply->{body}) }) {
            my $tags = $point->{tags};
            my ($h, $m, $s) = $point->{timestamp}
                              =~ /T(\d\d):(\d\d):(\d\d(?:\.\d+)?)Z$/;
            my $time = int($until) - $until % 86400 + $h * 3600 + $m * 60 + $s;

            # a midnight between the two
            $time -= 86400 if $time > $until + 43200;
            next if $time > $until;

            push @lines, sprintf '%s %s %.3f %.17g', $name,
                         join(',', map { "$_=$tags->{$_}" } sort keys %$tags),
                         $time, $point->{value};
        }
    }

    return sort @lines;
}


sub sent {
    my ($failed) = http($prometheus_port, 'GET', '/metrics')->{body}
                   =~ /^prometheus_remote_storage_samples_failed_total
                       \{.*\}\ (\d+)$/mx;

    return $failed;
}


cricket_up();
target_up();
prometheus_up();

ok(wait_until(30, sub { eval { @{ ask('t_temp') } } }), 'Prometheus scrapes')
    or diag(slurp("$dir/log"));

sleep 5;
target_down();
sleep 6;
target_up();
sleep 3;

$nginx->stop;
note('Cricket is away for ' . AWAY . ' s');
sleep AWAY;
cricket_up();

my $until = time;
my (@his, @ours);

# what waited comes now
wait_until(60, sub {
    sleep 2;
    @his = its_samples($until);
    @ours = our_samples($until);
    @ours >= @his;
});

cmp_ok(scalar @his, '>', 6 * (AWAY + 5), 'Prometheus has a good number: '
                                         . @his);
is_deeply(\@ours, \@his, 'and Cricket has the same, each once')
    or diag(slurp("$dir/log"));
is(sent(), 0, 'none failed');
ok((grep { /^up .* 0$/ } @ours), 'also that the target was down');

my ($ignored) = http($port, 'GET', '/metrics')->{body}
                =~ /format="prometheus_v1",outcome="ignored"\} (\d+)/;
cmp_ok($ignored, '>', 0, "NaN and infinity were passed over: $ignored");

my %type = map { ($_ => decode_json(http($port, 'GET',
                             "/v1/metrics?limit=1&name=$_")->{body})
                        ->[0]{type}) }
           qw(t_requests_total t_temp t_seconds_bucket);
is_deeply(\%type, { t_requests_total => 'cumulative', t_temp => 'gauge',
                    t_seconds_bucket => 'cumulative' }, 'types');

$nginx->stop;
done_testing();
