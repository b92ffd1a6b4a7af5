
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* Receipts and errors as OTLP's clients are told. */


#include "cricket_receipt_otlp.h"


/* of google.rpc.Code */

#define CRICKET_RECEIPT_OTLP_INVALID          3
#define CRICKET_RECEIPT_OTLP_FORBIDDEN        7
#define CRICKET_RECEIPT_OTLP_UNIMPLEMENTED    12
#define CRICKET_RECEIPT_OTLP_INTERNAL         13
#define CRICKET_RECEIPT_OTLP_UNAVAILABLE      14
#define CRICKET_RECEIPT_OTLP_UNAUTHENTICATED  16


static unsigned cricket_receipt_otlp_is_partial(
    const cricket_receipt_t *receipt);
static unsigned cricket_receipt_otlp_code(unsigned status);
static void cricket_receipt_otlp_varint(cricket_buf_t *b, uint64_t n);
static void cricket_receipt_otlp_message(cricket_buf_t *b, uint64_t n,
    const cricket_buf_t *text);


unsigned
cricket_receipt_otlp(const cricket_receipt_t *receipt, cricket_buf_t *b)
{
    cricket_buf_t  partial;

    if (receipt->status == 200) {
        return 200;
    }

    if (!cricket_receipt_otlp_is_partial(receipt)) {
        cricket_receipt_otlp_message(b,
                                     cricket_receipt_otlp_code(receipt->status),
                                     &receipt->message);
        return receipt->status;
    }

    /* ExportMetricsServiceResponse.partial_success, a message as a Status is */

    cricket_buf_init(&partial, b->max);
    cricket_receipt_otlp_message(&partial, receipt->invalid, &receipt->message);

    cricket_buf_literal(b, "\x0a");
    cricket_receipt_otlp_varint(b, partial.len);
    cricket_buf_append(b, partial.data, partial.len);

    b->failed |= partial.failed;

    cricket_buf_free(&partial);

    return 200;
}


unsigned
cricket_receipt_otlp_json(const cricket_receipt_t *receipt, cricket_buf_t *b)
{
    if (receipt->status == 200) {
        cricket_buf_literal(b, "{}");
        return 200;
    }

    if (cricket_receipt_otlp_is_partial(receipt)) {
        cricket_buf_literal(b, "{\"partialSuccess\":{"
                            "\"rejectedDataPoints\":\"");
        cricket_buf_int(b, receipt->invalid);
        cricket_buf_literal(b, "\",\"errorMessage\":");
        cricket_buf_json(b, receipt->message.data, receipt->message.len);
        cricket_buf_literal(b, "}}");
        return 200;
    }

    cricket_buf_literal(b, "{\"code\":");
    cricket_buf_int(b, cricket_receipt_otlp_code(receipt->status));
    cricket_buf_literal(b, ",\"message\":");
    cricket_buf_json(b, receipt->message.data, receipt->message.len);
    cricket_buf_literal(b, "}");

    return receipt->status;
}


/* is some of it stored, or was passed over as it should be? */

static unsigned
cricket_receipt_otlp_is_partial(const cricket_receipt_t *receipt)
{
    return receipt->status == 400 && receipt->invalid != 0
           && (receipt->stored != 0 || receipt->ignored != 0);
}


static unsigned
cricket_receipt_otlp_code(unsigned status)
{
    switch (status) {

    case 401:
        return CRICKET_RECEIPT_OTLP_UNAUTHENTICATED;

    case 403:
        return CRICKET_RECEIPT_OTLP_FORBIDDEN;

    case 405:
        return CRICKET_RECEIPT_OTLP_UNIMPLEMENTED;

    case 408:
    case 429:
    case 502:
    case 503:
    case 504:
        return CRICKET_RECEIPT_OTLP_UNAVAILABLE;

    default:
        return (status < 500) ? CRICKET_RECEIPT_OTLP_INVALID
                              : CRICKET_RECEIPT_OTLP_INTERNAL;
    }
}


/* field 1, a number, and field 2, a text, as both messages have them */

static void
cricket_receipt_otlp_message(cricket_buf_t *b, uint64_t n,
    const cricket_buf_t *text)
{
    cricket_buf_literal(b, "\x08");
    cricket_receipt_otlp_varint(b, n);
    cricket_buf_literal(b, "\x12");
    cricket_receipt_otlp_varint(b, text->len);
    cricket_buf_append(b, text->data, text->len);
}


static void
cricket_receipt_otlp_varint(cricket_buf_t *b, uint64_t n)
{
    unsigned char  byte;

    do {
        byte = (unsigned char) ((n & 0x7f) | (n > 0x7f ? 0x80 : 0));
        n >>= 7;

        cricket_buf_append(b, &byte, 1);

    } while (n != 0);
}
