
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#include <stdlib.h>

#include "cricket_accept.h"
#include "cricket_params.h"
#include "cricket_query_private.h"
#include "test.h"


#define TEST_RANGE  "name=a&start=0&end=now"


static cricket_query_t *test_parse(cricket_query_e kind, const char *args,
    cricket_buf_t *err);
static int test_taken(cricket_query_e kind, const char *args);
static int test_fails(cricket_query_e kind, const char *args,
    const char *message);
static void test_good(void);
static void test_bad(void);
static void test_values(void);
static void test_times(void);
static void test_zones(void);
static void test_decoding(void);
static void test_every_byte(void);
static void test_many(void);
static void test_formats(void);
static void test_post(void);
static void test_others(void);
static int test_precision(cricket_query_e kind, const char *args,
    uint64_t precision);
static void test_cursors(void);
static void test_cursor(cricket_query_e kind, const unsigned char *data,
    size_t len, char *args);
static void test_cursor_texts(void);
static void test_cursor_damage(void);
static int test_damage(char *args);
static int test_damaged(const char *args);
static void test_next(void);
static void test_memory(void);


/* 2023-11-14T22:13:20.123456789Z */

static const cricket_time_t  test_now = { 1700000000, 123456789 };


static cricket_query_t *
test_parse(cricket_query_e kind, const char *args, cricket_buf_t *err)
{
    size_t            len;
    unsigned char    *copy;
    cricket_query_t  *q;

    /* on the heap and exactly as long, so that reading on is found */

    len = strlen(args);
    copy = malloc(len ? len : 1);

    if (copy == NULL) {
        return NULL;
    }

    memcpy(copy, args, len);

    cricket_buf_init(err, 65536);
    q = cricket_params_parse(kind, copy, len, &test_now, err);

    free(copy);

    return q;
}


static int
test_taken(cricket_query_e kind, const char *args)
{
    int               ok;
    cricket_buf_t     err;
    cricket_query_t  *q;

    q = test_parse(kind, args, &err);
    ok = (q != NULL && err.len == 0);

    cricket_query_free(q);
    cricket_buf_free(&err);

    return ok;
}


static int
test_fails(cricket_query_e kind, const char *args, const char *message)
{
    int               ok;
    cricket_buf_t     err;
    cricket_query_t  *q;

    q = test_parse(kind, args, &err);

    ok = (q == NULL && err.len == strlen(message)
          && memcmp(err.data, message, err.len) == 0);

    if (!ok) {
        fprintf(stderr, "# got \"%.*s\"\n", (int) err.len,
                err.len ? (char *) err.data : "");
    }

    cricket_query_free(q);
    cricket_buf_free(&err);

    return ok;
}


static void
test_good(void)
{
    size_t  i;

    static const struct {
        cricket_query_e   kind;
        const char       *args;
    } t[] = {
        { CRICKET_QUERY_NONE, "" },
        { CRICKET_QUERY_POST, "" },
        { CRICKET_QUERY_POST, "accept_partial=true&refresh=wait_for" },
        { CRICKET_QUERY_POST, "accept_partial=false&refresh=false" },
        { CRICKET_QUERY_METRICS, "" },
        { CRICKET_QUERY_METRICS, "&&name=a&" },
        { CRICKET_QUERY_METRICS, "n%61me=a" },
        { CRICKET_QUERY_METRICS, "name=a=b&type=%3d" },
        { CRICKET_QUERY_METRICS, "tag.A/b.c-d_9=x=y&tag.h=%26" },
        { CRICKET_QUERY_METRICS, "tag%2ehost=web1" },
        { CRICKET_QUERY_METRICS, "start=now-1h&end=now%2b1w&timestamp=now" },
        { CRICKET_QUERY_METRICS, "start=0&end=0" },
        { CRICKET_QUERY_METRICS, "start=0&before=1483224590&order=desc" },
        { CRICKET_QUERY_METRICS, "before=0001-01-01T00:00:00.000000001Z" },
        { CRICKET_QUERY_METRICS, "order=asc" },
        { CRICKET_QUERY_STATS, "name=a&start=0&before=now/d" },
        { CRICKET_QUERY_EXPORT, "before=now" },
        { CRICKET_QUERY_METRICS, "tag.a=b&tag.a=c&tag.a=b&tag%2Ea!=d" },
        { CRICKET_QUERY_METRICS, "tag.a~=*&tag.a!~=%3F%5C*&tag.a~=%5C%5C" },
        { CRICKET_QUERY_METRICS, "name~=??????????????*?????????" },
        { CRICKET_QUERY_STATS, "name~=a*&start=0&end=now" },
        { CRICKET_QUERY_NAMES, "name~=a&type=t&tag.a=b&start=0&before=now" },
        { CRICKET_QUERY_METRICS, "limit=1&format=csv" },
        { CRICKET_QUERY_METRICS, "limit=1000&format=ndjson" },
        { CRICKET_QUERY_STATS, TEST_RANGE },
        { CRICKET_QUERY_STATS, TEST_RANGE "&percentiles=0,50,99.9,100" },
        { CRICKET_QUERY_STATS, TEST_RANGE "&interval=30s&group_by=a/b.c-d" },
        { CRICKET_QUERY_STATS, TEST_RANGE "&interval=36500d" },
        { CRICKET_QUERY_STATS, TEST_RANGE "&interval=1M&tz=Europe/Berlin" },
        { CRICKET_QUERY_STATS, TEST_RANGE "&points=300&fill=previous" },
        { CRICKET_QUERY_STATS, TEST_RANGE "&group_by=a,b/c,d.e&top=5"
          "&rank=p99.9&percentiles=50&format=csv" },
        { CRICKET_QUERY_STATS, TEST_RANGE "&interval=1m&rate=cumulative"
          "&per=b&group_by=h&bottom=1&rank=rate" },
        { CRICKET_QUERY_STATS, TEST_RANGE "&histogram=true&percentiles=99"
          "&below=-1e3&interval=1m&rate=increments&group_by=h" },
        { CRICKET_QUERY_NAMES, "detail=true&format=csv&name~=a*" },
        { CRICKET_QUERY_TAG_KEYS, "name=a" },
        { CRICKET_QUERY_TAG_KEYS, "key=h&order=last&limit=5&prefix=w" },
        { CRICKET_QUERY_LAST, "name~=a*&start=2023-11-14&tz=Asia/Kolkata" },
        { CRICKET_QUERY_STATS, TEST_RANGE "&type=t&tag.host=w" },
        { CRICKET_QUERY_NAMES, "prefix=c&limit=7" },
        { CRICKET_QUERY_EXPORT, TEST_RANGE "&type=t&tag.a=b&format=csv" },
        { CRICKET_QUERY_EXPORT, "" }
    };

    for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
        CHECK(test_taken(t[i].kind, t[i].args), "taken: %s", t[i].args);
    }
}


#define ON_POST  ": unknown parameter, there are accept_partial and refresh"

#define ON_METRICS                                                           \
    ": unknown parameter, there are name, name~, timestamp, type, tag.KEY, "  \
    "start, end, before, tz, order, limit, cursor and format"

#define ON_STATS                                                             \
    ": unknown parameter, there are name, name~, type, tag.KEY, start, end, " \
    "before, tz, interval, points, fill, group_by, top, bottom, rank, "        \
    "percentiles, rate, per, histogram, below and format"

