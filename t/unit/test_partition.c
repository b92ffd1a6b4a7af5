
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#include "cricket_partition.h"
#include "test_buf.h"


#define DAY  INT64_C(86400)

/* 2026-11-28T12:00:00Z */
#define NOW  INT64_C(1795867200)


static cricket_partition_t test_parse(const char *text);
static int64_t test_time(const char *text);
static void test_patterns(void);
static void test_wrong(void);
static void test_find(void);
static void test_bounds(void);
static void test_range(void);
static void test_list(void);
static void test_many(void);
static void test_aliases(void);


static cricket_partition_t
test_parse(const char *text)
{
    const char           *err;
    cricket_str_t         s;
    cricket_partition_t   p;

    s.data = (const unsigned char *) text;
    s.len = strlen(text);

    CHECK(cricket_partition_parse(&p, &s, &err) == CRICKET_OK, "%s", text);

    return p;
}


static int64_t
test_time(const char *text)
{
    char            err[CRICKET_TIME_ERROR];
    cricket_time_t  time;

    CHECK(cricket_time_parse((const unsigned char *) text, strlen(text), &time,
                             err)
          == CRICKET_OK, "%s", text);

    return time.sec;
}


static void
test_patterns(void)
{
    size_t               i;
    cricket_partition_t  p;

    static const struct {
        const char                *text;
        cricket_partition_unit_e   unit;
        const char                *base;
    } t[] = {
        { "metrics", CRICKET_PARTITION_NONE, "metrics" },
        { "metrics-%Y", CRICKET_PARTITION_YEAR, "metrics" },
        { "metrics-%Y.%m", CRICKET_PARTITION_MONTH, "metrics" },
        { "metrics-%Y.%m.%d", CRICKET_PARTITION_DAY, "metrics" },
        { "metrics.%Y%m%d_%H", CRICKET_PARTITION_HOUR, "metrics" },
        { "m%m-%Y-prod", CRICKET_PARTITION_MONTH, "m-prod" },
        { "a-b--%Y", CRICKET_PARTITION_YEAR, "a-b" }
    };

    for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
        p = test_parse(t[i].text);

        CHECK(p.unit == t[i].unit && p.base_len == strlen(t[i].base)
              && memcmp(p.base, t[i].base, p.base_len) == 0,
              "%s: %.*s", t[i].text, (int) p.base_len, p.base);
    }
}


static void
test_wrong(void)
{
    size_t                i;
    char                  longest[257];
    const char           *err;
    cricket_str_t         s;
    cricket_partition_t   p;

    static const char  *t[] = {
        "", "_m", "M", "m/%Y", "M-%Y", "m-%Y/%m", "%Y", "%Y-m", "m-%", "m-%y",
        "m-%Y-%Y", "m-%m", "m-%Y.%d", "m-%Y.%m.%H", "m-%%Y", "-%Y", "m %Y",
        "m-%Y*", "m~%Y"
    };

    for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
        s.data = (const unsigned char *) t[i];
        s.len = strlen(t[i]);
        err = NULL;

        CHECK(cricket_partition_parse(&p, &s, &err) == CRICKET_INVALID
              && err != NULL && strncmp(err, "expected ", 9) == 0,
              "no index: \"%s\"", t[i]);
    }

    memset(longest, 'm', sizeof(longest));
    memcpy(longest, "m%Y", 3);

    s.data = (const unsigned char *) longest;

    for (s.len = 246; s.len <= 257; s.len++) {
        CHECK(cricket_partition_parse(&p, &s, &err)
              == (s.len <= 247 ? CRICKET_OK : CRICKET_INVALID),
              "a pattern of %zu characters", s.len);
    }
}


