
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#include "cricket_opentsdb.h"
#include "test_reader.h"


#define MAX       1000

#define TEN(s)    s s s s s s s s s s
#define HUNDRED(s)  TEN(TEN(s))
#define DIGITS    HUNDRED("1234567890") "12345678901234567890"

#define WHOLE                                                                 \
    "expected whole seconds or milliseconds since 1970, such as 1795627134"

/* a datapoint, but for one thing */
#define TIME(t)   "{\"metric\":\"m\",\"value\":1,\"timestamp\":" t "}"
#define VALUE(v)  "{\"metric\":\"m\",\"timestamp\":1,\"value\":" v "}"
#define TAGS(t)                                                               \
    "{\"metric\":\"m\",\"timestamp\":1,\"value\":1,\"tags\":" t "}"

#define ONE(v)    "m " v " 1970-01-01T00:00:01Z\n."
#define BAD(dp, message)  "!" message " <" dp ">\n."


typedef struct {
    const char       *body;
    const char       *read;
} test_body_t;


static void test_table(void);
static void test_limits(void);
static void test_slices(void);
static void test_truncated(void);
static void test_is(const unsigned char *data, size_t len, const char *read,
    const char *what);


static const test_body_t  test_bodies[] = {

    /* forms */
    { "[]", "." },
    { VALUE("0.5"), ONE("0.5") },
    { "[" VALUE("1") "\n," VALUE("2") "]",
      "m 1 1970-01-01T00:00:01Z\nm 2 1970-01-01T00:00:01Z\n." },
    { "[{\"metric\": \"sys.cpu\", \"timestamp\": 1795627134, \"value\": 0.5, "
      "\"tags\": {\"core\": \"0\", \"host\": \"vm\"}}]",
      "sys.cpu 0.5 2026-11-25T17:18:54Z core=0 host=vm\n." },
    { "{\"tags\":{},\"value\":\"1\",\"timestamp\":\"2\",\"metric\":\"\\u00e4 "
      "\\\"\"}", "\\u00e4 \\\" 1 1970-01-01T00:00:02Z\n." },

    /* times */
    { TIME("1"), "m 1 1970-01-01T00:00:01Z\n." },
    { TIME("\"1795627134\""), "m 1 2026-11-25T17:18:54Z\n." },
    { TIME("1795627134123"), "m 1 2026-11-25T17:18:54.123Z\n." },
    { TIME("\"1795627134123\""), "m 1 2026-11-25T17:18:54.123Z\n." },
    { TIME("1795627134.0"), "m 1 2026-11-25T17:18:54Z\n." },
    { TIME("1795627134.01"), BAD(TIME("1795627134.01"), "timestamp: " WHOLE) },
    { TIME("4294967295"), "m 1 2106-02-07T06:28:15Z\n." },
    { TIME("4294967296"), "m 1 1970-02-19T17:02:47.296Z\n." },
    { TIME("253402300799999"), "m 1 9999-12-31T23:59:59.999Z\n." },
    { TIME("253402300800000"), BAD(TIME("253402300800000"),
      "timestamp: " WHOLE) },
    { TIME("0"), BAD(TIME("0"), "timestamp: " WHOLE) },
    { TIME("-1"), BAD(TIME("-1"), "timestamp: " WHOLE) },
    { TIME("1795627134.5"), BAD(TIME("1795627134.5"), "timestamp: " WHOLE) },
    { TIME("1.795627134e9"), BAD(TIME("1.795627134e9"), "timestamp: " WHOLE) },
    { TIME("18446744073709551617"), BAD(TIME("18446744073709551617"),
      "timestamp: " WHOLE) },
    { TIME("\"\""), BAD(TIME("\"\""), "timestamp: " WHOLE) },
    { TIME("\"now\""), BAD(TIME("\"now\""), "timestamp: " WHOLE) },
    { TIME("\" 1\""), BAD(TIME("\" 1\""), "timestamp: " WHOLE) },
    { TIME("null"), BAD(TIME("null"), "timestamp: null, " WHOLE) },
    { TIME("{\"a\":[1]}"), BAD(TIME("{\"a\":[1]}"),
      "timestamp: an object, " WHOLE) },

    /* values */
    { VALUE("-0"), ONE("-0") },
    { VALUE("\"18\""), ONE("18") },
    { VALUE("\"-1.5e-3\""), ONE("-1.5e-3") },
    { VALUE("\".5\""), ONE("0.5") },
    { VALUE("\"-007.\""), ONE("-7") },
    { VALUE("18446744073709551615"), ONE("18446744073709551615") },
    { VALUE("1e309"), BAD(VALUE("1e309"),
      "value: beyond the range of a double") },
    { VALUE("\"1e309\""), BAD(VALUE("\"1e309\""),
      "value: beyond the range of a double") },
    { VALUE("\"NaN\""), BAD(VALUE("\"NaN\""),
      "value: a string that is no number") },
    { VALUE("\"\""), BAD(VALUE("\"\""), "value: a string that is no number") },
    { VALUE("\"1 \""), BAD(VALUE("\"1 \""),
      "value: a string that is no number") },
    { VALUE("\"0x1\""), BAD(VALUE("\"0x1\""),
      "value: a string that is no number") },
    { VALUE("NaN"), BAD(VALUE("NaN"), "value: NaN, which JSON does not have, "
      "expected a number, or a string that is one") },
    { VALUE("true"), BAD(VALUE("true"),
      "value: a boolean, expected a number, or a string that is one") },
    { VALUE("[1]"), BAD(VALUE("[1]"),
      "value: an array, expected a number, or a string that is one") },

    /* tags */
    { TAGS("{\"a\":\"x\",\"b\":1,\"c\":-1.50}"),
      "m 1 1970-01-01T00:00:01Z a=x b=1 c=-1.50\n." },
    { TAGS("{\"a\":true}"), BAD(TAGS("{\"a\":true}"),
      "tags.a: a boolean, expected a string") },
    { TAGS("{\"a\":\"\"}"), BAD(TAGS("{\"a\":\"\"}"),
      "tags.a: empty, expected 1 to 1024 bytes") },
    { TAGS("{\"a b\":\"x\"}"), BAD(TAGS("{\"a b\":\"x\"}"), "tags.a b: not a "
      "key of 1 to 256 bytes of A-Z a-z 0-9 _ . / -") },
    { TAGS("{\"a\":1,\"a\":2}"), BAD(TAGS("{\"a\":1,\"a\":2}"),
      "tags.a: repeated") },
    { TAGS("[]"), BAD(TAGS("[]"),
      "tags: an array, expected an object of strings") },

    /* members */
    { "{\"metric\":\"m\",\"value\":1}", BAD("{\"metric\":\"m\",\"value\":1}",
      "timestamp: missing") },
    { "{\"value\":1,\"timestamp\":1}", BAD("{\"value\":1,\"timestamp\":1}",
      "metric: missing") },
    { "{\"metric\":\"m\",\"timestamp\":1}",
      BAD("{\"metric\":\"m\",\"timestamp\":1}", "value: missing") },
    { "{\"metric\":\"\",\"timestamp\":1}", BAD("{\"metric\":\"\","
      "\"timestamp\":1}", "metric: empty, expected 1 to 512 bytes") },
    { "{\"name\":\"m\"}", BAD("{\"name\":\"m\"}", "name: unknown field, "
      "expected metric, timestamp, value or tags") },
    { "{\"type\":\"m\"}", BAD("{\"type\":\"m\"}", "type: unknown field, "
      "expected metric, timestamp, value or tags") },
    { "{\"\":\"m\"}", BAD("{\"\":\"m\"}", ": unknown field, "
      "expected metric, timestamp, value or tags") },
    { "{\"metric\":\"m\",\"metric\":\"n\"}",
      BAD("{\"metric\":\"m\",\"metric\":\"n\"}", "metric: repeated") },

    /* good ones beside others */
    { "[inf," VALUE("1") "]", "!: inf, which JSON does not have, expected a "
      "datapoint <inf>\nm 1 1970-01-01T00:00:01Z\n." },
    { "[ " VALUE("1") ", 5 , {\"x\":[{}]} ," VALUE("2") " ]",
      "m 1 1970-01-01T00:00:01Z\n!: a number, expected a datapoint <5>\n"
      "!x: unknown field, expected metric, timestamp, value or tags "
      "<{\"x\":[{}]}>\nm 2 1970-01-01T00:00:01Z\n." },

    /* what is no JSON */
    { "", "=the body is empty, expected an array of datapoints or one "
      "datapoint" },
    { "put m 1 1 a=b", "=at byte 0: expected a value" },
    { "5", "=expected an array of datapoints or one datapoint" },
    { "[" VALUE("01") "]", "=at byte 38: number begins with 0" },
    { VALUE("1") "\n" VALUE("2"), "m 1 1970-01-01T00:00:01Z\n"
      "=at byte 39: a second value after the first" },
    { "\037\213\010\000", "=at byte 0: gzip data, expected JSON; packed once, "
      "it is sent with the header Content-Encoding: gzip" },

    { NULL, NULL }
};


