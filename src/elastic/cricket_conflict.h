
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _CRICKET_CONFLICT_H_INCLUDED_
#define _CRICKET_CONFLICT_H_INCLUDED_


#include "cricket_buf.h"
#include "cricket_json.h"
#include "cricket_time.h"


/*
 * Datapoints that were there already under their ids, and whether the values
 * that are stored are those that were sent: a request for _mget, and its reply.
 */

/* so many are asked for at once */
#define CRICKET_CONFLICTS  100


typedef struct {
    double                 value;
    cricket_time_t         time;
    size_t                 id;          /* where it begins in the texts */
    size_t                 id_len;
    size_t                 name_len;    /* of the name, which is behind it */
} cricket_conflict_item_t;


typedef struct {
    size_t                     n;       /* items */

    /* of the reply */

    size_t                     compared;
    size_t                     differ;
    const cricket_conflict_item_t  *first;  /* of those that differ, or NULL */
    double                     stored;  /* its value */

    /* private */

    cricket_buf_t              body;
    cricket_buf_t              texts;
    cricket_conflict_item_t    items[CRICKET_CONFLICTS];
} cricket_conflict_t;


/* starts with none; nothing is allocated yet */
void cricket_conflict_init(cricket_conflict_t *c);

void cricket_conflict_free(cricket_conflict_t *c);

/*
 * Adds what the len bytes at p were to create, an item as cricket_bulk_append()
 * writes it, with an id.  Returns CRICKET_OK; CRICKET_INVALID if it is not; or
 * CRICKET_ERROR without memory, or if there are CRICKET_CONFLICTS already.
 */
int cricket_conflict_add(cricket_conflict_t *c, const unsigned char *p,
    size_t len);

/*
 * Ends the request: its body, which the caller may send and not change; NULL if
 * there is nothing to be asked.
 */
cricket_buf_t *cricket_conflict_body(cricket_conflict_t *c);

/* the query string that goes with it */
#define CRICKET_CONFLICT_QUERY                                                \
    "_mget?_source_includes=value"                                            \
    "&filter_path=docs._id,docs.found,docs._source.value"

/*
 * Reads the reply (the page on _mget of Elasticsearch's reference) and compares
 * as doubles.  What is not found, is an error, or has no value, as where the
 * index keeps no _source, is not compared.  Returns CRICKET_OK; or
 * CRICKET_INVALID if the reply is not to that request, and nothing is compared.
 */
int cricket_conflict_reply(cricket_conflict_t *c, const unsigned char *data,
    size_t len);

/* the name of an item, as in JSON between quotes */
cricket_str_t cricket_conflict_name(const cricket_conflict_t *c,
    const cricket_conflict_item_t *item);


#endif /* _CRICKET_CONFLICT_H_INCLUDED_ */
