
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* Reads OpenTSDB's times, intervals and the names of its aggregators. */


#include <string.h>
#include <strings.h>

#include "cricket_opentsdb_private.h"


/* the longest interval, 36,500 days */
#define CRICKET_OPENTSDB_WIDTH  (36500LL * 86400000)

#define CRICKET_OPENTSDB_TIMES                                                \
    "expected seconds or milliseconds since 1970, a date as "                  \
    "2015/06/04-13:30:00, or a relative time as 1h-ago"

#define CRICKET_OPENTSDB_DOWN                                                 \
    "expected an interval, a \"-\", a function and perhaps a \"-\" and a "     \
    "fill policy, as 1m-avg, 1h-sum-null, 1dc-max or 0all-sum"


static int64_t cricket_opentsdb_time_span(const cricket_str_t *text,
    int64_t *number, unsigned char *unit);
static const char *cricket_opentsdb_time_number(const cricket_str_t *text,
    cricket_time_t *t);
static const char *cricket_opentsdb_time_date(const cricket_str_t *text,
    const cricket_zone_t *zone, cricket_time_t *t);
static int cricket_opentsdb_time_digits(const unsigned char *p, size_t n);
static const char *cricket_opentsdb_time_width(cricket_query_t *q,
    const cricket_str_t *text, unsigned calendar);
static const char *cricket_opentsdb_time_fill(cricket_query_t *q,
    const cricket_str_t *text);
static void cricket_opentsdb_time_part(cricket_str_t *text,
    cricket_str_t *part);


/* whether a series that has no value at an instant is interpolated */

static const struct {
    const char              *name;
    cricket_query_fold_e     how;
    const char              *percentile;
    double                   value;
    unsigned                 gaps;
} cricket_opentsdb_time_folds[] = {
    { "avg", CRICKET_FOLD_AVERAGE, "", 0, 1 },
    { "count", CRICKET_FOLD_COUNT, "", 0, 0 },
    { "dev", CRICKET_FOLD_DEVIATION, "", 0, 1 },
    { "ep50r3", CRICKET_FOLD_PERCENTILE, "50", 50, 1 },
    { "ep50r7", CRICKET_FOLD_PERCENTILE, "50", 50, 1 },
    { "ep75r3", CRICKET_FOLD_PERCENTILE, "75", 75, 1 },
    { "ep75r7", CRICKET_FOLD_PERCENTILE, "75", 75, 1 },
    { "ep90r3", CRICKET_FOLD_PERCENTILE, "90", 90, 1 },
    { "ep90r7", CRICKET_FOLD_PERCENTILE, "90", 90, 1 },
    { "ep95r3", CRICKET_FOLD_PERCENTILE, "95", 95, 1 },
    { "ep95r7", CRICKET_FOLD_PERCENTILE, "95", 95, 1 },
    { "ep99r3", CRICKET_FOLD_PERCENTILE, "99", 99, 1 },
    { "ep99r7", CRICKET_FOLD_PERCENTILE, "99", 99, 1 },
    { "ep999r3", CRICKET_FOLD_PERCENTILE, "99.9", 99.9, 1 },
    { "ep999r7", CRICKET_FOLD_PERCENTILE, "99.9", 99.9, 1 },
    { "max", CRICKET_FOLD_MAX, "", 0, 1 },
    { "mimmax", CRICKET_FOLD_MAX, "", 0, 0 },
    { "mimmin", CRICKET_FOLD_MIN, "", 0, 0 },
    { "min", CRICKET_FOLD_MIN, "", 0, 1 },
    { "none", CRICKET_FOLD_NONE, "", 0, 0 },
    { "p50", CRICKET_FOLD_PERCENTILE, "50", 50, 1 },
    { "p75", CRICKET_FOLD_PERCENTILE, "75", 75, 1 },
    { "p90", CRICKET_FOLD_PERCENTILE, "90", 90, 1 },
    { "p95", CRICKET_FOLD_PERCENTILE, "95", 95, 1 },
    { "p99", CRICKET_FOLD_PERCENTILE, "99", 99, 1 },
    { "p999", CRICKET_FOLD_PERCENTILE, "99.9", 99.9, 1 },
    { "sum", CRICKET_FOLD_SUM, "", 0, 1 },
    { "zimsum", CRICKET_FOLD_SUM, "", 0, 0 }
};

#define CRICKET_OPENTSDB_FOLDS                                                \
    (sizeof(cricket_opentsdb_time_folds)                                       \
     / sizeof(cricket_opentsdb_time_folds[0]))


const char *
cricket_opentsdb_time_name(size_t i)
{
    return (i < CRICKET_OPENTSDB_FOLDS) ? cricket_opentsdb_time_folds[i].name
                                        : NULL;
}


