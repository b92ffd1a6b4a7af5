
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* Makes bulk lines of a body, in slices; knows no nginx. */


#include "cricket_lines.h"


static int cricket_lines_valid(cricket_lines_t *lines);
static void cricket_lines_keep(cricket_lines_t *lines);


void
cricket_lines_init(cricket_lines_t *lines, cricket_body_e type,
    const unsigned char *data, size_t len, size_t max)
{
    lines->id = NULL;
    lines->invalid = NULL;
    lines->data = NULL;
    lines->out = NULL;

    lines->total = 0;
    lines->rejected = 0;
    lines->n = 0;
    lines->message = NULL;
    lines->partial = 0;
    lines->too_many = 0;

    cricket_buf_init(&lines->index, (size_t) -1);
    cricket_body_init(&lines->body, type, data, len, max);
}


int
cricket_lines_next(cricket_lines_t *lines, size_t n)
{
    cricket_body_t  *body;

    body = &lines->body;

    cricket_body_limit(body, n);

    for ( ;; ) {

        switch (cricket_body_next(body, &lines->dp)) {

        case CRICKET_OK:
            lines->total++;

            if (lines->rejected != 0 && !lines->partial) {
                break;
            }

            if (cricket_lines_valid(lines) != CRICKET_OK) {
                return CRICKET_ERROR;
            }

            break;

        case CRICKET_INVALID:
            lines->total++;
            lines->rejected++;

            lines->invalid(lines->data, body->index, body->field,
                           body->message);
            break;

        case CRICKET_AGAIN:
            return CRICKET_AGAIN;

        case CRICKET_DONE:
            return CRICKET_OK;

        default: /* CRICKET_ERROR */
            lines->message = body->message;
            lines->too_many = (body->index == body->max);

            return CRICKET_INVALID;
        }
    }
}


static int
cricket_lines_valid(cricket_lines_t *lines)
{
    cricket_str_t   id, *idp;
    unsigned char   text[CRICKET_LINES_ID_LEN + 1];

    idp = NULL;

    if (lines->rejected != 0) {
        cricket_lines_keep(lines);
    }

    if (lines->id != NULL) {
        id.len = lines->id(lines->data, lines->body.index, &lines->dp, text);
        id.data = text;

        idp = &id;
    }

    cricket_bulk_append(lines->out, &lines->dp, idp);

    if (lines->out->failed || lines->index.failed) {
        return CRICKET_ERROR;
    }

    lines->n++;

    return CRICKET_OK;
}


static void
cricket_lines_keep(cricket_lines_t *lines)
{
    size_t    i;
    uint32_t  n;

    if (lines->index.len == 0) {

        (void) cricket_buf_reserve(&lines->index,
                                   (lines->n + 16) * sizeof(uint32_t));

        for (i = 0; i < lines->n; i++) {
            n = (uint32_t) i;
            cricket_buf_append(&lines->index, &n, sizeof(uint32_t));
        }
    }

    n = (uint32_t) lines->body.index;
    cricket_buf_append(&lines->index, &n, sizeof(uint32_t));
}
