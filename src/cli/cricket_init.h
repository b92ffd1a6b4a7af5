
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _CRICKET_INIT_H_INCLUDED_
#define _CRICKET_INIT_H_INCLUDED_


#include "cricket_cli.h"


#define CRICKET_INIT_PATH_LEN  1024


typedef struct {
    const cricket_cli_t   *cli;
    cricket_http_t        *http;
    cricket_buf_t          body;
    char                   path[CRICKET_INIT_PATH_LEN];
    unsigned               found_replicas;  /* of the index that exists */
    unsigned               found_shards;
    unsigned               wait;            /* seconds */

    cricket_index_shape_t  shape;           /* what is to be */
    cricket_str_t          tag_fields[CRICKET_INDEX_TAG_FIELDS];
    cricket_buf_t          keys;            /* of a template */

    char                   name[CRICKET_PARTITION_LEN + 1];
    char                   template[CRICKET_PARTITION_LEN + 16];
    char                   all[CRICKET_PARTITION_LEN + 8];

    unsigned               index_exists:1;
    unsigned               index_bare:1;    /* without the alias for writes */
    unsigned               index_lacks:1;   /* fields */
    unsigned               template_exists:1;
    unsigned               template_right:1;
    unsigned               changed:1;
} cricket_init_t;


/* the requests of --init: each sets init->path, or adds to init->body */

void cricket_init_path_index(cricket_init_t *init);
void cricket_init_path_template(cricket_init_t *init);
void cricket_init_path_create(cricket_init_t *init);
void cricket_init_path_alias(cricket_init_t *init);
void cricket_init_path_mapping(cricket_init_t *init);
void cricket_init_path_settings(cricket_init_t *init);
void cricket_init_path_health(cricket_init_t *init);
void cricket_init_path_old(cricket_init_t *init);

void cricket_init_body_template(cricket_init_t *init);
void cricket_init_body_create(cricket_init_t *init);
void cricket_init_body_alias(cricket_init_t *init);
void cricket_init_body_mapping(cricket_init_t *init);
void cricket_init_body_settings(cricket_init_t *init);

/*
 * Sends what path and body hold, and empties the body; otherwise as
 * cricket_http_request().
 */
cricket_exit_e cricket_init_send(cricket_init_t *init, const char *method,
    cricket_reply_t *reply);

/* says what is wrong if the reply is not {"acknowledged":true} */
cricket_exit_e cricket_init_acknowledged(const cricket_reply_t *reply,
    const char *what);

/* is the reply a 404 with an error of this type */
int cricket_init_missing(const cricket_reply_t *reply, const char *type);

/*
 * Reads a number, or a setting, which is a number in a string.  Returns
 * CRICKET_OK, or CRICKET_INVALID with *count as it was.
 */
int cricket_init_count(const cJSON *item, unsigned *count);

/* the member of an object, or NULL, also if it is no object */
const cJSON *cricket_init_member(const cJSON *object, const char *name);

/*
 * Sets what there is to be by the command line.  The name of an index is then
 * that of the partition of today, and "all" that of every one.
 */
void cricket_init_shape(cricket_init_t *init);

/* the two steps of the index template: what is there, and what is to be */
cricket_exit_e cricket_init_find_template(cricket_init_t *init);
cricket_exit_e cricket_init_put_template(cricket_init_t *init);

/* prints the requests, in the order in which they would be sent */
void cricket_init_dry_run(cricket_init_t *init);


#endif /* _CRICKET_INIT_H_INCLUDED_ */
