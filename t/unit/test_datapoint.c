
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#include <math.h>
#include <stdlib.h>

#include "cricket_body.h"
#include "test.h"


/* a datapoint with one field as given */

#define DP(name, type, value, timestamp)                                     \
    "{\"name\":" name ",\"type\":" type ",\"value\":" value                  \
    ",\"timestamp\":" timestamp "}"

#define NAME(name)       DP(name, "\"t\"", "1", "\"1970-01-01T00:00:00Z\"")
#define TYPE(type)       DP("\"n\"", type, "1", "\"1970-01-01T00:00:00Z\"")
#define VALUE(value)     DP("\"n\"", "\"t\"", value,                         \
                            "\"1970-01-01T00:00:00Z\"")
#define TIMESTAMP(time)  DP("\"n\"", "\"t\"", "1", time)

#define START  "{\"name\":\"n\",\"type\":\"t\",\"value\":1,"                  \
               "\"timestamp\":\"1970-01-01T00:00:00Z\""

#define TAGS(tags)       START ",\"tags\":" tags "}"

#define TEN(s)           s s s s s s s s s s


/* the type of a reader */

typedef const cricket_reader_type_t  *test_type_t;


static int test_next(cricket_body_t *body, cricket_datapoint_t *dp);
static void test_init(cricket_body_t *body, test_type_t type,
    const unsigned char *data, size_t len, size_t max);
static void test_slices(test_type_t type, const unsigned char *data,
    size_t len, size_t max);
static int test_same(const cricket_datapoint_t *one,
    const cricket_datapoint_t *two);
static int test_one(cricket_body_t *body, cricket_datapoint_t *dp,
    const char *text);
static void test_whole(void);
static void test_valid(void);
static void test_invalid(void);
static void test_lengths(void);
static void test_tag_count(void);
static void test_bodies(void);
static void test_goes_on(void);
static void test_max(void);
static void test_ndjson(void);
static void test_hostile(void);
static void test_cost(void);
static void test_long(void);


static unsigned  test_sliced;


static int
test_next(cricket_body_t *body, cricket_datapoint_t *dp)
{
    return cricket_reader_next(&body->reader, dp);
}


/* whatever is read is read in slices first, and must be the same */

static void
test_init(cricket_body_t *body, test_type_t type,
    const unsigned char *data, size_t len, size_t max)
{
    test_slices(type, data, len, max);

    cricket_reader_init(&body->reader, type, data, len, max);
}


static void
test_slices(test_type_t type, const unsigned char *data, size_t len,
    size_t max)
{
    int                  one, two;
    size_t               i;
    cricket_body_t       whole, sliced;
    cricket_datapoint_t  dp, part;

    static const size_t  sizes[] = {
        1, 2, 3, 5, 7, 11, CRICKET_READER_COST, CRICKET_READER_COST + 1,
        CRICKET_READER_COST + 50, 1000
    };

    for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        cricket_reader_init(&whole.reader, type, data, len, max);
        cricket_reader_init(&sliced.reader, type, data, len, max);

        cricket_reader_limit(&sliced.reader, sizes[i]);

        do {
            memset(&dp, 0x5a, sizeof(cricket_datapoint_t));
            memset(&part, 0xa5, sizeof(cricket_datapoint_t));

            one = test_next(&whole, &dp);

            while ((two = test_next(&sliced, &part)) == CRICKET_AGAIN)
            {
                test_sliced++;
                cricket_reader_limit(&sliced.reader, sizes[i]);
            }

            if (one != two
                || whole.reader.index != sliced.reader.index
                || (one == CRICKET_OK && !test_same(&dp, &part))
                || (one != CRICKET_OK && one != CRICKET_DONE
                    && (strcmp(whole.reader.field, sliced.reader.field) != 0
                        || strcmp(whole.reader.message,
                                  sliced.reader.message) != 0)))
            {
                CHECK(0, "\"%.*s\" in slices of %zu", (int) len,
                      (const char *) data, sizes[i]);
                return;
            }

        } while (one == CRICKET_OK || one == CRICKET_INVALID);
    }
}


static int
test_same(const cricket_datapoint_t *one, const cricket_datapoint_t *two)
{
    size_t                i;
    const cricket_tag_t  *a, *b;

    if (one->name.data != two->name.data || one->name.len != two->name.len
        || one->type.data != two->type.data || one->type.len != two->type.len
        || one->number.data != two->number.data
        || one->number.len != two->number.len
        || memcmp(&one->value, &two->value, sizeof(double)) != 0
        || one->timestamp.sec != two->timestamp.sec
        || one->timestamp.nsec != two->timestamp.nsec
        || one->ntags != two->ntags)
    {
        return 0;
    }

    for (i = 0; i < one->ntags; i++) {
        a = &one->tags[i];
        b = &two->tags[i];

        if (a->key.data != b->key.data || a->key.len != b->key.len
            || a->value.data != b->value.data || a->value.len != b->value.len)
        {
            return 0;
        }
    }

    return 1;
}


/* reads the first datapoint of a copy without a byte to spare, then the end */

static int
test_one(cricket_body_t *body, cricket_datapoint_t *dp, const char *text)
{
    int             rc, rc2;
    size_t          len;
    unsigned char  *copy;

    len = strlen(text);

    copy = malloc(len ? len : 1);
    if (copy == NULL) {
        return 1;
    }

    memcpy(copy, text, len);
    memset(dp, 0x5a, sizeof(cricket_datapoint_t));

    test_init(body, &cricket_body_json, copy, len, 100);

    rc = test_next(body, dp);

    if (rc == CRICKET_OK || rc == CRICKET_INVALID) {
        rc2 = test_next(body, dp);

        if (rc2 != CRICKET_DONE) {
            rc = rc2;
        }
    }

    free(copy);

    return rc;
}


