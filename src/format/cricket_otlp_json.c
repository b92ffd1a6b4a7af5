
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* Reads OTLP's metrics in JSON, a datapoint at a time, in slices. */


#include <string.h>

#include "cricket_otlp_json_private.h"


/* so far a body is looked at, to tell what it is */
#define CRICKET_OTLP_JSON_LOOK  4096


static void cricket_otlp_json_init(cricket_reader_t *reader,
    const unsigned char *data, size_t len);
static void cricket_otlp_json_limit(cricket_reader_t *reader, size_t n);
static void cricket_otlp_json_free(cricket_reader_t *reader);
static int cricket_otlp_json_next(cricket_reader_t *reader,
    cricket_datapoint_t *dp);
static int cricket_otlp_json_step(cricket_otlp_json_t *o,
    cricket_datapoint_t *dp);
static int cricket_otlp_json_token(cricket_otlp_json_t *o,
    cricket_json_token_e token);
static int cricket_otlp_json_skipped(cricket_otlp_json_t *o);
static int cricket_otlp_json_item(cricket_otlp_json_t *o,
    cricket_json_token_e token);
static void cricket_otlp_json_enter(cricket_otlp_json_t *o);
static int cricket_otlp_json_end(cricket_otlp_json_t *o);
static int cricket_otlp_json_leave(cricket_otlp_json_t *o);
static int cricket_otlp_json_back(cricket_otlp_json_t *o,
    cricket_otlp_json_mark_t *mark);
static int cricket_otlp_json_whole(cricket_otlp_json_t *o);
static int cricket_otlp_json_make(cricket_otlp_json_t *o,
    cricket_datapoint_t *dp);


const cricket_reader_type_t  cricket_otlp_json = {
    sizeof(cricket_otlp_json_t),
    cricket_otlp_json_init,
    cricket_otlp_json_limit,
    cricket_otlp_json_next,
    cricket_otlp_json_free
};


int
cricket_otlp_json_is(const unsigned char *data, size_t len)
{
    unsigned        i;
    cricket_json_t  json;

    static const char  *ours[] = {
        "name", "type", "value", "timestamp", "tags"
    };

    cricket_json_init(&json, data, (len < CRICKET_OTLP_JSON_LOOK)
                                   ? len : CRICKET_OTLP_JSON_LOOK);

    if (cricket_json_token(&json) != CRICKET_JSON_OBJECT) {
        return 0;
    }

    while (cricket_json_token(&json) == CRICKET_JSON_KEY) {

        if (cricket_string_is(&json.text, "resourceMetrics")) {
            return 1;
        }

        for (i = 0; i < sizeof(ours) / sizeof(ours[0]); i++) {

            if (cricket_string_is(&json.text, ours[i])) {
                return 0;
            }
        }

        if (cricket_json_skip(&json, cricket_json_token(&json))
            != CRICKET_OK)
        {
            break;
        }
    }

    return 0;
}


static void
cricket_otlp_json_init(cricket_reader_t *reader, const unsigned char *data,
    size_t len)
{
    cricket_otlp_json_t  *o;

    o = (cricket_otlp_json_t *) reader;

    cricket_draft_init(&o->series);
    cricket_json_init(&o->json, data, len);

    o->left = (size_t) -1;
    o->state = CRICKET_OTLP_JSON_START;
    o->member = CRICKET_OTLP_JSON_NO_MEMBER;
    o->skipping = 0;
}


static void
cricket_otlp_json_limit(cricket_reader_t *reader, size_t n)
{
    ((cricket_otlp_json_t *) reader)->left = n;
}


static void
cricket_otlp_json_free(cricket_reader_t *reader)
{
    cricket_draft_free(&((cricket_otlp_json_t *) reader)->series);
}


static int
cricket_otlp_json_next(cricket_reader_t *reader, cricket_datapoint_t *dp)
{
    int                   rc;
    cricket_otlp_json_t  *o;

    o = (cricket_otlp_json_t *) reader;

    do {
        if (o->state == CRICKET_OTLP_JSON_BROKEN) {
            return CRICKET_ERROR;
        }

        if (o->state == CRICKET_OTLP_JSON_OVER) {
            return CRICKET_DONE;
        }

        if (o->left == 0) {
            return CRICKET_AGAIN;
        }

        rc = cricket_otlp_json_step(o, dp);

        if (reader->failed) {
            rc = CRICKET_ERROR;
        }

    } while (rc == CRICKET_AGAIN);

    if (rc == CRICKET_OK || rc == CRICKET_INVALID) {
        cricket_otlp_json_cost(o, CRICKET_READER_COST);

        rc = cricket_otlp_point_count(&o->series, reader, rc);
    }

    if (rc == CRICKET_ERROR) {
        o->state = CRICKET_OTLP_JSON_BROKEN;
    }

    return rc;
}


/* about a token */

