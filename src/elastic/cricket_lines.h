
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _CRICKET_LINES_H_INCLUDED_
#define _CRICKET_LINES_H_INCLUDED_


#include "cricket_bulk.h"
#include "cricket_partition.h"
#include "cricket_reader.h"


/* the longest id that an id callback may give */
#define CRICKET_LINES_ID_LEN  27


/*
 * Writes the id of a valid datapoint, the index-th of the body, to id, which
 * has a byte more than CRICKET_LINES_ID_LEN; returns its length.  Its series
 * has CRICKET_SERIES_LEN bytes.
 */
typedef size_t (*cricket_lines_id_pt)(void *data, size_t index,
    const cricket_datapoint_t *dp, const unsigned char *series,
    unsigned char *id);

/* is told of an invalid datapoint, as cricket_reader_t says it */
typedef void (*cricket_lines_invalid_pt)(void *data, size_t index,
    const char *field, const char *message);


/* From any reader to the lines of a bulk.  Between calls it may move. */

typedef struct {

    /* set by the caller after cricket_lines_init() */

    cricket_lines_id_pt        id;          /* or NULL, for none */
    cricket_lines_invalid_pt   invalid;
    void                      *data;        /* of both */
    cricket_buf_t             *out;         /* the lines; the caller's */

    const cricket_partition_t *partition;   /* or NULL, of one index */
    int64_t                    now;         /* see cricket_partition_find() */
    int64_t                    from;
    const cricket_str_t       *tag_fields;  /* keys of tags that have fields */
    size_t                     ntag_fields;
    cricket_reader_t          *reader;      /* that of cricket_lines_init() */

    /* so far */

    size_t                     total;       /* datapoints */
    size_t                     rejected;    /* of them, invalid ones */
    size_t                     n;           /* and those that have lines */

    /*
     * From the first invalid datapoint on, the n-th with lines is not the
     * n-th of the body; then, of type uint32_t, their places, else empty.
     * The caller frees it.
     */
    cricket_buf_t              index;

    const char                *message;     /* of CRICKET_INVALID, see there */

    unsigned                   partial:1;   /* may be set, as above: goes on
                                               with lines behind an invalid
                                               datapoint */
    unsigned                   routed:1;    /* may be set: by their series */
    unsigned                   too_many:1;  /* more than allowed */

    /* private */

    cricket_datapoint_t        dp;
    cricket_partition_slot_t   slot;        /* of the last one */
} cricket_lines_t;


/* the reader has been started, and is to be there until the lines are made */
void cricket_lines_init(cricket_lines_t *lines, cricket_reader_t *reader);

/*
 * Goes on, for a slice of n as its limit() counts.  The lines are the
 * same and so are the errors, whatever n is.  Returns
 * CRICKET_AGAIN    there is more to do;
 * CRICKET_OK       that was all, be it with invalid datapoints;
 * CRICKET_INVALID  the body is not to be used: lines->message, which lives as
 *                  long as lines stays where it is, says why;
 * CRICKET_ERROR    there was no memory.
 */
int cricket_lines_next(cricket_lines_t *lines, size_t n);


#endif /* _CRICKET_LINES_H_INCLUDED_ */
