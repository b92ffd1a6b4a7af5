
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* Reads remote write, 1.0 and 2.0, a sample at a time, in slices. */


#include <math.h>
#include <string.h>

#include "cricket_otlp_point.h"
#include "cricket_prometheus.h"
#include "cricket_prometheus_private.h"


/* p->state: what is read next */

#define CRICKET_PROMETHEUS_SYMBOLS   0
#define CRICKET_PROMETHEUS_REQUEST   1
#define CRICKET_PROMETHEUS_METADATA  2  /* of the TimeSeries */
#define CRICKET_PROMETHEUS_LABELS    3
#define CRICKET_PROMETHEUS_SAMPLES   4  /* and histograms */
#define CRICKET_PROMETHEUS_NATIVE    5  /* the fields of a histogram */
#define CRICKET_PROMETHEUS_MAKE      6  /* the datapoints of it */
#define CRICKET_PROMETHEUS_OVER      7
#define CRICKET_PROMETHEUS_BROKEN    8


/* the NaN that says that a series has ended (model/value/value.go) */
#define CRICKET_PROMETHEUS_STALE     0x7ff0000000000002ull


static void cricket_prometheus_init_1(cricket_reader_t *reader,
    const unsigned char *data, size_t len);
static void cricket_prometheus_init_2(cricket_reader_t *reader,
    const unsigned char *data, size_t len);
static void cricket_prometheus_limit(cricket_reader_t *reader, size_t n);
static void cricket_prometheus_free(cricket_reader_t *reader);
static int cricket_prometheus_next(cricket_reader_t *reader,
    cricket_datapoint_t *dp);
static int cricket_prometheus_step(cricket_prometheus_t *p,
    cricket_datapoint_t *dp);
static int cricket_prometheus_request(cricket_prometheus_t *p);
static int cricket_prometheus_metadata(cricket_prometheus_t *p);
static int cricket_prometheus_labelled(cricket_prometheus_t *p, int rc);
static int cricket_prometheus_samples(cricket_prometheus_t *p,
    cricket_datapoint_t *dp);
static int cricket_prometheus_sample(cricket_prometheus_t *p,
    const cricket_str_t *bytes, cricket_datapoint_t *dp);
static int cricket_prometheus_made(cricket_prometheus_t *p,
    cricket_datapoint_t *dp);
static int cricket_prometheus_whole(cricket_prometheus_t *p);
static int cricket_prometheus_make(cricket_prometheus_t *p,
    cricket_datapoint_t *dp);
static int cricket_prometheus_wrong(cricket_prometheus_t *p);
static const char *cricket_prometheus_type(const cricket_prometheus_t *p);


const cricket_reader_type_t  cricket_prometheus_1 = {
    sizeof(cricket_prometheus_t),
    cricket_prometheus_init_1,
    cricket_prometheus_limit,
    cricket_prometheus_next,
    cricket_prometheus_free
};


const cricket_reader_type_t  cricket_prometheus_2 = {
    sizeof(cricket_prometheus_t),
    cricket_prometheus_init_2,
    cricket_prometheus_limit,
    cricket_prometheus_next,
    cricket_prometheus_free
};


static void
cricket_prometheus_init_1(cricket_reader_t *reader, const unsigned char *data,
    size_t len)
{
    cricket_prometheus_t  *p;

    p = (cricket_prometheus_t *) reader;

    cricket_draft_init(&p->series);
    cricket_buf_init(&p->symbols, (size_t) -1);
    cricket_protobuf_init(&p->request, data, len);

    p->start = p->request.pos;
    p->left = (size_t) -1;
    p->type = CRICKET_PROMETHEUS_UNKNOWN;
    p->version = 1;
    p->state = CRICKET_PROMETHEUS_REQUEST;
}


static void
cricket_prometheus_init_2(cricket_reader_t *reader, const unsigned char *data,
    size_t len)
{
    cricket_prometheus_t  *p;

    p = (cricket_prometheus_t *) reader;

    cricket_prometheus_init_1(reader, data, len);

    p->version = 2;
    p->state = CRICKET_PROMETHEUS_SYMBOLS;

    /* the symbols may stand behind what needs them */

    p->fields = p->request;
}


static void
cricket_prometheus_limit(cricket_reader_t *reader, size_t n)
{
    ((cricket_prometheus_t *) reader)->left = n;
}


