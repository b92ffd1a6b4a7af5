
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#include "cricket_body.h"
#include "cricket_series.h"
#include "test.h"


static int test_is(const char *members, const char *series);
static void test_known(void);
static void test_same(void);
static void test_other(void);
static void test_keys(void);


/* is that the series of a datapoint of these members? */

static int
test_is(const char *members, const char *series)
{
    char                 text[8192];
    unsigned char        name[CRICKET_SERIES_LEN];
    cricket_body_t       body;
    cricket_datapoint_t  dp;

    (void) snprintf(text, sizeof(text), "{%s,\"value\":1,"
                    "\"timestamp\":\"2017-01-01T00:00:00Z\"}", members);

    cricket_reader_init(&body.reader, &cricket_body_json,
                        (unsigned char *) text, strlen(text), 1);

    if (cricket_reader_next(&body.reader, &dp) != CRICKET_OK) {
        fprintf(stderr, "# %s\n", body.reader.message);
        return 0;
    }

    cricket_series(&dp, name);

    if (memcmp(name, series, CRICKET_SERIES_LEN) == 0) {
        return 1;
    }

    fprintf(stderr, "# %.*s\n", CRICKET_SERIES_LEN, name);

    return 0;
}


#define BARE  "qYZiXgo2yzIq"
#define TAGS  "_C4cnlHizxgQ"


/* what is stored has these: they are for ever */

static void
test_known(void)
{
    CHECK(test_is("\"name\":\"n\",\"type\":\"t\"", BARE), "without tags");
    CHECK(test_is("\"name\":\"n\",\"type\":\"t\","
                  "\"tags\":{\"a\":\"1\",\"b\":\"\xc3\xa4\"}", TAGS),
          "with tags");
}


static void
test_same(void)
{
    CHECK(test_is("\"name\":\"n\",\"type\":\"t\",\"tags\":{}", BARE),
          "no tags are as none");
    CHECK(test_is("\"name\":\"\\u006e\",\"type\":\"\\u0074\"", BARE),
          "a name and a type with escapes");
    CHECK(test_is("\"name\":\"n\",\"type\":\"t\","
                  "\"tags\":{\"b\":\"\xc3\xa4\",\"a\":\"1\"}", TAGS),
          "tags in another order");
    CHECK(test_is("\"name\":\"n\",\"type\":\"t\","
                  "\"tags\":{\"\\u0062\":\"\\u00e4\",\"\\u0061\":\"\\u0031\"}",
                  TAGS),
          "tags with escapes, in another order");
}


static void
test_other(void)
{
    size_t  i;

    static const char  *t[] = {
        "\"name\":\"nt\",\"type\":\"t\"",
        "\"name\":\"n\",\"type\":\"tt\"",
        "\"name\":\"n\",\"type\":\"t\",\"tags\":{\"a\":\"1\"}",
        "\"name\":\"n\",\"type\":\"t\",\"tags\":{\"a\":\"1=b\"}",
        "\"name\":\"n\",\"type\":\"t\",\"tags\":{\"a\":\"1b=\xc3\xa4\"}",
        "\"name\":\"n\",\"type\":\"t\",\"tags\":{"
        "\"a\":\"\",\"b\":\"\xc3\xa4\"}",
        "\"name\":\"n\",\"type\":\"t\",\"tags\":{"
        "\"A\":\"1\",\"b\":\"\xc3\xa4\"}"
    };

    for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
        CHECK(!test_is(t[i], BARE) && !test_is(t[i], TAGS), "%s", t[i]);
    }
}


static void
test_keys(void)
{
    size_t         i;
    cricket_str_t  one, two;

    static const struct {
        const char  *one;
        const char  *two;
        int          sign;
    } t[] = {
        { "a", "a", 0 }, { "a", "b", -1 }, { "b", "a", 1 }, { "a", "ab", -1 },
        { "ab", "a", 1 }, { "\\u0061", "a", 0 }, { "\\u0062", "a", 1 },
        { "A", "\\u0061", -1 }, { "a\\u0062", "\\u0061b", 0 }
    };

    for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
        one.data = (const unsigned char *) t[i].one;
        one.len = strlen(t[i].one);
        two.data = (const unsigned char *) t[i].two;
        two.len = strlen(t[i].two);

        CHECK((cricket_datapoint_key_cmp(&one, &two) > 0)
              - (cricket_datapoint_key_cmp(&one, &two) < 0) == t[i].sign,
              "%s and %s", t[i].one, t[i].two);
    }
}


int
main(void)
{
    test_known();
    test_same();
    test_other();
    test_keys();

    return test_done();
}
