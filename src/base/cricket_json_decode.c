
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* Resolves the escapes of a JSON string. */


#include "cricket_json.h"
#include "cricket_utf8.h"


static uint32_t cricket_json_hex(const unsigned char *p);


ptrdiff_t
cricket_json_decode(const cricket_str_t *text, unsigned char *dst)
{
    uint32_t              c, low;
    unsigned char        *d;
    const unsigned char  *p, *last;

    d = dst;
    p = text->data;
    last = p;

    if (text->len != 0) {
        last = p + text->len;
    }

    /* the reader has seen that each escape is whole */

    while (p < last) {

        if (*p != '\\') {
            *d++ = *p++;
            continue;
        }

        p += 2;

        switch (p[-1]) {

        case 'b':
            *d++ = '\b';
            continue;

        case 'f':
            *d++ = '\f';
            continue;

        case 'n':
            *d++ = '\n';
            continue;

        case 'r':
            *d++ = '\r';
            continue;

        case 't':
            *d++ = '\t';
            continue;

        case 'u':
            break;

        default: /* '"', '\\', '/' */
            *d++ = p[-1];
            continue;
        }

        c = cricket_json_hex(p);
        p += 4;

        if (c >= 0xdc00 && c <= 0xdfff) {
            return -1;
        }

        if (c >= 0xd800 && c <= 0xdbff) {

            if (last - p < 6 || p[0] != '\\' || p[1] != 'u') {
                return -1;
            }

            low = cricket_json_hex(p + 2);
            p += 6;

            if (low < 0xdc00 || low > 0xdfff) {
                return -1;
            }

            c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
        }

        d += cricket_utf8_put(d, c);
    }

    return d - dst;
}


static uint32_t
cricket_json_hex(const unsigned char *p)
{
    unsigned  i;
    uint32_t  c;

    c = 0;

    for (i = 0; i < 4; i++) {
        c <<= 4;

        if (p[i] <= '9') {
            c += p[i] - '0';

        } else {
            c += (p[i] | 0x20) - 'a' + 10;
        }
    }

    return c;
}
