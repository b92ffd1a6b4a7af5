# SPDX-License-Identifier: BSD-2-Clause

# GET /v1/stats: the numbers, the range, buckets, groups and percentiles.

use strict;
use warnings;

use lib 't/lib';

use CricketSocket 'no_plan';

CricketSocket::routes();

run_tests();

__DATA__

=== TEST 1: the datapoints of the tests below
--- request
POST /v1/metrics?refresh=wait_for
[{"name":"c1","type":"counter","value":1,"timestamp":"2017-01-01T00:00:00Z"},
{"name":"c1","type":"counter","value":1,"timestamp":"2017-01-01T00:00:30Z"},
{"name":"c1","type":"counter","value":1,"timestamp":"2017-01-01T00:02:00.000000001Z"},
{"name":"neg","type":"gauge","value":-5,"timestamp":"2017-01-01T00:00:00Z","tags":{"host":"web2","dc":"a"}},
{"name":"neg","type":"gauge","value":-2.5,"timestamp":"2017-01-01T00:00:59.999Z","tags":{"host":"web10","dc":"a"}},
{"name":"neg","type":"timer","value":-1,"timestamp":"2017-01-01T00:01:00Z","tags":{"host":"web2","dc":"b"}},
{"name":"neg","type":"gauge","value":0.5,"timestamp":"2017-01-01T01:00:00Z"},
{"name":"big","type":"gauge","value":1.7e308,"timestamp":"2017-01-01T00:00:00Z","tags":{"g":"x"}},
{"name":"big","type":"gauge","value":1.7e308,"timestamp":"2017-01-01T00:00:00Z","tags":{"g":"x"}},
{"name":"old","type":"gauge","value":7,"timestamp":"1969-12-31T23:59:30Z"},
{"name":"old","type":"gauge","value":9,"timestamp":"0001-01-01T00:00:10Z"}]
--- response_body
{"stored":11}



=== TEST 2: three 1s
--- request
GET /v1/stats?name=c1&start=2017-01-01T00:00:00Z&end=2017-01-02T00:00:00Z
--- response_headers
Content-Type: application/json
--- response_body
{"count":3,"sum":3,"min":1,"max":1,"average":1}



=== TEST 3: nothing in the range, and nothing of the name
--- request eval
["GET /v1/stats?name=c1&start=2018-01-01T00:00:00Z&end=2019-01-01T00:00:00Z",
 "GET /v1/stats?name=none&start=2017-01-01T00:00:00Z&end=2018-01-01T00:00:00Z"]
--- response_body eval
[map { qq({"count":0,"sum":0,"min":null,"max":null,"average":null}\n) } 1 .. 2]



=== TEST 4: only negative values
--- request
GET /v1/stats?name=neg&start=2017-01-01T00:00:00Z&end=2017-01-01T00:30:00Z
--- response_body_like
^\{"count":3,"sum":-8\.5,"min":-5,"max":-1,"average":-2\.8333333333333335\}$



=== TEST 5: start and end are inclusive, to the nanosecond
--- request eval
[map { "GET /v1/stats?name=c1&$_" }
 "start=2017-01-01T00:00:00Z&end=2017-01-01T00:00:00Z",
 "start=2017-01-01T00:00:00.000000001Z&end=2017-01-01T00:00:30Z",
 "start=2017-01-01T00:00:00Z&end=2017-01-01T00:02:00Z",
 "start=2017-01-01T00:00:00Z&end=2017-01-01T00:02:00.000000001Z",
 "start=2017-01-01T01:00:30%2B01:00&end=now",
 "start=1483228830&end=1483228920001"]
--- response_body_like eval
[map { "^\\{\"count\":$_," } 1, 1, 2, 3, 2, 2]



=== TEST 6: a sum beyond a double is null, and so is its average
--- request
GET /v1/stats?name=big&start=2017-01-01T00:00:00Z&end=2018-01-01T00:00:00Z
--- response_body_like
^\{"count":2,"sum":null,"min":1\.7e\+?308,"max":1\.7e\+?308,"average":null\}$



