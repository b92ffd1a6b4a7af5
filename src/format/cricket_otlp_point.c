
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* What a datapoint of OTLP means, however it is encoded. */


#include <math.h>
#include <string.h>

#include "cricket_otlp_point.h"


/* of a name, in a message */
#define CRICKET_OTLP_POINT_SHOWN  64


/* point->list, of a histogram: what is read next, or may be */

#define CRICKET_OTLP_POINT_START  0
#define CRICKET_OTLP_POINT_COUNT  1
#define CRICKET_OTLP_POINT_BOUND  2
#define CRICKET_OTLP_POINT_LAST   3     /* nothing: the last was there */
#define CRICKET_OTLP_POINT_NONE   4     /* no bound, as there is no count */


typedef struct {
    cricket_otlp_point_t  *point;
    cricket_reader_t      *reader;
    cricket_otlp_list_pt   next;
    void                  *data;
} cricket_otlp_point_pull_t;


static int cricket_otlp_point_finite(cricket_reader_t *reader,
    const char *field, double value, unsigned count);
static int cricket_otlp_point_list(cricket_otlp_point_t *point,
    cricket_draft_t *s, cricket_reader_t *reader);
static int cricket_otlp_point_pull(void *data, cricket_histogram_part_e part,
    unsigned first, double *bound, double *n);
static int cricket_otlp_point_bucket(cricket_otlp_point_pull_t *pull,
    unsigned first, double *bound, double *n);
static int cricket_otlp_point_bound(cricket_otlp_point_pull_t *pull,
    double *bound, double *n);
static int cricket_otlp_point_uneven(cricket_otlp_point_pull_t *pull);


void
cricket_otlp_point_init(cricket_otlp_point_t *point)
{
    point->has_value = 0;
    point->nanoseconds = 0;
    point->flags = 0;
    point->offset = 0;
    point->made = 0;

    switch (point->kind) {

    case CRICKET_OTLP_HISTOGRAM:
        cricket_histogram_init(&point->histogram, CRICKET_HISTOGRAM_BUCKETS);
        break;

    case CRICKET_OTLP_EXPONENTIAL:
        cricket_histogram_init(&point->histogram,
                               CRICKET_HISTOGRAM_EXPONENTIAL);
        break;

    case CRICKET_OTLP_SUMMARY:
        cricket_histogram_init(&point->histogram, CRICKET_HISTOGRAM_QUANTILES);
        break;

    default:
        break;
    }
}


int
cricket_otlp_point_read(cricket_otlp_point_t *point, cricket_draft_t *s,
    cricket_reader_t *reader)
{
    if (point->flags & CRICKET_OTLP_NO_RECORDED_VALUE) {
        reader->ignored++;
        return CRICKET_DONE;
    }

    if (s->name.len == 0) {
        cricket_draft_blame(reader, "name", NULL);
        return cricket_draft_invalid(reader, "missing");
    }

    if (point->nanoseconds == 0) {
        cricket_draft_blame(reader, "timeUnixNano", NULL);
        return cricket_draft_invalid(reader, "missing or 0");
    }

    point->time.sec = (int64_t) (point->nanoseconds / 1000000000);
    point->time.nsec = (uint32_t) (point->nanoseconds % 1000000000);

    if (point->kind == CRICKET_OTLP_SUMMARY) {
        point->type = "cumulative";

    } else if (point->kind == CRICKET_OTLP_GAUGE
               || (point->kind == CRICKET_OTLP_SUM && !point->monotonic))
    {
        point->type = "gauge";

    } else if (point->temporality == CRICKET_OTLP_CUMULATIVE) {
        point->type = "cumulative";

    } else if (point->temporality == CRICKET_OTLP_DELTA) {
        point->type = "counter";

    } else {
        point->type = "gauge";
    }

    if (point->kind == CRICKET_OTLP_GAUGE || point->kind == CRICKET_OTLP_SUM) {

        if (!point->has_value) {
            cricket_draft_blame(reader, "value", NULL);
            return cricket_draft_invalid(reader, "missing");
        }

        return cricket_otlp_point_finite(reader, "value", point->value, 0);
    }

    return cricket_otlp_point_list(point, s, reader);
}


