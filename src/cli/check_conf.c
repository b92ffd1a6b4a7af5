
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* What nginx's configuration says of Cricket: the files of nginx -T. */


#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cricket_check.h"


#define CRICKET_CHECK_CONF_FILES   4096
#define CRICKET_CHECK_CONF_DEPTH   (2 * CRICKET_CHECK_CONF_FILES)
#define CRICKET_CHECK_CONF_READS   65536
#define CRICKET_CHECK_CONF_BLOCKS  65536
#define CRICKET_CHECK_CONF_TEXT    (4 * 1024 * 1024)
#define CRICKET_CHECK_CONF_WORDS   64
#define CRICKET_CHECK_CONF_PATH    4096


/* a file of the dump; its name is not ended by a zero */

typedef struct {
    const unsigned char   *name;
    size_t                 len;
    const unsigned char   *start;
    const unsigned char   *last;
} cricket_check_file_t;


/* where the reading of a file is: those that it includes come first */

typedef struct {
    const unsigned char   *p;
    const unsigned char   *last;
} cricket_check_frame_t;


typedef struct {
    cricket_check_conf_t  *conf;
    cricket_check_file_t  *files;
    size_t                 nfiles;

    cricket_check_frame_t  frames[CRICKET_CHECK_CONF_DEPTH];
    size_t                 depth;
    size_t                 reads;       /* of files */
    size_t                 block;       /* the one that is read */

    char                   words[CRICKET_CHECK_CONF_WORDS]
                                [CRICKET_CHECK_WORD_LEN];
    size_t                 nwords;
} cricket_check_read_t;


static int cricket_check_conf_files(cricket_check_read_t *rd,
    const unsigned char *data, size_t len);
static const unsigned char *cricket_check_conf_header(
    const unsigned char *p, const unsigned char *last, cricket_str_t *name);
static int cricket_check_conf_walk(cricket_check_read_t *rd);
static int cricket_check_conf_open(cricket_check_read_t *rd);
static int cricket_check_conf_block(cricket_check_conf_t *conf,
    cricket_check_conf_kind_e kind, size_t parent, size_t *place);
static int cricket_check_conf_directive(cricket_check_read_t *rd);
static int cricket_check_conf_include(cricket_check_read_t *rd);
static void cricket_check_conf_upstream(cricket_check_read_t *rd,
    cricket_check_conf_block_t *block);
static void cricket_check_conf_server(cricket_check_read_t *rd,
    cricket_check_conf_block_t *block);
static void cricket_check_conf_cricket(cricket_check_read_t *rd,
    cricket_check_conf_block_t *block);
static size_t cricket_check_conf_text(cricket_check_read_t *rd, size_t first,
    size_t last);


int
cricket_check_conf(cricket_check_conf_t *conf, const unsigned char *data,
    size_t len)
{
    int                    rc;
    size_t                 root;
    cricket_check_read_t  *rd;

    memset(conf, 0, sizeof(cricket_check_conf_t));

    cricket_buf_init(&conf->text, CRICKET_CHECK_CONF_TEXT);

    /* so that no text is at place 0 */

    cricket_buf_append(&conf->text, "", 1);

    rd = calloc(1, sizeof(cricket_check_read_t));
    if (rd == NULL) {
        return CRICKET_ERROR;
    }

    rd->conf = conf;

    rc = cricket_check_conf_files(rd, data, len);

    if (rc == CRICKET_OK) {
        rc = cricket_check_conf_block(conf, CRICKET_CHECK_CONF_OTHER, 0,
                                      &root);
    }

    if (rc == CRICKET_OK) {
        rd->frames[0].p = rd->files[0].start;
        rd->frames[0].last = rd->files[0].last;
        rd->depth = 1;

        rc = cricket_check_conf_walk(rd);
    }

    if (conf->text.failed) {
        rc = CRICKET_ERROR;
    }

    free(rd->files);
    free(rd);

    return rc;
}


