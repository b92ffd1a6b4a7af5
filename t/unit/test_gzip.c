
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#include <stdlib.h>
#include <zlib.h>

#include "cricket_gzip.h"
#include "test.h"


#define TEST_ROOM  65536


typedef struct {
    unsigned char  data[TEST_ROOM];
    size_t         len;
} test_packed_t;


static void test_pack(test_packed_t *packed, int wbits, const void *data,
    size_t len);
static int test_inflate(cricket_coding_e coding, const unsigned char *data,
    size_t len, size_t n, cricket_buf_t *out, const char **err);
static void test_is(cricket_coding_e coding, const test_packed_t *packed,
    const void *data, size_t len, const char *name);
static void test_fails(cricket_coding_e coding, const unsigned char *data,
    size_t len, const char *message, const char *name);
static void test_gzip(void);
static void test_deflate(void);
static void test_limit(void);
static void test_slices(void);


static test_packed_t  test_packed;
static unsigned       test_calls;

/* of slices, whose size must make no difference */
static const size_t   test_sizes[] = {
    1, 7, 300, 4096, 100000, (size_t) -1
};

#define TEST_SIZES  (sizeof(test_sizes) / sizeof(test_sizes[0]))


/* appends; wbits as of deflateInit2() */

static void
test_pack(test_packed_t *packed, int wbits, const void *data, size_t len)
{
    z_stream  zs;

    memset(&zs, 0, sizeof(z_stream));

    if (deflateInit2(&zs, 6, Z_DEFLATED, wbits, 8, Z_DEFAULT_STRATEGY) != Z_OK)
    {
        abort();
    }

    zs.next_in = (unsigned char *) data;
    zs.avail_in = len;
    zs.next_out = packed->data + packed->len;
    zs.avail_out = TEST_ROOM - packed->len;

    if (deflate(&zs, Z_FINISH) != Z_STREAM_END) {
        abort();
    }

    packed->len = TEST_ROOM - zs.avail_out;

    deflateEnd(&zs);
}


static int
test_inflate(cricket_coding_e coding, const unsigned char *data, size_t len,
    size_t n, cricket_buf_t *out, const char **err)
{
    int             rc;
    cricket_gzip_t  gzip;

    if (cricket_gzip_init(&gzip, coding, data, len) != CRICKET_OK) {
        abort();
    }

    test_calls = 0;

    do {
        test_calls++;
        rc = cricket_gzip_next(&gzip, n, out, err);
    } while (rc == CRICKET_AGAIN);

    cricket_gzip_free(&gzip);

    return rc;
}


static void
test_is(cricket_coding_e coding, const test_packed_t *packed, const void *data,
    size_t len, const char *name)
{
    int             rc;
    size_t          i;
    const char     *err;
    unsigned char  *exact;
    cricket_buf_t   out;

    /* a block of its own, so that a byte read behind it is seen */

    exact = malloc(packed->len);
    if (exact == NULL) {
        abort();
    }

    memcpy(exact, packed->data, packed->len);

    for (i = 0; i < TEST_SIZES; i++) {
        err = NULL;
        cricket_buf_init(&out, len + 1);

        rc = test_inflate(coding, exact, packed->len, test_sizes[i], &out,
                          &err);

        CHECK(rc == CRICKET_OK && err == NULL, "%s", name);
        CHECK(out.len == len && (len == 0 || memcmp(out.data, data, len) == 0),
              "%s: what was packed", name);
        CHECK(i != TEST_SIZES - 1 || test_calls == 1, "%s: in one", name);

        cricket_buf_free(&out);
    }

    free(exact);
}


static void
test_fails(cricket_coding_e coding, const unsigned char *data, size_t len,
    const char *message, const char *name)
{
    int             rc;
    size_t          i;
    const char     *err;
    cricket_buf_t   out;

    for (i = 0; i < TEST_SIZES; i++) {
        err = "";
        cricket_buf_init(&out, TEST_ROOM);

        rc = test_inflate(coding, data, len, test_sizes[i], &out, &err);

        CHECK(rc == CRICKET_INVALID && strcmp(err, message) == 0, "%s: %s",
              name, err);

        cricket_buf_free(&out);
    }
}


static void
test_gzip(void)
{
    test_packed.len = 0;
    test_pack(&test_packed, 16 + 15, "abc", 3);
    test_is(CRICKET_CODING_GZIP, &test_packed, "abc", 3, "gzip");

    test_fails(CRICKET_CODING_GZIP, test_packed.data, test_packed.len - 1,
               "the gzip data is cut short", "gzip without its end");
    test_fails(CRICKET_CODING_DEFLATE, test_packed.data, test_packed.len,
               "not valid deflate data in the zlib format (RFC 1950)",
               "gzip as deflate");

    test_pack(&test_packed, 16 + 15, "de", 2);
    test_is(CRICKET_CODING_GZIP, &test_packed, "abcde", 5, "two members");

    test_packed.len = 0;
    test_pack(&test_packed, 16 + 15, "", 0);
    test_is(CRICKET_CODING_GZIP, &test_packed, "", 0, "gzip of nothing");

    test_fails(CRICKET_CODING_GZIP, TEXT("abc"), "not valid gzip data",
               "no gzip");
    test_fails(CRICKET_CODING_GZIP, TEXT(""), "the gzip data is cut short",
               "empty gzip");
}


