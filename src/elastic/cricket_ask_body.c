
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* Makes the searches of statistics: what is built, and what is bounded. */


#include "cricket_ask_private.h"


static void cricket_ask_body_metrics(const cricket_ask_t *ask,
    cricket_buf_t *b);
static void cricket_ask_body_percentiles(const cricket_ask_t *ask,
    cricket_buf_t *b);
static void cricket_ask_body_composite(const cricket_ask_t *ask,
    cricket_buf_t *b);
static void cricket_ask_body_nested(const cricket_ask_t *ask, size_t depth,
    unsigned metrics, cricket_buf_t *b);
static void cricket_ask_body_include(const cricket_ask_t *ask, size_t key,
    cricket_buf_t *b);
static void cricket_ask_body_kept(const cricket_ask_t *ask, size_t key,
    cricket_buf_t *b);
static void cricket_ask_body_lacking(const cricket_ask_t *ask,
    unsigned before, cricket_buf_t *b);
static void cricket_ask_body_prefix(const cricket_str_t *key,
    cricket_buf_t *b);
static void cricket_ask_body_prefixes(const cricket_ask_t *ask, size_t n,
    cricket_buf_t *b);
static void cricket_ask_body_histogram(const cricket_ask_t *ask,
    const cricket_zone_step_t *step, cricket_buf_t *b);
static void cricket_ask_body_where(const cricket_ask_t *ask,
    const cricket_buf_t *more, cricket_buf_t *b);


void
cricket_ask_body_types(const cricket_ask_t *ask, cricket_buf_t *b)
{
    cricket_buf_literal(b, ",\"aggs\":{\"types\":{\"terms\":{"
                           "\"field\":\"type\",\"size\":2,"
                           "\"order\":{\"_key\":\"asc\"}}}}");
    cricket_ask_body_where(ask, NULL, b);
}


/*
 * How many values each key has, among what has all keys, and which times there
 * are; and how much lacks a key.
 */

void
cricket_ask_body_census(const cricket_ask_t *ask, cricket_buf_t *b)
{
    size_t  i;

    cricket_buf_literal(b, ",\"aggs\":{\"grouped\":{\"filter\":{\"bool\":"
                           "{\"filter\":[");
    cricket_ask_body_prefixes(ask, ask->nkeys, b);
    cricket_buf_literal(b, "]}},\"aggs\":{");

    for (i = 0; i < ask->nkeys; i++) {
        cricket_buf_literal(b, "\"k");
        cricket_buf_int(b, (int64_t) i);
        cricket_buf_literal(b, "\":{\"terms\":{\"field\":\"tags\",\"size\":");
        cricket_buf_int(b, (int64_t) ask->cap + 1);
        cricket_buf_literal(b, ",\"order\":{\"_key\":\"asc\"},");
        cricket_ask_body_include(ask, i, b);
        cricket_buf_literal(b, "}},");
    }

    cricket_buf_literal(b, "\"first\":{\"min\":{\"field\":\"timestamp\"}},"
                           "\"last\":{\"max\":{\"field\":\"timestamp\"}}}}");
    cricket_ask_body_lacking(ask, 0, b);
    cricket_buf_literal(b, "}");

    cricket_ask_body_where(ask, NULL, b);
}


/* values that come together: buckets only where there are datapoints */

void
cricket_ask_body_groups(const cricket_ask_t *ask, cricket_buf_t *b)
{
    cricket_buf_t  more;

    cricket_buf_literal(b, ",\"aggs\":{");
    cricket_ask_body_nested(ask, ask->depth, 0, b);
    cricket_buf_literal(b, "}");

    cricket_buf_init(&more, SIZE_MAX);
    cricket_ask_body_prefixes(ask, ask->nkeys, &more);
    cricket_ask_body_where(ask, &more, b);

    b->failed |= more.failed;
    cricket_buf_free(&more);
}


