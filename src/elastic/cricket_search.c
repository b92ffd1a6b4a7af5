
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* Makes a search of what was asked. */


#include "cricket_search.h"
#include "cricket_search_private.h"


static void cricket_search_hits(const cricket_query_t *q, cricket_buf_t *b);
static void cricket_search_sort(const cricket_query_t *q, cricket_buf_t *b);
static void cricket_search_aggs(const cricket_query_t *q, cricket_buf_t *b);
static void cricket_search_sources(const cricket_query_t *q, cricket_buf_t *b);
static void cricket_search_histogram(const cricket_query_t *q,
    cricket_buf_t *b);
static void cricket_search_after(const cricket_query_t *q, cricket_buf_t *b);
static void cricket_search_metrics(const cricket_query_t *q, cricket_buf_t *b);
static void cricket_search_filters(const cricket_query_t *q, cricket_buf_t *b);
static void cricket_search_times(const cricket_query_t *q, cricket_buf_t *b);
static void cricket_search_later(const cricket_time_t **from,
    const cricket_time_t *t);
static void cricket_search_earlier(const cricket_time_t **to,
    const cricket_time_t *t);
static void cricket_search_term(cricket_buf_t *b, const char *field,
    const cricket_str_t *value);
static void cricket_search_range(cricket_buf_t *b, const cricket_time_t *from,
    const cricket_time_t *to);
static void cricket_search_before(cricket_buf_t *b, const cricket_time_t *t);
static void cricket_search_behind(cricket_buf_t *b, const cricket_time_t *t);
static void cricket_search_nanos_at(cricket_buf_t *b, const cricket_time_t *t);
static void cricket_search_time(cricket_buf_t *b, const cricket_time_t *t);
static void cricket_search_comma(cricket_buf_t *b);


void
cricket_search_uri(const cricket_query_t *q, cricket_buf_t *b)
{
    /* a part of the shards is not an answer */

    cricket_buf_literal(b, "/_search?allow_partial_search_results=false");

    /* aggregations are nearly all of their reply: to filter it costs more */

    if (cricket_query_is_datapoints(q)) {
        cricket_buf_literal(b, "&filter_path=timed_out,_shards.total,"
                               "_shards.failed,hits.hits.fields,"
                               "hits.hits.sort");
    }
}


void
cricket_search_body(const cricket_query_t *q, cricket_buf_t *b)
{
    cricket_buf_literal(b, "{\"track_total_hits\":false,\"size\":");

    if (cricket_query_is_datapoints(q)) {
        cricket_search_hits(q, b);

    } else {
        cricket_buf_literal(b, "0");
        cricket_search_aggs(q, b);
    }

    cricket_search_filters(q, b);
    cricket_buf_literal(b, "}");
}


int
cricket_search_halve(cricket_query_t *q)
{
    if (q->page <= 1 || !cricket_query_is_datapoints(q)) {
        return CRICKET_DONE;
    }

    q->page /= 2;

    return CRICKET_OK;
}


/*
 * "composite" makes only the buckets that are asked for, in order, and none
 * that are empty.  "date_histogram" is cheaper, but makes all there are, and
 * fails when these are too many for Elasticsearch (search.max_buckets).  They
 * are aligned to the epoch, so that the first and the last may be cut.
 */

int
cricket_search_composite(const cricket_query_t *q)
{
    if (q->interval.len == 0 || q->group_by.len != 0) {
        return 1;
    }

    return (q->end.time.sec - q->start.time.sec) / q->seconds + 2
           > CRICKET_QUERY_BUCKETS;
}


/* doc values: several times as fast as _source, which need not be parsed */

static void
cricket_search_hits(const cricket_query_t *q, cricket_buf_t *b)
{
    /* one more than is shown tells whether there is a next page */

    cricket_buf_int(b, q->kind == CRICKET_QUERY_METRICS ? q->page + 1
                                                        : q->page);

    cricket_buf_literal(b, ",\"_source\":false,\"stored_fields\":\"_none_\","
                           "\"docvalue_fields\":[\"value\",\"tags\"");

    if (q->name.len == 0) {
        cricket_buf_literal(b, ",\"name\"");
    }

    if (q->type.len == 0) {
        cricket_buf_literal(b, ",\"type\"");
    }

    cricket_buf_literal(b, "]");

    cricket_search_sort(q, b);
}


