
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* Reads OpenTSDB's "m=sum:1m-avg:rate:sys.cpu{host=*}{dc=eu}". */


#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cricket_opentsdb_private.h"


static int cricket_opentsdb_m_part(cricket_opentsdb_ask_t *ask,
    const cricket_str_t *part);
static int cricket_opentsdb_m_rate(cricket_opentsdb_ask_t *ask,
    const cricket_str_t *part);
static int cricket_opentsdb_m_number(cricket_opentsdb_ask_t *ask,
    const cricket_str_t *text, double *number);
static int cricket_opentsdb_m_metric(cricket_opentsdb_ask_t *ask,
    const cricket_str_t *text, unsigned group);
static int cricket_opentsdb_m_tags(cricket_opentsdb_ask_t *ask,
    const cricket_str_t *text, unsigned group);
static size_t cricket_opentsdb_m_end(const cricket_str_t *text,
    unsigned char end);
static int cricket_opentsdb_m_begins(const cricket_str_t *text,
    const char *word);


int
cricket_opentsdb_m(cricket_opentsdb_ask_t *ask, const cricket_str_t *m)
{
    int              rc;
    size_t           n;
    const char      *message;
    cricket_str_t    rest, part;

    rc = cricket_opentsdb_another(ask);

    if (rc != CRICKET_OK) {
        return rc;
    }

    ask->by_m = ask->n;
    ask->within = "m";

    rest = *m;
    part = rest;
    part.len = cricket_opentsdb_m_end(&rest, ':');

    if (part.len == rest.len) {
        return cricket_opentsdb_wrong(ask, "m", "expected an aggregator, a "
                                      "colon and a metric, as "
                                      "sum:1m-avg:rate:sys.cpu{host=*}", m);
    }

    message = cricket_opentsdb_time_fold(&part, &ask->last->lines.fold);

    if (message != NULL) {
        return cricket_opentsdb_wrong(ask, "m", message, &part);
    }

    ask->last->lines.echo = part;

    for ( ;; ) {
        rest.data += part.len + 1;
        rest.len -= part.len + 1;

        part = rest;
        n = cricket_opentsdb_m_end(&rest, ':');
        part.len = n;

        if (n == rest.len) {
            break;
        }

        rc = cricket_opentsdb_m_part(ask, &part);

        if (rc == CRICKET_DONE) {

            /* a colon may be in a name */

            break;
        }

        if (rc != CRICKET_OK) {
            return rc;
        }
    }

    rc = cricket_opentsdb_m_metric(ask, &rest, 1);

    if (rc == CRICKET_OK && ask->last->name.len == 0) {
        return cricket_opentsdb_wrong(ask, "m", "a metric is missing", m);
    }

    return rc;
}


int
cricket_opentsdb_m_series(cricket_opentsdb_ask_t *ask, const cricket_str_t *m)
{
    ask->within = "m";

    return cricket_opentsdb_m_metric(ask, m, 0);
}


/* what is between the aggregator and the metric; CRICKET_DONE: nothing known */

static int
cricket_opentsdb_m_part(cricket_opentsdb_ask_t *ask, const cricket_str_t *part)
{
    if (part->len != 0 && part->data[0] >= '0' && part->data[0] <= '9') {
        ask->last->interval = *part;
        return CRICKET_OK;
    }

    if (cricket_opentsdb_m_begins(part, "rate")
        && (part->len == 4 || part->data[4] == '{'))
    {
        return cricket_opentsdb_m_rate(ask, part);
    }

    if (cricket_opentsdb_m_begins(part, "explicit_tags")) {
        ask->last->lines.exact = 1;
        return CRICKET_OK;
    }

    if (cricket_opentsdb_m_begins(part, "percentiles[")
        || cricket_opentsdb_m_begins(part, "show-histogram-buckets"))
    {
        return cricket_opentsdb_wrong(ask, "m", "is not to be had here", part);
    }

    if (cricket_opentsdb_m_begins(part, "pre-agg")
        || cricket_opentsdb_m_begins(part, "rollup_"))
    {
        return CRICKET_OK;
    }

    return CRICKET_DONE;
}


/* rate{counter,MAX,RESET} or rate{dropcounter,MAX,RESET} */

