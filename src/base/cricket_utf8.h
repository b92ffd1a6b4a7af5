
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _CRICKET_UTF8_H_INCLUDED_
#define _CRICKET_UTF8_H_INCLUDED_


#include "cricket_string.h"


/*
 * Returns the length of the character that the len bytes at p begin with,
 * 1 to 4; 0 if they begin with none, because of an overlong form, a surrogate,
 * a code point past U+10FFFF or a missing byte (RFC 3629, section 4).
 */
size_t cricket_utf8_length(const unsigned char *p, size_t len);

/*
 * Writes the character c, at most 0x10ffff and no surrogate, to dst, which has
 * 4 bytes, and returns its length (RFC 3629, section 3).
 */
size_t cricket_utf8_put(unsigned char *dst, uint32_t c);

/*
 * Writes foreign text to dst as one line for a log, at most size bytes, at
 * least 16, and returns how many.  Quotes, backslashes, what moves a cursor or
 * turns a line, and what is not UTF-8 become \xHH; text that is too long is
 * cut between two characters and ends with "...".
 */
size_t cricket_utf8_quote(unsigned char *dst, size_t size,
    const unsigned char *p, size_t len);


#endif /* _CRICKET_UTF8_H_INCLUDED_ */
