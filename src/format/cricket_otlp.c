
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* Reads OTLP's metrics in protobuf, a datapoint at a time, in slices. */


#include <string.h>

#include "cricket_otlp.h"
#include "cricket_otlp_private.h"


/* otlp->state: what is read next */

#define CRICKET_OTLP_REQUEST    0
#define CRICKET_OTLP_RESOURCE   1   /* its attributes, before all else */
#define CRICKET_OTLP_SCOPES     2
#define CRICKET_OTLP_METRICS    3
#define CRICKET_OTLP_METRIC     4   /* its name, and which data it has */
#define CRICKET_OTLP_DATA       5   /* what all its datapoints have in common */
#define CRICKET_OTLP_POINTS     6
#define CRICKET_OTLP_FIELDS     7   /* of a datapoint */
#define CRICKET_OTLP_MAKE       8   /* Cricket's datapoints of it */
#define CRICKET_OTLP_OVER       9
#define CRICKET_OTLP_BROKEN     10


static void cricket_otlp_init(cricket_reader_t *reader,
    const unsigned char *data, size_t len);
static void cricket_otlp_limit(cricket_reader_t *reader, size_t n);
static void cricket_otlp_free(cricket_reader_t *reader);
static int cricket_otlp_next(cricket_reader_t *reader,
    cricket_datapoint_t *dp);
static int cricket_otlp_step(cricket_otlp_t *otlp, cricket_datapoint_t *dp);
static int cricket_otlp_descend(cricket_otlp_t *otlp,
    cricket_protobuf_t *outer, uint32_t number, cricket_protobuf_t *inner,
    unsigned down, unsigned up);
static int cricket_otlp_resource(cricket_otlp_t *otlp);
static int cricket_otlp_metric(cricket_otlp_t *otlp);
static int cricket_otlp_metric_data(cricket_otlp_t *otlp);
static int cricket_otlp_data(cricket_otlp_t *otlp);
static int cricket_otlp_points(cricket_otlp_t *otlp);
static int cricket_otlp_fields(cricket_otlp_t *otlp);
static int cricket_otlp_whole(cricket_otlp_t *otlp);
static int cricket_otlp_make(cricket_otlp_t *otlp, cricket_datapoint_t *dp);
static int cricket_otlp_invalid(cricket_otlp_t *otlp);


const cricket_reader_type_t  cricket_otlp_protobuf = {
    sizeof(cricket_otlp_t),
    cricket_otlp_init,
    cricket_otlp_limit,
    cricket_otlp_next,
    cricket_otlp_free
};


static void
cricket_otlp_init(cricket_reader_t *reader, const unsigned char *data,
    size_t len)
{
    cricket_otlp_t  *otlp;

    otlp = (cricket_otlp_t *) reader;

    cricket_draft_init(&otlp->series);
    cricket_protobuf_init(&otlp->request, data, len);

    otlp->start = otlp->request.pos;
    otlp->left = (size_t) -1;
    otlp->state = CRICKET_OTLP_REQUEST;
}


static void
cricket_otlp_limit(cricket_reader_t *reader, size_t n)
{
    ((cricket_otlp_t *) reader)->left = n;
}


static void
cricket_otlp_free(cricket_reader_t *reader)
{
    cricket_draft_free(&((cricket_otlp_t *) reader)->series);
}


static int
cricket_otlp_next(cricket_reader_t *reader, cricket_datapoint_t *dp)
{
    int              rc;
    cricket_otlp_t  *otlp;

    otlp = (cricket_otlp_t *) reader;

    do {
        if (otlp->state == CRICKET_OTLP_BROKEN) {
            return CRICKET_ERROR;
        }

        if (otlp->state == CRICKET_OTLP_OVER) {
            return CRICKET_DONE;
        }

        if (otlp->left == 0) {
            return CRICKET_AGAIN;
        }

        cricket_otlp_cost(otlp, CRICKET_OTLP_COST);

        rc = cricket_otlp_step(otlp, dp);

    } while (rc == CRICKET_AGAIN);

    if (rc == CRICKET_OK || rc == CRICKET_INVALID) {
        cricket_otlp_cost(otlp, CRICKET_READER_COST);

        rc = cricket_otlp_point_count(&otlp->series, reader, rc);
    }

    if (rc == CRICKET_ERROR) {
        otlp->state = CRICKET_OTLP_BROKEN;
    }

    return rc;
}


