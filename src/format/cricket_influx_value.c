
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* The values and times of InfluxDB's line protocol. */


#include "cricket_influx_value.h"
#include "cricket_json.h"


/* nanoseconds */
#define CRICKET_INFLUX_MSEC  1000000

#define CRICKET_INFLUX_EXPECTED                                              \
    "expected a number, an integer such as 1i or 1u, a boolean, or a string " \
    "in quotes"


/* the parts of a number */

typedef struct {
    unsigned              negative;
    cricket_str_t         whole;
    cricket_str_t         fraction;
    cricket_str_t         exponent;     /* from the "e" on */
    unsigned              point;
} cricket_influx_parts_t;


static const char *cricket_influx_value_integer(const cricket_str_t *raw,
    unsigned is_signed, unsigned char *buf, cricket_str_t *number);
static int cricket_influx_value_parts(const cricket_str_t *raw,
    cricket_influx_parts_t *parts);
static const unsigned char *cricket_influx_value_digits(const unsigned char *p,
    const unsigned char *last, cricket_str_t *digits);
static void cricket_influx_value_write(const cricket_influx_parts_t *parts,
    unsigned char *buf, cricket_str_t *number);
static int cricket_influx_value_uint(const unsigned char *p, size_t len,
    uint64_t *n);


static const struct {
    const char    *text;
    cricket_str_t  number;
}  cricket_influx_booleans[] = {
    { "t", cricket_string("1") }, { "T", cricket_string("1") },
    { "true", cricket_string("1") }, { "True", cricket_string("1") },
    { "TRUE", cricket_string("1") },
    { "f", cricket_string("0") }, { "F", cricket_string("0") },
    { "false", cricket_string("0") }, { "False", cricket_string("0") },
    { "FALSE", cricket_string("0") },
    { NULL, { 0, NULL } }
};


const char *
cricket_influx_value_read(const cricket_str_t *raw, unsigned char *buf,
    cricket_str_t *number, double *value)
{
    size_t                   i;
    const char              *wrong;
    unsigned char            c;
    cricket_str_t            text;
    cricket_influx_parts_t   parts;

    for (i = 0; cricket_influx_booleans[i].text != NULL; i++) {

        if (cricket_string_is(raw, cricket_influx_booleans[i].text)) {
            *number = cricket_influx_booleans[i].number;
            *value = (number->data[0] == '1');
            return NULL;
        }
    }

    if (raw->len > CRICKET_INFLUX_NUMBER) {
        return "a number of more than 1024 characters";
    }

    c = raw->data[raw->len - 1];

    if (c == 'i' || c == 'u') {
        text.data = raw->data;
        text.len = raw->len - 1;

        wrong = cricket_influx_value_integer(&text, c == 'i', buf, number);

        if (wrong != NULL) {
            return wrong;
        }

    } else {

        if (cricket_influx_value_parts(raw, &parts) != CRICKET_OK) {
            return CRICKET_INFLUX_EXPECTED;
        }

        *number = *raw;

        /* JSON has digits on both sides of a point, and no zero in front */

        if (parts.whole.len == 0
            || (parts.whole.len > 1 && parts.whole.data[0] == '0')
            || (parts.point && parts.fraction.len == 0))
        {
            cricket_influx_value_write(&parts, buf, number);
        }
    }

    if (cricket_json_double(number, value) != CRICKET_OK) {
        return "beyond the range of a double";
    }

    return NULL;
}


static const char *
cricket_influx_value_integer(const cricket_str_t *raw, unsigned is_signed,
    unsigned char *buf, cricket_str_t *number)
{
    uint64_t                n;
    cricket_influx_parts_t  parts;

    if (cricket_influx_value_parts(raw, &parts) != CRICKET_OK
        || parts.whole.len == 0
        || parts.point
        || parts.exponent.len
        || (parts.negative && !is_signed))
    {
        return CRICKET_INFLUX_EXPECTED;
    }

    if (cricket_influx_value_uint(parts.whole.data, parts.whole.len, &n)
        != CRICKET_OK
        || (is_signed && n > (uint64_t) INT64_MAX + parts.negative))
    {
        return is_signed ? "beyond the range of a signed integer of 64 bits"
                         : "beyond the range of an unsigned integer of 64 bits";
    }

    *number = *raw;

    /* an integer has no negative zero */

    if (n == 0) {
        number->data = (const unsigned char *) "0";
        number->len = 1;

    } else if (parts.whole.data[0] == '0') {
        cricket_influx_value_write(&parts, buf, number);
    }

    return NULL;
}


