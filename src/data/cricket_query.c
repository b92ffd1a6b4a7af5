
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* A question: what does not depend on who asked it, and how. */


#include <stdlib.h>

#include "cricket_query_private.h"


struct cricket_query_text_s {
    cricket_query_text_t  *next;
    unsigned char          data[];
};


void
cricket_query_free(cricket_query_t *q)
{
    while (q != NULL) {
        q = cricket_query_next_of(q);
    }
}


cricket_query_t *
cricket_query_next_of(cricket_query_t *q)
{
    cricket_query_t       *next;
    cricket_query_text_t  *text;

    next = q->next;

    while (q->texts != NULL) {
        text = q->texts;
        q->texts = text->next;
        free(text);
    }

    cricket_zone_free(q->zone);
    free(q);

    return next;
}


int
cricket_query_has_next(const cricket_query_t *q)
{
    return q->next != NULL;
}


unsigned char *
cricket_query_space(cricket_query_t *q, size_t n)
{
    cricket_query_text_t  *text;

    if (n > SIZE_MAX - sizeof(cricket_query_text_t)) {
        return NULL;
    }

    text = malloc(sizeof(cricket_query_text_t) + n);
    if (text == NULL) {
        return NULL;
    }

    text->next = q->texts;
    q->texts = text;

    return text->data;
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


uint64_t
cricket_query_precision(const cricket_query_t *q)
{
    return q->precision;
}


const cricket_str_t *
cricket_query_statement(const cricket_query_t *q)
{
    return &q->statement;
}


int
cricket_query_summary(const cricket_query_t *q)
{
    return q->summary;
}


int
cricket_query_details(const cricket_query_t *q)
{
    return q->details;
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