static void
test_whole(void)
{
    cricket_body_t       body;
    cricket_datapoint_t  dp;

    test_init(&body, &cricket_body_json, TEXT(
              "[{\"name\":\"c1\",\"type\":\"counter\",\"value\":1.50,"
              "\"timestamp\":\"2016-12-31T22:49:50.25+00:00\"},"
              "{\"tags\":{\"host\":\"w\\u0065b\",\"d/c_.-9\":\"=\"},"
              "\"value\":-0,\"timestamp\":\"1970-01-01t01:00:00z\","
              "\"n\\u0061me\":\"a\\\"b\",\"type\":\"\xc3\xa4\"}]"), 2);

    CHECK(test_next(&body, &dp) == CRICKET_OK && body.reader.index == 0,
          "the first");
    CHECK(cricket_string_is(&dp.name, "c1"), "name");
    CHECK(cricket_string_is(&dp.type, "counter"), "type");
    CHECK(cricket_string_is(&dp.number, "1.50"), "number");
    CHECK(dp.value == 1.5, "value");
    CHECK(dp.timestamp.sec == 1483224590 && dp.timestamp.nsec == 250000000,
          "timestamp");
    CHECK(dp.ntags == 0, "no tags");

    CHECK(test_next(&body, &dp) == CRICKET_OK && body.reader.index == 1,
          "the second");
    CHECK(cricket_string_is(&dp.name, "a\\\"b"), "name with an escape");
    CHECK(cricket_string_is(&dp.type, "\xc3\xa4"), "type in UTF-8");
    CHECK(cricket_string_is(&dp.number, "-0") && dp.value == 0
          && signbit(dp.value),
          "a negative zero");
    CHECK(dp.timestamp.sec == 3600, "timestamp in lower case");
    CHECK(dp.ntags == 2, "two tags");
    CHECK(cricket_string_is(&dp.tags[0].key, "host")
          && cricket_string_is(&dp.tags[0].value, "w\\u0065b"),
          "the first tag");
    CHECK(cricket_string_is(&dp.tags[1].key, "d/c_.-9")
          && cricket_string_is(&dp.tags[1].value, "="), "the second tag");

    CHECK(test_next(&body, &dp) == CRICKET_DONE, "done");
    CHECK(test_next(&body, &dp) == CRICKET_DONE, "done for good");
    CHECK(body.reader.index == 1, "index stays");
}


static void
test_valid(void)
{
    size_t               i;
    cricket_body_t       body;
    cricket_datapoint_t  dp;

    static const char  *t[] = {
        START "}",
        "[" START "}]",
        " [ " START "} ] ",
        NAME("\" \""),
        NAME("\"\\u0020\\/\\\\\\\"\""),
        NAME("\"\xc2\xa0\xe2\x80\xa8\xf0\x9f\x98\x80\""),
        NAME("\"\\ud83d\\ude00\\u00a0\""),
        NAME("\"~\xef\xbf\xbf\""),
        VALUE("0"),
        VALUE("-1.7976931348623157e308"),
        VALUE("1e-400"),
        VALUE("123456789012345678901234567890123456789012345678901234567890"),
        TIMESTAMP("\"2016-12-31T22:49:50\\u005a\""),
        TIMESTAMP("\"\\u0032016-12-31T22:49:50Z\""),
        TAGS("{}"),
        TAGS("{\"a\":\"b\"}"),
        TAGS("{\"a\":\"b\",\"A\":\"b\"}"),
        TAGS("{\"a\":\"b\",\"aa\":\"b\"}"),
        TAGS("{\"-./059\":\"b\",\"_azAZ\":\"=\"}"),
        TAGS("{\"\\u0061\\/\":\"b\",\"b\":\"b\",\"\\u0062c\":\"d\"}"),
        "{\"tags\":{},\"value\":1,\"ty\\u0070e\":\"t\",\"timestamp\":"
        "\"1970-01-01T00:00:00Z\",\"\\u006e\\u0061\\u006d\\u0065\":\"n\"}",
        "{\"\\u0074\\u0069\\u006d\\u0065\\u0073\\u0074\\u0061\\u006d\\u0070\":"
        "\"1970-01-01T00:00:00Z\",\"name\":\"n\",\"type\":\"t\",\"value\":1}",
    };

    for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
        CHECK(test_one(&body, &dp, t[i]) == CRICKET_OK, "valid: %s: %s",
              t[i], body.reader.message);
    }
}


