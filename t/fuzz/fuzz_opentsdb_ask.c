
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#include "cricket_ask.h"
#include "cricket_json.h"
#include "cricket_opentsdb_ask.h"
#include "cricket_params.h"
#include "cricket_utf8.h"
#include "fuzz.h"


/*
 * The first byte of an input says what it is: a body of /api/query, of
 * /api/suggest or of /api/search/lookup, or "m=" of the first or last of them.
 * What is refused has a message; what is taken makes searches that are JSON.
 */

static void fuzz_message(const cricket_buf_t *err);
static void fuzz_questions(cricket_query_t *q);


static const cricket_time_t  fuzz_now = { 1700000000, 123456789 };


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    unsigned          choice;
    cricket_buf_t     args, err;
    cricket_query_t  *q;

    static const cricket_query_e  kinds[] = {
        CRICKET_QUERY_TSDB, CRICKET_QUERY_TSDB_SUGGEST,
        CRICKET_QUERY_TSDB_LOOKUP, CRICKET_QUERY_TSDB,
        CRICKET_QUERY_TSDB_LOOKUP
    };

    if (size == 0) {
        return 0;
    }

    choice = *data++ % 5;
    size--;

    cricket_buf_init(&args, 1 << 24);
    cricket_buf_init(&err, 1 << 24);

    if (choice >= 3) {
        cricket_buf_cstr(&args, (choice == 3) ? "start=1h-ago&m=" : "m=");
        cricket_buf_url(&args, data, size, "");
        size = 0;
    }

    q = cricket_params_parse(kinds[choice], args.data, args.len, &fuzz_now,
                             &err);
    if (q != NULL) {
        q = cricket_opentsdb_ask(q, data, size, &err);
    }

    if (q == NULL) {
        fuzz_message(&err);

    } else {
        FUZZ_CHECK(err.len == 0);
        fuzz_questions(q);
        cricket_query_free(q);
    }

    cricket_buf_free(&args);
    cricket_buf_free(&err);

    return 0;
}


static void
fuzz_questions(cricket_query_t *q)
{
    cricket_ask_t         *ask;
    cricket_buf_t          b;
    cricket_json_t         json;
    cricket_json_token_e   token;

    cricket_buf_init(&b, 1 << 24);

    ask = cricket_ask_create(q);
    FUZZ_CHECK(ask != NULL);

    cricket_ask_body(ask, &b);
    FUZZ_CHECK(!b.failed);

    cricket_json_init(&json, b.data, b.len);

    do {
        token = cricket_json_next(&json);
        FUZZ_CHECK(token != CRICKET_JSON_ERROR);
    } while (token != CRICKET_JSON_END);

    cricket_ask_free(ask);
    cricket_buf_free(&b);
}


static void
fuzz_message(const cricket_buf_t *err)
{
    size_t  i, n;

    FUZZ_CHECK(!err->failed && err->len > 2 && err->len < 1024);

    for (i = 0; i < err->len; i += n) {
        n = cricket_utf8_length(err->data + i, err->len - i);
        FUZZ_CHECK(n != 0 && err->data[i] >= 0x20 && err->data[i] != 0x7f);
    }
}