static void
test_is(const unsigned char *data, size_t len, const char *read,
    const char *what)
{
    cricket_buf_t  b;

    cricket_buf_init(&b, 1 << 24);

    test_reader_read(&b, &cricket_opentsdb, data, len, 1, MAX, 0);

    if (!CHECK(b.len == strlen(read) && memcmp(b.data, read, b.len) == 0, "%s",
               what))
    {
        fprintf(stderr, "# %.*s\n", (int) b.len, (char *) b.data);
    }

    cricket_buf_free(&b);
}


static void
test_table(void)
{
    const test_body_t  *body;

    for (body = test_bodies; body->body; body++) {
        test_is((const unsigned char *) body->body, strlen(body->body),
                body->read, body->body);
    }
}


static void
test_limits(void)
{
    cricket_buf_t  b;

    test_is(TEXT(VALUE("\"." DIGITS "123\"")), ONE("0." DIGITS "123"),
            "a long value");
    test_is(TEXT(VALUE("\"." DIGITS "1234\"")),
            BAD(VALUE("\"." DIGITS "1234\""), "value: longer than 1024 bytes"),
            "one too long");
    test_is(TEXT(VALUE("\"-." DIGITS "12\"")), ONE("-0." DIGITS "12"),
            "the longest written anew");

    cricket_buf_init(&b, 1 << 20);

    test_reader_read(&b, &cricket_opentsdb,
                     TEXT("[" VALUE("1") ",2," VALUE("3") "]"), 1, 2, 0);

    CHECK(test_buf_is(&b, "m 1 1970-01-01T00:00:01Z\n"
                      "!: a number, expected a datapoint <2>\n"
                      "=more than 2 datapoints"), "one more than allowed");

    cricket_buf_free(&b);
}


