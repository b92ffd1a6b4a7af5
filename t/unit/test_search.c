
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#include <stdlib.h>

#include <cjson/cJSON.h>

#include "cricket_ask.h"
#include "cricket_params.h"
#include "cricket_query_private.h"
#include "cricket_format.h"
#include "cricket_search.h"
#include "cricket_writer_csv.h"
#include "cricket_writer_json.h"
#include "test_buf.h"


#define TEST_RANGE  "name=c1&start=0&end=now"

/* what surrounds the hits and the aggregations of a reply */
#define TEST_HEAD   "{\"timed_out\":false,\"_shards\":{\"failed\":0}"
#define TEST_HITS   TEST_HEAD ",\"hits\":{\"hits\":["
#define TEST_AGGS   TEST_HEAD ",\"aggregations\":{"
#define TEST_HIT                                                             \
    "{\"fields\":{\"name\":[\"c1\"],\"type\":[\"counter\"],\"value\":[1.0]}," \
    "\"sort\":[1483224590000,0,\"s\",7,\"m\"]}"


static cricket_query_t *test_parse(cricket_query_e kind, const char *args);
static int test_body(cricket_query_e kind, const char *args,
    const char *body);
static int test_reads(cricket_query_e kind, const char *args,
    cricket_format_e format, const char *reply, int rc, const char *out,
    const char *next);
static void test_uri(void);
static void test_bodies(void);
static void test_forms(void);
static void test_injection(void);
static void test_hits(void);
static void test_values(void);
static void test_pages(void);
static void test_csv(void);
static void test_bad_hits(void);
static void test_foreign_hits(void);
static void test_next(const char *args, const char *hit, const char *after);
static void test_cut_short(void);
static void test_stats(void);
static void test_series(void);
static void test_groups(void);
static void test_caps(void);
static void test_names(void);
static void test_bad_aggs(void);
static void test_narrow(void);
static void test_export(void);
static void test_room(void);
static void test_places(void);
static void test_left_out(void);
static void test_long_names(void);
static void test_bounds(void);


static const cricket_time_t  test_now = { 1700000000, 0 };

/* of the last reply that was read */
static size_t  test_foreign;


static cricket_query_t *
test_parse(cricket_query_e kind, const char *args)
{
    cricket_buf_t     err;
    cricket_query_t  *q;

    cricket_buf_init(&err, 65536);
    q = cricket_params_parse(kind, (const unsigned char *) args, strlen(args),
                            &test_now, &err);

    if (q == NULL) {
        fprintf(stderr, "# %s: %.*s\n", args, (int) err.len,
                err.len ? (char *) err.data : "");
    }

    cricket_buf_free(&err);

    return q;
}


static int
test_body(cricket_query_e kind, const char *args, const char *body)
{
    int               ok;
    cricket_ask_t    *ask;
    cricket_buf_t     b;
    cricket_query_t  *q;

    q = test_parse(kind, args);

    if (q == NULL) {
        return 0;
    }

    cricket_buf_init(&b, 65536);

    ask = cricket_ask_create(q);
    cricket_ask_body(ask, &b);
    cricket_ask_free(ask);

    ok = (!b.failed && test_buf_is(&b, body));

    if (!ok) {
        fprintf(stderr, "# got %.*s\n", (int) b.len, (char *) b.data);
    }

    cricket_buf_free(&b);
    cricket_query_free(q);

    return ok;
}


/* next is the beginning of what is expected, or NULL for nothing */

static int
test_reads(cricket_query_e kind, const char *args, cricket_format_e format,
    const char *reply, int rc, const char *out, const char *next)
{
    int               ok, result;
    size_t            len;
    const char       *err;
    cricket_ask_t    *ask;
    cricket_buf_t     b, n;
    unsigned char    *copy;
    cricket_query_t  *q;

    q = test_parse(kind, args);
    len = strlen(reply);
    copy = malloc(len ? len : 1);

    if (q == NULL || copy == NULL) {
        cricket_query_free(q);
        free(copy);
        return 0;
    }

    memcpy(copy, reply, len);

    err = NULL;
    cricket_buf_init(&b, 1 << 24);
    cricket_buf_init(&n, 65536);

    ask = cricket_ask_create(q);
    result = cricket_ask_read(ask, cricket_formats[format].writer, copy, len,
                              &b, &n, &test_foreign, &err);
    cricket_ask_free(ask);

    ok = (result == rc);

    if (rc == CRICKET_INVALID) {
        ok &= (err != NULL && *err != '\0');

    } else {

        if (rc == CRICKET_OK && format == CRICKET_FORMAT_JSON) {
            ok &= (b.len != 0 && b.data[b.len - 1] == '\n');
            b.len--;
        }

        ok &= test_buf_is(&b, out);
        ok &= (next == NULL) ? n.len == 0
                             : n.len > strlen(next)
                               && !memcmp(n.data, next, strlen(next));
    }

    if (!ok) {
        fprintf(stderr, "# got %d: %.*s next %.*s\n", result, (int) b.len,
                b.len ? (char *) b.data : "", (int) n.len,
                n.len ? (char *) n.data : "");
    }

    cricket_buf_free(&b);
    cricket_buf_free(&n);
    cricket_query_free(q);
    free(copy);

    return ok;
}


static void
test_uri(void)
{
    size_t            i;
    cricket_buf_t     b;
    cricket_query_t  *q;

    static const struct {
        cricket_query_e   kind;
        const char       *args;
        const char       *uri;
    } t[] = {
        { CRICKET_QUERY_METRICS, "",
          "/_search?allow_partial_search_results=false&filter_path=timed_out,"
          "_shards.total,_shards.failed,hits.hits.fields,hits.hits.sort" },
        { CRICKET_QUERY_STATS, TEST_RANGE,
          "/_search?allow_partial_search_results=false" },
        { CRICKET_QUERY_NAMES, "",
          "/_search?allow_partial_search_results=false" },
        { CRICKET_QUERY_EXPORT, "",
          "/_search?allow_partial_search_results=false&filter_path=timed_out,"
          "_shards.total,_shards.failed,hits.hits.fields,hits.hits.sort" }
    };

    for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
        q = test_parse(t[i].kind, t[i].args);

        if (q == NULL) {
            CHECK(0, "a query for a URI");
            continue;
        }

        cricket_buf_init(&b, 65536);
        cricket_search_uri(q, &b);

        CHECK(test_buf_is(&b, t[i].uri), "the URI of \"%s\"", t[i].args);

        cricket_buf_free(&b);
        cricket_query_free(q);
    }
}


#define TEST_16   "0123456789abcdef"
#define TEST_64   TEST_16 TEST_16 TEST_16 TEST_16
#define TEST_256  TEST_64 TEST_64 TEST_64 TEST_64

#define TEST_DOCS(fields)  TEST_FIELDS(fields) TEST_SORT("asc", TEST_EARLY)
#define TEST_LATE(fields)  TEST_FIELDS(fields) TEST_SORT("asc", "")

#define TEST_FIELDS(fields)                                                  \
    ",\"_source\":false,\"stored_fields\":\"_none_\","                       \
    "\"docvalue_fields\":[\"value\",\"tags\"" fields "],"

/* where there may be datapoints before 1970 */
#define TEST_EARLY  ",\"missing\":9223372036854775807"
#define TEST_EARLY_DESC  ",\"missing\":-9223372036854775808"

#define TEST_SORT(order, early)                                              \
    "\"sort\":[{\"timestamp\":{\"order\":\"" order "\"" early "}},"          \
    "{\"nanos\":{\"order\":\"" order "\",\"missing\":0}},"                   \
    "{\"series\":{\"order\":\"" order "\",\"missing\":\"\","                 \
    "\"unmapped_type\":\"keyword\"}},"                                        \
    "{\"_seq_no\":{\"order\":\"" order "\"}},"                               \
    "{\"_index\":{\"order\":\"" order "\"}}]"

#define TEST_FORMAT                                                          \
    "\"format\":\"epoch_millis||strict_date_optional_time\"}}}"

#define TEST_TIMES(from, to)                                                 \
    "{\"range\":{\"timestamp\":{"                                            \
    "\"gte\":" from ",\"lte\":" to "," TEST_FORMAT

#define TEST_LACKS(key)                                                      \
    ",\"lacking\":{\"filter\":{\"bool\":{\"must_not\":[{\"bool\":{"          \
    "\"filter\":[{\"prefix\":{\"tags\":{\"value\":\"" key "=\"}}}]}}]}}}"

#define TEST_FILTERS                                                         \
    ",\"query\":{\"bool\":{\"filter\":[{\"term\":{\"name\":\"c1\"}},"        \
    TEST_TIMES("\"1970-01-01T00:00:00.000Z\"", "1700000000000")              \
    "],\"must_not\":[{\"term\":{\"nanos_at\":1700000000000}}]}}"


