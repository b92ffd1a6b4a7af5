
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* Reads the value of a parameter, and says what is wrong with it. */


#include <string.h>

#include "cricket_json.h"
#include "cricket_opentsdb_ask.h"
#include "cricket_params_value.h"


#define CRICKET_PARAMS_PERCENTILE_LEN  16

/*
 * Of a pattern: its length, and the work to make an automaton of it, which
 * Elasticsearch refuses to do beyond some 100,000: it grows with the square of
 * what is behind a "*", and each "?" there doubles it.
 */
#define CRICKET_PARAMS_PATTERN_LEN     256
#define CRICKET_PARAMS_PATTERN_WORK    40000


const char *
cricket_params_text(cricket_query_t *q, cricket_query_arg_t *arg)
{
    char  *base;

    base = (char *) q;

    *(cricket_str_t *) (base + arg->param->offset) = arg->value;

    return NULL;
}


const char *
cricket_params_pattern(cricket_query_t *q, cricket_query_arg_t *arg)
{
    const char  *message;

    message = cricket_params_is_pattern(&arg->value);

    return (message != NULL) ? message : cricket_params_text(q, arg);
}


const char *
cricket_params_is_pattern(const cricket_str_t *s)
{
    size_t    i, work;
    unsigned  any, star;

    any = 0;
    star = 0;
    work = 0;

    if (s->len > CRICKET_PARAMS_PATTERN_LEN) {
        return "a pattern longer than 256 bytes";
    }

    for (i = 0; i < s->len; i++) {
        work += star;

        switch (s->data[i]) {

        case '*':
            star = 1;
            break;

        case '?':
            any += star;
            break;

        case '\\':
            i++;

            if (i == s->len
                || (s->data[i] != '*' && s->data[i] != '?'
                    && s->data[i] != '\\'))
            {
                return "a \\ in a pattern stands before *, ? or \\";
            }
        }
    }

    if (any > 16 || (work * work / 2) << any > CRICKET_PARAMS_PATTERN_WORK) {
        return "a pattern with too much behind a *, expected fewer ? or less "
               "text there";
    }

    return NULL;
}


/* "KEY", "KEY!", "KEY~" or "KEY!~" behind "tag." */

const char *
cricket_params_tag(cricket_query_t *q, cricket_query_arg_t *arg)
{
    const char           *message;
    cricket_str_t         key;
    cricket_query_tag_t   tag;
    cricket_query_arg_t   verified;

    memset(&tag, 0, sizeof(cricket_query_tag_t));

    key.data = arg->name.data + arg->param->name.len;
    key.len = arg->name.len - arg->param->name.len;

    if (key.len != 0 && key.data[key.len - 1] == '~') {
        tag.like = 1;
        key.len--;
    }

    if (key.len != 0 && key.data[key.len - 1] == '!') {
        tag.not = 1;
        key.len--;
    }

    if (key.len == 0 || key.len > CRICKET_TAG_KEY_LEN) {
        return "expected a key of 1 to 256 bytes after \"tag.\"";
    }

    verified = *arg;
    verified.value = key;

    message = cricket_params_key(NULL, &verified);

    if (message == NULL && tag.like) {
        message = cricket_params_is_pattern(&arg->value);
    }

    if (message != NULL) {
        return message;
    }

    if (q->ntags == CRICKET_QUERY_TAGS) {
        return "more than 256 filters by tags";
    }

    /* one string, as it is stored */

    tag.text.data = q->pos;
    tag.text.len = key.len + 1 + arg->value.len;
    tag.key = key.len;

    memcpy(q->pos, key.data, key.len);
    q->pos += key.len;
    *q->pos++ = '=';
    memcpy(q->pos, arg->value.data, arg->value.len);
    q->pos += arg->value.len;

    q->tags[q->ntags++] = tag;

    return NULL;
}


/* the key of a tag; without q it is only verified */

const char *
cricket_params_key(cricket_query_t *q, cricket_query_arg_t *arg)
{
    if (!cricket_datapoint_is_key(arg->value.data, arg->value.len)) {
        return "a key has only A-Z a-z 0-9 _ . / -";
    }

    return (q != NULL) ? cricket_params_text(q, arg) : NULL;
}


const char *
cricket_params_limit(cricket_query_t *q, cricket_query_arg_t *arg)
{
    int64_t  n;

    if (cricket_params_number(arg->value.data, arg->value.len, &n)
        != CRICKET_OK
        || n > CRICKET_QUERY_LIMIT)
    {
        return "expected a whole number from 1 to 1000";
    }

    q->limit = (unsigned) n;

    return NULL;
}


const char *
cricket_params_order(cricket_query_t *q, cricket_query_arg_t *arg)
{
    if (cricket_string_is(&arg->value, "asc")) {
        return NULL;
    }

    if (cricket_string_is(&arg->value, "desc")) {
        q->descending = 1;
        return NULL;
    }

    return "expected asc or desc";
}


