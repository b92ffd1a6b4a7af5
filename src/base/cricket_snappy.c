
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* Decompresses what a client has packed with snappy. */


#include <snappy-c.h>
#include <string.h>

#include "cricket_snappy.h"


/* a copy of 3 bytes gives 64 at most: what claims more is not worth memory */
#define CRICKET_SNAPPY_RATIO  22

/* the framing format, which is another: an identifier of this many bytes */
static const unsigned char  cricket_snappy_framing[] = "\xff\x06\0\0sNaPpY";


int
cricket_snappy_inflate(const unsigned char *data, size_t len,
    cricket_buf_t *out, const char **err)
{
    size_t       n;
    const char  *p;

    p = (const char *) data;

    if (len >= sizeof(cricket_snappy_framing) - 1
        && memcmp(data, cricket_snappy_framing,
                  sizeof(cricket_snappy_framing) - 1)
           == 0)
    {
        *err = "snappy's framing format, expected its block format";
        return CRICKET_INVALID;
    }

    if (len == 0
        || snappy_uncompressed_length(p, len, &n) != SNAPPY_OK
        || n / CRICKET_SNAPPY_RATIO > len)
    {
        *err = "not valid snappy data";
        return CRICKET_INVALID;
    }

    if (n > out->max - out->len || out->len == out->max) {
        return CRICKET_DONE;
    }

    /* what is nothing has to be valid, too, and to have a place */

    if (cricket_buf_reserve(out, (n != 0) ? n : 1) == NULL) {
        return CRICKET_ERROR;
    }

    if (snappy_uncompress(p, len, (char *) out->data + out->len, &n)
        != SNAPPY_OK)
    {
        *err = "not valid snappy data";
        return CRICKET_INVALID;
    }

    out->len += n;

    return CRICKET_OK;
}