static void
cricket_prometheus_free(cricket_reader_t *reader)
{
    cricket_prometheus_t  *p;

    p = (cricket_prometheus_t *) reader;

    cricket_draft_free(&p->series);
    cricket_buf_free(&p->symbols);
}


static int
cricket_prometheus_next(cricket_reader_t *reader, cricket_datapoint_t *dp)
{
    int                    rc;
    cricket_prometheus_t  *p;

    p = (cricket_prometheus_t *) reader;

    do {
        if (p->state == CRICKET_PROMETHEUS_BROKEN) {
            return CRICKET_ERROR;
        }

        if (p->state == CRICKET_PROMETHEUS_OVER) {
            return CRICKET_DONE;
        }

        if (p->left == 0) {
            return CRICKET_AGAIN;
        }

        cricket_prometheus_cost(p, CRICKET_PROMETHEUS_COST);

        rc = cricket_prometheus_step(p, dp);

    } while (rc == CRICKET_AGAIN);

    if (rc == CRICKET_OK || rc == CRICKET_INVALID) {
        cricket_prometheus_cost(p, CRICKET_READER_COST);

        rc = cricket_otlp_point_count(&p->series, reader, rc);
    }

    if (rc == CRICKET_ERROR) {
        p->state = CRICKET_PROMETHEUS_BROKEN;
    }

    return rc;
}


/*
 * About a field.  Returns CRICKET_AGAIN where there is more to do, CRICKET_OK,
 * CRICKET_INVALID or CRICKET_ERROR.
 */

static int
cricket_prometheus_step(cricket_prometheus_t *p, cricket_datapoint_t *dp)
{
    int  rc;

    switch (p->state) {

    case CRICKET_PROMETHEUS_SYMBOLS:
        rc = cricket_prometheus_symbols(p);

        if (rc == CRICKET_DONE) {
            p->state = CRICKET_PROMETHEUS_REQUEST;
            rc = CRICKET_AGAIN;
        }

        return rc;

    case CRICKET_PROMETHEUS_REQUEST:
        return cricket_prometheus_request(p);

    case CRICKET_PROMETHEUS_METADATA:
        return cricket_prometheus_metadata(p);

    case CRICKET_PROMETHEUS_LABELS:
        return cricket_prometheus_labelled(p, cricket_prometheus_labels(p));

    case CRICKET_PROMETHEUS_SAMPLES:
        return cricket_prometheus_samples(p, dp);

    case CRICKET_PROMETHEUS_NATIVE:
        rc = cricket_prometheus_native_fields(p);

        return (rc == CRICKET_DONE) ? cricket_prometheus_whole(p) : rc;

    default: /* CRICKET_PROMETHEUS_MAKE */
        return cricket_prometheus_make(p, dp);
    }
}


static int
cricket_prometheus_request(cricket_prometheus_t *p)
{
    int                       rc;
    cricket_protobuf_field_t  f;
    cricket_protobuf_parts_t  parts;

    rc = cricket_protobuf_next(&p->request, &f);

    if (rc == CRICKET_DONE) {
        p->state = CRICKET_PROMETHEUS_OVER;
        return CRICKET_DONE;
    }

    if (rc == CRICKET_INVALID) {
        return cricket_prometheus_break(p, &p->request);
    }

    if (rc != CRICKET_OK
        || f.key != cricket_prometheus_bytes((p->version == 1) ? 1 : 5))
    {
        return CRICKET_AGAIN;
    }

    cricket_protobuf_init(&p->timeseries, f.bytes.data, f.bytes.len);

    p->fields = p->timeseries;
    p->valid = 1;

    cricket_draft_back(&p->series, CRICKET_DRAFT_EMPTY);

    if (p->version == 1) {
        p->state = CRICKET_PROMETHEUS_LABELS;
        return CRICKET_AGAIN;
    }

    p->type = CRICKET_PROMETHEUS_UNKNOWN;
    p->odd = 0;

    cricket_protobuf_parts_init(&parts, &p->timeseries);
    cricket_protobuf_list_init(&p->refs, &parts, 1, CRICKET_PROTOBUF_VARINT);

    p->metadata = parts;
    cricket_protobuf_parts_enter(&p->metadata, 5);

    p->state = CRICKET_PROMETHEUS_METADATA;

    return CRICKET_AGAIN;
}


