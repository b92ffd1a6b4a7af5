
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* Several values as one, and values as rates. */


#include <math.h>
#include <stdlib.h>

#include "cricket_fold_private.h"


static double cricket_fold_value_deviation(const double *values, size_t n,
    double mean);
static double cricket_fold_value_percentile(double percentile, double *values,
    size_t n);
static int cricket_fold_value_compare(const void *one, const void *two);


double
cricket_fold_value(const cricket_query_fold_t *fold, double *values, size_t n)
{
    size_t  i;
    double  sum, least, most;

    if (fold->how == CRICKET_FOLD_COUNT) {
        return (double) n;
    }

    if (n == 0) {
        return NAN;
    }

    sum = 0;
    least = values[0];
    most = values[0];

    for (i = 0; i < n; i++) {
        sum += values[i];
        least = (values[i] < least) ? values[i] : least;
        most = (values[i] > most) ? values[i] : most;
    }

    switch (fold->how) {

    case CRICKET_FOLD_SUM:
        return sum;

    case CRICKET_FOLD_MIN:
        return least;

    case CRICKET_FOLD_MAX:
        return most;

    case CRICKET_FOLD_DEVIATION:
        return cricket_fold_value_deviation(values, n, sum / (double) n);

    case CRICKET_FOLD_PERCENTILE:
        return cricket_fold_value_percentile(fold->percentile.value, values,
                                             n);

    default: /* CRICKET_FOLD_AVERAGE, CRICKET_FOLD_NONE: of one */
        return sum / (double) n;
    }
}


static double
cricket_fold_value_deviation(const double *values, size_t n, double mean)
{
    size_t  i;
    double  sum;

    sum = 0;

    for (i = 0; i < n; i++) {
        sum += (values[i] - mean) * (values[i] - mean);
    }

    return sqrt(sum / (double) n);
}


/*
 * Between the two values around the place p (n + 1), as OpenTSDB's p50 to p999
 * have it: "type 6" of Hyndman and Fan, Sample Quantiles, 1996.
 */

static double
cricket_fold_value_percentile(double percentile, double *values, size_t n)
{
    double  place, below;
    size_t  i;

    qsort(values, n, sizeof(double), cricket_fold_value_compare);

    place = percentile / 100 * (double) (n + 1);

    if (place < 1) {
        return values[0];
    }

    if (place >= (double) n) {
        return values[n - 1];
    }

    below = floor(place);
    i = (size_t) below;

    return values[i - 1] + (place - below) * (values[i] - values[i - 1]);
}


static int
cricket_fold_value_compare(const void *one, const void *two)
{
    const double  *a = one;
    const double  *b = two;

    return (*a > *b) - (*a < *b);
}


size_t
cricket_fold_rate(const cricket_query_lines_t *lines,
    cricket_result_point_t *points, size_t n)
{
    size_t                  i, m;
    double                  rate, seconds;
    cricket_result_point_t  before, now;

    if (n == 0) {
        return 0;
    }

    before = points[0];
    m = 0;

    for (i = 1; i < n; i++) {
        now = points[i];

        seconds = (double) (now.msec - before.msec) / 1000;
        rate = (now.value - before.value) / seconds;

        if (lines->counter && rate < 0) {

            /* it has run over its end, or has begun anew */

            rate = (lines->counter_max - before.value + now.value) / seconds;

            if (lines->reset > 0 && rate > lines->reset) {
                rate = 0;
            }

            if (lines->drop) {
                before = now;
                continue;
            }
        }

        points[m].msec = now.msec;
        points[m++].value = rate;

        before = now;
    }

    return m;
}