const char *
cricket_params_percentiles(cricket_query_t *q, cricket_query_arg_t *arg)
{
    size_t                       i, digits;
    cricket_query_percentile_t  *last;
    const unsigned char         *p, *end, *dot;

    static const char  expected[] =
        "expected numbers from 0 to 100, such as 50,95,99.9";

    p = arg->value.data;
    end = p + arg->value.len;

    for ( ;; ) {

        if (q->npercentiles == CRICKET_QUERY_PERCENTILES) {
            return "more than 20";
        }

        last = &q->percentiles[q->npercentiles];
        last->text.data = p;
        dot = NULL;
        digits = 0;

        while (p < end && *p != ',') {

            if (*p == '.' && dot == NULL && digits != 0) {
                dot = p;
                digits = 0;

            } else if (*p >= '0' && *p <= '9') {
                digits++;

            } else {
                return expected;
            }

            p++;
        }

        last->text.len = p - last->text.data;

        if (digits == 0
            || last->text.len > CRICKET_PARAMS_PERCENTILE_LEN
            || (last->text.data[0] == '0' && last->text.len > 1
                && last->text.data[1] != '.')
            || cricket_json_double(&last->text, &last->value) != CRICKET_OK
            || last->value > 100)
        {
            return expected;
        }

        for (i = 0; i < q->npercentiles; i++) {
            if (q->percentiles[i].value == last->value) {
                return "the same number twice";
            }
        }

        q->npercentiles++;

        if (p == end) {
            return NULL;
        }

        p++;
    }
}


const char *
cricket_params_format(cricket_query_t *q, cricket_query_arg_t *arg)
{
    if (cricket_string_is(&arg->value, "json")) {
        q->format = CRICKET_FORMAT_JSON;

    } else if (cricket_params_export_format(q, arg) != NULL) {
        return "expected json, ndjson or csv";
    }

    q->format_set = 1;

    return NULL;
}


const char *
cricket_params_export_format(cricket_query_t *q, cricket_query_arg_t *arg)
{
    if (cricket_string_is(&arg->value, "ndjson")) {
        q->format = CRICKET_FORMAT_NDJSON;

    } else if (cricket_string_is(&arg->value, "csv")) {
        q->format = CRICKET_FORMAT_CSV;

    } else {
        return "expected ndjson or csv";
    }

    q->format_set = 1;

    return NULL;
}


const char *
cricket_params_partial(cricket_query_t *q, cricket_query_arg_t *arg)
{
    if (cricket_string_is(&arg->value, "true")) {
        q->accept_partial = 1;

    } else if (!cricket_string_is(&arg->value, "false")) {
        return "expected true or false";
    }

    return NULL;
}


const char *
cricket_params_wait(cricket_query_t *q, cricket_query_arg_t *arg)
{
    if (cricket_string_is(&arg->value, "wait_for")) {
        q->refresh = 1;

    } else if (!cricket_string_is(&arg->value, "false")) {
        return "expected wait_for or false";
    }

    return NULL;
}


const char *
cricket_params_taken(cricket_query_t *q, cricket_query_arg_t *arg)
{
    (void) q;
    (void) arg;

    return NULL;
}


const char *
cricket_params_precision(cricket_query_t *q, cricket_query_arg_t *arg)
{
    size_t  i;

    static const struct {
        const char  *name;
        uint64_t     nanoseconds;
    } units[] = {
        { "", 1 }, { "n", 1 }, { "ns", 1 },
        { "u", 1000 }, { "us", 1000 },
        { "ms", 1000000 }, { "s", 1000000000 },
        { "m", UINT64_C(60000000000) }, { "h", UINT64_C(3600000000000) }
    };

    for (i = 0; i < sizeof(units) / sizeof(units[0]); i++) {

        if (cricket_string_is(&arg->value, units[i].name)) {
            q->precision = units[i].nanoseconds;
            return NULL;
        }
    }

    return "expected n, ns, u, us, ms, s, m or h";
}


/* as many as there can be where more are asked for; none and 0: the default */

const char *
cricket_params_most(cricket_query_t *q, cricket_query_arg_t *arg)
{
    size_t    i;
    unsigned  n;

    if (arg->value.len == 0) {
        return "expected a whole number";
    }

    n = 0;

    for (i = 0; i < arg->value.len; i++) {

        if (arg->value.data[i] < '0' || arg->value.data[i] > '9') {
            return "expected a whole number";
        }

        if (n < CRICKET_OPENTSDB_MOST) {
            n = n * 10 + (arg->value.data[i] - '0');
        }
    }

    if (n != 0) {
        q->limit = (n < CRICKET_OPENTSDB_MOST) ? n : CRICKET_OPENTSDB_MOST;
    }

    return NULL;
}


/* to OpenTSDB, it is asked for by any value and by none */

const char *
cricket_params_summary(cricket_query_t *q, cricket_query_arg_t *arg)
{
    q->summary = !cricket_string_is(&arg->value, "false");

    return NULL;
}


const char *
cricket_params_details(cricket_query_t *q, cricket_query_arg_t *arg)
{
    q->details = !cricket_string_is(&arg->value, "false");

    return NULL;
}


/* reads all of 1 to 9 digits without a leading zero */

int
cricket_params_number(const unsigned char *p, size_t len, int64_t *n)
{
    size_t  i;

    if (len == 0 || len > 9 || p[0] == '0') {
        return CRICKET_INVALID;
    }

    *n = 0;

    for (i = 0; i < len; i++) {

        if (p[i] < '0' || p[i] > '9') {
            return CRICKET_INVALID;
        }

        *n = *n * 10 + (p[i] - '0');
    }

    return CRICKET_OK;
}
