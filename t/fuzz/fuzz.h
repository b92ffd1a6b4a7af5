
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _CRICKET_FUZZ_H_INCLUDED_
#define _CRICKET_FUZZ_H_INCLUDED_


#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>


/* what doesn't hold is a finding */

#define FUZZ_CHECK(ok)                                                       \
    do {                                                                     \
        if (!(ok)) {                                                         \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #ok);         \
            abort();                                                         \
        }                                                                    \
    } while (0)


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


#endif /* _CRICKET_FUZZ_H_INCLUDED_ */
