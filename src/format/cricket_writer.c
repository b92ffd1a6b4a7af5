
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* What the writers of all formats write alike. */


#include <string.h>

#include "cricket_json.h"
#include "cricket_writer.h"


int
cricket_writer_number(cricket_buf_t *b, const cricket_str_t *number)
{
    double                value;
    size_t                len;
    const unsigned char  *p;

    p = number->data;
    len = number->len;

    if (len == 0) {
        cricket_buf_literal(b, "null");
        return CRICKET_OK;
    }

    if (memchr(p, 'E', len) != NULL || memchr(p, 'e', len) != NULL) {

        if (cricket_json_double(number, &value) != CRICKET_OK) {
            return CRICKET_INVALID;
        }

        cricket_buf_double(b, value);

        return CRICKET_OK;
    }

    if (len > 2 && p[len - 2] == '.' && p[len - 1] == '0'
        && (len != 4 || memcmp(p, "-0.0", 4) != 0))
    {
        len -= 2;
    }

    cricket_buf_append(b, p, len);

    return CRICKET_OK;
}


void
cricket_writer_time(cricket_buf_t *b, const cricket_time_t *t)
{
    unsigned char  *p;

    p = cricket_buf_reserve(b, CRICKET_TIME_LEN);

    if (p != NULL) {
        b->len += cricket_time_format(p, t);
    }
}


void
cricket_writer_tags(cricket_buf_t *b, const cricket_result_hit_t *hit)
{
    size_t                i, n;
    const unsigned char  *equal;
    const cricket_str_t  *tag;

    for (i = 0; i < hit->ntags; i++) {
        tag = &hit->tags[i];

        /* a key has no "=", a value may have some */

        equal = memchr(tag->data, '=', tag->len);
        n = equal - tag->data;

        cricket_buf_cstr(b, (i == 0) ? "{\"" : ",\"");
        cricket_buf_append(b, tag->data, n);
        cricket_buf_literal(b, "\":\"");
        cricket_buf_append(b, equal + 1, tag->len - n - 1);
        cricket_buf_literal(b, "\"");
    }

    cricket_buf_literal(b, "}");
}


void
cricket_writer_cell(cricket_buf_t *b, const cricket_str_t *s)
{
    size_t                i;
    unsigned char        *dst;
    const unsigned char  *p;

    p = s->data;

    for (i = 0; i < s->len; i++) {
        if (p[i] == '"' || p[i] == ',' || p[i] == '\r' || p[i] == '\n') {
            break;
        }
    }

    if (i == s->len) {
        cricket_buf_append(b, p, s->len);
        return;
    }

    dst = cricket_buf_reserve(b, 2 * s->len + 2);
    if (dst == NULL) {
        return;
    }

    *dst++ = '"';

    for (i = 0; i < s->len; i++) {

        if (p[i] == '"') {
            *dst++ = '"';
        }

        *dst++ = p[i];
    }

    *dst++ = '"';

    b->len = dst - b->data;
}