/*
 * About a field.  Returns CRICKET_AGAIN where there is more to do, CRICKET_OK,
 * CRICKET_INVALID or CRICKET_ERROR.
 */

static int
cricket_otlp_step(cricket_otlp_t *otlp, cricket_datapoint_t *dp)
{
    switch (otlp->state) {

    case CRICKET_OTLP_REQUEST:
        return cricket_otlp_descend(otlp, &otlp->request, 1, &otlp->resource,
                                    CRICKET_OTLP_RESOURCE, CRICKET_OTLP_OVER);

    case CRICKET_OTLP_RESOURCE:
        return cricket_otlp_resource(otlp);

    case CRICKET_OTLP_SCOPES:
        return cricket_otlp_descend(otlp, &otlp->resource, 2, &otlp->scope,
                                    CRICKET_OTLP_METRICS,
                                    CRICKET_OTLP_REQUEST);

    case CRICKET_OTLP_METRICS:
        return cricket_otlp_descend(otlp, &otlp->scope, 2, &otlp->metric,
                                    CRICKET_OTLP_METRIC, CRICKET_OTLP_SCOPES);

    case CRICKET_OTLP_METRIC:
        return cricket_otlp_metric(otlp);

    case CRICKET_OTLP_DATA:
        return cricket_otlp_data(otlp);

    case CRICKET_OTLP_POINTS:
        return cricket_otlp_points(otlp);

    case CRICKET_OTLP_FIELDS:
        return cricket_otlp_fields(otlp);

    default: /* CRICKET_OTLP_MAKE */
        return cricket_otlp_make(otlp, dp);
    }
}


/* from a message to the next that is in it, or, behind the last, back */

static int
cricket_otlp_descend(cricket_otlp_t *otlp, cricket_protobuf_t *outer,
    uint32_t number, cricket_protobuf_t *inner, unsigned down, unsigned up)
{
    int                       rc;
    cricket_protobuf_field_t  f;

    rc = cricket_protobuf_next(outer, &f);

    if (rc == CRICKET_DONE) {
        otlp->state = up;
        return CRICKET_AGAIN;
    }

    if (rc == CRICKET_INVALID) {
        return cricket_otlp_break(otlp, outer);
    }

    if (rc == CRICKET_OK && f.key == cricket_otlp_bytes(number)) {
        cricket_protobuf_init(inner, f.bytes.data, f.bytes.len);

        otlp->state = down;

        if (down == CRICKET_OTLP_RESOURCE) {
            otlp->shared = 1;

            cricket_draft_back(&otlp->series, CRICKET_DRAFT_EMPTY);
            cricket_protobuf_parts_init(&otlp->parts, inner);
            cricket_protobuf_parts_enter(&otlp->parts, 1);

        } else if (down == CRICKET_OTLP_METRIC) {
            otlp->fields = *inner;
            otlp->name.len = 0;
            otlp->point.kind = CRICKET_OTLP_NONE;
        }
    }

    return CRICKET_AGAIN;
}