#define ON_NAMES                                                             \
    ": unknown parameter, there are name~, type, tag.KEY, start, end, "       \
    "before, tz, prefix, detail, limit, cursor and format"


static void
test_bad(void)
{
    size_t  i;

    static const char  limit[] =
        "limit: expected a whole number from 1 to 1000";
    static const char  interval[] =
        "interval: expected a whole number and s, m, h or d, "
        "from 1s to 36500d, or 1w, 1M, 1q or 1y";
    static const char  percentiles[] =
        "percentiles: expected numbers from 0 to 100, such as 50,95,99.9";
    static const char  keys[] =
        "group_by: expected keys of tags, such as host,dc: a key has 1 to 256 "
        "of A-Z a-z 0-9 _ . / -";
    static const char  points[] =
        "points: expected a whole number from 1 to 10000";
    static const char  rank[] =
        "rank: expected max, min, average, sum, count, rate or p50, p99.9";
    static const char  zone[] =
        "tz: no such zone, expected one like Europe/Berlin or %2B05:30";
    static const char  cursor[] = "cursor: not one that a Link header gave";

    const struct {
        cricket_query_e   kind;
        const char       *args;
        const char       *message;
    } t[] = {
        { CRICKET_QUERY_NONE, "a=b", "a: unknown parameter, there is none" },
        { CRICKET_QUERY_NONE, "name=b",
          "name: unknown parameter, there is none" },
        { CRICKET_QUERY_POST, "name=b", "name" ON_POST },
        { CRICKET_QUERY_POST, "host=b", "host" ON_POST },
        { CRICKET_QUERY_METRICS, "nmae=b",
          "nmae" ON_METRICS "; did you mean tag.nmae=" },
        { CRICKET_QUERY_METRICS, "host=b",
          "host" ON_METRICS "; did you mean tag.host=" },
        { CRICKET_QUERY_METRICS, "d%2Fc-1=b",
          "d/c-1" ON_METRICS "; did you mean tag.d/c-1=" },
        { CRICKET_QUERY_METRICS, "Name=b",
          "Name" ON_METRICS "; did you mean tag.Name=" },
        { CRICKET_QUERY_METRICS, "nam=b",
          "nam" ON_METRICS "; did you mean tag.nam=" },
        { CRICKET_QUERY_METRICS, "tags.host=b",
          "tags.host" ON_METRICS "; did you mean tag.host=" },
        { CRICKET_QUERY_METRICS, "tags.=b",
          "tags." ON_METRICS "; did you mean tag.tags.=" },
        { CRICKET_QUERY_METRICS, "a%20b=c", "a b" ON_METRICS },
        { CRICKET_QUERY_METRICS, "h%C3%B6st=c", "h\xc3\xb6st" ON_METRICS },
        { CRICKET_QUERY_METRICS, "=b", "\"\"" ON_METRICS },
        { CRICKET_QUERY_METRICS, "prefix=b", "prefix" ON_METRICS },
        { CRICKET_QUERY_METRICS, "interval=1m", "interval" ON_METRICS },
        { CRICKET_QUERY_NAMES, "name=b",
          "name" ON_NAMES },
        { CRICKET_QUERY_NAMES, "host=b",
          "host" ON_NAMES "; did you mean tag.host=" },
        { CRICKET_QUERY_EXPORT, "limit=5", "limit: unknown parameter, there "
          "are name, name~, type, tag.KEY, start, end, before, tz and format" },
        { CRICKET_QUERY_STATS, "timestamp=0", "timestamp" ON_STATS },
        { CRICKET_QUERY_STATS, "agg=sum",
          "agg" ON_STATS "; did you mean tag.agg=" },

        { CRICKET_QUERY_METRICS, "name=b&name=b",
          "name: given more than once" },
        { CRICKET_QUERY_METRICS, "name~=b&name~=b",
          "name~: given more than once" },
        { CRICKET_QUERY_METRICS, "name=a&name~=b",
          "name~: given beside name, expected one" },
        { CRICKET_QUERY_METRICS, "name~=a%5Cb",
          "name~: a \\ in a pattern stands before *, ? or \\" },
        { CRICKET_QUERY_METRICS, "tag.a~=b%5C",
          "tag.a~: a \\ in a pattern stands before *, ? or \\" },
        { CRICKET_QUERY_METRICS, "tag.a!~=*??????????",
          "tag.a!~: a pattern with too much behind a *, expected fewer ? or "
          "less text there" },
        { CRICKET_QUERY_METRICS, "tag.!=b",
          "tag.!: expected a key of 1 to 256 bytes after \"tag.\"" },
        { CRICKET_QUERY_METRICS, "tag.~=b",
          "tag.~: expected a key of 1 to 256 bytes after \"tag.\"" },
        { CRICKET_QUERY_METRICS, "tag.a~!=b",
          "tag.a~!: a key has only A-Z a-z 0-9 _ . / -" },
        { CRICKET_QUERY_METRICS, "tag.a!!=b",
          "tag.a!!: a key has only A-Z a-z 0-9 _ . / -" },
        { CRICKET_QUERY_METRICS, "name", "name: empty" },
        { CRICKET_QUERY_METRICS, "name=", "name: empty" },
        { CRICKET_QUERY_METRICS, "type=&name=a", "type: empty" },
        { CRICKET_QUERY_METRICS, "tag.a=", "tag.a: empty" },
        { CRICKET_QUERY_METRICS, "cursor=", "cursor: empty" },

        { CRICKET_QUERY_METRICS, "tag.=b",
          "tag.: expected a key of 1 to 256 bytes after \"tag.\"" },
        { CRICKET_QUERY_METRICS, "tag.a%20b=c",
          "tag.a b: a key has only A-Z a-z 0-9 _ . / -" },
        { CRICKET_QUERY_METRICS, "tag.\xc3\xa9=c",
          "tag.\xc3\xa9: a key has only A-Z a-z 0-9 _ . / -" },

        { CRICKET_QUERY_STATS, "start=0&end=0", "name: missing" },
        { CRICKET_QUERY_STATS, "name=a&end=0", "start: missing" },
        { CRICKET_QUERY_STATS, "name=a&start=0", "end: missing" },
        { CRICKET_QUERY_STATS, "", "name: missing" },
        { CRICKET_QUERY_STATS, "name=a&start=now&end=now-1s",
          "start: after end" },
        { CRICKET_QUERY_METRICS, "start=now&end=now-1s", "start: after end" },
        { CRICKET_QUERY_METRICS,
          "start=2016-12-31T22:49:50.000000001Z&end=2016-12-31T22:49:50Z",
          "start: after end" },

        { CRICKET_QUERY_METRICS, "end=now&before=now",
          "before: given beside end, expected one" },
        { CRICKET_QUERY_METRICS, "before=0001-01-01T00:00:00Z",
          "before: there is no time before that" },
        { CRICKET_QUERY_STATS, "name=a&start=now&before=now",
          "start: not earlier than before" },
        { CRICKET_QUERY_STATS, "name=a&before=now", "start: missing" },
        { CRICKET_QUERY_METRICS, "order=up", "order: expected asc or desc" },

        { CRICKET_QUERY_METRICS, "limit=0", limit },
        { CRICKET_QUERY_METRICS, "limit=1001", limit },
        { CRICKET_QUERY_METRICS, "limit=01", limit },
        { CRICKET_QUERY_METRICS, "limit=-1", limit },
        { CRICKET_QUERY_METRICS, "limit=+1", limit },
        { CRICKET_QUERY_METRICS, "limit=1.0", limit },
        { CRICKET_QUERY_METRICS, "limit=1e2", limit },
        { CRICKET_QUERY_METRICS, "limit=ten", limit },
        { CRICKET_QUERY_METRICS, "limit=18446744073709551617", limit },
        { CRICKET_QUERY_NAMES, "limit=5,", limit },

        { CRICKET_QUERY_STATS, TEST_RANGE "&interval=0s", interval },
        { CRICKET_QUERY_STATS, TEST_RANGE "&interval=1", interval },
        { CRICKET_QUERY_STATS, TEST_RANGE "&interval=m", interval },
        { CRICKET_QUERY_STATS, TEST_RANGE "&interval=2M", interval },
        { CRICKET_QUERY_STATS, TEST_RANGE "&interval=2w", interval },
        { CRICKET_QUERY_STATS, TEST_RANGE "&interval=1Y", interval },
        { CRICKET_QUERY_STATS, TEST_RANGE "&interval=1ms", interval },
        { CRICKET_QUERY_STATS, TEST_RANGE "&interval=1.5h", interval },
        { CRICKET_QUERY_STATS, TEST_RANGE "&interval=-1h", interval },
        { CRICKET_QUERY_STATS, TEST_RANGE "&interval=36501d", interval },
        { CRICKET_QUERY_STATS, TEST_RANGE "&interval=9999999999d", interval },

        { CRICKET_QUERY_STATS, TEST_RANGE "&percentiles=,", percentiles },
        { CRICKET_QUERY_STATS, TEST_RANGE "&percentiles=50,", percentiles },
        { CRICKET_QUERY_STATS, TEST_RANGE "&percentiles=,50", percentiles },
        { CRICKET_QUERY_STATS, TEST_RANGE "&percentiles=50,,95", percentiles },
        { CRICKET_QUERY_STATS, TEST_RANGE "&percentiles=-1", percentiles },
        { CRICKET_QUERY_STATS, TEST_RANGE "&percentiles=101", percentiles },
        { CRICKET_QUERY_STATS, TEST_RANGE "&percentiles=100.1", percentiles },
        { CRICKET_QUERY_STATS, TEST_RANGE "&percentiles=05", percentiles },
        { CRICKET_QUERY_STATS, TEST_RANGE "&percentiles=5.", percentiles },
        { CRICKET_QUERY_STATS, TEST_RANGE "&percentiles=.5", percentiles },
        { CRICKET_QUERY_STATS, TEST_RANGE "&percentiles=1e1", percentiles },
        { CRICKET_QUERY_STATS, TEST_RANGE "&percentiles=50,%2095",
          percentiles },
        { CRICKET_QUERY_STATS, TEST_RANGE "&percentiles=0.12345678901234567",
          percentiles },
        { CRICKET_QUERY_STATS, TEST_RANGE "&percentiles=50,50.0",
          "percentiles: the same number twice" },
        { CRICKET_QUERY_STATS, TEST_RANGE "&percentiles="
          "1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21",
          "percentiles: more than 20" },

        { CRICKET_QUERY_STATS, TEST_RANGE "&group_by=a%22b", keys },
        { CRICKET_QUERY_STATS, TEST_RANGE "&group_by=a,", keys },
        { CRICKET_QUERY_STATS, TEST_RANGE "&group_by=,a", keys },
        { CRICKET_QUERY_STATS, TEST_RANGE "&group_by=a,b,a",
          "group_by: the same key twice" },
        { CRICKET_QUERY_STATS, TEST_RANGE "&group_by=a,b,c,d,e,f,g,h,i",
          "group_by: more than 8 keys" },

        { CRICKET_QUERY_STATS, TEST_RANGE "&points=0", points },
        { CRICKET_QUERY_STATS, TEST_RANGE "&points=10001", points },
        { CRICKET_QUERY_STATS, TEST_RANGE "&points=5&interval=1m",
          "points: given beside interval, expected one" },
        { CRICKET_QUERY_STATS, TEST_RANGE "&fill=1&points=2",
          "fill: expected null, 0 or previous" },
        { CRICKET_QUERY_STATS, TEST_RANGE "&fill=0",
          "fill: needs interval or points" },
        { CRICKET_QUERY_STATS, TEST_RANGE "&rate=true",
          "rate: needs interval or points" },
        { CRICKET_QUERY_STATS, TEST_RANGE "&rate=yes&points=2",
          "rate: expected true, increments or cumulative" },
        { CRICKET_QUERY_STATS, TEST_RANGE "&rate=true&points=2&type=gauge",
          "rate: true is of the types counter, timer (increments) and "
          "cumulative, expected increments or cumulative" },
        { CRICKET_QUERY_STATS, TEST_RANGE "&top=3",
          "top: needs group_by" },
        { CRICKET_QUERY_STATS, TEST_RANGE "&bottom=3",
          "bottom: needs group_by" },
        { CRICKET_QUERY_STATS, TEST_RANGE "&group_by=a&top=1001",
          "top: expected a whole number from 1 to 1000" },
        { CRICKET_QUERY_STATS, TEST_RANGE "&group_by=a&top=1&bottom=1",
          "bottom: top and bottom, expected one" },
        { CRICKET_QUERY_STATS, TEST_RANGE "&group_by=a&rank=max",
          "rank: needs top or bottom" },
        { CRICKET_QUERY_STATS, TEST_RANGE "&group_by=a&top=1&rank=p101",
          rank },
        { CRICKET_QUERY_STATS, TEST_RANGE "&group_by=a&top=1&rank=p", rank },
        { CRICKET_QUERY_STATS, TEST_RANGE "&group_by=a&top=1&rank=p05", rank },
        { CRICKET_QUERY_STATS, TEST_RANGE "&group_by=a&top=1&rank=p5..1",
          rank },
        { CRICKET_QUERY_STATS, TEST_RANGE "&group_by=a&top=1&rank=Max", rank },
        { CRICKET_QUERY_STATS, TEST_RANGE "&group_by=a&top=1&rank=rate",
          "rank: rate needs the parameter rate" },
        { CRICKET_QUERY_STATS, TEST_RANGE "&tz=Nowhere/Land", zone },
        { CRICKET_QUERY_STATS, TEST_RANGE "&tz=..%2Fetc", zone },
        { CRICKET_QUERY_STATS, TEST_RANGE "&tz=+05:30", zone },
        { CRICKET_QUERY_STATS, TEST_RANGE "&below=1",
          "below: needs histogram=true" },
        { CRICKET_QUERY_STATS, TEST_RANGE "&histogram=1",
          "histogram: expected true or false" },
        { CRICKET_QUERY_STATS, TEST_RANGE "&histogram=true",
          "percentiles: missing, a histogram needs it, or below" },
        { CRICKET_QUERY_STATS, TEST_RANGE "&histogram=true&below=x",
          "below: expected a number, such as 0.5" },
        { CRICKET_QUERY_STATS, TEST_RANGE "&histogram=true&below=01",
          "below: expected a number, such as 0.5" },
        { CRICKET_QUERY_STATS,
          TEST_RANGE "&histogram=true&below=1&group_by=a,le",
          "group_by: le is what a histogram is made of" },
        { CRICKET_QUERY_STATS, TEST_RANGE "&histogram=true&below=1&per=b",
          "per: not of a histogram" },
        { CRICKET_QUERY_STATS,
          TEST_RANGE "&histogram=true&below=1&group_by=a&top=1",
          "top: not of a histogram" },
        { CRICKET_QUERY_STATS,
          "name~=a&start=0&end=now&histogram=true&below=1",
          "name: missing, a histogram needs it, and no pattern" },
        { CRICKET_QUERY_STATS, TEST_RANGE "&format=ndjson",
          "format: expected json or csv" },
        { CRICKET_QUERY_NAMES, "detail=yes",
          "detail: expected true or false" },
        { CRICKET_QUERY_TAG_KEYS, "prefix=a", "prefix: needs key" },
        { CRICKET_QUERY_TAG_KEYS, "order=last", "order: needs key" },
        { CRICKET_QUERY_TAG_KEYS, "key=a&order=asc",
          "order: expected value or last" },
        { CRICKET_QUERY_TAG_KEYS, "key=a%20b",
          "key: a key has only A-Z a-z 0-9 _ . / -" },
        { CRICKET_QUERY_LAST, "type=a", "name: missing" },

        { CRICKET_QUERY_METRICS, "format=xml",
          "format: expected json, ndjson or csv" },
        { CRICKET_QUERY_METRICS, "format=JSON",
          "format: expected json, ndjson or csv" },
        { CRICKET_QUERY_EXPORT, "format=json",
          "format: expected ndjson or csv" },

        { CRICKET_QUERY_POST, "accept_partial=1",
          "accept_partial: expected true or false" },
        { CRICKET_QUERY_POST, "accept_partial=TRUE",
          "accept_partial: expected true or false" },
        { CRICKET_QUERY_POST, "refresh=true",
          "refresh: expected wait_for or false" },

        { CRICKET_QUERY_METRICS, "start=2016-12-31", "start: of which zone? "
          "With tz=UTC, or another, or a time like 2016-12-31T22:49:50Z" },
        { CRICKET_QUERY_METRICS, "start=2016-12-31T22:49:50", "start: of which "
          "zone? With tz=UTC, or another, or a time like "
          "2016-12-31T22:49:50Z" },
        { CRICKET_QUERY_METRICS, "start=2016-12-31&tz=Mars/Crater",
          "tz: no such zone, expected one like Europe/Berlin or %2B05:30" },
        { CRICKET_QUERY_METRICS, "before=2016-12-31T22:49:50&tz=%2B5",
          "tz: no such zone, expected one like Europe/Berlin or %2B05:30" },
        { CRICKET_QUERY_METRICS, "start=2016-12-31&tz=%zz",
          "tz: \"%\" without two hexadecimal digits" },
        { CRICKET_QUERY_METRICS, "start=2016-12-31&tz=", "start: of which "
          "zone? With tz=UTC, or another, or a time like "
          "2016-12-31T22:49:50Z" },
        { CRICKET_QUERY_METRICS, "start=2016-12-32", "start: day 32 is "
          "not 01 to 31 in 2016-12, expected a time like "
          "2016-12-31T22:49:50Z" },
        { CRICKET_QUERY_METRICS, "end=2016-13-31T22:49:50Z", "end: month 13 "
          "is not 01 to 12, expected a time like 2016-12-31T22:49:50Z" },
        { CRICKET_QUERY_METRICS, "end=2016-12-31+22:49", "end: a blank where "
          "T should be, expected a time like 2016-12-31T22:49:50Z" },
        { CRICKET_QUERY_METRICS, "end=2016-12-31T22:49:50.5+01:00", "end: the "
          "offset's \"+\" was a blank, it is written as %2B, expected a time "
          "like 2016-12-31T22:49:50%2B01:00" },
        { CRICKET_QUERY_METRICS, "end=tomorrow", "end: expected a time like "
          "2016-12-31T22:49:50Z, epoch seconds (10 digits) or milliseconds "
          "(13), or a relative time such as now-1h" },

        { CRICKET_QUERY_METRICS, "cursor=A", cursor },
        { CRICKET_QUERY_METRICS, "cursor=AAAA", cursor },
        { CRICKET_QUERY_METRICS, "cursor=AQ==", cursor },
        { CRICKET_QUERY_METRICS, "cursor=!", cursor },
        { CRICKET_QUERY_METRICS, "cursor=%2BA", cursor },
        { CRICKET_QUERY_METRICS,
          "cursor=AwAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
          "cursor: of other parameters, or damaged" }
    };

    for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
        CHECK(test_fails(t[i].kind, t[i].args, t[i].message),
              "refused: %s", t[i].args);
    }
}


