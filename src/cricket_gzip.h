
/*
 * Copyright (C) Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _CRICKET_GZIP_H_INCLUDED_
#define _CRICKET_GZIP_H_INCLUDED_


#include "cricket_buf.h"


typedef enum {
    CRICKET_CODING_NONE = 0,
    CRICKET_CODING_GZIP,        /* one member or several (RFC 1952) */
    CRICKET_CODING_DEFLATE      /* in the zlib format (RFC 1950) */
} cricket_coding_e;


/*
 * Appends to out what the len bytes at data decompress to; coding is not NONE.
 * Returns CRICKET_OK; CRICKET_INVALID with *err set to a constant message if
 * they are not of that coding, cut short, damaged, or have something else
 * behind; CRICKET_DONE if it would pass out->max, which at most is ever
 * allocated; CRICKET_ERROR when there was no memory.
 */
int cricket_gzip_inflate(cricket_coding_e coding, const unsigned char *data,
    size_t len, cricket_buf_t *out, const char **err);


#endif /* _CRICKET_GZIP_H_INCLUDED_ */
