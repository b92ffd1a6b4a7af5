
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _CRICKET_BUF_H_INCLUDED_
#define _CRICKET_BUF_H_INCLUDED_


#include "cricket_string.h"


/*
 * A growing buffer on malloc().  An append that fails, for want of memory or
 * because the buffer would pass its limit, sets "failed" and leaves the
 * contents as they were; later appends then do nothing.  So a writer appends
 * all it has and looks at "failed" once.
 */

typedef struct {
    unsigned char         *data;
    size_t                 len;
    size_t                 size;
    size_t                 max;
    unsigned               failed:1;
} cricket_buf_t;


/* the longest output of cricket_buf_double() and cricket_buf_int() */
#define CRICKET_NUMBER_LEN  32


/* starts an empty buffer that allocates nothing and never passes max bytes */
void cricket_buf_init(cricket_buf_t *b, size_t max);

/* frees the memory; the buffer is then empty and can be used again */
void cricket_buf_free(cricket_buf_t *b);

/*
 * Makes room for n more bytes.  Returns where to write them (the caller adds
 * to b->len what it wrote), or NULL with b->failed set.
 */
unsigned char *cricket_buf_reserve(cricket_buf_t *b, size_t n);

/* appends n bytes */
void cricket_buf_append(cricket_buf_t *b, const void *data, size_t n);

/* appends a string literal */
#define cricket_buf_literal(b, s)  cricket_buf_append(b, s, sizeof(s) - 1)

/* appends a NUL-terminated string */
void cricket_buf_cstr(cricket_buf_t *b, const char *s);

/*
 * Appends what a client chose to a message: cut with "..." behind the character
 * that reaches max bytes; "?" for what is not UTF-8 or a control character.
 */
void cricket_buf_shown(cricket_buf_t *b, const unsigned char *data, size_t len,
    size_t max);

/* appends an integer in decimal */
void cricket_buf_int(cricket_buf_t *b, int64_t n);

/*
 * Appends a double as a JSON number, as few digits as read back the same
 * double (1, 0.1, 1e+300); null if it is not finite.
 */
void cricket_buf_double(cricket_buf_t *b, double value);

/*
 * Appends bytes as a part of a URL: percent-encoded (RFC 3986, section 2.1),
 * but for what needs it nowhere and for the characters of plain.
 */
void cricket_buf_url(cricket_buf_t *b, const unsigned char *data, size_t len,
    const char *plain);

/*
 * Appends bytes as a JSON string, quotes included (RFC 8259, section 7).
 * What is not UTF-8 becomes U+FFFD, so that the result is always valid.
 */
void cricket_buf_json(cricket_buf_t *b, const unsigned char *data, size_t len);


#endif /* _CRICKET_BUF_H_INCLUDED_ */
