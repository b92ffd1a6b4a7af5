
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* cricket --init: sets Elasticsearch up. */


#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cricket_settings.h"
#include "cricket_init.h"


#define CRICKET_INIT_MAX_BODY  65536
#define CRICKET_INIT_MAX_TEXT  8192


static cricket_exit_e cricket_init_steps(cricket_init_t *init);
static cricket_exit_e cricket_init_find_index(cricket_init_t *init);
static cricket_exit_e cricket_init_check_index(cricket_init_t *init,
    cricket_reply_t *reply);
static void cricket_init_hints(const cricket_reply_t *reply);
static cricket_exit_e cricket_init_put_index(cricket_init_t *init);
static void cricket_init_told(cricket_init_t *init);
static cricket_exit_e cricket_init_put_mapping(cricket_init_t *init);
static int cricket_init_is_bare(cricket_init_t *init,
    const cricket_reply_t *reply);
static cricket_exit_e cricket_init_put_alias(cricket_init_t *init);
static cricket_exit_e cricket_init_put_replicas(cricket_init_t *init);
static cricket_exit_e cricket_init_shards(cricket_init_t *init);
static cricket_exit_e cricket_init_old(cricket_init_t *init);


cricket_exit_e
cricket_init(const cricket_cli_t *cli)
{
    cricket_exit_e  code;
    cricket_init_t  init;

    memset(&init, 0, sizeof(cricket_init_t));

    init.cli = cli;

    cricket_buf_init(&init.keys, CRICKET_INIT_MAX_TEXT);

    cricket_init_shape(&init);

    /* Elasticsearch gives up waiting before this end does */

    init.wait = (cli->timeout > 2) ? cli->timeout * 2 / 3 : 1;

    cricket_buf_init(&init.body, CRICKET_INIT_MAX_BODY);

    if (cli->dry_run) {
        cricket_init_dry_run(&init);
        code = CRICKET_EXIT_OK;

    } else {
        init.http = cricket_http_open(cli);
        if (init.http == NULL) {
            return CRICKET_EXIT_LOCAL;
        }

        code = cricket_init_steps(&init);

        cricket_http_close(init.http);
    }

    if (init.body.failed) {
        cricket_error("no memory");
        code = CRICKET_EXIT_LOCAL;
    }

    cricket_buf_free(&init.body);
    cricket_buf_free(&init.keys);

    return code;
}


static cricket_exit_e
cricket_init_steps(cricket_init_t *init)
{
    cricket_exit_e  code;

    /* all that could be a reason to change nothing is asked first */

    code = cricket_init_find_index(init);
    if (code != CRICKET_EXIT_OK) {
        return code;
    }

    if (init->index_exists && !init->cli->replicas_set) {
        init->shape.replicas = init->found_replicas;
    }

    if (init->index_exists && !init->cli->shards_set) {
        init->shape.shards = init->found_shards;
    }

    code = cricket_init_find_template(init);
    if (code != CRICKET_EXIT_OK) {
        return code;
    }

    code = cricket_init_put_template(init);
    if (code != CRICKET_EXIT_OK) {
        return code;
    }

    if (init->index_exists) {
        cricket_init_told(init);

    } else {
        code = cricket_init_put_index(init);
        if (code != CRICKET_EXIT_OK) {
            return code;
        }
    }

    if (init->index_lacks || init->cli->ntag_fields) {
        code = cricket_init_put_mapping(init);
        if (code != CRICKET_EXIT_OK) {
            return code;
        }
    }

    if (init->index_bare) {
        code = cricket_init_put_alias(init);
        if (code != CRICKET_EXIT_OK) {
            return code;
        }
    }

    if (init->cli->replicas_set
        && (init->found_replicas != init->shape.replicas
            || (init->index_exists
                && init->shape.index.unit != CRICKET_PARTITION_NONE)))
    {
        code = cricket_init_put_replicas(init);
        if (code != CRICKET_EXIT_OK) {
            return code;
        }
    }

    code = cricket_init_shards(init);

    if (code == CRICKET_EXIT_OK
        && init->shape.index.unit != CRICKET_PARTITION_NONE)
    {
        code = cricket_init_old(init);
    }

    return code;
}