static void
test_invalid(void)
{
    int                  rc;
    size_t               i;
    cricket_body_t       body;
    cricket_datapoint_t  dp;

#define LONG_KEY  "abcdefghijklmnopqrstuvwxyz0123456789"

    static const struct {
        const char  *text;
        const char  *field;
        const char  *message;
    } t[] = {
        { "{}", "name", "missing" },
        { "{\"name\":\"n\"}", "type", "missing" },
        { "{\"name\":\"n\",\"type\":\"t\"}", "value", "missing" },
        { "{\"name\":\"n\",\"type\":\"t\",\"value\":1}", "timestamp",
          "missing" },
        { "{\"tags\":{}}", "name", "missing" },

        { START ",\"name\":\"n\"}", "name", "repeated" },
        { START ",\"n\\u0061me\":\"n\"}", "name", "repeated" },
        { START ",\"type\":\"n\"}", "type", "repeated" },
        { START ",\"value\":1}", "value", "repeated" },
        { START ",\"timestamp\":1}", "timestamp", "repeated" },
        { START ",\"tags\":{},\"tags\":{}}", "tags", "repeated" },

        { START ",\"nmae\":1}", "nmae", "unknown field, expected name, type, "
          "value, timestamp or tags" },
        { START ",\"Name\":{\"x\":[1,{}]}}", "Name", "unknown field, expected "
          "name, type, value, timestamp or tags" },
        { START ",\"\":1}", "", "unknown field, expected name, type, value, "
          "timestamp or tags" },
        { START ",\"name\\u0000\":1}", "name?", "unknown field, expected name,"
          " type, value, timestamp or tags" },
        { START ",\"a\\nb\x7f\xc2\x80\xc3\xa4\":1}", "a?b??\xc3\xa4",
          "unknown field, expected name, type, value, timestamp or tags" },
        { START ",\"\\ud800\":1}", "\\ud800", "unknown field, expected name, "
          "type, value, timestamp or tags" },
        { START ",\"" LONG_KEY LONG_KEY "\":1}", LONG_KEY
          "abcdefghijklmnopqrstuvwx...", "unknown field, expected name, type, "
          "value, timestamp or tags" },
        { START ",\"" LONG_KEY "abcdefghijklmnopqrstuvwxyz0\":1}", LONG_KEY
          "abcdefghijklmnopqrstuvwxyz0", "unknown field, expected name, type, "
          "value, timestamp or tags" },
        { START ",\"" LONG_KEY "abcdefghijklmnopqrstuvw\xc3\xa4zzzz\":1}",
          LONG_KEY "abcdefghijklmnopqrstuvw...", "unknown field, expected "
          "name, type, value, timestamp or tags" },

        { NAME("1"), "name", "a number, expected a string" },
        { NAME("null"), "name", "null, expected a string" },
        { NAME("true"), "name", "a boolean, expected a string" },
        { NAME("{\"name\":\"n\"}"), "name", "an object, expected a string" },
        { NAME("[\"n\"]"), "name", "an array, expected a string" },
        { NAME("\"\""), "name", "empty, expected 1 to 512 bytes" },
        { NAME("\"a\\u0000b\""), "name", "a control character" },
        { NAME("\"\\u001f\""), "name", "a control character" },
        { NAME("\"a\\nb\""), "name", "a control character" },
        { NAME("\"\\u007f\""), "name", "a control character" },
        { NAME("\"\x7f\""), "name", "a control character" },
        { NAME("\"\\u0080\""), "name", "a control character" },
        { NAME("\"\\u009F\""), "name", "a control character" },
        { NAME("\"\xc2\x80\""), "name", "a control character" },
        { NAME("\"abc\xc2\x9f\""), "name", "a control character" },
        { NAME("\"\\ud800\""), "name", "half of a surrogate pair" },
        { NAME("\"\\udc00\\ud800\""), "name", "half of a surrogate pair" },

        { TYPE("1"), "type", "a number, expected a string" },
        { TYPE("\"\""), "type", "empty, expected 1 to 64 bytes" },
        { TYPE("\"\\t\""), "type", "a control character" },

        { VALUE("\"1\""), "value", "a string, expected a number" },
        { VALUE("null"), "value", "null, expected a number" },
        { VALUE("false"), "value", "a boolean, expected a number" },
        { VALUE("[1]"), "value", "an array, expected a number" },
        { VALUE("1e400"), "value", "beyond the range of a double" },
        { VALUE("-1e400"), "value", "beyond the range of a double" },

        { VALUE("NaN"), "value", "NaN, which JSON does not have, expected a "
          "number" },
        { VALUE(" -Infinity "), "value", "-Infinity, which JSON does not "
          "have, expected a number" },
        { VALUE("inf"), "value", "inf, which JSON does not have, expected a "
          "number" },
        { VALUE("[NaN,-NaN]"), "value", "an array, expected a number" },
        { START ",\"value\":NaN}", "value", "repeated" },
        { START ",\"unit\":NaN}", "unit", "unknown field, expected name, "
          "type, value, timestamp or tags" },
        { NAME("nan"), "name", "nan, which JSON does not have, expected a "
          "string" },
        { TAGS("NaN"), "tags", "NaN, which JSON does not have, expected an "
          "object of strings" },
        { TAGS("{\"a\":NaN,\"b\":NaN}"), "tags.a", "NaN, which JSON does not "
          "have, expected a string" },
        { "[NaN]", "", "NaN, which JSON does not have, expected a "
          "datapoint" },
        { "[[NaN]]", "", "an array, expected a datapoint" },

        { TIMESTAMP("0"), "timestamp", "a number, expected a string like "
          "2016-12-31T22:49:50Z" },
        { TIMESTAMP("null"), "timestamp", "null, expected a string like "
          "2016-12-31T22:49:50Z" },
        { TIMESTAMP("\"\""), "timestamp", "empty, " CRICKET_TIME_EXPECTED },
        { TIMESTAMP("\"now\""), "timestamp", "does not begin with a date as "
          "YYYY-MM-DD, " CRICKET_TIME_EXPECTED },
        { TIMESTAMP("\"n\\u006fw\""), "timestamp", "does not begin with a "
          "date as YYYY-MM-DD, " CRICKET_TIME_EXPECTED },
        { TIMESTAMP("\"1483224590\""), "timestamp", "a number, not a date and "
          "a time, " CRICKET_TIME_EXPECTED },
        { TIMESTAMP("\"2016-13-31T22:49:50Z\""), "timestamp", "month 13 is "
          "not 01 to 12, expected a time like 2016-12-31T22:49:50Z" },
        { TIMESTAMP("\"\\ud800\""), "timestamp", "half of a surrogate pair, "
          CRICKET_TIME_EXPECTED },
        { TIMESTAMP("\"" TEN(TEN("\\n")) TEN("\\u000a") "\""), "timestamp",
          "too long, " CRICKET_TIME_EXPECTED },
        { TIMESTAMP("\"2016-12-31T23:59:60Z\""), "timestamp", "second 60, a "
          "leap second, is not accepted, " CRICKET_TIME_EXPECTED },

        { TAGS("[]"), "tags", "an array, expected an object of strings" },
        { TAGS("null"), "tags", "null, expected an object of strings" },
        { TAGS("\"a\""), "tags", "a string, expected an object of strings" },
        { TAGS("{\"a\":1}"), "tags.a", "a number, expected a string" },
        { TAGS("{\"a\":{\"b\":\"c\"}}"), "tags.a",
          "an object, expected a string" },
        { TAGS("{\"a\":\"\"}"), "tags.a", "empty, expected 1 to 1024 bytes" },
        { TAGS("{\"a\":\"\\u0000\"}"), "tags.a", "a control character" },
        { TAGS("{\"a\":\"\\udfff\"}"), "tags.a", "half of a surrogate pair" },
        { TAGS("{\"a\":\"b\",\"a\":\"b\"}"), "tags.a", "repeated" },
        { TAGS("{\"a\":\"b\",\"\\u0061\":\"b\"}"), "tags.a", "repeated" },
        { TAGS("{\"\\u0061\":\"b\",\"a\":\"b\"}"), "tags.a", "repeated" },
        { TAGS("{\"\\u0061b\":\"b\",\"c\":\"d\",\"a\\u0062\":\"b\"}"),
          "tags.ab", "repeated" },
        { TAGS("{\"\":\"b\"}"), "tags.",
          "not a key of 1 to 256 bytes of A-Z a-z 0-9 _ . / -" },
        { TAGS("{\"a b\":\"b\"}"), "tags.a b",
          "not a key of 1 to 256 bytes of A-Z a-z 0-9 _ . / -" },
        { TAGS("{\"a=\":\"b\"}"), "tags.a=",
          "not a key of 1 to 256 bytes of A-Z a-z 0-9 _ . / -" },
        { TAGS("{\"a,\":\"b\"}"), "tags.a,",
          "not a key of 1 to 256 bytes of A-Z a-z 0-9 _ . / -" },
        { TAGS("{\":\":\"b\"}"), "tags.:",
          "not a key of 1 to 256 bytes of A-Z a-z 0-9 _ . / -" },
        { TAGS("{\"\xc3\xa4\":\"b\"}"), "tags.\xc3\xa4",
          "not a key of 1 to 256 bytes of A-Z a-z 0-9 _ . / -" },
        { TAGS("{\"a\\u000a\":\"b\"}"), "tags.a?",
          "not a key of 1 to 256 bytes of A-Z a-z 0-9 _ . / -" },
        { TAGS("{\"\\ud800\":\"b\"}"), "tags.\\ud800",
          "not a key of 1 to 256 bytes of A-Z a-z 0-9 _ . / -" },
        { TAGS("{\"" TEN("[]{}|") TEN("@") "\":1}"),
          "tags." TEN("[]{}|") "@@@@@...",
          "not a key of 1 to 256 bytes of A-Z a-z 0-9 _ . / -" },

        { "{\"value\":\"x\",\"type\":1,\"foo\":2}", "value",
          "a string, expected a number" },

        { "[1]", "", "a number, expected a datapoint" },
        { "[null]", "", "null, expected a datapoint" },
        { "[[" START "}]]", "", "an array, expected a datapoint" },
        { "[\"a\"]", "", "a string, expected a datapoint" },
    };

    for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
        rc = test_one(&body, &dp, t[i].text);

        CHECK(rc == CRICKET_INVALID
              && strcmp(body.reader.field, t[i].field) == 0
              && strcmp(body.reader.message, t[i].message) == 0
              && body.reader.index == 0,
              "invalid: %s: %d %s: %s", t[i].text, rc,
              body.reader.field, body.reader.message);
    }
}