/* what is read is the same, however it is sliced */

static void
test_slices(void)
{
    size_t              n, len, bad;
    cricket_buf_t       one, two;
    const test_body_t  *body;

    cricket_buf_init(&one, 1 << 20);
    cricket_buf_init(&two, 1 << 20);

    for (body = test_bodies; body->body; body++) {
        len = strlen(body->body);
        bad = 0;

        one.len = 0;
        test_reader_read(&one, &cricket_opentsdb,
                         (const unsigned char *) body->body, len, 1, MAX, 0);

        for (n = 1; n < len + 200; n += (n < len + 2) ? 1 : 31) {
            two.len = 0;
            test_reader_read(&two, &cricket_opentsdb,
                             (const unsigned char *) body->body, len, 1, MAX,
                             n);

            if (one.len != two.len || memcmp(one.data, two.data, one.len)) {
                bad = n;
            }
        }

        CHECK(bad == 0, "in slices: %s", body->body);
    }

    cricket_buf_free(&one);
    cricket_buf_free(&two);
}


/* cut at any byte, an object or an array is an error, and is read no further */

static void
test_truncated(void)
{
    size_t              len, n, bad;
    cricket_buf_t       b;
    const test_body_t  *body;

    cricket_buf_init(&b, 1 << 20);

    for (body = test_bodies; body->body; body++) {
        bad = 0;
        len = strlen(body->body);

        if (body->read[strlen(body->read) - 1] != '.') {
            continue;
        }

        for (n = 0; n < len; n++) {
            b.len = 0;
            test_reader_read(&b, &cricket_opentsdb,
                             (const unsigned char *) body->body, n, 1, MAX,
                             1 + n % 3);

            if (memchr(b.data, '=', b.len) == NULL) {
                bad = n + 1;
            }
        }

        CHECK(bad == 0, "cut: %s", body->body);
    }

    cricket_buf_free(&b);
}


int
main(void)
{
    test_table();
    test_limits();
    test_slices();
    test_truncated();

    return test_done();
}
