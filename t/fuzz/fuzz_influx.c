
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#include "cricket_influx.h"
#include "fuzz_reader.h"


/*
 * The first byte of an input chooses the precision and the most datapoints
 * allowed; the rest is the body.
 */

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t  max;

    static const uint64_t  precisions[] = {
        1, 1000, 1000000, 1000000000, UINT64_C(60000000000),
        UINT64_C(3600000000000), 1, 1
    };

    if (size == 0) {
        return 0;
    }

    max = (data[0] & 8) ? (size_t) data[0] >> 4 : size;

    fuzz_reader(&cricket_influx, data + 1, size - 1, max,
                precisions[data[0] & 7]);

    return 0;
}