/* at the limit and a byte above it, plain and in the longest escapes */

static void
test_lengths(void)
{
    char                 text[20000], *p;
    size_t               i, n, over, escaped;
    cricket_body_t       body;
    cricket_datapoint_t  dp;

    static const struct {
        const char  *before;
        const char  *after;
        const char  *field;
        size_t       max;
        const char  *message;
    } t[] = {
        { "{\"type\":\"t\",\"value\":1,\"timestamp\":\"1970-01-01T00:00:00Z\","
          "\"name\":\"", "\"}", "name", 512, "longer than 512 bytes" },
        { "{\"name\":\"t\",\"value\":1,\"timestamp\":\"1970-01-01T00:00:00Z\","
          "\"type\":\"", "\"}", "type", 64, "longer than 64 bytes" },
        { START ",\"tags\":{\"a\":\"", "\"}}", "tags.a", 1024,
          "longer than 1024 bytes" },
        { START ",\"tags\":{\"", "\":\"v\"}}", "tags.aaaaaaaaaaaaaaaaaaaaaaa"
          "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa...", 256,
          "not a key of 1 to 256 bytes of A-Z a-z 0-9 _ . / -" },
    };

    for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {

        for (over = 0; over <= 1; over++) {

            for (escaped = 0; escaped <= 1; escaped++) {
                p = stpcpy(text, t[i].before);

                for (n = 0; n < t[i].max + over; n++) {
                    p = stpcpy(p, (escaped && n >= 64) ? "\\u0061" : "a");
                }

                (void) strcpy(p, t[i].after);

                if (over) {
                    CHECK(test_one(&body, &dp, text) == CRICKET_INVALID
                          && strcmp(body.reader.field, t[i].field) == 0
                          && strcmp(body.reader.message, t[i].message) == 0,
                          "%s of %d bytes: %s", t[i].field, (int) n,
                          body.reader.message);

                } else {
                    CHECK(test_one(&body, &dp, text) == CRICKET_OK,
                          "%s of %d bytes: %s", t[i].field, (int) n,
                          body.reader.message);
                }
            }
        }
    }

    /* 512 bytes, not characters */

    p = stpcpy(text, t[0].before);

    for (n = 0; n < 257; n++) {
        p = stpcpy(p, "\\u00e4");
    }

    (void) strcpy(p, t[0].after);

    CHECK(test_one(&body, &dp, text) == CRICKET_INVALID
          && strcmp(body.reader.message, "longer than 512 bytes") == 0,
          "257 characters of 2 bytes");
}


