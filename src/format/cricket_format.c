
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* The tables of the formats that requests and answers have. */


#include <strings.h>

#include "cricket_body.h"
#include "cricket_format.h"
#include "cricket_influx.h"
#include "cricket_opentsdb.h"
#include "cricket_otlp.h"
#include "cricket_otlp_json.h"
#include "cricket_prometheus.h"
#include "cricket_receipt_influx.h"
#include "cricket_receipt_json.h"
#include "cricket_receipt_opentsdb.h"
#include "cricket_receipt_otlp.h"
#include "cricket_receipt_prometheus.h"
#include "cricket_writer_csv.h"
#include "cricket_writer_json.h"
#include "cricket_writer_opentsdb.h"


static size_t cricket_format_proto_of(const cricket_str_t *type,
    cricket_str_t *proto);


const cricket_format_request_t
    cricket_format_requests[CRICKET_FORMAT_REQUESTS] =
{
    { "json", 1 << CRICKET_QUERY_POST,
      cricket_string("application/json"), &cricket_body_json,
      cricket_receipt_json, NULL, cricket_string("application/json"), 0, 0 },

    { "ndjson", 1 << CRICKET_QUERY_POST,
      cricket_string("application/x-ndjson"), &cricket_body_ndjson,
      cricket_receipt_json, NULL, cricket_string("application/json"), 0, 0 },

    { "influx_v1", (1 << CRICKET_QUERY_INFLUX)
                   | (1 << CRICKET_QUERY_INFLUX_PING)
                   | (1 << CRICKET_QUERY_INFLUX_ASK),
      cricket_string(""), &cricket_influx,
      cricket_receipt_influx_v1, cricket_receipt_influx_header,
      cricket_string("application/json"), 1, 1 },

    { "influx_v2", 1 << CRICKET_QUERY_INFLUX_V2,
      cricket_string(""), &cricket_influx,
      cricket_receipt_influx_v2, cricket_receipt_influx_header_v2,
      cricket_string("application/json"), 1, 1 },

    { "opentsdb", 1 << CRICKET_QUERY_OPENTSDB,
      cricket_string(""), &cricket_opentsdb,
      cricket_receipt_opentsdb, cricket_receipt_opentsdb_header,
      cricket_string("application/json"), 1, 1 },

    { "otlp", 1 << CRICKET_QUERY_POST,
      cricket_string("application/x-protobuf"), &cricket_otlp_protobuf,
      cricket_receipt_otlp, NULL, cricket_string("application/x-protobuf"),
      1, 1 },

    /* its type is that of JSON, which is above: see cricket_format_look() */

    { "otlp_json", 1 << CRICKET_QUERY_POST,
      cricket_string("application/json"), &cricket_otlp_json,
      cricket_receipt_otlp_json, NULL, cricket_string("application/json"),
      1, 1 },

    { "prometheus_v1", 1 << CRICKET_QUERY_PROMETHEUS,
      cricket_string("application/x-protobuf"), &cricket_prometheus_1,
      cricket_receipt_prometheus, NULL,
      cricket_string("text/plain; charset=utf-8"), 1, 1 },

    { "prometheus_v2", 1 << CRICKET_QUERY_PROMETHEUS,
      cricket_string("application/x-protobuf"
                     ";proto=io.prometheus.write.v2.request"),
      &cricket_prometheus_2,
      cricket_receipt_prometheus, cricket_receipt_prometheus_header,
      cricket_string("text/plain; charset=utf-8"), 1, 1 },

    /* nothing is stored: errors of those who ask */

    { "opentsdb_ask", (1 << CRICKET_QUERY_TSDB)
                      | (1 << CRICKET_QUERY_TSDB_SUGGEST)
                      | (1 << CRICKET_QUERY_TSDB_LOOKUP)
                      | (1 << CRICKET_QUERY_TSDB_ABOUT),
      cricket_string(""), NULL,
      cricket_receipt_opentsdb_ask, NULL, cricket_string("application/json"),
      0, 0 }
};


