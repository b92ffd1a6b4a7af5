
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* The labels of remote write: texts in 1.0, in 2.0 references to symbols. */


#include <string.h>

#include "cricket_prometheus_private.h"


/* far more than any request has, and at most 4 bytes of memory each */
#define CRICKET_PROMETHEUS_SYMBOLS_MAX  (4 * 1024 * 1024)


static int cricket_prometheus_labels_1(cricket_prometheus_t *p);
static int cricket_prometheus_labels_2(cricket_prometheus_t *p);
static int cricket_prometheus_labels_add(cricket_prometheus_t *p,
    const cricket_str_t *name, const cricket_str_t *value);
static int cricket_prometheus_labels_symbol(cricket_prometheus_t *p,
    uint64_t ref, cricket_str_t *symbol);


int
cricket_prometheus_labels(cricket_prometheus_t *p)
{
    return (p->version == 1) ? cricket_prometheus_labels_1(p)
                             : cricket_prometheus_labels_2(p);
}


static int
cricket_prometheus_labels_1(cricket_prometheus_t *p)
{
    int                       rc;
    cricket_str_t             name, value;
    cricket_protobuf_t        pb;
    cricket_protobuf_field_t  f;

    rc = cricket_protobuf_next(&p->fields, &f);

    if (rc == CRICKET_INVALID) {
        return cricket_prometheus_break(p, &p->fields);
    }

    if (rc != CRICKET_OK) {
        return rc;
    }

    if (f.key != cricket_prometheus_bytes(1)) {
        return CRICKET_AGAIN;
    }

    if (f.bytes.len > CRICKET_PROMETHEUS_LEN) {
        cricket_draft_blame(&p->reader, "tags", NULL);
        return cricket_draft_invalid(&p->reader, "a label of more than %d "
                                      "bytes", CRICKET_PROMETHEUS_LEN);
    }

    cricket_prometheus_cost(p, f.bytes.len);

    cricket_protobuf_init(&pb, f.bytes.data, f.bytes.len);

    name.data = pb.pos;
    name.len = 0;
    value = name;

    do {
        rc = cricket_protobuf_next(&pb, &f);

        if (rc == CRICKET_OK && f.key == cricket_prometheus_bytes(1)) {
            name = f.bytes;

        } else if (rc == CRICKET_OK && f.key == cricket_prometheus_bytes(2)) {
            value = f.bytes;
        }

    } while (rc == CRICKET_OK || rc == CRICKET_AGAIN);

    if (rc == CRICKET_INVALID) {
        return cricket_prometheus_break(p, &pb);
    }

    return cricket_prometheus_labels_add(p, &name, &value);
}


static int
cricket_prometheus_labels_2(cricket_prometheus_t *p)
{
    int            rc;
    uint64_t       ref;
    cricket_str_t  name, value;

    rc = cricket_protobuf_list_next(&p->refs, &ref);

    if (rc == CRICKET_INVALID) {
        return cricket_prometheus_break_parts(p, &p->refs.parts);
    }

    if (rc == CRICKET_DONE && p->odd) {
        cricket_draft_blame(&p->reader, "labels_refs", NULL);
        return cricket_draft_invalid(&p->reader, "a label without a value");
    }

    if (rc != CRICKET_OK) {
        return rc;
    }

    if (!p->odd) {
        p->ref = ref;
        p->odd = 1;

        return CRICKET_AGAIN;
    }

    p->odd = 0;

    rc = cricket_prometheus_labels_symbol(p, p->ref, &name);

    if (rc == CRICKET_OK) {
        rc = cricket_prometheus_labels_symbol(p, ref, &value);
    }

    if (rc != CRICKET_OK) {
        return rc;
    }

    cricket_prometheus_cost(p, name.len + value.len);

    return cricket_prometheus_labels_add(p, &name, &value);
}


static int
cricket_prometheus_labels_add(cricket_prometheus_t *p,
    const cricket_str_t *name, const cricket_str_t *value)
{
    int  rc;

    /* Prometheus: a label without a value is the same as none */

    if (value->len == 0) {
        return CRICKET_AGAIN;
    }

    if (cricket_string_is(name, "__name__")) {

        if (p->series.name.len != 0) {
            cricket_draft_blame(&p->reader, "name", NULL);
            return cricket_draft_invalid(&p->reader, "more than one label "
                                          "__name__");
        }

        rc = cricket_draft_name(&p->series, &p->reader, value, 0);

    } else {
        rc = cricket_draft_tag(&p->series, &p->reader, name, value);
    }

    return (rc == CRICKET_OK) ? CRICKET_AGAIN : rc;
}


static int
cricket_prometheus_labels_symbol(cricket_prometheus_t *p, uint64_t ref,
    cricket_str_t *symbol)
{
    uint32_t                  offset;
    cricket_protobuf_t        pb;
    cricket_protobuf_field_t  f;

    if (ref >= p->symbols.len / sizeof(uint32_t)) {
        cricket_draft_blame(&p->reader, "labels_refs", NULL);
        return cricket_draft_invalid(&p->reader, "no symbol %llu",
                                      (unsigned long long) ref);
    }

    memcpy(&offset, p->symbols.data + (size_t) ref * sizeof(uint32_t),
           sizeof(uint32_t));

    /* it was read before, when it was found */

    cricket_protobuf_init(&pb, p->start + offset, p->request.last
                                                  - (p->start + offset));
    (void) cricket_protobuf_next(&pb, &f);

    *symbol = f.bytes;

    return CRICKET_OK;
}


int
cricket_prometheus_symbols(cricket_prometheus_t *p)
{
    int                       rc;
    size_t                    start;
    uint32_t                  offset;
    cricket_protobuf_field_t  f;

    start = p->fields.pos - p->start;

    rc = cricket_protobuf_next(&p->fields, &f);

    if (rc == CRICKET_INVALID) {
        return cricket_prometheus_break(p, &p->fields);
    }

    if (rc != CRICKET_OK) {
        return rc;
    }

    if (f.key != cricket_prometheus_bytes(4)) {
        return CRICKET_AGAIN;
    }

    if (start > UINT32_MAX
        || p->symbols.len / sizeof(uint32_t) == CRICKET_PROMETHEUS_SYMBOLS_MAX)
    {
        p->reader.field[0] = '\0';
        (void) cricket_draft_invalid(&p->reader, "more than %d symbols",
                                      CRICKET_PROMETHEUS_SYMBOLS_MAX);
        return CRICKET_ERROR;
    }

    offset = (uint32_t) start;

    cricket_buf_append(&p->symbols, &offset, sizeof(uint32_t));

    return p->symbols.failed ? cricket_draft_no_memory(&p->reader)
                             : CRICKET_AGAIN;
}
