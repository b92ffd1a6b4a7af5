
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* Groups: how many there are, which, and the statistics of each. */


#include <math.h>

#include "cricket_ask_private.h"


static const char  cricket_ask_groups_excess[] =
    "group_by: more than 1000 groups, expected fewer keys, filters, or top";

static const char  cricket_ask_ranked_excess[] =
    "group_by: more groups than can be ranked or counted, expected fewer keys, "
    "or filters";

static const char  cricket_ask_buckets_excess[] =
    "interval: more than 10000 buckets in all, expected a longer one, a "
    "shorter range, or fewer groups";


static double cricket_ask_product(const cricket_ask_t *ask, size_t n);
static int cricket_ask_value(const cricket_ask_t *ask, size_t key,
    const cricket_str_t *tag, cricket_str_t *value);
static int cricket_ask_measured(cricket_ask_reply_t *r,
    const cricket_ask_node_t *node);
static int cricket_ask_cell(cricket_ask_t *ask,
    const cricket_ask_node_t *node, size_t group, int64_t start);
static int cricket_ask_too_many(cricket_ask_t *ask);
static int cricket_ask_part(cricket_ask_t *ask);


int
cricket_ask_on_census(cricket_ask_reply_t *r, size_t depth)
{
    cricket_ask_t             *ask;
    cricket_str_t              value;
    const cricket_ask_node_t  *node;

    ask = r->data;
    node = &r->nodes[depth];

    if (depth != 1 || node->agg != 'k' || node->index >= ask->nkeys
        || cricket_ask_value(ask, node->index, &node->key, &value)
           != CRICKET_OK)
    {
        return CRICKET_INVALID;
    }

    ask->values[node->index]++;

    return CRICKET_OK;
}


int
cricket_ask_census_done(cricket_ask_t *ask, cricket_ask_reply_t *r)
{
    size_t                     i;
    const cricket_ask_node_t  *all;

    all = &r->nodes[0];

    if (!(all->seen & CRICKET_ASK_FIRST) || !(all->seen & CRICKET_ASK_LAST)) {
        r->place = "first";
        return CRICKET_INVALID;
    }

    ask->first.set = (cricket_time_set(&ask->first.time,
                                       isnan(all->first)
                                       ? INT64_MAX : (int64_t) all->first, 0)
                      == CRICKET_OK);
    ask->last.set = (cricket_time_set(&ask->last.time,
                                      isnan(all->last)
                                      ? INT64_MAX : (int64_t) all->last,
                                      999999)
                     == CRICKET_OK);

    ask->counted = 1;
    ask->combined = ask->values[0];
    ask->combined_set = (ask->nkeys == 1);

    for (i = 0; i < ask->nkeys; i++) {

        if (ask->values[i] > ask->cap) {
            ask->excess = (ask->cap == CRICKET_QUERY_GROUPS)
                          ? cricket_ask_groups_excess
                          : cricket_ask_ranked_excess;
            return CRICKET_DONE;
        }

        if (ask->values[i] == 0) {
            ask->combined = 0;
            ask->combined_set = 1;
        }
    }

    return CRICKET_OK;
}


/* how many groups there would be, if each value came with each */

static double
cricket_ask_product(const cricket_ask_t *ask, size_t n)
{
    double  product;
    size_t  i;

    product = 1;

    for (i = 0; i < n; i++) {
        product *= (double) ask->values[i];
    }

    return product;
}


/*
 * Level by level where there could be too many, so that no search has
 * Elasticsearch make more than it may: as all that is looked at has all keys,
 * there are no fewer groups at the next level.
 */

int
cricket_ask_groups_begin(cricket_ask_t *ask)
{
    double  all;

    all = cricket_ask_product(ask, ask->nkeys);

    ask->combined = 0;
    ask->depth = ask->nkeys;
    ask->size = ask->cap + 1;

    if (all * (double) ask->nkeys > CRICKET_ASK_BUILT) {
        ask->depth = 2;
        ask->size = CRICKET_ASK_BUILT / ask->values[0];

        if (ask->size > ask->values[1]) {
            ask->size = ask->values[1];
        }
    }

    return CRICKET_OK;
}


