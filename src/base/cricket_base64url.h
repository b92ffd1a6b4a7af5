
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _CRICKET_BASE64URL_H_INCLUDED_
#define _CRICKET_BASE64URL_H_INCLUDED_


#include "cricket_string.h"


/* RFC 4648, section 5, without padding: how long len bytes are */
#define cricket_base64url_len(len)  (((len) * 8 + 5) / 6)


/* writes cricket_base64url_len(len) characters to dst; returns their end */
unsigned char *cricket_base64url_encode(unsigned char *dst,
    const unsigned char *p, size_t len);

/*
 * Writes at most size bytes to dst, and how many to *len.  Returns CRICKET_OK,
 * or CRICKET_INVALID: another character, too long, or bits left over that are
 * not 0, so that each value has but one text.
 */
int cricket_base64url_decode(unsigned char *dst, size_t size,
    const cricket_str_t *text, size_t *len);


#endif /* _CRICKET_BASE64URL_H_INCLUDED_ */
