
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* The lists of OTLP's datapoints in JSON, and how its tokens are read. */


#include "cricket_otlp_json_private.h"


static int cricket_otlp_json_list_quantile(cricket_otlp_json_t *o,
    cricket_json_token_e token, double *n, double *value);


int
cricket_otlp_json_list(void *data, cricket_otlp_list_e which, unsigned first,
    double *n, double *value)
{
    cricket_otlp_json_t *o = data;

    int                    rc;
    uint64_t               u;
    cricket_json_t        *json;
    cricket_json_token_e   token;

    if (!(o->listed & 1 << which)) {
        return CRICKET_DONE;
    }

    json = (which == CRICKET_OTLP_BOUNDS) ? &o->bounds : &o->list;

    if (first) {
        *json = o->lists[which];

        if (which == CRICKET_OTLP_NEGATIVE || which == CRICKET_OTLP_POSITIVE) {
            o->point.offset = o->offsets[which == CRICKET_OTLP_POSITIVE];
        }
    }

    token = cricket_otlp_json_read(o, json);

    if (token == CRICKET_JSON_AGAIN) {
        return CRICKET_AGAIN;
    }

    if (which == CRICKET_OTLP_QUANTILES) {
        return cricket_otlp_json_list_quantile(o, token, n, value);
    }

    if (token == CRICKET_JSON_ARRAY_END) {
        return CRICKET_DONE;
    }

    if (which == CRICKET_OTLP_BOUNDS) {
        return (cricket_otlp_json_value_double(json, token, n) == CRICKET_OK)
               ? CRICKET_OK
               : cricket_otlp_json_error(o, json, "explicitBounds",
                                         "expected numbers");
    }

    rc = cricket_otlp_json_value_uint(json, token, &u);

    if (rc != CRICKET_OK) {
        return cricket_otlp_json_error(o, json, "bucketCounts",
                                       "expected integers from 0 on");
    }

    *n = (double) u;

    return CRICKET_OK;
}


static int
cricket_otlp_json_list_quantile(cricket_otlp_json_t *o,
    cricket_json_token_e token, double *n, double *value)
{
    unsigned         depth;
    cricket_json_t  *json;

    json = &o->list;
    depth = json->depth - o->lists[CRICKET_OTLP_QUANTILES].depth;

    if (token == CRICKET_JSON_ARRAY_END
        && json->depth < o->lists[CRICKET_OTLP_QUANTILES].depth)
    {
        return CRICKET_DONE;
    }

    if (depth == 0 && token != CRICKET_JSON_OBJECT_END) {
        return cricket_otlp_json_error(o, json, "quantileValues",
                                       "expected objects");
    }

    if (depth == 0) {
        *n = o->pair[1];
        *value = o->pair[2];

        return CRICKET_OK;
    }

    if (depth != 1) {
        return CRICKET_AGAIN;
    }

    switch (token) {

    case CRICKET_JSON_OBJECT:
        o->pair[1] = 0;
        o->pair[2] = 0;
        o->quantile = 0;
        break;

    case CRICKET_JSON_KEY:
        o->quantile = cricket_string_is(&json->text, "quantile") ? 1
                      : cricket_string_is(&json->text, "value") ? 2 : 0;
        break;

    case CRICKET_JSON_NULL:
    case CRICKET_JSON_OBJECT_END:
    case CRICKET_JSON_ARRAY_END:
        break;

    default:

        if (o->quantile != 0
            && cricket_otlp_json_value_double(json, token,
                                              &o->pair[o->quantile])
               != CRICKET_OK)
        {
            return cricket_otlp_json_error(o, json, "quantileValues",
                                           "expected numbers");
        }

        break;
    }

    return CRICKET_AGAIN;
}


cricket_json_token_e
cricket_otlp_json_read(cricket_otlp_json_t *o, cricket_json_t *json)
{
    size_t                 n;
    cricket_json_token_e   token;
    const unsigned char   *pos;

    pos = json->pos;

    cricket_json_limit(json, o->left);

    token = cricket_json_token(json);

    if (token == CRICKET_JSON_AGAIN) {
        o->left = 0;
        return token;
    }

    n = json->pos - pos;

    cricket_otlp_json_cost(o, (n != 0) ? n : 1);

    return token;
}


int
cricket_otlp_json_error(cricket_otlp_json_t *o, const cricket_json_t *json,
    const char *member, const char *message)
{
    const unsigned char  *p;

    /* where the value begins, or the text ceases to be JSON */

    p = (json->value != NULL && message != json->error) ? json->value
                                                        : json->pos;

    o->reader.field[0] = '\0';

    (void) cricket_draft_invalid(&o->reader, "at byte %zu: %s%s%s",
                                  (size_t) (p - json->start),
                                  (member != NULL) ? member : "",
                                  (member != NULL) ? ": " : "", message);

    return CRICKET_ERROR;
}
