
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#include <stdlib.h>

#include "cricket_body.h"
#include "cricket_bulk.h"
#include "test_buf.h"


#define TEST_ITEMS  8


/* what a document has between its time and its tags */
#define TEST_SERIES  ",\"series\":\"AAAAAAAAAAAA\""


static const cricket_bulk_meta_t  test_plain = {
    .series = cricket_string("AAAAAAAAAAAA")
};


typedef struct {
    size_t           n;
    size_t           index[TEST_ITEMS];
    cricket_item_t   items[TEST_ITEMS];
} test_items_t;


static void test_item(void *data, size_t index, const cricket_item_t *item);
static int test_read(const char *text, size_t n, unsigned char *verdicts,
    test_items_t *items, const char **err);
static int test_slices(const char *text, size_t len, size_t n, size_t slice,
    unsigned char *verdicts, test_items_t *items, const char **err);
static void test_append(void);
static void test_append_meta(void);
static void test_append_full(void);
static void test_verdicts(void);
static void test_replies(void);
static void test_handler(void);
static void test_invalid(void);
static void test_truncated(void);
static void test_own(void);


static void
test_append(void)
{
    char                 line[1024];
    size_t               i, n;
    const char          *tags;
    cricket_buf_t        b;
    cricket_body_t       body;
    cricket_datapoint_t  dp;

#define REST  "\"name\":\"n\",\"type\":\"t\""
#define ZERO  "\"timestamp\":\"1970-01-01T00:00:00Z\""

    static const struct {
        const char  *text;
        const char  *line;
    } t[] = {
        { "{\"name\":\"c1\",\"type\":\"counter\",\"value\":1,"
          "\"timestamp\":\"2016-12-31T22:49:50Z\"}",
          "{\"name\":\"c1\",\"type\":\"counter\",\"value\":1,"
          "\"timestamp\":1483224590000}" },

        { "{\"name\":\"a\\\"\\u00e4\",\"type\":\"\\\\\xc3\xa4\",\"value\":1,"
          ZERO "}",
          "{\"name\":\"a\\\"\\u00e4\",\"type\":\"\\\\\xc3\xa4\",\"value\":1,"
          "\"timestamp\":\"1970-01-01T00:00:00Z\"}" },

        { "{" REST ",\"value\":-1.500e+3,"
          "\"timestamp\":\"1969-12-31T23:59:59.999000001Z\"}",
          "{" REST ",\"value\":-1.500e+3,"
          "\"timestamp\":\"1969-12-31T23:59:59.999Z\",\"nanos\":1,"
          "\"nanos_at\":-1}" },

        { "{" REST ",\"value\":1,"
          "\"timestamp\":\"0001-01-01T00:00:00.000999999Z\"}",
          "{" REST ",\"value\":1,\"timestamp\":\"0001-01-01T00:00:00Z\","
          "\"nanos\":999999,\"nanos_at\":-62135596800000}" },

        { "{" REST ",\"value\":1,"
          "\"timestamp\":\"9999-12-31T23:59:59.999999999Z\"}",
          "{" REST ",\"value\":1,\"timestamp\":253402300799999,"
          "\"nanos\":999999,\"nanos_at\":253402300799999}" },

        { "{" REST ",\"value\":-0," ZERO "}",
          "{" REST ",\"value\":-0.0,\"timestamp\":\"1970-01-01T00:00:00Z\"}" },
        { "{" REST ",\"value\":-1e-400," ZERO "}",
          "{" REST ",\"value\":-0.0,\"timestamp\":\"1970-01-01T00:00:00Z\"}" },
        { "{" REST ",\"value\":0," ZERO "}",
          "{" REST ",\"value\":0,\"timestamp\":\"1970-01-01T00:00:00Z\"}" },

        { "{" REST ",\"value\":1.000000000000000000000000000000," ZERO "}",
          "{" REST ",\"value\":1.000000000000000000000000000000,"
          "\"timestamp\":\"1970-01-01T00:00:00Z\"}" },
        { "{" REST ",\"value\":1.2500000000000000000000000000000," ZERO "}",
          "{" REST ",\"value\":1.25,\"timestamp\":\"1970-01-01T00:00:00Z\"}" },
        { "{" REST ",\"value\":12345678901234567890123456789012345e-5," ZERO
          "}", "{" REST ",\"value\":1.2345678901234568e+29,"
          "\"timestamp\":\"1970-01-01T00:00:00Z\"}" },

        { "{" REST ",\"value\":1," ZERO ",\"tags\":{}}",
          "{" REST ",\"value\":1,\"timestamp\":\"1970-01-01T00:00:00Z\"}" },
        { "{" REST ",\"value\":1," ZERO ",\"tags\":{\"host\":\"web1\"}}",
          "{" REST ",\"value\":1," ZERO ",\"tags\":[\"host=web1\"]}" },
        { "{" REST ",\"value\":1," ZERO ",\"tags\":{\"a\":\"=\\\"\","
          "\"\\u0062\":\"\xc3\xa4\",\"c\":\"d\"}}",
          "{" REST ",\"value\":1,\"timestamp\":\"1970-01-01T00:00:00Z\","
          "\"tags\":[\"a==\\\"\",\"\\u0062=\xc3\xa4\",\"c=d\"]}" },
    };

    for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
        cricket_reader_init(&body.reader, &cricket_body_json,
                          (const unsigned char *) t[i].text,
                          strlen(t[i].text), 1);

        CHECK(cricket_reader_next(&body.reader, &dp) == CRICKET_OK, "valid: %s",
              body.reader.message);

        cricket_buf_init(&b, 4096);
        cricket_bulk_append(&b, &dp, &test_plain);

        /* a series, behind the time and before the tags */

        tags = strstr(t[i].line, ",\"tags\"");
        n = tags ? (size_t) (tags - t[i].line) : strlen(t[i].line) - 1;

        snprintf(line, sizeof(line), "{\"create\":{}}\n%.*s" TEST_SERIES "%s\n",
                 (int) n, t[i].line, t[i].line + n);

        CHECK(test_buf_is(&b, line), "%s is %.*s", t[i].line,
              (int) (b.len < 15 ? 0 : b.len - 15), b.data + 14);

        cricket_buf_free(&b);
    }
}


