
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#include "cricket_otlp.h"
#include "cricket_otlp_json.h"
#include "test_sliced.h"
#include "test_wire.h"


#define TIME    "3x1500000000123456789"
#define AT      "1500000000.123456789"
#define J_TIME  "\"timeUnixNano\":\"1500000000123456789\""

/* one metric alone, as protobuf and as JSON */
#define ONE(metric)  "1{ 2{ 2{ 1'm' " metric " } } }"
#define J_ONE(metric)                                                        \
    "{\"resourceMetrics\":[{\"scopeMetrics\":[{\"metrics\":["                 \
    "{\"name\":\"m\"," metric "}]}]}]}"


static void
protobuf(const char *what, const char *text, const char *expected)
{
    wire_order_e   order;
    cricket_buf_t  b;

    for (order = 0; order < WIRE_ORDERS; order++) {
        wire(&b, text, order);

        CHECK(reader_is(&cricket_otlp_protobuf, b.data, b.len, 1000, expected),
              "%s, order %d", what, order);
        CHECK(reader_sliced(&cricket_otlp_protobuf, b.data, b.len, 1000) == 0,
              "%s, order %d, in slices", what, order);

        cricket_buf_free(&b);
    }
}


/* where the order of different fields matters */

static void
as_is(const char *what, const char *text, const char *expected)
{
    cricket_buf_t  b;

    wire(&b, text, WIRE_AS_IS);

    CHECK(reader_is(&cricket_otlp_protobuf, b.data, b.len, 1000, expected),
          "%s", what);
    CHECK(reader_sliced(&cricket_otlp_protobuf, b.data, b.len, 1000) == 0,
          "%s, in slices", what);

    cricket_buf_free(&b);
}


static void
json(const char *what, const char *text, const char *expected)
{
    CHECK(reader_is(&cricket_otlp_json, (const unsigned char *) text,
                    strlen(text), 1000, expected), "%s, as JSON", what);
    CHECK(reader_sliced(&cricket_otlp_json, (const unsigned char *) text,
                        strlen(text), 1000)
          == 0, "%s, as JSON, in slices", what);
}


static void
both(const char *what, const char *message, const char *text,
    const char *expected)
{
    protobuf(what, message, expected);
    json(what, text, expected);
}


/* a resource, two scopes and every kind of data */

static const char  whole[] =
    "1{ 1< 1{1'service.name' 2<1'shop'>} 1{1'n' 2<3v7>} 2v0 >"
    "   2{ 1<1'scope' 3{1'x' 2<1'y'>}>"
    "      2{ 1'temp' 2'what it is' 3'Cel' 5<"
    "         1{ 7{1'room' 2<1'k'>} 7{1'n' 2<3v8>} 2x1 " TIME " 4d21.5 }"
    "         1{ " TIME " 6x-2 8v0 } > }"
    "      2{ 1'requests' 7< 1{ " TIME " 6x3 5{3d1} } 2v2 3v1 > } }"
    "   2{ 2{ 1'bytes' 7< 1{ " TIME " 4d1.5 } 2v1 3v1 > }"
    "      2{ 1'inflight' 7< 1{ " TIME " 6x-2 } 2v2 > } } }"
    "1{ 2{ 2{ 1'alone' 7< 1{ " TIME " 4d-0.25 } 3v1 > } } 3'url' }";

static const char  j_whole[] =
    "{\"resourceMetrics\":[{\"resource\":{\"attributes\":["
    "{\"key\":\"service.name\",\"value\":{\"stringValue\":\"shop\"}},"
    "{\"key\":\"n\",\"value\":{\"intValue\":\"7\"}}],"
    "\"droppedAttributesCount\":0},\"scopeMetrics\":[{"
    "\"scope\":{\"name\":\"scope\"},\"metrics\":["
    "{\"name\":\"temp\",\"description\":\"what it is\",\"unit\":\"Cel\","
    "\"gauge\":{\"dataPoints\":[{\"attributes\":["
    "{\"key\":\"room\",\"value\":{\"stringValue\":\"k\"}},"
    "{\"key\":\"n\",\"value\":{\"intValue\":8}}],"
    "\"startTimeUnixNano\":\"1\"," J_TIME ",\"asDouble\":21.5},"
    "{" J_TIME ",\"asInt\":\"-2\",\"flags\":0}]}},"
    "{\"name\":\"requests\",\"sum\":{\"dataPoints\":[{" J_TIME ",\"asInt\":3,"
    "\"exemplars\":[{\"asDouble\":1}]}],\"aggregationTemporality\":2,"
    "\"isMonotonic\":true}}]},{\"metrics\":["
    "{\"name\":\"bytes\",\"sum\":{\"dataPoints\":[{" J_TIME
    ",\"asDouble\":1.5}],\"aggregationTemporality\":"
    "\"AGGREGATION_TEMPORALITY_DELTA\",\"isMonotonic\":true}},"
    "{\"name\":\"inflight\",\"sum\":{\"aggregationTemporality\":2,"
    "\"dataPoints\":[{" J_TIME ",\"asInt\":\"-2\"}]}}]}]},"
    "{\"scopeMetrics\":[{\"metrics\":[{\"name\":\"alone\",\"sum\":"
    "{\"isMonotonic\":true,\"dataPoints\":[{" J_TIME ",\"asDouble\":"
    "\"-0.25\"}]}}]}],\"schemaUrl\":\"url\"}]}";

