
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#include <errno.h>
#include <stdlib.h>

#include <cjson/cJSON.h>

#include "cricket_index.h"
#include "test_buf.h"


#define TEST_FIELDS                                                          \
    "\"name\":{\"type\":\"keyword\"},\"type\":{\"type\":\"keyword\"},"       \
    "\"value\":{\"type\":\"double\"},\"timestamp\":{\"type\":\"date\"},"     \
    "\"nanos\":{\"type\":\"integer\"},\"nanos_at\":{\"type\":\"long\"},"     \
    "\"series\":{\"type\":\"keyword\",\"index\":false},"                    \
    "\"tags\":{\"type\":\"keyword\"}"

#define TEST_SHARDS  "\"index.number_of_shards\":\"1\""

#define TEST_REPLY(mappings, settings)                                       \
    "{\"metrics\":{\"aliases\":{},\"mappings\":{" mappings "},"              \
    "\"settings\":{" settings "}}}"

#define TEST_MAPPINGS(properties)                                            \
    TEST_REPLY("\"dynamic\":\"strict\",\"properties\":{" properties "}",     \
               TEST_SHARDS)


static void test_bodies(void);
static void test_made(void);
static void test_tags(void);
static void test_places(void);
static void test_right(void);
static void test_wrong(void);
static void test_append(void);
static void test_memory(void);
static void test_cut(void);
static void test_names(void);
static void test_refresh(void);
static char *test_replace(const char *text, const char *old, const char *new);
static void *test_malloc(size_t size);


static const char  test_plain[] = TEST_MAPPINGS(TEST_FIELDS);


/* of one index, and of partitions, with all that there is to choose */

