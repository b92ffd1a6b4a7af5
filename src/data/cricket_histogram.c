
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* Histograms that were stored as a counter for each bound: percentiles. */


#include <math.h>
#include <stdlib.h>

#include "cricket_histogram.h"


/* a cell of one bound, of an outer group */

typedef struct {
    size_t                     group;
    int64_t                    start;
    cricket_histogram_bound_t  bound;
} cricket_histogram_part_t;


static int cricket_histogram_parts(cricket_table_t *in, cricket_table_t *out,
    cricket_histogram_part_t *parts, size_t *n);
static int cricket_histogram_compare(const void *one, const void *two);
static int cricket_histogram_cell(cricket_table_t *out,
    const cricket_histogram_part_t *parts, cricket_histogram_bound_t *bounds,
    size_t n);
static size_t cricket_histogram_bounds(const cricket_histogram_part_t *parts,
    cricket_histogram_bound_t *bounds, size_t n);


double
cricket_histogram_quantile(const cricket_histogram_bound_t *bounds, size_t n,
    double q)
{
    size_t  i;
    double  rank, low, high, before;

    if (n < 2 || bounds[n - 1].bound != INFINITY
        || !(bounds[n - 1].count > 0))
    {
        return NAN;
    }

    rank = q * bounds[n - 1].count;

    for (i = 0; i < n - 1; i++) {
        if (bounds[i].count >= rank) {
            break;
        }
    }

    if (i == n - 1) {
        return bounds[n - 2].bound;
    }

    high = bounds[i].bound;

    if (i == 0) {

        if (high <= 0) {
            return high;
        }

        low = 0;
        before = 0;

    } else {
        low = bounds[i - 1].bound;
        before = bounds[i - 1].count;
    }

    return low + (high - low) * ((rank - before) / (bounds[i].count - before));
}


int
cricket_histogram_fold(cricket_table_t *in, cricket_table_t *out)
{
    int                         rc;
    size_t                      i, j, n;
    cricket_histogram_part_t   *parts;
    cricket_histogram_bound_t  *bounds;

    out->lacking = in->lacking;

    if (in->n == 0) {
        return CRICKET_OK;
    }

    parts = malloc(in->n * sizeof(cricket_histogram_part_t));
    bounds = malloc(in->n * sizeof(cricket_histogram_bound_t));

    rc = (parts != NULL && bounds != NULL)
         ? cricket_histogram_parts(in, out, parts, &n) : CRICKET_ERROR;

    for (i = 0; rc == CRICKET_OK && i < n; i = j) {

        for (j = i + 1; j < n; j++) {
            if (parts[j].group != parts[i].group
                || parts[j].start != parts[i].start)
            {
                break;
            }
        }

        rc = cricket_histogram_cell(out, &parts[i], bounds, j - i);
    }

    free(parts);
    free(bounds);

    return rc;
}


/* passes over what has no bound */

static int
cricket_histogram_parts(cricket_table_t *in, cricket_table_t *out,
    cricket_histogram_part_t *parts, size_t *n)
{
    size_t                       i;
    double                       bound;
    cricket_str_t                values[CRICKET_QUERY_KEYS + 1];
    cricket_histogram_part_t    *part;
    const cricket_table_cell_t  *cell;

    *n = 0;

    for (i = 0; i < in->n; i++) {
        cell = &in->cells[i];

        cricket_table_values(in, cell->group, values);

        if (cricket_table_bound(&values[in->nvalues - 1], &bound)
            != CRICKET_OK)
        {
            continue;
        }

        part = &parts[(*n)++];

        if (cricket_table_group(out, values, &part->group) != CRICKET_OK) {
            return CRICKET_ERROR;
        }

        part->start = cell->start;
        part->bound.bound = bound;
        part->bound.count = (out->q->rate == CRICKET_RATE_CUMULATIVE)
                            ? cell->growth : cell->sum;
    }

    qsort(parts, *n, sizeof(cricket_histogram_part_t),
          cricket_histogram_compare);

    return CRICKET_OK;
}


static int
cricket_histogram_compare(const void *one, const void *two)
{
    const cricket_histogram_part_t  *a = one;
    const cricket_histogram_part_t  *b = two;

    if (a->group != b->group) {
        return (a->group < b->group) ? -1 : 1;
    }

    if (a->start != b->start) {
        return (a->start < b->start) ? -1 : 1;
    }

    return (a->bound.bound > b->bound.bound)
           - (a->bound.bound < b->bound.bound);
}


static int
cricket_histogram_cell(cricket_table_t *out,
    const cricket_histogram_part_t *parts, cricket_histogram_bound_t *bounds,
    size_t n)
{
    size_t                  i;
    double                  values[CRICKET_QUERY_PERCENTILES], all;
    cricket_table_cell_t   *cell;
    const cricket_query_t  *q;

    q = out->q;

    n = cricket_histogram_bounds(parts, bounds, n);

    cell = cricket_table_add(out, parts->group, parts->start);
    if (cell == NULL) {
        return CRICKET_ERROR;
    }

    if (n == 0) {
        return CRICKET_OK;
    }

    all = bounds[n - 1].count;
    cell->growth = all;

    for (i = 0; q->below_set && i < n; i++) {
        if (bounds[i].bound == q->below && all > 0) {
            cell->per_growth = bounds[i].count / all;
        }
    }

    for (i = 0; i < q->npercentiles; i++) {
        values[i] = cricket_histogram_quantile(bounds, n,
                                               q->percentiles[i].value / 100);
    }

    return cricket_table_add_percentiles(out, cell, values, q->npercentiles);
}


/*
 * Equal bounds, "1" and "1.0", are one; and a count that is below that of a
 * lower bound, for want of a sample, is raised to it.  What nothing is known of
 * is passed over.
 */

static size_t
cricket_histogram_bounds(const cricket_histogram_part_t *parts,
    cricket_histogram_bound_t *bounds, size_t n)
{
    size_t  i, m;

    m = 0;

    for (i = 0; i < n; i++) {

        if (isnan(parts[i].bound.count)) {
            continue;
        }

        if (m != 0 && bounds[m - 1].bound == parts[i].bound.bound) {
            bounds[m - 1].count += parts[i].bound.count;

        } else {
            bounds[m++] = parts[i].bound;
        }
    }

    for (i = 1; i < m; i++) {
        if (bounds[i].count < bounds[i - 1].count) {
            bounds[i].count = bounds[i - 1].count;
        }
    }

    return m;
}
