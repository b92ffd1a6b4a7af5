
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* Reads what the buckets of a reply are made of: numbers, texts, objects. */


#include <math.h>

#include "cricket_ask_reply_value.h"


static int cricket_ask_reply_percentile(cricket_ask_reply_t *r,
    cricket_ask_node_t *node, const cricket_str_t *name,
    cricket_json_token_e token);


void
cricket_ask_reply_clear(cricket_ask_node_t *node)
{
    memset(node, 0, sizeof(cricket_ask_node_t));

    node->before = NAN;
    node->min = NAN;
    node->max = NAN;
    node->average = NAN;
    node->first = NAN;
    node->last = NAN;
    node->nanos = NAN;
}


/* gives each member's name and first token to a handler */

int
cricket_ask_reply_object(cricket_ask_reply_t *r, cricket_json_token_e token,
    cricket_ask_node_t *node, cricket_ask_member_pt member)
{
    int            rc;
    cricket_str_t  name;

    if (token != CRICKET_JSON_OBJECT) {
        return CRICKET_INVALID;
    }

    for ( ;; ) {
        token = cricket_json_next(&r->json);

        if (token == CRICKET_JSON_OBJECT_END) {
            return CRICKET_OK;
        }

        if (token != CRICKET_JSON_KEY) {
            return CRICKET_INVALID;
        }

        name = r->json.text;

        rc = member(r, node, &name, cricket_json_next(&r->json));

        if (rc != CRICKET_OK) {
            return rc;
        }
    }
}


int
cricket_ask_reply_text(cricket_ask_reply_t *r, cricket_buf_t *b,
    cricket_str_t *text)
{
    ptrdiff_t       n;
    unsigned char  *p;

    *text = r->json.text;

    if (!r->json.escaped) {
        return CRICKET_OK;
    }

    b->len = 0;

    p = cricket_buf_reserve(b, text->len);
    if (p == NULL) {
        return CRICKET_ERROR;
    }

    n = cricket_json_decode(text, p);

    if (n < 0) {
        return CRICKET_INVALID;
    }

    text->data = p;
    text->len = n;

    return CRICKET_OK;
}


int
cricket_ask_reply_stats(cricket_ask_reply_t *r, cricket_ask_node_t *node,
    const cricket_str_t *name, cricket_json_token_e token)
{
    size_t   i;
    double  *number;

    static const char  *places[] = {
        "stats.count", "stats.sum", "stats.min", "stats.max", "stats.avg"
    };

    for (i = 0; i < 5; i++) {
        if (cricket_string_is(name, places[i] + sizeof("stats.") - 1)) {
            break;
        }
    }

    if (i == 5) {
        return cricket_json_skip(&r->json, token);
    }

    r->place = places[i];

    if (node->index & (1u << i)) {
        return CRICKET_INVALID;
    }

    node->index |= 1u << i;

    if (i == 0) {
        return (cricket_ask_reply_integer(r, token, &node->count) == CRICKET_OK
                && node->count >= 0) ? CRICKET_OK : CRICKET_INVALID;
    }

    number = (i == 1) ? &node->sum : (i == 2) ? &node->min
             : (i == 3) ? &node->max : &node->average;

    return cricket_ask_reply_number(r, token, number);
}


/* the value of an aggregation that has one, as node->max */

int
cricket_ask_reply_value(cricket_ask_reply_t *r, cricket_ask_node_t *node,
    const cricket_str_t *name, cricket_json_token_e token)
{
    if (!cricket_string_is(name, "value")
        && !cricket_string_is(name, "std_deviation"))
    {
        return cricket_json_skip(&r->json, token);
    }

    if (node->index++ != 0) {
        return CRICKET_INVALID;
    }

    return cricket_ask_reply_number(r, token, &node->max);
}


/* each percentile that was asked for, in whatever order */

int
cricket_ask_reply_values(cricket_ask_reply_t *r, cricket_ask_node_t *node,
    const cricket_str_t *name, cricket_json_token_e token)
{
    size_t              i;
    unsigned            bit;
    cricket_ask_node_t  pair;

    if (!cricket_string_is(name, "values")) {
        return cricket_json_skip(&r->json, token);
    }

    if (token != CRICKET_JSON_ARRAY) {
        return CRICKET_INVALID;
    }

    for ( ;; ) {
        token = cricket_json_next(&r->json);

        if (token == CRICKET_JSON_ARRAY_END) {
            return CRICKET_OK;
        }

        cricket_ask_reply_clear(&pair);

        if (cricket_ask_reply_object(r, token, &pair,
                                     cricket_ask_reply_percentile)
            != CRICKET_OK
            || pair.index != 3)
        {
            return CRICKET_INVALID;
        }

        for (i = 0; i < r->npercentiles; i++) {
            if (r->percentiles[i].value == pair.min) {
                break;
            }
        }

        bit = 1u << i;

        if (i == r->npercentiles || (node->index & bit)) {
            return CRICKET_INVALID;
        }

        node->index |= bit;
        node->percentiles[i] = pair.max;
    }
}


static int
cricket_ask_reply_percentile(cricket_ask_reply_t *r, cricket_ask_node_t *node,
    const cricket_str_t *name, cricket_json_token_e token)
{
    unsigned  bit;

    bit = cricket_string_is(name, "key") ? 1
          : cricket_string_is(name, "value") ? 2 : 0;

    if (bit == 0) {
        return cricket_json_skip(&r->json, token);
    }

    if (node->index & bit) {
        return CRICKET_INVALID;
    }

    node->index |= bit;

    return cricket_ask_reply_number(r, token,
                                    (bit == 1) ? &node->min : &node->max);
}


/* what is not finite is null, or a string such as "Infinity" */

int
cricket_ask_reply_number(cricket_ask_reply_t *r, cricket_json_token_e token,
    double *number)
{
    *number = NAN;

    if (token == CRICKET_JSON_NULL || token == CRICKET_JSON_STRING) {
        return CRICKET_OK;
    }

    if (token != CRICKET_JSON_NUMBER) {
        return CRICKET_INVALID;
    }

    return cricket_json_double(&r->json.text, number);
}


/* a whole number of at most 18 digits */

int
cricket_ask_reply_integer(cricket_ask_reply_t *r, cricket_json_token_e token,
    int64_t *number)
{
    return (token == CRICKET_JSON_NUMBER)
           ? cricket_json_integer(&r->json.text, number) : CRICKET_INVALID;
}
