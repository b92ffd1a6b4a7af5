
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* What is wrong with the shape of an index, a partition or the template. */


#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cricket_settings.h"
#include "cricket_check.h"


#define CRICKET_CHECK_MAX_TEXT   65536

/* levels of objects below "tag" */
#define CRICKET_CHECK_MAX_DEPTH  16


static void cricket_check_template_of(cricket_check_t *check,
    const cricket_reply_t *reply);
static int cricket_check_template_settings(cricket_check_t *check,
    const cJSON *settings, cricket_buf_t *one);
static void cricket_check_differs(cricket_check_t *check, const char *name,
    cricket_check_partition_e kind, const cricket_buf_t *why);
static void cricket_check_difference(cricket_check_t *check, const char *name,
    cricket_check_partition_e kind, const char *text);
static void cricket_check_notes(cricket_check_t *check, const char *name,
    const cricket_buf_t *one);
static void cricket_check_partition_aliases(cricket_check_t *check,
    const cJSON *index);
static void cricket_check_tag_fields(cricket_check_t *check, const char *name,
    const cJSON *mappings);
static void cricket_check_tag_field(cricket_check_t *check, const char *name,
    const cJSON **levels, size_t depth);
static int cricket_check_print_one(const cJSON *item, const char *name,
    cricket_buf_t *b);


cricket_check_partition_e
cricket_check_partition(cricket_check_t *check, const cJSON *index)
{
    time_t                      now;
    cricket_str_t               name;
    cricket_partition_slot_t    slot;
    const cricket_partition_t  *p;
    char                        text[CRICKET_PARTITION_LEN + 8];

    p = &check->init.cli->partition;

    if (p->unit == CRICKET_PARTITION_NONE) {
        return CRICKET_CHECK_PARTITION_NOW;
    }

    name.data = (unsigned char *) index->string;
    name.len = strlen(index->string);

    if (cricket_partition_range(p, &name, &slot) == CRICKET_OK) {
        now = time(NULL);

        return (slot.next <= now) ? CRICKET_CHECK_PARTITION_ENDED
                                  : CRICKET_CHECK_PARTITION_NOW;
    }

    snprintf(text, sizeof(text), "%.*s-past", (int) p->base_len,
             (const char *) p->base);

    if (strcmp(index->string, text) == 0) {
        return CRICKET_CHECK_PARTITION_NOW;
    }

    snprintf(text, sizeof(text), "%.*s-ahead", (int) p->base_len,
             (const char *) p->base);

    if (strcmp(index->string, text) == 0) {
        return CRICKET_CHECK_PARTITION_NOW;
    }

    /* one that is only read */

    index = cricket_init_member(index, "aliases");

    snprintf(text, sizeof(text), "%.*s~kept", (int) p->base_len,
             (const char *) p->base);

    if (cricket_init_member(index, text)
        || cricket_init_member(index, check->init.all))
    {
        return CRICKET_CHECK_PARTITION_KEPT;
    }

    return CRICKET_CHECK_PARTITION_OTHER;
}


int
cricket_check_template(cricket_check_t *check)
{
    int              rc, parts;
    cricket_reply_t  reply;

    parts = (check->init.cli->partition.unit != CRICKET_PARTITION_NONE);

    rc = cricket_check_ask(check, &reply, "look at the index template",
                           "cluster privilege manage_index_templates",
                           "/_index_template/%s",
                           check->init.template);

    if (rc == CRICKET_ERROR) {
        return rc;
    }

    if (rc == CRICKET_INVALID) {

        /* it may well be there */

        check->template_found = 1;
        return CRICKET_OK;
    }

    if (rc == CRICKET_OK) {
        check->template_found = 1;
        cricket_check_template_of(check, &reply);

    } else {
        cricket_check_found(check, parts ? CRICKET_CHECK_ERROR
                                         : CRICKET_CHECK_WARNING,
                            CRICKET_CHECK_TEMPLATE, NULL, "cricket --init",
                            "there is no index template %s: %s",
                            check->init.template,
                            parts ? "no partition can be made"
                                  : "the index is not made again if it is "
                                    "deleted");
    }

    cricket_reply_free(&reply);

    return cricket_check_pipelines(check);
}


