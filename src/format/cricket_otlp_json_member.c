
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* The members of OTLP's objects in JSON. */


#include "cricket_otlp_json_private.h"


/* a key with escapes is looked at up to this */
#define CRICKET_OTLP_JSON_KEY  128


typedef enum {
    MEMBER_NONE = CRICKET_OTLP_JSON_NO_MEMBER,
    MEMBER_UNKNOWN = CRICKET_OTLP_JSON_UNKNOWN,
    MEMBER_RESOURCE_METRICS,
    MEMBER_RESOURCE,
    MEMBER_SCOPE_METRICS,
    MEMBER_METRICS,
    MEMBER_NAME,
    MEMBER_GAUGE,
    MEMBER_SUM_DATA,
    MEMBER_HISTOGRAM,
    MEMBER_EXPONENTIAL,
    MEMBER_SUMMARY,
    MEMBER_TEMPORALITY,
    MEMBER_MONOTONIC,
    MEMBER_POINTS,
    MEMBER_ATTRIBUTES,
    MEMBER_TIME,
    MEMBER_FLAGS,
    MEMBER_DOUBLE,
    MEMBER_INT,
    MEMBER_COUNT,
    MEMBER_SUM,
    MEMBER_MIN,
    MEMBER_MAX,
    MEMBER_SCALE,
    MEMBER_ZERO_COUNT,
    MEMBER_ZERO_THRESHOLD,
    MEMBER_BUCKET_COUNTS,
    MEMBER_BOUNDS,
    MEMBER_NEGATIVE,
    MEMBER_POSITIVE,
    MEMBER_OFFSET,
    MEMBER_QUANTILES
} cricket_otlp_json_member_e;


static int cricket_otlp_json_member_open(cricket_otlp_json_t *o,
    cricket_json_token_e token, unsigned member);
static int cricket_otlp_json_member_look(cricket_otlp_json_t *o,
    cricket_json_token_e token, unsigned member,
    cricket_otlp_json_mark_t *mark);
static int cricket_otlp_json_member_kind(cricket_otlp_json_t *o,
    cricket_json_token_e token, unsigned member);
static int cricket_otlp_json_member_scalar(cricket_otlp_json_t *o,
    cricket_json_token_e token, unsigned member);
static int cricket_otlp_json_member_temporality(cricket_otlp_json_t *o,
    cricket_json_token_e token);
static int cricket_otlp_json_member_double(cricket_otlp_json_t *o,
    cricket_json_token_e token, unsigned member);
static int cricket_otlp_json_member_integer(cricket_otlp_json_t *o,
    cricket_json_token_e token, unsigned member);
static int cricket_otlp_json_member_list(cricket_otlp_json_t *o,
    cricket_json_token_e token, unsigned member);
static int cricket_otlp_json_member_skip(cricket_otlp_json_t *o,
    cricket_json_token_e token);
static void cricket_otlp_json_member_named(cricket_otlp_json_t *o);
static const char *cricket_otlp_json_member_name(unsigned member);