static void
test_tag_count(void)
{
    int                  i, n;
    char                 text[2000], *p;
    cricket_body_t       body;
    cricket_datapoint_t  dp;

    for (n = CRICKET_TAGS; n <= CRICKET_TAGS + 1; n++) {
        p = stpcpy(text, START ",\"tags\":{");

        for (i = 0; i < n; i++) {
            p += sprintf(p, "\"k%d\":\"v\",", i);
        }

        (void) strcpy(p - 1, "}}");

        if (n == CRICKET_TAGS) {
            CHECK(test_one(&body, &dp, text) == CRICKET_OK && dp.ntags == 40,
                  "40 tags");

        } else {
            CHECK(test_one(&body, &dp, text) == CRICKET_INVALID
                  && strcmp(body.reader.field, "tags") == 0
                  && strcmp(body.reader.message, "more than 40 tags") == 0,
                  "41 tags");
        }
    }
}


static void
test_bodies(void)
{
    int                  rc, last;
    size_t               i;
    cricket_body_t       body;
    cricket_datapoint_t  dp;

    static const struct {
        const char  *text;
        const char  *message;   /* NULL if it is well-formed */
    } t[] = {
        { "[]", NULL },
        { " [ ] \n", NULL },
        { "[{}]", NULL },
        { "{}", NULL },
        { "[1,[],{\"a\":{}}]", NULL },

        { "", "the body is empty, expected an array of datapoints or one "
          "datapoint" },
        { " \r\n\t", "the body is empty, expected an array of datapoints or "
          "one datapoint" },
        { "1", "expected an array of datapoints or one datapoint" },
        { "\"a\"", "expected an array of datapoints or one datapoint" },
        { "null", "expected an array of datapoints or one datapoint" },
        { "x", "at byte 0: expected a value" },
        { "NaN", "expected an array of datapoints or one datapoint" },
        { "{\"value\":NaN", "at byte 12: ends inside an object" },
        { "{\"value\":NaN 1}", "at byte 13: expected a comma or }" },
        { "{\"value\":NaN1}", "at byte 9: expected a value" },
        { "{\"value\":Na", "at byte 9: expected a value" },
        { "{\"value\":-", "at byte 10: expected a digit" },
        { "{\"value\":+NaN}", "at byte 9: expected a value" },
        { "{\"value\":1NaN}", "at byte 10: expected a comma or }" },
        { "{NaN:1}", "at byte 1: expected a key in quotes" },
        { "[NaN,]", "at byte 5: expected a value" },
        { "{} NaN", "at byte 3: a second value after the first" },
        { "[NaN] NaN", "at byte 6: a second value after the first" },
        { "{}\n{}", "at byte 3: a second value after the first; send NDJSON "
          "as Content-Type: application/x-ndjson" },
        { "{} \r\n\t {\n", "at byte 7: a second value after the first; send "
          "NDJSON as Content-Type: application/x-ndjson" },
        { "{}\n[]", "at byte 3: a second value after the first" },
        { "[]\n{}", "at byte 3: a second value after the first" },
        { "\x1f\x8b\x08", "at byte 0: gzip data, expected JSON; packed once, "
          "it is sent with the header Content-Encoding: gzip" },
        { "\x1f", "at byte 0: expected a value" },
        { "x\x01", "at byte 0: deflate data, expected JSON; packed once, it is "
          "sent with the header Content-Encoding: deflate" },
        { "x\x5e", "at byte 0: deflate data, expected JSON; packed once, it is "
          "sent with the header Content-Encoding: deflate" },
        { "x\x9c", "at byte 0: deflate data, expected JSON; packed once, it is "
          "sent with the header Content-Encoding: deflate" },
        { "x\xda", "at byte 0: deflate data, expected JSON; packed once, it is "
          "sent with the header Content-Encoding: deflate" },
        { "x\x9d", "at byte 0: expected a value" },
        { "\x28\xb5\x2f\xfd", "at byte 0: zstd data, expected JSON; packed, it "
          "may be with gzip or deflate" },
        { "\x28\xb5\x2f", "at byte 0: expected a value" },
        { "\xff\xfe[", "at byte 0: UTF-16, expected JSON in UTF-8" },
        { "\xfe\xff[", "at byte 0: UTF-16, expected JSON in UTF-8" },
        { "\"a", "at byte 2: ends inside a string" },
        { "[", "at byte 1: expected a value" },
        { "[] []", "at byte 3: a second value after the first" },
        { "{}{}", "at byte 2: a second value after the first" },
        { "[{},]", "at byte 4: expected a value" },
        { "[{}", "at byte 3: ends inside an array" },
        { "[{\"name\":}]", "at byte 9: expected a value" },
        { "[{\"name\":1,\"x\":01}]", "at byte 16: number begins with 0" },
        { "[{\"x\":[1,]}]", "at byte 9: expected a value" },
        { "[{\"tags\":{\"a\":\"b\",}}]", "at byte 18: expected a key in "
          "quotes" },
        { "[{\"tags\":{\"a\":\"b\n\"}}]", "at byte 16: raw control character "
          "in a string" },
        { "[{\"tags\":{\"a b\":\"\xff\"}}]", "at byte 17: broken UTF-8" },
        { "[{\"name\":\"\xff\"}]", "at byte 10: broken UTF-8" },
        { "[[[1}]]", "at byte 4: expected a comma or ]" },
        { "[" START "}] x", "at byte 71: a second value after the first" },
    };

    for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
        test_init(&body, &cricket_body_json, (const unsigned char *) t[i].text,
                  strlen(t[i].text), 100);

        do {
            rc = test_next(&body, &dp);
        } while (rc == CRICKET_OK || rc == CRICKET_INVALID);

        if (t[i].message == NULL) {
            CHECK(rc == CRICKET_DONE, "well-formed: %s", t[i].text);
            continue;
        }

        last = test_next(&body, &dp);

        CHECK(rc == CRICKET_ERROR && last == CRICKET_ERROR
              && strcmp(body.reader.message, t[i].message) == 0
              && body.reader.field[0] == '\0' && body.reader.index != 100,
              "broken: %s: %s", t[i].text, body.reader.message);
    }
}


