
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* A question: what does not depend on who asked it, and how. */


#include <stdlib.h>

#include "cricket_query_private.h"


void
cricket_query_free(cricket_query_t *q)
{
    if (q != NULL) {
        cricket_zone_free(q->zone);
        free(q);
    }
}


int
cricket_query_is_datapoints(const cricket_query_t *q)
{
    return q->kind == CRICKET_QUERY_METRICS || q->kind == CRICKET_QUERY_EXPORT
           || q->kind == CRICKET_QUERY_LAST;
}


int
cricket_query_accept_partial(const cricket_query_t *q)
{
    return q->accept_partial;
}


int
cricket_query_refresh(const cricket_query_t *q)
{
    return q->refresh;
}


cricket_query_rate_e
cricket_query_rate_of(const cricket_str_t *type)
{
    if (cricket_string_is(type, "cumulative")) {
        return CRICKET_RATE_CUMULATIVE;
    }

    if (cricket_string_is(type, "counter")
        || cricket_string_is(type, "timer"))
    {
        return CRICKET_RATE_INCREMENTS;
    }

    return CRICKET_RATE_TRUE;
}