static const struct {
    unsigned     state;
    unsigned     member;
    const char  *name;
}  cricket_otlp_json_members[] = {
    { CRICKET_OTLP_JSON_REQUEST, MEMBER_RESOURCE_METRICS, "resourceMetrics" },
    { CRICKET_OTLP_JSON_RESOURCE_METRICS, MEMBER_RESOURCE, "resource" },
    { CRICKET_OTLP_JSON_RESOURCE_METRICS, MEMBER_SCOPE_METRICS,
      "scopeMetrics" },
    { CRICKET_OTLP_JSON_RESOURCE, MEMBER_ATTRIBUTES, "attributes" },
    { CRICKET_OTLP_JSON_SCOPE_METRICS, MEMBER_METRICS, "metrics" },
    { CRICKET_OTLP_JSON_METRIC, MEMBER_NAME, "name" },
    { CRICKET_OTLP_JSON_METRIC, MEMBER_GAUGE, "gauge" },
    { CRICKET_OTLP_JSON_METRIC, MEMBER_SUM_DATA, "sum" },
    { CRICKET_OTLP_JSON_METRIC, MEMBER_HISTOGRAM, "histogram" },
    { CRICKET_OTLP_JSON_METRIC, MEMBER_EXPONENTIAL, "exponentialHistogram" },
    { CRICKET_OTLP_JSON_METRIC, MEMBER_SUMMARY, "summary" },
    { CRICKET_OTLP_JSON_DATA, MEMBER_TEMPORALITY, "aggregationTemporality" },
    { CRICKET_OTLP_JSON_DATA, MEMBER_MONOTONIC, "isMonotonic" },
    { CRICKET_OTLP_JSON_DATA, MEMBER_POINTS, "dataPoints" },
    { CRICKET_OTLP_JSON_FIELDS, MEMBER_ATTRIBUTES, "attributes" },
    { CRICKET_OTLP_JSON_FIELDS, MEMBER_TIME, "timeUnixNano" },
    { CRICKET_OTLP_JSON_FIELDS, MEMBER_FLAGS, "flags" },
    { CRICKET_OTLP_JSON_FIELDS, MEMBER_DOUBLE, "asDouble" },
    { CRICKET_OTLP_JSON_FIELDS, MEMBER_INT, "asInt" },
    { CRICKET_OTLP_JSON_FIELDS, MEMBER_COUNT, "count" },
    { CRICKET_OTLP_JSON_FIELDS, MEMBER_SUM, "sum" },
    { CRICKET_OTLP_JSON_FIELDS, MEMBER_MIN, "min" },
    { CRICKET_OTLP_JSON_FIELDS, MEMBER_MAX, "max" },
    { CRICKET_OTLP_JSON_FIELDS, MEMBER_SCALE, "scale" },
    { CRICKET_OTLP_JSON_FIELDS, MEMBER_ZERO_COUNT, "zeroCount" },
    { CRICKET_OTLP_JSON_FIELDS, MEMBER_ZERO_THRESHOLD, "zeroThreshold" },
    { CRICKET_OTLP_JSON_FIELDS, MEMBER_BUCKET_COUNTS, "bucketCounts" },
    { CRICKET_OTLP_JSON_FIELDS, MEMBER_BOUNDS, "explicitBounds" },
    { CRICKET_OTLP_JSON_FIELDS, MEMBER_NEGATIVE, "negative" },
    { CRICKET_OTLP_JSON_FIELDS, MEMBER_POSITIVE, "positive" },
    { CRICKET_OTLP_JSON_FIELDS, MEMBER_QUANTILES, "quantileValues" },
    { CRICKET_OTLP_JSON_BUCKETS, MEMBER_OFFSET, "offset" },
    { CRICKET_OTLP_JSON_BUCKETS, MEMBER_BUCKET_COUNTS, "bucketCounts" },
    { 0, MEMBER_UNKNOWN, NULL }
};


unsigned
cricket_otlp_json_member(const cricket_otlp_json_t *o)
{
    unsigned       i;
    ptrdiff_t      n;
    cricket_str_t  key;
    unsigned char  buf[CRICKET_OTLP_JSON_KEY];

    key = o->json.text;

    if (o->json.escaped) {
        n = (key.len > sizeof(buf)) ? -1 : cricket_json_decode(&key, buf);

        if (n == -1) {
            return MEMBER_UNKNOWN;
        }

        key.data = buf;
        key.len = n;
    }

    for (i = 0; cricket_otlp_json_members[i].name != NULL; i++) {

        if (cricket_otlp_json_members[i].state == o->state
            && cricket_string_is(&key, cricket_otlp_json_members[i].name))
        {
            break;
        }
    }

    return cricket_otlp_json_members[i].member;
}


static const char *
cricket_otlp_json_member_name(unsigned member)
{
    unsigned  i;

    for (i = 0; cricket_otlp_json_members[i].name != NULL; i++) {

        if (cricket_otlp_json_members[i].member == member) {
            break;
        }
    }

    return cricket_otlp_json_members[i].name;
}


