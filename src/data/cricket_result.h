
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _CRICKET_RESULT_H_INCLUDED_
#define _CRICKET_RESULT_H_INCLUDED_


#include "cricket_query_private.h"


/* types of a name that are listed */
#define CRICKET_RESULT_TYPES  20


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


/*
 * A bucket, or all that matches, of a group, if there are groups; or a name, or
 * a value of a tag, or a key.  A number that is not finite is null.
 */

typedef struct {
    cricket_str_t              key;         /* a name, a value, a key */
    cricket_str_t              values[CRICKET_QUERY_KEYS];  /* of the group */
    cricket_time_t             start;
    int64_t                    count;
    double                     sum;
    double                     min;
    double                     max;
    double                     average;
    double                     rate;
    double                     per_sum;
    double                     ratio;
    double                     observations;
    double                     below;
    double                     percentiles[CRICKET_QUERY_PERCENTILES];

    /* of a name, a value or a key */
    cricket_time_t             last;
    int64_t                    series;
    size_t                     ntypes;
    cricket_str_t              types[CRICKET_RESULT_TYPES];

    unsigned                   opens:1;     /* the first of its group */
    unsigned                   partial:1;
    unsigned                   has_last:1;
    unsigned                   more_types:1;
} cricket_result_bucket_t;


/* a series, or several as one, over time */

typedef struct {
    int64_t                    msec;
    double                     value;
} cricket_result_point_t;


typedef struct {
    cricket_str_t                  name;
    size_t                         ntags;
    const cricket_str_t           *tags;    /* KEY=VALUE, in their order */
    size_t                         nkeys;
    const cricket_str_t           *keys;    /* whose values differ, likewise */
    size_t                         nids;
    const cricket_str_t           *ids;     /* of its series */
    size_t                         n;
    const cricket_result_point_t  *points;
} cricket_result_line_t;


typedef struct cricket_result_writer_s  cricket_result_writer_t;


typedef struct {
    const cricket_result_writer_t  *writer;
    const cricket_query_t          *q;
    cricket_buf_t                  *out;
    cricket_buf_t                   cell;       /* the writer's */
    size_t                          n;          /* hits or buckets written */
    int64_t                         lacking;    /* of groups: before the tail */
    int64_t                         left_out;
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
    void  (*line)(cricket_result_t *result,
              const cricket_result_line_t *line);
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