void
cricket_check_conf_free(cricket_check_conf_t *conf)
{
    free(conf->blocks);
    cricket_buf_free(&conf->text);
}


static int
cricket_check_conf_files(cricket_check_read_t *rd, const unsigned char *data,
    size_t len)
{
    cricket_str_t          name;
    cricket_check_file_t  *file;
    const unsigned char   *p, *next, *last;

    rd->files = calloc(CRICKET_CHECK_CONF_FILES, sizeof(cricket_check_file_t));
    if (rd->files == NULL) {
        return CRICKET_ERROR;
    }

    last = data + len;

    for (p = data; p < last; p = next) {

        next = cricket_check_conf_header(p, last, &name);

        if (next) {

            if (rd->nfiles == CRICKET_CHECK_CONF_FILES) {
                return CRICKET_ERROR;
            }

            file = &rd->files[rd->nfiles++];

            file->name = name.data;
            file->len = name.len;
            file->start = next;
            file->last = last;

            if (rd->nfiles > 1) {
                file[-1].last = p;
            }

            continue;
        }

        next = memchr(p, '\n', last - p);
        next = next ? next + 1 : last;
    }

    return rd->nfiles ? CRICKET_OK : CRICKET_INVALID;
}


/*
 * The line before a file of the dump, see nginx's main(); what is behind it,
 * or NULL.  The name has no zero behind it.
 */

static const unsigned char *
cricket_check_conf_header(const unsigned char *p, const unsigned char *last,
    cricket_str_t *name)
{
    size_t                n;
    const unsigned char  *end;

    static const char  words[] = "# configuration file ";

    n = sizeof(words) - 1;

    if ((size_t) (last - p) <= n || memcmp(p, words, n) != 0) {
        return NULL;
    }

    end = memchr(p, '\n', last - p);

    if (end == NULL || end[-1] != ':' || (size_t) (end - p) <= n + 1) {
        return NULL;
    }

    if (p[n] != '/') {
        return NULL;
    }

    name->data = p + n;
    name->len = end - 1 - name->data;

    return end + 1;
}


static int
cricket_check_conf_walk(cricket_check_read_t *rd)
{
    int                     rc;
    char                    spare[CRICKET_CHECK_WORD_LEN], *word;
    cricket_check_frame_t  *frame;

    while (rd->depth) {
        frame = &rd->frames[rd->depth - 1];

        word = (rd->nwords < CRICKET_CHECK_CONF_WORDS)
               ? rd->words[rd->nwords] : spare;

        rc = CRICKET_OK;

        switch (cricket_check_token(&frame->p, frame->last, word,
                                    CRICKET_CHECK_WORD_LEN))
        {

        case CRICKET_CHECK_TOKEN_WORD:
            rd->nwords += (word != spare);
            break;

        case CRICKET_CHECK_TOKEN_END:
            rc = cricket_check_conf_directive(rd);
            rd->nwords = 0;
            break;

        case CRICKET_CHECK_TOKEN_OPEN:
            rc = cricket_check_conf_open(rd);
            rd->nwords = 0;
            break;

        case CRICKET_CHECK_TOKEN_CLOSE:
            rc = (rd->nwords || rd->block == 0) ? CRICKET_INVALID : CRICKET_OK;
            rd->block = rd->conf->blocks[rd->block].parent;
            break;

        case CRICKET_CHECK_TOKEN_NONE:
            rc = rd->nwords ? CRICKET_INVALID : CRICKET_OK;
            rd->depth--;
            break;

        default: /* CRICKET_CHECK_TOKEN_BAD */
            rc = CRICKET_INVALID;
        }

        if (rc != CRICKET_OK) {
            return rc;
        }
    }

    return rd->block == 0 ? CRICKET_OK : CRICKET_INVALID;
}


