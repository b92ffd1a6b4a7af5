
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _CRICKET_OTLP_JSON_H_INCLUDED_
#define _CRICKET_OTLP_JSON_H_INCLUDED_


#include "cricket_json.h"
#include "cricket_otlp_point.h"


/*
 * What is read behind what needs it: first the rest of the object is looked
 * through, then one goes back.
 */

typedef struct {
    cricket_json_t             json;        /* behind its first token */
    unsigned                   member;
    unsigned                   set:1;       /* one is on the way, ... */
    unsigned                   back:1;      /* and has come back */
} cricket_otlp_json_mark_t;


typedef struct {
    cricket_reader_t           reader;
    cricket_draft_t           series;
    cricket_otlp_point_t       point;
    cricket_json_t             json;
    size_t                     left;        /* of a slice */
    unsigned                   state;
    unsigned                   member;      /* whose value is next, or 0 */

    unsigned                   depth;       /* what is skipped ends there */
    const unsigned char       *attribute;   /* where the last one began */

    cricket_otlp_json_mark_t   resource;    /* back to scopeMetrics */
    cricket_otlp_json_mark_t   metric;      /* back to its data */
    cricket_otlp_json_mark_t   data;        /* back to dataPoints */

    /* the lists of a datapoint, each at its first item, and one being read */

    cricket_json_t             lists[5];
    cricket_json_t             list;
    cricket_json_t             bounds;
    int64_t                    offsets[2];  /* of exponential buckets */
    unsigned                   listed;      /* a bit for each that is there */
    unsigned                   buckets;     /* negative or positive ones */
    unsigned                   quantile;    /* whose value is next */
    double                     pair[3];     /* none, quantile, value */

    unsigned                   skipping:1;
    unsigned                   invalid:1;   /* the datapoint is */
    unsigned                   resourced:1; /* there is a resource */
    unsigned                   scoped:1;    /* and it is over */
    unsigned                   named:1;     /* the name was read */
    unsigned                   kinds:1;     /* and so was the kind of data */
    unsigned                   shared:1;    /* resource's tags are valid */
    unsigned                   in_point:1;  /* the attributes are one's */
    cricket_str_t              name;        /* JSON text */
    char                       field[64];   /* what is wrong with the tags */
    char                       message[256];
} cricket_otlp_json_t;


/*
 * OTLP's ExportMetricsServiceRequest in JSON (opentelemetry-proto, "JSON
 * Protobuf Encoding"), with the members of each object in any order, 64-bit
 * integers as numbers or strings, and what is not known passed over.
 */
extern const cricket_reader_type_t  cricket_otlp_json;


/* is it such a request, and not a datapoint?  Looks at its first members. */
int cricket_otlp_json_is(const unsigned char *data, size_t len);


#endif /* _CRICKET_OTLP_JSON_H_INCLUDED_ */