void
cricket_ask_body_stats(const cricket_ask_t *ask, cricket_buf_t *b)
{
    cricket_buf_t  more;

    cricket_buf_init(&more, SIZE_MAX);

    cricket_buf_literal(b, ",\"aggs\":{");

    if (ask->nkeys == 0 && ask->q->interval.len == 0) {
        cricket_ask_body_metrics(ask, b);

    } else if (cricket_ask_composite(ask)) {
        cricket_ask_body_composite(ask, b);

        if (ask->ranked) {
            cricket_buf_literal(&more, "{\"terms\":{\"tags\":");
            cricket_ask_body_kept(ask, 0, &more);
            cricket_buf_literal(&more, "}}");
        }

    } else if (ask->nkeys == 0) {
        cricket_buf_literal(b, "\"buckets\":{");
        cricket_ask_body_histogram(ask, &ask->q->step, b);
        cricket_buf_literal(b, ",\"min_doc_count\":1},\"aggs\":{");
        cricket_ask_body_metrics(ask, b);
        cricket_buf_literal(b, "}}");

    } else {
        cricket_ask_body_nested(ask, ask->nkeys, 1, b);
        cricket_ask_body_prefixes(ask, ask->nkeys, &more);
    }

    cricket_buf_literal(b, "}");

    cricket_ask_body_where(ask, &more, b);

    b->failed |= more.failed;
    cricket_buf_free(&more);
}


static void
cricket_ask_body_metrics(const cricket_ask_t *ask, cricket_buf_t *b)
{
    cricket_buf_literal(b, "\"stats\":{\"stats\":{\"field\":\"value\"}}");
    cricket_ask_body_percentiles(ask, b);
}


static void
cricket_ask_body_percentiles(const cricket_ask_t *ask, cricket_buf_t *b)
{
    size_t                             i, n;
    const cricket_query_percentile_t  *percentiles;

    n = cricket_ask_percentiles(ask, &percentiles);

    if (n == 0) {
        return;
    }

    cricket_buf_literal(b, ",\"percentiles\":{\"percentiles\":"
                           "{\"field\":\"value\",\"keyed\":false,"
                           "\"percents\":[");

    for (i = 0; i < n; i++) {
        cricket_buf_cstr(b, (i == 0) ? "" : ",");
        cricket_buf_append(b, percentiles[i].text.data,
                           percentiles[i].text.len);
    }

    cricket_buf_literal(b, "]}}");
}


/*
 * The tags "KEY=..." are in a row in the order of all tags, behind "KEY=",
 * which is none itself.
 */

static void
cricket_ask_body_composite(const cricket_ask_t *ask, cricket_buf_t *b)
{
    unsigned  time;

    time = (ask->q->interval.len != 0 && ask->step != CRICKET_ASK_RANK);

    cricket_buf_literal(b, "\"buckets\":{\"composite\":{\"size\":");
    cricket_buf_int(b, time ? CRICKET_QUERY_BUCKETS + 1
                            : (int64_t) ask->cap + 1);
    cricket_buf_literal(b, ",\"sources\":[");

    if (ask->nkeys != 0) {
        cricket_buf_literal(b, "{\"group\":{\"terms\":{\"field\":\"tags\"}}}");
    }

    if (time) {
        cricket_buf_cstr(b, (ask->nkeys != 0) ? ",{\"time\":{"
                                              : "{\"time\":{");
        cricket_ask_body_histogram(ask, &ask->q->step, b);
        cricket_buf_literal(b, "}}}");
    }

    cricket_buf_literal(b, "]");

    if (ask->nkeys != 0) {
        cricket_buf_literal(b, ",\"after\":{\"group\":\"");
        cricket_buf_append(b, ask->keys[0].data, ask->keys[0].len);
        cricket_buf_cstr(b, time ? "=\",\"time\":0}" : "=\"}");
    }

    cricket_buf_literal(b, "},\"aggs\":{");
    cricket_ask_body_metrics(ask, b);
    cricket_buf_literal(b, "}}");

    cricket_ask_body_lacking(ask, 0, b);
}


/* k0 within which is k1, and so on; deepest the metrics, or buckets of them */

