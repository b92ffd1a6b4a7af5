# SPDX-License-Identifier: BSD-2-Clause

# The dashboard as a document: whom it is sent to, in which coding, with which
# policy, and that its parts are those that the policy allows.  What it does in a
# browser is in t/web_*.t.

use strict;
use warnings;

use lib 't/lib';

use Compress::Zlib qw(memGunzip);
use CricketTest;
use Digest::SHA qw(sha256_base64);
use Test::More;

my $nginx = nginx(q{
    server {
        listen 127.0.0.1:%%PORT%%;
        gzip on;
        gzip_min_length 1;
        gzip_types *;
        location = /    { cricket index; }
        location /ui    { cricket dashboard; }
        location = /health { cricket health; }
    }
});

my @html = (Accept => 'text/html,*/*;q=0.8');

sub get { return http($nginx->port, 'GET', @_[0, 1], @_[2 .. $#_]) }

sub page { return http($nginx->port, 'GET', '/', undef, @html, @_) }


# Who gets it

like(http($nginx->port, 'GET', '/', undef, @$_)->{body}, qr/\ACRICKET\n/,
     "text for @$_") for [], [Accept => '*/*'], [Accept => 'application/json'];

for my $case (['/', @html], ['/ui'], ['/ui', Accept => '*/*'], ['/ui/x']) {
    my ($uri, @headers) = @$case;
    my $reply = http($nginx->port, 'GET', $uri, undef, @headers);

    is($reply->{status}, 200, "$uri @headers");
    is($reply->{headers}{'content-type'}, 'text/html; charset=utf-8', 'its type');
    like($reply->{body}, qr/\A<!DOCTYPE html>.*<\/html>\n\z/s, 'a document');
}

is(http($nginx->port, 'POST', '/ui', 'x')->{status}, 405, 'no POST');
is(http($nginx->port, 'GET', '/ui?x=1')->{status}, 400, 'no parameter');


# In which coding

my $plain = page();
is($plain->{headers}{'content-encoding'}, undef, 'as it is, unasked');

for my $accept ('gzip', 'deflate, gzip;q=0.5', 'GZIP', 'x-gzip', '*', 'br, *;q=0.1',
                'gzip;q=1.0,*;q=0')
{
    my $reply = page('Accept-Encoding' => $accept);
    is($reply->{headers}{'content-encoding'}, 'gzip', "$accept: compressed");
    cmp_ok(length $reply->{body}, '<=', 100_000, 'and small');
    ok(memGunzip($reply->{body}) eq $plain->{body}, 'and the same');
}

for my $accept ('identity', 'gzip;q=0', 'gzip; q=0.0, *', '*;q=0', 'br', 'gzipped',
                'gzip;q=2', 'gzip;level=1', ',', '')
{
    my $reply = page('Accept-Encoding' => $accept);
    my $coding = $reply->{headers}{'content-encoding'};

    # nginx's own may still compress; it must be the same page then
    my $body = $coding ? memGunzip($reply->{body}) : $reply->{body};
    ok($body eq $plain->{body}, "'$accept': the same page");
    is($coding, undef, "'$accept': not compressed by us")
        if $accept ne 'gzip;level=1';
}

for my $headers ([], ['Accept-Encoding' => 'gzip']) {
    my $reply = page(@$headers);
    my $head = http($nginx->port, 'HEAD', '/', undef, @html, @$headers);

    is($head->{headers}{$_}, $reply->{headers}{$_}, "HEAD @$headers: $_")
        for 'content-length', 'etag', 'content-type', 'content-encoding';
}

like($plain->{headers}{vary}, qr/Accept\b(?!-).*Accept-Encoding/,
     'what it depends on');


# Once only

my $etag = $plain->{headers}{etag};
like($etag, qr/^W\/"[0-9a-f]{16}"$/, 'an ETag');
is(page('Accept-Encoding' => 'gzip')->{headers}{etag}, $etag, 'of either form');
is($plain->{headers}{'cache-control'}, 'no-cache', 'asked for each time');

for my $headers ([], ['Accept-Encoding' => 'gzip']) {
    my $reply = page('If-None-Match' => $etag, @$headers);
    is($reply->{status}, 304, "not again @$headers");
    is($reply->{body}, '', 'no body');
    is($reply->{headers}{'content-encoding'}, undef, 'nor its coding');
}

is(page('If-None-Match' => '"x"')->{status}, 200, 'again, if it is another');


# What it may do

my $policy = $plain->{headers}{'content-security-policy'};
unlike($policy, qr/unsafe|https?:|\*/, 'no inline script, no other host');
like($policy, qr/default-src 'none'/, 'and nothing that is not named');
is($plain->{headers}{'x-content-type-options'}, 'nosniff', 'no sniffing');

my $document = $plain->{body};
my @scripts = $document =~ m{<script>(.*?)</script>}sg;
my @styles = $document =~ m{<style>(.*?)</style>}sg;

is(@scripts, 2, 'two scripts');
is(@styles, 1, 'a style');

for (@scripts, @styles) {
    my $hash = sha256_base64($_);
    $hash .= '=' while length($hash) % 4;
    like($policy, qr/'sha256-\Q$hash\E'/, 'its hash is in the policy');
}

unlike($document, qr/ (?:on[a-z]+|style)=["']/, 'no handler or style in a tag');
my @urls = grep { !/^#|^data:|^v1|^ready$|^metrics$/ }
           $document =~ /(?:src|href)="([^"]*)"/g;
is("@urls", '', 'and all addresses are relative');
like($document, qr/uPlot:.*MIT.*Permission is hereby granted/s, 'its licence');

$nginx->stop;
done_testing();