int
cricket_ask_on_groups(cricket_ask_reply_t *r, size_t depth)
{
    cricket_ask_t             *ask;
    cricket_str_t              value;
    const cricket_ask_node_t  *node;

    ask = r->data;
    node = &r->nodes[depth];

    if (depth > ask->depth || node->agg != 'k' || node->index != depth - 1
        || cricket_ask_value(ask, node->index, &node->key, &value)
           != CRICKET_OK)
    {
        return CRICKET_INVALID;
    }

    ask->combined += (depth == ask->depth);

    return CRICKET_OK;
}


int
cricket_ask_groups_done(cricket_ask_t *ask, cricket_ask_reply_t *r)
{
    if (ask->combined > ask->cap) {
        ask->excess = (ask->cap == CRICKET_QUERY_GROUPS)
                      ? cricket_ask_groups_excess : cricket_ask_ranked_excess;
        return CRICKET_DONE;
    }

    if (r->others != 0) {
        ask->excess = cricket_ask_ranked_excess;
        return CRICKET_DONE;
    }

    if (ask->depth == ask->nkeys || ask->combined == 0) {
        ask->combined_set = 1;
        return CRICKET_OK;
    }

    ask->size = CRICKET_ASK_BUILT / ask->combined;

    if (ask->size > ask->values[ask->depth]) {
        ask->size = ask->values[ask->depth];
    }

    ask->combined = 0;
    ask->depth++;
    ask->more = 1;

    return CRICKET_OK;
}


/* "KEY=VALUE" of the key; CRICKET_DONE: a tag of another one */

static int
cricket_ask_value(const cricket_ask_t *ask, size_t key,
    const cricket_str_t *tag, cricket_str_t *value)
{
    const cricket_str_t  *name;

    name = &ask->keys[key];

    if (tag->len <= name->len
        || memcmp(tag->data, name->data, name->len) != 0
        || tag->data[name->len] != '=')
    {
        return CRICKET_DONE;
    }

    value->data = tag->data + name->len + 1;
    value->len = tag->len - name->len - 1;

    return CRICKET_OK;
}


int
cricket_ask_stats_begin(cricket_ask_t *ask)
{
    const cricket_query_t  *q;

    q = ask->q;

    if (ask->nkeys < 2) {
        return CRICKET_OK;
    }

    if (ask->combined == 0) {
        ask->summed = 1;
        return CRICKET_OK;
    }

    if (q->interval.len == 0) {
        return CRICKET_OK;
    }

    /* no more of the range than there is something in */

    ask->from.time = q->start.time;
    ask->to.time = q->end.time;

    if (ask->first.set
        && cricket_time_cmp(&ask->first.time, &q->start.time) > 0)
    {
        ask->from.time = ask->first.time;
    }

    ask->parts = 0;

    return cricket_ask_part(ask);
}


/* the next part of the range: from ask->from as far as the cap allows */

static int
cricket_ask_part(cricket_ask_t *ask)
{
    size_t                  n, most;
    int64_t                 start, end;
    const cricket_query_t  *q;

    q = ask->q;

    most = CRICKET_ASK_BUILT / ask->combined;
    most = (most > ask->nkeys + 1) ? most - ask->nkeys : 1;

    end = q->end.time.sec;

    if (ask->last.set && ask->last.time.sec < end) {
        end = ask->last.time.sec;
    }

    start = cricket_zone_floor(q->zone, &q->step, ask->from.time.sec);

    for (n = 0; n < most && start <= end; n++) {
        start = cricket_zone_next(q->zone, &q->step, start);
    }

    ask->partly = 1;
    ask->to.time = q->end.time;

    if (start <= end) {

        if (ask->parts++ == CRICKET_ASK_PARTS) {
            ask->excess = "interval: too short for so many groups over this "
                          "range, expected a longer one, a shorter range, or "
                          "fewer groups";
            return CRICKET_DONE;
        }

        ask->to.time.sec = start - 1;
        ask->to.time.nsec = 999999999;
    }

    return CRICKET_OK;
}


/* a bucket of statistics, or one in which they are */

