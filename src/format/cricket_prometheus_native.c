
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* The native histograms of remote write, the same in 1.0 and 2.0. */


#include <math.h>
#include <string.h>

#include "cricket_prometheus_private.h"


/* the reset hint of one that goes up and down */
#define CRICKET_PROMETHEUS_NATIVE_GAUGE  3


static int cricket_prometheus_native_field(cricket_prometheus_t *p,
    const cricket_protobuf_field_t *f);
static void cricket_prometheus_native_first(cricket_prometheus_t *p,
    cricket_histogram_part_e part);
static int cricket_prometheus_native_span(cricket_prometheus_t *p,
    cricket_histogram_part_e part);
static int cricket_prometheus_native_bound(cricket_prometheus_t *p,
    double *bound, double *n);
static int cricket_prometheus_native_uneven(cricket_prometheus_t *p);


void
cricket_prometheus_native(cricket_prometheus_t *p)
{
    cricket_histogram_init(&p->histogram, CRICKET_HISTOGRAM_EXPONENTIAL);

    p->histogram.has_count = 1;
    p->histogram.has_sum = 1;

    p->histogram_fields = p->message;
    p->timestamp = 0;
    p->floats = 0;
    p->gauge = 0;
}


int
cricket_prometheus_native_fields(cricket_prometheus_t *p)
{
    int                       rc;
    cricket_protobuf_field_t  f;

    rc = cricket_protobuf_next(&p->histogram_fields, &f);

    if (rc == CRICKET_INVALID) {
        return cricket_prometheus_break(p, &p->histogram_fields);
    }

    return (rc == CRICKET_OK) ? cricket_prometheus_native_field(p, &f) : rc;
}


static int
cricket_prometheus_native_field(cricket_prometheus_t *p,
    const cricket_protobuf_field_t *f)
{
    cricket_histogram_t  *h;

    h = &p->histogram;

    switch (f->key) {

    case cricket_prometheus_varint(1):
        h->count = (double) f->value;
        p->floats = 0;
        break;

    case cricket_prometheus_fixed(2):
        h->count = cricket_protobuf_double(f->value);
        p->floats = 1;
        break;

    case cricket_prometheus_fixed(3):
        h->sum = cricket_protobuf_double(f->value);
        break;

    case cricket_prometheus_varint(4):
        h->scale = (int32_t) cricket_protobuf_zigzag(f->value & UINT32_MAX);

        h->kind = (h->scale == CRICKET_PROMETHEUS_CUSTOM)
                  ? CRICKET_HISTOGRAM_BUCKETS : CRICKET_HISTOGRAM_EXPONENTIAL;
        break;

    case cricket_prometheus_fixed(5):
        h->threshold = cricket_protobuf_double(f->value);
        break;

    case cricket_prometheus_varint(6):
        h->zero = (double) f->value;
        break;

    case cricket_prometheus_fixed(7):
        h->zero = cricket_protobuf_double(f->value);
        break;

    case cricket_prometheus_varint(14):
        p->gauge = (f->value == CRICKET_PROMETHEUS_NATIVE_GAUGE);
        break;

    case cricket_prometheus_varint(15):
        p->timestamp = (int64_t) f->value;
        break;
    }

    return CRICKET_AGAIN;
}


int
cricket_prometheus_native_pull(void *data, cricket_histogram_part_e part,
    unsigned first, double *bound, double *n)
{
    cricket_prometheus_t *p = data;

    int                         rc;
    uint64_t                    value;
    cricket_prometheus_list_t  *list;

    list = &p->list;

    if (first) {
        cricket_prometheus_native_first(p, part);
    }

    if (list->pending) {
        return cricket_prometheus_native_bound(p, bound, n);
    }

    if (list->left == 0) {
        return cricket_prometheus_native_span(p, part);
    }

    rc = cricket_protobuf_list_next(&list->counts, &value);

    if (rc == CRICKET_INVALID) {
        return cricket_prometheus_break_parts(p, &list->counts.parts);
    }

    if (rc == CRICKET_DONE) {
        return cricket_prometheus_native_uneven(p);
    }

    if (rc != CRICKET_OK) {
        return rc;
    }

    if (p->floats) {
        list->n = cricket_protobuf_double(value);

    } else {
        list->n += (double) cricket_protobuf_zigzag(value);
    }

    *bound = (double) list->index++;
    *n = list->n;

    list->left--;

    if (list->n == 0) {
        return CRICKET_AGAIN;
    }

    if (p->histogram.kind == CRICKET_HISTOGRAM_BUCKETS) {
        list->pending = 1;
        return CRICKET_AGAIN;
    }

    return CRICKET_OK;
}