static void
test_goes_on(void)
{
    int                  rc, i;
    cricket_body_t       body;
    cricket_datapoint_t  dp;

    static const char  text[] =
        "[" START "},7," START ",\"x\":{\"y\":[[],{}]},\"value\":2},"
        "{\"tags\":{\"a\":{\"b\":[1]},\"c\":1},\"name\":{}}," START "},[[]],"
        START ",\"tags\":{\"z\":\"z\"}}]";

    static const int  expected[] = {
        CRICKET_OK, CRICKET_INVALID, CRICKET_INVALID, CRICKET_INVALID,
        CRICKET_OK, CRICKET_INVALID, CRICKET_OK, CRICKET_DONE
    };

    test_init(&body, &cricket_body_json, TEXT(text), 100);

    for (i = 0; i < 8; i++) {
        rc = test_next(&body, &dp);

        CHECK(rc == expected[i]
              && body.reader.index == (size_t) (i < 7 ? i : 6),
              "goes on at %d", i);
    }

    CHECK(dp.ntags == 1, "the last datapoint's own tags");
}


static void
test_max(void)
{
    int                  rc;
    size_t               i, n, max;
    cricket_body_t       body;
    cricket_datapoint_t  dp;

    static const struct {
        test_type_t   type;
        const char   *text;
        size_t           n;
    } t[] = {
        { &cricket_body_json, "[" START "},1," START "}]", 3 },
        { &cricket_body_json, START "}", 1 },
        { &cricket_body_ndjson, START "}\n\nx\n" START "}\n\n", 3 },
    };

    for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {

        for (max = 0; max <= t[i].n; max++) {
            test_init(&body, t[i].type, (const unsigned char *) t[i].text,
                      strlen(t[i].text), max);
            n = 0;

            for ( ;; ) {
                rc = test_next(&body, &dp);

                if (rc != CRICKET_OK && rc != CRICKET_INVALID) {
                    break;
                }

                n++;
            }

            if (max == t[i].n) {
                CHECK(rc == CRICKET_DONE && n == max, "as many as allowed");
                continue;
            }

            CHECK(rc == CRICKET_ERROR && n == max && body.reader.index == max
                  && strncmp(body.reader.message, "more than ", 10) == 0,
                  "%d: at most %d: %s", (int) i, (int) max,
                  body.reader.message);
        }
    }
}


