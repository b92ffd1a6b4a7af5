
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _CRICKET_REASON_H_INCLUDED_
#define _CRICKET_REASON_H_INCLUDED_


#include "cricket_buf.h"


/*
 * What an error of Elasticsearch's means to whoever has to mend it: which
 * setting stands in the way, or what else is the matter with the cluster.
 * type and reason are the insides of JSON strings; type may be empty.
 * Returns CRICKET_OK with a phrase of ASCII appended to words, or CRICKET_DONE
 * with nothing appended if it is not an error that is known here.  A failure
 * shows in words->failed.
 */
int cricket_reason_item(const cricket_str_t *type, const cricket_str_t *reason,
    cricket_buf_t *words);

/*
 * The same of a reply that is an error as a whole, whose causes may be nested:
 * the first that is known counts.
 */
int cricket_reason_reply(const unsigned char *data, size_t len,
    cricket_buf_t *words);

/*
 * The type of the first error that such a reply names.  Returns CRICKET_OK with
 * up to 64 bytes of a-z, 0-9 and _ that point into the reply, or CRICKET_DONE
 * if it names none.
 */
int cricket_reason_type(const unsigned char *data, size_t len,
    cricket_str_t *type);


#endif /* _CRICKET_REASON_H_INCLUDED_ */
