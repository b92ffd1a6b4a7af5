
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#include <math.h>

#include "cricket_fold.h"
#include "cricket_json.h"
#include "cricket_opentsdb_ask.h"
#include "cricket_opentsdb_private.h"
#include "cricket_params.h"
#include "cricket_writer_opentsdb.h"
#include "test.h"


static const cricket_time_t  test_now = { 1700000000, 0 };


static cricket_query_t *
test_ask(cricket_query_e kind, const char *args, const char *body,
    cricket_buf_t *err)
{
    cricket_query_t  *q;

    q = cricket_params_parse(kind, (const unsigned char *) args, strlen(args),
                             &test_now, err);
    if (q == NULL) {
        return NULL;
    }

    return cricket_opentsdb_ask(q, (const unsigned char *) body, strlen(body),
                                err);
}


static void
test_times(void)
{
    size_t          i;
    cricket_str_t   text;
    const char     *message;
    cricket_time_t  t;

    static const struct {
        const char  *text;
        int64_t      msec;
    } times[] = {
        { "now", 1700000000000 }, { "NOW", 1700000000000 },
        { "1h-ago", 1699996400000 }, { "90s-ago", 1699999910000 },
        { "250ms-ago", 1699999999750 }, { "2d-ago", 1699827200000 },
        { "1w-AGO", 1699395200000 }, { "1n-ago", 1697408000000 },
        { "1y-ago", 1668464000000 }, { "0", 0 },
        { "1795622400", 1795622400000 }, { "1795622400123", 1795622400123 },
        { "1795622400.5", 1795622400500 }, { "1795622400.123", 1795622400123 },
        { "5ms", 5 }, { "2015/06/04", 1433376000000 },
        { "2015/06/04-13:30", 1433424600000 },
        { "2015/06/04 13:30:01", 1433424601000 },
        { "", -1 }, { "-1", -1 }, { "x", -1 }, { "1h", -1 }, { "0h-ago", -1 },
        { "1x-ago", -1 }, { "2015/02/30", -1 }, { "2015/06/04-13", -1 },
        { "2015/6/4", -1 }, { "1.5.5", -1 }, { "1795622400123.5", -1 },
        { "99999999999999999999", -1 }, { "9999999999999999", -1 }
    };

    for (i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
        text.data = (const unsigned char *) times[i].text;
        text.len = strlen(times[i].text);

        message = cricket_opentsdb_time(&text, &test_now, NULL, &t);

        CHECK((message != NULL) == (times[i].msec < 0)
              && (message != NULL || cricket_time_msec(&t) == times[i].msec),
              "time: %s", times[i].text);
    }
}


static void
test_regexps(void)
{
    size_t          i;
    const char     *message;
    cricket_buf_t   b;
    cricket_str_t   text;

    static const struct {
        const char  *java;
        const char  *lucene;    /* NULL: refused */
    } regexps[] = {
        { "web", "(.*web.*)" }, { "^web$", "(()web)" },
        { "a|^b", "(.*a.*|()b.*)" }, { "^(?:a|)x+?", "(()(a|())x+.*)" },
        { "a.b\\.c", "(.*a.b\\.c.*)" }, { "\\d{2,3}", "(.*[0-9]{2,3}.*)" },
        { "[a-c\\d]", "(.*[a-c0-9].*)" }, { "[^a-]", "(.*[^a\\-].*)" },
        { "(?i)aB1", "(.*[aA][Bb]1.*)" }, { "(?i)[a-c]", "(.*[a-cA-C].*)" },
        { "a\"@#&~<>", "(.*a\\\"\\@\\#\\&\\~\\<\\>.*)" }, { "", "(.*.*)" },
        { "(", NULL }, { ")", NULL }, { "*", NULL }, { "a**", NULL },
        { "a++", NULL }, { "(?=a)", NULL }, { "a^", NULL }, { "a$b", NULL },
        { "\\b", NULL }, { "\\1", NULL }, { "a{", NULL }, { "a{101}", NULL },
        { "a{x}", NULL }, { "[", NULL }, { "[]", NULL }, { "[z-a]", NULL },
        { "[a&&b]", NULL }, { "\\", NULL }, { "[\\", NULL }, { "(^a)", NULL }
    };

    for (i = 0; i < sizeof(regexps) / sizeof(regexps[0]); i++) {
        text.data = (const unsigned char *) regexps[i].java;
        text.len = strlen(regexps[i].java);

        cricket_buf_init(&b, SIZE_MAX);
        message = cricket_opentsdb_regexp(&text, &b);

        CHECK((message != NULL) == (regexps[i].lucene == NULL)
              && (message != NULL
                  || (b.len == strlen(regexps[i].lucene)
                      && memcmp(b.data, regexps[i].lucene, b.len) == 0)),
              "expression: %s: %.*s", regexps[i].java, (int) b.len,
              (char *) b.data);

        cricket_buf_free(&b);
    }
}


