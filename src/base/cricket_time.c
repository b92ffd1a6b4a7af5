
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* Instants: RFC 3339 as it came, and seconds and nanoseconds. */


#include <stdarg.h>
#include <stdio.h>

#include "cricket_time.h"


#define CRICKET_TIME_DAY       86400

/* 0001-01-01T00:00:00Z and 9999-12-31T23:59:59Z */
#define CRICKET_TIME_FIRST     INT64_C(-62135596800)
#define CRICKET_TIME_LAST      INT64_C(253402300799)

/* days from 0000-03-01 to 1970-01-01 */
#define CRICKET_TIME_EPOCH     719468

#define CRICKET_TIME_YEARS     400
#define CRICKET_TIME_CYCLE     146097   /* days in 400 years */


/* what is left of a text that is being read */

typedef struct {
    const unsigned char   *pos;
    const unsigned char   *last;
    char                  *err;
} cricket_time_text_t;


static int cricket_time_date(cricket_time_text_t *text, int *days);
static int cricket_time_of_day(cricket_time_text_t *text, int *seconds);
static int cricket_time_fraction(cricket_time_text_t *text, uint32_t *nsec);
static int cricket_time_zone(cricket_time_text_t *text, int *offset);
static int cricket_time_between(cricket_time_text_t *text, const char *what,
    int value, int first, int last);
static int cricket_time_invalid(cricket_time_text_t *text, const char *fmt,
    ...) __attribute__((format(printf, 2, 3)));
static int cricket_time_is_number(const cricket_time_text_t *text);
static int cricket_time_number(const unsigned char *p);
static unsigned char *cricket_time_digits(unsigned char *p, uint32_t value,
    size_t n);


int
cricket_time_parse(const unsigned char *p, size_t len, cricket_time_t *t,
    char *err)
{
    int                  days, seconds, offset;
    int64_t              instant;
    uint32_t             nsec;
    cricket_time_text_t  text;

    /* a NULL pointer must not be added to, be it 0 */

    if (len == 0) {
        p = (const unsigned char *) "";
    }

    text.pos = p;
    text.last = p + len;
    text.err = err;

    if (cricket_time_date(&text, &days) != CRICKET_OK
        || cricket_time_of_day(&text, &seconds) != CRICKET_OK
        || cricket_time_fraction(&text, &nsec) != CRICKET_OK
        || cricket_time_zone(&text, &offset) != CRICKET_OK)
    {
        return CRICKET_INVALID;
    }

    instant = (int64_t) days * CRICKET_TIME_DAY + seconds - offset;

    if (instant < CRICKET_TIME_FIRST || instant > CRICKET_TIME_LAST) {
        return cricket_time_invalid(&text, "outside the years 0001 to 9999 "
                                    "in UTC");
    }

    t->sec = instant;
    t->nsec = nsec;

    return CRICKET_OK;
}


/* "2016-12-31", as days from 1970-01-01 */

static int
cricket_time_date(cricket_time_text_t *text, int *days)
{
    int                   n, year, month, day, last;
    const unsigned char  *p;

    static const unsigned char  lengths[] = {
        31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31
    };

    *days = 0;
    p = text->pos;

    if (text->last - p < 10 || p[4] != '-' || p[7] != '-') {
        goto invalid;
    }

    n = cricket_time_number(p);
    year = cricket_time_number(p + 2);
    month = cricket_time_number(p + 5);
    day = cricket_time_number(p + 8);

    if ((n | year | month | day) < 0) {
        goto invalid;
    }

    year += n * 100;

    if (year == 0) {
        return cricket_time_invalid(text, "year 0000 is not 0001 to 9999");
    }

    if (cricket_time_between(text, "month", month, 1, 12) != CRICKET_OK) {
        return CRICKET_INVALID;
    }

    last = lengths[month - 1];

    if (month == 2 && year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)) {
        last++;
    }

    if (day < 1 || day > last) {
        return cricket_time_invalid(text, "day %02d is not 01 to %d in "
                                    "%04d-%02d", day, last, year, month);
    }

    text->pos += 10;
    *days = cricket_time_days(year, month, day);

    return CRICKET_OK;

invalid:

    if (p == text->last) {
        return cricket_time_invalid(text, "empty");
    }

    if (cricket_time_is_number(text)) {
        return cricket_time_invalid(text, "a number, not a date and a time");
    }

    return cricket_time_invalid(text, "does not begin with a date as "
                                "YYYY-MM-DD");
}


/* "T22:49:50", as seconds */

