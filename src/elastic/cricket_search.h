
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _CRICKET_SEARCH_H_INCLUDED_
#define _CRICKET_SEARCH_H_INCLUDED_


#include "cricket_result.h"


/*
 * Appends what follows the index in the request line of the search,
 * "/_search?...", so that the reply holds little more than what is read.
 */
void cricket_search_uri(const cricket_query_t *q, cricket_buf_t *b);

/* appends the body of the search; a failure shows in b->failed */
void cricket_search_body(const cricket_query_t *q, cricket_buf_t *b);

/*
 * Between which instants, both included, all is that the search asks for; NULL
 * where there is no end.  They live as long as the query, as it is now.
 */
void cricket_search_span(const cricket_query_t *q,
    const cricket_time_t **from, const cricket_time_t **to);

/* has the reply, that of a search by wildcards, found no index to search in? */
int cricket_search_is_nowhere(const unsigned char *data, size_t len);

/*
 * Reads the reply, a 200's body of len bytes, and appends to out the body for
 * the client, as the writer does it: JSON's for stats and names.  If there is
 * more, appends to next the query string of the next page, encoded and ready to
 * stand behind "?" in a Link header, relative times resolved.
 *
 * CSV is that of RFC 4180, with a header line; the tags are one cell, the same
 * JSON object as elsewhere, or empty.  Values that begin as a formula does are
 * left as they are: what is read back is what was stored.  Sets *foreign to
 * the number of documents that were passed over: they lack a field, or have one
 * that no datapoint has.  Returns
 * CRICKET_OK;
 * CRICKET_DONE     the answer is a 400 that out has the message of (too many
 *                  buckets or groups);
 * CRICKET_INVALID  the reply is not what was asked for: a member is missing,
 *                  there twice, or not what it should be; *err is a constant,
 *                  its place ("hits.hits.sort"), or why the reply is not JSON;
 *                  out and next mean nothing;
 * CRICKET_ERROR    no memory.
 */
int cricket_search_read(const cricket_query_t *q,
    const cricket_result_writer_t *writer, const unsigned char *data,
    size_t len, cricket_buf_t *out, cricket_buf_t *next, size_t *foreign,
    const char **err);

/*
 * The same for a page of an export, and moves q behind that page, so that
 * cricket_search_body() asks for the next one.  The caller searches, reads and
 * sends until it is CRICKET_DONE.  Returns
 * CRICKET_OK       there may be more, search again;
 * CRICKET_DONE     it was the last page;
 * CRICKET_INVALID, CRICKET_ERROR as above: q has not moved.
 */
int cricket_search_read_export(cricket_query_t *q,
    const cricket_result_writer_t *writer, const unsigned char *data,
    size_t len, cricket_buf_t *out, size_t *foreign, const char **err);

/*
 * Makes the pages of datapoints half as large, for a reply that was over the
 * caller's limit: the search can then be sent again.  Returns CRICKET_OK, or
 * CRICKET_DONE if a page has one datapoint already, or none.
 */
int cricket_search_halve(cricket_query_t *q);


#endif /* _CRICKET_SEARCH_H_INCLUDED_ */