static void
test_values(void)
{
    cricket_buf_t     err;
    cricket_query_t  *q;

    q = test_parse(CRICKET_QUERY_METRICS,
                   "tag.b=1&name=a+b%2B%C3%A9&limit=7&tag.a=x%3Dy", &err);

    CHECK(q != NULL, "a query of everything");

    if (q != NULL) {
        CHECK(q->name.len == 6 && !memcmp(q->name.data, "a b+\xc3\xa9", 6),
              "the name is decoded");
        CHECK(q->limit == 7 && q->page == 7, "the limit");
        CHECK(q->ntags == 2
              && cricket_string_is(&q->tags[0].text, "b=1")
              && cricket_string_is(&q->tags[1].text, "a=x=y")
              && !q->tags[0].not && !q->tags[0].like && q->tags[1].key == 1,
              "the tags are KEY=VALUE");
        CHECK(q->type.len == 0 && !q->start.set && !q->after_set,
              "what was not given is not there");
    }

    cricket_query_free(q);
    cricket_buf_free(&err);

    q = test_parse(CRICKET_QUERY_STATS, TEST_RANGE
                   "&interval=2h&percentiles=99.90,0,100", &err);

    CHECK(q != NULL && q->step.seconds == 7200 && q->step.unit == 's'
          && q->interval.len == 2,
          "the interval in seconds");
    CHECK(q != NULL && q->npercentiles == 3 && q->percentiles[0].value == 99.9
          && q->percentiles[0].text.len == 5 && q->percentiles[1].value == 0
          && q->percentiles[2].value == 100, "percentiles as they were spelt");

    cricket_query_free(q);
    cricket_buf_free(&err);
}