static void
test_bodies(void)
{
    size_t                  i;
    const char             *err;
    cricket_buf_t           b;
    cricket_str_t           name, pattern;
    cricket_index_shape_t   shape;

#define TEST_KEYWORD  "{\"type\":\"keyword\"}"
#define TEST_REST                                                            \
    "\"timestamp\":{\"type\":\"date\","                                      \
    "\"format\":\"epoch_millis||strict_date_optional_time\"},"               \
    "\"nanos\":{\"type\":\"integer\"},\"nanos_at\":{\"type\":\"long\"},"     \
    "\"series\":{\"type\":\"keyword\",\"index\":false},"                     \
    "\"tags\":" TEST_KEYWORD
#define TEST_ONE                                                             \
    "\"settings\":{\"index\":{\"number_of_shards\":1,"                       \
    "\"number_of_replicas\":2,\"translog\":{\"durability\":\"request\"}}},"  \
    "\"mappings\":{\"dynamic\":\"strict\","                                  \
    "\"_meta\":{\"managed_by\":\"cricket\",\"index\":\"m-1\"},"              \
    "\"properties\":{\"name\":" TEST_KEYWORD ",\"type\":" TEST_KEYWORD ","   \
    "\"value\":{\"type\":\"double\"}," TEST_REST "}},"                       \
    "\"aliases\":{\"m-1-w\":{\"is_write_index\":true}}"
#define TEST_MANY                                                            \
    "\"settings\":{\"index\":{\"number_of_shards\":3,"                       \
    "\"codec\":\"best_compression\","                                        \
    "\"translog\":{\"durability\":\"request\"}}},"                           \
    "\"mappings\":{\"dynamic\":\"strict\","                                  \
    "\"_meta\":{\"managed_by\":\"cricket\",\"index\":\"m-%Y.%m\"},"          \
    "\"_source\":{\"enabled\":false},"                                       \
    "\"properties\":{\"name\":" TEST_KEYWORD ",\"type\":" TEST_KEYWORD ","   \
    "\"value\":{\"type\":\"double\",\"index\":false}," TEST_REST ","         \
    "\"tag\":{\"properties\":{\"host\":" TEST_KEYWORD ",\"a.b\":"            \
    TEST_KEYWORD "}}}}"
#define TEST_META                                                            \
    "},\"_meta\":{\"managed_by\":\"cricket\","                               \
    "\"description\":\"made by cricket --init\"}}"

    static const cricket_str_t  keys[] = {
        cricket_string("host"), cricket_string("a.b")
    };

    static const struct {
        const char  *pattern;
        const char  *name;
        const char  *create;
        const char  *template;
        const char  *add;
    } t[] = {
        { "m-1", "m-1", "{" TEST_ONE "}",
          "{\"index_patterns\":[\"m-1\"],\"priority\":500,\"template\":{"
          TEST_ONE TEST_META,
          "{\"properties\":{\"series\":{\"type\":\"keyword\","
          "\"index\":false}}}" },

        { "m-%Y.%m", "m-2026.11", "{" TEST_MANY ",\"aliases\":{"
          "\"m-2026.11~r\":{\"is_write_index\":true},\"m~all\":{}}}",
          "{\"index_patterns\":[\"m-19*.*\",\"m-20*.*\",\"m-21*.*\","
          "\"m-past\",\"m-ahead\"],\"priority\":500,\"template\":{"
          TEST_MANY ",\"aliases\":{\"{index}~r\":{\"is_write_index\":true},"
          "\"m~all\":{}}" TEST_META,
          "{\"properties\":{\"series\":{\"type\":\"keyword\","
          "\"index\":false},\"tag\":{\"properties\":{"
          "\"host\":" TEST_KEYWORD ",\"a.b\":" TEST_KEYWORD "}}}}" }
    };

    for (i = 0; i < 2; i++) {
        memset(&shape, 0, sizeof(cricket_index_shape_t));

        pattern.data = (const unsigned char *) t[i].pattern;
        pattern.len = strlen(t[i].pattern);

        CHECK(cricket_partition_parse(&shape.index, &pattern, &err)
              == CRICKET_OK, "%s", t[i].pattern);

        shape.shards = i ? 3 : 1;
        shape.replicas = i ? CRICKET_INDEX_REPLICAS : 2;
        shape.compact = i;
        shape.compressed = i;
        shape.tag_fields = keys;
        shape.ntag_fields = i ? 2 : 0;

        name.data = (const unsigned char *) t[i].name;
        name.len = strlen(t[i].name);

        cricket_buf_init(&b, 4096);
        cricket_index_create(&b, &shape, &name);
        CHECK(test_buf_is(&b, t[i].create), "the body that makes %s: %.*s",
              t[i].name, (int) b.len, b.data);
        cricket_buf_free(&b);

        cricket_index_template(&b, &shape);
        CHECK(test_buf_is(&b, t[i].template), "that of its template: %.*s",
              (int) b.len, b.data);
        cricket_buf_free(&b);

        cricket_index_add(&b, &shape);
        CHECK(test_buf_is(&b, t[i].add), "what it may lack: %.*s",
              (int) b.len, b.data);
        cricket_buf_free(&b);

        cricket_buf_init(&b, 64);
        cricket_index_create(&b, &shape, &name);
        CHECK(b.failed, "a body that has no room shows in the buffer");
        cricket_buf_free(&b);
    }
}


/* what is asked for passes the check, and so does its template */

