
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* Writes and reads what a Link says of the next page. */


#include <string.h>

#include "cricket_query_private.h"
#include "cricket_utf8.h"


#define CRICKET_FNV_BASIS    0xcbf29ce484222325
#define CRICKET_FNV_PRIME    0x100000001b3

/* a cursor: its version, a checksum, and a position */
#define CRICKET_CURSOR       2
#define CRICKET_CURSOR_HEAD  (1 + 8)
#define CRICKET_CURSOR_TIME  (8 + 4 + 8)     /* and the name of an index */


static int cricket_cursor_text(const unsigned char *p, size_t len);
static uint64_t cricket_cursor_check(const cricket_query_t *q,
    const unsigned char *p, size_t len);
static uint64_t cricket_cursor_hash(uint64_t hash, const unsigned char *p,
    size_t len);
static uint64_t cricket_cursor_get(const unsigned char *p, size_t n);
static unsigned char *cricket_cursor_put(unsigned char *p, uint64_t value,
    size_t n);
static void cricket_base64url_encode(cricket_buf_t *b, const unsigned char *p,
    size_t len);
static int cricket_base64url_decode(unsigned char *dst, size_t size,
    const cricket_str_t *s, size_t *len);


void
cricket_query_next(const cricket_query_t *q,
    const cricket_query_position_t *after, cricket_buf_t *b)
{
    size_t                      i;
    uint64_t                    check;
    unsigned char               cursor[CRICKET_QUERY_CURSOR], *p;
    const cricket_query_arg_t  *arg;

    for (i = 0; i < q->nargs; i++) {
        arg = &q->args[i];

        if (arg->value.data == q->cursor.data) {
            continue;
        }

        /* harmless in a query, in a header, and between < and > */

        cricket_buf_url(b, arg->name.data, arg->name.len, ":/");
        cricket_buf_literal(b, "=");
        cricket_buf_url(b, arg->value.data, arg->value.len, ":/");
        cricket_buf_literal(b, "&");
    }

    p = cursor + CRICKET_CURSOR_HEAD;

    if (q->kind == CRICKET_QUERY_NAMES) {
        memcpy(p, after->name.data, after->name.len);
        p += after->name.len;

    } else {
        p = cricket_cursor_put(p, (uint64_t) after->time.sec, 8);
        p = cricket_cursor_put(p, after->time.nsec, 4);
        p = cricket_cursor_put(p, (uint64_t) after->seq_no, 8);

        memcpy(p, after->index, after->index_len);
        p += after->index_len;
    }

    check = cricket_cursor_check(q, cursor + CRICKET_CURSOR_HEAD,
                                 p - cursor - CRICKET_CURSOR_HEAD);

    cursor[0] = CRICKET_CURSOR;
    (void) cricket_cursor_put(cursor + 1, check, 8);

    cricket_buf_literal(b, "cursor=");
    cricket_base64url_encode(b, cursor, p - cursor);
}


/*
 * A cursor holds where its page begins, and nothing that is kept secret: one
 * that is made up begins elsewhere.  The checksum binds it to the filters and
 * finds what was damaged on the way.
 */

const char *
cricket_query_cursor(cricket_query_t *q)
{
    size_t                len;
    uint64_t              nsec;
    unsigned char         cursor[CRICKET_QUERY_CURSOR], *p;
    cricket_time_t        time;

    static const char  malformed[] = "not one that a Link header gave";

    if (cricket_base64url_decode(cursor, sizeof(cursor), &q->cursor, &len)
        != CRICKET_OK
        || len <= CRICKET_CURSOR_HEAD
        || cursor[0] != CRICKET_CURSOR)
    {
        return malformed;
    }

    p = cursor + CRICKET_CURSOR_HEAD;
    len -= CRICKET_CURSOR_HEAD;

    if (cricket_cursor_get(cursor + 1, 8) != cricket_cursor_check(q, p, len)) {
        return "of other parameters, or damaged";
    }

    if (q->kind == CRICKET_QUERY_NAMES) {

        if (!cricket_cursor_text(p, len)) {
            return malformed;
        }

        memcpy(q->pos, p, len);

        q->after.name.data = q->pos;
        q->after.name.len = len;
        q->after_set = 1;

        q->pos += len;

        return NULL;
    }

    if (len < CRICKET_CURSOR_TIME
        || len > CRICKET_CURSOR_TIME + CRICKET_QUERY_INDEX
        || !cricket_cursor_text(p + CRICKET_CURSOR_TIME,
                                len - CRICKET_CURSOR_TIME))
    {
        return malformed;
    }

    nsec = cricket_cursor_get(p + 8, 4);

    q->after.time.sec = (int64_t) cricket_cursor_get(p, 8);
    q->after.time.nsec = (uint32_t) nsec;
    q->after.seq_no = (int64_t) cricket_cursor_get(p + 12, 8);

    q->after.index_len = len - CRICKET_CURSOR_TIME;
    memcpy(q->after.index, p + CRICKET_CURSOR_TIME, q->after.index_len);

    /* a second of its own range keeps the milliseconds from overflowing */

    if (nsec > 999999999
        || q->after.seq_no < -1
        || q->after.time.sec < INT64_MIN / 1000 + 1
        || q->after.time.sec > INT64_MAX / 1000 - 1
        || cricket_time_set(&time, cricket_time_msec(&q->after.time),
                            cricket_time_nanos(&q->after.time))
           != CRICKET_OK)
    {
        return malformed;
    }

    q->after_set = 1;

    return NULL;
}