const char *
cricket_opentsdb_time_fold(const cricket_str_t *name,
    cricket_query_fold_t *fold)
{
    size_t       i;
    const char  *percentile;

    for (i = 0; i < CRICKET_OPENTSDB_FOLDS; i++) {

        if (!cricket_string_is(name, cricket_opentsdb_time_folds[i].name)) {
            continue;
        }

        percentile = cricket_opentsdb_time_folds[i].percentile;

        fold->how = cricket_opentsdb_time_folds[i].how;
        fold->gaps = cricket_opentsdb_time_folds[i].gaps;
        fold->percentile.value = cricket_opentsdb_time_folds[i].value;
        fold->percentile.text.data = (const unsigned char *) percentile;
        fold->percentile.text.len = strlen(percentile);

        return NULL;
    }

    return "expected avg, sum, min, max, count, dev, none, zimsum, mimmin, "
           "mimmax, p50, p75, p90, p95, p99 or p999";
}


const char *
cricket_opentsdb_time_down(cricket_query_t *q, const cricket_str_t *text,
    unsigned calendar)
{
    const char            *message;
    cricket_str_t          rest, width, name, fill;

    rest = *text;

    cricket_opentsdb_time_part(&rest, &width);
    cricket_opentsdb_time_part(&rest, &name);
    fill = rest;

    message = cricket_opentsdb_time_width(q, &width, calendar);

    if (message != NULL) {
        return message;
    }

    message = cricket_opentsdb_time_fold(&name, &q->lines.down);

    if (message != NULL || q->lines.down.how == CRICKET_FOLD_NONE) {
        return (message != NULL && name.len != 0)
               ? message : CRICKET_OPENTSDB_DOWN;
    }

    q->lines.buckets = 1;

    return cricket_opentsdb_time_fill(q, &fill);
}


/* what is up to the next "-" */

static void
cricket_opentsdb_time_part(cricket_str_t *text, cricket_str_t *part)
{
    const unsigned char  *end;

    end = (text->len != 0) ? memchr(text->data, '-', text->len) : NULL;

    *part = *text;

    if (end == NULL) {
        text->len = 0;
        return;
    }

    part->len = end - text->data;

    text->data = end + 1;
    text->len -= part->len + 1;
}


static const char *
cricket_opentsdb_time_width(cricket_query_t *q, const cricket_str_t *text,
    unsigned calendar)
{
    int64_t         width, number;
    cricket_str_t   span;
    unsigned char   unit;

    span = *text;

    q->lines.whole = 0;
    q->lines.width = 0;
    q->step.unit = 's';
    q->step.seconds = 1;

    if (span.len >= 3
        && memcmp(span.data + span.len - 3, "all", 3) == 0)
    {
        q->lines.whole = 1;
        return NULL;
    }

    if (span.len != 0 && span.data[span.len - 1] == 'c') {
        calendar = 1;
        span.len--;
    }

    width = cricket_opentsdb_time_span(&span, &number, &unit);

    if (width <= 0 || width > CRICKET_OPENTSDB_WIDTH) {
        return CRICKET_OPENTSDB_DOWN;
    }

    if (!calendar || unit == 'i') {
        q->lines.width = width;
        return NULL;
    }

    q->step.seconds = width / 1000;

    if (unit == 's' || unit == 'm' || unit == 'h') {
        return NULL;
    }

    q->step.unit = (unit == 'n') ? 'M' : unit;

    return (number == 1) ? NULL
                         : "of a calendar there is 1dc, 1wc, 1nc or 1yc, no "
                           "more of them together";
}


static const char *
cricket_opentsdb_time_fill(cricket_query_t *q, const cricket_str_t *text)
{
    q->fill = CRICKET_FILL_NOT;

    if (text->len == 0 || cricket_string_is(text, "none")) {
        return NULL;
    }

    if (cricket_string_is(text, "nan")) {
        q->fill = CRICKET_FILL_NAN;

    } else if (cricket_string_is(text, "null")) {
        q->fill = CRICKET_FILL_NULL;

    } else if (cricket_string_is(text, "zero")) {
        q->fill = CRICKET_FILL_ZERO;

    } else {
        return "of fill policies there are none, nan, null and zero";
    }

    return NULL;
}


/*
 * The milliseconds of "15s", of which unit is the first letter, "i" for ms; or
 * -1.  A month has 30 days, and a year 365.
 */

static int64_t
cricket_opentsdb_time_span(const cricket_str_t *text, int64_t *number,
    unsigned char *unit)
{
    size_t                i;
    int64_t               n;
    const unsigned char  *p;

    p = text->data;
    n = 0;

    for (i = 0; i < text->len && p[i] >= '0' && p[i] <= '9'; i++) {

        if (i == 12) {
            return -1;
        }

        n = n * 10 + (p[i] - '0');
    }

    if (i == 0 || n == 0 || i == text->len) {
        return -1;
    }

    *number = n;
    *unit = p[i] | 0x20;

    if (text->len == i + 2 && *unit == 'm' && (p[i + 1] | 0x20) == 's') {
        *unit = 'i';
        return n;
    }

    if (text->len != i + 1) {
        return -1;
    }

    switch (*unit) {

    case 's':
        return n * 1000;

    case 'm':
        return n * 60000;

    case 'h':
        return n * 3600000;

    case 'd':
        return n * 86400000;

    case 'w':
        return n * 7 * 86400000;

    case 'n':
        return n * 30 * 86400000;

    case 'y':
        return n * 365 * 86400000;

    default:
        return -1;
    }
}