int
cricket_otlp_json_value_of(cricket_otlp_json_t *o, cricket_json_token_e token)
{
    unsigned  member;

    member = o->member;
    o->member = MEMBER_NONE;

    if (token == CRICKET_JSON_NULL) {

        /* protobuf's JSON: as if it were not there */

        return CRICKET_AGAIN;
    }

    switch (member) {

    case MEMBER_RESOURCE_METRICS:
    case MEMBER_METRICS:
    case MEMBER_ATTRIBUTES:
    case MEMBER_NEGATIVE:
    case MEMBER_POSITIVE:
        return cricket_otlp_json_member_open(o, token, member);

    case MEMBER_RESOURCE:
        o->resourced = 1;

        return o->scoped ? cricket_otlp_json_member_skip(o, token)
                         : cricket_otlp_json_member_open(o, token, member);

    case MEMBER_SCOPE_METRICS:
        return (o->resourced || o->resource.back)
               ? cricket_otlp_json_member_open(o, token, member)
               : cricket_otlp_json_member_look(o, token, member, &o->resource);

    case MEMBER_GAUGE:
    case MEMBER_SUM_DATA:
    case MEMBER_HISTOGRAM:
    case MEMBER_EXPONENTIAL:
    case MEMBER_SUMMARY:
        return cricket_otlp_json_member_kind(o, token, member);

    case MEMBER_POINTS:
        return (o->point.kind == CRICKET_OTLP_GAUGE
                || o->point.kind == CRICKET_OTLP_SUMMARY || o->data.back)
               ? cricket_otlp_json_member_open(o, token, member)
               : cricket_otlp_json_member_look(o, token, member, &o->data);

    case MEMBER_BUCKET_COUNTS:
    case MEMBER_BOUNDS:
    case MEMBER_QUANTILES:
        return cricket_otlp_json_member_list(o, token, member);

    case MEMBER_UNKNOWN:
        return cricket_otlp_json_member_skip(o, token);

    default:
        return cricket_otlp_json_member_scalar(o, token, member);
    }
}


/* an object or array that is read now */

static int
cricket_otlp_json_member_open(cricket_otlp_json_t *o,
    cricket_json_token_e token, unsigned member)
{
    unsigned  object;

    switch (member) {

    case MEMBER_RESOURCE_METRICS:
    case MEMBER_SCOPE_METRICS:
    case MEMBER_METRICS:
    case MEMBER_ATTRIBUTES:
    case MEMBER_POINTS:
        object = 0;
        break;

    default:
        object = 1;
        break;
    }

    if (token != (object ? CRICKET_JSON_OBJECT : CRICKET_JSON_ARRAY)) {
        return cricket_otlp_json_error(o, &o->json,
                                       cricket_otlp_json_member_name(member),
                                       object ? "expected an object"
                                              : "expected an array");
    }

    cricket_otlp_json_start(o, member);

    return CRICKET_AGAIN;
}


/* one that is read when what stands behind it is known */

static int
cricket_otlp_json_member_look(cricket_otlp_json_t *o,
    cricket_json_token_e token, unsigned member,
    cricket_otlp_json_mark_t *mark)
{
    unsigned  array;

    array = (member == MEMBER_SCOPE_METRICS || member == MEMBER_POINTS);

    if (token != (array ? CRICKET_JSON_ARRAY : CRICKET_JSON_OBJECT)) {
        return cricket_otlp_json_error(o, &o->json,
                                       cricket_otlp_json_member_name(member),
                                       array ? "expected an array"
                                             : "expected an object");
    }

    if (mark->set) {
        return cricket_otlp_json_error(o, &o->json,
                                       cricket_otlp_json_member_name(member),
                                       "repeated");
    }

    mark->json = o->json;
    mark->member = member;
    mark->set = 1;

    return cricket_otlp_json_member_skip(o, token);
}


static int
cricket_otlp_json_member_kind(cricket_otlp_json_t *o,
    cricket_json_token_e token, unsigned member)
{
    if (o->kinds) {
        return cricket_otlp_json_error(o, &o->json,
                                       cricket_otlp_json_member_name(member),
                                       "a metric has one of gauge, sum, "
                                       "histogram, exponentialHistogram and "
                                       "summary");
    }

    o->kinds = 1;

    return o->named
           ? cricket_otlp_json_member_open(o, token, member)
           : cricket_otlp_json_member_look(o, token, member, &o->metric);
}


