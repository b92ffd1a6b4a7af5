
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#include <stdlib.h>

#include "cricket_conflict.h"
#include "test_buf.h"


#define SOURCE(name, value, rest)                                            \
    "{\"name\":\"" name "\",\"type\":\"t\",\"value\":" value                 \
    ",\"timestamp\":" rest

#define SERIES  ",\"series\":\"AAAAAAAAAAAA\",\"tags\":[\"a=b\"]}\n"

#define ITEM(id, name, value)                                                \
    "{\"create\":{\"_id\":\"" id "\"}}\n"                                    \
    SOURCE(name, value, "1483224590000" SERIES)


static int test_of(cricket_conflict_t *c, const char *text,
    int (*function)(cricket_conflict_t *c, const unsigned char *p,
    size_t len));
static int test_add(cricket_conflict_t *c, const char *text);
static int test_reply(cricket_conflict_t *c, const char *text);
static void test_request(void);
static void test_times(void);
static void test_refused(void);
static void test_full(void);
static void test_replies(void);
static void test_invalid(void);


/* in memory of its own, so that nothing behind it is read unseen */

static int
test_of(cricket_conflict_t *c, const char *text,
    int (*function)(cricket_conflict_t *c, const unsigned char *p, size_t len))
{
    int             rc;
    size_t          len;
    unsigned char  *copy;

    len = strlen(text);
    copy = malloc(len ? len : 1);

    if (copy == NULL) {
        return CRICKET_ERROR;
    }

    memcpy(copy, text, len);

    rc = function(c, copy, len);

    free(copy);

    return rc;
}


static int
test_add(cricket_conflict_t *c, const char *text)
{
    return test_of(c, text, cricket_conflict_add);
}


static int
test_reply(cricket_conflict_t *c, const char *text)
{
    return test_of(c, text, cricket_conflict_reply);
}


static void
test_request(void)
{
    cricket_str_t        name;
    cricket_conflict_t   c;

    cricket_conflict_init(&c);

    CHECK(cricket_conflict_body(&c) == NULL, "nothing is asked");

    CHECK(test_add(&c, ITEM("i1", "n\\\"1", "1")) == CRICKET_OK, "one");
    CHECK(test_add(&c, "{\"create\":{\"_index\":\"p~w\",\"_id\":\"i2\","
                       "\"routing\":\"AAAAAAAAAAAA\"}}\n"
                       SOURCE("n2", "-0.5e1", "1483224590000" SERIES))
          == CRICKET_OK, "in a partition");

    CHECK(c.n == 2 && c.items[0].value == 1 && c.items[1].value == -5,
          "two values");

    name = cricket_conflict_name(&c, &c.items[0]);
    CHECK(cricket_string_is(&name, "n\\\"1"), "a name");
    name = cricket_conflict_name(&c, &c.items[1]);
    CHECK(cricket_string_is(&name, "n2"), "another");

    CHECK(test_buf_is(cricket_conflict_body(&c),
                      "{\"docs\":[{\"_id\":\"i1\"},{\"_index\":\"p~w\","
                      "\"_id\":\"i2\",\"routing\":\"AAAAAAAAAAAA\"}]}"),
          "the request");

    cricket_conflict_free(&c);
}


static void
test_times(void)
{
    size_t              i, n;
    unsigned char       text[CRICKET_TIME_LEN + 1];
    cricket_conflict_t  c;

    static const struct {
        const char  *item;
        const char  *time;
    } t[] = {
        { "1483224590000" SERIES, "2016-12-31T22:49:50Z" },
        { "1483224590001,\"nanos\":2,\"nanos_at\":1483224590001" SERIES,
          "2016-12-31T22:49:50.001000002Z" },
        { "253402300799999,\"nanos\":999999,\"nanos_at\":253402300799999"
          SERIES, "9999-12-31T23:59:59.999999999Z" },
        { "\"1969-12-31T23:59:59.999Z\",\"nanos\":1,\"nanos_at\":-1" SERIES,
          "1969-12-31T23:59:59.999000001Z" },
        { "\"0001-01-01T00:00:00Z\"" SERIES, "0001-01-01T00:00:00Z" },
    };

    for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
        char  item[512];

        cricket_conflict_init(&c);

        snprintf(item, sizeof(item), "{\"create\":{\"_id\":\"i\"}}\n"
                 SOURCE("n", "1", "%s"), t[i].item);

        CHECK(test_add(&c, item) == CRICKET_OK, "%s", t[i].time);

        n = cricket_time_format(text, &c.items[0].time);
        text[n] = '\0';

        CHECK(strcmp((char *) text, t[i].time) == 0, "is %s", text);

        cricket_conflict_free(&c);
    }
}