static void
test_deflate(void)
{
    test_packed.len = 0;
    test_pack(&test_packed, 15, "abc", 3);
    test_is(CRICKET_CODING_DEFLATE, &test_packed, "abc", 3, "deflate");

    test_fails(CRICKET_CODING_GZIP, test_packed.data, test_packed.len,
               "not valid gzip data", "deflate as gzip");
    test_fails(CRICKET_CODING_DEFLATE, test_packed.data, test_packed.len - 1,
               "the deflate data is cut short", "deflate without its end");

    test_packed.data[test_packed.len - 1] ^= 1;
    test_fails(CRICKET_CODING_DEFLATE, test_packed.data, test_packed.len,
               "not valid deflate data in the zlib format (RFC 1950)",
               "a wrong checksum");
    test_packed.data[test_packed.len - 1] ^= 1;

    test_pack(&test_packed, 15, "de", 2);
    test_fails(CRICKET_CODING_DEFLATE, test_packed.data, test_packed.len,
               "something follows the deflate data", "deflate twice");

    test_packed.len = 0;
    test_pack(&test_packed, 15, "", 0);
    test_is(CRICKET_CODING_DEFLATE, &test_packed, "", 0, "deflate of nothing");

    test_packed.len = 0;
    test_pack(&test_packed, -15, "abcabcabcabc", 12);
    test_fails(CRICKET_CODING_DEFLATE, test_packed.data, test_packed.len,
               "not valid deflate data in the zlib format (RFC 1950)",
               "raw deflate");

    test_fails(CRICKET_CODING_DEFLATE, TEXT(""),
               "the deflate data is cut short", "empty deflate");
}


static void
test_limit(void)
{
    size_t         i;
    const char    *err;
    cricket_buf_t  out;

    static const int               wbits[] = { 16 + 15, 15 };
    static const unsigned char     zeros[100000];
    static const cricket_coding_e  codings[] = {
        CRICKET_CODING_GZIP, CRICKET_CODING_DEFLATE
    };

    for (i = 0; i < 2 * TEST_SIZES; i++) {
        test_packed.len = 0;
        test_pack(&test_packed, wbits[i % 2], zeros, sizeof(zeros));

        cricket_buf_init(&out, sizeof(zeros));

        CHECK(test_inflate(codings[i % 2], test_packed.data, test_packed.len,
                           test_sizes[i / 2], &out, &err)
              == CRICKET_OK
              && out.len == sizeof(zeros), "just what may come out");

        cricket_buf_free(&out);
        cricket_buf_init(&out, sizeof(zeros) - 1);

        CHECK(test_inflate(codings[i % 2], test_packed.data, test_packed.len,
                           test_sizes[i / 2], &out, &err)
              == CRICKET_DONE
              && out.size < sizeof(zeros), "a byte too many");

        cricket_buf_free(&out);
    }
}


/* much that comes out of little, and little that comes out of much */

static void
test_slices(void)
{
    size_t          len;
    const char     *err;
    cricket_buf_t   out;
    unsigned char  *p;

    static const unsigned char  zeros[1000000];

    test_packed.len = 0;
    test_pack(&test_packed, 15, zeros, sizeof(zeros));

    cricket_buf_init(&out, sizeof(zeros));
    err = "";

    CHECK(test_inflate(CRICKET_CODING_DEFLATE, test_packed.data,
                       test_packed.len, 10000, &out, &err)
          == CRICKET_OK
          && test_calls >= 90 && test_calls < 200, "zeros in %u slices",
          test_calls);

    cricket_buf_free(&out);

    /* a thousand members of nothing */

    test_packed.len = 0;

    while (test_packed.len + 100 < TEST_ROOM) {
        test_pack(&test_packed, 16 + 15, "", 0);
    }

    cricket_buf_init(&out, 1);

    CHECK(test_inflate(CRICKET_CODING_GZIP, test_packed.data, test_packed.len,
                       10000, &out, &err)
          == CRICKET_OK
          && out.len == 0 && test_calls >= 100, "members in %u slices",
          test_calls);

    cricket_buf_free(&out);

    /* a header and blocks without a byte in them, the last one open */

    p = test_packed.data;
    len = TEST_ROOM;

    memset(p, 0, len);
    memcpy(p, "\x78\x01", 2);

    for (p += 2; p + 5 <= test_packed.data + len; p += 5) {
        memcpy(p, "\0\0\0\xff\xff", 5);
    }

    cricket_buf_init(&out, 1);

    CHECK(test_inflate(CRICKET_CODING_DEFLATE, test_packed.data, len, 10000,
                       &out, &err)
          == CRICKET_INVALID
          && strcmp(err, "the deflate data is cut short") == 0
          && out.len == 0 && test_calls >= 100, "blocks in %u slices",
          test_calls);

    cricket_buf_free(&out);
}


int
main(void)
{
    test_gzip();
    test_deflate();
    test_limit();
    test_slices();

    return test_done();
}
