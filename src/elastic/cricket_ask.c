
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* A question on its way to an answer: which search comes next. */


#include <math.h>
#include <stdlib.h>

#include "cricket_ask_private.h"
#include "cricket_quantile.h"
#include "cricket_search.h"


static size_t cricket_ask_size_dict(const cricket_dict_t *d);
static int cricket_ask_begin(cricket_ask_t *ask);
static int cricket_ask_next(cricket_ask_t *ask);
static int cricket_ask_next_of(cricket_ask_t *ask);
static int cricket_ask_to(cricket_ask_t *ask, cricket_ask_step_e step);
static int cricket_ask_reply(cricket_ask_t *ask, cricket_ask_reply_t *r);
static int cricket_ask_done(cricket_ask_t *ask, cricket_ask_reply_t *r);
static int cricket_ask_types_done(cricket_ask_t *ask);
static int cricket_ask_rank(cricket_ask_t *ask);
static int cricket_ask_second(cricket_ask_t *ask);
static int cricket_ask_answer(cricket_ask_t *ask,
    const cricket_result_writer_t *writer, cricket_buf_t *out);
static int cricket_ask_fold_answer(cricket_ask_t *ask,
    const cricket_result_writer_t *writer, cricket_buf_t *out);
static int cricket_ask_quantiles(cricket_ask_t *ask, cricket_table_t *folded);


cricket_ask_t *
cricket_ask_create(cricket_query_t *q)
{
    size_t          i;
    cricket_ask_t  *ask;

    ask = calloc(1, sizeof(cricket_ask_t));
    if (ask == NULL) {
        return NULL;
    }

    ask->q = q;
    ask->page = CRICKET_ASK_PAGE;

    cricket_buf_init(&ask->name, SIZE_MAX);
    cricket_buf_init(&ask->after, SIZE_MAX);
    cricket_dict_init(&ask->names);
    cricket_table_init(&ask->table, q, 0);
    cricket_fold_init(&ask->fold, q);

    for (i = 0; i < CRICKET_ASK_KEYS; i++) {
        cricket_buf_init(&ask->group[i], SIZE_MAX);
    }

    if (cricket_ask_begin(ask) != CRICKET_OK) {
        cricket_ask_free(ask);
        return NULL;
    }

    return ask;
}


void
cricket_ask_free(cricket_ask_t *ask)
{
    size_t  i;

    if (ask == NULL) {
        return;
    }

    cricket_table_free(&ask->table);
    cricket_fold_free(&ask->fold);
    cricket_buf_free(&ask->name);
    cricket_buf_free(&ask->after);
    cricket_dict_free(&ask->names);

    for (i = 0; i < CRICKET_ASK_KEYS; i++) {
        cricket_buf_free(&ask->group[i]);
    }

    free(ask->series);
    free(ask->growth);
    free(ask);
}


size_t
cricket_ask_size(const cricket_ask_t *ask)
{
    size_t  i, size;

    size = sizeof(cricket_ask_t)
           + cricket_ask_size_dict(&ask->table.groups)
           + ask->table.size * sizeof(cricket_table_cell_t)
           + ask->table.percentiles_size * sizeof(double)
           + cricket_ask_size_dict(&ask->fold.ids)
           + ask->fold.text.size
           + ask->fold.nseries * sizeof(cricket_fold_series_t)
           + ask->fold.room * sizeof(cricket_fold_cell_t)
           + cricket_ask_size_dict(&ask->names)
           + ask->series_size * sizeof(cricket_ask_series_t);

    for (i = 0; i < CRICKET_ASK_KEYS; i++) {
        size += ask->group[i].size;
    }

    return size;
}


static size_t
cricket_ask_size_dict(const cricket_dict_t *d)
{
    return d->text.size + d->nslots * sizeof(uint32_t)
           + d->n * sizeof(cricket_dict_entry_t);
}


