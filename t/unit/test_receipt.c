
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#include "cricket_format.h"
#include "cricket_receipt_influx.h"
#include "cricket_receipt_json.h"
#include "cricket_receipt_opentsdb.h"
#include "test_buf.h"


static void test_stored(void);
static void test_invalid(void);
static void test_many(void);
static void test_error(void);
static void test_full(void);
static void test_cited(void);
static void test_influx(void);
static void test_opentsdb(void);
static void test_formats(void);
static int test_json(const cricket_receipt_t *receipt, const char *text);
static int test_told(cricket_receipt_pt handler,
    const cricket_receipt_t *receipt, unsigned status, const char *text);
static int test_header(cricket_receipt_header_pt handler,
    const cricket_receipt_t *receipt, size_t n, const char *name,
    const char *value);


static void
test_stored(void)
{
    cricket_receipt_t  receipt;

    cricket_receipt_init(&receipt);

    receipt.status = 200;
    receipt.stored = 4294967296;

    CHECK(test_json(&receipt, "{\"stored\":4294967296}\n"), "stored");

    cricket_receipt_free(&receipt);
}


static void
test_invalid(void)
{
    size_t                    pos;
    cricket_receipt_t         receipt;
    cricket_receipt_error_t   error;

    cricket_receipt_init(&receipt);

    pos = 0;

    CHECK(cricket_receipt_next(&receipt, &pos, &error) == CRICKET_DONE,
          "none is listed");

    cricket_receipt_add(&receipt, 3, "value", TEXT("not \"it\""));
    cricket_receipt_add(&receipt, 7, "", TEXT("\303\244"));

    receipt.status = 400;

    CHECK(test_json(&receipt,
                    "{\"error\":{\"status\":400,\"message\":"
                    "\"datapoint 3: value: not \\\"it\\\"\",\"datapoints\":["
                    "{\"index\":3,\"field\":\"value\","
                    "\"message\":\"not \\\"it\\\"\"},"
                    "{\"index\":7,\"message\":\"\303\244\"}],"
                    "\"invalid\":2}}\n"), "two are invalid");

    receipt.partial = 1;

    CHECK(test_json(&receipt,
                    "{\"error\":{\"status\":400,\"message\":"
                    "\"datapoint 3: value: not \\\"it\\\"\",\"datapoints\":["
                    "{\"index\":3,\"field\":\"value\","
                    "\"message\":\"not \\\"it\\\"\"},"
                    "{\"index\":7,\"message\":\"\303\244\"}],"
                    "\"invalid\":2,\"stored\":0}}\n"), "none beside them");

    receipt.partial = 0;
    receipt.stored = 5;

    pos = 0;

    CHECK(cricket_receipt_next(&receipt, &pos, &error) == CRICKET_OK
          && error.index == 3 && error.field.len == 5
          && error.message.len == 8
          && cricket_receipt_next(&receipt, &pos, &error) == CRICKET_OK
          && error.index == 7 && error.field.len == 0
          && error.message.len == 2
          && cricket_receipt_next(&receipt, &pos, &error) == CRICKET_DONE,
          "one after the other");

    cricket_receipt_free(&receipt);
}


static void
test_many(void)
{
    size_t                    i, n, pos;
    cricket_receipt_t         receipt;
    cricket_receipt_error_t   error;

    cricket_receipt_init(&receipt);

    for (i = 0; i < CRICKET_RECEIPT_LISTED + 20; i++) {
        cricket_receipt_add(&receipt, i, "name", TEXT("missing"));
    }

    n = 0;
    pos = 0;

    while (cricket_receipt_next(&receipt, &pos, &error) == CRICKET_OK) {
        n += (error.index == n);
    }

    CHECK(n == CRICKET_RECEIPT_LISTED
          && receipt.invalid == CRICKET_RECEIPT_LISTED + 20
          && !cricket_receipt_failed(&receipt), "not all are listed: %zu", n);

    cricket_receipt_free(&receipt);
}