static int
cricket_otlp_json_step(cricket_otlp_json_t *o, cricket_datapoint_t *dp)
{
    int                   rc;
    cricket_json_token_e  token;

    if (o->state == CRICKET_OTLP_JSON_MAKE) {
        rc = cricket_otlp_json_make(o, dp);

        /* what is read of a list has its bytes of the slice first */

        cricket_otlp_json_cost(o, CRICKET_OTLP_JSON_COST);

        return rc;
    }

    token = cricket_otlp_json_read(o, &o->json);

    if (token == CRICKET_JSON_AGAIN) {
        return CRICKET_AGAIN;
    }

    if (token == CRICKET_JSON_ERROR) {
        return cricket_otlp_json_error(o, &o->json, NULL, o->json.error);
    }

    if (o->skipping) {
        return (o->json.depth == o->depth) ? cricket_otlp_json_skipped(o)
                                           : CRICKET_AGAIN;
    }

    return cricket_otlp_json_token(o, token);
}


static int
cricket_otlp_json_token(cricket_otlp_json_t *o, cricket_json_token_e token)
{
    switch (o->state) {

    case CRICKET_OTLP_JSON_START:

        if (token != CRICKET_JSON_OBJECT) {
            return cricket_otlp_json_error(o, &o->json, NULL, "expected an "
                                           "object with resourceMetrics");
        }

        o->state = CRICKET_OTLP_JSON_REQUEST;

        return CRICKET_AGAIN;

    case CRICKET_OTLP_JSON_END:

        /* no other token can be here */

        o->state = CRICKET_OTLP_JSON_OVER;

        return CRICKET_DONE;

    case CRICKET_OTLP_JSON_RESOURCES:
    case CRICKET_OTLP_JSON_SCOPES:
    case CRICKET_OTLP_JSON_METRICS:
    case CRICKET_OTLP_JSON_POINTS:
    case CRICKET_OTLP_JSON_ATTRIBUTES:
        return cricket_otlp_json_item(o, token);
    }

    /* all others are objects */

    if (o->member != CRICKET_OTLP_JSON_NO_MEMBER) {
        return cricket_otlp_json_value_of(o, token);
    }

    if (token == CRICKET_JSON_OBJECT_END) {
        return cricket_otlp_json_leave(o);
    }

    o->member = cricket_otlp_json_member(o);

    return CRICKET_AGAIN;
}


/* what was skipped is over */

static int
cricket_otlp_json_skipped(cricket_otlp_json_t *o)
{
    int  rc;

    o->skipping = 0;

    if (o->state != CRICKET_OTLP_JSON_ATTRIBUTES
        || (o->in_point ? o->invalid : !o->shared))
    {
        return CRICKET_AGAIN;
    }

    rc = cricket_otlp_json_value(&o->series, &o->reader, o->attribute,
                                 o->json.pos - o->attribute);

    if (rc != CRICKET_INVALID) {
        return (rc == CRICKET_OK) ? CRICKET_AGAIN : rc;
    }

    /* then so is the datapoint, or each of the resource's */

    memcpy(o->field, o->reader.field, sizeof(o->field));
    memcpy(o->message, o->reader.message, sizeof(o->message));

    if (o->in_point) {
        o->invalid = 1;

    } else {
        o->shared = 0;
    }

    return CRICKET_AGAIN;
}


/* the first token of what is in an array, or its end */

static int
cricket_otlp_json_item(cricket_otlp_json_t *o, cricket_json_token_e token)
{
    if (token == CRICKET_JSON_ARRAY_END) {
        return cricket_otlp_json_end(o);
    }

    if (token != CRICKET_JSON_OBJECT) {
        return cricket_otlp_json_error(o, &o->json, NULL, "expected an "
                                       "object");
    }

    if (o->state == CRICKET_OTLP_JSON_ATTRIBUTES) {
        o->attribute = o->json.value;
        o->depth = o->json.depth - 1;
        o->skipping = 1;

        return CRICKET_AGAIN;
    }

    cricket_otlp_json_enter(o);

    return CRICKET_AGAIN;
}


static void
cricket_otlp_json_enter(cricket_otlp_json_t *o)
{
    switch (o->state) {

    case CRICKET_OTLP_JSON_RESOURCES:
        cricket_draft_back(&o->series, CRICKET_DRAFT_EMPTY);

        o->resource.set = 0;
        o->resource.back = 0;
        o->resourced = 0;
        o->scoped = 0;
        o->shared = 1;
        o->state = CRICKET_OTLP_JSON_RESOURCE_METRICS;
        break;

    case CRICKET_OTLP_JSON_SCOPES:
        o->state = CRICKET_OTLP_JSON_SCOPE_METRICS;
        break;

    case CRICKET_OTLP_JSON_METRICS:
        o->metric.set = 0;
        o->metric.back = 0;
        o->name.len = 0;
        o->named = 0;
        o->kinds = 0;
        o->state = CRICKET_OTLP_JSON_METRIC;
        break;

    default: /* CRICKET_OTLP_JSON_POINTS */
        cricket_draft_back(&o->series, CRICKET_DRAFT_NAMED);
        cricket_otlp_point_init(&o->point);

        o->offsets[0] = 0;
        o->offsets[1] = 0;
        o->listed = 0;
        o->invalid = 0;
        o->state = CRICKET_OTLP_JSON_FIELDS;
        break;
    }
}