static void
test_questions(void)
{
    size_t            i;
    cricket_buf_t     err;
    cricket_query_t  *q;

    static const struct {
        const char  *args;
        const char  *body;
        const char  *message;
    } wrong[] = {
        { "", "", "m: missing" },
        { "m=sum:a", "", "start: missing" },
        { "start=1&m=sum", "", "m: \"sum\": expected an aggregator, a colon "
          "and a metric, as sum:1m-avg:rate:sys.cpu{host=*}" },
        { "start=1&m=sum:a{b", "", "m: \"a{b\": expected {KEY=VALUE,...} "
          "behind the metric" },
        { "start=1&m=sum:a{b}", "", "m: \"b\": expected KEY=VALUE" },
        { "start=1&m=sum:a{b=}", "", "m: empty" },
        { "start=1&m=sum:rate{counter,x}:a", "", "m: \"x\": expected a number "
          "that is not below 0" },
        { "start=1&m=sum:rate{a,1,2,3}:a", "", "m: \"rate{a,1,2,3}\": "
          "expected rate{counter,MAX,RESET}" },
        { "start=1&m=sum:percentiles[99]:a", "", "m: \"percentiles[99]\": is "
          "not to be had here" },
        { "start=1&tz=Nowhere/x&m=sum:a", "", "tz: \"Nowhere/x\": "
          "expected the name of a zone, as Europe/Berlin" },
        { "start=1&timezone=Nowhere/x&m=sum:a", "", "timezone: \"Nowhere/x\": "
          "expected the name of a zone, as Europe/Berlin" },
        { "start=1&m=sum:2dc-avg:a", "", "m: \"2dc-avg\": "
          "of a calendar there is 1dc, 1wc, 1nc or 1yc, no more of them "
          "together" },
        { "start=1&m=sum:1m-avg-scalar:a", "", "m: \"1m-avg-scalar\": of "
          "fill policies there are none, nan, null and zero" },
        { "start=1&m=sum:a&tz=UTC", "{\"timezone\":\"x\"}", "timezone: "
          "\"x\": expected the name of a zone, as Europe/Berlin" },
        { "start=1&m=sum:a", "{\"queries\":[{\"rate\":1}]}",
          "queries[0].rate: expected true or false" },
        { "start=1&m=sum:a", "{\"queries\":[{\"metric\":\"a\","
          "\"aggregator\":\"sum\",\"downsample\":\"1x-avg\"}]}",
          "queries[0].downsample: \"1x-avg\": expected an interval, a \"-\", "
          "a function and perhaps a \"-\" and a fill policy, as 1m-avg, "
          "1h-sum-null, 1dc-max or 0all-sum" },
        { "", "{\"start\":1,\"queries\":[1]}", "queries[0].body: expected an "
          "object, {\"metric\":...,\"aggregator\":...}" },
        { "", "{\"start\":1,\"queries\":[{\"rate\":1}]}", "queries[0].rate: "
          "expected true or false" },
        { "", "{\"start\":1,\"queries\":[{\"tags\":{\"a\":1}}]}",
          "queries[0].tags: expected a string" },
        { "", "{\"start\":1,\"queries\":[{\"filters\":[{},{}]}]}",
          "queries[0].filters[0].type: expected literal_or, iliteral_or, "
          "not_literal_or, not_iliteral_or, wildcard, iwildcard, regexp or "
          "not_key" },
        { "", "{\"start\":{},\"queries\":[]}", "start: expected a string or a "
          "number" },
        { "", "{\"delete\":true}", "delete: is not to be had here" }
    };

    cricket_buf_init(&err, SIZE_MAX);

    for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        err.len = 0;
        q = test_ask(CRICKET_QUERY_TSDB, wrong[i].args, wrong[i].body, &err);

        CHECK(q == NULL && err.len == strlen(wrong[i].message)
              && memcmp(err.data, wrong[i].message, err.len) == 0,
              "wrong: %s%s: %.*s", wrong[i].args, wrong[i].body,
              (int) err.len, (char *) err.data);

        cricket_query_free(q);
    }

    err.len = 0;
    q = test_ask(CRICKET_QUERY_TSDB, "start=1h-ago&ms&arrays=false&m=p99:"
                 "1m-sum-null:rate{dropcounter,9,}:a:b{h=*,d=x|y}{k=re*}"
                 "&m=none:c", "", &err);

    CHECK(q != NULL && q->next != NULL && q->next->next == NULL, "two");

    if (q != NULL && q->next != NULL) {
        CHECK(cricket_string_is(&q->name, "a:b"), "a colon in a name");
        CHECK(q->lines.width == 60000 && q->fill == CRICKET_FILL_NULL
              && q->lines.down.how == CRICKET_FOLD_SUM
              && q->lines.fold.how == CRICKET_FOLD_PERCENTILE
              && q->lines.rate && q->lines.counter && q->lines.drop
              && q->lines.counter_max == 9 && q->lines.milliseconds
              && !q->lines.arrays, "and all that is asked");
        CHECK(q->nkeys == 2 && cricket_string_is(&q->keys[0], "h")
              && cricket_string_is(&q->keys[1], "d") && q->ntags == 4
              && q->tags[1].set == q->tags[2].set
              && q->tags[0].set != q->tags[1].set && q->tags[3].regexp,
              "groups and filters");
        CHECK(q->next->lines.width == 1 && !q->next->lines.buckets
              && q->next->lines.down.how == CRICKET_FOLD_AVERAGE,
              "without downsample");
    }

    cricket_query_free(q);
    cricket_buf_free(&err);
}


