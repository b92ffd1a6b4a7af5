
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#include <stdio.h>
#include <stdlib.h>

#include "cricket_body.h"
#include "cricket_lines.h"
#include "test_buf.h"


/* what came of a body, errors and all, in one text */

typedef struct {
    int              rc;
    unsigned         slices;
    size_t           total;
    size_t           rejected;
    size_t           n;
    int              too_many;
    cricket_buf_t    out;
    cricket_buf_t    told;
} test_result_t;


#define DP(name)  "{\"name\":\"" name "\",\"type\":\"t\",\"value\":1,"        \
                  "\"timestamp\":\"2017-01-01T00:00:00Z\"}"
#define BAD       "{\"name\":1}"
#define LINES(create, name, series)                                          \
    "{\"create\":" create "}\n{\"name\":\"" name "\",\"type\":\"t\","         \
    "\"value\":1,\"timestamp\":1483228800000,\"series\":\"" series "\"}\n"
#define PLAIN_A      LINES("{}", "a", SERIES_A)
#define PLAIN_B      LINES("{}", "b", SERIES_B)
#define PLAIN_C      LINES("{}", "c", "Ctrj_iExoHUl")
#define SERIES_A     "ndSj3NFU7kbr"
#define SERIES_B     "nKXijfTlEFsa"

#define TEN(s)       s s s s s s s s s s


static void test_run(test_result_t *result,
    const cricket_reader_type_t *type, const unsigned char *data, size_t len,
    size_t max, size_t n, unsigned partial, unsigned ids);
static void test_free(test_result_t *result);
static size_t test_id(void *data, size_t index, const cricket_datapoint_t *dp,
    const unsigned char *series, unsigned char *id);
static void test_invalid(void *data, size_t index, const char *field,
    const char *message);
static int test_out(const test_result_t *result, const char *text);
static int test_told(const test_result_t *result, const char *text);
static void test_lines(void);
static void test_partial(void);
static void test_ids(void);
static void test_refused(void);
static void test_memory(void);
static void test_slices(void);


static void
test_run(test_result_t *result, const cricket_reader_type_t *type,
    const unsigned char *data, size_t len, size_t max, size_t n,
    unsigned partial, unsigned ids)
{
    size_t           i;
    uint32_t         place;
    unsigned char   *copy;
    cricket_body_t   body;
    cricket_lines_t  one, two, *lines, *next;

    memset(result, 0, sizeof(test_result_t));
    cricket_buf_init(&result->out, 1 << 20);
    cricket_buf_init(&result->told, 1 << 20);

    /* a block of its own, so that a byte read behind it is seen */

    copy = malloc(len ? len : 1);
    if (copy == NULL) {
        abort();
    }

    memcpy(copy, data, len);

    lines = &one;
    next = &two;

    cricket_reader_init(&body.reader, type, copy, len, max);
    cricket_lines_init(lines, &body.reader);

    lines->id = ids ? test_id : NULL;
    lines->invalid = test_invalid;
    lines->data = result;
    lines->out = &result->out;
    lines->partial = partial;

    for ( ;; ) {
        result->rc = cricket_lines_next(lines, n);

        if (result->rc != CRICKET_AGAIN) {
            break;
        }

        result->slices++;

        /* it may move, and none of it may point to where it was */

        *next = *lines;
        memset(lines, 0x5a, sizeof(cricket_lines_t));

        lines = next;
        next = (lines == &one) ? &two : &one;
    }

    result->total = lines->total;
    result->rejected = lines->rejected;
    result->n = lines->n;
    result->too_many = lines->too_many;

    for (i = 0; i < lines->index.len; i += sizeof(uint32_t)) {
        memcpy(&place, lines->index.data + i, sizeof(uint32_t));
        cricket_buf_literal(&result->told, " ");
        cricket_buf_int(&result->told, place);
    }

    if (result->rc == CRICKET_INVALID) {
        cricket_buf_cstr(&result->told, lines->message);
    }

    cricket_buf_free(&lines->index);
    free(copy);
}


static void
test_free(test_result_t *result)
{
    cricket_buf_free(&result->out);
    cricket_buf_free(&result->told);
}


static size_t
test_id(void *data, size_t index, const cricket_datapoint_t *dp,
    const unsigned char *series, unsigned char *id)
{
    (void) data;
    (void) series;

    return snprintf((char *) id, CRICKET_LINES_ID_LEN + 1, "%zu-%.*s", index,
                    (int) dp->name.len, (const char *) dp->name.data);
}


