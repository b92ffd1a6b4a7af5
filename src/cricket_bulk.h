
/*
 * Copyright (C) Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _CRICKET_BULK_H_INCLUDED_
#define _CRICKET_BULK_H_INCLUDED_


#include "cricket_buf.h"
#include "cricket_datapoint.h"


typedef enum {
    CRICKET_ITEM_STORED = 0,    /* it is on disk */
    CRICKET_ITEM_EXISTS,        /* a document with its id was there before */
    CRICKET_ITEM_RETRY,         /* not stored; may be a moment later */
    CRICKET_ITEM_FAILED,        /* stored or not: nobody knows */
    CRICKET_ITEM_REFUSED,       /* not stored; the index, not the datapoint */
    CRICKET_ITEM_INVALID        /* not stored; the datapoint is to blame */
} cricket_item_e;


typedef struct {
    unsigned               status;
    cricket_item_e         verdict;
    cricket_str_t          type;        /* of the error, as in JSON; or empty */
    cricket_str_t          reason;      /* likewise */
} cricket_item_t;


/* called in the items' order, index counting from 0 */
typedef void (*cricket_item_pt)(void *data, size_t index,
    const cricket_item_t *item);


/*
 * Appends the two lines that create a datapoint's document (the _bulk page of
 * Elasticsearch's reference): {"create":{}} or, with an id of 1 to 512 bytes
 * of base64url, {"create":{"_id":"..."}}, and the document:
 *
 *     {"name":"c1","type":"counter","value":1,"timestamp":1483224590000}
 *
 * timestamp is in milliseconds since the epoch, below CRICKET_TIME_NUMBERS in
 * RFC 3339 with as much as milliseconds; what is finer goes to "nanos", 1 to
 * 999,999, with the milliseconds again in "nanos_at", by which a search finds
 * it; and tags to "tags", an array of "KEY=VALUE"; each only where there is
 * any.  A value longer than CRICKET_NUMBER_LEN bytes is written anew,
 * as the same double; a negative zero is always -0.0.  id may be NULL.  A
 * failure, for which some 160 bytes more than needed must have been free in b,
 * shows in b->failed, and nothing is appended then.
 */
void cricket_bulk_append(cricket_buf_t *b, const cricket_datapoint_t *dp,
    const cricket_str_t *id);

/*
 * The size of the item, two lines, that the len bytes at p begin with; len if
 * they hold no whole one.
 */
size_t cricket_bulk_item_size(const unsigned char *p, size_t len);

/*
 * Reads the reply to a bulk of n documents.  Sets verdicts[0] to
 * verdicts[n - 1], each a cricket_item_e, and calls handler (if not NULL) for
 * all that is not CRICKET_ITEM_STORED; the strings live as long as the reply.
 * Returns CRICKET_OK, or CRICKET_INVALID with *err set to a constant message
 * if the reply is not JSON, has no or not exactly n items, or an item without
 * a status: then the verdicts, and what handler was told, mean nothing.
 */
int cricket_bulk_read(const unsigned char *data, size_t len,
    unsigned char *verdicts, size_t n, cricket_item_pt handler, void *ctx,
    const char **err);

/*
 * Is a reply of this status an error in Elasticsearch's own words, an object
 * with "error", an object or a string, and the same "status"?  What stands
 * before Elasticsearch has others, and may have passed the request on.
 */
int cricket_bulk_refused(const unsigned char *data, size_t len,
    unsigned status);


#endif /* _CRICKET_BULK_H_INCLUDED_ */