static void
test_find(void)
{
    size_t                     i;
    cricket_str_t              alias;
    cricket_partition_t        p;
    cricket_partition_slot_t   slot;

    static const struct {
        const char  *pattern;
        const char  *time;
        const char  *name;
    } t[] = {
        { "m-%Y", "2026-12-31T23:59:59Z", "m-2026" },
        { "m-%Y", "2025-01-01T00:00:00Z", "m-2025" },
        { "m-%Y.%m", "2026-11-28T12:00:00Z", "m-2026.11" },
        { "m-%Y.%m", "2024-02-29T23:59:59Z", "m-2024.02" },
        { "m-%Y.%m.%d", "2024-02-29T23:59:59Z", "m-2024.02.29" },
        { "m-%Y%m%d.%H", "2024-02-29T23:59:59Z", "m-20240229.23" },
        { "m-%Y.%m.%d", "2026-11-29T00:00:00Z", "m-2026.11.29" },
        { "m-%Y.%m.%d", "2026-11-29T12:00:00Z", "m-2026.11.29" },
        { "m-%Y.%m.%d", "2026-11-29T23:59:59Z", "m-2026.11.29" },
        { "m-%Y.%m.%d", "2026-11-30T00:00:00Z", "m-ahead" },
        { "m-%Y.%m", "2026-11-30T23:59:59Z", "m-2026.11" },
        { "m-%Y.%m", "2026-12-01T00:00:00Z", "m-ahead" },
        { "m-%Y", "2026-12-31T23:59:59Z", "m-2026" },
        { "m-%Y", "9999-12-31T23:59:59Z", "m-ahead" },
        { "m-%Y.%m", "2016-12-01T00:00:00Z", "m-2016.12" },
        { "m-%Y.%m", "2016-11-30T23:59:59Z", "m-2016.11" },
        { "m-%Y.%m", "2016-10-31T23:59:59Z", "m-past" },
        { "m-%Y.%m", "0001-01-01T00:00:00Z", "m-past" },
        { "m-%Y.%m.%d", "1969-12-31T23:59:59Z", "m-past" }
    };

    for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
        p = test_parse(t[i].pattern);
        slot.len = 0;

        cricket_partition_find(&p, &slot, test_time(t[i].time), NOW,
                               NOW - 3650 * DAY);

        CHECK(slot.len == strlen(t[i].name)
              && memcmp(slot.name, t[i].name, slot.len) == 0,
              "%s in %s is in %.*s", t[i].time, t[i].pattern, (int) slot.len,
              slot.name);

        alias = cricket_partition_slot_alias(&slot, i % 2);

        CHECK(alias.len == slot.len + 1 + i % 2
              && memcmp(alias.data + slot.len, "~r", 1 + i % 2) == 0,
              "its alias is %.*s", (int) alias.len, alias.data);
    }

    /* what is not of the slot is found anew */

    p = test_parse("m-%Y.%m");
    slot.len = 0;

    cricket_partition_find(&p, &slot, NOW, NOW, 0);
    cricket_partition_find(&p, &slot, NOW - 27 * DAY, NOW, 0);
    CHECK(memcmp(slot.name, "m-2026.11", 9) == 0, "the same slot");

    cricket_partition_find(&p, &slot, NOW - 28 * DAY, NOW, 0);
    CHECK(memcmp(slot.name, "m-2026.10", 9) == 0, "the one before");

    cricket_partition_find(&p, &slot, slot.next, NOW, 0);
    CHECK(memcmp(slot.name, "m-2026.11", 9) == 0, "and back");
}


/* each second is in one partition, and they follow one another */

static void
test_bounds(void)
{
    int64_t                    sec;
    size_t                     i, bad;
    cricket_partition_t        p;
    cricket_partition_slot_t   slot, next;

    static const char  *t[] = {
        "m-%Y", "m-%Y.%m", "m-%Y.%m.%d", "m-%Y.%m.%d-%H"
    };

    for (i = 0; i < 4; i++) {
        p = test_parse(t[i]);
        bad = 0;

        for (sec = NOW - 5000 * DAY; sec < NOW; sec += 7 * DAY + 4321) {
            slot.len = 0;
            next.len = 0;

            cricket_partition_find(&p, &slot, sec, NOW, NOW - 9999 * DAY);
            cricket_partition_find(&p, &next, slot.next, NOW + 999 * DAY, 0);

            bad += (sec < slot.start || sec >= slot.next
                    || next.start != slot.next
                    || (next.len == slot.len
                        && memcmp(next.name, slot.name, slot.len) == 0));
        }

        CHECK(bad == 0, "%s: no gap, no overlap", t[i]);
    }
}