static void
test_append_meta(void)
{
    size_t               i;
    cricket_buf_t        b;
    cricket_str_t        alias;
    cricket_body_t       body;
    cricket_bulk_meta_t  meta;
    cricket_datapoint_t  dp;

#define TAGS  ",\"tags\":{\"a\":\"\\u0041\",\"\\u0062\":\"c\"}"
#define LINE  "{" REST ",\"value\":1," ZERO TEST_SERIES                     \
              ",\"tags\":[\"a=\\u0041\",\"\\u0062=c\"]"

    static const cricket_str_t  keys[] = {
        cricket_string("b"), cricket_string("z"), cricket_string("a")
    };

    static const struct {
        const char  *alias;
        const char  *id;
        unsigned     routed;
        size_t       nkeys;
        const char  *lines;
    } t[] = {
        { "", "AZaz09-_", 0, 0,
          "{\"create\":{\"_id\":\"AZaz09-_\"}}\n" LINE "}\n" },
        { "", "", 1, 0,
          "{\"create\":{\"routing\":\"AAAAAAAAAAAA\"}}\n" LINE "}\n" },
        { "m~", "", 0, 0, "{\"create\":{\"_index\":\"m~\"}}\n" LINE "}\n" },
        { "m~r", "i", 1, 0,
          "{\"create\":{\"_index\":\"m~r\",\"_id\":\"i\","
          "\"routing\":\"AAAAAAAAAAAA\"}}\n" LINE "}\n" },
        { "", "", 0, 3, "{\"create\":{}}\n" LINE ",\"tag.b\":\"c\","
          "\"tag.a\":\"\\u0041\"}\n" }
    };

    for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
        cricket_reader_init(&body.reader, &cricket_body_json,
                            TEXT("{" REST ",\"value\":1," ZERO TAGS "}"), 1);

        CHECK(cricket_reader_next(&body.reader, &dp) == CRICKET_OK, "valid");

        meta = test_plain;
        meta.alias.data = (const unsigned char *) t[i].alias;
        meta.alias.len = strlen(t[i].alias);
        meta.id.data = (const unsigned char *) t[i].id;
        meta.id.len = strlen(t[i].id);
        meta.routed = t[i].routed;
        meta.tag_fields = keys;
        meta.ntag_fields = t[i].nkeys;

        cricket_buf_init(&b, 4096);
        cricket_bulk_append(&b, &dp, &meta);

        CHECK(test_buf_is(&b, t[i].lines), "%s is %.*s", t[i].lines,
              (int) b.len, b.data);

        alias = cricket_bulk_item_alias(b.data, b.len);

        CHECK(cricket_string_is(&alias, t[i].alias),
              "and goes to \"%s\"", t[i].alias);

        cricket_bulk_append(&b, &dp, &meta);

        CHECK(cricket_bulk_item_size(b.data, b.len) == strlen(t[i].lines)
              && !b.failed, "behind it is another one");

        cricket_buf_free(&b);
    }

    alias = cricket_bulk_item_alias(TEXT("{\"create\":{\"_index\":\"m"));

    CHECK(alias.len == 0, "an alias without an end is none");
}


