
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#include "cricket_prometheus.h"
#include "fuzz_wire.h"


/* the first byte of an input chooses the most datapoints allowed, and 2.0 */

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0) {
        return 0;
    }

    fuzz_wire((data[0] & 1) ? &cricket_prometheus_2 : &cricket_prometheus_1,
              data + 1, size - 1, (data[0] & 2) ? (size_t) data[0] >> 2 : 1000);

    return 0;
}
