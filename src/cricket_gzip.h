
/*
 * Copyright (C) Cricket authors
 */


#ifndef _CRICKET_GZIP_H_INCLUDED_
#define _CRICKET_GZIP_H_INCLUDED_


#include "cricket_buf.h"


/*
 * Appends to out what the len bytes at data, one gzip member or several
 * (RFC 1952), decompress to.  Returns CRICKET_OK; CRICKET_INVALID with *err
 * set to a constant message if they are no gzip, cut short, damaged, or have
 * something else behind; CRICKET_DONE if it would pass out->max, which at most
 * is ever allocated; CRICKET_ERROR when there was no memory.
 */
int cricket_gzip_inflate(const unsigned char *data, size_t len,
    cricket_buf_t *out, const char **err);


#endif /* _CRICKET_GZIP_H_INCLUDED_ */
