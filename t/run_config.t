# SPDX-License-Identifier: BSD-2-Clause

# What nginx says of a configuration: nginx -t, its message and exit code.

use strict;
use warnings;

use lib 't/lib';

use CricketTest;
use Test::More;

my $dir = CricketTest::folder('config');
my $modules = join '', map { "load_module $_;\n" }
              split ' ', $ENV{TEST_NGINX_LOAD_MODULES} // '';
my $paths = join ' ', "access_log $dir/access.log;",
                 map { "${_}_temp_path $dir/$_;" }
                 qw(client_body proxy fastcgi uwsgi scgi);
my ($cert, $key) = ("$dir/cert.pem", "$dir/key.pem");

system('openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=localhost'
       . " -days 2 -keyout $key -out $cert 2>$dir/openssl.log") == 0
    or die slurp("$dir/openssl.log");

my $locked = "$dir/locked.pem";
my $passwords = put('passwords', "no\nsesame\n");
my $wrong = put('wrong', "no\n");

system("openssl rsa -in $key -aes128 -passout pass:sesame -out $locked"
       . " 2>$dir/openssl.log") == 0
    or die slurp("$dir/openssl.log");


sub put {
    my ($name, $text) = @_;

    open my $fh, '>', "$dir/$name" or die "$name: $!";
    print $fh $text;
    close $fh;

    return "$dir/$name";
}


# Exit code and messages for what is inside http {}.
sub check {
    my ($http) = @_;

    open my $conf, '>', "$dir/nginx.conf" or die "nginx.conf: $!";
    print $conf "${modules}pid $dir/nginx.pid;\nerror_log stderr;\n"
                . "events {}\nhttp {\n$paths\n$http\n}\n";
    close $conf;

    my $said = qx{@{[CricketTest::binary()]} -t -p $dir -e stderr \\
                  -c $dir/nginx.conf 2>&1};

    return ($? >> 8, $said);
}


sub good {
    my ($name, $http) = @_;

    my ($code, $said) = check($http);
    is($code, 0, $name) or diag($said);
    unlike($said, qr/\[(?:warn|error|alert|crit|emerg)\]|Sanitizer/,
           "$name: no complaint");
}


sub bad {
    my ($name, $http, $message) = @_;

    my ($code, $said) = check($http);
    isnt($code, 0, $name);
    like($said, qr/\[emerg\].*\Q$message\E/, "$name: the message");
}