static int
cricket_otlp_point_list(cricket_otlp_point_t *point, cricket_draft_t *s,
    cricket_reader_t *reader)
{
    int                   rc;
    cricket_histogram_t  *h;

    h = &point->histogram;

    h->type = point->type;
    h->has_count = 1;

    if (point->kind == CRICKET_OTLP_SUMMARY) {
        h->has_sum = 1;
    }

    if (s->length > CRICKET_NAME_LEN - CRICKET_HISTOGRAM_SUFFIX) {
        cricket_draft_blame(reader, "name", NULL);
        return cricket_draft_invalid(reader, "longer than %zu bytes, with "
                                      "_bucket", (size_t) CRICKET_NAME_LEN);
    }

    rc = cricket_draft_room(s, reader, (point->kind == CRICKET_OTLP_SUMMARY)
                                        ? "quantile" : "le");

    if (rc == CRICKET_OK) {
        rc = cricket_otlp_point_finite(reader, "count", h->count, 1);
    }

    if (rc == CRICKET_OK && h->has_sum) {
        rc = cricket_otlp_point_finite(reader, "sum", h->sum, 0);
    }

    if (rc == CRICKET_OK && h->has_min) {
        rc = cricket_otlp_point_finite(reader, "min", h->min, 0);
    }

    if (rc == CRICKET_OK && h->has_max) {
        rc = cricket_otlp_point_finite(reader, "max", h->max, 0);
    }

    if (rc == CRICKET_OK && point->kind == CRICKET_OTLP_EXPONENTIAL) {
        rc = cricket_otlp_point_finite(reader, "zeroThreshold", h->threshold,
                                       1);
    }

    if (rc == CRICKET_OK && point->kind == CRICKET_OTLP_EXPONENTIAL) {
        rc = cricket_otlp_point_finite(reader, "zeroCount", h->zero, 1);
    }

    return rc;
}


static int
cricket_otlp_point_finite(cricket_reader_t *reader, const char *field,
    double value, unsigned count)
{
    if (isfinite(value) && (value >= 0 || !count)) {
        return CRICKET_OK;
    }

    cricket_draft_blame(reader, field, NULL);

    if (isfinite(value)) {
        return cricket_draft_invalid(reader, "below 0");
    }

    return cricket_draft_invalid(reader, "%s, expected a finite number",
                                  isnan(value) ? "NaN"
                                  : (value > 0) ? "Infinity" : "-Infinity");
}


int
cricket_otlp_point_next(cricket_otlp_point_t *point, cricket_draft_t *s,
    cricket_reader_t *reader, cricket_datapoint_t *dp,
    cricket_otlp_list_pt next, void *data)
{
    int                        rc;
    cricket_otlp_point_pull_t  pull;

    if (point->kind == CRICKET_OTLP_GAUGE || point->kind == CRICKET_OTLP_SUM) {

        if (point->made) {
            return CRICKET_DONE;
        }

        point->made = 1;

        cricket_draft_datapoint(s, dp, "", point->type, point->value);

        rc = CRICKET_OK;

    } else {
        pull.point = point;
        pull.reader = reader;
        pull.next = next;
        pull.data = data;

        rc = cricket_histogram_next(&point->histogram, s, reader, dp,
                                    cricket_otlp_point_pull, &pull);
    }

    dp->timestamp = point->time;

    return rc;
}


/* a cricket_histogram_pull_pt */

static int
cricket_otlp_point_pull(void *data, cricket_histogram_part_e part,
    unsigned first, double *bound, double *n)
{
    cricket_otlp_point_pull_t *pull = data;

    int                    rc;
    unsigned               negative;
    cricket_otlp_point_t  *point;

    point = pull->point;

    if (first) {
        point->list = CRICKET_OTLP_POINT_START;
    }

    negative = (part == CRICKET_HISTOGRAM_NEGATIVE);

    switch (point->kind) {

    case CRICKET_OTLP_EXPONENTIAL:
        rc = pull->next(pull->data, negative ? CRICKET_OTLP_NEGATIVE
                                             : CRICKET_OTLP_POSITIVE,
                        first, n, NULL);

        if (rc != CRICKET_OK) {
            return rc;
        }

        *bound = (double) point->offset++;

        return (*n != 0) ? CRICKET_OK : CRICKET_AGAIN;

    case CRICKET_OTLP_SUMMARY:
        return negative ? CRICKET_DONE
                        : pull->next(pull->data, CRICKET_OTLP_QUANTILES, first,
                                     bound, n);

    default: /* CRICKET_OTLP_HISTOGRAM */
        return negative ? CRICKET_DONE
                        : cricket_otlp_point_bucket(pull, first, bound, n);
    }
}