static void
test_times(void)
{
    size_t            i;
    char              args[256];
    cricket_buf_t     err;
    cricket_query_t  *q;

    static const struct {
        const char  *text;
        int64_t      sec;
        uint32_t     nsec;
    } t[] = {
        { "2016-12-31T22:49:50Z", 1483224590, 0 },
        { "2017-01-01T00:49:50.000000001%2B02:00", 1483224590, 1 },
        { "0001-01-01T00:00:00Z", -62135596800, 0 },
        { "9999-12-31T23:59:59.999999999Z", 253402300799, 999999999 },
        { "0", 0, 0 },
        { "1483224590", 1483224590, 0 },
        { "9999999999", 9999999999, 0 },
        { "1000000000000", 1000000000, 0 },
        { "1483224590001", 1483224590, 1000000 },
        { "now", 1700000000, 123456789 },
        { "now-1s", 1699999999, 123456789 },
        { "now%2B2m", 1700000120, 123456789 },
        { "now-3h", 1699989200, 123456789 },
        { "now-4d", 1699654400, 123456789 },
        { "now-5w", 1696976000, 123456789 },
        { "now-1d-1h", 1699910000, 123456789 },
        { "now-1h%2B1m", 1699996460, 123456789 },
        { "now-500ms", 1699999999, 623456789 },
        { "now/ms", 1700000000, 123000000 },
        { "now/s", 1700000000, 0 },
        { "now/m", 1699999980, 0 },
        { "now/h", 1699999200, 0 },
        { "now/d", 1699920000, 0 },
        { "now/w", 1699833600, 0 },
        { "now-1w/w", 1699228800, 0 },
        { "now/d-1ms", 1699919999, 999000000 },
        { "now-20000d/h", -28000800, 0 },
        { "now-20000d/w", -28080000, 0 }
    };

    static const char  *bad[] = {
        "1", "999999999", "0000000000", "00", "0123456789", "14832245900",
        "148322459000", "14832245900000", "0483224590000", "1483224590.5",
        "1e9", "-1", "-1483224590", "2016", "2016-12-31", "20161231",
        "2016-12-31T22:49:50", "2016-12-31T22:49:60Z", "2016-02-30T00:00:00Z",
        "2016-12-31T22:49:50+02:00", "2016-12-31 22:49:50Z",
        "10000-01-01T00:00:00Z", "nowhere", "now-", "now-1", "now-h", "now1h",
        "now-1y", "now-1M", "now-01h", "now--1h", "now-1h-", "now-1h/",
        "now/1h", "now/y", "now/hh", "now/h ", "now-1msec", "now-1ms1",
        "now+1h", "now%2B999999999w", "now-999999999w", "now-1234567890s",
        "NOW", "yesterday", "%E2%82%AC"
    };

    for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
        (void) snprintf(args, sizeof(args), "timestamp=%s", t[i].text);
        q = test_parse(CRICKET_QUERY_METRICS, args, &err);

        CHECK(q != NULL && q->timestamp.set
              && q->timestamp.time.sec == t[i].sec
              && q->timestamp.time.nsec == t[i].nsec, "instant %s", t[i].text);

        cricket_query_free(q);
        cricket_buf_free(&err);
    }

    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        (void) snprintf(args, sizeof(args), "end=%s", bad[i]);
        q = test_parse(CRICKET_QUERY_METRICS, args, &err);

        CHECK(q == NULL && err.len > 5 && !memcmp(err.data, "end: ", 5),
              "no instant: %s", bad[i]);

        cricket_query_free(q);
        cricket_buf_free(&err);
    }
}


