
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _CRICKET_RECEIPT_H_INCLUDED_
#define _CRICKET_RECEIPT_H_INCLUDED_


#include "cricket_buf.h"


/* so many invalid datapoints of a request are listed; all are counted */
#define CRICKET_RECEIPT_LISTED  100

/* how one stood in the body is kept up to this, where its format wants it */
#define CRICKET_RECEIPT_TEXT    1024


/* what became of a request's datapoints, for the writer of its format */

typedef struct {
    unsigned                status;     /* of HTTP */
    size_t                  stored;
    size_t                  invalid;
    size_t                  ignored;    /* passed over, as the format says */
    size_t                  samples;    /* taken, as Prometheus counts: those */
    size_t                  histograms; /* that were passed over as well */
    cricket_buf_t           message;    /* why it is no 200; UTF-8 */
    cricket_buf_t           errors;     /* those listed, see below */
    size_t                  last;       /* of them, where it begins */
    unsigned                partial:1;  /* valid ones are stored beside them */
    unsigned                summary:1;  /* the client asked for numbers, ... */
    unsigned                details:1;  /* and for the errors */
} cricket_receipt_t;


/* one of those listed; the texts point into the receipt */

typedef struct {
    size_t                  index;      /* in the body, from 0 */
    cricket_str_t           field;      /* empty: of no one field */
    cricket_str_t           message;
    cricket_str_t           text;       /* in the body; empty: not known */
} cricket_receipt_error_t;


/*
 * How a format tells its clients: appends the body of the answer to b, if any,
 * and returns its status, that of the receipt or what the format has for it.
 * What fails for want of memory shows in b->failed.
 */
typedef unsigned (*cricket_receipt_pt)(const cricket_receipt_t *receipt,
    cricket_buf_t *b);

/*
 * And by headers: appends the value of the n-th one, from 0, to an empty b, and
 * returns its name, a constant; or NULL behind the last.  An empty value is for
 * a header that this answer has not.  A Content-Type is in place of the usual.
 */
typedef const char *(*cricket_receipt_header_pt)(
    const cricket_receipt_t *receipt, size_t n, cricket_buf_t *b);


/* an empty one, whose memory is freed by cricket_receipt_free() */
void cricket_receipt_init(cricket_receipt_t *receipt);
void cricket_receipt_free(cricket_receipt_t *receipt);

/*
 * Counts an invalid datapoint, lists it if there is room, and has the first one
 * as the message of all.  The field is a string, and "" that of none.
 */
void cricket_receipt_add(cricket_receipt_t *receipt, size_t index,
    const char *field, const unsigned char *message, size_t len);

/* the text of the one added last, if it is listed and the text not too long */
void cricket_receipt_cite(cricket_receipt_t *receipt,
    const cricket_str_t *text);

/* sets the message, of all, anew */
void cricket_receipt_message(cricket_receipt_t *receipt, const char *message);

/*
 * The error that is listed at *pos, which is 0 at first and moves on.  Returns
 * CRICKET_OK, or CRICKET_DONE behind the last.
 */
int cricket_receipt_next(const cricket_receipt_t *receipt, size_t *pos,
    cricket_receipt_error_t *error);

/* has there been no memory for it? */
int cricket_receipt_failed(const cricket_receipt_t *receipt);


#endif /* _CRICKET_RECEIPT_H_INCLUDED_ */