static void
test_made(void)
{
    unsigned                shards, single;
    const char             *err;
    cricket_buf_t           b, body, reply, why;
    cricket_index_shape_t   shape;

    static const cricket_str_t  pattern = cricket_string("m-%Y");
    static const cricket_str_t  name = cricket_string("m-2026");
    static const cricket_str_t  keys[] = {
        cricket_string("host"), cricket_string("a.b.c")
    };

    memset(&shape, 0, sizeof(cricket_index_shape_t));

    (void) cricket_partition_parse(&shape.index, &pattern, &err);

    shape.shards = 2;
    shape.compact = 1;
    shape.tag_fields = keys;
    shape.ntag_fields = 1;

    cricket_buf_init(&b, 4096);
    cricket_buf_init(&body, 4096);
    cricket_buf_init(&reply, 8192);
    cricket_buf_init(&why, 4096);

    cricket_index_template(&b, &shape);

    cricket_buf_literal(&reply, "{\"index_templates\":[{\"name\":\"n\","
                                "\"index_template\":");
    cricket_buf_append(&reply, b.data, b.len);
    cricket_buf_literal(&reply, "}]}");

    CHECK(cricket_index_check_template(reply.data, reply.len, keys, 1, &shards,
                                       &why)
          == CRICKET_OK && shards == 2 && why.len == 0, "a template, %.*s",
          (int) why.len, why.data);

    cricket_buf_free(&reply);

    CHECK(cricket_index_check_template(TEXT("{\"index_templates\":[{"
              "\"index_template\":{\"template\":{\"settings\":{},"
              "\"mappings\":{}}}}]}"), keys, 1, &shards, &why)
          == CRICKET_INVALID
          && test_buf_is(&why, "it is none of cricket --init"),
          "one of others");

    cricket_buf_free(&why);

    cricket_buf_literal(&reply, "{\"index_templates\":[{\"index_template\":"
        "{\"template\":{\"settings\":{\"index.number_of_shards\":\"2\"},"
        "\"mappings\":{\"dynamic\":\"strict\",\"properties\":{" TEST_FIELDS
        ",\"tag\":{\"properties\":{\"host\":{\"type\":\"keyword\"}}}}},"
        "\"aliases\":{\"{index}~r\":{}}}}}]}");

    CHECK(cricket_index_check_template(reply.data, reply.len, keys, 1, &shards,
                                       &why)
          == CRICKET_OK && shards == 2 && why.len == 0, "a template");

    CHECK(cricket_index_check_template(TEXT("{\"index_templates\":[{"
              "\"index_template\":{\"template\":{\"settings\":"
              "{\"index.number_of_shards\":\"1\"},\"mappings\":{"
              "\"dynamic\":\"strict\",\"properties\":{" TEST_FIELDS
              ",\"tag\":{\"properties\":{\"host\":{\"type\":\"keyword\"},"
              "\"a.b.c\":{\"type\":\"keyword\"}}}}}}}}]}"), keys, 2, &shards,
              &why)
          == CRICKET_OK && shards == 1, "a key with dots, in one piece");

    CHECK(cricket_index_check_template(reply.data, reply.len, keys, 2, &shards,
                                       &why)
          == CRICKET_DONE
          && test_buf_is(&why, "it lacks field \"tag.a.b.c\", which cricket "
                               "--init adds"),
          "one that lacks a tag");

    CHECK(cricket_index_from_template(reply.data, reply.len, &shape.index,
                                      &name, &body)
          == CRICKET_OK
          && test_buf_is(&body, "{\"settings\":"
             "{\"index.number_of_shards\":\"2\"},\"mappings\":"
             "{\"dynamic\":\"strict\",\"properties\":{" TEST_FIELDS
             ",\"tag\":{\"properties\":{\"host\":{\"type\":\"keyword\"}}}}},"
             "\"aliases\":{\"m-2026~r\":{\"is_write_index\":true},"
             "\"m~all\":{}}}"),
          "a partition of it: %.*s", (int) body.len, body.data);

    cricket_buf_free(&body);

    CHECK(cricket_index_from_template(TEXT("{}"), &shape.index, &name, &body)
          == CRICKET_INVALID, "no template");

    cricket_buf_free(&why);

    CHECK(cricket_index_probe(TEXT(test_plain), NULL, 0, &single, &why)
          == CRICKET_OK && single == 1, "an index to write to");

    CHECK(cricket_index_probe(TEXT("{\"a\":{\"mappings\":{\"properties\":{}},"
                                   "\"settings\":{\"index.number_of_shards\":"
                                   "\"3\"}}}"), NULL, 0, &single, &why)
          == CRICKET_DONE && single == 0
          && test_buf_is(&why, "it lacks field \"series\", which cricket "
                               "--init adds"),
          "one of before, of several shards");

    cricket_buf_free(&why);
    cricket_buf_free(&reply);
    cricket_buf_free(&b);
}


