
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* Reads the buckets of a reply: names, groups, series, statistics. */


#include <string.h>

#include "cricket_search_reader.h"


static int cricket_search_bucket_long(cricket_search_reader_t *r);
static void cricket_search_bucket_group(cricket_search_reader_t *r);


int
cricket_search_bucket(cricket_search_reader_t *r,
    const cricket_search_member_t *m, cricket_json_token_e token)
{
    int  rc;

    /* one name more than the page has only tells that there is more */

    if ((r->has & CRICKET_SEARCH_NAMES) && r->n == r->q->page) {
        r->more = 1;
        r->past = 1;
    }

    if (r->past) {
        return cricket_json_skip(&r->json, token);
    }

    memset(&r->bucket, 0, sizeof(cricket_result_bucket_t));
    r->key.text.len = 0;
    r->odd = 0;

    rc = cricket_search_walk_object(r, m, token);

    if (rc != CRICKET_OK || r->past) {
        return rc;
    }

    r->n++;

    if (r->n > CRICKET_QUERY_BUCKETS) {
        r->excess = "interval: more than 10000 buckets in all";
        r->past = 1;

        return CRICKET_OK;
    }

    if (r->odd) {
        r->foreign++;

        return CRICKET_OK;
    }

    return r->result.writer->bucket(&r->result, &r->bucket);
}


int
cricket_search_bucket_start(cricket_search_reader_t *r,
    const cricket_search_member_t *m, cricket_json_token_e token)
{
    int64_t  msec;

    (void) m;

    if (cricket_search_walk_integer(r, token, &msec) != CRICKET_OK) {
        return CRICKET_INVALID;
    }

    /* the first bucket may begin before there are any instants */

    if (msec < CRICKET_SEARCH_FIRST) {
        msec = CRICKET_SEARCH_FIRST;
    }

    return cricket_time_set(&r->bucket.start, msec, 0);
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

    if (r->has & CRICKET_SEARCH_GROUPS) {
        cricket_search_bucket_group(r);
        return CRICKET_OK;
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


/* the tags of the key come first, in order; the first of another ends them */

static void
cricket_search_bucket_group(cricket_search_reader_t *r)
{
    size_t                n;
    cricket_str_t        *key;
    const cricket_str_t  *name, *last;

    key = &r->bucket.key;
    name = &r->q->group_by;
    last = &r->group;
    n = name->len + 1;

    if (key->len < n
        || memcmp(key->data, name->data, name->len) != 0
        || key->data[name->len] != '=')
    {
        r->past = 1;
        return;
    }

    key->data += n;
    key->len -= n;

    if (r->key.text.len == last->len
        && memcmp(r->key.text.data, last->data, last->len) == 0)
    {
        return;
    }

    if (r->groups++ == CRICKET_QUERY_GROUPS) {
        r->excess = "group_by: more than 1000 groups";
        r->past = 1;
        return;
    }

    r->group = r->key.text;
    r->bucket.opens = 1;
}


/* each that was asked for, in order of their numbers */

int
cricket_search_bucket_percentiles(cricket_search_reader_t *r,
    const cricket_search_member_t *m, cricket_json_token_e token)
{
    r->percentiles = 0;

    if (cricket_search_walk_array(r, m, token) != CRICKET_OK
        || r->percentiles != (1u << r->q->npercentiles) - 1)
    {
        return CRICKET_INVALID;
    }

    return CRICKET_OK;
}


int
cricket_search_bucket_percentile(cricket_search_reader_t *r,
    const cricket_search_member_t *m, cricket_json_token_e token)
{
    double    number;
    size_t    i;
    unsigned  bit;

    r->percent.len = 0;
    r->percentile.len = 0;

    if (cricket_search_walk_object(r, m, token) != CRICKET_OK
        || r->percent.len == 0
        || cricket_json_double(&r->percent, &number) != CRICKET_OK)
    {
        return CRICKET_INVALID;
    }

    for (i = 0; i < r->q->npercentiles; i++) {

        if (r->q->percentiles[i].value != number) {
            continue;
        }

        bit = 1u << i;

        if (r->percentiles & bit) {
            return CRICKET_INVALID;
        }

        r->percentiles |= bit;
        r->bucket.percentiles[i] = r->percentile;

        return CRICKET_OK;
    }

    return CRICKET_INVALID;
}
