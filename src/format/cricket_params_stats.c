
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* Reads the parameters of statistics: buckets, groups, ranks, rates. */


#include <string.h>

#include "cricket_json.h"
#include "cricket_params_value.h"


#define CRICKET_PARAMS_INTERVAL        (36500LL * 86400)
#define CRICKET_PARAMS_PERCENTILE_LEN  16


static const char *cricket_params_first(cricket_query_t *q,
    cricket_query_arg_t *arg, unsigned bottom);
static const char *cricket_params_truth(const cricket_str_t *value,
    unsigned *set);
static const char *cricket_params_stats_rate(cricket_query_t *q);
static const char *cricket_params_stats_groups(const cricket_query_t *q,
    const char **name);
static const char *cricket_params_stats_histogram(const cricket_query_t *q,
    const char **name);


const char *
cricket_params_zone(cricket_query_t *q, cricket_query_arg_t *arg)
{
    q->tz = arg->value;

    if (q->zone != NULL) {
        return NULL;
    }

    switch (cricket_zone_open(&arg->value, &q->zone)) {

    case CRICKET_OK:
        return NULL;

    case CRICKET_ERROR:
        return "not now: there is no memory";

    default: /* CRICKET_INVALID */
        return "no such zone, expected one like Europe/Berlin or %2B05:30";
    }
}


const char *
cricket_params_interval(cricket_query_t *q, cricket_query_arg_t *arg)
{
    int            unit;
    int64_t        n;
    cricket_str_t  s;

    static const struct {
        const char     *text;
        unsigned char   unit;
        int64_t         seconds;
    } calendar[] = {
        { "1w", 'w', 7 * 86400 },
        { "1M", 'M', 31 * 86400 },
        { "1q", 'q', 92 * 86400 },
        { "1y", 'y', 366 * 86400 }
    };

    s = arg->value;
    q->interval = s;

    for (n = 0; n < 4; n++) {
        if (cricket_string_is(&s, calendar[n].text)) {
            q->step.unit = calendar[n].unit;
            q->step.seconds = calendar[n].seconds;
            return NULL;
        }
    }

    unit = cricket_params_seconds(s.data[s.len - 1]);

    if (unit == 0 || s.data[s.len - 1] == 'w'
        || cricket_params_number(s.data, s.len - 1, &n) != CRICKET_OK
        || n * unit > CRICKET_PARAMS_INTERVAL)
    {
        return "expected a whole number and s, m, h or d, from 1s to 36500d, "
               "or 1w, 1M, 1q or 1y";
    }

    /* one day is a calendar's, of 23 to 25 hours where a clock is turned */

    q->step.unit = (unit == 86400 && n == 1) ? 'd' : 's';
    q->step.seconds = n * unit;

    return NULL;
}


const char *
cricket_params_points(cricket_query_t *q, cricket_query_arg_t *arg)
{
    int64_t  n;

    if (cricket_params_number(arg->value.data, arg->value.len, &n)
        != CRICKET_OK
        || n > CRICKET_QUERY_BUCKETS)
    {
        return "expected a whole number from 1 to 10000";
    }

    q->points = (unsigned) n;

    return NULL;
}


/* "host,dc" */

const char *
cricket_params_keys(cricket_query_t *q, cricket_query_arg_t *arg)
{
    size_t                i, n;
    cricket_str_t         key;
    const unsigned char  *p, *last, *comma;

    p = arg->value.data;
    last = p + arg->value.len;

    for ( ;; ) {
        comma = memchr(p, ',', last - p);
        n = (comma != NULL) ? (size_t) (comma - p) : (size_t) (last - p);

        if (n == 0 || n > CRICKET_TAG_KEY_LEN
            || !cricket_datapoint_is_key(p, n))
        {
            return "expected keys of tags, such as host,dc: a key has 1 to 256 "
                   "of A-Z a-z 0-9 _ . / -";
        }

        if (q->nkeys == CRICKET_QUERY_KEYS) {
            return "more than 8 keys";
        }

        key.data = p;
        key.len = n;

        for (i = 0; i < q->nkeys; i++) {
            if (q->keys[i].len == n && memcmp(q->keys[i].data, p, n) == 0) {
                return "the same key twice";
            }
        }

        q->keys[q->nkeys++] = key;

        if (comma == NULL) {
            return NULL;
        }

        p = comma + 1;
    }
}


