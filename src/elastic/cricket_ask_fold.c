
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* Asks which series there are, and what each has in every bucket. */


#include "cricket_ask_private.h"


#define CRICKET_ASK_FOLD_CALENDAR  "\"calendar_interval\":\"1"


static void cricket_ask_fold_after(const cricket_ask_t *ask, unsigned time,
    cricket_buf_t *b);
static void cricket_ask_fold_time(const cricket_query_t *q, cricket_buf_t *b);
static void cricket_ask_fold_down(const cricket_query_t *q, cricket_buf_t *b);
static void cricket_ask_fold_where(const cricket_ask_t *ask,
    cricket_buf_t *b);
static int cricket_ask_fold_text(cricket_ask_t *ask, cricket_ask_reply_t *r,
    const cricket_ask_node_t *node);


/* pages of series: each is a bucket, and so is each of its tags */

void
cricket_ask_fold_begin(cricket_ask_t *ask)
{
    const cricket_query_t  *q;

    q = ask->q;

    ask->page = CRICKET_ASK_BUILT / (CRICKET_TAGS + 2);

    if (q->kind == CRICKET_QUERY_SERIES && q->limit < ask->page) {
        ask->page = q->limit;
    }

    if (ask->step == CRICKET_ASK_DOWN) {
        ask->page = (q->lines.down.how == CRICKET_FOLD_PERCENTILE)
                    ? CRICKET_ASK_PAGE / 4 : CRICKET_ASK_PAGE;
    }

    if (q->kind == CRICKET_QUERY_SERIES) {
        return;
    }

    ask->partly = 1;
    ask->from.time = q->start.time;
    ask->to.time = q->end.time;
}


void
cricket_ask_body_list(const cricket_ask_t *ask, cricket_buf_t *b)
{
    cricket_buf_literal(b, ",\"aggs\":{\"buckets\":{\"composite\":{\"size\":");
    cricket_buf_int(b, (int64_t) ask->page);
    cricket_buf_literal(b, ",\"sources\":[{\"series\":{\"terms\":"
                           "{\"field\":\"series\"}}}]");

    cricket_ask_fold_after(ask, 0, b);

    cricket_buf_literal(b, "},\"aggs\":{\"k0\":{\"terms\":"
                           "{\"field\":\"tags\",\"size\":");
    cricket_buf_int(b, CRICKET_TAGS);
    cricket_buf_literal(b, ",\"order\":{\"_key\":\"asc\"}}}");

    if (ask->q->name.len == 0) {
        cricket_buf_literal(b, ",\"k1\":{\"terms\":{\"field\":\"name\","
                               "\"size\":1}}");
    }

    cricket_buf_literal(b, "}}}");

    cricket_ask_fold_where(ask, b);
}


void
cricket_ask_body_down(const cricket_ask_t *ask, cricket_buf_t *b)
{
    const cricket_query_t  *q;

    q = ask->q;

    cricket_buf_literal(b, ",\"aggs\":{\"buckets\":{\"composite\":{\"size\":");
    cricket_buf_int(b, (int64_t) ask->page);
    cricket_buf_literal(b, ",\"sources\":[");

    if (!q->lines.whole) {
        cricket_buf_literal(b, "{\"time\":{\"date_histogram\":{"
                               "\"field\":\"timestamp\",");
        cricket_ask_fold_time(q, b);
        cricket_buf_literal(b, "}}},");
    }

    cricket_buf_literal(b, "{\"series\":{\"terms\":{\"field\":\"series\"}}}]");

    cricket_ask_fold_after(ask, !q->lines.whole, b);

    cricket_buf_literal(b, "},\"aggs\":{");
    cricket_ask_fold_down(q, b);
    cricket_buf_literal(b, "}}}");

    cricket_ask_fold_where(ask, b);
}