/* a buffer that becomes full holds whole datapoints only */

static void
test_append_full(void)
{
    int                  bad;
    size_t               max, len;
    cricket_buf_t        b;
    cricket_body_t       body;
    cricket_datapoint_t  dp;

    cricket_reader_init(&body.reader, &cricket_body_json, TEXT(
                      "{" REST ",\"value\":1.25000000000000000000000000000000"
                      "0000," ZERO ",\"tags\":{\"a\":\"b\"}}"), 1);

    CHECK(cricket_reader_next(&body.reader, &dp) == CRICKET_OK, "valid");

    cricket_buf_init(&b, 4096);
    cricket_bulk_append(&b, &dp, &test_plain);
    len = b.len;
    cricket_buf_free(&b);

    bad = 0;

    for (max = 0; max < 1000; max++) {
        cricket_buf_init(&b, max);

        while (!b.failed) {
            cricket_bulk_append(&b, &dp, &test_plain);
        }

        if (b.len % len != 0 || b.size > max || max - b.len > len + 240) {
            bad++;
        }

        cricket_buf_free(&b);
    }

    CHECK(bad == 0, "full buffers");
}


static void
test_item(void *data, size_t index, const cricket_item_t *item)
{
    test_items_t  *items;

    items = data;

    if (items->n < TEST_ITEMS) {
        items->index[items->n] = index;
        items->items[items->n] = *item;
    }

    items->n++;
}


static int
test_read(const char *text, size_t n, unsigned char *verdicts,
    test_items_t *items, const char **err)
{
    int            rc, bad;
    size_t         slice, len;
    const char    *other_err;
    test_items_t   other_items;
    unsigned char  other[TEST_ITEMS];

    len = strlen(text);

    rc = test_slices(text, len, n, (size_t) -1, verdicts, items, err);

    bad = 0;

    for (slice = 1; slice <= len; slice++) {
        bad += test_slices(text, len, n, slice, other, &other_items, &other_err)
               != rc
               || strcmp(other_err, *err) != 0
               || memcmp(other, verdicts, TEST_ITEMS) != 0
               || memcmp(&other_items, items, sizeof(test_items_t)) != 0;
    }

    CHECK(bad == 0, "the same in slices: %s", text);

    return rc;
}


/* in slices of so many bytes */

static int
test_slices(const char *text, size_t len, size_t n, size_t slice,
    unsigned char *verdicts, test_items_t *items, const char **err)
{
    int                   rc;
    size_t                slices;
    cricket_bulk_reply_t  reply;

    memset(items, 0, sizeof(test_items_t));
    memset(verdicts, 0x5a, TEST_ITEMS);

    cricket_bulk_reply_init(&reply, (const unsigned char *) text, len,
                            verdicts, n);
    reply.handler = test_item;
    reply.data = items;

    slices = 0;

    do {
        rc = cricket_bulk_reply_next(&reply, slice);
        slices++;
    } while (rc == CRICKET_AGAIN && slices <= len);

    /* the smallest has an item or a member at most, and brackets */

    if ((slice == 1 && n > 1 && rc == CRICKET_OK && slices < n)
        || (slice == (size_t) -1 && slices != 1))
    {
        rc = CRICKET_ERROR;
    }

    *err = (rc == CRICKET_INVALID) ? reply.err : "";

    return rc;
}