static void
test_bodies(void)
{
    CHECK(test_body(CRICKET_QUERY_METRICS, "",
                    "{\"track_total_hits\":false,\"size\":1001"
                    TEST_DOCS(",\"name\",\"type\"") "}"),
          "all datapoints");

    CHECK(test_body(CRICKET_QUERY_METRICS, "order=desc&name=n&type=t",
                    "{\"track_total_hits\":false,\"size\":1001,"
                    "\"_source\":false,\"stored_fields\":\"_none_\","
                    "\"docvalue_fields\":[\"value\",\"tags\"],"
                    TEST_SORT("desc", TEST_EARLY_DESC)
                    ",\"query\":{\"bool\":{\"filter\":["
                    "{\"term\":{\"name\":\"n\"}},{\"term\":{\"type\":\"t\"}}]"
                    ",\"must_not\":[]}}}"),
          "the newest first");

    CHECK(test_body(CRICKET_QUERY_METRICS,
                    "before=2016-12-31T22:49:50.001Z&name=n&type=t",
                    "{\"track_total_hits\":false,\"size\":1001" TEST_DOCS("")
                    ",\"query\":{\"bool\":{\"filter\":["
                    "{\"term\":{\"name\":\"n\"}},{\"term\":{\"type\":\"t\"}},"
                    "{\"range\":{\"timestamp\":{\"lte\":1483224590000,"
                    TEST_FORMAT
                    "],\"must_not\":[{\"bool\":{\"filter\":["
                    "{\"term\":{\"nanos_at\":1483224590000}},"
                    "{\"range\":{\"nanos\":{\"gt\":999999}}}]}}]}}}"),
          "an exclusive end");

    CHECK(test_body(CRICKET_QUERY_METRICS,
                    "name=c1&type=t&tag.h=a%22b&limit=5",
                    "{\"track_total_hits\":false,\"size\":6" TEST_DOCS("")
                    ",\"query\":{\"bool\":{\"filter\":["
                    "{\"term\":{\"name\":\"c1\"}},{\"term\":{\"type\":\"t\"}},"
                    "{\"term\":{\"tags\":\"h=a\\\"b\"}}],\"must_not\":[]}}}"),
          "what is filtered for is not read");

    CHECK(test_body(CRICKET_QUERY_METRICS,
                    "type=t&tag.h=a&tag.k~=*&tag.h=b&tag.h!=c%22&tag.k!=d"
                    "&tag.h!~=e%5C*%3F&tag.k=f&tag.l~=g&name~=n*",
                    "{\"track_total_hits\":false,\"size\":1001"
                    TEST_DOCS(",\"name\"")
                    ",\"query\":{\"bool\":{\"filter\":["
                    "{\"wildcard\":{\"name\":{\"value\":\"n*\"}}},"
                    "{\"term\":{\"type\":\"t\"}},"
                    "{\"terms\":{\"tags\":[\"h=a\",\"h=b\"]}},"
                    "{\"bool\":{\"should\":[{\"terms\":{\"tags\":[\"k=f\"]}},"
                    "{\"wildcard\":{\"tags\":{\"value\":\"k=*\"}}}],"
                    "\"minimum_should_match\":1}},"
                    "{\"bool\":{\"should\":["
                    "{\"wildcard\":{\"tags\":{\"value\":\"l=g\"}}}],"
                    "\"minimum_should_match\":1}}],\"must_not\":["
                    "{\"terms\":{\"tags\":[\"h=c\\\"\",\"k=d\"]}},"
                    "{\"wildcard\":{\"tags\":{\"value\":\"h=e\\\\*?\"}}}"
                    "]}}}"),
          "any of, none of, and patterns");

    CHECK(test_body(CRICKET_QUERY_METRICS,
                    "timestamp=1969-12-31T23:59:59.9990005Z",
                    "{\"track_total_hits\":false,\"size\":1001"
                    TEST_DOCS(",\"name\",\"type\"")
                    ",\"query\":{\"bool\":{\"filter\":["
                    TEST_TIMES("\"1969-12-31T23:59:59.999Z\"",
                               "\"1969-12-31T23:59:59.999Z\"")
                    "],\"must_not\":[{\"bool\":{\"filter\":["
                    TEST_TIMES("\"1969-12-31T23:59:59.999Z\"",
                               "\"1969-12-31T23:59:59.999Z\"")
                    "],\"must_not\":[{\"range\":{\"nanos\":{\"gte\":500}}}]}},"
                    "{\"bool\":{\"filter\":[{\"term\":{\"nanos_at\":-1}}"
                    ",{\"range\":{\"nanos\":{\"gt\":500}}}]}}]}}}"),
          "an instant finer than a millisecond");

    CHECK(test_body(CRICKET_QUERY_METRICS,
                    "start=2016-12-31T22:49:50.001000001Z"
                    "&end=2016-12-31T22:49:50.002999999Z",
                    "{\"track_total_hits\":false,\"size\":1001"
                    TEST_LATE(",\"name\",\"type\"")
                    ",\"query\":{\"bool\":{\"filter\":["
                    TEST_TIMES("1483224590001", "1483224590002")
                    "],\"must_not\":[{\"bool\":{\"filter\":["
                    TEST_TIMES("1483224590001", "1483224590001")
                    "],\"must_not\":[{\"range\":{\"nanos\":{\"gte\":1}}}]}},"
                    "{\"bool\":{\"filter\":["
                    "{\"term\":{\"nanos_at\":1483224590002}},"
                    "{\"range\":{\"nanos\":{\"gt\":999999}}}]}}]}}}"),
          "start and end finer than a millisecond");

    CHECK(test_body(CRICKET_QUERY_METRICS,
                    "start=2016-12-31T22:49:50.001Z",
                    "{\"track_total_hits\":false,\"size\":1001"
                    TEST_LATE(",\"name\",\"type\"")
                    ",\"query\":{\"bool\":{\"filter\":["
                    "{\"range\":{\"timestamp\":{\"gte\":1483224590001,"
                    TEST_FORMAT "],\"must_not\":[]}}}"),
          "a start that begins a millisecond has all of it");

    CHECK(test_body(CRICKET_QUERY_METRICS, "end=1970-01-01T00:00:10Z",
                    "{\"track_total_hits\":false,\"size\":1001"
                    TEST_DOCS(",\"name\",\"type\"")
                    ",\"query\":{\"bool\":{\"filter\":["
                    "{\"range\":{\"timestamp\":{\"lte\":10000,"
                    TEST_FORMAT "],\"must_not\":["
                    "{\"term\":{\"nanos_at\":10000}}]}}}"),
          "an end that begins a millisecond has no more of it");

    CHECK(test_body(CRICKET_QUERY_STATS, TEST_RANGE,
                    "{\"track_total_hits\":false,\"size\":0,\"aggs\":{"
                    "\"stats\":{\"stats\":{\"field\":\"value\"}}}"
                    TEST_FILTERS "}"),
          "stats");

    CHECK(test_body(CRICKET_QUERY_STATS,
                    TEST_RANGE "&interval=2m&group_by=a.b&percentiles=50,9.9",
                    "{\"track_total_hits\":false,\"size\":0,\"aggs\":{"
                    "\"buckets\":{\"composite\":{\"size\":10001,\"sources\":["
                    "{\"group\":{\"terms\":{\"field\":\"tags\"}}},"
                    "{\"time\":{\"date_histogram\":{\"field\":\"timestamp\","
                    "\"fixed_interval\":\"120s\"}}}],"
                    "\"after\":{\"group\":\"a.b=\",\"time\":0}},"
                    "\"aggs\":{\"stats\":{\"stats\":{\"field\":\"value\"}},"
                    "\"percentiles\":{\"percentiles\":{\"field\":\"value\","
                    "\"keyed\":false,\"percents\":[50,9.9]}}}}"
                    TEST_LACKS("a.b") "}"
                    TEST_FILTERS "}"),
          "groups that each have a series");

    CHECK(test_body(CRICKET_QUERY_STATS, TEST_RANGE "&interval=1m",
                    "{\"track_total_hits\":false,\"size\":0,\"aggs\":{"
                    "\"buckets\":{\"composite\":{\"size\":10001,\"sources\":["
                    "{\"time\":{\"date_histogram\":{\"field\":\"timestamp\","
                    "\"fixed_interval\":\"60s\"}}}]},"
                    "\"aggs\":{\"stats\":{\"stats\":{\"field\":\"value\"}}}}}"
                    TEST_FILTERS "}"),
          "a series of any length");

    CHECK(test_body(CRICKET_QUERY_STATS,
                    TEST_RANGE "&interval=7d&percentiles=50",
                    "{\"track_total_hits\":false,\"size\":0,\"aggs\":{"
                    "\"buckets\":{\"date_histogram\":{"
                    "\"field\":\"timestamp\",\"fixed_interval\":\"604800s\","
                    "\"min_doc_count\":1},"
                    "\"aggs\":{\"stats\":{\"stats\":{\"field\":\"value\"}},"
                    "\"percentiles\":{\"percentiles\":{\"field\":\"value\","
                    "\"keyed\":false,\"percents\":[50]}}}}}"
                    TEST_FILTERS "}"),
          "a series that cannot be too long");

    CHECK(test_body(CRICKET_QUERY_STATS, TEST_RANGE "&group_by=h",
                    "{\"track_total_hits\":false,\"size\":0,\"aggs\":{"
                    "\"buckets\":{\"composite\":{\"size\":1001,\"sources\":["
                    "{\"group\":{\"terms\":{\"field\":\"tags\"}}}],"
                    "\"after\":{\"group\":\"h=\"}},"
                    "\"aggs\":{\"stats\":{\"stats\":{\"field\":\"value\"}}}}"
                    TEST_LACKS("h") "}"
                    TEST_FILTERS "}"),
          "groups");

    CHECK(test_body(CRICKET_QUERY_NAMES, "prefix=c%5c&limit=2",
                    "{\"track_total_hits\":false,\"size\":0,\"aggs\":{"
                    "\"buckets\":{\"composite\":{\"size\":3,\"sources\":["
                    "{\"name\":{\"terms\":{\"field\":\"name\"}}}]}}},"
                    "\"query\":{\"bool\":{\"filter\":[{\"prefix\":{\"name\":"
                    "{\"value\":\"c\\\\\"}}}],\"must_not\":[]}}}"),
          "names");
}


/*
 * A series of 10,000 buckets, wherever it begins, may be a date_histogram, one
 * that could have more is none.
 */

static void
test_forms(void)
{
    int               histogram, composite;
    size_t            i;
    cricket_ask_t    *ask;
    cricket_buf_t     b;
    cricket_query_t  *q;

    static const struct {
        const char  *args;
        int          histogram;
    } t[] = {
        { "start=0&end=0&interval=1s", 1 },
        { "start=0&end=1970-01-01T02:46:38.999999999Z&interval=1s", 1 },
        { "start=0&end=1970-01-01T02:46:39Z&interval=1s", 1 },
        { "start=0&end=1970-01-01T02:46:40Z&interval=1s", 0 },
        { "start=1969-12-31T22:00:00Z&end=1970-01-01T00:46:38Z&interval=1s",
          1 },
        { "start=1969-12-31T22:00:00Z&end=1970-01-01T00:46:40Z&interval=1s",
          0 },
        { "start=1969-12-31T00:00:59.5Z&end=1970-01-06T22:39:58Z&interval=1m",
          1 },
        { "start=1969-12-31T00:00:59.5Z&end=1970-01-06T22:40:00Z&interval=1m",
          0 },
        { "start=0001-01-01T00:00:00Z&end=0028-05-17T23:59:59Z&interval=1d",
          1 },
        { "start=0001-01-01T00:00:00Z&end=0028-05-19T00:00:00Z&interval=1d",
          0 },
        { "start=0&end=1970-01-09T00:00:00Z&interval=1m&tz=Europe/Berlin", 0 },
        { "start=0&end=1970-01-07T00:00:00Z&interval=1m&tz=Europe/Berlin", 1 },
        { "start=0&end=now&interval=1M&tz=%2B05:30", 1 },
        { "start=0001-01-01T00:00:00Z&end=9999-12-31T23:59:59Z&interval=366d",
          1 },
        { "start=0001-01-01T00:00:00Z&end=9999-12-31T23:59:59Z&interval=365d",
          0 },
        { "start=0001-01-01T00:00:00Z&end=9999-12-31T23:59:59Z"
          "&interval=36500d", 1 },
        { "start=0&end=0&interval=1s&group_by=h", 0 }
    };

    for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
        cricket_buf_init(&b, 65536);
        cricket_buf_literal(&b, "name=c1&");
        cricket_buf_cstr(&b, t[i].args);
        cricket_buf_append(&b, "", 1);

        q = test_parse(CRICKET_QUERY_STATS, (char *) b.data);

        if (q == NULL) {
            CHECK(0, "a query for %s", t[i].args);
            cricket_buf_free(&b);
            continue;
        }

        b.len = 0;
        ask = cricket_ask_create(q);
        cricket_ask_body(ask, &b);
        cricket_ask_free(ask);
        cricket_buf_append(&b, "", 1);

        histogram = (strstr((char *) b.data, "\"min_doc_count\"") != NULL);
        composite = (strstr((char *) b.data, "\"composite\"") != NULL);

        CHECK(histogram == t[i].histogram && composite != t[i].histogram,
              "%s of %s", t[i].histogram ? "date_histogram" : "composite",
              t[i].args);

        cricket_buf_free(&b);
        cricket_query_free(q);
    }
}


/*
 * Whatever a value's bytes are, the request is JSON of the same shape, and
 * holds the value as it was.
 */

static void
test_injection(void)
{
    char              args[1024];
    cJSON            *root, *filter, *name, *tags;
    size_t            i, j, len, n;
    unsigned          seed, bad, taken;
    cricket_buf_t     b, err;
    unsigned char     value[64];
    cricket_query_t  *q;

    static const char  pieces[] = "\"\\{}[],:'/\n\t\b %&=+#;<>*?$\xc3\xa9u0022";

    seed = 1;
    bad = 0;
    taken = 0;

    for (i = 0; i < 20000; i++) {
        seed = seed * 1103515245 + 12345;
        len = 1 + (seed >> 16) % 20;
        n = 0;

        for (j = 0; j < len; j++) {
            seed = seed * 1103515245 + 12345;

            value[j] = (i % 2) ? (unsigned char) (seed >> 16)
                               : (unsigned char)
                                 pieces[(seed >> 16) % (sizeof(pieces) - 1)];
        }

        n = snprintf(args, sizeof(args), "name=");

        for (j = 0; j < len; j++) {
            n += snprintf(args + n, sizeof(args) - n, "%%%02x", value[j]);
        }

        n += snprintf(args + n, sizeof(args) - n, "&tag.k=");

        for (j = 0; j < len; j++) {
            n += snprintf(args + n, sizeof(args) - n, "%%%02X", value[j]);
        }

        cricket_buf_init(&err, 65536);
        q = cricket_params_parse(CRICKET_QUERY_METRICS, (unsigned char *) args,
                                n, &test_now, &err);
        cricket_buf_free(&err);

        if (q == NULL) {
            continue;
        }

        taken++;

        cricket_buf_init(&b, 65536);
        cricket_search_body(q, &b);

        root = cJSON_ParseWithLength((char *) b.data, b.len);
        filter = cJSON_GetObjectItem(cJSON_GetObjectItem(
                     cJSON_GetObjectItem(root, "query"), "bool"), "filter");
        name = cJSON_GetObjectItem(cJSON_GetObjectItem(
                   cJSON_GetArrayItem(filter, 0), "term"), "name");
        tags = cJSON_GetObjectItem(cJSON_GetObjectItem(
                   cJSON_GetArrayItem(filter, 1), "term"), "tags");

        bad += (cJSON_GetArraySize(root) != 7
                || cJSON_GetArraySize(filter) != 2
                || !cJSON_IsString(name)
                || strlen(name->valuestring) != len
                || memcmp(name->valuestring, value, len) != 0
                || !cJSON_IsString(tags)
                || strncmp(tags->valuestring, "k=", 2) != 0
                || strlen(tags->valuestring) != len + 2
                || memcmp(tags->valuestring + 2, value, len) != 0);

        cJSON_Delete(root);
        cricket_buf_free(&b);
        cricket_query_free(q);
    }

    CHECK(taken > 500, "%u of the values can be asked for", taken);
    CHECK(bad == 0, "%u values left their place", bad);
}


