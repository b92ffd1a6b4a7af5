
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* Walks through a reply as tables of its members say. */


#include <string.h>

#include "cricket_search_reader.h"


static const cricket_search_member_t *cricket_search_walk_find(
    cricket_search_reader_t *r, const cricket_search_member_t *m);


int
cricket_search_walk_object(cricket_search_reader_t *r,
    const cricket_search_member_t *m, cricket_json_token_e token)
{
    int                             rc;
    unsigned                        seen, bit;
    const cricket_search_member_t  *member;

    if (token != CRICKET_JSON_OBJECT) {
        return CRICKET_INVALID;
    }

    seen = 0;

    for ( ;; ) {
        token = cricket_json_next(&r->json);

        if (token == CRICKET_JSON_OBJECT_END) {
            break;
        }

        if (token != CRICKET_JSON_KEY) {
            return CRICKET_INVALID;
        }

        member = cricket_search_walk_find(r, m->members);

        token = cricket_json_next(&r->json);

        if (member == NULL) {

            if ((m->flags & CRICKET_SEARCH_CLOSED)
                || cricket_json_skip(&r->json, token) != CRICKET_OK)
            {
                return CRICKET_INVALID;
            }

            continue;
        }

        bit = 1u << (member - m->members);

        rc = (seen & bit) ? CRICKET_INVALID
                          : member->handler(r, member, token);

        if (rc != CRICKET_OK) {

            if (r->place == NULL) {
                r->place = member->place;
            }

            return rc;
        }

        seen |= bit;
    }

    for (member = m->members, bit = 1; member->name.len; member++, bit <<= 1) {

        if (!(member->has & r->has)
            || (member->flags & CRICKET_SEARCH_OPTIONAL)
            || (seen & bit))
        {
            continue;
        }

        /* a document may lack some of the fields, or all */

        if (!(member->flags & CRICKET_SEARCH_DOCUMENT)
            || cricket_search_walk_odd(r) != CRICKET_OK)
        {
            r->place = member->place;
            return CRICKET_INVALID;
        }
    }

    return CRICKET_OK;
}


static const cricket_search_member_t *
cricket_search_walk_find(cricket_search_reader_t *r,
    const cricket_search_member_t *m)
{
    const cricket_str_t  *key;

    key = &r->json.text;

    for ( /* void */ ; m->name.len; m++) {

        if (m->name.len == key->len
            && m->name.data[0] == key->data[0]
            && (m->has & r->has)
            && memcmp(m->name.data, key->data, key->len) == 0)
        {
            return m;
        }
    }

    return NULL;
}


int
cricket_search_walk_array(cricket_search_reader_t *r,
    const cricket_search_member_t *m, cricket_json_token_e token)
{
    int  rc;

    if (token != CRICKET_JSON_ARRAY) {
        return CRICKET_INVALID;
    }

    for ( ;; ) {
        token = cricket_json_next(&r->json);

        if (token == CRICKET_JSON_ARRAY_END) {
            return CRICKET_OK;
        }

        rc = m->item(r, m, token);

        if (rc != CRICKET_OK) {
            return rc;
        }
    }
}


int
cricket_search_walk_any(cricket_search_reader_t *r,
    const cricket_search_member_t *m, cricket_json_token_e token)
{
    (void) m;

    return cricket_json_skip(&r->json, token);
}


int
cricket_search_walk_false(cricket_search_reader_t *r,
    const cricket_search_member_t *m, cricket_json_token_e token)
{
    (void) r;
    (void) m;

    return (token == CRICKET_JSON_FALSE) ? CRICKET_OK : CRICKET_INVALID;
}


int
cricket_search_walk_zero(cricket_search_reader_t *r,
    const cricket_search_member_t *m, cricket_json_token_e token)
{
    const cricket_str_t  *text;

    (void) m;

    text = &r->json.text;

    return (token == CRICKET_JSON_NUMBER
            && text->len == 1 && text->data[0] == '0') ? CRICKET_OK
                                                       : CRICKET_INVALID;
}


/* a string that is not empty, and the only one */

int
cricket_search_walk_text(cricket_search_reader_t *r,
    const cricket_search_member_t *m, cricket_json_token_e token)
{
    cricket_result_text_t  *text;

    text = (cricket_result_text_t *) ((char *) r + m->offset);

    if (token != CRICKET_JSON_STRING) {
        return CRICKET_INVALID;
    }

    if (r->json.text.len == 0 || text->text.len != 0) {
        return cricket_search_walk_odd(r);
    }

    text->text = r->json.text;
    text->escaped = r->json.escaped;

    return CRICKET_OK;
}


/* a number, and the only one */

int
cricket_search_walk_value(cricket_search_reader_t *r,
    const cricket_search_member_t *m, cricket_json_token_e token)
{
    cricket_str_t  *value;

    value = (cricket_str_t *) ((char *) r + m->offset);

    if (token != CRICKET_JSON_NUMBER) {
        return CRICKET_INVALID;
    }

    if (value->len != 0) {
        return cricket_search_walk_odd(r);
    }

    *value = r->json.text;

    return CRICKET_OK;
}


/* what is not finite is null, or a string such as "Infinity" */

int
cricket_search_walk_number(cricket_search_reader_t *r,
    const cricket_search_member_t *m, cricket_json_token_e token)
{
    if (token == CRICKET_JSON_NULL || token == CRICKET_JSON_STRING) {
        return CRICKET_OK;
    }

    return cricket_search_walk_value(r, m, token);
}


/* a number that is whole and has at most 18 digits */

int
cricket_search_walk_integer(const cricket_search_reader_t *r,
    cricket_json_token_e token, int64_t *n)
{
    return (token == CRICKET_JSON_NUMBER)
           ? cricket_json_integer(&r->json.text, n) : CRICKET_INVALID;
}


int
cricket_search_walk_count(cricket_search_reader_t *r,
    const cricket_search_member_t *m, cricket_json_token_e token)
{
    (void) m;

    if (cricket_search_walk_integer(r, token, &r->bucket.count) != CRICKET_OK
        || r->bucket.count < 0)
    {
        return CRICKET_INVALID;
    }

    return CRICKET_OK;
}


int
cricket_search_walk_odd(cricket_search_reader_t *r)
{
    if (!(r->has & (CRICKET_SEARCH_HITS | CRICKET_SEARCH_NAMES))) {
        return CRICKET_INVALID;
    }

    r->odd = 1;

    return CRICKET_OK;
}
