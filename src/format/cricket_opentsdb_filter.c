
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* Reads OpenTSDB's filters of tags. */


#include <string.h>
#include <strings.h>

#include "cricket_opentsdb_private.h"
#include "cricket_params_value.h"


/* whether a filter has several values, a pattern, an expression, or nothing */

typedef enum {
    CRICKET_OPENTSDB_LITERALS = 0,
    CRICKET_OPENTSDB_PATTERN,
    CRICKET_OPENTSDB_EXPRESSION,
    CRICKET_OPENTSDB_NO_KEY
} cricket_opentsdb_filter_e;


typedef struct {
    const char                *name;
    cricket_opentsdb_filter_e  what;
    unsigned                   not;
    unsigned                   fold;        /* both cases */
    const char                *description;
    const char                *example;
} cricket_opentsdb_filter_t;


static const cricket_opentsdb_filter_t  cricket_opentsdb_filters[] = {

    { "iliteral_or", CRICKET_OPENTSDB_LITERALS, 0, 1,
      "One of the values between the bars, in whatever case.",
      "host=iliteral_or(web-1|web-2)" },

    { "iwildcard", CRICKET_OPENTSDB_PATTERN, 0, 1,
      "A pattern in which * is any text, in whatever case.",
      "host=iwildcard(web-*)" },

    { "literal_or", CRICKET_OPENTSDB_LITERALS, 0, 0,
      "One of the values between the bars.",
      "host=literal_or(web-1|web-2)" },

    { "not_iliteral_or", CRICKET_OPENTSDB_LITERALS, 1, 1,
      "None of the values between the bars, in whatever case.",
      "host=not_iliteral_or(web-1|web-2)" },

    { "not_key", CRICKET_OPENTSDB_NO_KEY, 1, 0,
      "Series without the key; the filter is empty.",
      "host=not_key()" },

    { "not_literal_or", CRICKET_OPENTSDB_LITERALS, 1, 0,
      "None of the values between the bars.",
      "host=not_literal_or(web-1|web-2)" },

    { "regexp", CRICKET_OPENTSDB_EXPRESSION, 0, 0,
      "A regular expression that is found in the value.",
      "host=regexp(^web-[0-9]+$)" },

    { "wildcard", CRICKET_OPENTSDB_PATTERN, 0, 0,
      "A pattern in which * is any text.",
      "host=wildcard(web-*)" }
};

#define CRICKET_OPENTSDB_FILTERS                                              \
    (sizeof(cricket_opentsdb_filters) / sizeof(cricket_opentsdb_filters[0]))


static int cricket_opentsdb_filter_group(cricket_opentsdb_ask_t *ask,
    const cricket_str_t *key);
static int cricket_opentsdb_filter_literals(cricket_opentsdb_ask_t *ask,
    const cricket_opentsdb_filter_t *type, const cricket_str_t *key,
    const cricket_str_t *filter);
static int cricket_opentsdb_filter_pattern(cricket_opentsdb_ask_t *ask,
    const cricket_opentsdb_filter_t *type, const cricket_str_t *key,
    const cricket_str_t *filter);
static int cricket_opentsdb_filter_add(cricket_opentsdb_ask_t *ask,
    const cricket_opentsdb_filter_t *type, const cricket_str_t *key,
    const cricket_buf_t *value, unsigned like, unsigned regexp);


const char *
cricket_opentsdb_filter_type(size_t i, const char **description,
    const char **example)
{
    if (i >= CRICKET_OPENTSDB_FILTERS) {
        return NULL;
    }

    *description = cricket_opentsdb_filters[i].description;
    *example = cricket_opentsdb_filters[i].example;

    return cricket_opentsdb_filters[i].name;
}


