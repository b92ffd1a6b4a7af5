
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _CRICKET_PROMETHEUS_H_INCLUDED_
#define _CRICKET_PROMETHEUS_H_INCLUDED_


#include "cricket_histogram.h"
#include "cricket_protobuf.h"


/* of one TimeSeries; how it reads the lists of a native histogram */

typedef struct {
    cricket_protobuf_t         spans;
    cricket_protobuf_list_t    counts;
    cricket_protobuf_list_t    bounds;      /* of custom buckets */
    uint64_t                   left;        /* of a span */
    int64_t                    index;
    int64_t                    nbounds;     /* read so far */
    double                     bound;
    double                     n;
    unsigned                   pending:1;   /* n is read, its bound is not */
} cricket_prometheus_list_t;


typedef struct {
    cricket_reader_t           reader;
    cricket_draft_t           series;
    cricket_histogram_t        histogram;
    const unsigned char       *start;
    size_t                     left;        /* of a slice */
    unsigned                   state;
    unsigned                   version;     /* of remote write, 1 or 2 */

    /* the messages that are being read, each in the one before */

    cricket_protobuf_t         request;
    cricket_protobuf_t         timeseries;
    cricket_protobuf_parts_t   metadata;
    cricket_protobuf_t         fields;      /* of a TimeSeries */
    cricket_protobuf_t         message;     /* a Histogram */
    cricket_protobuf_t         histogram_fields;

    /* of 2.0 */

    cricket_buf_t              symbols;     /* uint32_t, where each begins */
    cricket_protobuf_list_t    refs;
    uint64_t                   ref;         /* of a label's name */
    uint64_t                   type;        /* of a Metadata */
    unsigned                   odd:1;       /* the next one is a value's */

    /* of a histogram */

    int64_t                    timestamp;
    unsigned                   floats:1;
    unsigned                   gauge:1;
    cricket_prometheus_list_t  list;

    unsigned                   valid:1;     /* the labels are */
    char                       field[64];   /* else what is wrong with them */
    char                       wrong[256];
} cricket_prometheus_t;


/*
 * Prometheus' remote write, once snappy has been undone: the WriteRequest of
 * 1.0 (prompb/remote.proto) and the Request of 2.0
 * (prompb/io/prometheus/write/v2/types.proto), with the fields of each message
 * in any order.
 */
extern const cricket_reader_type_t  cricket_prometheus_1;
extern const cricket_reader_type_t  cricket_prometheus_2;


#endif /* _CRICKET_PROMETHEUS_H_INCLUDED_ */