static void
test_invalid(void *data, size_t index, const char *field, const char *message)
{
    test_result_t *result = data;

    cricket_buf_int(&result->told, index);
    cricket_buf_literal(&result->told, " ");
    cricket_buf_cstr(&result->told, field);
    cricket_buf_literal(&result->told, ": ");
    cricket_buf_cstr(&result->told, message);
    cricket_buf_literal(&result->told, "; ");
}


static int
test_out(const test_result_t *result, const char *text)
{
    return test_buf_is(&result->out, text);
}


static int
test_told(const test_result_t *result, const char *text)
{
    return result->told.len == strlen(text)
           && (result->told.len == 0
               || memcmp(result->told.data, text, result->told.len) == 0);
}


static void
test_lines(void)
{
    test_result_t  r;

    test_run(&r, &cricket_body_json, TEXT("[" DP("a") "," DP("b") "]"), 10,
             (size_t) -1, 0, 0);
    CHECK(r.rc == CRICKET_OK && r.slices == 0 && r.total == 2 && r.n == 2
          && r.rejected == 0 && test_out(&r, PLAIN_A PLAIN_B)
          && test_told(&r, ""), "an array");
    test_free(&r);

    test_run(&r, &cricket_body_ndjson, TEXT(DP("a") "\n\n" DP("b")), 10,
             (size_t) -1, 0, 0);
    CHECK(r.rc == CRICKET_OK && r.n == 2 && r.total == 2
          && test_out(&r, PLAIN_A PLAIN_B), "two lines");
    test_free(&r);

    test_run(&r, &cricket_body_json, TEXT("[]"), 10, (size_t) -1, 0, 0);
    CHECK(r.rc == CRICKET_OK && r.n == 0 && r.total == 0 && test_out(&r, ""),
          "nothing");
    test_free(&r);
}


static void
test_partial(void)
{
    test_result_t  r;

    static const char  body[] = "[" DP("a") "," BAD "," DP("b") ",7," DP("c")
                                "]";

    test_run(&r, &cricket_body_json, TEXT(body), 10, (size_t) -1, 0, 0);
    CHECK(r.rc == CRICKET_OK && r.total == 5 && r.rejected == 2 && r.n == 1
          && test_out(&r, PLAIN_A)
          && test_told(&r, "1 name: a number, expected a string; "
                           "3 : a number, expected a datapoint; "),
          "no lines behind an invalid datapoint");
    test_free(&r);

    test_run(&r, &cricket_body_json, TEXT(body), 10, (size_t) -1, 1, 0);
    CHECK(r.rc == CRICKET_OK && r.total == 5 && r.rejected == 2 && r.n == 3
          && test_out(&r, PLAIN_A PLAIN_B PLAIN_C)
          && test_told(&r, "1 name: a number, expected a string; "
                           "3 : a number, expected a datapoint;  0 2 4"),
          "or lines, and their places");
    test_free(&r);

    test_run(&r, &cricket_body_json, TEXT("[" BAD "," DP("a") "]"), 10,
             (size_t) -1, 1, 0);
    CHECK(r.n == 1 && test_told(&r, "0 name: a number, expected a string;  1"),
          "the first is invalid");
    test_free(&r);

    test_run(&r, &cricket_body_json, TEXT("[" DP("a") "," BAD "]"), 10,
             (size_t) -1, 1, 0);
    CHECK(r.n == 1 && test_told(&r, "1 name: a number, expected a string; "),
          "only the last is invalid");
    test_free(&r);
}


static void
test_ids(void)
{
    test_result_t  r;

    test_run(&r, &cricket_body_json, TEXT("[" DP("a") "," BAD "," DP("b") "]"),
             10, (size_t) -1, 1, 1);
    CHECK(r.rc == CRICKET_OK
          && test_out(&r, LINES("{\"_id\":\"0-a\"}", "a", SERIES_A)
                          LINES("{\"_id\":\"2-b\"}", "b", SERIES_B)), "ids");
    test_free(&r);
}


static void
test_refused(void)
{
    test_result_t  r;

    test_run(&r, &cricket_body_json, TEXT("[" DP("a") "," DP("b") "]"), 1,
             (size_t) -1, 0, 0);
    CHECK(r.rc == CRICKET_INVALID && r.too_many && r.total == 1
          && test_told(&r, "more than 1 datapoints"), "too many");
    test_free(&r);

    test_run(&r, &cricket_body_json, TEXT("[" DP("a") "," DP("b")), 10,
             (size_t) -1, 0, 0);
    CHECK(r.rc == CRICKET_INVALID && !r.too_many
          && test_told(&r, "at byte 138: ends inside an array"),
          "an error at the end");
    test_free(&r);
}


