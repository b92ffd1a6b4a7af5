
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* The newest datapoint of every series, in the order of names and tags. */


#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "cricket_ask_private.h"
#include "cricket_search.h"


static const char  cricket_ask_last_excess[] =
    "name: more than 9999 series match, expected filters by tags or type, or a "
    "shorter range";


static void cricket_ask_last_head(cricket_result_t *result);
static int cricket_ask_last_hit(cricket_result_t *result,
    const cricket_result_hit_t *hit);
static int cricket_ask_last_page(cricket_ask_t *ask,
    const cricket_result_writer_t *writer, cricket_result_hit_t *hits,
    size_t n, cricket_buf_t *out, cricket_buf_t *next);
static void cricket_ask_last_next(cricket_ask_t *ask, size_t i,
    const cricket_result_hit_t *hit, cricket_buf_t *next);
static size_t cricket_ask_last_begin(const cricket_ask_t *ask,
    const cricket_result_hit_t *hits, size_t n);
static uint64_t cricket_ask_last_hash(const cricket_result_hit_t *hit);
static int cricket_ask_last_compare(const void *one, const void *two);
static int cricket_ask_last_tag_compare(const void *one, const void *two);


/* gathers hits in the result's buffer, one behind the other */

static const cricket_result_writer_t  cricket_ask_last_gather = {
    cricket_ask_last_head,
    cricket_ask_last_hit,
    NULL,
    cricket_ask_last_head,
    NULL
};


static void
cricket_ask_last_head(cricket_result_t *result)
{
    (void) result;
}


static int
cricket_ask_last_hit(cricket_result_t *result, const cricket_result_hit_t *hit)
{
    cricket_result_hit_t  copy;

    copy = *hit;

    qsort(copy.tags, copy.ntags, sizeof(cricket_str_t),
          cricket_ask_last_tag_compare);

    cricket_buf_append(result->out, &copy, sizeof(cricket_result_hit_t));

    return CRICKET_OK;
}


int
cricket_ask_last(cricket_ask_t *ask, const cricket_result_writer_t *writer,
    const unsigned char *data, size_t len, cricket_buf_t *out,
    cricket_buf_t *next, size_t *foreign, const char **err)
{
    int                    rc;
    size_t                 n;
    cricket_buf_t          hits, more;
    cricket_result_hit_t  *hit;

    cricket_buf_init(&hits, SIZE_MAX);
    cricket_buf_init(&more, SIZE_MAX);

    rc = cricket_search_read(ask->q, &cricket_ask_last_gather, data, len,
                             &hits, &more, foreign, err);

    if (rc == CRICKET_OK && more.len != 0) {
        cricket_buf_cstr(out, cricket_ask_last_excess);
        rc = out->failed ? CRICKET_ERROR : CRICKET_DONE;

    } else if (rc == CRICKET_OK) {

        /* malloc() aligns what a buffer begins with for any type */

        hit = (cricket_result_hit_t *) (void *) hits.data;
        n = hits.len / sizeof(cricket_result_hit_t);

        if (n != 0) {
            qsort(hit, n, sizeof(cricket_result_hit_t),
                  cricket_ask_last_compare);
        }

        rc = cricket_ask_last_page(ask, writer, hit, n, out, next);
    }

    cricket_buf_free(&hits);
    cricket_buf_free(&more);

    return rc;
}


static int
cricket_ask_last_page(cricket_ask_t *ask,
    const cricket_result_writer_t *writer, cricket_result_hit_t *hits,
    size_t n, cricket_buf_t *out, cricket_buf_t *next)
{
    int               rc;
    size_t            i, begin;
    cricket_result_t  result;

    begin = cricket_ask_last_begin(ask, hits, n);
    rc = CRICKET_OK;

    cricket_result_init(&result, writer, ask->q, out);

    writer->head(&result);

    for (i = begin; i < n && rc == CRICKET_OK; i++) {

        if (i - begin == ask->q->limit) {
            cricket_ask_last_next(ask, i, &hits[i - 1], next);
            break;
        }

        rc = writer->hit(&result, &hits[i]);
    }

    writer->tail(&result);

    if (rc == CRICKET_OK
        && (out->failed || next->failed || result.cell.failed))
    {
        rc = CRICKET_ERROR;
    }

    cricket_result_free(&result);

    return rc;
}