/* what has no offset is of the zone, and so are days */

static void
test_zones(void)
{
    size_t            i;
    char              args[256];
    cricket_buf_t     err;
    cricket_query_t  *q;

    static const struct {
        const char  *text;
        const char  *zone;
        int64_t      sec;
        uint32_t     nsec;
    } t[] = {
        { "2026-11-01", "Europe/Berlin", 1793487600, 0 },
        { "2026-11-01T00:30:00", "Asia/Kolkata", 1793473200, 0 },
        { "2026-11-01T00:30:00.5", "Asia/Kolkata", 1793473200, 500000000 },
        { "2026-11-01T00:00:00Z", "Asia/Kolkata", 1793491200, 0 },
        { "2026-11-01T01:00:00%2B01:00", "Asia/Kolkata", 1793491200, 0 },
        { "2026-03-29T02:30:00", "Europe/Berlin", 1774746000, 0 },
        { "2026-10-25T02:30:00", "Europe/Berlin", 1792888200, 0 },
        { "1700000000", "Europe/Berlin", 1700000000, 0 },
        { "now/d", "Europe/Berlin", 1699916400, 0 },
        { "now/w", "Europe/Berlin", 1699830000, 0 },
        { "now/h", "Asia/Kolkata", 1699999200, 0 }
    };

    for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
        (void) snprintf(args, sizeof(args),
                        (i % 2) ? "tz=%1$s&timestamp=%2$s"
                                : "timestamp=%2$s&tz=%1$s",
                        t[i].zone, t[i].text);
        q = test_parse(CRICKET_QUERY_METRICS, args, &err);

        CHECK(q != NULL && q->timestamp.time.sec == t[i].sec
              && q->timestamp.time.nsec == t[i].nsec, "%s: %lld", args,
              (q != NULL) ? (long long) q->timestamp.time.sec : 0);

        cricket_query_free(q);
        cricket_buf_free(&err);
    }

    CHECK(test_fails(CRICKET_QUERY_METRICS, "tz=UTC&start=2026-11-31",
                     "start: day 31 is not 01 to 30 in 2026-11, expected a "
                     "time like 2016-12-31T22:49:50Z"), "a day too many");
    CHECK(test_fails(CRICKET_QUERY_METRICS, "tz=UTC&start=0001-01",
                     "start: does not begin with a date as YYYY-MM-DD, "
                     "expected a time like 2016-12-31T22:49:50Z"), "a month");
    CHECK(test_fails(CRICKET_QUERY_METRICS,
                     "tz=Asia/Kolkata&start=0001-01-01",
                     "start: outside the years 0001 to 9999 in UTC"),
          "before the year 1");
}


static void
test_decoding(void)
{
    size_t  i;

    static const char  percent[] =
        "name: \"%\" without two hexadecimal digits";

    static const struct {
        const char  *args;
        const char  *message;
    } t[] = {
        { "name=%", percent },
        { "name=%4", percent },
        { "name=%4g", percent },
        { "name=a%&type=b", percent },
        { "name=%%41", percent },
        { "name=%00", "name: a control character" },
        { "name=a%0a", "name: a control character" },
        { "name=a%7f", "name: a control character" },
        { "name=a%C2%80", "name: a control character" },
        { "name=\x01", "name: a control character" },
        { "name=%ff", "name: not UTF-8" },
        { "name=\xff", "name: not UTF-8" },
        { "name=%C3", "name: not UTF-8" },
        { "name=%C0%80", "name: not UTF-8" },
        { "name=%ED%A0%80", "name: not UTF-8" },
        { "name=%F4%90%80%80", "name: not UTF-8" },
        { "a%ff=b", "a?: not UTF-8" },
        { "a%0a=b", "a: a control character" },
        { "a%C2%9Fc=b", "a?c: a control character" },
        { "%zz=b", "\"\": \"%\" without two hexadecimal digits" }
    };

    for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
        CHECK(test_fails(CRICKET_QUERY_METRICS, t[i].args, t[i].message),
              "refused: %s", t[i].args);
    }
}


/* each byte, plain and encoded, is taken as it is or refused by name */

static void
test_every_byte(void)
{
    int               ok, valid;
    char              args[16];
    unsigned          c;
    cricket_buf_t     err;
    cricket_query_t  *q;

    ok = 1;

    for (c = 1; c < 256; c++) {
        (void) snprintf(args, sizeof(args), "name=a%%%02xb", c);
        q = test_parse(CRICKET_QUERY_METRICS, args, &err);
        valid = (c >= 0x20 && c < 0x7f);

        ok &= ((q != NULL) == valid);

        if (q != NULL) {
            ok &= (q->name.len == 3 && q->name.data[1] == c);

        } else {
            ok &= (err.len > 6 && !memcmp(err.data, "name: ", 6));
        }

        cricket_query_free(q);
        cricket_buf_free(&err);
    }

    CHECK(ok, "every byte, encoded");
}