static void
test_tags(void)
{
    static const cricket_str_t  keys[] = {
        cricket_string("host"), cricket_string("a.b")
    };

    static const struct {
        int          rc;
        const char  *key;
    } t[] = {
        { CRICKET_OK, "dc" }, { CRICKET_OK, "a.c" }, { CRICKET_OK, "a.bc" },
        { CRICKET_OK, "x/y-z_1" },
        { CRICKET_INVALID, "" }, { CRICKET_INVALID, "host" },
        { CRICKET_INVALID, "host.name" }, { CRICKET_INVALID, "a" },
        { CRICKET_INVALID, "a.b.c" }, { CRICKET_INVALID, ".a" },
        { CRICKET_INVALID, "b." }, { CRICKET_INVALID, "b..c" },
        { CRICKET_INVALID, "b c" }, { CRICKET_INVALID, "b=" }
    };

    size_t         i;
    cricket_str_t  key;

    for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
        key.data = (const unsigned char *) t[i].key;
        key.len = strlen(t[i].key);

        CHECK(cricket_index_tag(&key, keys, 2) == t[i].rc, "a tag \"%s\"",
              t[i].key);
    }
}


static void
test_right(void)
{
    int             rc;
    char           *reply;
    size_t          i;
    cricket_buf_t   why;

    static const struct {
        const char  *old;
        const char  *new;
        const char  *name;
    } t[] = {
        { "", "", "what is right" },
        { "\"metrics\":", "\"another-000001\":", "an index behind an alias" },
        { "\"date\"", "\"date\",\"format\":"
          "\"strict_date_optional_time||epoch_millis\"", "a date format" },
        { "\"date\"", "\"date\",\"format\":\"epoch_millis||basic_date||"
          "strict_date_optional_time\"", "a longer date format" },
        { "\"tags\":", "\"more\":{\"type\":\"text\"},\"tags\":",
          "a field more" },
        { "\"tags\":{", "\"tags\":{\"ignore_above\":1281,",
          "an ignore_above that is high enough" },
        { "\"value\":{", "\"value\":{\"index\":true,\"doc_values\":true,"
          "\"ignore_malformed\":false,", "options said, as by default" },
        { TEST_SHARDS, TEST_SHARDS ",\"index.translog.durability\":"
          "\"request\",\"index.blocks.write\":\"false\"", "settings said" },
        { TEST_SHARDS, TEST_SHARDS ",\"index.number_of_replicas\":\"7\","
          "\"index.refresh_interval\":\"5s\"", "settings that do not matter" },
        { "\"index.number_of_shards\":\"1\"", "\"index.number_of_shards\":1",
          "a setting as a number" },
        { "shards\":\"1\"", "shards\":\"5\"", "several shards" },
        { "\"value\":{", "\"value\":{\"index\":false,", "values not indexed" },
        { "\"index\":false", "\"index\":true", "series that are" },
        { "}}}", "}}} \r\n\t", "space at the end" }
    };

    for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
        reply = test_replace(test_plain, t[i].old, t[i].new);

        cricket_buf_init(&why, 1024);
        rc = cricket_index_check((unsigned char *) reply, strlen(reply),
                                 NULL, 0, &why);

        CHECK(rc == CRICKET_OK && why.len == 0, "right: %s: %.*s", t[i].name,
              (int) why.len, (char *) why.data);

        cricket_buf_free(&why);
        free(reply);
    }
}


