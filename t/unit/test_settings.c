
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#include <stdlib.h>

#include <cjson/cJSON.h>

#include "cricket_settings.h"
#include "test_buf.h"


#define TEST_SETTINGS(settings)                                              \
    "{\"metrics\":{\"aliases\":{},\"mappings\":{},\"settings\":{" settings "}}}"


static void test_index(void);
static void test_pipeline(void);
static void test_sentence(void);
static void test_cluster(void);
static void test_nonsense(void);
static void test_memory(void);
static void test_begin(cricket_buf_t *notes, cricket_buf_t *pipelines);
static void test_end(cricket_buf_t *notes, cricket_buf_t *pipelines);
static void *test_malloc(size_t size);


static int  test_left;


static void
test_index(void)
{
    size_t         i;
    cricket_buf_t  notes, pipelines[CRICKET_SETTINGS_PIPELINES];

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
        test_begin(&notes, pipelines);

        cricket_settings_index((const unsigned char *) t[i].reply,
                               strlen(t[i].reply), &notes, pipelines);

        CHECK(test_buf_is(&notes, t[i].notes)
              && test_buf_is(&pipelines[CRICKET_SETTINGS_DEFAULT], "")
              && test_buf_is(&pipelines[CRICKET_SETTINGS_FINAL], ""),
              "index: %s: %.*s", t[i].reply, (int) notes.len,
              notes.data ? (char *) notes.data : "");

        test_end(&notes, pipelines);
    }
}


static void
test_pipeline(void)
{
    size_t         i;
    char           reply[1024], name[300];
    cricket_buf_t  notes, pipelines[CRICKET_SETTINGS_PIPELINES];

    static const struct {
        const char  *set;
        const char  *name;      /* empty for none */
    } t[] = {
        { "p", "p" },
        { "a-b_c.D9", "a-b_c.D9" },
        { "a/b?c d%", "a/b?c d%" },
        { "\303\244", "\303\244" },
        { "_none", "" },
        { "", "" }
    };

    for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
        (void) snprintf(reply, sizeof(reply),
                        TEST_SETTINGS("\"index.default_pipeline\":\"%s\","
                                      "\"index.final_pipeline\":\"_none\""),
                        t[i].set);

        test_begin(&notes, pipelines);

        cricket_settings_index((unsigned char *) reply, strlen(reply), &notes,
                               pipelines);

        CHECK(test_buf_is(&pipelines[CRICKET_SETTINGS_DEFAULT], t[i].name)
              && test_buf_is(&notes, ""), "default pipeline %s", t[i].set);

        CHECK(test_buf_is(&pipelines[CRICKET_SETTINGS_FINAL], ""),
              "final pipeline beside %s", t[i].set);

        test_end(&notes, pipelines);
    }

    /* Elasticsearch has no limit of its own */

    memset(name, 'n', 256);
    name[256] = '\0';

    for (i = 256; i >= 255; i--) {
        name[i] = '\0';

        (void) snprintf(reply, sizeof(reply),
                        TEST_SETTINGS("\"index.final_pipeline\":\"%s\""), name);

        test_begin(&notes, pipelines);

        cricket_settings_index((unsigned char *) reply, strlen(reply), &notes,
                               pipelines);

        CHECK(test_buf_is(&pipelines[CRICKET_SETTINGS_FINAL],
                          i == 255 ? name : ""),
              "a name of %u bytes", (unsigned) i);

        test_end(&notes, pipelines);
    }
}


static void
test_sentence(void)
{
    cricket_buf_t  b, name;

    cricket_buf_init(&name, 4096);
    cricket_buf_init(&b, 4096);
    cricket_buf_literal(&name, "a\nb");

    cricket_settings_pipeline(CRICKET_SETTINGS_DEFAULT, &name, 1, &b);

    CHECK(test_buf_is(&b, "its default pipeline \"a?b\" may change or drop "
                          "what is sent"), "a pipeline");

    cricket_buf_free(&b);

    cricket_settings_pipeline(CRICKET_SETTINGS_FINAL, &name, 0, &b);

    CHECK(test_buf_is(&b, "its final pipeline \"a?b\" does not exist: make it, "
                          "or set index.final_pipeline to _none"),
          "a pipeline that is missing");

    cricket_buf_free(&b);
    cricket_buf_free(&name);
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

        CHECK(test_buf_is(&why, t[i].why), "cluster, why: %s", t[i].reply);
        CHECK(test_buf_is(&notes, t[i].notes), "cluster, notes: %s",
              t[i].reply);

        cricket_buf_free(&why);
        cricket_buf_free(&notes);
    }
}


static void
test_nonsense(void)
{
    size_t                i;
    cricket_buf_t         b, pipelines[CRICKET_SETTINGS_PIPELINES];
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

        test_begin(&b, pipelines);

        cricket_settings_index(data, strlen(t[i]), &b, pipelines);
        cricket_settings_cluster(data, strlen(t[i]), &b, &b);

        CHECK(test_buf_is(&b, "")
              && test_buf_is(&pipelines[CRICKET_SETTINGS_DEFAULT], "")
              && test_buf_is(&pipelines[CRICKET_SETTINGS_FINAL], ""),
              "nonsense: %s", t[i]);

        test_end(&b, pipelines);
    }
}


static void
test_memory(void)
{
    int            found, budget;
    cJSON_Hooks    hooks;
    cricket_buf_t  b, pipelines[CRICKET_SETTINGS_PIPELINES];

    static const char  reply[] =
        TEST_SETTINGS("\"index.refresh_interval\":\"-1\","
                      "\"index.final_pipeline\":\"p\"");

    hooks.malloc_fn = test_malloc;
    hooks.free_fn = free;

    cJSON_InitHooks(&hooks);

    found = 0;

    for (budget = 0; !found && budget < 100; budget++) {
        test_left = budget;
        test_begin(&b, pipelines);

        cricket_settings_index((const unsigned char *) reply,
                               sizeof(reply) - 1, &b, pipelines);

        found = test_buf_is(&pipelines[CRICKET_SETTINGS_FINAL], "p");

        test_end(&b, pipelines);
    }

    CHECK(found && budget > 5, "memory: %d", budget);

    cJSON_InitHooks(NULL);

    /* a buffer without room */

    test_begin(&b, pipelines);
    cricket_buf_init(&b, 8);
    cricket_settings_index((const unsigned char *) reply, sizeof(reply) - 1,
                           &b, pipelines);
    CHECK(b.failed, "no room for a note");
    test_end(&b, pipelines);
}


static void
test_begin(cricket_buf_t *notes, cricket_buf_t *pipelines)
{
    size_t  i;

    cricket_buf_init(notes, 4096);

    for (i = 0; i < CRICKET_SETTINGS_PIPELINES; i++) {
        cricket_buf_init(&pipelines[i], 4096);
    }
}


static void
test_end(cricket_buf_t *notes, cricket_buf_t *pipelines)
{
    size_t  i;

    cricket_buf_free(notes);

    for (i = 0; i < CRICKET_SETTINGS_PIPELINES; i++) {
        cricket_buf_free(&pipelines[i]);
    }
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
    test_sentence();
    test_cluster();
    test_nonsense();
    test_memory();

    return test_done();
}
