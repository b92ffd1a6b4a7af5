
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* The values of OTLP's attributes, as text. */


#include <math.h>

#include "cricket_otlp_value.h"
#include "cricket_utf8.h"


/* the fields of AnyValue */

#define CRICKET_OTLP_VALUE_NONE    0
#define CRICKET_OTLP_VALUE_STRING  1
#define CRICKET_OTLP_VALUE_BOOL    2
#define CRICKET_OTLP_VALUE_INT     3
#define CRICKET_OTLP_VALUE_DOUBLE  4
#define CRICKET_OTLP_VALUE_ARRAY   5
#define CRICKET_OTLP_VALUE_KVLIST  6
#define CRICKET_OTLP_VALUE_BYTES   7


/* for one that is too long, too, and for what may become of a string in JSON */
#define CRICKET_OTLP_VALUE_TEXT    8192


/* what an AnyValue is: of a oneof, the last that is set */

typedef struct {
    unsigned                  member;
    uint64_t                  number;
    cricket_str_t             bytes;
    size_t                    skip;     /* fields, to where it begins */
} cricket_otlp_value_t;


/* a list that is being written */

typedef struct {
    cricket_protobuf_parts_t  parts;
    unsigned                  object:1;
    unsigned                  more:1;   /* the next is not the first */
} cricket_otlp_value_frame_t;


typedef struct {
    cricket_buf_t               *b;
    cricket_reader_t            *reader;
    cricket_protobuf_t          *broken;
    unsigned                     depth;
    cricket_otlp_value_frame_t   frames[CRICKET_OTLP_VALUE_DEPTH];
} cricket_otlp_value_writer_t;


static int cricket_otlp_value_scan(cricket_protobuf_parts_t parts,
    cricket_otlp_value_t *value, cricket_protobuf_t *broken);
static int cricket_otlp_value_write(cricket_otlp_value_writer_t *w,
    cricket_protobuf_parts_t *any);
static int cricket_otlp_value_scalar(cricket_otlp_value_writer_t *w,
    const cricket_otlp_value_t *value);
static int cricket_otlp_value_push(cricket_otlp_value_writer_t *w,
    const cricket_protobuf_parts_t *any, const cricket_otlp_value_t *value);
static int cricket_otlp_value_next(cricket_otlp_value_writer_t *w,
    cricket_protobuf_parts_t *any);
static int cricket_otlp_value_member(cricket_otlp_value_writer_t *w,
    const cricket_protobuf_t *pair, cricket_protobuf_parts_t *any);


int
cricket_otlp_value(const cricket_protobuf_parts_t *any, cricket_draft_t *s,
    cricket_reader_t *reader, cricket_str_t *raw, cricket_protobuf_t *broken)
{
    int                          rc;
    cricket_buf_t                b;
    unsigned char                text[CRICKET_OTLP_VALUE_TEXT];
    cricket_otlp_value_t         value;
    cricket_protobuf_parts_t     parts;
    cricket_otlp_value_writer_t  w;

    rc = cricket_otlp_value_scan(*any, &value, broken);

    if (rc != CRICKET_OK) {
        return rc;
    }

    if (value.member == CRICKET_OTLP_VALUE_STRING) {
        *raw = value.bytes;
        return CRICKET_OK;
    }

    cricket_buf_init(&b, sizeof(text));

    b.data = text;
    b.size = sizeof(text);

    if (value.member == CRICKET_OTLP_VALUE_BYTES) {
        cricket_otlp_value_base64(&b, value.bytes.data, value.bytes.len);

    } else if (value.member == CRICKET_OTLP_VALUE_DOUBLE) {
        cricket_otlp_value_double(&b, cricket_protobuf_double(value.number),
                                  0);

    } else {
        w.b = &b;
        w.reader = reader;
        w.broken = broken;
        w.depth = 0;

        parts = *any;

        rc = cricket_otlp_value_write(&w, &parts);

        if (rc != CRICKET_OK) {
            return rc;
        }
    }

    if (b.failed || b.len > CRICKET_TAG_VALUE_LEN) {
        return cricket_draft_invalid(reader, "longer than %d bytes",
                                      CRICKET_TAG_VALUE_LEN);
    }

    raw->data = cricket_draft_copy(s, text, b.len);
    raw->len = b.len;

    return (raw->data != NULL) ? CRICKET_OK : cricket_draft_no_memory(reader);
}


