
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* Writes groups and their buckets, those that are empty as was asked. */


#include <math.h>

#include "cricket_table.h"
#include "cricket_table_private.h"


/* seconds of 0001-01-01T00:00:00Z */
#define CRICKET_TABLE_FIRST  INT64_C(-62135596800)


static int cricket_table_write_group(cricket_table_t *t,
    cricket_result_t *result, cricket_result_bucket_t *bucket, size_t group);
static int cricket_table_write_cell(cricket_table_t *t,
    cricket_result_t *result, cricket_result_bucket_t *bucket,
    const cricket_table_cell_t *cell);
static int cricket_table_write_empty(cricket_table_t *t,
    cricket_result_t *result, cricket_result_bucket_t *bucket, int64_t start);
static void cricket_table_write_none(cricket_result_bucket_t *bucket);
static int cricket_table_write_at(cricket_table_t *t,
    cricket_result_t *result, cricket_result_bucket_t *bucket, int64_t start);


size_t
cricket_table_buckets(const cricket_query_t *q, size_t max)
{
    size_t   n;
    int64_t  start, end;

    end = q->end.time.sec;
    start = cricket_zone_floor(q->zone, &q->step, q->start.time.sec);

    /* no bucket is longer, but for an hour or two that a clock is turned */

    if ((end - start) / (q->step.seconds + 7200) > (int64_t) max) {
        return max + 1;
    }

    for (n = 0; start <= end && n <= max; n++) {
        start = cricket_zone_next(q->zone, &q->step, start);
    }

    return n;
}


int64_t
cricket_table_span(const cricket_query_t *q, int64_t start, double *covered,
    unsigned *partial)
{
    double                 from, to, now;
    int64_t                next;
    const cricket_time_t  *end;

    next = cricket_zone_next(q->zone, &q->step, start);
    from = 0;
    to = (double) (next - start);

    *partial = 0;

    if (q->start.time.sec > start
        || (q->start.time.sec == start && q->start.time.nsec != 0))
    {
        from = (double) (q->start.time.sec - start)
               + q->start.time.nsec * 1e-9;
        *partial = 1;
    }

    /* the last nanosecond that is included, or the first that is not */

    end = &q->end.time;

    if (end->sec < next - 1 || (end->sec == next - 1 && end->nsec < 999999999))
    {
        end = q->before.set ? &q->before.time : end;

        to = (double) (end->sec - start) + end->nsec * 1e-9;
        *partial = 1;
    }

    /* the present cuts what was asked for, not a range that is ahead of it */

    now = (double) (q->now.sec - start) + q->now.nsec * 1e-9;

    if (q->now.sec < next && now > from) {

        if (now < to) {
            to = now;
        }

        *partial = 1;
    }

    *covered = to - from;

    return next;
}


int
cricket_table_write(cricket_table_t *t, cricket_result_t *result)
{
    int                      rc;
    size_t                   i;
    cricket_result_bucket_t  bucket;

    result->lacking = t->lacking;
    result->left_out = t->left_out;

    memset(&bucket, 0, sizeof(cricket_result_bucket_t));

    for (i = 0; i < t->norder; i++) {
        rc = cricket_table_write_group(t, result, &bucket, t->order[i]);

        if (rc != CRICKET_OK) {
            return rc;
        }
    }

    return CRICKET_OK;
}


static int
cricket_table_write_group(cricket_table_t *t, cricket_result_t *result,
    cricket_result_bucket_t *bucket, size_t group)
{
    int                          rc;
    size_t                       i, n;
    int64_t                      start, end;
    const cricket_query_t       *q;
    const cricket_table_cell_t  *cells;

    q = t->q;
    cells = cricket_table_find(t, group, &n);

    cricket_table_values(t, group, bucket->values);

    if (t->q->nkeys == 1) {
        bucket->key = bucket->values[0];
    }

    cricket_table_write_none(bucket);
    bucket->opens = 1;

    if (q->interval.len == 0) {
        return (n != 0) ? cricket_table_write_cell(t, result, bucket, cells)
                        : result->writer->bucket(result, bucket);
    }

    if (q->fill == CRICKET_FILL_NOT) {

        for (i = 0; i < n; i++) {
            rc = cricket_table_write_cell(t, result, bucket, &cells[i]);

            if (rc != CRICKET_OK) {
                return rc;
            }
        }

        return CRICKET_OK;
    }

    start = cricket_zone_floor(q->zone, &q->step, q->start.time.sec);
    end = q->end.time.sec;
    i = 0;

    while (start <= end || i < n) {

        /* what Elasticsearch has elsewhere is not lost, whatever its rules */

        if (i < n && (cells[i].start <= start || start > end)) {

            if (cells[i].start == start) {
                start = cricket_zone_next(q->zone, &q->step, start);
            }

            rc = cricket_table_write_cell(t, result, bucket, &cells[i++]);

        } else {
            rc = cricket_table_write_empty(t, result, bucket, start);
            start = cricket_zone_next(q->zone, &q->step, start);
        }

        if (rc != CRICKET_OK) {
            return rc;
        }
    }

    return CRICKET_OK;
}


