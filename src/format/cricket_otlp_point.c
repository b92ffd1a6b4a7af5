
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* What a datapoint of OTLP means, however it is encoded. */


#include <math.h>
#include <string.h>

#include "cricket_otlp_point.h"


/* of a name, in a message */
#define CRICKET_OTLP_POINT_SHOWN  64


static int cricket_otlp_point_finite(cricket_reader_t *reader,
    const char *field, double value, unsigned count);
static int cricket_otlp_point_list(cricket_otlp_point_t *point,
    cricket_series_t *s, cricket_reader_t *reader);


void
cricket_otlp_point_init(cricket_otlp_point_t *point)
{
    point->has_value = 0;
    point->nanoseconds = 0;
    point->flags = 0;
    point->negative = 0;
    point->positive = 0;
    point->made = 0;

    switch (point->kind) {

    case CRICKET_OTLP_HISTOGRAM:
        cricket_histogram_init(&point->histogram, CRICKET_HISTOGRAM_BUCKETS);
        break;

    case CRICKET_OTLP_EXPONENTIAL:
        cricket_histogram_init(&point->histogram,
                               CRICKET_HISTOGRAM_EXPONENTIAL);
        break;

    case CRICKET_OTLP_SUMMARY:
        cricket_histogram_init(&point->histogram, CRICKET_HISTOGRAM_QUANTILES);
        break;

    default:
        break;
    }
}


int
cricket_otlp_point_read(cricket_otlp_point_t *point, cricket_series_t *s,
    cricket_reader_t *reader)
{
    if (point->flags & CRICKET_OTLP_NO_RECORDED_VALUE) {
        reader->ignored++;
        return CRICKET_DONE;
    }

    if (s->name.len == 0) {
        cricket_series_blame(reader, "name", NULL);
        return cricket_series_invalid(reader, "missing");
    }

    if (point->nanoseconds == 0) {
        cricket_series_blame(reader, "timeUnixNano", NULL);
        return cricket_series_invalid(reader, "missing or 0");
    }

    point->time.sec = (int64_t) (point->nanoseconds / 1000000000);
    point->time.nsec = (uint32_t) (point->nanoseconds % 1000000000);

    if (point->kind == CRICKET_OTLP_SUMMARY) {
        point->type = "cumulative";

    } else if (point->kind == CRICKET_OTLP_GAUGE
               || (point->kind == CRICKET_OTLP_SUM && !point->monotonic))
    {
        point->type = "gauge";

    } else if (point->temporality == CRICKET_OTLP_CUMULATIVE) {
        point->type = "cumulative";

    } else if (point->temporality == CRICKET_OTLP_DELTA) {
        point->type = "counter";

    } else {
        point->type = "gauge";
    }

    if (point->kind == CRICKET_OTLP_GAUGE || point->kind == CRICKET_OTLP_SUM) {

        if (!point->has_value) {
            cricket_series_blame(reader, "value", NULL);
            return cricket_series_invalid(reader, "missing");
        }

        return cricket_otlp_point_finite(reader, "value", point->value, 0);
    }

    return cricket_otlp_point_list(point, s, reader);
}


static int
cricket_otlp_point_list(cricket_otlp_point_t *point, cricket_series_t *s,
    cricket_reader_t *reader)
{
    int                   rc;
    cricket_histogram_t  *h;

    h = &point->histogram;

    h->type = point->type;
    h->has_count = 1;

    if (point->kind == CRICKET_OTLP_SUMMARY) {
        h->has_sum = 1;
    }

    if (s->length > CRICKET_NAME_LEN - CRICKET_HISTOGRAM_SUFFIX) {
        cricket_series_blame(reader, "name", NULL);
        return cricket_series_invalid(reader, "longer than %zu bytes, with "
                                      "_bucket", (size_t) CRICKET_NAME_LEN);
    }

    rc = cricket_series_room(s, reader, (point->kind == CRICKET_OTLP_SUMMARY)
                                        ? "quantile" : "le");

    if (rc == CRICKET_OK) {
        rc = cricket_otlp_point_finite(reader, "count", h->count, 1);
    }

    if (rc == CRICKET_OK && h->has_sum) {
        rc = cricket_otlp_point_finite(reader, "sum", h->sum, 0);
    }

    if (rc == CRICKET_OK && h->has_min) {
        rc = cricket_otlp_point_finite(reader, "min", h->min, 0);
    }

    if (rc == CRICKET_OK && h->has_max) {
        rc = cricket_otlp_point_finite(reader, "max", h->max, 0);
    }

    if (rc == CRICKET_OK && point->kind == CRICKET_OTLP_EXPONENTIAL) {
        rc = cricket_otlp_point_finite(reader, "zeroThreshold", h->threshold,
                                       1);
    }

    if (rc == CRICKET_OK && point->kind == CRICKET_OTLP_EXPONENTIAL) {
        rc = cricket_otlp_point_finite(reader, "zeroCount", h->zero, 1);
    }

    return rc;
}


static int
cricket_otlp_point_finite(cricket_reader_t *reader, const char *field,
    double value, unsigned count)
{
    if (isfinite(value) && (value >= 0 || !count)) {
        return CRICKET_OK;
    }

    cricket_series_blame(reader, field, NULL);

    if (isfinite(value)) {
        return cricket_series_invalid(reader, "below 0");
    }

    return cricket_series_invalid(reader, "%s, expected a finite number",
                                  isnan(value) ? "NaN"
                                  : (value > 0) ? "Infinity" : "-Infinity");
}


int
cricket_otlp_point_next(cricket_otlp_point_t *point, cricket_series_t *s,
    cricket_reader_t *reader, cricket_datapoint_t *dp,
    cricket_histogram_pull_pt pull, void *data)
{
    int  rc;

    if (point->kind == CRICKET_OTLP_GAUGE || point->kind == CRICKET_OTLP_SUM) {

        if (point->made) {
            return CRICKET_DONE;
        }

        point->made = 1;

        cricket_series_datapoint(s, dp, "", point->type, point->value);

        rc = CRICKET_OK;

    } else {
        rc = cricket_histogram_next(&point->histogram, s, reader, dp, pull,
                                    data);
    }

    dp->timestamp = point->time;

    return rc;
}


int
cricket_otlp_point_count(cricket_series_t *s, cricket_reader_t *reader,
    int rc)
{
    size_t         n;
    cricket_buf_t  b;

    if (++reader->index == reader->max) {
        reader->field[0] = '\0';
        (void) cricket_series_invalid(reader, "more than %zu datapoints",
                                      reader->max);
        return CRICKET_ERROR;
    }

    if (rc != CRICKET_INVALID || s->name.len == 0) {
        return rc;
    }

    /* the place says little to who sends histograms, the name does */

    n = strlen(reader->message);

    cricket_buf_init(&b, sizeof(reader->message) - 1);

    b.data = (unsigned char *) reader->message;
    b.size = sizeof(reader->message) - 1;
    b.len = n;

    cricket_buf_literal(&b, ", in ");
    cricket_buf_shown(&b, s->name.data, s->name.len, CRICKET_OTLP_POINT_SHOWN);

    reader->message[b.len] = '\0';

    return rc;
}
