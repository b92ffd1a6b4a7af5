
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#include <zlib.h>

#include "cricket_gzip.h"
#include "fuzz.h"


/*
 * Two bytes of an input say how many bytes may come out, a bit of the third
 * whether the rest is gzip or zlib's format.  It is taken as it is; or, by
 * another bit, is compressed here first, as one member or two.  zlib, given a
 * member and room for all of it at once, must agree.
 */

#define FUZZ_ROOM  (1 << 22)


typedef struct {
    size_t   len;
    int      whole;             /* of gzip from the first byte to the last */
    int      full;              /* there was no room for more */
} fuzz_plain_t;


static void fuzz_check(const uint8_t *data, size_t size, size_t max,
    size_t n);
static void fuzz_inflate(const uint8_t *data, size_t size, fuzz_plain_t *plain);
static size_t fuzz_deflate(const uint8_t *data, size_t size, uint8_t *dst,
    size_t room, int level);


static int      fuzz_wbits;
static uint8_t  fuzz_out[FUZZ_ROOM];


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int       level;
    size_t    max, half, len, room;
    uint8_t  *packed;

    if (size < 3) {
        return 0;
    }

    max = 1 + data[0] + (data[1] << 8);
    level = data[2];
    fuzz_wbits = (level & 0x20) ? 15 : 16 + 15;

    data += 3;
    size -= 3;

    if (!(level & 0x80)) {
        fuzz_check(data, size, max, (size_t) -1);
        fuzz_check(data, size, max, 1 + level);
        return 0;
    }

    half = (level & 0x40) ? size / 2 : size;
    level %= 10;

    room = 2 * (compressBound(size) + 64);
    packed = malloc(room);
    FUZZ_CHECK(packed != NULL);

    len = fuzz_deflate(data, half, packed, room, level);

    if (half != size) {
        len += fuzz_deflate(data + half, size - half, packed + len,
                            room - len, level);
    }

    fuzz_check(packed, len, max, (size_t) -1);
    fuzz_check(packed, len, max, 1000);

    free(packed);

    return 0;
}


static void
fuzz_check(const uint8_t *data, size_t size, size_t max, size_t n)
{
    int             rc;
    const char     *err;
    cricket_buf_t   out;
    fuzz_plain_t    plain;
    cricket_gzip_t  gzip;

    fuzz_inflate(data, size, &plain);

    cricket_buf_init(&out, max);
    err = NULL;

    FUZZ_CHECK(cricket_gzip_init(&gzip, (fuzz_wbits == 15)
                                        ? CRICKET_CODING_DEFLATE
                                        : CRICKET_CODING_GZIP,
                                 data, size)
               == CRICKET_OK);

    do {
        rc = cricket_gzip_next(&gzip, n, &out, &err);
    } while (rc == CRICKET_AGAIN);

    cricket_gzip_free(&gzip);

    FUZZ_CHECK(out.len <= max && out.size <= max && !out.failed);

    switch (rc) {

    case CRICKET_OK:
        FUZZ_CHECK(err == NULL && plain.whole && plain.len == out.len);
        FUZZ_CHECK(out.len == 0 || memcmp(out.data, fuzz_out, out.len) == 0);
        break;

    case CRICKET_DONE:

        /* what is damaged where the limit is may be told as either */

        FUZZ_CHECK(out.len == max && plain.len >= max);
        FUZZ_CHECK(!plain.whole || plain.len > max);
        break;

    default:
        FUZZ_CHECK(rc == CRICKET_INVALID);
        FUZZ_CHECK(err != NULL && !plain.whole && !plain.full);
    }

    cricket_buf_free(&out);
}


static void
fuzz_inflate(const uint8_t *data, size_t size, fuzz_plain_t *plain)
{
    int       rc;
    z_stream  zs;

    memset(plain, 0, sizeof(fuzz_plain_t));

    do {
        memset(&zs, 0, sizeof(z_stream));

        FUZZ_CHECK(inflateInit2(&zs, fuzz_wbits) == Z_OK);

        zs.next_in = (uint8_t *) data;
        zs.avail_in = size;
        zs.next_out = fuzz_out + plain->len;
        zs.avail_out = FUZZ_ROOM - plain->len;

        rc = inflate(&zs, Z_FINISH);

        data += size - zs.avail_in;
        size = zs.avail_in;
        plain->len = FUZZ_ROOM - zs.avail_out;
        plain->full = (zs.avail_out == 0);

        inflateEnd(&zs);

    } while (rc == Z_STREAM_END && size != 0 && fuzz_wbits != 15);

    plain->whole = (rc == Z_STREAM_END && size == 0);
}


static size_t
fuzz_deflate(const uint8_t *data, size_t size, uint8_t *dst, size_t room,
    int level)
{
    size_t    len;
    z_stream  zs;

    memset(&zs, 0, sizeof(z_stream));

    FUZZ_CHECK(deflateInit2(&zs, level, Z_DEFLATED, fuzz_wbits, 8,
                            Z_DEFAULT_STRATEGY) == Z_OK);

    zs.next_in = (uint8_t *) data;
    zs.avail_in = size;
    zs.next_out = dst;
    zs.avail_out = room;

    FUZZ_CHECK(deflate(&zs, Z_FINISH) == Z_STREAM_END);

    len = room - zs.avail_out;

    deflateEnd(&zs);

    return len;
}
