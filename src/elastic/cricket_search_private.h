
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _CRICKET_SEARCH_PRIVATE_H_INCLUDED_
#define _CRICKET_SEARCH_PRIVATE_H_INCLUDED_


#include "cricket_query_private.h"


/* appends ,"query":{...}, or nothing where all datapoints are meant */
void cricket_search_filter(const cricket_query_t *q, cricket_buf_t *b);

/*
 * The same for a name in place of the query's and a range, both ends included;
 * more is what else must hold: queries with commas between them, or NULL.
 */
void cricket_search_filter_of(const cricket_query_t *q,
    const cricket_str_t *name, const cricket_time_t *start,
    const cricket_time_t *end, const cricket_buf_t *more, cricket_buf_t *b);

/* appends a comma between the elements of an array */
void cricket_search_filter_comma(cricket_buf_t *b);

/* makes a query, {"prefix":...}, of the beginning of a tag in the buffer */
void cricket_search_filter_prefix(cricket_buf_t *b);

/* appends a query, {"range":...}, of what is before an instant */
void cricket_search_filter_until(const cricket_time_t *t, cricket_buf_t *b);


#endif /* _CRICKET_SEARCH_PRIVATE_H_INCLUDED_ */