static void
test_many(void)
{
    char   args[8192];
    size_t  i, n;

    memset(args, 'x', sizeof(args));
    memcpy(args, "name=", 5);

    args[5 + 512] = '\0';
    CHECK(test_taken(CRICKET_QUERY_METRICS, args), "a name of 512 bytes");

    args[5 + 512] = 'x';
    args[5 + 513] = '\0';
    CHECK(test_fails(CRICKET_QUERY_METRICS, args,
                     "name: longer than 512 bytes"), "a name of 513 bytes");

    memcpy(args, "type=", 5);
    args[5 + 65] = '\0';
    CHECK(test_fails(CRICKET_QUERY_METRICS, args,
                     "type: longer than 64 bytes"), "a type of 65 bytes");

    memset(args, 'x', sizeof(args));
    memcpy(args, "tag.a=", 6);
    args[6 + 1025] = '\0';
    CHECK(test_fails(CRICKET_QUERY_METRICS, args,
                     "tag.a: longer than 1024 bytes"), "a long tag");

    memset(args, 'k', sizeof(args));
    memcpy(args, "tag.", 4);
    memcpy(args + 4 + 257, "=v", 3);
    CHECK(test_fails(CRICKET_QUERY_METRICS, args,
                     "tag.kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk"
                     "kkkkkkkkkkk"
                     "kkkkk...: expected a key of 1 to 256 bytes after "
                     "\"tag.\""), "a long key, named in short");

    n = 0;

    for (i = 0; i < 257; i++) {
        n += snprintf(args + n, sizeof(args) - n, "tag.k%zu=v&", i);
    }

    CHECK(test_fails(CRICKET_QUERY_METRICS, args,
                     "tag.k256: more than 256 filters by tags"), "257 tags");

    *strstr(args, "tag.k256") = '\0';
    CHECK(test_taken(CRICKET_QUERY_METRICS, args), "256 tags");

    memset(args, '*', sizeof(args));
    memcpy(args, "tag.a~=", 7);
    args[7 + 256] = '\0';
    CHECK(test_taken(CRICKET_QUERY_METRICS, args), "a pattern of 256 bytes");

    args[7 + 256] = '*';
    args[7 + 257] = '\0';
    CHECK(test_fails(CRICKET_QUERY_METRICS, args,
                     "tag.a~: a pattern longer than 256 bytes"),
          "a pattern of 257 bytes");
}


static void
test_formats(void)
{
    size_t            i;
    cricket_buf_t     err;
    cricket_format_e  format;
    cricket_query_t  *q;

    static const struct {
        cricket_query_e    kind;
        const char        *args;
        const char        *accept;
        cricket_format_e   format;
    } t[] = {
        { CRICKET_QUERY_METRICS, "", "", CRICKET_FORMAT_JSON },
        { CRICKET_QUERY_METRICS, "", "*/*", CRICKET_FORMAT_JSON },
        { CRICKET_QUERY_METRICS, "", "text/csv", CRICKET_FORMAT_CSV },
        { CRICKET_QUERY_METRICS, "", "TEXT/CSV;header=present",
          CRICKET_FORMAT_CSV },
        { CRICKET_QUERY_METRICS, "", "text/*", CRICKET_FORMAT_CSV },
        { CRICKET_QUERY_METRICS, "", "application/*", CRICKET_FORMAT_JSON },
        { CRICKET_QUERY_METRICS, "", "application/x-ndjson",
          CRICKET_FORMAT_NDJSON },
        { CRICKET_QUERY_METRICS, "", "text/csv;q=0.5, application/x-ndjson",
          CRICKET_FORMAT_NDJSON },
        { CRICKET_QUERY_METRICS, "", "text/csv , */*;q=0.1",
          CRICKET_FORMAT_CSV },
        { CRICKET_QUERY_METRICS, "", "text/csv, */*", CRICKET_FORMAT_CSV },
        { CRICKET_QUERY_METRICS, "", "application/json, text/plain, */*",
          CRICKET_FORMAT_JSON },
        { CRICKET_QUERY_METRICS, "", "application/json;q=0, */*",
          CRICKET_FORMAT_NDJSON },
        { CRICKET_QUERY_METRICS, "",
          "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
          CRICKET_FORMAT_JSON },
        { CRICKET_QUERY_METRICS, "", "text/csv;q=0", CRICKET_FORMAT_JSON },
        { CRICKET_QUERY_METRICS, "", "text/csv;q=0.001,application/json;q=0",
          CRICKET_FORMAT_CSV },
        { CRICKET_QUERY_METRICS, "", "text/csv;q=2,application/x-ndjson;q=0.1",
          CRICKET_FORMAT_NDJSON },
        { CRICKET_QUERY_METRICS, "", "text/html", CRICKET_FORMAT_JSON },
        { CRICKET_QUERY_METRICS, "", ",,;;,text/csv", CRICKET_FORMAT_CSV },
        { CRICKET_QUERY_METRICS, "", "a/b;x=\",text/csv,\\\"\"",
          CRICKET_FORMAT_JSON },
        { CRICKET_QUERY_METRICS, "", "a/b;x=\"\\", CRICKET_FORMAT_JSON },
        { CRICKET_QUERY_METRICS, "", "*/csv", CRICKET_FORMAT_JSON },
        { CRICKET_QUERY_METRICS, "",
          "text/csv;q=0.9, text/csv;q=0.2, application/json;q=0.5",
          CRICKET_FORMAT_CSV },
        { CRICKET_QUERY_METRICS, "",
          "text/csv;q=0.2, text/csv;q=0.9, application/json;q=0.5",
          CRICKET_FORMAT_CSV },
        { CRICKET_QUERY_METRICS, "", "text/csv, application/x-ndjson",
          CRICKET_FORMAT_NDJSON },
        { CRICKET_QUERY_METRICS, "", "text/*;q=0.9, application/*;q=0.9",
          CRICKET_FORMAT_JSON },
        { CRICKET_QUERY_METRICS, "format=json", "text/csv",
          CRICKET_FORMAT_JSON },
        { CRICKET_QUERY_METRICS, "format=csv", "application/json",
          CRICKET_FORMAT_CSV },
        { CRICKET_QUERY_EXPORT, "", "", CRICKET_FORMAT_NDJSON },
        { CRICKET_QUERY_EXPORT, "", "application/json",
          CRICKET_FORMAT_NDJSON },
        { CRICKET_QUERY_EXPORT, "", "text/csv", CRICKET_FORMAT_CSV },
        { CRICKET_QUERY_EXPORT, "format=csv", "*/*", CRICKET_FORMAT_CSV },
        { CRICKET_QUERY_STATS, TEST_RANGE, "text/csv", CRICKET_FORMAT_CSV },
        { CRICKET_QUERY_NAMES, "", "text/csv", CRICKET_FORMAT_CSV }
    };

    for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
        q = test_parse(t[i].kind, t[i].args, &err);

        if (q == NULL) {
            CHECK(0, "a query for a format");
            continue;
        }

        format = cricket_accept(q, (const unsigned char *) t[i].accept,
                                strlen(t[i].accept));

        CHECK(format == t[i].format, "format for \"%s\" and \"%s\"", t[i].args,
              t[i].accept);

        cricket_query_free(q);
        cricket_buf_free(&err);
    }
}


static void
test_post(void)
{
    cricket_buf_t     err;
    cricket_query_t  *q;

    q = test_parse(CRICKET_QUERY_POST, "accept_partial=true", &err);
    CHECK(q != NULL && cricket_query_accept_partial(q)
          && !cricket_query_refresh(q), "accept_partial");
    cricket_query_free(q);
    cricket_buf_free(&err);

    q = test_parse(CRICKET_QUERY_POST, "refresh=wait_for&accept_partial=false",
                   &err);
    CHECK(q != NULL && !cricket_query_accept_partial(q)
          && cricket_query_refresh(q), "refresh");
    cricket_query_free(q);
    cricket_buf_free(&err);
}


