# SPDX-License-Identifier: BSD-2-Clause

# Credentials for Elasticsearch from a file: which files are taken, what is sent
# and where, that a reload reads it anew, and that nothing tells them: no log,
# even at debug level, no answer, no message, no list of processes.

use strict;
use warnings;

use lib 't/lib';

use CricketTest;
use CricketWrites;
use MIME::Base64 qw(encode_base64);
use POSIX qw(mkfifo);
use Test::More;

delete @ENV{qw(CRICKET_API_KEY CRICKET_PASSWORD)};

my $dir = CricketTest::folder('password');
my $modules = join '', map { "load_module $_;\n" }
              split ' ', $ENV{TEST_NGINX_LOAD_MODULES} // '';


sub put {
    my ($name, $text, $mode) = @_;

    open my $fh, '>:raw', "$dir/$name" or die "$name: $!";
    print $fh $text;
    close $fh;
    chmod $mode // 0600, "$dir/$name";

    return "$dir/$name";
}


# Exit code and messages of nginx -t, or of other arguments.
sub check {
    my ($http, @args) = @_;

    open my $conf, '>', "$dir/nginx.conf" or die "nginx.conf: $!";
    print $conf "${modules}pid $dir/nginx.pid;\nerror_log stderr;\n"
                . "events {}\nhttp {\naccess_log off;\n"
                . join('', map { "${_}_temp_path $dir/$_;\n" }
                           qw(client_body proxy fastcgi uwsgi scgi))
                . "$http\n}\n";
    close $conf;

    @args = '-t' if !@args;
    my $said = qx{@{[CricketTest::binary()]} @args -p $dir -e stderr \\
                  -c $dir/nginx.conf 2>&1};

    return ($? >> 8, $said);
}