static void
test_hits(void)
{
    static const char  reply[] =
        TEST_HITS
        "{\"fields\":{\"name\":[\"c\\\"1\"],\"type\":[\"counter\"],"
        "\"value\":[1.0]},\"sort\":[1483224590000,0,\"s\",0,\"m\"]},"
        "{\"sort\":[-1,500,\"s\",12,\"m\"],\"fields\":{\"value\":[-2.5E-10],"
        "\"tags\":[\"a/b.c-d=x=y\",\"host=w\\\\1\"],\"type\":[\"g\"],"
        "\"name\":[\"\xc3\xa9\"]}}]}}";

    CHECK(test_reads(CRICKET_QUERY_METRICS, "", CRICKET_FORMAT_JSON, reply,
                     CRICKET_OK,
                     "[{\"name\":\"c\\\"1\",\"type\":\"counter\",\"value\":1,"
                     "\"timestamp\":\"2016-12-31T22:49:50Z\"},\n"
                     "{\"name\":\"\xc3\xa9\",\"type\":\"g\",\"value\":-2.5e-10,"
                     "\"timestamp\":\"1969-12-31T23:59:59.9990005Z\","
                     "\"tags\":{\"a/b.c-d\":\"x=y\",\"host\":\"w\\\\1\"}}]",
                     NULL), "JSON");

    CHECK(test_reads(CRICKET_QUERY_METRICS, "", CRICKET_FORMAT_NDJSON, reply,
                     CRICKET_OK,
                     "{\"name\":\"c\\\"1\",\"type\":\"counter\",\"value\":1,"
                     "\"timestamp\":\"2016-12-31T22:49:50Z\"}\n"
                     "{\"name\":\"\xc3\xa9\",\"type\":\"g\",\"value\":-2.5e-10,"
                     "\"timestamp\":\"1969-12-31T23:59:59.9990005Z\","
                     "\"tags\":{\"a/b.c-d\":\"x=y\",\"host\":\"w\\\\1\"}}\n",
                     NULL), "NDJSON");

    CHECK(test_reads(CRICKET_QUERY_METRICS, "name=n%22&type=t%5c",
                     CRICKET_FORMAT_JSON,
                     TEST_HITS "{\"fields\":{\"value\":[7.0]},"
                     "\"sort\":[0,0,\"s\",0,\"m\"]}]}}", CRICKET_OK,
                     "[{\"name\":\"n\\\"\",\"type\":\"t\\\\\",\"value\":7,"
                     "\"timestamp\":\"1970-01-01T00:00:00Z\"}]", NULL),
          "name and type from the query");

    CHECK(test_reads(CRICKET_QUERY_METRICS, "", CRICKET_FORMAT_JSON,
                     TEST_HEAD "}", CRICKET_OK, "[]", NULL), "no hits");
    CHECK(test_reads(CRICKET_QUERY_METRICS, "", CRICKET_FORMAT_JSON,
                     TEST_HITS "]}}", CRICKET_OK, "[]", NULL), "empty hits");
    CHECK(test_reads(CRICKET_QUERY_METRICS, "", CRICKET_FORMAT_NDJSON,
                     TEST_HEAD "}", CRICKET_OK, "", NULL), "no lines");
}


static void
test_values(void)
{
    size_t  i;
    char    reply[512], out[512];

    static const struct {
        const char  *stored;
        const char  *shown;
    } t[] = {
        { "1.0", "1" },
        { "-1.0", "-1" },
        { "0.0", "0" },
        { "-0.0", "-0.0" },
        { "0.1", "0.1" },
        { "10.0", "10" },
        { "100.01", "100.01" },
        { "5", "5" },
        { "1.0E10", "10000000000" },
        { "1.0E308", "1e+308" },
        { "4.9E-324", "4.94065645841247e-324" },
        { "1.7976931348623157E308", "1.7976931348623157e+308" }
    };

    for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
        (void) snprintf(reply, sizeof(reply),
                        TEST_HITS "{\"fields\":{\"value\":[%s]},"
                        "\"sort\":[0,0,\"s\",0,\"m\"]}]}}", t[i].stored);
        (void) snprintf(out, sizeof(out),
                        "[{\"name\":\"n\",\"type\":\"t\",\"value\":%s,"
                        "\"timestamp\":\"1970-01-01T00:00:00Z\"}]",
                        t[i].shown);

        CHECK(test_reads(CRICKET_QUERY_METRICS, "name=n&type=t",
                         CRICKET_FORMAT_JSON, reply, CRICKET_OK, out, NULL),
              "value %s", t[i].stored);
    }
}


static void
test_pages(void)
{
    static const char  reply[] =
        TEST_HITS
        "{\"fields\":{\"value\":[1.0]},\"sort\":[1,2,\"s\",3,\"m\"]},"
        "{\"fields\":{\"value\":[2.0]},\"sort\":[4,0,\"s\",6,\"m\"]}]}}";

    CHECK(test_reads(CRICKET_QUERY_METRICS, "name=n&type=t&limit=2",
                     CRICKET_FORMAT_NDJSON, reply, CRICKET_OK,
                     "{\"name\":\"n\",\"type\":\"t\",\"value\":1,"
                     "\"timestamp\":\"1970-01-01T00:00:00.001000002Z\"}\n"
                     "{\"name\":\"n\",\"type\":\"t\",\"value\":2,"
                     "\"timestamp\":\"1970-01-01T00:00:00.004Z\"}\n", NULL),
          "the last page has no next");

    CHECK(test_reads(CRICKET_QUERY_METRICS, "name=n&type=t&limit=1",
                     CRICKET_FORMAT_NDJSON, reply, CRICKET_OK,
                     "{\"name\":\"n\",\"type\":\"t\",\"value\":1,"
                     "\"timestamp\":\"1970-01-01T00:00:00.001000002Z\"}\n",
                     "name=n&type=t&limit=1&cursor="),
          "one more hit than the page has is the next page's");

    CHECK(test_reads(CRICKET_QUERY_METRICS, "name=n&type=t&limit=1",
                     CRICKET_FORMAT_JSON,
                     TEST_HITS
                     "{\"fields\":{\"value\":[1.0]},"
                     "\"sort\":[1,2,\"s\",3,\"m\"]},"
                     "{\"fields\":{\"value\":[1.0]},"
                     "\"sort\":[1,2,\"s\",4,\"m\"]},"
                     "{\"fields\":{\"value\":[1.0]},"
                     "\"sort\":[1,2,\"s\",5,\"m\"]}]}}",
                     CRICKET_INVALID, NULL, NULL),
          "more hits than were asked for");
}


static void
test_csv(void)
{
    CHECK(test_reads(CRICKET_QUERY_METRICS, "", CRICKET_FORMAT_CSV,
                     TEST_HITS TEST_HIT
                     ",{\"fields\":{\"name\":[\"a,b\"],"
                     "\"type\":[\"say \\\"\\\"\"],\"value\":[1.0],"
                     "\"tags\":[\"h=a;\\\"b\"]},\"sort\":[0,0,\"s\",0,\"m\"]},"
                     "{\"fields\":{\"name\":[\"=1+1\\u00e9\"],"
                     "\"type\":[\"\\\"\"],\"value\":[1.0]},"
                     "\"sort\":[0,0,\"s\",0,\"m\"]}]}}",
                     CRICKET_OK,
                     "name,type,value,timestamp,tags\r\n"
                     "c1,counter,1,2016-12-31T22:49:50Z,\r\n"
                     "\"a,b\",\"say \"\"\"\"\",1,1970-01-01T00:00:00Z,"
                     "\"{\"\"h\"\":\"\"a;\\\"\"b\"\"}\"\r\n"
                     "=1+1\xc3\xa9,\"\"\"\",1,1970-01-01T00:00:00Z,\r\n",
                     NULL), "CSV");

    CHECK(test_reads(CRICKET_QUERY_METRICS, "", CRICKET_FORMAT_CSV,
                     TEST_HEAD "}", CRICKET_OK,
                     "name,type,value,timestamp,tags\r\n", NULL),
          "CSV of nothing");

    CHECK(test_reads(CRICKET_QUERY_METRICS, "", CRICKET_FORMAT_CSV,
                     TEST_HITS "{\"fields\":{\"name\":[\"\\ud800\"],"
                     "\"type\":[\"t\"],\"value\":[1.0]},"
                     "\"sort\":[0,0,\"s\",0,\"m\"]}]}}",
                     CRICKET_INVALID, NULL, NULL), "half a surrogate pair");
}