static int
cricket_prometheus_metadata(cricket_prometheus_t *p)
{
    int                       rc;
    cricket_protobuf_field_t  f;

    rc = cricket_protobuf_parts_next(&p->metadata, &f);

    if (rc == CRICKET_INVALID) {
        return cricket_prometheus_break_parts(p, &p->metadata);
    }

    if (rc == CRICKET_OK && f.key == cricket_prometheus_varint(1)) {
        p->type = f.value;

    } else if (rc == CRICKET_DONE) {
        p->state = CRICKET_PROMETHEUS_LABELS;
    }

    return CRICKET_AGAIN;
}


static int
cricket_prometheus_labelled(cricket_prometheus_t *p, int rc)
{
    if (rc == CRICKET_DONE && p->valid && p->series.name.len == 0) {
        cricket_draft_blame(&p->reader, "name", NULL);
        rc = cricket_draft_invalid(&p->reader, "no label __name__");
    }

    if (rc == CRICKET_INVALID) {

        /* then so is each of its samples */

        memcpy(p->field, p->reader.field, sizeof(p->field));
        memcpy(p->wrong, p->reader.message, sizeof(p->wrong));

        p->valid = 0;

        rc = CRICKET_DONE;
    }

    if (rc == CRICKET_DONE) {
        p->fields = p->timeseries;
        p->state = CRICKET_PROMETHEUS_SAMPLES;

        return CRICKET_AGAIN;
    }

    return rc;
}


static int
cricket_prometheus_samples(cricket_prometheus_t *p, cricket_datapoint_t *dp)
{
    int                       rc;
    cricket_protobuf_field_t  f;

    rc = cricket_protobuf_next(&p->fields, &f);

    if (rc == CRICKET_INVALID) {
        return cricket_prometheus_break(p, &p->fields);
    }

    if (rc == CRICKET_DONE) {
        p->state = CRICKET_PROMETHEUS_REQUEST;
        return CRICKET_AGAIN;
    }

    if (rc != CRICKET_OK) {
        return CRICKET_AGAIN;
    }

    if (f.key == cricket_prometheus_bytes(2)) {
        return cricket_prometheus_sample(p, &f.bytes, dp);
    }

    if (f.key == cricket_prometheus_bytes((p->version == 1) ? 4 : 3)) {
        cricket_protobuf_init(&p->message, f.bytes.data, f.bytes.len);
        cricket_prometheus_native(p);

        p->state = CRICKET_PROMETHEUS_NATIVE;
    }

    return CRICKET_AGAIN;
}


static int
cricket_prometheus_sample(cricket_prometheus_t *p, const cricket_str_t *bytes,
    cricket_datapoint_t *dp)
{
    int                       rc;
    double                    value;
    cricket_protobuf_t        pb;
    cricket_protobuf_field_t  f;

    if (bytes->len > CRICKET_PROMETHEUS_LEN) {
        p->reader.field[0] = '\0';
        return cricket_draft_invalid(&p->reader, "a sample of more than %d "
                                      "bytes", CRICKET_PROMETHEUS_LEN);
    }

    cricket_prometheus_cost(p, bytes->len);

    value = 0;
    p->timestamp = 0;

    cricket_protobuf_init(&pb, bytes->data, bytes->len);

    do {
        rc = cricket_protobuf_next(&pb, &f);

        if (rc == CRICKET_OK && f.key == cricket_prometheus_fixed(1)) {
            value = cricket_protobuf_double(f.value);

        } else if (rc == CRICKET_OK && f.key == cricket_prometheus_varint(2)) {
            p->timestamp = (int64_t) f.value;
        }

    } while (rc == CRICKET_OK || rc == CRICKET_AGAIN);

    if (rc == CRICKET_INVALID) {
        return cricket_prometheus_break(p, &pb);
    }

    if (!isfinite(value)) {

        /* a stale marker, most often */

        p->reader.ignored++;
        p->reader.samples++;

        return CRICKET_AGAIN;
    }

    if (!p->valid) {
        return cricket_prometheus_wrong(p);
    }

    cricket_draft_datapoint(&p->series, dp, "", cricket_prometheus_type(p),
                             value);

    rc = cricket_prometheus_made(p, dp);

    if (rc == CRICKET_OK) {
        p->reader.samples++;
    }

    return rc;
}


static int
cricket_prometheus_made(cricket_prometheus_t *p, cricket_datapoint_t *dp)
{
    if (cricket_time_set(&dp->timestamp, p->timestamp, 0) != CRICKET_OK) {
        cricket_draft_blame(&p->reader, "timestamp", NULL);
        return cricket_draft_invalid(&p->reader, "outside the years 0001 to "
                                      "9999, expected milliseconds");
    }

    return CRICKET_OK;
}