/* a buffer that may hold no more is as memory that is not there */

static void
test_memory(void)
{
    int              rc;
    cricket_buf_t    out, told;
    test_result_t    result;
    cricket_body_t   json;
    cricket_lines_t  lines;

    static const unsigned char  body[] = "[" BAD "," DP("a") "," DP("b") "]";

    memset(&result, 0, sizeof(test_result_t));
    cricket_buf_init(&result.told, 1000);

    cricket_buf_init(&out, 360);
    cricket_reader_init(&json.reader, &cricket_body_json, body,
                        sizeof(body) - 1, 10);
    cricket_lines_init(&lines, &json.reader);
    lines.invalid = test_invalid;
    lines.data = &result;
    lines.out = &out;
    lines.partial = 1;

    CHECK(cricket_lines_next(&lines, (size_t) -1) == CRICKET_ERROR
          && lines.n == 1, "no memory for lines");

    cricket_buf_free(&lines.index);
    cricket_buf_free(&out);

    cricket_buf_init(&told, 0);
    cricket_buf_init(&out, 4000);
    cricket_reader_init(&json.reader, &cricket_body_json, body,
                        sizeof(body) - 1, 10);
    cricket_lines_init(&lines, &json.reader);
    lines.invalid = test_invalid;
    lines.data = &result;
    lines.out = &out;
    lines.partial = 1;
    lines.index = told;

    rc = cricket_lines_next(&lines, (size_t) -1);

    CHECK(rc == CRICKET_ERROR && lines.n == 0, "no memory for places");

    cricket_buf_free(&lines.index);
    cricket_buf_free(&out);
    cricket_buf_free(&result.told);
}


/* however it is sliced, and wherever it is cut short, it is the same */

static void
test_slices(void)
{
    int              bad;
    size_t           i, k, len, cut, max;
    unsigned         slices, partial;
    test_result_t    whole, sliced;

    static const size_t  sizes[] = {
        1, 2, 3, 5, 17, 64, CRICKET_READER_COST, CRICKET_READER_COST + 10, 300
    };

    static const struct {
        const cricket_reader_type_t  *type;
        const char      *text;
    } t[] = {
        { &cricket_body_json, "[" DP("a") ", " BAD ",\n" DP("b\\u00e4") ",7,"
          DP("c") "]  " },
        { &cricket_body_json, "{\"tags\":{\"a\":\"b\",\"c\":\"d\"},\"name\":"
          "\"n\",\"type\":\"t\",\"value\":-1.5e+3,\"timestamp\":"
          "\"2016-12-31T22:49:50.123456Z\"}" },
        { &cricket_body_json, "[" TEN(BAD ",") DP("z") "]" },
        { &cricket_body_ndjson, "\n" DP("a") "\r\n\n[1]\n" DP("b") " x\n"
          DP("c") "\n{\"name\":\"\n \n" DP("d") },
        { &cricket_body_ndjson, "[" DP("a") ",\n" DP("b") "\n]\n\n" },
    };

    for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {

        bad = 0;
        slices = 0;
        len = strlen(t[i].text);

        for (cut = 0; cut < len; cut++) {

            for (k = 0; k < sizeof(sizes) / sizeof(sizes[0]); k++) {

                partial = (cut + k) & 1;
                max = (k == 4) ? 2 : 100;

                test_run(&whole, t[i].type, (const unsigned char *) t[i].text,
                         len - cut, max, (size_t) -1, partial, partial);
                test_run(&sliced, t[i].type, (const unsigned char *) t[i].text,
                         len - cut, max, sizes[k], partial, partial);

                bad += whole.slices != 0
                       || whole.rc != sliced.rc
                       || whole.total != sliced.total
                       || whole.rejected != sliced.rejected
                       || whole.n != sliced.n
                       || whole.too_many != sliced.too_many
                       || whole.out.len != sliced.out.len
                       || (whole.out.len != 0
                           && memcmp(whole.out.data, sliced.out.data,
                                     whole.out.len) != 0)
                       || whole.told.len != sliced.told.len
                       || (whole.told.len != 0
                           && memcmp(whole.told.data, sliced.told.data,
                                     whole.told.len) != 0);

                slices += sliced.slices;

                test_free(&whole);
                test_free(&sliced);
            }
        }

        CHECK(bad == 0 && slices > len * len, "%d: the same in %u slices",
              (int) i, slices);
    }
}


int
main(void)
{
    test_lines();
    test_partial();
    test_ids();
    test_refused();
    test_memory();
    test_slices();

    return test_done();
}
