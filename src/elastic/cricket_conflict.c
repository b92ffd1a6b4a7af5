
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* Asks for what is stored under ids that were given twice, and compares. */


#include <string.h>

#include "cricket_conflict.h"


/* of a request: an id, a routing and the name of a partition each */
#define CRICKET_CONFLICT_BODY  (CRICKET_CONFLICTS * 1024)

/* of ids, and of names whose every byte may be an escape */
#define CRICKET_CONFLICT_TEXT  (CRICKET_CONFLICTS * 4096)

/* 15 digits */
#define CRICKET_CONFLICT_INTEGER  INT64_C(999999999999999)


static int cricket_conflict_action(cricket_json_t *json, cricket_str_t *id);
static int cricket_conflict_source(cricket_json_t *json,
    cricket_conflict_item_t *item, cricket_str_t *name);
static int cricket_conflict_time(cricket_json_t *json,
    cricket_json_token_e token, cricket_time_t *t);
static int cricket_conflict_integer(const cricket_str_t *text, int64_t *n);
static int cricket_conflict_docs(cricket_conflict_t *c, cricket_json_t *json);
static int cricket_conflict_doc(cricket_json_t *json, cricket_str_t *id,
    double *value, int *found);
static int cricket_conflict_value(cricket_json_t *json, double *value,
    int *found);


void
cricket_conflict_init(cricket_conflict_t *c)
{
    c->n = 0;
    c->compared = 0;
    c->differ = 0;
    c->first = NULL;
    c->stored = 0;

    cricket_buf_init(&c->body, CRICKET_CONFLICT_BODY);
    cricket_buf_init(&c->texts, CRICKET_CONFLICT_TEXT);
}


void
cricket_conflict_free(cricket_conflict_t *c)
{
    cricket_buf_free(&c->body);
    cricket_buf_free(&c->texts);
}


int
cricket_conflict_add(cricket_conflict_t *c, const unsigned char *p, size_t len)
{
    cricket_str_t             id, name;
    cricket_json_t            json;
    const unsigned char      *end, *object;
    cricket_conflict_item_t  *item;

    if (c->n == CRICKET_CONFLICTS) {
        return CRICKET_ERROR;
    }

    item = &c->items[c->n];

    end = memchr(p, '\n', len);

    if (end == NULL) {
        return CRICKET_INVALID;
    }

    cricket_json_init(&json, p, end - p);

    if (cricket_conflict_action(&json, &id) != CRICKET_OK) {
        return CRICKET_INVALID;
    }

    /* what says where a document goes also says where it is */

    object = memchr(p + 1, '{', end - (p + 1));

    cricket_json_init(&json, end + 1, p + len - (end + 1));

    if (cricket_conflict_source(&json, item, &name) != CRICKET_OK) {
        return CRICKET_INVALID;
    }

    item->id = c->texts.len;
    item->id_len = id.len;
    item->name_len = name.len;

    cricket_buf_append(&c->texts, id.data, id.len);
    cricket_buf_append(&c->texts, name.data, name.len);

    if (cricket_buf_reserve(&c->body, sizeof("{\"docs\":[") + (end - object)
                                      + sizeof("]}"))
        == NULL
        || c->texts.failed)
    {
        return CRICKET_ERROR;
    }

    cricket_buf_cstr(&c->body, c->n ? "," : "{\"docs\":[");
    cricket_buf_append(&c->body, object, end - 1 - object);

    c->n++;

    return CRICKET_OK;
}


/* {"create":{"_id":"...", ...}}, and nothing else */

