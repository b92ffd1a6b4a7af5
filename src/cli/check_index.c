
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* What is wrong with the index or its partitions, and how many there are. */


#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cricket_check.h"


#define CRICKET_CHECK_MAX_TEXT  65536

/* names in a path, and their bytes */
#define CRICKET_CHECK_BATCH     20
#define CRICKET_CHECK_BATCH_LEN 800


static int cricket_check_list(cricket_check_t *check);
static void cricket_check_list_of(cricket_check_t *check, const cJSON *root);
static const char *cricket_check_batch(cricket_check_t *check,
    const char *name, cricket_buf_t *path);
static void cricket_check_reply(cricket_check_t *check,
    const cricket_reply_t *reply);
static void cricket_check_missing(cricket_check_t *check);
static void cricket_check_place(cricket_check_t *check,
    const cricket_reply_t *reply);
static int cricket_check_writes(const cJSON *root, const char *alias);


int
cricket_check_index(cricket_check_t *check)
{
    int              rc;
    const char      *name, *last;
    cricket_buf_t    path;
    cricket_reply_t  reply;

    rc = cricket_check_list(check);
    if (rc != CRICKET_OK) {
        return rc == CRICKET_ERROR ? rc : CRICKET_OK;
    }

    name = (char *) check->names.data;
    last = name + check->names.len;

    cricket_buf_init(&path, CRICKET_INIT_PATH_LEN);

    while (name < last) {
        path.len = 0;

        name = cricket_check_batch(check, name, &path);

        rc = cricket_check_ask(check, &reply, "look at the index",
                               "index privilege view_index_metadata",
                               "/%.*s?flat_settings=true"
                               "&ignore_unavailable=true", (int) path.len,
                               (char *) path.data);

        if (rc == CRICKET_ERROR) {
            break;
        }

        if (rc == CRICKET_INVALID) {
            continue;
        }

        if (rc == CRICKET_OK) {
            cricket_check_reply(check, &reply);

            rc = cricket_check_pipelines(check);
        }

        cricket_reply_free(&reply);

        if (rc == CRICKET_ERROR) {
            break;
        }
    }

    cricket_buf_free(&path);

    return rc == CRICKET_ERROR ? rc : CRICKET_OK;
}


/* the names of all that there is, little of each, as there can be thousands */

static int
cricket_check_list(cricket_check_t *check)
{
    int                         rc;
    size_t                      i;
    cricket_buf_t               path;
    cricket_reply_t             reply;
    const cricket_partition_t  *index;

    index = &check->init.cli->partition;

    cricket_buf_init(&path, CRICKET_INIT_PATH_LEN);

    if (index->unit == CRICKET_PARTITION_NONE) {
        cricket_buf_cstr(&path, check->init.name);

    } else {
        cricket_partition_patterns(index, &path);

        for (i = 0, rc = 0; i < path.len; i++) {

            if (path.data[i] != '"') {
                path.data[rc++] = path.data[i];
            }
        }

        path.len = rc;

        cricket_buf_literal(&path, ",");
        cricket_buf_append(&path, index->base, index->base_len);
        cricket_buf_literal(&path, "~all,");
        cricket_buf_append(&path, index->base, index->base_len);
        cricket_buf_literal(&path, "~kept");
    }

    if (path.failed) {
        cricket_error("no memory, or the name is too long");
        check->code = CRICKET_EXIT_LOCAL;
        cricket_buf_free(&path);
        return CRICKET_ERROR;
    }

    rc = cricket_check_ask(check, &reply, "look for the index",
                           "index privilege view_index_metadata",
                           "/%.*s/_alias?ignore_unavailable=true"
                           "&allow_no_indices=true&expand_wildcards=all",
                           (int) path.len, (char *) path.data);

    cricket_buf_free(&path);

    if (rc != CRICKET_OK && rc != CRICKET_DONE) {

        if (rc == CRICKET_INVALID) {
            cricket_check_found(check, CRICKET_CHECK_WARNING,
                                CRICKET_CHECK_PRIVILEGE, NULL, NULL,
                                "the index itself was not checked");
        }

        return rc;
    }

    if (rc == CRICKET_OK) {
        cricket_check_list_of(check, reply.json);
    }

    cricket_reply_free(&reply);

    cricket_check_missing(check);

    return CRICKET_OK;
}