static void
cricket_prometheus_native_first(cricket_prometheus_t *p,
    cricket_histogram_part_e part)
{
    uint32_t                    number;
    cricket_protobuf_parts_t    parts;
    cricket_prometheus_list_t  *list;

    list = &p->list;

    list->spans = p->message;
    list->left = 0;
    list->index = 0;
    list->nbounds = 0;
    list->bound = 0;
    list->n = 0;
    list->pending = 0;

    number = (part == CRICKET_HISTOGRAM_NEGATIVE) ? 9 : 12;

    if (p->floats) {
        number++;
    }

    cricket_protobuf_parts_init(&parts, &p->message);

    cricket_protobuf_list_init(&list->counts, &parts, number,
                               p->floats ? CRICKET_PROTOBUF_FIXED64
                                         : CRICKET_PROTOBUF_VARINT);
    cricket_protobuf_list_init(&list->bounds, &parts, 16,
                               CRICKET_PROTOBUF_FIXED64);
}


/* goes to the next span; behind the last there are no more counts */

static int
cricket_prometheus_native_span(cricket_prometheus_t *p,
    cricket_histogram_part_e part)
{
    int                         rc;
    uint64_t                    value;
    cricket_protobuf_t          pb;
    cricket_protobuf_field_t    f;
    cricket_prometheus_list_t  *list;

    list = &p->list;

    rc = cricket_protobuf_next(&list->spans, &f);

    if (rc == CRICKET_INVALID) {
        return cricket_prometheus_break(p, &list->spans);
    }

    if (rc == CRICKET_DONE) {

        rc = cricket_protobuf_list_next(&list->counts, &value);

        if (rc == CRICKET_INVALID) {
            return cricket_prometheus_break_parts(p, &list->counts.parts);
        }

        return (rc == CRICKET_OK) ? cricket_prometheus_native_uneven(p) : rc;
    }

    if (rc != CRICKET_OK
        || f.key != cricket_prometheus_bytes((part
                                              == CRICKET_HISTOGRAM_NEGATIVE)
                                             ? 8 : 11))
    {
        return CRICKET_AGAIN;
    }

    if (f.bytes.len > CRICKET_PROMETHEUS_LEN) {
        cricket_draft_blame(&p->reader, "spans", NULL);
        return cricket_draft_invalid(&p->reader, "one of more than %d bytes",
                                      CRICKET_PROMETHEUS_LEN);
    }

    cricket_prometheus_cost(p, f.bytes.len);

    cricket_protobuf_init(&pb, f.bytes.data, f.bytes.len);

    do {
        rc = cricket_protobuf_next(&pb, &f);

        if (rc == CRICKET_OK && f.key == cricket_prometheus_varint(1)) {
            list->index += (int32_t)
                           cricket_protobuf_zigzag(f.value & UINT32_MAX);

        } else if (rc == CRICKET_OK && f.key == cricket_prometheus_varint(2)) {
            list->left = f.value & UINT32_MAX;
        }

    } while (rc == CRICKET_OK || rc == CRICKET_AGAIN);

    return (rc == CRICKET_DONE) ? CRICKET_AGAIN
                                : cricket_prometheus_break(p, &pb);
}


/* of custom buckets: behind the last bound is infinity */

static int
cricket_prometheus_native_bound(cricket_prometheus_t *p, double *bound,
    double *n)
{
    int                         rc;
    int64_t                     index;
    uint64_t                    value;
    cricket_prometheus_list_t  *list;

    list = &p->list;

    index = list->index - 1;

    if (index < list->nbounds) {
        return cricket_prometheus_native_uneven(p);
    }

    rc = cricket_protobuf_list_next(&list->bounds, &value);

    if (rc == CRICKET_INVALID) {
        return cricket_prometheus_break_parts(p, &list->bounds.parts);
    }

    if (rc == CRICKET_OK) {

        if (list->nbounds++ != index) {
            return CRICKET_AGAIN;
        }

        *bound = cricket_protobuf_double(value);

    } else if (rc == CRICKET_DONE && list->nbounds == index) {
        *bound = INFINITY;

    } else {
        return (rc == CRICKET_DONE) ? cricket_prometheus_native_uneven(p) : rc;
    }

    *n = list->n;
    list->pending = 0;

    return CRICKET_OK;
}


static int
cricket_prometheus_native_uneven(cricket_prometheus_t *p)
{
    cricket_draft_blame(&p->reader, "buckets", NULL);

    return cricket_draft_invalid(&p->reader, "spans, counts and bounds do not "
                                  "go together");
}
