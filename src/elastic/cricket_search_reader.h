
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _CRICKET_SEARCH_READER_H_INCLUDED_
#define _CRICKET_SEARCH_READER_H_INCLUDED_


#include "cricket_json.h"
#include "cricket_result.h"
#include "cricket_search_private.h"


/*
 * What the parts of the reader of a reply share: the tables of members in
 * cricket_search_read.c say what is read, and by which handler.
 */

/* what a reply has, as the query asked for it */
#define CRICKET_SEARCH_HITS    0x001
#define CRICKET_SEARCH_NAMES   0x002
#define CRICKET_SEARCH_NAME    0x004        /* of hits: not in the query */
#define CRICKET_SEARCH_TYPE    0x008
#define CRICKET_SEARCH_DETAIL  0x010        /* of names */
#define CRICKET_SEARCH_NEWEST  0x020        /* hits that are collapsed */

#define CRICKET_SEARCH_ALL     0xfff

/* 0001-01-01T00:00:00Z in milliseconds */
#define CRICKET_SEARCH_FIRST        -62135596800000LL

/* 9999-12-31T23:59:59.999Z */
#define CRICKET_SEARCH_LAST         253402300799999LL

/* the values of a sort, as cricket_search_sort() has them */
#define CRICKET_SEARCH_SORT_MSEC    0
#define CRICKET_SEARCH_SORT_NANOS   1
#define CRICKET_SEARCH_SORT_SERIES  2
#define CRICKET_SEARCH_SORT_SEQ_NO  3
#define CRICKET_SEARCH_SORT_INDEX   4
#define CRICKET_SEARCH_SORT         5

/* of a member */
#define CRICKET_SEARCH_OPTIONAL     0x1
#define CRICKET_SEARCH_DOCUMENT     0x2     /* a foreign document may lack it */
#define CRICKET_SEARCH_CLOSED       0x4     /* has only what is listed */


typedef struct cricket_search_reader_s  cricket_search_reader_t;
typedef struct cricket_search_member_s  cricket_search_member_t;

/* reads the value of a member whose first token is given */
typedef int (*cricket_search_handler_pt)(cricket_search_reader_t *r,
    const cricket_search_member_t *m, cricket_json_token_e token);


struct cricket_search_member_s {
    cricket_str_t                   name;
    const char                     *place;      /* for a message */
    unsigned                        has;        /* replies that have it */
    unsigned                        flags;
    cricket_search_handler_pt       handler;
    cricket_search_handler_pt       item;       /* of an array */
    const cricket_search_member_t  *members;    /* of an object, or each item */
    size_t                          offset;     /* of the field to set */
};


struct cricket_search_reader_s {
    const cricket_query_t          *q;
    cricket_json_t                  json;
    unsigned                        has;
    const char                     *place;      /* of what is wrong */

    cricket_buf_t                   known;      /* name and type of the query */
    cricket_result_text_t           name;
    cricket_result_text_t           type;

    cricket_result_hit_t            hit;
    size_t                          nsort;
    int64_t                         sort[CRICKET_SEARCH_SORT];  /* numbers */
    size_t                          series_len;
    unsigned char                   series[CRICKET_SERIES_LEN];
    cricket_str_t                   index;
    unsigned                        cut:1;      /* the series is too long */

    cricket_result_bucket_t         bucket;
    cricket_result_text_t           key;
    cricket_buf_t                   plain;      /* the key without escapes */
    cricket_buf_t                   types[CRICKET_RESULT_TYPES];
    cricket_str_t                   last_msec;  /* of a name, numbers */
    cricket_str_t                   last_nanos;
    cricket_str_t                   distinct;

    size_t                          n;          /* hits or buckets read */
    size_t                          foreign;    /* passed over */
    cricket_time_t                  first;      /* of the page */
    cricket_query_position_t        last;       /* but for its index, */
    cricket_str_t                   last_index; /* which is this */

    unsigned                        more:1;     /* there is a next page */
    unsigned                        past:1;     /* the rest is passed over */
    unsigned                        odd:1;      /* of no datapoint */

    cricket_result_t         result;
};


/*
 * Handlers, given the first token of a member's value.  They return CRICKET_OK,
 * CRICKET_INVALID for what no reply has there, or CRICKET_ERROR for want of
 * memory.
 */

/* an object that has m->members, as deep as these go; an array of m->item */
int cricket_search_walk_object(cricket_search_reader_t *r,
    const cricket_search_member_t *m, cricket_json_token_e token);
int cricket_search_walk_array(cricket_search_reader_t *r,
    const cricket_search_member_t *m, cricket_json_token_e token);

/* anything */
int cricket_search_walk_any(cricket_search_reader_t *r,
    const cricket_search_member_t *m, cricket_json_token_e token);

/* false; 0; a string, a value that is not null, or a number, at m->offset */
int cricket_search_walk_false(cricket_search_reader_t *r,
    const cricket_search_member_t *m, cricket_json_token_e token);
int cricket_search_walk_zero(cricket_search_reader_t *r,
    const cricket_search_member_t *m, cricket_json_token_e token);
int cricket_search_walk_text(cricket_search_reader_t *r,
    const cricket_search_member_t *m, cricket_json_token_e token);
int cricket_search_walk_value(cricket_search_reader_t *r,
    const cricket_search_member_t *m, cricket_json_token_e token);
int cricket_search_walk_number(cricket_search_reader_t *r,
    const cricket_search_member_t *m, cricket_json_token_e token);
int cricket_search_walk_integer(const cricket_search_reader_t *r,
    cricket_json_token_e token, int64_t *n);
int cricket_search_walk_count(cricket_search_reader_t *r,
    const cricket_search_member_t *m, cricket_json_token_e token);

/*
 * The document is none of Cricket's: whoever can write to the index may have
 * put it in.  CRICKET_INVALID where there are no documents.
 */
int cricket_search_walk_odd(cricket_search_reader_t *r);

/* datapoints, and their parts */
int cricket_search_hit(cricket_search_reader_t *r,
    const cricket_search_member_t *m, cricket_json_token_e token);
int cricket_search_hit_tag(cricket_search_reader_t *r,
    const cricket_search_member_t *m, cricket_json_token_e token);
int cricket_search_hit_sort(cricket_search_reader_t *r,
    const cricket_search_member_t *m, cricket_json_token_e token);
int cricket_search_hit_sort_value(cricket_search_reader_t *r,
    const cricket_search_member_t *m, cricket_json_token_e token);

/* buckets, and their parts */
int cricket_search_bucket(cricket_search_reader_t *r,
    const cricket_search_member_t *m, cricket_json_token_e token);
int cricket_search_bucket_key(cricket_search_reader_t *r,
    const cricket_search_member_t *m, cricket_json_token_e token);
int cricket_search_bucket_type(cricket_search_reader_t *r,
    const cricket_search_member_t *m, cricket_json_token_e token);
int cricket_search_bucket_type_key(cricket_search_reader_t *r,
    const cricket_search_member_t *m, cricket_json_token_e token);


#endif /* _CRICKET_SEARCH_READER_H_INCLUDED_ */
