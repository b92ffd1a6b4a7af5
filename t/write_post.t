# SPDX-License-Identifier: BSD-2-Clause

# POST /v1/metrics: bodies in every form, and what is stored of them.

use strict;
use warnings;

use lib 't/lib';

use CricketSocket 'no_plan';

CricketSocket::routes();

run_tests();

__DATA__

=== TEST 1: two datapoints
--- request
POST /v1/metrics?refresh=wait_for
[
  {"name": "c1", "type": "counter", "value": 1, "timestamp": "2016-12-31T22:49:50Z"},
  {"name": "c2", "type": "counter", "value": 2, "timestamp": "2016-12-31T22:49:51Z"}
]
--- more_headers
Content-Type: application/json
--- response_headers
Content-Type: application/json
--- response_body
{"stored":2}



=== TEST 2: read by name and timestamp
--- request
GET /v1/metrics?name=c1&timestamp=2016-12-31T22:49:50Z
--- response_body
[{"name":"c1","type":"counter","value":1,"timestamp":"2016-12-31T22:49:50Z"}]



=== TEST 3: both
--- request
GET /v1/metrics
--- response_body
[{"name":"c1","type":"counter","value":1,"timestamp":"2016-12-31T22:49:50Z"},
{"name":"c2","type":"counter","value":2,"timestamp":"2016-12-31T22:49:51Z"}]



=== TEST 4: one datapoint as an object
--- request eval
['POST /v1/metrics?refresh=wait_for
{"name":"one","type":"gauge","value":-1.5e-3,"timestamp":"2016-12-31T22:49:50Z"}',
 "GET /v1/metrics?name=one"]