static int
cricket_ask_begin(cricket_ask_t *ask)
{
    int                   rc;
    size_t                i, group;
    cricket_query_t      *q;

    static const cricket_str_t  le = cricket_string("le");

    q = ask->q;

    if (q->kind == CRICKET_QUERY_TAG_KEYS) {
        cricket_table_init(&ask->table, q, 1);
        ask->table.plain = 1;
        ask->step = CRICKET_ASK_TAGS;
        return CRICKET_OK;
    }

    if (q->kind == CRICKET_QUERY_LINES || q->kind == CRICKET_QUERY_SERIES) {
        return cricket_ask_to(ask, CRICKET_ASK_LIST);
    }

    if (q->kind == CRICKET_QUERY_LAST) {
        q->descending = 1;
        q->page = CRICKET_ASK_LAST_MOST;
    }

    if (q->kind != CRICKET_QUERY_STATS) {
        ask->step = CRICKET_ASK_PLAIN;
        return CRICKET_OK;
    }

    for (i = 0; i < q->nkeys; i++) {
        ask->keys[ask->nkeys++] = q->keys[i];
    }

    ask->cap = CRICKET_QUERY_GROUPS;

    if (q->histogram) {
        ask->keys[ask->nkeys++] = le;

        cricket_buf_append(&ask->name, q->name.data, q->name.len);
        cricket_buf_literal(&ask->name, "_bucket");
    }

    cricket_table_init(&ask->table, q, ask->nkeys);

    /* buckets around buckets count, too */

    if (q->top != 0 || q->histogram) {
        ask->cap = (ask->nkeys < 2) ? CRICKET_QUERY_RANKED
                                    : CRICKET_QUERY_RANKED / 2;
    }

    if (ask->name.failed) {
        return CRICKET_ERROR;
    }

    ask->bucket_name.data = ask->name.data;
    ask->bucket_name.len = ask->name.len;

    /* what has no groups is one */

    if (ask->nkeys == 0
        && cricket_table_group(&ask->table, NULL, &group) != CRICKET_OK)
    {
        return CRICKET_ERROR;
    }

    rc = cricket_ask_next(ask);

    return (rc == CRICKET_ERROR) ? rc : CRICKET_OK;
}


const char *
cricket_ask_refusal(const cricket_ask_t *ask)
{
    return ask->excess;
}


void
cricket_ask_uri(const cricket_ask_t *ask, cricket_buf_t *b)
{
    cricket_search_uri(ask->q, b);
}


void
cricket_ask_span(const cricket_ask_t *ask, const cricket_time_t **from,
    const cricket_time_t **to)
{
    if (ask->partly) {
        *from = &ask->from.time;
        *to = &ask->to.time;
        return;
    }

    cricket_search_span(ask->q, from, to);
}


void
cricket_ask_body(cricket_ask_t *ask, cricket_buf_t *b)
{
    if (ask->step == CRICKET_ASK_PLAIN) {
        cricket_search_body(ask->q, b);
        return;
    }

    cricket_buf_literal(b, "{\"track_total_hits\":false,\"size\":0");

    switch (ask->step) {

    case CRICKET_ASK_TYPES:
        cricket_ask_body_types(ask, b);
        break;

    case CRICKET_ASK_CENSUS:
        cricket_ask_body_census(ask, b);
        break;

    case CRICKET_ASK_GROUPS:
        cricket_ask_body_groups(ask, b);
        break;

    case CRICKET_ASK_SERIES_OF:
        cricket_ask_body_series(ask, b);
        break;

    case CRICKET_ASK_CELLS_OF:
        cricket_ask_body_cells(ask, b);
        break;

    case CRICKET_ASK_TAGS:
        cricket_ask_body_tags(ask, b);
        break;

    case CRICKET_ASK_LIST:
        cricket_ask_body_list(ask, b);
        break;

    case CRICKET_ASK_DOWN:
        cricket_ask_body_down(ask, b);
        break;

    default:
        cricket_ask_body_stats(ask, b);
    }

    cricket_buf_literal(b, "}");
}


int
cricket_ask_halve(cricket_ask_t *ask)
{
    if (ask->step == CRICKET_ASK_PLAIN) {
        return cricket_search_halve(ask->q);
    }

    if ((ask->step != CRICKET_ASK_SERIES_OF
         && ask->step != CRICKET_ASK_CELLS_OF
         && ask->step != CRICKET_ASK_LIST && ask->step != CRICKET_ASK_DOWN)
        || ask->page <= 1)
    {
        return CRICKET_DONE;
    }

    ask->page /= 2;

    return CRICKET_OK;
}