static void
cricket_check_list_of(cricket_check_t *check, const cJSON *root)
{
    const cJSON               *item;
    cricket_str_t              name;
    cricket_check_partition_e  kind;

    cJSON_ArrayForEach(item, root) {

        if (item->string == NULL) {
            continue;
        }

        name.data = (unsigned char *) item->string;
        name.len = strlen(item->string);

        /* a pattern finds others, too; and a name goes into a path */

        if (cricket_partition_is_name(name.data, name.len) != CRICKET_OK) {
            continue;
        }

        kind = cricket_check_partition(check, item);

        if (kind == CRICKET_CHECK_PARTITION_OTHER) {
            continue;
        }

        cricket_buf_append(&check->names, name.data, name.len);
        cricket_buf_append(&check->names, "", 1);
        check->nnames++;

        if (strcmp(item->string, check->init.name) == 0) {
            check->init.index_exists = 1;
        }
    }

    check->found.failed |= check->names.failed;
}


static void
cricket_check_missing(cricket_check_t *check)
{
    if (check->init.cli->partition.unit == CRICKET_PARTITION_NONE) {

        if (check->nnames == 0) {
            cricket_check_found(check, check->template_found
                                       ? CRICKET_CHECK_WARNING
                                       : CRICKET_CHECK_ERROR,
                                CRICKET_CHECK_INDEX, NULL, "cricket --init",
                                "there is no index %s%s", check->init.name,
                                check->template_found
                                ? ": the next datapoint makes it" : "");
        }

        return;
    }

    if (!check->init.index_exists) {
        cricket_check_found(check, CRICKET_CHECK_NOTE,
                            CRICKET_CHECK_PARTITION, NULL, NULL,
                            "there is no partition %s yet: its first "
                            "datapoint makes it", check->init.name);
    }
}


/* takes as many as one path has; returns the next name */

static const char *
cricket_check_batch(cricket_check_t *check, const char *name,
    cricket_buf_t *path)
{
    size_t       n, len;
    const char  *last;

    /* of an alias, or of an index that has one */

    if (check->init.cli->partition.unit == CRICKET_PARTITION_NONE) {
        cricket_buf_cstr(path, check->init.name);
        return (char *) check->names.data + check->names.len;
    }

    last = (char *) check->names.data + check->names.len;

    for (n = 0; n < CRICKET_CHECK_BATCH && name < last; n++) {
        len = strlen(name);

        if (n && path->len + 1 + len > CRICKET_CHECK_BATCH_LEN) {
            break;
        }

        cricket_buf_cstr(path, n ? "," : "");
        cricket_buf_append(path, name, len);
        name += len + 1;
    }

    return name;
}


static void
cricket_check_reply(cricket_check_t *check, const cricket_reply_t *reply)
{
    const cJSON  *item;

    cJSON_ArrayForEach(item, reply->json) {

        if (item->string && cJSON_IsObject(item)) {
            cricket_check_shape(check, item);
        }
    }

    if (check->init.cli->partition.unit == CRICKET_PARTITION_NONE) {
        cricket_check_place(check, reply);
    }
}


/* where writes of one index go */

static void
cricket_check_place(cricket_check_t *check, const cricket_reply_t *reply)
{
    char           alias[CRICKET_PARTITION_LEN + 8];
    cricket_str_t  name;

    name.data = (unsigned char *) check->init.name;
    name.len = strlen(check->init.name);

    switch (cricket_index_place(reply->body.data, reply->body.len, &name)) {

    case CRICKET_INDEX_BARE:
        cricket_check_found(check, CRICKET_CHECK_WARNING,
                            CRICKET_CHECK_ALIASES, check->init.name,
                            "cricket --init",
                            "it lacks the alias %s-w, for writes, which the "
                            "first POST gives it if it may",
                            check->init.name);
        return;

    case CRICKET_INDEX_BY_ALIAS:
        snprintf(alias, sizeof(alias), "%s-w", check->init.name);
        break;

    default:
        snprintf(alias, sizeof(alias), "%s", check->init.name);
    }

    if (!cricket_check_writes(reply->json, alias)) {
        cricket_check_found(check, CRICKET_CHECK_ERROR,
                            CRICKET_CHECK_ALIASES, NULL,
                            "POST /_aliases, with is_write_index true for "
                            "the one that is to be written to",
                            "the alias %s takes no writes: none of its "
                            "indices is for them", alias);
    }
}


/* one with is_write_index, or the only one if that is not said */

static int
cricket_check_writes(const cJSON *root, const char *alias)
{
    size_t        n;
    const cJSON  *item, *is;

    n = 0;

    cJSON_ArrayForEach(item, root) {
        is = cricket_init_member(cricket_init_member(item, "aliases"), alias);

        if (is == NULL) {
            continue;
        }

        is = cricket_init_member(is, "is_write_index");

        if (cJSON_IsTrue(is)) {
            return 1;
        }

        n += cJSON_IsFalse(is) ? 2 : 1;
    }

    return n == 1;
}
