# SPDX-License-Identifier: BSD-2-Clause

# What Elasticsearch said is one line of the error log, whatever it said.

use strict;
use warnings;

use lib 't/lib';

use CricketTest;
use CricketWrites;
use Test::More;

my $secret = 'c2VjcmV0OnNlY3JldA==';

# What the fake answers is the name that a request asks about.
my %said = (
    lines => "one\ntwo\r\n[error] 1#1: \"three\"\x1b[31m\0 \xff\xfe end",
    long => 'x' x 500 . "\xe2\x82\xac" x 500,
    credentials => "cannot do with 'Authorization: Basic $secret'",
);

my $fake = fake(sub {
    my ($request, $c) = @_;

    my ($name) = "$request->{uri}$request->{body}"
                 =~ /"name":(?:\{"value":)?"(\w+)"/;

    return $c->reply(400, $said{$name}) if exists $said{$name};

    return $c->reply(200, '{"errors":true,"items":[{"create":{"status":400,'
                          . '"error":{"type":"mapper_parsing_exception",'
                          . '"reason":"a \"quoted\"\nline\u2028\u001b[31m '
                          . ($name eq 'echo' ? $secret : 'y' x 2000)
                          . '"}}}]}');
});

my $nginx = cricket(es => $fake->port,
                    set => "cricket_set_header Authorization 'Basic $secret';");

# What is new in the error log, each line with what began it.
my $read = 0;


sub logged {
    my $text = substr $nginx->log, $read;
    $read += length $text;

    return $text;
}


sub lines {
    my ($what, $text, $pattern) = @_;

    my @lines = split /\n/, $text;
    my @odd = grep { !m{^\d{4}/\d\d/\d\d \d\d:\d\d:\d\d \[\w+\] \d+#\d+: } }
              @lines;
    is("@odd", '', "$what: no line but the log's own");
    unlike($text, qr/[^\n\x20-\x7e\x80-\xff]/, "$what: no control characters");
    ok(utf8::decode(my $copy = $text), "$what: UTF-8");
    is(scalar(grep { /elasticsearch (?:answered|did not store)/
                     && $_ =~ $pattern } @lines), 1, "$what: what it said")
        or diag($text);
    unlike($text, qr/\Q$secret\E/, "$what: no credentials");
}


my $lines = quotemeta '"one\x0Atwo\x0D\x0A[error] 1#1: \x22three\x22\x1B[31m'
                      . '\x00 \xFF\xFE end"';
my %is = (
    lines => qr/status 400: $lines/,
    long => qr/status 400: "x{500}(?:\xe2\x82\xac){3}\.\.\."/,
    credentials => qr/status 400: "\(it repeats cricket's credentials\)"/,
);

for my $name (sort keys %is) {
    my $reply = post($nginx, $name)->finish;
    is($reply->{status}, 503, "POST $name: 503");
    lines("POST $name", logged(), $is{$name});

    $reply = http($nginx->port, 'GET', "/v1/metrics?name=$name");
    is($reply->{status}, 503, "GET $name: 503");
    lines("GET $name", logged(), $is{$name});
}

is(post($nginx, 'item')->finish->{status}, 400, 'an item: 400');
lines('an item', logged(),
      qr/"mapper_parsing_exception",\ "a\ \\x22quoted\\x22\\x0Aline\\xE2\\x80
         \\xA8\\x1B\[31m\ y+\.\.\."/x);

my $echoed = post($nginx, 'echo')->finish;
is($echoed->{status}, 400, 'an item with credentials: 400');
unlike($echoed->{body}, qr/\Q$secret\E/, 'an item with credentials: not told');
lines('an item with credentials', logged(),
      qr/"\(it repeats cricket's credentials\)"/);

quit($nginx);

# Also when it is asked whether the index is there.
my $asked = fake(sub { $_[1]->reply(403, "not\nyou, $secret") }, undef,
                 probes => 1);
$nginx = cricket(es => $asked->port,
                 set => "cricket_set_header Authorization 'Basic $secret';");
is(post($nginx, 'any')->finish->{status}, 503, 'the index: 503');
my $text = $nginx->log;
like($text, qr/answered with status 403: "\(it repeats/, 'the index: said');
unlike($text, qr/\Q$secret\E|^not/m, 'the index: and nothing else');
quit($nginx);

done_testing();
