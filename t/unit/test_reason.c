
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#include "cricket_reason.h"
#include "test.h"


#define BUCKETS(max, was)                                                     \
    "Trying to create too many buckets. Must be less than or equal to: ["     \
    max "] but was [" was "]. This limit can be set by changing the "         \
    "[search.max_buckets] cluster level setting."

#define ERROR(type, reason)                                                   \
    "\"type\":\"" type "\",\"reason\":\"" reason "\""


static int test_words(int rc, const cricket_buf_t *words, const char *expected);
static void test_item(void);
static void test_reply(void);
static void test_type(void);


static int
test_words(int rc, const cricket_buf_t *words, const char *expected)
{
    if (words->failed) {
        return 0;
    }

    if (expected == NULL) {
        return rc == CRICKET_DONE && words->len == 0;
    }

    return rc == CRICKET_OK && words->len == strlen(expected)
           && memcmp(words->data, expected, words->len) == 0;
}


static void
test_item(void)
{
    int            rc;
    size_t         i;
    cricket_buf_t  words;
    cricket_str_t  type, reason;

    static const struct {
        const char  *type;
        const char  *reason;
        const char  *words;
    } t[] = {

        /* as 7.17, 8.19, 9.0 and OpenSearch 2.19 and 3.3 say them */

        { "too_many_buckets_exception", BUCKETS("1", "10001"),
          "the cluster's setting search.max_buckets is 1, and this needs "
          "10001" },
        { "illegal_argument_exception", "Result window is too large, from + "
          "size must be less than or equal to: [10] but was [1001]. See the "
          "scroll api for a more efficient way to request large data sets. "
          "This limit can be set by changing the [index.max_result_window] "
          "index level setting.",
          "the index's setting index.max_result_window is 10, and this needs "
          "1001" },
        { "illegal_argument_exception", "Trying to retrieve too many "
          "docvalue_fields. Must be less than or equal to: [1] but was [3]. "
          "This limit can be set by changing the "
          "[index.max_docvalue_fields_search] index level setting.",
          "the index's setting index.max_docvalue_fields_search is 1, and "
          "this needs 3" },
        { "exception", "[prefix] queries cannot be executed when "
          "'search.allow_expensive_queries' is set to false. For optimised "
          "prefix queries on text fields please enable [index_prefixes].",
          "the cluster's setting search.allow_expensive_queries is false, "
          "which forbids this" },
        { "cluster_block_exception", "index [m] blocked by: [FORBIDDEN/5/index "
          "read-only (api)];",
          "the index's setting index.blocks.read_only is true" },
        { "cluster_block_exception", "index [m] blocked by: [FORBIDDEN/7/index "
          "read (api)];", "the index's setting index.blocks.read is true" },
        { "cluster_block_exception", "index [m] blocked by: [FORBIDDEN/8/index "
          "write (api)];", "the index's setting index.blocks.write is true" },
        { "cluster_block_exception", "index [m] blocked by: "
          "[TOO_MANY_REQUESTS/12/disk usage exceeded flood-stage watermark, "
          "index has read-only-allow-delete block; for more information];",
          "a disk is too full, so index.blocks.read_only_allow_delete is "
          "true" },
        { "cluster_block_exception", "index [m] blocked by: "
          "[FORBIDDEN/12/index read-only / allow delete (api)];",
          "a disk is too full, so index.blocks.read_only_allow_delete is "
          "true" },
        { "cluster_block_exception", "blocked by: [FORBIDDEN/6/cluster "
          "read-only (api)];",
          "the cluster's setting cluster.blocks.read_only is true" },
        { "cluster_block_exception", "blocked by: [FORBIDDEN/13/cluster "
          "read-only / allow delete (api)];", "the cluster's setting "
          "cluster.blocks.read_only_allow_delete is true" },
        { "cluster_block_exception", "blocked by: "
          "[SERVICE_UNAVAILABLE/1/state not recovered / initialized];",
          "the cluster is still starting" },
        { "cluster_block_exception", "blocked by: [SERVICE_UNAVAILABLE/2/no "
          "master];", "the cluster has no master" },
        { "master_not_discovered_exception", "",
          "the cluster has no master" },
        { "cluster_manager_not_discovered_exception", "",
          "the cluster has no master" },
        { "index_closed_exception", "closed", "the index is closed" },
        { "circuit_breaking_exception", "[parent] Data too large, data for "
          "[<http_request>] would be [1/1b], which is larger than the limit "
          "of [1/1b]", "a node has too little memory for it" },
        { "illegal_argument_exception", "pipeline with id [nope] does not "
          "exist", "the index's pipeline does not exist" },
        { "illegal_argument_exception", "number of documents in the index "
          "cannot exceed 2147483519", "a shard of the index is full" },

        /* numbers that are none, and names that are none */

        { "x", BUCKETS("", "2"), "the cluster's setting search.max_buckets is "
          "too low for this" },
        { "x", BUCKETS("1", "2x"), "the cluster's setting search.max_buckets "
          "is too low for this" },
        { "x", BUCKETS("123456789012", "1"), "the cluster's setting "
          "search.max_buckets is too low for this" },
        { "", "[a.b] cluster level setting", "the cluster's setting a.b is "
          "too low for this" },
        { "", "[a.b_c-9] index level setting", "the index's setting a.b_c-9 "
          "is too low for this" },
        { "", "[] cluster level setting", NULL },
        { "", "a.b] cluster level setting", NULL },
        { "", "[a b] cluster level setting", NULL },
        { "", "[\\u0000] cluster level setting", NULL },
        { "", "[a.b] node level setting", NULL },
        { "", "] cluster level setting", NULL },
        { "", " cluster level setting", NULL },

        /* of another type */

        { "x", "index [m] blocked by: [FORBIDDEN/7/index read (api)];", NULL },
        { "", "closed", NULL },
        { "cluster_block_exception", "", NULL },
        { "index_closed_exceptio", "", NULL },
        { "mapper_parsing_exception", "failed to parse", NULL },
        { "security_exception", "action [x] is unauthorized", NULL },
        { "", "", NULL }
    };

    for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
        type.data = (const unsigned char *) t[i].type;
        type.len = strlen(t[i].type);
        reason.data = (const unsigned char *) t[i].reason;
        reason.len = strlen(t[i].reason);

        cricket_buf_init(&words, 1024);

        rc = cricket_reason_item(&type, &reason, &words);

        CHECK(test_words(rc, &words, t[i].words), "item %d: %.*s", (int) i,
              (int) words.len, (const char *) words.data);

        cricket_buf_free(&words);
    }
}


