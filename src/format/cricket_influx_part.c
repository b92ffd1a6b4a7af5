
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* What the phases of reading line protocol have in common. */


#include <stdarg.h>
#include <stdio.h>

#include "cricket_influx_private.h"
#include "cricket_text.h"


/* of a name in a message */
#define CRICKET_INFLUX_SHOWN      64


static const unsigned char  cricket_influx_class[256] = {
    [','] = CRICKET_INFLUX_COMMA,
    ['='] = CRICKET_INFLUX_EQUAL,
    [' '] = CRICKET_INFLUX_BLANK,
    ['\n'] = CRICKET_INFLUX_NEWLINE,
    ['"'] = CRICKET_INFLUX_QUOTE,
    ['\\'] = CRICKET_INFLUX_BACKSLASH
};


int
cricket_influx_scan(cricket_influx_t *influx, unsigned stops,
    unsigned escapes)
{
    const unsigned char  *p, *stop;

    p = influx->pos;
    stop = influx->last;

    if ((size_t) (stop - p) > influx->left) {
        stop = p + influx->left;
    }

    stops |= CRICKET_INFLUX_NEWLINE | (escapes ? CRICKET_INFLUX_BACKSLASH : 0);

    for ( ;; ) {

        while (p < stop && !(cricket_influx_class[*p] & stops)) {
            p++;
        }

        if (p >= stop || *p != '\\') {
            break;
        }

        p++;

        if (p < influx->last && (cricket_influx_class[*p] & escapes)) {
            p++;
        }
    }

    cricket_influx_cost(influx, p - influx->pos);
    influx->pos = p;

    return (p < stop || p == influx->last) ? CRICKET_OK : CRICKET_AGAIN;
}


int
cricket_influx_blanks(cricket_influx_t *influx)
{
    while (influx->pos < influx->last
           && (*influx->pos == ' ' || *influx->pos == '\t'))
    {
        if (influx->left == 0) {
            return CRICKET_AGAIN;
        }

        influx->pos++;
        influx->left--;
    }

    return CRICKET_OK;
}


int
cricket_influx_is_end(const cricket_influx_t *influx)
{
    const unsigned char  *p;

    p = influx->pos;

    if (p < influx->last && *p == '\r') {
        p++;
    }

    return p == influx->last || *p == '\n';
}


void
cricket_influx_cost(cricket_influx_t *influx, size_t n)
{
    influx->left -= (n < influx->left) ? n : influx->left;
}


int
cricket_influx_count(cricket_influx_t *influx, size_t cost)
{
    if (++influx->reader.index == influx->reader.max) {
        influx->phase = CRICKET_INFLUX_BROKEN;
        influx->reader.field[0] = '\0';
        (void) snprintf(influx->reader.message, sizeof(influx->reader.message),
                        "more than %zu datapoints", influx->reader.max);
        return CRICKET_ERROR;
    }

    cricket_influx_cost(influx, CRICKET_READER_COST + cost);

    return CRICKET_OK;
}


ptrdiff_t
cricket_influx_text(cricket_influx_t *influx, const char *what,
    const cricket_str_t *name, const cricket_str_t *raw, unsigned escapes,
    size_t max, unsigned char *dst, size_t *plain)
{
    size_t                n;
    const char           *wrong;
    unsigned char        *q;
    const unsigned char  *p, *last;

    p = raw->data;
    last = p + raw->len;
    q = dst;

    /* most of it is ASCII without an escape of either kind */

    while (p < last && *p >= 0x20 && *p < 0x7f && *p != '"' && *p != '\\') {
        p++;
    }

    if (p == last && raw->len <= max) {
        memcpy(dst, raw->data, raw->len);
        *plain = raw->len;
        return raw->len;
    }

    p = raw->data;

    for (n = 0; p < last && n < max; n++) {

        if (*p == '\\' && p + 1 < last
            && (cricket_influx_class[p[1]] & escapes))
        {
            p++;

        } else if (*p == '\\' || *p == '"') {
            *q++ = '\\';
        }

        *q++ = *p++;
    }

    if (p < last) {
        cricket_influx_invalid(influx, what, name, "longer than %zu bytes",
                               max);
        return -1;
    }

    wrong = cricket_text_wrong(raw->data, raw->len);

    if (wrong != NULL) {
        cricket_influx_invalid(influx, what, name, "%s", wrong);
        return -1;
    }

    *plain = n;

    return q - dst;
}


int
cricket_influx_lost(cricket_influx_t *influx)
{
    if (cricket_influx_count(influx, 0) != CRICKET_OK) {
        return CRICKET_ERROR;
    }

    influx->phase = CRICKET_INFLUX_SKIP;

    return CRICKET_INVALID;
}


void
cricket_influx_invalid(cricket_influx_t *influx, const char *what,
    const cricket_str_t *name, const char *fmt, ...)
{
    char              *p, *last;
    va_list            args;
    cricket_reader_t  *reader;

    if (influx->bad) {
        return;
    }

    influx->bad = 1;

    reader = &influx->reader;

    (void) snprintf(reader->field, sizeof(reader->field), "line %zu",
                    influx->line);

    p = reader->message;
    last = p + sizeof(reader->message);

    if (what != NULL) {
        p += snprintf(p, last - p, "%s \"", what);
        p += cricket_text_shown(p, CRICKET_INFLUX_SHOWN, name->data,
                                name->len);
        p += snprintf(p, last - p, "\": ");
    }

    va_start(args, fmt);
    (void) vsnprintf(p, last - p, fmt, args);
    va_end(args);
}
