
/*
 * Copyright (C) Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#include <limits.h>
#include <string.h>
#include <zlib.h>

#include "cricket_gzip.h"


#define CRICKET_GZIP_MIN_ROOM  16384


int
cricket_gzip_inflate(cricket_coding_e coding, const unsigned char *data,
    size_t len, cricket_buf_t *out, const char **err)
{
    int        rc, gzip;
    size_t     room, taken;
    z_stream   zs;

    memset(&zs, 0, sizeof(z_stream));

    gzip = (coding == CRICKET_CODING_GZIP);

    /* with 16 more zlib takes gzip and nothing else, without it zlib only */

    rc = inflateInit2(&zs, gzip ? 16 + MAX_WBITS : MAX_WBITS);

    if (rc != Z_OK) {
        return CRICKET_ERROR;
    }

    rc = Z_OK;

    for ( ;; ) {

        if (zs.avail_in == 0 && len != 0) {
            taken = (len > UINT_MAX) ? UINT_MAX : len;

            zs.next_in = (unsigned char *) data;
            zs.avail_in = (unsigned) taken;

            data += taken;
            len -= taken;
        }

        if (rc == Z_STREAM_END) {

            if (zs.avail_in == 0) {
                inflateEnd(&zs);
                return CRICKET_OK;
            }

            if (!gzip) {
                inflateEnd(&zs);
                *err = "something follows the deflate data";
                return CRICKET_INVALID;
            }

            /* another member follows; what else it may be, inflate() tells */

            if (inflateReset(&zs) != Z_OK) {
                inflateEnd(&zs);
                return CRICKET_ERROR;
            }
        }

        room = out->max - out->len;

        if (room > CRICKET_GZIP_MIN_ROOM) {
            room = CRICKET_GZIP_MIN_ROOM;
        }

        if (cricket_buf_reserve(out, room) == NULL) {
            inflateEnd(&zs);
            return CRICKET_ERROR;
        }

        /* all that was allocated is used, not just what was asked for */

        if (room != 0) {
            room = out->size - out->len;
        }

        if (room > UINT_MAX) {
            room = UINT_MAX;
        }

        zs.next_out = out->data + out->len;
        zs.avail_out = (unsigned) room;

        rc = inflate(&zs, Z_NO_FLUSH);

        out->len += room - zs.avail_out;

        switch (rc) {

        case Z_OK:
        case Z_STREAM_END:
            break;

        case Z_BUF_ERROR:

            if (room == 0) {
                inflateEnd(&zs);
                return CRICKET_DONE;
            }

            if (len == 0 && zs.avail_in == 0) {
                inflateEnd(&zs);
                *err = gzip ? "the gzip data is cut short"
                            : "the deflate data is cut short";
                return CRICKET_INVALID;
            }

            break;

        case Z_MEM_ERROR:
            inflateEnd(&zs);
            return CRICKET_ERROR;

        default:
            inflateEnd(&zs);
            *err = gzip ? "not valid gzip data"
                        : "not valid deflate data in the zlib format "
                          "(RFC 1950)";
            return CRICKET_INVALID;
        }
    }
}