/* what clients of other formats send, be it empty */

static void
test_others(void)
{
    cricket_buf_t     err;
    cricket_query_t  *q;

    CHECK(test_precision(CRICKET_QUERY_INFLUX, "", 1)
          && test_precision(CRICKET_QUERY_INFLUX, "precision=", 1)
          && test_precision(CRICKET_QUERY_INFLUX, "precision=n", 1)
          && test_precision(CRICKET_QUERY_INFLUX_V2, "precision=ns", 1)
          && test_precision(CRICKET_QUERY_INFLUX, "precision=u", 1000)
          && test_precision(CRICKET_QUERY_INFLUX_V2, "precision=us", 1000)
          && test_precision(CRICKET_QUERY_INFLUX, "precision=ms", 1000000)
          && test_precision(CRICKET_QUERY_INFLUX, "precision=s", 1000000000)
          && test_precision(CRICKET_QUERY_INFLUX, "precision=m",
                            UINT64_C(60000000000))
          && test_precision(CRICKET_QUERY_INFLUX, "precision=h",
                            UINT64_C(3600000000000)), "precisions");

    CHECK(test_fails(CRICKET_QUERY_INFLUX, "precision=S",
                     "precision: expected n, ns, u, us, ms, s, m or h"),
          "another");

    CHECK(test_taken(CRICKET_QUERY_INFLUX,
                     "db=d&rp=&u=me&p=%20&consistency=all&refresh=wait_for")
          && test_taken(CRICKET_QUERY_INFLUX_V2,
                        "org=o&orgID=&bucket=b&refresh=false")
          && test_taken(CRICKET_QUERY_INFLUX_PING,
                        "u=me&p=x&verbose&wait_for_leader=1s")
          && test_taken(CRICKET_QUERY_INFLUX_ASK,
                        "q=x&db=d&rp=r&u=me&p=x&epoch=ns&pretty=true&params={}"
                        "&chunked=true&chunk_size=1")
          && test_taken(CRICKET_QUERY_OPENTSDB,
                        "summary&details&sync&sync_timeout=1&refresh=wait_for"),
          "all that there are");

    CHECK(test_fails(CRICKET_QUERY_INFLUX, "bucket=b", "bucket: unknown "
                     "parameter, there are refresh, db, rp, u, p, consistency "
                     "and precision")
          && test_fails(CRICKET_QUERY_INFLUX, "db=a&db=b",
                        "db: given more than once")
          && test_fails(CRICKET_QUERY_OPENTSDB, "refresh=",
                        "refresh: expected wait_for or false"),
          "and what is wrong with them");

    q = test_parse(CRICKET_QUERY_INFLUX_ASK, "q=CREATE+DATABASE+%22x%22", &err);
    CHECK(q != NULL && cricket_string_is(cricket_query_statement(q),
                                         "CREATE DATABASE \"x\""), "statement");
    cricket_query_free(q);
    cricket_buf_free(&err);

    q = test_parse(CRICKET_QUERY_OPENTSDB, "summary", &err);
    CHECK(q != NULL && cricket_query_summary(q) && !cricket_query_details(q),
          "summary");
    cricket_query_free(q);
    cricket_buf_free(&err);

    q = test_parse(CRICKET_QUERY_OPENTSDB, "details=&summary=false", &err);
    CHECK(q != NULL && !cricket_query_summary(q) && cricket_query_details(q),
          "details");
    cricket_query_free(q);
    cricket_buf_free(&err);
}


static int
test_precision(cricket_query_e kind, const char *args, uint64_t precision)
{
    int               ok;
    cricket_buf_t     err;
    cricket_query_t  *q;

    q = test_parse(kind, args, &err);
    ok = (q != NULL && cricket_query_precision(q) == precision);

    cricket_query_free(q);
    cricket_buf_free(&err);

    return ok;
}


static void
test_cursors(void)
{
    size_t                    i, j;
    char                      args[1024];
    cricket_buf_t             err, next;
    cricket_query_t          *q;
    cricket_query_position_t  after;

    /* each goes with the first filters, but for limit and format */

    static const char  *filters[] = {
        "name=a&type=t&tag.h=w",
        "tag.h=w&type=t&name=a",
        "name=a&type=t&tag.h=w&limit=9",
        "name=a&type=t&tag.h=w&format=csv",
        "name=a&type=t",
        "name=a&type=t&tag.h=x",
        "name=t&type=a&tag.h=w",
        "name=a&type=t&tag.h=w&start=0",
        ""
    };

    memset(&after, 0, sizeof(cricket_query_position_t));

    after.time.sec = -62135596800;
    after.time.nsec = 999999999;
    after.seq_no = INT64_C(0x123456789abcdef);
    memcpy(after.index, "m-2026\xc3\xa9", 8);
    after.index_len = 8;

    for (i = 0; i < sizeof(filters) / sizeof(filters[0]); i++) {
        q = test_parse(CRICKET_QUERY_METRICS, filters[0], &err);

        if (q == NULL) {
            CHECK(0, "a query for a cursor");
            return;
        }

        cricket_buf_init(&next, 65536);
        cricket_query_next(q, &after, &next);
        cricket_buf_append(&next, "", 1);
        cricket_query_free(q);
        cricket_buf_free(&err);

        j = strstr((char *) next.data, "cursor=") - (char *) next.data;
        (void) snprintf(args, sizeof(args), "%s&%s", filters[i],
                        (char *) next.data + j);
        cricket_buf_free(&next);

        if (i < 4) {
            q = test_parse(CRICKET_QUERY_METRICS, args, &err);

            CHECK(q != NULL && q->after_set
                  && cricket_time_cmp(&q->after.time, &after.time) == 0
                  && q->after.seq_no == after.seq_no
                  && q->after.index_len == 8
                  && memcmp(q->after.index, after.index, 8) == 0,
                  "a cursor with %s", filters[i]);

            cricket_query_free(q);
            cricket_buf_free(&err);
            continue;
        }

        CHECK(test_fails(CRICKET_QUERY_METRICS, args,
                         "cursor: of other parameters, or damaged"),
              "a cursor with other filters: %s", filters[i]);
    }
}


/* a cursor that is whole, whatever stands in it; there are no filters */

static void
test_cursor(cricket_query_e kind, const unsigned char *data, size_t len,
    char *args)
{
    size_t          i, n, bits;
    uint64_t        hash;
    uint32_t        word;
    unsigned char   cursor[1024];

    static const char  alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                    "abcdefghijklmnopqrstuvwxyz0123456789-_";

    hash = (UINT64_C(0xcbf29ce484222325) ^ kind) * UINT64_C(0x100000001b3);

    for (i = 0; i < len; i++) {
        hash = (hash ^ data[i]) * UINT64_C(0x100000001b3);
    }

    cursor[0] = 3;

    for (i = 0; i < 8; i++) {
        cursor[1 + i] = (unsigned char) (hash >> (56 - 8 * i));
    }

    memcpy(cursor + 9, data, len);

    n = (size_t) sprintf(args, "cursor=");
    word = 0;
    bits = 0;

    for (i = 0; i < len + 9; i++) {
        word = word << 8 | cursor[i];

        for (bits += 8; bits >= 6; bits -= 6) {
            args[n++] = alphabet[word >> (bits - 6) & 0x3f];
        }
    }

    if (bits) {
        args[n++] = alphabet[word << (6 - bits) & 0x3f];
    }

    args[n] = '\0';
}


