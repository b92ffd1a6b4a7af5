
/*
 * Copyright (C) Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _CRICKET_INDEX_H_INCLUDED_
#define _CRICKET_INDEX_H_INCLUDED_


#include "cricket_buf.h"


/*
 * Appends the body of PUT /INDEX: settings (one shard, replicas) and mappings.
 * One shard, because the order of equal timestamps is that of _seq_no.
 */
void cricket_index_create(cricket_buf_t *b, unsigned replicas);

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

/*
 * Is this a name that Elasticsearch takes for an index (its page on
 * "create index"): 1 to 255 bytes, lower case, none of \ / * ? " < > | , # :
 * or space, not beginning with - _ + and not . or ..  Stricter here: only
 * a-z 0-9 . _ -.  Returns CRICKET_OK or CRICKET_INVALID.
 */
int cricket_index_name(const unsigned char *p, size_t len);


#endif /* _CRICKET_INDEX_H_INCLUDED_ */
