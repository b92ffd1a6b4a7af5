
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* Makes a search of what was asked. */


#include "cricket_search.h"
#include "cricket_search_private.h"


/* one more than is shown tells that there are more */
#define CRICKET_SEARCH_TYPES  (CRICKET_RESULT_TYPES + 1)


static void cricket_search_hits(const cricket_query_t *q, cricket_buf_t *b);
static void cricket_search_sort(const cricket_query_t *q, cricket_buf_t *b);
static int cricket_search_early(const cricket_query_t *q);
static void cricket_search_names(const cricket_query_t *q, cricket_buf_t *b);


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
        cricket_search_names(q, b);
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


/* doc values: several times as fast as _source, which need not be parsed */

static void
cricket_search_hits(const cricket_query_t *q, cricket_buf_t *b)
{
    /* one more than is shown tells whether there is a next page */

    cricket_buf_int(b, q->kind == CRICKET_QUERY_EXPORT ? q->page
                                                       : q->page + 1);

    cricket_buf_literal(b, ",\"_source\":false,\"stored_fields\":\"_none_\","
                           "\"docvalue_fields\":[\"value\",\"tags\"");

    if (q->name.len == 0 || q->kind == CRICKET_QUERY_LAST) {
        cricket_buf_literal(b, ",\"name\"");
    }

    if (q->type.len == 0 || q->kind == CRICKET_QUERY_LAST) {
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
        cricket_search_filter_comma(b);
        cricket_buf_literal(b, "{\"");
        cricket_buf_cstr(b, sort[i].field);
        cricket_buf_literal(b, "\":{\"order\":\"");
        cricket_buf_cstr(b, q->descending ? "desc" : "asc");
        cricket_buf_literal(b, "\"");
        cricket_buf_cstr(b, sort[i].options);

        /*
         * Behind all others, as by default, but in so many words: then no shard
         * is left out by what others have found, where Elasticsearch 7 takes
         * -4443 milliseconds for the year -4443.
         */

        if (i == 0 && cricket_search_early(q)) {
            cricket_buf_literal(b, ",\"missing\":");
            cricket_buf_int(b, q->descending ? INT64_MIN : INT64_MAX);
        }

        cricket_buf_literal(b, "}}");
    }

    cricket_buf_literal(b, "]");

    if (q->kind == CRICKET_QUERY_LAST) {

        /* of each series the first, which is its newest */

        cricket_buf_literal(b, ",\"collapse\":{\"field\":\"series\"}");
        return;
    }

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


/* may there be datapoints before 1970 in what is asked for? */

static int
cricket_search_early(const cricket_query_t *q)
{
    const cricket_time_t  *from, *to;

    cricket_search_span(q, &from, &to);

    return from == NULL || from->sec < 0;
}


static void
cricket_search_names(const cricket_query_t *q, cricket_buf_t *b)
{
    cricket_buf_literal(b, ",\"aggs\":{\"buckets\":{\"composite\":{\"size\":");

    /* one more than is shown tells whether there is a next page */

    cricket_buf_int(b, q->page + 1);

    cricket_buf_literal(b, ",\"sources\":[{\"name\":{\"terms\":"
                           "{\"field\":\"name\"}}}]");

    if (q->after_set) {
        cricket_buf_literal(b, ",\"after\":{\"name\":");
        cricket_buf_json(b, q->after.name.data, q->after.name.len);
        cricket_buf_literal(b, "}");
    }

    cricket_buf_literal(b, "}");

    if (q->detail) {
        cricket_buf_literal(b, ",\"aggs\":{\"types\":{\"terms\":{"
                               "\"field\":\"type\",\"size\":");
        cricket_buf_int(b, CRICKET_SEARCH_TYPES);
        cricket_buf_literal(b, ",\"order\":{\"_key\":\"asc\"}}},"
                               "\"distinct\":{\"cardinality\":{"
                               "\"field\":\"series\"}},"
                               "\"last\":{\"max\":{"
                               "\"field\":\"timestamp\"}}}");
    }

    cricket_buf_literal(b, "}}");
}