static void
test_wrong(void)
{
    int             rc;
    char           *reply;
    size_t          i;
    cricket_buf_t   why;

    static const struct {
        const char  *old;
        const char  *new;
        const char  *why;
    } t[] = {
        { "\"double\"", "\"text\"",
          "field \"value\" is text, expected double" },
        { "\"date\"", "\"date_nanos\"",
          "field \"timestamp\" is date_nanos, expected date" },
        { "\"integer\"", "\"in\\u001b[1m\\nt\\u00e9\"",
          "field \"nanos\" is in?[1m?t??, expected integer" },
        { "\"integer\"", "\"0123456789012345678901234567890123456789"
          "0123456789012345678901234567890123456789\"",
          "field \"nanos\" is 0123456789012345678901234567890123456789"
          "012345678901234567890123..., expected integer" },
        { "\"integer\"", "[]",
          "field \"nanos\" is not a word, expected integer" },
        { "\"nanos\":{\"type\":\"integer\"}", "\"nanos\":{\"properties\":{}}",
          "field \"nanos\" is an object, expected integer" },
        { "\"nanos\":{\"type\":\"integer\"}", "\"nanos\":3",
          "field \"nanos\" is an object, expected integer" },
        { "\"nanos\"", "\"Nanos\"",
          "field \"nanos\" is missing, expected integer" },
        { "\"name\":{", "\"name\":{\"index\":false,",
          "field \"name\" has index false, expected true" },
        { "\"value\":{", "\"value\":{\"doc_values\":false,",
          "field \"value\" has doc_values false, expected true" },
        { "\"value\":{", "\"value\":{\"ignore_malformed\":true,",
          "field \"value\" has ignore_malformed true, expected false" },
        { "\"name\":{", "\"name\":{\"ignore_above\":256,",
          "field \"name\" has ignore_above 256, expected at least 512" },
        { "\"tags\":{", "\"tags\":{\"ignore_above\":1280,",
          "field \"tags\" has ignore_above 1280, expected at least 1281" },
        { "\"name\":{", "\"name\":{\"normalizer\":\"lowercase\",",
          "field \"name\" has a normalizer" },
        { "\"date\"", "\"date\",\"format\":\"epoch_millis\"",
          "field \"timestamp\" has format epoch_millis, expected "
          "epoch_millis||strict_date_optional_time" },
        { "\"date\"", "\"date\",\"format\":"
          "\"strict_date_optional_time_nanos||epoch_millis\"",
          "field \"timestamp\" has format strict_date_optional_time_nanos||"
          "epoch_millis, expected epoch_millis||strict_date_optional_time" },
        { "\"strict\"", "\"true\"", "dynamic is true, expected strict" },
        { "\"strict\"", "true", "dynamic is true, expected strict" },
        { "\"strict\"", "0", "dynamic is 0, expected strict" },
        { "\"dynamic\":\"strict\",", "", "dynamic is true, expected strict" },
        { "\"dynamic\"", "\"_routing\":{\"required\":true},\"dynamic\"",
          "_routing is required" },
        { "\"dynamic\"", "\"runtime\":{\"name\":{\"type\":\"long\"}},"
          "\"dynamic\"", "field \"name\" is hidden by a runtime field" },
        { TEST_SHARDS, TEST_SHARDS ",\"index.translog.durability\":\"async\"",
          "translog.durability is async, expected request" },
        { TEST_SHARDS, TEST_SHARDS
          ",\"index.blocks.read_only_allow_delete\":\"true\"",
          "blocks.read_only_allow_delete is true, expected false" },
        { TEST_SHARDS, TEST_SHARDS
          ",\"index.mapping.ignore_malformed\":\"true\"",
          "mapping.ignore_malformed is true, expected false" },
        { TEST_SHARDS, TEST_SHARDS
          ",\"index.verified_before_close\":\"true\"", "the index is closed" },
        { "}}}", "}},\"b\":{}}", "more than one index has this name" },
        { "}}}", "}}}x", "the reply is not JSON" },
        { "}}}", "}}", "the reply is not JSON" },
        { "\"mappings\"", "\"m\"", "the reply does not describe an index" },
        { "\"settings\"", "\"s\"", "the reply does not describe an index" },
        { test_plain, "", "the reply is not JSON" },
        { test_plain, "<html>", "the reply is not JSON" },
        { test_plain, "{}", "the reply does not describe an index" },
        { test_plain, "[]", "the reply does not describe an index" },
        { test_plain, "{\"a\":[{\"mappings\":{},\"settings\":{}}]}",
          "the reply does not describe an index" },
        { test_plain, "{\"error\":{\"type\":\"x\"},\"status\":404}",
          "the reply does not describe an index" },
        { test_plain, TEST_REPLY("", ""),
          "dynamic is true, expected strict; "
          "field \"name\" is missing, expected keyword; "
          "field \"type\" is missing, expected keyword; "
          "field \"value\" is missing, expected double; "
          "field \"timestamp\" is missing, expected date; "
          "field \"nanos\" is missing, expected integer; "
          "field \"nanos_at\" is missing, expected long; "
          "field \"tags\" is missing, expected keyword" }
    };

    for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
        reply = test_replace(test_plain, t[i].old, t[i].new);

        cricket_buf_init(&why, 1024);
        rc = cricket_index_check((unsigned char *) reply, strlen(reply),
                                 NULL, 0, &why);

        CHECK(rc == CRICKET_INVALID && why.len == strlen(t[i].why)
              && memcmp(why.data, t[i].why, why.len) == 0,
              "wrong: %s: %d %.*s", t[i].why, rc, (int) why.len,
              (char *) why.data);

        cricket_buf_free(&why);
        free(reply);
    }
}


