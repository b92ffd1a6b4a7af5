
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* Reads the aggregations of a reply, as deep as they were asked for. */


#include <math.h>

#include "cricket_ask_reply.h"
#include "cricket_ask_reply_value.h"


static int cricket_ask_reply_top(cricket_ask_reply_t *r,
    cricket_ask_node_t *node, const cricket_str_t *name,
    cricket_json_token_e token);
static int cricket_ask_reply_shards(cricket_ask_reply_t *r,
    cricket_ask_node_t *node, const cricket_str_t *name,
    cricket_json_token_e token);
static int cricket_ask_reply_bucket(cricket_ask_reply_t *r,
    cricket_ask_node_t *node, const cricket_str_t *name,
    cricket_json_token_e token);
static int cricket_ask_reply_measure(cricket_ask_reply_t *r,
    cricket_ask_node_t *node, unsigned bit, cricket_json_token_e token);
static int cricket_ask_reply_several(cricket_ask_reply_t *r,
    cricket_ask_node_t *node, const cricket_str_t *name,
    cricket_json_token_e token);
static int cricket_ask_reply_buckets(cricket_ask_reply_t *r,
    const cricket_ask_node_t *like, cricket_json_token_e token);
static int cricket_ask_reply_key(cricket_ask_reply_t *r,
    cricket_ask_node_t *node, cricket_json_token_e token);
static int cricket_ask_reply_source(cricket_ask_reply_t *r,
    cricket_ask_node_t *node, const cricket_str_t *name,
    cricket_json_token_e token);
static int cricket_ask_reply_metric(cricket_ask_reply_t *r,
    cricket_ask_node_t *node, const cricket_str_t *name,
    cricket_json_token_e token);


void
cricket_ask_reply_init(cricket_ask_reply_t *r, const unsigned char *data,
    size_t len)
{
    size_t  i;

    memset(r, 0, sizeof(cricket_ask_reply_t));

    cricket_json_init(&r->json, data, len);
    cricket_buf_init(&r->plain_series, SIZE_MAX);

    for (i = 0; i < CRICKET_ASK_DEPTH; i++) {
        cricket_buf_init(&r->plain[i], SIZE_MAX);
    }

    r->lacking = -1;
}


void
cricket_ask_reply_free(cricket_ask_reply_t *r)
{
    size_t  i;

    for (i = 0; i < CRICKET_ASK_DEPTH; i++) {
        cricket_buf_free(&r->plain[i]);
    }

    cricket_buf_free(&r->plain_series);
}


const char *
cricket_ask_reply_reason(const cricket_ask_reply_t *r)
{
    if (r->json.error != NULL) {
        return r->json.error;
    }

    return (r->place != NULL) ? r->place : "not an object";
}


int
cricket_ask_reply_read(cricket_ask_reply_t *r)
{
    int                  rc;
    cricket_ask_node_t  *node;

    node = &r->nodes[0];

    cricket_ask_reply_clear(node);

    rc = cricket_ask_reply_object(r, cricket_json_next(&r->json), node,
                                  cricket_ask_reply_top);

    if (rc == CRICKET_OK && cricket_json_next(&r->json) != CRICKET_JSON_END) {
        return CRICKET_INVALID;
    }

    if (rc == CRICKET_OK && r->top != 7) {
        r->place = (r->top & 1) ? (r->top & 2) ? "aggregations" : "_shards"
                                : "timed_out";
        return CRICKET_INVALID;
    }

    return rc;
}


/* the bits of r->top are what the reply has */

static int
cricket_ask_reply_top(cricket_ask_reply_t *r, cricket_ask_node_t *node,
    const cricket_str_t *name, cricket_json_token_e token)
{
    unsigned  bit;

    bit = cricket_string_is(name, "timed_out") ? 1
          : cricket_string_is(name, "_shards") ? 2
          : cricket_string_is(name, "aggregations") ? 4 : 0;

    if (bit == 0) {
        return cricket_json_skip(&r->json, token);
    }

    r->place = (bit == 1) ? "timed_out" : (bit == 2) ? "_shards.failed"
                                                     : "aggregations";

    if (r->top & bit) {
        return CRICKET_INVALID;
    }

    r->top |= bit;

    if (bit == 1) {
        return (token == CRICKET_JSON_FALSE) ? CRICKET_OK : CRICKET_INVALID;
    }

    if (bit == 2) {
        node->documents = -1;

        if (cricket_ask_reply_object(r, token, node, cricket_ask_reply_shards)
            != CRICKET_OK)
        {
            return CRICKET_INVALID;
        }

        return (node->documents == 0) ? CRICKET_OK : CRICKET_INVALID;
    }

    return cricket_ask_reply_object(r, token, node, cricket_ask_reply_bucket);
}


static int
cricket_ask_reply_shards(cricket_ask_reply_t *r, cricket_ask_node_t *node,
    const cricket_str_t *name, cricket_json_token_e token)
{
    if (!cricket_string_is(name, "failed")) {
        return cricket_json_skip(&r->json, token);
    }

    if (node->documents != -1) {
        return CRICKET_INVALID;
    }

    return cricket_ask_reply_integer(r, token, &node->documents);
}