static void
test_reply(void)
{
    int            rc;
    size_t         i;
    cricket_buf_t  words;

    static const char  closed[] = "the index is closed";
    static const char  master[] = "the cluster has no master";

    static const struct {
        const char  *text;
        const char  *words;
    } t[] = {
        { "{\"error\":{\"root_cause\":[{" ERROR("index_closed_exception", "c")
          "}]," ERROR("index_closed_exception", "c") "},\"status\":400}",
          closed },
        { "{\"error\":{\"root_cause\":[{" ERROR("a", "b") "}],"
          ERROR("search_phase_execution_exception", "all shards failed")
          ",\"failed_shards\":[{\"shard\":0,\"reason\":{" ERROR("x", "y")
          ",\"caused_by\":{" ERROR("index_closed_exception", "") "}}}]}}",
          closed },
        { "{\"error\":{\"root_cause\":[]," ERROR("a", "") ",\"caused_by\":{"
          ERROR("master_not_discovered_exception", "") "}},\"status\":503}",
          master },
        { "{\"error\":{\"type\":\"master_not_discovered_exception\","
          "\"reason\":null},\"status\":503}", master },
        { "{\"error\":{\"reason\":\"" BUCKETS("1", "2") "\"}}",
          "the cluster's setting search.max_buckets is 1, and this needs 2" },
        { "{\"error\":\"" BUCKETS("1", "2") "\",\"status\":400}",
          "the cluster's setting search.max_buckets is 1, and this needs 2" },

        /* the type is that of the same object */

        { "{\"error\":{\"type\":\"cluster_block_exception\",\"caused_by\":{"
          "\"reason\":\"x: [FORBIDDEN/7/index read (api)];\"}}}", NULL },

        { "{\"error\":{" ERROR("index_closed_exception", "") "}", closed },
        { "{\"error\":{\"type\":7,\"reason\":\"closed\"}}", NULL },
        { "{\"error\":{" ERROR("security_exception", "no") "},\"status\":403}",
          NULL },
        { "{\"status\":503}", NULL },
        { "[]", NULL },
        { "\"index_closed_exception\"", NULL },
        { "<html>", NULL },
        { "", NULL }
    };

    for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
        cricket_buf_init(&words, 1024);

        rc = cricket_reason_reply((const unsigned char *) t[i].text,
                                  strlen(t[i].text), &words);

        CHECK(test_words(rc, &words, t[i].words), "reply %d: %.*s", (int) i,
              (int) words.len, (const char *) words.data);

        cricket_buf_free(&words);
    }
}


static void
test_type(void)
{
    int            rc;
    size_t         i;
    cricket_str_t  type;

    static const char  long_type[] =
        "a234567890123456789012345678901234567890123456789012345678901234";

    char  text[256];

    static const struct {
        const char  *text;
        const char  *type;
    } t[] = {
        { "{\"error\":{\"root_cause\":[{" ERROR("a_1", "b") "}],"
          ERROR("c", "d") "},\"status\":400}", "a_1" },
        { "{\"error\":{\"root_cause\":[]," ERROR("c", "d") "}}", "c" },
        { "{\"error\":{\"type\":\"A b\",\"x\":{\"type\":\"c\"}}}", "c" },
        { "{\"error\":{\"type\":\"\"}}", NULL },
        { "{\"error\":{\"type\":7}}", NULL },
        { "{\"error\":\"type\"}", NULL },
        { "{", NULL },
        { "", NULL }
    };

    for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {

        rc = cricket_reason_type((const unsigned char *) t[i].text,
                                 strlen(t[i].text), &type);

        CHECK(t[i].type == NULL
              ? rc == CRICKET_DONE
              : rc == CRICKET_OK && type.len == strlen(t[i].type)
                && memcmp(type.data, t[i].type, type.len) == 0,
              "type %d", (int) i);
    }

    snprintf(text, sizeof(text), "{\"type\":\"%s\"}", long_type);
    CHECK(cricket_reason_type((unsigned char *) text, strlen(text), &type)
          == CRICKET_OK
          && type.len == 64, "a type of 64 bytes");

    snprintf(text, sizeof(text), "{\"type\":\"%sx\"}", long_type);
    CHECK(cricket_reason_type((unsigned char *) text, strlen(text), &type)
          == CRICKET_DONE,
          "and of 65");
}


int
main(void)
{
    test_item();
    test_reply();
    test_type();

    return test_done();
}
