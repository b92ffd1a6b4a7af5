# SPDX-License-Identifier: BSD-2-Clause

# GET /v1/names: the names, sorted and counted.

use strict;
use warnings;

use lib 't/lib';

use CricketSocket 'no_plan';

CricketSocket::routes();

run_tests();

__DATA__

=== TEST 1: none
--- request
GET /v1/names
--- response_headers
Content-Type: application/json
--- response_body
{"names":[]}



=== TEST 2: the datapoints of the tests below
--- request eval
"POST /v1/metrics?refresh=wait_for\n[" . CORE::join(",", map {
 qq({"name":"$_","type":"x","value":1,"timestamp":"2017-01-01T00:00:00Z"})
} qw(b a a a B aa ab é a* a\"), 'a b') . "]"
--- response_body
{"stored":11}



=== TEST 3: sorted by their bytes, with counts
--- request
GET /v1/names
--- response_body
{"names":[{"name":"B","count":1},
{"name":"a","count":3},
{"name":"a b","count":1},
{"name":"a\"","count":1},
{"name":"a*","count":1},
{"name":"aa","count":1},
{"name":"ab","count":1},
{"name":"b","count":1},
{"name":"é","count":1}]}



=== TEST 4: a prefix, which is no pattern
--- request eval
[map { "GET /v1/names?prefix=$_" } qw(aa a* a%22 . c %C3%A9 a+)]
--- response_body eval
[map { defined ? qq({"names":[{"name":"$_","count":1}]}\n)
               : qq({"names":[]}\n) } "aa", "a*", 'a\\"', undef, undef, "é", "a b"]



=== TEST 5: a limit, and the next page
--- request
GET /v1/names?prefix=a&limit=2
--- response_headers_like
Link: <\?prefix=a&limit=2&cursor=[A-Za-z0-9_-]+>; rel="next"
--- response_body
{"names":[{"name":"a","count":3},
{"name":"a b","count":1}]}



=== TEST 6: a page that is just full
--- request
GET /v1/names?prefix=a&limit=6
--- raw_response_headers_unlike
Link:
--- response_body_like chomp
"a".*"ab"



=== TEST 7: parameters
--- request eval
[map { "GET /v1/names?$_" } "limit=0", "limit=1001", "prefix=%ff", "prefix=%00",
 "cursor=x", "format=xml", "order=asc", "prefix=" . "a" x 513]
--- error_code eval
[map { 400 } 1 .. 8]
--- response_body_like eval
[map { "\"message\":\"$_: " } qw(limit limit prefix prefix cursor format order
                                 prefix)]



=== TEST 8: the longest name of all, and its cursor
--- request eval
["POST /v1/metrics?refresh=wait_for\n[" . CORE::join(",", map {
  qq({"name":"$_","type":"x","value":1,"timestamp":"2017-01-01T00:00:00Z"})
 } "z" x 512, "zz", "z" x 511 . "a") . "]",
 "GET /v1/names?prefix=" . "z" x 512, "GET /v1/names?limit=1&prefix=" . "z" x 511]
--- response_body_like eval
['"stored":3', 'z{512}","count":1\}\]\}$', 'z{511}a","count":1\}\]\}$']