int
cricket_ask_read(cricket_ask_t *ask,
    const cricket_result_writer_t *writer, const unsigned char *data,
    size_t len, cricket_buf_t *out, cricket_buf_t *next, size_t *foreign,
    const char **err)
{
    int                  rc;
    cricket_ask_reply_t  r;

    *foreign = 0;

    if (ask->q->kind == CRICKET_QUERY_LAST) {
        return cricket_ask_last(ask, writer, data, len, out, next, foreign,
                                err);
    }

    if (ask->step == CRICKET_ASK_PLAIN) {
        return cricket_search_read(ask->q, writer, data, len, out, next,
                                   foreign, err);
    }

    cricket_ask_reply_init(&r, data, len);

    rc = cricket_ask_reply(ask, &r);

    if (rc == CRICKET_INVALID) {
        *err = cricket_ask_reply_reason(&r);
    }

    cricket_ask_reply_free(&r);

    if (rc == CRICKET_OK && ask->step != CRICKET_ASK_ANSWER) {
        return CRICKET_AGAIN;
    }

    if (rc == CRICKET_DONE) {
        cricket_buf_cstr(out, ask->fold.excess ? ask->fold.excess
                                               : ask->excess);
        return out->failed ? CRICKET_ERROR : CRICKET_DONE;
    }

    if (rc != CRICKET_OK) {
        return rc;
    }

    if (ask->q->kind == CRICKET_QUERY_TAG_KEYS) {
        return cricket_ask_tags_write(ask, writer, out, next);
    }

    if (ask->q->kind == CRICKET_QUERY_LINES
        || ask->q->kind == CRICKET_QUERY_SERIES)
    {
        return cricket_ask_fold_answer(ask, writer, out);
    }

    return cricket_ask_answer(ask, writer, out);
}


/* CRICKET_OK: on to the next step; CRICKET_DONE: ask->excess is the answer */

static int
cricket_ask_reply(cricket_ask_t *ask, cricket_ask_reply_t *r)
{
    int  rc, lacking;

    static const cricket_ask_bucket_pt  handlers[] = {
        NULL,
        cricket_ask_on_types,
        cricket_ask_on_census,
        cricket_ask_on_groups,
        cricket_ask_on_stats,
        cricket_ask_on_series,
        cricket_ask_on_cells,
        cricket_ask_on_stats,
        cricket_ask_on_tags,
        cricket_ask_on_list,
        cricket_ask_on_down
    };

    lacking = cricket_ask_counts_lacking(ask);

    r->data = ask;
    r->bucket = handlers[ask->step];
    r->npercentiles = cricket_ask_percentiles(ask, &r->percentiles);

    if (ask->step == CRICKET_ASK_DOWN) {
        r->percentiles = &ask->q->lines.down.percentile;
        r->npercentiles = (ask->q->lines.down.how == CRICKET_FOLD_PERCENTILE);

    } else if (ask->step != CRICKET_ASK_RANK
               && ask->step != CRICKET_ASK_STATS)
    {
        r->npercentiles = 0;
    }

    rc = cricket_ask_reply_read(r);

    if (rc == CRICKET_OK && lacking) {

        if (r->lacking < 0) {
            r->place = "lacking";
            return CRICKET_INVALID;
        }

        ask->table.lacking = r->lacking;
    }

    if (rc == CRICKET_OK) {
        rc = cricket_ask_done(ask, r);
    }

    return (rc == CRICKET_OK) ? cricket_ask_next(ask) : rc;
}


/* what ends a search; its step may go on with another one */

static int
cricket_ask_done(cricket_ask_t *ask, cricket_ask_reply_t *r)
{
    ask->more = 0;

    switch (ask->step) {

    case CRICKET_ASK_TYPES:
        return cricket_ask_types_done(ask);

    case CRICKET_ASK_CENSUS:
        return cricket_ask_census_done(ask, r);

    case CRICKET_ASK_GROUPS:
        return cricket_ask_groups_done(ask, r);

    case CRICKET_ASK_SERIES_OF:
        return cricket_ask_series_done(ask, r);

    case CRICKET_ASK_CELLS_OF:
        return cricket_ask_cells_done(ask, r);

    case CRICKET_ASK_TAGS:
        return cricket_ask_tags_done(ask, r);

    case CRICKET_ASK_LIST:
    case CRICKET_ASK_DOWN:
        return cricket_ask_fold_done(ask, r);

    default: /* CRICKET_ASK_RANK, CRICKET_ASK_STATS */
        return cricket_ask_stats_done(ask, r);
    }
}