static cricket_exit_e
cricket_init_find_index(cricket_init_t *init)
{
    cricket_exit_e   code;
    cricket_reply_t  reply;

    cricket_init_path_index(init);

    code = cricket_init_send(init, "GET", &reply);
    if (code != CRICKET_EXIT_OK) {
        return code;
    }

    if (reply.status == 200) {
        code = cricket_init_check_index(init, &reply);

    } else if (!cricket_init_missing(&reply, "index_not_found_exception")) {
        code = cricket_reply_refused(&reply, "look for the index");
    }

    cricket_reply_free(&reply);

    return code;
}


static cricket_exit_e
cricket_init_check_index(cricket_init_t *init, cricket_reply_t *reply)
{
    int              rc;
    const cJSON     *index, *settings;
    cricket_buf_t    why;
    cricket_exit_e   code;

    index = reply->json->child;
    settings = cricket_init_member(index, "settings");

    if (!cJSON_IsObject(settings)
        || !cJSON_IsObject(cricket_init_member(index, "mappings")))
    {
        return cricket_reply_refused(reply, "look for the index");
    }

    cricket_buf_init(&why, CRICKET_INIT_MAX_TEXT);

    rc = cricket_index_check(reply->body.data, reply->body.len,
                             init->shape.tag_fields, init->shape.ntag_fields,
                             &why);

    if (rc == CRICKET_OK || rc == CRICKET_DONE) {
        init->index_exists = 1;
        init->index_lacks = (rc == CRICKET_DONE);
        init->index_bare = cricket_init_is_bare(init, reply);

        /* without a number, an explicit --replicas is sent again */

        if (cricket_init_count(cricket_init_member(settings,
                                                   "index.number_of_replicas"),
                               &init->found_replicas)
            != CRICKET_OK)
        {
            init->found_replicas = init->shape.replicas + 1;
        }

        init->found_shards = 1;

        (void) cricket_init_count(cricket_init_member(settings,
                                                     "index.number_of_shards"),
                                  &init->found_shards);

        cricket_init_hints(reply);

        code = CRICKET_EXIT_OK;

    } else if (rc == CRICKET_INVALID) {
        cricket_error("index %s exists, but is not as Cricket needs it: "
                      "%.*s%s", init->name,
                      (int) why.len, (char *) why.data,
                      init->changed ? "" : "; nothing was changed, "
                      "give another --index");
        code = CRICKET_EXIT_SHAPE;

    } else {
        cricket_error("no memory");
        code = CRICKET_EXIT_LOCAL;
    }

    cricket_buf_free(&why);

    return code;
}


/* what is unusual about an index, but no reason not to use it */

static void
cricket_init_hints(const cricket_reply_t *reply)
{
    unsigned        i;
    unsigned char  *p, *end, *last;
    cricket_buf_t   notes, pipelines[CRICKET_SETTINGS_PIPELINES];

    cricket_buf_init(&notes, CRICKET_INIT_MAX_TEXT);

    for (i = 0; i < CRICKET_SETTINGS_PIPELINES; i++) {
        cricket_buf_init(&pipelines[i], CRICKET_INIT_MAX_TEXT);
    }

    cricket_settings_index(reply->body.data, reply->body.len, &notes,
                           pipelines);

    for (i = 0; i < CRICKET_SETTINGS_PIPELINES; i++) {

        if (pipelines[i].len) {
            cricket_settings_pipeline(i, &pipelines[i], 1, &notes);
            cricket_buf_literal(&notes, "\n");
        }

        cricket_buf_free(&pipelines[i]);
    }

    last = notes.data + notes.len;

    for (p = notes.data; p < last; p = end + 1) {

        end = memchr(p, '\n', last - p);
        if (end == NULL) {
            break;
        }

        printf("hint: %.*s\n", (int) (end - p), (char *) p);
    }

    cricket_buf_free(&notes);
}


