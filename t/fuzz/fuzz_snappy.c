
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#include "cricket_snappy.h"
#include "fuzz.h"


/* the first two bytes of an input are the most that may come out */

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int             rc;
    size_t          max;
    const char     *err;
    cricket_buf_t   out;

    if (size < 2) {
        return 0;
    }

    max = (size_t) data[0] << 8 | data[1];

    cricket_buf_init(&out, max);

    err = NULL;
    rc = cricket_snappy_inflate(data + 2, size - 2, &out, &err);

    FUZZ_CHECK(out.len <= max && out.size <= max);

    switch (rc) {

    case CRICKET_OK:
        FUZZ_CHECK(out.len <= 22 * (size - 2) + 21);
        break;

    case CRICKET_INVALID:
        FUZZ_CHECK(err != NULL && out.len == 0);
        break;

    case CRICKET_DONE:
        FUZZ_CHECK(out.len == 0);
        break;

    default:
        FUZZ_CHECK(0);
    }

    cricket_buf_free(&out);

    return 0;
}
