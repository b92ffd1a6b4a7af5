
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* Reads the buckets of a reply: names. */


#include <string.h>

#include "cricket_search_reader.h"


static int cricket_search_bucket_detail(cricket_search_reader_t *r);
static int cricket_search_bucket_long(cricket_search_reader_t *r);


int
cricket_search_bucket(cricket_search_reader_t *r,
    const cricket_search_member_t *m, cricket_json_token_e token)
{
    int  rc;

    /* one name more than the page has only tells that there is more */

    if (r->n == r->q->page) {
        r->more = 1;
        r->past = 1;
    }

    if (r->past) {
        return cricket_json_skip(&r->json, token);
    }

    memset(&r->bucket, 0, sizeof(cricket_result_bucket_t));
    r->key.text.len = 0;
    r->distinct.len = 0;
    r->last_msec.len = 0;
    r->odd = 0;

    rc = cricket_search_walk_object(r, m, token);

    if (rc != CRICKET_OK || r->past) {
        return rc;
    }

    if (r->q->detail && cricket_search_bucket_detail(r) != CRICKET_OK) {
        return CRICKET_INVALID;
    }

    r->n++;

    if (r->odd) {
        r->foreign++;

        return CRICKET_OK;
    }

    return r->result.writer->bucket(&r->result, &r->bucket);
}


int
cricket_search_bucket_key(cricket_search_reader_t *r,
    const cricket_search_member_t *m, cricket_json_token_e token)
{
    int             rc;
    cricket_str_t  *key;

    rc = cricket_search_walk_object(r, m, token);

    if (rc != CRICKET_OK) {
        return rc;
    }

    if (r->odd) {

        /* no name is before this one */

        r->last.name.data = (const unsigned char *) "\x01";
        r->last.name.len = 1;

        return CRICKET_OK;
    }

    if (r->key.text.len == 0) {
        return CRICKET_OK;
    }

    key = &r->bucket.key;

    rc = cricket_result_plain(&r->key, &r->plain, key);

    if (rc != CRICKET_OK) {
        return rc;
    }

    if (key->len > CRICKET_NAME_LEN) {
        return cricket_search_bucket_long(r);
    }

    r->last.name = *key;

    return CRICKET_OK;
}


/* the next page begins behind all names that begin as one that is too long */

static int
cricket_search_bucket_long(cricket_search_reader_t *r)
{
    size_t          n;
    cricket_str_t  *key, *last;

    static const char  highest[] = "\xf4\x8f\xbf\xbf";

    key = &r->bucket.key;
    last = &r->last.name;

    n = CRICKET_NAME_LEN - (sizeof(highest) - 1);

    while ((key->data[n] & 0xc0) == 0x80) {
        n--;
    }

    if (key->data == r->plain.data) {
        r->plain.len = n;

    } else {
        r->plain.len = 0;
        cricket_buf_append(&r->plain, key->data, n);
    }

    cricket_buf_append(&r->plain, highest, sizeof(highest) - 1);

    if (r->plain.failed) {
        return CRICKET_ERROR;
    }

    last->data = r->plain.data;
    last->len = r->plain.len;

    r->odd = 1;

    return CRICKET_OK;
}


int
cricket_search_bucket_type(cricket_search_reader_t *r,
    const cricket_search_member_t *m, cricket_json_token_e token)
{
    if (r->bucket.more_types) {
        return CRICKET_INVALID;
    }

    r->bucket.more_types = (r->bucket.ntypes == CRICKET_RESULT_TYPES);

    return cricket_search_walk_object(r, m, token);
}


int
cricket_search_bucket_type_key(cricket_search_reader_t *r,
    const cricket_search_member_t *m, cricket_json_token_e token)
{
    int                     rc;
    size_t                  i;
    cricket_result_text_t   type;

    (void) m;

    if (token != CRICKET_JSON_STRING) {
        return CRICKET_INVALID;
    }

    if (r->bucket.more_types) {
        return CRICKET_OK;
    }

    type.text = r->json.text;
    type.escaped = r->json.escaped;

    i = r->bucket.ntypes;

    rc = cricket_result_plain(&type, &r->types[i], &r->bucket.types[i]);

    if (rc == CRICKET_OK) {
        r->bucket.ntypes++;
    }

    return rc;
}


/* how many series, and the newest datapoint */

static int
cricket_search_bucket_detail(cricket_search_reader_t *r)
{
    double  number;

    if (cricket_json_double(&r->distinct, &number) != CRICKET_OK
        || !(number >= 0 && number < 1e15))
    {
        return CRICKET_INVALID;
    }

    r->bucket.series = (int64_t) number;

    if (r->last_msec.len == 0) {
        return CRICKET_OK;
    }

    if (cricket_json_double(&r->last_msec, &number) != CRICKET_OK
        || !(number > -1e15 && number < 1e15))
    {
        return CRICKET_INVALID;
    }

    r->bucket.has_last = (cricket_time_set(&r->bucket.last, (int64_t) number,
                                           0) == CRICKET_OK);

    return CRICKET_OK;
}
