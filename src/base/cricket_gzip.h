
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _CRICKET_GZIP_H_INCLUDED_
#define _CRICKET_GZIP_H_INCLUDED_


#include <zlib.h>

#include "cricket_buf.h"


typedef enum {
    CRICKET_CODING_NONE = 0,
    CRICKET_CODING_GZIP,        /* one member or several (RFC 1952) */
    CRICKET_CODING_DEFLATE,     /* in the zlib format (RFC 1950) */
    CRICKET_CODING_SNAPPY       /* which cricket_snappy_inflate() undoes */
} cricket_coding_e;


typedef struct {
    z_stream               zs;          /* must not be moved */
    const unsigned char   *data;        /* what is still to be read */
    size_t                 len;
    cricket_coding_e       coding;
    unsigned               end:1;       /* of a member was reached */
} cricket_gzip_t;


/*
 * Starts to decompress the len bytes at data, which must outlive it; coding is
 * GZIP or DEFLATE.  Returns CRICKET_OK, or CRICKET_ERROR without memory.
 */
int cricket_gzip_init(cricket_gzip_t *gzip, cricket_coding_e coding,
    const unsigned char *data, size_t len);

/*
 * Appends to out what the data decompress to.  Returns CRICKET_AGAIN when some
 * n bytes have come out, what is read counting more: to go on, it is to be
 * called again; CRICKET_OK when that is all; CRICKET_INVALID with *err set to a
 * constant message if the data are not of that coding, cut short, damaged, or
 * have something else behind; CRICKET_DONE if it would pass out->max, which at
 * most is ever allocated; CRICKET_ERROR when there was no memory.
 */
int cricket_gzip_next(cricket_gzip_t *gzip, size_t n, cricket_buf_t *out,
    const char **err);

/* frees what zlib holds; harmless after a failed cricket_gzip_init() */
void cricket_gzip_free(cricket_gzip_t *gzip);


#endif /* _CRICKET_GZIP_H_INCLUDED_ */