--- response_body eval
[qq({"stored":1}\n),
 '[{"name":"one","type":"gauge","value":-0.0015,"timestamp":"2016-12-31T22:49:50Z"}]
']



=== TEST 5: equal datapoints are two
--- request eval
['POST /v1/metrics?refresh=wait_for
[{"name":"same","type":"gauge","value":1,"timestamp":"2016-12-31T22:49:50Z"},
{"name":"same","type":"gauge","value":1,"timestamp":"2016-12-31T22:49:50Z"}]',
 "GET /v1/names?prefix=same"]
--- response_body eval
[qq({"stored":2}\n), qq({"names":[{"name":"same","count":2}]}\n)]



=== TEST 6: NDJSON, with blank lines, CR LF, and no line feed at the end
--- request eval
[qq(POST /v1/metrics?refresh=wait_for
{"name":"nd","type":"gauge","value":1,"timestamp":"2016-12-31T22:49:50Z"}\r

 \t
{"name":"nd","type":"gauge","value":2,"timestamp":"2016-12-31T22:49:51Z"}),
 "GET /v1/metrics?name=nd"]
--- more_headers eval
["Content-Type: application/x-ndjson", ""]
--- response_body eval
[qq({"stored":2}\n),
 '[{"name":"nd","type":"gauge","value":1,"timestamp":"2016-12-31T22:49:50Z"},
{"name":"nd","type":"gauge","value":2,"timestamp":"2016-12-31T22:49:51Z"}]
']



=== TEST 7: NDJSON of nothing
--- request eval
"POST /v1/metrics\n\n\n"
--- more_headers
Content-Type: application/x-ndjson
--- response_body
{"stored":0}



=== TEST 8: content types that mean JSON
--- request eval
[map { "POST /v1/metrics\n[]" } 1 .. 17]
--- more_headers eval
["", "Content-Type:", "Content-Type: application/json;",
 "Content-Type: application/json; charset=Utf8",
 "Content-Type: application/json; charset=US-ASCII",
 "Content-Type: application/json; foo=\"a;charset=latin1\"",
 "Content-Type: application/json; xcharset=latin1",
 "Content-Type: application/json; a=\"\\\";charset=x\" ; charset=UTF-8",
 "Content-Encoding:",
 "Content-Type: application/json", "Content-Type: Application/JSON",
 "Content-Type: application/json; charset=utf-8",
 "Content-Type: application/json;charset=UTF-8",
 "Content-Type: application/json ; charset=\"utf-8\"",
 "Content-Type: application/json; profile=x", "content-type: application/json",
 "Content-Type: application/json; profile=x; charset=utf-8"]
--- response_body eval
[map { qq({"stored":0}\n) } 1 .. 17]



=== TEST 9: content types that mean NDJSON
--- request eval
[map { "POST /v1/metrics\n" } 1 .. 3]
--- more_headers eval
["Content-Type: application/x-ndjson",
 "Content-Type: APPLICATION/X-NDJSON; charset=utf-8",
 "Content-Type: application/x-ndjson\t;charset=utf-8"]
--- response_body eval
[map { qq({"stored":0}\n) } 1 .. 3]



=== TEST 10: other content types, and what to send
--- request eval
[map { "POST /v1/metrics\n[]" } 1 .. 19]
--- more_headers eval
[map { "Content-Type: $_" }
 "application/json; charset=utf-8x", "application/json; charset",
 "application/json; charset =latin1",
 "application/json;charset=UTF-8;charset=latin1", "application/json; =",
 "application/json; charset=\"utf-8", "application/json; charset=utf-8 x",
 "application/json; charset=\"utf-8\"x", "text/plain", "application/jsonp",
 "application", "json", "application/json; charset=iso-8859-1",
 "application/json; charset=", "application/json,application/json",
 "x" x 65, "a\xff", "application/x-www-form-urlencoded",
 "application/json\nContent-Type: application/json"]
--- error_code eval
[map { 415 } 1 .. 19]
--- response_headers eval
[map { "! Accept-Encoding" } 1 .. 19]
--- response_body eval
[map { qq({"error":{"status":415,"message":"Content-Type: $_, expected application/json or application/x-ndjson, in UTF-8, or OTLP's metrics as application/x-protobuf; send the header Content-Type: application/json"}}\n) =~ s/(urlencoded.*)(?=")/$1, with curl -H 'Content-Type: application\/json'/r }
 "application/json; charset=utf-8x", "application/json; charset",
 "application/json; charset =latin1",
 "application/json;charset=UTF-8;charset=latin1", "application/json; =",
 "application/json; charset=\\\"utf-8", "application/json; charset=utf-8 x",
 "application/json; charset=\\\"utf-8\\\"x", "text/plain", "application/jsonp",
 "application", "json", "application/json; charset=iso-8859-1",
 "application/json; charset=", "application/json,application/json",
 "x" x 64 . "...", "a?", "application/x-www-form-urlencoded",
 "more than one header"]



=== TEST 11: a type that says lines is told that of lines
--- request eval
[map { "POST /v1/metrics\n[]" } 1 .. 3]
--- more_headers eval
[map { "Content-Type: $_" }
 "application/ndjson", "Application/JSONL", "text/x-ndjson; charset=utf-8"]
--- error_code eval
[map { 415 } 1 .. 3]
--- response_body_like eval
[map { qr{send the header Content-Type: application/x-ndjson"} } 1 .. 3]



=== TEST 12: a CSV is told what comes in again
--- request eval
[map { "POST /v1/metrics\nname,type,value,timestamp,tags" } 1 .. 2]
--- more_headers eval
[map { "Content-Type: $_" } "text/csv", "Text/CSV; charset=utf-8"]
--- error_code eval
[415, 415]
--- response_body_like eval
[map { qr{"Content-Type: text/csv[^,]*, CSV is written and not read: send an export with format=ndjson as Content-Type: application/x-ndjson"}i } 1 .. 2]



=== TEST 13: other encodings
--- request eval
[map { "POST /v1/metrics\n[]" } 1 .. 7]
--- more_headers eval
[map { "Content-Encoding: $_" } "br", "gzip, gzip", "zstd", "gzipx",
 "raw-\xff\"deflate", "x" x 65, "gzip\nContent-Encoding: gzip"]
--- error_code eval
[map { 415 } 1 .. 7]
--- response_headers eval
[map { "Accept-Encoding: gzip, deflate" } 1 .. 7]
--- response_body eval
[map { qq({"error":{"status":415,"message":"Content-Encoding: $_, expected gzip, x-gzip, deflate or none"}}\n) }
 "br", "gzip, gzip", "zstd", "gzipx", "raw-?\\\"deflate", "x" x 64 . "...",
 "more than one header"]



=== TEST 14: no encoding, by name
--- request
POST /v1/metrics
[]
--- more_headers
Content-Encoding: Identity
--- response_headers
! Accept-Encoding
--- response_body
{"stored":0}



=== TEST 15: an empty array
--- request eval
["POST /v1/metrics\n[]", "POST /v1/metrics\n \t\r\n[ \n ] ",
 "POST /v1/metrics?accept_partial=true\n[]",
 "POST /v1/metrics?refresh=wait_for\n[]"]
--- response_body eval
[map { qq({"stored":0}\n) } 1 .. 4]



=== TEST 16: of a request with an error nothing is stored
--- request eval
['POST /v1/metrics?refresh=wait_for
[{"name":"all","type":"gauge","value":1,"timestamp":"2016-12-31T22:49:50Z"},
{"name":"all","type":"gauge","value":1,"timestamp":"2016-12-31"},
{"name":"all","type":"gauge","value":1,"timestamp":"2016-12-31T22:49:50Z"}]',
 "GET /v1/metrics?name=all"]
--- error_code eval
[400, 200]
--- response_body eval
[qq({"error":{"status":400,"message":"datapoint 1: timestamp: a date without a time of day, expected a time like 2016-12-31T22:49:50Z","datapoints":[{"index":1,"field":"timestamp","message":"a date without a time of day, expected a time like 2016-12-31T22:49:50Z"}],"invalid":1}}\n),
 "[]\n"]



=== TEST 17: accept_partial stores the valid ones
--- request eval
['POST /v1/metrics?accept_partial=true&refresh=wait_for
[{"name":"part","type":"gauge","value":1,"timestamp":"2016-12-31T22:49:50Z"},
{"name":"part","type":"gauge","value":2,"timestamp":"2016-12-31"},
{"name":"part","type":"gauge","value":3,"timestamp":"2016-12-31T22:49:50Z"},
{"name":"part","type":"","value":4,"timestamp":"2016-12-31T22:49:50Z"}]',
 "GET /v1/metrics?name=part"]
--- error_code eval
[400, 200]
--- response_body eval
[qq({"error":{"status":400,"message":"datapoint 1: timestamp: a date without a time of day, expected a time like 2016-12-31T22:49:50Z (and 1 more)","datapoints":[{"index":1,"field":"timestamp","message":"a date without a time of day, expected a time like 2016-12-31T22:49:50Z"},{"index":3,"field":"type","message":"empty, expected 1 to 64 bytes"}],"invalid":2,"stored":2}}\n),
 '[{"name":"part","type":"gauge","value":1,"timestamp":"2016-12-31T22:49:50Z"},
{"name":"part","type":"gauge","value":3,"timestamp":"2016-12-31T22:49:50Z"}]
']



=== TEST 18: accept_partial with nothing wrong, and with nothing right
--- request eval
['POST /v1/metrics?accept_partial=true
{"name":"right","type":"gauge","value":1,"timestamp":"2016-12-31T22:49:50Z"}',
 'POST /v1/metrics?accept_partial=true
{"name":"wrong","type":"gauge","value":1,"timestamp":""}']
--- error_code eval
[200, 400]
--- response_body eval
[qq({"stored":1}\n),
 qq({"error":{"status":400,"message":"datapoint 0: timestamp: empty, expected a time like 2016-12-31T22:49:50Z","datapoints":[{"index":0,"field":"timestamp","message":"empty, expected a time like 2016-12-31T22:49:50Z"}],"invalid":1,"stored":0}}\n)]



=== TEST 19: what is no JSON is not accepted in part
--- request eval
['POST /v1/metrics?accept_partial=true&refresh=wait_for
[{"name":"torn","type":"gauge","value":1,"timestamp":"2016-12-31T22:49:50Z"},
{"name":"torn"', "GET /v1/metrics?name=torn"]
--- error_code eval
[400, 200]
--- response_body_like eval
['"message":"body: at byte ', '^\[\]$']



=== TEST 20: of NDJSON the other lines are
--- request eval
['POST /v1/metrics?accept_partial=true&refresh=wait_for
{"name":"line","type":"gauge","value":1,"timestamp":"2016-12-31T22:49:50Z"}
{"name":"line"
{"name":"line","type":"gauge","value":2,"timestamp":"2016-12-31T22:49:50Z"}',
 "GET /v1/metrics?name=line"]
--- more_headers eval
["Content-Type: application/x-ndjson", ""]
--- error_code eval
[400, 200]
--- response_body_like eval
['"datapoints":\[\{"index":1,"message":"at byte 14 of the line: [^"]+"\}\],"invalid":1,"stored":2\}\}$',
 '"value":1,.*\n.*"value":2,']



=== TEST 21: the same Idempotency-Key twice stores once
--- request eval
[(map { 'POST /v1/metrics?refresh=wait_for
[{"name":"idem","type":"gauge","value":1,"timestamp":"2016-12-31T22:49:50Z"},
{"name":"idem","type":"gauge","value":1,"timestamp":"2016-12-31T22:49:50Z"}]'
 } 1 .. 2), "GET /v1/names?prefix=idem"]
--- more_headers
Idempotency-Key: 6f1c-1
--- response_body eval
[(map { qq({"stored":2}\n) } 1 .. 2),
 qq({"names":[{"name":"idem","count":2}]}\n)]



=== TEST 22: another key, or another datapoint, is another request
--- request eval
[(map { "POST /v1/metrics?refresh=wait_for
{\"name\":\"other\",\"type\":\"gauge\",\"value\":$_,\"timestamp\":\"2016-12-31T22:49:50Z\"}"
 } 1, 1, 2), "GET /v1/names?prefix=other"]
--- more_headers eval
["Idempotency-Key: a", "Idempotency-Key: b", "Idempotency-Key: b", ""]
--- response_body eval
[(map { qq({"stored":1}\n) } 1 .. 3),
 qq({"names":[{"name":"other","count":3}]}\n)]



=== TEST 23: a key of 128 visible characters
--- request
POST /v1/metrics
[]
--- more_headers eval
"Idempotency-Key: !~" . "x" x 126
--- response_body
{"stored":0}



=== TEST 24: keys that are none
--- request eval
[map { "POST /v1/metrics\n[]" } 1 .. 6]
--- more_headers eval
[map { "Idempotency-Key: $_" } "", "x" x 129, "a b", "\xc3\xa9", "a\tb",
 "a\nIdempotency-Key: a"]
--- error_code eval
[map { 400 } 1 .. 6]
--- response_body eval
[map { qq({"error":{"status":400,"message":"Idempotency-Key: expected one header of 1 to 128 visible ASCII characters"}}\n) } 1 .. 6]



=== TEST 25: what is read back is what was sent
--- request eval
['POST /v1/metrics?refresh=wait_for
[{"timestamp":"2016-12-31t23:49:50.000000001+01:00","value":0.1,"type":"\u0061\"\\\/","name":"back \ud83d\ude00 é"},
{"name":"back2","type":"x","value":5e-324,"timestamp":"0001-01-01T00:00:00z","tags":{"\u0061":"b=c","A/b.c_d-1":"é\u00e9"}},
{"name":"back2","type":"x","value":-1.7976931348623157e308,"timestamp":"9999-12-31T23:59:59.999999999Z","tags":{}},
{"name":"back2","type":"x","value":-0.0,"timestamp":"2016-02-29T23:59:59-23:59"},
{"name":"back2","type":"x","value":9007199254740993,"timestamp":"1969-12-31T23:59:59.9Z"}]',
 "GET /v1/metrics?type=a%22%5C/", "GET /v1/metrics?name=back2"]
--- response_body_like eval
['^\{"stored":5\}$',
 '^\[\{"name":"back (?:😀|\\\\uD83D\\\\uDE00) é","type":"a\\\\"\\\\\\\\/","value":0\.1,"timestamp":"2016-12-31T22:49:50\.000000001Z"\}\]$',
 '^\[\{"name":"back2","type":"x","value":4\.94065645841247e-324,"timestamp":"0001-01-01T00:00:00Z","tags":\{"A/b\.c_d-1":"éé","a":"b=c"\}\},
\{"name":"back2","type":"x","value":9007199254740992,"timestamp":"1969-12-31T23:59:59\.9Z"\},
\{"name":"back2","type":"x","value":-0\.0,"timestamp":"2016-03-01T23:58:59Z"\},
\{"name":"back2","type":"x","value":-1\.7976931348623157e\+308,"timestamp":"9999-12-31T23:59:59\.999999999Z"\}\]$']



=== TEST 26: a body in a temporary file
--- config
client_body_buffer_size 1k;
location = /v1/metrics { cricket metrics; }
--- http_config
cricket_pass http://$TEST_NGINX_ES;
cricket_index $TEST_NGINX_INDEX;
--- request eval
"POST /v1/metrics\n[" . CORE::join(",\n", map {
 qq({"name":"file","type":"gauge","value":$_,"timestamp":"2016-12-31T22:49:50Z"})
} 1 .. 500) . "]"
--- response_body
{"stored":500}



=== TEST 27: only as many datapoints as allowed
--- config
cricket_max_datapoints 2;
location = /v1/metrics { cricket metrics; }
--- http_config
cricket_pass http://$TEST_NGINX_ES;
cricket_index $TEST_NGINX_INDEX;
--- request eval
[map { my $n = $_; "POST /v1/metrics?refresh=wait_for\n[" . CORE::join(",", map {
 qq({"name":"max","type":"gauge","value":$_,"timestamp":"2016-12-31T22:49:50Z"})
} 1 .. $n) . "]" } 2, 3]
--- error_code eval
[200, 413]
--- response_body eval
[qq({"stored":2}\n),
 qq({"error":{"status":413,"message":"body: more than 2 datapoints"}}\n)]
