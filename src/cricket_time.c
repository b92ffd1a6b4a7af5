
/*
 * Copyright (C) Cricket authors
 */


#include "cricket_time.h"


#define CRICKET_TIME_DAY       86400

/* 0001-01-01T00:00:00Z and 9999-12-31T23:59:59Z */
#define CRICKET_TIME_FIRST     INT64_C(-62135596800)
#define CRICKET_TIME_LAST      INT64_C(253402300799)

/* days from 0000-03-01 to 1970-01-01 */
#define CRICKET_TIME_EPOCH     719468

#define CRICKET_TIME_YEARS     400
#define CRICKET_TIME_CYCLE     146097   /* days in 400 years */


static int cricket_time_number(const unsigned char *p);
static int cricket_time_days(int year, int month, int day);
static unsigned char *cricket_time_digits(unsigned char *p, uint32_t value,
    size_t n);


int
cricket_time_parse(const unsigned char *p, size_t len, cricket_time_t *t,
    const char **err)
{
    int                   year, month, day, hour, min, sec, offset, days;
    int                   n, zone_hour, zone_min;
    int64_t               instant;
    uint32_t              nsec;
    const unsigned char  *last, *fraction;

    static const unsigned char  lengths[] = {
        31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31
    };

    *err = "not RFC 3339";

    if (len < sizeof("2016-12-31T22:49:50Z") - 1) {
        return CRICKET_INVALID;
    }

    if (p[4] != '-' || p[7] != '-' || (p[10] != 'T' && p[10] != 't')
        || p[13] != ':' || p[16] != ':')
    {
        return CRICKET_INVALID;
    }

    n = cricket_time_number(p);
    year = cricket_time_number(p + 2);
    month = cricket_time_number(p + 5);
    day = cricket_time_number(p + 8);
    hour = cricket_time_number(p + 11);
    min = cricket_time_number(p + 14);
    sec = cricket_time_number(p + 17);

    if ((n | year | month | day | hour | min | sec) < 0) {
        return CRICKET_INVALID;
    }

    year += n * 100;

    last = p + len;
    p += sizeof("2016-12-31T22:49:50") - 1;

    nsec = 0;

    if (*p == '.') {
        fraction = ++p;

        while (p < last && *p >= '0' && *p <= '9') {

            if (p - fraction < 9) {
                nsec = nsec * 10 + (*p - '0');
            }

            p++;
        }

        if (p == fraction || p == last) {
            return CRICKET_INVALID;
        }

        if (p - fraction > 9) {
            *err = "more than 9 fraction digits";
            return CRICKET_INVALID;
        }

        for (n = (int) (p - fraction); n < 9; n++) {
            nsec *= 10;
        }
    }

    offset = 0;

    switch (*p) {

    case 'Z':
    case 'z':

        if (last - p != 1) {
            return CRICKET_INVALID;
        }

        break;

    case '+':
    case '-':

        if ((size_t) (last - p) != sizeof("+00:00") - 1 || p[3] != ':') {
            return CRICKET_INVALID;
        }

        zone_hour = cricket_time_number(p + 1);
        zone_min = cricket_time_number(p + 4);

        if ((zone_hour | zone_min) < 0) {
            return CRICKET_INVALID;
        }

        if (zone_hour > 23 || zone_min > 59) {
            *err = "not RFC 3339: no such offset";
            return CRICKET_INVALID;
        }

        offset = (zone_hour * 60 + zone_min) * 60;

        if (*p == '-') {
            offset = -offset;
        }

        break;

    default:
        return CRICKET_INVALID;
    }

    if (month < 1 || month > 12 || day < 1) {
        *err = "not RFC 3339: no such date";
        return CRICKET_INVALID;
    }

    days = lengths[month - 1];

    if (month == 2 && year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)) {
        days++;
    }

    if (day > days) {
        *err = "not RFC 3339: no such date";
        return CRICKET_INVALID;
    }

    if (sec == 60) {
        *err = "second 60 is not accepted";
        return CRICKET_INVALID;
    }

    if (hour > 23 || min > 59 || sec > 59) {
        *err = "not RFC 3339: no such time of day";
        return CRICKET_INVALID;
    }

    instant = (int64_t) cricket_time_days(year, month, day) * CRICKET_TIME_DAY
              + (hour * 60 + min) * 60 + sec - offset;

    if (year == 0 || instant < CRICKET_TIME_FIRST
        || instant > CRICKET_TIME_LAST)
    {
        *err = "outside the years 0001 to 9999";
        return CRICKET_INVALID;
    }

    t->sec = instant;
    t->nsec = nsec;

    return CRICKET_OK;
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


/*
 * The days from 1970-01-01 to a date of the Gregorian calendar, year 0 or
 * later.  A year is counted from March, so that the leap day is its last.
 */

static int
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


size_t
cricket_time_format(unsigned char *dst, const cricket_time_t *t)
{
    int64_t         days;
    uint32_t        day, sec, cycle, year, month, nsec;
    unsigned char  *p;

    days = t->sec / CRICKET_TIME_DAY;

    if (t->sec % CRICKET_TIME_DAY < 0) {
        days--;
    }

    sec = (uint32_t) (t->sec - days * CRICKET_TIME_DAY);

    /* the first of the years is behind 0000-03-01, so this is not negative */

    day = (uint32_t) (days + CRICKET_TIME_EPOCH);

    cycle = day / CRICKET_TIME_CYCLE;
    day %= CRICKET_TIME_CYCLE;

    year = (day - day / 1460 + day / 36524 - day / 146096) / 365;
    day -= year * 365 + year / 4 - year / 100;

    month = (day * 5 + 2) / 153;
    day -= (month * 153 + 2) / 5;

    year += cycle * CRICKET_TIME_YEARS;
    month += 3;

    if (month > 12) {
        month -= 12;
        year++;
    }

    p = cricket_time_digits(dst, year, 4);
    *p++ = '-';
    p = cricket_time_digits(p, month, 2);
    *p++ = '-';
    p = cricket_time_digits(p, day + 1, 2);
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
