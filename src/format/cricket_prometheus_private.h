
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _CRICKET_PROMETHEUS_PRIVATE_H_INCLUDED_
#define _CRICKET_PROMETHEUS_PRIVATE_H_INCLUDED_


#include "cricket_prometheus.h"


/* What the parts of the reader of remote write have in common. */


/* what a field counts for in a slice */
#define CRICKET_PROMETHEUS_COST   8

/* a label, sample or span whose encoding is longer is an error */
#define CRICKET_PROMETHEUS_LEN    65536

/* the schema of a native histogram with bounds of its own */
#define CRICKET_PROMETHEUS_CUSTOM  -53


#define cricket_prometheus_varint(n)                                         \
    cricket_protobuf_key(n, CRICKET_PROTOBUF_VARINT)
#define cricket_prometheus_fixed(n)                                          \
    cricket_protobuf_key(n, CRICKET_PROTOBUF_FIXED64)
#define cricket_prometheus_bytes(n)                                          \
    cricket_protobuf_key(n, CRICKET_PROTOBUF_BYTES)


/*
 * The metadata types of 2.0.  Those of a classic histogram's or summary's parts
 * are told by their names.
 */

#define CRICKET_PROMETHEUS_UNKNOWN         0
#define CRICKET_PROMETHEUS_COUNTER         1
#define CRICKET_PROMETHEUS_GAUGE           2
#define CRICKET_PROMETHEUS_HISTOGRAM       3
#define CRICKET_PROMETHEUS_GAUGEHISTOGRAM  4
#define CRICKET_PROMETHEUS_SUMMARY         5


/*
 * The labels of a TimeSeries, a step at a call: CRICKET_AGAIN, CRICKET_DONE
 * when all are in the series, CRICKET_INVALID, see the reader, or
 * CRICKET_ERROR.
 */
int cricket_prometheus_labels(cricket_prometheus_t *p);

/* reads the symbols of 2.0, likewise */
int cricket_prometheus_symbols(cricket_prometheus_t *p);

/* starts with the Histogram in p->message, then reads its fields, likewise */
void cricket_prometheus_native(cricket_prometheus_t *p);
int cricket_prometheus_native_fields(cricket_prometheus_t *p);

/* a cricket_histogram_pull_pt, whose data is a cricket_prometheus_t */
int cricket_prometheus_native_pull(void *data, cricket_histogram_part_e list,
    unsigned first, double *bound, double *n);


static inline void
cricket_prometheus_cost(cricket_prometheus_t *p, size_t n)
{
    p->left -= (n < p->left) ? n : p->left;
}


/* the body is no protobuf: says where */

static inline int
cricket_prometheus_break(cricket_prometheus_t *p, const cricket_protobuf_t *pb)
{
    p->reader.field[0] = '\0';

    (void) cricket_draft_invalid(&p->reader, "at byte %zu: not valid "
                                  "protobuf: %s",
                                  (size_t) (pb->pos - p->start), pb->error);

    return CRICKET_ERROR;
}


static inline int
cricket_prometheus_break_parts(cricket_prometheus_t *p,
    const cricket_protobuf_parts_t *parts)
{
    return cricket_prometheus_break(p, cricket_protobuf_parts_broken(parts));
}


#endif /* _CRICKET_PROMETHEUS_PRIVATE_H_INCLUDED_ */
