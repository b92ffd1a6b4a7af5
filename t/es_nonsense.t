# SPDX-License-Identifier: BSD-2-Clause

# What Cricket answers while Elasticsearch is away, slow, or talks nonsense.

use strict;
use warnings;

use lib 't/lib';

use CricketTest;
use IO::Socket::INET;
use JSON::PP;
use Test::More;
use Time::HiRes qw(sleep time);

my $search = '{"timed_out":false,"_shards":{"failed":0},"hits":{"hits":[{'
             . '"fields":{"name":["c1"],"type":["t"],"value":[1.0]},'
             . '"sort":[1483224590000,0,"s",7,"metrics"]}]}}';
my $stats = '{"timed_out":false,"_shards":{"failed":0},"aggregations":{"stats":'
            . '{"count":3,"min":1.0,"max":1.0,"avg":1.0,"sum":3.0}}}';
my $found = '[{"name":"c1","type":"t","value":1,'
            . '"timestamp":"2016-12-31T22:49:50Z"}]';

my $datapoint = '{"name":"c1","type":"t","value":1,'
                . '"timestamp":"2016-12-31T22:49:50Z"}';

# What the index is like, as the real one tells it: for the check of /ready.
my $index = fresh_index();
my $shape = http(es_url() =~ /:(\d+)/, 'GET', "/$index?flat_settings=true");
is($shape->{status}, 200, 'the shape of an index');