/* a member of a bucket, or of the aggregations */

static int
cricket_ask_reply_bucket(cricket_ask_reply_t *r, cricket_ask_node_t *node,
    const cricket_str_t *name, cricket_json_token_e token)
{
    unsigned            bit;
    cricket_ask_node_t  like;

    bit = cricket_string_is(name, "doc_count") ? CRICKET_ASK_COUNT
          : cricket_string_is(name, "stats") ? CRICKET_ASK_STATISTICS
          : cricket_string_is(name, "percentiles") ? CRICKET_ASK_PERCENTILES
          : 0;

    if (bit != 0) {
        return cricket_ask_reply_measure(r, node, bit, token);
    }

    if (cricket_string_is(name, "key")) {
        r->place = "key";
        return cricket_ask_reply_key(r, node, token);
    }

    /* a filter around what is asked for: its members are the bucket's */

    if (cricket_string_is(name, "grouped") && node->agg == 0) {
        return cricket_ask_reply_object(r, token, node,
                                        cricket_ask_reply_bucket);
    }

    cricket_ask_reply_clear(&like);

    if (name->len == 2 && name->data[0] == 'k'
        && name->data[1] >= '0' && name->data[1] <= '8')
    {
        like.agg = 'k';
        like.index = name->data[1] - '0';

    } else if (cricket_string_is(name, "buckets")) {
        like.agg = 'b';

    } else if (cricket_string_is(name, "time")) {
        like.agg = 't';

    } else if (cricket_string_is(name, "types")) {
        like.agg = 'y';

    } else {
        return cricket_ask_reply_metric(r, node, name, token);
    }

    r->place = "buckets.buckets";
    node->seen |= CRICKET_ASK_INNER;

    if (cricket_ask_reply_object(r, token, &like, cricket_ask_reply_several)
        != CRICKET_OK)
    {
        return (like.documents != 0) ? (int) like.documents : CRICKET_INVALID;
    }

    return (like.seen & CRICKET_ASK_INNER) ? CRICKET_OK : CRICKET_INVALID;
}


static int
cricket_ask_reply_measure(cricket_ask_reply_t *r, cricket_ask_node_t *node,
    unsigned bit, cricket_json_token_e token)
{
    if (node->seen & bit) {
        r->place = "a member twice";
        return CRICKET_INVALID;
    }

    node->seen |= bit;

    switch (bit) {

    case CRICKET_ASK_COUNT:
        r->place = "doc_count";
        return cricket_ask_reply_integer(r, token, &node->documents);

    case CRICKET_ASK_STATISTICS:
        r->place = "stats";
        node->index = 0;

        if (cricket_ask_reply_object(r, token, node, cricket_ask_reply_stats)
            != CRICKET_OK)
        {
            return CRICKET_INVALID;
        }

        return (node->index == 0x1f) ? CRICKET_OK : CRICKET_INVALID;

    default: /* CRICKET_ASK_PERCENTILES */
        r->place = "percentiles.values";
        node->index = 0;

        if (cricket_ask_reply_object(r, token, node, cricket_ask_reply_values)
            != CRICKET_OK)
        {
            return CRICKET_INVALID;
        }

        return (node->index == (1u << r->npercentiles) - 1)
               ? CRICKET_OK : CRICKET_INVALID;
    }
}


/* an aggregation of one number, or a filter */

static int
cricket_ask_reply_metric(cricket_ask_reply_t *r, cricket_ask_node_t *node,
    const cricket_str_t *name, cricket_json_token_e token)
{
    size_t              i;
    cricket_ask_node_t  child;

    static const struct {
        const char  *name;
        unsigned     bit;
        size_t       offset;
    } metrics[] = {
        { "min", CRICKET_ASK_MIN, offsetof(cricket_ask_node_t, min) },
        { "max", CRICKET_ASK_MAX, offsetof(cricket_ask_node_t, max) },
        { "first", CRICKET_ASK_FIRST, offsetof(cricket_ask_node_t, first) },
        { "last", CRICKET_ASK_LAST, offsetof(cricket_ask_node_t, last) },
        { "nanos", CRICKET_ASK_NANOS, offsetof(cricket_ask_node_t, nanos) },
        { "before", CRICKET_ASK_BEFORE, offsetof(cricket_ask_node_t, before) },
        { "lacking", 0, 0 }
    };

    for (i = 0; i < sizeof(metrics) / sizeof(metrics[0]); i++) {
        if (cricket_string_is(name, metrics[i].name)) {
            break;
        }
    }

    if (i == sizeof(metrics) / sizeof(metrics[0])) {
        return cricket_json_skip(&r->json, token);
    }

    r->place = metrics[i].name;

    cricket_ask_reply_clear(&child);

    if (metrics[i].bit == 0 || metrics[i].bit == CRICKET_ASK_BEFORE) {

        if (cricket_ask_reply_object(r, token, &child,
                                     cricket_ask_reply_bucket)
            != CRICKET_OK)
        {
            return CRICKET_INVALID;
        }

        if (metrics[i].bit == 0) {

            if (r->lacking != -1 || !(child.seen & CRICKET_ASK_COUNT)) {
                return CRICKET_INVALID;
            }

            r->lacking = child.documents;

            return CRICKET_OK;
        }

        if (!(child.seen & CRICKET_ASK_MAX)) {
            return CRICKET_INVALID;
        }

    } else if (cricket_ask_reply_object(r, token, &child,
                                        cricket_ask_reply_value)
               != CRICKET_OK
               || child.index != 1)
    {
        return CRICKET_INVALID;
    }

    if (node->seen & metrics[i].bit) {
        return CRICKET_INVALID;
    }

    node->seen |= metrics[i].bit;
    *(double *) ((char *) node + metrics[i].offset) = child.max;

    return CRICKET_OK;
}