static void
test_error(void)
{
    cricket_receipt_t  receipt;

    cricket_receipt_init(&receipt);
    cricket_receipt_add(&receipt, 0, "", TEXT("x"));
    cricket_receipt_message(&receipt, "Elasticsearch is away");

    receipt.status = 503;

    CHECK(test_json(&receipt, "{\"error\":{\"status\":503,\"message\":"
                              "\"Elasticsearch is away\"}}\n"),
          "of all, the datapoints are not listed");

    cricket_receipt_free(&receipt);
}


static void
test_full(void)
{
    cricket_receipt_t  receipt;

    cricket_receipt_init(&receipt);
    cricket_buf_init(&receipt.errors, 8);
    cricket_receipt_add(&receipt, 0, "name", TEXT("missing"));

    CHECK(cricket_receipt_failed(&receipt), "no room for an error");

    cricket_receipt_free(&receipt);

    cricket_receipt_init(&receipt);
    cricket_buf_init(&receipt.message, 8);
    cricket_receipt_message(&receipt, "longer than that");

    CHECK(cricket_receipt_failed(&receipt), "no room for a message");

    cricket_receipt_free(&receipt);
}


static void
test_cited(void)
{
    size_t                    i, n, pos;
    cricket_str_t             text;
    cricket_receipt_t         receipt;
    cricket_receipt_error_t   error;
    unsigned char             long_text[CRICKET_RECEIPT_TEXT + 1];

    cricket_receipt_init(&receipt);
    memset(long_text, 'x', sizeof(long_text));

    text.data = long_text;
    text.len = sizeof(long_text);

    cricket_receipt_cite(&receipt, &text);

    for (i = 0; i < CRICKET_RECEIPT_LISTED + 1; i++) {
        cricket_receipt_add(&receipt, i, "f", TEXT("message"));

        text.len = (i == 0) ? sizeof(long_text) : sizeof(long_text) - i;
        cricket_receipt_cite(&receipt, &text);
    }

    n = 0;
    pos = 0;

    while (cricket_receipt_next(&receipt, &pos, &error) == CRICKET_OK) {
        n += (error.index == n
              && cricket_string_is(&error.message, "message")
              && error.text.len == (n == 0 ? 0 : sizeof(long_text) - n)
              && (n == 0
                  || memcmp(error.text.data, long_text, error.text.len) == 0));
    }

    CHECK(n == CRICKET_RECEIPT_LISTED, "texts of those listed, if not too "
          "long: %zu", n);

    cricket_receipt_free(&receipt);
}