static void
test_range(void)
{
    size_t                     i;
    cricket_str_t              name;
    cricket_partition_t        p;
    cricket_partition_slot_t   slot;

    static const struct {
        const char  *pattern;
        const char  *name;
        const char  *start;
        const char  *next;
    } t[] = {
        { "m-%Y", "m-2024", "2024-01-01T00:00:00Z", "2025-01-01T00:00:00Z" },
        { "m-%Y.%m", "m-2024.12", "2024-12-01T00:00:00Z",
          "2025-01-01T00:00:00Z" },
        { "m-%d.%m.%Y", "m-29.02.2024", "2024-02-29T00:00:00Z",
          "2024-03-01T00:00:00Z" },
        { "m-%Y.%m.%d-%H", "m-2024.02.29-23", "2024-02-29T23:00:00Z",
          "2024-03-01T00:00:00Z" },
        { "m-%Y", "m-202", NULL, NULL }, { "m-%Y", "m-20245", NULL, NULL },
        { "m-%Y", "x-2024", NULL, NULL }, { "m-%Y", "m-2024~", NULL, NULL },
        { "m-%Y", "m-past", NULL, NULL }, { "m-%Y", "m-20 4", NULL, NULL },
        { "m-%Y", "", NULL, NULL }, { "m-%Y", "m-0000", NULL, NULL },
        { "m-%Y.%m", "m-2024.13", NULL, NULL },
        { "m-%Y.%m.%d", "m-2023.02.29", NULL, NULL },
        { "m-%Y.%m.%d.%H", "m-2023.02.28.24", NULL, NULL },
        { "m", "m", NULL, NULL }
    };

    for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
        p = test_parse(t[i].pattern);

        name.data = (const unsigned char *) t[i].name;
        name.len = strlen(t[i].name);

        if (t[i].start == NULL) {
            CHECK(cricket_partition_range(&p, &name, &slot) == CRICKET_INVALID,
                  "%s is none of %s", t[i].name, t[i].pattern);
            continue;
        }

        CHECK(cricket_partition_range(&p, &name, &slot) == CRICKET_OK
              && slot.start == test_time(t[i].start)
              && slot.next == test_time(t[i].next),
              "%s is from %s to %s", t[i].name, t[i].start, t[i].next);
    }
}


static void
test_list(void)
{
    size_t                i;
    cricket_buf_t         b;
    cricket_time_t        start, end;
    cricket_partition_t   p;

#define OTHERS  "m-past~*,m-ahead~*,m~kept*"
#define ALL     "m~all*,m~kept*"

    static const struct {
        const char  *pattern;
        const char  *start;
        const char  *end;
        const char  *list;
    } t[] = {
        { "m", NULL, NULL, "m" },
        { "m", "2026-11-01T00:00:00Z", NULL, "m" },
        { "m-%Y.%m", NULL, NULL, ALL },
        { "m-%Y.%m", NULL, "2026-11-01T00:00:00Z", ALL },
        { "m-%Y.%m", "2026-11-01T00:00:00Z", "2026-11-30T23:59:59Z",
          "m-2026.11~*," OTHERS },
        { "m-%Y.%m", "2026-10-31T23:59:59Z", "2026-11-01T00:00:00Z",
          "m-2026.10~*,m-2026.11~*," OTHERS },
        { "m-%Y.%m.%d", "2026-11-27T12:00:00Z", "2026-11-28T12:00:00Z",
          "m-2026.11.27~*,m-2026.11.28~*," OTHERS },
        { "m-%Y.%m.%d", "2026-11-28T00:00:00Z", NULL,
          "m-2026.11.28~*,m-2026.11.29~*,m-2026.11.30~*," OTHERS },
        { "m-%Y.%m.%d", "2026-11-28T00:00:00Z", "2099-01-01T00:00:00Z",
          "m-2026.11.28~*,m-2026.11.29~*,m-2026.11.30~*," OTHERS },
        { "m-%Y.%m.%d", "2027-11-28T00:00:00Z", NULL, OTHERS },
        { "m-%Y.%m.%d", "2026-11-28T00:00:00Z", "2026-11-27T00:00:00Z",
          OTHERS },
        { "m-%Y", "0001-01-01T00:00:00Z", "1899-12-31T23:59:59Z", OTHERS },
        { "m-%Y", "0001-01-01T00:00:00Z", "1900-12-31T23:59:59Z",
          "m-1900~*," OTHERS },
        { "m-%Y.%m", "2023-08-01T00:00:00Z", "2026-11-28T00:00:00Z",
          NULL },
        { "m-%Y.%m", "2023-07-31T00:00:00Z", "2026-11-28T00:00:00Z", ALL },
        { "m-%Y.%m.%d.%H", "2016-01-01T00:00:00Z", NULL, ALL }
    };

    for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
        p = test_parse(t[i].pattern);

        start.sec = t[i].start ? test_time(t[i].start) : 0;
        end.sec = t[i].end ? test_time(t[i].end) : 0;
        start.nsec = 0;
        end.nsec = 999999999;

        cricket_buf_init(&b, 65536);

        cricket_partition_list(&p, t[i].start ? &start : NULL,
                               t[i].end ? &end : NULL, NOW, &b);

        if (t[i].list) {
            CHECK(test_buf_is(&b, t[i].list), "%s: %.*s", t[i].list,
                  (int) b.len, b.data);

        } else {
            CHECK(b.len == 40 * strlen("m-2026.11~*,") + strlen(OTHERS),
                  "forty of them");
        }

        cricket_buf_free(&b);
    }
}


