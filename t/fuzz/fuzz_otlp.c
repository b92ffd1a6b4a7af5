
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#include "cricket_otlp.h"
#include "fuzz_wire.h"


/* the first byte of an input chooses the most datapoints allowed */

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0) {
        return 0;
    }

    fuzz_wire(&cricket_otlp_protobuf, data + 1, size - 1,
              (data[0] & 2) ? (size_t) data[0] >> 2 : 1000);

    return 0;
}
