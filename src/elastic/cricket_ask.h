
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _CRICKET_ASK_H_INCLUDED_
#define _CRICKET_ASK_H_INCLUDED_


#include "cricket_result.h"


/*
 * A question on its way to an answer.  One search may not do: then the reply to
 * one makes the next, and what was found is kept in between.  The caller
 * searches and reads until it is told something else than CRICKET_AGAIN.
 */

typedef struct cricket_ask_s  cricket_ask_t;


/*
 * Begins to ask q, which must outlive it and is changed by it.  NULL: no
 * memory.
 */
cricket_ask_t *cricket_ask_create(cricket_query_t *q);

void cricket_ask_free(cricket_ask_t *ask);

/* about how many bytes it has in memory, between two searches */
size_t cricket_ask_size(const cricket_ask_t *ask);

/* the message of a 400 that is known before there was a search, or NULL */
const char *cricket_ask_refusal(const cricket_ask_t *ask);

/*
 * Appends what follows the index in the request line of the next search,
 * "/_search?...", and its body; a failure shows in b->failed.
 */
void cricket_ask_uri(const cricket_ask_t *ask, cricket_buf_t *b);
void cricket_ask_body(cricket_ask_t *ask, cricket_buf_t *b);

/* between which instants all is that this search asks for, as for a search */
void cricket_ask_span(const cricket_ask_t *ask, const cricket_time_t **from,
    const cricket_time_t **to);

/*
 * Reads the reply, a 200's body of len bytes, which it does not keep.  With the
 * last one it appends to out the body for the client, as the writer does it,
 * and to next, if there is more, the query string of the next page, encoded and
 * ready to stand behind "?" in a Link header, relative times resolved.  Sets
 * *foreign to the number of documents that were passed over: they are no
 * datapoints.  Returns
 * CRICKET_OK       it is answered;
 * CRICKET_AGAIN    another search is needed;
 * CRICKET_DONE     the answer is a 400 that out has the message of (too many
 *                  buckets or groups);
 * CRICKET_INVALID  the reply is not what was asked for: a member is missing,
 *                  there twice, or not what it should be; *err is a constant,
 *                  its place ("hits.hits.sort"), or why the reply is not JSON;
 *                  out and next mean nothing;
 * CRICKET_ERROR    no memory.
 */
int cricket_ask_read(cricket_ask_t *ask,
    const cricket_result_writer_t *writer, const unsigned char *data,
    size_t len, cricket_buf_t *out, cricket_buf_t *next, size_t *foreign,
    const char **err);

/*
 * Makes less of what a reply would have, for one that was over the caller's
 * limit: the search can then be sent again.  Returns CRICKET_OK, or
 * CRICKET_DONE if there is nothing to make less of.
 */
int cricket_ask_halve(cricket_ask_t *ask);


#endif /* _CRICKET_ASK_H_INCLUDED_ */