/* in that order no two documents are the same: see cricket_query_position_t */

static void
cricket_search_sort(const cricket_query_t *q, cricket_buf_t *b)
{
    size_t  i;

    static const struct {
        const char  *field;
        const char  *options;
    } sort[] = {
        { "timestamp", "" },
        { "nanos", ",\"missing\":0" },
        { "series", ",\"missing\":\"\",\"unmapped_type\":\"keyword\"" },
        { "_seq_no", "" },
        { "_index", "" }
    };

    cricket_buf_literal(b, ",\"sort\":[");

    for (i = 0; i < sizeof(sort) / sizeof(sort[0]); i++) {
        cricket_search_comma(b);
        cricket_buf_literal(b, "{\"");
        cricket_buf_cstr(b, sort[i].field);
        cricket_buf_literal(b, "\":{\"order\":\"");
        cricket_buf_cstr(b, q->descending ? "desc" : "asc");
        cricket_buf_literal(b, "\"");
        cricket_buf_cstr(b, sort[i].options);
        cricket_buf_literal(b, "}}");
    }

    cricket_buf_literal(b, "]");

    if (q->after_set) {
        cricket_buf_literal(b, ",\"search_after\":[");
        cricket_buf_int(b, cricket_time_msec(&q->after.time));
        cricket_buf_literal(b, ",");
        cricket_buf_int(b, cricket_time_nanos(&q->after.time));
        cricket_buf_literal(b, ",");
        cricket_buf_json(b, q->after.series, q->after.series_len);
        cricket_buf_literal(b, ",");
        cricket_buf_int(b, q->after.seq_no);
        cricket_buf_literal(b, ",");
        cricket_buf_json(b, q->after.index, q->after.index_len);
        cricket_buf_literal(b, "]");
    }
}


static void
cricket_search_aggs(const cricket_query_t *q, cricket_buf_t *b)
{
    if (q->kind == CRICKET_QUERY_STATS
        && q->interval.len == 0 && q->group_by.len == 0)
    {
        cricket_search_metrics(q, b);
        return;
    }

    cricket_buf_literal(b, ",\"aggs\":{\"buckets\":{");

    if (cricket_search_composite(q)) {
        cricket_search_sources(q, b);
        cricket_search_after(q, b);

    } else {
        cricket_search_histogram(q, b);
        cricket_buf_literal(b, ",\"min_doc_count\":1");
    }

    cricket_buf_literal(b, "}");

    if (q->kind == CRICKET_QUERY_STATS) {
        cricket_search_metrics(q, b);
    }

    cricket_buf_literal(b, "}}");
}


static void
cricket_search_sources(const cricket_query_t *q, cricket_buf_t *b)
{
    cricket_buf_literal(b, "\"composite\":{\"size\":");

    if (q->kind == CRICKET_QUERY_NAMES) {
        cricket_buf_int(b, q->page + 1);

    } else if (q->interval.len != 0) {
        cricket_buf_int(b, CRICKET_QUERY_BUCKETS + 1);

    } else {
        cricket_buf_int(b, CRICKET_QUERY_GROUPS + 1);
    }

    cricket_buf_literal(b, ",\"sources\":[");

    if (q->kind == CRICKET_QUERY_NAMES) {
        cricket_buf_literal(b, "{\"name\":{\"terms\":{\"field\":\"name\"}}}");
    }

    if (q->group_by.len != 0) {
        cricket_buf_literal(b, "{\"group\":{\"terms\":{\"field\":\"tags\"}}}");
    }

    if (q->interval.len != 0) {

        if (q->group_by.len != 0) {
            cricket_buf_literal(b, ",");
        }

        cricket_buf_literal(b, "{\"time\":{");
        cricket_search_histogram(q, b);
        cricket_buf_literal(b, "}}}");
    }

    cricket_buf_literal(b, "]");
}


/* without the brace at its end */

static void
cricket_search_histogram(const cricket_query_t *q, cricket_buf_t *b)
{
    cricket_buf_literal(b, "\"date_histogram\":{\"field\":\"timestamp\","
                           "\"fixed_interval\":\"");
    cricket_buf_int(b, q->seconds);
    cricket_buf_literal(b, "s\"");
}