static int
cricket_conflict_action(cricket_json_t *json, cricket_str_t *id)
{
    int                   is_id;
    cricket_json_token_e  token;

    id->data = NULL;
    id->len = 0;

    if (cricket_json_next(json) != CRICKET_JSON_OBJECT
        || cricket_json_next(json) != CRICKET_JSON_KEY
        || !cricket_string_is(&json->text, "create")
        || cricket_json_next(json) != CRICKET_JSON_OBJECT)
    {
        return CRICKET_INVALID;
    }

    for ( ;; ) {
        token = cricket_json_next(json);

        if (token != CRICKET_JSON_KEY) {
            break;
        }

        is_id = cricket_string_is(&json->text, "_id");

        if (cricket_json_next(json) != CRICKET_JSON_STRING) {
            return CRICKET_INVALID;
        }

        if (is_id) {
            *id = json->text;
        }
    }

    return (token == CRICKET_JSON_OBJECT_END
            && cricket_json_next(json) == CRICKET_JSON_OBJECT_END
            && cricket_json_next(json) == CRICKET_JSON_END
            && id->len != 0)
           ? CRICKET_OK : CRICKET_INVALID;
}


/* the document, up to its series: what follows may be long */

static int
cricket_conflict_source(cricket_json_t *json, cricket_conflict_item_t *item,
    cricket_str_t *name)
{
    int                   value, timed;
    int64_t               nanos;
    cricket_str_t         key;
    cricket_json_token_e  token;

    name->data = NULL;
    name->len = 0;
    value = 0;
    timed = 0;
    nanos = 0;

    if (cricket_json_next(json) != CRICKET_JSON_OBJECT) {
        return CRICKET_INVALID;
    }

    for ( ;; ) {

        if (cricket_json_next(json) != CRICKET_JSON_KEY) {
            return CRICKET_INVALID;
        }

        key = json->text;

        if (cricket_string_is(&key, "series")) {
            break;
        }

        token = cricket_json_next(json);

        if (cricket_string_is(&key, "name") && token == CRICKET_JSON_STRING) {
            *name = json->text;

        } else if (cricket_string_is(&key, "value")
                   && token == CRICKET_JSON_NUMBER)
        {
            value = (cricket_json_double(&json->text, &item->value)
                     == CRICKET_OK);

        } else if (cricket_string_is(&key, "timestamp")) {
            timed = (cricket_conflict_time(json, token, &item->time)
                     == CRICKET_OK);

        } else if (cricket_string_is(&key, "nanos")
                   && token == CRICKET_JSON_NUMBER)
        {
            if (cricket_conflict_integer(&json->text, &nanos) != CRICKET_OK) {
                return CRICKET_INVALID;
            }
        }

        if (cricket_json_skip(json, token) != CRICKET_OK) {
            return CRICKET_INVALID;
        }
    }

    if (name->len == 0 || !value || !timed || nanos < 0 || nanos > 999999) {
        return CRICKET_INVALID;
    }

    return cricket_time_set(&item->time, cricket_time_msec(&item->time),
                            (uint32_t) nanos);
}


static int
cricket_conflict_time(cricket_json_t *json, cricket_json_token_e token,
    cricket_time_t *t)
{
    char     err[CRICKET_TIME_ERROR];
    int64_t  msec;

    if (token == CRICKET_JSON_STRING) {
        return cricket_time_parse(json->text.data, json->text.len, t, err);
    }

    if (token != CRICKET_JSON_NUMBER
        || cricket_conflict_integer(&json->text, &msec) != CRICKET_OK)
    {
        return CRICKET_INVALID;
    }

    return cricket_time_set(t, msec, 0);
}


/* not negative, and of milliseconds at the most */

static int
cricket_conflict_integer(const cricket_str_t *text, int64_t *n)
{
    return (cricket_json_integer(text, n) == CRICKET_OK
            && *n >= 0 && *n <= CRICKET_CONFLICT_INTEGER)
           ? CRICKET_OK : CRICKET_INVALID;
}


cricket_buf_t *
cricket_conflict_body(cricket_conflict_t *c)
{
    if (c->n == 0) {
        return NULL;
    }

    /* there is room */

    cricket_buf_literal(&c->body, "]}");

    return &c->body;
}