static void
test_append(void)
{
    int            rc;
    cricket_buf_t  why;

    cricket_buf_init(&why, 1024);
    cricket_buf_literal(&why, "index: ");

    rc = cricket_index_check(TEXT(test_plain), NULL, 0, &why);

    CHECK(rc == CRICKET_OK && why.len == 7, "nothing is added if all is right");

    rc = cricket_index_check(TEXT("{}"), NULL, 0, &why);

    CHECK(rc == CRICKET_INVALID && why.len == 43
          && memcmp(why.data, "index: the reply", 16) == 0,
          "the reason is added to what is there");

    cricket_buf_free(&why);

    cricket_buf_init(&why, 16);
    rc = cricket_index_check(TEXT("{}"), NULL, 0, &why);

    CHECK(rc == CRICKET_ERROR && why.failed, "no room for the reason");

    cricket_buf_free(&why);
}


/* a reply cut anywhere is never right, nor read past its end */

static void
test_memory(void)
{
    int            rc;
    cJSON_Hooks    hooks;
    cricket_buf_t  why;

    hooks.malloc_fn = test_malloc;
    hooks.free_fn = free;

    cJSON_InitHooks(&hooks);
    cricket_buf_init(&why, 1024);

    rc = cricket_index_check(TEXT(test_plain), NULL, 0, &why);

    CHECK(rc == CRICKET_ERROR && why.len == 0,
          "no memory is not the fault of the reply");

    cricket_buf_free(&why);
    cJSON_InitHooks(NULL);
}


static void *
test_malloc(size_t size)
{
    (void) size;

    errno = ENOMEM;

    return NULL;
}


static void
test_cut(void)
{
    int             bad;
    size_t          len;
    unsigned char  *copy;
    cricket_buf_t   why;

    bad = 0;

    for (len = 0; len < sizeof(test_plain) - 1; len++) {
        copy = malloc(len ? len : 1);
        if (copy == NULL) {
            bad++;
            break;
        }

        memcpy(copy, test_plain, len);

        cricket_buf_init(&why, 1024);

        if (cricket_index_check(copy, len, NULL, 0, &why) != CRICKET_INVALID) {
            bad++;
        }

        cricket_buf_free(&why);
        free(copy);
    }

    CHECK(bad == 0, "a reply cut short is not right");
}


