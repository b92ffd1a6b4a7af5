
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* The lists of OTLP's datapoints: buckets and quantiles. */


#include "cricket_otlp_private.h"


static int cricket_otlp_list_power(cricket_otlp_t *otlp, uint32_t number,
    unsigned first, uint64_t *value);
static int cricket_otlp_list_quantile(cricket_otlp_t *otlp, unsigned first,
    double *bound, double *n);
static int cricket_otlp_list_checked(cricket_otlp_t *otlp,
    const cricket_protobuf_list_t *list, int rc);


int
cricket_otlp_list_next(void *data, cricket_otlp_list_e which, unsigned first,
    double *n, double *second)
{
    cricket_otlp_t *otlp = data;

    int                        rc;
    uint64_t                   value;
    cricket_protobuf_list_t   *list;
    cricket_protobuf_parts_t   parts;

    switch (which) {

    case CRICKET_OTLP_QUANTILES:
        return cricket_otlp_list_quantile(otlp, first, n, second);

    case CRICKET_OTLP_NEGATIVE:
    case CRICKET_OTLP_POSITIVE:
        rc = cricket_otlp_list_power(otlp,
                                     (which == CRICKET_OTLP_POSITIVE) ? 8 : 9,
                                     first, &value);
        *n = (double) value;
        return rc;

    default:
        break;
    }

    list = (which == CRICKET_OTLP_COUNTS) ? &otlp->counts : &otlp->bounds;

    if (first) {
        cricket_protobuf_parts_init(&parts, &otlp->datapoint);
        cricket_protobuf_list_init(list, &parts,
                                   (which == CRICKET_OTLP_COUNTS) ? 6 : 7,
                                   CRICKET_PROTOBUF_FIXED64);
    }

    rc = cricket_protobuf_list_next(list, &value);

    if (rc == CRICKET_OK) {
        *n = (which == CRICKET_OTLP_COUNTS) ? (double) value
                                            : cricket_protobuf_double(value);
    }

    return cricket_otlp_list_checked(otlp, list, rc);
}


/* the buckets of an exponential histogram, which are a message of their own */

static int
cricket_otlp_list_power(cricket_otlp_t *otlp, uint32_t number, unsigned first,
    uint64_t *value)
{
    int                       rc;
    cricket_protobuf_field_t  f;
    cricket_protobuf_parts_t  parts;

    *value = 0;

    if (first) {
        cricket_protobuf_parts_init(&otlp->bounds.parts, &otlp->datapoint);
        cricket_protobuf_parts_enter(&otlp->bounds.parts, number);

        otlp->point.offset = 0;
        otlp->counting = 0;
    }

    if (otlp->counting) {
        rc = cricket_protobuf_list_next(&otlp->counts, value);

        return cricket_otlp_list_checked(otlp, &otlp->counts, rc);
    }

    /* their offset may stand behind them */

    rc = cricket_protobuf_parts_next(&otlp->bounds.parts, &f);

    if (rc == CRICKET_OK && f.key == cricket_otlp_varint(1)) {
        otlp->point.offset = (int32_t)
                             cricket_protobuf_zigzag(f.value & UINT32_MAX);

    } else if (rc == CRICKET_DONE) {
        cricket_protobuf_parts_init(&parts, &otlp->datapoint);
        cricket_protobuf_parts_enter(&parts, number);
        cricket_protobuf_list_init(&otlp->counts, &parts, 2,
                                   CRICKET_PROTOBUF_VARINT);

        otlp->counting = 1;

    } else if (rc == CRICKET_INVALID) {
        return cricket_otlp_list_checked(otlp, &otlp->bounds, rc);
    }

    return CRICKET_AGAIN;
}


static int
cricket_otlp_list_quantile(cricket_otlp_t *otlp, unsigned first,
    double *bound, double *n)
{
    int                       rc;
    cricket_protobuf_t        pb;
    cricket_protobuf_field_t  f;

    if (first) {
        otlp->fields = otlp->datapoint;
    }

    rc = cricket_protobuf_next(&otlp->fields, &f);

    if (rc == CRICKET_INVALID) {
        return cricket_otlp_break(otlp, &otlp->fields);
    }

    if (rc != CRICKET_OK) {
        return rc;
    }

    if (f.key != cricket_otlp_bytes(6)) {
        return CRICKET_AGAIN;
    }

    if (f.bytes.len > CRICKET_OTLP_VALUE_LEN) {
        cricket_draft_blame(&otlp->reader, "quantileValues", NULL);
        return cricket_draft_invalid(&otlp->reader, "one of more than %d "
                                      "bytes", CRICKET_OTLP_VALUE_LEN);
    }

    cricket_otlp_cost(otlp, f.bytes.len);

    cricket_protobuf_init(&pb, f.bytes.data, f.bytes.len);

    *bound = 0;
    *n = 0;

    do {
        rc = cricket_protobuf_next(&pb, &f);

        if (rc == CRICKET_OK && f.key == cricket_otlp_fixed(1)) {
            *bound = cricket_protobuf_double(f.value);

        } else if (rc == CRICKET_OK && f.key == cricket_otlp_fixed(2)) {
            *n = cricket_protobuf_double(f.value);
        }

    } while (rc == CRICKET_OK || rc == CRICKET_AGAIN);

    return (rc == CRICKET_DONE) ? CRICKET_OK : cricket_otlp_break(otlp, &pb);
}


static int
cricket_otlp_list_checked(cricket_otlp_t *otlp,
    const cricket_protobuf_list_t *list, int rc)
{
    if (rc == CRICKET_INVALID) {
        return cricket_otlp_break(otlp,
                                  cricket_protobuf_parts_broken(&list->parts));
    }

    return rc;
}
