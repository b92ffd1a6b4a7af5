
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#include <stdlib.h>
#include <time.h>

#include "cricket_time.h"
#include "cricket_zone.h"
#include "test.h"


static cricket_zone_t *test_open(const char *name);
static void test_names(void);
static void test_libc(void);
static void test_steps(void);
static void test_calendar(void);


static cricket_zone_t *
test_open(const char *name)
{
    cricket_str_t    s;
    cricket_zone_t  *zone;

    s.data = (const unsigned char *) name;
    s.len = strlen(name);

    return (cricket_zone_open(&s, &zone) == CRICKET_OK) ? zone : NULL;
}


static void
test_names(void)
{
    size_t           i;
    cricket_zone_t  *zone;

    static const char  *good[] = {
        "Europe/Berlin", "UTC", "Etc/GMT+5", "America/Argentina/Salta",
        "+05:30", "-17:59", "+00:00"
    };

    static const char  *bad[] = {
        "", "Europe", "Europe/", "/Europe/Berlin", "Europe//Berlin",
        "europe/berlin", "../zoneinfo/UTC", "Europe/../UTC", "Nowhere/Land",
        "posix/UTC", "Factory", "tzdata.zi", "+5:30", "+05:60", "+18:00",
        "+0530", "+", "-", "+05:3", "+05:30:00", "+0a:30", "UTC ",
        "Aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
    };

    for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        zone = test_open(good[i]);
        CHECK(zone != NULL, "zone %s", good[i]);
        cricket_zone_free(zone);
    }

    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        zone = test_open(bad[i]);
        CHECK(zone == NULL, "no zone: \"%s\"", bad[i]);
        cricket_zone_free(zone);
    }
}


/* the C library reads the same files */

static void
test_libc(void)
{
    size_t           i, n, wrong, back;
    time_t           t;
    int64_t          sec, local;
    unsigned         seed;
    struct tm        tm;
    cricket_zone_t  *zone;

    static const char  *names[] = {
        "Europe/Berlin", "America/New_York", "Australia/Lord_Howe",
        "Asia/Kolkata", "America/St_Johns", "Africa/Casablanca",
        "Europe/Dublin", "America/Santiago", "Pacific/Apia", "Asia/Kathmandu",
        "America/Nuuk", "Antarctica/Troll", "Asia/Jerusalem", "Africa/Cairo"
    };

    seed = 1;

    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        zone = test_open(names[i]);

        if (zone == NULL) {
            CHECK(0, "zone %s", names[i]);
            continue;
        }

        (void) setenv("TZ", names[i], 1);
        tzset();

        wrong = 0;
        back = 0;

        for (n = 0; n < 20000; n++) {
            seed = seed * 1103515245 + 12345;
            sec = (int64_t) (seed >> 8) * 400 - 2000000000;
            t = sec;

            (void) localtime_r(&t, &tm);

            wrong += (cricket_zone_offset(zone, sec) != tm.tm_gmtoff);

            /* of a local time that is there twice it is the first */

            local = sec + cricket_zone_offset(zone, sec);
            t = cricket_zone_instant(zone, local);
            back += (t > sec || t + cricket_zone_offset(zone, t) != local);
        }

        CHECK(wrong == 0, "%zu offsets of %s", wrong, names[i]);
        CHECK(back == 0, "%zu local times of %s", back, names[i]);

        cricket_zone_free(zone);
    }
}


/* each bucket ends where the next begins, and has all that is between */

static void
test_steps(void)
{
    size_t               i, j, n, wrong;
    int64_t              sec, start, next, longest;
    unsigned             seed;
    cricket_zone_t      *zone;
    cricket_zone_step_t  step;

    static const char  *names[] = {
        "Europe/Berlin", "Australia/Lord_Howe", "Asia/Kolkata", "+05:45",
        "America/Santiago", "America/New_York", "UTC"
    };

    static const struct {
        unsigned char  unit;
        int64_t        seconds;
    } steps[] = {
        { 's', 60 }, { 's', 1800 }, { 's', 3600 }, { 's', 7200 },
        { 's', 21600 }, { 's', 25200 }, { 's', 172800 }, { 'd', 90000 },
        { 'w', 608400 }, { 'M', 2682000 }, { 'q', 7952400 },
        { 'y', 31626000 }
    };

    seed = 7;

    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        zone = test_open(names[i]);

        for (j = 0; j < sizeof(steps) / sizeof(steps[0]); j++) {
            step.unit = steps[j].unit;
            step.seconds = steps[j].seconds;
            longest = step.seconds + (step.unit == 's' ? 7200 : 0);
            wrong = 0;

            for (n = 0; n < 3000; n++) {
                seed = seed * 1103515245 + 12345;
                sec = (int64_t) (seed >> 8) * 200;

                start = cricket_zone_floor(zone, &step, sec);
                next = cricket_zone_next(zone, &step, start);

                wrong += (start > sec || next <= sec
                          || next - start > longest
                          || cricket_zone_floor(zone, &step, start) != start
                          || cricket_zone_floor(zone, &step, next) != next
                          || cricket_zone_floor(zone, &step, next - 1)
                             != start);
            }

            CHECK(wrong == 0, "%zu buckets of %c %lld in %s", wrong,
                  step.unit, (long long) step.seconds, names[i]);
        }

        cricket_zone_free(zone);
    }
}