void
cricket_otlp_json_start(cricket_otlp_json_t *o, unsigned member)
{
    switch (member) {

    case MEMBER_RESOURCE_METRICS:
        o->state = CRICKET_OTLP_JSON_RESOURCES;
        break;

    case MEMBER_RESOURCE:
        o->state = CRICKET_OTLP_JSON_RESOURCE;
        break;

    case MEMBER_SCOPE_METRICS:
        o->scoped = 1;
        o->state = CRICKET_OTLP_JSON_SCOPES;

        cricket_draft_keep(&o->series, CRICKET_DRAFT_SHARED);
        break;

    case MEMBER_METRICS:
        o->state = CRICKET_OTLP_JSON_METRICS;
        break;

    case MEMBER_ATTRIBUTES:
        o->in_point = (o->state == CRICKET_OTLP_JSON_FIELDS);
        o->state = CRICKET_OTLP_JSON_ATTRIBUTES;
        break;

    case MEMBER_NEGATIVE:
    case MEMBER_POSITIVE:
        o->buckets = (member == MEMBER_POSITIVE);
        o->state = CRICKET_OTLP_JSON_BUCKETS;
        break;

    case MEMBER_POINTS:
        o->state = CRICKET_OTLP_JSON_POINTS;
        break;

    default:
        o->point.kind = (member == MEMBER_GAUGE) ? CRICKET_OTLP_GAUGE
                        : (member == MEMBER_SUM_DATA) ? CRICKET_OTLP_SUM
                        : (member == MEMBER_HISTOGRAM) ? CRICKET_OTLP_HISTOGRAM
                        : (member == MEMBER_SUMMARY) ? CRICKET_OTLP_SUMMARY
                        : CRICKET_OTLP_EXPONENTIAL;
        o->point.temporality = 0;
        o->point.monotonic = 0;
        o->data.set = 0;
        o->data.back = 0;
        o->state = CRICKET_OTLP_JSON_DATA;

        cricket_otlp_json_member_named(o);
        break;
    }
}


/* what is wrong with a name is told with each datapoint */

static void
cricket_otlp_json_member_named(cricket_otlp_json_t *o)
{
    cricket_str_t  raw;

    cricket_draft_back(&o->series, CRICKET_DRAFT_SHARED);

    if (o->name.len != 0
        && cricket_draft_decode(&o->series, &o->reader, &o->name,
                                 CRICKET_NAME_LEN, &raw)
           == CRICKET_OK)
    {
        (void) cricket_draft_name(&o->series, &o->reader, &raw, 0);
    }

    cricket_draft_keep(&o->series, CRICKET_DRAFT_NAMED);
}


static int
cricket_otlp_json_member_scalar(cricket_otlp_json_t *o,
    cricket_json_token_e token, unsigned member)
{
    switch (member) {

    case MEMBER_NAME:

        if (token != CRICKET_JSON_STRING) {
            return cricket_otlp_json_error(o, &o->json, "name",
                                           "expected a string");
        }

        o->name = o->json.text;
        o->named = 1;

        return CRICKET_AGAIN;

    case MEMBER_MONOTONIC:

        if (token != CRICKET_JSON_TRUE && token != CRICKET_JSON_FALSE) {
            return cricket_otlp_json_error(o, &o->json, "isMonotonic",
                                           "expected a boolean");
        }

        o->point.monotonic = (token == CRICKET_JSON_TRUE);

        return CRICKET_AGAIN;

    case MEMBER_TEMPORALITY:
        return cricket_otlp_json_member_temporality(o, token);

    case MEMBER_DOUBLE:
    case MEMBER_SUM:
    case MEMBER_MIN:
    case MEMBER_MAX:
    case MEMBER_ZERO_THRESHOLD:
        return cricket_otlp_json_member_double(o, token, member);

    default:
        return cricket_otlp_json_member_integer(o, token, member);
    }
}


/* a number, as it should be, or its name */

static int
cricket_otlp_json_member_temporality(cricket_otlp_json_t *o,
    cricket_json_token_e token)
{
    unsigned  i;

    static const char  *names[] = {
        "AGGREGATION_TEMPORALITY_UNSPECIFIED",
        "AGGREGATION_TEMPORALITY_DELTA",
        "AGGREGATION_TEMPORALITY_CUMULATIVE"
    };

    for (i = 0; token == CRICKET_JSON_STRING && i < 3; i++) {

        if (cricket_string_is(&o->json.text, names[i])) {
            o->point.temporality = i;
            return CRICKET_AGAIN;
        }
    }

    if (cricket_otlp_json_value_uint(&o->json, token, &o->point.temporality)
        != CRICKET_OK)
    {
        return cricket_otlp_json_error(o, &o->json, "aggregationTemporality",
                                       "expected 1 or 2");
    }

    return CRICKET_AGAIN;
}