# As if all were well.
sub answer {
    my ($request) = @_;

    return $shape->{body} if $request->{method} eq 'GET';

    if ($request->{uri} =~ /_bulk/) {
        my $n = () = $request->{body} =~ /^\{"(?:index|create)":/mg;
        return '{"errors":false,"items":['
               . join(',', ('{"create":{"status":201}}') x $n) . ']}';
    }

    return $request->{body} =~ /"aggs"/ ? $stats : $search;
}


my %fault = (
    good     => sub { my ($r, $c) = @_; $c->reply(200, answer($r)) },
    chunked  => sub { my ($r, $c) = @_; $c->reply(200, answer($r),
                                                  chunked => 7) },
    closed   => sub { my ($r, $c) = @_; $c->reply(200, answer($r), close => 1) },
    bytes    => sub {
        my ($r, $c) = @_;
        my $text = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                   . join('', map { "1\r\n$_\r\n" } split //, answer($r))
                   . "0\r\n\r\n";
        $c->raw($_) || last for split //, $text;
    },
    trailer  => sub {
        my ($r, $c) = @_;
        my $body = answer($r);
        $c->raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                . sprintf("%x;ext=\"1\"\r\n%s\r\n", length $body, $body)
                . "0\r\nX-Trailer: x\r\n\r\n");
        $c->close;
    },
    http10   => sub {
        my ($r, $c) = @_;
        my $body = answer($r);
        $c->raw("HTTP/1.0 200 OK\r\nContent-Length: " . length($body)
                . "\r\n\r\n$body");
        $c->close;
    },
    interim  => sub {
        my ($r, $c) = @_;
        my $body = answer($r);
        $c->raw("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n"
                . 'Content-Length: ' . length($body) . "\r\n\r\n$body");
    },
    headers  => sub {
        my ($r, $c) = @_;
        $c->reply(200, answer($r), headers => join '', map {
            "X-Header-$_: " . 'x' x 100 . "\r\n" } 1 .. 50);
    },

    none     => sub { },
    reset    => sub { my ($r, $c) = @_; $c->reset },
    hang     => sub { my ($r, $c) = @_; $c->hang },
    stalls   => sub {
        my ($r, $c) = @_;
        $c->raw("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{");
        $c->hang;
    },
    trickles => sub {
        my ($r, $c) = @_;
        $c->raw("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n");
        $c->sleep(0.1) while $c->raw(' ');
        $c->close;
    },
    html     => sub { my ($r, $c) = @_; $c->reply(200, '<html>Hello</html>',
                                                  type => 'text/html') },
    empty    => sub { my ($r, $c) = @_; $c->reply(200, '') },
    nocontent => sub {
        my ($r, $c) = @_;
        $c->raw("HTTP/1.1 204 No Content\r\n\r\n");
    },
    otherjson => sub { my ($r, $c) = @_; $c->reply(200, '{"hello":"world"}') },
    list     => sub { my ($r, $c) = @_; $c->reply(200, '[1,2,3]') },
    half     => sub { my ($r, $c) = @_; $c->reply(200, answer($r), cut => 130) },
    halfchunk => sub { my ($r, $c) = @_; $c->reply(200, answer($r),
                                                   chunked => 40, cut => 150) },
    halfjson => sub { my ($r, $c) = @_;
                      $c->reply(200, substr answer($r), 0, -1) },
    lastchunk => sub {
        my ($r, $c) = @_;
        my $body = answer($r);
        $c->raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                . sprintf("%x\r\n%s\r\n", length $body, $body));
        $c->close;
    },
    badchunk => sub {
        my ($r, $c) = @_;
        $c->raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n");
        $c->close;
    },
    nolength => sub {
        my ($r, $c) = @_;
        $c->raw("HTTP/1.1 200 OK\r\n\r\n" . answer($r));
        $c->close;
    },
    twolengths => sub {
        my ($r, $c) = @_;
        my $body = answer($r);
        my $length = 'Content-Length: ' . length($body) . "\r\n";
        $c->raw("HTTP/1.1 200 OK\r\n$length${length}\r\n$body");
    },
    both     => sub {
        my ($r, $c) = @_;
        $c->reply(200, answer($r), headers => "Transfer-Encoding: chunked\r\n");
    },
    badlength => sub {
        my ($r, $c) = @_;
        $c->raw("HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n" . answer($r));
        $c->close;
    },
    hugelength => sub {
        my ($r, $c) = @_;
        $c->raw("HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n"
                . answer($r));
        $c->close;
    },
    garbage  => sub {
        my ($r, $c) = @_;
        $c->raw(join '', map { chr(($_ * 89 + 7) % 256) } 1 .. 2000);
        $c->close;
    },
    gibberish => sub {
        my ($r, $c) = @_;
        $c->raw("HTTP/1.1 200 OK\r\n\x01\x02: x\r\n\r\n");
        $c->close;
    },
    bigheader => sub {
        my ($r, $c) = @_;
        $c->raw("HTTP/1.1 200 OK\r\nX: " . 'x' x 100000 . "\r\n\r\n");
        $c->close;
    },
    http2    => sub {
        my ($r, $c) = @_;
        $c->raw("\0\0\x06\x04\0\0\0\0\0\0\x03\0\0\0\x64");
        $c->close;
    },
    huge     => sub {
        my ($r, $c) = @_;
        $c->reply(200, '{"x":"' . 'x' x 2_000_000 . '"}');
    },
    hugechunked => sub {
        my ($r, $c) = @_;
        $c->reply(200, '{"x":"' . 'x' x 2_000_000 . '"}', chunked => 65536);
    },
    deep     => sub { my ($r, $c) = @_; $c->reply(200, '[' x 100000) },
    utf8     => sub { my ($r, $c) = @_;
                      $c->reply(200, answer($r) =~ s/c1|false|number/\xff/r) },
    continues => sub {
        my ($r, $c) = @_;
        $c->raw("HTTP/1.1 101 Switching Protocols\r\n\r\n");
        $c->close;
    },

    (map { my $status = $_;
           ("s$status" => sub { my ($r, $c) = @_;
                                $c->reply($status, '{"error":"no"}') }) }
     301, 400, 401, 403, 404, 413, 429, 500, 502, 503, 504),
);