static const char  expected_whole[] =
    "temp gauge 21.5 " AT " service.name=shop n=8 room=k\n"
    "temp gauge -2 " AT " service.name=shop n=7\n"
    "requests cumulative 3 " AT " service.name=shop n=7\n"
    "bytes counter 1.5 " AT " service.name=shop n=7\n"
    "inflight gauge -2 " AT " service.name=shop n=7\n"
    "alone gauge -0.25 " AT "\n"
    "done";


static void
test_whole(void)
{
    both("whole", whole, j_whole, expected_whole);

    /* members in another order, as every sender may have them */

    json("backwards",
         "{\"resourceMetrics\":[{\"scopeMetrics\":[{\"metrics\":[{\"sum\":"
         "{\"dataPoints\":[{\"asInt\":3," J_TIME ",\"attributes\":[{\"value\":"
         "{\"stringValue\":\"w\"},\"key\":\"h\"}]}],\"isMonotonic\":true,"
         "\"aggregationTemporality\":2},\"unit\":\"1\",\"name\":\"m\"}]}],"
         "\"resource\":{\"attributes\":[{\"value\":{\"boolValue\":true},"
         "\"key\":\"r\"}]}}]}",
         "m cumulative 3 " AT " r=true h=w\ndone");

    json("null is as if it were not there",
         "{\"x\":null,\"resourceMetrics\":[{\"resource\":null,\"scopeMetrics\":"
         "[{\"scope\":null,\"metrics\":[{\"name\":\"m\",\"sum\":null,"
         "\"gauge\":{\"dataPoints\":[{" J_TIME ",\"asDouble\":1,\"flags\":null,"
         "\"attributes\":[{\"key\":\"k\",\"value\":null}]}]}}]}]}]}",
         "m gauge 1 " AT " k=null\ndone");

    both("nothing", "", "{\"resourceMetrics\":[]}", "done");
    json("not even that", "{}", "done");
    both("resources without anything", "1{} 1{2{}} 1{1<>2{2{}}}",
         "{\"resourceMetrics\":[{},{\"scopeMetrics\":[{}]},{\"scopeMetrics\":"
         "[{\"metrics\":[{}]}]}]}", "done");
    both("a metric without datapoints", ONE("5<>"),
         J_ONE("\"gauge\":{}"), "done");
}


static void
test_merged(void)
{
    /* protobuf's: the last of a oneof, and a message that comes in parts */

    protobuf("the last name", "1{2{2{1'a' 1'b' 5{1{" TIME " 4d1}}}}}",
             "b gauge 1 " AT "\ndone");
    as_is("the last kind", "1{2{2{1'm' 5{1{" TIME " 4d1}} 7{1{" TIME
             " 4d2}} 5{1{" TIME " 4d3}} 5{1{" TIME " 4d4}}}}}"
             "1{2{2{1'n' 7{1{" TIME " 4d1}} 5{1{" TIME " 4d5}}}}}",
             "m gauge 3 " AT "\nm gauge 4 " AT "\nn gauge 5 " AT "\ndone");
    as_is("the last value", ONE("5<1{" TIME " 4d1 6x2}>"),
             "m gauge 2 " AT "\ndone");
    protobuf("a list in parts", ONE("5<1{" TIME " 4d1 7{1'k' 2{5{1{3v1}}}"
             " 2{5{1{3v2}}} 2{5{}}}}>"), "m gauge 1 " AT " k=[1,2]\ndone");
    as_is("but not across a string", ONE("5<1{" TIME " 4d1 7{1'k' "
             "2{5{1{3v1}}} 2{1'x'} 2{5{1{3v2}}}}}>"),
             "m gauge 1 " AT " k=[2]\ndone");
}


