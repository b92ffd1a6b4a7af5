
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* Reads the datapoints of a reply. */


#include <string.h>

#include "cricket_search_reader.h"


/* the last character of ASCII: behind each that a series of ours has */
#define CRICKET_SEARCH_HIT_LAST  0x7f


static int cricket_search_hit_astray(cricket_search_reader_t *r);
static int cricket_search_hit_astray_down(cricket_search_reader_t *r);
static int cricket_search_hit_series(cricket_search_reader_t *r,
    cricket_json_token_e token);
static int cricket_search_hit_index(cricket_search_reader_t *r,
    cricket_json_token_e token);


int
cricket_search_hit(cricket_search_reader_t *r,
    const cricket_search_member_t *m, cricket_json_token_e token)
{
    int                    rc;
    cricket_result_hit_t  *hit;

    if (r->past) {
        r->foreign++;

        return cricket_json_skip(&r->json, token);
    }

    hit = &r->hit;

    hit->name = r->name;
    hit->type = r->type;
    hit->value.len = 0;
    hit->ntags = 0;
    r->nsort = 0;
    r->odd = 0;

    rc = cricket_search_walk_object(r, m, token);

    if (rc != CRICKET_OK) {
        return rc;
    }

    if (r->past) {
        r->foreign++;

        return CRICKET_OK;
    }

    /* an array may have been empty */

    if (hit->name.text.len == 0 || hit->type.text.len == 0
        || hit->value.len == 0)
    {
        r->odd = 1;
    }

    r->n++;

    /* one hit more than the page has only tells that there is more */

    if (r->n > r->q->page) {

        if (r->q->kind == CRICKET_QUERY_EXPORT || r->more) {
            return CRICKET_INVALID;
        }

        r->more = 1;

        return CRICKET_OK;
    }

    if (r->n == 1) {
        r->first = hit->time;
    }

    r->last.time = hit->time;
    r->last.seq_no = r->sort[CRICKET_SEARCH_SORT_SEQ_NO];
    r->last.series_len = r->series_len;
    memcpy(r->last.series, r->series, r->series_len);
    r->last_index = r->index;

    if (r->odd) {
        r->foreign++;

        return CRICKET_OK;
    }

    return r->result.writer->hit(&r->result, hit);
}


int
cricket_search_hit_tag(cricket_search_reader_t *r,
    const cricket_search_member_t *m, cricket_json_token_e token)
{
    cricket_result_hit_t  *hit;

    (void) m;

    hit = &r->hit;

    if (token != CRICKET_JSON_STRING) {
        return CRICKET_INVALID;
    }

    if (hit->ntags == CRICKET_TAGS
        || memchr(r->json.text.data, '=', r->json.text.len) == NULL)
    {
        return cricket_search_walk_odd(r);
    }

    hit->tags[hit->ntags++] = r->json.text;

    return CRICKET_OK;
}


int
cricket_search_hit_sort(cricket_search_reader_t *r,
    const cricket_search_member_t *m, cricket_json_token_e token)
{
    int64_t  *sort;

    sort = r->sort;

    if (cricket_search_walk_array(r, m, token) != CRICKET_OK
        || r->nsort != CRICKET_SEARCH_SORT
        || sort[CRICKET_SEARCH_SORT_SEQ_NO] < 0)
    {
        return CRICKET_INVALID;
    }

    if (sort[CRICKET_SEARCH_SORT_NANOS] >= 0
        && sort[CRICKET_SEARCH_SORT_NANOS] <= 999999
        && cricket_time_set(&r->hit.time, sort[CRICKET_SEARCH_SORT_MSEC],
                            (uint32_t) sort[CRICKET_SEARCH_SORT_NANOS])
           == CRICKET_OK)
    {
        if (!r->cut) {
            return CRICKET_OK;
        }

        /* behind all that have what is left of it as their series */

        sort[CRICKET_SEARCH_SORT_SEQ_NO] = INT64_MAX;
        r->index.len = 0;

        return cricket_search_walk_odd(r);
    }

    return cricket_search_hit_astray(r);
}


/*
 * A document where no datapoint can be.  The next page begins at the first
 * place behind it where one can, if there is such a place.
 */

static int
cricket_search_hit_astray(cricket_search_reader_t *r)
{
    int64_t  *sort;

    sort = r->sort;

    r->series_len = 0;
    r->index.len = 0;

    if (r->q->descending) {
        return cricket_search_hit_astray_down(r);
    }

    if (sort[CRICKET_SEARCH_SORT_NANOS] > 999999
        && sort[CRICKET_SEARCH_SORT_MSEC] < INT64_MAX)
    {
        sort[CRICKET_SEARCH_SORT_MSEC]++;
    }

    /* before all that have the same time */

    sort[CRICKET_SEARCH_SORT_SEQ_NO] = -1;

    if (cricket_time_set(&r->hit.time, sort[CRICKET_SEARCH_SORT_MSEC], 0)
        != CRICKET_OK)
    {
        if (sort[CRICKET_SEARCH_SORT_MSEC] > 0) {
            r->past = 1;
            return CRICKET_OK;
        }

        (void) cricket_time_set(&r->hit.time, CRICKET_SEARCH_FIRST, 0);
    }

    return cricket_search_walk_odd(r);
}


