
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#include "cricket_opentsdb.h"
#include "fuzz_reader.h"


/*
 * The first byte of an input chooses the most datapoints allowed; the rest is
 * the body.
 */

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0) {
        return 0;
    }

    fuzz_reader(&cricket_opentsdb, data + 1, size - 1,
                (data[0] & 1) ? (size_t) data[0] >> 1 : size, 1);

    return 0;
}