static void
cricket_check_template_of(cricket_check_t *check,
    const cricket_reply_t *reply)
{
    int             rc, parts;
    const cJSON    *item;
    cricket_buf_t   why, one;

    parts = (check->init.cli->partition.unit != CRICKET_PARTITION_NONE);

    cricket_buf_init(&why, CRICKET_CHECK_MAX_TEXT);
    cricket_buf_init(&one, CRICKET_CHECK_MAX_TEXT * 16);

    rc = cricket_index_check_template(reply->body.data, reply->body.len,
                                      check->tag_fields, check->ntag_fields,
                                      &check->shards, &why);

    if (rc == CRICKET_INVALID || rc == CRICKET_DONE) {
        cricket_check_found(check, parts ? CRICKET_CHECK_ERROR
                                         : CRICKET_CHECK_WARNING,
                            CRICKET_CHECK_TEMPLATE, NULL,
                            "cricket --init, with --tag-fields if there are "
                            "any",
                            "index template %s is not as Cricket needs it: "
                            "%.*s", check->init.template, (int) why.len,
                            (char *) why.data);
    }

    item = cricket_init_member(reply->json, "index_templates");
    item = cJSON_IsArray(item) ? item->child : NULL;
    item = cricket_init_member(item, "index_template");
    item = cricket_init_member(item, "template");

    if (cricket_check_template_settings(check,
                                        cricket_init_member(item, "settings"),
                                        &one)
        == CRICKET_OK)
    {
        cricket_check_notes(check, NULL, &one);

    } else {
        rc = CRICKET_ERROR;
    }

    check->found.failed |= (rc == CRICKET_ERROR);

    cricket_buf_free(&why);
    cricket_buf_free(&one);
}


/* those of a template are not flat, however they are asked for */

static int
cricket_check_template_settings(cricket_check_t *check, const cJSON *settings,
    cricket_buf_t *one)
{
    int           rc;
    cJSON        *flat, *copy;
    size_t        i;
    const cJSON  *item;

    static const char  *names[] = {
        "refresh_interval", "max_result_window", "default_pipeline",
        "final_pipeline"
    };

    static const char  prefix[] = "index.";
    char               name[sizeof(prefix) + 32];

    settings = cricket_init_member(settings, "index");

    (void) cricket_init_count(cricket_init_member(settings,
                                                  "number_of_replicas"),
                              &check->replicas);

    copy = cJSON_CreateObject();
    flat = cJSON_AddObjectToObject(copy, "settings");

    rc = flat ? CRICKET_OK : CRICKET_ERROR;

    for (i = 0; rc == CRICKET_OK && i < sizeof(names) / sizeof(names[0]); i++) {
        snprintf(name, sizeof(name), "%s%s", prefix, names[i]);

        item = cricket_init_member(settings, names[i]);

        if (cJSON_IsString(item)
            && cJSON_AddStringToObject(flat, name, item->valuestring) == NULL)
        {
            rc = CRICKET_ERROR;
        }
    }

    if (rc == CRICKET_OK) {
        rc = cricket_check_print_one(copy, "template", one);
    }

    cJSON_Delete(copy);

    return rc;
}


void
cricket_check_shape(cricket_check_t *check, const cJSON *index)
{
    int                        rc;
    unsigned                   shards;
    const char                *name;
    const cJSON               *settings;
    cricket_buf_t              why, one;
    cricket_check_partition_e  kind;

    name = index->string;
    kind = cricket_check_partition(check, index);

    cricket_buf_init(&why, CRICKET_CHECK_MAX_TEXT);
    cricket_buf_init(&one, CRICKET_CHECK_MAX_TEXT * 64);

    rc = cricket_check_print_one(index, name, &one);

    if (rc == CRICKET_OK) {
        rc = cricket_index_check(one.data, one.len, check->tag_fields,
                                 check->ntag_fields, &why);
    }

    if (rc == CRICKET_INVALID) {
        cricket_check_differs(check, name, kind, &why);

    } else if (rc == CRICKET_DONE) {
        cricket_check_found(check, kind == CRICKET_CHECK_PARTITION_KEPT
                                   ? CRICKET_CHECK_WARNING
                                   : CRICKET_CHECK_ERROR,
                            CRICKET_CHECK_MAPPING, name,
                            "cricket --init, with --tag-fields if there are "
                            "any", "%.*s", (int) why.len, (char *) why.data);

    } else if (rc == CRICKET_ERROR) {
        check->found.failed = 1;
    }

    if (rc != CRICKET_ERROR) {
        cricket_check_notes(check, name, &one);
        cricket_check_tag_fields(check, name,
                                 cricket_init_member(index, "mappings"));
    }

    if (check->init.cli->partition.unit != CRICKET_PARTITION_NONE
        && kind != CRICKET_CHECK_PARTITION_KEPT)
    {
        cricket_check_partition_aliases(check, index);
    }

    settings = cricket_init_member(index, "settings");

    if (strcmp(name, check->init.name) == 0 && check->shards
        && cricket_init_count(cricket_init_member(settings,
                                                  "index.number_of_shards"),
                              &shards)
           == CRICKET_OK
        && shards != check->shards)
    {
        cricket_check_found(check, CRICKET_CHECK_NOTE,
                            CRICKET_CHECK_PARTITION, name, NULL,
                            "it has %u shard%s, and what is made next by the "
                            "template %u", shards, shards == 1 ? "" : "s",
                            check->shards);
    }

    cricket_buf_free(&why);
    cricket_buf_free(&one);
}