/* the same where the newest come first: behind all that are later */

static int
cricket_search_hit_astray_down(cricket_search_reader_t *r)
{
    int64_t  *sort;

    sort = r->sort;

    if (sort[CRICKET_SEARCH_SORT_NANOS] < 0
        && sort[CRICKET_SEARCH_SORT_MSEC] > INT64_MIN)
    {
        sort[CRICKET_SEARCH_SORT_MSEC]--;
    }

    /* as if it were the first of that millisecond */

    r->series[0] = CRICKET_SEARCH_HIT_LAST;
    r->series_len = 1;

    sort[CRICKET_SEARCH_SORT_SEQ_NO] = INT64_MAX;

    if (cricket_time_set(&r->hit.time, sort[CRICKET_SEARCH_SORT_MSEC], 999999)
        != CRICKET_OK)
    {
        if (sort[CRICKET_SEARCH_SORT_MSEC] < 0) {
            r->past = 1;
            return CRICKET_OK;
        }

        (void) cricket_time_set(&r->hit.time, CRICKET_SEARCH_LAST, 999999);
    }

    return cricket_search_walk_odd(r);
}


int
cricket_search_hit_sort_value(cricket_search_reader_t *r,
    const cricket_search_member_t *m, cricket_json_token_e token)
{
    size_t                i;
    int64_t              *value;
    const cricket_str_t  *text;

    (void) m;

    i = r->nsort++;

    switch (i) {

    case CRICKET_SEARCH_SORT_SERIES:
        return cricket_search_hit_series(r, token);

    case CRICKET_SEARCH_SORT_INDEX:
        return cricket_search_hit_index(r, token);

    case CRICKET_SEARCH_SORT:
        return CRICKET_INVALID;

    default:
        value = &r->sort[i];
    }

    if (cricket_search_walk_integer(r, token, value) == CRICKET_OK) {
        return CRICKET_OK;
    }

    /* documents without a time are the last, with the largest of all */

    text = &r->json.text;

    if (i != CRICKET_SEARCH_SORT_MSEC
        || token != CRICKET_JSON_NUMBER
        || memchr(text->data, '.', text->len) != NULL
        || memchr(text->data, 'e', text->len) != NULL
        || memchr(text->data, 'E', text->len) != NULL)
    {
        return CRICKET_INVALID;
    }

    *value = (text->data[0] == '-') ? INT64_MIN : INT64_MAX;

    return CRICKET_OK;
}


/*
 * A series of ours fits.  Of another one as much is kept as tells where it
 * stands among ours, which have no character above CRICKET_SEARCH_HIT_LAST and
 * are never the beginning of one another.
 */

static int
cricket_search_hit_series(cricket_search_reader_t *r,
    cricket_json_token_e token)
{
    size_t          n;
    ptrdiff_t       len;
    cricket_str_t   text;

    if (token != CRICKET_JSON_STRING) {
        return CRICKET_INVALID;
    }

    text = r->json.text;

    if (r->json.escaped) {
        r->plain.len = 0;

        if (cricket_buf_reserve(&r->plain, text.len) == NULL) {
            return CRICKET_ERROR;
        }

        len = cricket_json_decode(&text, r->plain.data);

        if (len == -1) {
            return CRICKET_INVALID;
        }

        text.data = r->plain.data;
        text.len = len;
    }

    for (n = 0; n < text.len && n < CRICKET_SERIES_LEN; n++) {

        if (text.data[n] > CRICKET_SEARCH_HIT_LAST) {
            break;
        }

        r->series[n] = text.data[n];
    }

    r->cut = (n < text.len);

    if (r->cut && n < CRICKET_SERIES_LEN) {
        r->series[n++] = CRICKET_SEARCH_HIT_LAST;
    }

    r->series_len = n;

    return CRICKET_OK;
}


/* names of indices have no escapes */

static int
cricket_search_hit_index(cricket_search_reader_t *r,
    cricket_json_token_e token)
{
    if (token != CRICKET_JSON_STRING
        || r->json.escaped
        || r->json.text.len > CRICKET_QUERY_INDEX)
    {
        return CRICKET_INVALID;
    }

    r->index = r->json.text;

    return CRICKET_OK;
}
