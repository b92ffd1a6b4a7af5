
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* The fields of OTLP's datapoints, but for their lists. */


#include "cricket_otlp_private.h"


static int cricket_otlp_fields_number(cricket_otlp_t *otlp,
    const cricket_protobuf_field_t *f);
static int cricket_otlp_fields_histogram(cricket_otlp_t *otlp,
    const cricket_protobuf_field_t *f);
static int cricket_otlp_fields_exponential(cricket_otlp_t *otlp,
    const cricket_protobuf_field_t *f);
static int cricket_otlp_fields_summary(cricket_otlp_t *otlp,
    const cricket_protobuf_field_t *f);


int
cricket_otlp_fields_read(cricket_otlp_t *otlp,
    const cricket_protobuf_field_t *f)
{
    switch (otlp->point.kind) {

    case CRICKET_OTLP_HISTOGRAM:
        return cricket_otlp_fields_histogram(otlp, f);

    case CRICKET_OTLP_EXPONENTIAL:
        return cricket_otlp_fields_exponential(otlp, f);

    case CRICKET_OTLP_SUMMARY:
        return cricket_otlp_fields_summary(otlp, f);

    default:
        return cricket_otlp_fields_number(otlp, f);
    }
}


static int
cricket_otlp_fields_number(cricket_otlp_t *otlp,
    const cricket_protobuf_field_t *f)
{
    cricket_otlp_point_t  *point;

    point = &otlp->point;

    switch (f->key) {

    case cricket_otlp_bytes(7):
        return cricket_otlp_fields_attribute(otlp, &f->bytes);

    case cricket_otlp_fixed(3):
        point->nanoseconds = f->value;
        break;

    case cricket_otlp_fixed(4):
        point->value = cricket_protobuf_double(f->value);
        point->has_value = 1;
        break;

    case cricket_otlp_fixed(6):
        point->value = (double) (int64_t) f->value;
        point->has_value = 1;
        break;

    case cricket_otlp_varint(8):
        point->flags = f->value;
        break;
    }

    return CRICKET_OK;
}


static int
cricket_otlp_fields_histogram(cricket_otlp_t *otlp,
    const cricket_protobuf_field_t *f)
{
    cricket_histogram_t  *h;

    h = &otlp->point.histogram;

    switch (f->key) {

    case cricket_otlp_bytes(9):
        return cricket_otlp_fields_attribute(otlp, &f->bytes);

    case cricket_otlp_fixed(3):
        otlp->point.nanoseconds = f->value;
        break;

    case cricket_otlp_fixed(4):
        h->count = (double) f->value;
        break;

    case cricket_otlp_fixed(5):
        h->sum = cricket_protobuf_double(f->value);
        h->has_sum = 1;
        break;

    case cricket_otlp_varint(10):
        otlp->point.flags = f->value;
        break;

    case cricket_otlp_fixed(11):
        h->min = cricket_protobuf_double(f->value);
        h->has_min = 1;
        break;

    case cricket_otlp_fixed(12):
        h->max = cricket_protobuf_double(f->value);
        h->has_max = 1;
        break;
    }

    return CRICKET_OK;
}


static int
cricket_otlp_fields_exponential(cricket_otlp_t *otlp,
    const cricket_protobuf_field_t *f)
{
    cricket_histogram_t  *h;

    h = &otlp->point.histogram;

    switch (f->key) {

    case cricket_otlp_bytes(1):
        return cricket_otlp_fields_attribute(otlp, &f->bytes);

    case cricket_otlp_fixed(3):
        otlp->point.nanoseconds = f->value;
        break;

    case cricket_otlp_fixed(4):
        h->count = (double) f->value;
        break;

    case cricket_otlp_fixed(5):
        h->sum = cricket_protobuf_double(f->value);
        h->has_sum = 1;
        break;

    case cricket_otlp_varint(6):
        h->scale = (int32_t) cricket_protobuf_zigzag(f->value & UINT32_MAX);
        break;

    case cricket_otlp_fixed(7):
        h->zero = (double) f->value;
        break;

    case cricket_otlp_varint(10):
        otlp->point.flags = f->value;
        break;

    case cricket_otlp_fixed(12):
        h->min = cricket_protobuf_double(f->value);
        h->has_min = 1;
        break;

    case cricket_otlp_fixed(13):
        h->max = cricket_protobuf_double(f->value);
        h->has_max = 1;
        break;

    case cricket_otlp_fixed(14):
        h->threshold = cricket_protobuf_double(f->value);
        break;
    }

    return CRICKET_OK;
}


static int
cricket_otlp_fields_summary(cricket_otlp_t *otlp,
    const cricket_protobuf_field_t *f)
{
    cricket_histogram_t  *h;

    h = &otlp->point.histogram;

    switch (f->key) {

    case cricket_otlp_bytes(7):
        return cricket_otlp_fields_attribute(otlp, &f->bytes);

    case cricket_otlp_fixed(3):
        otlp->point.nanoseconds = f->value;
        break;

    case cricket_otlp_fixed(4):
        h->count = (double) f->value;
        break;

    case cricket_otlp_fixed(5):
        h->sum = cricket_protobuf_double(f->value);
        break;

    case cricket_otlp_varint(8):
        otlp->point.flags = f->value;
        break;
    }

    return CRICKET_OK;
}


/* a KeyValue, in one go: it is no longer than a part of a slice */

int
cricket_otlp_fields_attribute(cricket_otlp_t *otlp, const cricket_str_t *bytes)
{
    int                       rc;
    cricket_str_t             key, raw;
    cricket_protobuf_t        pair, pb;
    cricket_protobuf_field_t  f;
    cricket_protobuf_parts_t  any;

    cricket_otlp_cost(otlp, bytes->len);

    cricket_protobuf_init(&pair, bytes->data, bytes->len);

    key.data = pair.pos;
    key.len = 0;

    if (bytes->len > CRICKET_OTLP_VALUE_LEN) {
        cricket_draft_blame(&otlp->reader, "tags", NULL);
        return cricket_draft_invalid(&otlp->reader, "an attribute of more "
                                      "than %d bytes", CRICKET_OTLP_VALUE_LEN);
    }

    pb = pair;

    do {
        rc = cricket_protobuf_next(&pb, &f);

        if (rc == CRICKET_OK && f.key == cricket_otlp_bytes(1)) {
            key = f.bytes;
        }

    } while (rc == CRICKET_OK || rc == CRICKET_AGAIN);

    if (rc == CRICKET_INVALID) {
        return cricket_otlp_break(otlp, &pb);
    }

    cricket_protobuf_parts_init(&any, &pair);
    cricket_protobuf_parts_enter(&any, 2);

    pb.error = NULL;

    rc = cricket_otlp_value(&any, &otlp->series, &otlp->reader, &raw, &pb);

    if (rc == CRICKET_INVALID) {
        cricket_draft_blame(&otlp->reader, "tags.", &key);
        return CRICKET_INVALID;
    }

    if (rc != CRICKET_OK) {
        return (pb.error != NULL) ? cricket_otlp_break(otlp, &pb) : rc;
    }

    return cricket_draft_tag(&otlp->series, &otlp->reader, &key, &raw);
}