const char *
cricket_params_top(cricket_query_t *q, cricket_query_arg_t *arg)
{
    return cricket_params_first(q, arg, 0);
}


const char *
cricket_params_bottom(cricket_query_t *q, cricket_query_arg_t *arg)
{
    return cricket_params_first(q, arg, 1);
}


static const char *
cricket_params_first(cricket_query_t *q, cricket_query_arg_t *arg,
    unsigned bottom)
{
    int64_t  n;

    if (q->top != 0) {
        return "top and bottom, expected one";
    }

    if (cricket_params_number(arg->value.data, arg->value.len, &n)
        != CRICKET_OK
        || n > CRICKET_QUERY_GROUPS)
    {
        return "expected a whole number from 1 to 1000";
    }

    q->top = (unsigned) n;
    q->bottom = bottom;

    return NULL;
}


const char *
cricket_params_rank(cricket_query_t *q, cricket_query_arg_t *arg)
{
    size_t                       i, dots;
    cricket_str_t                s;
    cricket_query_percentile_t  *percentile;

    static const char  *words[] = {
        "average", "max", "min", "sum", "count", "rate"
    };

    static const char  expected[] =
        "expected max, min, average, sum, count, rate or p50, p99.9";

    s = arg->value;
    q->rank_set = 1;

    for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (cricket_string_is(&s, words[i])) {
            q->rank = (cricket_query_rank_e) i;
            return NULL;
        }
    }

    percentile = &q->rank_percentile;

    if (s.len < 2 || s.len > CRICKET_PARAMS_PERCENTILE_LEN
        || s.data[0] != 'p' || s.data[s.len - 1] == '.' || s.data[1] == '.'
        || (s.data[1] == '0' && s.len > 2 && s.data[2] != '.'))
    {
        return expected;
    }

    for (i = 1, dots = 0; i < s.len; i++) {
        dots += (s.data[i] == '.');

        if ((s.data[i] < '0' || s.data[i] > '9') && s.data[i] != '.') {
            return expected;
        }
    }

    percentile->text.data = s.data + 1;
    percentile->text.len = s.len - 1;

    if (dots > 1
        || cricket_json_double(&percentile->text, &percentile->value)
           != CRICKET_OK
        || percentile->value > 100)
    {
        return expected;
    }

    q->rank = CRICKET_RANK_PERCENTILE;

    return NULL;
}


const char *
cricket_params_fill(cricket_query_t *q, cricket_query_arg_t *arg)
{
    if (cricket_string_is(&arg->value, "null")) {
        q->fill = CRICKET_FILL_NULL;

    } else if (cricket_string_is(&arg->value, "0")) {
        q->fill = CRICKET_FILL_ZERO;

    } else if (cricket_string_is(&arg->value, "previous")) {
        q->fill = CRICKET_FILL_PREVIOUS;

    } else {
        return "expected null, 0 or previous";
    }

    return NULL;
}


const char *
cricket_params_rate(cricket_query_t *q, cricket_query_arg_t *arg)
{
    if (cricket_string_is(&arg->value, "true")) {
        q->rate = CRICKET_RATE_TRUE;

    } else if (cricket_string_is(&arg->value, "increments")) {
        q->rate = CRICKET_RATE_INCREMENTS;

    } else if (cricket_string_is(&arg->value, "cumulative")) {
        q->rate = CRICKET_RATE_CUMULATIVE;

    } else {
        return "expected true, increments or cumulative";
    }

    return NULL;
}


const char *
cricket_params_histogram(cricket_query_t *q, cricket_query_arg_t *arg)
{
    unsigned     set;
    const char  *message;

    set = 0;
    message = cricket_params_truth(&arg->value, &set);
    q->histogram = (set != 0);

    return message;
}


const char *
cricket_params_detail(cricket_query_t *q, cricket_query_arg_t *arg)
{
    unsigned     set;
    const char  *message;

    set = 0;
    message = cricket_params_truth(&arg->value, &set);
    q->detail = (set != 0);

    return message;
}


static const char *
cricket_params_truth(const cricket_str_t *value, unsigned *set)
{
    *set = (unsigned) cricket_string_is(value, "true");

    return (*set || cricket_string_is(value, "false"))
           ? NULL : "expected true or false";
}