static int
cricket_otlp_resource(cricket_otlp_t *otlp)
{
    int                       rc;
    cricket_protobuf_field_t  f;

    rc = cricket_protobuf_parts_next(&otlp->parts, &f);

    if (rc == CRICKET_INVALID) {
        return cricket_otlp_break(otlp,
                                  cricket_protobuf_parts_broken(&otlp->parts));
    }

    if (rc == CRICKET_DONE) {
        cricket_draft_keep(&otlp->series, CRICKET_DRAFT_SHARED);

        otlp->state = CRICKET_OTLP_SCOPES;

        return CRICKET_AGAIN;
    }

    if (rc != CRICKET_OK
        || f.key != cricket_otlp_bytes(1)
        || !otlp->shared)
    {
        return CRICKET_AGAIN;
    }

    rc = cricket_otlp_fields_attribute(otlp, &f.bytes);

    if (rc == CRICKET_INVALID) {

        /* then so is each datapoint */

        memcpy(otlp->field, otlp->reader.field, sizeof(otlp->field));
        memcpy(otlp->message, otlp->reader.message, sizeof(otlp->message));

        otlp->shared = 0;
    }

    return (rc == CRICKET_ERROR) ? CRICKET_ERROR : CRICKET_AGAIN;
}


static int
cricket_otlp_metric(cricket_otlp_t *otlp)
{
    int                       rc;
    cricket_protobuf_t        before;
    cricket_protobuf_field_t  f;

    before = otlp->fields;

    rc = cricket_protobuf_next(&otlp->fields, &f);

    if (rc == CRICKET_INVALID) {
        return cricket_otlp_break(otlp, &otlp->fields);
    }

    if (rc == CRICKET_DONE) {
        return cricket_otlp_metric_data(otlp);
    }

    if (rc != CRICKET_OK) {
        return CRICKET_AGAIN;
    }

    switch (f.key) {

    case cricket_otlp_bytes(1):
        otlp->name = f.bytes;
        break;

    case cricket_otlp_bytes(CRICKET_OTLP_GAUGE):
    case cricket_otlp_bytes(CRICKET_OTLP_SUM):
    case cricket_otlp_bytes(CRICKET_OTLP_HISTOGRAM):
    case cricket_otlp_bytes(CRICKET_OTLP_EXPONENTIAL):
    case cricket_otlp_bytes(CRICKET_OTLP_SUMMARY):

        /* of a oneof the last counts; what comes in parts is one */

        if (otlp->point.kind != (cricket_otlp_kind_e) (f.key >> 3)) {
            otlp->point.kind = f.key >> 3;
            otlp->run = before;
        }

        break;
    }

    return CRICKET_AGAIN;
}


static int
cricket_otlp_metric_data(cricket_otlp_t *otlp)
{
    int                    rc;
    cricket_otlp_point_t  *point;

    point = &otlp->point;

    if (point->kind == CRICKET_OTLP_NONE) {
        otlp->state = CRICKET_OTLP_METRICS;
        return CRICKET_AGAIN;
    }

    cricket_draft_back(&otlp->series, CRICKET_DRAFT_SHARED);

    rc = cricket_draft_name(&otlp->series, &otlp->reader, &otlp->name, 0);

    if (rc == CRICKET_ERROR) {
        return CRICKET_ERROR;
    }

    otlp->named = (rc == CRICKET_OK);

    cricket_draft_keep(&otlp->series, CRICKET_DRAFT_NAMED);

    point->temporality = 0;
    point->monotonic = 0;

    cricket_protobuf_parts_init(&otlp->parts, &otlp->run);
    cricket_protobuf_parts_enter(&otlp->parts, point->kind);

    otlp->state = CRICKET_OTLP_DATA;

    return CRICKET_AGAIN;
}


static int
cricket_otlp_data(cricket_otlp_t *otlp)
{
    int                       rc;
    cricket_otlp_point_t     *point;
    cricket_protobuf_field_t  f;

    point = &otlp->point;

    rc = cricket_protobuf_parts_next(&otlp->parts, &f);

    if (rc == CRICKET_INVALID) {
        return cricket_otlp_break(otlp,
                                  cricket_protobuf_parts_broken(&otlp->parts));
    }

    if (rc == CRICKET_DONE) {
        cricket_protobuf_parts_init(&otlp->parts, &otlp->run);
        cricket_protobuf_parts_enter(&otlp->parts, point->kind);

        otlp->state = CRICKET_OTLP_POINTS;

        return CRICKET_AGAIN;
    }

    if (rc == CRICKET_OK && f.key == cricket_otlp_varint(2)) {
        point->temporality = f.value;

    } else if (rc == CRICKET_OK && f.key == cricket_otlp_varint(3)) {
        point->monotonic = (f.value != 0);
    }

    return CRICKET_AGAIN;
}