static void
test_influx(void)
{
    size_t             i;
    cricket_receipt_t  receipt;

    cricket_receipt_init(&receipt);

    receipt.status = 200;
    receipt.stored = 3;

    CHECK(test_told(cricket_receipt_influx_v1, &receipt, 204, "")
          && test_told(cricket_receipt_influx_v2, &receipt, 204, ""),
          "all is stored");
    CHECK(test_header(cricket_receipt_influx_header, &receipt, 0,
                      "X-Influxdb-Version", "1.8-cricket")
          && test_header(cricket_receipt_influx_header, &receipt, 1,
                         "X-Influxdb-Error", "")
          && test_header(cricket_receipt_influx_header, &receipt, 2, NULL, "")
          && test_header(cricket_receipt_influx_header_v2, &receipt, 0,
                         "X-Influxdb-Version", "1.8-cricket")
          && test_header(cricket_receipt_influx_header_v2, &receipt, 1,
                         "X-Platform-Error-Code", "")
          && test_header(cricket_receipt_influx_header_v2, &receipt, 2, NULL,
                         ""), "its headers");

    receipt.status = 400;

    cricket_receipt_add(&receipt, 1, "line 3", TEXT("field \"x\": wrong"));
    cricket_receipt_add(&receipt, 7, "", TEXT("refused"));

    CHECK(test_told(cricket_receipt_influx_v1, &receipt, 400,
                    "{\"error\":\"partial write: unable to parse line 3: "
                    "field \\\"x\\\": wrong\\ndatapoint 7: refused "
                    "dropped=2\"}\n")
          && test_told(cricket_receipt_influx_v2, &receipt, 400,
                       "{\"code\":\"invalid\",\"message\":\"unable to parse "
                       "line 3: field \\\"x\\\": wrong\\ndatapoint 7: "
                       "refused\",\"line\":3}\n"), "some are not");
    CHECK(test_header(cricket_receipt_influx_header, &receipt, 1,
                      "X-Influxdb-Error", "unable to parse line 3: field "
                      "\"x\": wrong (and 1 more)")
          && test_header(cricket_receipt_influx_header_v2, &receipt, 1,
                         "X-Platform-Error-Code", "invalid"), "in headers");

    receipt.stored = 0;

    CHECK(test_told(cricket_receipt_influx_v1, &receipt, 400,
                    "{\"error\":\"unable to parse line 3: field \\\"x\\\": "
                    "wrong\\ndatapoint 7: refused\"}\n"), "none is");

    cricket_receipt_message(&receipt, "away\001 \303\244");
    receipt.status = 503;

    CHECK(test_told(cricket_receipt_influx_v1, &receipt, 503,
                    "{\"error\":\"away\\u0001 \303\244\"}\n")
          && test_told(cricket_receipt_influx_v2, &receipt, 503,
                       "{\"code\":\"unavailable\",\"message\":\"away\\u0001 "
                       "\303\244\"}\n")
          && test_header(cricket_receipt_influx_header, &receipt, 1,
                         "X-Influxdb-Error", "away? \303\244"),
          "of all, the lines are not listed");

    receipt.status = 418;

    CHECK(test_told(cricket_receipt_influx_v2, &receipt, 418,
                    "{\"code\":\"invalid\",\"message\":\"away\\u0001 "
                    "\303\244\"}\n"), "another status");

    receipt.status = 507;

    CHECK(test_told(cricket_receipt_influx_v2, &receipt, 507,
                    "{\"code\":\"internal error\",\"message\":\"away\\u0001 "
                    "\303\244\"}\n"), "and another");

    cricket_receipt_free(&receipt);
    cricket_receipt_init(&receipt);

    receipt.status = 400;

    for (i = 0; i < CRICKET_RECEIPT_LISTED + 20; i++) {
        cricket_receipt_add(&receipt, i, "", TEXT("x"));
    }

    CHECK(test_header(cricket_receipt_influx_header, &receipt, 1,
                      "X-Influxdb-Error", "datapoint 0: x (and 119 more)"),
          "many");

    cricket_receipt_free(&receipt);
}


static void
test_opentsdb(void)
{
    cricket_str_t      text = cricket_string("{\"metric\":\"m\"}");
    cricket_str_t      nan = cricket_string("{\"value\":NaN}");
    cricket_receipt_t  receipt;

    cricket_receipt_init(&receipt);

    receipt.status = 200;
    receipt.stored = 3;

    CHECK(test_told(cricket_receipt_opentsdb, &receipt, 204, ""),
          "all is stored");

    receipt.summary = 1;

    CHECK(test_told(cricket_receipt_opentsdb, &receipt, 200,
                    "{\"success\":3,\"failed\":0}\n"), "in numbers");

    receipt.details = 1;

    CHECK(test_told(cricket_receipt_opentsdb, &receipt, 200,
                    "{\"success\":3,\"failed\":0,\"errors\":[]}\n"),
          "in detail");

    receipt.status = 400;

    cricket_receipt_add(&receipt, 1, "value", TEXT("missing"));
    cricket_receipt_cite(&receipt, &text);
    cricket_receipt_add(&receipt, 2, "value", TEXT("NaN"));
    cricket_receipt_cite(&receipt, &nan);
    cricket_receipt_add(&receipt, 3, "", TEXT("refused \"it\""));

    CHECK(test_told(cricket_receipt_opentsdb, &receipt, 400,
                    "{\"success\":3,\"failed\":3,\"errors\":["
                    "{\"datapoint\":{\"metric\":\"m\"},"
                    "\"error\":\"datapoint 1: value: missing\"},"
                    "{\"datapoint\":null,"
                    "\"error\":\"datapoint 2: value: NaN\"},"
                    "{\"datapoint\":null,"
                    "\"error\":\"datapoint 3: refused \\\"it\\\"\"}]}\n"),
          "some are not, in detail");

    receipt.details = 0;

    CHECK(test_told(cricket_receipt_opentsdb, &receipt, 400,
                    "{\"success\":3,\"failed\":3}\n"), "in numbers");

    receipt.summary = 0;

    CHECK(test_told(cricket_receipt_opentsdb, &receipt, 400,
                    "{\"error\":{\"code\":400,\"message\":\"datapoint 1: "
                    "value: missing\",\"details\":\"3 stored, 3 not; with "
                    "?details the answer lists them\"}}\n"), "in short");

    cricket_receipt_message(&receipt, "away");
    receipt.status = 503;
    receipt.details = 1;

    CHECK(test_told(cricket_receipt_opentsdb, &receipt, 503, "away\n")
          && test_header(cricket_receipt_opentsdb_header, &receipt, 0,
                         "Content-Type", "text/plain")
          && test_header(cricket_receipt_opentsdb_header, &receipt, 1, NULL,
                         ""), "of all, the datapoints are not listed");

    receipt.status = 413;

    CHECK(test_told(cricket_receipt_opentsdb, &receipt, 413,
                    "{\"error\":{\"code\":413,\"message\":\"away\"}}\n")
          && test_header(cricket_receipt_opentsdb_header, &receipt, 0,
                         "Content-Type", ""), "as JSON");

    cricket_receipt_free(&receipt);
}