/* a count, then its bound: the last count has none */

static int
cricket_otlp_point_bucket(cricket_otlp_point_pull_t *pull, unsigned first,
    double *bound, double *n)
{
    int                    rc;
    cricket_otlp_point_t  *point;

    point = pull->point;

    if (point->list == CRICKET_OTLP_POINT_BOUND
        || point->list == CRICKET_OTLP_POINT_NONE)
    {
        return cricket_otlp_point_bound(pull, bound, n);
    }

    if (first) {
        point->going = 0;
    }

    rc = pull->next(pull->data, CRICKET_OTLP_COUNTS, first, &point->n, NULL);

    if (rc == CRICKET_OK && point->list != CRICKET_OTLP_POINT_LAST) {
        point->list = CRICKET_OTLP_POINT_BOUND;
        return CRICKET_AGAIN;
    }

    if (rc == CRICKET_DONE && point->list == CRICKET_OTLP_POINT_START) {
        point->list = CRICKET_OTLP_POINT_NONE;
        return CRICKET_AGAIN;
    }

    if (rc == CRICKET_OK
        || (rc == CRICKET_DONE && point->list == CRICKET_OTLP_POINT_COUNT))
    {
        return cricket_otlp_point_uneven(pull);
    }

    return rc;
}


static int
cricket_otlp_point_bound(cricket_otlp_point_pull_t *pull, double *bound,
    double *n)
{
    int                    rc;
    unsigned               first;
    cricket_otlp_point_t  *point;

    point = pull->point;

    first = !point->going;
    point->going = 1;

    rc = pull->next(pull->data, CRICKET_OTLP_BOUNDS, first, bound, NULL);

    if (point->list == CRICKET_OTLP_POINT_NONE) {
        return (rc == CRICKET_OK) ? cricket_otlp_point_uneven(pull) : rc;
    }

    *n = point->n;

    if (rc == CRICKET_DONE) {
        point->list = CRICKET_OTLP_POINT_LAST;

        *bound = INFINITY;

        return CRICKET_OK;
    }

    if (rc != CRICKET_OK) {
        return rc;
    }

    point->list = CRICKET_OTLP_POINT_COUNT;

    if (!isfinite(*bound)) {
        cricket_draft_blame(pull->reader, "explicitBounds", NULL);
        return cricket_draft_invalid(pull->reader, "one that is not finite");
    }

    return CRICKET_OK;
}


static int
cricket_otlp_point_uneven(cricket_otlp_point_pull_t *pull)
{
    cricket_draft_blame(pull->reader, "bucketCounts", NULL);

    return cricket_draft_invalid(pull->reader, "expected one more than there "
                                  "are explicitBounds");
}


int
cricket_otlp_point_count(cricket_draft_t *s, cricket_reader_t *reader,
    int rc)
{
    size_t         n;
    cricket_buf_t  b;

    if (++reader->index == reader->max) {
        reader->field[0] = '\0';
        (void) cricket_draft_invalid(reader, "more than %zu datapoints",
                                      reader->max);
        return CRICKET_ERROR;
    }

    if (rc != CRICKET_INVALID || s->name.len == 0) {
        return rc;
    }

    /* the place says little to who sends histograms, the name does */

    n = strlen(reader->message);

    cricket_buf_init(&b, sizeof(reader->message) - 1);

    b.data = (unsigned char *) reader->message;
    b.size = sizeof(reader->message) - 1;
    b.len = n;

    cricket_buf_literal(&b, ", in ");
    cricket_buf_shown(&b, s->name.data, s->name.len, CRICKET_OTLP_POINT_SHOWN);

    reader->message[b.len] = '\0';

    return rc;
}
