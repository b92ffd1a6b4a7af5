
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* cricket --expire: drops partitions that are past their age. */


#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cricket_cli.h"


#define CRICKET_EXPIRE_PATH  1024

/* of a list of partitions: their names and what --init left in them */
#define CRICKET_EXPIRE_LIST                                                   \
    "?flat_settings=true&filter_path=*.mappings._meta,"                       \
    "*.settings.index*provided_name"


/* a partition, in the order in which they are dropped */

typedef struct {
    const char                *name;
    cricket_partition_slot_t   slot;
    cJSON                     *stats;       /* of "primaries", or NULL */
} cricket_expire_item_t;


typedef struct {
    const cricket_cli_t       *cli;
    cricket_http_t            *http;
    int64_t                    before;      /* what ends then is dropped */
    cricket_expire_item_t     *items;
    size_t                     n;
    unsigned                   failed;      /* items */
} cricket_expire_t;


static cricket_exit_e cricket_expire_steps(cricket_expire_t *expire);
static cricket_exit_e cricket_expire_get(cricket_expire_t *expire,
    const char *tail, const char *what, cricket_reply_t *reply);
static cricket_exit_e cricket_expire_choose(cricket_expire_t *expire,
    const cJSON *indices);
static int cricket_expire_is_own(const cricket_expire_t *expire,
    const cJSON *index);
static cricket_exit_e cricket_expire_odd(cricket_expire_t *expire,
    const char *name, cricket_partition_slot_t *slot);
static int cricket_expire_is_odd(const cricket_expire_t *expire,
    const char *name);
static int cricket_expire_compare(const void *one, const void *two);
static cricket_exit_e cricket_expire_drop(cricket_expire_t *expire,
    const cricket_expire_item_t *item, const cJSON *stats);
static void cricket_expire_told(const cricket_expire_t *expire,
    const cricket_expire_item_t *item, const cJSON *stats, const char *did);
static const cJSON *cricket_expire_member(const cJSON *object,
    const char *name);
static void cricket_expire_date(char *dst, size_t size, int64_t sec);


cricket_exit_e
cricket_expire(const cricket_cli_t *cli)
{
    cricket_exit_e    code;
    cricket_expire_t  expire;

    memset(&expire, 0, sizeof(cricket_expire_t));

    expire.cli = cli;
    expire.before = (int64_t) time(NULL) - cli->age;

    expire.http = cricket_http_open(cli);
    if (expire.http == NULL) {
        return CRICKET_EXIT_LOCAL;
    }

    code = cricket_expire_steps(&expire);

    cricket_http_close(expire.http);
    free(expire.items);

    return code;
}


static cricket_exit_e
cricket_expire_steps(cricket_expire_t *expire)
{
    size_t           i;
    cJSON           *stats;
    cricket_exit_e   code, first;
    cricket_reply_t  list, reply;

    code = cricket_expire_get(expire, CRICKET_EXPIRE_LIST,
                              "list the partitions", &list);
    if (code != CRICKET_EXIT_OK) {
        return code;
    }

    /* what is told of them is but for people */

    stats = NULL;

    code = cricket_expire_get(expire, "/_stats/docs,store?filter_path="
                              "indices.*.primaries.docs.count,"
                              "indices.*.total.store.size_in_bytes",
                              "ask how large the partitions are", &reply);

    if (code == CRICKET_EXIT_OK) {
        stats = reply.json;
        code = cricket_expire_choose(expire, list.json);
    }

    first = code;

    if (code == CRICKET_EXIT_OK && expire->n == 0) {
        printf("nothing to drop: no partition of %s ended %s ago or before\n",
               expire->cli->index, expire->cli->age_text);
    }

    for (i = 0; code == CRICKET_EXIT_OK && i < expire->n; i++) {

        /* one that cannot be dropped is no reason to keep the others */

        code = cricket_expire_drop(expire, &expire->items[i],
                                   cricket_expire_member(stats, "indices"));

        if (code != CRICKET_EXIT_OK && first == CRICKET_EXIT_OK) {
            first = code;
        }

        if (code == CRICKET_EXIT_REFUSED) {
            code = CRICKET_EXIT_OK;
        }
    }

    if (stats) {
        cricket_reply_free(&reply);
    }

    cricket_reply_free(&list);

    return (first != CRICKET_EXIT_OK) ? first : code;
}


/* of all partitions that there are; a status but 200 is told */