static void
cricket_ask_fold_after(const cricket_ask_t *ask, unsigned time,
    cricket_buf_t *b)
{
    if (!ask->after_set) {
        return;
    }

    cricket_buf_literal(b, ",\"after\":{");

    if (time) {
        cricket_buf_literal(b, "\"time\":");
        cricket_buf_int(b, ask->after_msec);
        cricket_buf_literal(b, ",");
    }

    cricket_buf_literal(b, "\"series\":");
    cricket_buf_json(b, ask->after.data, ask->after.len);
    cricket_buf_literal(b, "}");
}


/* intervals that are not of a calendar count from 1970, whatever the zone */

static void
cricket_ask_fold_time(const cricket_query_t *q, cricket_buf_t *b)
{
    unsigned char  unit;

    if (q->lines.width != 0) {
        cricket_buf_literal(b, "\"fixed_interval\":\"");
        cricket_buf_int(b, q->lines.width);
        cricket_buf_literal(b, "ms\"");
        return;
    }

    if (q->step.unit == 's') {
        cricket_buf_literal(b, "\"fixed_interval\":\"");
        cricket_buf_int(b, q->step.seconds);
        cricket_buf_literal(b, "s\"");

    } else {
        unit = q->step.unit;

        cricket_buf_literal(b, CRICKET_ASK_FOLD_CALENDAR);
        cricket_buf_append(b, &unit, 1);
        cricket_buf_literal(b, "\"");
    }

    if (q->zone != NULL) {
        cricket_buf_literal(b, ",\"time_zone\":");
        cricket_buf_json(b, q->tz.data, q->tz.len);
    }
}


static void
cricket_ask_fold_down(const cricket_query_t *q, cricket_buf_t *b)
{
    const cricket_query_fold_t  *down;

    static const char  *names[] = {
        "avg", "avg", "sum", "min", "max", "value_count", "extended_stats"
    };

    down = &q->lines.down;

    if (down->how == CRICKET_FOLD_PERCENTILE) {
        cricket_buf_literal(b, "\"percentiles\":{\"percentiles\":{"
                               "\"field\":\"value\",\"keyed\":false,"
                               "\"percents\":[");
        cricket_buf_append(b, down->percentile.text.data,
                           down->percentile.text.len);
        cricket_buf_literal(b, "]}}");
        return;
    }

    cricket_buf_literal(b, "\"max\":{\"");
    cricket_buf_cstr(b, names[down->how]);
    cricket_buf_literal(b, "\":{\"field\":\"value\"}}");
}


static void
cricket_ask_fold_where(const cricket_ask_t *ask, cricket_buf_t *b)
{
    cricket_search_filter_of(ask->q, &ask->q->name,
                             ask->partly ? &ask->from.time : NULL,
                             ask->partly ? &ask->to.time : NULL, NULL, b);
}


/* a series, or a tag or the name of it */

int
cricket_ask_on_list(cricket_ask_reply_t *r, size_t depth)
{
    int                        rc;
    cricket_str_t              tags, name;
    cricket_ask_t             *ask;
    const cricket_ask_node_t  *node;

    ask = r->data;
    node = &r->nodes[depth];

    if (depth == 2) {
        return cricket_ask_fold_text(ask, r, node);
    }

    if (depth != 1 || !(node->seen & CRICKET_ASK_SERIES_KEY)
        || !(node->seen & CRICKET_ASK_INNER))
    {
        r->place = "series";
        return CRICKET_INVALID;
    }

    tags.data = ask->group[0].data;
    tags.len = ask->group[0].len;
    name.data = ask->group[1].data;
    name.len = ask->group[1].len;

    rc = cricket_fold_add(&ask->fold, &node->series, &tags, &name);

    ask->group[0].len = 0;
    ask->group[1].len = 0;

    return (rc == CRICKET_OK) ? cricket_ask_after(ask, node) : rc;
}


