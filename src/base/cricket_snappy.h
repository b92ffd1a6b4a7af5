
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _CRICKET_SNAPPY_H_INCLUDED_
#define _CRICKET_SNAPPY_H_INCLUDED_


#include "cricket_buf.h"


/*
 * Appends to out what the len bytes at data, snappy's block format, decompress
 * to, in one go: the length that they claim is looked at before anything is
 * allocated.  Returns CRICKET_OK; CRICKET_INVALID with *err set to a constant
 * message if the data are not of that format; CRICKET_DONE if it would pass
 * out->max, which at most is ever allocated; CRICKET_ERROR without memory.
 */
int cricket_snappy_inflate(const unsigned char *data, size_t len,
    cricket_buf_t *out, const char **err);


#endif /* _CRICKET_SNAPPY_H_INCLUDED_ */