static void
test_bad_hits(void)
{
    size_t  i;

    static const char  *t[] = {
        "",
        "[]",
        "{}",
        "null",
        "{\"timed_out\":false}",
        "{\"_shards\":{\"failed\":0}}",
        "{\"timed_out\":true,\"_shards\":{\"failed\":0}}",
        "{\"timed_out\":false,\"_shards\":{\"failed\":1}}",
        "{\"timed_out\":false,\"_shards\":{}}",
        "{\"timed_out\":false,\"_shards\":[]}",
        "{\"error\":{\"type\":\"x\"},\"status\":400}",
        TEST_HEAD ",\"hits\":[]}",
        TEST_HEAD ",\"hits\":{\"hits\":{}}}",
        TEST_HITS "1]}}",
        TEST_HITS "{}]}}",
        TEST_HITS TEST_HIT "]}",
        TEST_HITS TEST_HIT "]}} x",
        TEST_HITS TEST_HIT ",]}}",
        TEST_HITS "{\"fields\":{\"name\":[\"a\"],\"type\":[\"b\"],"
        "\"value\":[1.0]}}]}}",
        TEST_HITS "{\"fields\":{\"name\":\"a\",\"type\":[\"b\"],"
        "\"value\":[1.0]},\"sort\":[0,0,\"s\",0,\"m\"]}]}}",
        TEST_HITS "{\"fields\":{\"name\":[\"a\"],\"type\":[\"b\"],"
        "\"value\":[\"1\"]},\"sort\":[0,0,\"s\",0,\"m\"]}]}}",
        TEST_HITS "{\"fields\":{\"name\":[\"a\"],\"type\":[\"b\"],"
        "\"value\":[1e999]},\"sort\":[0,0,\"s\",0,\"m\"]}]}}",
        TEST_HITS "{\"fields\":{\"name\":[\"a\"],\"type\":[\"b\"],"
        "\"value\":[1.0],\"more\":[\"x\"]},\"sort\":[0,0,\"s\",0,\"m\"]}]}}",
        TEST_HITS "{\"fields\":{\"name\":[\"a\"],\"type\":[\"b\"],"
        "\"value\":[1.0]},\"sort\":[0,0]}]}}",
        TEST_HITS "{\"fields\":{\"name\":[\"a\"],\"type\":[\"b\"],"
        "\"value\":[1.0]},\"sort\":[0,0,\"s\",0]}]}}",
        TEST_HITS "{\"fields\":{\"name\":[\"a\"],\"type\":[\"b\"],"
        "\"value\":[1.0]},\"sort\":[0,0,\"s\",0,null]}]}}",
        TEST_HITS "{\"fields\":{\"name\":[\"a\"],\"type\":[\"b\"],"
        "\"value\":[1.0]},\"sort\":[0,0,\"s\",0,\"\\n\"]}]}}",
        TEST_HITS "{\"fields\":{\"name\":[\"a\"],\"type\":[\"b\"],"
        "\"value\":[1.0]},\"sort\":[0,0,\"s\",0,\"m\",\"m\"]}]}}",
        TEST_HITS "{\"fields\":{\"name\":[\"a\"],\"type\":[\"b\"],"
        "\"value\":[1.0]},\"sort\":[0,0,\"s\",0,0]}]}}",
        TEST_HITS "{\"fields\":{\"name\":[\"a\"],\"type\":[\"b\"],"
        "\"value\":[1.0]},\"sort\":[\"0\",0,\"s\",0,\"m\"]}]}}",
        TEST_HITS "{\"fields\":{\"name\":[\"a\"],\"type\":[\"b\"],"
        "\"value\":[1.0]},\"sort\":[0.5,0,\"s\",0,\"m\"]}]}}",
        TEST_HITS "{\"fields\":{\"name\":[\"a\"],\"type\":[\"b\"],"
        "\"value\":[1.0]},\"sort\":[0,0,\"s\",-1,\"m\"]}]}}",
        TEST_HITS "{\"fields\":{\"name\":[\"a\"],\"type\":[\"b\"],"
        "\"value\":[1.0]},\"sort\":[0,9223372036854775807,\"s\",0,\"m\"]}]}}",
        TEST_HITS "{\"fields\":{\"name\":[\"a\"],\"type\":[\"b\"],"
        "\"value\":[1.0]},\"sort\":[9223372036854775807.5,0,\"s\",0,\"m\"]}]}}",
        TEST_HITS "{\"fields\":{\"name\":[\"a\"],\"type\":[\"b\"],"
        "\"value\":[1.0]},\"sort\":[1e19,0,\"s\",0,\"m\"]}]}}",
        TEST_HITS "{\"fields\":{\"name\":[\"a\"],\"type\":[\"b\"],"
        "\"value\":[1.0]},\"sort\":[null,0,\"s\",0,\"m\"]}]}}",
        TEST_HITS "{\"fields\":{\"name\":[\"a\"],\"type\":[\"b\"],"
        "\"value\":[1.0]},\"sort\":[0,0,\"s\",0,\"" TEST_256 "\"]}]}}",
        TEST_HITS "{\"fields\":{\"value\":[1.0]}}]}}",
        TEST_HITS "{\"fields\":{\"value\":1.0},"
        "\"sort\":[0,0,\"s\",0,\"m\"]}]}}",
        TEST_HITS "{\"fields\":[],\"sort\":[0,0,\"s\",0,\"m\"]}]}}"
    };

    for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
        CHECK(test_reads(CRICKET_QUERY_METRICS, "", CRICKET_FORMAT_JSON, t[i],
                         CRICKET_INVALID, NULL, NULL),
              "no reply: %s", t[i]);
    }
}


/* what is no datapoint is passed over, and is no reason to lose the others */

static void
test_foreign_hits(void)
{
    char              reply[2048], expected[512];
    size_t            i;
    const char       *err;
    cricket_buf_t     b;
    cricket_query_t  *q;

#define HIT(n, sort)                                                          \
    "{\"fields\":{\"name\":[\"n\"],\"type\":[\"t\"],\"value\":[" n "]},"      \
    "\"sort\":[" sort ",\"m\"]}"
#define OUT(n, time)                                                          \
    "{\"name\":\"n\",\"type\":\"t\",\"value\":" n ",\"timestamp\":\"" time    \
    "\"}\n"

    static const struct {
        const char  *hit;
        const char  *after;     /* the position behind it */
    } t[] = {
        { "{\"fields\":{\"name\":[\"a\"],\"value\":[1.0]},"
          "\"sort\":[2000,5,\"s\",7,\"m\"]}", "2000,5,\"s\",7" },
        { "{\"fields\":{\"name\":[\"a\"],\"type\":[\"b\"]},"
          "\"sort\":[2000,5,\"s\",7,\"m\"]}", "2000,5,\"s\",7" },
        { "{\"sort\":[2000,5,\"s\",7,\"m\"],\"fields\":{\"type\":[\"b\"],"
          "\"value\":[1]}}", "2000,5,\"s\",7" },
        { "{\"sort\":[2000,5,\"s\",7,\"m\"],\"fields\":{}}", "2000,5,\"s\",7" },
        { "{\"sort\":[2000,5,\"s\",7,\"m\"]}", "2000,5,\"s\",7" },
        { "{\"fields\":{\"name\":[\"\"],\"type\":[\"b\"],\"value\":[1.0]},"
          "\"sort\":[2000,5,\"s\",7,\"m\"]}", "2000,5,\"s\",7" },
        { "{\"fields\":{\"name\":[],\"type\":[\"b\"],\"value\":[1.0]},"
          "\"sort\":[2000,5,\"s\",7,\"m\"]}", "2000,5,\"s\",7" },
        { "{\"fields\":{\"name\":[\"a\"],\"type\":[\"b\",\"c\"],"
          "\"value\":[1.0]},"
          "\"sort\":[2000,5,\"s\",7,\"m\"]}", "2000,5,\"s\",7" },
        { "{\"fields\":{\"name\":[\"a\",\"b\"],\"type\":[\"b\"],"
          "\"value\":[1.0]},"
          "\"sort\":[2000,5,\"s\",7,\"m\"]}", "2000,5,\"s\",7" },
        { "{\"fields\":{\"name\":[\"a\"],\"type\":[\"b\"],"
          "\"value\":[1.0,2.0]},"
          "\"sort\":[2000,5,\"s\",7,\"m\"]}", "2000,5,\"s\",7" },
        { "{\"fields\":{\"name\":[\"a\"],\"type\":[\"b\"],\"value\":[1.0],"
          "\"tags\":[\"k=v\",\"x\"]},"
          "\"sort\":[2000,5,\"s\",7,\"m\"]}", "2000,5,\"s\",7" },
        { HIT("1.0", "2000,1000000,\"s\",7"), "2001,0,\"\",-1" },
        { HIT("1.0", "2000,2147483647,\"s\",7"), "2001,0,\"\",-1" },
        { HIT("1.0", "2000,-1,\"s\",7"), "2000,0,\"\",-1" },
        { HIT("1.0", "-62135596800001,5,\"s\",7"),
          "-62135596800000,0,\"\",-1" },
        { HIT("1.0", "-999999999999999999,5,\"s\",7"),
          "-62135596800000,0,\"\",-1" },
        { HIT("1.0", "-9223372036854775808,-5,\"s\",7"),
          "-62135596800000,0,\"\",-1" },
        { HIT("1.0", "-9223372036854775807,2000000,\"s\",7"),
          "-62135596800000,0,\"\",-1" },
        { HIT("1.0", "253402300799999,1000000,\"s\",7"), NULL },
        { HIT("1.0", "253402300800000,0,\"s\",7"), NULL },
        { HIT("1.0", "253402300799999,-5,\"s\",7"),
          "253402300799999,0,\"\",-1" },
        { HIT("1.0", "9223372036854775807,0,\"s\",7"), NULL },
        { HIT("1.0", "9223372036854775807,-1,\"s\",7"), NULL }
    };

    static const struct {
        const char  *hit;
        const char  *after;
    } down[] = {
        { HIT("1.0", "2000,5,\"s\",7"), "2000,5,\"s\",7,\"m\"" },
        { HIT("1.0", "2000,1000000,\"s\",7"),
          "2000,999999,\"\177\",9223372036854775807,\"\"" },
        { HIT("1.0", "2000,-1,\"s\",7"),
          "1999,999999,\"\177\",9223372036854775807,\"\"" },
        { HIT("1.0", "253402300800000,0,\"s\",7"),
          "253402300799999,999999,\"\177\",9223372036854775807,\"\"" },
        { HIT("1.0", "9223372036854775807,0,\"s\",7"),
          "253402300799999,999999,\"\177\",9223372036854775807,\"\"" },
        { HIT("1.0", "-62135596800001,5,\"s\",7"), NULL },
        { HIT("1.0", "-9223372036854775808,-5,\"s\",7"), NULL }
    };

    for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {

        /* alone */

        (void) snprintf(reply, sizeof(reply), TEST_HITS "%s]}}", t[i].hit);

        CHECK(test_reads(CRICKET_QUERY_METRICS, "", CRICKET_FORMAT_JSON,
                         reply, CRICKET_OK, "[]", NULL)
              && test_foreign == 1, "passed over: %s", t[i].hit);

        CHECK(test_reads(CRICKET_QUERY_METRICS, "", CRICKET_FORMAT_CSV,
                         reply, CRICKET_OK,
                         "name,type,value,timestamp,tags\r\n", NULL)
              && test_foreign == 1, "a header of nothing: %s", t[i].hit);

        /* before one, as the last of its page, and only as a sign of more */

        (void) snprintf(reply, sizeof(reply),
                        TEST_HITS HIT("1.0", "1000,0,\"s\",1") ",%s,"
                        HIT("2.0", "3000,0,\"s\",9") "]}}", t[i].hit);

        CHECK(test_reads(CRICKET_QUERY_METRICS, "limit=3",
                         CRICKET_FORMAT_NDJSON, reply, CRICKET_OK,
                         t[i].after
                         ? OUT("1", "1970-01-01T00:00:01Z")
                           OUT("2", "1970-01-01T00:00:03Z")
                         : OUT("1", "1970-01-01T00:00:01Z"), NULL)
              && test_foreign == (t[i].after ? 1 : 2),
              "among others: %s", t[i].hit);

        CHECK(test_reads(CRICKET_QUERY_METRICS, "limit=2",
                         CRICKET_FORMAT_NDJSON, reply, CRICKET_OK,
                         OUT("1", "1970-01-01T00:00:01Z"),
                         t[i].after ? "limit=2&cursor=" : NULL)
              && test_foreign == (t[i].after ? 1 : 2),
              "the last of its page: %s", t[i].hit);

        (void) snprintf(reply, sizeof(reply),
                        TEST_HITS HIT("1.0", "1000,0,\"s\",1") ",%s]}}",
                        t[i].hit);

        CHECK(test_reads(CRICKET_QUERY_METRICS, "limit=1",
                         CRICKET_FORMAT_NDJSON, reply, CRICKET_OK,
                         OUT("1", "1970-01-01T00:00:01Z"),
                         t[i].after ? "limit=1&cursor=" : NULL),
              "the next page's: %s", t[i].hit);

        /* a page of these only */

        (void) snprintf(reply, sizeof(reply), TEST_HITS "%s,%s]}}", t[i].hit,
                        t[i].hit);

        CHECK(test_reads(CRICKET_QUERY_METRICS, "limit=1",
                         CRICKET_FORMAT_JSON, reply, CRICKET_OK, "[]",
                         t[i].after ? "limit=1&cursor=" : NULL),
              "a page of nothing: %s", t[i].hit);

        q = test_parse(CRICKET_QUERY_EXPORT, "");

        if (q == NULL) {
            CHECK(0, "a query for an export");
            return;
        }

        q->page = 2;
        cricket_buf_init(&b, 65536);

        CHECK(cricket_search_read_export(q, &cricket_writer_json_lines,
                                         (const unsigned char *) reply,
                                         strlen(reply), &b, &test_foreign, &err)
              == (t[i].after ? CRICKET_OK : CRICKET_DONE)
              && b.len == 0 && test_foreign == 2,
              "a page of an export: %s", t[i].hit);

        if (t[i].after) {
            (void) snprintf(expected, sizeof(expected),
                            "\"search_after\":[%s,\"%s\"]", t[i].after,
                            strstr(t[i].after, ",-1") ? "" : "m");

            cricket_search_body(q, &b);
            cricket_buf_append(&b, "", 1);

            CHECK(strstr((char *) b.data, expected) != NULL,
                  "where the next page begins: %s: %s", t[i].hit,
                  (char *) b.data);
        }

        cricket_buf_free(&b);
        cricket_query_free(q);
    }

    /* a cursor leads to where the next page begins */

    for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {

        if (t[i].after) {
            (void) snprintf(expected, sizeof(expected), "%s,\"%s\"", t[i].after,
                            strstr(t[i].after, ",-1") ? "" : "m");

            test_next("limit=1", t[i].hit, expected);
        }
    }

    /* the newest first */

    for (i = 0; i < sizeof(down) / sizeof(down[0]); i++) {
        test_next("limit=1&order=desc", down[i].hit, down[i].after);
    }

#undef HIT
#undef OUT
}


