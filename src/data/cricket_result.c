
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* An answer on its way from where it was found to a format. */


#include <string.h>

#include "cricket_json.h"
#include "cricket_result.h"


void
cricket_result_init(cricket_result_t *result,
    const cricket_result_writer_t *writer, const cricket_query_t *q,
    cricket_buf_t *out)
{
    memset(result, 0, sizeof(cricket_result_t));

    result->writer = writer;
    result->q = q;
    result->out = out;

    cricket_buf_init(&result->cell, SIZE_MAX);
}


void
cricket_result_free(cricket_result_t *result)
{
    cricket_buf_free(&result->cell);
}


int
cricket_result_plain(const cricket_result_text_t *text, cricket_buf_t *b,
    cricket_str_t *plain)
{
    ptrdiff_t       n;
    unsigned char  *p;

    *plain = text->text;

    if (!text->escaped) {
        return CRICKET_OK;
    }

    b->len = 0;

    p = cricket_buf_reserve(b, text->text.len);
    if (p == NULL) {
        return CRICKET_ERROR;
    }

    n = cricket_json_decode(&text->text, p);

    if (n < 0) {
        return CRICKET_INVALID;
    }

    plain->data = p;
    plain->len = n;

    return CRICKET_OK;
}