static int
cricket_otlp_json_end(cricket_otlp_json_t *o)
{
    switch (o->state) {

    case CRICKET_OTLP_JSON_RESOURCES:
        o->state = CRICKET_OTLP_JSON_REQUEST;
        break;

    case CRICKET_OTLP_JSON_SCOPES:
        o->state = CRICKET_OTLP_JSON_RESOURCE_METRICS;
        break;

    case CRICKET_OTLP_JSON_METRICS:
        o->state = CRICKET_OTLP_JSON_SCOPE_METRICS;
        break;

    case CRICKET_OTLP_JSON_POINTS:
        o->state = CRICKET_OTLP_JSON_DATA;
        break;

    default: /* CRICKET_OTLP_JSON_ATTRIBUTES */
        o->state = o->in_point ? CRICKET_OTLP_JSON_FIELDS
                               : CRICKET_OTLP_JSON_RESOURCE;
        break;
    }

    return CRICKET_AGAIN;
}


/* the end of an object: for some that is where one goes back */

static int
cricket_otlp_json_leave(cricket_otlp_json_t *o)
{
    switch (o->state) {

    case CRICKET_OTLP_JSON_REQUEST:
        o->state = CRICKET_OTLP_JSON_END;
        break;

    case CRICKET_OTLP_JSON_RESOURCE_METRICS:

        if (!cricket_otlp_json_back(o, &o->resource)) {
            o->state = CRICKET_OTLP_JSON_RESOURCES;
        }

        break;

    case CRICKET_OTLP_JSON_RESOURCE:
        o->state = CRICKET_OTLP_JSON_RESOURCE_METRICS;
        break;

    case CRICKET_OTLP_JSON_SCOPE_METRICS:
        o->state = CRICKET_OTLP_JSON_SCOPES;
        break;

    case CRICKET_OTLP_JSON_METRIC:

        if (!cricket_otlp_json_back(o, &o->metric)) {
            o->state = CRICKET_OTLP_JSON_METRICS;
        }

        break;

    case CRICKET_OTLP_JSON_DATA:

        if (!cricket_otlp_json_back(o, &o->data)) {
            o->state = CRICKET_OTLP_JSON_METRIC;
        }

        break;

    case CRICKET_OTLP_JSON_BUCKETS:
        o->state = CRICKET_OTLP_JSON_FIELDS;
        break;

    default: /* CRICKET_OTLP_JSON_FIELDS */
        return cricket_otlp_json_whole(o);
    }

    return CRICKET_AGAIN;
}


static int
cricket_otlp_json_back(cricket_otlp_json_t *o, cricket_otlp_json_mark_t *mark)
{
    if (!mark->set || mark->back) {
        return 0;
    }

    mark->back = 1;

    o->json = mark->json;

    cricket_otlp_json_start(o, mark->member);

    return 1;
}


/* all of a datapoint was read, but for its lists */

static int
cricket_otlp_json_whole(cricket_otlp_json_t *o)
{
    int            rc;
    cricket_str_t  raw;

    o->state = CRICKET_OTLP_JSON_POINTS;

    if (o->invalid || !o->shared) {
        memcpy(o->reader.field, o->field, sizeof(o->field));
        memcpy(o->reader.message, o->message, sizeof(o->message));

        return CRICKET_INVALID;
    }

    if (o->series.name.len == 0 && o->name.len != 0) {

        /* says again what is wrong with it */

        cricket_draft_blame(&o->reader, "name", NULL);

        rc = cricket_draft_decode(&o->series, &o->reader, &o->name,
                                   CRICKET_NAME_LEN, &raw);

        if (rc == CRICKET_OK) {
            rc = cricket_draft_name(&o->series, &o->reader, &raw, 0);
        }

        return (rc == CRICKET_ERROR) ? CRICKET_ERROR : CRICKET_INVALID;
    }

    rc = cricket_otlp_point_read(&o->point, &o->series, &o->reader);

    if (rc == CRICKET_OK) {
        o->state = CRICKET_OTLP_JSON_MAKE;
    }

    return (rc == CRICKET_INVALID) ? CRICKET_INVALID : CRICKET_AGAIN;
}


static int
cricket_otlp_json_make(cricket_otlp_json_t *o, cricket_datapoint_t *dp)
{
    int  rc;

    rc = cricket_otlp_point_next(&o->point, &o->series, &o->reader, dp,
                                 cricket_otlp_json_list, o);

    if (rc == CRICKET_DONE) {
        o->state = CRICKET_OTLP_JSON_POINTS;
        return CRICKET_AGAIN;
    }

    if (rc == CRICKET_INVALID) {
        o->state = CRICKET_OTLP_JSON_POINTS;
    }

    return rc;
}