/* ["-"] digits ["." digits] [("e" | "E") ["+" | "-"] digits] */

static int
cricket_influx_value_parts(const cricket_str_t *raw,
    cricket_influx_parts_t *parts)
{
    cricket_str_t         digits;
    const unsigned char  *p, *last;

    memset(parts, 0, sizeof(cricket_influx_parts_t));

    p = raw->data;
    last = p + raw->len;

    if (p < last && *p == '-') {
        parts->negative = 1;
        p++;
    }

    p = cricket_influx_value_digits(p, last, &parts->whole);

    if (p < last && *p == '.') {
        parts->point = 1;
        p = cricket_influx_value_digits(p + 1, last, &parts->fraction);
    }

    if (parts->whole.len == 0 && parts->fraction.len == 0) {
        return CRICKET_INVALID;
    }

    if (p < last && (*p == 'e' || *p == 'E')) {
        parts->exponent.data = p++;

        if (p < last && (*p == '+' || *p == '-')) {
            p++;
        }

        p = cricket_influx_value_digits(p, last, &digits);

        if (digits.len == 0) {
            return CRICKET_INVALID;
        }

        parts->exponent.len = p - parts->exponent.data;
    }

    return (p == last) ? CRICKET_OK : CRICKET_INVALID;
}


static const unsigned char *
cricket_influx_value_digits(const unsigned char *p, const unsigned char *last,
    cricket_str_t *digits)
{
    digits->data = p;

    while (p < last && *p >= '0' && *p <= '9') {
        p++;
    }

    digits->len = p - digits->data;

    return p;
}


/* at most "-", and "0" on either side of the point, longer than it was */

static void
cricket_influx_value_write(const cricket_influx_parts_t *parts,
    unsigned char *buf, cricket_str_t *number)
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
    }

    memcpy(p, whole.data, whole.len);
    p += whole.len;

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


/* digits only; the text may be long by zeros in front */

static int
cricket_influx_value_uint(const unsigned char *p, size_t len, uint64_t *n)
{
    size_t    i;
    unsigned  digit;

    *n = 0;

    for (i = 0; i < len; i++) {
        digit = p[i] - '0';

        if (*n > (UINT64_MAX - digit) / 10) {
            return CRICKET_INVALID;
        }

        *n = *n * 10 + digit;
    }

    return CRICKET_OK;
}


const char *
cricket_influx_value_time(const cricket_str_t *raw, uint64_t precision,
    cricket_time_t *t)
{
    int64_t         n, unit, msec, nanos;
    uint64_t        u;
    unsigned        negative;
    cricket_str_t   digits;

    static const char  range[] = "outside the years 0001 to 9999; is its "
                                 "precision another one?";

    negative = (raw->data[0] == '-');

    if (cricket_influx_value_digits(raw->data + negative,
                                    raw->data + raw->len, &digits)
        != raw->data + raw->len
        || digits.len == 0)
    {
        return "expected an integer";
    }

    if (cricket_influx_value_uint(digits.data, digits.len, &u) != CRICKET_OK
        || u > (uint64_t) INT64_MAX + negative)
    {
        return "beyond the range of an integer of 64 bits";
    }

    n = negative ? (int64_t) - u : (int64_t) u;

    if (precision >= CRICKET_INFLUX_MSEC) {
        unit = precision / CRICKET_INFLUX_MSEC;

        if (n > INT64_MAX / unit || n < INT64_MIN / unit) {
            return range;
        }

        msec = n * unit;
        nanos = 0;

    } else {
        unit = CRICKET_INFLUX_MSEC / precision;

        /* rounded down, also below 0 */

        msec = n / unit - (n % unit < 0);
        nanos = (n % unit + (n % unit < 0 ? unit : 0)) * (int64_t) precision;
    }

    if (cricket_time_set(t, msec, (uint32_t) nanos) != CRICKET_OK) {
        return range;
    }

    return NULL;
}
