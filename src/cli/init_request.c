
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* The requests of cricket --init. */


#include <stdio.h>
#include <string.h>
#include <time.h>

#include "cricket_init.h"


static void cricket_init_text(char *dst, size_t size, const cricket_buf_t *b);
static void cricket_init_show(cricket_init_t *init, const char *method,
    const char *note);


void
cricket_init_shape(cricket_init_t *init)
{
    time_t                     now;
    const cricket_cli_t       *cli;
    const cricket_partition_t *index;
    cricket_partition_slot_t   slot;
    cricket_buf_t              b;

    cli = init->cli;
    index = &cli->partition;

    init->shape.index = *index;
    init->shape.shards = cli->shards_set ? cli->shards : 1;
    init->shape.replicas = cli->replicas_set ? cli->replicas : 1;
    init->shape.compact = cli->compact;
    init->shape.compressed = cli->compressed;
    init->shape.tag_fields = init->tag_fields;
    init->shape.ntag_fields = cli->ntag_fields;

    memcpy(init->tag_fields, cli->tag_fields, sizeof(cli->tag_fields));

    cricket_buf_init(&b, CRICKET_INIT_PATH_LEN);

    cricket_partition_template(index, &b);
    cricket_init_text(init->template, sizeof(init->template), &b);

    if (index->unit == CRICKET_PARTITION_NONE) {
        snprintf(init->name, sizeof(init->name), "%s", cli->index);
        snprintf(init->all, sizeof(init->all), "%s", cli->index);

    } else {
        now = time(NULL);
        slot.len = 0;

        cricket_partition_find(index, &slot, now, now, now);

        snprintf(init->name, sizeof(init->name), "%.*s", (int) slot.len,
                 (char *) slot.name);
        snprintf(init->all, sizeof(init->all), "%.*s~all",
                 (int) index->base_len, (const char *) index->base);
    }

    cricket_buf_free(&b);
}


static void
cricket_init_text(char *dst, size_t size, const cricket_buf_t *b)
{
    snprintf(dst, size, "%.*s", (int) b->len, (char *) b->data);
}


void
cricket_init_path_index(cricket_init_t *init)
{
    snprintf(init->path, CRICKET_INIT_PATH_LEN, "/%s?flat_settings=true",
             init->name);
}


void
cricket_init_path_template(cricket_init_t *init)
{
    snprintf(init->path, CRICKET_INIT_PATH_LEN, "/_index_template/%s",
             init->template);
}


void
cricket_init_path_create(cricket_init_t *init)
{
    snprintf(init->path, CRICKET_INIT_PATH_LEN,
             "/%s?wait_for_active_shards=1&timeout=%us",
             init->name, init->wait);
}


void
cricket_init_path_alias(cricket_init_t *init)
{
    snprintf(init->path, CRICKET_INIT_PATH_LEN, "/%s/_alias/%s-w",
             init->name, init->name);
}


void
cricket_init_path_mapping(cricket_init_t *init)
{
    snprintf(init->path, CRICKET_INIT_PATH_LEN, "/%s/_mapping", init->all);
}


void
cricket_init_path_settings(cricket_init_t *init)
{
    snprintf(init->path, CRICKET_INIT_PATH_LEN, "/%s/_settings", init->all);
}


void
cricket_init_path_health(cricket_init_t *init)
{
    /* a replica has no node until the events behind the primary's start */

    snprintf(init->path, CRICKET_INIT_PATH_LEN,
             "/_cluster/health/%s?wait_for_status=yellow"
             "&wait_for_events=languid"
             "&wait_for_no_initializing_shards=true&timeout=%us",
             init->name, init->wait);
}


/* the plain index that has the partitions' name */

void
cricket_init_path_old(cricket_init_t *init)
{
    snprintf(init->path, CRICKET_INIT_PATH_LEN, "/%.*s?flat_settings=true",
             (int) init->shape.index.base_len,
             (const char *) init->shape.index.base);
}


void
cricket_init_body_template(cricket_init_t *init)
{
    cricket_index_template(&init->body, &init->shape);
}


void
cricket_init_body_create(cricket_init_t *init)
{
    cricket_str_t  name;

    name.data = (const unsigned char *) init->name;
    name.len = strlen(init->name);

    cricket_index_create(&init->body, &init->shape, &name);
}


void
cricket_init_body_alias(cricket_init_t *init)
{
    cricket_buf_literal(&init->body, CRICKET_INDEX_ALIAS);
}


void
cricket_init_body_mapping(cricket_init_t *init)
{
    cricket_index_add(&init->body, &init->shape);
}


void
cricket_init_body_settings(cricket_init_t *init)
{
    cricket_buf_literal(&init->body, "{\"index\":{\"number_of_replicas\":");
    cricket_buf_int(&init->body, init->shape.replicas);
    cricket_buf_literal(&init->body, ",\"auto_expand_replicas\":false}}");
}


void
cricket_init_dry_run(cricket_init_t *init)
{
    cricket_init_path_index(init);
    cricket_init_show(init, "GET", "an index of another shape ends it here");

    cricket_init_path_template(init);
    cricket_init_show(init, "GET", NULL);

    cricket_init_body_template(init);
    cricket_init_show(init, "PUT", "unless it is there and the same");

    cricket_init_path_create(init);
    cricket_init_body_create(init);
    cricket_init_show(init, "PUT", "unless it is there");

    cricket_init_path_mapping(init);
    cricket_init_body_mapping(init);
    cricket_init_show(init, "PUT", "if the index is there without a field");

    if (init->shape.index.unit == CRICKET_PARTITION_NONE) {
        cricket_init_path_alias(init);
        cricket_init_body_alias(init);
        cricket_init_show(init, "PUT", "if the index is there without it");
    }

    if (init->cli->replicas_set) {
        cricket_init_path_settings(init);
        cricket_init_body_settings(init);
        cricket_init_show(init, "PUT", "if the index has another number");
    }

    cricket_init_path_health(init);
    cricket_init_show(init, "GET", NULL);

    if (init->shape.index.unit != CRICKET_PARTITION_NONE) {
        cricket_init_path_old(init);
        cricket_init_show(init, "GET", "for a hint, if it is there");
    }
}


static void
cricket_init_show(cricket_init_t *init, const char *method, const char *note)
{
    if (note) {
        printf("# %s\n", note);
    }

    printf("%s %s\n", method, init->path);

    if (init->body.len) {
        printf("%.*s\n", (int) init->body.len, (char *) init->body.data);
        cricket_buf_free(&init->body);
    }
}