static int
cricket_otlp_points(cricket_otlp_t *otlp)
{
    int                       rc;
    cricket_protobuf_field_t  f;

    rc = cricket_protobuf_parts_next(&otlp->parts, &f);

    if (rc == CRICKET_INVALID) {
        return cricket_otlp_break(otlp,
                                  cricket_protobuf_parts_broken(&otlp->parts));
    }

    if (rc == CRICKET_DONE) {
        otlp->state = CRICKET_OTLP_METRICS;
        return CRICKET_AGAIN;
    }

    if (rc == CRICKET_OK && f.key == cricket_otlp_bytes(1)) {
        cricket_protobuf_init(&otlp->datapoint, f.bytes.data, f.bytes.len);

        otlp->fields = otlp->datapoint;

        cricket_draft_back(&otlp->series, CRICKET_DRAFT_NAMED);
        cricket_otlp_point_init(&otlp->point);

        otlp->state = CRICKET_OTLP_FIELDS;
    }

    return CRICKET_AGAIN;
}


static int
cricket_otlp_fields(cricket_otlp_t *otlp)
{
    int                       rc;
    cricket_protobuf_field_t  f;

    rc = cricket_protobuf_next(&otlp->fields, &f);

    if (rc == CRICKET_INVALID) {
        return cricket_otlp_break(otlp, &otlp->fields);
    }

    if (rc == CRICKET_DONE) {
        return cricket_otlp_whole(otlp);
    }

    if (rc != CRICKET_OK) {
        return CRICKET_AGAIN;
    }

    rc = cricket_otlp_fields_read(otlp, &f);

    if (rc == CRICKET_INVALID) {
        return cricket_otlp_invalid(otlp);
    }

    return (rc == CRICKET_ERROR) ? CRICKET_ERROR : CRICKET_AGAIN;
}


/* all of a datapoint's fields were read, but for its lists */

static int
cricket_otlp_whole(cricket_otlp_t *otlp)
{
    int  rc;

    if (!otlp->shared) {
        memcpy(otlp->reader.field, otlp->field, sizeof(otlp->field));
        memcpy(otlp->reader.message, otlp->message, sizeof(otlp->message));

        return cricket_otlp_invalid(otlp);
    }

    if (!otlp->named && otlp->name.len != 0) {

        /* says again what is wrong with it */

        rc = cricket_draft_name(&otlp->series, &otlp->reader, &otlp->name, 0);

        return (rc == CRICKET_ERROR) ? CRICKET_ERROR
                                     : cricket_otlp_invalid(otlp);
    }

    rc = cricket_otlp_point_read(&otlp->point, &otlp->series, &otlp->reader);

    if (rc == CRICKET_INVALID) {
        return cricket_otlp_invalid(otlp);
    }

    otlp->state = (rc == CRICKET_OK) ? CRICKET_OTLP_MAKE : CRICKET_OTLP_POINTS;

    return CRICKET_AGAIN;
}


static int
cricket_otlp_make(cricket_otlp_t *otlp, cricket_datapoint_t *dp)
{
    int  rc;

    rc = cricket_otlp_point_next(&otlp->point, &otlp->series, &otlp->reader,
                                 dp, cricket_otlp_list_next, otlp);

    if (rc == CRICKET_DONE) {
        otlp->state = CRICKET_OTLP_POINTS;
        return CRICKET_AGAIN;
    }

    return (rc == CRICKET_INVALID) ? cricket_otlp_invalid(otlp) : rc;
}


/* goes on behind the datapoint, of which the reader says what is wrong */

static int
cricket_otlp_invalid(cricket_otlp_t *otlp)
{
    otlp->state = CRICKET_OTLP_POINTS;

    return CRICKET_INVALID;
}
