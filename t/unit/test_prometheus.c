
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#include "cricket_prometheus.h"
#include "test_sliced.h"
#include "test_wire.h"


#define AT     "1500000000.123000000"
#define STALE  "x9218868437227405314"       /* NaN 0x7ff0000000000002 */


static void
check(const cricket_reader_type_t *type, const char *what, const char *text,
    const char *expected)
{
    wire_order_e   order;
    cricket_buf_t  b;

    for (order = 0; order < WIRE_ORDERS; order++) {
        wire(&b, text, order);

        CHECK(reader_is(type, b.data, b.len, 1000, expected), "%s, order %d",
              what, order);
        CHECK(reader_sliced(type, b.data, b.len, 1000) == 0,
              "%s, order %d, in slices", what, order);

        cricket_buf_free(&b);
    }
}


static void
one(const char *what, const char *text, const char *expected)
{
    check(&cricket_prometheus_1, what, text, expected);
}


static void
two(const char *what, const char *text, const char *expected)
{
    check(&cricket_prometheus_2, what, text, expected);
}


#define SERIES  "1{ 1{1'__name__' 2'm'} 1{1'a' 2'b'} "


static void
test_one(void)
{
    one("samples",
        "1{ 1{1'__name__' 2'up'} 1{1'instance' 2'h:9100'} 1{1'job' 2'n'}"
        "   2{1d1 2v1500000000123} 2{1d0.5 2v1500000000124}"
        "   3{1{1'trace' 2'x'} 2d1 3v1} }"
        "1{ 1{1'__name__' 2'requests_total'} 2{1d7 2v1500000000123} }"
        "3{1v1 2'up' 4'help'} 3{2'x'}",
        "up gauge 1 " AT " instance=h:9100 job=n\n"
        "up gauge 0.5 1500000000.124000000 instance=h:9100 job=n\n"
        "requests_total cumulative 7 " AT "\n"
        "done, samples 3, histograms 0");

    one("0 is left out, and so may the time be",
        SERIES "2{2v1500000000123} 2{1d3} 2{} }",
        "m gauge 0 " AT " a=b\nm gauge 3 0.0 a=b\nm gauge 0 0.0 a=b\n"
        "done, samples 3, histograms 0");

    one("a time before 1970", SERIES "2{1d1 2v-1} }",
        "m gauge 1 -1.999000000 a=b\ndone, samples 1, histograms 0");

    one("types by name",
        "1{1{1'__name__' 2'x_total'} 2{1d1 2v1500000000123}}"
        "1{1{1'__name__' 2'x_count'} 2{1d1 2v1500000000123}}"
        "1{1{1'__name__' 2'x_sum'} 2{1d1 2v1500000000123}}"
        "1{1{1'__name__' 2'x_bucket'} 1{1'le' 2'+Inf'} 2{1d1 2v1500000000123}}"
        "1{1{1'__name__' 2'x_total_x'} 2{1d1 2v1500000000123}}"
        "1{1{1'__name__' 2'total'} 2{1d1 2v1500000000123}}",
        "x_total cumulative 1 " AT "\nx_count cumulative 1 " AT "\n"
        "x_sum cumulative 1 " AT "\nx_bucket cumulative 1 " AT " le=+Inf\n"
        "x_total_x gauge 1 " AT "\ntotal gauge 1 " AT "\n"
        "done, samples 6, histograms 0");

    one("stale markers, NaN and infinities are passed over",
        SERIES "2{1" STALE " 2v1} 2{1dnan 2v1} 2{1dinf 2v1} 2{1d-inf 2v1}"
        " 2{1d1 2v1500000000123} }",
        "m gauge 1 " AT " a=b\ndone, ignored 4, samples 5, histograms 0");

    one("so are they of a series that is invalid",
        "1{1{1'a' 2'b'} 2{1" STALE " 2v1}}",
        "done, ignored 1, samples 1, histograms 0");

    one("metadata alone", "3{1v1 2'up' 4'help'}", "done");
    one("nothing", "", "done");
    one("series without samples", "1{} " SERIES "} 1{1{1'~' 2'x'}}", "done");

    one("a label without a value is none",
        "1{ 1{1'__name__' 2'm'} 1{1'b'} 1{1'' 2''} 1{} 2{1d1 2v1500000000123}}",
        "m gauge 1 " AT "\ndone, samples 1, histograms 0");

    one("what JSON escapes",
        "1{ 1{1'__name__' 2'm^22'} 1{1'b' 2'^5C^C3^A4'} 2{1d1"
        " 2v1500000000123}}",
        "m\\\" gauge 1 " AT " b=\\\\\303\244\n"
        "done, samples 1, histograms 0");
}


