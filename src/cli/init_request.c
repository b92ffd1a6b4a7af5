
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* The requests of cricket --init. */


#include <stdio.h>
#include <string.h>

#include "cricket_index.h"
#include "cricket_init.h"


static void cricket_init_show(cricket_init_t *init, const char *method,
    const char *note);


void
cricket_init_path_index(cricket_init_t *init)
{
    snprintf(init->path, CRICKET_INIT_PATH_LEN, "/%s?flat_settings=true",
             init->cli->index);
}


void
cricket_init_path_template(cricket_init_t *init)
{
    snprintf(init->path, CRICKET_INIT_PATH_LEN, "/_index_template/cricket-%s",
             init->cli->index);
}


void
cricket_init_path_create(cricket_init_t *init)
{
    snprintf(init->path, CRICKET_INIT_PATH_LEN,
             "/%s?wait_for_active_shards=1&timeout=%us",
             init->cli->index, init->wait);
}


void
cricket_init_path_alias(cricket_init_t *init)
{
    snprintf(init->path, CRICKET_INIT_PATH_LEN, "/%s/_alias/%s-w",
             init->cli->index, init->cli->index);
}


void
cricket_init_path_settings(cricket_init_t *init)
{
    snprintf(init->path, CRICKET_INIT_PATH_LEN, "/%s/_settings",
             init->cli->index);
}


void
cricket_init_path_health(cricket_init_t *init)
{
    /* a replica has no node until the events behind the primary's start */

    snprintf(init->path, CRICKET_INIT_PATH_LEN,
             "/_cluster/health/%s?wait_for_status=yellow"
             "&wait_for_events=languid"
             "&wait_for_no_initializing_shards=true&timeout=%us",
             init->cli->index, init->wait);
}


void
cricket_init_body_template(cricket_init_t *init)
{
    cricket_str_t  index;

    index.data = (const unsigned char *) init->cli->index;
    index.len = strlen(init->cli->index);

    cricket_index_template(&init->body, &index, init->replicas);
}


void
cricket_init_body_create(cricket_init_t *init)
{
    cricket_str_t  index;

    index.data = (const unsigned char *) init->cli->index;
    index.len = strlen(init->cli->index);

    cricket_index_create(&init->body, &index, init->replicas);
}


void
cricket_init_body_alias(cricket_init_t *init)
{
    cricket_buf_literal(&init->body, CRICKET_INDEX_ALIAS);
}


void
cricket_init_body_settings(cricket_init_t *init)
{
    cricket_buf_literal(&init->body, "{\"index\":{\"number_of_replicas\":");
    cricket_buf_int(&init->body, init->replicas);
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

    cricket_init_path_alias(init);
    cricket_init_body_alias(init);
    cricket_init_show(init, "PUT", "if the index is there without it");

    if (init->cli->replicas_set) {
        cricket_init_path_settings(init);
        cricket_init_body_settings(init);
        cricket_init_show(init, "PUT", "if the index has another number");
    }

    cricket_init_path_health(init);
    cricket_init_show(init, "GET", NULL);
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