static void
test_verdicts(void)
{
    int            rc;
    char           text[512];
    size_t         i;
    const char    *err;
    test_items_t   items;
    unsigned char  verdicts[TEST_ITEMS];

    static const struct {
        unsigned         status;
        const char      *type;
        cricket_verdict_e   verdict;
    } t[] = {
        { 200, NULL, CRICKET_VERDICT_CLUSTER },
        { 201, NULL, CRICKET_VERDICT_DONE },
        { 409, "version_conflict_engine_exception", CRICKET_VERDICT_EXISTS },
        { 429, "es_rejected_execution_exception", CRICKET_VERDICT_AGAIN },
        { 429, "cluster_block_exception", CRICKET_VERDICT_AGAIN },
        { 429, NULL, CRICKET_VERDICT_AGAIN },
        { 500, "exception", CRICKET_VERDICT_UNKNOWN },
        { 503, "unavailable_shards_exception", CRICKET_VERDICT_AGAIN },
        { 599, NULL, CRICKET_VERDICT_UNKNOWN },
        { 400, "mapper_parsing_exception", CRICKET_VERDICT_DATAPOINT },
        { 400, "document_parsing_exception", CRICKET_VERDICT_DATAPOINT },
        { 400, "strict_dynamic_mapping_exception", CRICKET_VERDICT_DATAPOINT },
        { 400, "illegal_argument_exception", CRICKET_VERDICT_CLUSTER },
        { 400, "index_closed_exception", CRICKET_VERDICT_CLUSTER },
        { 400, "index_not_found_exception", CRICKET_VERDICT_CLUSTER },
        { 400, "security_exception", CRICKET_VERDICT_CLUSTER },
        { 403, "cluster_block_exception", CRICKET_VERDICT_CLUSTER },
        { 404, "index_not_found_exception", CRICKET_VERDICT_ABSENT },
        { 401, NULL, CRICKET_VERDICT_CLUSTER },
        { 403, "any_exception", CRICKET_VERDICT_CLUSTER },
        { 404, NULL, CRICKET_VERDICT_ABSENT },
        { 400, NULL, CRICKET_VERDICT_CLUSTER },
        { 413, "mapper_parsing_exception", CRICKET_VERDICT_CLUSTER },
        { 499, NULL, CRICKET_VERDICT_CLUSTER },
    };

    for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {

        if (t[i].type) {
            (void) snprintf(text, sizeof(text), "{\"items\":[{\"create\":{"
                            "\"status\":%u,\"error\":{\"type\":\"%s\","
                            "\"reason\":\"why\"}}}]}", t[i].status, t[i].type);

        } else {
            (void) snprintf(text, sizeof(text),
                            "{\"items\":[{\"create\":{\"status\":%u}}]}",
                            t[i].status);
        }

        rc = test_read(text, 1, verdicts, &items, &err);

        CHECK(rc == CRICKET_OK && verdicts[0] == t[i].verdict
              && items.n == (t[i].verdict != CRICKET_VERDICT_DONE),
              "%u %s", t[i].status, t[i].type ? t[i].type : "");
    }
}


static void
test_replies(void)
{
    int            rc;
    size_t         i;
    const char    *err;
    test_items_t   items;
    unsigned char  verdicts[TEST_ITEMS];

    cricket_bulk_reply_t  reply;

    static const struct {
        const char  *text;
        size_t       n;
    } t[] = {
        { "{\"items\":[]}", 0 },
        { "{\"took\":30,\"errors\":false,\"items\":[{\"create\":{\"_index\":"
          "\"metrics\",\"_id\":\"x\",\"_version\":1,\"result\":\"created\","
          "\"_shards\":{\"total\":2,\"successful\":1,\"failed\":0},"
          "\"_seq_no\":0,\"_primary_term\":1,\"status\":201}}]}", 1 },
        { "{\"items\":[{\"create\":{\"status\":201}},"
          "{\"create\":{\"status\":201}}],\"errors\":false,\"took\":3}", 2 },
        { " { \"items\" : [ { \"index\" : { \"status\" : 201 } } ] } ", 1 },
        { "{\"items\":[{\"create\":{\"error\":null,\"status\":201}}]}", 1 },
        { "{\"x\":[{\"items\":[]}],\"items\":[{\"create\":{\"s\":{\"status\":"
          "1},\"status\":201}}]}", 1 },
    };

    for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
        rc = test_read(t[i].text, t[i].n, verdicts, &items, &err);

        CHECK(rc == CRICKET_OK && items.n == 0
              && verdicts[t[i].n] == 0x5a
              && (t[i].n == 0 || verdicts[t[i].n - 1] == CRICKET_VERDICT_DONE),
              "reply %s: %s", t[i].text, err);
    }

    cricket_bulk_reply_init(&reply,
                            TEXT("{\"items\":[{\"create\":{\"status\":503}}]}"),
                            verdicts, 1);

    CHECK(cricket_bulk_reply_next(&reply, 1000) == CRICKET_OK
          && verdicts[0] == CRICKET_VERDICT_AGAIN, "without a handler");
}


