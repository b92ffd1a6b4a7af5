
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* The values and times of InfluxDB's line protocol. */


#include "cricket_influx_value.h"
#include "cricket_json.h"
#include "cricket_number.h"


/* nanoseconds */
#define CRICKET_INFLUX_MSEC  1000000

#define CRICKET_INFLUX_EXPECTED                                              \
    "expected a number, an integer such as 1i or 1u, a boolean, or a string " \
    "in quotes"


static const char *cricket_influx_value_integer(const cricket_str_t *raw,
    unsigned is_signed, unsigned char *buf, cricket_str_t *number);
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

    for (i = 0;
         raw->data[0] >= 'A' && cricket_influx_booleans[i].text != NULL;
         i++)
    {
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

        if (cricket_number_json(raw, buf, number) != CRICKET_OK) {
            return CRICKET_INFLUX_EXPECTED;
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
    uint64_t          n;
    cricket_number_t  parts;

    if (cricket_number_parse(raw, &parts) != CRICKET_OK
        || parts.whole.len == 0
        || parts.point
        || parts.exponent.len
        || (parts.negative && !is_signed))
    {
        return CRICKET_INFLUX_EXPECTED;
    }

    if (cricket_number_uint(&parts.whole, &n) != CRICKET_OK
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
        cricket_number_write(&parts, buf, number);
    }

    return NULL;
}


const char *
cricket_influx_value_time(const cricket_str_t *raw, uint64_t precision,
    cricket_time_t *t)
{
    int64_t           n, unit, msec, nanos;
    uint64_t          u;
    cricket_number_t  parts;

    static const char  range[] = "outside the years 0001 to 9999; is its "
                                 "precision another one?";

    if (cricket_number_parse(raw, &parts) != CRICKET_OK
        || parts.whole.len == 0
        || parts.point
        || parts.exponent.len)
    {
        return "expected an integer";
    }

    if (cricket_number_uint(&parts.whole, &u) != CRICKET_OK
        || u > (uint64_t) INT64_MAX + parts.negative)
    {
        return "beyond the range of an integer of 64 bits";
    }

    n = parts.negative ? (int64_t) - u : (int64_t) u;

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
