
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* What a datapoint's parts may be made of, whatever format they came in. */


#include "cricket_datapoint.h"


int
cricket_datapoint_is_key(const unsigned char *p, size_t len)
{
    const unsigned char  *last;

    for (last = p + len; p < last; p++) {

        /* "-" to "9" are "-", ".", "/" and the digits */

        if (!((*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z')
              || (*p >= '-' && *p <= '9') || *p == '_'))
        {
            return 0;
        }
    }

    return 1;
}


int
cricket_datapoint_is_control(const unsigned char *p, size_t len)
{
    const unsigned char  *last;

    for (last = p + len; p < last; p++) {

        if (*p < 0x20 || *p == 0x7f
            || (*p == 0xc2 && p[1] >= 0x80 && p[1] <= 0x9f))
        {
            return 1;
        }
    }

    return 0;
}
