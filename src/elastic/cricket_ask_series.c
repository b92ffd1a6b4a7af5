
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* Finds what has grown, of series that may begin anew, bucket by bucket. */


#include <math.h>
#include <stdlib.h>

#include "cricket_ask_private.h"


static int cricket_ask_series_group(cricket_ask_t *ask, size_t *group);
static int cricket_ask_series_add(cricket_ask_t *ask,
    const cricket_str_t *name, const cricket_ask_series_t *series);
static void cricket_ask_cell_add(cricket_ask_t *ask,
    cricket_ask_series_t *series, const cricket_ask_node_t *node);


int
cricket_ask_series_begin(cricket_ask_t *ask)
{
    int64_t                 start;
    cricket_query_t        *q;

    q = ask->q;

    ask->partly = 1;
    ask->page = CRICKET_ASK_BUILT / (ask->nkeys + 2);
    ask->from.time = q->start.time;
    ask->to.time = q->end.time;

    if (ask->page > CRICKET_ASK_SERIES + 1) {
        ask->page = CRICKET_ASK_SERIES + 1;
    }

    if (q->interval.len == 0) {
        return CRICKET_OK;
    }

    /* one bucket before the first is looked at */

    start = cricket_zone_floor(q->zone, &q->step, q->start.time.sec);
    start = cricket_zone_floor(q->zone, &q->step, start - 1);

    if (cricket_time_set(&ask->from.time, start * 1000, 0) != CRICKET_OK) {
        ask->from.time = q->start.time;
    }

    return CRICKET_OK;
}


/* a series, or its tag of one of the keys */

int
cricket_ask_on_series(cricket_ask_reply_t *r, size_t depth)
{
    size_t                 group;
    cricket_ask_t         *ask;
    cricket_ask_node_t    *node;
    cricket_ask_series_t   series;
    const cricket_str_t   *key;

    ask = r->data;
    node = &r->nodes[depth];

    if (depth == 2) {

        if (node->agg != 'k' || node->index >= ask->nkeys
            || !(node->seen & CRICKET_ASK_KEY))
        {
            return CRICKET_INVALID;
        }

        key = &ask->keys[node->index];

        if (node->key.len <= key->len) {
            return CRICKET_INVALID;
        }

        /* texts with escapes have one place for a level, so it is copied */

        ask->group[node->index].len = 0;
        cricket_buf_append(&ask->group[node->index],
                           node->key.data + key->len + 1,
                           node->key.len - key->len - 1);
        ask->group_set |= 1u << node->index;

        return ask->group[node->index].failed ? CRICKET_ERROR : CRICKET_OK;
    }

    if (depth != 1 || !(node->seen & CRICKET_ASK_SERIES_KEY)
        || !(node->seen & CRICKET_ASK_BEFORE)
        || (ask->nkeys != 0 && !(node->seen & CRICKET_ASK_INNER)))
    {
        r->place = "series";
        return CRICKET_INVALID;
    }

    memset(&series, 0, sizeof(cricket_ask_series_t));

    series.last = (ask->q->interval.len != 0) ? node->before : NAN;
    series.lacking = (ask->group_set != (1u << ask->nkeys) - 1);

    if (!series.lacking) {

        if (cricket_ask_series_group(ask, &group) != CRICKET_OK) {
            return CRICKET_ERROR;
        }

        series.group = (uint32_t) group;
    }

    ask->group_set = 0;

    if (cricket_ask_after(ask, node) != CRICKET_OK) {
        return CRICKET_ERROR;
    }

    return cricket_ask_series_add(ask, &node->series, &series);
}


static int
cricket_ask_series_group(cricket_ask_t *ask, size_t *group)
{
    size_t         i;
    cricket_str_t  values[CRICKET_ASK_KEYS];

    for (i = 0; i < ask->nkeys; i++) {
        values[i].data = ask->group[i].data;
        values[i].len = ask->group[i].len;
    }

    return cricket_table_group(&ask->table, values, group);
}


static int
cricket_ask_series_add(cricket_ask_t *ask, const cricket_str_t *name,
    const cricket_ask_series_t *series)
{
    size_t                 i, size;
    cricket_ask_series_t  *grown;

    if (cricket_dict_add(&ask->names, name->data, name->len, &i)
        != CRICKET_OK)
    {
        return CRICKET_ERROR;
    }

    if (i >= CRICKET_ASK_SERIES) {
        ask->excess = CRICKET_ASK_SERIES_EXCESS;
        return CRICKET_DONE;
    }

    if (i >= ask->series_size) {
        size = ask->series_size ? 2 * ask->series_size : 256;

        grown = realloc(ask->series, size * sizeof(cricket_ask_series_t));
        if (grown == NULL) {
            return CRICKET_ERROR;
        }

        ask->series = grown;
        ask->series_size = size;
    }

    ask->series[i] = *series;

    return CRICKET_OK;
}


int
cricket_ask_after(cricket_ask_t *ask, const cricket_ask_node_t *node)
{
    ask->after.len = 0;
    cricket_buf_append(&ask->after, node->series.data, node->series.len);

    ask->after_msec = node->msec;
    ask->after_set = 1;

    return ask->after.failed ? CRICKET_ERROR : CRICKET_OK;
}