static void
test_names(void)
{
    int            rc;
    size_t         i;
    unsigned char  name[256];

    static const struct {
        int          rc;
        const char  *name;
    } t[] = {
        { CRICKET_OK, "metrics" },
        { CRICKET_OK, "a" },
        { CRICKET_OK, "0.1_2-3" },
        { CRICKET_OK, ".hidden" },
        { CRICKET_OK, "..." },
        { CRICKET_INVALID, "" },
        { CRICKET_INVALID, "." },
        { CRICKET_INVALID, ".." },
        { CRICKET_INVALID, "-a" },
        { CRICKET_INVALID, "_a" },
        { CRICKET_INVALID, "+a" },
        { CRICKET_INVALID, "Metrics" },
        { CRICKET_INVALID, "a b" },
        { CRICKET_INVALID, "a,b" },
        { CRICKET_INVALID, "a*" },
        { CRICKET_INVALID, "a/b" },
        { CRICKET_INVALID, "a?b" },
        { CRICKET_INVALID, "a%2f" },
        { CRICKET_INVALID, "caf\xc3\xa9" }
    };

    for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
        rc = cricket_partition_is_name((const unsigned char *) t[i].name,
                                strlen(t[i].name));

        CHECK(rc == t[i].rc, "name \"%s\"", t[i].name);
    }

    memset(name, 'a', sizeof(name));

    CHECK(cricket_partition_is_name(name, 255) == CRICKET_OK, "255 bytes");
    CHECK(cricket_partition_is_name(name, 256) == CRICKET_INVALID, "256 bytes");

    name[1] = '\0';

    CHECK(cricket_partition_is_name(name, 3) == CRICKET_INVALID, "a zero");
}


/* the last occurrence only; the test dies if there is none or no memory */

static void
test_refresh(void)
{
    int      i, n;
    char     text[256];
    int64_t  msec;

    static const struct {
        const char  *value;
        int64_t      msec;
    } t[] = {
        { "\"1s\"", 1000 },
        { "\"500ms\"", 500 },
        { "\"2m\"", 120000 },
        { "\"1h\"", 3600000 },
        { "\"1d\"", 86400000 },
        { "\"1500micros\"", 1 },
        { "\"2000000nanos\"", 2 },
        { "\"0\"", 0 },
        { "\"0s\"", 0 },
        { "\"-1\"", CRICKET_INDEX_NEVER },
        { "\"-1s\"", CRICKET_INDEX_NEVER },
        { "\"999999999999999d\"", CRICKET_INDEX_NEVER },
        { "\"99999999999999999999s\"", CRICKET_INDEX_NEVER },
        { "\"\"", 0 },
        { "\"s\"", 0 },
        { "\"1\"", 0 },
        { "\"1w\"", 0 },
        { "\"1.5s\"", 0 },
        { "\"1s \"", 0 },
        { "7", 0 },
        { "null", 0 },
        { "{\"a\":\"1s\"}", 0 }
    };

    static const struct {
        const char  *text;
        int64_t      msec;
    } whole[] = {
        { "{}", 0 },
        { "{\"a\":{\"settings\":{\"index.refresh_interval\":\"5s\"}},\"b\":"
          "{\"settings\":{\"index.refresh_interval\":\"7s\"}},\"c\":"
          "{\"settings\":{\"index.refresh_interval\":\"6s\"}}}", 7000 },
        { "{\"a\":{\"settings\":{\"index.refresh_interval\":\"-1\"}},\"b\":"
          "{\"settings\":{\"index.refresh_interval\":\"7s\"}}}",
          CRICKET_INDEX_NEVER },
        { "{\"index.refresh_interval\":\"5s\"", 5000 },
        { "[\"index.refresh_interval\",\"5s\"]", 0 },
        { "<html>", 0 },
        { "", 0 }
    };

    for (i = 0; i < (int) (sizeof(t) / sizeof(t[0])); i++) {
        n = snprintf(text, sizeof(text), "{\"m\":{\"settings\":{"
                     "\"index.refresh_interval\":%s}}}", t[i].value);
        msec = cricket_index_refresh((unsigned char *) text, n);

        CHECK(msec == t[i].msec, "refresh_interval %s: %lld", t[i].value,
              (long long) msec);
    }

    for (i = 0; i < (int) (sizeof(whole) / sizeof(whole[0])); i++) {
        msec = cricket_index_refresh((const unsigned char *) whole[i].text,
                                     strlen(whole[i].text));

        CHECK(msec == whole[i].msec, "refresh intervals, reply %d: %lld", i,
              (long long) msec);
    }
}