/* of a page of this hit, the next begins there; NULL: there is none */

static void
test_next(const char *args, const char *hit, const char *after)
{
    char              reply[4096], expected[256];
    const char       *err;
    cricket_buf_t     b, next;
    cricket_query_t  *q;

    (void) snprintf(reply, sizeof(reply), TEST_HITS "%s,%s]}}", hit, hit);

    q = test_parse(CRICKET_QUERY_METRICS, args);

    if (q == NULL) {
        CHECK(0, "a query for a page");
        return;
    }

    cricket_buf_init(&b, 65536);
    cricket_buf_init(&next, 65536);

    (void) cricket_search_read(q, &cricket_writer_json,
                               (const unsigned char *) reply, strlen(reply),
                               &b, &next, &test_foreign, &err);
    cricket_query_free(q);
    cricket_buf_append(&next, "", 1);

    q = after ? test_parse(CRICKET_QUERY_METRICS, (char *) next.data) : NULL;

    if (after == NULL) {
        CHECK(next.len == 1, "no next page: %s", hit);

    } else if (q == NULL) {
        CHECK(0, "a next page: %s", hit);

    } else {
        (void) snprintf(expected, sizeof(expected), "\"search_after\":[%s]",
                        after);

        b.len = 0;
        cricket_search_body(q, &b);
        cricket_buf_append(&b, "", 1);

        CHECK(strstr((char *) b.data, expected) != NULL,
              "where the next page begins: %s: %s: %s", args, hit,
              (char *) b.data);
    }

    cricket_query_free(q);
    cricket_buf_free(&b);
    cricket_buf_free(&next);
}


/* a reply that ends too early is never an answer */

static void
test_cut_short(void)
{
    char      reply[1024];
    size_t    i, len;
    unsigned  taken;

    static const char  hits[] = TEST_HITS TEST_HIT "," TEST_HIT "]}}";
    static const char  aggs[] =
        TEST_AGGS "\"stats\":{\"count\":1,\"min\":1.0,\"max\":1.0,"
        "\"avg\":1.0,\"sum\":1.0}}}";

    taken = 0;
    len = sizeof(hits) - 1;

    for (i = 0; i < len; i++) {
        memcpy(reply, hits, i);
        reply[i] = '\0';
        taken += !test_reads(CRICKET_QUERY_METRICS, "", CRICKET_FORMAT_JSON,
                             reply, CRICKET_INVALID, NULL, NULL);
    }

    CHECK(taken == 0, "hits cut short");

    taken = 0;
    len = sizeof(aggs) - 1;

    for (i = 0; i < len; i++) {
        memcpy(reply, aggs, i);
        reply[i] = '\0';
        taken += !test_reads(CRICKET_QUERY_STATS, TEST_RANGE,
                             CRICKET_FORMAT_JSON, reply, CRICKET_INVALID,
                             NULL, NULL);
    }

    CHECK(taken == 0, "aggregations cut short");
}


#define TEST_STATS                                                           \
    "\"doc_count\":1,\"stats\":{\"count\":1,\"min\":2.0,\"max\":2.0,"        \
    "\"avg\":2.0,\"sum\":2.0}"

#define TEST_CUT  TEST_SHOWN ",\"partial\":true}"

#define TEST_LACKING  ",\"lacking\":{\"doc_count\":4}"

#define TEST_SHOWN                                                           \
    "\"count\":1,\"sum\":2,\"min\":2,\"max\":2,\"average\":2"


static void
test_stats(void)
{
    CHECK(test_reads(CRICKET_QUERY_STATS, TEST_RANGE, CRICKET_FORMAT_JSON,
                     TEST_AGGS "\"stats\":{\"count\":3,\"min\":1.0,"
                     "\"max\":1.0,\"avg\":1.0,\"sum\":3.0}}}", CRICKET_OK,
                     "{\"count\":3,\"sum\":3,\"min\":1,\"max\":1,"
                     "\"average\":1}", NULL), "stats");

    CHECK(test_reads(CRICKET_QUERY_STATS, TEST_RANGE, CRICKET_FORMAT_JSON,
                     "{\"took\":1,\"timed_out\":false,\"_shards\":{"
                     "\"total\":1,\"successful\":1,\"skipped\":0,"
                     "\"failed\":0},\"hits\":{\"max_score\":null,"
                     "\"hits\":[]},\"aggregations\":{" TEST_STATS "}}",
                     CRICKET_OK, "{" TEST_SHOWN "}", NULL),
          "stats in a whole reply");

    CHECK(test_reads(CRICKET_QUERY_STATS, TEST_RANGE, CRICKET_FORMAT_JSON,
                     TEST_AGGS "\"stats\":{\"count\":0,\"min\":null,"
                     "\"max\":null,\"avg\":null,\"sum\":0.0}}}", CRICKET_OK,
                     "{\"count\":0,\"sum\":0,\"min\":null,\"max\":null,"
                     "\"average\":null}", NULL), "stats of nothing");

    CHECK(test_reads(CRICKET_QUERY_STATS, TEST_RANGE, CRICKET_FORMAT_JSON,
                     TEST_AGGS "\"stats\":{\"count\":3,\"min\":1.0,"
                     "\"max\":1.0E308,\"avg\":\"Infinity\","
                     "\"sum\":\"Infinity\"}}}", CRICKET_OK,
                     "{\"count\":3,\"sum\":null,\"min\":1,\"max\":1e+308,"
                     "\"average\":null}", NULL), "a sum that is too large");

    CHECK(test_reads(CRICKET_QUERY_STATS, TEST_RANGE, CRICKET_FORMAT_JSON,
                     TEST_AGGS "\"stats\":{\"count\":2,\"min\":-1.0E308,"
                     "\"max\":-1.0E308,\"avg\":-1.0,"
                     "\"sum\":\"-Infinity\"}}}", CRICKET_OK,
                     "{\"count\":2,\"sum\":null,\"min\":-1e+308,"
                     "\"max\":-1e+308,\"average\":null}", NULL),
          "a sum that is too small has no average");

    CHECK(test_reads(CRICKET_QUERY_STATS, TEST_RANGE "&percentiles=99.90,0,50",
                     CRICKET_FORMAT_JSON,
                     TEST_AGGS "\"percentiles\":{\"values\":["
                     "{\"key\":0.0,\"value\":0.9},{\"key\":50.0,"
                     "\"value\":1.5},{\"key\":99.9,\"value\":2.1}]},"
                     "\"stats\":{\"count\":2,\"min\":1.0,\"max\":2.0,"
                     "\"avg\":1.5,\"sum\":3.0}}}", CRICKET_OK,
                     "{\"count\":2,\"sum\":3,\"min\":1,\"max\":2,"
                     "\"average\":1.5,\"percentiles\":{\"99.90\":2,\"0\":1,"
                     "\"50\":1.5}}", NULL),
          "percentiles as they were spelt, none outside of min and max");

    CHECK(test_reads(CRICKET_QUERY_STATS, TEST_RANGE "&percentiles=50",
                     CRICKET_FORMAT_JSON,
                     TEST_AGGS "\"percentiles\":{\"values\":["
                     "{\"key\":50.0,\"value\":null}]},"
                     "\"stats\":{\"count\":0,\"min\":null,\"max\":null,"
                     "\"avg\":null,\"sum\":0.0}}}", CRICKET_OK,
                     "{\"count\":0,\"sum\":0,\"min\":null,\"max\":null,"
                     "\"average\":null,\"percentiles\":{\"50\":null}}", NULL),
          "percentiles of nothing");
}


static void
test_series(void)
{
    CHECK(test_reads(CRICKET_QUERY_STATS, TEST_RANGE "&interval=1m",
                     CRICKET_FORMAT_JSON,
                     TEST_AGGS "\"buckets\":{\"after_key\":{\"time\":0},"
                     "\"buckets\":[{\"key\":{\"time\":-60000}," TEST_STATS "},"
                     "{\"key\":{\"time\":1483224540000}," TEST_STATS "}]}}}",
                     CRICKET_OK,
                     "{\"interval\":\"1m\",\"buckets\":["
                     "{\"start\":\"1969-12-31T23:59:00Z\"," TEST_CUT ",\n"
                     "{\"start\":\"2016-12-31T22:49:00Z\"," TEST_SHOWN "}]}",
                     NULL), "a series");

    CHECK(test_reads(CRICKET_QUERY_STATS, TEST_RANGE "&interval=1m",
                     CRICKET_FORMAT_JSON,
                     TEST_AGGS "\"buckets\":{\"buckets\":[]}}}", CRICKET_OK,
                     "{\"interval\":\"1m\",\"buckets\":[]}", NULL),
          "a series of nothing");

    CHECK(test_reads(CRICKET_QUERY_STATS,
                     "name=c1&start=0001-01-01T00:00:00Z&end=now&interval=7d",
                     CRICKET_FORMAT_JSON,
                     TEST_AGGS "\"buckets\":{\"buckets\":["
                     "{\"key\":{\"time\":-62135942400000}," TEST_STATS "}]}}}",
                     CRICKET_OK,
                     "{\"interval\":\"7d\",\"buckets\":["
                     "{\"start\":\"0001-01-01T00:00:00Z\"," TEST_CUT "]}",
                     NULL), "a bucket that begins before the year 1");

    CHECK(test_reads(CRICKET_QUERY_STATS, TEST_RANGE "&interval=7d",
                     CRICKET_FORMAT_JSON,
                     TEST_AGGS "\"buckets\":{\"buckets\":["
                     "{\"key_as_string\":\"1969-12-25T00:00:00.000Z\","
                     "\"key\":-604800000," TEST_STATS "},"
                     "{" TEST_STATS ",\"key\":1482969600000}]}}}",
                     CRICKET_OK,
                     "{\"interval\":\"7d\",\"buckets\":["
                     "{\"start\":\"1969-12-25T00:00:00Z\"," TEST_CUT ",\n"
                     "{\"start\":\"2016-12-29T00:00:00Z\"," TEST_SHOWN "}]}",
                     NULL), "a series of a date_histogram");

    CHECK(test_reads(CRICKET_QUERY_STATS, TEST_RANGE "&interval=7d",
                     CRICKET_FORMAT_JSON,
                     TEST_AGGS "\"buckets\":{\"buckets\":[]}}}", CRICKET_OK,
                     "{\"interval\":\"7d\",\"buckets\":[]}", NULL),
          "a date_histogram of nothing");

    CHECK(test_reads(CRICKET_QUERY_STATS, TEST_RANGE "&interval=36500d",
                     CRICKET_FORMAT_JSON,
                     TEST_AGGS "\"buckets\":{\"buckets\":["
                     "{\"key_as_string\":\"-0029-05-03T00:00:00.000Z\","
                     "\"key\":-63072000000000," TEST_STATS "}]}}}", CRICKET_OK,
                     "{\"interval\":\"36500d\",\"buckets\":["
                     "{\"start\":\"0001-01-01T00:00:00Z\"," TEST_CUT "]}",
                     NULL), "a date_histogram from before the year 1");
}


