
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* Reads the text of a JSON number: as the double next to it, or as it is. */


#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "cricket_json.h"


/* no double, and no middle between two, has more significant digits */
#define CRICKET_JSON_DOUBLE_DIGITS    780

/* with CRICKET_JSON_DOUBLE_DIGITS digits all beyond is 0 or infinite anyway */
#define CRICKET_JSON_DOUBLE_EXPONENT  10000


static int cricket_json_double_strtod(const cricket_str_t *text,
    double *value);


/* the powers of ten that a double holds exactly */

static const double  cricket_json_double_powers[] = {
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
    1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22
};


static inline int
cricket_json_double_digit(const unsigned char *p, const unsigned char *last)
{
    return p < last && *p >= '0' && *p <= '9';
}


int
cricket_json_double(const cricket_str_t *text, double *value)
{
#if (FLT_EVAL_METHOD == 0)

    int                   exponent, e, minus, below;
    double                d;
    uint64_t              m;
    const unsigned char  *p, *last;

    /*
     * Up to 2^53 and 10^22 both sides of a product or quotient are exact, so
     * that it is rounded once, as it should be.  19 digits fit in m.
     */

    p = text->data;
    last = p + text->len;

    if (text->len > sizeof("-1234567890123456.789e-12") - 1) {
        return cricket_json_double_strtod(text, value);
    }

    m = 0;
    exponent = 0;
    minus = 0;

    if (*p == '-') {
        minus = 1;
        p++;
    }

    while (cricket_json_double_digit(p, last)) {
        m = m * 10 + (*p++ - '0');

        if (m > UINT64_C(1) << 53) {
            return cricket_json_double_strtod(text, value);
        }
    }

    if (p < last && *p == '.') {
        p++;

        while (cricket_json_double_digit(p, last)) {
            m = m * 10 + (*p++ - '0');
            exponent--;

            if (m > UINT64_C(1) << 53) {
                return cricket_json_double_strtod(text, value);
            }
        }
    }

    if (p < last) {
        p++;
        e = 0;
        below = 0;

        if (*p == '-' || *p == '+') {
            below = (*p == '-');
            p++;
        }

        while (p < last && e < 1000) {
            e = e * 10 + (*p++ - '0');
        }

        exponent += below ? -e : e;
    }

    if (exponent < -22 || exponent > 22) {
        return cricket_json_double_strtod(text, value);
    }

    d = (double) m;

    if (exponent < 0) {
        d /= cricket_json_double_powers[-exponent];

    } else {
        d *= cricket_json_double_powers[exponent];
    }

    *value = minus ? -d : d;

    return CRICKET_OK;

#else

    return cricket_json_double_strtod(text, value);

#endif
}


/*
 * Writes the digits without leading zeros and without a point, which in other
 * locales is a comma, for strtod().  Of those beyond CRICKET_JSON_DOUBLE_DIGITS
 * it only matters whether one is not 0: then a 1 stands for all of them.
 */

static int
cricket_json_double_strtod(const cricket_str_t *text, double *value)
{
    char                  buf[CRICKET_JSON_DOUBLE_DIGITS + 32], *d, *digits;
    int64_t               exponent, e;
    unsigned              minus, point, sticky;
    const unsigned char  *p, *last;

    p = text->data;
    last = p + text->len;
    d = buf;

    if (*p == '-') {
        *d++ = '-';
        p++;
    }

    digits = d;
    exponent = 0;
    point = 0;
    sticky = 0;

    for ( /* void */ ; p < last; p++) {

        if (*p == '.') {
            point = 1;
            continue;
        }

        if (*p == 'e' || *p == 'E') {
            break;
        }

        if (d - digits == CRICKET_JSON_DOUBLE_DIGITS) {
            sticky |= (*p != '0');
            exponent += !point;
            continue;
        }

        exponent -= point;

        if (*p != '0' || d != digits) {
            *d++ = (char) *p;
        }
    }

    if (d == digits) {
        *d++ = '0';
    }

    if (sticky) {
        *d++ = '1';
        exponent--;
    }

    if (p < last) {
        p++;
        e = 0;
        minus = 0;

        if (*p == '-' || *p == '+') {
            minus = (*p == '-');
            p++;
        }

        /* no text is long enough to outweigh an exponent of 10^17 */

        while (p < last && e < INT64_C(100000000000000000)) {
            e = e * 10 + (*p++ - '0');
        }

        exponent += minus ? -e : e;
    }

    if (exponent > CRICKET_JSON_DOUBLE_EXPONENT) {
        exponent = CRICKET_JSON_DOUBLE_EXPONENT;

    } else if (exponent < -CRICKET_JSON_DOUBLE_EXPONENT) {
        exponent = -CRICKET_JSON_DOUBLE_EXPONENT;
    }

    (void) snprintf(d, buf + sizeof(buf) - d, "e%d", (int) exponent);

    *value = strtod(buf, NULL);

    return isfinite(*value) ? CRICKET_OK : CRICKET_INVALID;
}


int
cricket_json_integer(const cricket_str_t *text, int64_t *value)
{
    int64_t               n;
    const unsigned char  *p, *last;

    p = text->data;
    last = p + text->len;

    if (*p == '-') {
        p++;
    }

    if (last - p > 18) {
        return CRICKET_INVALID;
    }

    for (n = 0; p < last; p++) {

        if (*p < '0' || *p > '9') {
            return CRICKET_INVALID;
        }

        n = n * 10 + (*p - '0');
    }

    *value = (text->data[0] == '-') ? -n : n;

    return CRICKET_OK;
}