static void
test_cursor_texts(void)
{
    char            args[2048];
    unsigned char   place[21 + 12 + 256];

    static const char  made_up[] = "cursor: not one that a Link header gave";

    memset(place, 0, sizeof(place));
    memset(place + 21, 'i', 12 + 256);

    test_cursor(CRICKET_QUERY_METRICS, place, 21, args);
    CHECK(test_taken(CRICKET_QUERY_METRICS, args), "a cursor without an index");

    test_cursor(CRICKET_QUERY_METRICS, place, 21 + 255, args);
    CHECK(test_taken(CRICKET_QUERY_METRICS, args), "the longest name of one");

    test_cursor(CRICKET_QUERY_METRICS, place, 21 + 256, args);
    CHECK(test_fails(CRICKET_QUERY_METRICS, args, made_up), "a longer one");

    test_cursor(CRICKET_QUERY_METRICS, place, 20, args);
    CHECK(test_fails(CRICKET_QUERY_METRICS, args, made_up), "half a place");

    place[20] = 12;

    test_cursor(CRICKET_QUERY_METRICS, place, 21 + 12 + 255, args);
    CHECK(test_taken(CRICKET_QUERY_METRICS, args), "a series and an index");

    test_cursor(CRICKET_QUERY_METRICS, place, 21 + 11, args);
    CHECK(test_fails(CRICKET_QUERY_METRICS, args, made_up), "half a series");

    place[20] = 13;

    test_cursor(CRICKET_QUERY_METRICS, place, 21 + 13, args);
    CHECK(test_fails(CRICKET_QUERY_METRICS, args, made_up),
          "a series that is too long");

    place[20] = 2;
    place[22] = 0xff;

    test_cursor(CRICKET_QUERY_METRICS, place, 21 + 5, args);
    CHECK(test_fails(CRICKET_QUERY_METRICS, args, made_up),
          "a series that is not UTF-8");

    place[20] = 0;

    test_cursor(CRICKET_QUERY_METRICS, place, 21 + 5, args);
    CHECK(test_fails(CRICKET_QUERY_METRICS, args, made_up),
          "a name that is not UTF-8");

    test_cursor(CRICKET_QUERY_NAMES, place + 21, 5, args);
    CHECK(test_fails(CRICKET_QUERY_NAMES, args, made_up),
          "a metric's name that is not UTF-8");
}


/*
 * A cursor with one character changed, missing or added is refused: also one
 * whose last character has bits that no byte is made of, as that of two of the
 * names here has.
 */

static void
test_cursor_damage(void)
{
    size_t                    i;
    char                      args[256];
    cricket_buf_t             err, next;
    cricket_query_t          *q;
    cricket_query_position_t  after;

    static const char  *names[] = {
        "c\xc3\xa9", "c\xc3\xa9" "d", "c\xc3\xa9" "de"
    };

    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        memset(&after, 0, sizeof(cricket_query_position_t));

        after.name.data = (const unsigned char *) names[i];
        after.name.len = strlen(names[i]);

        q = test_parse(CRICKET_QUERY_NAMES, "", &err);

        if (q == NULL) {
            CHECK(0, "a query for a cursor");
            return;
        }

        cricket_buf_init(&next, 65536);
        cricket_query_next(q, &after, &next);
        cricket_query_free(q);
        cricket_buf_free(&err);

        (void) snprintf(args, sizeof(args), "%.*s", (int) next.len,
                        (char *) next.data);
        cricket_buf_free(&next);

        q = test_parse(CRICKET_QUERY_NAMES, args, &err);
        CHECK(q != NULL && q->after.name.len == after.name.len
              && !memcmp(q->after.name.data, names[i], after.name.len),
              "the cursor of a name of %zu bytes", after.name.len);
        cricket_query_free(q);
        cricket_buf_free(&err);

        CHECK(test_fails(CRICKET_QUERY_METRICS, args,
                         "cursor: of other parameters, or damaged"),
              "a name's cursor for datapoints");

        CHECK(test_damage(args) == 0, "no damage to it is taken");
    }
}


/* returns how many damaged ones of the cursor in args are taken */

static int
test_damage(char *args)
{
    int     taken;
    char    c;
    size_t  i, j, len;

    static const char  alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.%=";

    taken = 0;
    len = strlen(args);

    for (i = strlen("cursor="); i <= len; i++) {
        c = args[i];
        args[len + 1] = '\0';

        for (j = 0; j < sizeof(alphabet) - 1; j++) {

            if (alphabet[j] != c) {
                args[i] = alphabet[j];
                taken += test_damaged(args);
            }
        }

        args[i] = '\0';

        if (i < len) {
            taken += test_damaged(args);
        }

        args[i] = c;
    }

    return taken;
}


static int
test_damaged(const char *args)
{
    int               taken;
    cricket_buf_t     err;
    cricket_query_t  *q;

    q = test_parse(CRICKET_QUERY_NAMES, args, &err);
    taken = (q != NULL || err.len < 8 || memcmp(err.data, "cursor: ", 8) != 0);

    cricket_query_free(q);
    cricket_buf_free(&err);

    return taken;
}


static void
test_next(void)
{
    cricket_buf_t             err, next;
    cricket_query_t          *q;
    cricket_query_position_t  after;

    static const char  expected[] =
        "name=%22%3Ca%3E%26%2B%C3%A9%2C%3B&start=2023-11-14T21:13:20.123456789Z"
        "&tag.a/b=c%3Dd&limit=5&cursor=";

    memset(&after, 0, sizeof(cricket_query_position_t));

    q = test_parse(CRICKET_QUERY_METRICS,
                   "name=\"<a>%26%2b\xc3\xa9,;&start=now-1h&tag.a/b=c="
                   "d&limit=5",
                   &err);

    CHECK(q != NULL, "a query with a next page");

    if (q == NULL) {
        return;
    }

    cricket_buf_init(&next, 65536);
    cricket_query_next(q, &after, &next);
    cricket_query_free(q);
    cricket_buf_free(&err);

    CHECK(next.len > sizeof(expected)
          && !memcmp(next.data, expected, sizeof(expected) - 1),
          "the next page has the same parameters, and times that stay");

    cricket_buf_append(&next, "", 1);

    q = test_parse(CRICKET_QUERY_METRICS, (char *) next.data, &err);
    CHECK(q != NULL && q->after_set && q->limit == 5, "and is taken");
    cricket_query_free(q);
    cricket_buf_free(&err);
    cricket_buf_free(&next);
}


/* a message that doesn't fit is not an overflow */

static void
test_memory(void)
{
    cricket_buf_t     err;
    cricket_query_t  *q;

    cricket_buf_init(&err, 3);
    q = cricket_params_parse(CRICKET_QUERY_NONE, TEXT("abcdef=1"), &test_now,
                            &err);

    CHECK(q == NULL && err.failed && err.len <= 3, "no room for the message");

    cricket_buf_free(&err);
}


int
main(void)
{
    test_good();
    test_bad();
    test_values();
    test_times();
    test_zones();
    test_decoding();
    test_every_byte();
    test_many();
    test_formats();
    test_post();
    test_others();
    test_cursors();
    test_cursor_texts();
    test_cursor_damage();
    test_next();
    test_memory();

    return test_done();
}