static void
test_groups(void)
{
    CHECK(test_reads(CRICKET_QUERY_STATS, TEST_RANGE "&group_by=h",
                     CRICKET_FORMAT_JSON,
                     TEST_AGGS "\"buckets\":{\"buckets\":["
                     "{\"key\":{\"group\":\"h=a\\\"=\"}," TEST_STATS "},"
                     "{\"key\":{\"group\":\"h=b\"}," TEST_STATS "},"
                     "{\"key\":{\"group\":\"i=c\"}," TEST_STATS "}]}"
                     TEST_LACKING "}}",
                     CRICKET_OK,
                     "{\"group_by\":\"h\",\"groups\":["
                     "{\"value\":\"a\\\"=\",\"tags\":{\"h\":\"a\\\"=\"},"
                     TEST_SHOWN "},\n"
                     "{\"value\":\"b\",\"tags\":{\"h\":\"b\"}," TEST_SHOWN
                     "}],\"lacking\":4}", NULL),
          "groups, up to another tag");

    CHECK(test_reads(CRICKET_QUERY_STATS, TEST_RANGE "&group_by=h",
                     CRICKET_FORMAT_JSON,
                     TEST_AGGS "\"buckets\":{\"buckets\":["
                     "{\"key\":{\"group\":\"hh=a\"}," TEST_STATS "}]}"
                     TEST_LACKING "}}", CRICKET_OK,
                     "{\"group_by\":\"h\",\"groups\":[],\"lacking\":4}", NULL),
          "no groups");

    CHECK(test_reads(CRICKET_QUERY_STATS,
                     TEST_RANGE "&group_by=h&interval=1s",
                     CRICKET_FORMAT_JSON,
                     TEST_AGGS "\"buckets\":{\"buckets\":["
                     "{\"key\":{\"group\":\"h=a\",\"time\":0}," TEST_STATS "},"
                     "{\"key\":{\"group\":\"h=a\",\"time\":1000},"
                     TEST_STATS "},"
                     "{\"key\":{\"group\":\"h=b\",\"time\":0}," TEST_STATS
                     "}]}" TEST_LACKING "}}",
                     CRICKET_OK,
                     "{\"group_by\":\"h\",\"interval\":\"1s\",\"groups\":["
                     "{\"value\":\"a\",\"tags\":{\"h\":\"a\"},"
                     "\"interval\":\"1s\",\"buckets\":["
                     "{\"start\":\"1970-01-01T00:00:00Z\"," TEST_SHOWN "},\n"
                     "{\"start\":\"1970-01-01T00:00:01Z\"," TEST_SHOWN "}]},\n"
                     "{\"value\":\"b\",\"tags\":{\"h\":\"b\"},"
                     "\"interval\":\"1s\",\"buckets\":["
                     "{\"start\":\"1970-01-01T00:00:00Z\"," TEST_SHOWN "}]}],"
                     "\"lacking\":4}",
                     NULL), "groups that each have a series");
}


static void
test_caps(void)
{
    size_t         i, n;
    char           text[256];
    cricket_buf_t  b;

    static const struct {
        const char  *args;
        const char  *key;
        size_t       most;
        const char  *message;
    } t[] = {
        { TEST_RANGE "&interval=1s", "\"time\":%zu", 10000,
          "interval: more than 10000 buckets in all, expected a longer one, "
          "a shorter range, or fewer groups" },
        { TEST_RANGE "&group_by=h", "\"group\":\"h=%zu\"", 1000,
          "group_by: more than 1000 groups, expected fewer keys, filters, "
          "or top" }
    };

    for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
        cricket_buf_init(&b, 1 << 24);
        cricket_buf_literal(&b, TEST_AGGS "\"buckets\":{\"buckets\":[");

        for (n = 0; n <= t[i].most; n++) {
            cricket_buf_cstr(&b, n ? ",{\"key\":{" : "{\"key\":{");
            (void) snprintf(text, sizeof(text), t[i].key, n);
            cricket_buf_cstr(&b, text);
            cricket_buf_literal(&b, "}," TEST_STATS "}");
        }

        cricket_buf_literal(&b, "]}}}");
        cricket_buf_append(&b, "", 1);

        CHECK(test_reads(CRICKET_QUERY_STATS, t[i].args, CRICKET_FORMAT_JSON,
                         (char *) b.data, CRICKET_DONE, t[i].message, NULL),
              "%s", t[i].message);

        cricket_buf_free(&b);
    }
}


static void
test_names(void)
{
    static const char  reply[] =
        TEST_AGGS "\"buckets\":{\"after_key\":{\"name\":\"c2\"},\"buckets\":["
        "{\"key\":{\"name\":\"c\\\"1\"},\"doc_count\":3},"
        "{\"key\":{\"name\":\"c2\"},\"doc_count\":1}]}}}";

    CHECK(test_reads(CRICKET_QUERY_NAMES, "", CRICKET_FORMAT_JSON, reply,
                     CRICKET_OK,
                     "{\"names\":[{\"name\":\"c\\\"1\",\"count\":3},\n"
                     "{\"name\":\"c2\",\"count\":1}]}", NULL), "names");

    CHECK(test_reads(CRICKET_QUERY_NAMES, "limit=1&prefix=c",
                     CRICKET_FORMAT_JSON, reply, CRICKET_OK,
                     "{\"names\":[{\"name\":\"c\\\"1\",\"count\":3}]}",
                     "limit=1&prefix=c&cursor="), "a page of names");

    CHECK(test_reads(CRICKET_QUERY_NAMES, "", CRICKET_FORMAT_JSON,
                     TEST_AGGS "\"buckets\":{\"buckets\":[]}}}", CRICKET_OK,
                     "{\"names\":[]}", NULL), "no names");
}


static void
test_bad_aggs(void)
{
    size_t  i;

    static const struct {
        cricket_query_e   kind;
        const char       *args;
        const char       *reply;
    } t[] = {
        { CRICKET_QUERY_STATS, TEST_RANGE, "" },
        { CRICKET_QUERY_STATS, TEST_RANGE, "[]" },
        { CRICKET_QUERY_STATS, TEST_RANGE, TEST_HEAD "}" },
        { CRICKET_QUERY_STATS, TEST_RANGE, TEST_AGGS "\"stats\":{}}}" },
        { CRICKET_QUERY_STATS, TEST_RANGE,
          TEST_AGGS "\"stats\":{\"count\":-1}}}" },
        { CRICKET_QUERY_STATS, TEST_RANGE,
          TEST_AGGS "\"stats\":{\"count\":1e300}}}" },
        { CRICKET_QUERY_STATS, TEST_RANGE,
          "{\"timed_out\":true,\"_shards\":{\"failed\":0},\"aggregations\":"
          "{\"stats\":{\"count\":0}}}" },
        { CRICKET_QUERY_STATS, TEST_RANGE,
          "{\"timed_out\":false,\"_shards\":{\"failed\":1},\"aggregations\":"
          "{\"stats\":{\"count\":0}}}" },
        { CRICKET_QUERY_STATS, TEST_RANGE,
          "{\"timed_out\":false,\"aggregations\":"
          "{\"stats\":{\"count\":0}}}" },
        { CRICKET_QUERY_STATS, TEST_RANGE "&percentiles=5",
          TEST_AGGS TEST_STATS "}}" },
        { CRICKET_QUERY_STATS, TEST_RANGE "&percentiles=5",
          TEST_AGGS "\"percentiles\":{\"values\":[{\"key\":6.0}]},"
          TEST_STATS "}}" },
        { CRICKET_QUERY_STATS, TEST_RANGE "&interval=1s",
          TEST_AGGS "\"buckets\":{}}}" },
        { CRICKET_QUERY_STATS, TEST_RANGE "&interval=1s",
          TEST_AGGS "\"buckets\":{\"buckets\":[{" TEST_STATS "}]}}}" },
        { CRICKET_QUERY_STATS, TEST_RANGE "&interval=1s",
          TEST_AGGS "\"buckets\":{\"buckets\":[{\"key\":{\"time\":1e300},"
          TEST_STATS "}]}}}" },
        { CRICKET_QUERY_STATS, TEST_RANGE "&interval=1s",
          TEST_AGGS "\"buckets\":{\"buckets\":[{\"key\":{\"time\":0}}]}}}" },
        { CRICKET_QUERY_NAMES, "",
          TEST_AGGS "\"buckets\":{\"buckets\":[{\"key\":{\"name\":1},"
          "\"doc_count\":1}]}}}" },
        { CRICKET_QUERY_NAMES, "",
          TEST_AGGS "\"buckets\":{\"buckets\":[{\"key\":{\"name\":\"\x9e\"},"
          "\"doc_count\":1}]}}}" },
        { CRICKET_QUERY_STATS, TEST_RANGE,
          TEST_AGGS "\"stats\":{\"count\":01,\"min\":1.0,\"max\":1.0,"
          "\"avg\":1.0,\"sum\":1.0}}}" },
        { CRICKET_QUERY_NAMES, "",
          TEST_AGGS "\"buckets\":{\"buckets\":[{\"key\":{\"name\":\"a\"}}]}}}"
        }
    };

    for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
        CHECK(test_reads(t[i].kind, t[i].args, CRICKET_FORMAT_JSON, t[i].reply,
                         CRICKET_INVALID, NULL, NULL),
              "no aggregations: %s", t[i].reply);
    }
}


/* what the pages before had is filtered out, if that is narrower */

static void
test_narrow(void)
{
    size_t            i;
    cricket_buf_t     b;
    cricket_query_t  *q;

    static const struct {
        const char  *args;
        const char  *range;
    } t[] = {
        { "name=n", "{\"gte\":1700000000000,\"format\"" },
        { "start=1600000000&end=1800000000",
          "{\"gte\":1700000000000,\"lte\":1800000000000," },
        { "start=1750000000", "{\"gte\":1750000000000,\"format\"" },
        { "order=desc&name=n", "{\"lte\":1700000000000,\"format\"" },
        { "order=desc&start=1600000000&end=1800000000",
          "{\"gte\":1600000000000,\"lte\":1700000000000," },
        { "order=desc&end=1650000000", "{\"lte\":1650000000000,\"format\"" }
    };

    for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
        q = test_parse(CRICKET_QUERY_METRICS, t[i].args);

        if (q == NULL) {
            CHECK(0, "a query for a page");
            return;
        }

        q->after.time.sec = 1700000000;
        q->after_set = 1;

        cricket_buf_init(&b, 65536);
        cricket_search_body(q, &b);
        cricket_buf_append(&b, "", 1);

        CHECK(strstr((char *) b.data, t[i].range) != NULL,
              "behind the page of \"%s\": %s", t[i].args, (char *) b.data);

        cricket_buf_free(&b);
        cricket_query_free(q);
    }
}