int
cricket_opentsdb_filter(cricket_opentsdb_ask_t *ask, const cricket_str_t *key,
    const cricket_str_t *type, const cricket_str_t *filter, unsigned group)
{
    int                               rc;
    size_t                            i;
    const char                       *message;
    cricket_buf_t                     text;
    const cricket_opentsdb_filter_t  *row;

    for (i = 0; i < CRICKET_OPENTSDB_FILTERS; i++) {
        row = &cricket_opentsdb_filters[i];

        if (type->len == strlen(row->name)
            && strncasecmp((const char *) type->data, row->name, type->len)
               == 0)
        {
            break;
        }
    }

    if (i == CRICKET_OPENTSDB_FILTERS) {
        return cricket_opentsdb_wrong(ask, "type",
                                      "expected literal_or, iliteral_or, "
                                      "not_literal_or, not_iliteral_or, "
                                      "wildcard, iwildcard, regexp or not_key",
                                      type);
    }

    if (key->len == 0 || key->len > CRICKET_TAG_KEY_LEN
        || !cricket_datapoint_is_key(key->data, key->len))
    {
        return cricket_opentsdb_wrong(ask, "tagk", "expected the key of a tag",
                                      key);
    }

    if ((filter->len == 0) != (row->what == CRICKET_OPENTSDB_NO_KEY)) {
        return cricket_opentsdb_wrong(ask, "filter",
                                      filter->len ? "of not_key it is empty"
                                                  : "empty", NULL);
    }

    if (group && cricket_opentsdb_filter_group(ask, key) != CRICKET_OK) {
        return CRICKET_INVALID;
    }

    ask->set++;

    switch (row->what) {

    case CRICKET_OPENTSDB_LITERALS:
        return cricket_opentsdb_filter_literals(ask, row, key, filter);

    case CRICKET_OPENTSDB_EXPRESSION:
        cricket_buf_init(&text, SIZE_MAX);

        message = cricket_opentsdb_regexp(filter, &text);

        rc = (message != NULL)
             ? cricket_opentsdb_wrong(ask, "filter", message, filter)
             : cricket_opentsdb_filter_add(ask, row, key, &text, 0, 1);

        cricket_buf_free(&text);

        return rc;

    default:
        return cricket_opentsdb_filter_pattern(ask, row, key, filter);
    }
}


/* "*", "web-*", "web-1|web-2", or a type and parentheses around these */

int
cricket_opentsdb_filter_tag(cricket_opentsdb_ask_t *ask,
    const cricket_str_t *key, const cricket_str_t *value, unsigned group)
{
    cricket_str_t         type, filter;
    const unsigned char  *paren;

    static const cricket_str_t  literals = cricket_string("literal_or");
    static const cricket_str_t  pattern = cricket_string("iwildcard");
    static const cricket_str_t  any = cricket_string("wildcard");

    paren = (value->len != 0) ? memchr(value->data, '(', value->len) : NULL;

    if (paren != NULL && value->data[value->len - 1] == ')') {
        type.data = value->data;
        type.len = paren - value->data;

        filter.data = paren + 1;
        filter.len = value->len - type.len - 2;

        return cricket_opentsdb_filter(ask, key, &type, &filter, group);
    }

    if (cricket_string_is(value, "*")) {
        return cricket_opentsdb_filter(ask, key, &any, value, group);
    }

    if (value->len != 0 && memchr(value->data, '*', value->len) != NULL) {
        return cricket_opentsdb_filter(ask, key, &pattern, value, group);
    }

    return cricket_opentsdb_filter(ask, key, &literals, value, group);
}


static int
cricket_opentsdb_filter_group(cricket_opentsdb_ask_t *ask,
    const cricket_str_t *key)
{
    size_t            i;
    unsigned char    *p;
    cricket_query_t  *q;

    q = ask->last;

    for (i = 0; i < q->nkeys; i++) {

        if (q->keys[i].len == key->len
            && memcmp(q->keys[i].data, key->data, key->len) == 0)
        {
            return CRICKET_OK;
        }
    }

    if (q->nkeys == CRICKET_QUERY_KEYS) {
        return cricket_opentsdb_wrong(ask, "tagk",
                                      "groups by more than 8 keys", NULL);
    }

    p = cricket_query_space(q, key->len);
    if (p == NULL) {
        return CRICKET_ERROR;
    }

    memcpy(p, key->data, key->len);

    q->keys[q->nkeys].data = p;
    q->keys[q->nkeys++].len = key->len;

    return CRICKET_OK;
}


