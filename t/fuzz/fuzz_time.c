
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#define _GNU_SOURCE

#include <regex.h>
#include <time.h>

#include "cricket_time.h"
#include "fuzz.h"


/*
 * A regular expression and glibc's calendar must agree with us on what is a
 * time and on which it is.  An input of 12 bytes is an instant to write, too.
 */

#define FUZZ_FIRST  INT64_C(-62135596800)
#define FUZZ_LAST   INT64_C(253402300799)

#define FUZZ_TIME                                                            \
    "^([0-9]{4})-([0-9]{2})-([0-9]{2})[Tt]"                                  \
    "([0-9]{2}):([0-9]{2}):([0-9]{2})([.]([0-9]{1,9}))?"                     \
    "([Zz]|([+-])([0-9]{2}):([0-9]{2}))$"

#define FUZZ_GROUPS  13


static int fuzz_parse(const uint8_t *data, size_t size, cricket_time_t *t);
static int fuzz_number(const char *s, const regmatch_t *m);
static void fuzz_round_trip(const cricket_time_t *t);


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int             rc;
    char            err[CRICKET_TIME_ERROR];
    size_t          i, len;
    int64_t         msec;
    uint32_t        nanos;
    cricket_time_t  t, expected;

    memset(err, 0, sizeof(err));

    rc = cricket_time_parse(data, size, &t, err);

    FUZZ_CHECK(rc == fuzz_parse(data, size, &expected));

    if (rc == CRICKET_OK) {
        FUZZ_CHECK(cricket_time_cmp(&t, &expected) == 0);
        fuzz_round_trip(&t);

    } else {
        len = strnlen(err, sizeof(err));

        FUZZ_CHECK(rc == CRICKET_INVALID && len < sizeof(err));
        FUZZ_CHECK(len > sizeof(CRICKET_TIME_EXPECTED)
                   && strcmp(err + len - (sizeof(CRICKET_TIME_EXPECTED) - 1),
                             CRICKET_TIME_EXPECTED) == 0);

        for (i = 0; i < len; i++) {
            FUZZ_CHECK(err[i] >= 0x20 && err[i] < 0x7f);
        }
    }

    if (size == sizeof(msec) + sizeof(nanos)) {
        memcpy(&msec, data, sizeof(msec));
        memcpy(&nanos, data + sizeof(msec), sizeof(nanos));

        /* mostly values in the range */

        msec = (nanos & 1) ? msec : msec % (FUZZ_LAST * 1000 + 2000);
        nanos = (nanos & 2) ? nanos : nanos % 1000000;

        rc = cricket_time_set(&t, msec, nanos);

        FUZZ_CHECK(rc == ((nanos <= 999999 && msec >= FUZZ_FIRST * 1000
                           && msec <= FUZZ_LAST * 1000 + 999)
                          ? CRICKET_OK : CRICKET_INVALID));

        if (rc == CRICKET_OK) {
            FUZZ_CHECK(cricket_time_msec(&t) == msec);
            FUZZ_CHECK(cricket_time_nanos(&t) == nanos);
            fuzz_round_trip(&t);
        }
    }

    return 0;
}


static int
fuzz_parse(const uint8_t *data, size_t size, cricket_time_t *t)
{
    int         i, offset;
    char        text[64];
    time_t      sec;
    struct tm   tm, back;
    regmatch_t  m[FUZZ_GROUPS];

    static int       compiled;
    static regex_t   regex;

    if (!compiled) {
        FUZZ_CHECK(regcomp(&regex, FUZZ_TIME, REG_EXTENDED) == 0);
        compiled = 1;
    }

    if (size >= sizeof(text) || memchr(data, '\0', size) != NULL) {
        return CRICKET_INVALID;
    }

    memcpy(text, data, size);
    text[size] = '\0';

    if (regexec(&regex, text, FUZZ_GROUPS, m, 0) != 0) {
        return CRICKET_INVALID;
    }

    memset(&tm, 0, sizeof(struct tm));

    tm.tm_year = fuzz_number(text, &m[1]) - 1900;
    tm.tm_mon = fuzz_number(text, &m[2]) - 1;
    tm.tm_mday = fuzz_number(text, &m[3]);
    tm.tm_hour = fuzz_number(text, &m[4]);
    tm.tm_min = fuzz_number(text, &m[5]);
    tm.tm_sec = fuzz_number(text, &m[6]);

    /* what is no real time comes back as another one */

    back = tm;
    sec = timegm(&back);

    if (back.tm_year != tm.tm_year || back.tm_mon != tm.tm_mon
        || back.tm_mday != tm.tm_mday || back.tm_hour != tm.tm_hour
        || back.tm_min != tm.tm_min || back.tm_sec != tm.tm_sec
        || tm.tm_year == -1900)
    {
        return CRICKET_INVALID;
    }

    if (m[10].rm_so != -1) {
        offset = fuzz_number(text, &m[11]) * 60;

        if (offset > 23 * 60 || fuzz_number(text, &m[12]) > 59) {
            return CRICKET_INVALID;
        }

        offset += fuzz_number(text, &m[12]);
        sec += (text[m[10].rm_so] == '-') ? offset * 60 : -offset * 60;
    }

    if (gmtime_r(&sec, &back) == NULL || back.tm_year < 1 - 1900
        || back.tm_year > 9999 - 1900)
    {
        return CRICKET_INVALID;
    }

    t->sec = sec;
    t->nsec = 0;

    if (m[8].rm_so != -1) {
        t->nsec = fuzz_number(text, &m[8]);

        for (i = m[8].rm_eo - m[8].rm_so; i < 9; i++) {
            t->nsec *= 10;
        }
    }

    return CRICKET_OK;
}


static int
fuzz_number(const char *s, const regmatch_t *m)
{
    int       value;
    regoff_t  i;

    value = 0;

    for (i = m->rm_so; i < m->rm_eo; i++) {
        value = value * 10 + (s[i] - '0');
    }

    return value;
}


static void
fuzz_round_trip(const cricket_time_t *t)
{
    char            expected[64], err[CRICKET_TIME_ERROR];
    size_t          len;
    time_t          sec;
    struct tm       tm;
    unsigned char   text[CRICKET_TIME_LEN];
    cricket_time_t  back;

    len = cricket_time_format(text, t);
    FUZZ_CHECK(len <= sizeof(text));

    FUZZ_CHECK(cricket_time_parse(text, len, &back, err) == CRICKET_OK);
    FUZZ_CHECK(cricket_time_cmp(t, &back) == 0);

    FUZZ_CHECK(cricket_time_set(&back, cricket_time_msec(t),
                                cricket_time_nanos(t)) == CRICKET_OK);
    FUZZ_CHECK(cricket_time_cmp(t, &back) == 0);

    sec = t->sec;
    FUZZ_CHECK(gmtime_r(&sec, &tm) != NULL);

    snprintf(expected, sizeof(expected), "%04d-%02d-%02dT%02d:%02d:%02d",
             tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour,
             tm.tm_min, tm.tm_sec);

    FUZZ_CHECK(memcmp(text, expected, 19) == 0);
    FUZZ_CHECK(t->nsec != 0 || len == 20);
    FUZZ_CHECK(t->nsec == 0 || text[len - 2] != '0');
}