# The same, said of the line that has HERE behind it.
sub bad_here {
    my ($name, $http, $message) = @_;

    bad($name, $http, $message);

    my ($code, $said) = check($http);
    my @lines = split /\n/, slurp("$dir/nginx.conf");
    my ($line) = grep { $lines[$_ - 1] =~ /# HERE$/ } 1 .. @lines;
    like($said, qr/\Q$message\E.* in \Q$dir\E\/nginx\.conf:$line$/m,
         "$name: where");
}


sub server { return "server { listen 127.0.0.1:1; $_[0] }" }

my $pass = 'cricket_pass http://127.0.0.1:9200;';
my $metrics = 'location = /m { cricket metrics; }';


# What is right.

good('each route', server($pass . join '', map {
    "location = /$_ { cricket $_; }"
} qw(index dashboard health ready metrics stats names tags last export status)));

good('no backend for index, health and status', server(
    'location = / { cricket index; } location = /health { cricket health; }'
    . 'location = /metrics { cricket status; }'));

good('status twice', server('location = /a { cricket status; }'
                            . 'location = /b { cricket status; }'));

good('inheritance from http to location', $pass . server($metrics));

good('each directive, in http', "
    $pass
    cricket_index x;
    cricket_ids own;
    cricket_bulks 1;
    cricket_bulk_size 1k;
    cricket_queue 1m 10;
    cricket_timeout 1s;
    cricket_max_datapoints 1;
    cricket_max_reply 1m;
    cricket_read_memory 1m;
    cricket_set_header Authorization 'Basic eDp5';
    cricket_set_header X-Opaque-Id cricket;
    cricket_bind 127.0.0.1;
    cricket_socket_keepalive on;
    cricket_connect_timeout 1s;
    cricket_send_timeout 1s;
    cricket_read_timeout 1s;
    cricket_buffer_size 4k;
    cricket_next_upstream error timeout invalid_header http_500 http_502
                          http_503 http_504 http_403 http_404 http_429;
    cricket_next_upstream_tries 2;
    cricket_intercept_errors on;
    cricket_cors https://charts.example.com;
    cricket_next_upstream_timeout 1s;
" . server($metrics));

good('each directive of TLS, in location', server("location = /m {
    cricket metrics;
    cricket_pass https://127.0.0.1:9200;
    cricket_ssl_session_reuse off;
    cricket_ssl_protocols TLSv1.2 TLSv1.3;
    cricket_ssl_ciphers HIGH;
    cricket_ssl_name es.test;
    cricket_ssl_server_name on;
    cricket_ssl_verify on;
    cricket_ssl_verify_depth 2;
    cricket_ssl_trusted_certificate $cert;
    cricket_ssl_certificate $cert;
    cricket_ssl_certificate_key $locked;
    cricket_ssl_password_file $passwords;
    cricket_ssl_conf_command Ciphersuites TLS_AES_256_GCM_SHA384;
    cricket_ssl_conf_command Options -SessionTicket;
}"));

good('an upstream that is defined later', server("
    cricket_pass http://es; $metrics") . '
    upstream es { server 127.0.0.1:9200; }');

good('a final slash', server("cricket_pass http://127.0.0.1:9200/; $metrics"));
good('a Unix socket', server("cricket_pass http://unix:$dir/s; $metrics"));
good('no port', server("cricket_pass http://127.0.0.1; $metrics"));
good('names in capitals', server("cricket_pass HTTP://127.0.0.1; $metrics"));
good('IPv6', server("cricket_pass http://[::1]:9200; $metrics"));
good('a queue without its number', server("cricket_queue 1m; $pass $metrics"));
good('bind off', server("cricket_bind off; $pass $metrics"));
good('two locations, two indices', server("
    $pass
    location = /a { cricket metrics; cricket_index a; }
    location = /b { cricket metrics; cricket_index b; }"));

for my $name ('a', 'a-b_c.d', '0', 'metrics-2016.12.31', 'a' x 255) {
    good("index $name", server("cricket_index $name; $pass $metrics"));
}


# What is wrong.

bad('an unknown route', server('location = / { cricket metric; }'),
    'unknown route "metric"');
bad('the beginning of a route', server('location = / { cricket inde; }'),
    'unknown route "inde"');
bad('a route in capitals', server('location = / { cricket Index; }'),
    'unknown route "Index"');
bad('an empty route', server('location = / { cricket ""; }'),
    'unknown route ""');
bad('no route', server('location = / { cricket; }'),
    'invalid number of arguments in "cricket" directive');
bad('two routes', server('location = / { cricket index health; }'),
    'invalid number of arguments in "cricket" directive');
bad('a route twice', server('location = / { cricket index; cricket index; }'),
    '"cricket" directive is duplicate');
bad('a route of a server', server('cricket index;'),
    '"cricket" directive is not allowed here');

for my $route (qw(ready metrics stats names tags last export)) {
    bad_here("$route without a backend",
             server("location = / {\ncricket $route; # HERE\n}\n"),
             "\"cricket $route\" needs \"cricket_pass\"");
}

bad_here('a backend for its own location only', server("
    location = /a { $pass cricket metrics; }
    location = /b {
        cricket metrics; # HERE
    }"),
    '"cricket metrics" needs "cricket_pass"');

bad('cricket_pass without http://', server("cricket_pass es:9200; $metrics"),
    'invalid URL prefix');
bad('cricket_pass ftp://', server("cricket_pass ftp://es; $metrics"),
    'invalid URL prefix');
bad('cricket_pass without a host', server("cricket_pass http://; $metrics"),
    'no host in upstream');
bad('cricket_pass without a host, with a port',
    server("cricket_pass http://:9200; $metrics"), 'no host in upstream');
bad('cricket_pass with no such port',
    server("cricket_pass http://127.0.0.1:99999; $metrics"),
    'invalid port in upstream');
bad('cricket_pass with a URI',
    server("cricket_pass http://127.0.0.1:9200/metrics; $metrics"),
    '"cricket_pass" directive takes no URI: the index is set by '
    . '"cricket_index"');
bad('cricket_pass with a query',
    server("cricket_pass http://127.0.0.1:9200?x=1; $metrics"),
    'takes no URI');
bad('cricket_pass twice', server("$pass $pass $metrics"),
    '"cricket_pass" directive is duplicate');
bad('cricket_pass to a name that is none',
    server("cricket_pass http://nowhere.invalid:9200; $metrics"),
    'host not found in upstream "nowhere.invalid');
bad('cricket_pass, no argument', server("cricket_pass; $metrics"),
    'invalid number of arguments in "cricket_pass" directive');

for my $name ('Metrics', '_metrics', '-metrics', '+metrics', '.', '..', 'a/b',
              'a,b', 'a*b', 'a?b', 'a:b', '"a b"', '"a\\"b"', '"a|b"',
              "\xc3\xa9", '""', 'a' x 256)
{
    bad('index ' . substr($name, 0, 20),
        server("cricket_index $name; $pass $metrics"),
        'is no name of an index: expected 1 to 255 characters of a-z, 0-9');
}

for my $name ('a%b', 'a-%', 'a-%y', '%Y', 'a-%m', 'a-%Y-%Y', 'A-%Y') {
    bad("index $name", server("cricket_index $name; $pass $metrics"),
        'is no name of an index: expected ');
}

good('partitions', server("cricket_index a-%Y.%m.%d; cricket_index_from 5y;"
                          . "cricket_tag_fields host a.b; $pass $metrics"));
good('since a date', server("cricket_index_from 2016-12-31; $pass $metrics"));
good('no tag fields', server("cricket_tag_fields off; $pass $metrics"));

for my $from ('', 'x', '0', '2016-13-01', '2016-12-31T00:00:00Z', '1x') {
    bad("cricket_index_from '$from'",
        server("cricket_index_from '$from'; $pass $metrics"),
        qq{"$from" is no time: expected one like 10y, or a date like });
}

for my $keys ("''", 'a a', 'a a.b', 'a.b a', '.a', 'a.', 'a..b', '"a b"') {
    bad("cricket_tag_fields $keys",
        server("cricket_tag_fields $keys; $pass $metrics"),
        'cannot be the key of a tag with a field: expected ');
}

bad('too many tag fields',
    server('cricket_tag_fields ' . join(' ', 1 .. 33) . "; $pass $metrics"),
    '"cricket_tag_fields" directive has too many keys');

bad('cricket_index twice', server("cricket_index a; cricket_index b; $pass"),
    '"cricket_index" directive is duplicate');

for my $size ('', 'x', '-1', '1x', '1.5m', '99999999999999999999') {
    bad("cricket_queue '$size'", server("cricket_queue '$size'; $pass"),
        '"cricket_queue" directive has an invalid size');
}

for my $n ('', 'x', '0', '-1', '1k', '99999999999999999999') {
    bad("cricket_queue 1m '$n'", server("cricket_queue 1m '$n'; $pass"),
        '"cricket_queue" directive has an invalid number of requests');
}

bad('cricket_queue twice', server("cricket_queue 1m; cricket_queue 1m; $pass"),
    '"cricket_queue" directive is duplicate');
bad('cricket_queue with too much', server("cricket_queue 1m 1 1; $pass"),
    'invalid number of arguments in "cricket_queue" directive');

bad('cricket_ids', server("cricket_ids none; $pass"), 'invalid value "none"');
bad('cricket_bulks 0', server("cricket_bulks 0; $pass"),
    'value must be between 1 and 1024');
bad('cricket_bulks 1025', server("cricket_bulks 1025; $pass"),
    'value must be between 1 and 1024');
bad('cricket_max_datapoints 0', server("cricket_max_datapoints 0; $pass"),
    'value must be');
for my $name (qw(cricket_timeout cricket_bulk_size cricket_max_reply
                 cricket_read_memory))
{
    bad_here("$name 0", server("$name 0; # HERE\n$pass $metrics"),
             "\"$name\" directive must not be 0");
}

bad('cricket_timeout', server("cricket_timeout never; $pass"),
    'invalid value');
bad('cricket_next_upstream', server("cricket_next_upstream non_idempotent;"),
    'invalid value "non_idempotent"');
bad('cricket_max_reply', server("cricket_max_reply much; $pass"),
    'invalid value');
bad('cricket_set_header without a value',
    server("cricket_set_header Authorization; $pass"),
    'invalid number of arguments in "cricket_set_header" directive');

for my $value ('$request_id', '${request_id}', 'a$arg_b', '$1') {
    bad("cricket_set_header with $value",
        server("cricket_set_header X-Opaque-Id '$value'; $pass"),
        '"cricket_set_header X-Opaque-Id" takes no variables: a bulk carries '
        . "many clients' datapoints; write the value itself");
    bad("cricket_pass with $value",
        server("cricket_pass 'http://$value'; $metrics"),
        '"cricket_pass" directive takes no variables: name an "upstream" '
        . 'block');
    bad("cricket_bind with $value",
        server("cricket_bind '$value' transparent; $pass"),
        '"cricket_bind" directive takes no variables: connections serve many '
        . 'clients; write the address itself');
    bad("cricket_ssl_name with $value",
        server("cricket_ssl_name '$value'; $pass"),
        '"cricket_ssl_name" directive takes no variables: connections serve '
        . 'many clients; write the name itself');
}

good('dollars that are none of a variable', server("
    cricket_set_header X-Price '\$'; cricket_set_header X-More '5 \$ \$-';
    $pass $metrics"));

for my $name (qw(Content-Type content-length Content-Encoding TE
                 Transfer-Encoding CONNECTION Proxy-Connection Keep-Alive
                 Upgrade Trailer Expect Accept-Encoding))
{
    bad("cricket_set_header $name",
        server("cricket_set_header $name x; $pass"),
        "\"cricket_set_header\" does not take \"$name\": Cricket sets or "
        . 'leaves it out');
}

for my $name ('Content-Type', 'Content-Length') {
    bad("cricket_set_header $name, empty",
        server("cricket_set_header $name ''; $pass"),
        "\"cricket_set_header\" does not take \"$name\"");
}

for my $name ('', 'X A', 'X:', "X\xc3\xa9", "X\\tY", '$host', 'X(') {
    bad("cricket_set_header '$name'",
        server("cricket_set_header '$name' x; $pass"),
        'is no name of a header');
}

bad('cricket_set_header with another header in it',
    server("cricket_set_header X-A \"secret\\r\\nX-B: c\"; $pass"),
    '"cricket_set_header X-A" has a control character in its value');
bad('cricket_set_header twice',
    server("cricket_set_header X-A b; cricket_set_header x-a c; $pass"),
    '"cricket_set_header x-a" is duplicate');
good('cricket_set_header on two levels', "cricket_set_header X-A b;" . server(
    "cricket_set_header X-A c; $pass $metrics"));

bad('cricket_bind', server("cricket_bind nowhere; $pass"), 'invalid address');

my $tls = "location = /m { cricket metrics; cricket_pass https://127.0.0.1;";

good('verification by the certificates that the system trusts',
    server("$tls cricket_ssl_verify on; }"));
bad_here('a certificate without its key',
    server("location = /m {\n cricket metrics; # HERE\n"
           . "cricket_pass https://127.0.0.1; cricket_ssl_certificate $cert; }"),
    'no "cricket_ssl_certificate_key" is defined for certificate "' . $cert);
bad('a certificate that is not there',
    server("$tls cricket_ssl_certificate $dir/none;"
           . "cricket_ssl_certificate_key $key; }"), "$dir/none");
bad('a trusted certificate that is not there',
    server("$tls cricket_ssl_verify on;"
           . "cricket_ssl_trusted_certificate $dir/none; }"), "$dir/none");
bad('a list of revoked certificates that is not there',
    server("$tls cricket_ssl_verify on; cricket_ssl_crl $dir/none;"
           . "cricket_ssl_trusted_certificate $cert; }"), "$dir/none");
bad('an encrypted key without its password',
    server("$tls cricket_ssl_certificate $cert;"
           . "cricket_ssl_certificate_key $locked;"
           . "cricket_ssl_password_file $wrong; }"), $locked);
bad('passwords that are not there',
    server("$tls cricket_ssl_password_file $dir/none; }"), "$dir/none");
bad('passwords twice',
    server("$tls cricket_ssl_password_file $passwords;"
           . "cricket_ssl_password_file $passwords; }"),
    '"cricket_ssl_password_file" directive is duplicate');
bad('a command that OpenSSL does not know',
    server("$tls cricket_ssl_conf_command Nonsense on; }"), 'Nonsense');
bad('a command without a value',
    server("$tls cricket_ssl_conf_command Options; }"),
    'invalid number of arguments in "cricket_ssl_conf_command" directive');
bad('ciphers', server("$tls cricket_ssl_ciphers nonsense; }"), 'nonsense');
bad('protocols', server("$tls cricket_ssl_protocols TLSv9; }"),
    'invalid value "TLSv9"');

for my $origins ('https://a.example', 'http://localhost:3000 https://b.example',
                 '*', 'off', '* writes=on', 'https://a.example writes=off',
                 'https://[::1]:8443', 'chrome-extension://abcdef',
                 'HTTPS://A.Example')
{
    good("cricket_cors $origins", server("cricket_cors $origins; $pass $metrics"));
}

for my $origin ('https://a.example/', 'https://a.example/x', 'a.example', 'null',
                '://a', 'https://', 'https://*.example', 'https://$host',
                'https://me:x@a.example', '"https://a.example b"', 'off', '""',
                'writes=yes')
{
    bad("cricket_cors $origin",
        server("cricket_cors https://c.example $origin; $pass"), 'is no origin');
}

for my $origin ('https://a.example:443', 'http://a.example:80') {
    bad("cricket_cors $origin", server("cricket_cors $origin; $pass"),
        'is never sent: browsers leave the usual port out');
}

bad('cricket_cors without an origin', server("cricket_cors writes=on; $pass"),
    '"cricket_cors" directive names no origin');
bad('cricket_cors twice', server("cricket_cors *; cricket_cors *; $pass"),
    '"cricket_cors" directive is duplicate');

for my $where ('post_action /p;', 'if ($arg_a) { post_action /p; }') {
    bad_here("post_action: $where",
             server("$pass location = /m {\ncricket metrics; # HERE\n$where }"),
             '"post_action" cannot be used with "cricket"');
}

bad('post_action in limit_except',
    server("$pass location = /m { cricket metrics; "
           . 'limit_except GET { post_action /p; } }'), 'post_action');


# Headers that are set, and those left out for having no value.

my $fake = fake(sub { $_[1]->bulk($_[0]) });
my $nginx = nginx(q{
    server {
        listen 127.0.0.1:%%PORT%%;
        cricket_pass http://127.0.0.1:%%ES%%;
        cricket_set_header X-Opaque-Id "a $ b";
        cricket_set_header X-Empty "";
        cricket_set_header Connection "";
        cricket_set_header Accept-Encoding "";
        location = /m { cricket metrics; }
        location = /host { cricket metrics; cricket_set_header Host ""; }
    }
}, ES => $fake->port);

for my $at ('/m', '/host') {
    is(http($nginx->port, 'POST', $at, '{"name":"n","type":"t","value":1,'
            . '"timestamp":"2016-12-31T22:49:50Z"}')->{body},
       "{\"stored\":1}\n", "$at: stored");
}

my ($first, $second) = map { $_->{headers} } $fake->requests;
is($first->{'x-opaque-id'}, 'a $ b', 'a header that is set');
is(join(' ', grep { exists $first->{$_} }
        qw(x-empty connection accept-encoding)), '', 'empty are left out');
is($first->{host}, '127.0.0.1:' . $fake->port, 'the host');
ok(!exists $second->{host}, 'no host, as it is told');
$nginx->stop;

done_testing();
