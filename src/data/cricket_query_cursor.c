
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* Writes and reads what a Link says of the next page. */


#include <string.h>

#include "cricket_base64url.h"
#include "cricket_query_private.h"
#include "cricket_utf8.h"


#define CRICKET_FNV_BASIS    0xcbf29ce484222325
#define CRICKET_FNV_PRIME    0x100000001b3

/* a cursor: its version, a checksum, and a position */
#define CRICKET_CURSOR       3
#define CRICKET_CURSOR_HEAD  (1 + 8)

/* of a datapoint: seconds, nanoseconds, _seq_no, how long its series is, */
#define CRICKET_CURSOR_TIME  (8 + 4 + 8 + 1)    /* this, and an index */


static int cricket_cursor_place(cricket_query_t *q, const unsigned char *p,
    size_t len);
static int cricket_cursor_text(const unsigned char *p, size_t len);
static uint64_t cricket_cursor_check(const cricket_query_t *q,
    const unsigned char *p, size_t len);
static uint64_t cricket_cursor_hash(uint64_t hash, const unsigned char *p,
    size_t len);
static uint64_t cricket_cursor_get(const unsigned char *p, size_t n);
static unsigned char *cricket_cursor_put(unsigned char *p, uint64_t value,
    size_t n);


void
cricket_query_next(const cricket_query_t *q,
    const cricket_query_position_t *after, cricket_buf_t *b)
{
    size_t                      i;
    uint64_t                    check;
    unsigned char               cursor[CRICKET_QUERY_CURSOR], *p, *text;
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

    if (q->kind != CRICKET_QUERY_METRICS) {
        memcpy(p, after->name.data, after->name.len);
        p += after->name.len;

    } else {
        p = cricket_cursor_put(p, (uint64_t) after->time.sec, 8);
        p = cricket_cursor_put(p, after->time.nsec, 4);
        p = cricket_cursor_put(p, (uint64_t) after->seq_no, 8);
        p = cricket_cursor_put(p, after->series_len, 1);

        memcpy(p, after->series, after->series_len);
        p += after->series_len;

        memcpy(p, after->index, after->index_len);
        p += after->index_len;
    }

    check = cricket_cursor_check(q, cursor + CRICKET_CURSOR_HEAD,
                                 p - cursor - CRICKET_CURSOR_HEAD);

    cursor[0] = CRICKET_CURSOR;
    (void) cricket_cursor_put(cursor + 1, check, 8);

    cricket_buf_literal(b, "cursor=");

    text = cricket_buf_reserve(b, cricket_base64url_len(p - cursor));

    if (text != NULL) {
        b->len = cricket_base64url_encode(text, cursor, p - cursor) - b->data;
    }
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
    unsigned char         cursor[CRICKET_QUERY_CURSOR], *p;

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

    if (q->kind != CRICKET_QUERY_METRICS) {

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

    return (cricket_cursor_place(q, p, len) == CRICKET_OK) ? NULL : malformed;
}


/* the place of a datapoint */

static int
cricket_cursor_place(cricket_query_t *q, const unsigned char *p, size_t len)
{
    size_t          n;
    uint64_t        nsec;
    cricket_time_t  time;

    if (len < CRICKET_CURSOR_TIME) {
        return CRICKET_INVALID;
    }

    q->after.time.sec = (int64_t) cricket_cursor_get(p, 8);
    nsec = cricket_cursor_get(p + 8, 4);
    q->after.time.nsec = (uint32_t) nsec;
    q->after.seq_no = (int64_t) cricket_cursor_get(p + 12, 8);
    n = cricket_cursor_get(p + 20, 1);

    p += CRICKET_CURSOR_TIME;
    len -= CRICKET_CURSOR_TIME;

    if (n > CRICKET_SERIES_LEN
        || n > len
        || len - n > CRICKET_QUERY_INDEX
        || !cricket_cursor_text(p, n)
        || !cricket_cursor_text(p + n, len - n))
    {
        return CRICKET_INVALID;
    }

    q->after.series_len = n;
    memcpy(q->after.series, p, n);

    q->after.index_len = len - n;
    memcpy(q->after.index, p + n, len - n);

    /* a second of its own range keeps the milliseconds from overflowing */

    if (nsec > 999999999
        || q->after.seq_no < -1
        || q->after.time.sec < INT64_MIN / 1000 + 1
        || q->after.time.sec > INT64_MAX / 1000 - 1
        || cricket_time_set(&time, cricket_time_msec(&q->after.time),
                            cricket_time_nanos(&q->after.time))
           != CRICKET_OK)
    {
        return CRICKET_INVALID;
    }

    q->after_set = 1;

    return CRICKET_OK;
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