/* sets the step of the next search, CRICKET_ASK_ANSWER: none */

static int
cricket_ask_next(cricket_ask_t *ask)
{
    int  rc;

    if (ask->more) {
        return CRICKET_OK;
    }

    do {
        rc = cricket_ask_next_of(ask);
    } while (rc == CRICKET_AGAIN);

    return rc;
}


/* CRICKET_AGAIN: something was decided, look again */

static int
cricket_ask_next_of(cricket_ask_t *ask)
{
    unsigned                sums;
    const cricket_query_t  *q;

    q = ask->q;

    if (q->kind == CRICKET_QUERY_TAG_KEYS) {
        ask->step = CRICKET_ASK_ANSWER;
        return CRICKET_OK;
    }

    if (q->kind == CRICKET_QUERY_LINES || q->kind == CRICKET_QUERY_SERIES) {
        return cricket_ask_to(ask, cricket_ask_fold_step(ask));
    }

    if (q->rate == CRICKET_RATE_TRUE) {
        return cricket_ask_to(ask, CRICKET_ASK_TYPES);
    }

    /* does Elasticsearch sum up, be it for the answer or to rank? */

    sums = !(q->histogram && cricket_ask_cumulative(ask));

    if (!ask->counted
        && ((ask->nkeys > 1 && sums)
            || (ask->nkeys != 0 && q->points != 0 && !ask->per)))
    {
        return cricket_ask_to(ask, CRICKET_ASK_CENSUS);
    }

    if (ask->counted && ask->nkeys > 1 && !ask->combined_set) {
        return cricket_ask_to(ask, CRICKET_ASK_GROUPS);
    }

    if (q->points != 0 && q->interval.len == 0) {
        return cricket_ask_points(ask);
    }

    if (q->top != 0 && !ask->ranked) {
        return cricket_ask_rank(ask);
    }

    if (cricket_ask_cumulative(ask) && !ask->rated) {
        return cricket_ask_to(ask, ask->listed ? CRICKET_ASK_CELLS_OF
                                               : CRICKET_ASK_SERIES_OF);
    }

    if (sums && !ask->summed && !(ask->per && cricket_ask_cumulative(ask))) {
        return cricket_ask_to(ask, CRICKET_ASK_STATS);
    }

    if (q->per.len != 0 && !ask->per) {
        return cricket_ask_second(ask);
    }

    ask->step = CRICKET_ASK_ANSWER;

    return CRICKET_OK;
}


static int
cricket_ask_to(cricket_ask_t *ask, cricket_ask_step_e step)
{
    int  rc;

    ask->step = step;
    ask->after_set = 0;
    ask->partly = 0;
    ask->page = CRICKET_ASK_PAGE;

    switch (step) {

    case CRICKET_ASK_GROUPS:
        return cricket_ask_groups_begin(ask);

    case CRICKET_ASK_SERIES_OF:
        return cricket_ask_series_begin(ask);

    case CRICKET_ASK_CELLS_OF:
        return cricket_ask_cells_begin(ask);

    case CRICKET_ASK_LIST:
    case CRICKET_ASK_DOWN:
        cricket_ask_fold_begin(ask);
        return CRICKET_OK;

    case CRICKET_ASK_STATS:
        rc = cricket_ask_stats_begin(ask);

        /* there may be nothing to look for */

        return ask->summed ? CRICKET_AGAIN : rc;

    default:
        return CRICKET_OK;
    }
}


/* what the type says of a rate */

int
cricket_ask_on_types(cricket_ask_reply_t *r, size_t depth)
{
    cricket_ask_t             *ask;
    cricket_query_rate_e       rate;
    const cricket_ask_node_t  *node;

    ask = r->data;
    node = &r->nodes[depth];

    if (!(node->seen & CRICKET_ASK_KEY)) {
        return CRICKET_INVALID;
    }

    rate = cricket_query_rate_of(&node->key);

    ask->found = (r->n == 1) ? rate : CRICKET_RATE_TRUE;

    return CRICKET_OK;
}


