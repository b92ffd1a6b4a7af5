
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* Makes a search of what was asked. */


#include "cricket_search.h"
#include "cricket_search_private.h"


static void cricket_search_hits(const cricket_query_t *q, cricket_buf_t *b);
static void cricket_search_aggs(const cricket_query_t *q, cricket_buf_t *b);
static void cricket_search_sources(const cricket_query_t *q, cricket_buf_t *b);
static void cricket_search_histogram(const cricket_query_t *q,
    cricket_buf_t *b);
static void cricket_search_after(const cricket_query_t *q, cricket_buf_t *b);
static void cricket_search_metrics(const cricket_query_t *q, cricket_buf_t *b);


void
cricket_search_uri(const cricket_query_t *q, cricket_buf_t *b)
{
    /* a part of the shards is not an answer */

    cricket_buf_literal(b, "/_search?allow_partial_search_results=false");

    /* aggregations are nearly all of their reply: to filter it costs more */

    if (cricket_query_is_datapoints(q)) {
        cricket_buf_literal(b, "&filter_path=timed_out,_shards.failed,"
                               "hits.hits.fields,hits.hits.sort");
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

    cricket_search_filter(q, b);
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
    const char  *order;

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

    order = q->descending ? "desc" : "asc";

    cricket_buf_literal(b, "],\"sort\":[{\"timestamp\":\"");
    cricket_buf_cstr(b, order);
    cricket_buf_literal(b, "\"},{\"nanos\":{\"order\":\"");
    cricket_buf_cstr(b, order);
    cricket_buf_literal(b, "\",\"missing\":0}},{\"_seq_no\":\"");
    cricket_buf_cstr(b, order);
    cricket_buf_literal(b, "\"},{\"_index\":\"");
    cricket_buf_cstr(b, order);
    cricket_buf_literal(b, "\"}]");

    if (q->after_set) {
        cricket_buf_literal(b, ",\"search_after\":[");
        cricket_buf_int(b, cricket_time_msec(&q->after.time));
        cricket_buf_literal(b, ",");
        cricket_buf_int(b, cricket_time_nanos(&q->after.time));
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
