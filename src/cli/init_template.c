
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* The index template of cricket --init. */


#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cricket_init.h"


static cricket_exit_e cricket_init_check_template(cricket_init_t *init,
    const cJSON *template);
static void cricket_init_keep_template(cricket_init_t *init,
    const cJSON *template);
static void cricket_init_keep_tags(cricket_init_t *init,
    const cJSON *properties);
static int cricket_init_covers(const cJSON *have, const cJSON *want);


cricket_exit_e
cricket_init_find_template(cricket_init_t *init)
{
    const cJSON      *list, *template;
    cricket_exit_e    code;
    cricket_reply_t   reply;

    cricket_init_path_template(init);

    code = cricket_init_send(init, "GET", &reply);
    if (code != CRICKET_EXIT_OK) {
        return code;
    }

    if (reply.status == 200) {
        list = cricket_init_member(reply.json, "index_templates");
        template = cricket_init_member(cJSON_GetArrayItem(list, 0),
                                       "index_template");

        if (cJSON_IsArray(list) && cJSON_IsObject(template)) {
            code = cricket_init_check_template(init, template);

        } else {
            code = cricket_reply_refused(&reply,
                                        "look for the index template");
        }

    } else if (!cricket_init_missing(&reply, "resource_not_found_exception")) {
        code = cricket_reply_refused(&reply,
                                    "look for the index template");
    }

    cricket_reply_free(&reply);

    return code;
}


static cricket_exit_e
cricket_init_check_template(cricket_init_t *init, const cJSON *template)
{
    cJSON        *want;
    const char   *owner;
    const cJSON  *item;

    init->template_exists = 1;

    item = cricket_init_member(template, "_meta");
    owner = cJSON_GetStringValue(cricket_init_member(item, "managed_by"));

    if (owner == NULL || strcmp(owner, "cricket") != 0) {
        cricket_error("index template %s exists, but is not "
                      "Cricket's (no \"managed_by\": \"cricket\" in its "
                      "_meta); nothing was changed", init->template);
        return CRICKET_EXIT_SHAPE;
    }

    cricket_init_keep_template(init, cricket_init_member(template,
                                                         "template"));

    cricket_init_body_template(init);

    want = cJSON_ParseWithLength((char *) init->body.data, init->body.len);

    cricket_buf_free(&init->body);

    if (want == NULL) {
        cricket_error("no memory");
        return CRICKET_EXIT_LOCAL;
    }

    init->template_right = cricket_init_covers(template, want);

    cJSON_Delete(want);

    return CRICKET_EXIT_OK;
}


/* what the command line does not say stays as it is */

static void
cricket_init_keep_template(cricket_init_t *init, const cJSON *template)
{
    int           heir;
    const cJSON  *item, *mappings;

    item = cricket_init_member(template, "settings");
    item = cricket_init_member(item, "index");

    /* an index says itself what it has; partitions are yet to be */

    heir = (!init->index_exists
            || init->shape.index.unit != CRICKET_PARTITION_NONE);

    if (!init->cli->replicas_set && heir) {
        (void) cricket_init_count(cricket_init_member(item,
                                                      "number_of_replicas"),
                                  &init->shape.replicas);
    }

    if (!init->cli->shards_set && heir) {
        (void) cricket_init_count(cricket_init_member(item,
                                                      "number_of_shards"),
                                  &init->shape.shards);
    }

    item = cricket_init_member(item, "codec");

    if (cJSON_IsString(item)
        && strcmp(item->valuestring, "best_compression") == 0)
    {
        init->shape.compressed = 1;
    }

    mappings = cricket_init_member(template, "mappings");

    item = cricket_init_member(mappings, "_source");

    if (cJSON_IsFalse(cricket_init_member(item, "enabled"))) {
        init->shape.compact = 1;
    }

    item = cricket_init_member(mappings, "properties");
    item = cricket_init_member(item, "tag");

    cricket_init_keep_tags(init, cricket_init_member(item, "properties"));
}


static void
cricket_init_keep_tags(cricket_init_t *init, const cJSON *properties)
{
    size_t         n, len;
    const cJSON   *item;
    cricket_str_t  key;

    /* the keys point into it: it must not grow */

    len = 0;

    cJSON_ArrayForEach(item, properties) {
        len += strlen(item->string);
    }

    if (cricket_buf_reserve(&init->keys, len + 1) == NULL) {
        return;
    }

    cJSON_ArrayForEach(item, properties) {
        n = init->shape.ntag_fields;

        key.data = init->keys.data + init->keys.len;
        key.len = strlen(item->string);

        cricket_buf_append(&init->keys, item->string, key.len);

        if (n < CRICKET_INDEX_TAG_FIELDS
            && cricket_index_tag(&key, init->tag_fields, n) == CRICKET_OK)
        {
            init->tag_fields[n] = key;
            init->shape.ntag_fields++;
        }
    }
}


cricket_exit_e
cricket_init_put_template(cricket_init_t *init)
{
    cricket_exit_e   code;
    cricket_reply_t  reply;

    if (init->template_right) {
        printf("index template %s exists and has the right shape\n",
               init->template);
        return CRICKET_EXIT_OK;
    }

    cricket_init_path_template(init);
    cricket_init_body_template(init);

    code = cricket_init_send(init, "PUT", &reply);
    if (code != CRICKET_EXIT_OK) {
        return code;
    }

    code = cricket_init_acknowledged(&reply,
                                     "create the index template");

    cricket_reply_free(&reply);

    if (code == CRICKET_EXIT_OK) {
        init->changed = 1;

        printf("%s index template %s\n",
               init->template_exists ? "updated" : "created",
               init->template);
    }

    return code;
}


/*
 * Does have hold all of want?  What it holds besides does not matter; settings
 * come back as strings.  The depth of the recursion is that of want, our own.
 */

static int
cricket_init_covers(const cJSON *have, const cJSON *want)
{
    const cJSON  *item, *other;

    if (cJSON_IsObject(want)) {

        cJSON_ArrayForEach(item, want) {
            other = cricket_init_member(have, item->string);

            if (other == NULL || !cricket_init_covers(other, item)) {
                return 0;
            }
        }

        return 1;
    }

    if (cJSON_IsNumber(want) && cJSON_IsString(have)) {
        return strtod(have->valuestring, NULL) == want->valuedouble;
    }

    return cJSON_Compare(have, want, 1);
}