/* cricket_index_check() says several in one line */

static void
cricket_check_differs(cricket_check_t *check, const char *name,
    cricket_check_partition_e kind, const cricket_buf_t *why)
{
    char           *text, *next;
    cricket_buf_t   b;

    cricket_buf_init(&b, CRICKET_CHECK_MAX_TEXT);

    cricket_buf_append(&b, why->data, why->len);
    cricket_buf_append(&b, "", 1);

    for (text = b.failed ? NULL : (char *) b.data; text; text = next) {

        next = strstr(text, "; ");

        if (next) {
            *next = '\0';
            next += 2;
        }

        cricket_check_difference(check, name, kind, text);
    }

    check->found.failed |= b.failed;

    cricket_buf_free(&b);
}


static void
cricket_check_difference(cricket_check_t *check, const char *name,
    cricket_check_partition_e kind, const char *text)
{
    size_t                  i, len;
    char                    fix[CRICKET_CHECK_WORD_LEN];
    cricket_check_level_e   level;

    static const struct {
        const char               *begin;
        cricket_check_subject_e   subject;
        const char               *fix;
    } kinds[] = {
        { "translog.durability", CRICKET_CHECK_DURABILITY,
          "PUT /INDEX/_settings {\"index.translog.durability\":\"request\"}" },
        { "blocks.", CRICKET_CHECK_BLOCKS, NULL },
        { "the index is closed", CRICKET_CHECK_BLOCKS, "POST /INDEX/_open" },
        { "dynamic", CRICKET_CHECK_MAPPING,
          "PUT /INDEX/_mapping {\"dynamic\":\"strict\"}" },
        { "", CRICKET_CHECK_MAPPING,
          "a mapping cannot be changed: cricket --init with another --index, "
          "and _reindex into it" }
    };

    for (i = 0; strncmp(text, kinds[i].begin, strlen(kinds[i].begin)); i++) {
        /* void */
    }

    level = CRICKET_CHECK_ERROR;

    if (kinds[i].fix) {
        snprintf(fix, sizeof(fix), "%s", kinds[i].fix);

    } else {
        len = strcspn(text, " ");

        snprintf(fix, sizeof(fix), "PUT /INDEX/_settings {\"index.%.*s\":null}",
                 (int) (len < 64 ? len : 64), text);

        /* somebody may want it so, but for that of a full disk */

        if (strncmp(text, "blocks.write", 12) == 0
            || strncmp(text, "blocks.read_only ", 17) == 0)
        {
            level = (kind == CRICKET_CHECK_PARTITION_KEPT)
                    ? CRICKET_CHECK_NOTE
                    : (kind == CRICKET_CHECK_PARTITION_ENDED)
                      ? CRICKET_CHECK_WARNING : level;
        }
    }

    cricket_check_found(check, level, kinds[i].subject, name, fix, "%s", text);
}


/* what is unusual, and the pipelines */

static void
cricket_check_notes(cricket_check_t *check, const char *name,
    const cricket_buf_t *one)
{
    int             refresh;
    size_t          i;
    char            fix[CRICKET_CHECK_WORD_LEN];
    unsigned char  *p, *end, *last;
    cricket_buf_t   notes, pipelines[CRICKET_SETTINGS_PIPELINES];

    cricket_buf_init(&notes, CRICKET_CHECK_MAX_TEXT);

    for (i = 0; i < CRICKET_SETTINGS_PIPELINES; i++) {
        cricket_buf_init(&pipelines[i], CRICKET_CHECK_MAX_TEXT);
    }

    cricket_settings_index(one->data, one->len, &notes, pipelines);

    last = notes.data + notes.len;

    for (p = notes.data; p < last; p = end + 1) {
        end = memchr(p, '\n', last - p);

        if (end == NULL) {
            break;
        }

        refresh = (strncmp((char *) p, "refresh", 7) == 0);

        snprintf(fix, sizeof(fix), name ? "PUT /INDEX/_settings {\"%s\":null}"
                                        : "take index.%s out of it",
                 refresh ? "index.refresh_interval"
                         : "index.max_result_window");

        cricket_check_found(check, CRICKET_CHECK_WARNING,
                            refresh ? CRICKET_CHECK_REFRESH
                                    : CRICKET_CHECK_LIMITS,
                            name, fix, "%s%.*s",
                            name ? "" : "in the index template, ",
                            (int) (end - p), (char *) p);
    }

    for (i = 0; i < CRICKET_SETTINGS_PIPELINES; i++) {

        if (pipelines[i].len) {
            cricket_check_pipeline_add(check, name, i, &pipelines[i]);
        }

        cricket_buf_free(&pipelines[i]);
    }

    check->found.failed |= notes.failed;

    cricket_buf_free(&notes);
}