=== TEST 7: missing parameters
--- request eval
["GET /v1/stats", "GET /v1/stats?start=0&end=now",
 "GET /v1/stats?name=c1&end=now", "GET /v1/stats?name=c1&start=0",
 "GET /v1/stats?interval=1m"]
--- error_code eval
[map { 400 } 1 .. 5]
--- response_body eval
[map { qq({"error":{"status":400,"message":"$_: missing"}}\n) }
 qw(name name start end name)]



=== TEST 8: start after end
--- request
GET /v1/stats?name=c1&start=2017-01-02T00:00:00Z&end=2017-01-01T00:00:00Z
--- error_code: 400
--- response_body
{"error":{"status":400,"message":"start: after end"}}



=== TEST 9: type and tags narrow it
--- request eval
[map { "GET /v1/stats?name=neg&start=2017-01-01T00:00:00Z&end=now&$_" }
 "type=gauge", "tag.host=web2", "tag.host=web2&tag.dc=b", "tag.host=web",
 "type=timer&tag.dc=a"]
--- response_body_like eval
[map { "^\\{\"count\":$_," } 3, 2, 1, 0, 0]



=== TEST 10: percentiles, in the order and spelling that was asked for
--- request
GET /v1/stats?name=neg&start=2017-01-01T00:00:00Z&end=now&percentiles=100,0,50.0
--- response_body_like
"average":-2,"percentiles":\{"100":0\.5,"0":-5,"50\.0":-1(?:\.75)?\}\}$



=== TEST 11: percentiles of nothing
--- request
GET /v1/stats?name=none&start=2017-01-01T00:00:00Z&end=now&percentiles=50,99.9
--- response_body
{"count":0,"sum":0,"min":null,"max":null,"average":null,"percentiles":{"50":null,"99.9":null}}



=== TEST 12: percentiles that are none
--- request eval
[map { "GET /v1/stats?name=c1&start=0&end=now&percentiles=$_" }
 "101", "-1", "x", "50,", ",50", "50,,60", "1e1", ".5", "5.", "050", "50,50.0",
 "NaN", "100.0000001", CORE::join(",", 1 .. 21)]
--- error_code eval
[map { 400 } 1 .. 14]
--- response_body_like eval
[map { '"message":"percentiles: (?:expected numbers|the same number|more than)' }
 1 .. 14]



=== TEST 13: buckets, stamped with their start, empty ones left out
--- request
GET /v1/stats?name=neg&start=2017-01-01T00:00:00Z&end=2017-01-02T00:00:00Z&interval=1m
--- response_body
{"interval":"1m","buckets":[{"start":"2017-01-01T00:00:00Z","count":2,"sum":-7.5,"min":-5,"max":-2.5,"average":-3.75},
{"start":"2017-01-01T00:01:00Z","count":1,"sum":-1,"min":-1,"max":-1,"average":-1},
{"start":"2017-01-01T01:00:00Z","count":1,"sum":0.5,"min":0.5,"max":0.5,"average":0.5}]}



=== TEST 14: buckets are aligned to the epoch, not to start
--- request eval
[map { "GET /v1/stats?name=c1&start=2017-01-01T00:00:07Z&end=now&interval=$_" }
 "30s", "7d", "36500d"]
--- response_body_like eval
['"buckets":\[\{"start":"2017-01-01T00:00:30Z","count":1,[^}]*\},\s\{"start":"2017-01-01T00:02:00Z","count":1,[^}]*\}\]\}$',
 '"buckets":\[\{"start":"2016-12-29T00:00:00Z","count":2,[^}]*\}\]\}$',
 '"buckets":\[\{"start":"1970-01-01T00:00:00Z","count":2,[^}]*\}\]\}$']



=== TEST 15: buckets before 1970
--- request
GET /v1/stats?name=old&start=0001-01-01T00:00:00Z&end=1970-01-01T00:00:00Z&interval=1m
--- response_body
{"interval":"1m","buckets":[{"start":"0001-01-01T00:00:00Z","count":1,"sum":9,"min":9,"max":9,"average":9},
{"start":"1969-12-31T23:59:00Z","count":1,"sum":7,"min":7,"max":7,"average":7}]}