my $items = sub {
    my ($items, $errors) = @_;
    return sub {
        my ($r, $c) = @_;
        $c->reply(200, '{"errors":' . ($errors // 'false')
                       . ',"items":[' . join(',', @$items) . ']}');
    };
};
my $stored = '{"create":{"status":201}}';
my $busy = '{"create":{"status":429,"error":{"type":"es_rejected_execution_'
           . 'exception","reason":"queue"}}}';
my $unfit = '{"create":{"status":400,"error":{"type":"mapper_parsing_exception'
            . '","reason":"failed to \\"parse\\""}}}';

$fault{none_of_items} = $items->([]);
$fault{fewer_items} = $items->([$stored]);
$fault{more_items} = $items->([($stored) x 3]);
$fault{no_items} = sub { $_[1]->reply(200, '{"errors":false}') };
$fault{null_items} = sub { $_[1]->reply(200, '{"errors":false,"items":null}') };
$fault{odd_items} = $items->([1, 2]);
$fault{items_without_status} = $items->([('{"create":{}}') x 2]);
$fault{items_of_index} = $items->([('{"index":{"status":200}}') x 2]);
$fault{busy_items} = $items->([$stored, $busy], 'true');
$fault{unfit_item} = $items->([$stored, $unfit], 'true');
$fault{lying_errors} = $items->([$stored, $unfit], 'false');
$fault{blocked_items} = $items->([($busy =~ s/429/403/r) x 2], 'true');
$fault{timed_out} = sub { $_[1]->reply(200, $search =~ s/false/true/r) };
$fault{failed_shard} = sub { $_[1]->reply(200, $search =~ s/:0/:1/r) };


# The fault is named by the header that each location sends.
my $fake = fake(sub {
    my ($request, $c) = @_;
    $fault{$request->{headers}{'x-fault'}}->($request, $c);
});

my $locations = '';

for my $name (sort keys %fault) {
    my $set = "cricket_set_header X-Fault $name;";
    $locations .= "
        location = /$name/metrics { cricket metrics; $set }
        location = /$name/stats { cricket stats; $set }
        location = /$name/ready { cricket ready; $set }";
}

my $nginx = nginx(qq{
    cricket_timeout 600ms;
    cricket_connect_timeout 300ms;
    cricket_read_timeout 300ms;
    cricket_max_reply 1m;
    cricket_bulks 100;

    server {
        listen 127.0.0.1:%%PORT%%;
        error_page 500 502 503 504 /oops;
        location = /oops { return 200 oops; }
        cricket_pass http://127.0.0.1:%%ES%%;
        $locations
    }

    # nobody listens there
    server {
        listen 127.0.0.1:%%PORT2%%;
        cricket_pass http://127.0.0.1:%%AWAY%%;
        location = /away/metrics { cricket metrics; }
        location = /away/stats { cricket stats; }
        location = /away/ready { cricket ready; }
    }

    # somebody listens, and accepts nothing
    server {
        listen 127.0.0.1:%%PORT3%%;
        cricket_pass http://127.0.0.1:%%DEAF%%;
        location = /deaf/metrics { cricket metrics; }
        location = /deaf/stats { cricket stats; }
        location = /deaf/ready { cricket ready; }
    }
}, ES => $fake->port, AWAY => CricketTest::free_port(), DEAF => do {
    our $deaf = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 1,
                                      LocalPort => CricketTest::free_port());
    our @fill = map { IO::Socket::INET->new(PeerAddr => '127.0.0.1',
                                            PeerPort => $deaf->sockport,
                                            Blocking => 0) } 1 .. 4;
    $deaf->sockport;
});

my $range = 'name=c1&start=0&end=now';

my %request = (
    post => sub { ['POST', "/$_[0]/metrics", "[$datapoint,$datapoint]"] },
    read => sub { ['GET', "/$_[0]/metrics"] },
    stats => sub { ['GET', "/$_[0]/stats?$range"] },
    ready => sub { ['GET', "/$_[0]/ready"] },
);

my %port = (away => 2, deaf => 3);


# Sends to each of the routes at once; the replies by route.
sub ask {
    my ($name, @routes) = @_;

    my %client;

    for my $route (@routes) {
        $client{$route} = client($nginx->port($port{$name}));
        $client{$route}->start(@{ $request{$route}->($name) });
    }

    my %reply;

    for my $route (@routes) {
        $reply{$route} = $client{$route}->finish(5)
                         // { status => 'none', body => '', headers => {} };
        $client{$route}->close;
    }

    return %reply;
}


# What is right in an odd form.

for my $name (qw(good chunked closed bytes trailer http10 interim headers)) {
    my %reply = ask($name, qw(post read stats ready));

    is($reply{post}{body}, "{\"stored\":2}\n", "$name: POST");
    is($reply{read}{body}, "$found\n", "$name: GET metrics");
    is($reply{stats}{body}, '{"count":3,"sum":3,"min":1,"max":1,"average":1}'
       . "\n", "$name: GET stats");
    is($reply{ready}{status}, 200, "$name: ready") or diag $reply{ready}{body};
}


# What is wrong: 503, within the timeouts.