static void
test_invalid(void)
{
    one("each of its samples",
        SERIES "1{1'~' 2'x'} 2{1d1 2v1} 2{1d2 2v1} } "
        SERIES "2{1d3 2v1500000000123} }",
        "invalid 0 tags.~: not a key of 1 to 256 bytes of A-Z a-z 0-9 _ . / -, "
        "in m\n"
        "invalid 1 tags.~: not a key of 1 to 256 bytes of A-Z a-z 0-9 _ . / -, "
        "in m\n"
        "m gauge 3 " AT " a=b\ndone, samples 1, histograms 0");
    one("no name", "1{1{1'a' 2'b'} 2{1d1 2v1}}",
        "invalid 0 name: no label __name__\ndone");
    one("two names", "1{1{1'__name__' 2'x'} 1{1'__name__' 2'y'} 2{1d1 2v1}}",
        "invalid 0 name: more than one label __name__, in x\ndone");
    one("a label twice", SERIES "1{1'a' 2'c'} 2{1d1 2v1}}",
        "invalid 0 tags.a: repeated, in m\ndone");
    one("not UTF-8", SERIES "1{1'b' 2'^FF'} 2{1d1 2v1}}",
        "invalid 0 tags.b: not valid UTF-8, in m\ndone");
    one("a time too late", SERIES "2{1d1 2v253402300800000} }",
        "invalid 0 timestamp: outside the years 0001 to 9999, expected "
        "milliseconds, in m\ndone");
    one("a time of nanoseconds", SERIES "2{1d1 2v1500000000123456789} }",
        "invalid 0 timestamp: outside the years 0001 to 9999, expected "
        "milliseconds, in m\ndone");
}