static int
cricket_otlp_value_scan(cricket_protobuf_parts_t parts,
    cricket_otlp_value_t *value, cricket_protobuf_t *broken)
{
    int                       rc;
    size_t                    n;
    cricket_protobuf_field_t  f;

    value->member = CRICKET_OTLP_VALUE_NONE;
    value->number = 0;
    value->bytes.len = 0;
    value->bytes.data = NULL;
    value->skip = 0;

    n = 0;

    for ( ;; ) {
        rc = cricket_protobuf_parts_next(&parts, &f);

        if (rc == CRICKET_AGAIN) {
            continue;
        }

        if (rc == CRICKET_DONE) {
            return CRICKET_OK;
        }

        if (rc != CRICKET_OK) {
            *broken = *cricket_protobuf_parts_broken(&parts);
            return CRICKET_ERROR;
        }

        switch (f.key) {

        case cricket_protobuf_key(CRICKET_OTLP_VALUE_BOOL,
                                  CRICKET_PROTOBUF_VARINT):
        case cricket_protobuf_key(CRICKET_OTLP_VALUE_INT,
                                  CRICKET_PROTOBUF_VARINT):
        case cricket_protobuf_key(CRICKET_OTLP_VALUE_DOUBLE,
                                  CRICKET_PROTOBUF_FIXED64):
            value->number = f.value;
            break;

        case cricket_protobuf_key(CRICKET_OTLP_VALUE_STRING,
                                  CRICKET_PROTOBUF_BYTES):
        case cricket_protobuf_key(CRICKET_OTLP_VALUE_BYTES,
                                  CRICKET_PROTOBUF_BYTES):
            value->bytes = f.bytes;
            break;

        case cricket_protobuf_key(CRICKET_OTLP_VALUE_ARRAY,
                                  CRICKET_PROTOBUF_BYTES):
        case cricket_protobuf_key(CRICKET_OTLP_VALUE_KVLIST,
                                  CRICKET_PROTOBUF_BYTES):
            break;

        default:
            n++;
            continue;
        }

        /* a list that comes in parts is one, but not across another value */

        if (value->member != f.key >> 3) {
            value->member = f.key >> 3;
            value->skip = n;
        }

        n++;
    }
}


static int
cricket_otlp_value_write(cricket_otlp_value_writer_t *w,
    cricket_protobuf_parts_t *any)
{
    int                   rc;
    cricket_otlp_value_t  value;

    do {
        rc = cricket_otlp_value_scan(*any, &value, w->broken);

        if (rc != CRICKET_OK) {
            return rc;
        }

        if (value.member == CRICKET_OTLP_VALUE_ARRAY
            || value.member == CRICKET_OTLP_VALUE_KVLIST)
        {
            rc = cricket_otlp_value_push(w, any, &value);

        } else {
            rc = cricket_otlp_value_scalar(w, &value);
        }

        if (rc == CRICKET_OK) {
            rc = cricket_otlp_value_next(w, any);
        }

    } while (rc == CRICKET_OK && !w->b->failed);

    return (rc == CRICKET_DONE) ? CRICKET_OK : rc;
}


static int
cricket_otlp_value_scalar(cricket_otlp_value_writer_t *w,
    const cricket_otlp_value_t *value)
{
    switch (value->member) {

    case CRICKET_OTLP_VALUE_STRING:

        if (!cricket_otlp_value_is_utf8(&value->bytes)) {
            return cricket_draft_invalid(w->reader, "not valid UTF-8");
        }

        cricket_buf_json(w->b, value->bytes.data, value->bytes.len);
        break;

    case CRICKET_OTLP_VALUE_BOOL:
        cricket_buf_cstr(w->b, value->number ? "true" : "false");
        break;

    case CRICKET_OTLP_VALUE_INT:
        cricket_buf_int(w->b, (int64_t) value->number);
        break;

    case CRICKET_OTLP_VALUE_DOUBLE:
        cricket_otlp_value_double(w->b, cricket_protobuf_double(value->number),
                                  1);
        break;

    case CRICKET_OTLP_VALUE_BYTES:
        cricket_buf_literal(w->b, "\"");
        cricket_otlp_value_base64(w->b, value->bytes.data, value->bytes.len);
        cricket_buf_literal(w->b, "\"");
        break;

    default: /* CRICKET_OTLP_VALUE_NONE */
        cricket_buf_literal(w->b, "null");
        break;
    }

    return CRICKET_OK;
}


static int
cricket_otlp_value_push(cricket_otlp_value_writer_t *w,
    const cricket_protobuf_parts_t *any, const cricket_otlp_value_t *value)
{
    size_t                       n;
    cricket_protobuf_field_t     f;
    cricket_otlp_value_frame_t  *frame;

    if (w->depth == CRICKET_OTLP_VALUE_DEPTH) {
        return cricket_draft_invalid(w->reader, CRICKET_OTLP_VALUE_DEEP);
    }

    frame = &w->frames[w->depth++];

    frame->parts = *any;
    frame->object = (value->member == CRICKET_OTLP_VALUE_KVLIST);
    frame->more = 0;

    n = value->skip;

    while (n != 0) {

        /* it was read before */

        if (cricket_protobuf_parts_next(&frame->parts, &f) == CRICKET_OK) {
            n--;
        }
    }

    cricket_protobuf_parts_enter(&frame->parts, value->member);

    cricket_buf_cstr(w->b, frame->object ? "{" : "[");

    return CRICKET_OK;
}