static void
test_refused(void)
{
    size_t              i;
    cricket_conflict_t  c;

    static const char  *t[] = {
        "",
        "\n",
        "{\"create\":{\"_id\":\"i\"}}",
        "{\"create\":{\"_id\":\"i\"}}\n",
        "{\"create\":{\"_id\":\"i\"}\n" SOURCE("n", "1", "1" SERIES),
        "{\"create\":{\"_id\":\"i\"}}}\n" SOURCE("n", "1", "1" SERIES),
        "{\"create\":{\"_id\":1}}\n" SOURCE("n", "1", "1" SERIES),
        "{\"create\":{\"_id\":\"\"}}\n" SOURCE("n", "1", "1" SERIES),
        "{\"create\":{}}\n" SOURCE("n", "1", "1" SERIES),
        "{\"create\":[]}\n" SOURCE("n", "1", "1" SERIES),
        "{\"index\":{\"_id\":\"i\"}}\n" SOURCE("n", "1", "1" SERIES),
        "[\"create\"]\n" SOURCE("n", "1", "1" SERIES),
        "{\"create\":{\"_id\":\"i\"}}\n" SOURCE("", "1", "1" SERIES),
        "{\"create\":{\"_id\":\"i\"}}\n" SOURCE("n", "\"1\"", "1" SERIES),
        "{\"create\":{\"_id\":\"i\"}}\n" SOURCE("n", "1e400", "1" SERIES),
        "{\"create\":{\"_id\":\"i\"}}\n" SOURCE("n", "1", "1}\n"),
        "{\"create\":{\"_id\":\"i\"}}\n" SOURCE("n", "1", "-1" SERIES),
        "{\"create\":{\"_id\":\"i\"}}\n" SOURCE("n", "1", "1.5" SERIES),
        "{\"create\":{\"_id\":\"i\"}}\n" SOURCE("n", "1", "\"1\"" SERIES),
        "{\"create\":{\"_id\":\"i\"}}\n"
        SOURCE("n", "1", "9999999999999999" SERIES),
        "{\"create\":{\"_id\":\"i\"}}\n"
        SOURCE("n", "1", "1,\"nanos\":1000000" SERIES),
        "{\"create\":{\"_id\":\"i\"}}\n"
        SOURCE("n", "1", "1,\"nanos\":-1" SERIES),
        "{\"create\":{\"_id\":\"i\"}}\n[]\n",
    };

    cricket_conflict_init(&c);

    for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
        CHECK(test_add(&c, t[i]) == CRICKET_INVALID, "refused: %s", t[i]);
    }

    CHECK(c.n == 0 && c.body.len == 0, "nothing was added");

    cricket_conflict_free(&c);
}


static void
test_full(void)
{
    char                id[512], item[1024];
    size_t              i;
    cricket_conflict_t  c;

    memset(id, 'i', sizeof(id) - 1);
    id[sizeof(id) - 1] = '\0';

    snprintf(item, sizeof(item), "{\"create\":{\"_id\":\"%s\"}}\n"
             SOURCE("n", "1", "1" SERIES), id);

    cricket_conflict_init(&c);

    for (i = 0; i < CRICKET_CONFLICTS; i++) {

        if (test_add(&c, item) != CRICKET_OK) {
            break;
        }
    }

    CHECK(c.n == CRICKET_CONFLICTS, "as many as there may be");
    CHECK(test_add(&c, item) == CRICKET_ERROR && c.n == CRICKET_CONFLICTS,
          "and no more");
    CHECK(cricket_conflict_body(&c) != NULL && !c.body.failed, "a request");

    cricket_conflict_free(&c);
}


