
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _CRICKET_OTLP_PRIVATE_H_INCLUDED_
#define _CRICKET_OTLP_PRIVATE_H_INCLUDED_


#include "cricket_otlp.h"


/* What the parts of OTLP's reader have in common. */


/* what a field counts for in a slice, beside an attribute's bytes */
#define CRICKET_OTLP_COST  8


#define cricket_otlp_varint(n)                                               \
    cricket_protobuf_key(n, CRICKET_PROTOBUF_VARINT)
#define cricket_otlp_fixed(n)                                                \
    cricket_protobuf_key(n, CRICKET_PROTOBUF_FIXED64)
#define cricket_otlp_bytes(n)                                                \
    cricket_protobuf_key(n, CRICKET_PROTOBUF_BYTES)


/*
 * A field of the datapoint that is being read.  Returns CRICKET_OK,
 * CRICKET_INVALID or CRICKET_ERROR.
 */
int cricket_otlp_fields_read(cricket_otlp_t *otlp,
    const cricket_protobuf_field_t *f);

/* a KeyValue, in one go: it is no longer than a part of a slice */
int cricket_otlp_fields_attribute(cricket_otlp_t *otlp,
    const cricket_str_t *bytes);

/* a cricket_otlp_list_pt, whose data is a cricket_otlp_t */
int cricket_otlp_list_next(void *data, cricket_otlp_list_e which,
    unsigned first, double *n, double *second);


static inline void
cricket_otlp_cost(cricket_otlp_t *otlp, size_t n)
{
    otlp->left -= (n < otlp->left) ? n : otlp->left;
}


/* the body is no protobuf: says where */

static inline int
cricket_otlp_break(cricket_otlp_t *otlp, const cricket_protobuf_t *pb)
{
    otlp->reader.field[0] = '\0';

    (void) cricket_draft_invalid(&otlp->reader, "at byte %zu: not valid "
                                  "protobuf: %s",
                                  (size_t) (pb->pos - otlp->start), pb->error);

    return CRICKET_ERROR;
}


#endif /* _CRICKET_OTLP_PRIVATE_H_INCLUDED_ */
