
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#include <cjson/cJSON.h>

#include "cricket_ask.h"
#include "cricket_format.h"
#include "cricket_json.h"
#include "cricket_params.h"
#include "cricket_query_private.h"
#include "cricket_search.h"
#include "fuzz.h"


/*
 * The first byte of an input picks a query and a format, the rest is the reply.
 * An answer in JSON or NDJSON is JSON, whatever the reply was; the next page is
 * one that is taken; and each hit is a line, was passed over, or is the next
 * page's.
 */

static void fuzz_json(const unsigned char *data, size_t len);
static void fuzz_hits(const uint8_t *data, size_t size, size_t n);


static const cricket_time_t  fuzz_now = { 1700000000, 123456789 };


static const struct {
    cricket_query_e   kind;
    const char       *args;
} fuzz_queries[] = {
    { CRICKET_QUERY_METRICS, "" },
    { CRICKET_QUERY_METRICS, "limit=1" },
    { CRICKET_QUERY_METRICS, "name=a%22&type=b&limit=2" },
    { CRICKET_QUERY_EXPORT, "type=b" },
    { CRICKET_QUERY_STATS, "name=a&start=0&end=now" },
    { CRICKET_QUERY_STATS, "name=a&start=0&end=now&percentiles=50,99.90" },
    { CRICKET_QUERY_STATS, "name=a&start=0&end=now&interval=1m" },
    { CRICKET_QUERY_STATS, "name=a&start=0&end=now&group_by=h" },
    { CRICKET_QUERY_STATS, "name=a&start=0&end=now&group_by=h&interval=1s"
                           "&percentiles=0" },
    { CRICKET_QUERY_NAMES, "" },
    { CRICKET_QUERY_NAMES, "limit=1&prefix=c" },
    { CRICKET_QUERY_STATS, "name=a&start=0&end=now&interval=7d" },
    { CRICKET_QUERY_STATS, "name=a&start=0&end=now&group_by=g,h&points=9"
                           "&tz=Europe/Berlin&fill=previous" },
    { CRICKET_QUERY_STATS, "name=a&start=0&end=now&group_by=h&top=2&rank=p9"
                           "&interval=36500d&rate=true&per=b" },
    { CRICKET_QUERY_STATS, "name=a&start=0&end=now&group_by=h,g"
                           "&interval=36500d&rate=cumulative" },
    { CRICKET_QUERY_STATS, "name=a&start=0&end=now&group_by=h&histogram=true"
                           "&percentiles=50&below=1&rate=cumulative" },
    { CRICKET_QUERY_STATS, "name=a&start=0&end=now&histogram=true&below=1"
                           "&type=counter&interval=36500d" },
    { CRICKET_QUERY_NAMES, "detail=true" }
};


#define FUZZ_QUERIES  (sizeof(fuzz_queries) / sizeof(fuzz_queries[0]))


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int                   rc;
    size_t                i, n, line, foreign;
    const char           *args, *err;
    cricket_ask_t        *ask;
    cricket_buf_t         out, next, message;
    cricket_query_t      *q, *p;
    cricket_query_e       kind;
    cricket_format_e      format;

    if (size == 0) {
        return 0;
    }

    kind = fuzz_queries[*data % FUZZ_QUERIES].kind;
    args = fuzz_queries[*data % FUZZ_QUERIES].args;
    format = *data / FUZZ_QUERIES % (CRICKET_FORMAT_CSV + 1);

    if (kind != CRICKET_QUERY_METRICS && kind != CRICKET_QUERY_EXPORT) {
        format = CRICKET_FORMAT_JSON;
    }

    data++;
    size--;

    cricket_buf_init(&out, 1 << 24);
    cricket_buf_init(&next, 1 << 24);
    cricket_buf_init(&message, 1 << 24);

    q = cricket_params_parse(kind, (const unsigned char *) args, strlen(args),
                            &fuzz_now, &message);
    FUZZ_CHECK(q != NULL);

    err = NULL;

    if (kind == CRICKET_QUERY_EXPORT) {
        q->page = 2;
        rc = cricket_search_read_export(q, cricket_formats[format].writer,
                                        data, size, &out, &foreign,
                                        &err);
        FUZZ_CHECK(rc == CRICKET_OK || rc == CRICKET_DONE
                   || rc == CRICKET_INVALID);

        /* the next page is asked for in JSON */

        cricket_search_body(q, &next);
        fuzz_json(next.data, next.len);
        cricket_buf_free(&next);

        if (rc == CRICKET_DONE) {
            rc = CRICKET_OK;
        }

    } else {
        ask = cricket_ask_create(q);
        FUZZ_CHECK(ask != NULL && cricket_ask_refusal(ask) == NULL);

        /* the same reply again, to whatever the next search is */

        for (i = 0; i < 16; i++) {
            cricket_ask_body(ask, &message);
            fuzz_json(message.data, message.len);
            cricket_buf_free(&message);

            rc = cricket_ask_read(ask, cricket_formats[format].writer, data,
                                  size, &out, &next, &foreign, &err);

            if (rc != CRICKET_AGAIN) {
                break;
            }
        }

        FUZZ_CHECK(rc == CRICKET_OK || rc == CRICKET_INVALID
                   || rc == CRICKET_DONE || rc == CRICKET_AGAIN);

        cricket_ask_free(ask);
    }

    if (rc == CRICKET_INVALID) {
        FUZZ_CHECK(err != NULL && *err != '\0');

    } else if (rc == CRICKET_OK && format == CRICKET_FORMAT_JSON) {
        fuzz_json(out.data, out.len);

    } else if (rc == CRICKET_OK && format == CRICKET_FORMAT_NDJSON) {
        line = 0;
        n = foreign;

        for (i = 0; i < out.len; i++) {

            if (out.data[i] == '\n') {
                fuzz_json(out.data + line, i - line);
                line = i + 1;
                n++;
            }
        }

        FUZZ_CHECK(line == out.len);

        /* cJSON resolves escapes in keys; the reader of replies needn't */

        if (memchr(data, '\\', size) == NULL) {
            fuzz_hits(data, size, n + (next.len != 0));
        }
    }

    if (rc == CRICKET_OK && next.len != 0) {
        p = cricket_params_parse(kind, next.data, next.len, &fuzz_now,
                                &message);
        FUZZ_CHECK(p != NULL && p->after_set);
        cricket_query_free(p);
    }

    cricket_buf_free(&out);
    cricket_buf_free(&next);
    cricket_buf_free(&message);
    cricket_query_free(q);

    return 0;
}


static void
fuzz_json(const unsigned char *data, size_t len)
{
    cricket_json_t        json;
    cricket_json_token_e  token;

    cricket_json_init(&json, data, len);

    do {
        token = cricket_json_next(&json);
        FUZZ_CHECK(token != CRICKET_JSON_ERROR);
    } while (token != CRICKET_JSON_END);
}


static void
fuzz_hits(const uint8_t *data, size_t size, size_t n)
{
    cJSON  *root, *hits;

    root = cJSON_ParseWithLength((const char *) data, size);

    if (root == NULL) {

        /* a number too long for cJSON */

        return;
    }

    hits = cJSON_GetObjectItemCaseSensitive(root, "hits");
    hits = cJSON_GetObjectItemCaseSensitive(hits, "hits");

    FUZZ_CHECK((size_t) cJSON_GetArraySize(hits) == n);

    cJSON_Delete(root);
}
