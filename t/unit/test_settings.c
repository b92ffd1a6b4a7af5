
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#include <stdlib.h>

#include <cjson/cJSON.h>

#include "cricket_settings.h"
#include "test.h"


#define TEST_SETTINGS(settings)                                              \
    "{\"metrics\":{\"aliases\":{},\"mappings\":{},\"settings\":{" settings "}}}"


static void test_index(void);
static void test_pipeline(void);
static void test_cluster(void);
static void test_nonsense(void);
static void test_memory(void);
static void *test_malloc(size_t size);


static int  test_left;


static void
test_index(void)
{
    size_t         i;
    cricket_buf_t  notes;

    static const struct {
        const char  *reply;
        const char  *notes;
    } t[] = {
        { TEST_SETTINGS(""), "" },
        { TEST_SETTINGS("\"index.refresh_interval\":\"1s\""), "" },
        { TEST_SETTINGS("\"index.refresh_interval\":\"-1\""),
          "refresh_interval is -1: what is stored is not read before somebody "
          "has the index refreshed\n" },
        { TEST_SETTINGS("\"index.max_result_window\":\"4999\""),
          "max_result_window is 4999, less than 5000: pages and exports may "
          "fail\n" },
        { TEST_SETTINGS("\"index.max_result_window\":\"5000\""), "" },
        { TEST_SETTINGS("\"index.max_result_window\":\"12x\""), "" },
        { TEST_SETTINGS("\"index.max_result_window\":\"\""), "" },
        { TEST_SETTINGS("\"index.max_result_window\":7"), "" }
    };

    for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
        cricket_buf_init(&notes, 4096);

        cricket_settings_index((const unsigned char *) t[i].reply,
                               strlen(t[i].reply), &notes);

        CHECK(!notes.failed && notes.len == strlen(t[i].notes)
              && memcmp(notes.data ? (char *) notes.data : "", t[i].notes,
                        notes.len) == 0,
              "index: %s: %.*s", t[i].reply, (int) notes.len,
              notes.data ? (char *) notes.data : "");

        cricket_buf_free(&notes);
    }
}


static void
test_pipeline(void)
{
    int            rc;
    size_t         i;
    char           reply[1024], name[300];
    cricket_buf_t  text, path;

    static const struct {
        const char  *set;
        const char  *name;      /* NULL for none */
        const char  *path;
    } t[] = {
        { "p", "p", "p" },
        { "a-b_c.D9", "a-b_c.D9", "a-b_c.D9" },
        { "a/b?c d%", "a/b?c d%", "a%2Fb%3Fc%20d%25" },
        { "\303\244", "\303\244", "%C3%A4" },
        { "_none", NULL, NULL },
        { "", NULL, NULL }
    };

    for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
        (void) snprintf(reply, sizeof(reply),
                        TEST_SETTINGS("\"index.default_pipeline\":\"%s\","
                                      "\"index.final_pipeline\":\"_none\""),
                        t[i].set);

        cricket_buf_init(&text, 4096);
        cricket_buf_init(&path, 4096);

        rc = cricket_settings_pipeline((unsigned char *) reply, strlen(reply),
                                       CRICKET_SETTINGS_DEFAULT, &text, &path);

        CHECK(rc == (t[i].name ? CRICKET_OK : CRICKET_DONE)
              && text.len == (t[i].name ? strlen(t[i].name) : 0)
              && path.len == (t[i].path ? strlen(t[i].path) : 0)
              && (text.len == 0 || memcmp(text.data, t[i].name, text.len) == 0)
              && (path.len == 0 || memcmp(path.data, t[i].path, path.len) == 0),
              "default pipeline %s", t[i].set);

        cricket_buf_free(&text);
        cricket_buf_free(&path);

        cricket_buf_init(&text, 4096);
        cricket_buf_init(&path, 4096);

        rc = cricket_settings_pipeline((unsigned char *) reply, strlen(reply),
                                       CRICKET_SETTINGS_FINAL, &text, &path);

        CHECK(rc == CRICKET_DONE && text.len == 0 && path.len == 0,
              "final pipeline beside %s", t[i].set);
    }

    /* Elasticsearch has no limit of its own */

    memset(name, 'n', 256);
    name[256] = '\0';

    for (i = 256; i >= 255; i--) {
        name[i] = '\0';

        (void) snprintf(reply, sizeof(reply),
                        TEST_SETTINGS("\"index.final_pipeline\":\"%s\""), name);

        cricket_buf_init(&text, 4096);
        cricket_buf_init(&path, 4096);

        rc = cricket_settings_pipeline((unsigned char *) reply, strlen(reply),
                                       CRICKET_SETTINGS_FINAL, &text, &path);

        CHECK(rc == (i == 255 ? CRICKET_OK : CRICKET_DONE),
              "a name of %u bytes", (unsigned) i);

        cricket_buf_free(&text);
        cricket_buf_free(&path);
    }

    CHECK(strcmp(cricket_settings_kind(CRICKET_SETTINGS_DEFAULT), "default")
          == 0
          && strcmp(cricket_settings_kind(CRICKET_SETTINGS_FINAL), "final")
             == 0, "kinds");
}


