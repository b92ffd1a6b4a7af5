
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _CRICKET_OTLP_JSON_VALUE_H_INCLUDED_
#define _CRICKET_OTLP_JSON_VALUE_H_INCLUDED_


#include "cricket_json.h"
#include "cricket_draft.h"


/*
 * Reads an attribute, a KeyValue in len bytes of valid JSON, in one go, and
 * adds it to the tags.  Returns CRICKET_OK, CRICKET_INVALID, see the reader, or
 * CRICKET_ERROR without memory.
 */
int cricket_otlp_json_value(cricket_draft_t *s, cricket_reader_t *reader,
    const unsigned char *data, size_t len);

/*
 * The number of a token, be it in a string, as protobuf's JSON has 64-bit
 * integers, NaN and infinities.  Returns CRICKET_OK; CRICKET_DONE if no double
 * holds it, with an infinity; or CRICKET_INVALID.
 */
int cricket_otlp_json_value_double(const cricket_json_t *json,
    cricket_json_token_e token, double *value);
int cricket_otlp_json_value_uint(const cricket_json_t *json,
    cricket_json_token_e token, uint64_t *value);
int cricket_otlp_json_value_int(const cricket_json_t *json,
    cricket_json_token_e token, int64_t *value);


#endif /* _CRICKET_OTLP_JSON_VALUE_H_INCLUDED_ */