static void
test_export(void)
{
    const char       *err;
    cricket_buf_t     b;
    cricket_query_t  *q;

    static const char  full[] =
        TEST_HITS
        "{\"fields\":{\"value\":[1.0]},\"sort\":[1000,0,\"s\",3,\"m\"]},"
        "{\"fields\":{\"value\":[2.0]},\"sort\":[1004,7,\"s\",6,\"m\"]}]}}";
    static const char  docs[] =
        ",\"search_after\":[1004,7,\"s\",6,\"m\"],"
        "\"query\":{\"bool\":{\"filter\":["
        "{\"term\":{\"name\":\"n\"}},{\"term\":{\"type\":\"t\"}},";

    q = test_parse(CRICKET_QUERY_EXPORT, "name=n&type=t");

    if (q == NULL) {
        CHECK(0, "a query for an export");
        return;
    }

    cricket_buf_init(&b, 65536);

    CHECK(q->page == 5000 && cricket_search_halve(q) == CRICKET_OK
          && q->page == 2500, "a page can be made smaller");

    while (q->page > 2) {
        (void) cricket_search_halve(q);
    }

    CHECK(cricket_search_read_export(q, &cricket_writer_csv, TEXT(full), &b,
                                     &test_foreign, &err)
          == CRICKET_OK
          && b.len == strlen("name,type,value,timestamp,tags\r\n"
                             "n,t,1,1970-01-01T00:00:01Z,\r\n"
                             "n,t,2,1970-01-01T00:00:01.004000007Z,\r\n"),
          "a full page, with a header");

    b.len = 0;
    cricket_search_body(q, &b);
    cricket_buf_append(&b, "", 1);

    CHECK(strstr((char *) b.data, docs) != NULL
          && strstr((char *) b.data,
                    TEST_TIMES("\"1970-01-01T00:00:01.004Z\"",
                               "\"1970-01-01T00:00:01.013Z\"")) != NULL,
          "the next page is looked for nearby");

    b.len = 0;
    CHECK(cricket_search_read_export(q, &cricket_writer_csv,
                                     TEXT(TEST_HEAD "}"), &b,
                                     &test_foreign, &err)
          == CRICKET_OK && b.len == 0,
          "nothing nearby, and no second header");

    cricket_search_body(q, &b);
    cricket_buf_append(&b, "", 1);

    CHECK(strstr((char *) b.data, docs) != NULL
          && strstr((char *) b.data,
                    "{\"range\":{\"timestamp\":{"
                    "\"gte\":\"1970-01-01T00:00:01.004Z\"," TEST_FORMAT)
             != NULL,
          "so it is looked for everywhere");

    q->page = 1;
    b.len = 0;
    CHECK(cricket_search_read_export(q, &cricket_writer_csv, TEXT(full), &b,
                                     &test_foreign, &err)
          == CRICKET_INVALID && q->after.seq_no == 6,
          "more than a page has");
    q->page = 2;

    b.len = 0;
    CHECK(cricket_search_read_export(q, &cricket_writer_csv, TEXT("{}"), &b,
                                     &test_foreign, &err)
          == CRICKET_INVALID && q->after.seq_no == 6, "a bad page");

    b.len = 0;
    CHECK(cricket_search_read_export(q, &cricket_writer_csv,
                                     TEXT(TEST_HEAD "}"), &b,
                                     &test_foreign, &err)
          == CRICKET_DONE && b.len == 0,
          "the end");

    cricket_buf_free(&b);
    cricket_query_free(q);

    q = test_parse(CRICKET_QUERY_NAMES, "");
    CHECK(q != NULL && cricket_search_halve(q) == CRICKET_DONE,
          "names have no pages of datapoints");
    cricket_query_free(q);
}


/* a body or an answer that doesn't fit is an error, wherever the room ends */

static void
test_room(void)
{
    int               ok;
    size_t            max, len;
    const char       *err;
    cricket_ask_t    *ask;
    cricket_buf_t     b, next;
    cricket_query_t  *q;

    static const char  reply[] = TEST_HITS TEST_HIT "," TEST_HIT "]}}";
    static const char  series[] =
        TEST_AGGS "\"buckets\":{\"buckets\":[{\"key\":0," TEST_STATS "}]}}}";

    q = test_parse(CRICKET_QUERY_METRICS, "limit=1");

    if (q == NULL) {
        CHECK(0, "a query for little room");
        return;
    }

    ok = 1;

    for (max = 0; max < 70; max++) {
        cricket_buf_init(&b, max);
        cricket_buf_init(&next, 65536);

        ok &= (cricket_search_read(q, &cricket_writer_json, TEXT(reply), &b,
                                   &next,
                                   &test_foreign, &err) == CRICKET_ERROR);
        cricket_buf_free(&b);
        cricket_buf_free(&next);
    }

    CHECK(ok, "no room for the answer");

    cricket_buf_init(&b, 65536);
    cricket_buf_init(&next, 20);

    CHECK(cricket_search_read(q, &cricket_writer_json, TEXT(reply), &b, &next,
                              &test_foreign, &err)
          == CRICKET_ERROR, "no room for the link");

    cricket_buf_free(&b);
    cricket_buf_free(&next);
    cricket_query_free(q);

    q = test_parse(CRICKET_QUERY_STATS, TEST_RANGE "&interval=7d");

    if (q == NULL) {
        CHECK(0, "a query for a series without room");
        return;
    }

    ask = cricket_ask_create(q);

    cricket_buf_init(&b, 65536);
    cricket_ask_body(ask, &b);
    len = b.len;
    cricket_buf_free(&b);

    ok = (len != 0);

    for (max = 0; max < len; max++) {
        cricket_buf_init(&b, max);
        cricket_ask_body(ask, &b);
        ok &= b.failed;
        cricket_buf_free(&b);
    }

    CHECK(ok, "no room for the body of a series");

    cricket_buf_init(&b, 65536);
    cricket_buf_init(&next, 65536);

    ok = (cricket_ask_read(ask, &cricket_writer_json, TEXT(series), &b, &next,
                           &test_foreign, &err) == CRICKET_OK);
    len = b.len;
    cricket_buf_free(&b);

    for (max = 0; max < len; max++) {
        cricket_ask_free(ask);
        ask = cricket_ask_create(q);
        cricket_buf_init(&b, max);
        ok &= (cricket_ask_read(ask, &cricket_writer_json, TEXT(series), &b,
                                &next, &test_foreign, &err) == CRICKET_ERROR);
        cricket_buf_free(&b);
    }

    CHECK(ok, "no room for a series");

    cricket_ask_free(ask);
    cricket_buf_free(&next);
    cricket_query_free(q);
}


static void
test_places(void)
{
    size_t            i;
    const char       *err;
    cricket_ask_t    *ask;
    cricket_buf_t     b, next;
    cricket_query_t  *q;

    static const struct {
        cricket_query_e   kind;
        const char       *args;
        const char       *reply;
        const char       *place;
    } t[] = {
        { CRICKET_QUERY_METRICS, "", "[]", "not an object" },
        { CRICKET_QUERY_METRICS, "", TEST_HEAD ",}",
          "expected a key in quotes" },
        { CRICKET_QUERY_METRICS, "", TEST_HEAD "}{}",
          "a second value after the first" },
        { CRICKET_QUERY_METRICS, "", "{\"_shards\":{\"failed\":0}}",
          "timed_out" },
        { CRICKET_QUERY_METRICS, "", "{\"timed_out\":true}", "timed_out" },
        { CRICKET_QUERY_METRICS, "", "{\"timed_out\":0}", "timed_out" },
        { CRICKET_QUERY_METRICS, "", TEST_HEAD ",\"timed_out\":false}",
          "timed_out" },
        { CRICKET_QUERY_METRICS, "", "{\"timed_out\":false}", "_shards" },
        { CRICKET_QUERY_METRICS, "", "{\"_shards\":{\"failed\":2}}",
          "_shards.failed" },
        { CRICKET_QUERY_METRICS, "", "{\"_shards\":{}}", "_shards.failed" },
        { CRICKET_QUERY_METRICS, "", TEST_HEAD ",\"hits\":1}", "hits" },
        { CRICKET_QUERY_METRICS, "", TEST_HITS "]},\"hits\":{}}", "hits" },
        { CRICKET_QUERY_METRICS, "", TEST_HITS "],\"hits\":[]}}",
          "hits.hits" },
        { CRICKET_QUERY_METRICS, "", TEST_HITS "1]}}", "hits.hits" },
        { CRICKET_QUERY_METRICS, "",
          TEST_HITS "{\"sort\":[0,0,\"s\",0,\"m\"],"
          "\"sort\":[0,0,\"s\",0,\"m\"]}]}}",
          "hits.hits.sort" },
        { CRICKET_QUERY_METRICS, "",
          TEST_HITS "{\"fields\":{\"value\":[1,\"2\"]}}]}}",
          "hits.hits.fields.value" },
        { CRICKET_QUERY_METRICS, "",
          TEST_HITS "{\"fields\":{\"value\":[1,2]}}]}}",
          "hits.hits.sort" },
        { CRICKET_QUERY_METRICS, "",
          TEST_HITS "{\"fields\":{\"value\":[1],\"value\":[1]}}]}}",
          "hits.hits.fields.value" },
        { CRICKET_QUERY_METRICS, "type=t",
          TEST_HITS "{\"fields\":{\"name\":[1],\"value\":[1]}}]}}",
          "hits.hits.fields.name" },
        { CRICKET_QUERY_METRICS, "name=n",
          TEST_HITS "{\"fields\":{\"type\":{},\"value\":[1]}}]}}",
          "hits.hits.fields.type" },
        { CRICKET_QUERY_METRICS, "name=n",
          TEST_HITS "{\"fields\":{\"tags\":[1],\"value\":[1]}}]}}",
          "hits.hits.fields.tags" },
        { CRICKET_QUERY_METRICS, "",
          TEST_HITS "{\"sort\":[0,0,\"s\",1234567890123456789,\"m\"]}]}}",
          "hits.hits.sort" },
        { CRICKET_QUERY_METRICS, "name=n&type=t",
          TEST_HITS "{\"fields\":{\"name\":[\"n\"]}}]}}",
          "hits.hits.fields" },
        { CRICKET_QUERY_METRICS, "name=n&type=t",
          TEST_HITS "{\"fields\":{\"tags\":[]}}]}}", "hits.hits.sort" },
        { CRICKET_QUERY_STATS, TEST_RANGE, TEST_HEAD "}", "aggregations" },
        { CRICKET_QUERY_STATS, TEST_RANGE, TEST_HEAD ",\"aggregations\":{}}",
          "stats" },
        { CRICKET_QUERY_STATS, TEST_RANGE,
          TEST_AGGS "\"stats\":{\"count\":-1}}}", "stats.count" },
        { CRICKET_QUERY_STATS, TEST_RANGE,
          TEST_AGGS "\"stats\":{\"count\":1,\"min\":true}}}", "stats.min" },
        { CRICKET_QUERY_STATS, TEST_RANGE,
          TEST_AGGS "\"stats\":{\"sum\":1,\"sum\":2}}}", "stats.sum" },
        { CRICKET_QUERY_STATS, TEST_RANGE "&percentiles=5",
          TEST_AGGS TEST_STATS "}}", "percentiles" },
        { CRICKET_QUERY_STATS, TEST_RANGE "&percentiles=5",
          TEST_AGGS "\"percentiles\":{\"values\":["
          "{\"key\":6.0,\"value\":1}]}}}", "percentiles.values" },
        { CRICKET_QUERY_STATS, TEST_RANGE "&percentiles=5",
          TEST_AGGS "\"percentiles\":{\"values\":["
          "{\"key\":5.0,\"value\":1},{\"key\":5.0,\"value\":1}]}}}",
          "percentiles.values" },
        { CRICKET_QUERY_STATS, TEST_RANGE "&percentiles=5,6",
          TEST_AGGS "\"percentiles\":{\"values\":["
          "{\"key\":5.0,\"value\":1}]}}}", "percentiles.values" },
        { CRICKET_QUERY_STATS, TEST_RANGE "&percentiles=0",
          TEST_AGGS "\"percentiles\":{\"values\":["
          "{\"key\":null,\"value\":1}]}}}", "percentiles.values" },
        { CRICKET_QUERY_STATS, TEST_RANGE "&interval=1s", TEST_HEAD "}",
          "aggregations" },
        { CRICKET_QUERY_STATS, TEST_RANGE "&interval=1s", TEST_AGGS "}}",
          "buckets" },
        { CRICKET_QUERY_STATS, TEST_RANGE "&interval=1s",
          TEST_AGGS "\"buckets\":{}}}", "buckets.buckets" },
        { CRICKET_QUERY_STATS, TEST_RANGE "&interval=1s",
          TEST_AGGS "\"buckets\":{\"buckets\":[{}]}}}", "key" },
        { CRICKET_QUERY_STATS, TEST_RANGE "&interval=1s",
          TEST_AGGS "\"buckets\":{\"buckets\":[{\"key\":{}}]}}}",
          "key" },
        { CRICKET_QUERY_STATS, TEST_RANGE "&interval=1s",
          TEST_AGGS "\"buckets\":{\"buckets\":[{\"key\":{\"time\":[]}}]}}}",
          "key.time" },
        { CRICKET_QUERY_STATS, TEST_RANGE "&interval=7d",
          TEST_AGGS "\"buckets\":{\"buckets\":[{" TEST_STATS "}]}}}", "key" },
        { CRICKET_QUERY_STATS, TEST_RANGE "&interval=7d",
          TEST_AGGS "\"buckets\":{\"buckets\":[{\"key\":\"0\","
          TEST_STATS "}]}}}", "key" },
        { CRICKET_QUERY_STATS, TEST_RANGE "&interval=7d",
          TEST_AGGS "\"buckets\":{\"buckets\":[{\"key\":1.5E3,"
          TEST_STATS "}]}}}", "key" },
        { CRICKET_QUERY_STATS, TEST_RANGE "&interval=7d",
          TEST_AGGS "\"buckets\":{\"buckets\":[{\"key\":253402300800000,"
          TEST_STATS "}]}}}", "key" },
        { CRICKET_QUERY_STATS, TEST_RANGE "&interval=7d",
          TEST_AGGS "\"buckets\":{\"buckets\":[{\"key\":0,\"key\":0,"
          TEST_STATS "}]}}}", "key" },
        { CRICKET_QUERY_STATS, TEST_RANGE "&interval=7d",
          TEST_AGGS "\"buckets\":{\"buckets\":[{\"key\":0}]}}}", "stats" },
        { CRICKET_QUERY_STATS, TEST_RANGE "&group_by=h&interval=36500d",
          TEST_AGGS "\"buckets\":{\"buckets\":[{\"key\":0," TEST_STATS
          "}]}}}", "key" },
        { CRICKET_QUERY_STATS, TEST_RANGE "&group_by=h",
          TEST_AGGS "\"buckets\":{\"buckets\":[]}}}", "lacking" },
        { CRICKET_QUERY_STATS, TEST_RANGE "&group_by=h",
          TEST_AGGS "\"buckets\":{\"buckets\":[{\"key\":{\"group\":1}}]}}}",
          "key.group" },
        { CRICKET_QUERY_STATS, TEST_RANGE "&group_by=h",
          TEST_AGGS "\"buckets\":{\"buckets\":["
          "{\"key\":{\"group\":\"h=\\udc00\"}}]}}}", "key.group" },
        { CRICKET_QUERY_NAMES, "",
          TEST_AGGS "\"buckets\":{\"buckets\":["
          "{\"key\":{\"name\":\"a\"}}]}}}", "doc_count" },
        { CRICKET_QUERY_NAMES, "",
          TEST_AGGS "\"buckets\":{\"buckets\":[{\"key\":{}}]}}}",
          "key.name" }
    };

    for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
        q = test_parse(t[i].kind, t[i].args);

        if (q == NULL) {
            CHECK(0, "a query for %s", t[i].reply);
            continue;
        }

        cricket_buf_init(&b, 65536);
        cricket_buf_init(&next, 65536);

        err = "";

        ask = cricket_ask_create(q);

        CHECK(cricket_ask_read(ask, &cricket_writer_json,
                               (const unsigned char *) t[i].reply,
                               strlen(t[i].reply), &b, &next,
                               &test_foreign, &err)
              == CRICKET_INVALID && strcmp(err, t[i].place) == 0,
              "%s: %s, not %s", t[i].reply, t[i].place, err);

        cricket_ask_free(ask);
        cricket_buf_free(&b);
        cricket_buf_free(&next);
        cricket_query_free(q);
    }
}