static int
cricket_check_conf_open(cricket_check_read_t *rd)
{
    int                          rc;
    size_t                       len, place;
    const char                  *word;
    cricket_check_frame_t       *frame;
    cricket_check_conf_kind_e    kind, above;

    static const char  lua[] = "_by_lua_block";

    if (rd->nwords == 0) {
        return CRICKET_INVALID;
    }

    word = rd->words[0];
    len = strlen(word);

    if (len >= sizeof(lua) - 1
        && strcmp(word + len - (sizeof(lua) - 1), lua) == 0)
    {
        frame = &rd->frames[rd->depth - 1];

        return cricket_check_token_lua(&frame->p, frame->last);
    }

    above = rd->conf->blocks[rd->block].kind;
    kind = CRICKET_CHECK_CONF_OTHER;

    if (rd->block == 0) {
        kind = (strcmp(word, "http") == 0) ? CRICKET_CHECK_CONF_HTTP : kind;

    } else if (above == CRICKET_CHECK_CONF_HTTP) {
        kind = (strcmp(word, "upstream") == 0) ? CRICKET_CHECK_CONF_UPSTREAM
               : (strcmp(word, "server") == 0) ? CRICKET_CHECK_CONF_SERVER
               : kind;

    } else if (above == CRICKET_CHECK_CONF_SERVER
               || above == CRICKET_CHECK_CONF_LOCATION)
    {
        kind = (strcmp(word, "location") == 0) ? CRICKET_CHECK_CONF_LOCATION
                                               : kind;
    }

    rc = cricket_check_conf_block(rd->conf, kind, rd->block, &place);

    if (rc == CRICKET_OK) {
        rd->block = place;

        if (rd->nwords > 1) {
            rd->conf->blocks[place].name = cricket_check_conf_text(rd,
                                               rd->nwords - 1, rd->nwords);
        }
    }

    return rc;
}


static int
cricket_check_conf_block(cricket_check_conf_t *conf,
    cricket_check_conf_kind_e kind, size_t parent, size_t *place)
{
    size_t                       size;
    cricket_check_conf_block_t  *blocks;

    if (conf->n == conf->size) {
        size = conf->size ? conf->size * 2 : 64;

        blocks = (size <= CRICKET_CHECK_CONF_BLOCKS)
                 ? realloc(conf->blocks,
                           size * sizeof(cricket_check_conf_block_t))
                 : NULL;

        if (blocks == NULL) {
            return CRICKET_ERROR;
        }

        conf->blocks = blocks;
        conf->size = size;
    }

    *place = conf->n++;

    memset(&conf->blocks[*place], 0, sizeof(cricket_check_conf_block_t));

    conf->blocks[*place].kind = kind;
    conf->blocks[*place].parent = parent;

    return CRICKET_OK;
}


static int
cricket_check_conf_directive(cricket_check_read_t *rd)
{
    cricket_check_conf_block_t  *block;

    if (rd->nwords == 0) {
        return CRICKET_INVALID;
    }

    if (strcmp(rd->words[0], "include") == 0 && rd->nwords == 2) {
        return cricket_check_conf_include(rd);
    }

    block = &rd->conf->blocks[rd->block];

    switch (block->kind) {

    case CRICKET_CHECK_CONF_UPSTREAM:
        cricket_check_conf_upstream(rd, block);
        break;

    case CRICKET_CHECK_CONF_HTTP:
    case CRICKET_CHECK_CONF_SERVER:
    case CRICKET_CHECK_CONF_LOCATION:
        cricket_check_conf_cricket(rd, block);
        break;

    default: /* CRICKET_CHECK_CONF_OTHER */
        break;
    }

    return CRICKET_OK;
}


/*
 * Each file is in the dump once, however often it is included.  The last of
 * several is put under the others, to be read behind them.
 */

