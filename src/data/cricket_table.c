
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* Statistics on their way to an answer: groups and buckets, as they come. */


#include <math.h>
#include <stdlib.h>

#include "cricket_table.h"
#include "cricket_table_private.h"


static int cricket_table_compare(const void *one, const void *two);
static double cricket_table_plus(double a, double b);


void
cricket_table_init(cricket_table_t *t, const cricket_query_t *q,
    size_t nvalues)
{
    memset(t, 0, sizeof(cricket_table_t));

    t->q = q;
    t->nvalues = nvalues;

    cricket_dict_init(&t->groups);
}


void
cricket_table_free(cricket_table_t *t)
{
    cricket_dict_free(&t->groups);
    free(t->order);
    free(t->cells);
    free(t->percentiles);

    cricket_table_init(t, t->q, t->nvalues);
}


int
cricket_table_group(cricket_table_t *t, const cricket_str_t *values,
    size_t *group)
{
    int            rc;
    size_t         i;
    uint32_t       len;
    cricket_buf_t  b;

    cricket_buf_init(&b, SIZE_MAX);

    for (i = 0; i < t->nvalues; i++) {
        len = (uint32_t) values[i].len;

        cricket_buf_append(&b, &len, sizeof(uint32_t));
        cricket_buf_append(&b, values[i].data, values[i].len);
    }

    rc = b.failed ? CRICKET_ERROR
                  : cricket_dict_add(&t->groups, b.data, b.len, group);

    cricket_buf_free(&b);

    return rc;
}


void
cricket_table_values(const cricket_table_t *t, size_t group,
    cricket_str_t *values)
{
    size_t                i;
    uint32_t              len;
    cricket_str_t         text;
    const unsigned char  *p;

    cricket_dict_text(&t->groups, group, &text);

    p = text.data;

    for (i = 0; i < t->nvalues; i++) {
        memcpy(&len, p, sizeof(uint32_t));
        p += sizeof(uint32_t);

        values[i].data = p;
        values[i].len = len;

        p += len;
    }
}


cricket_table_cell_t *
cricket_table_add(cricket_table_t *t, size_t group, int64_t start)
{
    size_t                 size;
    cricket_table_cell_t  *cell;

    if (t->n == t->size) {
        size = t->size ? 2 * t->size : 64;

        cell = realloc(t->cells, size * sizeof(cricket_table_cell_t));
        if (cell == NULL) {
            return NULL;
        }

        t->cells = cell;
        t->size = size;
    }

    cell = &t->cells[t->n++];

    memset(cell, 0, sizeof(cricket_table_cell_t));

    cell->group = (uint32_t) group;
    cell->start = start;
    cell->min = NAN;
    cell->max = NAN;
    cell->average = NAN;
    cell->growth = NAN;
    cell->per_sum = NAN;
    cell->per_growth = NAN;

    return cell;
}


int
cricket_table_add_percentiles(cricket_table_t *t, cricket_table_cell_t *cell,
    const double *values, size_t n)
{
    size_t   size;
    double  *p;

    if (t->npercentiles + n > t->percentiles_size) {
        size = 2 * (t->percentiles_size + n);

        p = realloc(t->percentiles, size * sizeof(double));
        if (p == NULL) {
            return CRICKET_ERROR;
        }

        t->percentiles = p;
        t->percentiles_size = size;
    }

    memcpy(t->percentiles + t->npercentiles, values, n * sizeof(double));

    cell->percentiles = t->npercentiles + 1;
    t->npercentiles += n;

    return CRICKET_OK;
}


void
cricket_table_fold(cricket_table_t *t)
{
    size_t                 i;
    cricket_table_cell_t  *cell, *last;

    if (t->n == 0) {
        return;
    }

    qsort(t->cells, t->n, sizeof(cricket_table_cell_t), cricket_table_compare);

    last = t->cells;

    for (i = 1; i < t->n; i++) {
        cell = &t->cells[i];

        if (cricket_table_compare(last, cell) != 0) {
            *++last = *cell;
            continue;
        }

        last->growth = cricket_table_plus(last->growth, cell->growth);
        last->per_sum = cricket_table_plus(last->per_sum, cell->per_sum);
        last->per_growth = cricket_table_plus(last->per_growth,
                                              cell->per_growth);
        if (cell->stats) {
            last->stats = 1;
            last->count = cell->count;
            last->sum = cell->sum;
            last->min = cell->min;
            last->max = cell->max;
            last->average = cell->average;
            last->percentiles = cell->percentiles;
        }
    }

    t->n = last - t->cells + 1;
}


static int
cricket_table_compare(const void *one, const void *two)
{
    const cricket_table_cell_t  *a = one;
    const cricket_table_cell_t  *b = two;

    if (a->group != b->group) {
        return (a->group < b->group) ? -1 : 1;
    }

    return (a->start > b->start) - (a->start < b->start);
}


/* what is not known adds nothing */

static double
cricket_table_plus(double a, double b)
{
    return isnan(a) ? b : isnan(b) ? a : a + b;
}


const cricket_table_cell_t *
cricket_table_find(const cricket_table_t *t, size_t group, size_t *n)
{
    size_t  low, high, mid;

    low = 0;
    high = t->n;

    while (low < high) {
        mid = (low + high) / 2;

        if (t->cells[mid].group < group) {
            low = mid + 1;

        } else {
            high = mid;
        }
    }

    for (high = low; high < t->n && t->cells[high].group == group; high++) {
        /* void */
    }

    *n = high - low;

    return (t->n != 0) ? &t->cells[low] : NULL;
}