static void
cricket_ask_body_nested(const cricket_ask_t *ask, size_t depth,
    unsigned metrics, cricket_buf_t *b)
{
    size_t  i;

    for (i = 0; i < depth; i++) {
        cricket_buf_cstr(b, (i == 0) ? "\"k" : ",\"aggs\":{\"k");
        cricket_buf_int(b, (int64_t) i);
        cricket_buf_literal(b, "\":{\"terms\":{\"field\":\"tags\",\"size\":");
        cricket_buf_int(b, (int64_t) ((i == depth - 1 && !metrics)
                                      ? ask->size : ask->cap + 1));
        cricket_buf_literal(b, ",\"order\":{\"_key\":\"asc\"},");

        if (ask->ranked && !ask->per) {
            cricket_buf_literal(b, "\"include\":");
            cricket_ask_body_kept(ask, i, b);

        } else {
            cricket_ask_body_include(ask, i, b);
        }

        cricket_buf_literal(b, "}");
    }

    if (metrics) {
        cricket_buf_literal(b, ",\"aggs\":{");

        if (ask->q->interval.len != 0 && ask->step != CRICKET_ASK_RANK) {
            cricket_buf_literal(b, "\"time\":{");
            cricket_ask_body_histogram(ask, &ask->q->step, b);
            cricket_buf_literal(b, ",\"min_doc_count\":1},\"aggs\":{");
            cricket_ask_body_metrics(ask, b);
            cricket_buf_literal(b, "}}}");

        } else {
            cricket_ask_body_metrics(ask, b);
            cricket_buf_literal(b, "}");
        }
    }

    for (i = 0; i < depth; i++) {
        cricket_buf_cstr(b, (i == depth - 1) ? "}" : "}}");
    }
}


/* a regular expression of Lucene's: of a key's characters it has only "." */

static void
cricket_ask_body_include(const cricket_ask_t *ask, size_t key,
    cricket_buf_t *b)
{
    size_t                i;
    const cricket_str_t  *s;

    s = &ask->keys[key];

    cricket_buf_literal(b, "\"include\":\"");

    for (i = 0; i < s->len; i++) {
        cricket_buf_cstr(b, (s->data[i] == '.') ? "\\\\" : "");
        cricket_buf_append(b, &s->data[i], 1);
    }

    cricket_buf_literal(b, "=.*\"");
}


/* the values that a key has in the groups that were not left out */

static void
cricket_ask_body_kept(const cricket_ask_t *ask, size_t key, cricket_buf_t *b)
{
    int             rc;
    size_t          i, n;
    cricket_str_t   values[CRICKET_ASK_KEYS];
    cricket_buf_t   text;
    cricket_dict_t  seen;

    cricket_dict_init(&seen);
    cricket_buf_init(&text, SIZE_MAX);

    cricket_buf_literal(b, "[");

    for (i = 0; i < ask->table.norder; i++) {
        cricket_table_values(&ask->table, ask->table.order[i], values);

        n = seen.n;
        rc = cricket_dict_add(&seen, values[key].data, values[key].len, &n);

        if (rc != CRICKET_OK) {
            b->failed = 1;
            break;
        }

        if (n + 1 != seen.n || (i != 0 && seen.n == 1)) {
            continue;
        }

        text.len = 0;
        cricket_buf_append(&text, ask->keys[key].data, ask->keys[key].len);
        cricket_buf_literal(&text, "=");
        cricket_buf_append(&text, values[key].data, values[key].len);

        cricket_buf_cstr(b, (seen.n > 1) ? "," : "");
        cricket_buf_json(b, text.data, text.len);
    }

    cricket_buf_literal(b, "]");

    b->failed |= text.failed;

    cricket_buf_free(&text);
    cricket_dict_free(&seen);
}


/* how many datapoints are in no group; a search may look before the range */

static void
cricket_ask_body_lacking(const cricket_ask_t *ask, unsigned before,
    cricket_buf_t *b)
{
    if (!cricket_ask_counts_lacking(ask)) {
        return;
    }

    cricket_buf_literal(b, ",\"lacking\":{\"filter\":{\"bool\":"
                           "{\"must_not\":[");

    if (before) {
        cricket_search_filter_until(&ask->q->start.time, b);
        cricket_buf_literal(b, ",");
    }

    cricket_buf_literal(b, "{\"bool\":{\"filter\":[");
    cricket_ask_body_prefixes(ask, ask->q->nkeys, b);
    cricket_buf_literal(b, "]}}]}}}");
}


static void
cricket_ask_body_prefix(const cricket_str_t *key, cricket_buf_t *b)
{
    cricket_buf_literal(b, "{\"prefix\":{\"tags\":{\"value\":\"");
    cricket_buf_append(b, key->data, key->len);
    cricket_buf_literal(b, "=\"}}}");
}


static void
cricket_ask_body_prefixes(const cricket_ask_t *ask, size_t n, cricket_buf_t *b)
{
    size_t  i;

    for (i = 0; i < n; i++) {
        cricket_buf_cstr(b, (i == 0) ? "" : ",");
        cricket_ask_body_prefix(&ask->keys[i], b);
    }
}


