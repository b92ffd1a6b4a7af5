
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _CRICKET_BULK_H_INCLUDED_
#define _CRICKET_BULK_H_INCLUDED_


#include "cricket_buf.h"
#include "cricket_datapoint.h"
#include "cricket_json.h"
#include "cricket_verdict.h"


typedef struct {
    unsigned               status;
    cricket_verdict_e      verdict;
    cricket_str_t          type;        /* of the error, as in JSON; or empty */
    cricket_str_t          reason;      /* likewise */
} cricket_item_t;


/* called in the items' order, index counting from 0 */
typedef void (*cricket_item_pt)(void *data, size_t index,
    const cricket_item_t *item);


/* a reply that is read; see cricket_bulk_reply_init() */

typedef struct {
    cricket_item_pt        handler;     /* or NULL */
    void                  *data;        /* its */
    const char            *err;

    /* private */

    cricket_json_t         json;
    unsigned char         *verdicts;
    size_t                 n;
    size_t                 index;       /* of the next item */
    unsigned               state;
    unsigned               found:1;     /* "items" */
} cricket_bulk_reply_t;


/* what a document has beside the datapoint's own */

typedef struct {
    cricket_str_t          series;      /* see cricket_series() */
    cricket_str_t          id;          /* 1 to 512 bytes of base64url; or "" */
    cricket_str_t          alias;       /* of its partition, or "" */
    const cricket_str_t   *tag_fields;  /* keys of tags that have fields */
    size_t                 ntag_fields;
    unsigned               routed:1;    /* to a shard, by its series */
} cricket_bulk_meta_t;


/*
 * Appends the two lines that create a datapoint's document (the _bulk page of
 * Elasticsearch's reference): {"create":{}}, with as much of "_index",
 * "_id" and "routing" as meta says, and the document:
 *
 *     {"name":"c1","type":"counter","value":1,"timestamp":1483224590000,
 *      "series":"..."}
 *
 * timestamp is in milliseconds since the epoch, below CRICKET_TIME_NUMBERS in
 * RFC 3339 with as much as milliseconds; what is finer goes to "nanos", 1 to
 * 999,999, with the milliseconds again in "nanos_at", by which a search finds
 * it; and tags to "tags", an array of "KEY=VALUE"; each only where there is
 * any.  Tags that have fields of their own are in "tag.KEY" as well.  A value
 * longer than CRICKET_NUMBER_LEN bytes is written anew, as the same double; a
 * negative zero is always -0.0.  A failure, for which some 240 bytes more than
 * needed must have been free in b,
 * shows in b->failed, and nothing is appended then.
 */
void cricket_bulk_append(cricket_buf_t *b, const cricket_datapoint_t *dp,
    const cricket_bulk_meta_t *meta);

/*
 * The size of the item, two lines, that the len bytes at p begin with; len if
 * they hold no whole one.
 */
size_t cricket_bulk_item_size(const unsigned char *p, size_t len);

/* the alias that such an item, of len bytes, goes to; empty if it says none */
cricket_str_t cricket_bulk_item_alias(const unsigned char *p, size_t len);

/*
 * Starts to read the reply to a bulk of n documents, which with the room for n
 * verdicts must outlive the reading.  The handler and its data may be set then.
 */
void cricket_bulk_reply_init(cricket_bulk_reply_t *reply,
    const unsigned char *data, size_t len, unsigned char *verdicts, size_t n);

/*
 * Goes on for some n bytes, and to the end of an item; the same is read,
 * however it is sliced.  Sets the verdicts, each a cricket_verdict_e, and calls
 * the handler (if not NULL) for all that is not CRICKET_VERDICT_DONE; the
 * strings live as long as the reply's bytes.  Returns
 * CRICKET_AGAIN    there is more to read;
 * CRICKET_OK       that was all of a valid reply;
 * CRICKET_INVALID  the reply is not JSON, has no or not exactly n items, or an
 *                  item without a status: reply->err, a constant message, says
 *                  what.  Then the verdicts, and what the handler was told,
 *                  mean nothing.
 */
int cricket_bulk_reply_next(cricket_bulk_reply_t *reply, size_t n);

/*
 * Is a reply of this status an error in Elasticsearch's own words, an object
 * with "error", an object or a string, and the same "status"?  What stands
 * before Elasticsearch has others, and may have passed the request on.
 */
int cricket_bulk_own(const unsigned char *data, size_t len,
    unsigned status);


#endif /* _CRICKET_BULK_H_INCLUDED_ */
