
/*
 * Copyright (C) Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _CRICKET_SEARCH_PRIVATE_H_INCLUDED_
#define _CRICKET_SEARCH_PRIVATE_H_INCLUDED_


#include "cricket_query_private.h"


/*
 * What cricket_search_read.c finds in a reply and cricket_search_write.c puts
 * into the answer.  All texts point into the reply, or into what the reader
 * keeps until the answer is written.
 */

/* what stands between the quotes of a JSON string */

typedef struct {
    cricket_str_t              text;
    unsigned                   escaped:1;
} cricket_search_text_t;


typedef struct {
    cricket_search_text_t      name;
    cricket_search_text_t      type;
    cricket_str_t              value;       /* a JSON number */
    cricket_time_t             time;
    size_t                     ntags;
    cricket_str_t              tags[CRICKET_TAGS];  /* as name.text */
} cricket_search_hit_t;


/* a bucket, or all that matches; numbers are JSON, or empty: not finite */

typedef struct {
    cricket_str_t              key;         /* a name, or the group's value */
    cricket_time_t             start;
    int64_t                    count;
    cricket_str_t              sum;
    cricket_str_t              min;
    cricket_str_t              max;
    cricket_str_t              average;
    cricket_str_t              percentiles[CRICKET_QUERY_PERCENTILES];
    unsigned                   opens:1;     /* the first of its group */
} cricket_search_bucket_t;


typedef struct {
    const cricket_query_t     *q;
    cricket_format_e           format;
    cricket_buf_t             *out;
    cricket_buf_t              cell;
    size_t                     n;           /* hits or buckets written */
} cricket_search_answer_t;


/*
 * Whether buckets are made by "composite", as all of names and groups are, or
 * by "date_histogram": a series that cannot have too many of them.
 */
int cricket_search_composite(const cricket_query_t *q);

/*
 * What comes before the hits or buckets, each of these, and what comes behind.
 * A failure for want of memory shows in a->out->failed and a->cell.failed;
 * CRICKET_INVALID is for a number beyond a double, or half a surrogate pair.
 */
void cricket_search_write_head(cricket_search_answer_t *a);
int cricket_search_write_hit(cricket_search_answer_t *a,
    const cricket_search_hit_t *hit);
int cricket_search_write_bucket(cricket_search_answer_t *a,
    const cricket_search_bucket_t *bucket);
void cricket_search_write_tail(cricket_search_answer_t *a);

/*
 * Resolves the escapes of a text, if it has some in b, which is emptied first.
 * Returns CRICKET_OK, CRICKET_INVALID (half a surrogate pair) or CRICKET_ERROR.
 */
int cricket_search_plain(const cricket_search_text_t *text, cricket_buf_t *b,
    cricket_str_t *plain);


#endif /* _CRICKET_SEARCH_PRIVATE_H_INCLUDED_ */
