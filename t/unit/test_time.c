
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#include "cricket_time.h"
#include "test.h"


#define TEST_FIRST  INT64_C(-62135596800)
#define TEST_LAST   INT64_C(253402300799)


static void test_parse(void);
static void test_invalid(void);
static void test_each_byte(void);
static void test_each_day(void);
static void test_format(void);
static void test_msec(void);
static void test_cmp(void);


static void
test_parse(void)
{
    int             rc;
    char            err[CRICKET_TIME_ERROR];
    size_t          i;
    cricket_time_t  time;

    static const struct {
        const char  *text;
        int64_t      sec;
        uint32_t     nsec;
    } t[] = {
        { "1970-01-01T00:00:00Z", 0, 0 },
        { "2016-12-31T22:49:50Z", 1483224590, 0 },
        { "2016-12-31t22:49:50z", 1483224590, 0 },
        { "2016-12-31T22:49:50+00:00", 1483224590, 0 },
        { "2016-12-31T22:49:50-00:00", 1483224590, 0 },
        { "2017-01-01T00:49:50+02:00", 1483224590, 0 },
        { "2016-12-31T11:19:50-11:30", 1483224590, 0 },
        { "2017-01-01T22:48:50+23:59", 1483224590, 0 },
        { "2016-12-30T22:50:50-23:59", 1483224590, 0 },
        { "2016-12-31T22:49:50.5Z", 1483224590, 500000000 },
        { "2016-12-31T22:49:50.000000001Z", 1483224590, 1 },
        { "2016-12-31T22:49:50.999999999+00:00", 1483224590, 999999999 },
        { "2016-12-31T22:49:50.0Z", 1483224590, 0 },
        { "2016-12-31T22:49:50.120-01:00", 1483228190, 120000000 },
        { "1969-12-31T23:59:59Z", -1, 0 },
        { "1969-12-31T23:59:59.75Z", -1, 750000000 },
        { "2000-02-29T00:00:00Z", 951782400, 0 },
        { "2016-02-29T23:59:59Z", 1456790399, 0 },
        { "2100-02-28T00:00:00Z", 4107456000, 0 },
        { "0004-02-29T00:00:00Z", -62035891200, 0 },
        { "0001-01-01T00:00:00Z", TEST_FIRST, 0 },
        { "0001-01-01T00:00:00-00:01", TEST_FIRST + 60, 0 },
        { "9999-12-31T23:59:59.999999999Z", TEST_LAST, 999999999 },
        { "9999-12-31T23:59:59+00:01", TEST_LAST - 60, 0 },
    };

    for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
        rc = cricket_time_parse((const unsigned char *) t[i].text,
                                strlen(t[i].text), &time, err);

        CHECK(rc == CRICKET_OK && time.sec == t[i].sec
              && time.nsec == t[i].nsec, "parse %s", t[i].text);
    }
}


