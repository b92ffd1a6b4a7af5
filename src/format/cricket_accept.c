
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* Finds the format that an Accept header asks for. */


#include <string.h>

#include "cricket_accept.h"
#include "cricket_format.h"


typedef struct {
    cricket_str_t                 type;
    cricket_str_t                 subtype;
    unsigned                      q;            /* thousandths */
} cricket_accept_range_t;


static int cricket_accept_next(const unsigned char **pos,
    const unsigned char *last, cricket_accept_range_t *range);
static void cricket_accept_trim(cricket_str_t *s);
static int cricket_accept_weight(const cricket_str_t *s, unsigned *q);
static int cricket_accept_match(const cricket_accept_range_t *range,
    const char *type, const char *subtype);
static int cricket_accept_equal(const cricket_str_t *s, const char *text);


cricket_format_e
cricket_accept(const cricket_query_t *q, const unsigned char *accept,
    size_t len)
{
    int                      match, exact[CRICKET_FORMATS];
    size_t                   i, best;
    unsigned                 weight[CRICKET_FORMATS];
    const unsigned char     *last;
    cricket_accept_range_t   range;

    if (q->format_set) {
        return q->format;
    }

    memset(exact, 0, sizeof(exact));
    memset(weight, 0, sizeof(weight));

    last = accept + len;

    while (cricket_accept_next(&accept, last, &range) == CRICKET_OK) {

        for (i = 0; i < CRICKET_FORMATS; i++) {
            match = cricket_accept_match(&range, cricket_formats[i].type,
                                         cricket_formats[i].subtype);

            /* what names a type more closely overrides the rest */

            if (match > exact[i]
                || (match != 0 && match == exact[i] && range.q > weight[i]))
            {
                exact[i] = match;
                weight[i] = range.q;
            }
        }
    }

    best = CRICKET_FORMATS;

    for (i = 0; i < CRICKET_FORMATS; i++) {

        if (weight[i] == 0
            || (q->kind == CRICKET_QUERY_EXPORT && i == CRICKET_FORMAT_JSON)
            || (i == CRICKET_FORMAT_NDJSON && !cricket_query_is_datapoints(q)))
        {
            continue;
        }

        if (best == CRICKET_FORMATS
            || weight[i] > weight[best]
            || (weight[i] == weight[best] && exact[i] > exact[best]))
        {
            best = i;
        }
    }

    return (best == CRICKET_FORMATS) ? q->format
                                     : (cricket_format_e) best;
}


int
cricket_accept_gzip(const unsigned char *accept, size_t len)
{
    int                   exact, allowed;
    unsigned              q;
    cricket_str_t         coding, weight;
    const unsigned char  *p, *last, *semicolon;

    exact = 0;
    allowed = 0;
    last = accept + len;

    while (accept < last) {
        p = memchr(accept, ',', last - accept);

        coding.data = accept;
        coding.len = (p ? p : last) - accept;
        accept = p ? p + 1 : last;

        q = 1000;
        semicolon = memchr(coding.data, ';', coding.len);

        if (semicolon != NULL) {
            weight.data = semicolon + 1;
            weight.len = coding.data + coding.len - weight.data;
            coding.len = semicolon - coding.data;

            cricket_accept_trim(&weight);

            if (weight.len < 2 || (weight.data[0] | 0x20) != 'q'
                || weight.data[1] != '=')
            {
                continue;
            }

            weight.data += 2;
            weight.len -= 2;

            if (cricket_accept_weight(&weight, &q) != CRICKET_OK) {
                continue;
            }
        }

        cricket_accept_trim(&coding);

        if (cricket_accept_equal(&coding, "gzip")
            || cricket_accept_equal(&coding, "x-gzip"))
        {
            exact = 1;
            allowed = q != 0;

        } else if (!exact && cricket_accept_equal(&coding, "*")) {
            allowed = q != 0;
        }
    }

    return allowed;
}


