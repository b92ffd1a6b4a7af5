
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* Receipts and errors as the clients of OpenTSDB are told. */


#include "cricket_json.h"
#include "cricket_receipt_opentsdb.h"


static void cricket_receipt_opentsdb_errors(const cricket_receipt_t *receipt,
    cricket_buf_t *b);
static int cricket_receipt_opentsdb_is_json(const cricket_str_t *text);


unsigned
cricket_receipt_opentsdb(const cricket_receipt_t *receipt, cricket_buf_t *b)
{
    unsigned  list;

    list = (receipt->status == 400 && receipt->invalid != 0);

    if ((receipt->status == 200 || list)
        && (receipt->summary || receipt->details))
    {
        cricket_buf_literal(b, "{\"success\":");
        cricket_buf_int(b, receipt->stored);
        cricket_buf_literal(b, ",\"failed\":");
        cricket_buf_int(b, receipt->invalid);

        if (receipt->details) {
            cricket_receipt_opentsdb_errors(receipt, b);
        }

        cricket_buf_literal(b, "}\n");

        return receipt->status;
    }

    if (receipt->status == 200) {
        return 204;
    }

    if (receipt->status == 503) {
        cricket_buf_append(b, receipt->message.data, receipt->message.len);
        cricket_buf_literal(b, "\n");
        return receipt->status;
    }

    cricket_buf_literal(b, "{\"error\":{\"code\":");
    cricket_buf_int(b, receipt->status);
    cricket_buf_literal(b, ",\"message\":");
    cricket_buf_json(b, receipt->message.data, receipt->message.len);

    if (list) {
        cricket_buf_literal(b, ",\"details\":\"");
        cricket_buf_int(b, receipt->stored);
        cricket_buf_literal(b, " stored, ");
        cricket_buf_int(b, receipt->invalid);
        cricket_buf_literal(b, " not; with ?details the answer lists them\"");
    }

    cricket_buf_literal(b, "}}\n");

    return receipt->status;
}


const char *
cricket_receipt_opentsdb_header(const cricket_receipt_t *receipt, size_t n,
    cricket_buf_t *b)
{
    if (n != 0) {
        return NULL;
    }

    if (receipt->status == 503) {
        cricket_buf_literal(b, "text/plain");
    }

    return "Content-Type";
}


unsigned
cricket_receipt_opentsdb_ask(const cricket_receipt_t *receipt,
    cricket_buf_t *b)
{
    cricket_buf_literal(b, "{\"error\":{\"code\":");
    cricket_buf_int(b, receipt->status);
    cricket_buf_literal(b, ",\"status\":");
    cricket_buf_int(b, receipt->status);
    cricket_buf_literal(b, ",\"message\":");
    cricket_buf_json(b, receipt->message.data, receipt->message.len);
    cricket_buf_literal(b, "}}\n");

    return receipt->status;
}


static void
cricket_receipt_opentsdb_errors(const cricket_receipt_t *receipt,
    cricket_buf_t *b)
{
    size_t                    pos;
    cricket_buf_t             text;
    cricket_receipt_error_t   error;

    cricket_buf_literal(b, ",\"errors\":[");

    pos = 0;

    while (cricket_receipt_next(receipt, &pos, &error) == CRICKET_OK) {

        cricket_buf_literal(b, "{\"datapoint\":");

        if (cricket_receipt_opentsdb_is_json(&error.text)) {
            cricket_buf_append(b, error.text.data, error.text.len);

        } else {
            cricket_buf_literal(b, "null");
        }

        cricket_buf_init(&text, b->max);

        cricket_buf_literal(&text, "datapoint ");
        cricket_buf_int(&text, error.index);
        cricket_buf_literal(&text, ": ");

        if (error.field.len) {
            cricket_buf_append(&text, error.field.data, error.field.len);
            cricket_buf_literal(&text, ": ");
        }

        cricket_buf_append(&text, error.message.data, error.message.len);

        cricket_buf_literal(b, ",\"error\":");
        cricket_buf_json(b, text.data, text.len);
        cricket_buf_cstr(b, pos < receipt->errors.len ? "}," : "}");

        b->failed |= text.failed;

        cricket_buf_free(&text);
    }

    cricket_buf_literal(b, "]");
}


/* a bare NaN was read, too; and of what Elasticsearch refused there is none */

static int
cricket_receipt_opentsdb_is_json(const cricket_str_t *text)
{
    cricket_json_t        json;
    cricket_json_token_e  token;

    cricket_json_init(&json, text->data, text->len);

    do {
        token = cricket_json_next(&json);
    } while (token != CRICKET_JSON_ERROR && token != CRICKET_JSON_END);

    return token == CRICKET_JSON_END;
}
