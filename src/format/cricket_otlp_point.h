
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _CRICKET_OTLP_POINT_H_INCLUDED_
#define _CRICKET_OTLP_POINT_H_INCLUDED_


#include "cricket_histogram.h"


/* What an OTLP metric and a datapoint of it mean, however they are encoded. */


/* the fields of Metric (opentelemetry-proto, metrics.proto) */

typedef enum {
    CRICKET_OTLP_NONE = 0,
    CRICKET_OTLP_GAUGE = 5,
    CRICKET_OTLP_SUM = 7,
    CRICKET_OTLP_HISTOGRAM = 9,
    CRICKET_OTLP_EXPONENTIAL = 10,
    CRICKET_OTLP_SUMMARY = 11
} cricket_otlp_kind_e;


#define CRICKET_OTLP_DELTA       1
#define CRICKET_OTLP_CUMULATIVE  2

#define CRICKET_OTLP_NO_RECORDED_VALUE  1


/* what a datapoint has any number of */

typedef enum {
    CRICKET_OTLP_COUNTS = 0,        /* of a histogram's buckets */
    CRICKET_OTLP_BOUNDS,
    CRICKET_OTLP_NEGATIVE,          /* counts of exponential buckets, whose */
    CRICKET_OTLP_POSITIVE,          /* offset is in the point by the first */
    CRICKET_OTLP_QUANTILES
} cricket_otlp_list_e;


/*
 * Reads the next number of a list, which begins anew where first is set: with
 * CRICKET_OK it is in n, and for a quantile its value in value.  CRICKET_DONE
 * if there is no more; CRICKET_AGAIN if only a step was made; CRICKET_INVALID,
 * see the reader, if it makes the datapoint invalid; CRICKET_ERROR.
 */
typedef int (*cricket_otlp_list_pt)(void *data, cricket_otlp_list_e list,
    unsigned first, double *n, double *value);


typedef struct {

    /* of the metric */

    cricket_otlp_kind_e    kind;
    uint64_t               temporality;
    unsigned               monotonic:1;

    /* of the datapoint */

    unsigned               has_value:1;
    uint64_t               nanoseconds;
    uint64_t               flags;
    double                 value;
    cricket_histogram_t    histogram;
    int64_t                offset;      /* of exponential buckets */

    /* private */

    unsigned               made:1;
    unsigned               list;        /* how far the buckets are read */
    unsigned               going:1;     /* and whether one of them was begun */
    double                 n;
    const char            *type;
    cricket_time_t         time;
} cricket_otlp_point_t;


/* starts with a datapoint of the metric */
void cricket_otlp_point_init(cricket_otlp_point_t *point);

/*
 * What was read of it, its series included, is all.  Returns CRICKET_OK,
 * CRICKET_DONE if it is to be passed over, or CRICKET_INVALID.
 */
int cricket_otlp_point_read(cricket_otlp_point_t *point, cricket_draft_t *s,
    cricket_reader_t *reader);

/* the next of Cricket's datapoints, as cricket_histogram_next() */
int cricket_otlp_point_next(cricket_otlp_point_t *point, cricket_draft_t *s,
    cricket_reader_t *reader, cricket_datapoint_t *dp,
    cricket_otlp_list_pt next, void *data);

/*
 * Counts a datapoint that next() is about to return as rc, OK or INVALID, and
 * returns it; CRICKET_ERROR if it is one too many.
 */
int cricket_otlp_point_count(cricket_draft_t *s, cricket_reader_t *reader,
    int rc);


#endif /* _CRICKET_OTLP_POINT_H_INCLUDED_ */
