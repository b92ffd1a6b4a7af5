
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* Characters of UTF-8, checked, written and shown. */


#include <string.h>

#include "cricket_utf8.h"


static size_t cricket_utf8_printable(const unsigned char *p, size_t len);


size_t
cricket_utf8_length(const unsigned char *p, size_t len)
{
    size_t         i, n;
    unsigned char  low, high;

    if (len == 0) {
        return 0;
    }

    if (p[0] < 0x80) {
        return 1;
    }

    /* the range of the second byte is what excludes the forbidden forms */

    low = 0x80;
    high = 0xbf;

    if (p[0] >= 0xc2 && p[0] <= 0xdf) {
        n = 2;

    } else if (p[0] >= 0xe0 && p[0] <= 0xef) {
        n = 3;

        if (p[0] == 0xe0) {
            low = 0xa0;

        } else if (p[0] == 0xed) {
            high = 0x9f;
        }

    } else if (p[0] >= 0xf0 && p[0] <= 0xf4) {
        n = 4;

        if (p[0] == 0xf0) {
            low = 0x90;

        } else if (p[0] == 0xf4) {
            high = 0x8f;
        }

    } else {
        return 0;
    }

    if (len < n || p[1] < low || p[1] > high) {
        return 0;
    }

    for (i = 2; i < n; i++) {
        if (p[i] < 0x80 || p[i] > 0xbf) {
            return 0;
        }
    }

    return n;
}


size_t
cricket_utf8_put(unsigned char *dst, uint32_t c)
{
    if (c < 0x80) {
        dst[0] = (unsigned char) c;
        return 1;
    }

    if (c < 0x800) {
        dst[0] = (unsigned char) (0xc0 | (c >> 6));
        dst[1] = (unsigned char) (0x80 | (c & 0x3f));
        return 2;
    }

    if (c < 0x10000) {
        dst[0] = (unsigned char) (0xe0 | (c >> 12));
        dst[1] = (unsigned char) (0x80 | ((c >> 6) & 0x3f));
        dst[2] = (unsigned char) (0x80 | (c & 0x3f));
        return 3;
    }

    dst[0] = (unsigned char) (0xf0 | (c >> 18));
    dst[1] = (unsigned char) (0x80 | ((c >> 12) & 0x3f));
    dst[2] = (unsigned char) (0x80 | ((c >> 6) & 0x3f));
    dst[3] = (unsigned char) (0x80 | (c & 0x3f));

    return 4;
}


size_t
cricket_utf8_quote(unsigned char *dst, size_t size, const unsigned char *p,
    size_t len)
{
    size_t                i, n, out, cut;
    const unsigned char  *last;

    static const char  hex[] = "0123456789ABCDEF";

    last = p + len;
    out = 0;
    cut = 0;

    while (p < last) {

        n = cricket_utf8_printable(p, last - p);
        i = n ? n : 4;

        if (out + i > size) {
            memcpy(dst + cut, "...", 3);
            return cut + 3;
        }

        if (n) {
            memcpy(dst + out, p, n);
            p += n;

        } else {
            dst[out] = '\\';
            dst[out + 1] = 'x';
            dst[out + 2] = (unsigned char) hex[*p >> 4];
            dst[out + 3] = (unsigned char) hex[*p & 0xf];
            p++;
        }

        out += i;

        /* the last place from where on there is room for the dots */

        if (out + 3 <= size) {
            cut = out;
        }
    }

    return out;
}


/* the length of a character that may stand in a line as it is, or 0 */

static size_t
cricket_utf8_printable(const unsigned char *p, size_t len)
{
    size_t    n;
    unsigned  c;

    n = cricket_utf8_length(p, len);

    switch (n) {

    case 1:
        return *p >= 0x20 && *p < 0x7f && *p != '"' && *p != '\\';

    case 2:
        /* U+0080 to U+009F are control characters */
        return (p[0] == 0xc2 && p[1] < 0xa0) ? 0 : 2;

    case 3:
        c = (unsigned) (p[0] & 0x0f) << 12 | (unsigned) (p[1] & 0x3f) << 6
            | (p[2] & 0x3f);

        /* separators of lines, and what turns the direction of writing */

        return (c == 0x200e || c == 0x200f || (c >= 0x2028 && c <= 0x202e)
                || (c >= 0x2066 && c <= 0x2069))
               ? 0 : 3;

    default:
        return n;
    }
}
