
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _CRICKET_FORMAT_H_INCLUDED_
#define _CRICKET_FORMAT_H_INCLUDED_


#include "cricket_reader.h"
#include "cricket_receipt.h"
#include "cricket_result.h"


typedef struct {
    const char                     *type;           /* of media, ... */
    const char                     *subtype;
    cricket_str_t                   content_type;   /* as a header has it */
    const cricket_result_writer_t  *writer;
} cricket_format_t;


/* a format of requests, and how its clients are told what became of them */

typedef struct {
    const char                     *name;           /* of what is counted */
    unsigned                        kinds;          /* of requests that may
                                                       have it, as bits */
    cricket_str_t                   type;           /* of media, lower case,
                                                       may be with ";proto=";
                                                       empty: any */
    const cricket_reader_type_t    *reader;         /* NULL: stores nothing */
    cricket_receipt_pt              receipt;
    cricket_receipt_header_pt       header;         /* or NULL */
    cricket_str_t                   receipt_type;   /* as a header has it */
    unsigned                        partial:1;      /* what is valid is stored,
                                                       whatever is beside it */
    unsigned                        series:1;       /* what it says twice of
                                                       an instant of a series
                                                       is one datapoint */
} cricket_format_request_t;


/*
 * The formats of requests; of those of one kind, the first is that of who says
 * nothing.
 */
#define CRICKET_FORMAT_REQUESTS  10

extern const cricket_format_request_t
    cricket_format_requests[CRICKET_FORMAT_REQUESTS];

/* the first one of a kind, or of all: its clients are told of errors alike */
const cricket_format_request_t *cricket_format_of(cricket_query_e kind);

/*
 * The first one of a kind that has this type of media, as a header has it, be
 * it with parameters, of which only "proto" matters; or NULL.
 */
const cricket_format_request_t *cricket_format_find(cricket_query_e kind,
    const cricket_str_t *type);

/* the one that such a body really has: OTLP's JSON has the type of our own */
const cricket_format_request_t *cricket_format_look(
    const cricket_format_request_t *format, const unsigned char *data,
    size_t len);

/*
 * The formats of answers, by cricket_format_e: first those that Accept can ask
 * for, in the order of preference.
 */
extern const cricket_format_t  cricket_formats[CRICKET_FORMATS_ALL];


#endif /* _CRICKET_FORMAT_H_INCLUDED_ */