static void
cricket_check_partition_aliases(cricket_check_t *check, const cJSON *index)
{
    size_t                      i;
    unsigned                    shards;
    const char                 *name;
    const cJSON                *aliases, *settings;
    char                        text[CRICKET_PARTITION_LEN + 8];

    static const char  *suffixes[] = { "~r", "~" };

    name = index->string;
    aliases = cricket_init_member(index, "aliases");
    settings = cricket_init_member(index, "settings");

    shards = 0;

    (void) cricket_init_count(cricket_init_member(settings,
                                                  "index.number_of_shards"),
                              &shards);

    for (i = 0; i < (shards == 1 ? 2 : 1); i++) {
        snprintf(text, sizeof(text), "%s%s", name, suffixes[i]);

        if (cricket_init_member(aliases, text) == NULL) {
            cricket_check_found(check, CRICKET_CHECK_ERROR,
                                CRICKET_CHECK_ALIASES, name,
                                i ? "PUT /INDEX/_alias/INDEX~"
                                  : "PUT /INDEX/_alias/INDEX~r",
                                "it lacks the alias of its name and \"%s\", "
                                "by which it is written to and read",
                                suffixes[i]);
        }
    }

    if (cricket_init_member(aliases, check->init.all) == NULL) {
        snprintf(text, sizeof(text), "PUT /INDEX/_alias/%.*s",
                 (int) sizeof(text) - 24, check->init.all);

        cricket_check_found(check, CRICKET_CHECK_ERROR, CRICKET_CHECK_ALIASES,
                            name, text,
                            "it lacks the alias %s, by which searches over a "
                            "long time find it", check->init.all);
    }
}


/* those that datapoints do not fill any more */

static void
cricket_check_tag_fields(cricket_check_t *check, const char *name,
    const cJSON *mappings)
{
    size_t        depth;
    const cJSON  *item, *levels[CRICKET_CHECK_MAX_DEPTH];

    if (!check->tags_known) {
        return;
    }

    item = cricket_init_member(mappings, "properties");
    item = cricket_init_member(item, "tag");
    item = cricket_init_member(item, "properties");

    levels[0] = cJSON_IsObject(item) ? item->child : NULL;
    depth = 1;

    while (depth) {
        item = levels[depth - 1];

        if (item == NULL) {
            depth--;

            if (depth) {
                levels[depth - 1] = levels[depth - 1]->next;
            }

            continue;
        }

        item = cricket_init_member(item, "properties");

        if (cJSON_IsObject(item) && depth < CRICKET_CHECK_MAX_DEPTH) {
            levels[depth++] = item->child;
            continue;
        }

        cricket_check_tag_field(check, name, levels, depth);

        levels[depth - 1] = levels[depth - 1]->next;
    }
}


static void
cricket_check_tag_field(cricket_check_t *check, const char *name,
    const cJSON **levels, size_t depth)
{
    size_t          i;
    cricket_buf_t   key;

    cricket_buf_init(&key, CRICKET_CHECK_MAX_TEXT);

    for (i = 0; i < depth; i++) {
        cricket_buf_cstr(&key, i ? "." : "");
        cricket_buf_cstr(&key, levels[i]->string ? levels[i]->string : "");
    }

    for (i = 0; i < check->ntag_fields; i++) {

        if (check->tag_fields[i].len == key.len
            && key.len != 0
            && memcmp(check->tag_fields[i].data, key.data, key.len) == 0)
        {
            break;
        }
    }

    if (i == check->ntag_fields) {
        cricket_check_found(check, CRICKET_CHECK_WARNING,
                            CRICKET_CHECK_MAPPING, name,
                            "name it there, too",
                            "it has the field tag.%.*s, which %s does not "
                            "name: datapoints come without it",
                            (int) key.len, (char *) key.data,
                            check->init.cli->ntag_fields
                            ? "--tag-fields" : "cricket_tag_fields");
    }

    check->found.failed |= key.failed;

    cricket_buf_free(&key);
}


/* as if only that one had been asked for */

static int
cricket_check_print_one(const cJSON *item, const char *name,
    cricket_buf_t *b)
{
    char  *text;

    text = cJSON_PrintUnformatted(item);
    if (text == NULL) {
        return CRICKET_ERROR;
    }

    cricket_buf_literal(b, "{");
    cricket_buf_json(b, (const unsigned char *) name, strlen(name));
    cricket_buf_literal(b, ":");
    cricket_buf_cstr(b, text);
    cricket_buf_literal(b, "}");

    cJSON_free(text);

    return b->failed ? CRICKET_ERROR : CRICKET_OK;
}
