
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* Reads values of what is asked of OpenTSDB, and tells what is wrong. */


#include <stdlib.h>

#include "cricket_opentsdb_private.h"


/* the largest long of Java's, where a counter ends if nobody says where */
#define CRICKET_OPENTSDB_LONG  9223372036854775807.0


int
cricket_opentsdb_wrong(cricket_opentsdb_ask_t *ask, const char *member,
    const char *message, const cricket_str_t *shown)
{
    cricket_buf_t  *b;

    b = ask->err;

    if (ask->within[0] == 'q' || ask->within[0] == 'f') {
        cricket_buf_literal(b, "queries[");
        cricket_buf_int(b, (int64_t) (ask->n - ask->by_m) - 1);
        cricket_buf_cstr(b, (ask->within[0] == 'f') ? "].filters[" : "].");

        if (ask->within[0] == 'f') {
            cricket_buf_int(b, (int64_t) ask->filter);
            cricket_buf_literal(b, "].");
        }
    }

    cricket_buf_cstr(b, (ask->within[0] == 'm') ? "m" : member);
    cricket_buf_literal(b, ": ");

    if (shown != NULL && shown->len != 0) {
        cricket_buf_literal(b, "\"");
        cricket_buf_shown(b, shown->data, shown->len, CRICKET_OPENTSDB_SHOWN);
        cricket_buf_literal(b, "\": ");
    }

    cricket_buf_cstr(b, message);

    return CRICKET_INVALID;
}


int
cricket_opentsdb_another(cricket_opentsdb_ask_t *ask)
{
    cricket_query_t  *q;

    if (ask->n == CRICKET_OPENTSDB_QUERIES) {
        ask->within = "";
        return cricket_opentsdb_wrong(ask, (ask->by_m == ask->n) ? "m"
                                                                 : "queries",
                                      "more than 50 in one request, expected "
                                      "several requests", NULL);
    }

    q = calloc(1, sizeof(cricket_query_t));
    if (q == NULL) {
        return CRICKET_ERROR;
    }

    if (ask->last != NULL) {
        ask->last->next = q;

    } else {
        ask->first = q;
    }

    ask->last = q;
    ask->set = 0;

    q->kind = CRICKET_QUERY_LINES;
    q->now = ask->params->now;
    q->limit = CRICKET_QUERY_LIMIT;
    q->format = CRICKET_FORMAT_OPENTSDB;
    q->format_set = 1;
    q->lines.nth = ask->n++;
    q->lines.counter_max = CRICKET_OPENTSDB_LONG;

    return CRICKET_OK;
}


/* an object, each of whose members is known */

int
cricket_opentsdb_value_object(cricket_opentsdb_ask_t *ask,
    const cricket_opentsdb_member_t *members, cricket_json_token_e token,
    const char *expected)
{
    int                               rc;
    cricket_str_t                     name;
    const cricket_opentsdb_member_t  *member;

    if (token == CRICKET_JSON_ERROR) {
        return cricket_opentsdb_value_json(ask);
    }

    if (token != CRICKET_JSON_OBJECT) {
        return cricket_opentsdb_wrong(ask, "body", expected, NULL);
    }

    for ( ;; ) {
        token = cricket_json_next(&ask->json);

        if (token == CRICKET_JSON_OBJECT_END) {
            return CRICKET_OK;
        }

        if (token != CRICKET_JSON_KEY) {
            return cricket_opentsdb_value_json(ask);
        }

        name = ask->json.text;

        for (member = members; member->name != NULL; member++) {

            if (cricket_string_is(&name, member->name)) {
                break;
            }
        }

        if (member->name == NULL) {
            return cricket_opentsdb_wrong(ask, "member", "unknown", &name);
        }

        token = cricket_json_next(&ask->json);

        if (token == CRICKET_JSON_ERROR) {
            return cricket_opentsdb_value_json(ask);
        }

        if (token == CRICKET_JSON_NULL) {
            continue;
        }

        rc = member->handler(ask, member->name, token);

        if (rc != CRICKET_OK) {
            return rc;
        }
    }
}


/* what is no JSON, and where */

