
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _CRICKET_OTLP_VALUE_H_INCLUDED_
#define _CRICKET_OTLP_VALUE_H_INCLUDED_


#include "cricket_protobuf.h"
#include "cricket_draft.h"


/* an attribute whose encoding is longer is an error, whatever is in it */
#define CRICKET_OTLP_VALUE_LEN    65536

/* so many lists inside lists */
#define CRICKET_OTLP_VALUE_DEPTH  8

#define CRICKET_OTLP_VALUE_DEEP   "lists inside lists, more than 8"


/*
 * The value of an attribute, OTLP's AnyValue (common.proto), as text: a string
 * as it is, in the body; what is no string as JSON, bytes as base64, in memory
 * of the series.  Returns CRICKET_OK, CRICKET_INVALID, see the reader; or
 * CRICKET_ERROR without memory, or with *broken set to what is not protobuf.
 */
int cricket_otlp_value(const cricket_protobuf_parts_t *any,
    cricket_draft_t *s, cricket_reader_t *reader, cricket_str_t *raw,
    cricket_protobuf_t *broken);

/* appends bytes in base64 (RFC 4648, section 4) */
void cricket_otlp_value_base64(cricket_buf_t *b, const unsigned char *data,
    size_t len);

/* appends a double as JSON, or what OTLP has for one that JSON has not */
void cricket_otlp_value_double(cricket_buf_t *b, double value,
    unsigned quoted);

/* is it UTF-8? */
int cricket_otlp_value_is_utf8(const cricket_str_t *s);


#endif /* _CRICKET_OTLP_VALUE_H_INCLUDED_ */
