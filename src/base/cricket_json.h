
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _CRICKET_JSON_H_INCLUDED_
#define _CRICKET_JSON_H_INCLUDED_


#include "cricket_string.h"


/*
 * A reader of JSON that accepts what RFC 8259 accepts and no more, allocates
 * nothing and copies nothing.  cJSON takes "01", "1.", raw control characters
 * and broken UTF-8, cuts strings at \u0000 and keeps repeated keys: so input
 * from outside is read with this, one token after the other.
 */

/* deeper input is an error, whatever it holds */
#define CRICKET_JSON_MAX_DEPTH  64


typedef enum {
    CRICKET_JSON_ERROR = 0,     /* json->error says what and json->pos where */
    CRICKET_JSON_END,           /* the text is whole and over */
    CRICKET_JSON_OBJECT,
    CRICKET_JSON_OBJECT_END,
    CRICKET_JSON_ARRAY,
    CRICKET_JSON_ARRAY_END,
    CRICKET_JSON_KEY,
    CRICKET_JSON_STRING,
    CRICKET_JSON_NUMBER,
    CRICKET_JSON_TRUE,
    CRICKET_JSON_FALSE,
    CRICKET_JSON_NULL,
    CRICKET_JSON_NOT_FINITE,    /* only of cricket_json_token() */
    CRICKET_JSON_AGAIN          /* only behind cricket_json_limit() */
} cricket_json_token_e;


typedef struct {
    const unsigned char   *start;
    const unsigned char   *pos;
    const unsigned char   *last;
    const unsigned char   *stop;        /* last, or where this slice ends */

    /*
     * KEY and STRING: the bytes between the quotes, escapes and all, valid
     * UTF-8; NUMBER: its text.  Points into the input.
     */
    cricket_str_t          text;

    const unsigned char   *value;       /* where the last one began, or NULL */
    const char            *error;       /* a constant message, or NULL */

    uint64_t               objects;     /* a bit a level: is it an object */
    unsigned               depth;
    unsigned               state;

    unsigned               escaped:1;   /* text has a backslash */
    unsigned               plain:1;     /* text is U+0020 to U+007E as such */
} cricket_json_t;


/* starts to read the len bytes at data, which must outlive the reader */
void cricket_json_init(cricket_json_t *json, const unsigned char *data,
    size_t len);

/*
 * Ends the slice when some n bytes, at least one, are read from here on: then,
 * and nowhere before the text is over, CRICKET_JSON_AGAIN stands for a token,
 * be it in the middle of one, and the limit must be set anew.  The tokens are
 * the same, however the text is sliced.
 */
void cricket_json_limit(cricket_json_t *json, size_t n);

/*
 * Returns the next token; after CRICKET_JSON_ERROR and CRICKET_JSON_END always
 * the same again.  A second value after the first is an error.
 */
cricket_json_token_e cricket_json_next(cricket_json_t *json);

/*
 * Reads the rest of the value whose first token was just returned: nothing for
 * a scalar, all to the closing bracket for an OBJECT or an ARRAY.  Returns
 * CRICKET_OK or CRICKET_INVALID.  Not for what is read in slices.
 */
int cricket_json_skip(cricket_json_t *json, cricket_json_token_e token);

/*
 * As cricket_json_next(), but a bare NaN or infinity where a value should
 * stand, as many programs print them, is CRICKET_JSON_NOT_FINITE with
 * json->text, and no error: reading may go on behind it.
 */
cricket_json_token_e cricket_json_token(cricket_json_t *json);

/*
 * Resolves the escapes of a text into dst, which has text->len bytes (the
 * result is never longer).  Returns the length, or -1 if an escape is half of
 * a surrogate pair and so no character.
 */
ptrdiff_t cricket_json_decode(const cricket_str_t *text, unsigned char *dst);

/*
 * Compares two texts as the bytes that they are without escapes: less than, 0,
 * or more than 0.
 */
int cricket_json_cmp(const cricket_str_t *one, const cricket_str_t *two);

/*
 * The double nearest to the text of a NUMBER.  Returns CRICKET_OK, or
 * CRICKET_INVALID if it is beyond the range of a double (1e400).
 */
int cricket_json_double(const cricket_str_t *text, double *value);

/*
 * The text of a NUMBER that is a whole one, of at most 18 digits and without an
 * exponent.  Returns CRICKET_OK, or CRICKET_INVALID if it is not.
 */
int cricket_json_integer(const cricket_str_t *text, int64_t *value);


#endif /* _CRICKET_JSON_H_INCLUDED_ */
