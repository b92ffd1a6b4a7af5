
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _CRICKET_OTLP_JSON_PRIVATE_H_INCLUDED_
#define _CRICKET_OTLP_JSON_PRIVATE_H_INCLUDED_


#include "cricket_otlp_json.h"
#include "cricket_otlp_json_value.h"


/* What the parts of the reader of OTLP in JSON have in common. */


/* what a step counts for in a slice that reads nothing */
#define CRICKET_OTLP_JSON_COST  8


/* o->state: in which object or array it is */

#define CRICKET_OTLP_JSON_START             0
#define CRICKET_OTLP_JSON_REQUEST           1
#define CRICKET_OTLP_JSON_RESOURCES         2   /* resourceMetrics */
#define CRICKET_OTLP_JSON_RESOURCE_METRICS  3   /* of which each is one */
#define CRICKET_OTLP_JSON_RESOURCE          4
#define CRICKET_OTLP_JSON_SCOPES            5   /* scopeMetrics */
#define CRICKET_OTLP_JSON_SCOPE_METRICS     6   /* of which each is one */
#define CRICKET_OTLP_JSON_METRICS           7
#define CRICKET_OTLP_JSON_METRIC            8
#define CRICKET_OTLP_JSON_DATA              9   /* gauge, sum, ... */
#define CRICKET_OTLP_JSON_POINTS           10
#define CRICKET_OTLP_JSON_FIELDS           11   /* of a datapoint */
#define CRICKET_OTLP_JSON_BUCKETS          12   /* positive or negative */
#define CRICKET_OTLP_JSON_ATTRIBUTES       13
#define CRICKET_OTLP_JSON_MAKE             14   /* Cricket's datapoints */
#define CRICKET_OTLP_JSON_END              15
#define CRICKET_OTLP_JSON_OVER             16
#define CRICKET_OTLP_JSON_BROKEN           17


/* o->member */

#define CRICKET_OTLP_JSON_NO_MEMBER         0
#define CRICKET_OTLP_JSON_UNKNOWN           1


/* which member of the object in o->state is the key just read? */
unsigned cricket_otlp_json_member(const cricket_otlp_json_t *o);

/*
 * The first token of the value of o->member.  Returns CRICKET_AGAIN or
 * CRICKET_ERROR.
 */
int cricket_otlp_json_value_of(cricket_otlp_json_t *o,
    cricket_json_token_e token);

/* goes into a member that begins with the token just read */
void cricket_otlp_json_start(cricket_otlp_json_t *o, unsigned member);

/* a cricket_otlp_list_pt, whose data is a cricket_otlp_json_t */
int cricket_otlp_json_list(void *data, cricket_otlp_list_e which,
    unsigned first, double *n, double *value);

/* the body is not what it should be: says where; returns CRICKET_ERROR */
int cricket_otlp_json_error(cricket_otlp_json_t *o, const cricket_json_t *json,
    const char *member, const char *message);

/* the next token, or CRICKET_JSON_AGAIN where the slice is over */
cricket_json_token_e cricket_otlp_json_read(cricket_otlp_json_t *o,
    cricket_json_t *json);


static inline void
cricket_otlp_json_cost(cricket_otlp_json_t *o, size_t n)
{
    o->left -= (n < o->left) ? n : o->left;
}


#endif /* _CRICKET_OTLP_JSON_PRIVATE_H_INCLUDED_ */