/* what a type without "proto" has, and may say */
static const cricket_str_t  cricket_format_proto =
    cricket_string("prometheus.writerequest");


const cricket_format_t  cricket_formats[CRICKET_FORMATS_ALL] = {

    { "application", "json", cricket_string("application/json"),
      &cricket_writer_json },

    { "application", "x-ndjson", cricket_string("application/x-ndjson"),
      &cricket_writer_json_lines },

    { "text", "csv", cricket_string("text/csv; charset=utf-8"),
      &cricket_writer_csv },

    { "application", "json", cricket_string("application/json"),
      &cricket_writer_opentsdb },

    { "application", "json", cricket_string("application/json"),
      &cricket_writer_opentsdb_suggest },

    { "application", "json", cricket_string("application/json"),
      &cricket_writer_opentsdb_lookup }
};


const cricket_format_request_t *
cricket_format_of(cricket_query_e kind)
{
    size_t  i;

    for (i = 0; i < CRICKET_FORMAT_REQUESTS; i++) {

        if (cricket_format_requests[i].kinds & (1u << kind)) {
            return &cricket_format_requests[i];
        }
    }

    return &cricket_format_requests[0];
}


const cricket_format_request_t *
cricket_format_find(cricket_query_e kind, const cricket_str_t *type)
{
    size_t                           i, len, n;
    cricket_str_t                    proto, own;
    const cricket_format_request_t  *format;

    len = cricket_format_proto_of(type, &proto);

    for (i = 0; i < CRICKET_FORMAT_REQUESTS; i++) {
        format = &cricket_format_requests[i];

        if (!(format->kinds & (1u << kind))) {
            continue;
        }

        if (format->type.len == 0) {
            return format;
        }

        n = cricket_format_proto_of(&format->type, &own);

        if (own.len == 0 && proto.len != 0) {
            own = cricket_format_proto;
        }

        if (n == len
            && strncasecmp((const char *) type->data,
                           (const char *) format->type.data, n) == 0
            && own.len == proto.len
            && strncasecmp((const char *) own.data, (const char *) proto.data,
                           proto.len) == 0)
        {
            return format;
        }
    }

    return NULL;
}


/* the length of a type without its parameters, and that called proto */

static size_t
cricket_format_proto_of(const cricket_str_t *type, cricket_str_t *proto)
{
    size_t                len;
    const unsigned char  *p, *q, *last;

    proto->data = (const unsigned char *) "";
    proto->len = 0;

    p = type->data;
    last = p + type->len;

    while (p < last && *p != ';') {
        p++;
    }

    for (q = p; q > type->data && (q[-1] == ' ' || q[-1] == '\t'); q--) {
        /* void */
    }

    len = q - type->data;

    while (p < last) {

        /* behind a semicolon */

        for (p++; p < last && (*p == ' ' || *p == '\t'); p++) {
            /* void */
        }

        for (q = p; q < last && *q != ';' && *q != ' ' && *q != '\t'; q++) {
            /* void */
        }

        if (q - p > 6 && strncasecmp((const char *) p, "proto=", 6) == 0) {
            proto->data = p + 6;
            proto->len = q - p - 6;

            if (proto->len >= 2 && p[6] == '"' && q[-1] == '"') {
                proto->data++;
                proto->len -= 2;
            }
        }

        for (p = q; p < last && *p != ';'; p++) {
            /* void */
        }
    }

    return len;
}


const cricket_format_request_t *
cricket_format_look(const cricket_format_request_t *format,
    const unsigned char *data, size_t len)
{
    size_t  i;

    if (format->reader != &cricket_body_json
        || !cricket_otlp_json_is(data, len))
    {
        return format;
    }

    for (i = 0; i < CRICKET_FORMAT_REQUESTS; i++) {

        if (cricket_format_requests[i].reader == &cricket_otlp_json) {
            return &cricket_format_requests[i];
        }
    }

    return format;
}