static int
cricket_check_conf_include(cricket_check_read_t *rd)
{
    int                          n;
    size_t                       i, dir;
    char                         path[CRICKET_CHECK_CONF_PATH];
    char                         name[CRICKET_CHECK_CONF_PATH];
    const char                  *word;
    const cricket_check_file_t  *file;

    word = rd->words[1];
    file = &rd->files[0];

    /* relative to where the first file is */

    dir = 0;

    for (i = 0; word[0] != '/' && i < file->len; i++) {

        if (file->name[i] == '/') {
            dir = i + 1;
        }
    }

    n = snprintf(path, sizeof(path), "%.*s%s", (int) dir,
                 (const char *) file->name, word);

    if (n < 0 || (size_t) n >= sizeof(path)) {
        return CRICKET_ERROR;
    }

    for (i = rd->nfiles - 1; i > 0; i--) {
        file = &rd->files[i];

        n = snprintf(name, sizeof(name), "%.*s", (int) file->len,
                     (const char *) file->name);

        if (n < 0 || (size_t) n >= sizeof(name)
            || fnmatch(path, name, FNM_PATHNAME|FNM_PERIOD) != 0)
        {
            continue;
        }

        if (rd->depth == CRICKET_CHECK_CONF_DEPTH
            || rd->reads++ == CRICKET_CHECK_CONF_READS)
        {
            return CRICKET_ERROR;
        }

        rd->frames[rd->depth].p = file->start;
        rd->frames[rd->depth].last = file->last;
        rd->depth++;
    }

    return CRICKET_OK;
}


static void
cricket_check_conf_upstream(cricket_check_read_t *rd,
    cricket_check_conf_block_t *block)
{
    const char  *word;

    word = rd->words[0];

    if (strcmp(word, "server") == 0) {
        cricket_check_conf_server(rd, block);

    } else if (strcmp(word, "keepalive") == 0) {
        block->keepalive = (rd->nwords > 1 && strcmp(rd->words[1], "0") != 0);

    } else if (strcmp(word, "least_conn") == 0
               || strcmp(word, "least_time") == 0
               || (strcmp(word, "random") == 0 && rd->nwords > 1
                   && strcmp(rd->words[1], "two") == 0))
    {
        block->least = 1;
    }
}


static void
cricket_check_conf_server(cricket_check_read_t *rd,
    cricket_check_conf_block_t *block)
{
    size_t    i;
    unsigned  fails;

    fails = 1;

    for (i = 2; i < rd->nwords; i++) {

        if (strcmp(rd->words[i], "down") == 0) {
            return;
        }

        if (strcmp(rd->words[i], "max_fails=0") == 0) {
            fails = 0;
        }
    }

    block->servers++;
    block->fails += fails;
}


static void
cricket_check_conf_cricket(cricket_check_read_t *rd,
    cricket_check_conf_block_t *block)
{
    size_t       last, *place;
    const char  *word;

    word = rd->words[0];

    place = (strcmp(word, "cricket") == 0) ? &block->route
            : (strcmp(word, "cricket_pass") == 0) ? &block->pass
            : (strcmp(word, "cricket_index") == 0) ? &block->index
            : (strcmp(word, "cricket_tag_fields") == 0) ? &block->tags
            : (strcmp(word, "cricket_connect_timeout") == 0) ? &block->connect
            : NULL;

    if (place && rd->nwords > 1) {
        last = (place == &block->tags) ? rd->nwords : 2;

        *place = cricket_check_conf_text(rd, 1, last);
    }
}


/* some of the words, with blanks between them; returns their place */

static size_t
cricket_check_conf_text(cricket_check_read_t *rd, size_t first, size_t last)
{
    size_t          i, place;
    cricket_buf_t  *text;

    text = &rd->conf->text;
    place = text->len;

    for (i = first; i < last; i++) {
        cricket_buf_cstr(text, i == first ? "" : " ");
        cricket_buf_cstr(text, rd->words[i]);
    }

    cricket_buf_append(text, "", 1);

    return text->failed ? 0 : place;
}