/* goes to the next value that is in a list; CRICKET_DONE behind the last */

static int
cricket_otlp_value_next(cricket_otlp_value_writer_t *w,
    cricket_protobuf_parts_t *any)
{
    int                          rc;
    cricket_protobuf_t           item;
    cricket_protobuf_field_t     f;
    cricket_otlp_value_frame_t  *frame;

    while (w->depth != 0) {
        frame = &w->frames[w->depth - 1];

        rc = cricket_protobuf_parts_next(&frame->parts, &f);

        if (rc == CRICKET_DONE) {
            cricket_buf_cstr(w->b, frame->object ? "}" : "]");
            w->depth--;
            continue;
        }

        if (rc == CRICKET_INVALID) {
            *w->broken = *cricket_protobuf_parts_broken(&frame->parts);
            return CRICKET_ERROR;
        }

        if (rc == CRICKET_AGAIN
            || f.key != cricket_protobuf_key(1, CRICKET_PROTOBUF_BYTES))
        {
            continue;
        }

        if (frame->more) {
            cricket_buf_literal(w->b, ",");
        }

        frame->more = 1;

        cricket_protobuf_init(&item, f.bytes.data, f.bytes.len);

        if (frame->object) {
            return cricket_otlp_value_member(w, &item, any);
        }

        cricket_protobuf_parts_init(any, &item);

        return CRICKET_OK;
    }

    return CRICKET_DONE;
}


/* a KeyValue: writes its key, and goes to its value */

static int
cricket_otlp_value_member(cricket_otlp_value_writer_t *w,
    const cricket_protobuf_t *pair, cricket_protobuf_parts_t *any)
{
    int                       rc;
    cricket_str_t             key;
    cricket_protobuf_t        pb;
    cricket_protobuf_field_t  f;

    pb = *pair;
    key.data = pb.pos;
    key.len = 0;

    do {
        rc = cricket_protobuf_next(&pb, &f);

        if (rc == CRICKET_OK
            && f.key == cricket_protobuf_key(1, CRICKET_PROTOBUF_BYTES))
        {
            key = f.bytes;
        }

    } while (rc == CRICKET_OK || rc == CRICKET_AGAIN);

    if (rc == CRICKET_INVALID) {
        *w->broken = pb;
        return CRICKET_ERROR;
    }

    if (!cricket_otlp_value_is_utf8(&key)) {
        return cricket_draft_invalid(w->reader, "not valid UTF-8");
    }

    cricket_buf_json(w->b, key.data, key.len);
    cricket_buf_literal(w->b, ":");

    cricket_protobuf_parts_init(any, pair);
    cricket_protobuf_parts_enter(any, 2);

    return CRICKET_OK;
}


void
cricket_otlp_value_base64(cricket_buf_t *b, const unsigned char *data,
    size_t len)
{
    size_t          i;
    uint32_t        n;
    unsigned char  *p;

    static const char  alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    /* len is at most that of an attribute */

    p = cricket_buf_reserve(b, (len + 2) / 3 * 4);

    if (p == NULL) {
        return;
    }

    for (i = 0; i < len; i += 3) {
        n = (uint32_t) data[i] << 16;
        n |= (i + 1 < len) ? (uint32_t) data[i + 1] << 8 : 0;
        n |= (i + 2 < len) ? data[i + 2] : 0;

        *p++ = alphabet[n >> 18];
        *p++ = alphabet[(n >> 12) & 63];
        *p++ = (i + 1 < len) ? alphabet[(n >> 6) & 63] : '=';
        *p++ = (i + 2 < len) ? alphabet[n & 63] : '=';
    }

    b->len += (len + 2) / 3 * 4;
}


void
cricket_otlp_value_double(cricket_buf_t *b, double value, unsigned quoted)
{
    if (isfinite(value)) {
        cricket_buf_double(b, value);
        return;
    }

    if (quoted) {
        cricket_buf_literal(b, "\"");
    }

    cricket_buf_cstr(b, isnan(value) ? "NaN"
                        : (value > 0) ? "Infinity" : "-Infinity");

    if (quoted) {
        cricket_buf_literal(b, "\"");
    }
}


int
cricket_otlp_value_is_utf8(const cricket_str_t *s)
{
    size_t  i, n;

    for (i = 0; i < s->len; i += n) {
        n = cricket_utf8_length(s->data + i, s->len - i);

        if (n == 0) {
            return 0;
        }
    }

    return 1;
}