static int
cricket_ask_fold_text(cricket_ask_t *ask, cricket_ask_reply_t *r,
    const cricket_ask_node_t *node)
{
    if (node->agg != 'k' || node->index > 1
        || !(node->seen & CRICKET_ASK_KEY))
    {
        r->place = "series.tags";
        return CRICKET_INVALID;
    }

    if (node->index == 1) {
        cricket_buf_append(&ask->group[1], node->key.data, node->key.len);
        return ask->group[1].failed ? CRICKET_ERROR : CRICKET_OK;
    }

    /* what others wrote may be no tag */

    if (memchr(node->key.data, '\n', node->key.len) == NULL
        && memchr(node->key.data, '=', node->key.len) != NULL)
    {
        cricket_buf_append(&ask->group[0], node->key.data, node->key.len);
        cricket_buf_literal(&ask->group[0], "\n");
    }

    return ask->group[0].failed ? CRICKET_ERROR : CRICKET_OK;
}


/* what the datapoints of a series in a bucket became */

int
cricket_ask_on_down(cricket_ask_reply_t *r, size_t depth)
{
    int                        rc;
    double                     value;
    int64_t                    msec;
    cricket_ask_t             *ask;
    const cricket_query_t     *q;
    const cricket_ask_node_t  *node;

    ask = r->data;
    q = ask->q;
    node = &r->nodes[depth];

    if (depth != 1 || !(node->seen & CRICKET_ASK_SERIES_KEY)
        || !(node->seen & ((q->lines.down.how == CRICKET_FOLD_PERCENTILE)
                           ? CRICKET_ASK_PERCENTILES : CRICKET_ASK_MAX))
        || (!q->lines.whole && !(node->seen & CRICKET_ASK_TIME)))
    {
        r->place = "buckets.buckets";
        return CRICKET_INVALID;
    }

    value = (q->lines.down.how == CRICKET_FOLD_PERCENTILE)
            ? node->percentiles[0] : node->max;
    msec = q->lines.whole ? ask->fold.from : node->msec;

    rc = cricket_fold_point(&ask->fold, &node->series, msec, value);

    return (rc == CRICKET_OK) ? cricket_ask_after(ask, node) : rc;
}


int
cricket_ask_fold_done(cricket_ask_t *ask, cricket_ask_reply_t *r)
{
    int64_t                 start;
    const cricket_query_t  *q;

    q = ask->q;

    if (!(r->nodes[0].seen & CRICKET_ASK_INNER)) {
        r->place = "buckets";
        return CRICKET_INVALID;
    }

    if (r->n < ask->page) {
        ask->listed = 1;
        ask->summed |= (ask->step == CRICKET_ASK_DOWN);
        return CRICKET_OK;
    }

    if (q->kind == CRICKET_QUERY_SERIES && ask->fold.ids.n >= q->limit) {
        ask->listed = 1;
        return CRICKET_OK;
    }

    ask->more = 1;

    if (ask->step == CRICKET_ASK_DOWN && !q->lines.whole) {

        /* what is before the last bucket need not be looked at again */

        start = cricket_ask_seconds(ask->after_msec);

        if (start > ask->from.time.sec) {
            ask->from.time.sec = start;
            ask->from.time.nsec = 0;
        }
    }

    return CRICKET_OK;
}


/* the step behind that which is done */

cricket_ask_step_e
cricket_ask_fold_step(const cricket_ask_t *ask)
{
    if (!ask->listed) {
        return CRICKET_ASK_LIST;
    }

    if (ask->q->kind == CRICKET_QUERY_SERIES || ask->summed
        || ask->fold.ids.n == 0)
    {
        return CRICKET_ASK_ANSWER;
    }

    return CRICKET_ASK_DOWN;
}


int
cricket_ask_fold_write(cricket_ask_t *ask,
    const cricket_result_writer_t *writer, cricket_buf_t *out)
{
    int               rc;
    cricket_result_t  result;

    cricket_result_init(&result, writer, ask->q, out);

    writer->head(&result);
    rc = cricket_fold_write(&ask->fold, &result);
    writer->tail(&result);

    if (out->failed || result.cell.failed) {
        rc = CRICKET_ERROR;
    }

    cricket_result_free(&result);

    return rc;
}