static void
test_native(void)
{
    one("a native histogram",
        SERIES "4{ 1v10 3d3 4z0 5d.25 6v2 8{1z0 2v1} 8{1z1 2v2} 9[z1 z1 z-1]"
        " 11{1z-1 2v3} 12[z1 z-1 z3] 14v2 15v1500000000123 } }",
        "m_count cumulative 10 " AT " a=b\n"
        "m_sum cumulative 3 " AT " a=b\n"
        "m_bucket cumulative 4 " AT " a=b le=-1\n"
        "m_bucket cumulative 3 " AT " a=b le=-4\n"
        "m_bucket cumulative 1 " AT " a=b le=-8\n"
        "m_bucket cumulative 6 " AT " a=b le=0.25\n"
        "m_bucket cumulative 7 " AT " a=b le=1\n"
        "m_bucket cumulative 10 " AT " a=b le=4\n"
        "done, samples 0, histograms 1");

    one("one of floats that is a gauge",
        SERIES "4{ 2d1.5 3d-3 4z3 7d.5 11{1z0 2v2} 13[d.25 d.75] 14v3"
        " 15v1500000000123 } }",
        "m_count gauge 1.5 " AT " a=b\n"
        "m_sum gauge -3 " AT " a=b\n"
        "m_bucket gauge 0.5 " AT " a=b le=0\n"
        "m_bucket gauge 0.75 " AT " a=b le=1.0905077326652577\n"
        "m_bucket gauge 1.5 " AT " a=b le=1.189207115002721\n"
        "done, samples 0, histograms 1");

    one("one of custom buckets",
        SERIES "4{ 1v7 3d1 4z-53 11{1z0 2v1} 11{1z1 2v2} 12[z1 z1 z2]"
        " 16[d.5 d1 d2] 15v1500000000123 } }",
        "m_count cumulative 7 " AT " a=b\n"
        "m_sum cumulative 1 " AT " a=b\n"
        "m_bucket cumulative 1 " AT " a=b le=0.5\n"
        "m_bucket cumulative 3 " AT " a=b le=2\n"
        "m_bucket cumulative 7 " AT " a=b le=+Inf\n"
        "done, samples 0, histograms 1");

    one("a stale marker, and a sum that is none",
        SERIES "4{ 3" STALE " 15v1 } 4{ 1v1 3dnan 15v1500000000123 } }",
        "m_count cumulative 1 " AT " a=b\n"
        "done, ignored 2, samples 0, histograms 2");

    one("an empty one", SERIES "4{ 15v1500000000123 } }",
        "m_count cumulative 0 " AT " a=b\nm_sum cumulative 0 " AT " a=b\n"
        "done, samples 0, histograms 1");

    one("counts too few", SERIES "4{ 1v1 11{1z0 2v2} 12[z1] 15v1 } }",
        "invalid 0 buckets: spans, counts and bounds do not go together, in m"
        "\ndone");
    one("counts too many", SERIES "4{ 1v1 11{1z0 2v1} 12[z1 z0] 15v1 } }",
        "invalid 0 buckets: spans, counts and bounds do not go together, in m"
        "\ndone");
    one("bounds too few", SERIES "4{ 4z-53 11{1z3 2v1} 12[z1] 16[d1] 15v1 } }",
        "invalid 0 buckets: spans, counts and bounds do not go together, in m"
        "\ndone");
    one("a count below 0", SERIES "4{ 11{2v2} 12[z1 z-2] 15v1 } }",
        "invalid 0 bucket: a count that is no number from 0 on, in m\ndone");
    one("le is there", "1{1{1'__name__' 2'm'} 1{1'le' 2'1'} 4{1v1 15v1}}",
        "invalid 0 tags.le: is there already, and is that of a bound or "
        "quantile, in m\ndone");
    one("a count that is none", SERIES "4{ 2dnan 15v1 } }",
        "invalid 0 count: not a number from 0 on, or zero_count or "
        "zero_threshold is none, in m\ndone");
}


