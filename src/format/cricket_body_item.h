
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


/*
 * Reads what begins with the token, where a datapoint should, to its end; or
 * goes on where a slice ended.  Returns as a reader does, but
 * CRICKET_ERROR, with the message in body->json, if it isn't JSON.
 */
int cricket_body_item(cricket_body_t *body, cricket_json_token_e token,
    cricket_datapoint_t *dp);

/* sets body->reader.message, and returns CRICKET_INVALID */
int cricket_body_item_invalid(cricket_body_t *body, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));


#endif /* _CRICKET_BODY_ITEM_H_INCLUDED_ */