const char *
cricket_params_below(cricket_query_t *q, cricket_query_arg_t *arg)
{
    cricket_json_t  json;

    cricket_json_init(&json, arg->value.data, arg->value.len);

    if (cricket_json_next(&json) != CRICKET_JSON_NUMBER
        || cricket_json_double(&json.text, &q->below) != CRICKET_OK
        || cricket_json_next(&json) != CRICKET_JSON_END)
    {
        return "expected a number, such as 0.5";
    }

    q->below_set = 1;

    return NULL;
}


/* of values: by their bytes, or by their newest datapoint */

const char *
cricket_params_values_order(cricket_query_t *q, cricket_query_arg_t *arg)
{
    if (cricket_string_is(&arg->value, "last")) {
        q->by_last = 1;
        return NULL;
    }

    return cricket_string_is(&arg->value, "value") ? NULL
                                                   : "expected value or last";
}


const char *
cricket_params_table_format(cricket_query_t *q, cricket_query_arg_t *arg)
{
    if (cricket_string_is(&arg->value, "csv")) {
        q->format = CRICKET_FORMAT_CSV;

    } else if (!cricket_string_is(&arg->value, "json")) {
        return "expected json or csv";
    }

    q->format_set = 1;

    return NULL;
}


const char *
cricket_params_stats(cricket_query_t *q, const char **name)
{
    unsigned     buckets;
    const char  *message;

    if (q->kind == CRICKET_QUERY_TAG_KEYS) {
        *name = (q->prefix.len != 0) ? "prefix"
                                     : (q->by_last != 0) ? "order" : "limit";

        return (q->key.len == 0
                && (q->prefix.len != 0 || q->by_last))
               ? "needs key" : NULL;
    }

    if (q->kind != CRICKET_QUERY_STATS) {
        return NULL;
    }

    buckets = (q->interval.len != 0 || q->points != 0);

    *name = "points";

    if (q->points != 0 && q->interval.len != 0) {
        return "given beside interval, expected one";
    }

    *name = "fill";

    if (q->fill != CRICKET_FILL_NOT && !buckets) {
        return "needs interval or points";
    }

    *name = "rate";

    if (q->rate != CRICKET_RATE_NOT && !buckets && !q->histogram) {
        return "needs interval or points";
    }

    message = cricket_params_stats_rate(q);

    if (message != NULL) {
        return message;
    }

    return q->histogram ? cricket_params_stats_histogram(q, name)
                        : cricket_params_stats_groups(q, name);
}


/* a type that is given tells how a rate is made, as far as one does */

static const char *
cricket_params_stats_rate(cricket_query_t *q)
{
    if (q->histogram && q->rate == CRICKET_RATE_NOT) {
        q->rate = CRICKET_RATE_TRUE;
    }

    if (q->rate != CRICKET_RATE_TRUE || q->type.len == 0) {
        return NULL;
    }

    q->rate = cricket_query_rate_of(&q->type);

    return (q->rate == CRICKET_RATE_TRUE) ? CRICKET_QUERY_RATE_OTHER : NULL;
}


static const char *
cricket_params_stats_groups(const cricket_query_t *q, const char **name)
{
    *name = "below";

    if (q->below_set) {
        return "needs histogram=true";
    }

    *name = q->bottom ? "bottom" : "top";

    if (q->top != 0 && q->nkeys == 0) {
        return "needs group_by";
    }

    *name = "rank";

    if (q->rank_set && q->top == 0) {
        return "needs top or bottom";
    }

    if (q->rank == CRICKET_RANK_RATE && q->rate == CRICKET_RATE_NOT) {
        return "rate needs the parameter rate";
    }

    return NULL;
}


static const char *
cricket_params_stats_histogram(const cricket_query_t *q, const char **name)
{
    size_t  i;

    *name = "percentiles";

    if (q->npercentiles == 0 && !q->below_set) {
        return "missing, a histogram needs it, or below";
    }

    *name = "name";

    if (q->name_like.len != 0) {
        return "missing, a histogram needs it, and no pattern";
    }

    if (q->name.len + sizeof("_bucket") - 1 > CRICKET_NAME_LEN) {
        return "longer than a histogram's can be";
    }

    *name = q->bottom ? "bottom" : "top";

    if (q->top != 0) {
        return "not of a histogram";
    }

    *name = "per";

    if (q->per.len != 0) {
        return "not of a histogram";
    }

    *name = "group_by";

    for (i = 0; i < q->nkeys; i++) {
        if (cricket_string_is(&q->keys[i], "le")) {
            return "le is what a histogram is made of";
        }
    }

    return NULL;
}