static void
test_ndjson(void)
{
    int                  i;
    cricket_body_t       body;
    cricket_datapoint_t  dp;

    static const char  text[] =
        "\n \t\r\n" START "}\r\n\n" START "} x\n{\n[]\n\"a\n  " START ","
        "\"x\":0}\n7\n{\"name\":\"\xff\"}\n" START "}\n{\"value\":NaN}\n"
        "{\"value\":NaN} 1\n" START "}";

    static const struct {
        int          rc;
        const char  *field;
        const char  *message;
    } t[] = {
        { CRICKET_OK, NULL, NULL },
        { CRICKET_INVALID, "", "at byte 69 of the line: a second value after "
          "the first" },
        { CRICKET_INVALID, "", "at byte 1 of the line: ends inside an "
          "object" },
        { CRICKET_INVALID, "", "an array, expected a datapoint" },
        { CRICKET_INVALID, "", "at byte 2 of the line: ends inside a "
          "string" },
        { CRICKET_INVALID, "x", "unknown field, expected name, type, value, "
          "timestamp or tags" },
        { CRICKET_INVALID, "", "a number, expected a datapoint" },
        { CRICKET_INVALID, "", "at byte 9 of the line: broken UTF-8" },
        { CRICKET_OK, NULL, NULL },
        { CRICKET_INVALID, "value", "NaN, which JSON does not have, expected "
          "a number" },
        { CRICKET_INVALID, "", "at byte 14 of the line: a second value after "
          "the first" },
        { CRICKET_OK, NULL, NULL },
    };

    static const struct {
        const char  *text;
        const char  *message;
    } not[] = {
        { "\n [{\n}]\n", "an array, expected one datapoint a line; send it as "
          "Content-Type: application/json" },
        { "[" START "}\n," START "}\n] \t\r\n", "an array, expected one "
          "datapoint a line; send it as Content-Type: application/json" },
        { "[]", "an array, expected one datapoint a line; send it as "
          "Content-Type: application/json" },
        { "\x1f\x8b\n", "at byte 0: gzip data, expected JSON; packed once, it "
          "is sent with the header Content-Encoding: gzip" },
        { "{\n}", "a value over several lines, expected one datapoint a line; "
          "a JSON text is sent as Content-Type: application/json" },
        { "\n{ \"name\":\n\"n\"\n}\n\n", "a value over several lines, expected "
          "one datapoint a line; a JSON text is sent as Content-Type: "
          "application/json" },
        { "{\n}\n{}\nx", "a value over several lines, expected one datapoint a "
          "line; a JSON text is sent as Content-Type: application/json" },
        { "{\"value\":NaN,\n\"x\":[\n]}", "a value over several lines, "
          "expected one datapoint a line; a JSON text is sent as "
          "Content-Type: application/json" },
    };

    /* a first line that was cut is its own fault, not that of all lines */

    static const char  *lines[] = {
        "{\n{}", "{\"name\":\"n\"\n{}", "{\n", "[1\n[1]x", "{\n\n{}", "[\n1",
        "\"a\nb\"", "{} x\n{}", "[1\n,2] x"
    };

    test_init(&body, &cricket_body_ndjson, TEXT(text), 100);

    for (i = 0; i < (int) (sizeof(t) / sizeof(t[0])); i++) {
        CHECK(test_next(&body, &dp) == t[i].rc
              && body.reader.index == (size_t) i
              && (t[i].rc == CRICKET_OK
                  || (strcmp(body.reader.field, t[i].field) == 0
                      && strcmp(body.reader.message, t[i].message) == 0)),
              "line %d: %s", i, body.reader.message);
    }

    CHECK(test_next(&body, &dp) == CRICKET_DONE
          && test_next(&body, &dp) == CRICKET_DONE, "no more lines");

    for (i = 0; i < (int) (sizeof(not) / sizeof(not[0])); i++) {
        test_init(&body, &cricket_body_ndjson,
                  (const unsigned char *) not[i].text, strlen(not[i].text), 1);

        CHECK(test_next(&body, &dp) == CRICKET_ERROR
              && test_next(&body, &dp) == CRICKET_ERROR
              && body.reader.index != body.reader.max
              && body.reader.field[0] == '\0'
              && strcmp(body.reader.message, not[i].message) == 0,
              "not NDJSON: %d: %s", i, body.reader.message);
    }

    for (i = 0; i < (int) (sizeof(lines) / sizeof(lines[0])); i++) {
        test_init(&body, &cricket_body_ndjson,
                  (const unsigned char *) lines[i], strlen(lines[i]), 100);

        CHECK(test_next(&body, &dp) == CRICKET_INVALID,
              "lines: %d", i);

        while (test_next(&body, &dp) == CRICKET_INVALID) { /* void */ }

        CHECK(test_next(&body, &dp) == CRICKET_DONE,
              "lines to the end: %d", i);
    }

    test_init(&body, &cricket_body_ndjson, NULL, 0, 100);
    CHECK(test_next(&body, &dp) == CRICKET_DONE, "no lines");

    test_init(&body, &cricket_body_ndjson, TEXT("\n \r\n"), 100);
    CHECK(test_next(&body, &dp) == CRICKET_DONE, "blank lines");
}


/* bodies to keep a reader busy with: none does so for longer than a slice */