/*
 * The tags "KEY=..." are in a row in the order of all tags, behind "KEY=",
 * which is none itself.
 */

static void
cricket_search_after(const cricket_query_t *q, cricket_buf_t *b)
{
    if (q->after_set) {
        cricket_buf_literal(b, ",\"after\":{\"name\":");
        cricket_buf_json(b, q->after.name.data, q->after.name.len);
        cricket_buf_literal(b, "}");
    }

    if (q->group_by.len != 0) {
        cricket_buf_literal(b, ",\"after\":{\"group\":\"");
        cricket_buf_append(b, q->group_by.data, q->group_by.len);
        cricket_buf_literal(b, "=\"");

        if (q->interval.len != 0) {
            cricket_buf_literal(b, ",\"time\":0");
        }

        cricket_buf_literal(b, "}");
    }
}


static void
cricket_search_metrics(const cricket_query_t *q, cricket_buf_t *b)
{
    size_t  i;

    cricket_buf_literal(b, ",\"aggs\":{\"stats\":"
                           "{\"stats\":{\"field\":\"value\"}}");

    if (q->npercentiles != 0) {
        cricket_buf_literal(b, ",\"percentiles\":{\"percentiles\":"
                               "{\"field\":\"value\",\"keyed\":false,"
                               "\"percents\":[");

        for (i = 0; i < q->npercentiles; i++) {

            if (i != 0) {
                cricket_buf_literal(b, ",");
            }

            cricket_buf_append(b, q->percentiles[i].text.data,
                               q->percentiles[i].text.len);
        }

        cricket_buf_literal(b, "]}}");
    }

    cricket_buf_literal(b, "}");
}


static void
cricket_search_filters(const cricket_query_t *q, cricket_buf_t *b)
{
    size_t                 i;
    const cricket_time_t  *t;

    if (q->nargs == 0 && !q->after_set) {
        return;
    }

    cricket_buf_literal(b, ",\"query\":{\"bool\":{\"filter\":[");

    cricket_search_term(b, "name", &q->name);
    cricket_search_term(b, "type", &q->type);

    for (i = 0; i < q->ntags; i++) {
        cricket_search_term(b, "tags", &q->tags[i]);
    }

    if (q->prefix.len != 0) {
        cricket_buf_literal(b, "{\"prefix\":{\"name\":{\"value\":");
        cricket_buf_json(b, q->prefix.data, q->prefix.len);
        cricket_buf_literal(b, "}}}");
    }

    cricket_search_times(q, b);

    cricket_buf_literal(b, "],\"must_not\":[");

    if (q->start.set) {
        cricket_search_before(b, &q->start.time);
    }

    if (q->end.set) {
        cricket_search_behind(b, &q->end.time);
    }

    if (q->timestamp.set) {
        t = &q->timestamp.time;

        cricket_search_before(b, t);
        cricket_search_behind(b, t);
    }

    cricket_buf_literal(b, "]}}");
}


/*
 * The milliseconds that are asked for.  "search_after" alone would go through
 * all that the pages before had, so what is past is filtered out as well.
 */

static void
cricket_search_times(const cricket_query_t *q, cricket_buf_t *b)
{
    const cricket_time_t  *from, *to;

    cricket_search_span(q, &from, &to);

    if (from != NULL || to != NULL) {
        cricket_search_range(b, from, to);
    }
}


void
cricket_search_span(const cricket_query_t *q, const cricket_time_t **from,
    const cricket_time_t **to)
{
    *from = q->start.set ? &q->start.time : NULL;
    *to = q->end.set ? &q->end.time : NULL;

    if (q->timestamp.set) {
        cricket_search_later(from, &q->timestamp.time);
        cricket_search_earlier(to, &q->timestamp.time);
    }

    if (q->after_set && q->kind != CRICKET_QUERY_NAMES) {

        if (q->descending) {
            cricket_search_earlier(to, &q->after.time);

        } else {
            cricket_search_later(from, &q->after.time);
        }
    }

    if (q->until.set) {
        cricket_search_earlier(to, &q->until.time);
    }
}


static void
cricket_search_later(const cricket_time_t **from, const cricket_time_t *t)
{
    if (*from == NULL || cricket_time_cmp(t, *from) > 0) {
        *from = t;
    }
}