static cricket_exit_e
cricket_init_put_index(cricket_init_t *init)
{
    cricket_exit_e   code;
    cricket_reply_t  reply;

    cricket_init_path_create(init);
    cricket_init_body_create(init);

    code = cricket_init_send(init, "PUT", &reply);
    if (code != CRICKET_EXIT_OK) {
        return code;
    }

    if (reply.status == 400
        && strcmp(cricket_reply_error_type(&reply),
                  "resource_already_exists_exception")
           == 0)
    {
        cricket_reply_free(&reply);

        code = cricket_init_find_index(init);
        if (code != CRICKET_EXIT_OK) {
            return code;
        }

        if (!init->index_exists) {
            cricket_error("index %s was created and deleted by another "
                          "meanwhile: try again", init->name);
            return CRICKET_EXIT_AWAY;
        }

        printf("index %s was created by another meanwhile and has the right "
               "shape\n", init->name);

        return CRICKET_EXIT_OK;
    }

    code = cricket_init_acknowledged(&reply, "create the index");

    cricket_reply_free(&reply);

    if (code == CRICKET_EXIT_OK) {
        init->found_replicas = init->shape.replicas;

        printf("created index %s (%u shard%s, %u replica%s)\n", init->name,
               init->shape.shards, init->shape.shards == 1 ? "" : "s",
               init->shape.replicas, init->shape.replicas == 1 ? "" : "s");
    }

    return code;
}


/* is it an index, and not an alias of one, that has no alias for writes? */

static int
cricket_init_is_bare(cricket_init_t *init, const cricket_reply_t *reply)
{
    cricket_str_t  name;

    if (init->shape.index.unit != CRICKET_PARTITION_NONE) {
        return 0;
    }

    name.data = (const unsigned char *) init->name;
    name.len = strlen(init->name);

    return cricket_index_place(reply->body.data, reply->body.len, &name)
           == CRICKET_INDEX_BARE;
}


static void
cricket_init_told(cricket_init_t *init)
{
    printf("index %s exists and has the right shape\n", init->name);

    if (init->found_shards != init->shape.shards) {
        printf("hint: it has %u shard%s, and that number cannot be changed%s\n",
               init->found_shards, init->found_shards == 1 ? "" : "s",
               init->shape.index.unit == CRICKET_PARTITION_NONE
               ? "" : "; the next partition has the new one");
    }
}


/* of all partitions that there are */

static cricket_exit_e
cricket_init_put_mapping(cricket_init_t *init)
{
    size_t           i;
    cricket_exit_e   code;
    cricket_reply_t  reply;

    cricket_init_path_mapping(init);
    cricket_init_body_mapping(init);

    code = cricket_init_send(init, "PUT", &reply);
    if (code != CRICKET_EXIT_OK) {
        return code;
    }

    code = cricket_init_acknowledged(&reply, "add fields to the index");

    cricket_reply_free(&reply);

    if (code == CRICKET_EXIT_OK && init->index_lacks) {
        printf("added to %s what it lacked of the fields series", init->all);

        for (i = 0; i < init->shape.ntag_fields; i++) {
            printf(", tag.%.*s", (int) init->tag_fields[i].len,
                   (const char *) init->tag_fields[i].data);
        }

        printf("\n");
    }

    return code;
}