static int
cricket_table_write_cell(cricket_table_t *t, cricket_result_t *result,
    cricket_result_bucket_t *bucket, const cricket_table_cell_t *cell)
{
    double                  covered, above, below;
    size_t                  i;
    unsigned                partial;
    const cricket_query_t  *q;

    q = t->q;

    bucket->count = cell->count;
    bucket->sum = cell->sum;
    bucket->min = cell->min;
    bucket->max = cell->max;
    bucket->average = isfinite(cell->sum) ? cell->average : NAN;
    bucket->observations = cell->growth;
    bucket->below = cell->per_growth;

    for (i = 0; i < q->npercentiles; i++) {
        bucket->percentiles[i] = (cell->percentiles != 0)
                                 ? t->percentiles[cell->percentiles - 1 + i]
                                 : NAN;

        /* they are estimates, and may be an ulp outside of what there is */

        if (bucket->percentiles[i] < cell->min) {
            bucket->percentiles[i] = cell->min;

        } else if (bucket->percentiles[i] > cell->max) {
            bucket->percentiles[i] = cell->max;
        }
    }

    above = (q->rate == CRICKET_RATE_CUMULATIVE) ? cell->growth : cell->sum;

    if (q->interval.len != 0) {
        (void) cricket_table_span(q, cell->start, &covered, &partial);
        bucket->rate = (covered > 0) ? above / covered : NAN;
    }

    if (q->per.len != 0) {
        below = (q->rate == CRICKET_RATE_CUMULATIVE) ? cell->per_growth
                                                     : cell->per_sum;
        bucket->per_sum = isnan(below) ? 0 : below;
        bucket->ratio = (isnan(below) || below == 0)
                        ? NAN : (isnan(above) ? 0 : above) / below;
    }

    return cricket_table_write_at(t, result, bucket, cell->start);
}


static int
cricket_table_write_empty(cricket_table_t *t, cricket_result_t *result,
    cricket_result_bucket_t *bucket, int64_t start)
{
    if (t->q->fill != CRICKET_FILL_PREVIOUS) {
        cricket_table_write_none(bucket);
    }

    return cricket_table_write_at(t, result, bucket, start);
}


/* nothing: 0, or null */

static void
cricket_table_write_none(cricket_result_bucket_t *bucket)
{
    size_t  i;

    bucket->count = 0;
    bucket->sum = NAN;
    bucket->min = NAN;
    bucket->max = NAN;
    bucket->average = NAN;
    bucket->rate = NAN;
    bucket->per_sum = NAN;
    bucket->ratio = NAN;
    bucket->observations = NAN;
    bucket->below = NAN;

    for (i = 0; i < CRICKET_QUERY_PERCENTILES; i++) {
        bucket->percentiles[i] = NAN;
    }
}


static int
cricket_table_write_at(cricket_table_t *t, cricket_result_t *result,
    cricket_result_bucket_t *bucket, int64_t start)
{
    int                     rc;
    double                  covered;
    unsigned                partial;
    const cricket_query_t  *q;

    q = t->q;

    if (q->interval.len != 0) {
        (void) cricket_table_span(q, start, &covered, &partial);
        bucket->partial = partial;

        /* the first bucket may begin before there are any instants */

        bucket->start.sec = (start < CRICKET_TABLE_FIRST) ? CRICKET_TABLE_FIRST
                                                          : start;
        bucket->start.nsec = 0;
    }

    if (q->fill == CRICKET_FILL_ZERO) {
        bucket->sum = isnan(bucket->sum) && bucket->count == 0 ? 0
                                                               : bucket->sum;
        bucket->rate = isnan(bucket->rate) && bucket->count == 0
                       ? 0 : bucket->rate;
        bucket->per_sum = isnan(bucket->per_sum) ? 0 : bucket->per_sum;
        bucket->observations = isnan(bucket->observations)
                               ? 0 : bucket->observations;
    }

    rc = result->writer->bucket(result, bucket);

    bucket->opens = 0;

    return rc;
}
