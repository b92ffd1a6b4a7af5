
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* Receipts and errors as the clients of InfluxDB are told. */


#include "cricket_receipt_influx.h"


/* of the error that a header has */
#define CRICKET_RECEIPT_INFLUX_SHOWN  1024

/* how InfluxDB's reader begins what it says of a line */
#define CRICKET_RECEIPT_INFLUX_PARSE  "unable to parse "


static int cricket_receipt_influx_is_list(const cricket_receipt_t *receipt);
static void cricket_receipt_influx_list(const cricket_receipt_t *receipt,
    size_t max, cricket_buf_t *b);
static void cricket_receipt_influx_error(const cricket_receipt_error_t *error,
    cricket_buf_t *b);
static const char *cricket_receipt_influx_code(unsigned status);


/* version 2 has a word for each */

static const struct {
    unsigned     status;
    const char  *code;
}  cricket_receipt_influx_codes[] = {
    { 400, "invalid" },
    { 401, "unauthorized" },
    { 403, "forbidden" },
    { 404, "not found" },
    { 405, "method not allowed" },
    { 413, "request too large" },
    { 415, "invalid" },
    { 429, "too many requests" },
    { 503, "unavailable" },
    { 0, NULL }
};


unsigned
cricket_receipt_influx_v1(const cricket_receipt_t *receipt, cricket_buf_t *b)
{
    cricket_buf_t  text;

    if (receipt->status == 200) {
        return 204;
    }

    cricket_buf_init(&text, b->max);

    if (!cricket_receipt_influx_is_list(receipt)) {
        cricket_buf_append(&text, receipt->message.data, receipt->message.len);

    } else {

        /* words by which clients know that it is not to be sent again */

        if (receipt->stored) {
            cricket_buf_literal(&text, "partial write: ");
        }

        cricket_receipt_influx_list(receipt, CRICKET_RECEIPT_LISTED, &text);

        if (receipt->stored) {
            cricket_buf_literal(&text, " dropped=");
            cricket_buf_int(&text, receipt->invalid);
        }
    }

    cricket_buf_literal(b, "{\"error\":");
    cricket_buf_json(b, text.data, text.len);
    cricket_buf_literal(b, "}\n");

    b->failed |= text.failed;

    cricket_buf_free(&text);

    return receipt->status;
}


unsigned
cricket_receipt_influx_v2(const cricket_receipt_t *receipt, cricket_buf_t *b)
{
    size_t                    pos;
    cricket_buf_t             text;
    cricket_receipt_error_t   error;

    static const cricket_str_t  line = cricket_string("line ");

    if (receipt->status == 200) {
        return 204;
    }

    cricket_buf_init(&text, b->max);

    if (!cricket_receipt_influx_is_list(receipt)) {
        cricket_buf_append(&text, receipt->message.data, receipt->message.len);

    } else {
        cricket_receipt_influx_list(receipt, CRICKET_RECEIPT_LISTED, &text);
    }

    cricket_buf_literal(b, "{\"code\":\"");
    cricket_buf_cstr(b, cricket_receipt_influx_code(receipt->status));
    cricket_buf_literal(b, "\",\"message\":");
    cricket_buf_json(b, text.data, text.len);

    pos = 0;

    if (cricket_receipt_influx_is_list(receipt)
        && cricket_receipt_next(receipt, &pos, &error) == CRICKET_OK
        && error.field.len > line.len)
    {
        cricket_buf_literal(b, ",\"line\":");
        cricket_buf_append(b, error.field.data + line.len,
                           error.field.len - line.len);
    }

    cricket_buf_literal(b, "}\n");

    b->failed |= text.failed;

    cricket_buf_free(&text);

    return receipt->status;
}


static int
cricket_receipt_influx_is_list(const cricket_receipt_t *receipt)
{
    return receipt->status == 400 && receipt->invalid != 0;
}


/* a line for each, of at most max */

static void
cricket_receipt_influx_list(const cricket_receipt_t *receipt, size_t max,
    cricket_buf_t *b)
{
    size_t                    n, pos;
    cricket_receipt_error_t   error;

    pos = 0;

    for (n = 0; n < max; n++) {

        if (cricket_receipt_next(receipt, &pos, &error) != CRICKET_OK) {
            break;
        }

        if (n != 0) {
            cricket_buf_literal(b, "\n");
        }

        cricket_receipt_influx_error(&error, b);
    }

    if (n < receipt->invalid) {
        cricket_buf_literal(b, " (and ");
        cricket_buf_int(b, receipt->invalid - n);
        cricket_buf_literal(b, " more)");
    }
}


/* what was found later than in the body has no line */

static void
cricket_receipt_influx_error(const cricket_receipt_error_t *error,
    cricket_buf_t *b)
{
    if (error->field.len) {
        cricket_buf_literal(b, CRICKET_RECEIPT_INFLUX_PARSE);
        cricket_buf_append(b, error->field.data, error->field.len);

    } else {
        cricket_buf_literal(b, "datapoint ");
        cricket_buf_int(b, error->index);
    }

    cricket_buf_literal(b, ": ");
    cricket_buf_append(b, error->message.data, error->message.len);
}


static const char *
cricket_receipt_influx_code(unsigned status)
{
    size_t  i;

    for (i = 0; cricket_receipt_influx_codes[i].status != 0; i++) {

        if (cricket_receipt_influx_codes[i].status == status) {
            return cricket_receipt_influx_codes[i].code;
        }
    }

    return (status < 500) ? "invalid" : "internal error";
}


const char *
cricket_receipt_influx_header(const cricket_receipt_t *receipt, size_t n,
    cricket_buf_t *b)
{
    cricket_buf_t  text;

    switch (n) {

    case 0:
        cricket_buf_literal(b, CRICKET_RECEIPT_INFLUX_VERSION);
        return "X-Influxdb-Version";

    case 1:

        if (receipt->status == 200) {
            return "X-Influxdb-Error";
        }

        if (!cricket_receipt_influx_is_list(receipt)) {
            cricket_buf_shown(b, receipt->message.data, receipt->message.len,
                              CRICKET_RECEIPT_INFLUX_SHOWN);
            return "X-Influxdb-Error";
        }

        cricket_buf_init(&text, b->max);
        cricket_receipt_influx_list(receipt, 1, &text);
        cricket_buf_shown(b, text.data, text.len, CRICKET_RECEIPT_INFLUX_SHOWN);

        b->failed |= text.failed;

        cricket_buf_free(&text);

        return "X-Influxdb-Error";

    default:
        return NULL;
    }
}


const char *
cricket_receipt_influx_header_v2(const cricket_receipt_t *receipt, size_t n,
    cricket_buf_t *b)
{
    switch (n) {

    case 0:
        cricket_buf_literal(b, CRICKET_RECEIPT_INFLUX_VERSION);
        return "X-Influxdb-Version";

    case 1:

        if (receipt->status != 200) {
            cricket_buf_cstr(b, cricket_receipt_influx_code(receipt->status));
        }

        return "X-Platform-Error-Code";

    default:
        return NULL;
    }
}
