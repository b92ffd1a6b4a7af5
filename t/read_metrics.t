# SPDX-License-Identifier: BSD-2-Clause

# GET /v1/metrics: filters, times to the nanosecond, order, pages, formats.

use strict;
use warnings;

use lib 't/lib';

use CricketSocket 'no_plan';

CricketSocket::routes();


# The values of the datapoints in a body, as "1 2 3".
add_response_body_check(sub {
    my ($block, $body, $req_idx) = @_;

    return if !defined $block->values;

    my $values = join ' ', map { /"value":([^,]+)/ } $body =~ /(\{"name".*)/g;
    my $expected = (split /\n/, $block->values)[$req_idx];

    Test::More::is($values, $expected eq '-' ? '' : $expected,
                   $block->name . " - request $req_idx");
});

run_tests();

__DATA__

=== TEST 1: nothing is there
--- request
GET /v1/metrics
--- response_headers
Content-Type: application/json
Link:
--- response_body
[]



=== TEST 2: the datapoints of the tests below
--- request
POST /v1/metrics?refresh=wait_for
[{"name":"c1","type":"counter","value":1,"timestamp":"2016-12-31T22:49:50Z"},
{"name":"c1","type":"gauge","value":2,"timestamp":"2016-12-31T22:49:50.000000001Z"},
{"name":"c1","type":"counter","value":3,"timestamp":"2016-12-31T22:49:50.000999999Z"},
{"name":"c1","type":"counter","value":4,"timestamp":"2016-12-31T22:49:50.001Z"},
{"name":"c1","type":"counter","value":5,"timestamp":"2016-12-31T22:49:51Z"},
{"name":"t","type":"timer","value":11,"timestamp":"2017-01-01T00:00:00Z","tags":{"host":"web1","dc":"a"}},
{"name":"t","type":"timer","value":12,"timestamp":"2017-01-01T00:00:01Z","tags":{"host":"web2","dc":"a"}},
{"name":"t","type":"timer","value":13,"timestamp":"2017-01-01T00:00:02Z","tags":{"host":"web1=x y","dc":"b"}},
{"name":"t","type":"timer","value":14,"timestamp":"2017-01-01T00:00:03Z"},
{"name":"old","type":"gauge","value":21,"timestamp":"1969-12-31T23:59:59.5Z"},
{"name":"old","type":"gauge","value":20,"timestamp":"0001-01-01T00:00:00Z"},
{"name":"old","type":"gauge","value":22,"timestamp":"1970-01-01T00:00:00.000000500Z"},
{"name":"old","type":"gauge","value":23,"timestamp":"9999-12-31T23:59:59.999999999Z"},
{"name":"q\"uo,te","type":"=1+1","value":1.5,"timestamp":"2018-01-01T00:00:00Z","tags":{"k":"a\"b"}}]
--- response_body
{"stored":14}



=== TEST 3: a name is matched whole, and exactly
--- request eval
[map { "GET /v1/metrics?name=$_" } qw(c1 c C1 c1%20 c* c1%2A t)]
--- values
1 2 3 4 5
-
-
-
-
-
11 12 13 14



=== TEST 4: an instant, at any offset and in every spelling
--- request eval
[map { "GET /v1/metrics?name=c1&timestamp=$_" }
 qw(2016-12-31T22:49:50Z 2016-12-31t22:49:50z 2016-12-31T23:49:50%2B01:00
    2016-12-31T00:00:50-22:49 2017-01-01T22:48:50%2B23:59
    2016-12-31T22:49:50.000000000Z 2016-12-31T22:49:50.000000001Z
    2016-12-31T22:49:50.000999999Z 2016-12-31T22:49:50.001Z
    2016-12-31T22:49:50.0010Z 2016-12-31T22:49:50.000000002Z
    2016-12-31T22:49:50.002Z 2016-12-31T22:49:49.999999999Z
    1483224590 1483224590000 1483224590001)]
--- values
1
1
1
1
1
1
2
3
4
4
-
-
-
1
1
4



=== TEST 5: an instant before 1970, and at the ends of time
--- request eval
[map { "GET /v1/metrics?timestamp=$_" }
 qw(1969-12-31T23:59:59.5Z 0001-01-01T00:00:00Z 1970-01-01T00:00:00.0000005Z
    1970-01-01T00:00:00Z 9999-12-31T23:59:59.999999999Z
    9999-12-31T23:59:59.999Z)]
--- values
21
20
22
-
23
-



=== TEST 6: start and end are inclusive, to the nanosecond
--- request eval
[map { "GET /v1/metrics?name=c1&$_" }
 "start=2016-12-31T22:49:50Z", "start=2016-12-31T22:49:50.000000001Z",
 "start=2016-12-31T22:49:50.000000002Z", "start=2016-12-31T22:49:50.000999999Z",
 "start=2016-12-31T22:49:50.001Z", "start=2016-12-31T22:49:50.001000001Z",
 "start=2016-12-31T22:49:51.000000001Z", "end=2016-12-31T22:49:49.999999999Z",
 "end=2016-12-31T22:49:50Z", "end=2016-12-31T22:49:50.000000001Z",
 "end=2016-12-31T22:49:50.000999998Z", "end=2016-12-31T22:49:50.000999999Z",
 "end=2016-12-31T22:49:51Z",
 "start=2016-12-31T22:49:50.000000001Z&end=2016-12-31T22:49:50.000999999Z",
 "start=2016-12-31T22:49:50.000000001Z&end=2016-12-31T22:49:50.000000001Z",
 "end=2016-12-31T22:49:50.000999999Z&start=2016-12-31T22:49:50.000999999Z",
 "start=2016-12-31T23:49:51%2B01:00", "start=1483224591&end=now"]
--- values
1 2 3 4 5
2 3 4 5
3 4 5
3 4 5
4 5
5
-
-
1
1 2
1 2
1 2 3
1 2 3 4 5
2 3
2
3
5
5



=== TEST 7: the same before 1970
--- request eval
[map { "GET /v1/metrics?name=old&$_" } "start=1969-12-31T23:59:59.5Z",
 "end=1969-12-31T23:59:59.5Z", "end=1969-12-31T23:59:59.499999999Z",
 "start=1969-12-31T23:59:59.500000001Z", "start=0", "end=0",
 "start=0001-01-01T00:00:00Z&end=9999-12-31T23:59:59.999999999Z",
 "end=9999-12-31T23:59:59.999999998Z"]
--- values
21 22 23
20 21
20
22 23
22 23
20 21
20 21 22 23
20 21 22



=== TEST 8: start after end
--- request eval
["GET /v1/metrics?start=2017-01-01T00:00:00Z&end=2016-01-01T00:00:00Z",
 "GET /v1/metrics?start=2017-01-01T00:00:00.000000001Z&end=2017-01-01T00:00:00Z"]
--- error_code eval
[400, 400]
--- response_body eval
[map { qq({"error":{"status":400,"message":"start: after end"}}\n) } 1 .. 2]



=== TEST 9: timestamp together with a range
--- request eval
[map { "GET /v1/metrics?name=c1&timestamp=2016-12-31T22:49:50.001Z&$_" }
 "start=2016-12-31T22:49:50.001Z", "start=2016-12-31T22:49:50.001000001Z"]
--- values
4
-



=== TEST 10: type
--- request eval
[map { "GET /v1/metrics?type=$_" } "gauge", "gauge&name=c1", "gaug", "timer"]
--- values
20 21 22 2 23
2
-
11 12 13 14



=== TEST 11: tags
--- request eval
[map { "GET /v1/metrics?$_" } "tag.host=web1", "tag.host=web2", "tag.dc=a",
 "tag.dc=a&tag.host=web1", "tag.dc=b&tag.host=web1", "tag.host=web1%3Dx+y",
 "tag.host=web1=x%20y", "tag.hos=t=web1", "tag.host=web", "tag.HOST=web1",
 "name=t&tag.dc=a&type=timer&start=2017-01-01T00:00:01Z"]
--- values
11
12
11 12
11
-
13
13
-
-
-
12



=== TEST 12: the order is that of time
--- request
GET /v1/metrics
--- values
20 21 22 1 2 3 4 5 11 12 13 14 1.5 23



=== TEST 13: limit, and a page that is just full has no next one
--- request eval
[map { "GET /v1/metrics?name=c1&limit=$_" } 1, 4, 5, 6, 1000]
--- values
1
1 2 3 4
1 2 3 4 5
1 2 3 4 5
1 2 3 4 5
--- raw_response_headers_like eval
["Link: <\\?name=c1&limit=1&cursor=[A-Za-z0-9_-]+>; rel=\"next\"\r\n",
 "Link: ", "", "", ""]



=== TEST 14: no Link where nothing is left
--- request
GET /v1/metrics?name=c1&limit=5
--- raw_response_headers_unlike
Link:



=== TEST 15: a cursor belongs to its parameters
--- request
GET /v1/metrics?name=c2&cursor=AwAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
--- error_code: 400
--- response_body
{"error":{"status":400,"message":"cursor: of other parameters, or damaged"}}



=== TEST 16: cursors that no Link header gave
--- request eval
[map { "GET /v1/metrics?cursor=$_" } "A", "AAAA", "%20", "!", "AQ==",
 "Ae" . "A" x 100, "A" x 2200]
--- error_code eval
[map { 400 } 1 .. 7]
--- response_body_like eval
[(map { '"message":"cursor: (?:not one that a Link header gave|of other)' }
  1 .. 6), '"message":"cursor: longer than \d+ bytes"']



=== TEST 17: NDJSON
--- request
GET /v1/metrics?name=t&format=ndjson&limit=2
--- response_headers
Content-Type: application/x-ndjson
--- response_body
{"name":"t","type":"timer","value":11,"timestamp":"2017-01-01T00:00:00Z","tags":{"dc":"a","host":"web1"}}
{"name":"t","type":"timer","value":12,"timestamp":"2017-01-01T00:00:01Z","tags":{"dc":"a","host":"web2"}}



=== TEST 18: CSV
--- request
GET /v1/metrics?start=2017-01-01T00:00:02Z&end=2018-01-01T00:00:00Z&format=csv
--- response_headers
Content-Type: text/csv; charset=utf-8
--- response_body eval
qq(name,type,value,timestamp,tags\r
t,timer,13,2017-01-01T00:00:02Z,"{""dc"":""b"",""host"":""web1=x y""}"\r
t,timer,14,2017-01-01T00:00:03Z,\r
"q""uo,te",=1+1,1.5,2018-01-01T00:00:00Z,"{""k"":""a\\""b""}"\r
)



=== TEST 19: each format without a datapoint
--- request eval
[map { "GET /v1/metrics?name=none&format=$_" } qw(json ndjson csv)]
--- response_body eval
["[]\n", "", "name,type,value,timestamp,tags\r\n"]



=== TEST 20: the format by Accept
--- request eval
[map { "GET /v1/metrics?name=none" } 1 .. 10]
--- more_headers eval
[map { "Accept: $_" } "text/csv", "application/x-ndjson", "application/json",
 "*/*", "text/*", "image/png", "text/csv;q=0.5, application/json;q=0.4",
 "text/csv;q=0.5, application/json", "Text/CSV", "text/csv;q=0"]
--- response_headers eval
[map { "Vary: Accept\nContent-Type: $_" } "text/csv; charset=utf-8",
 "application/x-ndjson", "application/json", "application/json",
 "text/csv; charset=utf-8", "application/json", "text/csv; charset=utf-8",
 "application/json", "text/csv; charset=utf-8", "application/json"]



=== TEST 21: the parameter wins over Accept
--- request
GET /v1/metrics?name=none&format=json
--- more_headers
Accept: text/csv
--- response_headers
Content-Type: application/json



=== TEST 22: at most a thousand without a limit
--- request eval
["POST /v1/metrics?refresh=wait_for\n[" . CORE::join(",", map {
  qq({"name":"many","type":"x","value":$_,"timestamp":"2020-01-01T00:00:00Z"})
 } 1 .. 1001) . "]", "GET /v1/metrics?name=many"]
--- raw_response_headers_like eval
["", "Link: <\\?name=many&cursor="]
--- values eval
"\n" . CORE::join " ", 1 .. 1000