static void
test_attributes(void)
{
    both("values",
         ONE("5<1{" TIME " 4d1 7{1's' 2<1'a^22b\\^C3^A4'>} 7{1't' 2<2v1>}"
             " 7{1'f' 2<2v0>} 7{1'i' 2<3v-9223372036854775808>}"
             " 7{1'd' 2<4d0.1>} 7{1'nan' 2<4dnan>} 7{1'b' 2<7'abcd'>}"
             " 7{1'none' 2<>} 7{1'nothing'}}>"),
         J_ONE("\"gauge\":{\"dataPoints\":[{" J_TIME ",\"asDouble\":1,"
               "\"attributes\":[{\"key\":\"s\",\"value\":{\"stringValue\":"
               "\"a\\\"b\\\\\\u00e4\"}},{\"key\":\"t\",\"value\":{\"boolValue\""
               ":true}},{\"key\":\"f\",\"value\":{\"boolValue\":false}},"
               "{\"key\":\"i\",\"value\":{\"intValue\":"
               "\"-9223372036854775808\"}},{\"key\":\"d\",\"value\":"
               "{\"doubleValue\":0.1}},{\"key\":\"nan\",\"value\":"
               "{\"doubleValue\":\"NaN\"}},{\"key\":\"b\",\"value\":"
               "{\"bytesValue\":\"YWJjZA==\"}},{\"key\":\"none\",\"value\":{}},"
               "{\"key\":\"nothing\"}]}]}"),
         "m gauge 1 " AT " s=a\\\"b\\\\\303\244 t=true f=false "
         "i=-9223372036854775808 d=0.1 nan=NaN b=YWJjZA== none=null "
         "nothing=null\ndone");

    both("lists",
         ONE("5<1{" TIME " 4d1 7{1'a' 2<5<1{1'x'} 1{3v1} 1{2v1} 1{4d.5} 1{}"
             " 1{7'^00'} 1{4dinf} 1{5{}} 1{6{1{1'k' 2<1'v'>}}}>>}"
             " 7{1'o' 2<6<1{1'x' 2<3v1>} 1{1'y^22' 2<5<1{1''}>>}>>}}>"),
         J_ONE("\"gauge\":{\"dataPoints\":[{" J_TIME ",\"asDouble\":1,"
               "\"attributes\":[{\"key\":\"a\",\"value\":{\"arrayValue\":"
               "{\"values\":[{\"stringValue\":\"x\"},{\"intValue\":\"1\"},"
               "{\"boolValue\":true},{\"doubleValue\":0.5},{},{\"bytesValue\":"
               "\"AA==\"},{\"doubleValue\":\"Infinity\"},{\"arrayValue\":{}},"
               "{\"kvlistValue\":{\"values\":[{\"value\":{\"stringValue\":"
               "\"v\"},\"key\":\"k\"}]}}]}}},{\"key\":\"o\",\"value\":"
               "{\"kvlistValue\":{\"values\":[{\"key\":\"x\",\"value\":"
               "{\"intValue\":1}},{\"key\":\"y\\\"\",\"value\":{\"arrayValue\":"
               "{\"values\":[{\"stringValue\":\"\"}]}}}]}}}]}]}"),
         "m gauge 1 " AT " a=[\\\"x\\\",1,true,0.5,null,\\\"AA==\\\","
         "\\\"Infinity\\\",[],{\\\"k\\\":\\\"v\\\"}] "
         "o={\\\"x\\\":1,\\\"y\\\\\\\"\\\":[\\\"\\\"]}\ndone");

    both("nested eight deep",
         ONE("5<1{" TIME " 4d1 7{1'a' 2{5{1{5{1{5{1{5{1{5{1{5{1{5{1{5{1{3v1}"
             "}}}}}}}}}}}}}}}}}}>"),
         J_ONE("\"gauge\":{\"dataPoints\":[{" J_TIME ",\"asDouble\":1,"
               "\"attributes\":[{\"key\":\"a\",\"value\":"
#define A  "{\"arrayValue\":{\"values\":["
#define Z  "]}}"
               A A A A A A A A "{\"intValue\":1}" Z Z Z Z Z Z Z Z "}]}]}"),
         "m gauge 1 " AT " a=[[[[[[[[1]]]]]]]]\ndone");

    both("and nine",
         ONE("5<1{" TIME " 4d1 7{1'a' 2{5{1{5{1{5{1{5{1{5{1{5{1{5{1{5{1{5{}"
             "}}}}}}}}}}}}}}}}}}}>"),
         J_ONE("\"gauge\":{\"dataPoints\":[{" J_TIME ",\"asDouble\":1,"
               "\"attributes\":[{\"key\":\"a\",\"value\":"
               A A A A A A A A A Z Z Z Z Z Z Z Z Z "}]}]}"),
         "invalid 0 tags.a: lists inside lists, more than 8, in m\ndone");
}