sub server {
    my ($file, $set, $in) = @_;

    return 'server { cricket_pass http://127.0.0.1:1;'
           . " cricket_password_file $file; " . ($set // '')
           . ' location = /m { cricket metrics; ' . ($in // '') . ' } }';
}


sub cli {
    my ($url, @args) = @_;

    my $said = qx{objs/cricket --init --url $url @args 2>&1};

    return ($? >> 8, $said);
}


# Which files are taken, by nginx and by the program: the same ones.
my $refused = fake(sub { $_[1]->reply(401, '{}') });
my $url = $refused->url;
my $secret = 'secret';

for my $t (
    [ 'a user', "me:$secret" ],
    [ 'an end of line', "me:$secret\n" ],
    [ 'an end of line as of Windows', "me:$secret\r\n" ],
    [ 'an API key', "ApiKey $secret" ],
    [ 'as large as may be', 'me:' . 'x' x 8188 . "\n" ],
    [ 'empty', '', 'is empty' ],
    [ 'only an end of line', "\n", 'is empty' ],
    [ 'two lines', "me:$secret\n\n", 'has more than one line' ],
    [ 'a header behind it', "ApiKey $secret\r\nX-B: $secret\n",
      'has more than one line' ],
    [ 'CR', "me:$secret\rx", 'has more than one line' ],
    [ 'NUL', "me:$secret\0", 'has a control character' ],
    [ 'NUL in a key', "ApiKey $secret\0x", 'has a control character' ],
    [ 'no colon', $secret,
      'has no colon: expected USER:PASSWORD, or "ApiKey " and a key' ],
    [ 'too large', "me:$secret" . 'x' x 8200, 'is larger than 8192 bytes' ],
    [ 'much too large', "me:$secret" . 'x' x 1e6, 'is larger than 8192 bytes' ],
) {
    my ($name, $text, $error) = @$t;
    my $file = put('file', $text);

    my ($code, $said) = check(server($file));
    my ($exit, $told) = cli($url, '--password-file', $file);

    if ($error) {
        isnt($code, 0, "$name: refused");
        like($said, qr/\[emerg\]\ [0-9\#:]+\ "cricket_password_file":\ "\Q$file\E"
                       \ \Q$error\E\ in\ \Q$dir\E/x, "$name: why");
        is($exit, 6, "$name: refused by the program");
        is($told, "cricket: --password-file: $file $error\n", "$name: why");

    } else {
        is($code, 0, "$name: taken") or diag($said);
        unlike($said, qr/\[warn\]/, "$name: no complaint");
        is($exit, 3, "$name: taken by the program");
        like($told, qr/does not take what --password-file has/,
             "$name: and sent");
    }

    unlike("$said$told", qr/\Q$secret\E/, "$name: not told");
}

$refused->stop;

# What is no such file.
mkfifo("$dir/pipe", 0600) or die "mkfifo: $!";

for my $t ([ 'none', "$dir/none", 'No such file or directory' ],
           [ 'a folder', $dir, 'is no ordinary file' ],
           [ 'a pipe that nobody writes to', "$dir/pipe",
             'is no ordinary file' ])
{
    my ($name, $file, $error) = @$t;

    my ($code, $said) = check(server($file));
    isnt($code, 0, "$name: refused");
    like($said, qr/\[emerg\].*"?\Q$file\E"? .*\Q$error\E/, "$name: why");

    my ($exit, $told) = cli($url, '--password-file', $file);
    is($exit, 6, "$name: refused by the program");
    like($told, qr/^cricket: --password-file: \Q$file\E:? \Q$error\E$/m,
         "$name: why");
}

# One that others can read is taken, and that is told.
my $file = put('open', "me:$secret", 0644);
my ($code, $said) = check(server($file));
is($code, 0, 'readable by all: taken');
like($said, qr/\[warn\]\ [0-9\#:]+\ "cricket_password_file":\ all\ users\ can\ read\ or
               \ write\ "\Q$file\E"/x, 'readable by all: told');

my ($exit, $told) = cli('http://127.0.0.1:1', '--password-file', $file);
is($exit, 2, 'readable by all: taken by the program');
like($told, qr/all users can read or write \Q$file\E/,
     'readable by all: told by the program');

chmod 0640, $file;
($code, $said) = check(server($file));
unlike($said, qr/\[warn\]/, 'readable by a group: no complaint');

# What else is said of the directive.
for my $t (
    [ 'twice', server($file, "cricket_password_file $file;"),
      '"cricket_password_file" directive is duplicate' ],
    [ 'a variable', server('/etc/$host'), 'takes no variables' ],
    [ 'beside a header', server($file,
          "cricket_set_header Authorization 'Basic eDp5';"),
      '"cricket metrics" has credentials by both "cricket_password_file" and '
      . '"cricket_set_header Authorization"' ],
    [ 'beside a header of the level above',
      "cricket_set_header authorization 'Basic eDp5';" . server($file),
      'has credentials by both' ],
) {
    my ($name, $http, $error) = @$t;

    ($code, $said) = check($http);
    isnt($code, 0, "$name: refused");
    like($said, qr/\[emerg\].*\Q$error\E.* in .*nginx.conf:/, "$name: why");
}

for my $t (
    [ 'beside a header that is turned off', server($file,
          "cricket_set_header Authorization '';") ],
    [ 'turned off beside a header', server($file,
          '', "cricket_password_file off;"
          . "cricket_set_header Authorization 'Basic eDp5';") ],
    [ 'by a relative name', server('open') ],
) {
    ($code, $said) = check($t->[1]);
    is($code, 0, $t->[0]) or diag($said);
}

# nginx -T prints the configuration, and not what it names.
($code, $said) = check(server($file), '-T');
is($code, 0, 'nginx -T');
like($said, qr/cricket_password_file \Q$file\E/, 'nginx -T has the directive');
unlike($said, qr/\Q$secret\E|@{[encode_base64("me:$secret", '')]}/,
       'nginx -T has no credentials');

# What is sent, with each request of each route, and what is told.
my @values = map { "Basic $_" } map { encode_base64("me:$_", '') }
             qw(FIRST-hushed SECOND-hushed);
my $fake = fake(sub {
    my ($request, $c) = @_;

    if ($request->{uri} =~ m{_bulk} && $request->{body} !~ /"echo"/) {
        return $c->bulk($request);
    }

    # Some things repeat what they were sent.
    return $c->reply(403, "no: $request->{headers}{authorization}\n");
}, undef, probes => 0);

my $one = put('one', "me:FIRST-hushed\n");
my $key = put('key', "ApiKey KEY-hushed\n");
my $nginx = nginx(qq{
    cricket_pass http://127.0.0.1:%%ES%%;

    server {
        listen 127.0.0.1:%%PORT%%;
        cricket_password_file $one;

        location = /v1/metrics { cricket metrics; }
        location = /v1/stats { cricket stats; }
        location = /v1/names { cricket names; }
        location = /v1/export { cricket export; }
        location = /ready { cricket ready; }
        location = /off { cricket metrics; cricket_password_file off; }
        location = /key { cricket metrics; cricket_password_file $key; }
        location = /lmt { cricket metrics; limit_except GET { allow all; } }
    }
}, ES => $fake->port, _log => 'debug');

my @reads = ('/v1/metrics?name=a', '/v1/names', '/v1/export', '/ready',
             '/v1/stats?name=a&start=2016-01-01T00:00:00Z&'
             . 'end=2016-01-02T00:00:00Z');
my $said_all = '';


# The headers Authorization of the requests since the last call.
my $read = 0;

sub sent {
    my @requests = $fake->requests;
    my @new = @requests[$read .. $#requests];
    $read = @requests;

    return map { $_->{headers}{authorization} // 'none' } @new;
}


sub same {
    my ($what, $value, $least) = @_;

    my @sent = sent();
    cmp_ok(scalar @sent, '>=', $least, "$what: requests");
    is(join(' ', grep { $_ ne $value } @sent), '', "$what: credentials");
}


for my $uri (@reads) {
    my $reply = http($nginx->port, 'GET', $uri);
    is($reply->{status}, 503, "GET $uri");
    $said_all .= "$reply->{head} $reply->{body}";
    same($uri, $values[0], 1);
}

for my $at ('/v1/metrics', '/lmt') {
    is(http($nginx->port, 'POST', $at, point('a'))->{status}, 200, "POST $at");
    my $reply = http($nginx->port, 'POST', $at, point('echo'));
    is($reply->{status}, 503, "POST $at, refused");
    $said_all .= "$reply->{head} $reply->{body}";
    same("POST $at", $values[0], 2);
}

is(http($nginx->port, 'POST', '/key', point('a'))->{status}, 200, 'a key');
same('a key', 'ApiKey KEY-hushed', 1);

is(http($nginx->port, 'POST', '/off', point('a'))->{status}, 200, 'off');
same('off', 'none', 1);

# A reload reads the file anew; one that is wrong changes nothing.
put('one', "me:SECOND-hushed");
reload($nginx);
is(http($nginx->port, 'POST', '/v1/metrics', point('a'))->{status}, 200,
   'after it');
same('after it', $values[1], 1);

put('one', "me:THIRD-hushed\nme:x");
$nginx->signal('HUP');
ok(wait_until(10, sub { $nginx->log =~ /has more than one line/ }),
   'a reload with a wrong file: told');
is(http($nginx->port, 'POST', '/v1/metrics', point('a'))->{status}, 200,
   'a reload with a wrong file: it serves on');
same('a reload with a wrong file', $values[1], 1);

unlink $one;
$nginx->signal('HUP');
ok(wait_until(10, sub { $nginx->log =~ /open\(\) "\Q$one\E" failed/ }),
   'a reload without the file: told');
is(http($nginx->port, 'POST', '/v1/metrics', point('a'))->{status}, 200,
   'a reload without the file: it serves on');

$nginx->allow(qr/\Q$one\E/);

my @cmdlines = map { slurp("/proc/$_/cmdline") . slurp("/proc/$_/environ") }
               $nginx->pid, $nginx->workers;
my $log = $nginx->log;

# Long enough for a part of a dump, too.
my $any = join '|', map { quotemeta } 'hushed', map { substr $_, 8, 12 } @values;

SKIP: {
    skip 'nginx without --with-debug', 1
        if qx{@{[CricketTest::binary()]} -V 2>&1} !~ /--with-debug/;

    like($log, qr/\[debug\].*http upstream send request/, 'it is a debug log');
}

unlike($log, qr/$any/, 'no credentials in error.log');
unlike(slurp("$nginx->{dir}/access.log"), qr/$any/, 'none in access.log');
unlike($said_all, qr/$any/, 'none in an answer');
unlike("@cmdlines", qr/$any/, 'none in a list of processes');

quit($nginx);

done_testing();