static void
test_cluster(void)
{
    size_t         i;
    cricket_buf_t  why, notes;

    static const struct {
        const char  *reply;
        const char  *why;
        const char  *notes;
    } t[] = {
        { "{}", "", "" },
        { "{\"defaults\":{\"search.max_buckets\":\"65536\","
          "\"search.allow_expensive_queries\":\"true\"}}", "", "" },
        { "{\"persistent\":{\"cluster.blocks.read_only\":\"true\"}}",
          "the cluster's setting cluster.blocks.read_only is true, expected "
          "false", "" },
        { "{\"transient\":{\"cluster.blocks.read_only\":\"false\"},"
          "\"persistent\":{\"cluster.blocks.read_only\":\"true\"}}", "", "" },
        { "{\"transient\":{\"cluster.blocks.read_only_allow_delete\":\"true\","
          "\"cluster.blocks.read_only\":\"true\"}}",
          "the cluster's setting cluster.blocks.read_only is true, expected "
          "false", "" },
        { "{\"transient\":{\"cluster.blocks.read_only_allow_delete\":"
          "\"true\"}}",
          "the cluster's setting cluster.blocks.read_only_allow_delete is "
          "true, expected false", "" },
        { "{\"defaults\":{\"search.max_buckets\":\"65536\"},"
          "\"persistent\":{\"search.max_buckets\":\"10000\","
          "\"search.allow_expensive_queries\":\"false\"}}", "",
          "search.max_buckets is 10000, less than 10001: statistics of many "
          "buckets or groups may fail\n"
          "search.allow_expensive_queries is false: names by a prefix are "
          "refused\n" },
        { "{\"persistent\":{\"search.max_buckets\":\"-1\"}}", "", "" }
    };

    for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
        cricket_buf_init(&why, 4096);
        cricket_buf_init(&notes, 4096);

        cricket_settings_cluster((const unsigned char *) t[i].reply,
                                 strlen(t[i].reply), &why, &notes);

        CHECK(!why.failed && why.len == strlen(t[i].why)
              && (why.len == 0 || memcmp(why.data, t[i].why, why.len) == 0),
              "cluster, why: %s", t[i].reply);

        CHECK(!notes.failed && notes.len == strlen(t[i].notes)
              && (notes.len == 0
                  || memcmp(notes.data, t[i].notes, notes.len) == 0),
              "cluster, notes: %s", t[i].reply);

        cricket_buf_free(&why);
        cricket_buf_free(&notes);
    }
}


static void
test_nonsense(void)
{
    size_t                i;
    cricket_buf_t         b;
    const unsigned char  *data;

    static const char  *t[] = {
        "", "null", "[]", "[1]", "{}", "{\"a\":null}", "{\"a\":[]}",
        "{\"a\":{\"settings\":null}}", "{\"a\":{\"settings\":[]}}",
        "{\"a\":{\"settings\":{\"index.refresh_interval\":null}}}",
        "{\"a\":{\"settings\":{\"index.default_pipeline\":{}}}}",
        "{\"transient\":[],\"persistent\":null,\"defaults\":7}",
        "{\"transient\":{\"search.max_buckets\":{}}}", "{\"a\":{\"settings\":{"
    };

    for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
        data = (const unsigned char *) t[i];

        cricket_buf_init(&b, 4096);

        cricket_settings_index(data, strlen(t[i]), &b);
        cricket_settings_cluster(data, strlen(t[i]), &b, &b);

        CHECK(cricket_settings_pipeline(data, strlen(t[i]),
                                        CRICKET_SETTINGS_DEFAULT, &b, &b)
              == CRICKET_DONE && b.len == 0, "nonsense: %s", t[i]);

        cricket_buf_free(&b);
    }
}


static void
test_memory(void)
{
    int            rc, budget;
    cJSON_Hooks    hooks;
    cricket_buf_t  b;

    static const char  reply[] =
        TEST_SETTINGS("\"index.refresh_interval\":\"-1\","
                      "\"index.final_pipeline\":\"p\"");

    hooks.malloc_fn = test_malloc;
    hooks.free_fn = free;

    cJSON_InitHooks(&hooks);

    rc = CRICKET_DONE;

    for (budget = 0; rc != CRICKET_OK && budget < 100; budget++) {
        test_left = budget;
        cricket_buf_init(&b, 4096);

        cricket_settings_index((const unsigned char *) reply,
                               sizeof(reply) - 1, &b);
        rc = cricket_settings_pipeline((const unsigned char *) reply,
                                       sizeof(reply) - 1,
                                       CRICKET_SETTINGS_FINAL, &b, &b);
        cricket_buf_free(&b);
    }

    CHECK(rc == CRICKET_OK && budget > 5, "memory: %d", budget);

    cJSON_InitHooks(NULL);

    /* a buffer without room */

    cricket_buf_init(&b, 8);
    cricket_settings_index((const unsigned char *) reply, sizeof(reply) - 1,
                           &b);
    CHECK(b.failed, "no room for a note");
    cricket_buf_free(&b);
}


static void *
test_malloc(size_t size)
{
    if (test_left <= 0) {
        return NULL;
    }

    test_left--;

    return malloc(size);
}


int
main(void)
{
    test_index();
    test_pipeline();
    test_cluster();
    test_nonsense();
    test_memory();

    return test_done();
}