static void
test_histograms(void)
{
    both("a histogram",
         ONE("9<1{" TIME " 9{1'h' 2<1'w'>} 4x4 5d110.5 6[x1 x1 x0 x2]"
             " 7[d1 d5 d10] 11d.5 12d100} 2v2>"),
         J_ONE("\"histogram\":{\"dataPoints\":[{" J_TIME ",\"attributes\":"
               "[{\"key\":\"h\",\"value\":{\"stringValue\":\"w\"}}],"
               "\"count\":\"4\",\"sum\":110.5,\"bucketCounts\":[\"1\",1,0,"
               "\"2\"],\"explicitBounds\":[1,5,10],\"min\":0.5,\"max\":100}],"
               "\"aggregationTemporality\":2}"),
         "m_count cumulative 4 " AT " h=w\n"
         "m_sum cumulative 110.5 " AT " h=w\n"
         "m_min gauge 0.5 " AT " h=w\n"
         "m_max gauge 100 " AT " h=w\n"
         "m_bucket cumulative 1 " AT " h=w le=1\n"
         "m_bucket cumulative 2 " AT " h=w le=5\n"
         "m_bucket cumulative 2 " AT " h=w le=10\n"
         "m_bucket cumulative 4 " AT " h=w le=+Inf\n"
         "done");

    protobuf("one that is not packed",
             ONE("9<1{" TIME " 4x3 6x1 6x2 7d-1.5} 2v1>"),
             "m_count counter 3 " AT "\n"
             "m_bucket counter 1 " AT " le=-1.5\n"
             "m_bucket counter 3 " AT " le=+Inf\ndone");

    both("one without buckets", ONE("9<1{" TIME " 4x0}>"),
         J_ONE("\"histogram\":{\"dataPoints\":[{" J_TIME "}]}"),
         "m_count gauge 0 " AT "\ndone");

    both("one bucket", ONE("9<1{" TIME " 4x5 6[x5]} 2v2>"),
         J_ONE("\"histogram\":{\"dataPoints\":[{" J_TIME ",\"count\":5,"
               "\"bucketCounts\":[5]}],\"aggregationTemporality\":2}"),
         "m_count cumulative 5 " AT "\n"
         "m_bucket cumulative 5 " AT " le=+Inf\ndone");

    both("an exponential one",
         ONE("10<1{" TIME " 1{1'h' 2<1'w'>} 4x10 5d3 6z0 7x2"
             " 8<1z-1 2[v1 v0 v3]> 9<1z0 2[v1 v0 v2 v1]> 12d-9 13d5 14d.25}"
             " 2v2>"),
         J_ONE("\"exponentialHistogram\":{\"dataPoints\":[{" J_TIME
               ",\"attributes\":[{\"key\":\"h\",\"value\":{\"stringValue\":"
               "\"w\"}}],\"count\":10,\"sum\":3,\"scale\":0,\"zeroCount\":"
               "\"2\",\"positive\":{\"bucketCounts\":[1,\"0\",3],"
               "\"offset\":-1},\"negative\":{\"bucketCounts\":[1,0,2,1]},"
               "\"min\":-9,\"max\":5,\"zeroThreshold\":0.25}],"
               "\"aggregationTemporality\":2}"),
         "m_count cumulative 10 " AT " h=w\n"
         "m_sum cumulative 3 " AT " h=w\n"
         "m_min gauge -9 " AT " h=w\n"
         "m_max gauge 5 " AT " h=w\n"
         "m_bucket cumulative 4 " AT " h=w le=-1\n"
         "m_bucket cumulative 3 " AT " h=w le=-4\n"
         "m_bucket cumulative 1 " AT " h=w le=-8\n"
         "m_bucket cumulative 6 " AT " h=w le=0.25\n"
         "m_bucket cumulative 7 " AT " h=w le=1\n"
         "m_bucket cumulative 10 " AT " h=w le=4\n"
         "done");

    both("a scale below 0, and a fine one",
         ONE("10<1{" TIME " 4x1 6z-2 8<1z1 2v1>} 1{" TIME
             " 4x1 6z20 8<1z1048575 2v1>} 2v1>"),
         J_ONE("\"exponentialHistogram\":{\"dataPoints\":[{" J_TIME
               ",\"count\":1,\"scale\":-2,\"positive\":{\"offset\":1,"
               "\"bucketCounts\":[1]}},{" J_TIME ",\"count\":1,\"scale\":20,"
               "\"positive\":{\"offset\":1048575,\"bucketCounts\":[1]}}],"
               "\"aggregationTemporality\":1}"),
         "m_count counter 1 " AT "\n"
         "m_bucket counter 1 " AT " le=256\n"
         "m_count counter 1 " AT "\n"
         "m_bucket counter 1 " AT " le=2\ndone");

    both("one far outside",
         ONE("10<1{" TIME " 4x2 6z-10 8<1z2147483647 2v1>"
             " 9<1z-2147483648 2v1>} 2v1>"),
         J_ONE("\"exponentialHistogram\":{\"dataPoints\":[{" J_TIME
               ",\"count\":2,\"scale\":-10,\"positive\":{\"offset\":2147483647,"
               "\"bucketCounts\":[1]},\"negative\":{\"offset\":-2147483648,"
               "\"bucketCounts\":[1]}}],\"aggregationTemporality\":1}"),
         "m_count counter 2 " AT "\n"
         "m_bucket counter 1 " AT " le=-0\n"
         "m_bucket counter 2 " AT " le=+Inf\ndone");

    both("a summary",
         ONE("11<1{" TIME " 7{1'h' 2<1'w'>} 4x9 5d4.5 6{1d.5 2d.25}"
             " 6{1d.99 2dnan} 6{2d1} 6{1d1 2d7}}>"),
         J_ONE("\"summary\":{\"dataPoints\":[{" J_TIME ",\"attributes\":"
               "[{\"key\":\"h\",\"value\":{\"stringValue\":\"w\"}}],"
               "\"count\":\"9\",\"sum\":4.5,\"quantileValues\":["
               "{\"quantile\":0.5,\"value\":0.25,\"x\":[{\"value\":9}]},"
               "{\"value\":\"NaN\",\"quantile\":0.99},{\"value\":1},"
               "{\"quantile\":1,\"value\":7}]}]}"),
         "m_count cumulative 9 " AT " h=w\n"
         "m_sum cumulative 4.5 " AT " h=w\n"
         "m gauge 0.25 " AT " h=w quantile=0.5\n"
         "m gauge 1 " AT " h=w quantile=0\n"
         "m gauge 7 " AT " h=w quantile=1\n"
         "done, ignored 1");

    both("no recorded value",
         ONE("5<1{" TIME " 8v1} 1{" TIME " 8v2 4d1}>"),
         J_ONE("\"gauge\":{\"dataPoints\":[{" J_TIME ",\"flags\":1},"
               "{" J_TIME ",\"flags\":2,\"asDouble\":1}]}"),
         "m gauge 1 " AT "\ndone, ignored 1");
}