const char *
cricket_opentsdb_time(const cricket_str_t *text, const cricket_time_t *now,
    const cricket_zone_t *zone, cricket_time_t *t)
{
    int64_t         span, number;
    cricket_str_t   part;
    unsigned char   unit;

    static const char  ago[] = "-ago";

    part = *text;

    if (part.len == 3
        && strncasecmp((const char *) part.data, "now", 3) == 0)
    {
        *t = *now;
        return NULL;
    }

    if (part.len > sizeof(ago) - 1
        && strncasecmp((const char *) part.data + part.len - 4, ago, 4) == 0)
    {
        part.len -= sizeof(ago) - 1;

        span = cricket_opentsdb_time_span(&part, &number, &unit);

        if (span <= 0) {
            return CRICKET_OPENTSDB_TIMES;
        }

        return (span < CRICKET_OPENTSDB_WIDTH
                && cricket_time_set(t, cricket_time_msec(now) - span,
                                    cricket_time_nanos(now)) == CRICKET_OK)
               ? NULL : "before the year 1";
    }

    if (part.len > 4 && part.data[4] == '/') {
        return cricket_opentsdb_time_date(text, zone, t);
    }

    return cricket_opentsdb_time_number(text, t);
}


/* up to ten digits are seconds, and three behind a point thousandths */

static const char *
cricket_opentsdb_time_number(const cricket_str_t *text, cricket_time_t *t)
{
    size_t                i, len, whole, places;
    int64_t               n;
    const unsigned char  *p;

    p = text->data;
    len = text->len;
    n = 0;
    whole = 0;
    places = 0;

    if (len > 2 && p[len - 2] == 'm' && p[len - 1] == 's') {

        /* are milliseconds, however many digits there are */

        len -= 2;
        whole = 11;
    }

    for (i = 0; i < len; i++) {

        if (p[i] == '.' && places == 0 && i != 0 && whole < 11) {
            places = 1;
            continue;
        }

        if (p[i] < '0' || p[i] > '9' || i == 18) {
            return CRICKET_OPENTSDB_TIMES;
        }

        if (places > 3) {

            /* some languages write thousandths with more digits */

            continue;
        }

        n = n * 10 + (p[i] - '0');

        whole += (places == 0);
        places += (places != 0);
    }

    if (len == 0 || (places != 0 && whole > 10)) {
        return CRICKET_OPENTSDB_TIMES;
    }

    if (whole <= 10) {

        for (places += (places == 0); places < 4; places++) {
            n *= 10;
        }
    }

    return (cricket_time_set(t, n, 0) == CRICKET_OK)
           ? NULL : CRICKET_OPENTSDB_TIMES;
}


/* YYYY/MM/DD, and behind a "-" or a blank HH:MM or HH:MM:SS */

static const char *
cricket_opentsdb_time_date(const cricket_str_t *text,
    const cricket_zone_t *zone, cricket_time_t *t)
{
    size_t                i, n;
    unsigned char         copy[sizeof("2016-12-31T22:49:50Z")];
    char                  err[CRICKET_TIME_ERROR];
    const unsigned char  *p;

    static const unsigned char  places[] = { 0, 5, 8, 11, 14, 17 };

    p = text->data;
    n = (text->len == 10) ? 3 : (text->len == 16) ? 5
                                : (text->len == 19) ? 6 : 0;

    for (i = 0; i < n; i++) {

        if (!cricket_opentsdb_time_digits(p + places[i], i == 0 ? 4 : 2)) {
            n = 0;
        }
    }

    if (n == 0 || p[4] != '/' || p[7] != '/'
        || (n > 3 && ((p[10] != '-' && p[10] != ' ') || p[13] != ':'))
        || (n > 5 && p[16] != ':'))
    {
        return CRICKET_OPENTSDB_TIMES;
    }

    memcpy(copy, "0000-00-00T00:00:00Z", sizeof(copy) - 1);

    for (i = 0; i < n; i++) {
        memcpy(copy + places[i], p + places[i], i == 0 ? 4 : 2);
    }

    if (cricket_time_parse(copy, sizeof(copy) - 1, t, err) != CRICKET_OK) {
        return "not a date of the calendar";
    }

    t->sec = cricket_zone_instant(zone, t->sec);

    return (cricket_time_set(t, cricket_time_msec(t), 0) == CRICKET_OK)
           ? NULL : "outside the years 1 to 9999 in UTC";
}


static int
cricket_opentsdb_time_digits(const unsigned char *p, size_t n)
{
    size_t  i;

    for (i = 0; i < n; i++) {

        if (p[i] < '0' || p[i] > '9') {
            return 0;
        }
    }

    return 1;
}