static void
test_hostile(void)
{
    size_t               i, n, len, expected;
    unsigned             before;
    unsigned char       *data;
    cricket_body_t       body;
    cricket_datapoint_t  dp;

    static const struct {
        test_type_t   type;
        const char   *start;
        const char   *fill;
        const char   *end;
        size_t        scan;         /* bytes that count as one */
    } t[] = {
        { &cricket_body_json, "", " ", "", 1 },
        { &cricket_body_json, "[", " ", "]", 1 },
        { &cricket_body_json, "[]", " ", "", 1 },
        { &cricket_body_json, START "}", " ", "", 1 },
        { &cricket_body_json, "{}", " ", "{", 1 },
        { &cricket_body_json, "{", " ", "}", 1 },
        { &cricket_body_json, "{\"name\"", " ", ":\"n\"}", 1 },
        { &cricket_body_json, "{\"name\":", " ", "\"n\"}", 1 },
        { &cricket_body_json, "{\"tags\":{", " ", "}}", 1 },
        { &cricket_body_json, "{\"tags\":{\"a\":", " ", "\"b\"}}", 1 },
        { &cricket_body_json, "{\"name\":\"", "x", "\"}", 1 },
        { &cricket_body_json, "{\"", "\\n", "\":1}", 1 },
        { &cricket_body_json, "{\"tags\":{\"", "a", "\":\"b\"}}", 1 },
        { &cricket_body_json, "{\"tags\":{\"a\":\"", "\xc3\xa4", "\"}}", 1 },
        { &cricket_body_json, "{\"value\":", "1", "}", 1 },
        { &cricket_body_json, "{\"value\":0.", "0", "}", 1 },
        { &cricket_body_json, "{\"value\":1e", "1", "}", 1 },
        { &cricket_body_json, "{\"x\":[1", ",[]", "]}", 1 },
        { &cricket_body_json, "[1", ",1", "]", 1 },
        { &cricket_body_json, "[[", "[],", "1]]", 1 },
        { &cricket_body_ndjson, "", "\n", "", 1 },
        { &cricket_body_ndjson, "", " ", "", 1 },
        { &cricket_body_ndjson, START "}", " ", "", 1 },
        { &cricket_body_ndjson, "[", " ", "x", 1 },
        { &cricket_body_ndjson, "[]", "\n", "", 1 },
        { &cricket_body_ndjson, "[", "\n", "", 1 },
        { &cricket_body_ndjson, "{\"name\":\"", "x", "\"}", 1 },
        { &cricket_body_ndjson, "x", "y", "", 16 },
        { &cricket_body_ndjson, "{\n\"a\":[", " ", "]}", 1 },
        { &cricket_body_ndjson, "{\n\"a\":[", " ", "", 1 },
    };

    for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {

        len = 64 * 1024;

        data = malloc(len);
        if (data == NULL) {
            CHECK(0, "memory");
            return;
        }

        n = strlen(t[i].start);
        memcpy(data, t[i].start, n);

        while (n + strlen(t[i].fill) + strlen(t[i].end) <= len) {
            memcpy(data + n, t[i].fill, strlen(t[i].fill));
            n += strlen(t[i].fill);
        }

        memcpy(data + n, t[i].end, strlen(t[i].end));
        len = n + strlen(t[i].end);

        before = test_sliced;
        test_slices(t[i].type, data, len, len);

        /* in slices of 1, 2, 3, 5, 7, 11, ... */

        expected = len / t[i].scan;

        CHECK(test_sliced - before >= expected,
              "%d: %zu bytes of \"%s\" are no one slice", (int) i, len,
              t[i].fill);

        /* without a limit nothing is sliced */

        cricket_reader_init(&body.reader, t[i].type, data, len, len);

        while (test_next(&body, &dp) == CRICKET_INVALID) { /* void */ }

        CHECK(test_next(&body, &dp) != CRICKET_AGAIN, "no slice");

        free(data);
    }
}


/* many small datapoints take longer than their bytes tell */

static void
test_cost(void)
{
    int                  rc;
    size_t               i, n, most;
    cricket_body_t       body;
    cricket_datapoint_t  dp;

    static const struct {
        test_type_t   type;
        const char   *text;
    } t[] = {
        { &cricket_body_json, "[" TEN(TEN("1,")) "1]" },
        { &cricket_body_ndjson, TEN(TEN("1\n")) "1" },
    };

    for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
        cricket_reader_init(&body.reader, t[i].type,
                            (const unsigned char *) t[i].text,
                            strlen(t[i].text), 1000);
        n = 0;
        most = 0;

        do {
            if (n == 0) {
                cricket_reader_limit(&body.reader, 10 * CRICKET_READER_COST);
            }

            rc = test_next(&body, &dp);

            n = (rc == CRICKET_INVALID) ? n + 1 : 0;
            most = (n > most) ? n : most;

        } while (rc != CRICKET_DONE);

        CHECK(body.reader.index == 100 && most >= 9 && most <= 10,
              "%d: at most %zu in a slice", (int) i, most);
    }
}


static void
test_long(void)
{
    char                 text[CRICKET_VALUE_LEN + 200], message[64];
    size_t               n;
    cricket_body_t       body;
    cricket_datapoint_t  dp;

    for (n = CRICKET_VALUE_LEN; n <= CRICKET_VALUE_LEN + 1; n++) {
        strcpy(text, "{\"name\":\"n\",\"type\":\"t\",\"timestamp\":"
                     "\"1970-01-01T00:00:00Z\",\"value\":0.");
        memset(text + strlen(text), '0', n - 2);
        strcpy(strchr(text, '.') + n - 1, "}");

        if (n == CRICKET_VALUE_LEN) {
            CHECK(test_one(&body, &dp, text) == CRICKET_OK && dp.value == 0
                  && dp.number.len == n, "a number of %zu bytes", n);
            continue;
        }

        snprintf(message, sizeof(message), "longer than %d bytes",
                 CRICKET_VALUE_LEN);

        CHECK(test_one(&body, &dp, text) == CRICKET_INVALID
              && strcmp(body.reader.field, "value") == 0
              && strcmp(body.reader.message, message) == 0,
              "a number of %zu bytes: %s", n, body.reader.message);
    }

    /* who sends a second line further in is not told of NDJSON */

    for (n = 1024; n <= 1025; n++) {
        strcpy(text, "{}\n");
        memset(text + 3, ' ', n);
        strcpy(text + 3 + n, "{}");

        CHECK(test_one(&body, &dp, text) == CRICKET_ERROR
              && (strstr(body.reader.message, "send NDJSON") != NULL)
                 == (n == 1024),
              "a second line, %zu blanks in: %s", n, body.reader.message);
    }
}


int
main(void)
{
    test_whole();
    test_valid();
    test_invalid();
    test_lengths();
    test_tag_count();
    test_bodies();
    test_goes_on();
    test_max();
    test_ndjson();
    test_hostile();
    test_cost();
    test_long();

    CHECK(test_sliced > 100000, "all were read in slices as well");

    return test_done();
}