static void
invalid(const char *what, const char *message, const char *text,
    const char *expected)
{
    char  all[1024];

    snprintf(all, sizeof(all), "invalid 0 %s, in m\ndone", expected);
    both(what, message, text, all);
}


#define POINT(field)    ONE("5<1{" TIME " 4d1 " field "}>")
#define J_POINT(member)                                                      \
    J_ONE("\"gauge\":{\"dataPoints\":[{" J_TIME ",\"asDouble\":1," member     \
          "}]}")
#define J_ATTRIBUTE(key, value)                                              \
    J_POINT("\"attributes\":[{\"key\":\"" key "\",\"value\":" value "}]")


static void
test_invalid(void)
{
    invalid("a key with a blank", POINT("7{1'a b' 2<1'v'>}"),
            J_ATTRIBUTE("a b", "{\"stringValue\":\"v\"}"),
            "tags.a b: not a key of 1 to 256 bytes of A-Z a-z 0-9 _ . / -");
    invalid("an empty key", POINT("7{2<1'v'>}"),
            J_ATTRIBUTE("", "{\"stringValue\":\"v\"}"),
            "tags.: not a key of 1 to 256 bytes of A-Z a-z 0-9 _ . / -");
    invalid("an empty value", POINT("7{1'k' 2<1''>}"),
            J_ATTRIBUTE("k", "{\"stringValue\":\"\"}"),
            "tags.k: empty, expected 1 to 1024 bytes");
    invalid("a control character", POINT("7{1'k' 2<1'^0A'>}"),
            J_ATTRIBUTE("k", "{\"stringValue\":\"\\n\"}"),
            "tags.k: a control character");
    invalid("a key twice", POINT("7{1'k' 2<1'v'>} 7{1'k' 2<1'w'>}"),
            J_POINT("\"attributes\":[{\"key\":\"k\",\"value\":{\"intValue\":1}}"
                    ",{\"key\":\"k\",\"value\":{\"intValue\":1}}]"),
            "tags.k: repeated");
    protobuf("not UTF-8", POINT("7{1'k' 2<1'^C0^80'>}"),
             "invalid 0 tags.k: not valid UTF-8, in m\ndone");
    protobuf("not UTF-8, in a list", POINT("7{1'k' 2<5<1{1'^FF'}>>}"),
             "invalid 0 tags.k: not valid UTF-8, in m\ndone");

    invalid("no value", ONE("5<1{" TIME "}>"),
            J_ONE("\"gauge\":{\"dataPoints\":[{" J_TIME "}]}"),
            "value: missing");
    invalid("no time", ONE("5<1{4d1}>"),
            J_ONE("\"gauge\":{\"dataPoints\":[{\"asDouble\":1}]}"),
            "timeUnixNano: missing or 0");
    invalid("NaN", ONE("5<1{" TIME " 4dnan}>"),
            J_ONE("\"gauge\":{\"dataPoints\":[{" J_TIME
                  ",\"asDouble\":\"NaN\"}]}"),
            "value: NaN, expected a finite number");
    invalid("infinity", ONE("7<1{" TIME " 4d-inf}>"),
            J_ONE("\"sum\":{\"dataPoints\":[{" J_TIME
                  ",\"asDouble\":\"-Infinity\"}]}"),
            "value: -Infinity, expected a finite number");
    invalid("what no double holds", ONE("5<1{" TIME " 4dinf}>"),
            J_ONE("\"gauge\":{\"dataPoints\":[{" J_TIME
                  ",\"asDouble\":1e400}]}"),
            "value: Infinity, expected a finite number");
    invalid("nor in quotes", ONE("5<1{" TIME " 4d-inf}>"),
            J_ONE("\"gauge\":{\"dataPoints\":[{" J_TIME
                  ",\"asDouble\":\"-1e400\"}]}"),
            "value: -Infinity, expected a finite number");
    invalid("a sum that is none", ONE("9<1{" TIME " 5dinf}>"),
            J_ONE("\"histogram\":{\"dataPoints\":[{" J_TIME
                  ",\"sum\":\"Infinity\"}]}"),
            "sum: Infinity, expected a finite number");

    invalid("a count too few", ONE("9<1{" TIME " 6[x1 x2] 7[d1 d2]}>"),
            J_ONE("\"histogram\":{\"dataPoints\":[{" J_TIME
                  ",\"bucketCounts\":[1,2],\"explicitBounds\":[1,2]}]}"),
            "bucketCounts: expected one more than there are explicitBounds");
    invalid("a count too many", ONE("9<1{" TIME " 6[x1 x2 x3] 7[d1]}>"),
            J_ONE("\"histogram\":{\"dataPoints\":[{" J_TIME
                  ",\"bucketCounts\":[1,2,3],\"explicitBounds\":[1]}]}"),
            "bucketCounts: expected one more than there are explicitBounds");
    invalid("bounds alone", ONE("9<1{" TIME " 7[d1]}>"),
            J_ONE("\"histogram\":{\"dataPoints\":[{" J_TIME
                  ",\"bucketCounts\":[],\"explicitBounds\":[1]}]}"),
            "bucketCounts: expected one more than there are explicitBounds");
    invalid("bounds that go down", ONE("9<1{" TIME " 6[x1 x2 x3] 7[d2 d2]}>"),
            J_ONE("\"histogram\":{\"dataPoints\":[{" J_TIME
                  ",\"bucketCounts\":[1,2,3],\"explicitBounds\":[2,2]}]}"),
            "bucket: a bound that is not above the one before");
    invalid("an infinite bound", ONE("9<1{" TIME " 6[x1 x2] 7[dinf]}>"),
            J_ONE("\"histogram\":{\"dataPoints\":[{" J_TIME
                  ",\"bucketCounts\":[1,2],\"explicitBounds\":[\"Infinity\"]"
                  "}]}"),
            "explicitBounds: one that is not finite");
    invalid("le is taken", ONE("9<1{" TIME " 9{1'le' 2<1'x'>}}>"),
            J_ONE("\"histogram\":{\"dataPoints\":[{" J_TIME
                  ",\"attributes\":[{\"key\":\"le\",\"value\":{\"stringValue\":"
                  "\"x\"}}]}]}"),
            "tags.le: is there already, and is that of a bound or quantile");
    invalid("a quantile", ONE("11<1{" TIME " 6{1d1.5}}>"),
            J_ONE("\"summary\":{\"dataPoints\":[{" J_TIME
                  ",\"quantileValues\":[{\"quantile\":1.5}]}]}"),
            "quantile: not from 0 to 1");

    /* what is behind it is read */

    both("one of three",
         ONE("5<1{" TIME " 4d1} 1{" TIME " 4d2 7{1'~' 2<1'v'>}} 1{" TIME
             " 4d3}>"),
         J_ONE("\"gauge\":{\"dataPoints\":[{" J_TIME ",\"asDouble\":1},"
               "{" J_TIME ",\"asDouble\":2,\"attributes\":[{\"key\":\"~\","
               "\"value\":{\"stringValue\":\"v\"}}]},"
               "{" J_TIME ",\"asDouble\":3}]}"),
         "m gauge 1 " AT "\n"
         "invalid 1 tags.~: not a key of 1 to 256 bytes of A-Z a-z 0-9 _ . / -"
         ", in m\nm gauge 3 " AT "\ndone");

    both("of a resource, all",
         "1{ 1<1{1'a b' 2<1'v'>}> 2{2{1'm' 5<1{" TIME " 4d1} 1{" TIME
         " 4d2}>}} } 1{2{2{1'n' 5<1{" TIME " 4d3}>}}}",
         "{\"resourceMetrics\":[{\"resource\":{\"attributes\":[{\"key\":\"a b\""
         ",\"value\":{\"stringValue\":\"v\"}}]},\"scopeMetrics\":[{\"metrics\":"
         "[{\"name\":\"m\",\"gauge\":{\"dataPoints\":[{" J_TIME
         ",\"asDouble\":1},{" J_TIME ",\"asDouble\":2}]}}]}]},"
         "{\"scopeMetrics\":[{\"metrics\":[{\"name\":\"n\",\"gauge\":"
         "{\"dataPoints\":[{" J_TIME ",\"asDouble\":3}]}}]}]}]}",
         "invalid 0 tags.a b: not a key of 1 to 256 bytes of A-Z a-z 0-9 _ . / "
         "-, in m\n"
         "invalid 1 tags.a b: not a key of 1 to 256 bytes of A-Z a-z 0-9 _ . / "
         "-, in m\nn gauge 3 " AT "\ndone");

    both("of a datapoint, not of the next resource",
         "1{ 2{2{1'm' 5<1{" TIME " 4d1 7{1'a b' 2<1'v'>}}>}} }"
         "1{ 1<1{1'h' 2<1'w'>}> 2{2{1'n' 5<1{" TIME " 4d3}>}} }",
         "{\"resourceMetrics\":[{\"scopeMetrics\":[{\"metrics\":[{\"name\":"
         "\"m\",\"gauge\":{\"dataPoints\":[{" J_TIME ",\"asDouble\":1,"
         "\"attributes\":[{\"key\":\"a b\",\"value\":{\"stringValue\":"
         "\"v\"}}]}]}}]}]},{\"resource\":{\"attributes\":[{\"key\":\"h\","
         "\"value\":{\"stringValue\":\"w\"}}]},\"scopeMetrics\":"
         "[{\"metrics\":[{\"name\":\"n\",\"gauge\":{\"dataPoints\":[{"
         J_TIME ",\"asDouble\":3}]}}]}]}]}",
         "invalid 0 tags.a b: not a key of 1 to 256 bytes of A-Z a-z 0-9 _ . / "
         "-, in m\nn gauge 3 " AT " h=w\ndone");

    both("a name that is none",
         "1{2{2{1'a^07' 5<1{" TIME " 4d1} 1{" TIME " 4d1}>} 2{5<1{" TIME
         " 4d1}>}}}",
         "{\"resourceMetrics\":[{\"scopeMetrics\":[{\"metrics\":[{\"name\":"
         "\"a\\u0007\",\"gauge\":{\"dataPoints\":[{" J_TIME
         ",\"asDouble\":1},{" J_TIME ",\"asDouble\":1}]}},{\"gauge\":"
         "{\"dataPoints\":[{" J_TIME ",\"asDouble\":1}]}}]}]}]}",
         "invalid 0 name: a control character\n"
         "invalid 1 name: a control character\n"
         "invalid 2 name: missing\ndone");
}