/* each kind of requests has a format, and none of another kind's */

static void
test_formats(void)
{
    size_t    i;
    unsigned  kinds;

    kinds = 0;

    for (i = 0; i < CRICKET_FORMAT_REQUESTS; i++) {
        kinds |= cricket_format_requests[i].kinds;

        if (!CHECK(cricket_format_requests[i].name != NULL
                   && (cricket_format_requests[i].reader != NULL)
                      == (strcmp(cricket_format_requests[i].name,
                                 "opentsdb_ask") != 0)
                   && cricket_format_requests[i].receipt != NULL,
                   "a row is whole: %s", cricket_format_requests[i].name))
        {
            break;
        }
    }

    CHECK((kinds & (1u << CRICKET_QUERY_METRICS)) == 0
          && cricket_format_of(CRICKET_QUERY_METRICS)
             == &cricket_format_requests[0]
          && cricket_format_of(CRICKET_QUERY_POST)
             == &cricket_format_requests[0], "what reads is told in JSON");

    for (i = 0; i < CRICKET_FORMAT_REQUESTS; i++) {
        if (cricket_format_requests[i].kinds & (1u << CRICKET_QUERY_OPENTSDB)) {
            break;
        }
    }

    CHECK(i < CRICKET_FORMAT_REQUESTS
          && cricket_format_of(CRICKET_QUERY_OPENTSDB)
             == &cricket_format_requests[i], "others by their kind");
}


static int
test_json(const cricket_receipt_t *receipt, const char *text)
{
    return test_told(cricket_receipt_json, receipt, receipt->status, text);
}


static int
test_header(cricket_receipt_header_pt handler,
    const cricket_receipt_t *receipt, size_t n, const char *name,
    const char *value)
{
    int            same;
    const char    *got;
    cricket_buf_t  b;

    cricket_buf_init(&b, 1 << 16);

    got = handler(receipt, n, &b);

    same = (got == NULL) == (name == NULL)
           && (got == NULL || strcmp(got, name) == 0)
           && test_buf_is(&b, value);

    cricket_buf_free(&b);

    return same;
}


static int
test_told(cricket_receipt_pt handler, const cricket_receipt_t *receipt,
    unsigned status, const char *text)
{
    int            same;
    cricket_buf_t  b;

    cricket_buf_init(&b, 1 << 16);

    same = (handler(receipt, &b) == status && test_buf_is(&b, text));

    if (!same) {
        fprintf(stderr, "%.*s", (int) b.len, (char *) b.data);
    }

    cricket_buf_free(&b);

    return same;
}


int
main(void)
{
    test_stored();
    test_invalid();
    test_many();
    test_error();
    test_full();
    test_cited();
    test_influx();
    test_opentsdb();
    test_formats();

    return test_done();
}