/* a member of an aggregation that has buckets */

static int
cricket_ask_reply_several(cricket_ask_reply_t *r, cricket_ask_node_t *node,
    const cricket_str_t *name, cricket_json_token_e token)
{
    int      rc;
    int64_t  others;

    if (cricket_string_is(name, "sum_other_doc_count")) {

        if (cricket_ask_reply_integer(r, token, &others) != CRICKET_OK) {
            return CRICKET_INVALID;
        }

        r->others += others;

        return CRICKET_OK;
    }

    if (!cricket_string_is(name, "buckets")) {
        return cricket_json_skip(&r->json, token);
    }

    if (node->seen & CRICKET_ASK_INNER) {
        return CRICKET_INVALID;
    }

    node->seen |= CRICKET_ASK_INNER;

    rc = cricket_ask_reply_buckets(r, node, token);

    /* told by who has read the object */

    node->documents = (rc == CRICKET_OK) ? 0 : rc;

    return rc;
}


static int
cricket_ask_reply_buckets(cricket_ask_reply_t *r,
    const cricket_ask_node_t *like, cricket_json_token_e token)
{
    int                  rc;
    size_t               depth;
    cricket_ask_node_t  *node;

    depth = r->depth + 1;

    if (token != CRICKET_JSON_ARRAY || depth == CRICKET_ASK_DEPTH) {
        return CRICKET_INVALID;
    }

    node = &r->nodes[depth];

    for ( ;; ) {
        token = cricket_json_next(&r->json);

        if (token == CRICKET_JSON_ARRAY_END) {
            return CRICKET_OK;
        }

        cricket_ask_reply_clear(node);

        node->agg = like->agg;

        r->depth = depth;
        r->n += (depth == 1);

        rc = cricket_ask_reply_object(r, token, node,
                                      cricket_ask_reply_bucket);

        r->depth = depth - 1;

        /* stats and percentiles have used it for themselves */

        node->index = like->index;

        if (rc == CRICKET_OK) {
            rc = r->bucket(r, depth);
        }

        if (rc != CRICKET_OK) {
            return rc;
        }
    }
}


static int
cricket_ask_reply_key(cricket_ask_reply_t *r, cricket_ask_node_t *node,
    cricket_json_token_e token)
{
    if (node->seen & (CRICKET_ASK_KEY | CRICKET_ASK_TIME)) {
        return CRICKET_INVALID;
    }

    if (token == CRICKET_JSON_OBJECT) {
        return cricket_ask_reply_object(r, token, node,
                                        cricket_ask_reply_source);
    }

    if (token == CRICKET_JSON_STRING) {
        node->seen |= CRICKET_ASK_KEY;

        return cricket_ask_reply_text(r, &r->plain[r->depth], &node->key);
    }

    node->seen |= CRICKET_ASK_TIME;

    return cricket_ask_reply_integer(r, token, &node->msec);
}


/* a member of a composite's key */

static int
cricket_ask_reply_source(cricket_ask_reply_t *r, cricket_ask_node_t *node,
    const cricket_str_t *name, cricket_json_token_e token)
{
    r->place = cricket_string_is(name, "time") ? "key.time"
               : cricket_string_is(name, "group") ? "key.group" : "key";

    if (cricket_string_is(name, "time") && !(node->seen & CRICKET_ASK_TIME)) {
        node->seen |= CRICKET_ASK_TIME;

        return cricket_ask_reply_integer(r, token, &node->msec);
    }

    if (token != CRICKET_JSON_STRING) {
        return CRICKET_INVALID;
    }

    if (cricket_string_is(name, "series")
        && !(node->seen & CRICKET_ASK_SERIES_KEY))
    {
        node->seen |= CRICKET_ASK_SERIES_KEY;

        return cricket_ask_reply_text(r, &r->plain_series, &node->series);
    }

    if (cricket_string_is(name, "group") && !(node->seen & CRICKET_ASK_KEY)) {
        node->seen |= CRICKET_ASK_KEY;

        return cricket_ask_reply_text(r, &r->plain[r->depth], &node->key);
    }

    return CRICKET_INVALID;
}
