
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _CRICKET_BODY_H_INCLUDED_
#define _CRICKET_BODY_H_INCLUDED_


#include "cricket_json.h"
#include "cricket_reader.h"


typedef struct cricket_body_dialect_s  cricket_body_dialect_t;


typedef struct {
    cricket_reader_t       reader;
    const cricket_body_dialect_t  *dialect;
    cricket_json_t         json;
    const unsigned char   *pos;         /* of the next line of NDJSON */
    const unsigned char   *scan;        /* so far a line's end is looked for */
    const unsigned char   *last;
    size_t                 left;        /* of a slice, beyond json.stop */
    unsigned               state;

    /* of a datapoint in the middle of which a slice ended */
    const unsigned char   *item;        /* where it began */
    int                    rc;
    unsigned               phase;
    unsigned               member;
    unsigned               seen;
    unsigned               escaped;
    unsigned               depth;
} cricket_body_t;


/*
 * Cricket's own formats: an array of datapoints, or one; and one a line, where
 * blank lines are passed over.
 *
 * A bare NaN is one datapoint's error, and a line of NDJSON that is not JSON is
 * one's, too; but what is no NDJSON at all, one array, gzip, or a first object
 * over several lines, is the body's.
 */
extern const cricket_reader_type_t  cricket_body_json;
extern const cricket_reader_type_t  cricket_body_ndjson;


/*
 * The functions of these types, for the reader of another format, whose state
 * begins with a cricket_body_t: datapoints in an array, or one, of a dialect.
 */
void cricket_body_init(cricket_body_t *body,
    const cricket_body_dialect_t *dialect, const unsigned char *data,
    size_t len);
void cricket_body_limit(cricket_reader_t *reader, size_t n);
int cricket_body_next(cricket_reader_t *reader, cricket_datapoint_t *dp);


#endif /* _CRICKET_BODY_H_INCLUDED_ */
