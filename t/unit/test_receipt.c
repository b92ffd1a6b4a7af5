
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#include "cricket_receipt_json.h"
#include "test_buf.h"


static void test_stored(void);
static void test_invalid(void);
static void test_many(void);
static void test_error(void);
static void test_full(void);
static int test_json(const cricket_receipt_t *receipt, const char *text);


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


static int
test_json(const cricket_receipt_t *receipt, const char *text)
{
    int            same;
    cricket_buf_t  b;

    cricket_buf_init(&b, 1 << 16);
    cricket_receipt_json(receipt, &b);

    same = test_buf_is(&b, text);

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

    return test_done();
}