int
cricket_ask_on_stats(cricket_ask_reply_t *r, size_t depth)
{
    int                        rc;
    size_t                     i, leaf, group, levels;
    unsigned                   time;
    cricket_ask_t             *ask;
    cricket_str_t              values[CRICKET_ASK_KEYS];
    const cricket_ask_node_t  *node;

    ask = r->data;
    node = &r->nodes[depth];

    time = (ask->q->interval.len != 0 && ask->step != CRICKET_ASK_RANK);
    levels = (ask->nkeys > 1) ? ask->nkeys : 0;
    leaf = (levels != 0) ? levels + time : 1;

    if (depth < leaf) {
        return ((node->seen & CRICKET_ASK_KEY)
                && (node->seen & CRICKET_ASK_INNER)
                && node->agg == 'k' && node->index == depth - 1)
               ? CRICKET_OK : CRICKET_INVALID;
    }

    if (time && !(node->seen & CRICKET_ASK_TIME)) {
        r->place = "key";
        return CRICKET_INVALID;
    }

    if (depth > leaf || cricket_ask_measured(r, node) != CRICKET_OK) {
        return CRICKET_INVALID;
    }

    for (i = 0; i < ask->nkeys; i++) {
        node = &r->nodes[levels ? i + 1 : 1];

        if (!(node->seen & CRICKET_ASK_KEY)) {
            r->place = "key";
            return CRICKET_INVALID;
        }

        rc = cricket_ask_value(ask, i, &node->key, &values[i]);

        /* behind the tags of this key are those of others */

        if (rc != CRICKET_OK) {
            return (ask->nkeys == 1) ? CRICKET_OK : CRICKET_INVALID;
        }
    }

    if (cricket_table_group(&ask->table, values, &group) != CRICKET_OK) {
        return CRICKET_ERROR;
    }

    if (ask->ranked && !cricket_table_has(&ask->table, group)) {
        return CRICKET_OK;
    }

    node = &r->nodes[depth];

    if (time && node->msec > CRICKET_ASK_LAST_MSEC) {
        r->place = "key";
        return CRICKET_INVALID;
    }

    return cricket_ask_cell(ask, node, group,
                            time ? cricket_ask_seconds(node->msec) : 0);
}


/* are the metrics there that were asked for? */

static int
cricket_ask_measured(cricket_ask_reply_t *r, const cricket_ask_node_t *node)
{
    if (!(node->seen & CRICKET_ASK_STATISTICS)) {
        r->place = "stats";
        return CRICKET_INVALID;
    }

    if (r->npercentiles != 0 && !(node->seen & CRICKET_ASK_PERCENTILES)) {
        r->place = "percentiles";
        return CRICKET_INVALID;
    }

    return CRICKET_OK;
}


static int
cricket_ask_cell(cricket_ask_t *ask, const cricket_ask_node_t *node,
    size_t group, int64_t start)
{
    size_t                             n;
    cricket_table_cell_t              *cell;
    const cricket_query_percentile_t  *percentiles;

    cell = cricket_table_add(&ask->table, group, start);
    if (cell == NULL) {
        return CRICKET_ERROR;
    }

    if (ask->per) {
        cell->per_sum = node->sum;

    } else {
        cell->stats = 1;
        cell->count = node->count;
        cell->sum = node->sum;
        cell->min = node->min;
        cell->max = node->max;
        cell->average = node->average;

        n = cricket_ask_percentiles(ask, &percentiles);

        if (n != 0
            && cricket_table_add_percentiles(&ask->table, cell,
                                             node->percentiles, n)
               != CRICKET_OK)
        {
            return CRICKET_ERROR;
        }
    }

    return cricket_ask_too_many(ask);
}


static int
cricket_ask_too_many(cricket_ask_t *ask)
{
    if (!ask->ranked && ask->table.groups.n > ask->cap) {
        ask->excess = (ask->cap == CRICKET_QUERY_GROUPS)
                      ? cricket_ask_groups_excess : cricket_ask_ranked_excess;
        return CRICKET_DONE;
    }

    if (ask->table.n > (ask->q->histogram ? CRICKET_ASK_CELLS
                        : ask->per ? 2 * CRICKET_QUERY_BUCKETS
                        : ask->step == CRICKET_ASK_RANK
                          ? CRICKET_ASK_CELLS : CRICKET_QUERY_BUCKETS)
                       + ask->grown)
    {
        ask->excess = cricket_ask_buckets_excess;
        return CRICKET_DONE;
    }

    return CRICKET_OK;
}