static void
test_invalid(void)
{
    int             rc;
    char            err[CRICKET_TIME_ERROR], expected[CRICKET_TIME_ERROR];
    size_t          i;
    cricket_time_t  time;

    static const struct {
        const char  *text;
        const char  *err;
    } t[] = {
        { "", "empty" },
        { "now", "does not begin with a date as YYYY-MM-DD" },
        { "1483224590", "a number, not a date and a time" },
        { "1483224590.25", "a number, not a date and a time" },
        { "-1", "a number, not a date and a time" },
        { "1", "a number, not a date and a time" },
        { "-", "does not begin with a date as YYYY-MM-DD" },
        { ".5", "does not begin with a date as YYYY-MM-DD" },
        { "2016-12-31", "a date without a time of day" },
        { "2016-12-31T22:49:50",
          "no zone, such as Z or +01:00, behind the seconds" },
        { "2016-12-31T22:49Z", "the time of day is not HH:MM:SS" },
        { "2016-12-31T", "the time of day is not HH:MM:SS" },
        { "2016-12-31T22:49:5", "the time of day is not HH:MM:SS" },
        { "2016-12-31T2:49:50Z", "the time of day is not HH:MM:SS" },
        { "2016-12-31T22-49-50Z", "the time of day is not HH:MM:SS" },
        { "2016-12-31 22:49:50Z", "a blank where T should be" },
        { "2016-12-31_22:49:50Z", "no T behind the date" },
        { "2016-12-31Z", "no T behind the date" },
        { "20161231T224950Z", "does not begin with a date as YYYY-MM-DD" },
        { "2016-12-31T22:49:50ZZ", "something follows the Z" },
        { "2016-12-31T22:49:50Z ", "something follows the Z" },
        { " 2016-12-31T22:49:50Z",
          "does not begin with a date as YYYY-MM-DD" },
        { "2016-12-31T22:49:50 Z",
          "no zone, such as Z or +01:00, behind the seconds" },
        { "2016-12-31T22:49:50.Z", "no digit behind the point" },
        { "2016-12-31T22:49:50.", "no digit behind the point" },
        { "2016-12-31T22:49:50,5Z", "a comma where a point should be" },
        { "2016-12-31T22:49:50.5",
          "no zone, such as Z or +01:00, behind the seconds" },
        { "2016-12-31T22:49:50.5.5Z",
          "no zone, such as Z or +01:00, behind the seconds" },
        { "2016-12-31T22:49:50.5 Z",
          "no zone, such as Z or +01:00, behind the seconds" },
        { "2016-12-31T22:49:50+0000", "the offset is not +HH:MM" },
        { "2016-12-31T22:49:50-00", "the offset is not -HH:MM" },
        { "2016-12-31T22:49:50+", "the offset is not +HH:MM" },
        { "2016-12-31T22:49:50+00:0", "the offset is not +HH:MM" },
        { "2016-12-31T22:49:50+00:00Z", "the offset is not +HH:MM" },
        { "2016-12-31T22:49:50+0:00", "the offset is not +HH:MM" },
        { "2016-12-31T22:49:50+aa:00", "the offset is not +HH:MM" },
        { "2016-12-31T22:49:50+00:bb", "the offset is not +HH:MM" },
        { "2016-12-31T22:49:50UTC",
          "no zone, such as Z or +01:00, behind the seconds" },
        { "+016-12-31T22:49:50Z", "does not begin with a date as YYYY-MM-DD" },
        { "-001-12-31T22:49:50Z", "does not begin with a date as YYYY-MM-DD" },
        { "12016-12-31T22:49:50Z",
          "does not begin with a date as YYYY-MM-DD" },
        { "2016-1-31T22:49:50Z", "does not begin with a date as YYYY-MM-DD" },
        { "2016-12-3T22:49:50ZZ", "does not begin with a date as YYYY-MM-DD" },
        { "2016-W12-1T22:49:50Z", "does not begin with a date as YYYY-MM-DD" },
        { "16-12-31T22:49:50Z", "does not begin with a date as YYYY-MM-DD" },
        { "31.12.2016", "does not begin with a date as YYYY-MM-DD" },

        { "2016-12-31T22:49:50.1234567890Z", "more than 9 fraction digits" },
        { "2016-12-31T22:49:50.0000000000Z", "more than 9 fraction digits" },

        { "2016-00-01T00:00:00Z", "month 00 is not 01 to 12" },
        { "2016-13-01T00:00:00Z", "month 13 is not 01 to 12" },
        { "2016-01-00T00:00:00Z", "day 00 is not 01 to 31 in 2016-01" },
        { "2016-01-32T00:00:00Z", "day 32 is not 01 to 31 in 2016-01" },
        { "2016-04-31T00:00:00Z", "day 31 is not 01 to 30 in 2016-04" },
        { "2016-06-31T00:00:00Z", "day 31 is not 01 to 30 in 2016-06" },
        { "2016-09-31T00:00:00Z", "day 31 is not 01 to 30 in 2016-09" },
        { "2016-11-31T00:00:00Z", "day 31 is not 01 to 30 in 2016-11" },
        { "2016-02-30T00:00:00Z", "day 30 is not 01 to 29 in 2016-02" },
        { "2015-02-29T00:00:00Z", "day 29 is not 01 to 28 in 2015-02" },
        { "1900-02-29T00:00:00Z", "day 29 is not 01 to 28 in 1900-02" },
        { "2100-02-29T00:00:00Z", "day 29 is not 01 to 28 in 2100-02" },

        { "2016-12-31T24:00:00Z", "hour 24 is not 00 to 23" },
        { "2016-12-31T23:60:00Z", "minute 60 is not 00 to 59" },
        { "2016-12-31T23:59:61Z", "second 61 is not 00 to 59" },
        { "2016-12-31T23:59:99Z", "second 99 is not 00 to 59" },
        { "2016-12-31T23:59:60Z",
          "second 60, a leap second, is not accepted" },

        { "2016-12-31T22:49:50+24:00",
          "the offset's hour 24 is not 00 to 23" },
        { "2016-12-31T22:49:50-00:60",
          "the offset's minute 60 is not 00 to 59" },

        { "0000-01-01T00:00:00Z", "year 0000 is not 0001 to 9999" },
        { "0000-12-31T23:59:59-01:00", "year 0000 is not 0001 to 9999" },
        { "0001-01-01T00:00:00+00:01",
          "outside the years 0001 to 9999 in UTC" },
        { "9999-12-31T23:59:59-00:01",
          "outside the years 0001 to 9999 in UTC" },
    };

    for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
        memset(err, 0, sizeof(err));

        rc = cricket_time_parse((const unsigned char *) t[i].text,
                                strlen(t[i].text), &time, err);

        (void) snprintf(expected, sizeof(expected), "%s, expected a time like "
                        "2016-12-31T22:49:50Z", t[i].err);

        CHECK(rc == CRICKET_INVALID && strcmp(err, expected) == 0,
              "invalid %s: %s", t[i].text, err);
    }
}


