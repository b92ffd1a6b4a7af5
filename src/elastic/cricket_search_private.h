
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _CRICKET_SEARCH_PRIVATE_H_INCLUDED_
#define _CRICKET_SEARCH_PRIVATE_H_INCLUDED_


#include "cricket_query_private.h"


/*
 * Whether buckets are made by "composite", as all of names and groups are, or
 * by "date_histogram": a series that cannot have too many of them.
 */
int cricket_search_composite(const cricket_query_t *q);

/* appends ,"query":{...}, or nothing where all datapoints are meant */
void cricket_search_filter(const cricket_query_t *q, cricket_buf_t *b);


#endif /* _CRICKET_SEARCH_PRIVATE_H_INCLUDED_ */