int
cricket_ask_stats_done(cricket_ask_t *ask, cricket_ask_reply_t *r)
{
    int                        rc;
    const cricket_ask_node_t  *all;

    all = &r->nodes[0];

    if (ask->nkeys == 0 && ask->q->interval.len == 0) {

        rc = cricket_ask_measured(r, all);

        if (rc == CRICKET_OK) {
            rc = cricket_ask_cell(ask, all, 0, 0);
        }

        if (rc != CRICKET_OK) {
            return rc;
        }

    } else if (!(all->seen & CRICKET_ASK_INNER)) {
        r->place = "buckets";
        return CRICKET_INVALID;
    }

    if (ask->partly
        && cricket_time_cmp(&ask->to.time, &ask->q->end.time) < 0)
    {
        ask->from.time.sec = ask->to.time.sec + 1;
        ask->from.time.nsec = 0;
        ask->more = 1;

        return cricket_ask_part(ask);
    }

    ask->summed = 1;

    return CRICKET_OK;
}


int
cricket_ask_points(cricket_ask_t *ask)
{
    double            product;
    size_t            i, groups, most;
    cricket_query_t  *q;

    static const struct {
        cricket_str_t        text;
        cricket_zone_step_t  step;
    } t[] = {
        { cricket_string("1s"), { 's', 1 } },
        { cricket_string("2s"), { 's', 2 } },
        { cricket_string("5s"), { 's', 5 } },
        { cricket_string("10s"), { 's', 10 } },
        { cricket_string("15s"), { 's', 15 } },
        { cricket_string("30s"), { 's', 30 } },
        { cricket_string("1m"), { 's', 60 } },
        { cricket_string("2m"), { 's', 120 } },
        { cricket_string("5m"), { 's', 300 } },
        { cricket_string("10m"), { 's', 600 } },
        { cricket_string("15m"), { 's', 900 } },
        { cricket_string("30m"), { 's', 1800 } },
        { cricket_string("1h"), { 's', 3600 } },
        { cricket_string("2h"), { 's', 7200 } },
        { cricket_string("3h"), { 's', 10800 } },
        { cricket_string("6h"), { 's', 21600 } },
        { cricket_string("12h"), { 's', 43200 } },
        { cricket_string("1d"), { 'd', 86400 } },
        { cricket_string("1w"), { 'w', 7 * 86400 } },
        { cricket_string("1M"), { 'M', 31 * 86400 } },
        { cricket_string("1q"), { 'q', 92 * 86400 } },
        { cricket_string("1y"), { 'y', 366 * 86400 } }
    };

    q = ask->q;
    groups = 1;

    if (q->nkeys != 0) {
        product = cricket_ask_product(ask, q->nkeys);
        groups = (product < (double) ask->combined) ? (size_t) product
                                                    : ask->combined;

        /* "top" has fewer */

        if (q->top != 0 && q->top < groups) {
            groups = q->top;
        }

        groups = (groups == 0) ? 1 : groups;
    }

    most = CRICKET_QUERY_BUCKETS / groups;
    most = (q->points < most) ? q->points : most;

    for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
        q->step = t[i].step;

        if (cricket_table_buckets(q, most) <= most) {
            q->interval = t[i].text;
            return CRICKET_AGAIN;
        }
    }

    ask->excess = "points: no interval is that long, expected more points, a "
                  "shorter range, or fewer groups";

    return CRICKET_DONE;
}


int
cricket_ask_bounded(cricket_ask_t *ask, const cricket_table_t *table)
{
    size_t  n;

    if (table->norder > CRICKET_QUERY_GROUPS) {
        ask->excess = cricket_ask_groups_excess;
        return CRICKET_DONE;
    }

    if (ask->q->interval.len == 0 || table->norder == 0) {
        return CRICKET_OK;
    }

    if (ask->q->fill != CRICKET_FILL_NOT) {
        n = cricket_table_buckets(ask->q, CRICKET_QUERY_BUCKETS);

        if (n * table->norder > CRICKET_QUERY_BUCKETS) {
            ask->excess = "fill: more than 10000 buckets in all, expected a "
                          "longer interval, a shorter range, or fewer groups";
            return CRICKET_DONE;
        }

    } else if (!ask->ranked && table->n > CRICKET_QUERY_BUCKETS) {
        ask->excess = cricket_ask_buckets_excess;
        return CRICKET_DONE;
    }

    return CRICKET_OK;
}