static void
test_two(void)
{
    two("symbols",
        "4'' 4'__name__' 4'up' 4'job' 4'n' 4'hits' 4'help'"
        "5{ 1[v1 v2 v3 v4] 2{1d1 2v1500000000123} 2{1d2 2v1500000000123 3v1}"
        "   5<1v2 3v6> 6v9 }"
        "5{ 1v1 1v5 2{1d7 2v1500000000123} 4{1[v3 v4] 2d1} 5<1v1 3v6> }"
        "5{ 1[v1] 1[v5] 3{1v1 3d2 15v1500000000123} }",
        "up gauge 1 " AT " job=n\n"
        "up gauge 2 " AT " job=n\n"
        "hits cumulative 7 " AT "\n"
        "hits_count cumulative 1 " AT "\n"
        "hits_sum cumulative 2 " AT "\n"
        "done, samples 3, histograms 1");

    two("metadata before the name, and without it",
        "4'__name__' 4'a_total'"
        "5{ 1[v0 v1] 2{1d1 2v1500000000123} 5<1v2> }"
        "5{ 1[v0 v1] 2{1d1 2v1500000000123} 5<1v3> }"
        "5{ 1[v0 v1] 2{1d1 2v1500000000123} 5<1v5> }"
        "5{ 1[v0 v1] 2{1d1 2v1500000000123} 5<1v7> }"
        "5{ 1[v0 v1] 2{1d1 2v1500000000123} 5<1v0> }"
        "5{ 1[v0 v1] 3{15v1500000000123} 5<1v4> }",
        "a_total gauge 1 " AT "\n"
        "a_total cumulative 1 " AT "\n"
        "a_total cumulative 1 " AT "\n"
        "a_total gauge 1 " AT "\n"
        "a_total cumulative 1 " AT "\n"
        "a_total_count gauge 0 " AT "\n"
        "a_total_sum gauge 0 " AT "\n"
        "done, samples 5, histograms 1");

    two("references that are none",
        "4'__name__' 4'm' 5{1[v0 v1 v0 v2] 2{1d1 2v1}} 5{1[v2 v1] 2{1d1 2v1}}"
        "5{1[v0 v1 v1] 2{1d1 2v1}} 5{1[v0 v18446744073709551615] 2{1d1 2v1}}",
        "invalid 0 labels_refs: no symbol 2, in m\n"
        "invalid 1 labels_refs: no symbol 2\n"
        "invalid 2 labels_refs: a label without a value, in m\n"
        "invalid 3 labels_refs: no symbol 18446744073709551615\ndone");

    two("1.0's fields are none of 2.0's",
        "1{1{1'__name__' 2'm'} 2{1d1 2v1}} 4'x'", "done");
}


static void
test_broken(void)
{
    size_t         i;
    cricket_buf_t  b;

    static const char  first[] =
        SERIES "2{1d1 2v1500000000123} 4{ 1v10 3d3 4z0 6v2 8{1z0 2v1}"
        " 9[z1] 11{1z-1 2v3} 12[z1 z-1 z3] 15v1500000000123 } } 3{1v1 2'up'}";
    static const char  second[] =
        "4'__name__' 4'up' 5{ 1[v0 v1] 2{1d1 2v1500000000123} 5<1v1>"
        " 3{ 2d1 13d1 11{1z0 2v1} } }";

    wire(&b, first, WIRE_AS_IS);

    for (i = 0; i <= b.len; i++) {
        CHECK(reader_sliced(&cricket_prometheus_1, b.data, i, 100) == 0,
              "cut at byte %zu", i);
        CHECK(reader_sliced(&cricket_prometheus_2, b.data, i, 100) == 0,
              "cut at byte %zu, as 2.0", i);
    }

    cricket_buf_free(&b);

    wire(&b, second, WIRE_AS_IS);

    for (i = 0; i <= b.len; i++) {
        CHECK(reader_sliced(&cricket_prometheus_2, b.data, i, 100) == 0,
              "2.0 cut at byte %zu", i);
    }

    CHECK(reader_is(&cricket_prometheus_2, b.data, b.len - 1, 100,
                    "error: at byte 14: not valid protobuf: a field is longer "
                    "than what it is in"), "2.0 cut at its end");

    cricket_buf_free(&b);

    CHECK(reader_is(&cricket_prometheus_1, TEXT("\x0a\x03\x12\x01\x09"), 10,
                    "error: at byte 4: not valid protobuf: ends inside a "
                    "number"), "a broken sample");
    CHECK(reader_is(&cricket_prometheus_1, TEXT("\x0a\x03\x0a\x01\x08"), 10,
                    "error: at byte 4: not valid protobuf: ends inside a "
                    "number"), "a broken label");

    wire(&b, SERIES "2{1d1} 2{1d2} 2{1d3} }", WIRE_AS_IS);
    CHECK(reader_is(&cricket_prometheus_1, b.data, b.len, 2,
                    "m gauge 1 0.0 a=b\nm gauge 2 0.0 a=b\n"
                    "error: more than 2 datapoints"), "one too many");
    cricket_buf_free(&b);
}


int
main(void)
{
    test_one();
    test_invalid();
    test_native();
    test_two();
    test_broken();

    return test_done();
}
