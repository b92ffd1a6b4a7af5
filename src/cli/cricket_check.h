
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _CRICKET_CHECK_H_INCLUDED_
#define _CRICKET_CHECK_H_INCLUDED_


#include "cricket_init.h"


/* words of nginx's configuration, and of Elasticsearch's replies, are cut */
#define CRICKET_CHECK_WORD_LEN  256


typedef enum {
    CRICKET_CHECK_ERROR = 0,    /* datapoints are lost, refused or misread */
    CRICKET_CHECK_WARNING,      /* they soon are, or it is slow */
    CRICKET_CHECK_NOTE
} cricket_check_level_e;


/* what a finding is about: within a level, the most important first */

typedef enum {
    CRICKET_CHECK_DURABILITY = 0,
    CRICKET_CHECK_HEALTH,
    CRICKET_CHECK_INDEX,
    CRICKET_CHECK_BLOCKS,
    CRICKET_CHECK_MAPPING,
    CRICKET_CHECK_ALIASES,
    CRICKET_CHECK_PIPELINE,
    CRICKET_CHECK_TEMPLATE,
    CRICKET_CHECK_DOCUMENTS,
    CRICKET_CHECK_DISK,
    CRICKET_CHECK_SHARDS,
    CRICKET_CHECK_CLOCK,
    CRICKET_CHECK_REPLICAS,
    CRICKET_CHECK_LIMITS,
    CRICKET_CHECK_REFRESH,
    CRICKET_CHECK_VERSION,
    CRICKET_CHECK_NGINX,
    CRICKET_CHECK_PARTITION,
    CRICKET_CHECK_PRIVILEGE
} cricket_check_subject_e;


typedef struct {
    cricket_check_level_e      level;
    cricket_check_subject_e    subject;
    cricket_buf_t              what;
    cricket_buf_t              fix;         /* INDEX stands for the indices */
    cricket_buf_t              indices;     /* names, each with a zero */
    size_t                     nindices;
} cricket_check_finding_t;


typedef struct {
    cricket_check_finding_t   *list;
    size_t                     n;
    size_t                     size;
    unsigned                   failed:1;    /* no memory */
    unsigned                   cut:1;       /* there were too many */
} cricket_check_findings_t;


/* a block of nginx's configuration; texts are places in conf->text, or 0 */

typedef enum {
    CRICKET_CHECK_CONF_OTHER = 0,
    CRICKET_CHECK_CONF_HTTP,
    CRICKET_CHECK_CONF_UPSTREAM,
    CRICKET_CHECK_CONF_SERVER,
    CRICKET_CHECK_CONF_LOCATION
} cricket_check_conf_kind_e;


typedef struct {
    cricket_check_conf_kind_e  kind;
    size_t                     parent;      /* its place; that of 0 is 0 */

    size_t                     name;
    size_t                     route;       /* cricket */
    size_t                     pass;
    size_t                     index;
    size_t                     tags;        /* with blanks between them */
    size_t                     connect;

    unsigned                   servers;     /* that are not down */
    unsigned                   fails;       /* of these, without max_fails=0 */
    unsigned                   keepalive:1;
    unsigned                   least:1;     /* balances by connections */
    unsigned                   told:1;
} cricket_check_conf_block_t;


typedef struct {
    cricket_check_conf_block_t  *blocks;
    size_t                       n;
    size_t                       size;
    cricket_buf_t                text;
} cricket_check_conf_t;


typedef struct {
    cricket_init_t             init;        /* names, and what is sent */
    cricket_check_findings_t   found;
    cricket_exit_e             code;        /* why it ended, or _OK */

    /* keys that cricket_tag_fields or the command line names */
    cricket_str_t              tag_fields[CRICKET_INDEX_TAG_FIELDS];
    size_t                     ntag_fields;
    cricket_buf_t              tags;        /* where they are */

    cricket_buf_t              names;       /* of indices, each with a zero */
    size_t                     nnames;
    cricket_buf_t              pipelines;   /* that are to be asked for */
    cricket_buf_t              asked;       /* and those that were */

    unsigned                   shards;      /* by the template; 0: unknown */
    unsigned                   replicas;
    unsigned                   limit;       /* of shards for each node, or 0 */

    unsigned                   tags_known:1;
    unsigned                   template_found:1;
} cricket_check_t;


/* what an index is to the one that is checked */

