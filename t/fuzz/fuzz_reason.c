
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#include "cricket_reason.h"
#include "fuzz.h"


/*
 * An input is a reply that is an error.  What is made of it is a phrase of
 * ASCII that fits a line, whatever the reply says; and its type is of it.
 */


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int             rc;
    size_t          i;
    cricket_buf_t   words;
    cricket_str_t   type;
    unsigned char  *copy;

    /* a copy that ends where its memory ends */

    copy = malloc(size ? size : 1);
    FUZZ_CHECK(copy != NULL);
    memcpy(copy, data, size);

    cricket_buf_init(&words, 256);

    rc = cricket_reason_reply(copy, size, &words);

    FUZZ_CHECK(!words.failed);
    FUZZ_CHECK(rc == CRICKET_OK ? words.len > 0
                                : rc == CRICKET_DONE && words.len == 0);

    for (i = 0; i < words.len; i++) {
        FUZZ_CHECK(words.data[i] >= 0x20 && words.data[i] < 0x7f);
    }

    cricket_buf_free(&words);

    rc = cricket_reason_type(copy, size, &type);

    FUZZ_CHECK(rc == CRICKET_DONE
               || (rc == CRICKET_OK && type.len > 0 && type.len <= 64
                   && type.data > copy
                   && type.data + type.len < copy + size));

    free(copy);

    return 0;
}