/* two series with gaps, by seconds: 0 has 1 3 . 5, 1 has . 10 20 . 40 */

static void
test_fold(const char *m, const char *want)
{
    int               rc;
    char              args[256];
    size_t            i;
    cricket_buf_t     err, out;
    cricket_fold_t    fold;
    cricket_query_t  *q;
    cricket_result_t  result;

    static const cricket_str_t  ids[] = {
        cricket_string("aaaaaaaaaaaa"), cricket_string("bbbbbbbbbbbb")
    };
    static const cricket_str_t  tags[] = {
        cricket_string("dc=eu\nhost=a\n"), cricket_string("dc=eu\nhost=b\n")
    };
    static const cricket_str_t  none = { 0, (const unsigned char *) "" };

    static const struct {
        size_t   series;
        int64_t  sec;
        double   value;
    } cells[] = {
        { 0, 10, 1 }, { 0, 20, 3 }, { 1, 20, 10 }, { 1, 30, 20 },
        { 0, 40, 5 }, { 1, 50, 40 }
    };

    cricket_buf_init(&err, SIZE_MAX);
    cricket_buf_init(&out, SIZE_MAX);

    (void) snprintf(args, sizeof(args), "start=10&end=55&m=%s", m);

    q = test_ask(CRICKET_QUERY_TSDB, args, "", &err);

    if (!CHECK(q != NULL, "fold: %s: %.*s", m, (int) err.len,
               (char *) err.data))
    {
        cricket_buf_free(&err);
        return;
    }

    cricket_fold_init(&fold, q);

    for (i = 0; i < 2; i++) {
        (void) cricket_fold_add(&fold, &ids[i], &tags[i], &none);
    }

    for (i = 0; i < sizeof(cells) / sizeof(cells[0]); i++) {
        (void) cricket_fold_point(&fold, &ids[cells[i].series],
                                  cells[i].sec * 1000, cells[i].value);
    }

    cricket_result_init(&result, &cricket_writer_opentsdb, q, &out);

    result.writer->head(&result);
    rc = cricket_fold_write(&fold, &result);
    result.writer->tail(&result);

    CHECK(rc == CRICKET_OK && out.len == strlen(want)
          && memcmp(out.data, want, out.len) == 0, "fold: %s: %.*s", m,
          (int) out.len, (char *) out.data);

    cricket_result_free(&result);
    cricket_fold_free(&fold);
    cricket_query_free(q);
    cricket_buf_free(&out);
    cricket_buf_free(&err);
}