static int
cricket_time_of_day(cricket_time_text_t *text, int *seconds)
{
    int                   hour, min, sec;
    const unsigned char  *p;

    *seconds = 0;
    p = text->pos;

    if (p == text->last) {
        return cricket_time_invalid(text, "a date without a time of day");
    }

    if (*p == ' ') {
        return cricket_time_invalid(text, "a blank where T should be");
    }

    if (*p != 'T' && *p != 't') {
        return cricket_time_invalid(text, "no T behind the date");
    }

    if (text->last - p < 9 || p[3] != ':' || p[6] != ':') {
        goto invalid;
    }

    hour = cricket_time_number(p + 1);
    min = cricket_time_number(p + 4);
    sec = cricket_time_number(p + 7);

    if ((hour | min | sec) < 0) {
        goto invalid;
    }

    if (sec == 60) {
        return cricket_time_invalid(text, "second 60, a leap second, is not "
                                    "accepted");
    }

    if (cricket_time_between(text, "hour", hour, 0, 23) != CRICKET_OK
        || cricket_time_between(text, "minute", min, 0, 59) != CRICKET_OK
        || cricket_time_between(text, "second", sec, 0, 59) != CRICKET_OK)
    {
        return CRICKET_INVALID;
    }

    text->pos += 9;
    *seconds = (hour * 60 + min) * 60 + sec;

    return CRICKET_OK;

invalid:

    return cricket_time_invalid(text, "the time of day is not HH:MM:SS");
}


/* ".25" or nothing, as nanoseconds */

static int
cricket_time_fraction(cricket_time_text_t *text, uint32_t *nsec)
{
    int                   n;
    const unsigned char  *p, *start;

    *nsec = 0;
    p = text->pos;

    if (p == text->last) {
        return CRICKET_OK;
    }

    if (*p == ',') {
        return cricket_time_invalid(text, "a comma where a point should be");
    }

    if (*p != '.') {
        return CRICKET_OK;
    }

    start = ++p;

    while (p < text->last && *p >= '0' && *p <= '9') {

        if (p - start == 9) {
            return cricket_time_invalid(text, "more than 9 fraction digits");
        }

        *nsec = *nsec * 10 + (*p++ - '0');
    }

    if (p == start) {
        return cricket_time_invalid(text, "no digit behind the point");
    }

    for (n = (int) (p - start); n < 9; n++) {
        *nsec *= 10;
    }

    text->pos = p;

    return CRICKET_OK;
}


/* "Z" or "+01:00" and nothing behind, as seconds */

static int
cricket_time_zone(cricket_time_text_t *text, int *offset)
{
    int                   hour, min;
    size_t                len;
    const unsigned char  *p;

    *offset = 0;
    p = text->pos;
    len = text->last - p;

    if (len != 0 && (*p == 'Z' || *p == 'z')) {

        if (len != 1) {
            return cricket_time_invalid(text, "something follows the Z");
        }

        return CRICKET_OK;
    }

    if (len == 0 || (*p != '+' && *p != '-')) {
        return cricket_time_invalid(text, "no zone, such as Z or +01:00, "
                                    "behind the seconds");
    }

    hour = (len == 6 && p[3] == ':') ? cricket_time_number(p + 1) : -1;
    min = (hour >= 0) ? cricket_time_number(p + 4) : -1;

    if (min < 0) {
        return cricket_time_invalid(text, "the offset is not %cHH:MM", *p);
    }

    if (cricket_time_between(text, "the offset's hour", hour, 0, 23)
        != CRICKET_OK
        || cricket_time_between(text, "the offset's minute", min, 0, 59)
           != CRICKET_OK)
    {
        return CRICKET_INVALID;
    }

    *offset = (hour * 60 + min) * 60;

    if (*p == '-') {
        *offset = -*offset;
    }

    return CRICKET_OK;
}


static int
cricket_time_between(cricket_time_text_t *text, const char *what, int value,
    int first, int last)
{
    if (value >= first && value <= last) {
        return CRICKET_OK;
    }

    return cricket_time_invalid(text, "%s %02d is not %02d to %d", what, value,
                                first, last);
}


static int
cricket_time_invalid(cricket_time_text_t *text, const char *fmt, ...)
{
    int      n;
    va_list  args;

    va_start(args, fmt);
    n = vsnprintf(text->err, CRICKET_TIME_ERROR, fmt, args);
    va_end(args);

    (void) snprintf(text->err + n, CRICKET_TIME_ERROR - n, ", %s",
                    CRICKET_TIME_EXPECTED);

    return CRICKET_INVALID;
}


/* as seconds since 1970 are written */