static void
test_replies(void)
{
    size_t              i;
    cricket_conflict_t  c;

    static const struct {
        const char  *reply;
        size_t       compared;
        size_t       differ;
        size_t       first;
        double       stored;
    } t[] = {
        { "{\"docs\":[{\"_id\":\"i1\",\"found\":true,\"_source\":"
          "{\"value\":1.0}},{\"_id\":\"i2\",\"found\":true,\"_source\":"
          "{\"value\":2e0}}]}", 2, 0, 0, 0 },
        { "{\"docs\":[{\"_id\":\"i1\",\"found\":true,\"_source\":"
          "{\"value\":3}},{\"_id\":\"i2\",\"found\":true,\"_source\":"
          "{\"value\":4}}]}", 2, 2, 0, 3 },
        { "{\"docs\":[{\"_id\":\"i1\",\"found\":false},{\"_id\":\"i2\","
          "\"found\":true,\"_source\":{\"value\":2.0000000000000004}}]}",
          1, 1, 1, 2.0000000000000004 },
        { "{\"docs\":[{\"_id\":\"i1\",\"error\":{\"type\":\"x\"}},"
          "{\"_id\":\"i2\",\"found\":true}]}", 0, 0, 0, 0 },
        { "{\"docs\":[{\"_source\":{\"value\":1},\"_id\":\"i1\"},"
          "{\"_id\":\"i2\",\"_source\":{\"a\":[{}],\"value\":\"2\"}}]}",
          1, 0, 0, 0 },
        { "{\"docs\":[{\"_source\":{\"value\":[7]},\"_id\":\"i1\"},"
          "{\"_id\":\"i2\",\"_source\":{\"value\":1e999}}]}", 0, 0, 0, 0 },
    };

    cricket_conflict_init(&c);

    CHECK(test_add(&c, ITEM("i1", "n1", "1")) == CRICKET_OK, "one");
    CHECK(test_add(&c, ITEM("i2", "n2", "2")) == CRICKET_OK, "two");

    for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
        CHECK(test_reply(&c, t[i].reply) == CRICKET_OK, "reply: %s",
              t[i].reply);
        CHECK(c.compared == t[i].compared && c.differ == t[i].differ,
              "%zu of %zu differ", c.differ, c.compared);
        CHECK(c.differ == 0 ? c.first == NULL
                            : (c.first == &c.items[t[i].first]
                               && c.stored == t[i].stored),
              "which the first is");
    }

    cricket_conflict_free(&c);

    cricket_conflict_init(&c);

    CHECK(test_add(&c, ITEM("i", "n", "-0.0")) == CRICKET_OK
          && test_reply(&c, "{\"docs\":[{\"_id\":\"i\",\"_source\":"
                            "{\"value\":0}}]}") == CRICKET_OK
          && c.compared == 1 && c.differ == 0, "a zero is a zero");

    cricket_conflict_free(&c);
}


static void
test_invalid(void)
{
    char                text[256];
    size_t              i;
    cricket_conflict_t  c;

    static const char   whole[] =
        "{\"docs\":[{\"_id\":\"i1\",\"_source\":{\"value\":3}}]}";

    static const char  *t[] = {
        "",
        "[]",
        "{}",
        "{\"docs\":{}}",
        "{\"docs\":[]}",
        "{\"docs\":[{}]}",
        "{\"docs\":[{\"_id\":\"i2\"}]}",
        "{\"docs\":[{\"_id\":\"i11\"}]}",
        "{\"docs\":[{\"_id\":1}]}",
        "{\"docs\":[{\"_id\":\"i1\"},{\"_id\":\"i1\"}]}",
        "{\"docs\":[{\"_id\":\"i1\"}],\"more\":1}",
        "{\"docs\":[{\"_id\":\"i1\"}]}}",
        "{\"docs\":[[]]}",
        "{\"error\":{\"type\":\"x\"},\"status\":404}",
    };

    cricket_conflict_init(&c);

    CHECK(test_add(&c, ITEM("i1", "n1", "1")) == CRICKET_OK, "one");

    for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
        CHECK(test_reply(&c, whole) == CRICKET_OK && c.differ == 1, "differs");
        CHECK(test_reply(&c, t[i]) == CRICKET_INVALID, "invalid: %s", t[i]);
        CHECK(c.compared == 0 && c.differ == 0 && c.first == NULL,
              "nothing is compared");
    }

    for (i = 0; i < sizeof(whole) - 1; i++) {
        snprintf(text, sizeof(text), "%.*s", (int) i, whole);

        CHECK(test_reply(&c, text) == CRICKET_INVALID, "cut after %zu", i);
    }

    cricket_conflict_free(&c);
}


int
main(void)
{
    test_request();
    test_times();
    test_refused();
    test_full();
    test_replies();
    test_invalid();

    return test_done();
}
