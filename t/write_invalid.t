# SPDX-License-Identifier: BSD-2-Clause

# Every rule that a datapoint or a body can break: what the answer says, and
# that nothing of the request is stored. Then what is just within the rules.

use strict;
use warnings;

use lib 't/lib';

use Compress::Zlib;
use CricketTest;
use JSON::PP;
use Test::More;

my $index = fresh_index();

my $nginx = nginx(q{
    upstream es { server %%ES%%; keepalive 4; }

    server {
        listen 127.0.0.1:%%PORT%%;
        client_max_body_size 32m;
        client_body_buffer_size 1m;
        cricket_pass http://es;
        cricket_index %%INDEX%%;
        location = /v1/metrics { cricket metrics; }
    }
}, ES => es_url() =~ s{^http://}{}r, INDEX => $index);


# A datapoint as JSON text; a field that is undef is left out.
sub datapoint {
    my %field = (name => '"n"', type => '"t"', value => 1,
                 timestamp => '"2016-12-31T22:49:50Z"', @_);

    return '{' . join(',', map { qq("$_":$field{$_}) }
                           grep { defined $field{$_} } sort keys %field) . '}';
}


sub post {
    my ($body, @headers) = @_;

    my $reply = http($nginx->port, 'POST', '/v1/metrics', $body, @headers);

    return { status => 0, body => '' } if !$reply;

    return ($reply, eval { decode_json($reply->{body}) } // {});
}


# The middle one of three datapoints is bad.
sub invalid {
    my ($name, $bad, $field, $message) = @_;

    my $good = datapoint();
    my ($reply, $json) = post("[$good,\n$bad,\n$good]");
    my $error = $json->{error} // {};

    is($reply->{status}, 400, $name) or return;
    is_deeply([@$error{qw(status invalid)}], [400, 1], "$name: one is invalid")
        or diag($reply->{body});
    is(scalar @{ $error->{datapoints} // [] }, 1, "$name: it is listed");

    my $listed = $error->{datapoints}[0] // {};
    is($listed->{index}, 1, "$name: index");
    is($listed->{field}, $field, "$name: field");
    like($listed->{message} // '', $message, "$name: message");
    like($error->{message} // '', qr/^datapoint 1: /, "$name: the first error");
    is($reply->{headers}{'content-type'}, 'application/json', "$name: type");

    # a line of NDJSON is told likewise
    ($reply, $json) = post("$good\n" . $bad =~ tr/\n/ /r . "\n$good",
                           'Content-Type' => 'application/x-ndjson');
    is_deeply($json->{error}{datapoints}, $error->{datapoints},
              "$name: the same of NDJSON");
}


# The body as a whole is.
sub refused {
    my ($name, $status, $body, $message, @headers) = @_;

    my ($reply, $json) = post($body, @headers);

    is($reply->{status}, $status, $name) or return;
    is($json->{error}{status}, $status, "$name: status in the body");
    like($json->{error}{message} // '', $message, "$name: message");
    ok(!$json->{error}{datapoints}, "$name: no datapoint is listed");
}


# Fields: missing, unknown, repeated.

for my $field (qw(name type value timestamp)) {
    invalid("$field missing", datapoint($field => undef), $field, qr/^missing$/);
    invalid("$field null", datapoint($field => 'null'), $field, qr/^null, exp/);
    invalid("$field an array", datapoint($field => '[]'), $field,
            qr/^an array, expected a/);
    invalid("$field an object", datapoint($field => '{"a":[{}]}'), $field,
            qr/^an object, expected a/);
    invalid("$field a boolean", datapoint($field => 'true'), $field,
            qr/^a boolean, expected a/);
    invalid("$field repeated",
            datapoint() =~ s/\}$/qq(,"$field":) . ($field eq 'value' ? 1
                             : '"2016-12-31T22:49:50Z"') . '}'/er,
            $field, qr/^repeated$/);
}

for my $field (qw(name type)) {
    invalid("$field a number", datapoint($field => 1), $field,
            qr/^a number, expected a string$/);
}

invalid('an epoch', datapoint(timestamp => 1483224590), 'timestamp',
        qr/^a number, expected a string like 2016-12-31T22:49:50Z$/);

invalid('an empty object', '{}', 'name', qr/^missing$/);
invalid('a field with escapes repeated',
        datapoint() =~ s/\}$/,"n\\u0061me":"x"}/r, 'name', qr/^repeated$/);
invalid('tags repeated', datapoint(tags => '{}') =~ s/\}$/,"tags":{}}/r, 'tags',
        qr/^repeated$/);
invalid('an unknown field', datapoint(unit => '"s"'), 'unit', qr/^unknown fie/);
invalid('a field in capitals', datapoint(Name => '"s"'), 'Name', qr/^unknown /);
invalid('an empty field', datapoint('' => 1), undef, qr/^unknown field/);
invalid('a field cut at U+0000', datapoint('name\\u0000' => '"n"'), 'name?',
        qr/^unknown field/);
invalid('a long field', datapoint('f' x 600 => 1), 'f' x 60 . '...',
        qr/^unknown field/);

for my $not ('1', '"x"', 'null', 'true', 'false', '[]', '[{}]') {
    invalid("$not for a datapoint", $not, undef, qr/, expected a datapoint$/);
}


# Strings.

my %max = (name => 512, type => 64);

for my $field (sort keys %max) {
    my $n = $max{$field};

    invalid("$field empty", datapoint($field => '""'), $field, qr/^empty, exp/);
    invalid("$field too long", datapoint($field => '"' . 'n' x ($n + 1) . '"'),
            $field, qr/^longer than $n bytes$/);
    invalid("$field too long in bytes",
            datapoint($field => '"' . "\xc3\xa9" x ($n / 2) . 'x"'), $field,
            qr/^longer than $n bytes$/);
    invalid("$field too long behind escapes",
            datapoint($field => '"' . '\\u00e9' x ($n / 2 + 1) . '"'), $field,
            qr/^longer than $n bytes$/);
    invalid("$field of a megabyte", datapoint($field => '"' . 'n' x 1e6 . '"'),
            $field, qr/^longer than $n bytes$/);

    for my $escape (qw(0000 0001 000a 001f 007f 0080 009f), 'b', 'f', 'n', 'r',
                    't')
    {
        my $text = length $escape > 1 ? "\\u$escape" : "\\$escape";
        invalid("$field with $text", datapoint($field => qq("a${text}b")),
                $field, qr/^a control character$/);
    }

    invalid("$field with U+007F", datapoint($field => qq("a\x7fb")), $field,
            qr/^a control character$/);
    invalid("$field with U+0085", datapoint($field => qq("a\xc2\x85b")), $field,
            qr/^a control character$/);

    for my $half ('\\ud83d', '\\ude00', '\\ud83d\\u0041', '\\ude00\\ud83d',
                  '\\ud83dx', '\\ud83d\\ud83d\\ude00')
    {
        invalid("$field with $half", datapoint($field => qq("a$half")), $field,
                qr/^half of a surrogate pair$/);
    }
}

invalid('a name of 600 bytes', datapoint(name => '"' . 'n' x 600 . '"'), 'name',
        qr/^longer than 512 bytes$/);


# Values.

for my $number (qw(1e400 -1e400 1e309 1.8e308 1e99999999999999999999),
                '1' . '0' x 400)
{
    invalid('value ' . substr($number, 0, 30), datapoint(value => $number),
            'value', qr/^beyond the range of a double$/);
}

invalid('value 0.000...', datapoint(value => '0.' . '0' x 65_535), 'value',
        qr/^longer than 65536 bytes$/);

for my $text (qw(NaN -NaN Infinity -Infinity nan -nan inf -inf)) {
    invalid("value $text", datapoint(value => $text), 'value',
            qr/^$text, which JSON does not have, expected a number$/);
    invalid("name $text", datapoint(name => $text), 'name',
            qr/^$text, which JSON does not have, expected a string$/);
}

for my $text (qw("1" "" "NaN" "Infinity")) {
    invalid("value $text", datapoint(value => $text), 'value',
            qr/^a string, expected a number$/);
}


# Timestamps: what is wrong with each, and what would be right.

my $date = 'does not begin with a date as YYYY-MM-DD';

for my $row (
    ['', 'empty'], ['2016-12-31', 'a date without a time of day'],
    ['2016-12-31T22:49:50', 'no zone, such as Z or +01:00, behind the seconds'],
    ['2016-12-31T22:49Z', 'the time of day is not HH:MM:SS'],
    ['2016-12-31 22:49:50Z', 'a blank where T should be'],
    ['20161231T224950Z', $date], [' 2016-12-31T22:49:50Z', $date],
    ['2016-12-31T22:49:50Z ', 'something follows the Z'],
    ['2016-12-31T22:49:50ZZ', 'something follows the Z'],
    ['2016-12-31T22:49:50UTC', 'no zone, such as Z or +01:00, behind the '
     . 'seconds'], ['2016-12-31T22:49:50.Z', 'no digit behind the point'],
    ['2016-12-31T22:49:50,5Z', 'a comma where a point should be'],
    ['2016-12-31T22:49:50+01', 'the offset is not +HH:MM'],
    ['2016-12-31T22:49:50+0100', 'the offset is not +HH:MM'],
    ['2016-12-31T22:49:50+24:00', q(the offset's hour 24 is not 00 to 23)],
    ['2016-12-31T22:49:50+01:60', q(the offset's minute 60 is not 00 to 59)],
    ['2016-12-31T22:49:50.1234567890Z', 'more than 9 fraction digits'],
    ['2016-1-31T22:49:50Z', $date], ['16-12-31T22:49:50Z', $date],
    ['12016-12-31T22:49:50Z', $date], ['+2016-12-31T22:49:50Z', $date],
    ['-016-12-31T22:49:50Z', $date],
    ['2016-00-31T22:49:50Z', 'month 00 is not 01 to 12'],
    ['2016-13-31T22:49:50Z', 'month 13 is not 01 to 12'],
    ['2016-12-00T22:49:50Z', 'day 00 is not 01 to 31 in 2016-12'],
    ['2016-12-32T22:49:50Z', 'day 32 is not 01 to 31 in 2016-12'],
    ['2016-02-30T22:49:50Z', 'day 30 is not 01 to 29 in 2016-02'],
    ['2015-02-29T22:49:50Z', 'day 29 is not 01 to 28 in 2015-02'],
    ['1900-02-29T22:49:50Z', 'day 29 is not 01 to 28 in 1900-02'],
    ['2016-04-31T22:49:50Z', 'day 31 is not 01 to 30 in 2016-04'],
    ['2016-12-31T24:00:00Z', 'hour 24 is not 00 to 23'],
    ['2016-12-31T22:60:50Z', 'minute 60 is not 00 to 59'],
    ['2016-12-31T22:49:61Z', 'second 61 is not 00 to 59'],
    ['2016-12-31T23:59:60Z', 'second 60, a leap second, is not accepted'],
    ['1990-12-31T15:59:60-08:00', 'second 60, a leap second, is not accepted'],
    ['0000-12-31T22:49:50Z', 'year 0000 is not 0001 to 9999'],
    ['10000-01-01T00:00:00Z', $date],
    ['0001-01-01T00:00:00+00:01', 'outside the years 0001 to 9999 in UTC'],
    ['9999-12-31T23:59:59-00:01', 'outside the years 0001 to 9999 in UTC'],
    ['1483224590', 'a number, not a date and a time'], ['now', $date],
    ["2016-12-31T22:49:5\xd9\xa0Z", 'the time of day is not HH:MM:SS'],
    ['2016-12-31T22:49:50Z\\u0000', 'something follows the Z'],
    ['\\ud800', 'half of a surrogate pair'], ["\\u0000" x 1000, 'too long'],
    ['2' x 100000, 'a number, not a date and a time'],
) {
    my ($text, $message) = @$row;
    invalid('timestamp ' . substr($text, 0, 40),
            datapoint(timestamp => qq("$text")), 'timestamp',
            qr/^\Q$message, expected a time like 2016-12-31T22:49:50Z\E$/);
}


# Tags.

sub tags { return datapoint(tags => '{' . join(',', @_) . '}') }

for my $not ('null', '1', '"a=b"', '[]', '["a=b"]', 'true') {
    invalid("tags $not", datapoint(tags => $not), 'tags',
            qr/, expected an object of strings$/);
}

for my $not ('1', 'null', 'false', '{}', '{"b":"c"}', '["b"]') {
    invalid("a tag's value $not", tags(qq("a":$not)), 'tags.a',
            qr/, expected a string$/);
}

invalid('41 tags', tags(map { qq("k$_":"v") } 1 .. 41), 'tags',
        qr/^more than 40 tags$/);
invalid('50,000 tags', tags(map { qq("k$_":"v") } 1 .. 50000), 'tags',
        qr/^more than 40 tags$/);
invalid('an empty key', tags('"":"v"'), 'tags.', qr/^not a key of 1 to 256 b/);
invalid('a key of 257 bytes', tags('"' . 'k' x 257 . '":"v"'),
        'tags.' . 'k' x 55 . '...', qr/^not a key of 1 to 256 bytes/);
invalid('a key twice', tags('"k":"v"', '"l":"v"', '"k":"w"'), 'tags.k',
        qr/^repeated$/);
invalid('a key twice, once with an escape', tags('"key":"v"', '"k\\u0065y":"v"'),
        'tags.key', qr/^repeated$/);
invalid('a key twice, first with an escape', tags('"k\\u0065y":"v"', '"key":"v"'),
        'tags.key', qr/^repeated$/);

for my $c (grep { !m{[A-Za-z0-9_./\\-]} } map { chr } 0x20 .. 0x7f) {
    my $text = $c eq '"' ? '\\"' : $c;
    invalid("a key with \"$c\"", tags(qq("a${text}b":"v")),
            'tags.a' . ($c eq "\x7f" ? '?' : $c) . 'b',
            qr/^not a key of 1 to 256 bytes of A-Z/);
}

for my $text ("\xc3\xa9", '\\u00e9', '\\\\', '\\ud800', '\\u0000', '\\n') {
    my ($reply, $json) = post(tags(qq("a$text":"v")));
    is($reply->{status}, 400, "a key with $text");
    like($json->{error}{datapoints}[0]{field} // '', qr/^tags\.a./, 'its field');
}

invalid('an empty value', tags('"k":""'), 'tags.k', qr/^empty, expected 1 to 10/);
invalid('a value of 1,025 bytes', tags('"k":"' . 'v' x 1025 . '"'), 'tags.k',
        qr/^longer than 1024 bytes$/);
invalid('a value of 1,025 bytes in escapes',
        tags('"k":"' . '\\u0076' x 1025 . '"'), 'tags.k',
        qr/^longer than 1024 bytes$/);
invalid("a value with $_", tags(qq("k":"a$_")), 'tags.k',
        qr/^a control character$/) for '\\u0000', '\\n', '\\u007f', "\x7f",
                                       "\xc2\x80";
invalid('a value with half a pair', tags('"k":"\\udc00"'), 'tags.k',
        qr/^half of a surrogate pair$/);


# What is no JSON at all, wherever it stands.

my $good = datapoint();

for my $row (
    ['01', 'value'], ['-01', 'value'], ['1.', 'value'], ['.5', 'value'],
    ['+1', 'value'], ['-', 'value'], ['1e', 'value'], ['1e+', 'value'],
    ['0x10', 'value'], ['1_000', 'value'], ['NaN1', 'value'], ['+NaN', 'value'],
    ['Infinite', 'value'], ['True', 'value'], ['nul', 'value'],
    ['nulll', 'value'], ['', 'value'], ['1,', 'value'], ['1 2', 'value'], ["'a'", 'name'], ['a', 'name'],
    ['"a', 'name'], ['a"', 'name'], ['"\\x41"', 'name'], ['"\\u12"', 'name'],
    ['"\\u12g4"', 'name'], ['"\\U0041"', 'name'], ['"\\', 'name'],
    ['"a\\"', 'name'], ['[1,]', 'tags'], ['{"a":"b",}', 'tags'],
    ['{"a" "b"}', 'tags'], ['{"a":}', 'tags'], ['{a:"b"}', 'tags'],
    ['{1:"b"}', 'tags'], ['{"a":"b"', 'tags'], ['{"a":"b"]', 'tags'],
    ['{,}', 'tags'], ['/* */ 1', 'value'], ['1 // x', 'value'],
    (map { ["\"a" . chr($_) . "b\"", 'name'] } 0 .. 0x1f),
    (map { ["\"a${_}b\"", 'name'] }
     "\x80", "\xbf", "\xc3", "\xff", "\xfe", "\xc0\x80", "\xc1\xbf",
     "\xe0\x80\x80", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xed\xbf\xbf",
     "\xf0\x80\x80\x80", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80",
     "\xf5\x80\x80\x80", "\xf8\x88\x80\x80\x80", "\xe2\x82", "\xf0\x9f\x98",
     "\xc3\x28", "\xe9"),
) {
    my ($text, $field) = @$row;
    my $shown = $text =~ s/([^\x20-\x7e])/sprintf '\\x%02x', ord $1/ger;

    refused("$field $shown", 400, "[$good," . datapoint($field => $text)
            . ",$good]", qr/^body: at byte \d+: ./);
}

for my $row (
    ['nothing', '', 'the body is empty'], ['white space', " \t\r\n", 'is empty'],
    ['a trailing comma', "[$good,]", 'at byte'], ['a comma', '[,]', 'at byte 1'],
    ['two commas', "[$good,,$good]", 'at byte'],
    ['a leading comma', "[,$good]", 'at byte 1'],
    ['no comma', "[$good $good]", 'at byte'],
    ['a trailing comma in an object', $good =~ s/\}/,}/r, 'at byte'],
    ['two values', "$good $good", 'at byte'], ['two arrays', '[][]', 'at byte 2'],
    ['something behind', "[$good]x", 'at byte'], ['a bracket more', "[$good]]",
    'at byte'], ['a bracket less', "[$good", 'at byte'],
    ['another bracket', "[$good}", 'at byte'], ['a NUL behind', "[$good]\0",
    'at byte'], ['a BOM', "\xef\xbb\xbf[$good]", 'at byte 0'],
    ['UTF-16', "\xff\xfe[\0]\0", 'at byte 0'], ['a NUL', "\0", 'at byte 0'],
    ['a form feed', "\f[]", 'at byte 0'], ['a no-break space', "\xc2\xa0[]",
    'at byte 0'], ['a closing bracket', ']', 'at byte 0'],
    ['a word', 'metrics', 'at byte'], ['a form', 'name=c1&value=1', 'at byte'],
    ['an opening bracket', '[', 'at byte 1'], ['an opening brace', '{', 'at by'],
    (map { ["only $_", $_, 'expected an array of datapoints or one datapoint'] }
     'null', 'true', '1', '-0.5e3', '"x"', '""'),
    ['100,000 brackets', '[' x 100000, 'at byte 64: '],
    ['100,000 brackets, closed', '[' x 100000 . ']' x 100000, 'at byte 64: '],
    ['100,000 objects', '{"a":' x 100000, 'at byte \d+: '],
    ['100,000 objects, closed', '{"a":' x 100000 . '1' . '}' x 100000,
     'at byte \d+: '],
    ['100,000 brackets in a value', datapoint(value => '[' x 100000
     . ']' x 100000), 'at byte \d+: '],
    ['100,000 objects in tags', datapoint(tags => '{"a":' x 100000 . '1'
     . '}' x 100000), 'at byte \d+: '],
) {
    my ($name, $body, $message) = @$row;
    refused($name, 400, $body, qr/^(?:body: )?.*$message/);
}

# In NDJSON it is the line that is wrong.
for my $line ("[$good]", "$good $good", "$good,", '{', "\xef\xbb\xbf$good",
              "\"a\xff\"", '[' x 100000, "\0", '{"name":01}')
{
    my ($reply, $json) = post("$good\n$line\n$good\n",
                              'Content-Type' => 'application/x-ndjson');
    my $shown = substr($line, 0, 20) =~ s/([^\x20-\x7e])/sprintf '\\x%02x',
                                                           ord $1/ger;
    is($reply->{status}, 400, "a line of NDJSON: $shown");
    is_deeply([map { $_->{index} } @{ $json->{error}{datapoints} }], [1],
              "a line of NDJSON: $shown: its index");
}


# One body sent as another.
refused('NDJSON as JSON', 400, "$good\n$good\n",
        qr{; send NDJSON as Content-Type: application/x-ndjson$});
refused('JSON as NDJSON', 400, "[$good,\n$good,\n$good]\n",
        qr{^body: an array, .*; send it as Content-Type: application/json$},
        'Content-Type' => 'application/x-ndjson');

refused('a pretty datapoint as NDJSON', 400, $good =~ s/,/,\n  /gr,
        qr{^body: a value over several lines, .* Content-Type: application/json$},
        'Content-Type' => 'application/x-ndjson');

for my $type (qw(application/json application/x-ndjson)) {
    refused("deflate without its header, $type", 400, compress("$good\n"),
            qr/^body: at byte 0: deflate data, .* Content-Encoding: deflate$/,
            'Content-Type' => $type);
    refused("gzip without its header, $type", 400,
            Compress::Zlib::memGzip("$good\n"),
            qr/^body: at byte 0: gzip data, .* Content-Encoding: gzip$/,
            'Content-Type' => $type);
}


# Many errors: a hundred are listed, all are counted.

my ($reply, $json) = post('[' . join(',', (datapoint(name => '""')) x 250) . ']');
is($json->{error}{invalid}, 250, 'all errors are counted');
is_deeply([map { $_->{index} } @{ $json->{error}{datapoints} }], [0 .. 99],
          'a hundred are listed');


# Sizes.

refused('50,001 datapoints', 413, '[' . join(',', ($good) x 50001) . ']',
        qr/^body: more than 50000 datapoints$/);
refused('50,001 lines', 413, "$good\n" x 50001,
        qr/^body: more than 50000 datapoints$/,
        'Content-Type' => 'application/x-ndjson');
refused('50,001 that are none', 413, '[' . join(',', (1) x 50001) . ']',
        qr/^body: more than 50000 datapoints$/);

my $c = client($nginx->port);
$c->send("POST /v1/metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 209715200"
         . "\r\n\r\n[");
$reply = $c->finish(10);
is($reply && $reply->{status}, 413, '200 MB announced');
is_deeply(decode_json($reply->{body}), { error => { status => 413,
          message => 'body: larger than client_max_body_size allows' } },
          '200 MB announced: the message');
$c->close;

$c = client($nginx->port);
$c->send("POST /v1/metrics HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked"
         . "\r\n\r\n1\r\n[\r\n");
my $chunk = "100000\r\n" . ' ' x 0x100000 . "\r\n";
for (1 .. 200) {
    last if $c->send($chunk) < length $chunk;
}
$reply = $c->finish(10);
is($reply && $reply->{status}, 413, '200 MB in chunks');
$c->close;

# A member of gzip of N megabytes of spaces, made of blocks of one.
sub bomb {
    my ($n) = @_;

    my ($d) = deflateInit(-WindowBits => -MAX_WBITS, -Level => 9);
    my ($block) = $d->deflate(' ' x (1 << 20));
    ($block) = $block . $d->flush(Z_FULL_FLUSH);

    return "\x1f\x8b\x08\0\0\0\0\0\0\x03" . $block x $n;
}

my @gzip = ('Content-Encoding' => 'gzip');

refused('a gzip bomb of 400 MB', 413, bomb(400),
        qr/^body: larger than client_max_body_size allows$/, @gzip);
refused('a gzip bomb of 400 members', 413, Compress::Zlib::memGzip(' ' x 1e6)
        x 400, qr/^body: larger than client_max_body_size allows$/, @gzip);

my ($peak) = slurp('/proc/' . ($nginx->workers)[0] . '/status')
             =~ /VmHWM:\s*(\d+) kB/;
cmp_ok($peak, '<', 350e3, 'what does not fit is not kept in memory');

my $zipped = Compress::Zlib::memGzip("[$good]");

for my $row (['no gzip', "[$good]", 'not valid gzip data'],
             ['empty gzip', '', 'cut short'],
             ['a gzip header', substr($zipped, 0, 10), 'cut short'],
             ['half of gzip', substr($zipped, 0, 30), 'cut short'],
             ['gzip without its end', substr($zipped, 0, -1), 'cut short'],
             ['gzip and more', "${zipped}x", 'cut short|not valid'],
             ['zlib', compress("[$good]"), 'not valid gzip data'],
             ['a wrong checksum', substr($zipped, 0, -8) . "\0\0\0\0"
              . substr($zipped, -4), 'not valid gzip data'],
             ['gzip twice', Compress::Zlib::memGzip($zipped), 'at byte 0'],
             ['gzip of nothing', Compress::Zlib::memGzip(''), 'is empty'])
{
    my ($name, $body, $message) = @$row;
    refused($name, 400, $body, qr/^body: .*(?:$message)/, @gzip);
}

my @deflate = ('Content-Encoding' => 'deflate');
my $zlib = compress("[$good]");

for my $row (['no deflate', "[$good]", 'not valid deflate data in the zlib'],
             ['empty deflate', '', 'cut short'],
             ['half of deflate', substr($zlib, 0, 30), 'cut short'],
             ['deflate without its end', substr($zlib, 0, -1), 'cut short'],
             ['deflate and more', "${zlib}x", 'something follows'],
             ['gzip as deflate', $zipped, 'not valid deflate data'],
             ['raw deflate', substr($zlib, 2, -4), 'not valid deflate data'],
             ['deflate twice', compress($zlib), 'at byte 0'])
{
    my ($name, $body, $message) = @$row;
    refused($name, 400, $body, qr/^body: .*(?:$message)/, @deflate);
}

refused('a deflate bomb of 400 MB', 413, "\x78\x9c" . substr(bomb(400), 10),
        qr/^body: larger than client_max_body_size allows$/, @deflate);


# So far everything was refused.

is(count($index), 0, 'nothing of it is stored');


# The longest, the smallest, the oddest that is right.

my @right = (
    datapoint(name => '"' . 'n' x 512 . '"', type => '"' . 't' x 64 . '"'),
    datapoint(name => '"' . "\xc3\xa9" x 256 . '"'),
    datapoint(name => '"' . '\\u00e9' x 256 . '"'),
    datapoint(name => '"' . '\\u006e' x 512 . '"'),
    datapoint(name => '"\\ud83d\\ude00\\"\\\\\\/"', type => '" "'),
    datapoint(name => qq("\xc2\xa0\xed\x9f\xbf\xee\x80\x80\xf4\x8f\xbf\xbf")),
    datapoint(timestamp => '"2016-12-31T22:49:50.123456789+23:59"'),
    datapoint(timestamp => '"0001-01-01T00:00:00Z"'),
    datapoint(timestamp => '"9999-12-31T23:59:59.999999999Z"'),
    datapoint(timestamp => '"2016-02-29t00:00:00.0-00:00"'),
    datapoint(timestamp => '"2000-02-29T00:00:00z"'),
    datapoint(timestamp => '"2016\\u002d12-31T22:49:50Z"'),
    (map { datapoint(value => $_) }
     qw(0 -0 -0.0 1E5 1e+5 1.7976931348623157e308 5e-324 1e-400 0e999999),
     '1' . '0' x 308, '0.' . '0' x 500 . '1'),
    tags(), tags(map { qq("k$_":"v") } 1 .. 40),
    tags('"' . 'k' x 256 . '":"' . 'v' x 1024 . '"'),
    tags('"' . '\\u006b' x 256 . '":"' . '\\u0076' x 1024 . '"'),
    tags('"AZaz09_./-":"=\\"{}\\\\ \\u00e9"', '"a":"b"', '"A":"b"'),
    datapoint('n\\u0061me' => '"n"', name => undef),
    " {\t\"name\"\r\n:\n\"n\" ,\"type\": \"t\",\"value\":1 , "
    . "\"timestamp\" :\"2016-12-31T22:49:50Z\"\t} ",
);

($reply, $json) = post(' [' . join(",\n", @right) . "]\r\n");
is($reply->{body}, sprintf("{\"stored\":%d}\n", scalar @right), 'all is right')
    or diag($reply->{body});
is(count($index), @right, 'all of it is stored');

($reply) = post('[' . join(',', ($good) x 50000) . ']');
is($reply->{body}, "{\"stored\":50000}\n", '50,000 datapoints');

$nginx->stop;

done_testing();