static int
cricket_ask_types_done(cricket_ask_t *ask)
{
    if (ask->found == CRICKET_RATE_TRUE) {
        ask->excess = "rate: " CRICKET_QUERY_RATE_OTHER;
        return CRICKET_DONE;
    }

    /* of nothing it does not matter */

    ask->q->rate = (ask->found == CRICKET_RATE_NOT) ? CRICKET_RATE_INCREMENTS
                                                    : ask->found;

    return CRICKET_OK;
}


/* by what has grown, once that is known, else by statistics of all the range */

static int
cricket_ask_rank(cricket_ask_t *ask)
{
    int                     rc;
    const cricket_query_t  *q;

    q = ask->q;

    if (q->rank == CRICKET_RANK_RATE && cricket_ask_cumulative(ask)) {

        if (!ask->rated) {
            return cricket_ask_to(ask, ask->listed ? CRICKET_ASK_CELLS_OF
                                                   : CRICKET_ASK_SERIES_OF);
        }


    } else if (!ask->summed) {
        return cricket_ask_to(ask, CRICKET_ASK_RANK);
    }

    cricket_table_fold(&ask->table);

    rc = cricket_table_rank(&ask->table);

    if (rc != CRICKET_OK) {
        return rc;
    }

    ask->ranked = 1;

    /* was it all that was asked for? */

    if (ask->summed
        && (q->interval.len != 0 || q->npercentiles != 0
            || q->rank == CRICKET_RANK_PERCENTILE))
    {
        ask->table.n = 0;
        ask->table.npercentiles = 0;
        ask->summed = 0;
    }

    return CRICKET_AGAIN;
}


/* the same of the metric that is below in a ratio */

static int
cricket_ask_second(cricket_ask_t *ask)
{
    ask->per = 1;
    ask->rated = 0;
    ask->listed = 0;
    ask->summed = 0;
    ask->counted = 0;
    ask->combined_set = 0;
    ask->cells = 0;

    cricket_dict_free(&ask->names);

    return CRICKET_AGAIN;
}


static int
cricket_ask_answer(cricket_ask_t *ask, const cricket_result_writer_t *writer,
    cricket_buf_t *out)
{
    int               rc;
    cricket_table_t   folded, *table;
    cricket_result_t  result;

    cricket_table_fold(&ask->table);
    cricket_table_init(&folded, ask->q, ask->q->nkeys);

    table = ask->q->histogram ? &folded : &ask->table;

    rc = ask->q->histogram ? cricket_ask_quantiles(ask, &folded) : CRICKET_OK;

    if (rc == CRICKET_OK) {
        rc = cricket_table_sort(table);
    }

    if (rc == CRICKET_OK) {
        rc = cricket_ask_bounded(ask, table);
    }

    if (rc == CRICKET_OK) {
        cricket_result_init(&result, writer, ask->q, out);

        writer->head(&result);
        rc = cricket_table_write(table, &result);
        writer->tail(&result);

        if (out->failed || result.cell.failed) {
            rc = CRICKET_ERROR;
        }

        cricket_result_free(&result);

    } else if (rc == CRICKET_DONE) {
        cricket_buf_cstr(out, ask->excess);
    }

    cricket_table_free(&folded);

    return rc;
}


static int
cricket_ask_fold_answer(cricket_ask_t *ask,
    const cricket_result_writer_t *writer, cricket_buf_t *out)
{
    int     rc;
    size_t  len;

    len = out->len;

    rc = cricket_ask_fold_write(ask, writer, out);

    if (rc == CRICKET_DONE) {
        out->len = len;
        cricket_buf_cstr(out, ask->fold.excess);
        rc = out->failed ? CRICKET_ERROR : CRICKET_DONE;
    }

    return rc;
}


static int
cricket_ask_quantiles(cricket_ask_t *ask, cricket_table_t *folded)
{
    int     rc;
    size_t  group;

    rc = cricket_quantile_fold(&ask->table, folded);

    if (rc == CRICKET_OK && ask->q->nkeys == 0) {
        rc = cricket_table_group(folded, NULL, &group);
    }

    cricket_table_fold(folded);

    return rc;
}