/*
 * A page begins behind the series that was the last before, or, if that is gone
 * meanwhile, at its number.
 */

static void
cricket_ask_last_next(cricket_ask_t *ask, size_t i,
    const cricket_result_hit_t *hit, cricket_buf_t *next)
{
    char                      text[64];
    cricket_query_position_t  after;

    memset(&after, 0, sizeof(cricket_query_position_t));

    after.name.len = (size_t) snprintf(text, sizeof(text), "%zu %016" PRIx64,
                                       i, cricket_ask_last_hash(hit));
    after.name.data = (const unsigned char *) text;

    cricket_query_next(ask->q, &after, next);
}


static size_t
cricket_ask_last_begin(const cricket_ask_t *ask,
    const cricket_result_hit_t *hits, size_t n)
{
    char                  text[64];
    size_t                i, number;
    uint64_t              hash;
    const cricket_str_t  *after;

    after = &ask->q->after.name;

    if (!ask->q->after_set || after->len >= sizeof(text)) {
        return 0;
    }

    memcpy(text, after->data, after->len);
    text[after->len] = '\0';

    if (sscanf(text, "%zu %" SCNx64, &number, &hash) != 2) {
        return 0;
    }

    for (i = 0; i < n; i++) {
        if (cricket_ask_last_hash(&hits[i]) == hash) {
            return i + 1;
        }
    }

    return (number < n) ? number : n;
}


/* FNV-1a */

static uint64_t
cricket_ask_last_hash(const cricket_result_hit_t *hit)
{
    size_t                i, j;
    uint64_t              hash;
    const cricket_str_t  *s;

    hash = 0xcbf29ce484222325;

    for (i = 0; i < hit->ntags + 2; i++) {
        s = (i == 0) ? &hit->name.text : (i == 1) ? &hit->type.text
                                                  : &hit->tags[i - 2];

        for (j = 0; j < s->len; j++) {
            hash = (hash ^ s->data[j]) * 0x100000001b3;
        }

        hash = (hash ^ 0xff) * 0x100000001b3;
    }

    return hash;
}


/* by name, then tags, then type */

static int
cricket_ask_last_compare(const void *one, const void *two)
{
    int                          rc;
    size_t                       i;
    const cricket_result_hit_t  *a = one;
    const cricket_result_hit_t  *b = two;

    rc = cricket_json_cmp(&a->name.text, &b->name.text);

    for (i = 0; rc == 0 && i < a->ntags && i < b->ntags; i++) {
        rc = cricket_ask_last_tag_compare(&a->tags[i], &b->tags[i]);
    }

    if (rc == 0 && a->ntags != b->ntags) {
        rc = (a->ntags < b->ntags) ? -1 : 1;
    }

    return (rc != 0) ? rc : cricket_json_cmp(&a->type.text, &b->type.text);
}


/* KEY=VALUE: by key, and no key has a "=", then by value */

static int
cricket_ask_last_tag_compare(const void *one, const void *two)
{
    int            rc;
    size_t         i;
    cricket_str_t  key[2], value[2];

    const cricket_str_t  *tag[] = { one, two };

    for (i = 0; i < 2; i++) {
        value[i].data = memchr(tag[i]->data, '=', tag[i]->len);

        key[i].data = tag[i]->data;
        key[i].len = (size_t) (value[i].data - tag[i]->data);

        value[i].len = tag[i]->len - key[i].len;
    }

    rc = cricket_json_cmp(&key[0], &key[1]);

    return (rc != 0) ? rc : cricket_json_cmp(&value[0], &value[1]);
}
