
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* Decompresses what a client has packed, in slices. */


#include <limits.h>
#include <string.h>

#include "cricket_gzip.h"


#define CRICKET_GZIP_MIN_ROOM  16384

/*
 * What a byte that is read counts for: that of a block with codes of its own
 * and nothing in it takes so much longer than one that comes out.
 */
#define CRICKET_GZIP_COST      16

/* what a call of inflate() counts for, which a member of 20 bytes needs */
#define CRICKET_GZIP_CALL      256


static int cricket_gzip_step(cricket_gzip_t *gzip, size_t n,
    cricket_buf_t *out, const char **err);
static int cricket_gzip_inflate(cricket_gzip_t *gzip, size_t n,
    cricket_buf_t *out, size_t room);


int
cricket_gzip_init(cricket_gzip_t *gzip, cricket_coding_e coding,
    const unsigned char *data, size_t len)
{
    memset(gzip, 0, sizeof(cricket_gzip_t));

    gzip->data = data;
    gzip->len = len;
    gzip->coding = coding;

    /* with 16 more zlib takes gzip and nothing else, without it zlib only */

    if (inflateInit2(&gzip->zs, (coding == CRICKET_CODING_GZIP)
                                ? 16 + MAX_WBITS : MAX_WBITS)
        != Z_OK)
    {
        return CRICKET_ERROR;
    }

    return CRICKET_OK;
}


int
cricket_gzip_next(cricket_gzip_t *gzip, size_t n, cricket_buf_t *out,
    const char **err)
{
    int     rc;
    size_t  cost, len, before;

    for ( ;; ) {
        len = gzip->len;
        before = out->len;

        rc = cricket_gzip_step(gzip, n, out, err);

        if (rc != CRICKET_AGAIN) {
            return rc;
        }

        cost = (len - gzip->len) * CRICKET_GZIP_COST + (out->len - before)
               + CRICKET_GZIP_CALL;

        if (cost >= n) {
            return CRICKET_AGAIN;
        }

        n -= cost;
    }
}


/* one call of inflate() */

static int
cricket_gzip_step(cricket_gzip_t *gzip, size_t n, cricket_buf_t *out,
    const char **err)
{
    size_t  room;

    if (gzip->end) {

        if (gzip->len == 0) {
            return CRICKET_OK;
        }

        if (gzip->coding != CRICKET_CODING_GZIP) {
            *err = "something follows the deflate data";
            return CRICKET_INVALID;
        }

        /* another member follows; what else it may be, inflate() tells */

        if (inflateReset(&gzip->zs) != Z_OK) {
            return CRICKET_ERROR;
        }

        gzip->end = 0;
    }

    room = out->max - out->len;

    if (room > CRICKET_GZIP_MIN_ROOM) {
        room = CRICKET_GZIP_MIN_ROOM;
    }

    if (cricket_buf_reserve(out, room) == NULL) {
        return CRICKET_ERROR;
    }

    /* all that was allocated is used, not just what was asked for */

    if (room != 0) {
        room = out->size - out->len;
    }

    switch (cricket_gzip_inflate(gzip, n, out, room)) {

    case Z_STREAM_END:
        gzip->end = 1;

        /* fall through */

    case Z_OK:
        return CRICKET_AGAIN;

    case Z_BUF_ERROR:

        if (room == 0) {
            return CRICKET_DONE;
        }

        if (gzip->len == 0) {
            *err = (gzip->coding == CRICKET_CODING_GZIP)
                   ? "the gzip data is cut short"
                   : "the deflate data is cut short";
            return CRICKET_INVALID;
        }

        return CRICKET_AGAIN;

    case Z_MEM_ERROR:
        return CRICKET_ERROR;

    default:
        *err = (gzip->coding == CRICKET_CODING_GZIP)
               ? "not valid gzip data"
               : "not valid deflate data in the zlib format (RFC 1950)";
        return CRICKET_INVALID;
    }
}


/* takes and gives as much as n allows; returns what inflate() did */

static int
cricket_gzip_inflate(cricket_gzip_t *gzip, size_t n, cricket_buf_t *out,
    size_t room)
{
    int        rc;
    size_t     taken;
    z_stream  *zs;

    if (room > n) {
        room = n;
    }

    if (room > UINT_MAX) {
        room = UINT_MAX;
    }

    taken = n / CRICKET_GZIP_COST + 1;

    if (taken > gzip->len) {
        taken = gzip->len;
    }

    if (taken > UINT_MAX) {
        taken = UINT_MAX;
    }

    zs = &gzip->zs;

    zs->next_in = (unsigned char *) gzip->data;
    zs->avail_in = (unsigned) taken;

    zs->next_out = out->data + out->len;
    zs->avail_out = (unsigned) room;

    rc = inflate(zs, Z_NO_FLUSH);

    out->len += room - zs->avail_out;

    gzip->data += taken - zs->avail_in;
    gzip->len -= taken - zs->avail_in;

    return rc;
}


void
cricket_gzip_free(cricket_gzip_t *gzip)
{
    (void) inflateEnd(&gzip->zs);
}
