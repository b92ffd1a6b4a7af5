
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* Receipts and errors as JSON. */


#include "cricket_receipt_json.h"


static void cricket_receipt_json_errors(const cricket_receipt_t *receipt,
    cricket_buf_t *b);


unsigned
cricket_receipt_json(const cricket_receipt_t *receipt, cricket_buf_t *b)
{
    if (receipt->status == 200) {
        cricket_buf_literal(b, "{\"stored\":");
        cricket_buf_int(b, receipt->stored);
        cricket_buf_literal(b, "}\n");
        return receipt->status;
    }

    cricket_receipt_json_open(b, receipt->status, receipt->message.data,
                              receipt->message.len);

    if (receipt->status == 400 && receipt->invalid) {
        cricket_receipt_json_errors(receipt, b);
    }

    cricket_buf_literal(b, "}}\n");

    return receipt->status;
}


static void
cricket_receipt_json_errors(const cricket_receipt_t *receipt,
    cricket_buf_t *b)
{
    size_t                    pos;
    cricket_receipt_error_t   error;

    cricket_buf_literal(b, ",\"datapoints\":[");

    pos = 0;

    while (cricket_receipt_next(receipt, &pos, &error) == CRICKET_OK) {

        cricket_buf_literal(b, "{\"index\":");
        cricket_buf_int(b, error.index);

        if (error.field.len) {
            cricket_buf_literal(b, ",\"field\":");
            cricket_buf_json(b, error.field.data, error.field.len);
        }

        cricket_buf_literal(b, ",\"message\":");
        cricket_buf_json(b, error.message.data, error.message.len);
        cricket_buf_cstr(b, pos < receipt->errors.len ? "}," : "}");
    }

    cricket_buf_literal(b, "],\"invalid\":");
    cricket_buf_int(b, receipt->invalid);

    if (receipt->partial || receipt->stored) {
        cricket_buf_literal(b, ",\"stored\":");
        cricket_buf_int(b, receipt->stored);
    }
}


void
cricket_receipt_json_open(cricket_buf_t *b, unsigned status,
    const unsigned char *message, size_t len)
{
    cricket_buf_literal(b, "{\"error\":{\"status\":");
    cricket_buf_int(b, status);
    cricket_buf_literal(b, ",\"message\":");
    cricket_buf_json(b, message, len);
}