static int
cricket_opentsdb_filter_literals(cricket_opentsdb_ask_t *ask,
    const cricket_opentsdb_filter_t *type, const cricket_str_t *key,
    const cricket_str_t *filter)
{
    int                   rc;
    size_t                i, n;
    cricket_buf_t         text;
    const unsigned char  *p, *last, *bar;

    cricket_buf_init(&text, SIZE_MAX);

    p = filter->data;
    last = p + filter->len;
    n = 0;
    rc = CRICKET_OK;

    for ( /* void */ ; rc == CRICKET_OK && p < last; p = bar + 1) {
        bar = memchr(p, '|', last - p);
        bar = (bar != NULL) ? bar : last;

        if (bar == p) {
            continue;
        }

        text.len = 0;

        for (i = 0; p + i < bar; i++) {

            if (type->fold) {
                cricket_opentsdb_regexp_char(p[i], 1, &text);

            } else {
                cricket_buf_append(&text, p + i, 1);
            }
        }

        n++;
        rc = cricket_opentsdb_filter_add(ask, type, key, &text, 0,
                                         type->fold);
    }

    cricket_buf_free(&text);

    if (rc == CRICKET_OK && n == 0) {
        return cricket_opentsdb_wrong(ask, "filter", "has no value", filter);
    }

    return rc;
}


/* only "*" means something in them */

static int
cricket_opentsdb_filter_pattern(cricket_opentsdb_ask_t *ask,
    const cricket_opentsdb_filter_t *type, const cricket_str_t *key,
    const cricket_str_t *filter)
{
    int             rc;
    size_t          i;
    unsigned char   c;
    cricket_buf_t   text;

    cricket_buf_init(&text, SIZE_MAX);

    if (type->what == CRICKET_OPENTSDB_NO_KEY) {
        cricket_buf_literal(&text, "*");
    }

    for (i = 0; i < filter->len; i++) {
        c = filter->data[i];

        if (c == '*') {

            if (i == 0 || filter->data[i - 1] != '*') {
                cricket_buf_cstr(&text, type->fold ? ".*" : "*");
            }

            continue;
        }

        if (type->fold) {
            cricket_opentsdb_regexp_char(c, 1, &text);
            continue;
        }

        cricket_buf_cstr(&text, (c == '?' || c == '\\') ? "\\" : "");
        cricket_buf_append(&text, &c, 1);
    }

    rc = cricket_opentsdb_filter_add(ask, type, key, &text, !type->fold,
                                     type->fold);
    cricket_buf_free(&text);

    return rc;
}


static int
cricket_opentsdb_filter_add(cricket_opentsdb_ask_t *ask,
    const cricket_opentsdb_filter_t *type, const cricket_str_t *key,
    const cricket_buf_t *value, unsigned like, unsigned regexp)
{
    unsigned char        *p;
    const char           *message;
    cricket_str_t         text;
    cricket_query_t      *q;
    cricket_query_tag_t  *tag;

    q = ask->last;

    if (value->failed) {
        return CRICKET_ERROR;
    }

    text.data = value->data;
    text.len = value->len;

    message = like ? cricket_params_is_pattern(&text) : NULL;

    if (value->len > CRICKET_TAG_VALUE_LEN
        || (regexp && value->len + key->len > CRICKET_OPENTSDB_REGEXP))
    {
        message = "longer than the value of a tag, or than Elasticsearch "
                  "allows";
    }

    if (q->ntags == CRICKET_QUERY_TAGS) {
        message = "more than 256 values in all filters, expected a pattern";
    }

    if (message != NULL) {
        return cricket_opentsdb_wrong(ask, "filter", message, NULL);
    }

    p = cricket_query_space(q, key->len + 1 + value->len);
    if (p == NULL) {
        return CRICKET_ERROR;
    }

    memcpy(p, key->data, key->len);
    p[key->len] = '=';

    if (value->len != 0) {
        memcpy(p + key->len + 1, value->data, value->len);
    }

    tag = &q->tags[q->ntags++];

    tag->text.data = p;
    tag->text.len = key->len + 1 + value->len;
    tag->key = key->len;
    tag->set = ask->set;
    tag->not = type->not;
    tag->like = like;
    tag->regexp = regexp;

    return CRICKET_OK;
}
