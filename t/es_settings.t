# SPDX-License-Identifier: BSD-2-Clause

# What is unusual about the index or its cluster: /ready and cricket --init say
# it, and say no more where all is as usual.

use strict;
use warnings;

use lib 't/lib';

use CricketCluster;
use CricketTest;
use CricketWrites;
use JSON::PP;
use Test::More;

my $cluster = cluster(1);
local $ENV{CRICKET_ES} = ($cluster->urls)[0];

my $index = fresh_index();
my $nginx = nginx(qq{
    upstream es { server 127.0.0.1:%%ES%%; keepalive 4; }

    server {
        listen 127.0.0.1:%%PORT%%;
        cricket_index $index;
        cricket_pass http://es;
        location = /ready { cricket ready; }
        location = /v1/metrics { cricket metrics; }
        location = /some/ready {
            cricket ready;
            cricket_set_header Authorization "Basic eDp5";
        }
    }
}, ES => $cluster->port(1));


sub set {
    my ($path, $settings, $method) = @_;

    my ($status, $reply) = es($method // 'PUT', $path, encode_json($settings));
    is($status, 200, "$path: " . encode_json($settings))
        or diag(ref $reply ? encode_json($reply) : $reply);
}


# Status, and by part whether it is well, what is wrong, and the notes.
sub ready {
    my ($uri) = @_;

    my $reply = http($nginx->port, 'GET', $uri // '/ready');
    my $json = eval { decode_json($reply->{body}) } // {};

    is($json->{ready} ? 200 : 503, $reply->{status}, 'status and word');

    return ($reply->{status},
            map { $_->{name} => $_ } @{ $json->{checks} // [] });
}


sub is_ready {
    my ($what, $part, @notes) = @_;

    my ($status, %check) = ready();
    is($status, 200, "$what: ready");
    is(join("\n", @{ delete $check{$part}{notes} // [] }), join("\n", @notes),
       "$what: notes");
    is_deeply([sort { $a->{name} cmp $b->{name} } values %check],
              [map { { name => $_, ok => JSON::PP::true } }
               qw(elasticsearch index)], "$what: nothing else");
}


sub is_not {
    my ($what, $part, $message) = @_;

    my ($status, %check) = ready();
    is($status, 503, "$what: not ready");
    ok(!$check{$part}{ok}, "$what: $part");
    is($check{$part}{message}, $message, "$what: why");
}


sub hints {
    my @command = ("$CricketTest::TOP/objs/cricket", '--init', '--url',
                   es_url(), '--index', $index);
    open my $out, '-|', @command or die "@command: $!";
    my @said = map { /^hint: (.*)/ ? $1 : () } <$out>;
    ok(close $out, 'cricket --init');

    return join "\n", @said;
}


is_ready('as --init makes it', 'index');
is(hints(), '', 'nothing to hint at');

# An index of before the alias, or from which somebody took it.
set('/_aliases', { actions => [{ remove => { index => $index,
                                             alias => "$index-w" } }] },
    'POST');
is_ready('without alias', 'index',
         "it lacks the alias $index-w, for writes, which cricket --init gives "
         . 'it, or the first POST');
like(hints(), qr/^$/, 'cricket --init gives it, without a hint');
is_ready('with the alias', 'index');

# refresh and the window
set("/$index/_settings", { index => { refresh_interval => -1,
                                      max_result_window => 4000 } });
my @notes = ('refresh_interval is -1: what is stored is not read before '
             . 'somebody has the index refreshed',
             'max_result_window is 4000, less than 5000: pages and exports may '
             . 'fail');
is_ready('lowered settings', 'index', @notes);
is(hints(), join("\n", @notes), 'lowered settings: hints');
set("/$index/_settings", { index => { refresh_interval => undef,
                                      max_result_window => undef } });

# Pipelines that are there may do anything, those that are not stop all writes.
for my $kind (qw(default final)) {
    my $name = "p $kind/?";
    my $path = '/_ingest/pipeline/p%20' . $kind . '%2F%3F';

    set($path, { processors => [] });
    set("/$index/_settings", { "index.${kind}_pipeline" => $name });
    is_ready("$kind pipeline", 'index',
             qq(its $kind pipeline "$name" may change or drop what is sent));
    is(hints(), qq(its $kind pipeline "$name" may change or drop what is sent),
       "$kind pipeline: hint");

    # Elasticsearch lets nobody delete one that an index names, unless it is
    # by setting it first
    set("/$index/_settings", { "index.${kind}_pipeline" => "gone-$kind" });
    is_not("$kind pipeline gone", 'index',
           qq(its $kind pipeline "gone-$kind" does not exist: make it, or set )
           . "index.${kind}_pipeline to _none");
    my $reply = http($nginx->port, 'POST', '/v1/metrics',
                     '[{"name":"n","type":"t","value":1,'
                     . '"timestamp":"2020-01-01T00:00:00Z"}]',
                     'Content-Type' => 'application/json');
    is($reply->{status}, 503, "$kind pipeline gone: no write");

    set("/$index/_settings", { "index.${kind}_pipeline" => '_none' });
    is_ready("no $kind pipeline", 'index');
}

# Both missing: the first stops writes, and the second does not exist either.
set("/$index/_settings", { "index.default_pipeline" => 'gone-a',
                           "index.final_pipeline" => 'gone-b' });
{
    my ($status, %check) = ready();
    is($status, 503, 'both pipelines gone');
    like($check{index}{message}, qr/default pipeline "gone-a" does not exist/,
         'the first: why');
    is(join("\n", @{ $check{index}{notes} // [] }),
       'its final pipeline "gone-b" does not exist: make it, or set '
       . 'index.final_pipeline to _none', 'the second: a note');
}
set("/$index/_settings", { "index.default_pipeline" => '_none',
                           "index.final_pipeline" => '_none' });

# The cluster's
set('/_cluster/settings', { transient => { 'search.max_buckets' => 10_000,
                            'search.allow_expensive_queries' => JSON::PP::false
                            } });
is_ready('lowered limits', 'elasticsearch',
         'search.max_buckets is 10000, less than 10001: statistics of many '
         . 'buckets or groups may fail',
         'search.allow_expensive_queries is false: names by a prefix are '
         . 'refused');
set('/_cluster/settings', { transient => { 'search.max_buckets' => undef,
                            'search.allow_expensive_queries' => undef } });

for my $block (qw(cluster.blocks.read_only
                  cluster.blocks.read_only_allow_delete))
{
    set('/_cluster/settings', { persistent => { $block => JSON::PP::true } });
    is_not($block, 'elasticsearch',
           "the cluster's setting $block is true, expected false");
    set('/_cluster/settings', { persistent => { $block => undef } });
}

is_ready('all taken back', 'index');

# Who may not see the cluster's settings, or pipelines, has a check less; who
# may not see the index has none.
set("/$index/_settings", { 'index.default_pipeline' => 'p default/?' });
my (undef, $found) = es('GET', "/$index?flat_settings=true");
my $body = encode_json($found);

for my $case (
    [[200, 403, 403], '/ready', 200, undef],
    [[200, 404, 200], '/ready', 503,
     'its default pipeline "p default/?" does not exist: make it, or set '
     . 'index.default_pipeline to _none'],
    [[200, 500, 200], '/ready', 200, undef],
    [[401], '/ready', 503, 'wants credentials, and Cricket has none: status '
                           . '401, security_exception'],
    [[401], '/some/ready', 503, q(does not take Cricket's credentials: status )
                                . '401, security_exception'],
    [[403], '/ready', 503, 'does not allow Cricket to look at the index, for '
                           . 'which its user needs the privilege '
                           . 'view_index_metadata: status 403, '
                           . 'security_exception'],
) {
    my ($answers, $uri, $expected, $message) = @$case;

    my $fake = fake(sub {
        my ($request, $c) = @_;
        my $n = $request->{uri} =~ /_ingest/ ? 1
                : $request->{uri} =~ /_cluster/ ? 2 : 0;
        my $status = $answers->[$n];

        return $c->reply($status, $n ? '{}' : $body) if $status == 200;
        return $c->reply($status, '{"error":{"type":"security_exception",'
                                  . qq("reason":"no"},"status":$status}));
    }, undef, probes => 1);

    $nginx->stop;
    $nginx = nginx(qq{
        server {
            listen 127.0.0.1:%%PORT%%;
            cricket_index $index;
            cricket_pass http://127.0.0.1:%%ES%%;
            location = /ready { cricket ready; }
            location = /some/ready {
                cricket ready;
                cricket_set_header Authorization "Basic eDp5";
            }
        }
    }, ES => $fake->port);

    my ($status, %check) = ready($uri);
    is($status, $expected, "@$answers: status");
    is($check{index}{message} // 'not checked',
       $expected == 200 || @$answers == 1 ? 'not checked' : $message,
       "@$answers: the index");
    is($check{elasticsearch}{message}, @$answers == 1 ? $message : undef,
       "@$answers: Elasticsearch");
    is(scalar(grep { /pipeline/ } @{ $check{index}{notes} // [] }),
       $expected == 200 ? 1 : 0, "@$answers: notes");
    $fake->stop;
}

# The second question fails: the first was answered.
my $fake = fake(sub {
    my ($request, $c) = @_;

    return $c->close if $request->{uri} =~ /_cluster/;
    return $c->reply(200, $body);
}, undef, probes => 1);

$nginx->stop;
$nginx = nginx(qq{
    server {
        listen 127.0.0.1:%%PORT%%;
        cricket_index $index;
        cricket_pass http://127.0.0.1:%%ES%%;
        location = /ready { cricket ready; }
    }
}, ES => $fake->port);

my ($status, %check) = ready();
is($status, 503, 'lost at the second question');
ok(!$check{elasticsearch}{ok}, 'lost at the second question: Elasticsearch');
ok($check{index}{ok}, 'lost at the second question: the index was looked at');

$nginx->stop;
done_testing();