sub unavailable {
    my ($name, $route, $reply, $message) = @_;

    is($reply->{status}, 503, "$name: $route: 503");
    like($reply->{headers}{'retry-after'} // '', qr/^[1-9]\d*$/,
         "$name: $route: Retry-After");
    is($reply->{headers}{'content-type'}, 'application/json',
       "$name: $route: JSON");

    my $json = eval { decode_json($reply->{body}) } // {};
    is($json->{error}{status}, 503, "$name: $route: status in the body");
    like($json->{error}{message} // '', $message, "$name: $route: message");

    if ($route eq 'ready') {
        is(scalar(grep { !$_->{ok} && $_->{message} } @{ $json->{checks} }) > 0,
           1, 'ready: a check that failed') or diag($reply->{body});

        my ($status) = $name =~ /^s(?!404)(\d+)$/;
        like($json->{checks}[0]{message}, qr/\bstatus $status\b/,
             "$name: ready: the status") if $status;
    }
}

my @all = qw(post read stats ready);
my $any = qr/^\S+ .+/;
my %wrong = (
    away => [@all], deaf => [@all], none => [@all], reset => [@all],
    hang => [@all], stalls => [@all], trickles => [@all],
    html => [@all], empty => [@all], nocontent => [@all],
    otherjson => [qw(post stats ready)], list => [@all],
    half => [@all], halfchunk => [@all], halfjson => [@all],
    lastchunk => [@all], badchunk => [@all], nolength => [@all],
    twolengths => [@all], both => [@all], badlength => [@all],
    hugelength => [@all], garbage => [@all], gibberish => [@all],
    bigheader => [@all], http2 => [@all], huge => [@all],
    hugechunked => [@all], deep => [@all], utf8 => [qw(post read)],
    continues => [@all],
    (map { ("s$_" => [@all]) } 301, 400, 401, 403, 404, 413, 429, 500, 502, 503,
     504),
    (map { ($_ => ['post']) } qw(none_of_items fewer_items more_items no_items
     null_items odd_items items_without_status busy_items blocked_items)),
    timed_out => ['read'], failed_shard => ['read'],
);

my %message = (
    away => qr/Elasticsearch/, hang => qr/time|too slow|acknowledge/,
    stalls => qr/time|too slow|acknowledge/, huge => qr/cricket_max_reply/,
    s401 => qr/wants credentials, and Cricket has none$/,
    s403 => qr/does not allow Cricket/,
    s400 => qr/^a proxy answered in place of Elasticsearch/,
    s404 => qr/index/,
);

for my $name (sort keys %wrong) {
    my $start = time;
    my %reply = ask($name, @{ $wrong{$name} });
    my $took = time - $start;

    for my $route (@{ $wrong{$name} }) {
        unavailable($name, $route, $reply{$route},
                    $route eq 'ready' ? qr/is not ready$/
                                      : $message{$name} // $any);
    }

    # with room for a machine that is busy
    cmp_ok($took, '<', 2.5, "$name: within the timeouts");
}

# Whether the datapoints are stored is told apart.

my %reply = ask('half', 'post');
like($reply{post}{body}, qr/may be stored or not/, 'half a reply: unknown');
%reply = ask('away', 'post');
unlike($reply{post}{body}, qr/stored/, 'away: surely not stored');


# Items that Elasticsearch does not take are that datapoint's fault.

for my $name (qw(unfit_item lying_errors)) {
    my %reply = ask($name, 'post');
    my $json = eval { decode_json($reply{post}{body}) } // {};

    is($reply{post}{status}, 400, "$name: 400") or diag($reply{post}{body});
    is($json->{error}{invalid}, 1, "$name: one is invalid");
    is($json->{error}{stored}, 1, "$name: one is stored");
    is($json->{error}{datapoints}[0]{index}, 1, "$name: which");
    like($json->{error}{datapoints}[0]{message} // '',
         qr/index does not take it: mapper_parsing_exception/, "$name: why");
}


# Every split of a reply: two pieces, cut at each byte.

my @text = map { my $body = $_; (
    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "
    . length($body) . "\r\n\r\n$body",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    . sprintf("%x\r\n%s\r\n%x\r\n%s\r\n0\r\n\r\n", 10, substr($body, 0, 10),
              length($body) - 10, substr($body, 10))
) } '{"errors":false,"items":[{"create":{"status":201}}]}';

my $splitter = fake(sub {
    my ($request, $c) = @_;
    my $i = $request->{n} - 1;
    my $text = $text[$i < length $text[0] ? 0 : 1];
    $i -= length $text[0] if $i >= length $text[0];
    $c->raw(substr $text, 0, $i);
    $c->sleep(0.002);
    $c->raw(substr $text, $i);
});

my $splits = nginx(q{
    upstream es { server 127.0.0.1:%%ES%%; keepalive 1; }
    server {
        listen 127.0.0.1:%%PORT%%;
        cricket_pass http://es;
        location = /v1/metrics { cricket metrics; }
    }
}, ES => $splitter->port);

my $client = client($splits->port);
my $total = length($text[0]) + length $text[1];

for my $i (1 .. $total) {
    $client->start('POST', '/v1/metrics', $datapoint);
    my $reply = $client->finish(5);
    is($reply && $reply->{body}, "{\"stored\":1}\n", "split $i");
    last if !$reply;
}

is(scalar $splitter->requests, $total, 'each was sent once');
$splits->stop;
$splitter->stop;


# What the real one's settings forbid is told by their names.

my $real = nginx(q{
    cricket_timeout 5s;
    server {
        listen 127.0.0.1:%%PORT%%;
        cricket_pass http://127.0.0.1:%%ES%%;
        cricket_index %%INDEX%%;
        location = /metrics { cricket metrics; }
        location = /stats { cricket stats; }
        location = /names { cricket names; }
        location = /export { cricket export; }
        location = /ready { cricket ready; }
    }
}, ES => es_url() =~ /:(\d+)/, INDEX => $index);

http($real->port, 'POST', '/metrics?refresh=wait_for',
     $datapoint =~ s/}/,"tags":{"host":"a"}}/r);


