
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _CRICKET_VERDICT_H_INCLUDED_
#define _CRICKET_VERDICT_H_INCLUDED_


#include "cricket_string.h"


/* what became of what Elasticsearch was sent or asked */

typedef enum {
    CRICKET_VERDICT_DONE = 0,   /* on disk; or: the index is there */
    CRICKET_VERDICT_EXISTS,     /* a document with its id was there before */
    CRICKET_VERDICT_AGAIN,      /* not done; may be a moment later */
    CRICKET_VERDICT_UNKNOWN,    /* done or not: nobody knows */
    CRICKET_VERDICT_CLUSTER,    /* not done; its settings or its index must be
                                   mended first */
    CRICKET_VERDICT_ABSENT,     /* likewise: there is no such index */
    CRICKET_VERDICT_TOO_LARGE,  /* not done; less of it may be */
    CRICKET_VERDICT_DATAPOINT,  /* not done; the datapoint is to blame */
    CRICKET_VERDICT_NONSENSE    /* no answer to that */
} cricket_verdict_e;


/* what was answered */

typedef enum {
    CRICKET_VERDICT_ITEM = 0,   /* a create, in the reply to a bulk */
    CRICKET_VERDICT_BULK,       /* a bulk as a whole */
    CRICKET_VERDICT_INDEX       /* the question whether there is an index */
} cricket_verdict_about_e;


/*
 * The verdict on an HTTP status, 100 to 599, by the one table that there is.
 * type is the type of an item's error, or empty.  own says that the reply is
 * Elasticsearch's own, as cricket_bulk_own() finds it; what stands before it
 * may have answered when it had passed the request on.  An item always is.
 */
cricket_verdict_e cricket_verdict(cricket_verdict_about_e about,
    unsigned status, const cricket_str_t *type, int own);


#endif /* _CRICKET_VERDICT_H_INCLUDED_ */