/* what is at the limits of a datapoint's parts */

static void
test_limits(void)
{
    char           name[600], message[2048];
    size_t         i, n;
    cricket_buf_t  text, expected;

    memset(name, 'n', sizeof(name));

    for (n = 505; n <= 513; n++) {
        name[n] = '\0';
        snprintf(message, sizeof(message), "1{2{2{1'%s' 9<1{" TIME
                 " 4x1}>}}}", name);

        cricket_buf_init(&expected, 4096);

        if (n <= 505) {
            cricket_buf_append(&expected, name, n);
            cricket_buf_literal(&expected, "_count gauge 1 " AT "\n");

        } else {
            cricket_buf_literal(&expected, "invalid 0 name: longer than 512 "
                                "bytes");
            if (n <= 512) {
                cricket_buf_literal(&expected, ", with _bucket, in ");
                cricket_buf_append(&expected, name, 64);
                cricket_buf_literal(&expected, "...");
            }

            cricket_buf_literal(&expected, "\n");
        }

        cricket_buf_append(&expected, "done", 5);
        protobuf("a long name", message, (char *) expected.data);
        cricket_buf_free(&expected);

        name[n] = 'n';
    }

    /* 40 tags, of which the resource has some */

    for (n = 39; n <= 41; n++) {
        cricket_buf_init(&text, 8192);
        cricket_buf_init(&expected, 8192);

        cricket_buf_literal(&text, "1{1<");

        if (n <= 40) {
            cricket_buf_literal(&expected, "m gauge 1 " AT);
        }

        for (i = 0; i < n; i++) {

            if (i == 20) {
                cricket_buf_literal(&text, "> 2{2{1'm' 5<1{" TIME " 4d1 ");
            }

            snprintf(message, sizeof(message), "%d{1'k%zu' 2<1'v'>} ",
                     i < 20 ? 1 : 7, i);
            cricket_buf_cstr(&text, message);

            if (n <= 40) {
                snprintf(message, sizeof(message), " k%zu=v", i);
                cricket_buf_cstr(&expected, message);
            }
        }

        if (n > 40) {
            cricket_buf_literal(&expected, "invalid 0 tags.k40: more than 40 "
                                "tags, in m");
        }

        cricket_buf_literal(&expected, "\ndone\0");
        cricket_buf_literal(&text, "}>}}}\0");

        protobuf("40 tags", (char *) text.data, (char *) expected.data);

        cricket_buf_free(&text);
        cricket_buf_free(&expected);
    }
}


