
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* Decimal numbers of formats that are not JSON. */


#include "cricket_number.h"


static const unsigned char *cricket_number_digits(const unsigned char *p,
    const unsigned char *last, cricket_str_t *digits);


int
cricket_number_parse(const cricket_str_t *raw, cricket_number_t *parts)
{
    cricket_str_t         digits;
    const unsigned char  *p, *last;

    memset(parts, 0, sizeof(cricket_number_t));

    p = raw->data;
    last = p + raw->len;

    if (p < last && *p == '-') {
        parts->negative = 1;
        p++;
    }

    p = cricket_number_digits(p, last, &parts->whole);

    if (p < last && *p == '.') {
        parts->point = 1;
        p = cricket_number_digits(p + 1, last, &parts->fraction);
    }

    if (parts->whole.len == 0 && parts->fraction.len == 0) {
        return CRICKET_INVALID;
    }

    if (p < last && (*p == 'e' || *p == 'E')) {
        parts->exponent.data = p++;

        if (p < last && (*p == '+' || *p == '-')) {
            p++;
        }

        p = cricket_number_digits(p, last, &digits);

        if (digits.len == 0) {
            return CRICKET_INVALID;
        }

        parts->exponent.len = p - parts->exponent.data;
    }

    return (p == last) ? CRICKET_OK : CRICKET_INVALID;
}


static const unsigned char *
cricket_number_digits(const unsigned char *p, const unsigned char *last,
    cricket_str_t *digits)
{
    digits->data = p;

    while (p < last && *p >= '0' && *p <= '9') {
        p++;
    }

    digits->len = p - digits->data;

    return p;
}


void
cricket_number_write(const cricket_number_t *parts, unsigned char *buf,
    cricket_str_t *number)
{
    unsigned char  *p;
    cricket_str_t   whole;

    p = buf;
    whole = parts->whole;

    while (whole.len > 1 && whole.data[0] == '0') {
        whole.data++;
        whole.len--;
    }

    if (parts->negative) {
        *p++ = '-';
    }

    if (whole.len == 0) {
        *p++ = '0';

    } else {
        memcpy(p, whole.data, whole.len);
        p += whole.len;
    }

    if (parts->fraction.len) {
        *p++ = '.';
        memcpy(p, parts->fraction.data, parts->fraction.len);
        p += parts->fraction.len;
    }

    if (parts->exponent.len) {
        memcpy(p, parts->exponent.data, parts->exponent.len);
        p += parts->exponent.len;
    }

    number->data = buf;
    number->len = p - buf;
}


int
cricket_number_json(const cricket_str_t *raw, unsigned char *buf,
    cricket_str_t *number)
{
    cricket_number_t  parts;

    if (cricket_number_parse(raw, &parts) != CRICKET_OK) {
        return CRICKET_INVALID;
    }

    *number = *raw;

    /* JSON has digits on both sides of a point, and no zero in front */

    if (parts.whole.len == 0
        || (parts.whole.len > 1 && parts.whole.data[0] == '0')
        || (parts.point && parts.fraction.len == 0))
    {
        cricket_number_write(&parts, buf, number);
    }

    return CRICKET_OK;
}


int
cricket_number_uint(const cricket_str_t *digits, uint64_t *n)
{
    size_t    i;
    unsigned  digit;

    *n = 0;

    for (i = 0; i < digits->len; i++) {
        digit = digits->data[i] - '0';

        if (*n > (UINT64_MAX - digit) / 10) {
            return CRICKET_INVALID;
        }

        *n = *n * 10 + digit;
    }

    return CRICKET_OK;
}
