
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _CRICKET_RESULT_H_INCLUDED_
#define _CRICKET_RESULT_H_INCLUDED_


#include "cricket_query_private.h"


/*
 * An answer on its way from where it was found to whoever asked: a head, hits
 * or buckets, a tail.  Who finds them knows no format, and a format not where
 * they were found.  All texts point into what was read, which is kept until the
 * answer is written.
 */

/* what stands between the quotes of a JSON string */

typedef struct {
    cricket_str_t              text;
    unsigned                   escaped:1;
} cricket_result_text_t;


typedef struct {
    cricket_result_text_t      name;
    cricket_result_text_t      type;
    cricket_str_t              value;       /* a JSON number */
    cricket_time_t             time;
    size_t                     ntags;
    cricket_str_t              tags[CRICKET_TAGS];  /* as name.text */
} cricket_result_hit_t;


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
} cricket_result_bucket_t;


typedef struct cricket_result_writer_s  cricket_result_writer_t;


typedef struct {
    const cricket_result_writer_t  *writer;
    const cricket_query_t          *q;
    cricket_buf_t                  *out;
    cricket_buf_t                   cell;       /* the writer's */
    size_t                          n;          /* hits or buckets written */
} cricket_result_t;


/*
 * A format: what comes before the hits or buckets, each of these, and what
 * comes behind.  A failure for want of memory shows in result->out->failed and
 * result->cell.failed; CRICKET_INVALID is for a number beyond a double, or half
 * a surrogate pair.
 */

struct cricket_result_writer_s {
    void  (*head)(cricket_result_t *result);
    int   (*hit)(cricket_result_t *result, const cricket_result_hit_t *hit);
    int   (*bucket)(cricket_result_t *result,
              const cricket_result_bucket_t *bucket);
    void  (*tail)(cricket_result_t *result);
};


/* begins an answer to q, behind what is in out */
void cricket_result_init(cricket_result_t *result,
    const cricket_result_writer_t *writer, const cricket_query_t *q,
    cricket_buf_t *out);

void cricket_result_free(cricket_result_t *result);

/*
 * Resolves the escapes of a text, if it has some in b, which is emptied first.
 * Returns CRICKET_OK, CRICKET_INVALID (half a surrogate pair) or CRICKET_ERROR.
 */
int cricket_result_plain(const cricket_result_text_t *text, cricket_buf_t *b,
    cricket_str_t *plain);


#endif /* _CRICKET_RESULT_H_INCLUDED_ */