=== TEST 16: no bucket at all
--- request eval
["GET /v1/stats?name=none&start=2017-01-01T00:00:00Z&end=now&interval=1m",
 "GET /v1/stats?name=none&start=2017-01-01T00:00:00Z&end=2017-01-02T00:00:00Z&interval=1m"]
--- response_body eval
[map { qq({"interval":"1m","buckets":[]}\n) } 1 .. 2]



=== TEST 17: percentiles of buckets, and a sum that overflows in one
--- request eval
["GET /v1/stats?name=c1&start=2017-01-01T00:00:00Z&end=now&interval=1d&percentiles=50",
 "GET /v1/stats?name=big&start=2017-01-01T00:00:00Z&end=now&interval=1h"]
--- response_body_like eval
['"average":1,"percentiles":\{"50":1\}\}\]\}$', '"sum":null,.*"average":null\}\]\}$']



=== TEST 18: intervals that are none
--- request eval
[map { "GET /v1/stats?name=c1&start=0&end=now&interval=$_" }
 "1", "m", "0m", "2w", "2M", "1.5m", "-1m", "01m", "36501d", "1ms", "1%20m",
 "9999999999s"]
--- error_code eval
[map { 400 } 1 .. 12]
--- response_body eval
[map { qq({"error":{"status":400,"message":"interval: expected a whole number and s, m, h or d, from 1s to 36500d, or 1w, 1M, 1q or 1y"}}\n) } 1 .. 12]



=== TEST 19: groups, sorted by value; what has no such tag is in none
--- request
GET /v1/stats?name=neg&start=2017-01-01T00:00:00Z&end=now&group_by=host
--- response_body
{"group_by":"host","groups":[{"value":"web10","tags":{"host":"web10"},"count":1,"sum":-2.5,"min":-2.5,"max":-2.5,"average":-2.5},
{"value":"web2","tags":{"host":"web2"},"count":2,"sum":-6,"min":-5,"max":-1,"average":-3}],"lacking":1}



=== TEST 20: groups with buckets, percentiles, and a filter
--- request
GET /v1/stats?name=neg&start=2017-01-01T00:00:00Z&end=now&group_by=dc&interval=1m&percentiles=50&type=gauge
--- response_body_like
^\{"group_by":"dc","interval":"1m","groups":\[\{"value":"a","tags":\{"dc":"a"\},"interval":"1m","buckets":\[\{"start":"2017-01-01T00:00:00Z","count":2,"sum":-7\.5,"min":-5,"max":-2\.5,"average":-3\.75,"percentiles":\{"50":-(?:3\.75|2\.5)\}\}\]\}\],"lacking":1\}$



=== TEST 21: a group whose key begins another's
--- request eval
["GET /v1/stats?name=neg&start=2017-01-01T00:00:00Z&end=now&group_by=d",
 "GET /v1/stats?name=neg&start=2017-01-01T00:00:00Z&end=now&group_by=hostname"]
--- response_body eval
[qq({"group_by":"d","groups":[],"lacking":4}\n), qq({"group_by":"hostname","groups":[],"lacking":4}\n)]



=== TEST 22: keys that are none
--- request eval
[map { "GET /v1/stats?name=c1&start=0&end=now&group_by=$_" }
 "a%20b", "a%22", "a=b", "%C3%A9", "a" x 257]
--- error_code eval
[map { 400 } 1 .. 5]
--- response_body_like eval
[map { '"message":"group_by: ' } 1 .. 5]



=== TEST 23: more buckets than 10,000
--- request eval
["POST /v1/metrics?refresh=wait_for\n[" . CORE::join(",", map {
  sprintf '{"name":"secs","type":"x","value":1,"timestamp":"2020-01-01T%02d:%02d:%02dZ"}',
          $_ / 3600, $_ / 60 % 60, $_ % 60
 } 0 .. 10000) . "]",
 "GET /v1/stats?name=secs&start=2020-01-01T00:00:00Z&end=2020-01-02T00:00:00Z&interval=1s",
 "GET /v1/stats?name=secs&start=2020-01-01T00:00:01Z&end=2020-01-02T00:00:00Z&interval=1s",
 "GET /v1/stats?name=secs&start=2020-01-01T00:00:00Z&end=2020-01-02T00:00:00Z"]
