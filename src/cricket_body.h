
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _CRICKET_BODY_H_INCLUDED_
#define _CRICKET_BODY_H_INCLUDED_


#include "cricket_datapoint.h"
#include "cricket_json.h"


/* what a datapoint costs beside its bytes, see cricket_body_limit() */
#define CRICKET_BODY_COST      128


typedef enum {
    CRICKET_BODY_JSON = 0,      /* an array of datapoints, or one */
    CRICKET_BODY_NDJSON         /* one a line; blank lines are passed over */
} cricket_body_e;


typedef struct {
    cricket_json_t         json;
    cricket_body_e         type;
    const unsigned char   *pos;         /* of the next line of NDJSON */
    const unsigned char   *scan;        /* so far a line's end is looked for */
    const unsigned char   *last;
    size_t                 max;
    size_t                 left;        /* of a slice, beyond json.stop */
    unsigned               state;

    /* of a datapoint in the middle of which a slice ended */
    int                    rc;
    unsigned               phase;
    unsigned               member;
    unsigned               seen;
    unsigned               escaped;
    unsigned               depth;

    /* of the datapoint returned last; (size_t) -1 before the first */
    size_t                 index;

    /* what is wrong with it, valid UTF-8 and never empty but for field */
    char                   field[64];   /* "" where it is no one field's */
    char                   message[256];
} cricket_body_t;


/*
 * Starts to read a request's body of at most max datapoints.  The len bytes
 * at data must outlive the datapoints read.
 */
void cricket_body_init(cricket_body_t *body, cricket_body_e type,
    const unsigned char *data, size_t len, size_t max);

/*
 * Ends the slice when some n bytes, at least one, are read from here on, a
 * datapoint counting as CRICKET_BODY_COST more: cricket_body_next() returns
 * CRICKET_AGAIN then, be it in the middle of one, and is to be called with the
 * same dp after the limit is set anew.  What is read is the same, however the
 * body is sliced.
 */
void cricket_body_limit(cricket_body_t *body, size_t n);

/*
 * Reads the next datapoint.  Returns
 * CRICKET_OK       dp is a valid one, body->index counts from 0;
 * CRICKET_INVALID  body->index, field and message say what is wrong with this
 *                  one, be it a bare NaN; the next call goes on behind it;
 * CRICKET_DONE     the body is over and was well-formed;
 * CRICKET_ERROR    the body is not JSON, or neither an array nor an object, or
 *                  has more than max datapoints: body->message says where
 *                  (the byte, counted from 0) and why, and body->index == max
 *                  only in the latter case.  Nothing of the body should be
 *                  used.
 * CRICKET_AGAIN    only behind cricket_body_limit().
 * A line of NDJSON that is not JSON is CRICKET_INVALID, not CRICKET_ERROR; but
 * what is no NDJSON at all, one array, gzip, or a first object over several
 * lines, is CRICKET_ERROR.
 */
int cricket_body_next(cricket_body_t *body, cricket_datapoint_t *dp);


#endif /* _CRICKET_BODY_H_INCLUDED_ */
