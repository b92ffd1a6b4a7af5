
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* A buffer that grows, up to a limit, and remembers a failure. */


#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cricket_buf.h"
#include "cricket_utf8.h"


#define CRICKET_BUF_MIN_SIZE  256


static int cricket_buf_decimal(cricket_buf_t *b, double value);


void
cricket_buf_init(cricket_buf_t *b, size_t max)
{
    memset(b, 0, sizeof(cricket_buf_t));

    b->max = max;
}


void
cricket_buf_free(cricket_buf_t *b)
{
    free(b->data);

    cricket_buf_init(b, b->max);
}


unsigned char *
cricket_buf_reserve(cricket_buf_t *b, size_t n)
{
    size_t          size;
    unsigned char  *p;

    if (b->failed) {
        return NULL;
    }

    /* data is NULL at first, which must not be added to, be it 0 */

    if (b->data != NULL && n <= b->size - b->len) {
        return b->data + b->len;
    }

    if (n > b->max - b->len || b->max == 0) {
        b->failed = 1;
        return NULL;
    }

    size = b->size;

    if (size == 0) {
        size = (n > CRICKET_BUF_MIN_SIZE) ? n : CRICKET_BUF_MIN_SIZE;
    }

    if (size > b->max) {
        size = b->max;
    }

    while (size - b->len < n) {
        size = (size > b->max / 2) ? b->max : size * 2;
    }

    p = realloc(b->data, size);
    if (p == NULL) {
        b->failed = 1;
        return NULL;
    }

    b->data = p;
    b->size = size;

    return p + b->len;
}


void
cricket_buf_append(cricket_buf_t *b, const void *data, size_t n)
{
    unsigned char  *p;

    if (n == 0) {
        return;
    }

    p = cricket_buf_reserve(b, n);

    if (p != NULL) {
        memcpy(p, data, n);
        b->len += n;
    }
}


void
cricket_buf_cstr(cricket_buf_t *b, const char *s)
{
    cricket_buf_append(b, s, strlen(s));
}


void
cricket_buf_shown(cricket_buf_t *b, const unsigned char *data, size_t len,
    size_t max)
{
    size_t  i, n;

    for (i = 0; i < len; i += n) {

        if (i >= max) {
            cricket_buf_literal(b, "...");
            return;
        }

        n = cricket_utf8_length(data + i, len - i);

        if (n == 0
            || data[i] < 0x20 || data[i] == 0x7f
            || (data[i] == 0xc2 && data[i + 1] <= 0x9f))
        {
            cricket_buf_literal(b, "?");
            n = (n == 0) ? 1 : n;
            continue;
        }

        cricket_buf_append(b, data + i, n);
    }
}


void
cricket_buf_int(cricket_buf_t *b, int64_t n)
{
    uint64_t       u;
    unsigned char  digits[CRICKET_NUMBER_LEN], *p, *last;

    last = digits + CRICKET_NUMBER_LEN;
    p = last;

    /* the negation of the least int64_t overflows, that of a uint64_t wraps */

    u = (n < 0) ? - (uint64_t) n : (uint64_t) n;

    do {
        *--p = (unsigned char) ('0' + u % 10);
        u /= 10;
    } while (u);

    if (n < 0) {
        *--p = '-';
    }

    cricket_buf_append(b, p, last - p);
}


/*
 * Appends one of a few decimals, as most of what is measured: it is a whole
 * number over a power of ten, both exact, so that their quotient is the double
 * nearest to the text.  Returns 0 if it is none.
 */

