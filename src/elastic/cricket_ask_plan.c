
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* What all searches of a question go by. */


#include <math.h>

#include "cricket_ask_private.h"


const cricket_str_t *
cricket_ask_name(const cricket_ask_t *ask)
{
    return ask->per ? &ask->q->per
           : ask->q->histogram ? &ask->bucket_name : &ask->q->name;
}


int
cricket_ask_cumulative(const cricket_ask_t *ask)
{
    return ask->q->rate == CRICKET_RATE_CUMULATIVE;
}


size_t
cricket_ask_percentiles(const cricket_ask_t *ask,
    const cricket_query_percentile_t **percentiles)
{
    const cricket_query_t  *q;

    q = ask->q;

    if (ask->step == CRICKET_ASK_RANK) {
        *percentiles = &q->rank_percentile;

        return (q->rank == CRICKET_RANK_PERCENTILE);
    }

    *percentiles = q->percentiles;

    return (q->histogram || ask->per) ? 0 : q->npercentiles;
}


int
cricket_ask_counts_lacking(const cricket_ask_t *ask)
{
    if (ask->q->nkeys == 0 || ask->per) {
        return 0;
    }

    switch (ask->step) {

    case CRICKET_ASK_CENSUS:
        return 1;

    case CRICKET_ASK_SERIES_OF:
        return !ask->after_set;

    case CRICKET_ASK_RANK:
    case CRICKET_ASK_STATS:

        /* of those that were ranked it was counted then */

        return ask->nkeys == 1 && !ask->ranked;

    default:
        return 0;
    }
}


/*
 * "composite" makes only the buckets that are asked for, in order, and none
 * that are empty.  "date_histogram" is cheaper, but makes all there are, and
 * fails when these are too many for Elasticsearch (search.max_buckets).
 */

int
cricket_ask_composite(const cricket_ask_t *ask)
{
    if (ask->nkeys != 0) {
        return ask->nkeys == 1;
    }

    return cricket_table_buckets(ask->q, CRICKET_QUERY_BUCKETS)
           > CRICKET_QUERY_BUCKETS;
}


/* milliseconds are of whole seconds here, but who knows */

int64_t
cricket_ask_seconds(int64_t msec)
{
    return (msec < 0 && msec % 1000 != 0) ? msec / 1000 - 1 : msec / 1000;
}


/* a fall is a restart, from 0 */

double
cricket_ask_growth(double before, double now)
{
    if (isnan(before)) {
        return NAN;
    }

    return (now < before) ? now : now - before;
}
