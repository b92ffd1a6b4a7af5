
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* Reads the times of a question: RFC 3339, relative ones, of a zone. */


#include <string.h>

#include "cricket_params_value.h"


/* in milliseconds */
#define CRICKET_PARAMS_WEEK  (7LL * 86400000)

/* the longest time without an offset */
#define CRICKET_PARAMS_LOCAL  (sizeof("2016-12-31T22:49:50.999999999") - 1)


static int cricket_params_local(cricket_query_t *q, const cricket_str_t *text,
    cricket_time_t *t, const char **message);
static const char *cricket_params_relative(const cricket_query_t *q,
    const cricket_str_t *s, cricket_time_t *t);
static int64_t cricket_params_unit(const unsigned char **p,
    const unsigned char *last);
static int64_t cricket_params_start(const cricket_query_t *q, int64_t msec,
    int64_t unit);
static const char *cricket_params_epoch(const cricket_str_t *s,
    cricket_time_t *t);


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

    } else if (cricket_params_local(q, &text, &time->time, &message)) {
        /* it has no offset, and is of the zone */

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


/* a date, or a date and a time without an offset; 0: something else */

static int
cricket_params_local(cricket_query_t *q, const cricket_str_t *text,
    cricket_time_t *t, const char **message)
{
    size_t                n;
    unsigned char         copy[CRICKET_PARAMS_LOCAL + 1];
    const unsigned char  *p;

    p = text->data;
    n = text->len;

    if (n < 10 || n > CRICKET_PARAMS_LOCAL) {
        return 0;
    }

    memcpy(copy, p, n);

    if (n == 10) {
        memcpy(copy + n, "T00:00:00Z", sizeof("T00:00:00Z") - 1);
        n += sizeof("T00:00:00Z") - 1;

    } else if (p[n - 1] < '0' || p[n - 1] > '9'
               || p[n - 6] == '+' || p[n - 6] == '-' || p[n - 6] == ' ')
    {
        return 0;

    } else {
        copy[n++] = 'Z';
    }

    *message = NULL;

    if (cricket_time_parse(copy, n, t, q->message) != CRICKET_OK) {
        *message = q->message;
        return q->zone != NULL;
    }

    if (q->odd_zone) {
        return 1;
    }

    if (q->zone == NULL) {
        *message = "of which zone? With tz=UTC, or another, or a time like "
                   "2016-12-31T22:49:50Z";
        return 1;
    }

    t->sec = cricket_zone_instant(q->zone, t->sec);

    if (cricket_time_set(t, cricket_time_msec(t), cricket_time_nanos(t))
        != CRICKET_OK)
    {
        *message = "outside the years 0001 to 9999 in UTC";
    }

    return 1;
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
            msec = cricket_params_start(q, msec, unit);
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


/*
 * The start of the unit: weeks begin on Monday, and 1970 on a Thursday.  Days
 * and weeks are those of the zone.
 */

static int64_t
cricket_params_start(const cricket_query_t *q, int64_t msec, int64_t unit)
{
    int64_t              since;
    cricket_zone_step_t  step;

    if (unit >= 86400000 && q->zone != NULL) {
        since = msec % 1000;

        step.unit = (unit == CRICKET_PARAMS_WEEK) ? 'w' : 'd';
        step.seconds = 0;

        return cricket_zone_floor(q->zone, &step,
                                  (msec - ((since < 0) ? since + 1000 : since))
                                  / 1000) * 1000;
    }

    since = (unit == CRICKET_PARAMS_WEEK) ? msec + 3 * 86400000 : msec;
    since %= unit;

    return msec - ((since < 0) ? since + unit : since);
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


int
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