static int
cricket_buf_decimal(cricket_buf_t *b, double value)
{
    double          d;
    int64_t         n;
    unsigned        places, i;
    unsigned char   text[CRICKET_NUMBER_LEN], *p;

    static const double  powers[] = {
        1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9
    };

    /* below, printf() has an exponent */

    d = fabs(value);

    if (d < 1e-4) {
        return 0;
    }

    for (places = 1; places <= sizeof(powers) / sizeof(double); places++) {

        if (d * powers[places - 1] >= 1e15) {
            return 0;
        }

        n = (int64_t) (d * powers[places - 1] + 0.5);

        if ((double) n / powers[places - 1] != d) {
            continue;
        }

        p = text + sizeof(text);

        for (i = 0; n != 0 || i <= places; i++) {

            if (i == places) {
                *--p = '.';
            }

            *--p = (unsigned char) ('0' + n % 10);
            n /= 10;
        }

        if (value < 0) {
            *--p = '-';
        }

        cricket_buf_append(b, p, text + sizeof(text) - p);

        return 1;
    }

    return 0;
}


void
cricket_buf_double(cricket_buf_t *b, double value)
{
    int   n, precision;
    char  text[CRICKET_NUMBER_LEN];

    if (!isfinite(value)) {
        cricket_buf_literal(b, "null");
        return;
    }

    if (value == 0 && signbit(value)) {
        cricket_buf_literal(b, "-0");
        return;
    }

    if (fabs(value) < 1e15 && value == (double) (int64_t) value) {
        cricket_buf_int(b, (int64_t) value);
        return;
    }

    if (cricket_buf_decimal(b, value)) {
        return;
    }

    /* 15 digits are always exact going in, 17 always enough coming out */

    for (precision = 15; /* void */ ; precision++) {

        n = snprintf(text, sizeof(text), "%.*g", precision, value);

        if (precision == 17 || strtod(text, NULL) == value) {
            break;
        }
    }

    cricket_buf_append(b, text, n);
}


void
cricket_buf_url(cricket_buf_t *b, const unsigned char *data, size_t len,
    const char *plain)
{
    size_t          i;
    unsigned char   c, *p;

    static const unsigned char  hex[] = "0123456789ABCDEF";

    p = cricket_buf_reserve(b, 3 * len);

    if (p == NULL) {
        return;
    }

    for (i = 0; i < len; i++) {
        c = data[i];

        if ((c >= 'a' && c <= 'z')
            || (c >= 'A' && c <= 'Z')
            || (c >= '0' && c <= '9')
            || (c != '\0'
                && (memchr("-._~", c, 4) != NULL || strchr(plain, c) != NULL)))
        {
            *p++ = c;
            continue;
        }

        *p++ = '%';
        *p++ = hex[c >> 4];
        *p++ = hex[c & 0xf];
    }

    b->len = p - b->data;
}


void
cricket_buf_json(cricket_buf_t *b, const unsigned char *data, size_t len)
{
    size_t                n;
    const unsigned char  *p, *last, *plain;

    static const char  hex[] = "0123456789abcdef";

    cricket_buf_literal(b, "\"");

    if (len == 0) {
        data = (const unsigned char *) "";
    }

    last = data + len;
    plain = data;
    p = data;

    while (p < last) {

        if (*p >= 0x20 && *p < 0x80 && *p != '"' && *p != '\\') {
            p++;
            continue;
        }

        if (*p >= 0x80) {
            n = cricket_utf8_length(p, last - p);

            if (n != 0) {
                p += n;
                continue;
            }
        }

        cricket_buf_append(b, plain, p - plain);

        switch (*p) {

        case '"':
            cricket_buf_literal(b, "\\\"");
            break;

        case '\\':
            cricket_buf_literal(b, "\\\\");
            break;

        case '\n':
            cricket_buf_literal(b, "\\n");
            break;

        case '\r':
            cricket_buf_literal(b, "\\r");
            break;

        case '\t':
            cricket_buf_literal(b, "\\t");
            break;

        default:

            if (*p >= 0x80) {
                cricket_buf_literal(b, "\xef\xbf\xbd");
                break;
            }

            cricket_buf_literal(b, "\\u00");
            cricket_buf_append(b, &hex[*p >> 4], 1);
            cricket_buf_append(b, &hex[*p & 0xf], 1);
        }

        plain = ++p;
    }

    cricket_buf_append(b, plain, p - plain);
    cricket_buf_literal(b, "\"");
}