static int
cricket_opentsdb_m_rate(cricket_opentsdb_ask_t *ask, const cricket_str_t *part)
{
    int                     rc;
    size_t                  i;
    cricket_str_t           rest, option;
    cricket_query_lines_t  *lines;

    lines = &ask->last->lines;
    lines->rate = 1;

    if (part->len == 4) {
        return CRICKET_OK;
    }

    if (part->data[part->len - 1] != '}') {
        return cricket_opentsdb_wrong(ask, "m", "a \"}\" is missing", part);
    }

    rest.data = part->data + 5;
    rest.len = part->len - 6;

    for (i = 0; /* void */ ; i++) {
        option = rest;
        option.len = cricket_opentsdb_m_end(&rest, ',');

        rc = CRICKET_OK;

        if (i == 0) {
            lines->drop = cricket_string_is(&option, "dropcounter");
            lines->counter = lines->drop
                             || cricket_string_is(&option, "counter");

        } else if (i > 2) {
            rc = cricket_opentsdb_wrong(ask, "m", "expected rate{counter,MAX,"
                                        "RESET}", part);

        } else if (option.len != 0) {
            rc = cricket_opentsdb_m_number(ask, &option,
                                           (i == 1) ? &lines->counter_max
                                                    : &lines->reset);
        }

        if (rc != CRICKET_OK || option.len == rest.len) {
            return rc;
        }

        rest.data += option.len + 1;
        rest.len -= option.len + 1;
    }
}


static int
cricket_opentsdb_m_number(cricket_opentsdb_ask_t *ask,
    const cricket_str_t *text, double *number)
{
    cricket_json_t  json;

    cricket_json_init(&json, text->data, text->len);

    if (cricket_json_next(&json) != CRICKET_JSON_NUMBER
        || cricket_json_next(&json) != CRICKET_JSON_END
        || cricket_json_double(text, number) != CRICKET_OK
        || *number < 0)
    {
        return cricket_opentsdb_wrong(ask, "m", "expected a number that is "
                                      "not below 0", text);
    }

    return CRICKET_OK;
}


/* NAME, NAME{TAGS} or NAME{TAGS}{FILTERS}: these do not make groups */

static int
cricket_opentsdb_m_metric(cricket_opentsdb_ask_t *ask,
    const cricket_str_t *text, unsigned group)
{
    int             rc;
    size_t          i;
    unsigned char  *p;
    cricket_str_t   rest, tags;

    rest = *text;

    for (i = 0; i < rest.len && rest.data[i] != '{'; i++) {
        /* void */
    }

    if (i > CRICKET_NAME_LEN) {
        return cricket_opentsdb_wrong(ask, "m", "the metric is longer than "
                                      "512 bytes", NULL);
    }

    if (i != 0) {
        p = cricket_query_space(ask->last, i);
        if (p == NULL) {
            return CRICKET_ERROR;
        }

        memcpy(p, rest.data, i);

        ask->last->name.data = p;
        ask->last->name.len = i;
    }

    while (i < rest.len) {
        rest.data += i + 1;
        rest.len -= i + 1;

        tags = rest;
        tags.len = cricket_opentsdb_m_end(&rest, '}');

        if (tags.len == rest.len
            || (tags.len + 1 != rest.len && rest.data[tags.len + 1] != '{'))
        {
            return cricket_opentsdb_wrong(ask, "m", "expected {KEY=VALUE,"
                                          "...} behind the metric", text);
        }

        rc = cricket_opentsdb_m_tags(ask, &tags, group);

        if (rc != CRICKET_OK) {
            return rc;
        }

        group = 0;
        i = tags.len + 1;
    }

    return CRICKET_OK;
}


static int
cricket_opentsdb_m_tags(cricket_opentsdb_ask_t *ask, const cricket_str_t *text,
    unsigned group)
{
    int                   rc;
    size_t                n;
    cricket_str_t         rest, key, value;
    const unsigned char  *equal;

    rest = *text;

    while (rest.len != 0) {
        n = cricket_opentsdb_m_end(&rest, ',');
        equal = memchr(rest.data, '=', n);

        if (equal == NULL) {
            return cricket_opentsdb_wrong(ask, "m", "expected KEY=VALUE",
                                          text);
        }

        key.data = rest.data;
        key.len = equal - rest.data;
        value.data = equal + 1;
        value.len = n - key.len - 1;

        rc = cricket_opentsdb_filter_tag(ask, &key, &value, group);

        if (rc != CRICKET_OK) {
            return rc;
        }

        n += (n < rest.len);
        rest.data += n;
        rest.len -= n;
    }

    return CRICKET_OK;
}


/* how much is before a sign that is in no parentheses, braces or brackets */

static size_t
cricket_opentsdb_m_end(const cricket_str_t *text, unsigned char end)
{
    size_t         i;
    unsigned       depth;
    unsigned char  c;

    depth = 0;

    for (i = 0; i < text->len; i++) {
        c = text->data[i];

        if (c == end && depth == 0) {
            return i;
        }

        if (c == '\\') {
            i++;

        } else if (c == '(' || c == '{' || c == '[') {
            depth++;

        } else if (depth != 0 && (c == ')' || c == '}' || c == ']')) {
            depth--;
        }
    }

    return text->len;
}


static int
cricket_opentsdb_m_begins(const cricket_str_t *text, const char *word)
{
    size_t  n;

    n = strlen(word);

    return text->len >= n
           && strncasecmp((const char *) text->data, word, n) == 0;
}