sub set {
    my ($where, $name, $value) = @_;

    my ($status) = es('PUT', $where eq 'cluster' ? '/_cluster/settings'
                                                 : "/$index/_settings",
                      $where eq 'cluster'
                      ? encode_json({ transient => { $name => $value } })
                      : encode_json({ $name => $value }));
    is($status, 200, "$name is set");
}


my @read = map { ['GET', $_] } '/metrics', '/export', "/stats?$range",
                               '/names';
my @write = map { ['POST', '/metrics', $_] } $datapoint;
my $low = 'is %d, and this needs \d+$';

for my $case (
    ['cluster', 'search.max_buckets', 1, sprintf($low, 1),
     map { ['GET', $_] } "/stats?$range&interval=1s",
                         "/stats?$range&group_by=host", '/names'],
    ['cluster', 'search.allow_expensive_queries', JSON::PP::false,
     'is false, which forbids this$', ['GET', '/names?prefix=c']],
    ['index', 'index.max_result_window', 10, sprintf($low, 10),
     ['GET', '/metrics'], ['GET', '/export']],
    ['index', 'index.max_docvalue_fields_search', 1, sprintf($low, 1),
     ['GET', '/metrics'], ['GET', '/export']],
    ['index', 'index.blocks.read', JSON::PP::true, 'is true$', @read],
    (map { ['index', "index.blocks.$_", JSON::PP::true, 'is true$', @write] }
     qw(write read_only read_only_allow_delete)),
    (map { ['cluster', "cluster.blocks.$_", JSON::PP::true, 'is true$', @write] }
     qw(read_only read_only_allow_delete)),
    ['index', 'index.default_pipeline', 'nope', undef, @write],
) {
    my ($where, $name, $value, $is, @requests) = @$case;
    my $words = $is ? qr/\b\Q$name\E $is/ : qr/: the index's pipeline does not/;

    set($where, $name, $value);

    for my $request (@requests) {
        my $reply = http($real->port, @$request);
        my $message = eval { decode_json($reply->{body})->{error}{message} };

        is($reply->{status}, 503, "$name: @$request: 503");
        like($message // $reply->{body}, $words, "$name: @$request: told")
    }

    set($where, $name, undef);
}

for my $request (@read, @write) {
    is(http($real->port, @$request)->{status}, 200, "@$request: all is well");
}

es('POST', "/$index/_close");

for my $request (@read, @write) {
    my $reply = http($real->port, @$request);
    is($reply->{status}, 503, "@$request: closed: 503");
    like($reply->{body}, qr/: the index is closed"/, "@$request: closed: told");
}

$real->stop;
$nginx->stop;

END {
    if ($index) {
        es('PUT', '/_cluster/settings', encode_json({ transient => {
            'search.max_buckets' => undef,
            'search.allow_expensive_queries' => undef,
            'cluster.blocks.read_only' => undef,
            'cluster.blocks.read_only_allow_delete' => undef,
        } }));
    }
}

done_testing();
