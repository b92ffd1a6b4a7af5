
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _CRICKET_INDEX_H_INCLUDED_
#define _CRICKET_INDEX_H_INCLUDED_


#include "cricket_buf.h"


/* as a number of replicas: whatever a template says, else Elasticsearch */
#define CRICKET_INDEX_REPLICAS  ((unsigned) -1)

/*
 * The body of PUT /INDEX/_alias/INDEX-w.  Bulks go to that alias and require
 * it, for a bulk to an index that is gone has Elasticsearch make another one.
 * Who gives it to a second index, as by restoring a copy, must not stop writes.
 */
#define CRICKET_INDEX_ALIAS  "{\"is_write_index\":true}"

/*
 * Appends the body of PUT /INDEX: settings (one shard, replicas), mappings and
 * the alias.  One shard, because the order of equal timestamps is that of
 * _seq_no.
 */
void cricket_index_create(cricket_buf_t *b, const cricket_str_t *index,
    unsigned replicas);

/*
 * Appends the body of PUT /_index_template/NAME: the same for the index that
 * Elasticsearch makes by itself when it was deleted under a running server.
 */
void cricket_index_template(cricket_buf_t *b, const cricket_str_t *index,
    unsigned replicas);

/*
 * Holds the reply to GET /INDEX?flat_settings=true (mappings and settings of
 * one index, whatever its name: an alias answers with another) against what
 * Cricket needs.  Returns CRICKET_OK; CRICKET_INVALID with what is missing
 * or different appended to why (plain text, for one line); CRICKET_ERROR when
 * there was no memory.
 */
int cricket_index_check(const unsigned char *data, size_t len,
    cricket_buf_t *why);

/* by which name bulks go, and whether they require that it is an alias */

typedef enum {
    CRICKET_INDEX_BY_NAME = 0,      /* neither an index nor an alias, or odd */
    CRICKET_INDEX_BY_ITSELF,        /* the name is an alias already */
    CRICKET_INDEX_BY_ALIAS,         /* INDEX-w */
    CRICKET_INDEX_BARE              /* an index without that alias */
} cricket_index_place_e;

/* by the reply to GET /INDEX/_alias */
cricket_index_place_e cricket_index_place(const unsigned char *data, size_t len,
    const cricket_str_t *index);

/* does the reply to PUT /INDEX say that it is there already? */
int cricket_index_exists(const unsigned char *data, size_t len);

/* as an interval: it never comes */
#define CRICKET_INDEX_NEVER  -1

/*
 * The time between two refreshes, in milliseconds, by the reply to
 * GET /INDEX/_settings/index.refresh_interval?flat_settings=true: of several
 * indices behind one name the longest; CRICKET_INDEX_NEVER; or 0 if the reply
 * says none.
 */
int64_t cricket_index_refresh(const unsigned char *data, size_t len);

/*
 * Is this a name that Elasticsearch takes for an index (its page on
 * "create index"): 1 to 255 bytes, lower case, none of \ / * ? " < > | , # :
 * or space, not beginning with - _ + and not . or ..  Stricter here: only
 * a-z 0-9 . _ -.  Returns CRICKET_OK or CRICKET_INVALID.
 */
int cricket_index_name(const unsigned char *p, size_t len);


#endif /* _CRICKET_INDEX_H_INCLUDED_ */