int
cricket_conflict_reply(cricket_conflict_t *c, const unsigned char *data,
    size_t len)
{
    cricket_json_t  json;

    c->compared = 0;
    c->differ = 0;
    c->first = NULL;

    cricket_json_init(&json, data, len);

    if (cricket_json_next(&json) == CRICKET_JSON_OBJECT
        && cricket_json_next(&json) == CRICKET_JSON_KEY
        && cricket_string_is(&json.text, "docs")
        && cricket_json_next(&json) == CRICKET_JSON_ARRAY
        && cricket_conflict_docs(c, &json) == CRICKET_OK
        && cricket_json_next(&json) == CRICKET_JSON_OBJECT_END
        && cricket_json_next(&json) == CRICKET_JSON_END)
    {
        return CRICKET_OK;
    }

    c->compared = 0;
    c->differ = 0;
    c->first = NULL;

    return CRICKET_INVALID;
}


/* in the order of the request; their ids say the same */

static int
cricket_conflict_docs(cricket_conflict_t *c, cricket_json_t *json)
{
    int                       found;
    size_t                    i;
    double                    value;
    cricket_str_t             id;
    cricket_conflict_item_t  *item;

    for (i = 0; i < c->n; i++) {
        item = &c->items[i];

        if (cricket_json_next(json) != CRICKET_JSON_OBJECT) {
            return CRICKET_INVALID;
        }

        if (cricket_conflict_doc(json, &id, &value, &found) != CRICKET_OK
            || id.len != item->id_len
            || memcmp(id.data, c->texts.data + item->id, id.len) != 0)
        {
            return CRICKET_INVALID;
        }

        if (!found) {
            continue;
        }

        c->compared++;

        if (value != item->value && c->differ++ == 0) {
            c->first = item;
            c->stored = value;
        }
    }

    return (cricket_json_next(json) == CRICKET_JSON_ARRAY_END)
           ? CRICKET_OK : CRICKET_INVALID;
}


/* found is whether it has a value */

static int
cricket_conflict_doc(cricket_json_t *json, cricket_str_t *id, double *value,
    int *found)
{
    cricket_str_t         key;
    cricket_json_token_e  token;

    id->data = NULL;
    id->len = 0;
    *found = 0;

    for ( ;; ) {
        token = cricket_json_next(json);

        if (token != CRICKET_JSON_KEY) {
            break;
        }

        key = json->text;
        token = cricket_json_next(json);

        if (cricket_string_is(&key, "_id") && token == CRICKET_JSON_STRING) {
            *id = json->text;

        } else if (cricket_string_is(&key, "_source")
                   && token == CRICKET_JSON_OBJECT)
        {
            if (cricket_conflict_value(json, value, found) != CRICKET_OK) {
                return CRICKET_INVALID;
            }

        } else if (cricket_json_skip(json, token) != CRICKET_OK) {
            return CRICKET_INVALID;
        }
    }

    return (token == CRICKET_JSON_OBJECT_END && id->len != 0)
           ? CRICKET_OK : CRICKET_INVALID;
}


/* a number; or, in a document of somebody else, anything */

static int
cricket_conflict_value(cricket_json_t *json, double *value, int *found)
{
    cricket_str_t         key;
    cricket_json_token_e  token;

    for ( ;; ) {
        token = cricket_json_next(json);

        if (token != CRICKET_JSON_KEY) {
            return (token == CRICKET_JSON_OBJECT_END) ? CRICKET_OK
                                                      : CRICKET_INVALID;
        }

        key = json->text;
        token = cricket_json_next(json);

        if (cricket_string_is(&key, "value") && token == CRICKET_JSON_NUMBER
            && cricket_json_double(&json->text, value) == CRICKET_OK)
        {
            *found = 1;
        }

        if (cricket_json_skip(json, token) != CRICKET_OK) {
            return CRICKET_INVALID;
        }
    }
}


cricket_str_t
cricket_conflict_name(const cricket_conflict_t *c,
    const cricket_conflict_item_t *item)
{
    cricket_str_t  name;

    name.data = c->texts.data + item->id + item->id_len;
    name.len = item->name_len;

    return name;
}
