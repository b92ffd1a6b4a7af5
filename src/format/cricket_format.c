
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* The tables of the formats that requests and answers have. */


#include "cricket_body.h"
#include "cricket_format.h"
#include "cricket_receipt_json.h"
#include "cricket_writer_csv.h"
#include "cricket_writer_json.h"


const cricket_format_request_t
    cricket_format_requests[CRICKET_FORMAT_REQUESTS] =
{
    { cricket_string("application/json"), &cricket_body_json,
      cricket_receipt_json, cricket_string("application/json") },

    { cricket_string("application/x-ndjson"), &cricket_body_ndjson,
      cricket_receipt_json, cricket_string("application/json") }
};


const cricket_format_t  cricket_formats[CRICKET_FORMATS] = {

    { "application", "json", cricket_string("application/json"),
      &cricket_writer_json },

    { "application", "x-ndjson", cricket_string("application/x-ndjson"),
      &cricket_writer_json_lines },

    { "text", "csv", cricket_string("text/csv; charset=utf-8"),
      &cricket_writer_csv }
};
