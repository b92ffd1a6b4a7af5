
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _CRICKET_INDEX_H_INCLUDED_
#define _CRICKET_INDEX_H_INCLUDED_


#include "cricket_partition.h"


/* as a number of replicas: whatever a template says, else Elasticsearch */
#define CRICKET_INDEX_REPLICAS    ((unsigned) -1)

/* keys of tags that may have a field of their own */
#define CRICKET_INDEX_TAG_FIELDS  32

/*
 * The body of PUT /INDEX/_alias/INDEX-w.  Bulks go to that alias and require
 * it, for a bulk to an index that is gone has Elasticsearch make another one.
 * Who gives it to a second index, as by restoring a copy, must not stop writes.
 */
#define CRICKET_INDEX_ALIAS       "{\"is_write_index\":true}"


/* how an index, or each partition, is to be */

typedef struct {
    cricket_partition_t    index;
    unsigned               shards;
    unsigned               replicas;
    const cricket_str_t   *tag_fields;  /* keys, see cricket_index_tag() */
    size_t                 ntag_fields;
    unsigned               compact:1;       /* no _source, values not indexed */
    unsigned               compressed:1;    /* best_compression */
} cricket_index_shape_t;


/* appends the body of PUT /NAME: settings, mappings and the aliases */
void cricket_index_create(cricket_buf_t *b,
    const cricket_index_shape_t *shape, const cricket_str_t *name);

/*
 * Appends the body of PUT /_index_template/NAME: the same for partitions, and
 * for the index that is made anew when it was deleted under a running server.
 */
void cricket_index_template(cricket_buf_t *b,
    const cricket_index_shape_t *shape);

/* appends the body of PUT /INDEX/_mapping: the fields that it may yet lack */
void cricket_index_add(cricket_buf_t *b, const cricket_index_shape_t *shape);

/*
 * Appends the body of PUT /NAME by the reply to GET /_index_template/TEMPLATE:
 * settings and mappings as that template has them, and the aliases of this
 * partition.  Returns CRICKET_OK, CRICKET_INVALID if the reply is none of a
 * template that cricket --init made, or CRICKET_ERROR without memory.
 */
int cricket_index_from_template(const unsigned char *data, size_t len,
    const cricket_partition_t *index, const cricket_str_t *name,
    cricket_buf_t *b);

/*
 * Holds the reply to GET /_index_template/NAME against what
 * Cricket needs of a partition, as cricket_index_check(), and sets *shards.
 */
int cricket_index_check_template(const unsigned char *data, size_t len,
    const cricket_str_t *tag_fields, size_t ntag_fields, unsigned *shards,
    cricket_buf_t *why);

/*
 * Can this key of a tag have a field "tag.KEY", whose dots are levels of
 * objects, beside those of the n keys?  Returns CRICKET_OK or CRICKET_INVALID.
 */
int cricket_index_tag(const cricket_str_t *key, const cricket_str_t *keys,
    size_t n);

/*
 * Holds the reply to GET /INDEX?flat_settings=true (mappings and settings of
 * one index, whatever its name: an alias answers with another) against what
 * Cricket needs.  Returns CRICKET_OK; with what is missing or different
 * appended to why (plain text, for one line) CRICKET_DONE if it is but fields
 * that cricket_index_add() has, else CRICKET_INVALID; CRICKET_ERROR when there
 * was no memory.
 */
int cricket_index_check(const unsigned char *data, size_t len,
    const cricket_str_t *tag_fields, size_t ntag_fields, cricket_buf_t *why);

/* by which name bulks go, and whether they require that it is an alias */

typedef enum {
    CRICKET_INDEX_BY_NAME = 0,      /* neither an index nor an alias, or odd */
    CRICKET_INDEX_BY_ITSELF,        /* the name is an alias already */
    CRICKET_INDEX_BY_ALIAS,         /* INDEX-w */
    CRICKET_INDEX_BY_PARTITION,     /* each line says its own */
    CRICKET_INDEX_BARE              /* an index without that alias */
} cricket_index_place_e;

/* by the reply to GET /INDEX, or with no more than "aliases" */
cricket_index_place_e cricket_index_place(const unsigned char *data, size_t len,
    const cricket_str_t *index);

/*
 * Holds the reply to GET /INDEX CRICKET_INDEX_QUESTION, perhaps one of several
 * indices, against what a bulk needs: that none lacks a field that it writes.
 * Sets *single if none has more than one shard.  Returns CRICKET_OK,
 * CRICKET_DONE with what is missing in why, or CRICKET_ERROR without memory.
 */
#define CRICKET_INDEX_QUESTION                                                \
    "?flat_settings=true&filter_path=*.aliases,*.mappings.dynamic,"           \
    "*.mappings.properties,*.settings.index*number_of_shards"

int cricket_index_probe(const unsigned char *data, size_t len,
    const cricket_str_t *tag_fields, size_t ntag_fields, unsigned *single,
    cricket_buf_t *why);

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


#endif /* _CRICKET_INDEX_H_INCLUDED_ */