/* each byte replaced by each other one: right only where that is a time too */

static void
test_each_byte(void)
{
    int             c, ok, good, bad;
    char            err[CRICKET_TIME_ERROR];
    size_t          i;
    unsigned char   text[sizeof("2016-11-21T12:49:50.5+01:00")];
    cricket_time_t  time;

    static const char  likeness[] = "dddd-dd-ddTdd:dd:dd.d+dd:dd";

    good = 0;
    bad = 0;

    for (i = 0; i < sizeof(text) - 1; i++) {

        for (c = 0; c < 256; c++) {
            memcpy(text, "2016-11-21T12:49:50.5+01:00", sizeof(text));
            text[i] = (unsigned char) c;

            ok = cricket_time_parse(text, sizeof(text) - 1, &time, err)
                 == CRICKET_OK;

            switch (likeness[i]) {

            case 'd':
                bad += (ok && (c < '0' || c > '9'));
                break;

            case 'T':
                bad += (ok != (c == 'T' || c == 't'));
                break;

            case '+':
                bad += (ok != (c == '+' || c == '-'));
                break;

            default:
                bad += (ok != (c == likeness[i]));
            }

            good += ok;
        }
    }

    CHECK(bad == 0, "no other byte passes, %d do wrongly", bad);

    /*
     * 10 for each digit of the year, "0" and "1" and then "0" to "2" for the
     * month, and so on; the last are the marks, of which two have two forms
     */

    CHECK(good == 40 + 5 + 13 + 13 + 16 + 16 + 10 + 13 + 16 + 8 + 2,
          "%d bytes pass", good);
}


/* against a calendar that counts day by day */

static void
test_each_day(void)
{
    int             year, month, day, length, bad;
    char            text[64], err[CRICKET_TIME_ERROR];
    size_t          len;
    int64_t         sec;
    unsigned char   out[CRICKET_TIME_LEN];
    cricket_time_t  time;

    static const int  lengths[] = {
        0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31
    };

    bad = 0;
    sec = TEST_FIRST;

    for (year = 1; year <= 9999; year++) {

        for (month = 1; month <= 12; month++) {
            length = lengths[month];

            if (month == 2
                && ((year % 4 == 0 && year % 100 != 0) || year % 400 == 0))
            {
                length = 29;
            }

            for (day = 1; day <= length; day++) {

                (void) snprintf(text, sizeof(text),
                                "%04d-%02d-%02dT%02d:%02d:%02dZ",
                                year, month, day, day % 24, day % 60,
                                month * 4);

                if (cricket_time_parse((unsigned char *) text, 20, &time, err)
                    != CRICKET_OK
                    || time.sec != sec + day % 24 * 3600 + day % 60 * 60
                                   + month * 4
                    || time.nsec != 0)
                {
                    bad++;
                }

                len = cricket_time_format(out, &time);

                if (len != 20 || memcmp(out, text, 20) != 0) {
                    bad++;
                }

                sec += 86400;
            }

            (void) snprintf(text, sizeof(text), "%04d-%02d-%02dT00:00:00Z",
                            year, month, length + 1);

            if (cricket_time_parse((unsigned char *) text, 20, &time, err)
                != CRICKET_INVALID)
            {
                bad++;
            }
        }
    }

    CHECK(bad == 0, "each day of 9,999 years");
    CHECK(sec == TEST_LAST + 1, "and no more than these");
}


