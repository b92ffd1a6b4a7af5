
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _CRICKET_OTLP_H_INCLUDED_
#define _CRICKET_OTLP_H_INCLUDED_


#include "cricket_otlp_point.h"
#include "cricket_otlp_value.h"


typedef struct {
    cricket_reader_t           reader;
    cricket_draft_t           series;
    cricket_otlp_point_t       point;
    const unsigned char       *start;
    size_t                     left;        /* of a slice */
    unsigned                   state;

    /* the messages that are being read, each in the one before */

    cricket_protobuf_t         request;
    cricket_protobuf_t         resource;    /* ResourceMetrics */
    cricket_protobuf_t         scope;       /* ScopeMetrics */
    cricket_protobuf_t         metric;
    cricket_protobuf_parts_t   parts;       /* Resource; Gauge, Sum, ... */
    cricket_protobuf_t         datapoint;
    cricket_protobuf_t         fields;      /* of it, still to be read */

    cricket_protobuf_t         run;         /* Metric, from its data on */
    cricket_str_t              name;

    /* the lists of a datapoint */

    cricket_protobuf_list_t    counts;
    cricket_protobuf_list_t    bounds;
    unsigned                   counting:1;  /* the offset is known */

    unsigned                   named:1;     /* the name is a valid one */
    unsigned                   shared:1;    /* and so are resource's tags */
    char                       field[64];   /* else what is wrong with them */
    char                       message[256];
} cricket_otlp_t;


/*
 * OTLP's ExportMetricsServiceRequest in protobuf (opentelemetry-proto 1.x,
 * metrics.proto), with the fields of each message in any order.
 */
extern const cricket_reader_type_t  cricket_otlp_protobuf;


#endif /* _CRICKET_OTLP_H_INCLUDED_ */