static cricket_exit_e
cricket_expire_get(cricket_expire_t *expire, const char *tail,
    const char *what, cricket_reply_t *reply)
{
    char                        path[CRICKET_EXPIRE_PATH];
    cricket_exit_e              code;
    const cricket_partition_t  *index;

    index = &expire->cli->partition;

    snprintf(path, sizeof(path), "/%.*s~all*%s", (int) index->base_len,
             (const char *) index->base, tail);

    code = cricket_http_request(expire->http, "GET", path, NULL, reply);

    if (code == CRICKET_EXIT_OK && reply->status != 200) {
        code = cricket_reply_refused(reply, what);
        cricket_reply_free(reply);
    }

    return code;
}


/* takes those that are past their age, and says why it leaves others alone */

static cricket_exit_e
cricket_expire_choose(cricket_expire_t *expire, const cJSON *indices)
{
    char                     text[CRICKET_CLI_TEXT_LEN];
    cJSON                   *index;
    cricket_str_t            name;
    cricket_exit_e           code;
    cricket_expire_item_t   *item;

    expire->items = calloc(cJSON_GetArraySize(indices) + 1,
                           sizeof(cricket_expire_item_t));
    if (expire->items == NULL) {
        cricket_error("no memory");
        return CRICKET_EXIT_LOCAL;
    }

    cJSON_ArrayForEach(index, indices) {

        item = &expire->items[expire->n];

        item->name = index->string;

        name.data = (const unsigned char *) index->string;
        name.len = strlen(index->string);

        if (!cricket_expire_is_own(expire, index)) {
            printf("hint: %s is left alone: cricket --init --index %s has not "
                   "made it\n",
                   cricket_error_clean(text, sizeof(text), index->string),
                   expire->cli->index);
            continue;
        }

        if (cricket_partition_range(&expire->cli->partition, &name,
                                    &item->slot)
            != CRICKET_OK)
        {
            if (!cricket_expire_is_odd(expire, index->string)) {
                printf("hint: %s is left alone: no partition of %s has such a "
                       "name\n",
                       cricket_error_clean(text, sizeof(text), index->string),
                       expire->cli->index);
                continue;
            }

            code = cricket_expire_odd(expire, index->string, &item->slot);
            if (code != CRICKET_EXIT_OK) {
                return code;
            }
        }

        if (item->slot.next <= expire->before) {
            expire->n++;
        }
    }

    qsort(expire->items, expire->n, sizeof(cricket_expire_item_t),
          cricket_expire_compare);

    return CRICKET_EXIT_OK;
}


/* by what --init has left in its mapping */

static int
cricket_expire_is_own(const cricket_expire_t *expire, const cJSON *index)
{
    const char   *owner, *pattern;
    const cJSON  *meta;

    meta = cricket_expire_member(index, "mappings");
    meta = cricket_expire_member(meta, "_meta");

    owner = cJSON_GetStringValue(cricket_expire_member(meta, "managed_by"));
    pattern = cJSON_GetStringValue(cricket_expire_member(meta, "index"));

    return owner != NULL && strcmp(owner, "cricket") == 0
           && pattern != NULL && strcmp(pattern, expire->cli->index) == 0;
}


/* "-past" and "-ahead" end behind the newest that is in them */

static int
cricket_expire_is_odd(const cricket_expire_t *expire, const char *name)
{
    size_t                      len;
    const cricket_partition_t  *index;

    index = &expire->cli->partition;
    len = index->base_len;

    return strncmp(name, (const char *) index->base, len) == 0
           && (strcmp(name + len, "-past") == 0
               || strcmp(name + len, "-ahead") == 0);
}