static char *
test_replace(const char *text, const char *old, const char *new)
{
    char        *copy;
    size_t       len;
    const char  *p, *found;

    found = NULL;

    for (p = strstr(text, old); p && *p; p = strstr(p + 1, old)) {
        found = p;
    }

    len = strlen(text) + strlen(new) + 1;
    copy = malloc(len);

    if (found == NULL || copy == NULL) {
        abort();
    }

    (void) snprintf(copy, len, "%.*s%s%s", (int) (found - text), text, new,
                    found + strlen(old));

    return copy;
}


static void
test_places(void)
{
    size_t  i;

    static const cricket_str_t  index = cricket_string("m-1");

    static const struct {
        const char             *reply;
        cricket_index_place_e   place;
    } t[] = {
        { "{\"m-1\":{\"aliases\":{}}}", CRICKET_INDEX_BARE },
        { "{\"m-1\":{\"aliases\":{\"m-1\":{}}}}", CRICKET_INDEX_BY_ITSELF },
        { "{\"m-1\":{\"aliases\":{\"other\":{}}}}", CRICKET_INDEX_BARE },
        { "{\"m-1\":{\"aliases\":{\"a\":{},\"m-1-w\":{}}}}",
          CRICKET_INDEX_BY_ALIAS },
        { "{\"m-1\":{\"aliases\":{\"m-1-w2\":{},\"m-1-\":{}}}}",
          CRICKET_INDEX_BARE },
        { "{\"x\":{\"aliases\":{\"m-1\":{}}}}", CRICKET_INDEX_BY_ITSELF },
        { "{\"x\":{\"aliases\":{\"m-1\":{},\"m-1-w\":{}}}}",
          CRICKET_INDEX_BY_ALIAS },
        { "{\".ds-m-1-000001\":{\"aliases\":{}}}", CRICKET_INDEX_BY_NAME },
        { "{\"m-1\":{}}", CRICKET_INDEX_BY_NAME },
        { "{\"m-1\":{\"aliases\":[]}}", CRICKET_INDEX_BY_NAME },
        { "{\"m-1\":1}", CRICKET_INDEX_BY_NAME },
        { "{}", CRICKET_INDEX_BY_NAME },
        { "[]", CRICKET_INDEX_BY_NAME },
        { "", CRICKET_INDEX_BY_NAME },
        { "{", CRICKET_INDEX_BY_NAME },
    };

    for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
        CHECK(cricket_index_place((const unsigned char *) t[i].reply,
                                  strlen(t[i].reply), &index)
              == t[i].place, "a place: %s", t[i].reply);
    }

    CHECK(cricket_index_exists(TEXT("{\"error\":{\"type\":"
                                    "\"resource_already_exists_exception\"}}")),
          "an index that exists");
    CHECK(!cricket_index_exists(TEXT("{\"error\":{\"type\":\"other\"}}")),
          "another error");
    CHECK(!cricket_index_exists(TEXT("{\"error\":\"x\"}")), "an odd error");
    CHECK(!cricket_index_exists(TEXT("<")), "no JSON");
}


int
main(void)
{
    test_places();
    test_bodies();
    test_made();
    test_tags();
    test_right();
    test_wrong();
    test_append();
    test_memory();
    test_cut();
    test_names();
    test_refresh();

    return test_done();
}
