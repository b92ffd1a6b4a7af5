
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _CRICKET_TIME_H_INCLUDED_
#define _CRICKET_TIME_H_INCLUDED_


#include "cricket_string.h"


/* an instant from 0001-01-01T00:00:00Z to 9999-12-31T23:59:59.999999999Z */

typedef struct {
    int64_t                sec;     /* since the epoch, rounded down */
    uint32_t               nsec;    /* 0 to 999,999,999 */
} cricket_time_t;


/* the length of the longest text of cricket_time_format() */
#define CRICKET_TIME_LEN   (sizeof("9999-12-31T23:59:59.999999999Z") - 1)

/*
 * From this second on Elasticsearch is given milliseconds as a number: version
 * 7 takes negative ones only of whole seconds, and any version four digits for
 * a year if the mapping's formats are so ordered.
 */
#define CRICKET_TIME_NUMBERS  10


/* what a message about a time says at last */
#define CRICKET_TIME_EXPECTED  "expected a time like 2016-12-31T22:49:50Z"

/* the size of the longest message, with its NUL */
#define CRICKET_TIME_ERROR     128


/*
 * Reads all len bytes at p as a date-time of RFC 3339, section 5.6: any
 * offset, "t" and "z" in either case, 1 to 9 fraction digits, the years 0001
 * to 9999 in UTC too.  Second 60 is an error.  Returns CRICKET_OK, or
 * CRICKET_INVALID with what is wrong first in err, which has
 * CRICKET_TIME_ERROR bytes: printable ASCII, NUL-terminated.
 */
int cricket_time_parse(const unsigned char *p, size_t len, cricket_time_t *t,
    char *err);

/*
 * Writes the instant in UTC, "2016-12-31T22:49:50Z", with a fraction without
 * trailing zeros only where there is one.  dst has CRICKET_TIME_LEN bytes;
 * nothing terminates the text.  Returns its length.
 */
size_t cricket_time_format(unsigned char *dst, const cricket_time_t *t);

/*
 * The days from 1970-01-01 to a date of the Gregorian calendar, of the years 0
 * to 9999 and one more to each side, and the reverse.
 */
int cricket_time_days(int year, int month, int day);
void cricket_time_civil(int64_t days, int *year, int *month, int *day);

/* milliseconds since the epoch, rounded down, and the nanoseconds left over */
int64_t cricket_time_msec(const cricket_time_t *t);
uint32_t cricket_time_nanos(const cricket_time_t *t);

/*
 * The reverse.  Returns CRICKET_OK, or CRICKET_INVALID if nanos is over 999,999
 * or the instant outside the years 0001 to 9999.
 */
int cricket_time_set(cricket_time_t *t, int64_t msec, uint32_t nanos);

/* returns a number below, equal to or above 0 */
int cricket_time_cmp(const cricket_time_t *a, const cricket_time_t *b);


#endif /* _CRICKET_TIME_H_INCLUDED_ */