static void
test_calendar(void)
{
    size_t               i;
    int64_t              start;
    char                 err[CRICKET_TIME_ERROR];
    cricket_time_t       t, a, b;
    cricket_zone_t      *zone;
    cricket_zone_step_t  step;

    static const struct {
        const char     *zone;
        unsigned char   unit;
        int64_t         seconds;
        const char     *time;
        const char     *start;
        const char     *next;
    } c[] = {
        { "Europe/Berlin", 'd', 0, "2026-03-29T12:00:00Z",
          "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z" },
        { "Europe/Berlin", 'd', 0, "2026-10-25T12:00:00Z",
          "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z" },
        { "America/Santiago", 'd', 0, "2026-09-06T12:00:00Z",
          "2026-09-06T04:00:00Z", "2026-09-07T03:00:00Z" },
        { "Asia/Kolkata", 'd', 0, "2026-01-31T18:30:00Z",
          "2026-01-31T18:30:00Z", "2026-02-01T18:30:00Z" },
        { "UTC", 'w', 0, "2027-01-01T00:00:00Z",
          "2026-12-28T00:00:00Z", "2027-01-04T00:00:00Z" },
        { "UTC", 'w', 0, "1969-12-28T23:59:59Z",
          "1969-12-22T00:00:00Z", "1969-12-29T00:00:00Z" },
        { "UTC", 'M', 0, "2024-02-29T00:00:00Z",
          "2024-02-01T00:00:00Z", "2024-03-01T00:00:00Z" },
        { "UTC", 'M', 0, "2025-12-31T23:59:59Z",
          "2025-12-01T00:00:00Z", "2026-01-01T00:00:00Z" },
        { "+05:30", 'q', 0, "2026-03-31T18:30:00Z",
          "2026-03-31T18:30:00Z", "2026-06-30T18:30:00Z" },
        { "UTC", 'q', 0, "2026-12-31T00:00:00Z",
          "2026-10-01T00:00:00Z", "2027-01-01T00:00:00Z" },
        { "Europe/Berlin", 'y', 0, "2026-12-31T23:30:00Z",
          "2026-12-31T23:00:00Z", "2027-12-31T23:00:00Z" },
        { "Europe/Berlin", 's', 21600, "2026-03-29T02:00:00Z",
          "2026-03-28T23:00:00Z", "2026-03-29T04:00:00Z" },
        { "Europe/Berlin", 's', 1800, "2026-10-25T01:10:00Z",
          "2026-10-25T01:00:00Z", "2026-10-25T01:30:00Z" },
        { "Europe/Berlin", 's', 1800, "2026-10-25T00:40:00Z",
          "2026-10-25T00:30:00Z", "2026-10-25T01:00:00Z" }
    };

    for (i = 0; i < sizeof(c) / sizeof(c[0]); i++) {
        zone = test_open(c[i].zone);
        step.unit = c[i].unit;
        step.seconds = c[i].seconds;

        (void) cricket_time_parse((const unsigned char *) c[i].time,
                                  strlen(c[i].time), &t, err);
        (void) cricket_time_parse((const unsigned char *) c[i].start,
                                  strlen(c[i].start), &a, err);
        (void) cricket_time_parse((const unsigned char *) c[i].next,
                                  strlen(c[i].next), &b, err);

        start = cricket_zone_floor(zone, &step, t.sec);

        CHECK(start == a.sec, "%c of %s in %s: from %lld", step.unit,
              c[i].time, c[i].zone, (long long) start);
        CHECK(cricket_zone_next(zone, &step, start) == b.sec,
              "%c of %s in %s: the next", step.unit, c[i].time, c[i].zone);

        cricket_zone_free(zone);
    }
}


int
main(void)
{
    test_names();
    test_libc();
    test_steps();
    test_calendar();

    return test_done();
}