#define BOTH  "[{\"metric\":\"m\",\"tags\":{\"dc\":\"eu\"}," \
              "\"aggregateTags\":[\"host\"],\"dps\":{"
#define A     "[{\"metric\":\"m\",\"tags\":{\"dc\":\"eu\",\"host\":\"a\"}," \
              "\"aggregateTags\":[],\"dps\":{"
#define B     "}},\n{\"metric\":\"m\",\"tags\":{\"dc\":\"eu\"," \
              "\"host\":\"b\"},\"aggregateTags\":[],\"dps\":{"


static void
test_folds(void)
{
    test_fold("sum:10s-sum:m",
              BOTH "\"10\":1,\"20\":13,\"30\":24,\"40\":35,\"50\":40}}]\n");
    test_fold("zimsum:10s-sum:m",
              BOTH "\"10\":1,\"20\":13,\"30\":20,\"40\":5,\"50\":40}}]\n");
    test_fold("count:10s-sum:m",
              BOTH "\"10\":1,\"20\":2,\"30\":1,\"40\":1,\"50\":1}}]\n");
    test_fold("min:10s-sum:m",
              BOTH "\"10\":1,\"20\":3,\"30\":4,\"40\":5,\"50\":40}}]\n");
    test_fold("mimmin:10s-sum:m",
              BOTH "\"10\":1,\"20\":3,\"30\":20,\"40\":5,\"50\":40}}]\n");
    test_fold("dev:10s-sum:m",
              BOTH "\"10\":0,\"20\":3.5,\"30\":8,\"40\":12.5,\"50\":0}}]\n");
    test_fold("p50:10s-sum:m",
              BOTH "\"10\":1,\"20\":6.5,\"30\":12,\"40\":17.5,\"50\":40}}]\n");
    test_fold("none:10s-sum:m", A "\"10\":1,\"20\":3,\"40\":5" B
              "\"20\":10,\"30\":20,\"50\":40}}]\n");
    test_fold("sum:10s-sum:m{host=*}", A "\"10\":1,\"20\":3,\"40\":5" B
              "\"20\":10,\"30\":20,\"50\":40}}]\n");
    test_fold("sum:10s-sum-zero:m{host=*}",
              A "\"10\":1,\"20\":3,\"30\":0,\"40\":5,\"50\":0" B
              "\"10\":0,\"20\":10,\"30\":20,\"40\":0,\"50\":40}}]\n");
    test_fold("sum:10s-sum-null:m",
              BOTH "\"10\":1,\"20\":13,\"30\":20,\"40\":5,\"50\":40}}]\n");
    test_fold("none:10s-sum-nan:m",
              A "\"10\":1,\"20\":3,\"30\":\"NaN\",\"40\":5,\"50\":\"NaN\"" B
              "\"10\":\"NaN\",\"20\":10,\"30\":20,\"40\":\"NaN\","
              "\"50\":40}}]\n");
    test_fold("none:10s-sum:rate:m", A "\"20\":0.2,\"40\":0.1" B
              "\"30\":1,\"50\":1}}]\n");
    test_fold("sum:10s-sum:rate:m",
              BOTH "\"20\":0.2,\"30\":1.2,\"40\":1.1,\"50\":1}}]\n");
    test_fold("sum:10s-sum:explicit_tags:m{host=*}", "[]\n");
    test_fold("sum:10s-sum:m{rack=*}", "[]\n");
}


int
main(void)
{
    test_times();
    test_regexps();
    test_questions();
    test_folds();

    return test_done();
}
