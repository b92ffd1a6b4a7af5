
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* Resolves the escapes of a JSON string. */


#include "cricket_json.h"
#include "cricket_utf8.h"


/* \uXXXX\uXXXX */
#define CRICKET_JSON_PAIR  12


/* a text that is read byte by byte, and the bytes of its last escape */

typedef struct {
    const unsigned char  *pos;
    const unsigned char  *last;
    size_t                n;
    size_t                i;
    unsigned char         bytes[CRICKET_JSON_PAIR];
} cricket_json_reader_t;


static void cricket_json_read(cricket_json_reader_t *r,
    const cricket_str_t *text);
static int cricket_json_byte(cricket_json_reader_t *r);
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


int
cricket_json_cmp(const cricket_str_t *one, const cricket_str_t *two)
{
    int                    a, b;
    cricket_json_reader_t  r, s;

    cricket_json_read(&r, one);
    cricket_json_read(&s, two);

    do {
        a = cricket_json_byte(&r);
        b = cricket_json_byte(&s);
    } while (a == b && a != -1);

    return a - b;
}


static void
cricket_json_read(cricket_json_reader_t *r, const cricket_str_t *text)
{
    r->pos = text->data;
    r->last = text->data;
    r->n = 0;
    r->i = 0;

    if (text->len != 0) {
        r->last += text->len;
    }
}


/* the next byte, or -1 at the end */

static int
cricket_json_byte(cricket_json_reader_t *r)
{
    ptrdiff_t      n;
    cricket_str_t  escape;

    if (r->i < r->n) {
        return r->bytes[r->i++];
    }

    if (r->pos == r->last) {
        return -1;
    }

    if (*r->pos != '\\') {
        return *r->pos++;
    }

    escape.data = r->pos;
    escape.len = (r->pos[1] == 'u') ? CRICKET_JSON_PAIR / 2 : 2;

    n = cricket_json_decode(&escape, r->bytes);

    if (n == -1 && r->last - r->pos >= CRICKET_JSON_PAIR) {
        escape.len = CRICKET_JSON_PAIR;
        n = cricket_json_decode(&escape, r->bytes);
    }

    if (n == -1) {
        return *r->pos++;
    }

    r->pos += escape.len;
    r->n = (size_t) n;
    r->i = 1;

    return r->bytes[0];
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
