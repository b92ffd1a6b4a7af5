
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#include <snappy-c.h>
#include <stdlib.h>

#include "cricket_snappy.h"
#include "test.h"


static void
check(const char *what, const unsigned char *data, size_t len, size_t max,
    int expected, const char *expected_text)
{
    int             rc;
    const char     *err;
    cricket_buf_t   out;
    unsigned char  *copy;

    copy = malloc(len ? len : 1);
    memcpy(copy, data, len);

    cricket_buf_init(&out, max);

    err = NULL;
    rc = cricket_snappy_inflate(copy, len, &out, &err);

    CHECK(rc == expected, "%s: %d", what, rc);

    if (rc == CRICKET_INVALID) {
        CHECK(err != NULL && strcmp(err, expected_text) == 0, "%s: %s", what,
              err ? err : "nothing");
    }

    if (rc == CRICKET_OK) {
        CHECK(out.len == strlen(expected_text)
              && memcmp(out.data, expected_text, out.len) == 0,
              "%s: %.*s", what, (int) out.len, (char *) out.data);

    } else {
        CHECK(out.len == 0, "%s: nothing comes out", what);
    }

    CHECK(out.size <= max || out.size <= 256, "%s: %zu bytes are enough", what,
          out.size);

    cricket_buf_free(&out);
    free(copy);
}


int
main(void)
{
    char    data[100000], packed[200000];
    size_t  i, n;

    static const char  *wrong = "not valid snappy data";

    check("a literal", TEXT("\x05\x10hello"), 100, CRICKET_OK, "hello");
    check("a copy", TEXT("\x06\x04xy\x05\x02"), 100, CRICKET_INVALID, wrong);
    check("a copy that overlaps", TEXT("\x06\x04xy\x01\x02"), 100, CRICKET_OK,
          "xyxyxy");
    check("as much as is allowed", TEXT("\x05\x10hello"), 5, CRICKET_OK,
          "hello");
    check("one more", TEXT("\x05\x10hello"), 4, CRICKET_DONE, NULL);
    check("nothing", TEXT("\x00"), 100, CRICKET_OK, "");
    check("nothing, and something behind", TEXT("\x00\x00x"), 100,
          CRICKET_INVALID, wrong);
    check("no byte", TEXT(""), 100, CRICKET_INVALID, wrong);
    check("no length", TEXT("\xff\xff\xff\xff\xff"), 100, CRICKET_INVALID,
          wrong);
    check("a length of 4 GB", TEXT("\xff\xff\xff\xff\x0f\x00x"), (size_t) -1,
          CRICKET_INVALID, wrong);
    check("a length of 100 MB", TEXT("\x80\xc2\xd7\x2f\x00x"), (size_t) -1,
          CRICKET_INVALID, wrong);
    check("a byte too few", TEXT("\x06\x10hello"), 100, CRICKET_INVALID,
          wrong);
    check("a byte too many", TEXT("\x04\x10hello"), 100, CRICKET_INVALID,
          wrong);
    check("a copy from before the start", TEXT("\x06\x04xy\x01\x03"), 100,
          CRICKET_INVALID, wrong);
    check("the framing format", TEXT("\xff\x06\0\0sNaPpY\x01\0\0\0"), 100,
          CRICKET_INVALID,
          "snappy's framing format, expected its block format");
    check("gzip", TEXT("\x1f\x8b\x08\0\0\0\0\0\0\x03"), 100, CRICKET_INVALID,
          wrong);

    /* what the library packs, and as much as can be packed */

    memset(data, 'x', sizeof(data) - 1);
    data[sizeof(data) - 1] = '\0';

    n = sizeof(packed);
    CHECK(snappy_compress(data, sizeof(data) - 1, packed, &n) == SNAPPY_OK,
          "100 kB in %zu", n);
    check("100 kB", (unsigned char *) packed, n, sizeof(data), CRICKET_OK,
          data);

    for (i = 0; i + 1 < sizeof(data); i++) {
        data[i] = (char) ('a' + i * i % 23 % 7);
    }

    n = sizeof(packed);
    (void) snappy_compress(data, 1000, packed, &n);

    for (i = 0; i < n; i++) {
        check("cut", (unsigned char *) packed, i, 10000, CRICKET_INVALID,
              wrong);
    }

    return test_done();
}
