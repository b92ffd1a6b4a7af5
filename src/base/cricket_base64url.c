
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* Bytes as letters that need no escape in a URL, a header or JSON. */


#include "cricket_base64url.h"


unsigned char *
cricket_base64url_encode(unsigned char *dst, const unsigned char *p,
    size_t len)
{
    size_t    i, bits;
    uint32_t  word;

    static const unsigned char  alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    word = 0;
    bits = 0;

    for (i = 0; i < len; i++) {
        word = word << 8 | p[i];

        for (bits += 8; bits >= 6; bits -= 6) {
            *dst++ = alphabet[word >> (bits - 6) & 0x3f];
        }
    }

    if (bits != 0) {
        *dst++ = alphabet[word << (6 - bits) & 0x3f];
    }

    return dst;
}


int
cricket_base64url_decode(unsigned char *dst, size_t size,
    const cricket_str_t *text, size_t *len)
{
    size_t         i, n, bits;
    uint32_t       word;
    unsigned char  c;

    n = 0;
    word = 0;
    bits = 0;

    for (i = 0; i < text->len; i++) {
        c = text->data[i];

        if (c >= 'A' && c <= 'Z') {
            c -= 'A';

        } else if (c >= 'a' && c <= 'z') {
            c -= 'a' - 26;

        } else if (c >= '0' && c <= '9') {
            c += 52 - '0';

        } else if (c == '-') {
            c = 62;

        } else if (c == '_') {
            c = 63;

        } else {
            return CRICKET_INVALID;
        }

        word = word << 6 | c;
        bits += 6;

        if (bits >= 8) {

            if (n == size) {
                return CRICKET_INVALID;
            }

            bits -= 8;
            dst[n++] = (unsigned char) (word >> bits);
            word &= (1u << bits) - 1;
        }
    }

    if (bits >= 6 || word != 0) {
        return CRICKET_INVALID;
    }

    *len = n;

    return CRICKET_OK;
}