typedef enum {
    CRICKET_CHECK_PARTITION_NOW = 0,    /* datapoints come to it */
    CRICKET_CHECK_PARTITION_ENDED,      /* only old ones do */
    CRICKET_CHECK_PARTITION_KEPT,       /* it is only read */
    CRICKET_CHECK_PARTITION_OTHER       /* nothing */
} cricket_check_partition_e;


/*
 * Adds a finding.  index is the name of the index that it is about, or NULL:
 * findings that differ in nothing else become one.  fix is plain text, or NULL.
 */
void cricket_check_found(cricket_check_t *check, cricket_check_level_e level,
    cricket_check_subject_e subject, const char *index, const char *fix,
    const char *fmt, ...)
    __attribute__((format(printf, 6, 7)));

/*
 * Prints what was found, most important first, as text or JSON; complete is 0
 * if not all could be asked.  Returns CRICKET_EXIT_OK, _FOUND or _LOCAL.
 */
cricket_exit_e cricket_check_print(cricket_check_t *check, int complete);

void cricket_check_free(cricket_check_findings_t *found);

/*
 * Asks Elasticsearch for path, which is printed into init->path.  Returns
 * CRICKET_OK, and CRICKET_DONE for a 404, with the reply, which is to be
 * freed; CRICKET_INVALID if it may not be asked, which is noted then, "what"
 * being the rest of "cannot" and privilege what Elasticsearch calls the right
 * to it; CRICKET_ERROR with check->code if there is no point in going on.
 */
int cricket_check_ask(cricket_check_t *check, cricket_reply_t *reply,
    const char *what, const char *privilege, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));

/*
 * The parts, in the order in which they are to run.  Those that ask
 * Elasticsearch return CRICKET_ERROR with check->code as above.
 */
void cricket_check_nginx(cricket_check_t *check);
int cricket_check_elastic(cricket_check_t *check);
int cricket_check_template(cricket_check_t *check);
int cricket_check_index(cricket_check_t *check);
int cricket_check_shards(cricket_check_t *check);

/* by its name and its aliases: index is a member of a reply */
cricket_check_partition_e cricket_check_partition(cricket_check_t *check,
    const cJSON *index);

/* holds one index, a member of a reply, against what Cricket needs */
void cricket_check_shape(cricket_check_t *check, const cJSON *index);

/*
 * Adds a pipeline that index, or with NULL the template, has; kind is one of
 * cricket_settings_pipeline_e.  All that were added are asked for then.
 */
void cricket_check_pipeline_add(cricket_check_t *check, const char *index,
    int kind, const cricket_buf_t *name);
int cricket_check_pipelines(cricket_check_t *check);

/*
 * Runs nginx -v -T, without a shell, for --timeout at the most.  Returns
 * CRICKET_OK, or CRICKET_ERROR if it could not be run, ended with another code
 * than 0, did not end in time or printed more than the buffers take.
 */
int cricket_check_dump(const cricket_cli_t *cli, cricket_buf_t *out,
    cricket_buf_t *err);

/*
 * Reads what nginx -T printed: files, each behind a line with its name, of
 * which the first includes the others.  Returns CRICKET_OK, CRICKET_INVALID if
 * it is not that, or CRICKET_ERROR without memory or past a limit.
 */
int cricket_check_conf(cricket_check_conf_t *conf, const unsigned char *data,
    size_t len);

void cricket_check_conf_free(cricket_check_conf_t *conf);

/*
 * Reads the word at *p, as nginx does, into word, without what is past its
 * size.  Returns what it is; for the other two *p is behind the character.
 */

typedef enum {
    CRICKET_CHECK_TOKEN_WORD = 0,
    CRICKET_CHECK_TOKEN_END,        /* ; */
    CRICKET_CHECK_TOKEN_OPEN,       /* { */
    CRICKET_CHECK_TOKEN_CLOSE,      /* } */
    CRICKET_CHECK_TOKEN_NONE,       /* the end of the text */
    CRICKET_CHECK_TOKEN_BAD
} cricket_check_token_e;

cricket_check_token_e cricket_check_token(const unsigned char **p,
    const unsigned char *last, char *word, size_t size);

/* passes over a block of Lua, whose "{" was read; CRICKET_OK or _INVALID */
int cricket_check_token_lua(const unsigned char **p,
    const unsigned char *last);


#endif /* _CRICKET_CHECK_H_INCLUDED_ */