int
cricket_opentsdb_value_json(cricket_opentsdb_ask_t *ask)
{
    cricket_buf_literal(ask->err, "body: at byte ");
    cricket_buf_int(ask->err, ask->json.pos - ask->json.start);
    cricket_buf_literal(ask->err, ": ");
    cricket_buf_cstr(ask->err, ask->json.error ? ask->json.error
                                               : "expected something else");
    return CRICKET_INVALID;
}


/* a string, without escapes, that lives as long as its question */

int
cricket_opentsdb_value_text(cricket_opentsdb_ask_t *ask, const char *name,
    cricket_json_token_e token, cricket_str_t *text)
{
    ptrdiff_t       n;
    unsigned char  *p;

    if (token != CRICKET_JSON_STRING) {
        return cricket_opentsdb_wrong(ask, name, "expected a string", NULL);
    }

    p = cricket_query_space(ask->last, ask->json.text.len + 1);
    if (p == NULL) {
        return CRICKET_ERROR;
    }

    n = cricket_json_decode(&ask->json.text, p);

    if (n < 0) {
        return cricket_opentsdb_wrong(ask, name, "half a surrogate pair",
                                      NULL);
    }

    text->data = p;
    text->len = n;

    return CRICKET_OK;
}


int
cricket_opentsdb_value_bool(cricket_opentsdb_ask_t *ask, const char *name,
    cricket_json_token_e token, unsigned *value)
{
    if (token == CRICKET_JSON_TRUE
        || (token == CRICKET_JSON_STRING
            && cricket_string_is(&ask->json.text, "true")))
    {
        *value = 1;
        return CRICKET_OK;
    }

    if (token == CRICKET_JSON_FALSE || token == CRICKET_JSON_NULL
        || (token == CRICKET_JSON_STRING
            && cricket_string_is(&ask->json.text, "false")))
    {
        *value = 0;
        return CRICKET_OK;
    }

    return cricket_opentsdb_wrong(ask, name, "expected true or false", NULL);
}


int
cricket_opentsdb_value_number(cricket_opentsdb_ask_t *ask, const char *name,
    cricket_json_token_e token, double *value)
{
    if (token != CRICKET_JSON_NUMBER
        || cricket_json_double(&ask->json.text, value) != CRICKET_OK
        || *value < 0)
    {
        return cricket_opentsdb_wrong(ask, name, "expected a number that is "
                                      "not below 0", NULL);
    }

    return CRICKET_OK;
}


/* a string or a number that is short */

int
cricket_opentsdb_value_short(cricket_opentsdb_ask_t *ask, const char *name,
    cricket_json_token_e token, unsigned char *dst, size_t *len)
{
    ptrdiff_t  n;

    if (token != CRICKET_JSON_STRING && token != CRICKET_JSON_NUMBER) {
        return cricket_opentsdb_wrong(ask, name,
                                      "expected a string or a number", NULL);
    }

    if (ask->json.text.len > CRICKET_OPENTSDB_TEXT) {
        return cricket_opentsdb_wrong(ask, name, "longer than 64 bytes", NULL);
    }

    n = cricket_json_decode(&ask->json.text, dst);

    if (n < 0) {
        return cricket_opentsdb_wrong(ask, name, "half a surrogate pair",
                                      NULL);
    }

    *len = n;

    return CRICKET_OK;
}


int
cricket_opentsdb_value_skip(cricket_opentsdb_ask_t *ask, const char *name,
    cricket_json_token_e token)
{
    (void) name;

    return (cricket_json_skip(&ask->json, token) == CRICKET_OK)
           ? CRICKET_OK : cricket_opentsdb_value_json(ask);
}


/* what there is not, if it is asked for and not false or empty */

int
cricket_opentsdb_value_refused(cricket_opentsdb_ask_t *ask, const char *name,
    cricket_json_token_e token)
{
    if (token == CRICKET_JSON_FALSE
        || (token == CRICKET_JSON_ARRAY
            && cricket_json_next(&ask->json) == CRICKET_JSON_ARRAY_END))
    {
        return CRICKET_OK;
    }

    if (ask->json.error != NULL) {
        return cricket_opentsdb_value_json(ask);
    }

    return cricket_opentsdb_wrong(ask, name,
                                  (name[0] == 't')
                                  ? "series are asked for by metric and tags"
                                  : "is not to be had here", NULL);
}