static void
test_broken(void)
{
    size_t         i;
    cricket_buf_t  b, out;

    static const struct {
        const char  *text;
        const char  *message;
    }  jsons[] = {
        { "", "at byte 0: expected a value" },
        { "[]", "at byte 0: expected an object with resourceMetrics" },
        { "{\"resourceMetrics\":{}}",
          "at byte 19: resourceMetrics: expected an array" },
        { "{\"resourceMetrics\":[1]}", "at byte 20: expected an object" },
        { "{\"resourceMetrics\":[{\"resource\":[]}]}",
          "at byte 32: resource: expected an object" },
        { "{\"resourceMetrics\":[{\"scopeMetrics\":{}}]}",
          "at byte 36: scopeMetrics: expected an array" },
        { J_ONE("\"gauge\":[]"), "at byte 69: gauge: expected an object" },
        { J_ONE("\"gauge\":{\"dataPoints\":7}"),
          "at byte 83: dataPoints: expected an array" },
        { J_ONE("\"sum\":{\"dataPoints\":7}"),
          "at byte 81: dataPoints: expected an array" },
        { J_ONE("\"sum\":{\"isMonotonic\":7}"),
          "at byte 82: isMonotonic: expected a boolean" },
        { J_ONE("\"sum\":{\"aggregationTemporality\":\"X\"}"),
          "at byte 93: aggregationTemporality: expected 1 or 2" },
        { J_ONE("\"gauge\":{},\"sum\":{}"),
          "at byte 78: sum: a metric has one of gauge, sum, histogram, "
          "exponentialHistogram and summary" },
        { J_ONE("\"gauge\":{\"dataPoints\":[{\"asInt\":1.5}]}"),
          "at byte 93: asInt: expected an integer" },
        { J_ONE("\"gauge\":{\"dataPoints\":[{\"asDouble\":\"1.5x\"}]}"),
          "at byte 96: asDouble: expected a number" },
        { J_ONE("\"gauge\":{\"dataPoints\":[{\"timeUnixNano\":-1}]}"),
          "at byte 100: timeUnixNano: expected an integer from 0 on" },
        { J_ONE("\"gauge\":{\"dataPoints\":[{\"timeUnixNano\":"
                "18446744073709551616}]}"),
          "at byte 100: timeUnixNano: expected an integer from 0 on" },
        { "{\"resourceMetrics\":[]} x",
          "at byte 23: a second value after the first" },
        { "{\"resourceMetrics\":[", "at byte 20: expected a value" }
    };

    for (i = 0; i < sizeof(jsons) / sizeof(jsons[0]); i++) {
        char  expected[256];

        snprintf(expected, sizeof(expected), "error: %s", jsons[i].message);
        json(jsons[i].text, jsons[i].text, expected);
    }

    CHECK(reader_is(&cricket_otlp_protobuf, TEXT("\x0a\x05x"), 10,
                    "error: at byte 0: not valid protobuf: a field is longer "
                    "than what it is in"), "not protobuf");
    CHECK(reader_is(&cricket_otlp_protobuf, TEXT("\x0a\x04\x12\x02\x12\x7f"),
                    10, "error: at byte 4: not valid protobuf: a field is "
                    "longer than what it is in"), "not protobuf, inside");
    CHECK(reader_is(&cricket_otlp_protobuf, TEXT("{\"resourceMetrics\":[]}"),
                    10, "error: at byte 1: not valid protobuf: a field is "
                    "longer than what it is in"), "JSON");

    /* one too many */

    wire(&b, ONE("5<1{" TIME " 4d1} 1{" TIME " 4d2} 1{" TIME " 4d3}>"),
         WIRE_AS_IS);
    CHECK(reader_is(&cricket_otlp_protobuf, b.data, b.len, 2,
                    "m gauge 1 " AT "\nm gauge 2 " AT "\n"
                    "error: more than 2 datapoints"), "one too many");
    cricket_buf_free(&b);

    wire(&b, ONE("9<1{" TIME " 6[x1 x2] 7d1}>"), WIRE_AS_IS);
    CHECK(reader_is(&cricket_otlp_protobuf, b.data, b.len, 2,
                    "m_count gauge 0 " AT "\nm_bucket gauge 1 " AT " le=1\n"
                    "error: more than 2 datapoints"), "a bucket too many");
    cricket_buf_free(&b);

    /* cut at every byte: what is read is what was whole, or it is broken */

    wire(&b, whole, WIRE_AS_IS);

    for (i = 0; i < b.len; i++) {
        CHECK(reader_sliced(&cricket_otlp_protobuf, b.data, i, 100) == 0,
              "cut at byte %zu", i);

        reader_text(&out, &cricket_otlp_protobuf, b.data, i, 100, 0);

        if (i != 0 && !(out.len > 4 && memcmp(out.data + out.len - 4, "done",
                                              4) == 0))
        {
            CHECK(strstr((char *) out.data, "error: at byte ") != NULL
                  || out.len == 0, "is told");
        }

        cricket_buf_free(&out);
    }

    cricket_buf_free(&b);

    for (i = 0; i + 1 < sizeof(j_whole); i++) {
        reader_text(&out, &cricket_otlp_json, (unsigned char *) j_whole, i,
                    100, 0);
        cricket_buf_append(&out, "", 1);

        CHECK(strstr((char *) out.data, "error: at byte ") != NULL,
              "JSON cut at byte %zu", i);

        cricket_buf_free(&out);

        if (i % 17 == 0) {
            CHECK(reader_sliced(&cricket_otlp_json, (unsigned char *) j_whole,
                                i, 100) == 0, "in slices");
        }
    }
}


static void
test_is(void)
{
    size_t  i;

    static const struct {
        const char  *text;
        int          is;
    }  bodies[] = {
        { "{\"resourceMetrics\":[]}", 1 },
        { " \n{ \"resourceMetrics\" : null}", 1 },
        { "{\"x\":[{\"y\":1}],\"resourceMetrics\":[", 1 },
        { "{\"name\":\"a\",\"resourceMetrics\":[]}", 0 },
        { "{\"tags\":{},\"resourceMetrics\":[]}", 0 },
        { "{\"x\":{\"resourceMetrics\":[]}}", 0 },
        { "{}", 0 }, { "[]", 0 }, { "", 0 }, { "{\"x\":", 0 },
        { "[{\"resourceMetrics\":[]}]", 0 }
    };

    for (i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
        CHECK(cricket_otlp_json_is((const unsigned char *) bodies[i].text,
                                   strlen(bodies[i].text)) == bodies[i].is,
              "%s", bodies[i].text);
    }
}


int
main(void)
{
    test_whole();
    test_merged();
    test_attributes();
    test_histograms();
    test_invalid();
    test_limits();
    test_broken();
    test_is();

    return test_done();
}
