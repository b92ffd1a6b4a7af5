
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* The order of groups: by their values, or by what they come to. */


#include <math.h>
#include <stdlib.h>

#include "cricket_table.h"
#include "cricket_table_private.h"


typedef struct {
    const cricket_table_t     *table;
    uint32_t                   group;
    double                     rank;        /* the larger the earlier */
} cricket_table_row_t;


static cricket_table_row_t *cricket_table_rows(const cricket_table_t *t);
static int cricket_table_take(cricket_table_t *t,
    const cricket_table_row_t *rows, size_t n);
static double cricket_table_rank_of(const cricket_table_t *t, size_t group);
static double cricket_table_total(const cricket_table_t *t, size_t group);
static int cricket_table_row_compare(const void *one, const void *two);
static int cricket_table_value_compare(const cricket_table_t *t, size_t key,
    const cricket_str_t *a, const cricket_str_t *b);


int
cricket_table_sort(cricket_table_t *t)
{
    int                   rc;
    size_t                i;
    cricket_table_row_t  *rows;

    if (t->order != NULL || t->groups.n == 0) {
        return CRICKET_OK;
    }

    rows = cricket_table_rows(t);
    if (rows == NULL) {
        return CRICKET_ERROR;
    }

    for (i = 0; i < t->groups.n; i++) {
        rows[i].rank = 0;
    }

    qsort(rows, t->groups.n, sizeof(cricket_table_row_t),
          cricket_table_row_compare);

    rc = cricket_table_take(t, rows, t->groups.n);

    free(rows);

    return rc;
}


int
cricket_table_rank(cricket_table_t *t)
{
    int                   rc;
    size_t                i, n;
    cricket_table_row_t  *rows;

    if (t->order != NULL) {
        return CRICKET_OK;
    }

    rows = cricket_table_rows(t);
    if (rows == NULL) {
        return CRICKET_ERROR;
    }

    for (i = 0; i < t->groups.n; i++) {
        rows[i].rank = cricket_table_rank_of(t, i);

        if (t->q->bottom) {
            rows[i].rank = -rows[i].rank;
        }

        /* what has no rank is behind all that have one */

        if (isnan(rows[i].rank)) {
            rows[i].rank = -INFINITY;
        }
    }

    qsort(rows, t->groups.n, sizeof(cricket_table_row_t),
          cricket_table_row_compare);

    n = (t->groups.n < t->q->top) ? t->groups.n : t->q->top;

    t->left_out = (int64_t) (t->groups.n - n);

    rc = cricket_table_take(t, rows, n);

    free(rows);

    return rc;
}


int
cricket_table_has(const cricket_table_t *t, size_t group)
{
    size_t  i;

    for (i = 0; i < t->norder; i++) {
        if (t->order[i] == group) {
            return 1;
        }
    }

    return 0;
}


static cricket_table_row_t *
cricket_table_rows(const cricket_table_t *t)
{
    size_t                i;
    cricket_table_row_t  *rows;

    rows = malloc((t->groups.n + 1) * sizeof(cricket_table_row_t));
    if (rows == NULL) {
        return NULL;
    }

    for (i = 0; i < t->groups.n; i++) {
        rows[i].table = t;
        rows[i].group = (uint32_t) i;
    }

    return rows;
}


static int
cricket_table_take(cricket_table_t *t, const cricket_table_row_t *rows,
    size_t n)
{
    size_t  i;

    /* of none it is an order, too: what comes later is left out */

    t->order = malloc((n + 1) * sizeof(uint32_t));
    if (t->order == NULL) {
        return CRICKET_ERROR;
    }

    for (i = 0; i < n; i++) {
        t->order[i] = rows[i].group;
    }

    t->norder = n;

    return CRICKET_OK;
}


static double
cricket_table_rank_of(const cricket_table_t *t, size_t group)
{
    size_t                       n;
    const cricket_table_cell_t  *cell;

    if (t->q->rank == CRICKET_RANK_RATE) {
        return cricket_table_total(t, group);
    }

    cell = cricket_table_find(t, group, &n);

    if (n == 0) {
        return NAN;
    }

    switch (t->q->rank) {

    case CRICKET_RANK_MAX:
        return cell->max;

    case CRICKET_RANK_MIN:
        return cell->min;

    case CRICKET_RANK_SUM:
        return cell->sum;

    case CRICKET_RANK_COUNT:
        return (double) cell->count;

    case CRICKET_RANK_PERCENTILE:
        return (cell->percentiles != 0)
               ? t->percentiles[cell->percentiles - 1] : NAN;

    default: /* CRICKET_RANK_AVERAGE */
        return cell->average;
    }
}


/* the range is the same for all: the rate is as the growth, or as the sum */

static double
cricket_table_total(const cricket_table_t *t, size_t group)
{
    double                       total;
    size_t                       i, n;
    const cricket_table_cell_t  *cells;

    cells = cricket_table_find(t, group, &n);
    total = NAN;

    for (i = 0; i < n; i++) {

        if (t->q->rate != CRICKET_RATE_CUMULATIVE) {
            return cells[i].sum;
        }

        if (!isnan(cells[i].growth)) {
            total = (isnan(total) ? 0 : total) + cells[i].growth;
        }
    }

    return total;
}


static int
cricket_table_row_compare(const void *one, const void *two)
{
    int                          rc;
    size_t                       i;
    cricket_str_t                u[CRICKET_QUERY_KEYS + 1];
    cricket_str_t                v[CRICKET_QUERY_KEYS + 1];
    const cricket_table_t       *t;
    const cricket_table_row_t   *a = one;
    const cricket_table_row_t   *b = two;

    if (a->rank != b->rank) {
        return (a->rank > b->rank) ? -1 : 1;
    }

    t = a->table;

    cricket_table_values(t, a->group, u);
    cricket_table_values(t, b->group, v);

    for (i = 0; i < t->nvalues; i++) {
        rc = cricket_table_value_compare(t, i, &u[i], &v[i]);
        if (rc != 0) {
            return rc;
        }
    }

    return 0;
}


/* by their bytes; bounds of a histogram by their numbers, if they are some */

static int
cricket_table_value_compare(const cricket_table_t *t, size_t key,
    const cricket_str_t *a, const cricket_str_t *b)
{
    int     rc;
    double  x, y;
    size_t  n;

    if (!t->plain
        && (key >= t->q->nkeys || cricket_string_is(&t->q->keys[key], "le"))
        && cricket_table_bound(a, &x) == CRICKET_OK
        && cricket_table_bound(b, &y) == CRICKET_OK
        && x != y)
    {
        return (x < y) ? -1 : 1;
    }

    n = (a->len < b->len) ? a->len : b->len;
    rc = (n != 0) ? memcmp(a->data, b->data, n) : 0;

    return (rc != 0) ? rc : (a->len > b->len) - (a->len < b->len);
}


/* "0.5", "1e+06", "+Inf": C's own reader, of a text that has an end */

int
cricket_table_bound(const cricket_str_t *text, double *bound)
{
    char  copy[64], *end;

    if (text->len == 0 || text->len >= sizeof(copy)
        || memchr(text->data, '\0', text->len) != NULL
        || text->data[0] == ' ')
    {
        return CRICKET_INVALID;
    }

    memcpy(copy, text->data, text->len);
    copy[text->len] = '\0';

    *bound = strtod(copy, &end);

    return (*end == '\0' && !isnan(*bound)) ? CRICKET_OK : CRICKET_INVALID;
}
