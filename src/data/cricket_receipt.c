
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* What became of a request's datapoints. */


#include <string.h>

#include "cricket_receipt.h"


/* an error as it stands in the list, before its texts */

typedef struct {
    size_t                  index;
    size_t                  field;      /* lengths */
    size_t                  message;
    size_t                  text;
} cricket_receipt_row_t;


void
cricket_receipt_init(cricket_receipt_t *receipt)
{
    memset(receipt, 0, sizeof(cricket_receipt_t));

    cricket_buf_init(&receipt->message, (size_t) -1);
    cricket_buf_init(&receipt->errors, (size_t) -1);
}


void
cricket_receipt_free(cricket_receipt_t *receipt)
{
    cricket_buf_free(&receipt->message);
    cricket_buf_free(&receipt->errors);
}


void
cricket_receipt_add(cricket_receipt_t *receipt, size_t index,
    const char *field, const unsigned char *message, size_t len)
{
    cricket_buf_t          *b;
    cricket_receipt_row_t   row;

    if (receipt->invalid++ == 0) {
        b = &receipt->message;

        cricket_buf_literal(b, "datapoint ");
        cricket_buf_int(b, index);
        cricket_buf_literal(b, ": ");

        if (field[0] != '\0') {
            cricket_buf_cstr(b, field);
            cricket_buf_literal(b, ": ");
        }

        cricket_buf_append(b, message, len);
    }

    if (receipt->invalid > CRICKET_RECEIPT_LISTED) {
        return;
    }

    row.index = index;
    row.field = strlen(field);
    row.message = len;
    row.text = 0;

    b = &receipt->errors;

    receipt->last = b->len;

    cricket_buf_append(b, &row, sizeof(cricket_receipt_row_t));
    cricket_buf_append(b, field, row.field);
    cricket_buf_append(b, message, row.message);
}


void
cricket_receipt_cite(cricket_receipt_t *receipt, const cricket_str_t *text)
{
    cricket_buf_t          *b;
    cricket_receipt_row_t   row;

    b = &receipt->errors;

    if (b->failed
        || receipt->invalid == 0
        || receipt->invalid > CRICKET_RECEIPT_LISTED
        || text->len > CRICKET_RECEIPT_TEXT)
    {
        return;
    }

    memcpy(&row, b->data + receipt->last, sizeof(cricket_receipt_row_t));
    row.text = text->len;
    memcpy(b->data + receipt->last, &row, sizeof(cricket_receipt_row_t));

    cricket_buf_append(b, text->data, text->len);
}


void
cricket_receipt_message(cricket_receipt_t *receipt, const char *message)
{
    cricket_buf_free(&receipt->message);
    cricket_buf_cstr(&receipt->message, message);
}


int
cricket_receipt_next(const cricket_receipt_t *receipt, size_t *pos,
    cricket_receipt_error_t *error)
{
    const unsigned char    *p;
    cricket_receipt_row_t   row;

    if (*pos == receipt->errors.len) {
        return CRICKET_DONE;
    }

    /* it is not aligned */

    p = receipt->errors.data + *pos;

    memcpy(&row, p, sizeof(cricket_receipt_row_t));
    p += sizeof(cricket_receipt_row_t);

    error->index = row.index;
    error->field.data = p;
    error->field.len = row.field;
    error->message.data = p + row.field;
    error->message.len = row.message;
    error->text.data = p + row.field + row.message;
    error->text.len = row.text;

    *pos += sizeof(cricket_receipt_row_t) + row.field + row.message + row.text;

    return CRICKET_OK;
}


int
cricket_receipt_failed(const cricket_receipt_t *receipt)
{
    return receipt->message.failed || receipt->errors.failed;
}