--- error_code eval
[200, 400, 200, 200]
--- response_body_like eval
['"stored":10001', '^\{"error":\{"status":400,"message":"[^"]*10000[^"]*"\}\}$',
 '"start":"2020-01-01T00:00:01Z"', '"count":10001,']
--- timeout: 30



=== TEST 24: more groups than 1,000
--- request eval
["POST /v1/metrics?refresh=wait_for\n[" . CORE::join(",", map {
  qq({"name":"groups","type":"x","value":1,"timestamp":"2020-01-01T00:00:00Z","tags":{"n":"$_"}})
 } 1 .. 1001) . "]",
 "GET /v1/stats?name=groups&start=2020-01-01T00:00:00Z&end=now&group_by=n"]
--- error_code eval
[200, 400]
--- response_body_like eval
['"stored":1001', '^\{"error":\{"status":400,"message":"[^"]*1000[^"]*"\}\}$']



=== TEST 25: a series that cannot have more than 10,000 buckets, and one that can
--- request eval
[map { "GET /v1/stats?name=secs&start=2020-01-01T00:00:00Z&end=2020-01-01T02:46:$_&interval=1s" }
 "38.999999999Z", "39Z", "40Z"]
--- error_code eval
[200, 200, 400]
--- response_body_like eval
['^\{"interval":"1s","buckets":\[\{"start":"2020-01-01T00:00:00Z",(?:[^}]*\},\n){9998}\{"start":"2020-01-01T02:46:38Z",[^}]*\}\]\}$',
 '^\{"interval":"1s","buckets":\[\{"start":"2020-01-01T00:00:00Z",(?:[^}]*\},\n){9999}\{"start":"2020-01-01T02:46:39Z",[^}]*\}\]\}$',
 '"message":"interval: more than 10000 buckets in all, ']
--- timeout: 30



=== TEST 26: no more buckets than 10,000, of instants before 1970
--- request eval
[map { "GET /v1/stats?name=old&start=$_" }
 "1969-12-31T23:00:00Z&end=1970-01-01T00:00:00Z&interval=1m",
 "1969-12-31T23:59:30Z&end=1969-12-31T23:59:30Z&interval=1h",
 "0001-01-01T00:00:00Z&end=0001-01-01T00:00:10Z&interval=1s",
 "0001-01-01T00:00:00Z&end=9999-12-31T23:59:59Z&interval=36500d"]
--- response_body_like eval
['^\{"interval":"1m","buckets":\[\{"start":"1969-12-31T23:59:00Z","count":1,"sum":7,[^}]*\}\]\}$',
 '^\{"interval":"1h","buckets":\[\{"start":"1969-12-31T23:00:00Z","count":1,"sum":7,[^}]*\}\]\}$',
 '^\{"interval":"1s","buckets":\[\{"start":"0001-01-01T00:00:10Z","count":1,"sum":9,[^}]*\}\]\}$',
 '^\{"interval":"36500d","buckets":\[\{"start":"0001-01-01T00:00:00Z","count":1,"sum":9,[^}]*\},\n\{"start":"1870-01-25T00:00:00Z","count":1,"sum":7,[^}]*\}\]\}$']



=== TEST 27: groups that only the metric below has are not among the top
--- request eval
["POST /v1/metrics?refresh=wait_for\n[" . CORE::join(",", map {
  my ($name, $value, $time) = @$_;
  qq({"name":"$name","type":"x","value":$value,"timestamp":"2020-01-0$time:00:00Z","tags":{"h":"a"}})
 } ["above", 1, "1T00"], ["below", 3, "2T00"], ["below", 5, "2T01"]) . "]",
 map { "GET /v1/stats?name=above&per=below&start=2020-01-02T00:00:00Z&end=2020-01-02T01:59:59Z&group_by=h&$_" }
 "interval=1h&fill=0", "interval=1h&fill=0&top=2&rank=sum", "top=2",
 "interval=1h&fill=0&top=2&rank=rate&rate=cumulative"]
--- error_code eval
[200, 200, 200, 200, 200]
--- response_body_like eval
['"stored":3', '"groups":\[\{.*"per_sum":3,"ratio":0.*"per_sum":5,"ratio":0',
 ('"groups":\[\]') x 3]
