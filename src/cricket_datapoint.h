
/*
 * Copyright (C) Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _CRICKET_DATAPOINT_H_INCLUDED_
#define _CRICKET_DATAPOINT_H_INCLUDED_


#include "cricket_json.h"
#include "cricket_time.h"


#define CRICKET_NAME_LEN       512
#define CRICKET_TYPE_LEN       64
#define CRICKET_TAGS           40
#define CRICKET_TAG_KEY_LEN    256
#define CRICKET_TAG_VALUE_LEN  1024


/* both as name below; without escapes a key is its own text */

typedef struct {
    cricket_str_t          key;
    cricket_str_t          value;
} cricket_tag_t;


/*
 * A valid datapoint.  The strings are what stood between the quotes, escapes
 * and all, and may be written between quotes again as they are.  They point
 * into the body that was read.
 */

typedef struct {
    cricket_str_t          name;
    cricket_str_t          type;
    cricket_str_t          number;      /* the text of value */
    double                 value;
    cricket_time_t         timestamp;
    size_t                 ntags;
    cricket_tag_t          tags[CRICKET_TAGS];
} cricket_datapoint_t;


typedef enum {
    CRICKET_BODY_JSON = 0,      /* an array of datapoints, or one */
    CRICKET_BODY_NDJSON         /* one a line; blank lines are passed over */
} cricket_body_e;


typedef struct {
    cricket_json_t         json;
    cricket_body_e         type;
    const unsigned char   *pos;         /* of the next line of NDJSON */
    const unsigned char   *last;
    size_t                 max;
    unsigned               state;

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
 * A line of NDJSON that is not JSON is CRICKET_INVALID, not CRICKET_ERROR; but
 * what is no NDJSON at all, one array or gzip, is CRICKET_ERROR.
 */
int cricket_body_next(cricket_body_t *body, cricket_datapoint_t *dp);


#endif /* _CRICKET_DATAPOINT_H_INCLUDED_ */
