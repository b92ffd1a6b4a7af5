
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _CRICKET_READER_H_INCLUDED_
#define _CRICKET_READER_H_INCLUDED_


#include "cricket_datapoint.h"


/*
 * A format of requests: reads a body's datapoints, one after the other.  A
 * reader's own state begins with a cricket_reader_t, and moves with it.
 */

/* what a datapoint costs beside its bytes, see "limit" */
#define CRICKET_READER_COST  128


typedef struct cricket_reader_s  cricket_reader_t;


typedef struct {
    size_t                 size;        /* of the whole state */

    /*
     * Starts to read a request's body of at most reader->max datapoints.  The
     * len bytes at data must outlive the datapoints read.
     */
    void                 (*init)(cricket_reader_t *reader,
                              const unsigned char *data, size_t len);

    /*
     * Ends the slice when some n bytes, at least one, are read from here on, a
     * datapoint counting as CRICKET_READER_COST more: next() returns
     * CRICKET_AGAIN then, be it in the middle of one, and is to be called with
     * the same dp after the limit is set anew.  What is read is the same,
     * however the body is sliced.
     */
    void                 (*limit)(cricket_reader_t *reader, size_t n);

    /*
     * Reads the next datapoint, whose strings are JSON text between quotes,
     * whatever the body was: a reader that has to write some anew does so into
     * a buffer of its own, where they live until the next call.  Returns
     * CRICKET_OK       dp is a valid one, reader->index counts from 0;
     * CRICKET_INVALID  reader->index, field and message say what is wrong with
     *                  this one; the next call goes on behind it;
     * CRICKET_DONE     the body is over and was well-formed;
     * CRICKET_ERROR    the body is not of this format, or has more than max
     *                  datapoints: reader->message says where (the byte,
     *                  counted from 0) and why, and reader->index == max only
     *                  in the latter case.  Nothing of the body should be used.
     *                  With reader->failed there was no memory to read it;
     * CRICKET_AGAIN    only behind limit().
     */
    int                  (*next)(cricket_reader_t *reader,
                              cricket_datapoint_t *dp);

    /*
     * Gives back what it has allocated; the datapoint returned last is gone
     * then, too.  NULL for one that allocates nothing.
     */
    void                 (*free)(cricket_reader_t *reader);
} cricket_reader_type_t;


struct cricket_reader_s {
    const cricket_reader_type_t  *type;
    size_t                        max;

    /* set by the caller, for a format whose times may want them */
    cricket_time_t                now;          /* when the request came */
    uint64_t                      precision;    /* nanoseconds; 1 */

    /* of the datapoint returned last; (size_t) -1 before the first */
    size_t                        index;

    /* what is no datapoint, and no error: passed over */
    size_t                        ignored;

    /* how an invalid one stood in the body; empty if the format has no need */
    cricket_str_t                 text;

    /* what is wrong with it, valid UTF-8 and never empty but for field */
    char                          field[64];    /* "": of no one field */
    char                          message[256];

    /* read so far as the format itself counts, if it does: a histogram is
       several datapoints */
    size_t                        samples;
    size_t                        histograms;

    unsigned                      failed:1;     /* see CRICKET_ERROR */
};


/* these call the type's; the first sets all that readers have in common */

static inline void
cricket_reader_init(cricket_reader_t *reader,
    const cricket_reader_type_t *type, const unsigned char *data, size_t len,
    size_t max)
{
    reader->type = type;
    reader->max = max;
    reader->now.sec = 0;
    reader->now.nsec = 0;
    reader->precision = 1;
    reader->index = (size_t) -1;
    reader->ignored = 0;
    reader->text.len = 0;
    reader->text.data = NULL;
    reader->field[0] = '\0';
    reader->message[0] = '\0';
    reader->samples = 0;
    reader->histograms = 0;
    reader->failed = 0;

    type->init(reader, data, len);
}


static inline void
cricket_reader_limit(cricket_reader_t *reader, size_t n)
{
    reader->type->limit(reader, n);
}


static inline int
cricket_reader_next(cricket_reader_t *reader, cricket_datapoint_t *dp)
{
    return reader->type->next(reader, dp);
}


static inline void
cricket_reader_free(cricket_reader_t *reader)
{
    if (reader->type->free != NULL) {
        reader->type->free(reader);
    }
}


#endif /* _CRICKET_READER_H_INCLUDED_ */