static void
test_handler(void)
{
    const char     *err;
    test_items_t    items;
    cricket_str_t  *s;
    unsigned char   verdicts[TEST_ITEMS];

    static const char  text[] =
        "{\"errors\":true,\"items\":["
        "{\"create\":{\"status\":201}},"
        "{\"create\":{\"error\":{\"caused_by\":{\"type\":\"no\",\"reason\":"
        "\"no\"},\"reason\":\"why \\\"this\\\"\",\"type\":"
        "\"mapper_parsing_exception\"},\"status\":400}},"
        "{\"create\":{\"status\":201}},"
        "{\"create\":{\"status\":503,\"error\":\"as a string\"}},"
        "{\"create\":{\"status\":409,\"error\":{\"type\":null}}}]}";

    CHECK(test_read(text, 5, verdicts, &items, &err) == CRICKET_OK,
          "a mixed reply");
    CHECK(memcmp(verdicts, "\0\7\0\2\1\x5a", 6) == 0, "its verdicts");
    CHECK(items.n == 3 && items.index[0] == 1 && items.index[1] == 3
          && items.index[2] == 4, "handler is called for three");

    s = &items.items[0].reason;
    CHECK(s->len == 12 && memcmp(s->data, "why \\\"this\\\"", 12) == 0,
          "a reason as in JSON");

    s = &items.items[0].type;
    CHECK(s->len == 24 && memcmp(s->data, "mapper_parsing_exception", 24) == 0
          && items.items[0].status == 400, "a type");

    s = &items.items[1].reason;
    CHECK(s->len == 11 && memcmp(s->data, "as a string", 11) == 0
          && items.items[1].type.len == 0, "an error that is a string");

    CHECK(items.items[2].type.len == 0 && items.items[2].reason.len == 0
          && items.items[2].status == 409, "an error without a type");
}


static void
test_invalid(void)
{
    int            rc;
    size_t         i;
    const char    *err;
    test_items_t   items;
    unsigned char  verdicts[TEST_ITEMS];

#define ITEM(s)  "{\"items\":[{\"create\":" s "}]}"

    static const struct {
        const char  *text;
        const char  *err;
    } t[] = {
        { "", "expected a value" },
        { "<html>", "expected a value" },
        { "[]", "not an object" },
        { "null", "not an object" },
        { "{}", "no items" },
        { "{\"error\":{\"type\":\"x\"},\"status\":503}", "no items" },
        { "{\"items\":{}}", "items are not an array" },
        { "{\"items\":null}", "items are not an array" },
        { "{\"items\":[]}", "too few items" },
        { "{\"items\":[{\"create\":{\"status\":201}},"
          "{\"create\":{\"status\":201}}]}", "too many items" },
        { "{\"items\":[{\"create\":{\"status\":201}}],\"items\":[]}",
          "items twice" },
        { "{\"items\":[1]}", "an item is not an object" },
        { "{\"items\":[[]]}", "an item is not an object" },
        { "{\"items\":[{}]}", "an item without a result" },
        { ITEM("201"), "an item without a result" },
        { ITEM("[]"), "an item without a result" },
        { ITEM("{\"status\":201},\"x\":{}"), "an item with two results" },
        { ITEM("{}"), "an item without a status" },
        { ITEM("{\"statu\":201}"), "an item without a status" },
        { ITEM("{\"status\":201,\"status\":201}"), "an item's status is bad" },
        { ITEM("{\"status\":\"201\"}"), "an item's status is bad" },
        { ITEM("{\"status\":null}"), "an item's status is bad" },
        { ITEM("{\"status\":99}"), "an item's status is bad" },
        { ITEM("{\"status\":600}"), "an item's status is bad" },
        { ITEM("{\"status\":2e2}"), "an item's status is bad" },
        { ITEM("{\"status\":2.0}"), "an item's status is bad" },
        { ITEM("{\"status\":-20}"), "an item's status is bad" },
        { ITEM("{\"status\":0}"), "an item's status is bad" },
        { ITEM("{\"status\":2010}"), "an item's status is bad" },
        { ITEM("{\"status\":100}"), "an item's status is bad" },
        { ITEM("{\"status\":202}"), "an item's status is bad" },
        { ITEM("{\"status\":302}"), "an item's status is bad" },
        { ITEM("{\"status\":302,\"error\":{\"type\":"
               "\"security_exception\"}}"), "an item's status is bad" },
        { ITEM("{\"status\":400,\"error\":1}"), "an item's error is bad" },
        { ITEM("{\"status\":400,\"error\":\"a\",\"error\":\"b\"}"),
          "an item's error is bad" },
        { ITEM("{\"status\":201,\"error\":{\"type\":\"x\"}}"),
          "an item both stored and failed" },
        { ITEM("{\"status\":201}") "x", "a second value after the first" },
        { ITEM("{\"status\":201,}"), "expected a key in quotes" },
        { ITEM("{\"status\":400,\"error\":{\"type\":\"\xff\"}}"),
          "broken UTF-8" },
        { ITEM("{\"status\":201,\"x\":[01]}"), "number begins with 0" },
    };

    for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
        rc = test_read(t[i].text, 1, verdicts, &items, &err);

        CHECK(rc == CRICKET_INVALID && strcmp(err, t[i].err) == 0
              && verdicts[1] == 0x5a, "invalid: %s: %s", t[i].text, err);
    }
}


