
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* The tables of the formats that requests and answers have. */


#include "cricket_body.h"
#include "cricket_format.h"
#include "cricket_influx.h"
#include "cricket_opentsdb.h"
#include "cricket_receipt_influx.h"
#include "cricket_receipt_json.h"
#include "cricket_receipt_opentsdb.h"
#include "cricket_writer_csv.h"
#include "cricket_writer_json.h"


const cricket_format_request_t
    cricket_format_requests[CRICKET_FORMAT_REQUESTS] =
{
    { "json", 1 << CRICKET_QUERY_POST,
      cricket_string("application/json"), &cricket_body_json,
      cricket_receipt_json, NULL, cricket_string("application/json"), 0 },

    { "ndjson", 1 << CRICKET_QUERY_POST,
      cricket_string("application/x-ndjson"), &cricket_body_ndjson,
      cricket_receipt_json, NULL, cricket_string("application/json"), 0 },

    { "influx_v1", (1 << CRICKET_QUERY_INFLUX)
                   | (1 << CRICKET_QUERY_INFLUX_PING)
                   | (1 << CRICKET_QUERY_INFLUX_ASK),
      cricket_string(""), &cricket_influx,
      cricket_receipt_influx_v1, cricket_receipt_influx_header,
      cricket_string("application/json"), 1 },

    { "influx_v2", 1 << CRICKET_QUERY_INFLUX_V2,
      cricket_string(""), &cricket_influx,
      cricket_receipt_influx_v2, cricket_receipt_influx_header_v2,
      cricket_string("application/json"), 1 },

    { "opentsdb", 1 << CRICKET_QUERY_OPENTSDB,
      cricket_string(""), &cricket_opentsdb,
      cricket_receipt_opentsdb, cricket_receipt_opentsdb_header,
      cricket_string("application/json"), 1 }
};


const cricket_format_t  cricket_formats[CRICKET_FORMATS] = {

    { "application", "json", cricket_string("application/json"),
      &cricket_writer_json },

    { "application", "x-ndjson", cricket_string("application/x-ndjson"),
      &cricket_writer_json_lines },

    { "text", "csv", cricket_string("text/csv; charset=utf-8"),
      &cricket_writer_csv }
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
