
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _CRICKET_BODY_ITEM_H_INCLUDED_
#define _CRICKET_BODY_ITEM_H_INCLUDED_


#include "cricket_body.h"


/* body->phase, of the datapoint that is being read */

#define CRICKET_BODY_ITEM_BETWEEN    0    /* there is none */
#define CRICKET_BODY_ITEM_FIELD      1    /* before a field or the end */
#define CRICKET_BODY_ITEM_VALUE      2    /* before body->member's */
#define CRICKET_BODY_ITEM_TAG        3    /* before one, or the end of all */
#define CRICKET_BODY_ITEM_TAG_VALUE  4
#define CRICKET_BODY_ITEM_SKIP       5    /* it is invalid: to its end */


/* the members of a datapoint */

typedef enum {
    CRICKET_FIELD_NAME = 0,
    CRICKET_FIELD_TYPE,
    CRICKET_FIELD_VALUE,
    CRICKET_FIELD_TIMESTAMP,
    CRICKET_FIELD_TAGS,
    CRICKET_FIELD_UNKNOWN
} cricket_field_e;


/* reads the member whose first token is given; returns as a reader does */
typedef int (*cricket_body_member_pt)(cricket_body_t *body,
    cricket_json_token_e token, cricket_datapoint_t *dp);


/* how another format says the same in JSON */

struct cricket_body_dialect_s {
    cricket_str_t            names[CRICKET_FIELD_UNKNOWN];  /* empty: none */
    const char              *unknown;   /* what is said of other members */

    cricket_body_member_pt   value;
    cricket_body_member_pt   timestamp;

    /* for what is left, in a datapoint that is valid; or NULL */
    void                   (*whole)(cricket_body_t *body,
                                 cricket_datapoint_t *dp);

    unsigned                 lines:1;   /* it may come as NDJSON, too */
    unsigned                 numbers:1; /* the value of a tag may be one */
    unsigned                 text:1;    /* reader.text is wanted */
};


/* Cricket's own */
extern const cricket_body_dialect_t  cricket_body_item_own;


/*
 * Reads what begins with the token, where a datapoint should, to its end; or
 * goes on where a slice ended.  Returns as a reader does, but
 * CRICKET_ERROR, with the message in body->json, if it isn't JSON.
 */
int cricket_body_item(cricket_body_t *body, cricket_json_token_e token,
    cricket_datapoint_t *dp);

/* says that something else was expected, and returns CRICKET_INVALID */
int cricket_body_item_expected(cricket_body_t *body, const char *expected,
    cricket_json_token_e token);

/* sets body->reader.message, and returns CRICKET_INVALID */
int cricket_body_item_invalid(cricket_body_t *body, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));


#endif /* _CRICKET_BODY_ITEM_H_INCLUDED_ */