static cricket_exit_e
cricket_expire_odd(cricket_expire_t *expire, const char *name,
    cricket_partition_slot_t *slot)
{
    char             path[CRICKET_EXPIRE_PATH];
    const cJSON     *item;
    cricket_exit_e   code;
    cricket_buf_t    body;
    cricket_reply_t  reply;

    snprintf(path, sizeof(path),
             "/%s/_search?allow_partial_search_results=false", name);

    cricket_buf_init(&body, CRICKET_EXPIRE_PATH);
    cricket_buf_literal(&body, "{\"size\":0,\"aggs\":{\"first\":{\"min\":"
                               "{\"field\":\"timestamp\"}},\"last\":{\"max\":"
                               "{\"field\":\"timestamp\"}}}}");

    code = cricket_http_request(expire->http, "POST", path, &body, &reply);

    cricket_buf_free(&body);

    if (code != CRICKET_EXIT_OK) {
        return code;
    }

    if (reply.status != 200) {
        code = cricket_reply_refused(&reply, "ask what the oldest partition "
                                             "has");
        cricket_reply_free(&reply);
        return code;
    }

    /* without a datapoint there is nothing to be gained */

    slot->start = 0;
    slot->next = INT64_MAX;

    item = cricket_expire_member(reply.json, "aggregations");
    item = cricket_expire_member(item, "first");
    item = cricket_expire_member(item, "value");

    if (cJSON_IsNumber(item)) {
        slot->start = (int64_t) (item->valuedouble / 1000);
    }

    item = cricket_expire_member(reply.json, "aggregations");
    item = cricket_expire_member(item, "last");
    item = cricket_expire_member(item, "value");

    if (cJSON_IsNumber(item)) {
        slot->next = (int64_t) (item->valuedouble / 1000) + 1;
    }

    cricket_reply_free(&reply);

    return CRICKET_EXIT_OK;
}


static int
cricket_expire_compare(const void *one, const void *two)
{
    const cricket_expire_item_t *a = one;
    const cricket_expire_item_t *b = two;

    return (a->slot.start > b->slot.start) - (a->slot.start < b->slot.start);
}


/* another machine may have dropped it meanwhile, which is as well */

static cricket_exit_e
cricket_expire_drop(cricket_expire_t *expire,
    const cricket_expire_item_t *item, const cJSON *stats)
{
    char             path[CRICKET_EXPIRE_PATH];
    cricket_exit_e   code;
    cricket_reply_t  reply;

    if (expire->cli->dry_run) {
        cricket_expire_told(expire, item, stats, "would drop");
        return CRICKET_EXIT_OK;
    }

    snprintf(path, sizeof(path), "/%s", item->name);

    code = cricket_http_request(expire->http, "DELETE", path, NULL, &reply);
    if (code != CRICKET_EXIT_OK) {
        return code;
    }

    if (reply.status == 404
        && strcmp(cricket_reply_error_type(&reply),
                  "index_not_found_exception") == 0)
    {
        cricket_expire_told(expire, item, stats, "is gone already:");

    } else if (reply.status == 200
               && cJSON_IsTrue(cricket_expire_member(reply.json,
                                                     "acknowledged")))
    {
        cricket_expire_told(expire, item, stats, "dropped");

    } else if (reply.status == 200) {
        cricket_error("cannot drop %s: the cluster did not confirm it in "
                      "time", item->name);
        code = CRICKET_EXIT_AWAY;

    } else {
        snprintf(path, sizeof(path), "drop the partition %s", item->name);
        code = cricket_reply_refused(&reply, path);
    }

    cricket_reply_free(&reply);

    return code;
}


static void
cricket_expire_told(const cricket_expire_t *expire,
    const cricket_expire_item_t *item, const cJSON *stats, const char *did)
{
    char          start[32], next[32];
    const cJSON  *index, *count, *size;

    (void) expire;

    cricket_expire_date(start, sizeof(start), item->slot.start);
    cricket_expire_date(next, sizeof(next), item->slot.next);

    printf("%s %s, %s to %s", did, item->name, start, next);

    index = cricket_expire_member(stats, item->name);

    count = cricket_expire_member(index, "primaries");
    count = cricket_expire_member(count, "docs");
    count = cricket_expire_member(count, "count");

    size = cricket_expire_member(index, "total");
    size = cricket_expire_member(size, "store");
    size = cricket_expire_member(size, "size_in_bytes");

    if (cJSON_IsNumber(count) && cJSON_IsNumber(size)) {
        printf(", %.0f datapoint%s, %.1f MB", count->valuedouble,
               count->valuedouble == 1 ? "" : "s", size->valuedouble / 1e6);
    }

    printf("\n");
}


static const cJSON *
cricket_expire_member(const cJSON *object, const char *name)
{
    return cJSON_IsObject(object)
           ? cJSON_GetObjectItemCaseSensitive(object, name) : NULL;
}


static void
cricket_expire_date(char *dst, size_t size, int64_t sec)
{
    size_t          n;
    cricket_time_t  time;
    unsigned char   text[CRICKET_TIME_LEN];

    time.sec = sec;
    time.nsec = 0;

    n = cricket_time_format(text, &time);

    /* without the time of day, if there is none */

    if (n > 10 && memcmp(text + 10, "T00:00:00Z", 10) == 0) {
        n = 10;
    }

    snprintf(dst, size, "%.*s", (int) n, (char *) text);
}