static int
cricket_otlp_json_member_double(cricket_otlp_json_t *o,
    cricket_json_token_e token, unsigned member)
{
    int                   rc;
    double                value;
    cricket_histogram_t  *h;

    h = &o->point.histogram;

    rc = cricket_otlp_json_value_double(&o->json, token, &value);

    /* what no double holds is wrong with this datapoint alone */

    if (rc != CRICKET_OK && rc != CRICKET_DONE) {
        return cricket_otlp_json_error(o, &o->json,
                                       cricket_otlp_json_member_name(member),
                                       "expected a number");
    }

    switch (member) {

    case MEMBER_DOUBLE:
        o->point.value = value;
        o->point.has_value = 1;
        break;

    case MEMBER_SUM:
        h->sum = value;
        h->has_sum = 1;
        break;

    case MEMBER_MIN:
        h->min = value;
        h->has_min = 1;
        break;

    case MEMBER_MAX:
        h->max = value;
        h->has_max = 1;
        break;

    default: /* MEMBER_ZERO_THRESHOLD */
        h->threshold = value;
        break;
    }

    return CRICKET_AGAIN;
}


static int
cricket_otlp_json_member_integer(cricket_otlp_json_t *o,
    cricket_json_token_e token, unsigned member)
{
    int            rc;
    int64_t        n;
    uint64_t       u;
    unsigned       negative;

    negative = (member == MEMBER_INT || member == MEMBER_SCALE
                || member == MEMBER_OFFSET);

    u = 0;
    n = 0;

    rc = negative ? cricket_otlp_json_value_int(&o->json, token, &n)
                  : cricket_otlp_json_value_uint(&o->json, token, &u);

    if (rc == CRICKET_OK
        && (member == MEMBER_SCALE || member == MEMBER_OFFSET)
        && (n < INT32_MIN || n > INT32_MAX))
    {
        rc = CRICKET_INVALID;
    }

    if (rc != CRICKET_OK) {
        return cricket_otlp_json_error(o, &o->json,
                                       cricket_otlp_json_member_name(member),
                                       negative
                                       ? "expected an integer"
                                       : "expected an integer from 0 on");
    }

    switch (member) {

    case MEMBER_INT:
        o->point.value = (double) n;
        o->point.has_value = 1;
        break;

    case MEMBER_SCALE:
        o->point.histogram.scale = n;
        break;

    case MEMBER_OFFSET:
        o->offsets[o->buckets] = n;
        break;

    case MEMBER_TIME:
        o->point.nanoseconds = u;
        break;

    case MEMBER_FLAGS:
        o->point.flags = u;
        break;

    case MEMBER_COUNT:
        o->point.histogram.count = (double) u;
        break;

    default: /* MEMBER_ZERO_COUNT */
        o->point.histogram.zero = (double) u;
        break;
    }

    return CRICKET_AGAIN;
}


/* is read when the datapoint is whole */

static int
cricket_otlp_json_member_list(cricket_otlp_json_t *o,
    cricket_json_token_e token, unsigned member)
{
    cricket_otlp_list_e  list;

    if (token != CRICKET_JSON_ARRAY) {
        return cricket_otlp_json_error(o, &o->json,
                                       cricket_otlp_json_member_name(member),
                                       "expected an array");
    }

    if (member == MEMBER_QUANTILES) {
        list = CRICKET_OTLP_QUANTILES;

    } else if (member == MEMBER_BOUNDS) {
        list = CRICKET_OTLP_BOUNDS;

    } else if (o->state == CRICKET_OTLP_JSON_BUCKETS) {
        list = o->buckets ? CRICKET_OTLP_POSITIVE : CRICKET_OTLP_NEGATIVE;

    } else {
        list = CRICKET_OTLP_COUNTS;
    }

    o->lists[list] = o->json;
    o->listed |= 1 << list;

    return cricket_otlp_json_member_skip(o, token);
}


/* the rest of the value that begins with the token */

static int
cricket_otlp_json_member_skip(cricket_otlp_json_t *o,
    cricket_json_token_e token)
{
    if (token == CRICKET_JSON_OBJECT || token == CRICKET_JSON_ARRAY) {
        o->depth = o->json.depth - 1;
        o->skipping = 1;
    }

    return CRICKET_AGAIN;
}