int
cricket_ask_series_done(cricket_ask_t *ask, cricket_ask_reply_t *r)
{
    if (!(r->nodes[0].seen & CRICKET_ASK_INNER)) {
        r->place = "buckets";
        return CRICKET_INVALID;
    }

    if (r->n >= ask->page) {
        ask->more = 1;
        return CRICKET_OK;
    }

    ask->listed = 1;
    ask->rated = (ask->names.n == 0);

    return CRICKET_OK;
}


/*
 * Buckets of the answer; without an interval steps of the range, as short as
 * the cap allows.
 */

int
cricket_ask_cells_begin(cricket_ask_t *ask)
{
    int64_t                 range, steps;
    const cricket_query_t  *q;

    q = ask->q;

    free(ask->growth);

    ask->growth = malloc((ask->table.groups.n + 1) * sizeof(double));
    if (ask->growth == NULL) {
        return CRICKET_ERROR;
    }

    ask->bucket_set = 0;
    ask->partly = 1;
    ask->from.time = q->start.time;
    ask->to.time = q->end.time;
    ask->grain = q->step;

    if (q->interval.len != 0) {
        return CRICKET_OK;
    }

    range = q->end.time.sec - q->start.time.sec + 1;
    steps = CRICKET_ASK_CELLS / 4 / (int64_t) ask->names.n;

    if (steps > CRICKET_ASK_STEPS) {
        steps = CRICKET_ASK_STEPS;
    }

    ask->grain.unit = 's';
    ask->grain.seconds = range / steps + 1;

    return CRICKET_OK;
}


int
cricket_ask_on_cells(cricket_ask_reply_t *r, size_t depth)
{
    int                        rc;
    size_t                     i;
    int64_t                    start;
    cricket_ask_t             *ask;
    cricket_ask_series_t      *series;
    const cricket_ask_node_t  *node;

    ask = r->data;
    node = &r->nodes[depth];

    if (depth != 1 || !(node->seen & CRICKET_ASK_TIME)
        || !(node->seen & CRICKET_ASK_SERIES_KEY)
        || !(node->seen & CRICKET_ASK_MIN) || !(node->seen & CRICKET_ASK_MAX))
    {
        r->place = "buckets.buckets";
        return CRICKET_INVALID;
    }

    start = cricket_ask_seconds(node->msec);

    if (ask->bucket_set && ask->bucket != start) {
        rc = cricket_ask_cells_flush(ask);

        if (rc != CRICKET_OK) {
            return rc;
        }
    }

    if (!ask->bucket_set) {

        for (i = 0; i <= ask->table.groups.n; i++) {
            ask->growth[i] = NAN;
        }

        ask->bucket = start;
        ask->bucket_set = 1;
    }

    if (ask->cells++ == CRICKET_ASK_CELLS) {
        ask->excess = CRICKET_ASK_CELLS_EXCESS;
        return CRICKET_DONE;
    }

    if (cricket_ask_after(ask, node) != CRICKET_OK) {
        return CRICKET_ERROR;
    }

    /* one that has come since the series were listed begins here */

    if (cricket_dict_find(&ask->names, node->series.data, node->series.len, &i)
        != CRICKET_OK)
    {
        return CRICKET_OK;
    }

    series = &ask->series[i];

    if (series->lacking || isnan(node->max)) {
        return CRICKET_OK;
    }

    cricket_ask_cell_add(ask, series, node);

    return CRICKET_OK;
}


static void
cricket_ask_cell_add(cricket_ask_t *ask, cricket_ask_series_t *series,
    const cricket_ask_node_t *node)
{
    double  growth, *sum;

    /* without buckets the first value is where growth begins */

    if (isnan(series->last) && ask->q->interval.len == 0) {
        series->last = node->min;
    }

    growth = cricket_ask_growth(series->last, node->max);
    series->last = node->max;

    if (!isnan(growth)) {
        sum = &ask->growth[series->group];
        *sum = isnan(*sum) ? growth : *sum + growth;
    }
}


int
cricket_ask_cells_flush(cricket_ask_t *ask)
{
    size_t                 i;
    int64_t                start;
    cricket_table_cell_t  *cell;

    start = (ask->q->interval.len != 0) ? ask->bucket : 0;

    for (i = 0; i < ask->table.groups.n; i++) {

        if (isnan(ask->growth[i])) {
            continue;
        }

        if (ask->ranked && !cricket_table_has(&ask->table, i)) {
            continue;
        }

        cell = cricket_table_add(&ask->table, i, start);
        if (cell == NULL) {
            return CRICKET_ERROR;
        }

        if (ask->per) {
            cell->per_growth = ask->growth[i];

        } else {
            cell->growth = ask->growth[i];
        }

        ask->grown++;
    }

    ask->bucket_set = 0;

    return CRICKET_OK;
}


int
cricket_ask_cells_done(cricket_ask_t *ask, cricket_ask_reply_t *r)
{
    int64_t  start;

    if (!(r->nodes[0].seen & CRICKET_ASK_INNER)) {
        r->place = "buckets";
        return CRICKET_INVALID;
    }

    if (r->n < ask->page) {
        ask->rated = 1;

        return ask->bucket_set ? cricket_ask_cells_flush(ask) : CRICKET_OK;
    }

    /* what is before the last bucket need not be looked at again */

    start = cricket_ask_seconds(ask->after_msec);

    if (start > ask->from.time.sec) {
        ask->from.time.sec = start;
        ask->from.time.nsec = 0;
    }

    ask->more = 1;

    return CRICKET_OK;
}