static void
cricket_search_earlier(const cricket_time_t **to, const cricket_time_t *t)
{
    if (*to == NULL || cricket_time_cmp(t, *to) < 0) {
        *to = t;
    }
}


static void
cricket_search_term(cricket_buf_t *b, const char *field,
    const cricket_str_t *value)
{
    if (value->len == 0) {
        return;
    }

    cricket_search_comma(b);
    cricket_buf_literal(b, "{\"term\":{\"");
    cricket_buf_cstr(b, field);
    cricket_buf_literal(b, "\":");
    cricket_buf_json(b, value->data, value->len);
    cricket_buf_literal(b, "}}");
}


/* the milliseconds of both, included; where one is NULL, there is no end */

static void
cricket_search_range(cricket_buf_t *b, const cricket_time_t *from,
    const cricket_time_t *to)
{
    cricket_search_comma(b);
    cricket_buf_literal(b, "{\"range\":{\"timestamp\":{");

    if (from) {
        cricket_buf_literal(b, "\"gte\":");
        cricket_search_time(b, from);
        cricket_buf_literal(b, ",");
    }

    if (to) {
        cricket_buf_literal(b, "\"lte\":");
        cricket_search_time(b, to);
        cricket_buf_literal(b, ",");
    }

    cricket_buf_literal(b, "\"format\":"
                           "\"epoch_millis||strict_date_optional_time\"}}}");
}


/*
 * What is in the millisecond of t, but before t or behind it.  A document has
 * "nanos" and "nanos_at" only where the former is not 0: so for a t of whole
 * milliseconds, as nearly all are, a search has one cheap clause more.
 */

static void
cricket_search_before(cricket_buf_t *b, const cricket_time_t *t)
{
    if (cricket_time_nanos(t) == 0) {
        return;
    }

    cricket_search_comma(b);
    cricket_buf_literal(b, "{\"bool\":{\"filter\":[");
    cricket_search_range(b, t, t);
    cricket_buf_literal(b, "],\"must_not\":[{\"range\":{\"nanos\":{\"gte\":");
    cricket_buf_int(b, cricket_time_nanos(t));
    cricket_buf_literal(b, "}}}]}}");
}


static void
cricket_search_behind(cricket_buf_t *b, const cricket_time_t *t)
{
    cricket_search_comma(b);

    if (cricket_time_nanos(t) == 0) {
        cricket_search_nanos_at(b, t);
        return;
    }

    cricket_buf_literal(b, "{\"bool\":{\"filter\":[");
    cricket_search_nanos_at(b, t);
    cricket_buf_literal(b, ",{\"range\":{\"nanos\":{\"gt\":");
    cricket_buf_int(b, cricket_time_nanos(t));
    cricket_buf_literal(b, "}}}]}}");
}


static void
cricket_search_nanos_at(cricket_buf_t *b, const cricket_time_t *t)
{
    cricket_buf_literal(b, "{\"term\":{\"nanos_at\":");
    cricket_buf_int(b, cricket_time_msec(t));
    cricket_buf_literal(b, "}}");
}


/*
 * A number is less work for Elasticsearch than a text, of which, where digits
 * are missing at the end of "lte", it thinks them to be 9s.
 */

static void
cricket_search_time(cricket_buf_t *b, const cricket_time_t *t)
{
    size_t          n;
    uint32_t        msec;
    unsigned char   text[CRICKET_TIME_LEN];
    cricket_time_t  whole;

    if (t->sec >= CRICKET_TIME_NUMBERS) {
        cricket_buf_int(b, cricket_time_msec(t));
        return;
    }

    whole.sec = t->sec;
    whole.nsec = 0;

    msec = t->nsec / 1000000;

    n = cricket_time_format(text, &whole) - 1;

    text[n++] = '.';
    text[n++] = (unsigned char) ('0' + msec / 100);
    text[n++] = (unsigned char) ('0' + msec / 10 % 10);
    text[n++] = (unsigned char) ('0' + msec % 10);
    text[n++] = 'Z';

    cricket_buf_literal(b, "\"");
    cricket_buf_append(b, text, n);
    cricket_buf_literal(b, "\"");
}


/* between the elements of an array */

static void
cricket_search_comma(cricket_buf_t *b)
{
    if (b->len != 0 && b->data[b->len - 1] != '[') {
        cricket_buf_literal(b, ",");
    }
}