/* without one of its members a reply that is taken is not */

static void
test_left_out(void)
{
    char         reply[1024];
    size_t       i, n;
    const char  *cut;

    static const char  args[] =
        TEST_RANGE "&interval=1s&group_by=h&percentiles=5";
    static const char  full[] =
        TEST_AGGS "\"buckets\":{\"buckets\":[{\"key\":{\"time\":0,"
        "\"group\":\"h=a\"},\"percentiles\":{\"values\":[{\"value\":1.0,"
        "\"key\":5.0}]},\"stats\":{\"count\":1,\"min\":1.0,\"max\":1.0,"
        "\"avg\":1.0,\"sum\":1.0}}]}" TEST_LACKING "}}";
    static const char  *t[] = {
        "\"time\":0,", ",\"group\":\"h=a\"", "\"value\":1.0,",
        ",\"key\":5.0", "\"values\":[{\"value\":1.0,\"key\":5.0}]",
        "\"count\":1,", "\"min\":1.0,", "\"max\":1.0,", "\"avg\":1.0,",
        ",\"sum\":1.0", TEST_LACKING
    };

    CHECK(test_reads(CRICKET_QUERY_STATS, args, CRICKET_FORMAT_JSON, full,
                     CRICKET_OK,
                     "{\"group_by\":\"h\",\"interval\":\"1s\",\"groups\":["
                     "{\"value\":\"a\",\"tags\":{\"h\":\"a\"},"
                     "\"interval\":\"1s\",\"buckets\":["
                     "{\"start\":\"1970-01-01T00:00:00Z\",\"count\":1,"
                     "\"sum\":1,\"min\":1,\"max\":1,\"average\":1,"
                     "\"percentiles\":{\"5\":1}}]}],\"lacking\":4}", NULL),
          "with all its members");

    for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
        cut = strstr(full, t[i]);
        n = cut - full;

        (void) snprintf(reply, sizeof(reply), "%.*s%s", (int) n, full,
                        cut + strlen(t[i]));

        CHECK(test_reads(CRICKET_QUERY_STATS, args, CRICKET_FORMAT_JSON, reply,
                         CRICKET_INVALID, NULL, NULL), "without %s", t[i]);
    }
}


/* names that no datapoint has, and where the next page begins */

static void
test_long_names(void)
{
    char              reply[8192], name[4096], expected[2048];
    size_t            i, n;
    const char       *err;
    cricket_buf_t     b, next;
    cricket_query_t  *q;

    static const struct {
        const char  *unit;      /* of the name, repeated */
        size_t       times;
        size_t       kept;      /* of the units */
        const char  *kept_unit;
    } t[] = {
        { "n", 513, 508, "n" },
        { "n", 2000, 508, "n" },
        { "\xc3\xa9", 257, 254, "\xc3\xa9" },
        { "\xe2\x82\xac", 171, 169, "\xe2\x82\xac" },
        { "\xf0\x9f\xa6\x97", 129, 127, "\xf0\x9f\xa6\x97" },
        { "\\u00e9", 257, 254, "\xc3\xa9" },
        { "", 1, 0, "" }
    };

    for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
        name[0] = '\0';

        for (n = 0; n < t[i].times; n++) {
            strcat(name, t[i].unit);
        }

        (void) snprintf(reply, sizeof(reply),
                        TEST_AGGS "\"buckets\":{\"buckets\":["
                        "{\"key\":{\"name\":\"%s\"},\"doc_count\":1},"
                        "{\"key\":{\"name\":\"z\"},\"doc_count\":2}]}}}",
                        name);

        CHECK(test_reads(CRICKET_QUERY_NAMES, "", CRICKET_FORMAT_JSON, reply,
                         CRICKET_OK,
                         "{\"names\":[{\"name\":\"z\",\"count\":2}]}", NULL)
              && test_foreign == 1, "passed over: %s", t[i].unit);

        q = test_parse(CRICKET_QUERY_NAMES, "limit=1");

        if (q == NULL) {
            CHECK(0, "a query for a page of names");
            return;
        }

        cricket_buf_init(&b, 65536);
        cricket_buf_init(&next, 65536);

        CHECK(cricket_search_read(q, &cricket_writer_json,
                                  (const unsigned char *) reply,
                                  strlen(reply), &b, &next, &test_foreign,
                                  &err) == CRICKET_OK
              && test_buf_is(&b, "{\"names\":[]}\n"),
              "a page of nothing: %s", t[i].unit);

        cricket_query_free(q);
        cricket_buf_append(&next, "", 1);

        q = test_parse(CRICKET_QUERY_NAMES, (char *) next.data);

        if (q == NULL) {
            CHECK(0, "a next page of names");
            return;
        }

        strcpy(expected, "\"after\":{\"name\":\"");

        for (n = 0; n < t[i].kept; n++) {
            strcat(expected, t[i].kept_unit);
        }

        strcat(expected, t[i].kept ? "\xf4\x8f\xbf\xbf\"}" : "\\u0001\"}");

        b.len = 0;
        cricket_search_body(q, &b);
        cricket_buf_append(&b, "", 1);

        CHECK(strstr((char *) b.data, expected) != NULL,
              "where the next page begins: %s", (char *) b.data);

        cricket_query_free(q);
        cricket_buf_free(&b);
        cricket_buf_free(&next);
    }
}


static void
test_bounds(void)
{
    char    reply[2048], out[2048], name[CRICKET_NAME_LEN + 2];
    size_t  i;

    CHECK(test_reads(CRICKET_QUERY_METRICS, "", CRICKET_FORMAT_JSON,
                     TEST_HEAD ",\"hits\":{}}", CRICKET_OK, "[]", NULL),
          "hits without an array");

    strcpy(reply, TEST_HITS "{"
    "\"sort\":[0,0,\"s\",0,\"m\"],\"fields\":{\"value\":[1],"
                  "\"tags\":[\"k=v\"");
    strcpy(out, "[{\"name\":\"n\",\"type\":\"t\",\"value\":1,\"timestamp\":"
                "\"1970-01-01T00:00:00Z\",\"tags\":{\"k\":\"v\"");

    for (i = 1; i < CRICKET_TAGS; i++) {
        strcat(reply, ",\"k=v\"");
        strcat(out, ",\"k\":\"v\"");
    }

    strcat(reply, "]}}]}}");
    strcat(out, "}}]");

    CHECK(test_reads(CRICKET_QUERY_METRICS, "name=n&type=t",
                     CRICKET_FORMAT_JSON, reply, CRICKET_OK, out, NULL),
          "40 tags");

    strcpy(strstr(reply, "]}}]}}"), ",\"k=v\"]}}]}}");

    CHECK(test_reads(CRICKET_QUERY_METRICS, "name=n&type=t",
                     CRICKET_FORMAT_JSON, reply, CRICKET_OK, "[]", NULL)
          && test_foreign == 1, "41 tags");

    memset(name, 0, sizeof(name));

    for (i = CRICKET_NAME_LEN; i <= CRICKET_NAME_LEN + 1; i++) {
        memset(name, 'n', i);

        (void) snprintf(reply, sizeof(reply),
                        TEST_AGGS "\"buckets\":{\"buckets\":[{\"key\":"
                        "{\"name\":\"%s\"},\"doc_count\":1}]}}}", name);
        (void) snprintf(out, sizeof(out), i > CRICKET_NAME_LEN
                        ? "{\"names\":[]}"
                        : "{\"names\":[{\"name\":\"%s\",\"count\":1}]}",
                        name);

        CHECK(test_reads(CRICKET_QUERY_NAMES, "", CRICKET_FORMAT_JSON, reply,
                         CRICKET_OK, out, NULL)
              && test_foreign == (i > CRICKET_NAME_LEN),
              "a name of %zu bytes", i);
    }
}


int
main(void)
{
    test_uri();
    test_bodies();
    test_forms();
    test_injection();
    test_hits();
    test_values();
    test_pages();
    test_csv();
    test_bad_hits();
    test_foreign_hits();
    test_cut_short();
    test_stats();
    test_series();
    test_groups();
    test_caps();
    test_names();
    test_bad_aggs();
    test_narrow();
    test_export();
    test_room();
    test_places();
    test_left_out();
    test_long_names();
    test_bounds();

    return test_done();
}
