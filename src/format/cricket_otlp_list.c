
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* The lists of OTLP's datapoints: buckets and quantiles. */


#include <math.h>

#include "cricket_otlp_private.h"


/* otlp->list, of a histogram: what is read next, or may be */

#define CRICKET_OTLP_LIST_START  0
#define CRICKET_OTLP_LIST_COUNT  1
#define CRICKET_OTLP_LIST_BOUND  2
#define CRICKET_OTLP_LIST_LAST   3      /* nothing: the last was there */
#define CRICKET_OTLP_LIST_NONE   4      /* no bound, as there is no count */


static int cricket_otlp_list_bucket(cricket_otlp_t *otlp, unsigned first,
    double *bound, double *n);
static int cricket_otlp_list_bound(cricket_otlp_t *otlp, double *bound,
    double *n);
static int cricket_otlp_list_uneven(cricket_otlp_t *otlp);
static int cricket_otlp_list_power(cricket_otlp_t *otlp, uint32_t number,
    unsigned first, double *bound, double *n);
static int cricket_otlp_list_quantile(cricket_otlp_t *otlp, unsigned first,
    double *bound, double *n);
static int cricket_otlp_list_checked(cricket_otlp_t *otlp,
    const cricket_protobuf_list_t *list, int rc);


int
cricket_otlp_list_pull(void *data, cricket_histogram_part_e list,
    unsigned first, double *bound, double *n)
{
    cricket_otlp_t *otlp = data;

    if (otlp->point.kind == CRICKET_OTLP_EXPONENTIAL) {
        return cricket_otlp_list_power(otlp,
                                       (list == CRICKET_HISTOGRAM_POSITIVE)
                                       ? 8 : 9, first, bound, n);
    }

    if (list == CRICKET_HISTOGRAM_NEGATIVE) {
        return CRICKET_DONE;
    }

    return (otlp->point.kind == CRICKET_OTLP_SUMMARY)
           ? cricket_otlp_list_quantile(otlp, first, bound, n)
           : cricket_otlp_list_bucket(otlp, first, bound, n);
}


/* a count, then its bound: the last count has none */

static int
cricket_otlp_list_bucket(cricket_otlp_t *otlp, unsigned first, double *bound,
    double *n)
{
    int                       rc;
    uint64_t                  value;
    cricket_protobuf_parts_t  parts;

    if (first) {
        cricket_protobuf_parts_init(&parts, &otlp->datapoint);
        cricket_protobuf_list_init(&otlp->counts, &parts, 6,
                                   CRICKET_PROTOBUF_FIXED64);
        cricket_protobuf_list_init(&otlp->bounds, &parts, 7,
                                   CRICKET_PROTOBUF_FIXED64);
        otlp->list = CRICKET_OTLP_LIST_START;
    }

    if (otlp->list == CRICKET_OTLP_LIST_BOUND
        || otlp->list == CRICKET_OTLP_LIST_NONE)
    {
        return cricket_otlp_list_bound(otlp, bound, n);
    }

    rc = cricket_protobuf_list_next(&otlp->counts, &value);

    if (rc == CRICKET_OK && otlp->list != CRICKET_OTLP_LIST_LAST) {
        otlp->n = (double) value;
        otlp->list = CRICKET_OTLP_LIST_BOUND;

        return CRICKET_AGAIN;
    }

    if (rc == CRICKET_DONE && otlp->list == CRICKET_OTLP_LIST_START) {
        otlp->list = CRICKET_OTLP_LIST_NONE;
        return CRICKET_AGAIN;
    }

    if (rc == CRICKET_OK
        || (rc == CRICKET_DONE && otlp->list == CRICKET_OTLP_LIST_COUNT))
    {
        return cricket_otlp_list_uneven(otlp);
    }

    return cricket_otlp_list_checked(otlp, &otlp->counts, rc);
}


static int
cricket_otlp_list_bound(cricket_otlp_t *otlp, double *bound, double *n)
{
    int       rc;
    uint64_t  value;

    rc = cricket_protobuf_list_next(&otlp->bounds, &value);

    *n = otlp->n;

    if (otlp->list == CRICKET_OTLP_LIST_NONE) {
        return (rc == CRICKET_OK)
               ? cricket_otlp_list_uneven(otlp)
               : cricket_otlp_list_checked(otlp, &otlp->bounds, rc);
    }

    if (rc == CRICKET_DONE) {
        otlp->list = CRICKET_OTLP_LIST_LAST;

        *bound = INFINITY;

        return CRICKET_OK;
    }

    if (rc != CRICKET_OK) {
        return cricket_otlp_list_checked(otlp, &otlp->bounds, rc);
    }

    otlp->list = CRICKET_OTLP_LIST_COUNT;

    *bound = cricket_protobuf_double(value);

    if (!isfinite(*bound)) {
        cricket_series_blame(&otlp->reader, "explicitBounds", NULL);
        return cricket_series_invalid(&otlp->reader, "one that is not finite");
    }

    return CRICKET_OK;
}