static int
cricket_time_is_number(const cricket_time_text_t *text)
{
    int                   point;
    const unsigned char  *p;

    point = 0;
    p = text->pos;

    if (p < text->last && *p == '-') {
        p++;
    }

    if (p == text->last || *p < '0' || *p > '9') {
        return 0;
    }

    for ( /* void */ ; p < text->last; p++) {

        if (*p == '.' && !point) {
            point = 1;

        } else if (*p < '0' || *p > '9') {
            return 0;
        }
    }

    return 1;
}


/* the value of two digits, or -1 */

static int
cricket_time_number(const unsigned char *p)
{
    if (p[0] < '0' || p[0] > '9' || p[1] < '0' || p[1] > '9') {
        return -1;
    }

    return (p[0] - '0') * 10 + (p[1] - '0');
}


/* a year is counted from March, so that the leap day is its last */

int
cricket_time_days(int year, int month, int day)
{
    if (month <= 2) {
        year--;
        month += 12;
    }

    /* one cycle on, for year -1 */

    year += CRICKET_TIME_YEARS;

    return year * 365 + year / 4 - year / 100 + year / 400
           + (153 * (month - 3) + 2) / 5 + day - 1
           - CRICKET_TIME_CYCLE - CRICKET_TIME_EPOCH;
}


void
cricket_time_civil(int64_t days, int *year, int *month, int *day)
{
    int  n, cycle;

    /* one cycle on, for what is before 0000-03-01 */

    n = (int) days + CRICKET_TIME_EPOCH + CRICKET_TIME_CYCLE;

    cycle = n / CRICKET_TIME_CYCLE;
    n %= CRICKET_TIME_CYCLE;

    *year = (n - n / 1460 + n / 36524 - n / 146096) / 365;
    n -= *year * 365 + *year / 4 - *year / 100;

    *month = (n * 5 + 2) / 153;
    *day = n - (*month * 153 + 2) / 5 + 1;

    *year += (cycle - 1) * CRICKET_TIME_YEARS;
    *month += 3;

    if (*month > 12) {
        *month -= 12;
        ++*year;
    }
}


size_t
cricket_time_format(unsigned char *dst, const cricket_time_t *t)
{
    int             year, month, day;
    int64_t         days;
    uint32_t        sec, nsec;
    unsigned char  *p;

    days = t->sec / CRICKET_TIME_DAY;

    if (t->sec % CRICKET_TIME_DAY < 0) {
        days--;
    }

    sec = (uint32_t) (t->sec - days * CRICKET_TIME_DAY);

    cricket_time_civil(days, &year, &month, &day);

    p = cricket_time_digits(dst, year, 4);
    *p++ = '-';
    p = cricket_time_digits(p, month, 2);
    *p++ = '-';
    p = cricket_time_digits(p, day, 2);
    *p++ = 'T';
    p = cricket_time_digits(p, sec / 3600, 2);
    *p++ = ':';
    p = cricket_time_digits(p, sec / 60 % 60, 2);
    *p++ = ':';
    p = cricket_time_digits(p, sec % 60, 2);

    nsec = t->nsec;

    if (nsec != 0) {
        *p++ = '.';
        p = cricket_time_digits(p, nsec, 9);

        while (p[-1] == '0') {
            p--;
        }
    }

    *p++ = 'Z';

    return p - dst;
}


/* writes the last n digits of a number, leading zeros and all */

static unsigned char *
cricket_time_digits(unsigned char *p, uint32_t value, size_t n)
{
    unsigned char  *last;

    last = p + n;
    p = last;

    while (n--) {
        *--p = (unsigned char) ('0' + value % 10);
        value /= 10;
    }

    return last;
}


int64_t
cricket_time_msec(const cricket_time_t *t)
{
    return t->sec * 1000 + t->nsec / 1000000;
}


uint32_t
cricket_time_nanos(const cricket_time_t *t)
{
    return t->nsec % 1000000;
}


int
cricket_time_set(cricket_time_t *t, int64_t msec, uint32_t nanos)
{
    int64_t  sec, rest;

    sec = msec / 1000;
    rest = msec % 1000;

    if (rest < 0) {
        rest += 1000;
        sec--;
    }

    if (nanos > 999999 || sec < CRICKET_TIME_FIRST || sec > CRICKET_TIME_LAST)
    {
        return CRICKET_INVALID;
    }

    t->sec = sec;
    t->nsec = (uint32_t) rest * 1000000 + nanos;

    return CRICKET_OK;
}


int
cricket_time_cmp(const cricket_time_t *a, const cricket_time_t *b)
{
    if (a->sec != b->sec) {
        return a->sec < b->sec ? -1 : 1;
    }

    if (a->nsec != b->nsec) {
        return a->nsec < b->nsec ? -1 : 1;
    }

    return 0;
}