static cricket_exit_e
cricket_init_put_alias(cricket_init_t *init)
{
    cricket_exit_e   code;
    cricket_reply_t  reply;

    cricket_init_path_alias(init);
    cricket_init_body_alias(init);

    code = cricket_init_send(init, "PUT", &reply);
    if (code != CRICKET_EXIT_OK) {
        return code;
    }

    code = cricket_init_acknowledged(&reply,
                                     "give the index its alias for writes");

    cricket_reply_free(&reply);

    if (code == CRICKET_EXIT_OK) {
        printf("gave index %s the alias %s-w, for writes\n", init->name,
               init->name);
    }

    return code;
}


static cricket_exit_e
cricket_init_put_replicas(cricket_init_t *init)
{
    cricket_exit_e   code;
    cricket_reply_t  reply;

    cricket_init_path_settings(init);
    cricket_init_body_settings(init);

    code = cricket_init_send(init, "PUT", &reply);
    if (code != CRICKET_EXIT_OK) {
        return code;
    }

    code = cricket_init_acknowledged(&reply,
                                     "change the number of replicas");

    cricket_reply_free(&reply);

    if (code == CRICKET_EXIT_OK) {
        printf("changed the replicas of index %s from %u to %u\n",
               init->name, init->found_replicas, init->shape.replicas);
    }

    return code;
}


static cricket_exit_e
cricket_init_shards(cricket_init_t *init)
{
    unsigned          unassigned;
    const char       *status;
    cricket_exit_e    code;
    cricket_reply_t   reply;

    cricket_init_path_health(init);

    code = cricket_init_send(init, "GET", &reply);
    if (code != CRICKET_EXIT_OK) {
        return code;
    }

    /* 408 is the answer of a cluster that was waited for in vain */

    status = NULL;

    if (reply.status == 200 || reply.status == 408) {
        status = cJSON_GetStringValue(cricket_init_member(reply.json,
                                                          "status"));
    }

    if (status == NULL) {
        printf("hint: whether the shards are active could not be asked "
               "(status %ld)\n", reply.status);

    } else if (strcmp(status, "red") == 0) {
        cricket_error("the shard of index %s is not active on any node "
                      "after %u seconds", init->name, init->wait);
        code = CRICKET_EXIT_AWAY;

    } else if (cricket_init_count(cricket_init_member(reply.json,
                                                      "unassigned_shards"),
                                  &unassigned)
               == CRICKET_OK
               && unassigned)
    {
        printf("hint: %u replica%s of index %s found no node: there are fewer "
               "nodes than copies\n",
               unassigned, unassigned == 1 ? "" : "s", init->name);
    }

    cricket_reply_free(&reply);

    return code;
}


/* an index from before there were partitions: does it go on to be read? */

static cricket_exit_e
cricket_init_old(cricket_init_t *init)
{
    int              rc;
    char             kept[CRICKET_PARTITION_LEN + 8];
    const cJSON     *index;
    cricket_buf_t    why;
    cricket_exit_e   code;
    cricket_reply_t  reply;

    cricket_init_path_old(init);

    code = cricket_init_send(init, "GET", &reply);
    if (code != CRICKET_EXIT_OK) {
        return code;
    }

    index = (reply.status == 200) ? reply.json->child : NULL;

    snprintf(kept, sizeof(kept), "%.*s~kept", (int) init->shape.index.base_len,
             (const char *) init->shape.index.base);

    rc = CRICKET_INVALID;

    if (cJSON_IsObject(cricket_init_member(index, "mappings"))
        && cricket_init_member(cricket_init_member(index, "aliases"), kept)
           == NULL)
    {
        cricket_buf_init(&why, CRICKET_INIT_MAX_TEXT);

        rc = cricket_index_check(reply.body.data, reply.body.len, NULL, 0,
                                 &why);

        cricket_buf_free(&why);
    }

    if (rc == CRICKET_OK || rc == CRICKET_DONE) {
        printf("hint: index %s is none of the partitions, and is not read; to "
               "have it read too: PUT /%s/_alias/%s\n",
               index->string, index->string, kept);
    }

    cricket_reply_free(&reply);

    return CRICKET_EXIT_OK;
}