static int
cricket_otlp_list_uneven(cricket_otlp_t *otlp)
{
    cricket_series_blame(&otlp->reader, "bucketCounts", NULL);

    return cricket_series_invalid(&otlp->reader, "expected one more than there "
                                  "are explicitBounds");
}


/* the buckets of an exponential histogram, which are a message of their own */

static int
cricket_otlp_list_power(cricket_otlp_t *otlp, uint32_t number, unsigned first,
    double *bound, double *n)
{
    int                       rc;
    uint64_t                  value;
    cricket_protobuf_field_t  f;
    cricket_protobuf_parts_t  parts;

    if (first) {
        cricket_protobuf_parts_init(&otlp->bounds.parts, &otlp->datapoint);
        cricket_protobuf_parts_enter(&otlp->bounds.parts, number);

        otlp->offset = 0;
        otlp->list = CRICKET_OTLP_LIST_START;
    }

    if (otlp->list == CRICKET_OTLP_LIST_START) {

        /* their offset may stand behind them */

        rc = cricket_protobuf_parts_next(&otlp->bounds.parts, &f);

        if (rc == CRICKET_OK && f.key == cricket_otlp_varint(1)) {
            otlp->offset = (int32_t)
                           cricket_protobuf_zigzag(f.value & UINT32_MAX);

        } else if (rc == CRICKET_DONE) {
            cricket_protobuf_parts_init(&parts, &otlp->datapoint);
            cricket_protobuf_parts_enter(&parts, number);
            cricket_protobuf_list_init(&otlp->counts, &parts, 2,
                                       CRICKET_PROTOBUF_VARINT);

            otlp->list = CRICKET_OTLP_LIST_COUNT;

        } else if (rc == CRICKET_INVALID) {
            return cricket_otlp_list_checked(otlp, &otlp->bounds, rc);
        }

        return CRICKET_AGAIN;
    }

    rc = cricket_protobuf_list_next(&otlp->counts, &value);

    if (rc != CRICKET_OK) {
        return cricket_otlp_list_checked(otlp, &otlp->counts, rc);
    }

    *bound = (double) otlp->offset++;
    *n = (double) value;

    return (value != 0) ? CRICKET_OK : CRICKET_AGAIN;
}


static int
cricket_otlp_list_quantile(cricket_otlp_t *otlp, unsigned first,
    double *bound, double *n)
{
    int                       rc;
    cricket_protobuf_t        pb;
    cricket_protobuf_field_t  f;

    if (first) {
        otlp->fields = otlp->datapoint;
    }

    rc = cricket_protobuf_next(&otlp->fields, &f);

    if (rc == CRICKET_INVALID) {
        return cricket_otlp_break(otlp, &otlp->fields);
    }

    if (rc != CRICKET_OK) {
        return rc;
    }

    if (f.key != cricket_otlp_bytes(6)) {
        return CRICKET_AGAIN;
    }

    if (f.bytes.len > CRICKET_OTLP_VALUE_LEN) {
        cricket_series_blame(&otlp->reader, "quantileValues", NULL);
        return cricket_series_invalid(&otlp->reader, "one of more than %d "
                                      "bytes", CRICKET_OTLP_VALUE_LEN);
    }

    cricket_otlp_cost(otlp, f.bytes.len);

    cricket_protobuf_init(&pb, f.bytes.data, f.bytes.len);

    *bound = 0;
    *n = 0;

    do {
        rc = cricket_protobuf_next(&pb, &f);

        if (rc == CRICKET_OK && f.key == cricket_otlp_fixed(1)) {
            *bound = cricket_protobuf_double(f.value);

        } else if (rc == CRICKET_OK && f.key == cricket_otlp_fixed(2)) {
            *n = cricket_protobuf_double(f.value);
        }

    } while (rc == CRICKET_OK || rc == CRICKET_AGAIN);

    return (rc == CRICKET_DONE) ? CRICKET_OK : cricket_otlp_break(otlp, &pb);
}


static int
cricket_otlp_list_checked(cricket_otlp_t *otlp,
    const cricket_protobuf_list_t *list, int rc)
{
    if (rc == CRICKET_INVALID) {
        return cricket_otlp_break(otlp,
                                  cricket_protobuf_parts_broken(&list->parts));
    }

    return rc;
}