/* is it UTF-8, which can be made JSON? */

static int
cricket_cursor_text(const unsigned char *p, size_t len)
{
    size_t  i, n;

    for (i = 0; i < len; i += n) {
        n = cricket_utf8_length(p + i, len - i);

        if (n == 0) {
            return 0;
        }
    }

    return 1;
}


/* of the kind, the filters in whatever order, and the position */

static uint64_t
cricket_cursor_check(const cricket_query_t *q, const unsigned char *p,
    size_t len)
{
    size_t                      i;
    uint64_t                    hash, sum;
    unsigned char               kind;
    const cricket_query_arg_t  *arg;

    sum = 0;

    for (i = 0; i < q->nargs; i++) {
        arg = &q->args[i];

        if (arg->filter) {
            hash = cricket_cursor_hash(CRICKET_FNV_BASIS, arg->name.data,
                                       arg->name.len);
            hash = cricket_cursor_hash(hash, (unsigned char *) "=", 1);
            sum += cricket_cursor_hash(hash, arg->value.data, arg->value.len);
        }
    }

    kind = (unsigned char) q->kind;

    hash = cricket_cursor_hash(CRICKET_FNV_BASIS ^ sum, &kind, 1);

    return cricket_cursor_hash(hash, p, len);
}


/* FNV-1a */

static uint64_t
cricket_cursor_hash(uint64_t hash, const unsigned char *p, size_t len)
{
    size_t  i;

    for (i = 0; i < len; i++) {
        hash = (hash ^ p[i]) * CRICKET_FNV_PRIME;
    }

    return hash;
}


/* big-endian */

static uint64_t
cricket_cursor_get(const unsigned char *p, size_t n)
{
    size_t    i;
    uint64_t  value;

    value = 0;

    for (i = 0; i < n; i++) {
        value = value << 8 | p[i];
    }

    return value;
}


static unsigned char *
cricket_cursor_put(unsigned char *p, uint64_t value, size_t n)
{
    size_t  i;

    for (i = n; i != 0; i--) {
        p[i - 1] = (unsigned char) value;
        value >>= 8;
    }

    return p + n;
}


/* RFC 4648, section 5, without padding */

static void
cricket_base64url_encode(cricket_buf_t *b, const unsigned char *p, size_t len)
{
    size_t          i, n, bits;
    uint32_t        word;
    unsigned char  *dst;

    static const unsigned char  alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    n = (len * 8 + 5) / 6;

    dst = cricket_buf_reserve(b, n);

    if (dst == NULL) {
        return;
    }

    word = 0;
    bits = 0;

    for (i = 0; i < len; i++) {
        word = word << 8 | p[i];

        for (bits += 8; bits >= 6; bits -= 6) {
            *dst++ = alphabet[word >> (bits - 6) & 0x3f];
        }
    }

    if (bits != 0) {
        *dst++ = alphabet[word << (6 - bits) & 0x3f];
    }

    b->len += n;
}


/* one text a value: the bits left over must be 0 */

static int
cricket_base64url_decode(unsigned char *dst, size_t size,
    const cricket_str_t *s, size_t *len)
{
    size_t         i, n, bits;
    uint32_t       word;
    unsigned char  c;

    n = 0;
    word = 0;
    bits = 0;

    for (i = 0; i < s->len; i++) {
        c = s->data[i];

        if (c >= 'A' && c <= 'Z') {
            c -= 'A';

        } else if (c >= 'a' && c <= 'z') {
            c -= 'a' - 26;

        } else if (c >= '0' && c <= '9') {
            c += 52 - '0';

        } else if (c == '-') {
            c = 62;

        } else if (c == '_') {
            c = 63;

        } else {
            return CRICKET_INVALID;
        }

        word = word << 6 | c;
        bits += 6;

        if (bits >= 8) {

            if (n == size) {
                return CRICKET_INVALID;
            }

            bits -= 8;
            dst[n++] = (unsigned char) (word >> bits);
            word &= (1u << bits) - 1;
        }
    }

    if (bits >= 6 || word != 0) {
        return CRICKET_INVALID;
    }

    *len = n;

    return CRICKET_OK;
}
