
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _CRICKET_ASK_REPLY_H_INCLUDED_
#define _CRICKET_ASK_REPLY_H_INCLUDED_


#include "cricket_json.h"
#include "cricket_query_private.h"


/*
 * Reads the aggregations of a reply: buckets within buckets, as their names in
 * the search say:
 *
 *     buckets          of a composite, whose sources are group, time, series
 *     k0 ... k8        terms
 *     time             a date_histogram
 *     types            terms
 *     stats, percentiles, min, max, first, last, nanos    metrics
 *     before, lacking  filters; of "before" the maximum
 *     grouped          a filter around all of these
 */

#define CRICKET_ASK_DEPTH    12

/* what a bucket has */
#define CRICKET_ASK_KEY          0x001
#define CRICKET_ASK_TIME         0x002
#define CRICKET_ASK_COUNT        0x004
#define CRICKET_ASK_STATISTICS   0x008
#define CRICKET_ASK_PERCENTILES  0x010
#define CRICKET_ASK_MIN          0x020
#define CRICKET_ASK_MAX          0x040
#define CRICKET_ASK_BEFORE       0x080
#define CRICKET_ASK_SERIES_KEY   0x100
#define CRICKET_ASK_FIRST        0x200
#define CRICKET_ASK_LAST         0x400
#define CRICKET_ASK_INNER        0x800      /* has buckets of its own */
#define CRICKET_ASK_NANOS        0x1000


typedef struct {
    size_t                     index;       /* of k0 ... k8 */
    unsigned                   seen;
    unsigned char              agg;         /* 'b', 'k', 't' or 'y' */
    cricket_str_t              key;
    cricket_str_t              series;
    int64_t                    msec;
    int64_t                    documents;
    int64_t                    count;
    double                     sum;
    double                     min;
    double                     max;
    double                     average;
    double                     before;
    double                     first;
    double                     last;
    double                     nanos;
    double                     percentiles[CRICKET_QUERY_PERCENTILES];
} cricket_ask_node_t;


typedef struct cricket_ask_reply_s  cricket_ask_reply_t;

/* of a bucket that was read, r->nodes[depth], in those above it */
typedef int (*cricket_ask_bucket_pt)(cricket_ask_reply_t *r, size_t depth);


struct cricket_ask_reply_s {
    cricket_json_t                     json;
    const char                        *place;   /* of what is wrong */

    cricket_ask_bucket_pt              bucket;
    void                              *data;

    const cricket_query_percentile_t  *percentiles;
    size_t                             npercentiles;

    unsigned                           top;     /* what the reply has */
    int64_t                            lacking; /* -1: not there */
    int64_t                            others;  /* in no bucket */
    size_t                             n;       /* buckets of the first level */
    size_t                             depth;
    cricket_ask_node_t                 nodes[CRICKET_ASK_DEPTH];
    cricket_buf_t                      plain[CRICKET_ASK_DEPTH];
    cricket_buf_t                      plain_series;
};


/* the caller sets bucket, data and percentiles afterwards */
void cricket_ask_reply_init(cricket_ask_reply_t *r, const unsigned char *data,
    size_t len);

void cricket_ask_reply_free(cricket_ask_reply_t *r);

/*
 * Reads all of it; nodes[0] are the aggregations.  Returns CRICKET_OK,
 * CRICKET_INVALID, CRICKET_ERROR, or what a handler does.
 */
int cricket_ask_reply_read(cricket_ask_reply_t *r);

/* why it is not valid: a constant */
const char *cricket_ask_reply_reason(const cricket_ask_reply_t *r);


#endif /* _CRICKET_ASK_REPLY_H_INCLUDED_ */
