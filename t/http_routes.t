# SPDX-License-Identifier: BSD-2-Clause

# Every route: what answers, in which form, to which methods and parameters.

use strict;
use warnings;

use lib 't/lib';

use CricketSocket 'no_plan';

CricketSocket::routes();

run_tests();

__DATA__

=== TEST 1: the index page, as text
--- request
GET /
--- response_headers
Content-Type: text/plain
Vary: Accept
--- response_body_like chomp
\ACRICKET\n(?s:.*)/v1/metrics(?s:.*)/v1/stats



=== TEST 2: as text also to curl
--- request
GET /
--- more_headers
Accept: */*
--- response_headers
Content-Type: text/plain
--- response_body_like chomp
\ACRICKET\n



=== TEST 3: the dashboard, to a browser
--- request
GET /
--- more_headers
Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8
--- response_headers
Content-Type: text/html; charset=utf-8
--- response_body_like chomp
\A<!DOCTYPE html>(?s:.*)<title>Cricket</title>(?s:.*)href="v1/metrics"(?s:.*)</html>\n\z



=== TEST 4: the type in capital letters
--- request
GET /
--- more_headers
Accept: TEXT/HTML
--- response_headers
Content-Type: text/html; charset=utf-8
--- response_body_like chomp
\A<!DOCTYPE html>



=== TEST 5: health
--- request
GET /health
--- response_headers
Content-Type: text/plain
--- response_body chomp
OK



=== TEST 6: ready
--- request
GET /ready
--- response_headers
Content-Type: application/json
--- response_body
{"ready":true,"checks":[{"name":"elasticsearch","ok":true},{"name":"index","ok":true}]}



=== TEST 7: an unknown path is nginx's own 404
--- request
GET /v1/metric
--- error_code: 404
--- response_headers
Content-Type: text/html
--- response_body_like chomp
<title>404 Not Found</title>



=== TEST 8: nothing below a route is one
--- request eval
["GET /health/", "GET /v1/metrics/c1", "GET /v1", "GET /ready.html"]
--- error_code eval
[404, 404, 404, 404]



=== TEST 9: HEAD is GET without a body, with the same length
--- request eval
[map { "HEAD $_" } "/", "/health", "/ready", "/v1/metrics", "/v1/names",
 "/v1/stats?name=c1&start=2016-01-01T00:00:00Z&end=2017-01-01T00:00:00Z"]
--- response_headers eval
["Content-Type: text/plain", "Content-Length: 2", "Content-Length: 88",
 "Content-Length: 3", "Content-Length: 13", "Content-Length: 57"]
--- response_body eval
["", "", "", "", "", ""]



=== TEST 10: HEAD of an error
--- request
HEAD /v1/stats
--- error_code: 400
--- response_headers
Content-Type: application/json
Content-Length: 51
--- response_body



=== TEST 11: a wrong method, with what is allowed
--- request eval
["POST /\nx", "POST /health\nx", "PUT /ready\nx", "DELETE /v1/metrics",
 "PUT /v1/metrics\nx", "OPTIONS /v1/metrics", "PATCH /v1/metrics\nx",
 "POST /v1/stats\nx", "DELETE /v1/names", "POST /v1/export\nx",
 "POST /v1/tags\nx", "DELETE /v1/last"]
--- error_code eval
[map { 405 } 1 .. 12]
--- response_headers eval
["Allow: GET, HEAD", "Allow: GET, HEAD", "Allow: GET, HEAD",
 "Allow: GET, HEAD, POST", "Allow: GET, HEAD, POST", "Allow: GET, HEAD, POST",
 "Allow: GET, HEAD, POST", "Allow: GET, HEAD", "Allow: GET, HEAD",
 "Allow: GET, HEAD", "Allow: GET, HEAD", "Allow: GET, HEAD"]
--- response_body eval
[map { qq({"error":{"status":405,"message":"method: expected GET, HEAD$_"}}\n)
     } ("") x 3, (", POST") x 4, ("") x 5]



=== TEST 12: a method that nginx does not know
--- request
BREW /v1/metrics
--- error_code: 405
--- response_headers
Allow: GET, HEAD, POST
--- response_body_like: "status":405



=== TEST 13: an unknown parameter, on every route
--- request eval
["GET /?x=1", "GET /health?x=1", "GET /ready?x", "GET /v1/metrics?nmae=c1",
 "POST /v1/metrics?nmae=c1\n[]", "GET /v1/stats?nmae=c1",
 "GET /v1/names?nmae=c1", "GET /v1/export?nmae=c1", "GET /v1/tags?nmae=c1",
 "GET /v1/last?nmae=c1", "HEAD /health?x=1"]
--- error_code eval
[map { 400 } 1 .. 11]
--- response_body eval
[(map { qq({"error":{"status":400,"message":"$_"}}\n) }
  (map { "x: unknown parameter, there is none" } 1 .. 3),
  "nmae: unknown parameter, there are name, name~, timestamp, type, tag.KEY, start, end, before, tz, order, limit, cursor and format; did you mean tag.nmae=",
  "nmae: unknown parameter, there are accept_partial and refresh",
  "nmae: unknown parameter, there are name, name~, type, tag.KEY, start, end, before, tz, interval, points, fill, group_by, top, bottom, rank, percentiles, rate, per, histogram, below and format; did you mean tag.nmae=",
  "nmae: unknown parameter, there are name~, type, tag.KEY, start, end, before, tz, prefix, detail, limit, cursor and format; did you mean tag.nmae=",
  "nmae: unknown parameter, there are name, name~, type, tag.KEY, start, end, before, tz and format; did you mean tag.nmae=",
  "nmae: unknown parameter, there are name, name~, type, tag.KEY, start, end, before, tz, key, prefix, order, limit, cursor and format; did you mean tag.nmae=",
  "nmae: unknown parameter, there are name, name~, type, tag.KEY, start, end, before, tz, limit, cursor and format; did you mean tag.nmae="), ""]



=== TEST 14: names of parameters are exact
--- request eval
["GET /v1/metrics?Name=c1", "GET /v1/metrics?name%20=c1",
 "GET /v1/metrics?tag=c1", "GET /v1/metrics?tags.a=c1",
 "GET /v1/metrics?=c1", "GET /v1/metrics?name%00=c1"]
--- error_code eval
[map { 400 } 1 .. 6]
--- response_body_like eval
["Name: unknown", "name : unknown", "tag: unknown", "tags.a: unknown",
 q(\\\\"\\\\": unknown), "name: a control character"]



=== TEST 15: a parameter of another route
--- request eval
["GET /v1/metrics?interval=1m", "GET /v1/metrics?refresh=wait_for",
 "POST /v1/metrics?name=c1\n[]", "GET /v1/names?name=c1",
 "GET /v1/stats?limit=1", "GET /v1/stats?timestamp=2016-12-31T22:49:50Z"]
--- error_code eval
[map { 400 } 1 .. 6]
--- response_body_like eval
[map { "\"$_: unknown parameter, there are [a-zA-Z_.~, ]+\"" }
 qw(interval refresh name name limit timestamp)]



=== TEST 16: a repeated parameter, on every route that has any
--- request eval
["GET /v1/metrics?name=c1&name=c1", "GET /v1/metrics?name=c1&n%61me=c2",
 "GET /v1/metrics?name~=1&name~=2", "GET /v1/stats?start=0&start=0",
 "GET /v1/names?limit=1&limit=1", "POST /v1/metrics?refresh=false&refresh=false\n[]"]
--- error_code eval
[map { 400 } 1 .. 6]
--- response_body eval
[map { qq({"error":{"status":400,"message":"$_: given more than once"}}\n) }
 qw(name name name~ start limit refresh)]



=== TEST 17: an empty parameter, each there is
--- request eval
[(map { "GET /v1/metrics?$_=" }
  qw(name timestamp type tag.a start end limit cursor format)),
 (map { "GET /v1/stats?$_" }
  qw(name start end interval percentiles group_by type tag.a)),
 (map { "GET /v1/names?$_=&limit=2" } qw(prefix cursor)),
 (map { "POST /v1/metrics?$_=\n[]" } qw(accept_partial refresh))]
--- error_code eval
[map { 400 } 1 .. 21]
--- response_body eval
[map { qq({"error":{"status":400,"message":"$_: empty"}}\n) }
 qw(name timestamp type tag.a start end limit cursor format
    name start end interval percentiles group_by type tag.a
    prefix cursor accept_partial refresh)]



=== TEST 18: a value that a parameter can't have
--- request eval
["GET /v1/metrics?limit=0", "GET /v1/metrics?limit=1001",
 "GET /v1/metrics?limit=-1", "GET /v1/metrics?limit=01",
 "GET /v1/metrics?limit=1.0", "GET /v1/metrics?limit=99999999999999999999",
 "GET /v1/metrics?format=xml", "GET /v1/metrics?format=JSON",
 "GET /v1/metrics?cursor=x", "GET /v1/metrics?start=yesterday",
 "GET /v1/metrics?start=1483224590000000", "GET /v1/metrics?end=2016-02-30T00:00:00Z",
 "GET /v1/metrics?timestamp=2016-12-31T22:49:60Z",
 "GET /v1/metrics?timestamp=2016-12-31T22:49:50+01:00",
 "GET /v1/metrics?tag.a%20b=1", "GET /v1/metrics?tag.=1",
 "GET /v1/names?limit=0", "POST /v1/metrics?refresh=true\n[]",
 "POST /v1/metrics?accept_partial=yes\n[]",
 "GET /v1/metrics?name=" . "a" x 513, "GET /v1/metrics?type=" . "a" x 65,
 "GET /v1/metrics?name=%ff", "GET /v1/metrics?name=%0a",
 "GET /v1/metrics?name=%zz", "GET /v1/metrics?name=%1"]
--- error_code eval
[map { 400 } 1 .. 25]
--- response_body_like eval
[(map { '"message":"limit: expected a whole number from 1 to 1000"' } 1 .. 6),
 (map { '"message":"format: expected json, ndjson or csv"' } 1 .. 2),
 '"cursor: ', (map { '"start: expected a time like 2016-12-31T22:49:50Z, '
 . 'epoch seconds \(10 digits\) or milliseconds \(13\), or a relative time '
 . 'such as now-1h"' } 1 .. 2),
 '"end: day 30 is not 01 to 29 in 2016-02, expected a time like '
 . '2016-12-31T22:49:50Z"', '"timestamp: second 60',
 '"timestamp: the offset\'s \\\\"\+\\\\" was a blank, it is written as %2B, '
 . 'expected a time like 2016-12-31T22:49:50%2B01:00"',
 '"tag.a b: ', '"tag.: ', '"limit: ', '"refresh: expected wait_for or false"',
 '"accept_partial: expected true or false"', '"name: longer than 512 bytes"',
 '"type: longer than 64 bytes"', '"name: not UTF-8"',
 '"name: a control character"', '"name: .*hexadecimal', '"name: .*hexadecimal']



=== TEST 19: a long name of a parameter is cut short in the message
--- request eval
"GET /v1/metrics?" . "x" x 3000 . "=1"
--- error_code: 400
--- response_body eval
'{"error":{"status":400,"message":"' . "x" x 64 . "...: unknown parameter, there are name, name~, timestamp, type, tag.KEY, start, end, before, tz, order, limit, cursor and format\"}}\n"



=== TEST 20: a body that a GET carries is passed over
--- request eval
"GET /health\n" . "x" x 100000
--- response_body chomp
OK



=== TEST 21: HTTP/1.0
--- raw_request eval
"GET /health HTTP/1.0\r\n\r\n"
--- response_body chomp
OK
