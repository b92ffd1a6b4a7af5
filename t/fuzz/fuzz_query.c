
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#include "cricket_accept.h"
#include "cricket_ask.h"
#include "cricket_json.h"
#include "cricket_params.h"
#include "cricket_query_private.h"
#include "cricket_utf8.h"
#include "fuzz.h"


/*
 * The first byte of an input is the kind of request, the rest its query string.
 * What is refused has a message; what is taken makes a request that is JSON,
 * and a next page that is taken as well.
 */

static void fuzz_message(const cricket_buf_t *err);
static void fuzz_json(const cricket_buf_t *b);
static void fuzz_next(const cricket_query_t *q);


static const cricket_time_t  fuzz_now = { 1700000000, 123456789 };


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    cricket_ask_t     *ask;
    cricket_buf_t      b;
    cricket_query_e    kind;
    cricket_query_t   *q;
    cricket_format_e   format;

    if (size == 0) {
        return 0;
    }

    kind = *data++ % (CRICKET_QUERY_LAST + 1);
    size--;

    cricket_buf_init(&b, 1 << 24);

    q = cricket_params_parse(kind, data, size, &fuzz_now, &b);

    if (q == NULL) {
        fuzz_message(&b);
        cricket_buf_free(&b);
        return 0;
    }

    FUZZ_CHECK(b.len == 0);

    format = cricket_accept(q, data, size);
    FUZZ_CHECK(format <= CRICKET_FORMAT_CSV);

    if (kind >= CRICKET_QUERY_METRICS) {
        ask = cricket_ask_create(q);
        FUZZ_CHECK(ask != NULL);

        if (cricket_ask_refusal(ask) == NULL) {
            cricket_ask_body(ask, &b);
            fuzz_json(&b);

            cricket_buf_free(&b);
            cricket_ask_uri(ask, &b);
            FUZZ_CHECK(!b.failed && b.len != 0);
        }

        cricket_ask_free(ask);
    }

    if (kind == CRICKET_QUERY_METRICS || kind == CRICKET_QUERY_NAMES) {
        fuzz_next(q);
    }

    cricket_buf_free(&b);
    cricket_query_free(q);

    return 0;
}


static void
fuzz_message(const cricket_buf_t *err)
{
    size_t  i, n;

    FUZZ_CHECK(!err->failed && err->len > 2 && err->len < 512);

    for (i = 0; i < err->len; i += n) {
        n = cricket_utf8_length(err->data + i, err->len - i);
        FUZZ_CHECK(n != 0 && err->data[i] >= 0x20 && err->data[i] != 0x7f);
    }
}


static void
fuzz_json(const cricket_buf_t *b)
{
    cricket_json_t        json;
    cricket_json_token_e  token;

    FUZZ_CHECK(!b->failed);

    cricket_json_init(&json, b->data, b->len);

    do {
        token = cricket_json_next(&json);
        FUZZ_CHECK(token != CRICKET_JSON_ERROR);
    } while (token != CRICKET_JSON_END);
}


static void
fuzz_next(const cricket_query_t *q)
{
    cricket_buf_t              next, err;
    cricket_query_t           *p;
    cricket_query_position_t   after;

    memset(&after, 0, sizeof(cricket_query_position_t));

    after.time.sec = -1;
    after.time.nsec = 999999999;
    after.seq_no = INT64_MAX;
    memset(after.index, 'i', CRICKET_QUERY_INDEX);
    after.index_len = CRICKET_QUERY_INDEX;
    after.name.data = (const unsigned char *) "c\xc3\xa9";
    after.name.len = 3;

    cricket_buf_init(&next, 1 << 24);
    cricket_buf_init(&err, 1 << 24);

    cricket_query_next(q, &after, &next);
    FUZZ_CHECK(!next.failed);

    p = cricket_params_parse(q->kind, next.data, next.len, &fuzz_now, &err);

    FUZZ_CHECK(p != NULL && p->after_set && p->limit == q->limit
               && p->ntags == q->ntags && p->name.len == q->name.len
               && p->after.time.sec == (q->kind == CRICKET_QUERY_METRICS
                                        ? -1 : 0));

    cricket_query_free(p);
    cricket_buf_free(&err);
    cricket_buf_free(&next);
}