/* whatever is stored is in one of those that are asked, later, too */

static void
test_many(void)
{
    size_t                     i, k, bad;
    char                       name[300];
    int64_t                    sec, now, later;
    cricket_buf_t              b;
    cricket_time_t             time;
    cricket_partition_t        p;
    cricket_partition_slot_t   slot;

    static const char  *t[] = {
        "m-%Y", "m-%Y.%m", "m-%Y.%m.%d", "m-%Y.%m.%d-%H"
    };

    for (i = 0; i < 4; i++) {
        p = test_parse(t[i]);
        bad = 0;

        for (k = 0; k < 3000; k++) {
            now = NOW + (int64_t) (k * 7919 % 1000) * 3600;
            later = now + (int64_t) (k * 31 % 50) * DAY;
            sec = now - (int64_t) (k * 104729 % 4000) * DAY + 60 * DAY
                  + (int64_t) (k * 1299709 % 86400);

            slot.len = 0;
            cricket_partition_find(&p, &slot, sec, now, now - 3650 * DAY);

            time.sec = sec;
            time.nsec = 0;

            cricket_buf_init(&b, 65536);
            cricket_partition_list(&p, &time, &time, later, &b);
            cricket_buf_append(&b, "", 1);

            (void) snprintf(name, sizeof(name), "%.*s~*", (int) slot.len,
                            slot.name);

            bad += (strstr((char *) b.data, name) == NULL);

            cricket_buf_free(&b);
        }

        CHECK(bad == 0, "%s: found again", t[i]);
    }
}


static void
test_aliases(void)
{
    size_t                i;
    cricket_buf_t         b;
    cricket_partition_t   p;

    static const cricket_str_t  name = cricket_string("m-2026");

    static const struct {
        const char  *pattern;
        int          named;
        unsigned     shards;
        const char  *aliases;
        const char  *template;
    } t[] = {
        { "m", 0, 1, "\"m-w\":{\"is_write_index\":true}", "cricket-m" },
        { "m", 0, 3, "\"m-w\":{\"is_write_index\":true}", "cricket-m" },
        { "m-%Y", 0, 1, "\"{index}~\":{\"is_write_index\":true},"
          "\"{index}~r\":{\"is_write_index\":true},\"m~all\":{}",
          "cricket-m~" },
        { "m-%Y", 1, 2, "\"m-2026~r\":{\"is_write_index\":true},"
          "\"m~all\":{}", "cricket-m~" }
    };

    for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
        p = test_parse(t[i].pattern);

        cricket_buf_init(&b, 4096);
        cricket_partition_aliases(&p, t[i].named ? &name : NULL, t[i].shards,
                                  &b);
        CHECK(test_buf_is(&b, t[i].aliases), "aliases: %.*s", (int) b.len,
              b.data);
        cricket_buf_free(&b);

        cricket_partition_template(&p, &b);
        CHECK(test_buf_is(&b, t[i].template), "template: %.*s", (int) b.len,
              b.data);
        cricket_buf_free(&b);
    }
}


int
main(void)
{
    test_patterns();
    test_wrong();
    test_find();
    test_bounds();
    test_range();
    test_list();
    test_many();
    test_aliases();

    return test_done();
}
