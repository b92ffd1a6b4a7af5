
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* Reads the value of a parameter, and says what is wrong with it. */


#include <stdlib.h>
#include <string.h>

#include "cricket_json.h"
#include "cricket_params_value.h"


#define CRICKET_PARAMS_INTERVAL        (36500LL * 86400)
#define CRICKET_PARAMS_PERCENTILE_LEN  16

/*
 * Of a pattern: its length, and the work to make an automaton of it, which
 * Elasticsearch refuses to do beyond some 100,000: it grows with the square of
 * what is behind a "*", and each "?" there doubles it.
 */
#define CRICKET_PARAMS_PATTERN_LEN     256
#define CRICKET_PARAMS_PATTERN_WORK    40000

/* in milliseconds */
#define CRICKET_PARAMS_WEEK            (7LL * 86400000)


static const char *cricket_params_is_pattern(const cricket_str_t *s);
static const char *cricket_params_relative(const cricket_query_t *q,
    const cricket_str_t *s, cricket_time_t *t);
static const char *cricket_params_epoch(const cricket_str_t *s,
    cricket_time_t *t);
static int cricket_params_number(const unsigned char *p, size_t len,
    int64_t *n);
static int cricket_params_seconds(unsigned char unit);
static int64_t cricket_params_unit(const unsigned char **p,
    const unsigned char *last);
static int64_t cricket_params_since(int64_t msec, int64_t unit);


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


/* returns NULL or what is wrong */

static const char *
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
cricket_params_time(cricket_query_t *q, cricket_query_arg_t *arg)
{
    char                  *base;
    cricket_str_t          text;
    const char            *message;
    cricket_query_time_t  *time;

    base = (char *) q;
    time = (cricket_query_time_t *) (base + arg->param->offset);
    text = arg->value;

    if (text.len >= 3 && memcmp(text.data, "now", 3) == 0) {
        message = cricket_params_relative(q, &text, &time->time);

    } else if (memchr(text.data, '-', text.len) == NULL) {
        message = cricket_params_epoch(&text, &time->time);

    } else if (text.len >= sizeof("2016-12-31T22:49:50 01:00") - 1
               && text.data[text.len - 6] == ' ')
    {
        message = "the offset's \"+\" was a blank, it is written as %2B, "
                  "expected a time like 2016-12-31T22:49:50%2B01:00";

    } else {
        message = (cricket_time_parse(text.data, text.len, &time->time,
                                      q->message)
                   == CRICKET_OK)
                  ? NULL : q->message;
    }

    if (message != NULL) {
        return message;
    }

    time->set = 1;

    arg->value.data = q->pos;
    arg->value.len = cricket_time_format(q->pos, &time->time);
    q->pos += arg->value.len;

    return NULL;
}


/* as Elasticsearch's date math: each step from what the steps before made */

static const char *
cricket_params_relative(const cricket_query_t *q, const cricket_str_t *s,
    cricket_time_t *t)
{
    size_t                n;
    int64_t               unit, number, msec;
    uint32_t              nanos;
    unsigned char         step;
    const unsigned char  *p, *last, *digits;

    static const char  expected[] =
        "expected now, now-1h, now-1d-1h or now/h, a + written as %2B, with "
        "ms, s, m, h, d or w";

    *t = q->now;

    p = s->data + 3;
    last = s->data + s->len;

    while (p < last) {
        step = *p++;
        digits = p;

        while (p < last && *p >= '0' && *p <= '9') {
            p++;
        }

        n = p - digits;
        number = 0;

        if (step == '/' ? n != 0
                        : (step != '-' && step != '+')
                          || cricket_params_number(digits, n, &number)
                             != CRICKET_OK)
        {
            return expected;
        }

        unit = cricket_params_unit(&p, last);

        if (unit == 0) {
            return expected;
        }

        msec = cricket_time_msec(t);
        nanos = cricket_time_nanos(t);

        if (step == '/') {
            msec -= cricket_params_since(msec, unit);
            nanos = 0;

        } else {
            msec += (step == '-') ? -number * unit : number * unit;
        }

        /* far from the ends of its type: a number has at most 9 digits */

        if (cricket_time_set(t, msec, nanos) != CRICKET_OK) {
            return "outside the years 0001 to 9999";
        }
    }

    return NULL;
}


/* reads a unit, and returns its milliseconds, or 0 */

static int64_t
cricket_params_unit(const unsigned char **p, const unsigned char *last)
{
    if (last - *p >= 2 && (*p)[0] == 'm' && (*p)[1] == 's') {
        *p += 2;
        return 1;
    }

    return (*p < last) ? (int64_t) cricket_params_seconds(*(*p)++) * 1000 : 0;
}


/* how far the unit has come: weeks begin on Monday, and 1970 on a Thursday */

static int64_t
cricket_params_since(int64_t msec, int64_t unit)
{
    int64_t  since;

    if (unit == CRICKET_PARAMS_WEEK) {
        msec += 3 * 86400000;
    }

    since = msec % unit;

    return (since < 0) ? since + unit : since;
}


/*
 * Ten digits are seconds of the years 2001 to 2286, thirteen are milliseconds
 * of the same years, and 0 is 0 either way; any other number may be a typo.
 */

static const char *
cricket_params_epoch(const cricket_str_t *s, cricket_time_t *t)
{
    size_t   i;
    int64_t  n;

    static const char  expected[] =
        CRICKET_TIME_EXPECTED ", epoch seconds (10 digits) or milliseconds "
        "(13), or a relative time such as now-1h";

    n = 0;

    for (i = 0; i < s->len; i++) {

        if (i == 13 || s->data[i] < '0' || s->data[i] > '9') {
            return expected;
        }

        n = n * 10 + (s->data[i] - '0');
    }

    if (s->len == 10) {
        n *= 1000;

    } else if (s->len != 13 && !(s->len == 1 && n == 0)) {
        return expected;
    }

    if (s->len > 1 && s->data[0] == '0') {
        return expected;
    }

    return (cricket_time_set(t, n, 0) == CRICKET_OK) ? NULL : expected;
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
cricket_params_interval(cricket_query_t *q, cricket_query_arg_t *arg)
{
    int            unit;
    int64_t        n;
    cricket_str_t  s;

    s = arg->value;
    unit = cricket_params_seconds(s.data[s.len - 1]);

    if (unit == 0 || s.data[s.len - 1] == 'w'
        || cricket_params_number(s.data, s.len - 1, &n) != CRICKET_OK
        || n * unit > CRICKET_PARAMS_INTERVAL)
    {
        return "expected a whole number and s, m, h or d, from 1s to 36500d";
    }

    q->interval = s;
    q->seconds = n * unit;

    return NULL;
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


/* reads all of 1 to 9 digits without a leading zero */

static int
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


static int
cricket_params_seconds(unsigned char unit)
{
    switch (unit) {

    case 's':
        return 1;

    case 'm':
        return 60;

    case 'h':
        return 3600;

    case 'd':
        return 86400;

    case 'w':
        return 604800;
    }

    return 0;
}
