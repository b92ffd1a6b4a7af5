
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* Text of formats that are not JSON: checked, and shown in messages. */


#include "cricket_datapoint.h"
#include "cricket_text.h"
#include "cricket_utf8.h"


size_t
cricket_text_shown(char *dst, size_t size, const unsigned char *p, size_t len)
{
    char                 *q, *end, *cut;
    size_t                n;
    const unsigned char  *last;

    q = dst;
    cut = dst;
    end = dst + size - sizeof("...");

    for (last = p + len; p < last; p += n) {

        n = cricket_utf8_length(p, last - p);

        if (n == 0 || cricket_datapoint_is_control(p, n)) {
            n = (n == 0) ? 1 : n;

            if (q + 1 >= dst + size) {
                goto cut;
            }

            *q++ = '?';

        } else {

            if (q + n >= dst + size) {
                goto cut;
            }

            memcpy(q, p, n);
            q += n;
        }

        if (q <= end) {
            cut = q;
        }
    }

    *q = '\0';

    return q - dst;

cut:

    memcpy(cut, "...", sizeof("..."));

    return cut + 3 - dst;
}


const char *
cricket_text_wrong(const unsigned char *p, size_t len)
{
    size_t                n;
    const unsigned char  *last;

    last = p + len;

    for ( ;; ) {

        /* most of it is ASCII */

        while (p < last && *p >= 0x20 && *p < 0x7f) {
            p++;
        }

        if (p == last) {
            return NULL;
        }

        n = cricket_utf8_length(p, last - p);

        if (n == 0) {
            return "not UTF-8";
        }

        if (cricket_datapoint_is_control(p, n)) {
            return "a control character";
        }

        p += n;
    }
}