/* all of a histogram's fields were read, but for its lists */

static int
cricket_prometheus_whole(cricket_prometheus_t *p)
{
    int                   rc;
    uint64_t              bits;
    cricket_time_t        time;
    cricket_histogram_t  *h;

    h = &p->histogram;

    p->state = CRICKET_PROMETHEUS_SAMPLES;

    if (!isfinite(h->sum)) {
        p->reader.ignored++;

        memcpy(&bits, &h->sum, sizeof(uint64_t));

        if (bits == CRICKET_PROMETHEUS_STALE) {

            /* it has nothing but this sum */

            p->reader.histograms++;
            return CRICKET_AGAIN;
        }

        h->has_sum = 0;
    }

    if (!p->valid) {
        return cricket_prometheus_wrong(p);
    }

    if (cricket_time_set(&time, p->timestamp, 0) != CRICKET_OK) {
        cricket_draft_blame(&p->reader, "timestamp", NULL);
        return cricket_draft_invalid(&p->reader, "outside the years 0001 to "
                                      "9999, expected milliseconds");
    }

    if (p->series.length > CRICKET_NAME_LEN - CRICKET_HISTOGRAM_SUFFIX) {
        cricket_draft_blame(&p->reader, "name", NULL);
        return cricket_draft_invalid(&p->reader, "longer than %d bytes, with "
                                      "_bucket", CRICKET_NAME_LEN);
    }

    if (!(h->count >= 0) || !(h->zero >= 0) || !(h->threshold >= 0)
        || isinf(h->count) || isinf(h->zero) || isinf(h->threshold))
    {
        cricket_draft_blame(&p->reader, "count", NULL);
        return cricket_draft_invalid(&p->reader, "not a number from 0 on, or "
                                      "zero_count or zero_threshold is none");
    }

    rc = cricket_draft_room(&p->series, &p->reader, "le");

    if (rc != CRICKET_OK) {
        return rc;
    }

    h->type = (p->gauge || p->type == CRICKET_PROMETHEUS_GAUGEHISTOGRAM
               || p->type == CRICKET_PROMETHEUS_GAUGE)
              ? "gauge" : "cumulative";

    p->state = CRICKET_PROMETHEUS_MAKE;

    return CRICKET_AGAIN;
}


static int
cricket_prometheus_make(cricket_prometheus_t *p, cricket_datapoint_t *dp)
{
    int  rc;

    rc = cricket_histogram_next(&p->histogram, &p->series, &p->reader, dp,
                                cricket_prometheus_native_pull, p);

    if (rc == CRICKET_OK) {
        return cricket_prometheus_made(p, dp);
    }

    if (rc == CRICKET_DONE) {
        p->reader.histograms++;
        p->state = CRICKET_PROMETHEUS_SAMPLES;

        return CRICKET_AGAIN;
    }

    if (rc == CRICKET_INVALID) {
        p->state = CRICKET_PROMETHEUS_SAMPLES;
    }

    return rc;
}


/* says again what is wrong with the labels */

static int
cricket_prometheus_wrong(cricket_prometheus_t *p)
{
    memcpy(p->reader.field, p->field, sizeof(p->field));
    memcpy(p->reader.message, p->wrong, sizeof(p->wrong));

    return CRICKET_INVALID;
}


/* by the metadata, or else by the name's end */

static const char *
cricket_prometheus_type(const cricket_prometheus_t *p)
{
    size_t                n;
    unsigned              i;
    const cricket_str_t  *name;

    static const cricket_str_t  ends[] = {
        cricket_string("_total"),
        cricket_string("_count"),
        cricket_string("_sum"),
        cricket_string("_bucket")
    };

    if (p->type == CRICKET_PROMETHEUS_COUNTER) {
        return "cumulative";
    }

    if (p->type != CRICKET_PROMETHEUS_UNKNOWN
        && p->type != CRICKET_PROMETHEUS_HISTOGRAM
        && p->type != CRICKET_PROMETHEUS_SUMMARY)
    {
        return "gauge";
    }

    name = &p->series.name;

    for (i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
        n = ends[i].len;

        if (name->len >= n
            && memcmp(name->data + name->len - n, ends[i].data, n) == 0)
        {
            return "cumulative";
        }
    }

    return "gauge";
}
