
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _CRICKET_ASK_REPLY_VALUE_H_INCLUDED_
#define _CRICKET_ASK_REPLY_VALUE_H_INCLUDED_


#include "cricket_ask_reply.h"


/* of a member: its name, and its first token */
typedef int (*cricket_ask_member_pt)(cricket_ask_reply_t *r,
    cricket_ask_node_t *node, const cricket_str_t *name,
    cricket_json_token_e token);


/* a bucket of which nothing is known */
void cricket_ask_reply_clear(cricket_ask_node_t *node);

/* reads an object, member by member */
int cricket_ask_reply_object(cricket_ask_reply_t *r,
    cricket_json_token_e token, cricket_ask_node_t *node,
    cricket_ask_member_pt member);

/* the text that was just read, without escapes: in b, if it has some */
int cricket_ask_reply_text(cricket_ask_reply_t *r, cricket_buf_t *b,
    cricket_str_t *text);

/* members of "stats", of a metric (its value is node->max), of "percentiles" */
int cricket_ask_reply_stats(cricket_ask_reply_t *r, cricket_ask_node_t *node,
    const cricket_str_t *name, cricket_json_token_e token);
int cricket_ask_reply_value(cricket_ask_reply_t *r, cricket_ask_node_t *node,
    const cricket_str_t *name, cricket_json_token_e token);
int cricket_ask_reply_values(cricket_ask_reply_t *r, cricket_ask_node_t *node,
    const cricket_str_t *name, cricket_json_token_e token);

/* a number, NAN where it is not finite; a whole one of at most 18 digits */
int cricket_ask_reply_number(cricket_ask_reply_t *r,
    cricket_json_token_e token, double *number);
int cricket_ask_reply_integer(cricket_ask_reply_t *r,
    cricket_json_token_e token, int64_t *number);


#endif /* _CRICKET_ASK_REPLY_VALUE_H_INCLUDED_ */