/* without the brace at its end */

static void
cricket_ask_body_histogram(const cricket_ask_t *ask,
    const cricket_zone_step_t *step, cricket_buf_t *b)
{
    unsigned char  unit;

    cricket_buf_literal(b, "\"date_histogram\":{\"field\":\"timestamp\",");

    if (step->unit == 's' || (step->unit == 'd' && ask->q->zone == NULL)) {
        cricket_buf_literal(b, "\"fixed_interval\":\"");
        cricket_buf_int(b, step->seconds);
        cricket_buf_literal(b, "s\"");

    } else {
        unit = step->unit;

        cricket_buf_literal(b, "\"calendar_interval\":\"1");
        cricket_buf_append(b, &unit, 1);
        cricket_buf_literal(b, "\"");
    }

    if (ask->q->zone != NULL) {
        cricket_buf_literal(b, ",\"time_zone\":");
        cricket_buf_json(b, ask->q->tz.data, ask->q->tz.len);
    }
}


static void
cricket_ask_body_where(const cricket_ask_t *ask, const cricket_buf_t *more,
    cricket_buf_t *b)
{
    const cricket_query_t  *q;

    q = ask->q;

    cricket_search_filter_of(q, cricket_ask_name(ask),
                             ask->partly ? &ask->from.time : &q->start.time,
                             ask->partly ? &ask->to.time : &q->end.time,
                             more, b);
}


/* series, each with its part of the tags, and what it was before the range */

void
cricket_ask_body_series(const cricket_ask_t *ask, cricket_buf_t *b)
{
    size_t  i;

    cricket_buf_literal(b, ",\"aggs\":{\"buckets\":{\"composite\":{\"size\":");
    cricket_buf_int(b, (int64_t) ask->page);
    cricket_buf_literal(b, ",\"sources\":[{\"series\":{\"terms\":"
                           "{\"field\":\"series\"}}}]");

    if (ask->after_set) {
        cricket_buf_literal(b, ",\"after\":{\"series\":");
        cricket_buf_json(b, ask->after.data, ask->after.len);
        cricket_buf_literal(b, "}");
    }

    cricket_buf_literal(b, "},\"aggs\":{");

    for (i = 0; i < ask->nkeys; i++) {
        cricket_buf_literal(b, "\"k");
        cricket_buf_int(b, (int64_t) i);
        cricket_buf_literal(b, "\":{\"terms\":{\"field\":\"tags\",\"size\":1,");
        cricket_ask_body_include(ask, i, b);
        cricket_buf_literal(b, "}},");
    }

    cricket_buf_literal(b, "\"before\":{\"filter\":");
    cricket_search_filter_until(&ask->q->start.time, b);
    cricket_buf_literal(b, ",\"aggs\":{\"max\":{\"max\":"
                           "{\"field\":\"value\"}}}}}}");

    cricket_ask_body_lacking(ask, 1, b);

    cricket_buf_literal(b, "}");

    cricket_ask_body_where(ask, NULL, b);
}


/* bucket by bucket, so that a page need not look at what is before it */

void
cricket_ask_body_cells(const cricket_ask_t *ask, cricket_buf_t *b)
{
    cricket_buf_literal(b, ",\"aggs\":{\"buckets\":{\"composite\":{\"size\":");
    cricket_buf_int(b, (int64_t) ask->page);
    cricket_buf_literal(b, ",\"sources\":[{\"time\":{");
    cricket_ask_body_histogram(ask, &ask->grain, b);
    cricket_buf_literal(b, "}}},{\"series\":{\"terms\":"
                           "{\"field\":\"series\"}}}]");

    if (ask->after_set) {
        cricket_buf_literal(b, ",\"after\":{\"time\":");
        cricket_buf_int(b, ask->after_msec);
        cricket_buf_literal(b, ",\"series\":");
        cricket_buf_json(b, ask->after.data, ask->after.len);
        cricket_buf_literal(b, "}");
    }

    cricket_buf_literal(b, "},\"aggs\":{\"min\":{\"min\":"
                           "{\"field\":\"value\"}},"
                           "\"max\":{\"max\":{\"field\":\"value\"}}}}}");

    cricket_ask_body_where(ask, NULL, b);
}