static void
test_format(void)
{
    size_t          i, len;
    unsigned char   out[CRICKET_TIME_LEN];
    cricket_time_t  time;

    static const struct {
        int64_t      sec;
        uint32_t     nsec;
        const char  *text;
    } t[] = {
        { 0, 0, "1970-01-01T00:00:00Z" },
        { 1483224590, 0, "2016-12-31T22:49:50Z" },
        { 1483224590, 500000000, "2016-12-31T22:49:50.5Z" },
        { 1483224590, 1, "2016-12-31T22:49:50.000000001Z" },
        { 1483224590, 10, "2016-12-31T22:49:50.00000001Z" },
        { 1483224590, 123000000, "2016-12-31T22:49:50.123Z" },
        { -1, 0, "1969-12-31T23:59:59Z" },
        { -1, 250000000, "1969-12-31T23:59:59.25Z" },
        { -86400, 0, "1969-12-31T00:00:00Z" },
        { -86401, 0, "1969-12-30T23:59:59Z" },
        { TEST_FIRST, 0, "0001-01-01T00:00:00Z" },
        { TEST_LAST, 999999999, "9999-12-31T23:59:59.999999999Z" },
    };

    for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
        time.sec = t[i].sec;
        time.nsec = t[i].nsec;

        len = cricket_time_format(out, &time);

        CHECK(len == strlen(t[i].text) && memcmp(out, t[i].text, len) == 0,
              "format %s", t[i].text);
    }
}


static void
test_msec(void)
{
    int             rc;
    size_t          i;
    cricket_time_t  time, back;

    static const struct {
        int64_t   sec;
        uint32_t  nsec;
        int64_t   msec;
        uint32_t  nanos;
    } t[] = {
        { 0, 0, 0, 0 },
        { 1, 1000000, 1001, 0 },
        { 1, 999999999, 1999, 999999 },
        { -1, 0, -1000, 0 },
        { -1, 999000000, -1, 0 },
        { -1, 999999999, -1, 999999 },
        { -1, 1, -1000, 1 },
        { TEST_FIRST, 0, TEST_FIRST * 1000, 0 },
        { TEST_LAST, 999999999, TEST_LAST * 1000 + 999, 999999 },
    };

    for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
        time.sec = t[i].sec;
        time.nsec = t[i].nsec;

        CHECK(cricket_time_msec(&time) == t[i].msec
              && cricket_time_nanos(&time) == t[i].nanos,
              "%lld ms", (long long) t[i].msec);

        rc = cricket_time_set(&back, t[i].msec, t[i].nanos);

        CHECK(rc == CRICKET_OK && back.sec == time.sec
              && back.nsec == time.nsec, "%lld ms back",
              (long long) t[i].msec);
    }

    CHECK(cricket_time_set(&time, 0, 1000000) == CRICKET_INVALID,
          "nanos over 999,999");
    CHECK(cricket_time_set(&time, TEST_FIRST * 1000 - 1, 0)
          == CRICKET_INVALID, "before the first instant");
    CHECK(cricket_time_set(&time, TEST_LAST * 1000 + 1000, 0)
          == CRICKET_INVALID, "after the last instant");
    CHECK(cricket_time_set(&time, INT64_MIN, 0) == CRICKET_INVALID
          && cricket_time_set(&time, INT64_MAX, 0) == CRICKET_INVALID,
          "the extremes of an int64_t");
}


static void
test_cmp(void)
{
    cricket_time_t  a, b;

    a.sec = -1;
    a.nsec = 999999999;
    b.sec = 0;
    b.nsec = 0;

    CHECK(cricket_time_cmp(&a, &b) < 0 && cricket_time_cmp(&b, &a) > 0,
          "seconds count first");

    b.sec = -1;

    CHECK(cricket_time_cmp(&a, &b) > 0 && cricket_time_cmp(&b, &a) < 0,
          "then nanoseconds");
    CHECK(cricket_time_cmp(&a, &a) == 0, "equal");

    a.sec = TEST_FIRST;
    b.sec = TEST_LAST;

    CHECK(cricket_time_cmp(&a, &b) < 0, "far apart");
}


int
main(void)
{
    test_parse();
    test_invalid();
    test_each_byte();
    test_each_day();
    test_format();
    test_msec();
    test_cmp();

    return test_done();
}