static void
test_truncated(void)
{
    int             bad;
    size_t          n;
    const char     *err;
    test_items_t    items;
    unsigned char  *copy, verdicts[TEST_ITEMS];

    static const char  text[] =
        "{\"took\":1,\"items\":[{\"create\":{\"status\":201}},{\"create\":"
        "{\"status\":400,\"error\":{\"type\":\"x\",\"reason\":\"y\"}}}],"
        "\"errors\":true}";

    bad = 0;

    for (n = 0; n < sizeof(text) - 1; n++) {
        copy = malloc(n ? n : 1);
        if (copy == NULL) {
            bad++;
            break;
        }

        memcpy(copy, text, n);

        bad += test_slices((const char *) copy, n, 2, (size_t) -1, verdicts,
                           &items, &err)
               != CRICKET_INVALID;
        bad += test_slices((const char *) copy, n, 2, 1, verdicts, &items,
                           &err)
               != CRICKET_INVALID;

        free(copy);
    }

    CHECK(bad == 0, "cut short anywhere is invalid");
    CHECK(test_read(text, 2, verdicts, &items, &err) == CRICKET_OK, "whole");
}


static void
test_own(void)
{
    int             rc;
    size_t          i, n;
    unsigned char  *copy;

    static const struct {
        const char  *text;
        int          own;
    } t[] = {
        { "{\"error\":{\"root_cause\":[{\"type\":\"x\",\"reason\":\"y\"}],"
          "\"type\":\"x\",\"reason\":\"y\"},\"status\":503}", 1 },
        { "{\"error\":\"x\",\"status\":503}", 1 },
        { " {\"status\" : 503, \"took\":[1], \"error\": {} } ", 1 },
        { "", 0 },
        { "{}", 0 },
        { "[]", 0 },
        { "null", 0 },
        { "<html>503</html>", 0 },
        { "{\"error\":\"x\"}", 0 },
        { "{\"status\":503}", 0 },
        { "{\"error\":\"x\",\"status\":502}", 0 },
        { "{\"error\":\"x\",\"status\":\"503\"}", 0 },
        { "{\"error\":\"x\",\"status\":5030}", 0 },
        { "{\"error\":null,\"status\":503}", 0 },
        { "{\"error\":true,\"status\":503}", 0 },
        { "{\"error\":[],\"status\":503}", 0 },
        { "{\"e\":{\"error\":\"x\",\"status\":503}}", 0 },
        { "{\"error\":\"x\",\"status\":503}{}", 0 },
        { "{\"error\":\"x\",\"status\":503", 0 },
        { "{\"error\":{\"a\",\"status\":503}", 0 },
        { "{\"error\":\"x\",\"status\":503,", 0 },
    };

    for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
        n = strlen(t[i].text);

        /* nothing behind it may be read */

        copy = malloc(n ? n : 1);
        if (copy == NULL) {
            break;
        }

        memcpy(copy, t[i].text, n);

        rc = cricket_bulk_own(copy, n, 503);

        CHECK(rc == t[i].own, "own %d: %s", rc, t[i].text);

        free(copy);
    }

    CHECK(i == sizeof(t) / sizeof(t[0]), "all were read");
}


int
main(void)
{
    test_append();
    test_append_meta();
    test_append_full();
    test_verdicts();
    test_replies();
    test_handler();
    test_invalid();
    test_truncated();
    test_own();

    return test_done();
}