/*
 * Reads the next element of an Accept header; one that is not a media range
 * with a proper weight is passed over, as if it were not there.
 */

static int
cricket_accept_next(const unsigned char **pos, const unsigned char *last,
    cricket_accept_range_t *range)
{
    int                   quoted, valid;
    size_t                n;
    cricket_str_t         part;
    const unsigned char  *p, *slash;

    p = *pos;

    while (p < last) {
        range->q = 1000;
        range->type.len = 0;
        valid = 1;

        for (n = 0; p < last; n++) {
            part.data = p;
            quoted = 0;

            while (p < last && (quoted || (*p != ',' && *p != ';'))) {

                if (*p == '"') {
                    quoted = !quoted;

                } else if (*p == '\\' && quoted && last - p > 1) {
                    p++;
                }

                p++;
            }

            part.len = p - part.data;
            cricket_accept_trim(&part);

            if (n == 0) {
                slash = part.len ? memchr(part.data, '/', part.len) : NULL;

                if (slash != NULL) {
                    range->type.data = part.data;
                    range->type.len = slash - part.data;
                    range->subtype.data = slash + 1;
                    range->subtype.len = part.len - range->type.len - 1;
                }

            } else if (part.len > 1 && (part.data[0] | 0x20) == 'q'
                       && part.data[1] == '=')
            {
                part.data += 2;
                part.len -= 2;
                valid = cricket_accept_weight(&part, &range->q) == CRICKET_OK;
            }

            if (p < last && *p++ == ',') {
                break;
            }
        }

        if (valid && range->type.len != 0) {
            *pos = p;
            return CRICKET_OK;
        }
    }

    *pos = p;

    return CRICKET_DONE;
}


static void
cricket_accept_trim(cricket_str_t *s)
{
    while (s->len != 0 && (s->data[0] == ' ' || s->data[0] == '\t')) {
        s->data++;
        s->len--;
    }

    while (s->len != 0
           && (s->data[s->len - 1] == ' ' || s->data[s->len - 1] == '\t'))
    {
        s->len--;
    }
}


/* RFC 9110, section 12.4.2: 0 to 1 with at most three digits */

static int
cricket_accept_weight(const cricket_str_t *s, unsigned *q)
{
    size_t    i;
    unsigned  n, unit;

    if (s->len == 0 || s->len > 5
        || (s->data[0] != '0' && s->data[0] != '1')
        || (s->len > 1 && s->data[1] != '.'))
    {
        return CRICKET_INVALID;
    }

    n = (s->data[0] - '0') * 1000;
    unit = 100;

    for (i = 2; i < s->len; i++) {

        if (s->data[i] < '0' || s->data[i] > '9') {
            return CRICKET_INVALID;
        }

        n += (s->data[i] - '0') * unit;
        unit /= 10;
    }

    if (n > 1000) {
        return CRICKET_INVALID;
    }

    *q = n;

    return CRICKET_OK;
}


/* returns how closely the range names the type, 0 if it doesn't */

static int
cricket_accept_match(const cricket_accept_range_t *range, const char *type,
    const char *subtype)
{
    if (cricket_accept_equal(&range->type, type)) {

        if (cricket_accept_equal(&range->subtype, subtype)) {
            return 3;
        }

        return cricket_accept_equal(&range->subtype, "*") ? 2 : 0;
    }

    return cricket_accept_equal(&range->type, "*")
           && cricket_accept_equal(&range->subtype, "*");
}


/* text is in lower case */

static int
cricket_accept_equal(const cricket_str_t *s, const char *text)
{
    size_t         i;
    unsigned char  c;

    if (s->len != strlen(text)) {
        return 0;
    }

    for (i = 0; i < s->len; i++) {
        c = s->data[i];

        if (c >= 'A' && c <= 'Z') {
            c |= 0x20;
        }

        if (c != (unsigned char) text[i]) {
            return 0;
        }
    }

    return 1;
}
